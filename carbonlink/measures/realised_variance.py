"""Realised variance of power prices from the quarters of an hour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_choice
from ..models.break_inputs import whole
from ..models.frames import check_series
from ..panel import Panel


def realised_variance(
    data: Any,
    market: str | None = None,
    *,
    changes: str = "difference",
    labels: str = "end",
    minimum: int | None = None,
) -> pd.DataFrame:
    """Return each day's realised variance from prices within the day.

    Parameters
    ----------
    data : Panel or Series
        A Panel whose market has prices within the day, or such prices with a DatetimeIndex.
    market : str, optional
        Label in the Panel.
    changes : {"difference", "log"}
        Changes that are squared; logarithms need positive prices.
    labels : {"end", "start"}
        What the times of a Series mark: the end of each interval, the last of a day being the
        next midnight, or its start. A Panel's are starts.
    minimum : int, optional
        Fewest changes in a day, four fifths of a whole day's when None; days with fewer are
        left missing, not scaled up.

    Returns
    -------
    DataFrame
        Index: days. Columns `variance` (the sum of squared changes within the day, in squared
        units of the price, or %² for logarithms), `bipower` (its part without jumps) and
        `changes`, how many there were.

    Notes
    -----
    RV_t = Σ_i r_{t,i}² over changes that begin and end in the day: the night between the last
    price and the first of the next day is no change within a day. Bipower variation is
    (π/2) Σ |r_i| |r_{i−1}|. Where prices are those of whole (or half) hours written four (two)
    times, only the first of each is taken. Spot power has a daily shape, which adds to both: it
    is a measure of the day's movement, not of risk alone.

    References
    ----------
    Barndorff-Nielsen, O. E. and Shephard, N. (2004). Power and bipower variation with
    stochastic volatility and jumps. Journal of Financial Econometrics 2, 1–37.
    doi:10.1093/jjfinec/nbh001

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink.measures.realised_variance import realised_variance
    >>> ends = pd.date_range("2024-01-01 00:15", periods=192, freq="15min")
    >>> price = pd.Series(300 + (ends.minute == 30) * 10.0, index=ends)
    >>> realised_variance(price)["variance"].tolist()
    [4800.0, 4800.0]
    """
    check_choice("changes", changes, ("difference", "log"))
    check_choice("labels", labels, ("end", "start"))
    if minimum is not None and (isinstance(minimum, bool) or not whole(minimum, 2)):
        raise SpecificationError(f"minimum={minimum!r} is no number of changes.", "Use 2 or more.")
    prices = _prices(data, market)
    if changes == "log" and (prices <= 0).any():
        first = prices.index[prices <= 0][0]
        raise DataError(
            f"{prices.name} is {prices[first]:g} at {first}: it has no logarithm.",
            "Use changes='difference'.",
        )
    step = prices.index.to_series().diff().mode().iloc[0]
    start = prices.index if labels == "start" or isinstance(data, Panel) else prices.index - step
    prices = prices.set_axis(start)
    prices, step = _without_repeats(prices, step)
    day = pd.DatetimeIndex(prices.index).normalize()
    value = 100 * np.log(prices) if changes == "log" else prices
    follows = (prices.index.to_series().diff() == step).to_numpy() & (day == np.roll(day, 1))
    change = value.diff().where(follows)
    before = change.shift().where(follows)
    parts = pd.DataFrame(
        {
            "variance": change**2,
            "bipower": np.pi / 2 * (change * before).abs(),
            "changes": change.notna().astype(int),
        }
    )
    daily = parts.groupby(day).sum(min_count=1).rename_axis("date")
    minimum = int(0.8 * (pd.Timedelta(days=1) / step - 1)) if minimum is None else int(minimum)
    few = daily["changes"] < minimum
    if few.all():
        raise DataError(
            f"No day of {prices.name} has {minimum} changes within it (at most "
            f"{int(daily['changes'].max())}).",
            "Give quarter-hours, or lower minimum.",
        )
    daily.loc[few, ["variance", "bipower"]] = np.nan
    return daily


def _without_repeats(prices: pd.Series, step: pd.Timedelta) -> tuple[pd.Series, pd.Timedelta]:
    """The first of prices that are written several times within the hour, and their spacing."""
    times = pd.DatetimeIndex(prices.index)
    place = ((times - times.normalize()) / step).astype(int)
    moved = prices.diff().fillna(0.0).ne(0).to_numpy()
    for copies in (4, 2):
        first = place % copies == 0
        if step * copies <= pd.Timedelta(hours=1) and moved.any() and not moved[~first].any():
            return prices[first], step * copies
    return prices, step


def _prices(data: Any, market: str | None) -> pd.Series:
    if isinstance(data, Panel):
        if market is None:
            raise SpecificationError("A Panel needs a market.", "Name it: market='electricity_gd'.")
        market = data.label(market)
        rows = data.tidy[data.tidy["market"] == market]
        price = rows["close"].where(rows["close"].notna(), rows["vwap"])
        series = pd.Series(price.to_numpy(float), index=pd.DatetimeIndex(rows["date"]), name=market)
        series = series.sort_index()
    else:
        series = check_series(data, "data")
    if not isinstance(series.index, pd.DatetimeIndex):
        raise DataError("The prices have no times.", "Set a DatetimeIndex.")
    series = series.dropna()
    if len(series) < 3 or pd.DatetimeIndex(series.index).normalize().nunique() == len(series):
        raise DataError(
            f"{series.name} has one price a day: no changes within it.",
            "Give prices within the day, or use range_volatility or daily returns.",
        )
    return series
