"""Speed of the liquidity measures, and how far LOT, FHT and the range spreads are off.

Run: OMP_NUM_THREADS=1 python benchmarks/liquidity.py

    LOT, a year of 244 days: 0.13 ms; a simplex search takes 381 times that

Mean estimates in per cent, σ of the unseen daily return 2 %:

    true cost      LOT    FHT     (200 years of 244 days)
      0.5          0.49   0.44
      1.0          1.01   0.81
      2.0          2.02   1.30
      4.0          4.04   1.55
    true spread    CS     AR     Roll    (400 days of 390 trades)
      0.5          1.02   0.79   none
      1.0          1.29   0.97   none
      3.0          2.98   2.64   3.20
      6.0          5.70   5.65   5.13

FHT takes σ from the observed returns, which the cost itself flattens: it is far too low where days
without a return are many. The two-day corrections of CS and AR lift small spreads.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy import optimize, stats

from carbonlink.kernels import spreads


def seconds(action: Callable[[], object], times: int = 5) -> float:
    """Return the least of several times."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def observed(days: int, cost: float, sigma: float, draws: np.random.Generator) -> np.ndarray:
    """Returns of the limited dependent variable model with thresholds ± cost/2."""
    value, half = draws.standard_normal(days) * sigma, cost / 2
    return np.where(value < -half, value + half, np.where(value > half, value - half, 0.0))


def simplex(returns: np.ndarray) -> np.ndarray:
    """Maximise LOT's likelihood by Nelder and Mead's search, as a plain program would."""

    def loss(theta: np.ndarray) -> float:
        sell, buy, sigma = theta
        if sigma <= 0 or sell > 0 or buy < 0:
            return 1e10
        down = stats.norm.logpdf(returns[returns < 0] + sell, scale=sigma).sum()
        up = stats.norm.logpdf(returns[returns > 0] + buy, scale=sigma).sum()
        inner = stats.norm.cdf(buy / sigma) - stats.norm.cdf(sell / sigma)
        return -(down + up + (returns == 0).sum() * np.log(inner))

    spread = returns.std()
    return optimize.minimize(loss, [-spread / 2, spread / 2, spread], method="Nelder-Mead").x


def ticks(days: int, spread: float, sigma: float, draws: np.random.Generator) -> tuple:
    """High, low and close of days of 390 trades at bid or ask around a random walk."""
    path = np.cumsum(draws.standard_normal(days * 390) * sigma / np.sqrt(390))
    sides = draws.choice([-0.5, 0.5], days * 390) * spread
    price = np.exp(path + sides).reshape(days, 390)
    return price.max(axis=1), price.min(axis=1), price[:, -1]


def main() -> None:
    """Print the tables of the docstring."""
    draws = np.random.default_rng(1)
    year = observed(244, 0.02, 0.02, draws)
    ours = seconds(lambda: spreads.limited_dependent(year))
    plain = seconds(lambda: simplex(year), 2)
    print(f"LOT, a year: {1e3 * ours:.2f} ms; a simplex search {plain / ours:.0f} times that")
    print("true cost, %    LOT    FHT   (mean of 200 years of 244 days, σ 2 %)")
    for cost in (0.5, 1.0, 2.0, 4.0):
        years = [observed(244, cost / 100, 0.02, draws) for _ in range(200)]
        fits = [spreads.limited_dependent(y) for y in years]
        lot = 100 * np.mean([f.cost for f in fits if f is not None])
        fht = 100 * np.mean([spreads.fht(float(y.std()), float((y == 0).mean())) for y in years])
        print(f"{cost:8.1f} {lot:10.2f} {fht:6.2f}")
    print("true spread, %   CS     AR    Roll   (400 days, σ 2 %)")
    for spread in (0.5, 1.0, 3.0, 6.0):
        high, low, close = ticks(400, spread / 100, 0.02, draws)
        follows = np.arange(400) > 0
        cs = 100 * np.nanmean(spreads.corwin_schultz(high, low, close, follows))
        ar = 100 * np.nanmean(spreads.abdi_ranaldo(high, low, close, follows))
        rolled = 100 * spreads.roll(np.diff(np.log(close)))
        print(f"{spread:8.1f} {cs:9.2f} {ar:6.2f} {rolled:6.2f}")


if __name__ == "__main__":
    main()
