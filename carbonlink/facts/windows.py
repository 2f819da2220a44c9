"""Open days before deadlines: windows, days to the deadline, event time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_choice, check_day
from .calendar import open_days_between


def _checked(sessions: pd.DatetimeIndex) -> pd.DatetimeIndex:
    sessions = pd.DatetimeIndex(sessions)
    repeated = sessions[sessions.duplicated()]
    if len(repeated):
        raise DataError(
            f"The open days repeat {repeated[0].date()}.", "Keep one row a day and market."
        )
    if not sessions.is_monotonic_increasing:
        late = sessions[1:][sessions[1:] < sessions[:-1]][0]
        raise DataError(f"The open days are not sorted at {late.date()}.", "Sort them by date.")
    return sessions.normalize()


def _dates(deadlines: Iterable[Any]) -> list[pd.Timestamp]:
    if isinstance(deadlines, (str, pd.Timestamp)):
        deadlines = [deadlines]
    return sorted({check_day("deadlines", day) for day in deadlines})


def _ends(sessions: pd.DatetimeIndex, deadlines: Iterable[Any]) -> np.ndarray:
    """Position of the last open day on or before each deadline; beyond the sample, expected."""
    ends = []
    for day in _dates(deadlines):
        end = int(sessions.searchsorted(day, side="right")) - 1
        if len(sessions) and day > sessions[-1]:
            end += open_days_between(sessions[-1], day)
        ends.append(end)
    return np.asarray(ends, dtype=int)


def window_mask(
    sessions: pd.DatetimeIndex, deadlines: Iterable[Any], window: int, days: str = "open"
) -> np.ndarray:
    """Mark the days of the compliance windows that end at the deadlines.

    Parameters
    ----------
    sessions : DatetimeIndex, shape (n,)
        Open days of the venue, sorted, each once.
    deadlines : iterable of dates
        Days by which allowances are due. Interim deadlines count only if they are given here.
    window : int
        Length of each window in days, at least 1.
    days : {"open", "calendar"}
        Whether `window` counts open days or calendar days.

    Returns
    -------
    ndarray of bool, shape (n,)
        True inside a window.

    Notes
    -----
    The window of deadline d is W = [d − w + 1, d]. Where d is no open day and open days are
    counted, the window ends at the last open day before it. A deadline after the last session
    marks only the part of its window that the sample has: the open days between are counted
    on the calendar of public holidays.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink.facts import compliance
    >>> days = pd.bdate_range("2023-12-18", "2024-01-05")
    >>> days[compliance.window_mask(days, ["2023-12-31"], 2)].strftime("%m-%d").tolist()
    ['12-28', '12-29']
    """
    check_choice("days", days, ("open", "calendar"))
    if isinstance(window, bool) or int(window) != window or window < 1:
        raise SpecificationError(f"window={window!r} is no number of days.", "Give 1 or more.")
    sessions = _checked(sessions)
    mask = np.zeros(len(sessions), dtype=bool)
    if days == "calendar":
        for day in _dates(deadlines):
            mask |= (sessions > day - pd.Timedelta(days=int(window))) & (sessions <= day)
        return mask
    for end in _ends(sessions, deadlines):
        mask[max(end - int(window) + 1, 0) : max(end + 1, 0)] = True
    return mask


def days_to_deadline(sessions: pd.DatetimeIndex, deadlines: Iterable[Any]) -> np.ndarray:
    """Count the open days from each session to the next deadline.

    Parameters
    ----------
    sessions : DatetimeIndex, shape (n,)
        Open days of the venue, sorted, each once.
    deadlines : iterable of dates
        Days by which allowances are due.

    Returns
    -------
    ndarray of float, shape (n,)
        0 on the last open day on or before a deadline, 1 on the open day before it, and so
        on; NaN after the last deadline.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink.facts import compliance
    >>> days = pd.bdate_range("2023-12-27", "2024-01-02")
    >>> compliance.days_to_deadline(days, ["2023-12-31"]).tolist()
    [2.0, 1.0, 0.0, nan, nan]
    """
    sessions = _checked(sessions)
    ends = np.unique(_ends(sessions, deadlines))
    here = np.arange(len(sessions))
    following = np.searchsorted(ends, here, side="left")
    result = np.full(len(sessions), np.nan)
    known = following < len(ends)
    result[known] = ends[following[known]] - here[known]
    return result


def event_time(
    sessions: pd.DatetimeIndex, deadlines: Iterable[Any], before: int = 60, after: int = 20
) -> np.ndarray:
    """Place each session in open days around its nearest deadline.

    Parameters
    ----------
    sessions : DatetimeIndex, shape (n,)
        Open days of the venue, sorted, each once.
    deadlines : iterable of dates
        Days by which allowances are due.
    before, after : int
        Open days kept before and after each deadline.

    Returns
    -------
    ndarray of float, shape (n,)
        −`before` … −1 before a deadline, 0 on its day, 1 … `after` after it, NaN elsewhere.
        A day in reach of two deadlines belongs to the one ahead.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink.facts import compliance
    >>> days = pd.bdate_range("2023-12-27", "2024-01-03")
    >>> compliance.event_time(days, ["2023-12-31"], before=1, after=2).tolist()
    [nan, -1.0, 0.0, 1.0, 2.0, nan]
    """
    for name, value in (("before", before), ("after", after)):
        if value < 0:
            raise SpecificationError(f"{name}={value!r} is negative.", "Give 0 or more days.")
    sessions = _checked(sessions)
    ahead = days_to_deadline(sessions, deadlines)
    ends = np.unique(_ends(sessions, deadlines))
    here = np.arange(len(sessions))
    previous = np.searchsorted(ends, here, side="right") - 1
    result = np.full(len(sessions), np.nan)
    passed = previous >= 0
    since = here[passed] - ends[previous[passed]]
    result[passed] = np.where(since <= after, since, np.nan)
    return np.where(ahead <= before, -ahead, result) + 0.0
