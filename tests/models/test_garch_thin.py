"""GARCH with days without a trade and at price limits: identities, truth, errors, refusals."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import carbonlink as cl
from carbonlink.kernels.garch import likelihood, problem
from carbonlink.kernels.garch_tail import TAILS
from carbonlink.kernels.trade_logit import fit_logit

LIMITS = (-10.0, 10.0)
VALUES = {
    "GARCH": [0.1, 0.1, 0.8],
    "GJR": [0.1, 0.08, 0.05, 0.8],
    "EGARCH": [-0.02, 0.2, -0.05, 0.9],
}


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    w = pd.Series((np.arange(1200) % 244 > 203).astype(float), name="window")
    made = cl.simulate.thin_returns(1200, omega=1.5, delta=0.5, variance_x=w.to_numpy(), rng=3)
    return made.assign(window=w.to_numpy())


@pytest.fixture(scope="module")
def both(days):
    return cl.GARCH(
        days["returns"], trade=days["trade"], limits=LIMITS, variance_x=days["window"]
    ).fit()


@pytest.mark.parametrize("dist, shape", [("normal", []), ("t", [5.0])])
def test_moments_beyond_a_limit_are_the_integrals(dist, shape):
    from scipy.integrate import quad

    def density(z):
        return stats.norm.pdf(z) if dist == "normal" else stats.t.pdf(z / c, 5) / c

    c = np.sqrt(3 / 5)
    for k in (0.3, 1.7, 4.0):
        tail = TAILS[dist](np.array([k]), np.array(shape))
        chance, first, second = (quad(lambda z: z**j * density(z), k, np.inf)[0] for j in range(3))  # noqa: B023
        assert tail.log_chance[0] == pytest.approx(np.log(chance), rel=1e-6)
        assert tail.first[0] == pytest.approx(first / chance, rel=1e-6)
        assert tail.second[0] == pytest.approx(second / chance, rel=1e-6)
        assert tail.hazard[0] == pytest.approx(density(k) / chance, rel=1e-6)


@pytest.mark.parametrize("vol", VALUES)
@pytest.mark.parametrize("dist", ["normal", "t"])
@pytest.mark.parametrize("idle", ["zero", "expected", "free"])
def test_the_gradient_is_exact(vol, dist, idle):
    rng = np.random.default_rng(0)
    n = 300
    y = np.clip(rng.standard_t(6, n), -1.5, 1.5)
    kind = np.where(y >= 1.5, 1, np.where(y <= -1.5, -1, 0))
    kind[rng.random(n) < 0.2] = 2
    shape = [6.0] if dist == "t" else []
    extra = [0.07] if idle == "free" else []
    theta = np.array([0.05, *VALUES[vol], *extra, 0.2, *shape])
    for presample in ("arch", "mean", "fcp", ("first", 20), ("decay", 0.7), 0.9):
        p = problem(
            y,
            np.ones((n, 1)),
            vol,
            dist,
            rng.standard_normal((n, 1)),
            presample=presample,
            kind=kind,
            offset=0.3 * rng.random(n),
            idle=idle,
        )
        at = likelihood(theta, p)
        steps = np.eye(len(theta)) * 1e-6
        numeric = [
            (likelihood(theta + h, p).total - likelihood(theta - h, p).total) / 2e-6 for h in steps
        ]
        np.testing.assert_allclose(at.gradient(), numeric, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(at.scores().sum(axis=0), at.gradient(), atol=1e-8)


def test_without_hidden_days_the_likelihood_is_the_plain_one():
    y = cl.simulate.garch(600, rng=1).to_numpy()
    plain = problem(y, np.ones((600, 1)), "GJR", "t")
    coded = dataclasses.replace(plain, kind=np.zeros(600, int), offset=np.zeros(600))
    theta = np.array([0.0, *VALUES["GJR"], 7.0])
    assert likelihood(theta, coded).total == pytest.approx(likelihood(theta, plain).total, abs=1e-9)
    gradient = likelihood(theta, coded).gradient()
    np.testing.assert_allclose(gradient, likelihood(theta, plain).gradient(), rtol=1e-9)


def test_limits_never_hit_change_nothing():
    y = cl.simulate.garch(600, rng=1)
    plain, wide = cl.GARCH(y).fit(), cl.GARCH(y, limits=(-1e3, 1e3)).fit()
    np.testing.assert_allclose(plain.params, wide.params, rtol=1e-6)
    assert wide.spec["limits"] == "censored likelihood"


def test_limits_as_numbers_frame_and_flags_agree(days):
    y = days["returns"].dropna()
    frame = pd.DataFrame({"upper": LIMITS[1], "lower": LIMITS[0]}, index=y.index)
    flags = pd.DataFrame({"lower": y <= LIMITS[0], "upper": y >= LIMITS[1]})
    fits = [cl.GARCH(y, limits=v).fit() for v in (LIMITS, frame, flags)]
    assert fits[0].loglik == fits[1].loglik == fits[2].loglik
    assert int(fits[0].limit_days.abs().sum()) == int((days["limit"] != 0).sum()) > 20


def test_units_scale_the_answer_and_nothing_else(days, both):
    tenfold = cl.GARCH(
        10 * days["returns"], trade=days["trade"], limits=(-100, 100), variance_x=days["window"]
    ).fit()
    scale = pd.Series(1.0, both.params.index)
    scale["mu"], scale["omega"] = 10, 100
    np.testing.assert_allclose(tenfold.params, both.params * scale, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(tenfold.std_errors, both.std_errors * scale, rtol=1e-3)


def test_both_together_find_the_truth(days, both):
    assert both.converged and both.nobs == int(days["trade"].sum())
    truth = {"mu": 0, "omega": 1.5, "alpha": 0.1, "beta": 0.85, "delta[window]": 0.5, "idle": 0}
    z = (both.params[list(truth)] - pd.Series(truth)) / both.std_errors[list(truth)]
    assert z.abs().max() < 3
    correlation = np.corrcoef(both.trade_probability, days["probability"])[0, 1]
    assert correlation > 0.8
    error = np.log(both.conditional_volatility / days["volatility"].to_numpy())
    assert abs(error.mean()) < 0.1
    assert both.std_resid.isna().equals(~days["trade"])
    hit = days["limit"] != 0
    assert (
        both.std_resid[hit].abs() > (both.resid / both.conditional_volatility)[hit].abs() * 0.5
    ).all()


def test_naive_zero_adjusted_and_censored_side_by_side(days, both):
    x = days["window"]
    naive = cl.GARCH(days["returns"].fillna(0.0), variance_x=x).fit()
    zero = cl.GARCH(days["returns"], trade=days["trade"], variance_x=x).fit()
    kept = days[days["trade"]]
    cut = cl.GARCH(kept["returns"], limits=LIMITS, variance_x=kept["window"]).fit()
    pair = cl.compare({"naive": naive, "zero-adjusted": zero, "censored": cut, "both": both})
    table = pair.table()
    assert list(table.columns) == ["naive", "zero-adjusted", "censored", "both"]
    assert table.loc["trade[news]", "naive"] == "" and table.loc["trade[news]", "both"] != ""
    assert (
        cut.conditional_volatility.mean()
        > cl.GARCH(kept["returns"]).fit().conditional_volatility.mean()
    )


def test_the_covariance_of_two_steps_is_that_of_one(days):
    """For the Hessian the stacked matrix is the inverse of the triangular system, by blocks."""
    fit = cl.GARCH(days["returns"], trade=days["trade"], idle="zero").fit("hessian")
    names = [t for t in fit.params.index if t.startswith("trade")]
    logit = fit_logit(days["trade"].to_numpy(), np.empty((len(days), 0)))
    np.testing.assert_allclose(fit.cov.loc[names, names], np.linalg.inv(-logit.hessian), rtol=1e-6)
    rest = fit.params.index.difference(names)
    plain = pd.Series(np.sqrt(np.diag(fit.estimate.covs["hessian"])), fit.params.index[: len(rest)])
    assert (fit.std_errors[plain.index] >= plain * (1 - 1e-6)).all()


def test_a_chance_that_does_not_move_is_a_constant():
    rng = np.random.default_rng(4)
    traded = rng.random(1500) < 0.8
    found = fit_logit(traded, np.empty((1500, 0)))
    assert not found.dynamic and found.converged
    assert found.probability[0] == pytest.approx(traded.mean(), abs=1e-8)


def test_the_logit_is_that_of_statsmodels_where_both_have_it():
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    x = rng.standard_normal(800)
    traded = rng.random(800) < 1 / (1 + np.exp(-1 - 0.7 * x))
    ours = fit_logit(traded, x[:, None], dynamic=False)
    theirs = sm.Logit(traded.astype(float), sm.add_constant(x)).fit(disp=0)
    np.testing.assert_allclose(ours.params, theirs.params, atol=1e-6)
    np.testing.assert_allclose(np.linalg.inv(-ours.hessian), theirs.cov_params(), atol=1e-6)


def test_regressors_of_a_trade_are_named(days):
    fit = cl.GARCH(days["returns"], trade=days["trade"], trade_x=days["window"]).fit()
    assert "trade[window]" in fit.params and fit.spec["trade_x"] == ("window",)


@pytest.mark.parametrize("vol", ["GJR", "EGARCH"])
def test_other_recursions_with_t_shocks(days, vol):
    fit = cl.GARCH(
        days["returns"], vol=vol, dist="t", trade=days["trade"], limits=LIMITS, idle="expected"
    ).fit()
    assert fit.converged and fit.spec["idle"] == "expected"
    assert 0.8 < fit.persistence < 1


def test_the_result_keeps_the_contract(both):
    again = pickle.loads(pickle.dumps(both))
    assert str(again.summary()) == str(both.refit().summary())
    rows = both.diagnostics()
    assert rows["test"].str.contains("Ljung–Box").any() and not rows["statistic"].isna().all()


@pytest.mark.parametrize(
    "change, error, words",
    [
        ({"vol": "EGARCH", "variance_form": "inside"}, cl.SpecificationError, "multiplicative"),
        ({"mean": "ar"}, cl.SpecificationError, "yesterday's return"),
        ({"trade": [True]}, cl.DataError, "no Series"),
        ({"trade_x": "x", "trade": None}, cl.SpecificationError, "without trade="),
        ({"idle": "calm"}, cl.SpecificationError, "idle"),
        ({"idle": "zero", "trade": None}, cl.SpecificationError, "idle has no use without trade="),
        ({"limits": 10}, cl.DataError, "no pair"),
        ({"limits": (10, -10)}, cl.DataError, "not below the upper"),
        ({"minimum": 2000}, cl.TooFewObservationsError, "weekly HAR"),
    ],
)
def test_refusals(days, change, error, words):
    given = {"trade": days["trade"], "variance_x": days["window"]} | change
    with pytest.raises(error, match=words):
        cl.GARCH(days["returns"], **given).fit()


def test_bad_trade_flags_are_named(days):
    trade = days["trade"].astype(object)
    trade.iloc[5] = None
    with pytest.raises(cl.DataError, match="neither True nor False on 1 dates"):
        cl.GARCH(days["returns"], trade=trade).fit()
    with pytest.raises(cl.DataError, match="missing values"):
        cl.GARCH(days["returns"], trade=days["trade"] | (np.arange(len(days)) < 200)).fit()
    with pytest.raises(cl.TooFewObservationsError, match="marks 0 days"):
        y = cl.simulate.garch(400, rng=1)
        cl.GARCH(y, trade=pd.Series(True, y.index)).fit()
    with pytest.raises(cl.DataError, match="no row for"):
        cl.GARCH(days["returns"], trade=days["trade"].iloc[:-3]).fit()


def test_limit_flags_on_the_wrong_side_are_named(days):
    y = days["returns"].dropna()
    flags = pd.DataFrame({"lower": y >= LIMITS[1], "upper": y <= LIMITS[0]})
    with pytest.raises(cl.DataError, match="wrong side"):
        cl.GARCH(y, limits=flags).fit()


def test_returns_beyond_their_limit_are_seen_whole_and_counted(days):
    y = days["returns"].dropna()
    y.iloc[10] = 14.0
    fit = cl.GARCH(y, limits=LIMITS).fit()
    assert any(n.startswith("1 returns lie beyond") for n in fit.notes)
    assert fit.limit_days.iloc[10] == 0


def test_limits_in_other_units_than_the_returns_are_refused():
    made = cl.simulate.thin_returns(600, rng=3)
    y = made["returns"].dropna()
    with pytest.raises(cl.DataError, match="the limits are not those of these returns"):
        cl.GARCH(y, limits=(-0.1, 0.1)).fit()
