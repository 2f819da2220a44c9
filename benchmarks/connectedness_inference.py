"""Size of `excess_pvalue` and coverage of `conf_int`, by simulation.

    OMP_NUM_THREADS=1 python benchmarks/connectedness_inference.py [size|coverage]

Size of the 5 % test, VAR(1), T = 250, 2,000 samples x 199 draws (standard error 0.5 points):

    k = 4: 4.9 % (normal shocks), 4.9 % (GARCH of each column's own)
    k = 8: 4.8 %, 5.2 %

and with T = 1,000 (normal shocks, 1,000 samples, standard error 0.7 points): k = 4: 4.7 %,
k = 8: 5.6 %; and 8.0 % (1,000 samples, k = 4) with one GARCH variance common to all columns,
which is a link of variances. A VAR(4) fitted to AR(1) columns: 5.3 %; columns with an AR
coefficient of 0.9: 5.1 % (800 samples each).

With a null that allows common volatility, size(k, n, kind, 2000, 199, "common_volatility"), in
brackets that of the independent null (warp-speed, one draw a sample): k = 4, T = 250, normal 4.3
(3.6) %, common GARCH 5.2 (5.7) %, log-normal 6.6 (37.6) %, own GARCH 5.2 (3.6) %; k = 8, common
GARCH 5.1 (7.9) %; k = 4, T = 1,000, common GARCH 4.2 (7.8) %.

Intervals of shrunk VARs are refused: with ridge, the penalty by validation, two lags, linked,
k = 4, T = 250, 200 samples, an interval moved by the bias of the shrinkage covered the total 94 %
of the time, directions 88 and 89 %, the net of the transmitter 66 %.

Coverage of 95 % intervals, 500 samples x 199 draws (standard error about 1 point):

    k  T      system              total  from   to     net    cells       pair   excess
    4  250    linked              94.0   92.0   95.2   94.0   94.8  93.6  94.4   94.4
    8  250    linked              91.2   91.4   94.4   94.6   95.0  94.2  94.4   93.8
    4  1,000  linked              94.0   94.4   92.4   96.2   94.8  94.2  93.8   94.0
    8  1,000  linked              92.0   94.2   95.0   95.4   96.0  93.8  96.0   92.0
    4  250    linked, GARCH       93.2   93.0   96.0   94.8   94.6  93.0  94.0   94.8
    4  1,000  linked, GARCH       93.8   95.4   93.6   96.0   94.6  93.8  94.2   94.0
    4  250    persistent          91.0   93.4   93.2   92.6   93.4  93.0  93.0   94.2
    4  250    weak (total 2.9)    96.4   96.6   97.8   100.0  97.6  97.8  99.8   98.4
    8  250    weak (total 6.5)    94.2   95.0   96.0   99.6   98.6  98.8  99.4   98.0

Differences of two periods of 250 rows each of the linked system, k = 4 (`split`, 200 samples x 199
draws, standard error 1.5 points): the 95 % interval of the total covers 92.5 %, those of all
quantities 90.5 to 98.5 %, 94.5 % on average; the test of equal totals rejects 7.0 % at 5 %.

The weak system has net and pairwise values of exactly 0 and cells of about 1 %: near the
boundary the intervals are wide of the mark on the safe side. What was tried before on the same
systems with T = 250, coverage of the total (linked k = 4, linked k = 8, weak k = 4, weak k = 8):
plain percentiles 90, 87, 17, 0 %; basic (Hall) 88, 82, 93, 91 %; percentiles shifted by twice
the bootstrap bias 90, 84, 95, 90 %; percentiles on logit or arcsine scales 89, 83, 72-84,
63-79 %; a double bootstrap of the spread 89, 82, -, 86 %.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

import carbonlink as cl
from carbonlink.kernels import fevd

NAMES = tuple("abcdefgh")
HORIZON = 10
TERMS = ("total", "from others (b)", "to others (a)", "net (a)", "b ← a", "c ← b", "a → b, net")


def system(k: int, strength: str) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and shock covariance: "none", "weak", "linked" or "persistent"."""
    own = {"none": 0.3, "weak": 0.2, "linked": 0.2, "persistent": 0.6}[strength]
    first = {"none": 0.0, "weak": 0.0, "linked": 0.3, "persistent": 0.2}[strength]
    rho = {"none": 0.0, "weak": 0.1, "linked": 0.3, "persistent": 0.3}[strength]
    coefs = own * np.eye(k)
    coefs[1:, 0] = first
    return coefs[None], (1 - rho) * np.eye(k) + rho


