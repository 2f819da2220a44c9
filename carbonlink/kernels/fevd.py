"""Forecast-error variance decompositions and the connectedness measures made from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spillovers:
    """Connectedness measures of one table, or of many (leading axes), in the table's unit.

    Attributes
    ----------
    total : ndarray, shape (...)
        Sum of the off-diagonal cells over k.
    to, from_, net : ndarray, shape (..., k)
        Column sums and row sums without the diagonal, and their difference.
    pairwise : ndarray, shape (..., k, k)
        `pairwise[i, j]` = table[j, i] − table[i, j]: above 0, i transmits more to j than it
        receives from j; the rows add up to `net`.
    """

    total: np.ndarray
    to: np.ndarray
    from_: np.ndarray
    net: np.ndarray
    pairwise: np.ndarray


def moving_average(coefs: np.ndarray, horizon: int) -> np.ndarray:
    """Return the moving-average matrices Ψ_0 … Ψ_{horizon−1} of lag matrices.

    Parameters
    ----------
    coefs : ndarray, shape (..., p, k, k)
    horizon : int
        Number of terms, Ψ_0 = I included.

    Returns
    -------
    ndarray, shape (..., horizon, k, k)
    """
    lags, k = coefs.shape[-3:-1]
    terms = [np.broadcast_to(np.eye(k), (*coefs.shape[:-3], k, k))]
    for step in range(1, horizon):
        term = terms[step - 1] @ coefs[..., 0, :, :]
        for lag in range(2, min(step, lags) + 1):
            term = term + terms[step - lag] @ coefs[..., lag - 1, :, :]
        terms.append(term)
    return np.stack(terms, axis=-3)


def impact(sigma: np.ndarray, kind: str, order: np.ndarray | None = None) -> np.ndarray:
    """Return the responses on impact to shocks of one standard deviation; shape (..., k, k).

    "generalized" gives Σ diag(Σ)^{-1/2}; "cholesky" the lower factor of Σ with the variables in
    `order`, put back in the order of `sigma`.
    """
    if kind == "generalized":
        return sigma / np.sqrt(np.diagonal(sigma, axis1=-2, axis2=-1))[..., None, :]
    order = np.arange(sigma.shape[-1]) if order is None else np.asarray(order)
    factor = np.linalg.cholesky(sigma[..., order[:, None], order])
    back = np.argsort(order)
    return factor[..., back[:, None], back]


def shares(
    coefs: np.ndarray,
    sigma: np.ndarray,
    horizon: int,
    kind: str = "generalized",
    order: np.ndarray | None = None,
    normalise: bool = True,
) -> np.ndarray:
    """Decompose the forecast-error variances of one VAR or of many.

    Parameters
    ----------
    coefs : ndarray, shape (..., p, k, k)
    sigma : ndarray, shape (..., k, k)
    horizon : int
        Number of terms H, h = 0 … H − 1.
    kind : {"generalized", "cholesky"}
    order : ndarray of int, optional
        Order of the variables for "cholesky".
    normalise : bool
        Divide each row of a generalized table by its sum; a Cholesky row sums to 1 anyway.

    Returns
    -------
    ndarray, shape (..., k, k)
        Row i: shares of the forecast variance of variable i that are due to each column.

    Notes
    -----
    θ_ij(H) = σ_jj⁻¹ Σ_h (e_i'Ψ_h Σ e_j)² / Σ_h e_i'Ψ_h Σ Ψ_h'e_i.

    References
    ----------
    Pesaran, H. H. and Y. Shin (1998). Generalized impulse response analysis in linear
    multivariate models. Economics Letters 58, 17–29. doi:10.1016/S0165-1765(97)00214-0
    """
    terms = moving_average(coefs, horizon)
    responses = terms @ impact(sigma, kind, order)[..., None, :, :]
    parts = np.sum(responses**2, axis=-3)
    if kind == "generalized" and not normalise:
        spread = terms @ sigma[..., None, :, :]
        return parts / np.sum(spread * terms, axis=(-3, -1))[..., None]
    return parts / parts.sum(axis=-1, keepdims=True)


def spillovers(table: np.ndarray) -> Spillovers:
    """Return total, directional and pairwise connectedness of a table (or many).

    References
    ----------
    Diebold, F. X. and K. Yilmaz (2012). Better to give than to receive: Predictive directional
    measurement of volatility spillovers. International Journal of Forecasting 28, 57–66.
    doi:10.1016/j.ijforecast.2011.02.006
    """
    own = np.diagonal(table, axis1=-2, axis2=-1)
    received = table.sum(axis=-1) - own
    given = table.sum(axis=-2) - own
    pairwise = np.swapaxes(table, -1, -2) - table
    return Spillovers(received.mean(axis=-1), given, received, given - received, pairwise)
