"""Forecast-error variance decompositions and the connectedness measures made from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

JOINT = ("joint", "extended_joint")


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
    kind : {"generalized", "cholesky", "joint", "extended_joint"}
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

    The joint kinds put one less the share of all other shocks together (`joint_from`) on the
    diagonal. Off it, "joint" scales the generalized table by one factor, so that its mean is that
    of the joint shares and its rows do not sum to 1; "extended_joint" scales each row by its own,
    so that they do.

    References
    ----------
    Pesaran, H. H. and Y. Shin (1998). Generalized impulse response analysis in linear
    multivariate models. Economics Letters 58, 17–29. doi:10.1016/S0165-1765(97)00214-0
    """
    terms = moving_average(coefs, horizon)
    if kind in JOINT:
        received = joint_from(terms, sigma)
        return _jointly(shares(coefs, sigma, horizon), received, kind)
    responses = terms @ impact(sigma, kind, order)[..., None, :, :]
    parts = np.sum(responses**2, axis=-3)
    if kind == "generalized" and not normalise:
        spread = terms @ sigma[..., None, :, :]
        return parts / np.sum(spread * terms, axis=(-3, -1))[..., None]
    return parts / parts.sum(axis=-1, keepdims=True)


def joint_from(terms: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return the share of each forecast variance due to all other shocks together; (..., k).

    Notes
    -----
    The part of the shocks that is known from all but the i-th leaves e_i e_i'/(Σ⁻¹)_ii of Σ, so
    the share is 1 − Σ_h (Ψ_h)_ii² / ((Σ⁻¹)_ii Σ_h e_i'Ψ_h Σ Ψ_h'e_i).

    References
    ----------
    Lastrapes, W. D. and Wiesen, T. F. P. (2021). The joint spillover index. Economic Modelling
    94, 681–691. doi:10.1016/j.econmod.2020.02.010
    Balcilar, M., Gabauer, D. and Umar, Z. (2021). Crude oil futures contracts and commodity
    markets: New evidence from a TVP-VAR extended joint connectedness approach. Resources Policy
    73, 102219.
    """
    own = np.sum(np.diagonal(terms, axis1=-2, axis2=-1) ** 2, axis=-2)
    precision = np.diagonal(np.linalg.inv(sigma), axis1=-2, axis2=-1)
    whole = np.sum((terms @ sigma[..., None, :, :]) * terms, axis=(-3, -1))
    return 1 - own / (precision * whole)


def _jointly(table: np.ndarray, received: np.ndarray, kind: str) -> np.ndarray:
    k = table.shape[-1]
    eye = np.eye(k)
    others = table * (1 - eye)
    given = others.sum(axis=-1)
    if kind == "joint":
        factor = (received.mean(axis=-1) / given.mean(axis=-1))[..., None, None]
    else:
        factor = (received / given)[..., None]
    return others * factor + eye * (1 - received)[..., None, :]


def spillovers(table: np.ndarray, whole: float | None = None) -> Spillovers:
    """Return total, directional and pairwise connectedness of a table (or many).

    With `whole` (1 or 100) a row receives `whole` less its diagonal, which is not the sum of its
    other cells in a joint table.

    References
    ----------
    Diebold, F. X. and K. Yilmaz (2012). Better to give than to receive: Predictive directional
    measurement of volatility spillovers. International Journal of Forecasting 28, 57–66.
    doi:10.1016/j.ijforecast.2011.02.006
    """
    own = np.diagonal(table, axis1=-2, axis2=-1)
    received = table.sum(axis=-1) - own if whole is None else whole - own
    given = table.sum(axis=-2) - own
    pairwise = np.swapaxes(table, -1, -2) - table
    return Spillovers(received.mean(axis=-1), given, received, given - received, pairwise)
