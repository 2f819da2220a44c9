"""Speed of the profile around deadlines against pyfixest, and the size of its test and band.

Run: OMP_NUM_THREADS=1 python benchmarks/event_profile.py [replications]

On two cores of a shared machine, one thread, 25,074 market-days with 143 absorbed effects:

    PPML with clustered errors                                 0.37 s
    999 wild draws: band / twelve inverted intervals           0.03 / 0.35 s
    pyfixest 0.60 fepois on the same sample, compiled before   0.41 s (1.15 times)

In processor time on the same machine under load: 0.147 s, 0.009 / 0.147 s, fepois 0.151 s (1.03
times; largest difference of a coefficient 1e-11).

Rejections in per cent at a nominal 5 % of ten cycles of 244 days, bins of five days from -60 to
20, 20 % zero days, 399 draws; 400 replications (standard error 1.1) with weekday effects, 300 with
months as well, 500 of the scores, 200 of single bins (16 of them in each):

    persistence of log volume                    0      0.7    0.95
    largest score, rotation                      4.8    4.2    3.5   (400)
      again, with the code of today              5.3    8.7    5.3   (150)
    some bin outside the band, rotation          4.0    4.2    2.2
    largest score, rotation, month effects       8.0   10.7    8.0   (100, 300, 100)
    some bin outside the band, month effects     4.7    3.0    2.7
    flat profile, score bootstrap               14.0   17.2   14.8
    one bin outside its interval, rotation       4.7    3.8    3.2
      the last 30 days with four times as much   4.4    3.7    3.1
      five cycles                                4.0    2.2    1.8
    one bin outside its interval, score          6.7    8.3    7.8

At a persistence of 0.7 (200 replications) the band misses 2.5 % where the last 30 days have four
times the volume, none of four cycles, and 1 % of the chance of a trade.

The p-value of a flat profile is the band's own: it rejects where some bin is outside the band.

Wild bootstraps with symmetric weights do not see the skewness of tonnes; that is why the band and
the test are by rotation unless the scores are asked for.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

import carbonlink as cl

PERSISTENCE = (0.0, 0.7, 0.95)
CYCLES, DAYS, ZEROS = 10, 244, 0.2


def seconds(action: Callable[[], object], times: int = 3) -> float:
    """Return the least of several times."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def market_days() -> pd.DataFrame:
    """Return 25,000 market-days: 9 markets, 126 market-years, twelve months, five weekdays."""
    parts = []
    for market in range(9):
        volume, _ = cl.simulate.volumes(14, 199, 30, 3.0, rng=market)
        volume.index += pd.Timedelta(weeks=4 * market)
        place = np.arange(len(volume))
        ahead = 198 - place % 199
        part = pd.DataFrame({"volume": volume.to_numpy()}, index=volume.index)
        part["market_year"] = [f"{market}-{c}" for c in place // 199]
        part["bin"] = np.where(ahead < 60, ahead // 5, 99)
        parts.append(part)
    frame = pd.concat(parts)
    frame["month"], frame["weekday"] = frame.index.month, frame.index.day_of_week
    for j in range(12):
        frame[f"b{j}"] = frame["bin"].eq(j).astype(float)
    return frame


def speed() -> None:
    """Print times, and the ratio to pyfixest where it is installed."""
    frame = market_days()
    terms = [f"b{j}" for j in range(12)]
    effects = frame[["market_year", "month", "weekday"]]
    model = cl.PPML(frame["volume"], frame[terms], effects, frame["market_year"])
    fit = model.fit()
    own = seconds(model.fit)
    whole = seconds(lambda: fit.score_bootstrap(999).largest(np.arange(12)), 1)
    ends = seconds(lambda: [fit.score_bootstrap(999).interval(j, 0.95) for j in range(12)], 1)
    print(f"{len(frame):,} market-days, {fit.spec['effects']} effects: {own:.2f} s")
    print(f"999 wild draws: band {whole:.2f} s, twelve intervals {ends:.2f} s")
    try:
        import pyfixest
    except ImportError:
        print("pyfixest is not installed: no ratio")
        return
    formula = f"volume ~ {' + '.join(terms)} | market_year + month + weekday"
    vcov = {"CRV1": "market_year"}
    plain = frame.reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pyfixest.fepois(formula, plain, vcov=vcov)
        theirs = seconds(lambda: pyfixest.fepois(formula, plain, vcov=vcov))
    gap = np.abs(peer.coef().to_numpy() - fit.params.to_numpy()).max()
    print(f"fepois: {theirs:.2f} s, ratio {theirs / own:.1f}; largest difference {gap:.1e}")


def size(
    replications: int,
    effects: tuple[str, ...] = ("weekday",),
    cycles: int = CYCLES,
    intensity: float = 1.0,
) -> pd.DataFrame:
    """Return, in per cent at a nominal 5 %, rejections of a flat profile and what misses the truth.

    With `intensity` the last 30 days of a cycle have so many times the volume.
    """
    rows = []
    for persistence in PERSISTENCE:
        found = []
        for r in range(replications):
            volume, deadlines = cl.simulate.volumes(
                cycles, DAYS, 30, intensity, persistence, ZEROS, rng=20_000 + r
            )
            fit = cl.event_profile(
                volume, deadlines=deadlines, effects=effects, draws=399, cluster="market_year"
            )
            table, p = fit.table, fit.diagnostics()["p_value"]
            inside = (table["start"] > -30) & (table["end"] <= 0)
            truth = np.where(inside, intensity, 1.0)
            outside = (table["band_lower"] > truth) | (table["band_upper"] < truth)
            single = (table["lower"] > truth) | (table["upper"] < truth)
            found.append((p.iloc[0] <= 0.05, outside.any(), p.iloc[1] <= 0.05, single.mean()))
        names = ("flat, rotation", "band, rotation", "flat, score", "one bin, rotation")
        rates = dict(zip(names, 100 * np.mean(found, axis=0), strict=True))
        rows.append({"persistence": persistence, **rates})
    return pd.DataFrame(rows)


def main() -> None:
    speed()
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"\nrejections at a nominal 5 %, {replications} replications of {CYCLES} cycles")
    print(size(replications).round(1).to_string(index=False))
    print("\nthe last 30 days with four times the volume")
    print(size(replications, intensity=4.0).round(1).to_string(index=False))
    print("\nfive cycles")
    print(size(replications, cycles=5).round(1).to_string(index=False))


if __name__ == "__main__":
    main()
