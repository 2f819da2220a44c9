"""Units that a table of one's own prints in its headings: "成交量(万吨)", "Close (CNY/t)"."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from .. import draft as drafts
from .stated import check_stated

_BRACKETED = re.compile(r"(?P<name>[^()\[\]]+)[(\[](?P<unit>[^()\[\]]+)[)\]]")
_SCALES = {"亿": 1e8, "百万": 1e6, "万": 1e4, "千": 1e3}
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
        A unit is not the market's; nothing but 千, 万, 百万 and 亿 is converted.
    """
    for column, text in units.items():
        prefix = next((p for p in _SCALES if text.startswith(p) and column in _STATES), "")
        unit = text.removeprefix(prefix)
        name = _STATES.get(column, "price_unit" if column in _PRICES else "")
        if not name:
            continue
        check_stated(draft, markets, {name: np.full(len(markets), unit, dtype=object)})
        if prefix:
            scale = _SCALES[prefix]
            draft = draft.with_rows(
                **{column: np.round(draft.rows[column] * scale, _DIGITS)}
            ).noted(f"The heading of {column} says {text}: its numbers are times {scale:,.0f}.")
    return draft
