"""Power at home, and the prices abroad: allowances, oil, power."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..simulate import garch, quarter_hours
from ..simulate.systems import follow
from ..simulate.trading import autoregression
from .truth import COUNTRIES, END, POWER

POWER_FROM = pd.Timestamp("2023-07-01")
ABROAD_FROM = pd.Timestamp("2023-01-02")
OUTAGE = pd.Timestamp("2024-05-16")


def provincial_power(allowance: pd.Series, seed: np.random.SeedSequence) -> pd.DataFrame:
    """Simulate two years of 15-minute spot power that follows the national allowance.

    Parameters
    ----------
    allowance : Series
        The national close on each session, in yuan/t.
    seed : SeedSequence
        Chance.

    Returns
    -------
    DataFrame, columns demand (MW), price (yuan/MWh)
        Index: the end of each quarter of an hour. One day has no price.
    """
    days = pd.date_range(POWER_FROM, END)
    carbon = allowance.ffill().reindex(allowance.index.union(days)).ffill().loc[days]
    frame = quarter_hours(carbon, **POWER, rng=seed)
    day = (pd.DatetimeIndex(frame.index) - pd.Timedelta(minutes=15)).normalize()
    return frame.assign(price=frame["price"].mask(day == OUTAGE))


def abroad(seed: np.random.SeedSequence) -> pd.DataFrame:
    """Simulate the European allowance (EUR/t) and Brent (USD/barrel) on their trading days.

    Returns
    -------
    DataFrame, columns eua, brent
        Index: every calendar day; missing when the exchange is closed.
    """
    eua_seed, brent_seed = seed.spawn(2)
    days = pd.date_range(ABROAD_FROM, END, name="date")
    feast = (days.month == 12) & np.isin(days.day, (25, 26)) | (days.month == 1) & (days.day == 1)
    traded = days[(days.day_of_week < 5) & ~feast]
    return pd.DataFrame(
        {
            "eua": _around(traded, 70.0, 0.08, eua_seed).reindex(days),
            "brent": _around(traded, 80.0, 0.05, brent_seed).reindex(days),
        }
    )


def _around(
    days: pd.DatetimeIndex, level: float, omega: float, seed: np.random.SeedSequence
) -> pd.Series:
    """A price with GARCH returns that is drawn back to a level by 1 % of the gap a day."""
    returns = garch(len(days), omega=omega, alpha=0.08, beta=0.9, dist="t", rng=seed) / 100
    gap = follow(np.zeros(len(days)), 0.0, 0.01, 0.0, returns.to_numpy())
    return pd.Series(np.round(level * np.exp(gap), 2), index=days)


def day_ahead(eua: pd.Series, seed: np.random.SeedSequence) -> pd.DataFrame:
    """Simulate daily power prices of three countries that follow the European allowance.

    Parameters
    ----------
    eua : Series
        Price on every calendar day, missing when closed, in EUR/t.
    seed : SeedSequence
        Chance.

    Returns
    -------
    DataFrame, a column a country
        EUR/MWh on every calendar day; windy and sunny days may be negative.
    """
    carbon = eua.ffill()
    dates = pd.DatetimeIndex(carbon.index)
    wave = 2 * np.pi * (dates.day_of_year.to_numpy() - 20) / 365.25
    weekend = dates.day_of_week.to_numpy() >= 5
    made = {}
    for (country, (_, long_run, constant)), own in zip(
        COUNTRIES.items(), seed.spawn(len(COUNTRIES)), strict=True
    ):
        draws = np.random.default_rng(own)
        shocks = 4.0 * draws.standard_normal(len(carbon))
        level = follow(carbon.to_numpy(), long_run, 0.3, 0.1, shocks, constant)
        weather = 11 * autoregression(draws.standard_normal(len(carbon)), 0.4)
        made[country] = np.round(level + weather + 6 * np.cos(wave) - 12 * weekend, 2)
    return pd.DataFrame(made, index=carbon.index)
