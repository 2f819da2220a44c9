"""A monthly series that follows a daily one with known weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..inference.parallel import generator
from ..kernels.midas import lag_rows, lag_weights
from .returns import business_days


def mixed_frequency(
    n: int = 120,
    slope: float = 1.0,
    shape: tuple[float, float] = (1.0, 5.0),
    lags: int = 20,
    own: float = 0.3,
    sigma: float = 0.2,
    rng: Any = 0,
) -> tuple[pd.Series, pd.Series]:
    """Simulate a monthly effect of a daily cause with beta weights.

    Parameters
    ----------
    n : int
        Months.
    slope, own : float
        Effect of the weighted daily values, and of the month before.
    shape : tuple of float
        θ of the beta weights, newest day first.
    lags : int
        Days in the weighted sum, counted back from the month's last business day.
    sigma : float
        Standard deviation of the monthly shocks; the daily ones are of 1.
    rng : int, SeedSequence or Generator

    Returns
    -------
    monthly, daily : Series
        Named "effect", on month ends, and "cause", on business days.

    Notes
    -----
    y_t = own·y_{t-1} + slope·Σ_k w_k(θ) x_{t,k} + e_t, with x white noise.

    References
    ----------
    Ghysels, E., Sinko, A. and Valkanov, R. (2007). Econometric Reviews 26, 53–90.
    doi:10.1080/07474930600972467

    Examples
    --------
    >>> import carbonlink as cl
    >>> monthly, daily = cl.simulate.mixed_frequency(60, rng=1)
    >>> len(monthly)
    60
    """
    draws = generator(rng)
    before = 2 + lags // 20
    days = business_days(23 * (n + before + 1))
    daily = pd.Series(draws.standard_normal(len(days)), days, name="cause")
    ends = pd.date_range(days[0] + pd.offsets.MonthEnd(before), periods=n, freq="ME")
    rows = lag_rows(_days(ends), _days(days), daily.to_numpy(), lags, 0)
    pushes = slope * rows @ lag_weights("beta", np.asarray(shape), lags)
    pushes = pushes + sigma * draws.standard_normal(n)
    effect = np.empty(n)
    effect[0] = pushes[0]
    for t in range(1, n):
        effect[t] = own * effect[t - 1] + pushes[t]
    daily = daily[daily.index <= ends[-1]]
    return pd.Series(effect, ends, name="effect"), daily


def _days(index: pd.DatetimeIndex) -> np.ndarray:
    return index.to_numpy().astype("datetime64[D]").astype(np.int64)
