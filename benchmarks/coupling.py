"""Integration, error correction and mixed frequency: size and coverage, and time against peers.

Size and coverage are in the slow tests; measured on 2026-11-25 (nominal 5 % and 95 %):

* Rank 0 of three random walks with AR(1) changes of 0.3 whose variance grows ninefold halfway,
  n = 100, two lags, 1,000 samples: asymptotic trace 18.6 %, with Reinsel and Ahn's factor 14.0 %,
  wild bootstrap with 199 draws 5.9 %.
  `pytest -s --run-slow tests/models/test_vecm.py -k size`
* Grid-bootstrap interval of the sum of autoregressive coefficients, one lagged change, n = 200,
  199 draws, 1,000 samples: covers 94.3 % at 0.7, 95.1 % at 0.95, 97.2 % at 1 (an end of the range).
  `pytest -s --run-slow tests/kernels/test_convergence_kernels.py -k covers`
* Trend of a dispersion, n = 300, 1,000 samples: rejects 4.5 % for white noise, 1.1 % at 0.9, 7.5 %
  at a unit root.
  `pytest -s --run-slow tests/kernels/test_convergence_kernels.py -k size`
* Max-test of 20 daily lags on 60 months, 2,000 samples: rejects 3.1 % without effect, where the
  Wald test of the same regression rejects 62 %; 30 % with a partial effect (500 samples).
  `pytest -s --run-slow tests/models/test_midas.py -k size`

Run this file for the times: `python benchmarks/coupling.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import carbonlink as cl


def best(function: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of several runs, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Print times, and the ratio to statsmodels where it has the same thing."""
    from statsmodels.tsa.vector_ar.vecm import coint_johansen

    draws = np.random.default_rng(0)
    walk = pd.DataFrame(draws.standard_normal((2500, 4)).cumsum(axis=0), columns=list("abcd"))
    model = cl.VECM(walk, lags=2, rank=1, deterministic="c")
    ours, theirs = best(model.fit), best(lambda: coint_johansen(walk, 0, 1))
    print(f"VECM, 4 series x 2,500: {ours:.3f} s; coint_johansen (test alone) {theirs:.3f} s")
    fitted = model.fit()
    print(f"wild bootstrap of a rank, 399 draws: {best(lambda: fitted.bootstrap_rank(0), 1):.2f} s")
    weeks = pd.date_range("2018-01-05", periods=400, freq="W-FRI")
    prices = pd.DataFrame(
        np.exp(4 + 0.02 * draws.standard_normal((400, 9)).cumsum(axis=0)), weeks, list("abcdefghi")
    )
    cl.integration(prices.iloc[:, :2], draws=29)
    took = best(lambda: cl.integration(prices, draws=199), 1)
    print(f"integration, 9 markets x 400 weeks, 36 pairs x 3 periods: {took:.2f} s")
    monthly, daily = cl.simulate.mixed_frequency(120, rng=1)
    print(f"MIDAS, 120 months: {best(lambda: cl.MIDAS(monthly, daily).fit()):.3f} s")


if __name__ == "__main__":
    main()
