"""Size and power of the bootstrap tests for breaks in the variance, under volatility clusters.

    OMP_NUM_THREADS=1 python benchmarks/variance_breaks.py [replications] [draws]

A GARCH(1, 1) of normal shocks whose standard deviation is multiplied by a factor in mid-sample:
share of samples in which UDmax of Bai and Perron's tests on absolute returns and the largest κ2
path reject at 5 %, by the residual bootstrap of a GARCH without a break.

With 300 samples and 99 draws, per cent (the standard error of a 4 is 1.1):

| n | α, β | UDmax: no break | s.d. × 1.4 | × 2 | κ2: no break | × 1.4 | × 2 |
|---|---|---|---|---|---|---|---|
| 500 | .10, .80 | 2.7 | 18.3 | 59.7 | 3.0 | 25.0 | 65.7 |
| 500 | .05, .93 | 4.7 | 14.7 | 54.0 | 5.0 | 21.7 | 54.3 |
| 1,500 | .10, .80 | 3.3 | 82.3 | 99.7 | 3.3 | 89.0 | 97.7 |
| 1,500 | .05, .93 | 4.7 | 21.3 | 73.0 | 3.7 | 38.3 | 73.3 |

By Bai and Perron's tables UDmax rejects in 37, 73, 11 and 77 % without a break (150 samples).
"""

from __future__ import annotations

import sys

import numpy as np

from carbonlink.kernels import icss
from carbonlink.kernels import mean_breaks_draws as bootstrap


def samples(n: int, alpha: float, beta: float, factor: float, count: int) -> np.ndarray:
    """Return samples of a GARCH of unit variance, times a factor in the second half."""
    rng = np.random.default_rng([n, int(100 * beta), int(10 * factor), 7])
    z, h = rng.standard_normal((n + 500, count)), np.ones(count)
    for t in range(n + 500):
        z[t] *= np.sqrt(h)
        h = (1 - alpha - beta) + alpha * z[t] ** 2 + beta * h
    y = z[500:].T.copy()
    y[:, n // 2 :] *= factor
    return y - y.mean(axis=1, keepdims=True)


def rates(
    n: int, alpha: float, beta: float, factor: float, replications: int, draws: int
) -> dict[str, float]:
    """Share of rejections at 5 % by the bootstrap of UDmax and of κ2."""
    form = bootstrap.Form(0.15, 5)
    rules = icss.Rules()
    rejected = {"udmax": 0, "kappa2": 0}
    for i, e in enumerate(samples(n, alpha, beta, factor, replications)):
        null = bootstrap.null_samples(e, (), draws, np.random.default_rng(i))
        law = bootstrap.sup_f(null, form)[0].max(axis=0)
        own = bootstrap.sup_f(np.abs(e)[None], form)[0].max()
        rejected["udmax"] += 1 + (law >= own).sum() <= 0.05 * (draws + 1)
        search = icss.Law(draws, np.random.default_rng(i))
        _, p_value = icss.whole(e, icss.Rules(law=search, shortest=rules.shortest))
        rejected["kappa2"] += p_value <= 0.05
    return {name: count / replications for name, count in rejected.items()}


def main(replications: int = 300, draws: int = 99) -> None:
    """Print a line a design."""
    for n in (500, 1500):
        for alpha, beta in ((0.1, 0.8), (0.05, 0.93)):
            for factor in (1.0, 1.4, 2.0):
                found = rates(n, alpha, beta, factor, replications, draws)
                line = "  ".join(f"{name} {100 * share:5.1f}" for name, share in found.items())
                print(f"n {n:5}  alpha {alpha:.2f} beta {beta:.2f}  sd x {factor:.1f}  {line} %")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
