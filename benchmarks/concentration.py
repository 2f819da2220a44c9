"""Speed, size, power and coverage of the concentration measures.

Run: OMP_NUM_THREADS=1 python benchmarks/concentration.py [replications]

Prints the time of one cycle's full curve with all its rotations, against a loop over rotations
and windows; of a pooled test of ten cycles with 9,999 joint rotations; of a table of nine markets
and ten cycles with all its bands; then the rejection rates of the rotation and the iid test at a
nominal 5 % with and without an effect, and the coverage of the intervals. On two cores of a
shared machine (NumPy 2, one thread):

    one cycle, S(w) of 120 windows and 244 rotations     0.06 ms   (a loop: 53 ms, 834 times)
    one cycle, S, R and Φ with both bands                2.2 ms
    ten cycles, 9,999 joint rotations                    0.01 s
    nine markets of ten cycles, table, curves, bands     3.7 s   (5.2 s of processor time, loaded)

Rejections in per cent at a nominal 5 %, 2,000 replications (standard error 0.5) of five cycles of
244 days with 20 % zero days, window 40, 399 draws; "power" with the window's volume doubled:

    persistence of log volume         0      0.7    0.95
    size    rotation                  5.6    5.5    5.5
            rotation, other samples   5.6    5.2    6.4
            iid                       5.9   17.2   29.8
    power   rotation                100     95.2   62.3
            iid (its size is wrong) 100     99.2   91.4

Coverage in per cent at a nominal 95 %, 1,000 cycles of 244 days, window 30, four times the volume:

    persistence of log volume         0      0.7    0.95
    one cycle's share                91.6   88.0   63.3
    mean of 4 cycles                 95.2   94.4   94.0
    mean of 10 cycles                94.4   93.4   95.0
    mean of 25 cycles                95.2   94.4   95.8
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

import carbonlink as cl
from carbonlink.inference.shares import share_errors
from carbonlink.kernels import rotation
from carbonlink.measures.cycles import cut
from carbonlink.measures.rotation_test import RotationTest

PERSISTENCE = (0.0, 0.7, 0.95)
CYCLES, DAYS, WINDOW, ZEROS = 5, 244, 40, 0.2


def seconds(action: Callable[[], object], times: int = 5) -> float:
    """Return the least of several times."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def naive_curve(volume: np.ndarray, longest: int) -> np.ndarray:
    """Return S(w) under every rotation, one rotation and one window at a time."""
    n = len(volume)
    table = np.empty((n, longest))
    for shift in range(n):
        turned = np.roll(volume, -shift)
        for window in range(1, longest + 1):
            table[shift, window - 1] = turned[n - window :].sum() / volume.sum()
    return table


def speed() -> None:
    """Print times and ratios."""
    volume, deadlines = cl.simulate.volumes(cycles=10, days=244, rng=1)
    one = volume.to_numpy()[:244]
    starts, stops = (244 - np.arange(1, 121))[:, None], np.array([244])
    same = np.allclose(rotation.window_shares(one, starts, stops), naive_curve(one, 120))

    def curve() -> None:
        table = rotation.rotations(one, starts, stops)
        for place in range(3):
            rotation.null_band(table[0, place], table[:, place], 0.95, exact=True)

    fast, slow = seconds(curve), seconds(lambda: naive_curve(one, 120), 2)
    shares = seconds(lambda: rotation.window_shares(one, starts, stops))
    cycles, _ = cut(volume, "x", deadlines, "compliance", "open", "final")
    test = made(cycles, "rotation", 9999, 0)
    pooled = seconds(lambda: test.row(np.full(10, 0.1)))
    call = seconds(lambda: cl.concentration(volume, deadlines=deadlines))
    names = [f"market {i}" for i in range(9)]
    wide = {name: cl.simulate.volumes(cycles=10, rng=i)[0] for i, name in enumerate(names)}
    frame = pd.DataFrame(wide)
    whole = seconds(lambda: everything(frame, deadlines), 1)
    print(f"one cycle, S(w) of 120 windows and 244 rotations: {1e3 * shares:.2f} ms")
    print(f"  the same in a loop: {1e3 * slow:.0f} ms, ratio {slow / shares:.0f}; equal: {same}")
    print(f"one cycle, S, R and Φ with pointwise and simultaneous bands: {1e3 * fast:.2f} ms")
    print(f"ten cycles, 9,999 joint rotations: {pooled:.3f} s")
    print(f"cl.concentration on ten cycles, intervals included: {call:.3f} s")
    print(f"nine markets of ten cycles, table, curves and bands of each and pooled: {whole:.2f} s")


