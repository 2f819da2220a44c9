"""Size and power of the tests of `price_effects`, and its time.

Run: OMP_NUM_THREADS=1 python benchmarks/price_effects.py [replications]

Rejections in per cent at a nominal 5 % (2,000 replications, standard error 0.5; * 800, † 400) of
six markets with correlated returns, one deadline a year each, eight years unless said; window 30,
estimation 120 sessions, 399 draws:

                         plain  variance  thin     all of it,  five    power,
                                × 3       trading  GARCH *     years   0.1 σ a day†
    wild (CAR)            5.3     5.4      5.5       5.2        6.8     25.2
    wild (SCAR)           5.0     5.1      4.8       5.5        6.8     27.0
    adjusted BMP          5.8     5.8     11.6      11.9        6.1     31.5
    BMP                  26.9    26.4     25.8      22.1       28.8     63.8
    cumulated rank        3.5     6.4     14.4      26.1        5.5     30.8
    GRANK                 6.0     6.0     10.8      15.4        7.4     28.5
    calendar time         6.2     6.0      8.9       9.0        6.5     33.5

The default, CR2 over groups of deadlines, on other samples (700, 300, 500 replications), the wild
bootstrap on the same ones beneath it:

                         plain            thin                  five years
    cluster (CAR)         4.7              4.0                   6.0
    cluster (SCAR)        4.9              4.3                   6.2
    wild (CAR)            5.0              4.0                   7.0

The test of abnormal variance on windows at other dates, GARCH(1,1) with α = 0.1 and β = 0.8, 999
draws: 6.0 % on eight years (200 replications), 5.2 % on five (250), 7.0 % on three (300), 6.0 % on
eight with up to 70 % of days without a trade (150). Its 95 % interval holds a doubled variance in
96.0 % pooled and 95.3 % of one market on eight years, 93.3 and 96.7 % on five (150).

Thin trading leaves up to 70 % of days without a trade; "all of it" adds three times the variance,
deadlines 15 sessions apart and GARCH; "five years" and "power" have twice the variance.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from carbonlink.measures.abnormal_variance import market_variance, placebo_test, with_ratios
from carbonlink.measures.deadline_events import (
    DeadlineEvent,
    Track,
    cut_event,
    overlapping,
    track,
)
from carbonlink.measures.event_battery import TESTS, battery, wild
from carbonlink.measures.genuine_returns import GenuineReturns

YEARS, MARKETS, WINDOW, ESTIMATION = 8, 6, 30, 120
GARCH = (0.08, 0.9)
THIN = (0.0, 0.2, 0.4, 0.6, 0.7, 0.3)
CASES = {
    "plain": {},
    "three times the variance": {"variance": 3.0},
    "thin trading": {"thin": THIN},
    "all of it, GARCH": {"variance": 3.0, "thin": THIN, "apart": 15, "garch": GARCH},
    "five years": {"years": 5, "variance": 2.0},
    "power: 0.1 σ a day": {"variance": 2.0, "effect": 0.1},
}

TRUE = (0.1, 0.8)
VARIANCE_CASES = {
    "constant variance": {},
    "GARCH (.1, .8)": {"garch": TRUE},
    "GARCH, thin trading": {"garch": TRUE, "thin": THIN},
    "GARCH, deadlines apart": {"garch": TRUE, "apart": 15},
    "GARCH, five years": {"garch": TRUE, "years": 5},
    "GARCH, three years": {"garch": TRUE, "years": 3},
    "power: variance × 1.5": {"garch": TRUE, "variance": 1.5},
}


def markets(
    draws: np.random.Generator,
    years: int = YEARS,
    variance: float = 1.0,
    thin: tuple[float, ...] = (0.0,) * MARKETS,
    apart: int = 0,
    garch: tuple[float, float] | None = None,
    effect: float = 0.0,
) -> list[tuple[Track, pd.DatetimeIndex]]:
    """Return markets with correlated returns (0.4) and their deadlines, one a year.

    `variance` multiplies it in the window, `thin` is each market's share of days without a
    trade, `apart` moves every second market's deadline by so many sessions, `garch` is (α, β),
    `effect` is the drift in the window in daily standard deviations.
    """
    n = 244 * years + 160
    sessions = pd.bdate_range("2012-01-02", periods=n)
    shocks = np.sqrt(0.4) * draws.standard_normal(n)[:, None]
    shocks = shocks + np.sqrt(0.6) * draws.standard_normal((n, MARKETS))
    if garch:
        h, (alpha, beta) = np.ones(MARKETS), garch
        for t in range(n):
            shocks[t] *= np.sqrt(h)
            h = 1 - alpha - beta + alpha * shocks[t] ** 2 + beta * h
    found = []
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
        one = GenuineReturns(
            returns=pd.Series(np.diff(price[place]), index),
            gap_days=pd.Series(np.diff(place).astype(float), index),
            sessions=sessions,
            market="",
            unit="%",
            minimum=None,
            dropped={},
        )
        found.append((track(one, f"m{m}", None, "trade_to_trade"), sessions[ends]))
    return found


def events_of(found: list[tuple[Track, pd.DatetimeIndex]]) -> tuple[DeadlineEvent, ...]:
    """Return the events of every market."""
    cut = [
        cut_event(laid, d, str(d.date()), days, WINDOW, ESTIMATION)
        for laid, days in found
        for d in days
    ]
    return tuple(one for one in cut if not isinstance(one, str))


def rejections(replications: int, **case) -> dict[str, float]:
    """Return the share of rejections at a nominal 5 %, in per cent, of every test."""
    counts: dict[str, int] = dict.fromkeys([*TESTS, "volatility"], 0)
    for i in range(replications):
        events = events_of(markets(np.random.default_rng([1, i]), **case))
        groups, seed = overlapping(events), np.random.SeedSequence(i)
        found = {k: row.p_value for k, row in battery(events, groups, 399, seed).items()}
        excess = np.array([e.excess_variance.mean() - 1 for e in events])
        found["volatility"] = wild(excess, groups, 399, seed).p_value
        for name, p in found.items():
            counts[name] += p < 0.05
    return {name: 100 * count / replications for name, count in counts.items()}


def variance_rejections(replications: int, **case) -> dict[str, float]:
    """Return the share of rejections of no abnormal variance at a nominal 5 %, in per cent."""
    counts = {"placebo windows": 0, "clusters, constant variance": 0}
    for i in range(replications):
        found = markets(np.random.default_rng([2, i]), **case)
        events, seed = events_of(found), np.random.SeedSequence(i)
        groups = overlapping(events)
        excess = np.array([e.excess_variance.mean() - 1 for e in events])
        counts["clusters, constant variance"] += wild(excess, groups, 399, seed).p_value <= 0.05
        fitted = {one.market: market_variance(one, days, WINDOW) for one, days in found}
        events = tuple(with_ratios(e, fitted[e.market], WINDOW) for e in events)
        p = placebo_test(events, groups, fitted, WINDOW, 999, seed).p_value
        counts["placebo windows"] += p <= 0.05
    return {name: 100 * count / replications for name, count in counts.items()}


def variance_coverage(replications: int, **case) -> dict[str, float]:
    """Return how often, in per cent, the 95 % interval holds a variance that is doubled."""
    counts = {"pooled": 0, "one market": 0}
    for i in range(replications):
        found = markets(np.random.default_rng([3, i]), variance=2.0, **case)
        events, seed = events_of(found), np.random.SeedSequence(i)
        groups = overlapping(events)
        fitted = {one.market: market_variance(one, days, WINDOW) for one, days in found}
        events = tuple(with_ratios(e, fitted[e.market], WINDOW) for e in events)
        for name, owners in (("pooled", set(fitted)), ("one market", {"m0"})):
            use = [j for j, e in enumerate(events) if e.market in owners]
            own = np.unique(groups[use], return_inverse=True)[1]
            kept = tuple(events[j] for j in use)
            low, high = placebo_test(kept, own, fitted, WINDOW, 999, seed).interval(0.95)
            counts[name] += low <= 1.0 <= high
    return {name: 100 * count / replications for name, count in counts.items()}


def main(replications: int) -> None:
    """Print the table of the docstring."""
    for name, case in CASES.items():
        start = time.perf_counter()
        found = rejections(replications, **case)
        shares = "  ".join(f"{k} {v:.1f}" for k, v in found.items())
        print(f"{name} ({replications}; {time.perf_counter() - start:.0f} s): {shares}", flush=True)
    print("abnormal variance")
    for name, case in VARIANCE_CASES.items():
        found = variance_rejections(replications, **case)
        print(f"{name}: {'  '.join(f'{k} {v:.1f}' for k, v in found.items())}", flush=True)
    for years in (YEARS, 5):
        found = variance_coverage(replications, garch=TRUE, years=years)
        print(f"coverage, {years} years: {'  '.join(f'{k} {v:.1f}' for k, v in found.items())}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
