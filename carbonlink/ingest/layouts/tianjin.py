"""Tianjin exchange: bidding and day totals, a vintage in the product's name."""

from __future__ import annotations

from .. import draft as drafts
from ..sheet import Sheet
from . import Parts
from .products import of_market, per_product

NAME = "tianjin"
TITLE = "Tianjin exchange (日期, 品种, 成交量-竞价交易, 成交量-当日汇总, …)"
RENAME = {
    "日期": "date",
    "品种": "name",
    "成交量-竞价交易": "volume",
    "成交量-当日汇总": "total_volume",
    "成交额-竞价交易": "value",
    "成交额-当日汇总": "total_value",
    "成交均价-竞价交易": "vwap",
}
SIGNATURES = (frozenset(RENAME),)
BIDDING = (
    "竞价交易 (bidding on screen) is trade 'listed', with its average price; 当日汇总 (with "
    "agreements) is trade 'total', which has no price of its own."
)


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a Tianjin sheet: listed and total trades of each vintage."""
    draft = drafts.start(sheet, header, RENAME).with_dates()
    draft = draft.with_numbers("volume", "value", "vwap", "total_volume", "total_value")
    draft, columns = per_product(draft, "name", "tianjin")
    listed = drafts.tidy(draft, **columns, trade="listed", price_kind="vwap")
    total = drafts.tidy(
        draft,
        **columns,
        trade="total",
        price_kind="vwap",
        vwap=float("nan"),
        volume=draft.rows["total_volume"].to_numpy(),
        value=draft.rows["total_value"].to_numpy(),
    )
    return of_market(Parts(draft=draft.noted(BIDDING), frames=(listed, total)), market)
