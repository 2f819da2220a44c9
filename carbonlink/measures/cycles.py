"""Daily volume cut into compliance cycles, with the places of the windows before deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DeadlineError, SpecificationError, check_day
from ..facts import compliance
from ..facts.calendar import open_days_between

_ONE_DAY = pd.Timedelta(days=1)

Refusal = tuple[str, str, str]
"""Market, cycle, reason."""


@dataclass(frozen=True, eq=False)
class CycleVolume:
    """The open days of one market's cycle, their volume, and the deadlines that fall in it.

    Attributes
    ----------
    market, label : str
    start, end : Timestamp
        First and last calendar day.
    deadlines : tuple of Timestamp
        Days at which a window ends; one, except in calendar years that hold several.
    deadline_kind : str
        "final", "announced", "statutory" or "given".
    verified : str
        How sure a published deadline is: "yes", "partial", "derived", "rule_only".
    dates : DatetimeIndex, shape (n,)
    volume : ndarray, shape (n,)
    days : str
        Whether windows count "open" or "calendar" days.
    note : str
        Footnote that goes with the cycle.
    """

    market: str
    label: str
    start: pd.Timestamp
    end: pd.Timestamp
    deadlines: tuple[pd.Timestamp, ...]
    deadline_kind: str
    dates: pd.DatetimeIndex
    volume: np.ndarray
    days: str = "open"
    verified: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        self.volume.flags.writeable = False

    @property
    def stops(self) -> np.ndarray:
        """One past the place of the last open day on or before each deadline."""
        return self.dates.searchsorted(pd.DatetimeIndex(self.deadlines), side="right")

    def starts(self, widths: np.ndarray) -> np.ndarray:
        """Return the first place of each window, shape (widths, deadlines)."""
        stops = self.stops
        widths = np.asarray(widths, dtype=int)
        if self.days == "open":
            first = stops - widths[:, None]
        else:
            days = self.dates.to_numpy().astype("datetime64[D]")
            ends = pd.DatetimeIndex(self.deadlines).to_numpy().astype("datetime64[D]")
            opening = ends - widths[:, None].astype("timedelta64[D]")
            first = np.searchsorted(days, opening, side="right")
        return np.maximum(first, np.concatenate([[0], stops[:-1]]))

    def inside(self, window: int) -> np.ndarray:
        """Return a mask of the window's days."""
        mask = np.zeros(len(self.volume), dtype=bool)
        for start, stop in zip(self.starts(np.array([window]))[0], self.stops, strict=True):
            mask[start:stop] = True
        return mask

    def longest(self) -> int:
        """Return the longest window that the cycle can hold and still have days outside it."""
        before = int(self.stops[0])
        if self.days == "calendar":
            opening = max(self.start, min(self.dates[0], self.deadlines[0]))
            before = (self.deadlines[0] - opening).days + 1
        widths = np.arange(1, before + 1)
        if not len(widths):
            return 0
        inside = (self.stops - self.starts(widths)).sum(axis=1)
        return int((inside < len(self.volume)).sum())

    def days_to_deadline(self) -> np.ndarray:
        """Return days to the nearest deadline, negative before it, in the days windows count."""
        if self.days == "open":
            here, ends = np.arange(len(self.volume)), self.stops - 1
        else:
            here = self.dates.to_numpy().astype("datetime64[D]").astype(int)
            ends = pd.DatetimeIndex(self.deadlines).to_numpy().astype("datetime64[D]").astype(int)
        apart = here[:, None] - ends
        return apart[np.arange(len(here)), np.abs(apart).argmin(axis=1)].astype(float)

    def problem(self, window: int) -> str:
        """Return why the cycle cannot carry a window of this length, or ""."""
        if not len(self.volume):
            return "no rows"
        if (self.stops == 0).any():
            day = self.deadlines[int(np.argmax(self.stops == 0))].date()
            return f"its deadline {day} is before its first open day {self.dates[0].date()}"
        if not self.volume.sum() > 0:
            return "no volume"
        longest = self.longest()
        if window > longest:
            return (
                f"the window of {window} {self.days} days is longer than the {longest} that the "
                f"cycle can hold ({len(self.volume)} open days)"
            )
        if not self.inside(window).any():
            return f"no open day in the window of {window} {self.days} days"
        return ""


def cut(
    volume: pd.Series,
    market: str,
    deadlines: Iterable[Any] | None,
    cycle: Any,
    days: str,
    which: str,
) -> tuple[list[CycleVolume], list[Refusal]]:
    """Cut one market's daily volume into cycles.

    Parameters
    ----------
    volume : Series
        Open days only, without missing values.
    market : str
        Its label, also the name by which published deadlines are looked up.
    deadlines : iterable of dates, optional
        Deadlines of the user's own in place of the published ones.
    cycle, days, which
        As in `concentration`.

    Returns
    -------
    list of CycleVolume, list of (market, cycle, reason)
    """
    dates = volume.index
    own = None if deadlines is None else parse_deadlines(deadlines)
    if cycle == "compliance":
        found, refused = _compliance(market, own, dates, which)
    elif cycle == "calendar":
        found, refused = _calendar_years(market, own, dates, which)
    else:
        found, refused = _given_span(market, own, dates, which, cycle)
    made = []
    for label, start, end, ends, kind, note, verified in found:
        rows = volume.loc[start:end]
        made.append(
            CycleVolume(
                market=market,
                label=label,
                start=start,
                end=end,
                deadlines=tuple(ends),
                deadline_kind=kind,
                dates=pd.DatetimeIndex(rows.index),
                volume=rows.to_numpy(dtype=float, copy=True),
                days=days,
                verified=verified,
                note=note,
            )
        )
    return made, [(market, label, reason) for label, reason in refused]


