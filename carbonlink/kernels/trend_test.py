"""A linear trend in a series that may or may not have a unit root."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .logt import andrews_width, long_run

_STEEPNESS = 0.00025


@dataclass(frozen=True)
class Trend:
    """A slope a row with a statistic that is standard normal without trend."""

    slope: float
    statistic: float
    p_value: float
    weight: float


def robust_trend(y: np.ndarray) -> Trend:
    """Test for a linear trend whether y returns to it or wanders.

    Parameters
    ----------
    y : ndarray, shape (n,)

    Notes
    -----
    z_λ = (1 − λ) z₀ + λ z₁ with z₀ the t-value of the slope in levels, z₁ that of the mean of
    changes, both with long-run variances, and λ = exp{−0.00025 (DF-GLS/KPSS)²}.

    References
    ----------
    Harvey, D. I., Leybourne, S. J. and Taylor, A. M. R. (2007). A simple, robust and powerful
    test of the trend hypothesis. Journal of Econometrics 141, 1302–1330.
    """
    from arch.unitroot import DFGLS
    from scipy import stats

    n = len(y)
    t = np.arange(n) - (n - 1) / 2
    slope = float(t @ y / (t @ t))
    left = y - y.mean() - slope * t
    z0 = slope / np.sqrt(_variance(left) / (t @ t))
    change = np.diff(y)
    mean = float(change.mean())
    z1 = mean / np.sqrt(_variance(change - mean) / (n - 1))
    root = float(DFGLS(y, trend="ct", method="bic").stat)
    sums = np.cumsum(left)
    lags = int(4 * (n / 100) ** 0.25)
    kpss = float(sums @ sums / n**2 / long_run(left[:, None], lags + 1, "bartlett", n)[0, 0])
    weight = float(np.exp(-_STEEPNESS * (root / kpss) ** 2))
    statistic = (1 - weight) * z0 + weight * z1
    slope = (1 - weight) * slope + weight * mean
    return Trend(slope, float(statistic), float(2 * stats.norm.sf(abs(statistic))), weight)


def _variance(left: np.ndarray) -> float:
    width = min(andrews_width(left[:, None], "qs"), len(left) / 2)
    return float(long_run(left[:, None], width, "qs", len(left))[0, 0])
