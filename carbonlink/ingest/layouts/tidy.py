"""A table of the user's own, with the columns of the tidy table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...errors import DataError, UnknownLayoutError, near
from .. import chinese
from .. import draft as drafts
from ..clean import is_missing, tidy_text
from ..schema import COLUMNS, NUMBERS, PRICE_KINDS, TRADES
from ..sheet import Sheet
from ..whose import place, settle_market
from . import Parts
from .bracketed import in_own_units, parted
from .stated import STATED, check_stated

NAME = "tidy"
TITLE = (
    "a table of one's own with the columns " + ", ".join(COLUMNS) + " (or 日期, 市场, 收盘价, …)"
)
SIGNATURES = (
    *(frozenset({"date", name}) for name in NUMBERS),
    frozenset({"日期", "市场", "收盘价"}),
)
NAMES = {**{name: name for name in (*COLUMNS, *STATED)}, **chinese.COLUMNS}
"""Printed heading to column."""


def find(sheet: Sheet) -> int | None:
    """Return the first row with a date and a number, most of whose headings are tidy columns.

    Notes
    -----
    Exchanges print some of the Chinese headings too. A row with any of them is the header of a
    table of one's own only if it names the market or if every one of its headings is known here.
    """
    for row, texts in sheet.heads.items():
        printed = texts - {""}
        known = printed & set(NAMES)
        columns = {NAMES[text] for text in known}
        if "date" not in columns or not columns & set(NUMBERS) or 2 * len(known) <= len(printed):
            continue
        if not known & set(chinese.COLUMNS) or "market" in columns or known == printed:
            return row
    return None


def find_loosely(sheet: Sheet) -> int | None:
    """Return the first row all of whose headings are tidy columns in any case, units beside them.

    Notes
    -----
    Vendors and exchanges print "Date", "Close" and "收盘价(元/吨)" too, so this is asked only of a
    sheet that has no other layout.
    """
    for row, texts in sheet.heads.items():
        columns = [NAMES.get(parted(text)[0], "") for text in texts - {""}]
        if all(columns) and "date" in columns and set(columns) & set(NUMBERS):
            return row
    return None


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a table of one's own.

    Notes
    -----
    Needed: `date` and one of open, high, low, close, vwap, volume, value. `market` may stand in a
    column or come from the caller; `trade` is "total" and `price_kind` "close" (or "vwap", where
    only that is given) unless a column says otherwise. `unit`, `price_unit` and `currency` may be
    said and must be those of the market (see `check_stated`). Other columns are refused, since a
    misspelt one would be lost. Headings, kinds of trade and of price may be Chinese. A unit in
    brackets beside a heading must be the market's (see `bracketed.in_own_units`); a cell that
    prints it too is scaled once, one that prints another is set aside.
    """
    names, units = _columns(sheet, header)
    draft = drafts.start(sheet, header, names)
    if draft.rows.empty:
        raise DataError(f"{sheet.file} holds no data below its header.", "Put your rows there.")
    numbers = [name for name in NUMBERS if name in draft.rows]
    headed = {name: unit for name, unit in units.items() if name in numbers}
    draft = draft.with_dates().with_numbers(*numbers, units=headed)
    draft, markets = _markets(draft, market)
    check_stated(draft, markets, {name: _texts(draft, name) for name in STATED})
    draft = in_own_units(draft, markets, units)
    kind = "vwap" if "vwap" in numbers and "close" not in numbers else "close"
    draft, trade = _choice(draft, "trade", TRADES, chinese.TRADES, "total")
    draft, price_kind = _choice(draft, "price_kind", PRICE_KINDS, chinese.PRICE_KINDS, kind)
    texts = {name: _texts(draft, name) for name in ("product", "vintage")}
    frame = drafts.tidy(draft, market=markets, trade=trade, price_kind=price_kind, **texts)
    return Parts(draft=draft, frames=(frame,))


def _columns(sheet: Sheet, header: int) -> tuple[dict[str, str], dict[str, str]]:
    """Printed heading to column, and column to the unit in its heading; an unknown one raises."""
    names, units = {}, {}
    for heading in filter(None, drafts.headings(sheet, header).values()):
        plain, unit = (heading, "") if heading in NAMES else parted(heading)
        if plain not in NAMES:
            close = near(heading, NAMES)
            hint = f"Did you mean {close[0]!r}?" if close else "Take it out."
            raise UnknownLayoutError(
                f"{sheet.file} has an unknown column {heading!r}.",
                f"{hint} `carbonlink template` prints the columns of a table of one's own.",
            )
        names[heading] = NAMES[plain]
        if unit:
            units[NAMES[plain]] = unit
    return names, units


def _texts(draft: drafts.Draft, name: str) -> np.ndarray:
    if name not in draft.rows:
        return np.full(len(draft.rows), "", dtype=object)
    codes, known = pd.factorize(draft.rows[name].to_numpy(dtype=object), use_na_sentinel=False)
    plain = ["" if is_missing(cell) else _plain(cell) for cell in known]
    return np.array(plain, dtype=object)[codes] if len(codes) else np.empty(0, dtype=object)


def _plain(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return tidy_text(cell)


def _choice(
    draft: drafts.Draft,
    name: str,
    allowed: tuple[str, ...],
    words: Mapping[str, str],
    default: str,
) -> tuple[drafts.Draft, np.ndarray]:
    texts = _texts(draft, name)
    for word in set(texts) & set(words):
        texts[texts == word] = words[word]
    texts[texts == ""] = default
    unknown = set(texts) - set(allowed)
    wrong = np.array([text in unknown for text in texts], bool) if unknown else texts == ""
    listing = ", ".join(allowed)
    return draft.with_bad(wrong, lambda i: f"{name} {texts[i]!r} is none of {listing}"), texts


def _markets(draft: drafts.Draft, asked: str | None) -> tuple[drafts.Draft, np.ndarray]:
    texts = _texts(draft, "market")
    found = {text: place(text) for text in set(texts) if text}
    if not found:
        only = settle_market(draft.sheet.file, None, asked, "no column market")
        return draft, np.full(len(texts), only, dtype=object)
    if asked:
        for text, market in found.items():
            settle_market(draft.sheet.file, market, asked, f"column market: {text}")
    codes, known = pd.factorize(texts)
    ids = np.array([found.get(text) or "" for text in known], dtype=object)
    markets = ids[codes] if len(codes) else texts
    wrong = np.asarray(markets == "", dtype=bool)
    draft = draft.with_bad(wrong, lambda i: f"market {texts[i]!r} is not in the registry")
    return draft, markets
