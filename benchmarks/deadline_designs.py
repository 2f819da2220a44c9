"""Size of the randomisation test of moved deadlines; coverage of the bunching interval.

Run: OMP_NUM_THREADS=1 python benchmarks/deadline_designs.py [replications]

Per cent at a nominal 5 % (95 % held), 300 replications (standard error 1.3), cycles of 244 days
with 20 % zero days. Moved: three of ten years, by four weeks, 999 assignments; power where trading
crowds (four times, 30 days) before the later day. Bunching: no missing mass, volume of the last
30 days times 1 (truth 0 days) and times 4 (truth 90 days), 399 draws:

    persistence of log volume              0      0.7    0.95
    moved, size                            4.0    5.3    5.3
    moved, power                         100.0   98.0   91.0
    bunching, size, 10 cycles              4.0    6.0    6.7
    bunching, size, 24 cycles (200)        5.5    5.5    7.0
    bunching held, 10 cycles, times 1     96.0   94.0   93.3
    bunching held, 10 cycles, times 4     93.0   93.0   92.7
    bunching held, 24 cycles, times 1     93.3   94.7   92.7
    bunching held, 24 cycles, times 4     92.7   90.0   88.0
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import carbonlink as cl

PERSISTENCE = (0.0, 0.7, 0.95)
WEEKS = pd.Timedelta(weeks=4)


def moved(persistence: float, effect: bool, seed: int) -> float:
    """Return the p-value where three of ten years are said to be moved, with effect or without.

    The effect: trading crowds before the later day in the years that are moved and before the
    day first set in the others.
    """
    volume, deadlines = cl.simulate.volumes(11, 244, 30, 1.0, persistence, 0.2, rng=seed)
    chosen = np.sort(np.random.default_rng(seed).permutation(10)[:3])
    pairs, kept = [], []
    for i, last in enumerate(deadlines[:10]):
        first = last - WEEKS
        late = effect and i in chosen
        crowd = volume.loc[: last if late else first].index[-30:]
        volume.loc[crowd] *= 4.0
        if i in chosen:
            pairs.append((first, last))
        else:
            kept.append(first)
    return cl.moved_deadlines(volume, moved=pairs, kept=kept, draws=999).pvalue


def bunched(persistence: float, intensity: float, cycles: int, seed: int) -> tuple[bool, bool]:
    """Return whether the interval holds the truth, and whether no excess is rejected."""
    volume, deadlines = cl.simulate.volumes(cycles, 244, 30, intensity, persistence, 0.2, rng=seed)
    found = cl.bunching(volume, deadlines=deadlines, missing="none", draws=399)
    low, high = found.conf_int()
    return low <= 30 * (intensity - 1) <= high, found.pvalue <= 0.05


def study(replications: int) -> pd.DataFrame:
    """Return rates in per cent."""
    rows = []
    for persistence in PERSISTENCE:
        row = {"persistence": persistence}
        seeds = range(40_000, 40_000 + replications)
        for effect, name in ((False, "moved, size"), (True, "moved, power")):
            p = np.array([moved(persistence, effect, s) for s in seeds])
            row[name] = 100 * (p <= 0.05).mean()
        for cycles in (10, 24):
            for intensity in (1.0, 4.0):
                found = np.array([bunched(persistence, intensity, cycles, s) for s in seeds])
                row[f"bunching held, {cycles} cycles, times {intensity:g}"] = (
                    100 * found[:, 0].mean()
                )
                if intensity == 1.0:
                    row[f"bunching size, {cycles} cycles"] = 100 * found[:, 1].mean()
        rows.append(row)
    return pd.DataFrame(rows).set_index("persistence").T


def main() -> None:
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"{replications} replications, per cent")
    print(study(replications).round(1).to_string())


if __name__ == "__main__":
    main()
