"""Time variance breaks, dynamic correlations and BEKK, standard errors included.

    OMP_NUM_THREADS=1 RAYON_NUM_THREADS=1 python benchmarks/correlations.py [repeats]

ICSS and Bai and Perron's partitions of 3,000 days; DCC(1, 1) of two series of 5,030 days (arch's
S&P 500 and Nasdaq) and of ten simulated series of 2,500 days, in every kind; BEKK(1, 1) of the
two. Where tsecon (PyPI) is installed, its DCC of the same data runs beside ours, without two-step
standard errors, and the ratio of the times is printed. Times are of the processor, so that other
work on the machine does not count.

One core, November 2026: two series .11 s (dcc) to .23 s (adcc, t) against 1.75 s of tsecon 0.6
(ratio .06); ten series .71 s (dcc) to .88 s (adcc, t) against 2.17 s (ratio .33); ICSS 14 ms.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from arch.data import nasdaq, sp500

import carbonlink as cl


def median_seconds(call: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of a call after one that is not counted."""
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return float(np.median(times))


def two_indices() -> pd.DataFrame:
    """Returns of the S&P 500 and the Nasdaq, 1999 to 2018."""
    prices = {"sp500": sp500.load()["Adj Close"], "nasdaq": nasdaq.load()["Adj Close"]}
    return 100 * np.log(pd.DataFrame(prices)).diff().dropna()


def ten_series() -> pd.DataFrame:
    """Ten GARCH series with a common one in each."""
    common = cl.simulate.garch(2500, rng=99)
    return pd.concat(
        {f"m{i}": cl.simulate.garch(2500, rng=i) + 0.7 * common for i in range(10)}, axis=1
    )


def peer(data: pd.DataFrame, repeats: int) -> float | None:
    """Seconds of tsecon's DCC, None where it is not installed."""
    try:
        import tsecon
    except ImportError:
        return None
    values = data.to_numpy()
    return median_seconds(lambda: tsecon.dcc_garch(values, mean="constant"), repeats)


def main(repeats: int = 3) -> None:
    """Print a line a job."""
    y = cl.simulate.garch(3000, rng=1)
    y.iloc[1000:2000] *= 2
    for statistic in ("kappa2", "kappa1", "it", "bai-perron"):
        taken = median_seconds(lambda s=statistic: cl.variance_breaks(y, s), repeats)
        print(f"{statistic:10} 3,000 days {1000 * taken:10.1f} ms")
    for label, data in (("2 x 5,030", two_indices()), ("10 x 2,500", ten_series())):
        for kind in ("dcc", "adcc", "cdcc"):
            for dist in ("normal", "t"):
                model = cl.DCC(data, kind=kind, dist=dist)
                taken = median_seconds(model.fit, repeats)
                print(f"{kind:5} {dist:7} {label:11} {taken:10.2f} s")
                if (kind, dist) == ("dcc", "normal") and (other := peer(data, repeats)):
                    print(f"{'':13} {label:11} {other:10.2f} s tsecon, ratio {taken / other:.2f}")
        pairs = cl.DCC(data, likelihood="composite")
        print(f"dcc   pairs   {label:11} {median_seconds(pairs.fit, repeats):10.2f} s")
    for kind in ("scalar", "diagonal"):
        model = cl.BEKK(two_indices(), kind=kind)
        print(f"BEKK {kind:8} 2 x 5,030   {median_seconds(model.fit, repeats):10.2f} s")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
