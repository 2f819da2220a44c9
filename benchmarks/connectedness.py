"""Speed of connectedness: static with intervals, and rolling, against one window at a time.

OMP_NUM_THREADS=1 python benchmarks/connectedness.py
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import carbonlink as cl

HORIZON = 10


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


def static_with_cells(frame: pd.DataFrame, lags: int, draws: int) -> None:
    """A new result and all its intervals, nothing kept from before."""
    cl.connectedness(cl.VAR(frame, lags=lags).fit(), horizon=HORIZON, draws=draws).conf_int()


def one_window_at_a_time(frame: pd.DataFrame, lags: int, window: int, windows: int) -> None:
    """The plain way: statsmodels on each window, then the decomposition written out."""
    from statsmodels.tsa.api import VAR

    values = frame.to_numpy()
    for first in range(windows):
        fitted = VAR(values[first : first + window]).fit(lags)
        sigma = fitted.sigma_u_mle
        terms = fitted.ma_rep(HORIZON - 1)
        top = sum((psi @ sigma) ** 2 for psi in terms) / np.diag(sigma)
        bottom = sum(np.diag(psi @ sigma @ psi.T) for psi in terms)
        table = top / bottom[:, None]
        table / table.sum(axis=1, keepdims=True)


def main() -> None:
    """Print seconds, ratios and memory."""
    four, ten = system(4, 2771), system(10, 2500)
    fitted = {(4, 4): cl.VAR(four, lags=4).fit()}
    fitted |= {(10, lags): cl.VAR(ten, lags=lags).fit() for lags in (1, 2, 4)}
    for (k, lags), model in fitted.items():
        net = cl.connectedness(model, horizon=HORIZON, draws=0)
        for window in (200, 1000):
            seconds = best(lambda net=net, window=window: net.rolling(window))
            print(f"rolling k={k} lags={lags} window={window}: {seconds:.3f} s")
    slow = best(lambda: one_window_at_a_time(four, 4, 200, 100), 1) * 2572 / 100
    fast = best(lambda: cl.connectedness(fitted[4, 4], draws=0).rolling(200))
    print(f"one window at a time (k=4, lags=4, from 100 windows): {slow:.1f} s, {slow / fast:.0f}x")
    seconds = best(lambda: cl.connectedness(cl.VAR(four, lags=4).fit(), horizon=HORIZON))
    print(f"static table k=4 lags=4, without draws: {seconds:.3f} s")
    for name, frame, lags in (("k=4 lags=4", four, 4), ("k=10 lags=1", ten, 1)):
        seconds = best(lambda frame=frame, lags=lags: static_with_cells(frame, lags, 999))
        print(f"999 draws, all cells, {name}: {seconds:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MB")


if __name__ == "__main__":
    main()
