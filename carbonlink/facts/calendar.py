"""When a Chinese venue is open: weekdays without public holidays, and the days it traded."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import pandas as pd

from ..errors import SpecificationError, check_choice, check_day
from .published import published

VENUES = ("china", "observed")


def holidays() -> pd.DataFrame:
    """Return the public holidays of China, 2013 to 2026, with their make-up workdays.

    Returns
    -------
    DataFrame
        ``date``, ``name``, ``name_zh``, ``kind`` ("holiday" or "makeup_workday"), ``source``,
        ``confidence``, ``verified``, ``note``. Weekend days of a holiday are listed too. A
        make-up workday is a working weekend on which the exchanges stay closed unless a
        trade shows otherwise. 2024-02-09 is closed at the exchanges but is no public
        holiday: its row is marked ``exchange_only``.

    Examples
    --------
    >>> from carbonlink.facts import calendar
    >>> table = calendar.holidays()
    >>> int((table["kind"] == "makeup_workday").sum())
    92
    """
    table = published("holidays").rename(columns={"name_en": "name"})
    table["date"] = pd.to_datetime(table["date"])
    return table[["date", "name", "name_zh", "kind", "source", "confidence", "verified", "note"]]


@functools.cache
def _closed() -> pd.DatetimeIndex:
    table = holidays()
    return pd.DatetimeIndex(table.loc[table["kind"] == "holiday", "date"])


@functools.cache
def years_covered() -> tuple[int, int]:
    """Return the first and the last year whose public holidays are known."""
    years = _closed().year
    return int(years.min()), int(years.max())


def uncovered_years(start: Any, end: Any) -> tuple[int, ...]:
    """Return the years between two dates whose public holidays are not known."""
    first, last = years_covered()
    years = range(pd.Timestamp(start).year, pd.Timestamp(end).year + 1)
    return tuple(year for year in years if not first <= year <= last)


def _weekdays(start: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
    days = pd.bdate_range(start, end)
    return days[~days.isin(_closed())]


def sessions(
    start: Any, end: Any, observed: Iterable[Any] | None = None, venue: str = "china"
) -> pd.DatetimeIndex:
    """List the days on which a venue was open.

    Parameters
    ----------
    start, end : date-like
        First and last day, both included.
    observed : iterable of dates, optional
        Days on which the venue is known to have been open (it traded, or printed a row of
        its own). They count even on weekends and holidays.
    venue : {"china", "observed"}
        "china" adds every weekday that is no public holiday in China; "observed" takes the
        observed days alone, for venues abroad.

    Returns
    -------
    DatetimeIndex
        Sorted days at midnight, named ``date``.

    Notes
    -----
    sessions = (weekdays ∖ public holidays) ∪ observed. A make-up workday counts only where it
    was observed. In a year without a table of holidays (see `uncovered_years`) only observed
    days count.

    Examples
    --------
    >>> from carbonlink.facts import calendar
    >>> len(calendar.sessions("2022-01-01", "2022-12-31"))
    242
    """
    check_choice("venue", venue, VENUES)
    start, end = check_day("start", start), check_day("end", end)
    if end < start:
        raise SpecificationError(
            f"The last day, {end.date()}, is before the first, {start.date()}.", "Swap the two."
        )
    if not isinstance(observed, pd.DatetimeIndex):
        observed = pd.DatetimeIndex(
            [pd.Timestamp(day) for day in ([] if observed is None else observed)]
        )
    seen = observed.normalize()
    seen = seen[(seen >= start) & (seen <= end)]
    if venue == "observed":
        return pd.DatetimeIndex(seen.unique().sort_values(), name="date")
    first, last = years_covered()
    expected = _weekdays(start, end)
    expected = expected[(expected.year >= first) & (expected.year <= last)]
    return pd.DatetimeIndex(expected.union(seen).unique().sort_values(), name="date")


def open_days_between(after: Any, until: Any) -> int:
    """Count the expected open days after one date, up to and including another.

    Notes
    -----
    Beyond the years whose holidays are known, every weekday counts.
    """
    after = pd.Timestamp(after).normalize() + pd.Timedelta(days=1)
    until = pd.Timestamp(until).normalize()
    return 0 if until < after else len(_weekdays(after, until))
