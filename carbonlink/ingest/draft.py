"""Source rows on their way to the tidy table; every one of them is accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from . import clean, dates
from .cell_units import in_heading_unit, of_another_kind
from .ending import CUT, cut_reason
from .schema import COLUMNS, KEY, NUMBERS, bad_rows, varying
from .sheet import Sheet

ROW = "source_row"
_FOOTER = re.compile(
    r"(数据来源|资料来源|来源|注|备注|说明|source|note|data provided)", re.IGNORECASE
)
_SHOWN = 40
_ORDERS = {
    order: f"Dates such as 02/03/2025 are read {words} first, as this layout prints them; no day "
    "above 12 in the file shows it."
    for order, words in (("mdy", "month"), ("dmy", "day"))
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Rows of one sheet with their columns named.

    Attributes
    ----------
    sheet : Sheet
        As received.
    rows : DataFrame
        Rows that hold data; the index is the row number in the file.
    declared : dict
        Why other rows hold none (header, footer, blank, …) and how many.
    bad : dict
        Row number to reasons.
    notes : tuple of str
        What a user of the numbers must know.
    asides : dict
        Row number to what is said of it beside the reasons, where it turns out bad.
    """

    sheet: Sheet
    rows: pd.DataFrame
    declared: Mapping[str, int]
    bad: Mapping[int, tuple[str, ...]]
    notes: tuple[str, ...] = ()
    asides: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def noted(self, *notes: str) -> Draft:
        """Return the draft with notes added."""
        return replace(self, notes=(*self.notes, *notes))

    def with_rows(self, **columns: Any) -> Draft:
        """Return the draft with columns added or replaced."""
        return replace(self, rows=self.rows.assign(**columns))

    def with_bad(self, places: np.ndarray, reason: Callable[[int], str] | str) -> Draft:
        """Return the draft with rows marked bad.

        Parameters
        ----------
        places : ndarray of bool
            True where a row of `rows` is bad.
        reason : str or callable
            The reason, or a function of the place that tells it.
        """
        marked = np.flatnonzero(places)
        if not len(marked):
            return self
        bad = dict(self.bad)
        for place in map(int, marked):
            text = reason if isinstance(reason, str) else reason(place)
            row = int(self.rows.index[place])
            bad[row] = (*bad.get(row, ()), text)
        return replace(self, bad=bad)

    def with_numbers(self, *columns: str, units: Mapping[str, str] | None = None) -> Draft:
        """Return the draft with columns as floats; a cell that is no number marks its row.

        Parameters
        ----------
        *columns : str
            Names of columns.
        units : mapping, optional
            Column to the unit in its heading: the floats are in it, a cell that prints it too is
            read without it, and one that prints another marks its row.
        """
        draft = self
        for name, unit in (units or {}).items():
            draft = draft._in_heading_unit(name, unit)
        return draft._with_numbers(*columns)

    def _in_heading_unit(self, name: str, unit: str) -> Draft:
        printed = self.rows[name]
        cells, other = in_heading_unit(printed, unit) if unit else (printed, np.zeros(0, bool))
        return self.with_rows(**{name: cells}).with_bad(
            other, lambda i: f"{name} {_shown(printed.iloc[i])} is not in {unit}, as its heading is"
        )

    def _with_numbers(self, *columns: str) -> Draft:
        read = {name: clean.numbers(self.rows[name]) for name in columns}
        draft = self.with_rows(**{name: values for name, (values, _) in read.items()})
        for name, (values, wrong) in read.items():
            draft = draft.with_bad(wrong, _no_number(name, self.rows[name]))
            other = of_another_kind(self.rows[name], name)
            draft = draft.with_bad(other, _other_kind(name, self.rows[name]))
            draft = _with_brackets(draft, name, self.rows[name], values)
        return draft

    def with_dates(self, column: str = "date", order: str | None = None) -> Draft:
        """Return the draft with a column as datetimes; a cell that is no date marks its row.

        Parameters
        ----------
        column : str
            Name of the column.
        order : {"mdy", "dmy", "mixed"}, optional
            How to read 02/03/2025; by default as a day above 12 elsewhere in the column shows.
        """
        cells = self.rows[column]
        shown = dates.settled_order(cells)
        values, wrong = dates.dates(cells, order or shown)
        draft = self.with_rows(**{column: values})
        if order in _ORDERS and shown is None and any(map(dates.is_ambiguous, cells)):
            draft = draft.noted(_ORDERS[order])
        order = order or shown
        return draft.with_bad(wrong, _no_date(column, cells, order))


