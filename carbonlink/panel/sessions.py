"""A file's days against the days on which its venue is expected to be open."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import SpecificationError, check_choice, check_day
from ..facts import calendar as venues

CALENDARS = ("china", "XSHG")
COLUMNS = ("date", "status", "kind", "has_trade")


def compared(
    rows: pd.DataFrame,
    days: pd.DataFrame,
    calendar: str = "china",
    start: Any = None,
    end: Any = None,
) -> pd.DataFrame:
    """Return the days that a file lacks, and those that it has beyond the calendar.

    Parameters
    ----------
    rows : DataFrame
        Tidy rows of one market as read.
    days : DataFrame
        Its sessions, as `Panel.daily` returns them.
    calendar : {"china", "XSHG"}
        See `carbonlink.Panel.sessions`.
    start, end : date-like, optional
        First and last day compared; the file's own by default.

    Returns
    -------
    DataFrame
        The columns `COLUMNS`, a row a day that is not as expected.
    """
    check_choice("calendar", calendar, CALENDARS)
    observed = pd.DatetimeIndex(rows["date"].dt.normalize().unique()).sort_values()
    first = observed[0] if start is None else check_day("start", start, partial="first")
    last = observed[-1] if end is None else check_day("end", end, partial="last")
    observed = observed[(observed >= first) & (observed <= last)]
    expected = _shanghai(first, last) if calendar == "XSHG" else venues.sessions(first, last)
    traded = days.index[days["has_trade"].astype(bool)]
    missing = pd.DataFrame({"date": expected.difference(observed), "status": "missing"})
    extra = pd.DataFrame({"date": observed.difference(expected), "status": "extra"})
    table = pd.concat([missing, extra], ignore_index=True).sort_values("date", ignore_index=True)
    table["kind"] = _kinds(pd.DatetimeIndex(table["date"]))
    table["has_trade"] = table["date"].isin(traded)
    return table[list(COLUMNS)]


def _kinds(dates: pd.DatetimeIndex) -> list[str]:
    """What each day is: a make-up workday, a public holiday, a weekend, a weekday."""
    table = venues.holidays()
    makeup = set(table["date"][table["kind"] == "makeup_workday"])
    holiday = set(table["date"][table["kind"] == "holiday"])
    return [
        "make-up workday"
        if day in makeup
        else "public holiday"
        if day in holiday
        else "weekend"
        if day.weekday() >= 5
        else "weekday"
        for day in dates
    ]


def _shanghai(start: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
    """Sessions of the Shanghai Stock Exchange, from the extra `calendars`."""
    try:
        import exchange_calendars
    except ImportError:
        raise SpecificationError(
            'calendar="XSHG" needs the package exchange_calendars, which is not installed.',
            'Install it with pip install "carbonlink[calendars]", or use calendar="china", the '
            "holidays that carbonlink carries.",
        ) from None
    shanghai = exchange_calendars.get_calendar("XSHG")
    bounds = shanghai.first_session, shanghai.last_session
    if start < bounds[0] or end > bounds[1]:
        raise SpecificationError(
            f"The calendar XSHG that is installed spans {bounds[0].date()} to {bounds[1].date()}.",
            'Give start= and end= within it, or use calendar="china".',
        )
    return pd.DatetimeIndex(shanghai.sessions_in_range(start, end)).as_unit(start.unit)