def sample(
    coefs: np.ndarray, sigma: np.ndarray, n: int, garch: str, generator: np.random.Generator
) -> pd.DataFrame:
    """One sample; GARCH(0.1, 0.85) variances "common" to all columns or "own" to each, or one
    "log-normal" volatility of all, with an autoregression of 0.95 and shocks of 0.25.
    """
    k, burn = len(sigma), 200
    shocks = generator.standard_normal((n + burn, k)) @ np.linalg.cholesky(sigma).T
    if garch == "log-normal":
        level = 0.0
        for t in range(n + burn):
            level = 0.95 * level + 0.25 * generator.standard_normal()
            shocks[t] *= np.exp(level / 2)
    elif garch:
        variance = np.ones(k)
        for t in range(n + burn):
            shocks[t] *= np.sqrt(variance)
            square = np.mean(shocks[t] ** 2) if garch == "common" else shocks[t] ** 2
            variance = 0.05 + 0.1 * square + 0.85 * variance
    y = np.zeros((n + burn, k))
    for t in range(1, n + burn):
        y[t] = coefs[0] @ y[t - 1] + shocks[t]
    index = pd.bdate_range("2015-01-01", periods=n)
    return pd.DataFrame(y[burn:], index=index, columns=list(NAMES[:k]))


def size(k: int, n: int, garch: str, samples: int, draws: int, null: str = "independent") -> float:
    """Share of samples without a link in which the 5 % test finds one."""
    coefs, sigma = system(k, "none")
    hits = 0
    for i in range(samples):
        frame = sample(coefs, sigma, n, garch, np.random.default_rng([i, k, n]))
        net = cl.connectedness(frame, lags=1, draws=draws, rng=i, null=null)
        hits += net.excess_pvalue <= 0.05
    return hits / samples


def coverage(
    k: int, n: int, strength: str, garch: str, samples: int, draws: int
) -> dict[str, float]:
    """Share of 95 % intervals that hold the true value, and for the excess its mean."""
    coefs, sigma = system(k, strength)
    table = 100 * fevd.shares(coefs, sigma, HORIZON)
    parts = fevd.spillovers(table)
    truth = [parts.total, parts.from_[1], parts.to[0], parts.net[0], table[1, 0], table[2, 1]]
    truth.append(parts.pairwise[0, 1])
    hits, excess = [], []
    for i in range(samples):
        frame = sample(coefs, sigma, n, garch, np.random.default_rng([i, k, n]))
        net = cl.connectedness(frame, lags=1, draws=draws, rng=i)
        interval = net.conf_int()
        bounds = interval.loc[list(TERMS)].to_numpy()
        hits.append((bounds[:, 0] <= truth) & (truth <= bounds[:, 1]))
        excess.append([net.excess, *interval.loc["excess"]])
    excess = np.array(excess)
    middle = excess[:, 0].mean()
    rates = dict(zip(TERMS, np.mean(hits, axis=0), strict=True))
    return {**rates, "excess": np.mean((excess[:, 1] <= middle) & (middle <= excess[:, 2]))}


def show_size(samples: int = 2000, draws: int = 199) -> None:
    """Print the rejection rates of the no-link test at 5 %."""
    for k in (4, 8):
        for garch in ("", "own"):
            start = time.perf_counter()
            rate = size(k, 250, garch, samples, draws)
            seconds = time.perf_counter() - start
            print(f"size  k={k} T=250 {garch or 'iid':6} {rate:.3f}  ({seconds:.0f} s)", flush=True)
        rate = size(k, 1000, "", samples // 2, draws)
        print(f"size  k={k} T=1,000 iid    {rate:.3f}", flush=True)


def show_coverage(samples: int = 500, draws: int = 199) -> None:
    """Print the coverage of 95 % intervals."""
    cases = [(k, n, "linked", "") for n in (250, 1000) for k in (4, 8)]
    cases += [(4, n, "linked", "common") for n in (250, 1000)]
    cases += [(4, 250, "persistent", ""), (4, 250, "weak", ""), (8, 250, "weak", "")]
    for k, n, strength, garch in cases:
        start = time.perf_counter()
        rates = coverage(k, n, strength, garch, samples, draws)
        text = "  ".join(f"{term} {100 * rate:.1f}" for term, rate in rates.items())
        seconds = time.perf_counter() - start
        print(f"k={k} T={n} {strength} {garch or 'iid'}: {text}  ({seconds:.0f} s)", flush=True)


if __name__ == "__main__":
    asked = sys.argv[1:] or ["size", "coverage"]
    if "size" in asked:
        show_size()
    if "coverage" in asked:
        show_coverage()
