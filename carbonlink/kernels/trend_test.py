"""A linear trend in a series that may or may not have a unit root; weak σ-convergence."""

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


def weak_sigma(variance: np.ndarray) -> Trend:
    """Test whether a cross-section variance falls: t of its trend, one-sided.

    Parameters
    ----------
    variance : ndarray, shape (n,)

    Notes
    -----
    The t-value has Newey and West's variance with ⌊n^{1/3}⌋ lags; the p-value is that of a
    slope below zero. It rejects far too often when the variance wanders (42 % at a unit root,
    n = 300, nominal 5 %); `robust_trend` stands that.

    References
    ----------
    Kong, J., Phillips, P. C. B. and Sul, D. (2019). Weak σ-convergence: theory and
    applications. Journal of Econometrics 209, 185–207.
    """
    from scipy import stats

    n = len(variance)
    t = np.arange(n) - (n - 1) / 2
    slope = float(t @ variance / (t @ t))
    left = variance - variance.mean() - slope * t
    lags = int(n ** (1 / 3))
    spread = long_run((t * left)[:, None], lags + 1, "bartlett", 1)[0, 0]
    statistic = slope / (np.sqrt(spread) / (t @ t))
    return Trend(slope, float(statistic), float(stats.norm.cdf(statistic)), float("nan"))


def _variance(left: np.ndarray) -> float:
    width = min(andrews_width(left[:, None], "qs"), len(left) / 2)
    return float(long_run(left[:, None], width, "qs", len(left))[0, 0])
