"""Least squares for vector autoregressions: one sample, nested orders, and many samples at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEPENDENT = 1e-8
"""A column whose part orthogonal to the ones before it is smaller than this share is dependent."""


@dataclass(frozen=True)
class VarFit:
    """A fitted VAR(p) in k variables, y_t = c + B x_t + A_1 y_{t-1} + … + A_p y_{t-p} + u_t.

    Attributes
    ----------
    coefs : ndarray, shape (p, k, k)
        `coefs[l, i, j]` is the effect of variable j, l + 1 rows back, on variable i.
    intercept : ndarray, shape (k,)
        c; zeros without a constant.
    resid : ndarray, shape (n, k)
    sigma : ndarray, shape (k, k)
        Maximum-likelihood covariance matrix of the shocks, U'U/n.
    inverse : ndarray, shape (m, m)
        (Z'Z)⁻¹ of the regressors: the constant first where there is one, then x, then the lags.
    rows : ndarray of int, shape (n,)
        Position of each observation in the data.
    driven : ndarray, shape (k, q)
        B, the effects of the exogenous x.
    """

    coefs: np.ndarray
    intercept: np.ndarray
    resid: np.ndarray
    sigma: np.ndarray
    inverse: np.ndarray
    rows: np.ndarray
    driven: np.ndarray

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return len(self.rows)


def usable_rows(values: np.ndarray, lags: int, where: np.ndarray | None = None) -> np.ndarray:
    """Return the positions whose own row and `lags` rows before it are complete.

    Parameters
    ----------
    values : ndarray, shape (T, k)
    lags : int
    where : ndarray of bool, shape (T,), optional
        Rows allowed as observations; lags may come from any row.
    """
    complete = np.isfinite(values).all(axis=1)
    usable = complete.copy()
    for lag in range(1, lags + 1):
        usable[lag:] &= complete[:-lag]
    usable[:lags] = False
    if where is not None:
        usable &= where
    return np.flatnonzero(usable)


def lagged(values: np.ndarray, lags: int, rows: np.ndarray) -> np.ndarray:
    """Return the lags of `values` at `rows`, first lag first; shape (..., n, k·lags)."""
    blocks = [values[..., rows - lag, :] for lag in range(1, lags + 1)]
    return np.concatenate(blocks, axis=-1)


def fit(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    constant: bool = True,
    exog: np.ndarray | None = None,
) -> VarFit:
    """Fit a VAR by least squares on the observations `rows`; `exog` has shape (T, q).

    Columns are centred (with a constant) and scaled before one QR decomposition, so levels of
    any size cost no digits.
    """
    y, x = values[rows], regressors(values, lags, rows, exog)
    n, k = y.shape
    first = x.shape[1] - k * lags
    shift_y, shift_x = (y.mean(axis=0), x.mean(axis=0)) if constant else (0.0, 0.0)
    size = np.linalg.norm(x - shift_x, axis=0)
    q, r = np.linalg.qr((x - shift_x) / size)
    centred = y - shift_y
    slopes = np.linalg.solve(r, q.T @ centred) / size[:, None]
    resid = centred - (x - shift_x) @ slopes
    root = np.linalg.solve(r, np.eye(len(size))) / size[:, None]
    inverse = root @ root.T
    intercept = np.zeros(k)
    if constant:
        intercept = shift_y - shift_x @ slopes
        corner = -inverse @ shift_x
        top = np.concatenate([[1 / n - shift_x @ corner], corner])
        inverse = np.vstack([top, np.column_stack([corner, inverse])])
    coefs = slopes[first:].reshape(lags, k, k).transpose(0, 2, 1)
    sigma = resid.T @ resid / n
    return VarFit(coefs, intercept, resid, sigma, inverse, rows, slopes[:first].T)


def regressors(
    values: np.ndarray, lags: int, rows: np.ndarray, exog: np.ndarray | None = None
) -> np.ndarray:
    """Return the exogenous columns at `rows`, then the lags; shape (n, q + k·lags)."""
    past = lagged(values, lags, rows)
    return past if exog is None else np.hstack([exog[rows], past])


def pivots(columns: np.ndarray, centre: bool = True) -> np.ndarray:
    """Return, for each column, the share of its length orthogonal to the columns before it.

    A constant column (when centred) has share 0.
    """
    moved = columns - columns.mean(axis=0) if centre else columns
    size = np.linalg.norm(moved, axis=0)
    noise = 1e-13 * np.abs(columns).max(axis=0) * np.sqrt(len(columns))
    size = np.where(size > noise, size, 0.0)
    r = np.asarray(np.linalg.qr(moved / np.where(size > 0, size, 1.0), mode="r"))
    diagonal = np.zeros(columns.shape[1])
    diagonal[: min(r.shape)] = np.abs(np.diagonal(r))
    return np.where(size > 0, diagonal, 0.0)


def loglikelihood(sigma: np.ndarray, n: int) -> float:
    """Return the Gaussian log-likelihood at the maximum-likelihood covariance matrix."""
    k = len(sigma)
    return -0.5 * n * (k * np.log(2 * np.pi) + np.linalg.slogdet(sigma)[1] + k)


def criteria(
    values: np.ndarray,
    rows: np.ndarray,
    most: int,
    constant: bool = True,
    exog: np.ndarray | None = None,
) -> np.ndarray:
    """Return AIC, BIC and Hannan–Quinn of the orders 0 … most on the same observations.

    Parameters
    ----------
    values : ndarray, shape (T, k)
    rows : ndarray of int
        Observations with `most` complete lags.
    most : int
        The largest order.

    Returns
    -------
    ndarray, shape (most + 1, 3)
        log|Σ(p)| + penalty · (number of coefficients) / n, penalties 2, log n, 2 log log n.

    Notes
    -----
    The orders are nested, so one QR decomposition of the largest system gives them all.
    """
    y, x = values[rows], regressors(values, most, rows, exog)
    n, k = y.shape
    first = x.shape[1] - k * most
    joined = np.hstack([x, y])
    moved = joined - joined.mean(axis=0) if constant else joined
    r = np.asarray(np.linalg.qr(moved / np.linalg.norm(moved, axis=0), mode="r"))
    scale = np.linalg.norm(moved[:, -k:], axis=0)
    table = np.empty((most + 1, 3))
    for p in range(most + 1):
        tail = r[first + k * p :, -k:]
        fitted = np.linalg.slogdet(tail.T @ tail)[1] + 2 * np.log(scale / np.sqrt(n)).sum()
        count = k * (k * p + first + constant)
        penalty = np.array([2.0, np.log(n), 2 * np.log(np.log(n))])
        table[p] = fitted + penalty * count / n
    return table


def companion(coefs: np.ndarray) -> np.ndarray:
    """Return the companion matrix of lag matrices; shape (..., k·p, k·p)."""
    p, k = coefs.shape[-3:-1]
    top = np.moveaxis(coefs, -3, -2).reshape(*coefs.shape[:-3], k, k * p)
    matrix = np.zeros((*coefs.shape[:-3], k * p, k * p))
    matrix[..., :k, :] = top
    matrix[..., k:, : k * (p - 1)] = np.eye(k * (p - 1))
    return matrix


def roots(coefs: np.ndarray) -> np.ndarray:
    """Return the moduli of the companion eigenvalues, largest first; below 1 means stable."""
    return -np.sort(-np.abs(np.linalg.eigvals(companion(coefs))), axis=-1)


def simulate(
    coefs: np.ndarray, intercept: np.ndarray, shocks: np.ndarray, start: np.ndarray
) -> np.ndarray:
    """Run many paths of one VAR forward at once.

    Parameters
    ----------
    coefs : ndarray, shape (p, k, k)
    intercept : ndarray, shape (k,) or (T, k)
    shocks : ndarray, shape (B, T, k)
    start : ndarray, shape (B, p, k)
        The p rows before the first shock, oldest first.

    Returns
    -------
    ndarray, shape (B, p + T, k)
        The start and what follows.
    """
    p, k = coefs.shape[:2]
    count, length = shocks.shape[:2]
    backwards = np.empty((count, (length + p) * k))
    backwards[:, length * k :] = start[:, ::-1].reshape(count, p * k)
    stacked = np.ascontiguousarray(coefs.transpose(0, 2, 1).reshape(p * k, k))
    driven = shocks + intercept
    for t in range(length):
        at = (length - 1 - t) * k
        past = backwards[:, at + k : at + k + p * k]
        backwards[:, at : at + k] = past @ stacked + driven[:, t]
    return backwards.reshape(count, length + p, k)[:, ::-1]


def cross_products(
    paths: np.ndarray,
    lags: int,
    rows: np.ndarray,
    constant: bool = True,
    exog: np.ndarray | None = None,
) -> np.ndarray:
    """Return the cross-products of [1, exog, lags, y] at `rows` of many paths.

    Parameters
    ----------
    paths : ndarray, shape (B, T, k)
        Of about unit size and zero mean, so that no digits are lost.

    Returns
    -------
    ndarray, shape (B, m + k, m + k)
        The constant first where there is one.
    """
    head = [np.ones((*paths.shape[:-2], len(rows), 1))] if constant else []
    if exog is not None:
        head.append(np.broadcast_to(exog[rows], (*paths.shape[:-2], len(rows), exog.shape[1])))
    joined = np.concatenate([*head, lagged(paths, lags, rows), paths[..., rows, :]], axis=-1)
    return np.swapaxes(joined, -1, -2) @ joined


def solve_cross_products(
    gram: np.ndarray, variables: int, lags: int, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve many least-squares systems from their cross-products with one batched Cholesky.

    Parameters
    ----------
    gram : ndarray, shape (B, m + k, m + k)
        Cross-products of [regressors, y]; the last k·lags regressors are the lags.
    variables, lags, n : int
        k, p and the number of observations of each system.

    Returns
    -------
    coefs : ndarray, shape (B, p, k, k)
    sigma : ndarray, shape (B, k, k)
    quality : ndarray, shape (B,)
        The smallest share of a column's variance that the columns before it leave; NaN where
        the system is singular.
    """
    slopes, sigma, quality = solve_slopes(gram, variables, n)
    k, m = variables, slopes.shape[1]
    coefs = slopes[:, m - k * lags :].reshape(-1, lags, k, k).transpose(0, 1, 3, 2)
    return coefs, sigma, quality


def solve_slopes(
    gram: np.ndarray, variables: int, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all slopes, shape (B, m, k), with `sigma` and `quality` of `solve_cross_products`."""
    m = gram.shape[-1] - variables
    size = np.sqrt(np.diagonal(gram, axis1=-2, axis2=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = gram / size[:, :, None] / size[:, None, :]
    factor = _cholesky(scaled)
    upper = np.swapaxes(factor, -1, -2)
    with np.errstate(invalid="ignore"):
        slopes = np.linalg.solve(upper[:, :m, :m], upper[:, :m, m:])
        slopes = slopes / size[:, :m, None] * size[:, None, m:]
        tail = factor[:, m:, m:] * size[:, m:, None]
    quality = np.diagonal(factor, axis1=-2, axis2=-1).min(axis=-1) ** 2
    return slopes, tail @ np.swapaxes(tail, -1, -2) / n, quality


def _cholesky(matrices: np.ndarray) -> np.ndarray:
    """Batched Cholesky factors; NaN throughout where a matrix is not positive definite."""
    try:
        return np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        pass
    factors = np.full_like(matrices, np.nan)
    for i, matrix in enumerate(matrices):
        try:
            factors[i] = np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            continue
    return factors
