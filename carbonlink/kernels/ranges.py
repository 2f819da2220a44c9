"""Daily variances from the range of prices within the day."""

from __future__ import annotations

import numpy as np

ESTIMATORS = ("parkinson", "garman-klass", "rogers-satchell", "yang-zhang")
"""Range estimators, by the prices they need: the range alone, then the close and the open too."""

USES_OPEN = ("garman-klass", "rogers-satchell", "yang-zhang")
"""Those that need a genuine first trade."""


def range_variances(
    opening: np.ndarray, high: np.ndarray, low: np.ndarray, close: np.ndarray
) -> dict[str, np.ndarray]:
    """Return each day's variance by the estimators that stand on one day, each (n,).

    Parameters
    ----------
    opening, high, low, close : ndarray, shape (n,)
        Prices; missing ones give missing variances.

    Returns
    -------
    dict
        "parkinson", "garman-klass" and "rogers-satchell", in squared log units; NaN where high
        is low, whose variance of zero would count a day of one price as calm.

    Notes
    -----
    With u = ln H/O, d = ln L/O, c = ln C/O: (u − d)²/(4 ln 2); ½(u − d)² − (2 ln 2 − 1)c²;
    u(u − c) + d(d − c). The first two take the price to have no drift within the day. All take
    trading to be continuous: prices seen at few moments make the range, and them, too small.

    References
    ----------
    Parkinson, M. (1980). The extreme value method for estimating the variance of the rate of
    return. Journal of Business 53, 61–65. doi:10.1086/296071
    Garman, M. B. and Klass, M. J. (1980). On the estimation of security price volatilities from
    historical data. Journal of Business 53, 67–78. doi:10.1086/296072
    Rogers, L. C. G. and Satchell, S. E. (1991). Estimating variance from high, low and closing
    prices. Annals of Applied Probability 1, 504–512. doi:10.1214/aoap/1177005835
    """
    spread = np.log(high / low)
    spread = np.where(spread > 0, spread, np.nan)
    c = np.log(close / opening)
    satchell = np.log(high / close) * np.log(high / opening)
    satchell = satchell + np.log(low / close) * np.log(low / opening)
    return {
        "parkinson": spread**2 / (4 * np.log(2)),
        "garman-klass": 0.5 * spread**2 - (2 * np.log(2) - 1) * c**2,
        "rogers-satchell": np.where(np.isnan(spread), np.nan, satchell),
    }


def yang_zhang_weight(n: int) -> float:
    """Return k = 0.34/(1.34 + (n + 1)/(n − 1)), the weight of the open-to-close variance."""
    return 0.34 / (1.34 + (n + 1) / (n - 1))


def yang_zhang(
    overnight: np.ndarray, daytime: np.ndarray, satchell: np.ndarray, window: int
) -> np.ndarray:
    """Return the variance of Yang and Zhang over the last `window` complete days, shape (n,).

    Parameters
    ----------
    overnight : ndarray, shape (n,)
        ln of the open over the close of the session before.
    daytime : ndarray, shape (n,)
        ln C/O.
    satchell : ndarray, shape (n,)
        Rogers and Satchell's variances.
    window : int
        Days; a day is complete where all three are known, and only those count.

    Notes
    -----
    V = V_o + k V_c + (1 − k) V_rs, V_o and V_c the sample variances of the two returns, V_rs
    the mean of the last: it has no bias from drift or from jumps at the open. NaN on days that
    are not complete or have fewer than `window` complete days up to them.

    References
    ----------
    Yang, D. and Zhang, Q. (2000). Drift-independent volatility estimation based on high, low,
    open, and close prices. Journal of Business 73, 477–492. doi:10.1086/209650
    """
    complete = np.isfinite(overnight) & np.isfinite(daytime) & np.isfinite(satchell)
    out = np.full(len(overnight), np.nan)
    place = np.flatnonzero(complete)
    if len(place) < window:
        return out
    parts = [
        np.lib.stride_tricks.sliding_window_view(v[place], window)
        for v in (overnight, daytime, satchell)
    ]
    k = yang_zhang_weight(window)
    value = parts[0].var(axis=1, ddof=1) + k * parts[1].var(axis=1, ddof=1)
    out[place[window - 1 :]] = value + (1 - k) * parts[2].mean(axis=1)
    return out


def yang_zhang_parts(
    overnight: np.ndarray, daytime: np.ndarray, satchell: np.ndarray
) -> np.ndarray:
    """Return what each complete day adds to the variance of all days, whose mean it is, (n,)."""
    complete = np.isfinite(overnight) & np.isfinite(daytime) & np.isfinite(satchell)
    out = np.full(len(overnight), np.nan)
    n = int(complete.sum())
    if n < 2:
        return out
    o, c, rs = overnight[complete], daytime[complete], satchell[complete]
    k, scale = yang_zhang_weight(n), n / (n - 1)
    out[complete] = scale * (o - o.mean()) ** 2 + k * scale * (c - c.mean()) ** 2 + (1 - k) * rs
    return out