def parse_deadlines(deadlines: Any) -> list[pd.Timestamp]:
    """Return deadlines as sorted days, each once."""
    if isinstance(deadlines, (str, pd.Timestamp)) or not isinstance(deadlines, Iterable):
        deadlines = [deadlines]
    days = [check_day("deadlines", day) for day in deadlines]
    if not days:
        raise DeadlineError("deadlines= is empty.", "Give at least one date, or leave it out.")
    return sorted(set(days))


def check_cycle(cycle: Any) -> Any:
    """Return "compliance", "calendar" or a pair of days, or raise."""
    if isinstance(cycle, str) and cycle in ("compliance", "calendar"):
        return cycle
    if isinstance(cycle, str) or not isinstance(cycle, Iterable) or len(tuple(cycle)) != 2:
        raise SpecificationError(
            f"cycle={cycle!r} is not known.",
            'Use "compliance", "calendar", or a pair of dates (start, end).',
        )
    start, end = (check_day("cycle", day) for day in cycle)
    if end <= start:
        raise SpecificationError(
            f"cycle= ends {end.date()}, not after its start {start.date()}.", "Swap the two."
        )
    return start, end


def _compliance(market, own, dates, which):
    if own is None:
        kept, refused = compliance.cycles(market, dates[0], dates[-1], which)
    else:
        kept, refused = compliance.cycles_from_deadlines(own, dates[0], dates[-1])
        named = {c.label for c in kept} | {label for label, _ in refused}
        refused = tuple(refused) + tuple(_outside_sample(own, dates, named))
    found = [
        (c.label, c.start, c.end, [c.deadline], c.deadline_kind, c.note, c.verified) for c in kept
    ]
    return found, refused


def _outside_sample(
    own: list[pd.Timestamp], dates: pd.DatetimeIndex, named: set[str]
) -> list[tuple[str, str]]:
    first, last = dates[0], dates[-1]
    early = f"the deadline is before the first row, {first.date()}"
    late = f"the deadline is after the last row, {last.date()}"
    return [
        (str(day.date()), early if day < first else late)
        for day in own
        if (day < first or day > last) and str(day.date()) not in named
    ]


def _known(market: str, own: list[pd.Timestamp] | None, which: str) -> tuple[list, str]:
    if own is not None:
        return own, "given"
    return list(compliance.due_dates(market, which)[0]), which


def _calendar_years(market, own, dates, which):
    known, kind = _known(market, own, which)
    found, refused = [], []
    for year in range(dates[0].year, dates[-1].year + 1):
        start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        ends = [day for day in known if day.year == year]
        if not ends:
            refused.append((str(year), "no deadline is known in this calendar year"))
        elif missing := open_days_between(dates[-1], end):
            refused.append(
                (
                    str(year),
                    f"the sample ends {dates[-1].date()}, {missing} open days before {end.date()}",
                )
            )
        else:
            late = (
                open_days_between(start - _ONE_DAY, dates[0] - _ONE_DAY) if dates[0] > start else 0
            )
            note = f"begins at the first row, {dates[0].date()}" if late else ""
            found.append((str(year), start, end, ends, kind, note, ""))
    if own is not None:
        inside = range(dates[0].year, dates[-1].year + 1)
        outside = [day for day in own if day.year not in inside]
        refused += [(str(d.date()), "the deadline is outside the sample") for d in outside]
    return found, refused


def _given_span(market, own, dates, which, cycle: tuple[pd.Timestamp, pd.Timestamp]):
    start, end = cycle
    known, kind = _known(market, own, which)
    label = f"{start.date()} to {end.date()}"
    ends = [day for day in known if start <= day <= end]
    if not ends:
        return [], [(label, "no deadline is known in this span")]
    notes = []
    if open_days_between(start - _ONE_DAY, dates[0] - _ONE_DAY) and dates[0] > start:
        notes.append(f"begins at the first row, {dates[0].date()}")
    if open_days_between(dates[-1], end):
        notes.append(f"ends at the last row, {dates[-1].date()}")
    refused = []
    if own is not None:
        outside = [day for day in own if day not in ends]
        refused = [(str(day.date()), "the deadline is outside the cycle given") for day in outside]
    return [(label, start, end, ends, kind, "; ".join(notes), "")], refused


def deadlines_of(deadlines: Any, market: str) -> Any:
    """Return the deadlines meant for one market: its entry of a mapping, or all of a list."""
    if isinstance(deadlines, Mapping):
        return deadlines.get(market)
    return deadlines


def reasons(items: Iterable[Refusal], several: bool, head: str = "") -> list[str]:
    """Return one line a reason, with the markets and cycles for which it holds."""
    where: dict[str, list[str]] = {}
    for market, label, reason in items:
        place = f"{market} {label}".strip() if several or not label else label
        where.setdefault(reason.rstrip("."), []).append(place)
    return [f"{head}{', '.join(places)}: {reason}." for reason, places in where.items()]
