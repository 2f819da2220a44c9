"""Threshold adjustment, a break in the relation, and markets that trade at different times."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import gregory_hansen, threshold_vecm
from carbonlink.measures.nonsynchronous import nonsynchronous


def prices(n: int = 300, pull: float = -0.8, edge: float | None = 1.5, rng: int = 0):
    """Two prices; the first returns to the second, above `edge` alone where there is one."""
    shocks = np.random.default_rng(rng).standard_normal((n, 2))
    y = np.zeros((n, 2))
    for t in range(1, n):
        gap = y[t - 1, 0] - y[t - 1, 1]
        force = pull if edge is None or abs(gap) > edge else 0.0
        y[t] = y[t - 1] + np.array([force * gap, 0.0]) + shocks[t]
    days = pd.bdate_range("2015-01-01", periods=n)
    return pd.DataFrame(y + 50, days, ["a", "b"])


def one_by_one(z0, gap, z2, gamma):
    """LM at one threshold with White's covariances, written out."""
    x = np.column_stack([gap, z2])
    left = z0 - x @ np.linalg.lstsq(x, z0, rcond=None)[0]
    k, parts = z0.shape[1], []
    for side in (gap <= gamma, gap > gamma):
        xs, es = x[side], left[side]
        inverse = np.kron(np.eye(k), np.linalg.inv(xs.T @ xs))
        scores = np.column_stack([es[:, [j]] * xs for j in range(k)])
        parts.append((inverse @ scores.sum(axis=0), inverse @ (scores.T @ scores) @ inverse))
    apart = parts[0][0] - parts[1][0]
    return apart @ np.linalg.solve(parts[0][1] + parts[1][1], apart)


def test_sup_lm_is_the_largest_of_the_statistics_by_hand():
    y = prices().to_numpy()
    change = np.diff(y, axis=0)
    z0, gap = change[1:], (y[:, 0] - y[:, 1])[1:-1]
    z2 = np.column_stack([np.ones(len(gap)), change[:-1]])
    below = threshold_vecm.counts(len(gap), 0.1, 25)
    found = threshold_vecm.lm_paths(np.column_stack([gap, z2])[None], gap[None], z0[None], below)
    tries = np.sort(gap)[below - 1]
    by_hand = [one_by_one(z0, gap, z2, g) for g in tries]
    np.testing.assert_allclose(found[0], by_hand, rtol=1e-7)
    assert below.min() > 0.1 * len(gap) and below.max() < 0.9 * len(gap)


@pytest.fixture(scope="module")
def asymmetric():
    """Two cointegrated prices: the first falls by 1 + 0.5·gap above 0, rises by 0.4 − 0.1·gap."""
    shocks = np.random.default_rng(3).standard_normal((600, 2))
    y = np.zeros((600, 2))
    for t in range(1, 600):
        gap = y[t - 1, 0] - y[t - 1, 1]
        move = -1 - 0.5 * gap if gap > 0 else 0.4 - 0.1 * gap
        y[t] = y[t - 1] + np.array([move, 0.0]) + shocks[t]
    data = pd.DataFrame(y + 50, pd.bdate_range("2015-01-01", periods=600), ["a", "b"])
    return cl.VECM(data, lags=2, rank=1).fit()


def test_two_regimes_are_recovered_and_one_is_rejected(asymmetric):
    split = asymmetric.threshold({"a": 1, "b": -1}, draws=99)
    gap = asymmetric.model.z1 @ split.beta.to_numpy()
    cut = split.threshold - split.beta["const"]
    assert cut == pytest.approx(0, abs=0.1)
    for side, slope in ((split.low, -0.1), (split.high, -0.5)):
        assert side.loc["a", "ec"] == pytest.approx(slope, abs=0.15)
    assert abs(split.high.loc["b", "ec"]) < 0.2
    assert (split.p_values <= 0.05).all() and list(split.p_values.index) == ["wild", "fixed"]
    assert split.share["low"] == (gap <= split.threshold).mean()
    assert (split.regime == "low").mean() == split.share["low"]
    tests = split.diagnostics().set_index("test")
    assert tests.loc["Wald: adjustment", "p_value"] < 0.01
    assert split.loglik > asymmetric.loglik
    again = split.refit(draws=99)
    assert again.p_value == split.p_value and str(again.summary()) == str(split.summary())


