"""GARCH with an ARMA mean, against the likelihood written out and a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels.garch import likelihood


def arma(n: int, phi: float, theta: float, seed: int) -> pd.Series:
    shocks = cl.simulate.garch(n, alpha=0.1, beta=0.85, rng=seed)
    e, y = shocks.to_numpy(), np.zeros(n)
    for t in range(n):
        y[t] = 0.1 + e[t]
        if t:
            y[t] += phi * (y[t - 1] - 0.1) + theta * e[t - 1]
    return pd.Series(y, shocks.index, name="y")


@pytest.fixture(scope="module")
def y() -> pd.Series:
    return arma(3000, 0.6, -0.3, 5)


def written_out(params: pd.Series, y: np.ndarray) -> float:
    """The normal log-likelihood, row by row, in rugarch's conventions."""
    mu, phi, theta, omega, alpha, beta = params
    d, e, h = y - mu, np.empty(len(y)), np.empty(len(y))
    e[0] = d[0]
    for t in range(1, len(y)):
        e[t] = d[t] - phi * d[t - 1] - theta * e[t - 1]
    h[0] = np.mean(e**2)
    for t in range(1, len(y)):
        h[t] = omega + alpha * e[t - 1] ** 2 + beta * h[t - 1]
    return float(-0.5 * (np.log(2 * np.pi) + np.log(h) + e**2 / h).sum())


def test_arma_mean_is_the_likelihood_written_out_at_its_maximum(y):
    fit = cl.GARCH(y, mean="ar", ma=1, compat="rugarch").fit()
    assert list(fit.params.index) == ["mu", "ar1", "ma1", "omega", "alpha", "beta"]
    assert fit.loglik == pytest.approx(written_out(fit.params, y.to_numpy()), abs=1e-8)
    for name, error in fit.std_errors.items():
        for sign in (-1, 1):
            moved = fit.params.copy()
            moved[name] += sign * 0.1 * error
            assert written_out(moved, y.to_numpy()) < fit.loglik
    gaps = (fit.params[["ar1", "ma1"]] - [0.6, -0.3]) / fit.std_errors[["ar1", "ma1"]]
    assert (gaps.abs() < 3).all()


@pytest.mark.parametrize("vol", ["GARCH", "EGARCH", "CGARCH"])
@pytest.mark.parametrize("compat", [None, "rugarch"])
def test_scores_with_a_moving_average_are_differences(y, vol, compat):
    fit = cl.GARCH(y.iloc[:600], vol=vol, mean="ar", ma=2, dist="t", compat=compat).fit(
        strict=False
    )
    p, theta = fit.estimate.problem, fit.estimate.maximum.theta * 1.01
    gradient = likelihood(theta, p).gradient()
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = 1e-6
        change = likelihood(theta + step, p).total - likelihood(theta - step, p).total
        assert gradient[i] == pytest.approx(change / 2e-6, rel=2e-4, abs=2e-3)


def test_forecast_goes_on_with_the_moving_average(y):
    fit = cl.GARCH(y, mean="ar", ma=2).fit()
    b, e = fit.params, fit.resid.to_numpy()
    ahead = fit.forecast(4, draws=20_000, rng=1)
    one = b["mu"] + b["ar1"] * y.iloc[-1] + b["ma1"] * e[-1] + b["ma2"] * e[-2]
    two = b["mu"] + b["ar1"] * one + b["ma2"] * e[-1]
    three = b["mu"] + b["ar1"] * two
    assert ahead["mean"].iloc[:3].to_list() == pytest.approx([one, two, three], rel=1e-9)
    weights = [1.0, b["ar1"] + b["ma1"]]
    spread = np.sqrt(sum(w**2 * v for w, v in zip(weights, ahead["variance"][1::-1], strict=False)))
    width = (ahead["upper"] - ahead["lower"]).iloc[1] / (2 * 1.96)
    assert width == pytest.approx(spread, rel=0.03)


def test_units_do_not_move_the_moving_average(y):
    small, large = (cl.GARCH(s * y, mean="ar", ma=1).fit() for s in (1.0, 37.0))
    for term in ("ar1", "ma1", "beta"):
        assert large.params[term] == pytest.approx(small.params[term], rel=1e-4)
        assert large.std_errors[term] == pytest.approx(small.std_errors[term], rel=1e-3)


def test_a_backtest_takes_a_moving_average(y):
    found = cl.backtest(y.iloc[:420], {"arma": {"mean": "ar", "ma": 1}}, start=360, refit=60)
    fit = cl.GARCH(y.iloc[:360], mean="ar", ma=1).fit()
    first = found.forecasts.iloc[0]
    assert first["variance"] == pytest.approx(fit.forecast(1)["variance"].iloc[0], rel=1e-8)


def test_refuses_a_moving_average_it_cannot_run(y):
    with pytest.raises(cl.SpecificationError, match="ma=-1 is no number"):
        cl.GARCH(y, ma=-1).fit()
    with pytest.raises(cl.SpecificationError, match="yesterday's shock"):
        cl.GARCH(y, ma=1, limits=(-10.0, 10.0)).fit()


def test_compat_of_correlations_reaches_the_mean(y):
    other = cl.simulate.garch(800, rng=9).rename("x")
    pair = pd.DataFrame({"y": y.iloc[:800], "x": other})
    joint = cl.DCC(pair, mean="ar", compat="rmgarch").fit(strict=False)
    for name in pair:
        alone = cl.GARCH(pair[name], mean="ar", compat="rugarch").fit()
        for term in alone.params.index:
            assert joint.params[f"{term}[{name}]"] == pytest.approx(alone.params[term])
            error = joint.std_errors[f"{term}[{name}]"]
            assert error == pytest.approx(alone.std_errors[term], nan_ok=True)
