"""Least squares on bare arrays, with the pieces that sandwich covariances need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEPENDENT = 1e-9
"""A unit-length column nearer than this to the span of the columns before it is collinear."""


@dataclass(frozen=True)
class LeastSquares:
    """A least-squares fit.

    Attributes
    ----------
    params : ndarray, shape (k,)
    residuals : ndarray, shape (n,)
    bread : ndarray, shape (k, k)
        Inverse of X'X (NaN when a column is collinear).
    collinear : tuple of int
        Columns that are linear combinations of the columns before them.
    """

    params: np.ndarray
    residuals: np.ndarray
    bread: np.ndarray
    collinear: tuple[int, ...]

    @property
    def rss(self) -> float:
        """Sum of squared residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def df_resid(self) -> int:
        """Rows less columns."""
        return len(self.residuals) - len(self.params)


def least_squares(y: np.ndarray, x: np.ndarray) -> LeastSquares:
    """Regress y (n,) on the columns of x (n, k) by QR of the columns scaled to unit length."""
    scale = np.sqrt((x * x).sum(axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    q, r = np.linalg.qr(x / scale)
    diagonal = np.zeros(x.shape[1])
    diagonal[: len(r)] = np.abs(np.diag(r))
    collinear = tuple(int(j) for j in np.flatnonzero(diagonal < DEPENDENT))
    if collinear:
        nothing = np.full(x.shape[1], np.nan)
        return LeastSquares(nothing, np.full(len(y), np.nan), np.outer(nothing, nothing), collinear)
    params = np.linalg.solve(r, q.T @ y) / scale
    inverse = np.linalg.inv(r) / scale[:, None]
    return LeastSquares(params, y - x @ params, inverse @ inverse.T, ())


def gaussian_loglik(rss: float, n: int) -> float:
    """Return the normal log-likelihood at the maximum over the variance."""
    return -0.5 * n * (np.log(2 * np.pi * rss / n) + 1)


def wald_f(params: np.ndarray, cov: np.ndarray, columns: list[int]) -> float:
    """Return the Wald statistic, over its number of restrictions, of `params[columns]` = 0."""
    part = params[columns]
    block = cov[np.ix_(columns, columns)]
    return float(part @ np.linalg.solve(block, part)) / len(columns)
