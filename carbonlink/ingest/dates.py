"""Dates and clock times in every style that the files print."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from .clean import excel_serial, tidy_text

FIRST_YEAR, LAST_YEAR = 1900, 2199
MIXED = "mixed"
_CLEAR = 20
"""So many days of one order for each of the other make that one a misprint."""
_MANY = 200
_SERIALS = (20_000, 80_000)
_YEAR_FIRST = re.compile(
    r"(\d{4})(?P<sep>[-/.年])(\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NAMED = re.compile(
    r"(?:(?P<month>[A-Za-z]{3})[a-z]*\.? (?P<day>\d{1,2}), (?P<year>\d{4}))"
    r"|(?:(?P<day2>\d{1,2})[- ](?P<month2>[A-Za-z]{3})[a-z]*\.?[- ](?P<year2>\d{4}))"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def day_order(cells: pd.Series, default: str) -> str:
    """Return "mdy", "dmy" or "mixed" for a file whose dates end with the year.

    Parameters
    ----------
    cells : Series
        The date column.
    default : str
        The order of the layout where no day above 12 decides. Where days above 12 stand in both
        places (more than one in 20 in the rarer) the order is "mixed", and only dates that can be
        read in one way are read.
    """
    ends = [0, 0]
    for cell in pd.unique(cells):
        if not isinstance(cell, str) or not cell.rstrip()[-4:].isdigit():
            continue
        if match := _YEAR_LAST.match(tidy_text(cell)):
            above = int(match[1]) > 12, int(match[2]) > 12
            if above[0] != above[1]:
                ends[above[1]] += 1
    if not any(ends):
        return default
    if min(ends) * _CLEAR > max(ends):
        return MIXED
    return "dmy" if ends[0] > ends[1] else "mdy"


def settled_order(cells: pd.Series) -> str | None:
    """Return "mdy" or "dmy" where a day above 12 in the column settles it, else None."""
    order = day_order(cells, "")
    return order or None


def is_ambiguous(cell: object) -> bool:
    """Return whether a cell is a date of which the day and the month may be swapped."""
    return isinstance(cell, str) and bool(_YEAR_LAST.fullmatch(tidy_text(cell)))


def date(cell: object, order: str | None = None) -> dt.datetime | None:
    """Return one printed date, or None.

    Parameters
    ----------
    cell : object
        Text such as 2021/7/16, 2021-07-16, 2021年7月16日, Jul 16, 2021 or 20210716; a number
        such as 20210716 or an Excel serial; a date.
    order : {"mdy", "dmy"}, optional
        How to read 02/27/2025; such dates are refused without it.

    Examples
    --------
    >>> from carbonlink.ingest.dates import date
    >>> date("2021/7/16") == date(20210716) == date(44393) == date("16/07/2021", "dmy")
    True
    """
    try:
        found = _date(cell, order)
    except (ValueError, OverflowError, TypeError):
        return None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _date(cell: object, order: str | None) -> dt.datetime | None:
    if isinstance(cell, dt.datetime):
        return None if pd.isna(cell) else cell.replace(tzinfo=None)
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float, np.integer, np.floating)):
        return _from_number(float(cell))
    text = tidy_text(cell)
    if match := _YEAR_FIRST.fullmatch(text):
        year, _, month, day, *clock = match.groups()
        hour, minute, second = (int(c or 0) for c in clock)
        return dt.datetime(int(year), int(month), int(day), hour, minute, second)
    if order and (match := _YEAR_LAST.fullmatch(text)):
        first, second, year = (int(g) for g in match.groups())
        if order == MIXED:
            if first <= 12 and second <= 12 and first != second:
                return None
            order = "mdy" if second > 12 else "dmy"
        month, day = (first, second) if order == "mdy" else (second, first)
        return dt.datetime(year, month, day)
    if match := _NAMED.fullmatch(text):
        month, day, year = (match[n] or match[n + "2"] for n in ("month", "day", "year"))
        return dt.datetime(int(year), _MONTHS.index(month.casefold()) + 1, int(day))
    if text.isascii() and re.fullmatch(r"\d{5}(\.\d+)?|\d{8}(\.0+)?", text):
        return _from_number(float(text))
    return None


def _from_number(value: float) -> dt.datetime | None:
    if _SERIALS[0] <= value < _SERIALS[1]:
        return excel_serial(value)
    if value == int(value) and 19_000_000 < value < 22_000_000:
        return dt.datetime.strptime(str(int(value)), "%Y%m%d")
    return None


def dates(cells: pd.Series, order: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return printed cells as datetime64 values, and where they hold no date.

    Parameters
    ----------
    cells : Series
        Cells of one column as received.
    order : {"mdy", "dmy"}, optional
        How to read 02/27/2025.

    Returns
    -------
    values : ndarray of datetime64[us]
    bad : ndarray of bool
        Also where the cell is empty.
    """
    codes, known = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    found = _regular(known)
    for place in np.flatnonzero(np.isnat(found)):
        found[place] = np.datetime64(date(known[place], order) or "NaT", "us")
    values = found[codes]
    return values, np.isnat(values)


def _regular(cells: np.ndarray) -> np.ndarray:
    """Dates of the commonest styles; NaT for everything that needs a closer look."""
    found = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[us]")
    if len(cells) < _MANY:
        return found
    texts = pd.Series([c if isinstance(c, str) else "" for c in cells], dtype=object)
    for style in ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        left = np.flatnonzero(np.isnat(found) & (texts != "").to_numpy())
        if not len(left):
            break
        if pd.isna(pd.to_datetime(texts.iloc[left[:1]], format=style, errors="coerce")).all():
            continue
        parsed = pd.to_datetime(texts, format=style, errors="coerce")
        usual = parsed.dt.year.between(FIRST_YEAR, LAST_YEAR).to_numpy() & np.isnat(found)
        found[usual] = parsed.to_numpy("datetime64[us]")[usual]
    return found


def minutes(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return clock times as minutes after midnight, 24:00 as 1440, and where there is none."""
    texts = cells.to_numpy(dtype=object)
    known: dict[object, float] = {}
    values = np.full(len(texts), np.nan)
    for place, cell in enumerate(texts):
        if cell not in known:
            known[cell] = _minute(cell)
        values[place] = known[cell]
    return values, np.isnan(values)


def _minute(cell: object) -> float:
    if isinstance(cell, dt.datetime):
        return float("nan") if pd.isna(cell) else cell.hour * 60.0 + cell.minute
    if isinstance(cell, dt.time):
        return cell.hour * 60.0 + cell.minute
    if isinstance(cell, dt.timedelta):
        found = cell.total_seconds() / 60
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        found = round(cell * 1440.0, 6) if abs(cell) <= 1 else float("nan")
    else:
        match = _CLOCK.fullmatch(tidy_text(cell))
        if match is None or int(match[2]) > 59 or int(match[3] or 0):
            return float("nan")
        found = int(match[1]) * 60.0 + int(match[2])
    return found if 0 <= found <= 1440 and found == round(found) else float("nan")
