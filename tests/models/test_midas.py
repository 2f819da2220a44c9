"""MIDAS: closed forms, recovery, tests of causality, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

import carbonlink as cl
from carbonlink.kernels import midas as kernel


def data(n: int = 150, rng: int = 1, **kwargs):
    return cl.simulate.mixed_frequency(n, rng=rng, **kwargs)


def test_weights_by_hand():
    np.testing.assert_allclose(kernel.lag_weights("almon", np.zeros(2), 5), 0.2)
    np.testing.assert_allclose(kernel.lag_weights("beta", np.ones(2), 5), 0.2)
    u = np.linspace(0, 1, 6)
    made = kernel.lag_weights("beta", np.array([1.0, 3.0]), 6)
    np.testing.assert_allclose(made, (1 - u) ** 2 / ((1 - u) ** 2).sum(), atol=1e-12)
    k = np.arange(4)
    almon = np.exp(0.3 * k - 0.2 * k**2)
    np.testing.assert_allclose(
        kernel.lag_weights("almon", np.array([0.3, -0.2]), 4), almon / almon.sum()
    )


def test_lags_count_values_that_exist_back_from_the_date():
    y, x = data(60)
    holed = x.copy()
    date = y.index[30]
    last = x.index[x.index <= date][-1]
    holed[last] = np.nan
    row = cl.MIDAS(y, holed, lags=5).fit().lagged.loc[date]
    np.testing.assert_allclose(row, x[x.index <= date].iloc[-6:-1][::-1])
    late = cl.MIDAS(y, x, lags=5, lead=3).fit().lagged.loc[date]
    np.testing.assert_allclose(late, x[x.index <= date].iloc[-8:-3][::-1])


def test_unrestricted_is_least_squares():
    import statsmodels.api as sm

    y, x = data()
    fitted = cl.MIDAS(y, x, lags=6, weights="unrestricted", cov="classical").fit()
    z = np.column_stack([fitted.base, fitted.lagged])
    peer = sm.OLS(fitted.target.to_numpy(), z).fit()
    np.testing.assert_allclose(fitted.params, peer.params, rtol=1e-9)
    np.testing.assert_allclose(fitted.std_errors, peer.bse, rtol=1e-9)
    assert fitted.loglik == pytest.approx(peer.llf)
    assert fitted.r_squared == pytest.approx(peer.rsquared)


@pytest.mark.parametrize("kind", ["beta", "almon"])
def test_the_optimum_is_that_of_a_general_optimiser(kind):
    y, x = data()
    fitted = cl.MIDAS(y, x, lags=15, weights=kind).fit()
    z, lagged, target = (v.to_numpy() for v in (fitted.base, fitted.lagged, fitted.target))

    def left(p):
        return target - z @ p[:2] - p[2] * lagged @ kernel.lag_weights(kind, p[3:], 15)

    best = min(
        (
            optimize.least_squares(left, [0.0, 0.3, 1.0, *start], xtol=1e-14, ftol=1e-14)
            for start in ([(1.0, 4.0), (1.2, 6.0)] if kind == "beta" else [(0.0, 0.0), (-0.2, 0)])
        ),
        key=lambda r: r.cost,
    )
    assert fitted.resid.to_numpy() @ fitted.resid.to_numpy() <= 2 * best.cost * (1 + 1e-7)
    np.testing.assert_allclose(fitted.weights.sum(), 1)


def test_classical_errors_of_nonlinear_least_squares():
    y, x = data()
    fitted = cl.MIDAS(y, x, lags=15, weights="almon", cov="classical").fit()
    z, lagged, target = (v.to_numpy() for v in (fitted.base, fitted.lagged, fitted.target))

    def line(_, a, b, c, d, e):
        return z @ [a, b] + c * lagged @ kernel.lag_weights("almon", np.array([d, e]), 15)

    params, cov = optimize.curve_fit(line, None, target, p0=fitted.params.to_numpy())
    np.testing.assert_allclose(fitted.params, params, rtol=2e-3, atol=1e-4)
    np.testing.assert_allclose(fitted.std_errors, np.sqrt(np.diag(cov)), rtol=0.02)


def test_recovery():
    y, x = data(600, sigma=0.1)
    fitted = cl.MIDAS(y, x, lags=20).fit()
    truth = {"cause": 1.0, "effect L1": 0.3, "theta1": 1.0, "theta2": 5.0}
    for name, value in truth.items():
        assert fitted.params[name] == pytest.approx(value, abs=4 * fitted.std_errors[name] + 1e-9)
    np.testing.assert_allclose(
        fitted.weights, kernel.lag_weights("beta", np.array([1.0, 5.0]), 20), atol=0.02
    )


def test_the_max_test_sees_an_effect_and_its_lag():
    y, x = data(100)
    found = cl.MIDAS(y, x, lags=20).fit().max_test(draws=999)
    assert found["p_value"] <= 0.01 and found["lag"] <= 4
    apart, x2 = data(100, slope=0.0, sigma=1.0)
    none = cl.MIDAS(apart, x2, lags=20).fit().max_test(draws=999)
    assert none["p_value"] > 0.05


def test_the_max_test_of_one_regressor_is_its_squared_t():
    import statsmodels.api as sm
    from scipy import stats

    draws = np.random.default_rng(0)
    y, x = draws.standard_normal((2, 4000))
    z = np.ones((4000, 1))
    statistic, p, slopes = kernel.max_test(y, z, x[:, None], draws, 40000)
    peer = sm.OLS(y, np.column_stack([z, x / x.std()])).fit(cov_type="HC0")
    assert slopes[0] == pytest.approx(peer.params[1])
    assert statistic == pytest.approx(4000 * peer.params[1] ** 2)
    assert p == pytest.approx(2 * stats.norm.sf(abs(peer.tvalues[1])), abs=0.01)


def test_stacked_causality_runs_both_ways():
    y, x = data(300, lags=45, shape=(1.0, 1.0), slope=3.0)
    table = cl.MIDAS(y, x, lags=20).fit().causality(blocks=2, draws=199)
    assert table["null"].tolist() == [
        "cause does not cause effect",
        "effect does not cause cause",
    ]
    assert (table["detectable"] > 0).all() and (table["nobs"] > 250).all()
    assert table.loc[0, "p_value"] <= 0.01 and table.loc[1, "p_value"] > 0.02
    with pytest.raises(cl.SpecificationError, match="lead"):
        cl.MIDAS(y, x, lags=20, lead=5).fit().causality()


def test_the_smallest_detectable_effect_has_the_power_it_says():
    from scipy import stats

    from carbonlink.inference.mixed_causality import detectable

    share = detectable(100, 5, 2)
    effect = share / (1 - share) * 100
    critical = stats.f.isf(0.05, 2, 95)
    assert stats.ncf.sf(critical, 2, 95, effect) == pytest.approx(0.8, abs=1e-6)


def test_disaggregation_keeps_the_rare_values():
    draws = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 3)
    indicator = draws.standard_normal(60).cumsum()
    truth = 2 + 0.5 * indicator + 0.1 * draws.standard_normal(60)
    for kind, make in (("mean", np.mean), ("sum", np.sum), ("last", lambda v: v[-1])):
        low = np.array([make(truth[groups == g]) for g in range(20)])
        made = kernel.chow_lin(low, indicator, groups, kind)
        again = [make(made[groups == g]) for g in range(20)]
        np.testing.assert_allclose(again, low, rtol=1e-6)
        assert np.corrcoef(made, truth)[0, 1] > 0.95


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"weights": "step"}, cl.SpecificationError, "weights"),
        ({"lags": 1}, cl.SpecificationError, "lags"),
        ({"lags": 30, "weights": "unrestricted"}, cl.SpecificationError, "at most 22"),
        ({"ar": -1}, cl.SpecificationError, "ar"),
        ({"cov": "x"}, cl.SpecificationError, "cov"),
        ({"lead": 1.5}, cl.SpecificationError, "lead"),
    ],
)
def test_bad_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        cl.MIDAS(*data(60), **arguments)


def test_bad_series_are_named():
    y, x = data(60)
    with pytest.raises(cl.DataError, match="not rarer"):
        cl.MIDAS(x, y).fit()
    with pytest.raises(cl.DataError, match="does not move"):
        cl.MIDAS(y, x * 0).fit()
    with pytest.raises(cl.DataError, match="no value"):
        cl.MIDAS(y, x * np.nan).fit()
    with pytest.raises(cl.DataError, match="no dates"):
        cl.MIDAS(y.reset_index(drop=True), x)
    with pytest.raises(cl.SpecificationError, match="parts"):
        cl.MIDAS(y, x).fit().causality(blocks=9)
    with pytest.raises(cl.SpecificationError, match="draws"):
        cl.MIDAS(y, x).fit().max_test(draws=5)


def test_a_short_sample_is_refused_and_the_override_carries_its_footnote():
    y, x = data(36)
    with pytest.raises(cl.TooFewObservationsError, match="40 are needed"):
        cl.MIDAS(y, x).fit()
    fitted = cl.MIDAS(y, x, minimum=30).fit()
    assert any("fewer than 40" in note for note in fitted.notes)
    assert any("fewer than 40" in note for note in fitted.refit(weights="almon").notes)
    assert "fewer than 40" in str(fitted.summary()) and "fewer than 40" in fitted.to_latex()
    with pytest.raises(cl.TooFewObservationsError, match="coefficients"):
        cl.MIDAS(y.iloc[:8], x, minimum=1).fit()


@pytest.mark.slow
def test_size_and_power_of_the_max_test():
    """60 months, 20 daily lags: beside the Wald test of the same unrestricted regression."""
    from scipy import stats

    size, wald, power = [], [], []
    for seed in range(2000):
        y, x = data(62, rng=seed, slope=0.0, sigma=1.0)
        fitted = cl.MIDAS(y, x, lags=20, weights="unrestricted", cov="robust").fit()
        size.append(fitted.max_test(draws=999, rng=seed)["p_value"] <= 0.05)
        part, block = fitted.params.to_numpy()[2:], fitted.cov.to_numpy()[2:, 2:]
        wald.append(stats.chi2.sf(part @ np.linalg.solve(block, part), 20) <= 0.05)
        if seed < 500:
            y, x = data(62, rng=seed, slope=1.5, sigma=1.0)
            fitted = cl.MIDAS(y, x, lags=20, weights="unrestricted").fit()
            power.append(fitted.max_test(draws=999, rng=seed)["p_value"] <= 0.05)
    print(np.mean(size), np.mean(wald), np.mean(power))
    assert 0.02 <= np.mean(size) <= 0.07
    assert np.mean(wald) > np.mean(size)
