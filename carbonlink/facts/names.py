"""How market names are spelled: codes, Chinese names, provinces and countries."""

from __future__ import annotations

import functools
from typing import Any

from .published import published

_SPELLINGS = ("market", "market_id", "name_zh", "name_en", "product_code", "papers_name")
WORLD_BANK = "worldbank"
"""Prefix of an allowance market's yearly price in dollars."""
COVERAGE, NO_PRICE = "coverage_", "no price"
"""After that prefix: the share of the world's emissions that the market covers."""
_PREFIXES = ("electricity", "eur", "es")
_KINDS = {
    "electricity": ("electricity", "MWh", "yuan/MWh", "electricity", "电力"),
    "eur": ("energy_use_right", "tce", "yuan/tce", "energy-use rights", "用能权"),
    "es": ("energy_saving", "tce", "yuan/tce", "energy saving", "节能量"),
}


@functools.cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Return every spelling in small letters with the market ids that it may mean."""
    found: dict[str, dict[str, None]] = {}
    for name in ("markets", "controls", "quantities"):
        frame = published(name)
        for column in [c for c in _SPELLINGS if c in frame]:
            for text, market in zip(frame[column], frame["market"], strict=True):
                if isinstance(text, str):
                    found.setdefault(text.casefold(), {})[market] = None
    deadlines = published("deadlines")
    for text, market in zip(deadlines["name_zh"], deadlines["market"], strict=True):
        found.setdefault(text, {})[market] = None
    return {text: tuple(markets) for text, markets in found.items()}


@functools.cache
def _places() -> dict[str, str]:
    provinces = published("provinces")
    places = {}
    for column in ("province", "code2", "name_en", "name_zh"):
        for text, province in zip(provinces[column], provinces["province"], strict=True):
            if isinstance(text, str):
                places[text.casefold().replace(" ", "_")] = province
    return places


@functools.cache
def _countries() -> dict[str, str]:
    countries = published("countries")
    places = {}
    for column in ("iso3", "name_en", "name_zh"):
        for text, code in zip(countries[column], countries["iso3"], strict=True):
            places[text.casefold().replace(" ", "_")] = code.lower()
    return places


def by_province(key: str) -> str | None:
    """Return the market id of a name such as "electricity_gd", or None."""
    prefix, _, place = key.replace(" ", "_").partition("_")
    if prefix == WORLD_BANK:
        return key if place.removeprefix(COVERAGE) in _allowances() else None
    if prefix not in _PREFIXES:
        return None
    if place in _places():
        return f"{prefix}_{_places()[place]}"
    if prefix == "electricity" and place in _countries():
        return f"electricity_{_countries()[place]}"
    return None


def by_pattern(market: str) -> dict[str, Any]:
    """Return the fields of a market that has no registry row but follows a pattern."""
    prefix, _, place = market.partition("_")
    if prefix == WORLD_BANK:
        return _in_dollars(market, place)
    market_class, unit, price_unit, en, zh = _KINDS[prefix]
    countries = published("countries")
    country = countries[countries["iso3"].str.lower() == place]
    currency = "CNY"
    if prefix == "electricity" and len(country):
        row = country.iloc[0]
        currency, price_unit = row["currency"], row["price_unit"]
    else:
        provinces = published("provinces")
        row = provinces[provinces["province"] == place].iloc[0]
    return {
        "market": market,
        "market_class": market_class,
        "name_zh": row["name_zh"] + zh,
        "name_en": f"{row['name_en']} {en}",
        "unit": unit,
        "currency": currency,
        "price_unit": price_unit,
        "confidence": row["confidence"],
        "verified": "derived",
        "source": row["source"],
        "note": "no registry row: unit after the pattern of the name",
    }


def _allowances() -> dict[str, Any]:
    markets = published("markets")
    systems = markets[markets["market_class"] == "ets"].set_index("market")
    return {str(name): row for name, row in systems.to_dict(orient="index").items()}


def _in_dollars(market: str, place: str) -> dict[str, Any]:
    row = _allowances()[place.removeprefix(COVERAGE)]
    if place.startswith(COVERAGE):
        return {
            "market": market,
            "market_class": "carbon_coverage",
            "name_zh": f"{row['name_zh']}覆盖的全球排放份额（世界银行）",
            "name_en": f"{row['name_en']}, share of global emissions covered (World Bank)",
            "unit": "share of global emissions",
            "currency": "USD",
            "price_unit": NO_PRICE,
            "confidence": "medium",
            "verified": "derived",
            "source": "World Bank carbon pricing dashboard",
            "note": "yearly share without a price",
        }
    return {
        "market": market,
        "market_class": "carbon_price",
        "name_zh": f"{row['name_zh']}（世界银行）",
        "name_en": f"{row['name_en']} (World Bank, US$)",
        "unit": "tCO2e",
        "currency": "USD",
        "price_unit": "USD/t",
        "confidence": "medium",
        "verified": "derived",
        "source": "World Bank carbon pricing dashboard",
        "note": "yearly, in dollars; not converted",
    }
