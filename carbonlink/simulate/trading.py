"""Daily volumes that crowd before compliance deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator
from .returns import business_days

USUAL_TONNES = 10_000
LOG_SPREAD = 1.0


def volumes(
    cycles: int = 4,
    days: int = 244,
    window: int = 30,
    intensity: float = 3.0,
    persistence: float = 0.7,
    zero_share: float = 0.2,
    rng: Any = 0,
) -> tuple[pd.Series, list[pd.Timestamp]]:
    """Simulate daily tonnes over compliance cycles of equal length, and their deadlines.

    Parameters
    ----------
    cycles, days : int
        Number of compliance cycles and weekdays in each.
    window : int
        The last days of a cycle, in which expected volume is multiplied.
    intensity : float
        Expected volume in the window as a multiple of the rest; 1 means no effect.
    persistence : float
        First-order autocorrelation of log volume, in [0, 1).
    zero_share : float
        Chance that a day has no trade, the same in the window and out of it.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    volume : Series
        Tonnes on weekdays from 2015-01-01, 0 on days without a trade, named "volume".
    deadlines : list of Timestamp
        The last day of each cycle.

    Raises
    ------
    SpecificationError
        The window does not fit the cycle, or a share, the persistence or the intensity is out of
        range.

    Notes
    -----
    Log volume is a stationary normal AR(1) of standard deviation 1 around ln 10,000, times the
    intensity in the window. The window's expected share of a cycle's tonnes is, nearly,
    ``window·intensity / (window·intensity + days − window)``.

    Examples
    --------
    >>> import carbonlink as cl
    >>> volume, deadlines = cl.simulate.volumes(cycles=2, days=240, rng=1)
    >>> len(volume), len(deadlines)
    (480, 2)
    """
    if not 0 < window <= days:
        raise SpecificationError(f"window={window} does not fit days={days}.", "Use 1 to `days`.")
    if not 0 <= persistence < 1 or not 0 <= zero_share < 1 or not intensity > 0:
        raise SpecificationError(
            f"persistence={persistence}, zero_share={zero_share}, intensity={intensity} "
            "are out of range.",
            "Use 0 ≤ persistence < 1, 0 ≤ zero_share < 1 and intensity > 0.",
        )
    n = cycles * days
    index = business_days(n)
    draws = generator(rng)
    log_volume = np.log(USUAL_TONNES) + LOG_SPREAD * autoregression(
        draws.standard_normal(n), persistence
    )
    in_window = np.arange(n) % days >= days - window
    traded = draws.random(n) >= zero_share
    tonnes = np.round(np.exp(log_volume) * np.where(in_window, intensity, 1.0)) * traded
    return pd.Series(tonnes, index=index, name="volume"), list(index[days - 1 :: days])


def autoregression(shocks: np.ndarray, persistence: float) -> np.ndarray:
    """Return a stationary AR(1) of variance one from standard normal shocks."""
    state = np.empty(len(shocks))
    scale = np.sqrt(1 - persistence**2)
    state[0] = shocks[0]
    for t in range(1, len(shocks)):
        state[t] = persistence * state[t - 1] + scale * shocks[t]
    return state


@dataclass(frozen=True, kw_only=True)
class Rush:
    """One cycle's crowding: the last `window` sessions up to `end` carry `share` of its tonnes."""

    start: pd.Timestamp
    end: pd.Timestamp
    window: int
    share: float


