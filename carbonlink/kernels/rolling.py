"""Variance decompositions of rolling windows from cumulated cross-products."""

from __future__ import annotations

import numpy as np

from . import fevd, var

BLOCK = 256
"""Windows after which the cross-products are computed afresh."""

DOUBTFUL = 1e-5
"""Windows whose systems are closer to singular than this are solved again by QR."""


def rolling_shares(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    count: int,
    horizon: int,
    *,
    constant: bool = True,
    kind: str = "generalized",
    order: np.ndarray | None = None,
    exog: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Decompose the forecast-error variances of every window of `count` observations.

    Parameters
    ----------
    values : ndarray, shape (T, k)
    lags, horizon : int
    rows : ndarray of int, shape (n,)
        Observations: positions whose own row and lags are complete.
    count : int
        Observations in a window.
    exog : ndarray, shape (T, q), optional
        Exogenous columns; one that does not move in a window takes no part there.

    Returns
    -------
    table : ndarray, shape (n − count + 1, k, k)
        Shares; NaN where a window's regressors are linearly dependent.
    root : ndarray, shape (n − count + 1,)
        Largest modulus of the companion eigenvalues.

    Notes
    -----
    Within a block of windows the columns are centred and scaled by the block's own moments, the
    cross-products of the first window are computed afresh, and those of the next ones follow by
    adding the observation that enters and taking away the one that leaves. The cost of a window
    does not depend on its length. Windows that are nearly singular, or small beside what has
    left them, are solved again from their own rows.
    """
    k = values.shape[1]
    total = len(rows) - count + 1
    table, root = np.full((total, k, k), np.nan), np.full(total, np.nan)
    size = max(BLOCK, count)
    for first in range(0, total, size):
        last = min(first + size, total)
        here = rows[first : last + count - 1]
        coefs, sigma, doubtful = _block(values, lags, here, count, constant, exog)
        for i in np.flatnonzero(doubtful):
            coefs[i], sigma[i] = _exact(values, lags, here[i : i + count], constant, exog)
        good = np.isfinite(sigma).all(axis=(-1, -2))
        at = first + np.flatnonzero(good)
        table[at] = fevd.shares(coefs[good], sigma[good], horizon, kind, order)
        root[at] = var.roots(coefs[good])[:, 0]
    return table, root


def _block(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    count: int,
    constant: bool,
    exog: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients and covariances of consecutive windows; and which of them to doubt."""
    k = values.shape[1]
    y = values[rows]
    shift = y.mean(axis=0) if constant else np.zeros(k)
    scale = np.sqrt(np.mean((y - shift) ** 2, axis=0))
    moved = (values - shift) / np.where(scale > 0, scale, 1.0)
    ones = [np.ones((len(rows), 1))] if constant else []
    if exog is not None:
        size = exog[rows].std(axis=0)
        ones.append((exog[rows] - exog[rows].mean(axis=0)) / np.where(size > 0, size, 1.0))
        if not constant:
            ones[-1] = exog[rows] / np.where(size > 0, size, 1.0)
    joined = np.hstack([*ones, var.lagged(moved, lags, rows), moved[rows]])
    width = joined.shape[1]
    gram = np.empty((len(rows) - count + 1, width, width))
    gram[0] = joined[:count].T @ joined[:count]
    enters, leaves = joined[count:], joined[: len(rows) - count]
    gram[1:] = enters[:, :, None] * enters[:, None, :] - leaves[:, :, None] * leaves[:, None, :]
    np.cumsum(gram, axis=0, out=gram)
    coefs, sigma, quality = var.solve_cross_products(gram, k, lags, count)
    size = np.diagonal(gram, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        cancelled = (size / np.maximum.accumulate(size, axis=0)).min(axis=1)
    return coefs, sigma, ~(quality * cancelled > DOUBTFUL)


def _exact(
    values: np.ndarray, lags: int, rows: np.ndarray, constant: bool, exog: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """One window by QR; NaN where its columns are linearly dependent."""
    k = values.shape[1]
    columns = np.hstack([var.lagged(values, lags, rows), values[rows]])
    if var.pivots(columns, constant).min() < var.DEPENDENT:
        return np.full((lags, k, k), np.nan), np.full((k, k), np.nan)
    if exog is not None:
        exog = exog[:, var.pivots(exog[rows], constant) > var.DEPENDENT]
    fitted = var.fit(values, lags, rows, constant, exog)
    return fitted.coefs, fitted.sigma