def _with_brackets(draft: Draft, name: str, cells: pd.Series, values: np.ndarray) -> Draft:
    """Say which negative numbers are negative because they stand in brackets."""
    places = [int(i) for i in np.flatnonzero(values < 0) if clean.is_bracketed(cells.iloc[i])]
    if not places:
        return draft
    asides = dict(draft.asides)
    for place in places:
        row = int(cells.index[place])
        said = f"{name} {_shown(cells.iloc[place])} in brackets reads as {values[place]:.15g}"
        asides[row] = (*asides.get(row, ()), said)
    first = asides[int(cells.index[places[0]])][-1]
    return replace(draft, asides=asides).noted(
        f"Numbers in accounting brackets are read as negative: {len(places)} of {name} "
        f"(row {cells.index[places[0]]}: {first})."
    )


def _no_number(name: str, cells: pd.Series) -> Callable[[int], str]:
    return lambda place: f"{name} {_shown(cells.iloc[place])} is not a number"


def _other_kind(name: str, cells: pd.Series) -> Callable[[int], str]:
    return lambda place: f"{name} {_shown(cells.iloc[place])} prints a unit of another kind"


def _no_date(name: str, cells: pd.Series, order: str | None) -> Callable[[int], str]:
    def reason(place: int) -> str:
        cell = cells.iloc[place]
        if order in (None, dates.MIXED) and dates.is_ambiguous(cell):
            return (
                f"{name} {_shown(cell)} may have the day or the month first; print the year first"
            )
        return f"{name} {_shown(cell)} is not a date"

    return reason


def _shown(cell: Any) -> str:
    text = repr(str(cell))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...'"


def start(sheet: Sheet, header: int, names: Mapping[str, str]) -> Draft:
    """Return the rows below a header with their columns renamed, blanks and footers declared.

    Parameters
    ----------
    sheet : Sheet
        As received.
    header : int
        Row number of the header; rows up to it are declared "header".
    names : mapping
        Printed heading to column name; columns that are not in it are left out.
    """
    printed = headings(sheet, header)
    wanted = {place: names[text] for place, text in printed.items() if text in names}
    twice = [n for n in set(wanted.values()) if list(wanted.values()).count(n) > 1]
    if twice:
        raise DataError(
            f"{sheet.file} has several columns for {', '.join(sorted(twice))}.",
            "Keep one of them.",
        )
    draft = body(sheet, header)
    rows = draft.rows[list(wanted)].rename(columns=wanted)
    return replace(draft, rows=rows)


def body(sheet: Sheet, header: int) -> Draft:
    """Return the rows below a header, columns by their place, blanks and footers declared.

    A last row inside which the file ends (`ending.cut_reason`) is marked and not among them.
    """
    cells = sheet.cells
    below = cells[cells.index > header]
    table = below.to_numpy(dtype=object)
    filled = _filled(table)
    blank = ~filled.any(axis=1)
    alone = filled.sum(axis=1) == 1
    footer = np.zeros(len(below), bool)
    for place in map(int, np.flatnonzero(alone)):
        text = table[place, filled[place].argmax()]
        footer[place] = isinstance(text, str) and bool(_FOOTER.match(clean.tidy_text(text)))
    declared = {
        "header": int(((cells.index <= header) & (cells.index > 0)).sum()),
        "footer": int(footer.sum()),
        "blank": int(blank.sum()),
    }
    rows = below[~blank & ~footer]
    cut = CUT if sheet.cut in rows.index else cut_reason(sheet, header, rows)
    bad = {int(sheet.cut or rows.index[-1]): (cut,)} if cut else {}
    return Draft(
        sheet=sheet,
        rows=rows.drop(index=list(bad)),
        declared={k: n for k, n in declared.items() if n},
        bad=bad,
    )


def _filled(table: np.ndarray) -> np.ndarray:
    """Where cells hold more than blanks."""
    filled = np.asarray(table != "", dtype=bool).reshape(table.shape)
    for place in range(table.shape[1]):
        column = table[:, place]
        try:
            filled[:, place] = np.fromiter(map(bool, map(str.strip, column)), bool, len(column))
        except TypeError:  # not all of them are text
            blanks = {c for c in column if isinstance(c, str) and c.isspace()}
            if blanks:
                filled[:, place] &= [c not in blanks for c in column]
    return filled


def headings(sheet: Sheet, row: int) -> dict[int, str]:
    """Return the printed headings of a row by column, plain and without blanks."""
    cells: Iterable[tuple[Any, Any]] = sheet.cells.loc[row].items()
    return {place: clean.heading(cell) for place, cell in cells}


