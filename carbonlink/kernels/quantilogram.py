"""Cross-quantilograms: correlation of quantile hits of one series with earlier hits of another."""

from __future__ import annotations

import numpy as np


def hits(values: np.ndarray, tau: float) -> np.ndarray:
    """Return 1[x < q] − τ of every column, q its own sample quantile; shape as `values`."""
    return (values < np.quantile(values, tau, axis=0)) - tau


def quantilogram(
    now: np.ndarray, past: np.ndarray, pairs: list[tuple[int, int]], tau: float
) -> np.ndarray:
    """Return the cross-quantilogram of pairs at lags 1 … p.

    Parameters
    ----------
    now : ndarray, shape (n, k)
    past : ndarray, shape (n, p, k)
        Lag 1 first.
    pairs : list of (cause, effect)
        Columns.
    tau : float
        The same quantile of both.

    Returns
    -------
    ndarray, shape (len(pairs), p)
        ρ_τ(l) = Σψ(effect_t)ψ(cause_{t−l}) / √(Σψ² Σψ²).

    References
    ----------
    Han, H., Linton, O., Oka, T. and Whang, Y.-J. (2016). The cross-quantilogram: Measuring
    quantile dependence and testing directional predictability between time series. Journal of
    Econometrics 193, 251–270. doi:10.1016/j.jeconom.2016.03.001
    """
    effect = hits(now, tau)
    cause = hits(past.reshape(len(past), -1), tau).reshape(past.shape)
    top = np.einsum("ni,npj->pij", effect, cause)
    size = np.sqrt(np.sum(effect**2, axis=0)[:, None] * np.sum(cause**2, axis=0)[:, None, :])
    found = top / size
    return np.array([found[:, j, i] for i, j in pairs])


def portmanteau(rho: np.ndarray, n: int) -> np.ndarray:
    """Return n(n + 2) Σ_l ρ(l)²/(n − l) over the last axis."""
    lags = np.arange(1, rho.shape[-1] + 1)
    return n * (n + 2) * np.sum(rho**2 / (n - lags), axis=-1)


def stationary_rows(
    n: int, count: int, length: float, generator: np.random.Generator
) -> np.ndarray:
    """Draw rows in circular blocks of random length with a mean; shape (count, n).

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American
    Statistical Association 89, 1303–1313. doi:10.1080/01621459.1994.10476870
    """
    fresh = generator.random((count, n)) < 1 / length
    fresh[:, 0] = True
    start = generator.integers(0, n, (count, n))
    place = np.arange(n)
    begun = np.maximum.accumulate(np.where(fresh, place, 0), axis=1)
    return (np.take_along_axis(start, begun, axis=1) + place - begun) % n
