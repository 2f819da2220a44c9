"""Refinitiv time series: a column an instrument and field, days first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from ...errors import DataError
from .. import draft as drafts
from ..clean import is_missing, tidy_text
from ..dates import day_order
from ..sheet import Sheet
from ..whose import one_of, settle_market
from . import Parts

NAME = "refinitiv"
TITLE = "Refinitiv time series (Date, then instrument (FIELD) such as HBEHBEA (TRDPRC_1))"
SIGNATURES: tuple[frozenset[str], ...] = ()
TRADED = "TRDPRC_1"
INSTRUMENTS = {
    "HBEHBEA": ("hubei", "HBEA", "listed"),
    "HBEHBEAOTC": ("hubei", "HBEA", "block"),
}
"""Instrument code: market, product and kind of trade."""
OVER_THE_COUNTER = "HBEHBEAOTC, traded over the counter, is read as block trades."
_SERIES = re.compile(r"(?P<code>[^\s()]+)\s*\((?P<field>[A-Z][A-Z0-9_]*)\)")
_DEEPEST = 10


@dataclass(frozen=True)
class Column:
    """One series of trade prices: where it stands and whose it is."""

    place: int
    label: str
    market: str
    product: str
    trade: str


def find(sheet: Sheet) -> int | None:
    """Return the row with `Date` and at least one instrument's trade price."""
    top = sheet.cells.iloc[:_DEEPEST]
    for row, cells in zip(top.index, top.to_numpy(object), strict=True):
        texts = [tidy_text(cell) for cell in cells]
        fields = {match["field"] for text in texts if (match := _SERIES.fullmatch(text))}
        if "Date" in texts and TRADED in fields:
            return int(row)
    return None


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a sheet's trade prices.

    Notes
    -----
    Quotes (BID, ASK) are no trades and are left out. 02/03/2021 is read day first unless a day
    above 12 in the file shows the other order. A row without a date whose cells say "Close" names
    the fields again and is declared a footer.
    """
    columns, unused = _columns(sheet, header, market)
    draft = _without_captions(drafts.body(sheet, header))
    texts = [tidy_text(cell) for cell in sheet.cells.loc[header]]
    names = {texts.index("Date"): "date", **{c.place: c.label for c in columns}}
    draft = replace(draft, rows=draft.rows[list(names)].rename(columns=names))
    draft = draft.with_dates(order=day_order(draft.rows["date"], "dmy"))
    draft = draft.with_numbers(*(c.label for c in columns))
    frames = tuple(
        drafts.tidy(
            draft,
            market=column.market,
            product=column.product,
            trade=column.trade,
            price_kind="close",
            close=draft.rows[column.label].to_numpy(),
        )
        for column in columns
    )
    if any(column.trade == "block" for column in columns):
        draft = draft.noted(OVER_THE_COUNTER)
    if unused:
        draft = draft.noted(f"Series not used: {', '.join(unused)}.")
    return Parts(draft=draft, frames=frames)


def _columns(sheet: Sheet, header: int, asked: str | None) -> tuple[list[Column], list[str]]:
    """The trade prices that are used, and the series that are not."""
    known: list[Column] = []
    others: list[tuple[int, str]] = []
    unused: list[str] = []
    row = sheet.cells.loc[header]
    for place in sheet.cells.columns:
        text = tidy_text(row[place])
        match = _SERIES.fullmatch(text)
        if match is None or match["field"] != TRADED:
            unused += [text] if match else []
        elif match["code"] in INSTRUMENTS:
            known.append(Column(int(place), text, *INSTRUMENTS[match["code"]]))
        else:
            others.append((int(place), text))
    if known:
        one_of(sheet.file, {c.market for c in known}, asked)
        columns = known
        unused += [text for _, text in others]
    elif len(others) == 1:
        own, text = others[0]
        owner = settle_market(sheet.file, None, asked, f"{text} is of no market by its code")
        columns = [Column(own, text, owner, "", "total")]
    else:
        raise DataError(
            f"{sheet.file} prints several instruments of no known market: "
            f"{', '.join(text for _, text in others[:6])}.",
            "Keep one of them, and say its market with market=.",
        )
    labels = [c.label for c in columns]
    if len(set(labels)) < len(labels):
        raise DataError(f"{sheet.file} prints an instrument twice.", "Keep one of its columns.")
    return columns, unused


def _without_captions(draft: drafts.Draft) -> drafts.Draft:
    """Declare rows that only say "Close" under each series as footers."""
    rows = draft.rows.to_numpy(dtype=object)
    said = [{tidy_text(cell) for cell in row if not is_missing(cell)} for row in rows]
    caption = np.array([texts == {"Close"} for texts in said], bool)
    if not caption.any():
        return draft
    declared = dict(draft.declared)
    declared["footer"] = declared.get("footer", 0) + int(caption.sum())
    return replace(draft, rows=draft.rows[~caption], declared=declared)
