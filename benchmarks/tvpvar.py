"""Speed of the TVP-VAR with its connectedness, against the equations with matrices written out.

OMP_NUM_THREADS=1 python benchmarks/tvpvar.py [data.csv]
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import carbonlink as cl

HORIZON = 10
KAPPA = 0.99
STEPS = 50


def system(k: int, n: int) -> pd.DataFrame:
    """A stable VAR(1) of k series and n days."""
    coefs = 0.3 * np.eye(k) + 0.02
    names = tuple(f"m{i}" for i in range(k))
    return cl.simulate.var(n, coefs=coefs, sigma=0.7 * np.eye(k) + 0.3, names=names, rng=1)


def best(function: Callable[[], object], repeats: int = 3) -> float:
    """Seconds of the quickest of several calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def whole(frame: pd.DataFrame, lags: int, compat: str | None = None) -> None:
    """Filter and decompose every date."""
    cl.connectedness(cl.TVPVAR(frame, lags=lags, compat=compat).fit(), horizon=HORIZON)


def written_out(frame: pd.DataFrame, lags: int, steps: int) -> None:
    """The plain way: Kronecker products, and one decomposition a date."""
    y, k = frame.to_numpy() - frame.to_numpy().mean(axis=0), frame.shape[1]
    m = k * k * lags
    beta, cover, sigma = np.zeros(m), 4 * np.eye(m), np.cov(y.T)
    for t in range(lags, lags + steps):
        x = np.kron(np.eye(k), np.concatenate([y[t - lag] for lag in range(1, lags + 1)]))
        error = y[t] - x @ beta
        sigma = KAPPA * sigma + (1 - KAPPA) * np.outer(error, error)
        spread = cover / KAPPA
        gain = spread @ x.T @ np.linalg.inv(sigma + x @ spread @ x.T)
        beta, cover = beta + gain @ error, spread - gain @ x @ spread
        blocks = beta.reshape(k, lags, k).transpose(1, 0, 2)
        np.linalg.eigvals(np.vstack([np.hstack(blocks), np.eye(k * (lags - 1), k * lags)]))
        terms = [np.eye(k)]
        for h in range(1, HORIZON):
            terms.append(sum(terms[h - i] @ blocks[i - 1] for i in range(1, min(h, lags) + 1)))
        top = sum((psi @ sigma) ** 2 for psi in terms) / np.diag(sigma)
        top / top.sum(axis=1, keepdims=True)


def main() -> None:
    """Print seconds, ratios and memory."""
    given = pd.read_csv(sys.argv[1], index_col=0, parse_dates=True) if sys.argv[1:] else None
    four = system(4, 2771) if given is None else given
    cases = [("four", four, 1), ("four", four, 4), ("ten", system(10, 2500), 2)]
    cases += [("ten", system(10, 1250), 2), ("thirty", system(30, 2500), 1)]
    for name, frame, lags in cases:
        repeats = 1 if name == "thirty" else 3
        seconds = best(lambda frame=frame, lags=lags: whole(frame, lags), repeats)
        print(f"{name}, {len(frame)} days, lags={lags}: {seconds:.3f} s")
        plain = best(lambda f=frame, p=lags: written_out(f, p, STEPS), 1) * len(frame) / STEPS
        print(f"  written out (from {STEPS} days): {plain:.1f} s, {plain / seconds:.0f}x")
    peer = best(lambda: whole(four, 1, "connectedness_approach"))
    print(f"four, lags=1, compat: {peer:.3f} s")
    null = best(lambda: cl.connectedness(cl.TVPVAR(four).fit()).null_mean, 1)
    print(f"four, lags=1, with the level without a link: {null:.2f} s")
    net = cl.connectedness(four, lags=4, horizon=100, draws=0)
    print(f"frequency, H=100, three bands: {best(net.frequency):.4f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {memory:.0f} MB")


if __name__ == "__main__":
    main()
