"""What an exchange prints of a price path: limits, stale days, thin prints, ranges and blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator

TINY = 10


def limit_bounds(cents: int, percent: int) -> tuple[int, int]:
    """Return the lower and upper limit price, in cents, rounded half up.

    Parameters
    ----------
    cents : int
        Reference price in hundredths of a yuan.
    percent : int
        Daily limit in percent of the reference price.

    Examples
    --------
    >>> from carbonlink.simulate.quotes import limit_bounds
    >>> limit_bounds(4805, 10)
    (4325, 5286)
    """
    return (cents * (100 - percent) + 50) // 100, (cents * (100 + percent) + 50) // 100


def market(
    log_price: pd.Series,
    volume: pd.Series,
    limit: int = 10,
    block_limit: int = 30,
    block_days: float = 0.0,
    block_share: float = 0.0,
    block_discount: float = 0.04,
    tiny_share: float = 0.0,
    one_price: int = 10,
    range_pct: float = 1.0,
    rng: Any = 0,
) -> pd.DataFrame:
    """Simulate what an exchange prints of an unseen price and of given daily tonnes.

    Parameters
    ----------
    log_price : Series
        Log of the unseen price, in yuan, one a session.
    volume : Series of int
        Tonnes of each session, 0 on days without a trade; the printed totals are exactly these.
    limit, block_limit : int
        Daily limits of listed and block trades, in percent of the last close.
    block_days, block_share : float
        Chance of block trades on a day, and their mean share of that day's tonnes.
    block_discount : float
        Mean discount of block trades to the day's close; its standard deviation is the same.
    tiny_share : float
        Chance that, on a day with block trades, the listed trades are 1 to 10 tonnes.
    one_price : int
        Days on which at most so many tonnes are listed have one price.
    range_pct : float
        Standard deviation, in percent, by which high and low pass open and close.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    DataFrame
        Index as `log_price`. ``open, high, low, close, vwap, volume, value`` of listed trades
        (prices missing without one), ``block_vwap, block_volume, block_value``, and
        ``total_volume, total_value``. Prices in yuan with two decimals (averages unrounded),
        volumes in tonnes, values in yuan with two decimals.

    Raises
    ------
    SpecificationError
        `log_price` and `volume` have different days.

    Notes
    -----
    The close is the unseen price, rounded to the cent and held inside

    .. math:: [\\mathrm{round}((1-\\lambda)P),\\ \\mathrm{round}((1+\\lambda)P)]

    with P the last close and halves rounded up, so a larger move takes several days. A day of at
    most 10 tonnes repeats the last close two times in three.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from carbonlink import simulate
    >>> r = simulate.garch(n=250, rng=1)
    >>> tonnes, _ = simulate.volumes(cycles=1, days=250, rng=1)
    >>> prints = simulate.market(np.log(50) + r.cumsum() / 100, tonnes.set_axis(r.index), rng=1)
    >>> bool(prints["close"].dropna().pct_change().abs().max() < 0.101)
    True
    """
    if not log_price.index.equals(volume.index):
        raise SpecificationError("log_price and volume have different days.", "Align them first.")
    draws = generator(rng)
    tonnes = volume.to_numpy(np.int64)
    listed = _listed(tonnes, block_days, block_share, tiny_share, draws)
    day = _listed_prices(
        np.exp(log_price.to_numpy(float)) * 100, listed, limit, one_price, range_pct, draws
    )
    block = tonnes - listed
    price = _block_prices(day["close"], limit, block_limit, block_discount, draws)
    # The weight 0 < u < 1 keeps the average inside the day's range.
    weight = 0.2 + 0.6 * draws.random(len(tonnes))
    value = listed * day["low"] + np.floor(listed * (day["high"] - day["low"]) * weight)
    block_value = block * price
    frame = pd.DataFrame(
        {
            **{k: np.where(listed > 0, day[k], np.nan) / 100 for k in ("open", "high", "low")},
            "close": np.where(listed > 0, day["close"], np.nan) / 100,
            "vwap": _ratio(value, listed),
            "volume": listed,
            "value": value / 100,
            "block_vwap": _ratio(block_value, block),
            "block_volume": block,
            "block_value": block_value / 100,
            "total_volume": tonnes,
            "total_value": (value + block_value) / 100,
        },
        index=log_price.index,
    )
    return frame


def _ratio(cents: np.ndarray, tonnes: np.ndarray) -> np.ndarray:
    return np.where(tonnes > 0, cents / np.maximum(tonnes, 1) / 100, np.nan)


def _listed(
    tonnes: np.ndarray,
    block_days: float,
    block_share: float,
    tiny_share: float,
    draws: np.random.Generator,
) -> np.ndarray:
    """Tonnes of listed trades; the rest of each day is block trades of at least 100,000 t."""
    n = len(tonnes)
    is_block = draws.random(n) < block_days
    spread = 1 - (1 - block_share) * (0.2 + 1.6 * draws.random(n))
    listed = tonnes - np.floor(tonnes * np.clip(spread, 0, 1)).astype(np.int64)
    prints = draws.integers(1, 11, n)
    listed = np.where(draws.random(n) < tiny_share, np.minimum(prints, tonnes), listed)
    return np.where(is_block & (tonnes - listed >= 100_000), listed, tonnes)


def _listed_prices(
    target: np.ndarray,
    listed: np.ndarray,
    limit: int,
    one_price: int,
    range_pct: float,
    draws: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Open, high, low and close in cents; on days without a listed trade the last close."""
    n = len(target)
    gap, above, below = draws.standard_normal((3, n)) * range_pct / 100
    repeats = draws.random(n) < 2 / 3
    names = ("open", "high", "low", "close")
    day = {name: np.empty(n, np.int64) for name in names}
    last = int(round(target[0]))
    for t in range(n):
        lowest, highest = limit_bounds(last, limit)
        single = listed[t] <= one_price
        stale = listed[t] == 0 or (listed[t] <= TINY and repeats[t])
        close = last if stale else int(round(target[t]))
        close = min(max(close, lowest), highest)
        first = close if single else min(max(int(round(last * (1 + gap[t]))), lowest), highest)
        top = bottom = close
        if not single:
            top = min(int(round(max(first, close) * (1 + abs(above[t])))), highest)
            bottom = max(int(round(min(first, close) * (1 - abs(below[t])))), lowest)
        for name, value in zip(names, (first, top, bottom, close), strict=True):
            day[name][t] = value
        last = close
    return day


def _bounds(cents: np.ndarray, percent: int) -> tuple[np.ndarray, np.ndarray]:
    return (cents * (100 - percent) + 50) // 100, (cents * (100 + percent) + 50) // 100


def _block_prices(
    close: np.ndarray,
    limit: int,
    block_limit: int,
    discount: float,
    draws: np.random.Generator,
) -> np.ndarray:
    """Block prices in cents: the close less a discount, inside the block limit."""
    shown = np.round(close * (1 - discount * (1 + draws.standard_normal(len(close)))))
    last = np.concatenate([close[:1], close[:-1]])
    lowest, highest = _bounds(last, block_limit)
    return np.clip(shown, lowest, highest).astype(np.int64)
