"""Units that a table of one's own prints in its headings: "成交量(万吨)", "Close (CNY/t)"."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from ...facts import markets as registry
from .. import draft as drafts
from .stated import check_stated

_BRACKETED = re.compile(r"(?P<name>[^()\[\]]+)[(\[](?P<unit>[^()\[\]]+)[)\]]")
_SCALES = {"亿": 1e8, "百万": 1e6, "万": 1e4, "千": 1e3, "k": 1e3, "M": 1e6}
_DIGITS = 6
_STATES = {"volume": "unit", "value": "currency"}
_PRICES = ("open", "high", "low", "close", "vwap")


def parted(heading: str) -> tuple[str, str]:
    """Return a heading without the unit in brackets, in small letters, and the unit.

    Examples
    --------
    >>> from carbonlink.ingest.layouts.bracketed import parted
    >>> parted("成交量(万吨)"), parted("Close")
    (('成交量', '万吨'), ('close', ''))
    """
    match = _BRACKETED.fullmatch(heading)
    name, unit = (match["name"], match["unit"]) if match else (heading, "")
    return name.casefold(), unit


def _prefix(unit: str) -> str:
    """The multiple that a unit begins with; of tonnes k and M too (kt, Mt)."""
    if unit[:2] in ("kt", "Mt"):
        return unit[0]
    return next((p for p in _SCALES if p not in ("k", "M") and unit.startswith(p)), "")


def _by_tonne(market: str) -> bool:
    """Whether prices are a tonne, where the currency alone says the unit."""
    return bool(market) and registry.get(market).price_unit.partition("/")[2] == "t"


def in_own_units(
    draft: drafts.Draft, markets: np.ndarray, units: Mapping[str, str]
) -> drafts.Draft:
    """Hold the units in headings to those of the markets; multiples of ten thousand are scaled.

    Parameters
    ----------
    draft : Draft
        Columns named as in the tidy table, numbers read.
    markets : array
        Market id of each row.
    units : mapping
        Column to the unit in its heading.

    Raises
    ------
    DataError
        A unit is not the market's; nothing but 千, 万, 百万, 亿, kt and Mt is converted. Beside a
        price a tonne the currency alone will do ("收盘价(元)").
    """
    for column, text in units.items():
        prefix = _prefix(text) if column in _STATES else ""
        unit = text.removeprefix(prefix)
        name = _STATES.get(column, "price_unit" if column in _PRICES else "")
        if not name:
            continue
        texts = np.full(len(markets), unit, dtype=object)
        if name == "price_unit" and "/" not in unit and "每" not in unit:
            alone = np.array([_by_tonne(market) for market in markets], bool)
            check_stated(draft, markets, {"currency": np.where(alone, texts, "")})
            texts = np.where(alone, "", texts)
        check_stated(draft, markets, {name: texts})
        if prefix:
            scale = _SCALES[prefix]
            draft = draft.with_rows(
                **{column: np.round(draft.rows[column] * scale, _DIGITS)}
            ).noted(f"The heading of {column} says {text}: its numbers are times {scale:,.0f}.")
    return draft
