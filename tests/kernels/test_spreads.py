"""Trading costs: closed forms, plain loops, an independent optimiser, and known spreads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from carbonlink.kernels import spreads


def ticks(days: int, spread: float, sigma: float, rng: int) -> tuple[np.ndarray, ...]:
    """High, low and close of days of 390 trades at bid or ask around a random walk."""
    draws = np.random.default_rng(rng)
    path = np.cumsum(draws.standard_normal(days * 390) * sigma / math.sqrt(390))
    prices = np.exp(path + draws.choice([-0.5, 0.5], days * 390) * spread).reshape(days, 390)
    return prices.max(axis=1), prices.min(axis=1), prices[:, -1]


def test_roll_recovers_the_spread_of_his_model():
    draws = np.random.default_rng(1)
    value = np.cumsum(draws.standard_normal(20_000) * 0.005)
    price = value + draws.choice([-0.5, 0.5], 20_000) * 0.02
    assert spreads.roll(np.diff(price)) == pytest.approx(0.02, rel=0.03)


def test_roll_of_a_hand_worked_series():
    changes = np.array([1.0, -1.0, 1.0, -1.0])
    # pairs (−1, 1), (1, −1), (−1, 1): covariance −(8/9 + …)/2 = −4/3 with divisor 2
    assert spreads.roll(changes) == pytest.approx(2 * math.sqrt(4 / 3))


def test_roll_is_missing_where_changes_persist_or_are_few():
    assert math.isnan(spreads.roll(np.array([1.0, 2.0, 3.0, 4.0])))
    assert math.isnan(spreads.roll(np.array([1.0, -1.0])))


def test_range_spreads_equal_plain_loops():
    high, low, close = ticks(40, 0.01, 0.02, 2)
    follows = np.ones(40, dtype=bool)
    follows[[0, 17]] = False
    cs = spreads.corwin_schultz(high, low, close, follows)
    ar = spreads.abdi_ranaldo(high, low, close, follows)
    k = 3 - 2 * math.sqrt(2)
    for t in range(1, 40):
        if not follows[t]:
            assert math.isnan(cs[t]) and math.isnan(ar[t])
            continue
        h, w = high[t], low[t]
        if close[t - 1] > h:
            h, w = close[t - 1], w + close[t - 1] - h
        elif close[t - 1] < w:
            h, w = h - (w - close[t - 1]), close[t - 1]
        beta = math.log(high[t] / low[t]) ** 2 + math.log(high[t - 1] / low[t - 1]) ** 2
        gamma = math.log(max(h, high[t - 1]) / min(w, low[t - 1])) ** 2
        alpha = (math.sqrt(2 * beta) - math.sqrt(beta)) / k - math.sqrt(gamma / k)
        assert cs[t] == pytest.approx(max(2 * (math.exp(alpha) - 1) / (1 + math.exp(alpha)), 0))
        middle = [math.log(high[s] * low[s]) / 2 for s in (t - 1, t)]
        c = math.log(close[t - 1])
        assert ar[t] == pytest.approx(math.sqrt(max(4 * (c - middle[0]) * (c - middle[1]), 0)))


def test_range_spreads_recover_a_wide_spread():
    high, low, close = ticks(400, 0.05, 0.01, 3)
    follows = np.arange(400) > 0
    assert np.nanmean(spreads.corwin_schultz(high, low, close, follows)) == pytest.approx(
        0.05, rel=0.06
    )
    assert np.nanmean(spreads.abdi_ranaldo(high, low, close, follows)) == pytest.approx(
        0.05, rel=0.06
    )


def test_range_spreads_do_not_depend_on_the_unit_of_price():
    high, low, close = ticks(30, 0.02, 0.02, 4)
    follows = np.arange(30) > 0
    for function in (spreads.corwin_schultz, spreads.abdi_ranaldo):
        one = function(high, low, close, follows)
        np.testing.assert_allclose(function(7 * high, 7 * low, 7 * close, follows), one, atol=1e-12)


def test_fht_closed_form():
    assert spreads.fht(1.0, 0.5) == pytest.approx(1.3489795003921634)
    assert spreads.fht(2.0, 0.0) == 0


def observed(n: int, sell: float, buy: float, sigma: float, rng: int) -> np.ndarray:
    value = np.random.default_rng(rng).standard_normal(n) * sigma
    return np.where(value < sell, value - sell, np.where(value > buy, value - buy, 0.0))


@pytest.mark.parametrize("rng", range(4))
def test_lot_equals_a_direct_maximisation(rng):
    returns = observed(120, -0.01, 0.02, 0.02, rng)
    found = spreads.limited_dependent(returns)

    def loss(theta):
        sell, buy, sigma = theta
        if sigma <= 0 or sell > 0 or buy < 0:
            return 1e10
        down = stats.norm.logpdf(returns[returns < 0] + sell, scale=sigma).sum()
        up = stats.norm.logpdf(returns[returns > 0] + buy, scale=sigma).sum()
        inner = stats.norm.cdf(buy / sigma) - stats.norm.cdf(sell / sigma)
        return -(down + up + (returns == 0).sum() * np.log(inner))

    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 8000, "maxfev": 8000}
    best = optimize.minimize(loss, [-0.01, 0.01, 0.02], method="Nelder-Mead", options=options)
    # A simplex search stops within its own tolerance of the optimum: 1e-5 of the estimates.
    np.testing.assert_allclose([found.sell, found.buy, found.sigma], best.x, rtol=1e-5)
    assert found.loglik == pytest.approx(-best.fun, abs=1e-8)
    assert found.converged


def test_lot_recovers_the_costs():
    found = [spreads.limited_dependent(observed(500, -0.01, 0.015, 0.02, r)) for r in range(60)]
    costs = np.array([f.cost for f in found])
    assert costs.mean() == pytest.approx(0.025, abs=3 * costs.std() / math.sqrt(60))
    assert np.mean([f.sigma for f in found]) == pytest.approx(0.02, rel=0.02)


def test_lot_scales_with_the_returns():
    returns = observed(200, -0.01, 0.01, 0.02, 9)
    one, percent = spreads.limited_dependent(returns), spreads.limited_dependent(100 * returns)
    assert percent.cost == pytest.approx(100 * one.cost)


def test_lot_keeps_thresholds_on_their_own_sides():
    returns = np.concatenate([np.full(30, 0.02), np.full(2, -0.001), np.zeros(5)])
    returns[:30] += np.linspace(0, 0.01, 30)
    found = spreads.limited_dependent(returns)
    assert found.sell <= 0 <= found.buy


@pytest.mark.parametrize(
    "returns",
    [
        np.zeros(20),
        np.abs(observed(50, -0.01, 0.01, 0.02, 1)),
        np.linspace(-1, 1.1, 20),
        [0, 1, -1],
    ],
    ids=["only zeros", "no fall", "no zero", "few"],
)
def test_lot_is_not_identified(returns):
    assert spreads.limited_dependent(np.asarray(returns, float)) is None
