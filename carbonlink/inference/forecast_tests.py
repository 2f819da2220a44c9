"""Losses of variance forecasts, and tests of which forecast loses least."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .hac import andrews_bandwidth, bartlett
from .parallel import generator


def qlike(proxy: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return v/h − ln(v/h) − 1, zero where the forecast h is the proxy v.

    References
    ----------
    Patton, A. J. (2011). Volatility forecast comparison using imperfect volatility proxies.
    Journal of Econometrics 160, 246–256. doi:10.1016/j.jeconom.2010.03.034
    """
    ratio = proxy / variance
    return ratio - np.log(ratio) - 1


def squared_error(proxy: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return (v − h)²."""
    return (proxy - variance) ** 2


class EqualLosses(NamedTuple):
    """A Diebold–Mariano test: mean loss difference, its error, t-value, p-value, lags."""

    difference: float
    std_error: float
    statistic: float
    p_value: float
    reference: str


def diebold_mariano(
    difference: np.ndarray, horizon: int = 1, variance: str = "rectangular"
) -> EqualLosses:
    """Test whether two forecasts lose the same on average.

    Parameters
    ----------
    difference : ndarray, shape (n,)
        Loss of the first less that of the second.
    horizon : int
        Rows ahead of the forecasts, h.
    variance : {"rectangular", "hac"}
        Long-run variance from h − 1 autocovariances with weight one (Bartlett weights, with the
        same number, where that is negative), or with Bartlett weights and Andrews' bandwidth,
        for losses that are serially dependent although h is 1.

    Notes
    -----
    "rectangular" has the correction of Harvey, Leybourne and Newbold, √((n + 1 − 2h +
    h(h − 1)/n)/n), and Student's t with n − 1 degrees of freedom. "hac" is compared with the
    normal. The test compares forecasts, not models: parameters that were estimated are part of
    the forecast (Giacomini and White), which needs a rolling window.

    References
    ----------
    Diebold, F. X. and Mariano, R. S. (1995). Comparing predictive accuracy. Journal of Business
    & Economic Statistics 13, 253–263. doi:10.1080/07350015.1995.10524599
    Harvey, D., Leybourne, S. and Newbold, P. (1997). Testing the equality of prediction mean
    squared errors. International Journal of Forecasting 13, 281–291.
    doi:10.1016/S0169-2070(96)00719-4
    """
    from scipy import stats

    n = len(difference)
    if not np.any(difference != 0):
        return EqualLosses(0.0, 0.0, float("nan"), float("nan"), "identical forecasts")
    mean = float(difference.mean())
    u = (difference - mean)[:, None]
    if variance == "hac":
        error = float(np.sqrt(bartlett(u, andrews_bandwidth(u))[0, 0])) / n
        value = mean / error if error > 0 else np.nan
        return EqualLosses(mean, error, value, float(2 * stats.norm.sf(abs(value))), "normal, HAC")
    gamma = [float(u[j:, 0] @ u[: n - j, 0]) / n for j in range(horizon)]
    total = gamma[0] + 2 * sum(gamma[1:])
    if total <= 0:
        total = float(bartlett(u, float(horizon))[0, 0]) / n
    factor = np.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    error = float(np.sqrt(total / n))
    value = mean / error * factor if error > 0 else np.nan
    p = float(2 * stats.t.sf(abs(value), n - 1))
    return EqualLosses(mean, error, value, p, f"t({n - 1}), Harvey–Leybourne–Newbold")


def model_confidence_set(
    losses: pd.DataFrame, draws: int = 999, block: int | None = None, rng: Any = 0
) -> pd.Series:
    """Return each model's p-value in the model confidence set.

    Parameters
    ----------
    losses : DataFrame, shape (n, k)
        A column a model.
    draws : int
    block : int, optional
        Mean length of the blocks of the stationary bootstrap; n^(1/3) rounded up when None.
    rng : int, SeedSequence or Generator

    Returns
    -------
    Series
        The set at confidence 1 − α holds the models with a p-value of at least α.

    Notes
    -----
    Statistic T_max over models' t-values against the mean of those left, the worst eliminated
    until one is left; a model's p-value is the largest up to its elimination. Computed here on
    one set of resampled means, in place of arch's `MCS`, whose `method="max"` standard errors
    and eliminations it reproduces.

    References
    ----------
    Hansen, P. R., Lunde, A. and Nason, J. M. (2011). The model confidence set. Econometrica 79,
    453–497. doi:10.3982/ECTA5771
    """
    values = losses.to_numpy(float)
    n, k = values.shape
    block = int(np.ceil(n ** (1 / 3))) if block is None else int(block)
    means = values.mean(axis=0)
    shift = _resampled_means(values, draws, block, generator(rng)) - means
    left, highest = list(range(k)), 0.0
    p_values = pd.Series(1.0, index=losses.columns, name="p_value")
    while len(left) > 1:
        own = shift[:, left]
        apart = own - own.mean(axis=1, keepdims=True)
        spread = np.sqrt((apart**2).mean(axis=0))
        gap = means[left] - means[left].mean()
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(spread > 0, gap / spread, 0.0)
            null = np.where(spread > 0, apart / spread, 0.0).max(axis=1)
        p = float((null >= t.max()).mean())
        highest = max(highest, p)
        worst = left[int(np.argmax(t))]
        p_values.iloc[worst] = highest
        left.remove(worst)
    return p_values


def _resampled_means(
    values: np.ndarray, draws: int, block: int, rng: np.random.Generator
) -> np.ndarray:
    """Means of stationary-bootstrap samples (Politis and Romano 1994), shape (draws, k)."""
    n = len(values)
    out = np.empty((draws, values.shape[1]))
    for i in range(draws):
        fresh = rng.random(n) < 1 / block
        fresh[0] = True
        starts = rng.integers(0, n, n)
        place = np.flatnonzero(fresh)
        run = np.arange(n) - np.repeat(place, np.diff([*place, n]))
        out[i] = values[(starts[np.repeat(place, np.diff([*place, n]))] + run) % n].mean(axis=0)
    return out
