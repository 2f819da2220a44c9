"""The registry of markets: names, units, price limits, opening days, and how to spell them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import UnknownMarketError, check_choice, near
from .names import aliases, by_pattern, by_province
from .published import published


@dataclass(frozen=True, kw_only=True)
class Market:
    """One market as the registry has it; what is not known is None or empty text.

    Notes
    -----
    `launch` is the opening day, month or year as published; `launch_date` is set only when
    the day is known. `price_unit` is the unit of open, high, low, close and vwap, `unit` the
    unit of volume. `venue` is the calendar of `facts.calendar.sessions`.
    """

    market: str
    market_class: str
    name_zh: str
    name_en: str
    unit: str
    currency: str
    price_unit: str
    market_id: str = ""
    product_code: str = ""
    launch: str = ""
    launch_precision: str = ""
    launch_verified: str = ""
    status: str = ""
    first_emission_year: int | None = None
    daily_limit_pct: float | None = None
    daily_limit_verified: str = ""
    block_limit_pct: float | None = None
    block_limit_verified: str = ""
    tick: float | None = None
    lot_size: float | None = None
    confidence: str = ""
    verified: str = ""
    source: str = ""
    note: str = ""

    @property
    def launch_date(self) -> pd.Timestamp | None:
        """The opening day, if the day is known."""
        return pd.Timestamp(self.launch) if self.launch_precision == "day" else None

    @property
    def venue(self) -> str:
        """The calendar of the venue: "china", or "observed" abroad."""
        return "china" if self.currency == "CNY" else "observed"


_NUMBERS = ("daily_limit_pct", "block_limit_pct", "tick", "lot_size")


def table() -> pd.DataFrame:
    """Return the registry of markets, one row a market, each with its source."""
    return published("markets")


def _known(row: pd.Series) -> dict[str, Any]:
    values = row.drop([c for c in row.index if c not in Market.__dataclass_fields__])
    return {str(k): v for k, v in values.items() if not pd.isna(v)}


@functools.cache
def _registry() -> dict[str, Market]:
    frame = table().rename(columns={"launch_date": "launch"})
    found = {}
    tables = [frame, published("controls"), published("quantities")]
    for _, row in pd.concat(tables).iterrows():
        values = _known(row)
        for name in _NUMBERS:
            if name in values:
                values[name] = float(values[name])
        if "first_emission_year" in values:
            values["first_emission_year"] = int(values["first_emission_year"])
        found[str(row["market"])] = Market(**values)
    return found


def get(name: str) -> Market:
    """Return one market of the registry.

    Parameters
    ----------
    name : str
        Any spelling that `resolve` knows.

    Examples
    --------
    >>> from carbonlink.facts import markets
    >>> markets.get("SZ").daily_limit_pct
    10.0
    """
    name = resolve(name)
    if name in _registry():
        return _registry()[name]
    return Market(**by_pattern(name))


def resolve(name: str) -> str:
    """Return the market id that a name means.

    Parameters
    ----------
    name : str
        A market id ("hubei"), a code ("HB", "HBEA", "EUR_ZJ"), a Chinese or English name
        ("湖北"), or a pattern: ``electricity_``, ``eur_`` or ``es_`` and a province
        ("electricity_gd", "eur_zj"), ``electricity_`` and an ISO 3166 alpha-3 country
        ("electricity_DEU").

    Returns
    -------
    str
        The market id. A name that means several markets is refused: "CCER" is the credit of
        the first system or of the market of 2024; "ccer" in small letters is the id of the
        latter.

    Examples
    --------
    >>> from carbonlink.facts import markets
    >>> markets.resolve("electricity_gd"), markets.resolve("eur_zj")
    ('electricity_guangdong', 'eur_zhejiang')
    """
    if name in _registry():
        return name
    key = str(name).strip().casefold()
    meant = aliases().get(key, ())
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise UnknownMarketError(
            f"The market name {name!r} may mean several markets.",
            f"Use one of: {', '.join(meant)}.",
        )
    if found := by_province(key):
        return found
    spot = by_province(f"electricity_{key}")
    close = [spot] if spot else near(key, order())
    hint = f"Did you mean {' or '.join(repr(c) for c in close)}? " if close else ""
    raise UnknownMarketError(
        f"The market {name!r} is not known.",
        f"{hint}carbonlink.facts.markets.order() lists the markets; a new one is a row in "
        "carbonlink/facts/tables/markets.csv.",
    )


@functools.cache
def order() -> tuple[str, ...]:
    """Return all market ids in the order in which figures and tables show them."""
    frame = table()
    by_class = {k: v["market"].tolist() for k, v in frame.groupby("market_class", sort=False)}
    launch = frame.set_index("market")["launch_date"].to_dict()
    national = ("cea", "eua")
    pilots = sorted((m for m in by_class["ets"] if m not in national), key=lambda m: launch[m])
    power = ["electricity_" + p for p in published("provinces")["province"]]
    abroad = ["electricity_" + c.lower() for c in published("countries")["iso3"]]
    listed = [
        *("cea", *pilots, "ccer", "ccer_first"),
        *by_class["offset"],
        *by_class["offset_venue"],
        *("gec", "gec_power"),
        *by_class["energy_use_right"],
        *by_class["energy_saving"],
        *by_class["electricity"],
        *power,
        *abroad,
        "eua",
        *published("controls")["market"],
    ]
    return tuple(dict.fromkeys(listed))


def label(name: str, language: str = "en") -> str:
    """Return the name of a market for a figure, in English ("en") or Chinese ("zh")."""
    check_choice("language", language, ("en", "zh"))
    market = get(name)
    return market.name_en if language == "en" else market.name_zh
