"""What is true of the demonstration set: its links, effects and levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DeadlineError
from ..facts import compliance, markets
from ..facts.published import published
from ..simulate import Shock

END = pd.Timestamp("2025-06-30")
VARIANCE_WINDOW = 30
RUSH_WINDOW = 40

SHOCKS = {
    "cea": Shock(deviation=1.6, alpha=0.10, beta=0.84, window_effect=float(np.log(2))),
    "guangdong": Shock(deviation=2.0, loading=0.45, spillover=0.30, window_effect=0.4),
    "hubei": Shock(deviation=2.2, loading=0.35, spillover=0.20, window_effect=0.4),
    "shanghai": Shock(deviation=2.0, loading=0.20, spillover=0.10, window_effect=0.4),
    "beijing": Shock(deviation=3.0),
    "tianjin": Shock(deviation=2.5),
    "chongqing": Shock(deviation=4.5, alpha=0.15, beta=0.78),
}
"""Returns: everyone's own GARCH(1,1), in the deadline's last 30 sessions times exp(window_effect),
and the link to the national market, which begins with it; beijing, tianjin, chongqing have none."""

POWER = {"long_run": 0.6, "adjustment": 0.25, "short_run": 0.1, "constant": 345.0, "sigma": 12.0}
"""Guangdong spot power (yuan/MWh) on the national allowance's last close (yuan/t)."""

CREDITS = {"long_run": 0.92, "adjustment": 0.06, "short_run": 0.15}
"""The credit's price on the national allowance's last close, both in yuan/t."""

COUNTRIES = {
    "France": ("FRA", 0.45, 25.0),
    "Germany": ("DEU", 0.80, 24.0),
    "Spain": ("ESP", 0.35, 30.0),
}
"""Day-ahead power: ISO 3166 code, long-run pass-through of the EUA, price without carbon."""

SHAPE = 8.0
"""Degrees of freedom of the t-distributed shocks."""

NATIONAL_SHARES = {
    2021: (pd.Timestamp("2021-12-01"), 0.76),
    2023: (pd.Timestamp("2023-10-01"), 0.72),
    2024: (pd.Timestamp("2024-10-01"), 0.79),
}
"""Shares of the year's tonnes: of December 2021 and of the last quarter of 2024 as the press prints
them, of the last quarter of 2023 made up."""


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """A pilot's made-up levels: prices by date (yuan/t), tonnes of one year, and thinness."""

    start: pd.Timestamp
    levels: tuple[tuple[str, float], ...]
    year: int
    tonnes: int
    decline: float
    shares: tuple[float, ...]
    zero_share: float
    tiny_share: float
    one_price: int
    range_pct: float


def _levels(*prices: float) -> tuple[tuple[str, float], ...]:
    """Mean prices around 1 October 2019, and 1 July of each year after it, and 15 May 2025."""
    days = ("2019-10-01", *(f"{y}-07-01" for y in range(2020, 2025)), "2025-05-15")
    return tuple(zip(days, prices, strict=True))


PILOTS = {
    "guangdong": Pilot(
        start=pd.Timestamp("2019-06-21"),
        levels=_levels(23.5, 27.5, 39.0, 74.0, 76.0, 51.37, 38.0),
        year=2020,
        tonnes=28_362_000,
        decline=0.35,
        shares=(0.46, 0.48, 0.50, 0.52, 0.54, 0.50),
        zero_share=0.03,
        tiny_share=0.01,
        one_price=100,
        range_pct=1.2,
    ),
    "hubei": Pilot(
        start=pd.Timestamp("2019-06-03"),
        levels=_levels(30.0, 27.0, 33.0, 46.0, 45.0, 41.0, 38.5),
        year=2023,
        tonnes=6_100_000,
        decline=0.2,
        shares=(0.47, 0.49, 0.51, 0.55),
        zero_share=0.05,
        tiny_share=0.02,
        one_price=100,
        range_pct=1.0,
    ),
    "shanghai": Pilot(
        start=pd.Timestamp("2019-07-01"),
        levels=_levels(39.0, 39.5, 40.5, 56.0, 64.0, 72.0, 66.0),
        year=2023,
        tonnes=1_400_000,
        decline=0.1,
        shares=(0.55, 0.53, 0.51, 0.50, 0.52, 0.54),
        zero_share=0.12,
        tiny_share=0.04,
        one_price=4_000,
        range_pct=0.3,
    ),
    "beijing": Pilot(
        start=pd.Timestamp("2019-07-01"),
        levels=_levels(82.0, 86.0, 66.0, 92.0, 112.0, 102.0, 92.0),
        year=2023,
        tonnes=1_200_000,
        decline=0.1,
        shares=(),
        zero_share=0.2,
        tiny_share=0.02,
        one_price=1_000,
        range_pct=0.5,
    ),
    "tianjin": Pilot(
        start=pd.Timestamp("2019-07-01"),
        levels=_levels(15.0, 23.0, 28.0, 31.0, 32.0, 33.0, 30.0),
        year=2023,
        tonnes=2_300_000,
        decline=0.1,
        shares=(0.5,),
        zero_share=0.6,
        tiny_share=0.0,
        one_price=10_000,
        range_pct=0.5,
    ),
    "chongqing": Pilot(
        start=pd.Timestamp("2019-06-03"),
        levels=_levels(12.0, 21.0, 30.0, 38.0, 33.0, 37.0, 40.0),
        year=2023,
        tonnes=3_900_000,
        decline=0.0,
        shares=(0.5,),
        zero_share=0.55,
        tiny_share=0.06,
        one_price=30_000,
        range_pct=0.5,
    ),
}


def launch(market: str) -> pd.Timestamp:
    """Return a market's published opening day."""
    day = markets.get(market).launch_date
    if day is None:
        raise DeadlineError(f"The opening day of {market} is not known.", "Add it to the facts.")
    return day


def national_years() -> dict[int, tuple[int, float]]:
    """Return year: (tonnes, mean price in yuan/t), as published for the national market.

    Notes
    -----
    Where the tonnes are printed to the nearest 1 Mt only, they are turnover over mean price,
    which agrees with the printed figure and is finer.
    """
    frame = published("annual_stats").query("market == 'cea' and period == 'year'")
    years = {}
    columns = ["year", "volume_1e8_t", "turnover_1e8_yuan", "avg_price_yuan_t"]
    known = frame.loc[pd.to_datetime(frame["period_end"]) <= END, columns]
    for year, volume, turnover, price in known.to_numpy(float):
        tonnes = volume * 1e8
        if abs(tonnes - round(tonnes, -6)) < 0.5:
            tonnes = turnover * 1e8 / price
        years[int(year)] = (int(round(tonnes)), float(price))
    return years


def known_deadlines(market: str, start: pd.Timestamp) -> list[pd.Timestamp]:
    """Return the market's final (else announced, else statutory) deadlines up to the end."""
    try:
        table = compliance.deadlines(market)
    except DeadlineError:
        return []
    table = table[table["final"].notna() | table["final_unknown"].isna()]
    days = table["final"].fillna(table["announced"]).fillna(table["statutory"]).dropna()
    return sorted(day for day in days.unique() if start <= day <= END)
