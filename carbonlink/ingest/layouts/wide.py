"""A table of the user's own: a date, and a column of prices a market."""

from __future__ import annotations

import numpy as np

from ...errors import DataError
from .. import draft as drafts
from ..sheet import Sheet
from ..whose import one_of, place
from . import Parts
from .bracketed import in_own_units, parted

NAME = "wide"
TITLE = "a table of one's own with a date and a column of prices a market (date, hubei, guangdong)"
SIGNATURES: tuple[frozenset[str], ...] = ()
DATES = ("date", "日期", "交易日期")
TAKEN = (
    "Numbers in the columns of markets are taken for closing prices in each market's unit; volumes "
    "and averages need the long table (`carbonlink template`)."
)


def find(sheet: Sheet) -> int | None:
    """Return the first row that holds one date heading and otherwise names of markets only."""
    for row, texts in sheet.heads.items():
        named = [text for text in texts if text and text.casefold() not in DATES]
        dates = [text for text in texts if text.casefold() in DATES]
        if len(dates) == 1 and named and all(map(_market, named)):
            return row
    return None


def _market(heading: str) -> str | None:
    """The market that a heading names, with or without a unit in brackets behind it."""
    return place(heading) or place(parted(heading)[0])


def _unit(heading: str) -> str:
    return "" if place(heading) or heading.casefold() in DATES else parted(heading)[1]


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a wide table, one a day and market with a price."""
    printed = [text for text in drafts.headings(sheet, header).values() if text]
    names = {text: "date" if text.casefold() in DATES else _market(text) or "" for text in printed}
    markets = [name for name in names.values() if name != "date"]
    twice = sorted({name for name in markets if markets.count(name) > 1})
    if twice:
        raise DataError(
            f"{sheet.file} has several columns for {', '.join(twice)}.", "Keep one of them."
        )
    one_of(sheet.file, set(markets), market)
    units = {name: _unit(text) for text, name in names.items() if _unit(text)}
    draft = drafts.start(sheet, header, names).with_dates().with_numbers(*markets, units=units)
    for name, unit in units.items():
        own = np.full(len(draft.rows), name, dtype=object)
        draft = in_own_units(draft.with_rows(close=draft.rows[name]), own, {"close": unit})
    draft = draft.noted(TAKEN)
    frames = tuple(
        drafts.tidy(
            draft,
            market=name,
            trade="total",
            price_kind="close",
            close=draft.rows[name].to_numpy(),
        )
        for name in markets
    )
    return Parts(draft=draft, frames=frames)
