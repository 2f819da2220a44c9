"""Quarter-hour power prices that follow a carbon price with a known pass-through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator
from .systems import follow
from .trading import autoregression

QUARTERS = 96


def quarter_hours(
    carbon: pd.Series,
    long_run: float = 0.6,
    adjustment: float = 0.25,
    short_run: float = 0.1,
    constant: float = 345.0,
    sigma: float = 12.0,
    base_demand: float = 85_000.0,
    rng: Any = 0,
) -> pd.DataFrame:
    """Simulate 15-minute demand and spot prices of a province.

    Parameters
    ----------
    carbon : Series
        Carbon price on every calendar day, in yuan/t, without a gap.
    long_run : float
        Change of the mean power price, in yuan/MWh, for 1 yuan/t of carbon, in the end.
    adjustment : float
        Share of the gap closed in a calendar day.
    short_run : float
        Change on the same day.
    constant : float
        Mean power price without carbon, in yuan/MWh.
    sigma : float
        Standard deviation of the daily shocks, in yuan/MWh.
    base_demand : float
        Mean demand, in MW.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    DataFrame, columns demand (MW), price (yuan/MWh)
        Index: the END of each quarter of an hour, so the last of a day is the next midnight.

    Raises
    ------
    SpecificationError
        `carbon` misses a day.

    Notes
    -----
    The mean price of day d is x_d + weather_d + season_d, where x corrects towards
    ``constant + long_run · carbon`` as in `error_correction`, the weather (an AR(1) of 0.5, 10
    yuan/MWh) also moves demand, and the season is a wave of 8 yuan/MWh. Hours add a solar dip, an
    evening peak and noise that have mean zero over the day. No quarter is below 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink import simulate
    >>> carbon = pd.Series(80.0, index=pd.date_range("2024-01-01", periods=7))
    >>> frame = simulate.quarter_hours(carbon, rng=1)
    >>> len(frame), str(frame.index[-1].date())
    (672, '2024-01-08')
    """
    steps = carbon.index.to_series().diff().iloc[1:]
    if carbon.isna().any() or not (steps == pd.Timedelta(days=1)).all():
        raise SpecificationError(
            "carbon has a gap; power trades every day.", "Carry the last carbon price forward."
        )
    draws = generator(rng)
    days = len(carbon)
    weather = autoregression(draws.standard_normal(days), 0.5)
    dates = pd.DatetimeIndex(carbon.index)
    turn = 2 * np.pi * (dates.day_of_year.to_numpy() - 200) / 365.25
    level = follow(
        carbon.to_numpy(float),
        long_run,
        adjustment,
        short_run,
        sigma * draws.standard_normal(days),
        constant,
    )
    daily = level + 10 * weather + 8 * np.cos(turn)
    weekend = dates.day_of_week.to_numpy() >= 5
    load = base_demand * (1 + 0.16 * np.cos(turn) + 0.05 * weather - 0.08 * weekend)
    within = _hours(draws, days)
    frame = pd.DataFrame(
        {
            "demand": _smooth(load) * _demand_shape(draws, days).ravel(),
            "price": _no_negatives(daily[:, None] + within).ravel(),
        }
    )
    start = dates[0] + pd.Timedelta(minutes=15)
    frame.index = pd.date_range(start, periods=days * QUARTERS, freq="15min", name="date")
    return frame


def _bump(hour: np.ndarray, centre: float, width: float) -> np.ndarray:
    apart = np.abs(hour - centre)
    return np.exp(-0.5 * (np.minimum(apart, 24 - apart) / width) ** 2)


def _clock() -> np.ndarray:
    return np.arange(1, QUARTERS + 1) / 4


def _hours(draws: np.random.Generator, days: int) -> np.ndarray:
    """Deviations of each quarter from the day's mean price, shape (days, 96)."""
    hour = _clock()
    sun = 40 + 320 * draws.random(days) ** 2
    peak = 50 + 190 * draws.random(days) ** 2
    shape = (
        peak[:, None] * _bump(hour, 19.5, 1.8)
        + 0.6 * peak[:, None] * _bump(hour, 10.0, 1.6)
        - sun[:, None] * _bump(hour, 13.0, 1.7)
        - 70 * _bump(hour, 3.5, 2.4)
    )
    noise = 28 * autoregression(draws.standard_normal(days * QUARTERS), 0.93)
    within = shape + noise.reshape(days, QUARTERS)
    return within - within.mean(axis=1, keepdims=True)


def _demand_shape(draws: np.random.Generator, days: int) -> np.ndarray:
    hour = _clock()
    shape = 1 + 0.12 * _bump(hour, 11, 2.5) + 0.15 * _bump(hour, 18.5, 3) - 0.2 * _bump(hour, 4, 3)
    noise = 0.01 * autoregression(draws.standard_normal(days * QUARTERS), 0.95)
    return shape / shape.mean() + noise.reshape(days, QUARTERS)


def _smooth(daily: np.ndarray) -> np.ndarray:
    """Daily values drawn through noon, at the end of each quarter."""
    noon = np.arange(len(daily)) * QUARTERS + QUARTERS / 2
    return np.interp(np.arange(1, len(daily) * QUARTERS + 1), noon, daily)


def _no_negatives(price: np.ndarray) -> np.ndarray:
    """Lift quarters below 0 to 0 and take the difference from the day's other quarters."""
    lifted = np.maximum(price, 0)
    mean = price.mean(axis=1, keepdims=True)
    return lifted * mean / lifted.mean(axis=1, keepdims=True)