def tidy(draft: Draft, **constants: Any) -> pd.DataFrame:
    """Return a draft's rows as tidy rows, with the source row beside each.

    Parameters
    ----------
    draft : Draft
        Columns named as in the tidy table are used, others left out.
    **constants
        Columns with one value, or an array, for all rows.
    """
    rows = draft.rows
    columns: dict[str, Any] = {ROW: rows.index.to_numpy()}
    for name in COLUMNS:
        if name in constants:
            columns[name] = constants[name]
        elif name in rows:
            columns[name] = rows[name].to_numpy()
        else:
            columns[name] = np.nan if name in NUMBERS else ""
    columns["source"] = draft.sheet.file
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Tidy rows that passed every check, and what became of every other source row."""

    frame: pd.DataFrame
    quarantine: pd.DataFrame
    declared: dict[str, int]
    kept: int


def settle(
    draft: Draft,
    parts: Sequence[pd.DataFrame],
    empty: str = "no_data",
    label: Callable[[int], str] = "row {}".format,
) -> Settled:
    """Check tidy rows and account for every source row.

    Parameters
    ----------
    draft : Draft
        The source rows, with the reasons found so far.
    parts : sequence of DataFrame
        Tidy rows made of them by `tidy`; one source row may have made several.
    empty : str
        What a source row without any number is declared as.
    label : callable
        How a reason names another row.

    Notes
    -----
    A source row is quarantined if anything in it is bad. Of tidy rows with the same market,
    product, vintage, trade and date, all are quarantined if their numbers differ; if they agree
    the first stays and a source row that holds nothing else is declared "duplicate".
    """
    bad = {row: list(reasons) for row, reasons in draft.bad.items()}
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[ROW, *COLUMNS])
    frame = frame[frame[list(NUMBERS)].notna().any(axis=1).to_numpy()]
    frame = _without(frame, bad)
    for place, reasons in bad_rows(frame).items() if len(frame) else ():
        _add(bad, int(frame[ROW].to_numpy()[place]), reasons)
    frame = _without(frame, bad)
    frame, repeated = _without_duplicates(frame, bad, label)
    for row in set(bad) & set(draft.asides):
        _add(bad, row, draft.asides[row])
    index = draft.rows.index
    rest = index[~index.isin(frame[ROW]) & ~index.isin(list(bad))]
    twice = int(rest.isin(list(repeated)).sum())
    declared = {**draft.declared, "duplicate": twice}
    declared[empty] = declared.get(empty, 0) + len(rest) - twice
    kept = int(frame[ROW].nunique())
    keys = varying(frame, KEY)
    if keys and not (keys == ["date"] and frame["date"].is_monotonic_increasing):
        frame = frame.sort_values(keys, kind="stable")
    frame = frame[list(COLUMNS)].reset_index(drop=True)
    return Settled(
        frame=frame,
        quarantine=_quarantine(draft.sheet, bad),
        declared={k: n for k, n in declared.items() if n},
        kept=kept,
    )


def _without(frame: pd.DataFrame, bad: Mapping[int, Sequence[str]]) -> pd.DataFrame:
    if not bad:
        return frame.reset_index(drop=True)
    return frame[~frame[ROW].isin(list(bad))].reset_index(drop=True)


def _add(bad: dict[int, list[str]], row: int, reasons: Iterable[str]) -> None:
    known = bad.setdefault(row, [])
    known += [reason for reason in reasons if reason not in known]


def _without_duplicates(
    frame: pd.DataFrame, bad: dict[int, list[str]], label: Callable[[int], str]
) -> tuple[pd.DataFrame, set[int]]:
    keys, content = list(KEY), [*KEY, *NUMBERS]
    twice = frame.duplicated(varying(frame, KEY) or ["date"], keep=False).to_numpy()
    if not twice.any():
        return frame, set()
    repeated = frame[twice]
    distinct = repeated.drop_duplicates(content)
    unlike = distinct[distinct.duplicated(keys, keep=False).to_numpy()][keys].drop_duplicates()
    clashing = repeated.merge(unlike, on=keys)
    rows = clashing.groupby(keys, sort=False)[ROW]
    first, last = rows.transform("min"), rows.transform("max")
    for row, low, high in zip(clashing[ROW], first, last, strict=True):
        other = high if row == low else low
        where = label(int(other)) if other != row else "the same row"
        _add(bad, int(row), [f"other numbers for the same date and product in {where}"])
    frame = frame[~frame[ROW].isin(list(bad))]
    again = frame.duplicated(keys).to_numpy()
    return frame[~again], set(frame[ROW][again])


def _quarantine(sheet: Sheet, bad: Mapping[int, Sequence[str]]) -> pd.DataFrame:
    rows = sorted(bad)
    cells: Iterable[Any] = sheet.cells.loc[rows].to_numpy(dtype=object) if rows else []
    printed = [" | ".join(str(c) for c in row) for row in cells]
    return pd.DataFrame(
        {"row": rows, "reason": ["; ".join(bad[r]) for r in rows], "cells": printed},
        columns=["row", "reason", "cells"],
    )
