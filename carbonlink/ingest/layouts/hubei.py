"""Hubei exchange: 每日概况 of HBEA."""

from __future__ import annotations

from .. import draft as drafts
from ..sheet import Sheet
from . import Parts
from .changes import checked
from .products import of_market, per_product

NAME = "hubei"
TITLE = "Hubei exchange (品种, 日期, 最新, 涨跌幅, 最高, 最低, 成交量, 成交额, 昨收盘价)"
RENAME = {
    "品种": "name",
    "日期": "date",
    "最新": "close",
    "涨跌幅": "change",
    "最高": "high",
    "最低": "low",
    "成交量": "volume",
    "成交额": "value",
    "昨收盘价": "previous",
}
SIGNATURES = (frozenset(RENAME),)


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a Hubei sheet, whose older rows are text with '--' for missing."""
    draft = drafts.start(sheet, header, RENAME).with_dates()
    draft = draft.with_numbers("close", "high", "low", "volume", "value")
    draft = checked(draft, "change", "previous")
    draft, columns = per_product(draft, "name", "hubei")
    frame = drafts.tidy(draft, **columns, trade="total", price_kind="close")
    return of_market(Parts(draft=draft, frames=(frame,)), market)
