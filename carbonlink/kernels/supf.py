"""A break at an unknown date: the largest F over dates, with Hansen's p-values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_HANSEN = np.array(
    [
        [-0.0648467, 0.99671156, 1.2573241],
        [-0.15305667, 0.96757645, 1.43651315],
        [-0.23071675, 0.95825013, 1.56531261],
        [-0.29247661, 0.95715782, 1.68851898],
        [-0.35706588, 0.95237505, 1.77889686],
        [-0.40514715, 0.96055795, 1.89761322],
        [-0.45248386, 0.95810999, 1.98370422],
        [-0.50458517, 0.96149538, 2.07086519],
        [-0.55009159, 0.96684273, 2.17244338],
        [-0.60241623, 0.96518399, 2.23509053],
        [-0.64308746, 0.97354902, 2.33722161],
        [-0.68833676, 0.97829106, 2.42776524],
        [-0.73136161, 0.9820687, 2.50833918],
        [-0.78078198, 0.99475319, 2.6209551],
        [-0.82894221, 1.00023473, 2.70286643],
        [-0.88430133, 1.00162529, 2.77835798],
        [-0.9499265, 1.00384268, 2.84325795],
        [-0.98828874, 1.01604712, 2.96752918],
        [-1.04892713, 1.02570939, 3.08442682],
        [-1.11527783, 1.03526033, 3.19770394],
        [-1.14992644, 1.06643436, 3.44739573],
        [-1.24010871, 1.06929468, 3.54993605],
        [-1.38522113, 1.06808543, 3.61667211],
        [-1.48296473, 1.1283969, 4.07202473],
        [-1.78738608, 1.17220925, 4.4726701],
    ]
)
"""Constant, slope and degrees of freedom at the trimmings .49, .47, …, .01; one coefficient."""


@dataclass(frozen=True)
class Break:
    """The largest F.

    Attributes
    ----------
    statistic : float
    at : int
        Last row before the break.
    p_value : float
    path : ndarray, shape (dates,)
        F at each date tried.
    dates : ndarray of int
    """

    statistic: float
    at: int
    p_value: float
    path: np.ndarray
    dates: np.ndarray


def pvalue(statistic: float, trimming: float) -> float:
    """Return the p-value of sup-F of one coefficient.

    Parameters
    ----------
    statistic : float
        Wald form: F times its one restriction.
    trimming : float
        Share of the sample left out at each end, in (0, 0.5).

    References
    ----------
    Hansen, B. E. (1997). Approximate asymptotic p values for structural-change tests. Journal
    of Business and Economic Statistics 15, 60–67. doi:10.1080/07350015.1997.10524687
    """
    from scipy import stats

    shifted = np.maximum(_HANSEN[:, 0] + _HANSEN[:, 1] * statistic, 0.0)
    tails = stats.chi2.sf(shifted, _HANSEN[:, 2])
    if trimming <= 0.01:
        return float(tails[-1])
    known = np.append(0.5, 0.49 - 0.02 * np.arange(25))
    values = np.append(stats.chi2.sf(statistic, 1), tails)
    return float(np.interp(trimming, known[::-1], values[::-1]))


def shift(y: np.ndarray, lags: int, trimming: float = 0.15) -> Break:
    """Test for one shift of the intercept of an autoregression at an unknown date.

    Parameters
    ----------
    y : ndarray, shape (n,)
    lags : int
        Own lags, whose coefficients do not change.
    trimming : float

    Notes
    -----
    y_t = c + δ·1{t > τ} + Σ φ_i y_{t-i} + u_t; White's covariance, so that a changing variance
    of u does not pass for a shift.

    References
    ----------
    Andrews, D. W. K. (1993). Tests for parameter instability and structural change with
    unknown change point. Econometrica 61, 821–856. doi:10.2307/2951764
    """
    past = [y[lags - j : len(y) - j] for j in range(1, lags + 1)]
    target = y[lags:]
    n = len(target)
    base = np.column_stack([np.ones(n), *past])
    q = np.linalg.qr(base)[0]
    null = target - q @ (q.T @ target)
    first = max(int(np.ceil(trimming * n)), lags + 2)
    dates = np.arange(first, n - first + 1)
    steps = (np.arange(n)[:, None] >= dates).astype(float)
    steps = steps - q @ (q.T @ steps)
    size = (steps**2).sum(axis=0)
    delta = steps.T @ null / size
    left = null[:, None] - steps * delta
    variance = (steps**2 * left**2).sum(axis=0) / size**2 * n / (n - lags - 2)
    path = delta**2 / variance
    best = int(np.argmax(path))
    statistic = float(path[best])
    return Break(
        statistic, int(dates[best]) - 1 + lags, pvalue(statistic, first / n), path, dates + lags
    )
