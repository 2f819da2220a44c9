"""Names of vendor series: field, kind of trade, product and unit, in whatever order they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ...errors import DataError
from ...facts import markets as registry
from ..clean import tidy_text
from ..whose import place, product

FIELDS = {
    "最新价": "close",
    "收盘价": "close",
    "开盘价": "open",
    "最高价": "high",
    "最低价": "low",
    "成交均价": "vwap",
    "均价": "vwap",
    "成交量": "volume",
    "当日成交量": "volume",
    "成交金额": "value",
    "成交额": "value",
    "当日成交额": "value",
    "当日成交金额": "value",
}
TRADES = {"挂牌协议交易": "listed", "大宗协议交易": "block", "单向竞价": "auction"}
KINDS = {
    "结算价": "settlement",
    "收盘价": "close",
    "最新价": "close",
    "均价": "vwap",
    "现货价": "spot",
    "即期汇率": "rate",
    "中间价": "rate",
}
PRICE_UNITS = {
    "元/吨": "yuan/t",
    "元/吨二氧化碳当量": "yuan/t",
    "元/吨二氧化碳": "yuan/t",
    "元/兆瓦时": "yuan/MWh",
    "元/张": "yuan/certificate",
    "元/吨标准煤": "yuan/tce",
    "美元/桶": "USD/bbl",
    "美元/吨": "USD/t",
    "美元/百万英热单位": "USD/MMBtu",
    "元/美元": "yuan/USD",
    "人民币/美元": "yuan/USD",
    "欧元/吨二氧化碳当量": "EUR/t",
    "欧元/吨": "EUR/t",
    "欧元/兆瓦时": "EUR/MWh",
}
SCALES = {
    "": ("", 1.0),
    "吨": ("t", 1.0),
    "吨二氧化碳当量": ("t", 1.0),
    "万吨": ("t", 1e4),
    "亿吨": ("t", 1e8),
    "吨标准煤": ("tce", 1.0),
    "万吨标准煤": ("tce", 1e4),
    "张": ("certificate", 1.0),
    "万张": ("certificate", 1e4),
    "兆瓦时": ("MWh", 1.0),
    "万千瓦时": ("MWh", 10.0),
    "亿千瓦时": ("MWh", 1e5),
    "元": ("CNY", 1.0),
    "万元": ("CNY", 1e4),
    "亿元": ("CNY", 1e8),
    "美元": ("USD", 1.0),
    "欧元": ("EUR", 1.0),
}
"""Printed unit of a quantity: the unit it is turned into, and the factor."""
_MONTH = "当月值"
_CODE = re.compile(r"\(([A-Z][A-Z0-9-]*)\)")


@dataclass(frozen=True, kw_only=True)
class Series:
    """What a series name says; `field` is empty for one that is not used (cumulative, unknown)."""

    name: str
    field: str
    trade: str
    price_kind: str
    product: str
    vintage: str
    market: str | None


def check_unit(file: str, market: str, unit: str) -> None:
    """Refuse prices printed in a unit that is not the market's, or in an unknown one."""
    plain = "".join(tidy_text(unit).split())
    printed = PRICE_UNITS.get(plain, "")
    wanted = registry.get(market).price_unit
    if plain and printed not in (wanted, wanted.replace("tCO2e", "t")):
        raise DataError(
            f"{file} prints prices of {market} in {unit}, where {wanted} is expected.",
            "Check market=, or export the series in its own unit.",
        )


def parse(name: str) -> Series:
    """Return what a series name says.

    Examples
    --------
    >>> from carbonlink.ingest.layouts.series import parse
    >>> one = parse("最高价:大宗协议交易(CEA)")
    >>> one.field, one.trade, one.market
    ('high', 'block', 'cea')
    """
    plain = "".join(tidy_text(name).split())
    tokens = [t for t in _CODE.sub("", plain).split(":") if t]
    codes = _CODE.findall(plain)
    found = product(codes[-1]) if codes else None
    market = found.market if found else None
    if market is None:
        market = _market_by_words(tokens)
    price_kind = next((kind for word, kind in KINDS.items() if word in plain), "")
    field = next((FIELDS[t] for t in tokens if t in FIELDS), "")
    return Series(
        name=plain,
        field=field or ("close" if price_kind and "累计" not in plain else ""),
        trade=next((TRADES[t] for t in tokens if t in TRADES), "total"),
        price_kind=price_kind,
        product=found.code if found and found.market else "",
        vintage=found.vintage if found and found.market else "",
        market=market,
    )


def _market_by_words(tokens: list[str]) -> str | None:
    """The market named by one word of a series, or by its words read backwards."""
    carbon = any("碳排放" in token for token in tokens)
    words = [t for t in tokens if t not in FIELDS and t not in TRADES and t != _MONTH]
    if carbon and words[:1] == ["中国"]:
        return "cea"
    tries = [*words, "".join(reversed(words)), "".join(reversed(words[1:]))]
    for word in tries:
        market = place(word)
        if market and (carbon or word not in words[:1] or len(words) == 1):
            return market
    return None


def scaled(values: np.ndarray, factor: float) -> np.ndarray:
    """Return numbers times a factor, without the dust of binary fractions (514.2 times 1e5)."""
    if factor == 1:
        return values
    with np.errstate(all="ignore"):
        product = np.asarray(values, float) * factor
        plain = np.round(product, 6)
        return np.where(np.abs(plain - product) <= 1e-15 * np.abs(product), plain, product)
