"""Daily volumes of several markets that follow the calendar, their deadlines, or both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator
from .trading import LOG_SPREAD, USUAL_TONNES, autoregression

_DEADLINES = ("06-30", "05-31", "12-31", "07-31", "10-31", "09-15", "03-31", "11-30")
_MIDDLE, _WIDTH = 181, 25.0


def clock_volumes(
    markets: int = 6,
    cycles: int = 4,
    calendar: float = 0.0,
    compliance: float = 1.5,
    window: int = 30,
    persistence: float = 0.7,
    zero_share: float = 0.2,
    *,
    spread: bool = True,
    rng: Any = 0,
) -> tuple[pd.DataFrame, dict[str, list[pd.Timestamp]]]:
    """Simulate daily tonnes that crowd at midsummer, before deadlines, or both.

    Parameters
    ----------
    markets, cycles : int
        Up to eight markets, each of so many years.
    calendar : float
        Log of the factor at the end of June, falling off as a bell of 25 days.
    compliance : float
        Log of the factor on the last `window` weekdays before a deadline.
    window : int
    persistence, zero_share : float
        As in `volumes`.
    spread : bool
        Whether the markets' deadlines fall in different months; else all are 30 June.
    rng : int, SeedSequence or Generator

    Returns
    -------
    volume : DataFrame
        A column a market, weekdays from 2015-01-01; missing before a market's first cycle and
        after its last.
    deadlines : dict of str to list of Timestamp

    Examples
    --------
    >>> from carbonlink import simulate
    >>> volume, deadlines = simulate.clock_volumes(markets=3, cycles=2, rng=1)
    >>> [str(days[0].date()) for days in deadlines.values()]
    ['2015-06-30', '2015-05-31', '2015-12-31']
    """
    if not 0 < markets <= len(_DEADLINES) or cycles < 1:
        raise SpecificationError(
            f"markets={markets}, cycles={cycles} will not do.",
            f"Use 1 to {len(_DEADLINES)} markets and 1 or more cycles.",
        )
    draws = generator(rng)
    columns, deadlines = {}, {}
    for i in range(markets):
        name, day = f"market {i + 1}", _DEADLINES[i if spread else 0]
        ends = [pd.Timestamp(f"{2015 + c}-{day}") for c in range(cycles + 1)]
        dates = pd.bdate_range(ends[0] + pd.Timedelta(days=1), ends[-1])
        place = dates.searchsorted(pd.DatetimeIndex(ends[1:]), side="right")
        rush = np.zeros(len(dates))
        for stop in place:
            rush[max(stop - window, 0) : stop] = 1.0
        apart = (dates.day_of_year.to_numpy() - _MIDDLE) / _WIDTH
        noise = autoregression(draws.standard_normal(len(dates)), persistence)
        level = calendar * np.exp(-(apart**2)) + compliance * rush + LOG_SPREAD * noise
        tonnes = USUAL_TONNES * np.exp(level) * (draws.random(len(dates)) >= zero_share)
        columns[name] = pd.Series(np.round(tonnes), dates)
        deadlines[name] = ends
    return pd.DataFrame(columns).rename_axis("date"), deadlines
