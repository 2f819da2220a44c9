"""Shenzhen exchange: one row a vintage and day."""

from __future__ import annotations

import numpy as np

from .. import draft as drafts
from ..sheet import Sheet
from . import Parts
from .products import of_market, per_product

NAME = "shenzhen"
TITLE = "Shenzhen exchange (交易日期, 市场交易指数, 开盘价, 最高价, …, 成交量, 成交额)"
RENAME = {
    "交易日期": "date",
    "市场交易指数": "name",
    "开盘价": "open",
    "最高价": "high",
    "最低价": "low",
    "成交均价": "vwap",
    "收盘价": "close",
    "成交量": "volume",
    "成交额": "value",
}
SIGNATURES = (frozenset(RENAME),)
_PRICES = ("open", "high", "low", "vwap", "close")


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a Shenzhen sheet.

    Notes
    -----
    A row with a volume but neither high, low nor average is a day of block trades alone: its
    printed close is carried from an earlier day (7.88, where the blocks were at 10.00). It makes
    a block row and a total row with quantities and no price.
    """
    draft = drafts.start(sheet, header, RENAME).with_dates()
    draft = draft.with_numbers(*_PRICES, "volume", "value")
    draft, columns = per_product(draft, "name")
    rows = draft.rows
    block = (
        rows[["high", "low", "vwap"]].isna().all(axis=1)
        & (rows["volume"] > 0)
        & rows["value"].gt(0)
    ).to_numpy()
    prices = {name: np.where(block, np.nan, rows[name]) for name in _PRICES}
    total = drafts.tidy(draft, **columns, trade="total", price_kind="close", **prices)
    if block.any():
        draft = draft.noted(
            f"{block.sum()} rows are block trades alone; the close printed there is an earlier "
            "day's and is left out."
        )
    nothing = dict.fromkeys(_PRICES, np.nan)
    blocks = drafts.tidy(draft, **columns, trade="block", price_kind="close", **nothing)[block]
    return of_market(Parts(draft=draft, frames=(total, blocks)), market)
