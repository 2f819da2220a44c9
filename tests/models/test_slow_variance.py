"""GARCH-MIDAS and the switching variance: closed forms, recovery, invariances, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import garch, garch_midas
from carbonlink.models.garch_midas import GARCHMIDAS
from carbonlink.models.switching import switching_variance


def simulated(n: int, theta: float, omega: float, rng: int = 0, alpha=0.06, beta=0.88):
    """Returns around exp(0.5 + θ Σ φ_k X), and X, an AR(1) by month."""
    rng = np.random.default_rng(rng)
    days = pd.bdate_range("2010-01-04", periods=n)
    months = pd.period_range("2008-01", days[-1].to_period("M"), freq="M")
    x = np.zeros(len(months))
    for i in range(1, len(months)):
        x[i] = 0.8 * x[i - 1] + 0.5 * rng.standard_normal()
    weights = garch_midas.beta_weights(omega, 12)
    place = months.get_indexer(days.to_period("M"))
    tau = np.exp(0.5 + theta * np.array([weights @ x[i - 12 : i][::-1] for i in place]))
    g, y = 1.0, np.empty(n)
    for t in range(n):
        if t:
            g = (1 - alpha - beta) + alpha * y[t - 1] ** 2 / tau[t - 1] + beta * g
        y[t] = np.sqrt(tau[t] * g) * rng.standard_normal()
    return pd.Series(y, index=days, name="y"), pd.Series(x, index=months, name="coal")


@pytest.fixture(scope="module")
def pair():
    return simulated(2000, 0.8, 4.0, rng=1)


def test_weights_fall_and_add_up():
    assert garch_midas.beta_weights(1.0, 4) == pytest.approx([0.25] * 4)
    weights = garch_midas.beta_weights(3.0, 12)
    assert weights.sum() == pytest.approx(1) and (np.diff(weights) < 0).all()
    assert weights[1] / weights[0] == pytest.approx((11 / 12) ** 2)


def test_without_a_driver_it_is_garch(pair):
    y = pair[0].to_numpy()
    months, tau = 40, np.exp(0.3)
    lags = np.random.default_rng(0).standard_normal((months, 12))
    p = garch_midas.Problem(y, lags, np.arange(len(y)) * months // len(y))
    ours = garch_midas.terms(np.array([0.05, 0.08, 0.85, 0.3, 0.0, 2.0]), p)
    other = garch.problem(y, np.ones((len(y), 1)), presample=float(tau))
    theirs = garch.likelihood(np.array([0.05, tau * 0.07, 0.08, 0.85]), other).terms
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def test_the_driver_is_found_and_its_units_do_not_matter(pair):
    y, x = pair
    fit = GARCHMIDAS(y, x).fit()
    error = (fit.params["theta"] - 0.8) / fit.std_errors["theta"]
    assert abs(error) < 2.5 and fit.pvalues["theta"] < 0.01
    assert fit.persistence == pytest.approx(0.94, abs=0.06)
    assert fit.loglik > cl.GARCH(y).fit().loglik + 5
    turned = GARCHMIDAS(y, 5 + 10 * x).fit()
    assert turned.loglik == pytest.approx(fit.loglik, abs=1e-6)
    assert 10 * turned.params["theta"] == pytest.approx(fit.params["theta"], rel=1e-6)
    level = turned.params["m"] + 5 * turned.params["theta"]
    assert level == pytest.approx(fit.params["m"], rel=1e-5)
    assert 10 * turned.std_errors["theta"] == pytest.approx(fit.std_errors["theta"], rel=1e-6)
    np.testing.assert_allclose(turned.long_run, fit.long_run, rtol=1e-5)
    dated = x.set_axis(x.index.to_timestamp() + pd.Timedelta(days=14))
    assert GARCHMIDAS(y, dated).fit().loglik == pytest.approx(fit.loglik)


def test_the_likelihood_is_the_one_written_out(pair):
    """Engle, Ghysels and Sohn's model, a day and a month at a time."""
    y, x = pair
    fit = GARCHMIDAS(y, x).fit()
    mu, alpha, beta, m, theta, omega = fit.params
    days, months = y.index, y.index.to_period("M")
    total, g, tau_before, count = 0.0, 1.0, None, 12
    for t, month in enumerate(months):
        if t == 0 or month != months[t - 1]:
            raw = [(1 - k / (count + 1)) ** (omega - 1) for k in range(1, count + 1)]
            smooth = sum(raw[k - 1] / sum(raw) * x[month - k] for k in range(1, count + 1))
            tau = np.exp(m + theta * smooth)
        if t:
            g = (1 - alpha - beta) + alpha * (y.iloc[t - 1] - mu) ** 2 / tau_before + beta * g
        h = tau * g
        total -= 0.5 * (np.log(2 * np.pi) + np.log(h) + (y.iloc[t] - mu) ** 2 / h)
        assert fit.conditional_volatility[days[t]] == pytest.approx(np.sqrt(h), rel=1e-9)
        tau_before = tau
    assert fit.loglik == pytest.approx(total, rel=1e-10)
    assert fit.long_run.iloc[-1] == pytest.approx(np.sqrt(tau), rel=1e-9)


