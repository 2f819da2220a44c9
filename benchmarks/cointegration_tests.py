"""Size of the tests of a threshold and of a break in cointegration, by simulation.

`python benchmarks/cointegration_tests.py [samples]`: warp-speed, one bootstrap draw a sample, the
critical value from all of them. Measured on 2026-11-25 with 2,000 samples (nominal 5 %):

* sup-LM of one adjustment against two, two series, one lagged change, adjustment −0.2, trimming
  0.1. Paths with random signs 5.0 % (100 rows), 5.2 % (250), 5.4 % (250, GARCH(0.2, 0.6) shocks);
  paths with shocks drawn anew 4.9, 5.1 and 5.0 %; fixed regressors 7.8, 8.6 and 10.6 %.
* Gregory and Hansen's ADF*, 120 rows: two random walks, "c", bootstrap 5.5 %, critical values
  7.2 %; three series with AR(1) changes of 0.3, "regime", 5.2 and 6.6 %; two with shocks of three
  times the size in the second half 5.3 and 16.0 %.

References
----------
Giacomini, R., Politis, D. N. and White, H. (2013). A warp-speed method for conducting Monte Carlo
experiments involving bootstrap estimators. Econometric Theory 29, 567–589.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import carbonlink as cl
from carbonlink.inference import break_bootstrap, threshold_bootstrap
from carbonlink.kernels import gregory_hansen, johansen, threshold_vecm
from carbonlink.models.vecm_hypotheses import source_of

SCHEMES = ("wild", "iid", "fixed")


def adjusting(n: int, garch: bool, generator: np.random.Generator) -> np.ndarray:
    """Two series, the first returning to the second by a fifth of the gap whatever its size."""
    e, y, move = generator.standard_normal((n + 50, 2)), np.zeros((n + 50, 2)), np.zeros(2)
    variance = np.ones(2)
    for t in range(n + 50):
        if garch:
            e[t] *= np.sqrt(variance)
            variance = 0.2 + 0.2 * e[t] ** 2 + 0.6 * variance
        if t:
            pull = np.array([-0.2 * (y[t - 1, 0] - y[t - 1, 1]), 0.0])
            move = pull + np.array([[0.2, 0.0], [0.1, 0.1]]) @ move + e[t]
            y[t] = y[t - 1] + move
    return y[50:]


def apart(n: int, m: int, phi: float, step: bool, generator: np.random.Generator) -> np.ndarray:
    """Series with AR(1) changes that are not cointegrated; `step` trebles the later shocks."""
    e = generator.standard_normal((n, m + 1))
    if step:
        e[n // 2 :] *= 3
    change = e.copy()
    for t in range(1, n):
        change[t] = phi * change[t - 1] + e[t]
    return 50 + change.cumsum(axis=0)


def size(statistics: np.ndarray, drawn: np.ndarray, upper: bool) -> float:
    """Percent of the statistics beyond the 5 % point of the draws."""
    if upper:
        return 100 * float(np.mean(statistics > np.quantile(drawn, 0.95)))
    return 100 * float(np.mean(statistics < np.quantile(drawn, 0.05)))


def thresholds(n: int, garch: bool, samples: int) -> str:
    """Sizes of the sup-LM test by scheme."""
    generator, found = np.random.default_rng(5), []
    below = threshold_vecm.counts(n - 2, 0.1, 300)
    for i in range(samples):
        data = pd.DataFrame(adjusting(n, garch, generator), columns=["a", "b"])
        fitted = cl.VECM(data, lags=2, rank=1).fit()
        vector, source = (
            fitted.beta.iloc[:, 0].to_numpy(),
            source_of(fitted, fitted.beta.to_numpy()),
        )
        args = (fitted.model, vector, below, source, True, 1, i)
        one = johansen.Design(
            *(b[None] for b in (fitted.model.z0, fitted.model.z1, fitted.model.z2))
        )
        statistic = threshold_bootstrap.sup_lm(one, vector, below).max()
        draws = [threshold_bootstrap.draws_of(s, *args)[0] for s in SCHEMES]
        found.append([statistic, *draws])
    made = np.array(found)
    sizes = [f"{s} {size(made[:, 0], made[:, j + 1], True):.1f} %" for j, s in enumerate(SCHEMES)]
    return ", ".join(sizes)


def breaks(n: int, m: int, model: str, phi: float, step: bool, samples: int) -> str:
    """Sizes of ADF* by the bootstrap and by the critical values."""
    generator, found, lags = np.random.default_rng(1), [], 1 if phi == 0 else 2
    most = int(4 * (n / 100) ** 0.25)
    for i in range(samples):
        y = apart(n, m, phi, step, generator)
        fitted = cl.VECM(pd.DataFrame(y, columns=list("abc")[: m + 1]), lags=lags, rank=0).fit()
        source = source_of(fitted, np.zeros((fitted.model.z1.shape[1], 0)))
        test = gregory_hansen.test(y[:, 0], y[:, 1:], model, most)
        drawn = break_bootstrap.break_draws(source, model, most, 0.15, 1, i)[0]
        found.append([test.statistic, drawn, test.critical[1]])
    made = np.array(found)
    plain = 100 * np.mean(made[:, 0] < made[:, 2])
    return f"bootstrap {size(made[:, 0], made[:, 1], False):.1f} %, critical values {plain:.1f} %"


def main() -> None:
    """Print the sizes."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for n, garch in ((100, False), (250, False), (250, True)):
        kind = "GARCH" if garch else "normal"
        print(f"threshold, n={n}, {kind}: {thresholds(n, garch, samples)}", flush=True)
    for m, model, phi, step in (
        (1, "c", 0.0, False),
        (2, "regime", 0.3, False),
        (1, "c", 0.3, True),
    ):
        words = f"break, n=120, {m + 1} series, {model}, {'later shocks trebled' if step else phi}"
        print(f"{words}: {breaks(120, m, model, phi, step, samples)}", flush=True)


if __name__ == "__main__":
    main()