def crowded_volumes(
    sessions: pd.DatetimeIndex,
    rushes: Sequence[Rush],
    level: Any = 1.0,
    persistence: float = 0.6,
    spread: float = 0.8,
    zero_share: Any = 0.0,
    tiny_share: float = 0.0,
    rng: Any = 0,
) -> pd.Series:
    """Simulate daily volume with thin trades and days without a trade, crowding before deadlines.

    Parameters
    ----------
    sessions : DatetimeIndex, length n
        The venue's open days.
    rushes : sequence of Rush
        Cycles, not overlapping; volume outside them has no crowding.
    level : float or array_like, shape (n,)
        Usual volume outside the rush.
    persistence, spread : float
        Autocorrelation and standard deviation of log volume.
    zero_share : float or array_like, shape (n,)
        Share of days without a trade, outside the rush; a fifth of that at its height. They are
        the quietest days, so they come in runs.
    tiny_share : float
        Share of the other days, outside the rush, on which 1 to 10 tonnes change hands.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    Series
        Volume in the unit of `level`, not rounded, 0 on days without a trade; tiny days hold
        whole numbers 1 to 10.

    Raises
    ------
    SpecificationError
        A rush has a share below what its window holds without any crowding.

    Notes
    -----
    In a cycle, volume is n_t(1 + A k_t), with n the noise, k a smooth step from 0 to 1 that is at
    one half when 80 % of the window is left, and A solved so that the window's share is exact.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink import simulate
    >>> days = pd.bdate_range("2023-01-02", periods=240)
    >>> rush = simulate.Rush(start=days[0], end=days[-1], window=40, share=0.5)
    >>> volume = simulate.crowded_volumes(days, [rush], level=50_000, rng=1)
    >>> round(float(volume[-40:].sum() / volume.sum()), 6)
    0.5
    """
    draws = generator(rng)
    n = len(sessions)
    state = autoregression(draws.standard_normal(n), persistence)
    step = np.zeros(n)
    for rush in rushes:
        step += _step(sessions, rush)
    chance = zero_share * (1 - 0.8 * step)
    traded = state >= np.quantile(state, chance)
    tiny = traded & (draws.random(n) < tiny_share * (1 - step))
    prints = draws.integers(1, 11, n)
    volume = level * np.exp(spread * state) * (traded & ~tiny)
    for rush in rushes:
        volume *= _factor(volume, sessions, rush)
    return pd.Series(np.where(tiny, prints, volume), index=sessions, name="volume")


def _days_left(sessions: pd.DatetimeIndex, rush: Rush) -> np.ndarray:
    """Sessions of the cycle left after each day; −1 outside the cycle."""
    inside = np.asarray((sessions >= rush.start) & (sessions <= rush.end))
    return np.where(inside, inside.sum() - np.cumsum(inside), -1)


def _step(sessions: pd.DatetimeIndex, rush: Rush) -> np.ndarray:
    left = _days_left(sessions, rush)
    step = 1 / (1 + np.exp((left - 0.8 * rush.window) / (rush.window / 10)))
    return np.where(left >= 0, step, 0.0)


def _factor(volume: np.ndarray, sessions: pd.DatetimeIndex, rush: Rush) -> np.ndarray:
    """What to multiply the cycle's days with so that the window has its share exactly."""
    left, step = _days_left(sessions, rush), _step(sessions, rush)
    cycle, window = left >= 0, (left >= 0) & (left < rush.window)
    plain, stepped = volume * cycle, volume * step
    height = (rush.share * plain.sum() - plain[window].sum()) / (
        stepped[window].sum() - rush.share * stepped.sum()
    )
    if not height > -1:
        raise SpecificationError(
            f"The last {rush.window} sessions to {rush.end.date()} cannot hold as little as "
            f"{rush.share:.0%} of the volume.",
            "Ask for a larger share or a shorter window.",
        )
    return 1 + height * step


def scale_to_totals(
    volume: pd.Series, totals: Sequence[tuple[Any, Any, int]], at_least: int = 11
) -> pd.Series:
    """Scale volumes so that each span has a given total, in whole units, exactly.

    Parameters
    ----------
    volume : Series
        Volumes; days of 1 to 10 units stay as they are.
    totals : sequence of (start, end, total)
        Spans, not overlapping, with their totals; days outside them are rounded only.
    at_least : int
        Smallest volume of a scaled day.

    Returns
    -------
    Series of int64
        The rounding is settled on the largest days of each span.

    Raises
    ------
    SpecificationError
        A span has no day to scale, or its total is too small for its days.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink import simulate
    >>> days = pd.bdate_range("2023-01-02", periods=100)
    >>> volume = simulate.crowded_volumes(days, [], level=50_000, rng=1)
    >>> int(simulate.scale_to_totals(volume, [(days[0], days[-1], 7_000_000)]).sum())
    7000000
    """
    scaled = volume.to_numpy(float).copy()
    for start, end, total in totals:
        inside = np.asarray((volume.index >= start) & (volume.index <= end))
        moves = inside & (scaled > 10)
        fixed = scaled[inside & ~moves].sum()
        if not moves.any() or total - fixed < at_least * moves.sum():
            raise SpecificationError(
                f"The {moves.sum()} days to scale from {start} to {end} cannot add up to {total}.",
                f"Each holds {at_least} or more: give a larger total, or a span with such days.",
            )
        scaled[moves] = np.maximum(scaled[moves] * (total - fixed) / scaled[moves].sum(), at_least)
        whole = np.round(scaled[moves])
        rest = int(total - fixed - whole.sum())
        each, odd = divmod(rest, whole.size)
        whole += each
        whole[np.argsort(-whole, kind="stable")[:odd]] += 1
        scaled[moves] = whole
    return pd.Series(np.round(scaled).astype(np.int64), index=volume.index, name=volume.name)
