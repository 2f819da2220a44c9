"""Guangzhou exchange: 行情 export of GDEA, and its copy with English headings."""

from __future__ import annotations

from .. import draft as drafts
from ..sheet import Sheet
from . import Parts
from .changes import checked
from .products import of_market, per_product

NAME = "guangzhou"
TITLE = "Guangzhou exchange (日期, 品种, 开盘价, …, 成交数量, 成交金额)"
RENAME = {
    "日期": "date",
    "品种": "name",
    "开盘价": "reference",
    "收盘价": "close",
    "最高价": "high",
    "最低价": "low",
    "成交数量": "volume",
    "成交金额": "value",
}
ENGLISH = {
    **{name: name for name in ("date", "name", "close", "high", "low")},
    "open": "reference",
    "volumn": "volume",
    "amount": "value",
}
CHANGES = {"涨跌幅%": "change", "涨跌幅": "change", "pctchg": "change"}
SIGNATURES = (frozenset(RENAME), frozenset(ENGLISH))
REFERENCE = (
    "The printed 开盘价 (open) is the previous closing price, not a first trade, and is left out."
)


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a Guangzhou sheet; high and low are often text, or one blank."""
    printed = set(drafts.headings(sheet, header).values())
    names = RENAME if "成交数量" in printed else ENGLISH
    draft = drafts.start(sheet, header, {**names, **CHANGES}).with_dates()
    draft = draft.with_numbers("close", "high", "low", "volume", "value").noted(REFERENCE)
    if "change" in draft.rows:
        draft = checked(draft, "change", "reference")
    draft, columns = per_product(draft, "name", "guangdong")
    frame = drafts.tidy(draft, **columns, trade="total", price_kind="close")
    return of_market(Parts(draft=draft, frames=(frame,)), market)
