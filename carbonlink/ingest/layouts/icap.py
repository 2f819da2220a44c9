"""ICAP Allowance Price Explorer: prices of many systems side by side, three header styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import DataError
from ...facts import markets as registry
from .. import draft as drafts
from ..clean import is_missing, tidy_text
from ..dates import day_order
from ..sheet import Sheet
from ..whose import one_of, place
from . import Parts

NAME = "icap"
TITLE = "ICAP Allowance Price Explorer (system names over Date, Market Currency, Secondary Market)"
SIGNATURES = (
    frozenset({"Date", "MarketCurrency", "SecondaryMarket"}),
    frozenset({"Date", "MarketCurrency", "ReferenceMarket"}),
)
PRICE_KINDS = {"cea": "vwap", "hubei": "vwap", "guangdong": "close"}
"""What ICAP's price is, where it was checked against the venue's own; else "unknown"."""
_SPECIAL = {"China National": "cea", "China": "cea", "European Union": "eua"}
_SYSTEM = re.compile(
    r"\s*(\(Pilot\)|Pilot)?\s*(Emissions? Trading (System|Scheme)|Cap-and-|ETS\b).*", re.IGNORECASE
)
_OLD = re.compile(r"(?P<system>.+?)_Allowance Price_.*\((?P<currency>[A-Z]{3})\)")
REFERENCE = "Reference Market"
_TRADES = {"Primary Market": "auction", "Secondary Market": "total", REFERENCE: "total"}
_DEEPEST = 10


@dataclass(frozen=True)
class Column:
    """A column of prices: place, market, kind of trade, place or text of its currency.

    `checked` says whether its heading is one whose kind of price was held to the venue's own.
    """

    place: int
    market: str
    trade: str
    currency: int | str
    checked: bool = True


def find(sheet: Sheet) -> int | None:
    """Return the header's last row where this is an ICAP download of any style."""
    row: Any
    for row, cells in sheet.cells.iloc[:_DEEPEST].iterrows():
        texts = {tidy_text(cell) for cell in cells}
        if "Date" not in texts:
            continue
        new = "Market Currency" in texts and bool(texts & set(_TRADES))
        if new or any(_OLD.match(text) for text in texts):
            return int(row)
    return None


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of an ICAP download for the systems that are in the registry.

    Notes
    -----
    Auctions (Primary Market) are rows with `trade` "auction"; Secondary Market prices are rows
    with `trade` "total". There are no volumes. Exchange rates and stability prices are left out.
    Some downloads print a Reference Market (whichever of the two ICAP shows) beside them: it is
    read, its kind unknown, only where a system has no Secondary Market.
    """
    columns, outside = _columns(sheet, header)
    only = one_of(sheet.file, {c.market for c in columns}, market)
    columns = [c for c in columns if only in (None, c.market)]
    draft = _without_remarks(drafts.body(sheet, header))
    names = {_date_column(sheet, header): "date"}
    names |= {c.place: f"{c.market} {c.trade} {c.place}" for c in columns}
    cells = draft.rows
    draft = replace(draft, rows=cells[list(names)].rename(columns=names))
    draft = draft.with_dates(order=day_order(draft.rows["date"], "dmy"))
    draft = draft.with_numbers(*(names[c.place] for c in columns))
    frames = []
    for column in columns:
        prices = draft.rows[names[column.place]].to_numpy()
        draft = _check_currency(draft, column, cells, prices)
        kind = PRICE_KINDS.get(column.market, "unknown") if column.checked else "unknown"
        kind = "auction" if column.trade == "auction" else kind
        field = {"vwap" if kind == "vwap" else "close": prices}
        frames.append(
            drafts.tidy(draft, market=column.market, trade=column.trade, price_kind=kind, **field)
        )
    if outside:
        draft = draft.noted(f"Systems outside the registry, not read: {'; '.join(outside)}.")
    empty = "other_market" if only else "outside_registry"
    return Parts(draft=draft, frames=tuple(frames), empty=empty)


def _without_remarks(draft: drafts.Draft) -> drafts.Draft:
    """Declare rows of one sentence (sources and terms below the table) as footers."""
    cells = draft.rows.to_numpy(dtype=object)
    said = np.array(
        [sum(not is_missing(c) for c in row) == 1 and _is_sentence(row) for row in cells], bool
    )
    if not said.any():
        return draft
    declared = dict(draft.declared)
    declared["footer"] = declared.get("footer", 0) + int(said.sum())
    return replace(draft, rows=draft.rows[~said], declared=declared)


def _is_sentence(cells: np.ndarray) -> bool:
    texts = [tidy_text(c) for c in cells if not is_missing(c)]
    return bool(texts) and len(texts[0].split()) >= 3 and not any(c.isdigit() for c in texts[0][:4])


def _date_column(sheet: Sheet, header: int) -> int:
    texts = [tidy_text(cell) for cell in sheet.cells.loc[header]]
    return texts.index("Date")


def _columns(sheet: Sheet, header: int) -> tuple[list[Column], list[str]]:
    columns: list[Column] = []
    outside: dict[str, None] = {}
    for place_of, system, trade, currency in _printed(sheet, header):
        market = system_market(system)
        if market is None:
            outside[system] = None
        else:
            checked = tidy_text(sheet.cells.at[header, place_of]) != REFERENCE
            columns.append(Column(place_of, market, trade, currency, checked))
    if not columns:
        raise DataError(
            f"{sheet.file} holds no system of the registry.",
            f"Its systems are: {', '.join(list(outside)[:8])}.",
        )
    return columns, list(outside)


def _printed(sheet: Sheet, header: int) -> Iterator[tuple[int, str, str, int | str]]:
    """Place, system, kind of trade and currency of every column of prices."""
    row = sheet.cells.loc[header]
    texts = {int(place): tidy_text(row[place]) for place in sheet.cells.columns}
    above = sheet.cells.loc[header - 1] if header - 1 in sheet.cells.index else None
    blocks: dict[int, int] = {}
    first = min(texts)
    for place_of in texts:
        if above is not None and tidy_text(above[place_of]):
            first = place_of
        blocks[place_of] = first
    currencies = {blocks[p]: p for p, text in texts.items() if text == "Market Currency"}
    printed = {(blocks[p], text) for p, text in texts.items()}
    for place_of, text in texts.items():
        block = blocks[place_of]
        if match := _OLD.match(text):
            yield place_of, match["system"].strip(), "total", match["currency"]
        elif text == REFERENCE and (block, "Secondary Market") in printed:
            continue
        elif text in _TRADES:
            system = tidy_text(above[block]) if above is not None else ""
            yield place_of, system, _TRADES[text], currencies.get(block, "")


def system_market(name: str) -> str | None:
    """Return the market of a system's name, or None where it is not in the registry."""
    stem = _SYSTEM.sub("", name).strip()
    market = _SPECIAL.get(stem) or place(stem)
    if market and registry.get(market).market_class == "ets":
        return market
    return None


def _check_currency(
    draft: drafts.Draft, column: Column, cells: pd.DataFrame, prices: np.ndarray
) -> drafts.Draft:
    wanted = registry.get(column.market).currency
    if isinstance(column.currency, str):
        if column.currency not in ("", wanted):
            raise DataError(
                f"{draft.sheet.file} prints {column.market} in {column.currency}, not {wanted}.",
                "Download the prices in domestic currency.",
            )
        return draft
    printed = np.array([tidy_text(c) for c in cells[column.currency]], dtype=object)
    wrong = ~np.isnan(prices) & (printed != wanted) & (printed != "")
    return draft.with_bad(wrong, lambda i: f"{column.market} is in {printed[i]}, not {wanted}")