def test_each_regime_is_a_regression_with_white_errors(asymmetric):
    import statsmodels.api as sm

    split = asymmetric.threshold(schemes=())
    gap = asymmetric.model.z1 @ split.beta.to_numpy()
    x = np.column_stack([gap, np.ones(len(gap)), asymmetric.model.z2])
    for side, keep in (("low", gap <= split.threshold), ("high", gap > split.threshold)):
        peer = sm.OLS(asymmetric.model.z0[keep, 0], x[keep]).fit(cov_type="HC0")
        ours = [f"{side}: Δa ← {t}" for t in split.low.columns]
        np.testing.assert_allclose(split.params[ours], peer.params, rtol=1e-8)
        np.testing.assert_allclose(split.std_errors[ours], peer.bse, rtol=1e-8)
    assert np.isnan(split.p_value)


def test_the_estimate_is_the_top_of_the_likelihood(asymmetric):
    split = asymmetric.threshold(schemes=(), points=60)
    assert split.loglik == pytest.approx(split.profile["loglik"].max(), abs=1e-8)
    assert split.loglik == pytest.approx(split.profile_beta.max(), abs=1e-8)
    assert split.profile["loglik"].idxmax() == split.threshold
    assert split.profile_beta.idxmax() == pytest.approx(split.beta["b"])
    assert split.profile["lm"].max() == split.statistic
    gap = asymmetric.model.z1 @ split.beta.to_numpy()
    x = np.column_stack([gap, np.ones(len(gap)), asymmetric.model.z2])
    y, left = asymmetric.model.z0, np.empty(asymmetric.model.z0.shape)
    for keep in (gap <= split.threshold, gap > split.threshold):
        left[keep] = y[keep] - x[keep] @ np.linalg.lstsq(x[keep], y[keep], rcond=None)[0]
    np.testing.assert_allclose(split.sigma, left.T @ left / len(y), rtol=1e-10)


def test_a_linear_adjustment_is_not_split():
    data = prices(250, pull=-0.3, edge=None, rng=3)
    split = cl.VECM(data, lags=1, rank=1).fit().threshold(draws=99, schemes=("wild", "iid"))
    assert (split.p_values > 0.05).all()


@pytest.mark.reference
def test_the_term_structure_of_hansen_and_seo(reference_inputs):
    """sup-LM of Hansen and Seo (2002) with one to three lagged changes, and with β = 1.

    The numbers are those that tsDyn's tests hold against the paper; `zeroyld.csv` is its data set
    of that name, 482 months, columns long (120 months) and short (12).
    """
    path = reference_inputs / "zeroyld.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the reference inputs")
    rates = pd.read_csv(path, index_col=0, parse_dates=True)[["long", "short"]]
    arguments = {"trimming": 0.05, "schemes": ()}
    for lags, printed in ((2, "20.5994"), (3, "28.2562"), (4, "29.9405")):
        fitted = cl.VECM(rates, lags=lags, rank=1, deterministic="c").fit()
        assert f"{fitted.threshold(**arguments).statistic:.4f}" == printed
    fitted = cl.VECM(rates, lags=2, rank=1, deterministic="c").fit()
    split = fitted.threshold(**arguments)
    assert split.at == pytest.approx(-0.04805437, abs=1e-7)
    known = fitted.threshold({"long": 1, "short": -1}, **arguments)
    assert f"{known.statistic:.4f}" == "21.5586"


def test_a_relation_with_a_break_is_found_where_it_breaks():
    draws = np.random.default_rng(2)
    x = 50 + draws.standard_normal(240).cumsum()
    y = 5 + x + 8.0 * (np.arange(240) >= 130) + 0.5 * draws.standard_normal(240)
    days = pd.bdate_range("2020-01-01", periods=240)
    data = pd.DataFrame({"y": y, "x": x}, days)
    fitted = cl.VECM(data, lags=1, rank=1).fit()
    found = fitted.gregory_hansen("c")
    assert found["rejected at 5 %"]
    assert abs(days.get_loc(found["last row before"]) - 129) <= 2
    assert found["p_value"] == 1 / 400 and "399 draws" in found["note"]
    plain = fitted.gregory_hansen("c", draws=0)
    assert plain["statistic"] == found["statistic"] and np.isnan(plain["p_value"])
    assert plain["rejected at 5 %"] and "critical values" in plain["note"]
    apart = cl.simulate.error_correction(240, adjustment=0, short_run=0, rng=3)
    assert (
        not cl.VECM(apart, lags=1, rank=1)
        .fit()
        .gregory_hansen("regime", draws=99)["rejected at 5 %"]
    )


