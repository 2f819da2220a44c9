"""Ember: European wholesale electricity prices, daily, one row a country and day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...errors import DataError
from .. import draft as drafts
from ..clean import is_missing
from ..sheet import Sheet
from ..whose import place
from . import Parts
from .products import of_market

NAME = "ember"
TITLE = "Ember European wholesale electricity (Country, ISO3 Code, Date, Price (EUR/MWhe))"
RENAME = {
    "ISO3Code": "country",
    "Date": "date",
    "Price(EUR/MWhe)": "close",
    "Price(EUR/MWh)": "close",
}
SIGNATURES = tuple(
    frozenset({"ISO3Code", "Date", price}) for price in ("Price(EUR/MWhe)", "Price(EUR/MWh)")
)


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of an Ember file; a market a country, in EUR/MWh."""
    draft = drafts.start(sheet, header, RENAME).with_dates().with_numbers("close")
    _refuse_months(sheet.file, draft.rows["date"])
    texts = [("" if is_missing(cell) else str(cell)) for cell in draft.rows["country"]]
    known = {text: place(f"electricity_{text.lower()}") for text in set(texts) if text}
    markets = np.array([known.get(text) or "" for text in texts], dtype=object)
    draft = draft.with_bad(
        markets == "", lambda i: f"country {texts[i]!r} is in no row of the countries table"
    )
    frame = drafts.tidy(draft, market=markets, trade="total", price_kind="index")
    return of_market(Parts(draft=draft, frames=(frame,)), market)


def _refuse_months(file: str, dates: pd.Series) -> None:
    """Ember prints the first of the month in its monthly file, under the same headings."""
    days = dates.dropna().unique()
    if len(days) > 1 and (pd.DatetimeIndex(days).day == 1).all():
        raise DataError(
            f"{file} holds monthly prices: every date is the first of a month.",
            "Download Ember's daily file.",
        )
