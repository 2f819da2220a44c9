"""investing.com "Historical Data", in English and in Chinese."""

from __future__ import annotations

from .. import draft as drafts
from ..dates import day_order
from ..sheet import Sheet
from ..whose import settle_market
from . import Parts
from .contracts import in_own_unit

NAME = "investing"
TITLE = "investing.com history (Date, Price, Open, High, Low, Vol., Change %)"
ENGLISH = {
    "Date": "date",
    "Price": "close",
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Vol.": "volume",
}
CHINESE = {
    "日期": "date",
    "收盘": "close",
    "开盘": "open",
    "高": "high",
    "低": "low",
    "交易量": "volume",
}
SIGNATURES = (frozenset(ENGLISH) - {"Vol."}, frozenset(CHINESE) - {"交易量"})


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a history.

    Notes
    -----
    02/27/2025 is read month first unless a day above 12 in the file shows the other order.
    Volumes are printed in contracts and brought to tonnes (see `contracts.in_own_unit`).
    """
    owner = settle_market(sheet.file, None, market, "its header names no market")
    printed = set(drafts.headings(sheet, header).values())
    draft = drafts.start(sheet, header, ENGLISH if "Price" in printed else CHINESE)
    draft = draft.with_dates(order=day_order(draft.rows["date"], "mdy"))
    numbers = [name for name in ("close", "open", "high", "low", "volume") if name in draft.rows]
    draft = draft.with_numbers(*numbers)
    if "volume" in numbers:
        draft = in_own_unit(draft, owner)
    frame = drafts.tidy(draft, market=owner, trade="total", price_kind="close")
    return Parts(draft=draft, frames=(frame,))
