"""Time carbonlink's GARCH fits against arch on the same data: ratios, run for run.

    OMP_NUM_THREADS=1 python benchmarks/garch.py [repeats]

Both sides end with parameters and robust standard errors. The data are simulated: nine series of
2,000 returns. A ratio of 1 means as long as arch; a fit with a variance regressor, which arch
does not have, is set against arch's plain fit of the same family.

Measured with arch 8.0.0 in processor time, the six specifications together: 1.05 without and 1.04
with a regressor (0.93 to 1.28 by specification), second derivatives to ten digits included.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from arch.univariate import EGARCH, GARCH, ConstantMean, Normal, StudentsT

import carbonlink as cl

SERIES = 9
ROWS = 2_000
SPECS = [(vol, dist) for vol in ("GARCH", "GJR", "EGARCH") for dist in ("normal", "t")]


def arch_fit(y: pd.Series, vol: str, dist: str) -> Any:
    """arch, with the robust standard errors asked for."""
    volatility = EGARCH(1, 1, 1) if vol == "EGARCH" else GARCH(1, int(vol == "GJR"), 1)
    density = StudentsT() if dist == "t" else Normal()
    model = ConstantMean(y, volatility=volatility, distribution=density, rescale=False)
    return model.fit(disp="off", show_warning=False).std_err


def own_fit(y: pd.Series, vol: str, dist: str, window: pd.Series | None = None) -> Any:
    """carbonlink, with or without a variance regressor."""
    return cl.GARCH(y, vol=vol, dist=dist, variance_x=window).fit(strict=False).std_errors


def median_seconds(call: Callable[[], Any], repeats: int) -> float:
    """Median processor time of a call."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return float(np.median(times))


def main(repeats: int = 5) -> None:
    """Print a line a specification: arch's milliseconds and the two ratios."""
    warnings.simplefilter("ignore")
    days = [cl.simulate.garch(ROWS, dist="t", shape=6, rng=seed) for seed in range(SERIES)]
    window = pd.Series((np.arange(ROWS) % 244 > 213).astype(float), days[0].index, name="window")
    print(f"{'model':16}{'arch ms':>9}{'carbonlink / arch':>19}{'with regressor / arch':>23}")
    totals = np.zeros(3)
    for vol, dist in SPECS:
        times = np.zeros(3)
        for y in days:
            times += [
                median_seconds(lambda: arch_fit(y, vol, dist), repeats),  # noqa: B023
                median_seconds(lambda: own_fit(y, vol, dist), repeats),  # noqa: B023
                median_seconds(lambda: own_fit(y, vol, dist, window), repeats),  # noqa: B023
            ]
        totals += times
        _line(f"{vol} {dist}", times)
    _line("all", totals)


def _line(label: str, times: np.ndarray) -> None:
    plain, own, regressor = 1e3 * times / SERIES
    print(f"{label:16}{plain:9.1f}{own / plain:19.2f}{regressor / plain:23.2f}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
