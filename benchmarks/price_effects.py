"""Size and power of the tests of `price_effects`, and its time.

Run: OMP_NUM_THREADS=1 python benchmarks/price_effects.py [replications]

Rejections in per cent at a nominal 5 % (2,000 replications, standard error 0.5; * 800, † 400) of
six markets with correlated returns, one deadline a year each, eight years unless said; window 30,
estimation 120 sessions, 399 draws:

                         plain  variance  thin     all of it,  five    power,
                                × 3       trading  GARCH *     years   0.1 σ a day†
    cluster (CAR)         5.3     5.4      5.5       5.2        6.8     25.2
    cluster (SCAR)        5.0     5.1      4.8       5.5        6.8     27.0
    adjusted BMP          5.8     5.8     11.6      11.9        6.1     31.5
    BMP                  26.9    26.4     25.8      22.1       28.8     63.8
    cumulated rank        3.5     6.4     14.4      26.1        5.5     30.8
    GRANK                 6.0     6.0     10.8      15.4        7.4     28.5
    calendar time         6.2     6.0      8.9       9.0        6.5     33.5
    abnormal variance     5.5    100       5.7     100        100      100

Thin trading leaves up to 70 % of days without a trade; "all of it" adds three times the variance,
deadlines 15 sessions apart and GARCH; "five years" and "power" have twice the variance.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from carbonlink.measures.deadline_events import DeadlineEvent, cut_event, overlapping, track
from carbonlink.measures.event_battery import TESTS, battery, wild
from carbonlink.measures.genuine_returns import GenuineReturns

YEARS, MARKETS, WINDOW, ESTIMATION = 8, 6, 30, 120
THIN = (0.0, 0.2, 0.4, 0.6, 0.7, 0.3)
CASES = {
    "plain": {},
    "three times the variance": {"variance": 3.0},
    "thin trading": {"thin": THIN},
    "all of it, GARCH": {"variance": 3.0, "thin": THIN, "apart": 15, "garch": True},
    "five years": {"years": 5, "variance": 2.0},
    "power: 0.1 σ a day": {"variance": 2.0, "effect": 0.1},
}


def simulate(
    draws: np.random.Generator,
    years: int = YEARS,
    variance: float = 1.0,
    thin: tuple[float, ...] = (0.0,) * MARKETS,
    apart: int = 0,
    garch: bool = False,
    effect: float = 0.0,
) -> tuple[DeadlineEvent, ...]:
    """Return the events of markets with correlated returns (0.4) and one deadline a year each.

    `variance` multiplies it in the window, `thin` is each market's share of days without a
    trade, `apart` moves every second market's deadline by so many sessions, `effect` is the drift
    in the window in daily standard deviations.
    """
    n = 244 * years + 160
    sessions = pd.bdate_range("2012-01-02", periods=n)
    shocks = np.sqrt(0.4) * draws.standard_normal(n)[:, None]
    shocks = shocks + np.sqrt(0.6) * draws.standard_normal((n, MARKETS))
    if garch:
        h = np.ones(MARKETS)
        for t in range(n):
            shocks[t] *= np.sqrt(h)
            h = 0.02 + 0.08 * shocks[t] ** 2 + 0.9 * h
    events = []
    for m in range(MARKETS):
        ends = 280 + 244 * np.arange(years) + apart * (m % 2)
        inside = np.zeros(n, dtype=bool)
        for end in ends:
            inside[end - WINDOW + 1 : end + 1] = True
        daily = shocks[:, m] * np.where(inside, np.sqrt(variance), 1.0) + effect * inside
        price = np.cumsum(daily * (1 + m / 2))
        traded = draws.random(n) >= thin[m]
        place = np.flatnonzero(traded)
        index = sessions[place[1:]]
        found = GenuineReturns(
            returns=pd.Series(np.diff(price[place]), index),
            gap_days=pd.Series(np.diff(place).astype(float), index),
            sessions=sessions,
            market="",
            unit="%",
            minimum=None,
            dropped={},
        )
        laid, days = track(found, f"m{m}", None, "trade_to_trade"), sessions[ends]
        cut = [cut_event(laid, d, str(d.date()), days, WINDOW, ESTIMATION) for d in days]
        events += [one for one in cut if not isinstance(one, str)]
    return tuple(events)


def rejections(replications: int, **case) -> dict[str, float]:
    """Return the share of rejections at a nominal 5 %, in per cent, of every test."""
    counts: dict[str, int] = dict.fromkeys([*TESTS, "volatility"], 0)
    for i in range(replications):
        events = simulate(np.random.default_rng([1, i]), **case)
        groups, seed = overlapping(events), np.random.SeedSequence(i)
        found = {k: row.p_value for k, row in battery(events, groups, 399, seed).items()}
        excess = np.array([e.excess_variance.mean() - 1 for e in events])
        found["volatility"] = wild(excess, groups, 399, seed).p_value
        for name, p in found.items():
            counts[name] += p < 0.05
    return {name: 100 * count / replications for name, count in counts.items()}


def main(replications: int) -> None:
    """Print the table of the docstring."""
    for name, case in CASES.items():
        start = time.perf_counter()
        found = rejections(replications, **case)
        shares = "  ".join(f"{k} {v:.1f}" for k, v in found.items())
        print(f"{name} ({replications}; {time.perf_counter() - start:.0f} s): {shares}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