def test_nothing_of_the_month_itself_or_later_is_used(pair):
    y, x = pair
    later = x.copy()
    later.iloc[-1] += 100.0
    assert GARCHMIDAS(y, later).fit().loglik == pytest.approx(GARCHMIDAS(y, x).fit().loglik)
    longer = pd.concat([x, pd.Series([9.0], index=[x.index[-1] + 1])]).rename("coal")
    assert GARCHMIDAS(y, longer).fit().nobs == len(y)


def test_drivers_it_cannot_use_are_refused(pair):
    y, x = pair
    with pytest.raises(cl.DataError, match="2012-03"):
        GARCHMIDAS(y, x.drop(pd.Period("2012-03", "M"))).fit()
    with pytest.raises(cl.DataError, match="more than one"):
        GARCHMIDAS(y, y.abs()).fit()
    with pytest.raises(cl.DataError, match="constant"):
        GARCHMIDAS(y, x * 0 + 2).fit()
    with pytest.raises(cl.DataError, match="dates"):
        GARCHMIDAS(y, pd.Series([1.0, 2.0, 3.0], name="x")).fit()
    with pytest.raises(cl.SpecificationError, match="lags"):
        GARCHMIDAS(y, x, lags=0).fit()
    with pytest.raises(cl.TooFewObservationsError, match="250"):
        GARCHMIDAS(y.iloc[:200], x).fit()


def test_regimes_are_those_of_statsmodels_in_order():
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    rng = np.random.default_rng(4)
    state, states = 0, []
    for _ in range(1200):
        states.append(state)
        state = state if rng.random() < (0.98, 0.95)[state] else 1 - state
    spread = np.array([1.0, 3.0])[states]
    days = pd.bdate_range("2015-01-01", periods=1200)
    y = pd.Series(spread * rng.standard_normal(1200), index=days, name="y")
    fit = switching_variance(y)
    np.testing.assert_allclose(fit.regimes["std_dev"], [1.0, 3.0], rtol=0.1)
    assert fit.transition.iloc[0, 0] == pytest.approx(0.98, abs=0.02)
    np.testing.assert_allclose(fit.transition.sum(axis=1), 1.0)
    assert ((fit.smoothed["regime 2"] > 0.5) == (np.array(states) == 1)).mean() > 0.9
    theirs = MarkovRegression(y.to_numpy(), 2, switching_trend=False, switching_variance=True)
    assert fit.loglik == pytest.approx(float(theirs.fit(disp=False).llf), abs=1e-3)
    scaled = switching_variance(1e-3 * y)
    np.testing.assert_allclose(scaled.regimes["std_dev"], 1e-3 * fit.regimes["std_dev"], rtol=1e-4)
    assert fit.regimes["duration"].iloc[0] == pytest.approx(1 / (1 - fit.transition.iloc[0, 0]))
    with pytest.raises(cl.SpecificationError, match="regimes"):
        switching_variance(y, regimes=5)
    with pytest.raises(cl.TooFewObservationsError, match="250"):
        switching_variance(y.iloc[:100])
    with pytest.raises(cl.DataError, match="constant"):
        switching_variance(y * 0)


@pytest.mark.slow
def test_recovery_and_coverage():
    """100 samples of 2,000 days: θ of 0.8 is 0.81 on average, 95 % intervals cover it in 91 %."""
    found = []
    for seed in range(100):
        fit = GARCHMIDAS(*simulated(2000, 0.8, 4.0, rng=100 + seed)).fit(strict=False)
        found.append([fit.params["theta"], fit.std_errors["theta"], fit.persistence])
    found = np.array(found)
    known = np.isfinite(found[:, 1])
    cover = (np.abs(found[known, 0] - 0.8) < 1.96 * found[known, 1]).mean()
    assert cover > 0.85 and abs(found[:, 0].mean() - 0.8) < 0.1
