"""Hubei exchange by way of akshare's energy_carbon_hb: the chart of its front page."""

from __future__ import annotations

from .. import draft as drafts
from ..sheet import Sheet
from ..whose import settle_market
from . import Parts

NAME = "hubei_chart"
TITLE = "akshare's energy_carbon_hb (日期, 成交价, 成交量, 最新, 涨跌)"
MARKET = "hubei"
RENAME = {"日期": "date", "成交价": "close", "成交量": "volume"}
SIGNATURES = (frozenset({*RENAME, "最新", "涨跌"}),)
UNKNOWN = (
    "What 成交价 is, a close or an average, is not said; 最新 and 涨跌 (always 0) are left out."
)


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of the frame, its price of unknown kind."""
    owner = settle_market(sheet.file, MARKET, market, "headings of the Hubei exchange's chart")
    draft = drafts.start(sheet, header, RENAME).with_dates().with_numbers("close", "volume")
    frame = drafts.tidy(draft.noted(UNKNOWN), market=owner, trade="total", price_kind="unknown")
    return Parts(draft=draft.noted(UNKNOWN), frames=(frame,))