def test_the_statistic_is_the_smallest_adf_of_statsmodels():
    from statsmodels.tsa.stattools import adfuller

    data = prices(120, edge=None, pull=-0.3).to_numpy()
    found = gregory_hansen.test(data[:, 0], data[:, 1:], "c", 0)
    step = (np.arange(120) > found.at).astype(float)
    z = np.column_stack([np.ones(120), step, data[:, 1]])
    left = data[:, 0] - z @ np.linalg.lstsq(z, data[:, 0], rcond=None)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = adfuller(left, maxlag=0, regression="n", autolag=None)[0]
    assert found.statistic == pytest.approx(peer, rel=1e-9)


def test_bad_questions_are_refused():
    fitted = cl.VECM(prices(150), lags=1, rank=1).fit()
    with pytest.raises(cl.SpecificationError, match="model"):
        fitted.gregory_hansen("x")
    with pytest.raises(cl.SpecificationError, match="trimming"):
        fitted.gregory_hansen("c", trimming=0.5)
    with pytest.raises(cl.SpecificationError, match="too few"):
        fitted.gregory_hansen("c", draws=9)
    with pytest.raises(cl.SpecificationError, match="draws"):
        fitted.threshold(draws=9)
    with pytest.raises(cl.SpecificationError, match="trimming"):
        fitted.threshold(trimming=0.6)
    with pytest.raises(cl.SpecificationError, match="one relation"):
        cl.VECM(prices(150), lags=1, rank=0).fit().threshold()
    with pytest.raises(cl.TooFewObservationsError, match="100 are needed"):
        cl.VECM(prices(60), lags=1, rank=1).fit().threshold()
    with pytest.raises(cl.TooFewObservationsError, match="60 are needed"):
        cl.VECM(prices(50), lags=1, rank=1).fit().gregory_hansen()


def test_dimson_adds_up_what_trades_late():
    draws = np.random.default_rng(0)
    x = draws.standard_normal(2000)
    y = 0.5 * x + 0.3 * np.r_[0, x[:-1]] + 0.1 * draws.standard_normal(2000)
    days = pd.bdate_range("2015-01-01", periods=2000)
    frame = pd.DataFrame({"y": y, "x": x}, days)
    row = nonsynchronous(frame).set_index(["effect", "cause"]).loc[("y", "x")]
    assert row["beta"] == pytest.approx(0.5, abs=0.03)
    assert row["dimson"] == pytest.approx(0.8, abs=4 * row["std_error"])
    assert row["correlation"] == pytest.approx(np.corrcoef(x, y)[0, 1])
    frame.iloc[::2, 0] = np.nan
    assert nonsynchronous(frame).iloc[0]["joint_days"] == 1000


def test_dimson_refuses_by_name():
    frame = cl.simulate.var(60, rng=1)
    with pytest.raises(cl.SpecificationError, match="lags"):
        nonsynchronous(frame, lags=-1)
    with pytest.raises(cl.SpecificationError, match="nobody"):
        nonsynchronous(frame, markets=["cea", "nobody"])
    with pytest.raises(cl.DataError, match="two markets"):
        nonsynchronous(frame[["cea"]])
    assert nonsynchronous(frame.iloc[:20])["note"].str.contains("30 are needed").all()


def test_the_printed_critical_values_are_those_the_decision_stands_on():
    data = cl.simulate.error_correction(200, rng=1)
    fitted = cl.VECM(data, lags=2, rank=1).fit()
    found = fitted.gregory_hansen(draws=199, rng=1)
    assert (found["statistic"] < found["critical 5 %"]) == found["rejected at 5 %"]
    assert found["critical 1 %"] < found["critical 5 %"] < found["critical 10 %"]
    asymptotic = fitted.gregory_hansen(draws=0)
    assert asymptotic["critical 5 %"] == pytest.approx(-4.61) and np.isnan(asymptotic["p_value"])
