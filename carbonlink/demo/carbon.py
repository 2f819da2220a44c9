"""The allowance markets: linked prices, volumes that crowd, and what each exchange prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..facts import calendar, compliance, markets
from ..simulate import Rush, crowded_volumes, linked_returns, market, scale_to_totals
from .truth import (
    END,
    NATIONAL_SHARES,
    PILOTS,
    RUSH_WINDOW,
    SHAPE,
    SHOCKS,
    VARIANCE_WINDOW,
    Pilot,
    known_deadlines,
    launch,
    national_years,
)

ROUNDS = 25
Span = tuple[pd.Timestamp, pd.Timestamp, float]


def allowances(seed: np.random.SeedSequence) -> dict[str, pd.DataFrame]:
    """Simulate every allowance market of the set.

    Parameters
    ----------
    seed : SeedSequence
        Chance.

    Returns
    -------
    dict of str to DataFrame
        What `simulate.market` returns, for the national market and each pilot.
    """
    noise = _log_noise(seed.spawn(1)[0])
    seeds = dict(zip(SHOCKS, seed.spawn(len(SHOCKS)), strict=True))
    made = {"cea": _national(noise["cea"], seeds["cea"])}
    for name, pilot in PILOTS.items():
        made[name] = _pilot(name, pilot, noise[name], seeds[name])
    return made


def _log_noise(seed: np.random.SeedSequence) -> pd.DataFrame:
    """Cumulated linked returns, as log prices around no level."""
    first = min(pilot.start for pilot in PILOTS.values())
    weekend = _weekend_sessions()
    sessions = calendar.sessions(first, END, weekend)
    windows = pd.DataFrame(False, index=sessions, columns=list(SHOCKS))
    for name in SHOCKS:
        days = known_deadlines(name, first)
        if days:
            windows[name] = compliance.window_mask(sessions, days, VARIANCE_WINDOW)
    returns = linked_returns(
        sessions, SHOCKS, windows, link_from=launch("cea"), shape=SHAPE, rng=seed
    )
    return returns.cumsum() / 100


def _weekend_sessions() -> pd.DatetimeIndex:
    """Make-up workdays in the 70 days before a Guangdong deadline, on which it trades."""
    table = calendar.holidays()
    days = pd.DatetimeIndex(table.loc[table["kind"] == "makeup_workday", "date"])
    near = np.zeros(len(days), bool)
    for deadline in known_deadlines("guangdong", PILOTS["guangdong"].start):
        near |= np.asarray((days <= deadline) & (days > deadline - pd.Timedelta(days=70)))
    return days[near]


def _national(noise: pd.Series, seed: np.random.SeedSequence) -> pd.DataFrame:
    years = national_years()
    first = launch("cea")
    noise = noise[calendar.sessions(first, END)]
    sessions = pd.DatetimeIndex(noise.index)
    rushes = [_national_rush(sessions, year) for year in NATIONAL_SHARES]
    level = np.where(sessions == first, 8.0, 1.0)
    volume_seed, print_seed = seed.spawn(2)
    raw = crowded_volumes(sessions, rushes, level * 1e6, spread=0.9, rng=volume_seed)
    totals = [
        (max(first, pd.Timestamp(y, 1, 1)), pd.Timestamp(y, 12, 31), tonnes)
        for y, (tonnes, _) in years.items()
    ]
    volume = scale_to_totals(raw, [*totals, (pd.Timestamp("2025-01-01"), END, 41_000_000)])
    spans = [(*total[:2], years[total[0].year][1]) for total in totals]
    spans += [
        (first, pd.Timestamp("2021-08-31"), 49.0),
        (pd.Timestamp("2025-01-01"), pd.Timestamp("2025-05-15"), 86.0),
        (pd.Timestamp("2025-05-16"), END, 74.0),
    ]
    options = {"block_days": 0.9, "block_share": 0.85, "tiny_share": 0.08, "range_pct": 0.7}
    spans.sort(key=lambda span: span[1])
    return _calibrated(noise, volume, spans, True, print_seed, **options)


def _national_rush(sessions: pd.DatetimeIndex, year: int) -> Rush:
    end = pd.Timestamp(year, 12, 31)
    begins, share = NATIONAL_SHARES[year]
    window = int(((sessions >= begins) & (sessions <= end)).sum())
    return Rush(start=pd.Timestamp(year, 1, 1), end=end, window=window, share=share)


def _pilot(name: str, pilot: Pilot, noise: pd.Series, seed: np.random.SeedSequence) -> pd.DataFrame:
    extra = _weekend_sessions() if name == "guangdong" else None
    noise = noise[calendar.sessions(pilot.start, END, extra)]
    deadlines = known_deadlines(name, pilot.start)
    rushes = _rushes(pilot, deadlines)
    volume_seed, print_seed = seed.spawn(2)
    sessions = pd.DatetimeIndex(noise.index)
    age = np.asarray((sessions - pilot.start).days) / 365.25
    raw = crowded_volumes(
        sessions,
        rushes,
        20_000 * np.exp(-pilot.decline * age),
        zero_share=pilot.zero_share,
        tiny_share=pilot.tiny_share,
        rng=volume_seed,
    )
    inside = raw[sessions.year == pilot.year]
    factor = (pilot.tonnes - inside[inside <= 10].sum()) / inside[inside > 10].sum()
    year = (pd.Timestamp(pilot.year, 1, 1), pd.Timestamp(pilot.year, 12, 31), pilot.tonnes)
    volume = scale_to_totals(raw.where(raw <= 10, raw * factor).clip(lower=0), [year])
    spans = _around(pilot)
    limit = int(markets.get(name).daily_limit_pct or 10)
    options = {"limit": limit, "range_pct": pilot.range_pct, "one_price": pilot.one_price}
    return _calibrated(noise, volume, spans, False, print_seed, **options)


def _rushes(pilot: Pilot, deadlines: list[pd.Timestamp]) -> list[Rush]:
    """One crowding before each deadline; over 18 months at most."""
    rushes, after = [], pilot.start
    for end, share in zip(deadlines, pilot.shares, strict=False):
        start = max(after, end - pd.DateOffset(months=18))
        rushes.append(Rush(start=start, end=end, window=RUSH_WINDOW, share=share))
        after = end + pd.Timedelta(days=1)
    return rushes


def _around(pilot: Pilot) -> list[Span]:
    """Each level, and the geometric mean midway between two, with the span nearest to it."""
    days = [pd.Timestamp(day) for day, _ in pilot.levels]
    prices = [price for _, price in pilot.levels]
    for i in range(len(days) - 1, 0, -1):
        days.insert(i, days[i - 1] + (days[i] - days[i - 1]) / 2)
        prices.insert(i, float(np.sqrt(prices[i - 1] * prices[i])))
    between = [a + (b - a) / 2 for a, b in zip(days, days[1:], strict=False)]
    return list(zip([pilot.start, *between], [*between, END], prices, strict=True))


def _calibrated(
    noise: pd.Series,
    volume: pd.Series,
    spans: Sequence[Span],
    by_volume: bool,
    seed: np.random.SeedSequence,
    **options: Any,
) -> pd.DataFrame:
    """Print the market, drifting the unseen price smoothly until each span has its mean price."""
    days = noise.index
    masks = [np.asarray((days >= start) & (days <= end)) for start, end, _ in spans]
    place = np.arange(len(days), dtype=float)
    weights = volume.to_numpy(float) if by_volume else np.ones(len(days))
    knots = [float((place[m] * weights[m]).sum() / weights[m].sum()) for m in masks]
    target = np.log([price for *_, price in spans])
    level = target - [noise.to_numpy()[m].mean() for m in masks]
    prints = pd.DataFrame()
    for _ in range(ROUNDS):
        prints = market(noise + np.interp(place, knots, level), volume, rng=seed, **options)
        means = [_mean_price(prints[m], by_volume) for m in masks]
        level = level + target - np.log(means)
    return prints


def _mean_price(prints: pd.DataFrame, by_volume: bool) -> float:
    if by_volume:
        return float(prints["total_value"].sum() / prints["total_volume"].sum())
    return float(prints["close"].mean())
