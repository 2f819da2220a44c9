"""Size of the causality tests by simulation, and their speed.

OMP_NUM_THREADS=1 python benchmarks/causality.py [samples]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

import carbonlink as cl

NAMES = ("a", "b", "c")
FAMILY = [("a", "b"), ("b", "a"), ("c", "b")]


def shocks(n: int, garch: bool, generator: np.random.Generator) -> np.ndarray:
    """Correlated shocks, normal or with GARCH(0.1, 0.85) variances of each column's own."""
    root = np.linalg.cholesky(0.7 * np.eye(3) + 0.3)
    drawn, variance = generator.standard_normal((n, 3)), np.ones(3)
    if garch:
        for t in range(n):
            drawn[t] *= np.sqrt(variance)
            variance = 0.05 + 0.1 * drawn[t] ** 2 + 0.85 * variance
    return drawn @ root.T


def persistent(n: int, garch: bool, generator: np.random.Generator) -> pd.DataFrame:
    """Three stationary series with an own coefficient of 0.9 and no causality."""
    e, y = shocks(n + 100, garch, generator), np.zeros((n + 100, 3))
    for t in range(1, n + 100):
        y[t] = 0.9 * y[t - 1] + e[t]
    return pd.DataFrame(y[100:], columns=NAMES)


def walks(n: int, garch: bool, generator: np.random.Generator) -> pd.DataFrame:
    """Three random walks that are not cointegrated."""
    return pd.DataFrame(shocks(n, garch, generator).cumsum(axis=0), columns=NAMES)


def cointegrated(n: int, garch: bool, generator: np.random.Generator) -> pd.DataFrame:
    """a adjusts to b (b causes a, and nothing else causes anything); c is a walk of its own."""
    e, y = shocks(n, garch, generator), np.zeros((n, 3))
    for t in range(1, n):
        pull = np.array([-0.2 * (y[t - 1, 0] - y[t - 1, 1]), 0.0, 0.0])
        y[t] = y[t - 1] + pull + e[t]
    return pd.DataFrame(y, columns=NAMES)


def size(system, method: str, n: int, garch: bool, samples: int, draws: int = 199, **more) -> str:
    """Share of true nulls rejected at 5 %, by the bootstrap and by chi-squared."""
    family = [p for p in FAMILY if not (system is cointegrated and p == ("b", "a"))]
    hits, asymptotic, familywise = [], [], []
    for i in range(samples):
        frame = system(n, garch, np.random.default_rng([i, n]))
        found = cl.causality(
            frame, method, family=family, lags=2, adjust="romano-wolf", draws=draws, rng=i, **more
        ).table
        hits.append(found["p_value"] <= 0.05)
        asymptotic.append(found["p_asymptotic"] <= 0.05)
        familywise.append(found["reject"].any())
    return (
        f"bootstrap {100 * np.mean(hits):.1f} %, chi-squared {100 * np.mean(asymptotic):.1f} %, "
        f"family-wise (Romano–Wolf) {100 * np.mean(familywise):.1f} %"
    )


def main() -> None:
    """Print sizes, then seconds."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for n in (100, 250):
        for garch in (False, True):
            for system, method in (
                (persistent, "wald"),
                (walks, "toda-yamamoto"),
                (cointegrated, "toda-yamamoto"),
            ):
                start = time.perf_counter()
                text = size(system, method, n, garch, samples)
                seconds = time.perf_counter() - start
                kind = "GARCH" if garch else "normal"
                label = f"{method} {system.__name__} T={n} {kind}"
                print(f"{label}: {text} ({seconds:.0f} s)", flush=True)
    nine = cl.simulate.var(250, coefs=0.2 * np.eye(9), sigma=0.7 * np.eye(9) + 0.3, rng=1,
                           names=tuple(f"m{i}" for i in range(9)))  # fmt: skip
    start = time.perf_counter()
    cl.causality(nine, family="all", lags=1, draws=499)
    print(f"72 pairs of 9 series, T=250, 499 draws: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
