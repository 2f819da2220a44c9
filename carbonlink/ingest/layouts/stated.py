"""Units and currencies that a table states beside its numbers: held to the market's own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...errors import DataError
from ...facts import markets as registry
from .. import draft as drafts

STATED = ("unit", "price_unit", "currency")
"""Columns that state something; all may be absent or empty."""
_WORDS = {
    "yuan": ("人民币元", "人民币", "rmb", "cny", "cnh", "元", "¥"),
    "eur": ("欧元", "euros", "euro", "€"),
    "usd": ("美元", "us$", "dollars", "dollar", "$"),
    "mwh": ("兆瓦时", "mwhe"),
    "kwh": ("千瓦时",),
    "certificate": ("个", "张", "gec"),
    "tce": ("吨标准煤", "吨标煤"),
    "t": ("tco2eq", "tco2e", "tco2", "metrictonnes", "tonnes", "tonne", "tons", "ton", "吨"),
}
"""How a table spells what carbonlink calls yuan, MWh, t and so on; longer spellings first."""


def check_stated(
    draft: drafts.Draft, markets: np.ndarray, stated: Mapping[str, np.ndarray]
) -> None:
    """Raise where a table states another unit or currency than that of its market.

    Parameters
    ----------
    draft : Draft
        The rows.
    markets : array
        Market id of each row, empty where it is not in the registry.
    stated : mapping
        Texts of each column of `STATED`.

    Notes
    -----
    `currency` is held to the market's currency, `price_unit` to the unit of its prices, `unit` to
    either of the units of its prices and volumes. Nothing is converted.
    """
    for name, texts in stated.items():
        pairs = dict.fromkeys(zip(markets, texts, strict=True))
        wrong = {pair for pair in pairs if all(pair) and not _agrees(name, *pair)}
        for place, pair in enumerate(zip(markets, texts, strict=True) if wrong else ()):
            if pair in wrong:
                market, text = pair
                allowed = " or ".join(dict.fromkeys(_own(name, market)))
                raise DataError(
                    f"{draft.sheet.file}, row {draft.rows.index[place]}: {name} {text!r} is not "
                    f"that of {market} ({allowed}).",
                    "Nothing is converted: convert the numbers and the column, or name another "
                    "market.",
                )


def _own(name: str, market: str) -> tuple[str, ...]:
    own = registry.get(market)
    if name == "currency":
        return (own.currency,)
    return (own.price_unit,) if name == "price_unit" else (own.price_unit, own.unit)


def _agrees(name: str, market: str, text: str) -> bool:
    return _plain(text) in {_plain(one) for one in _own(name, market)}


def _plain(text: str) -> str:
    """Return a unit in one spelling: "CNY / tonne" and "元/吨" are "yuan/t"."""
    parts = "".join(text.casefold().split()).replace("每", "/").split("/")
    return "/".join(_word(part) for part in parts)


def _word(part: str) -> str:
    return next((word for word, spelt in _WORDS.items() if part in spelt), part)
