"""How a venue makes its opening and closing price, and what that means for a printed one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..facts.published import published

_FEWEST_MOVES = 20
_NEARLY_ALWAYS = 0.95


def carried_up_to(market: str, dates: pd.DatetimeIndex) -> pd.Series:
    """Return the quantity up to which the closing price of a day is an earlier day's.

    Parameters
    ----------
    market : str
        Canonical market id.
    dates : DatetimeIndex
        The days asked for.

    Returns
    -------
    Series
        In the market's unit; 0 (no trade, no price) unless the facts table `closing_prices` has
        another threshold: the Guangzhou exchange prints the previous close on a day with listed
        trades of 100 t or less.
    """
    most = pd.Series(0.0, index=dates)
    table = published("closing_prices")
    row: Any
    for row in table[table["market"] == market].itertuples():
        stop = pd.Timestamp(row.valid_to) if isinstance(row.valid_to, str) else pd.Timestamp.max
        within = (dates >= pd.Timestamp(row.valid_from)) & (dates <= stop)
        most.loc[within] = float(row.carried_up_to)
    return most


def open_is_reference(opening: pd.Series, printed: pd.Series) -> bool:
    """Return whether a printed open is the previous close, not a first trade.

    Parameters
    ----------
    opening, printed : Series
        The open and the headline price as printed, by session.

    Notes
    -----
    Judged on the days on which the price moved, since on others the two agree anyway: at least
    20 of them, and the open equal to the previous printed price on 95 % or more. The Guangzhou
    exchange's open is one on 99.9 % of days.
    """
    previous = printed.ffill().shift()
    moved = opening.notna() & previous.notna() & printed.notna() & printed.ne(previous)
    if moved.sum() < _FEWEST_MOVES:
        return False
    return bool(opening[moved].eq(previous[moved]).mean() >= _NEARLY_ALWAYS)
