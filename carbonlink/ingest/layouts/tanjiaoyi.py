"""tanjiaoyi.com by way of akshare's energy_carbon_domestic, saved with to_csv."""

from __future__ import annotations

import numpy as np

from .. import draft as drafts
from ..clean import is_missing
from ..sheet import Sheet
from ..whose import place
from . import Parts
from .products import of_market

NAME = "tanjiaoyi"
TITLE = "tanjiaoyi frame (日期, 成交价, 成交量, 成交额, 地点)"
RENAME = {
    "日期": "date",
    "成交价": "vwap",
    "成交量": "volume",
    "成交额": "value",
    "地点": "place",
}
SIGNATURES = (frozenset(RENAME),)
CARRIED = "Prices on rows with volume 0 are carried forward from the last trade."


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a tanjiaoyi frame; 成交价 is the day's average, not its close."""
    draft = drafts.start(sheet, header, RENAME).with_dates()
    draft = draft.with_numbers("vwap", "volume", "value")
    texts = ["" if is_missing(cell) else str(cell) for cell in draft.rows["place"]]
    known = {text: place(text) if text else None for text in set(texts)}
    markets = [known[text] or "" for text in texts]
    draft = draft.with_bad(
        np.array([not m for m in markets], bool), lambda i: f"地点 {texts[i]!r} is no market"
    )
    if (draft.rows["volume"] == 0).any():
        draft = draft.noted(CARRIED)
    frame = drafts.tidy(draft, market=markets, trade="total", price_kind="vwap")
    return of_market(Parts(draft=draft, frames=(frame,)), market)