def everything(frame: pd.DataFrame, deadlines: list) -> None:
    found = cl.concentration(frame, deadlines=deadlines)
    found.tidy()
    for market in (None, *frame.columns):
        found.curve(market=market)


def made(cycles: list, null: str, draws: int, seed: int) -> RotationTest:
    """Return the test of a window of `WINDOW` days."""
    seeds = np.random.SeedSequence(seed)
    return RotationTest(tuple(cycles), np.array([WINDOW]), null, "independent", draws, seeds)


def p_values(
    persistence: float, intensity: float, seed: int, draws: int, nulls: tuple[str, ...]
) -> list[float]:
    """Return the p-values of one replication."""
    volume, deadlines = cl.simulate.volumes(
        CYCLES, DAYS, WINDOW, intensity, persistence, ZEROS, rng=seed
    )
    cycles, _ = cut(volume, "x", deadlines, "compliance", "open", "final")
    found = []
    for null in nulls:
        observed, drawn, exact = made(cycles, null, draws, seed).row(np.full(CYCLES, 1 / CYCLES))
        found.append(float(rotation.p_value(observed[0, 0], drawn[:, 0, 0], exact)))
    return found


def size_and_power(replications: int, draws: int = 399) -> pd.DataFrame:
    """Return rejection rates in per cent at a nominal 5 %."""
    rows = []
    for intensity, what in ((1.0, "size"), (2.0, "power, window volume doubled")):
        for persistence in PERSISTENCE:
            p = np.array(
                [
                    p_values(persistence, intensity, 10_000 + r, draws, ("rotation", "iid"))
                    for r in range(replications)
                ]
            )
            rotated, shuffled = 100 * (p <= 0.05).mean(axis=0)
            rows.append({"what": what, "persistence": persistence, "rotation %": rotated})
            rows[-1]["iid %"] = shuffled
    return pd.DataFrame(rows)


def coverage(replications: int, window: int = 30, level: float = 0.95) -> pd.DataFrame:
    """Return the coverage of a cycle's interval, and of the mean over four and ten cycles."""
    expected = 4 * window / (4 * window + DAYS - window)
    rows = []
    for persistence in PERSISTENCE:
        volume, deadlines = cl.simulate.volumes(
            replications, DAYS, window, 4.0, persistence, ZEROS, rng=7
        )
        cycles, _ = cut(volume, "x", deadlines, "compliance", "open", "final")
        inside = cycles[0].inside(window)
        errors = [
            share_errors(499, np.random.default_rng(i), c.volume, inside)
            for i, c in enumerate(cycles)
        ]
        ends = np.array([e.interval("share", level) for e in errors])
        held = ((ends[:, 0] <= expected) & (expected <= ends[:, 1])).mean()
        shares = np.array([e.share for e in errors])
        row = {"persistence": persistence, "one cycle %": 100 * held}
        rows.append(row | {f"mean of {g} %": mean_coverage(shares, g, level) for g in (4, 10, 25)})
    return pd.DataFrame(rows)


def mean_coverage(shares: np.ndarray, count: int, level: float) -> float:
    """Return the coverage of the interval of a mean of `count` cycles, in per cent."""
    from carbonlink.inference import clusters

    generator = np.random.default_rng(3)
    weights = clusters.all_weights(count)
    if weights is None:
        weights = clusters.cluster_draws(999, generator, count)
    held = []
    for _ in range(2000):
        values = shares[generator.integers(0, len(shares), count)]
        low, high = clusters.mean_interval(values, np.arange(count), weights, level, (0, 1))
        held.append(low <= shares.mean() <= high)
    return 100 * float(np.mean(held))


def main() -> None:
    warnings.simplefilter("ignore", cl.CarbonlinkWarning)
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    speed()
    print(
        f"\nrejections at a nominal 5 %, {replications} replications of {CYCLES} cycles of {DAYS} "
        f"days, window {WINDOW}, {ZEROS:.0%} zero days"
    )
    print(size_and_power(replications).round(1).to_string(index=False))
    print(f"\ncoverage at a nominal 95 %, {replications} cycles of {DAYS} days, window 30, times 4")
    print(coverage(replications).round(1).to_string(index=False))


if __name__ == "__main__":
    main()
