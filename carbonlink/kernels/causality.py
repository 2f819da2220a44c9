"""Wald statistics of no causality in a VAR, for one sample or for many replications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Restriction:
    """A hypothesis on the slopes of a VAR, or on its shock covariance.

    Attributes
    ----------
    equations : ndarray of int
        Series said not to be caused.
    regressors : ndarray of int
        Rows of the slopes said to be zero; for a covariance, the other series.
    matrix : ndarray, shape (r, equations · regressors), optional
        Combinations said to be zero, of slopes equation by equation; each slope by default.
    """

    equations: np.ndarray
    regressors: np.ndarray
    matrix: np.ndarray | None = None

    @property
    def df(self) -> int:
        """Number of restrictions."""
        if self.matrix is not None:
            return len(self.matrix)
        return len(self.equations) * len(self.regressors)


@dataclass(frozen=True)
class Fits:
    """Least-squares fits of one or many samples (leading axis B).

    Attributes
    ----------
    slopes : ndarray, shape (B, m, k)
    resid : ndarray, shape (B, n, k)
    weights : ndarray, shape (B or 1, n, m)
        Z(Z'Z)⁻¹.
    inverse : ndarray, shape (B or 1, m, m)
        (Z'Z)⁻¹.
    """

    slopes: np.ndarray
    resid: np.ndarray
    weights: np.ndarray
    inverse: np.ndarray


def fits(z: np.ndarray, y: np.ndarray) -> Fits:
    """Regress y, shape (B, n, k), on z, shape (B or 1, n, m), column sizes apart at most."""
    gram = np.swapaxes(z, -1, -2) @ z
    size = np.sqrt(np.diagonal(gram, axis1=-2, axis2=-1))
    scaled = gram / size[..., :, None] / size[..., None, :]
    inverse = np.linalg.inv(scaled) / size[..., :, None] / size[..., None, :]
    weights = z @ inverse
    slopes = np.swapaxes(weights, -1, -2) @ y
    return Fits(slopes, y - z @ slopes, weights, inverse)


def slopes_of(fit: Fits, restriction: Restriction) -> np.ndarray:
    """Return the restricted combinations; shape (B, r)."""
    block = fit.slopes[:, restriction.regressors[:, None], restriction.equations]
    theta = np.swapaxes(block, -1, -2).reshape(len(block), -1)
    return theta if restriction.matrix is None else theta @ restriction.matrix.T


def slope_covariance(fit: Fits, restriction: Restriction, robust: bool) -> np.ndarray:
    """Return the covariance matrix of `slopes_of`; shape (B, r, r).

    White's when `robust`, else Σ ⊗ (Z'Z)⁻¹, both times n/(n − m).
    """
    n, m = fit.weights.shape[-2:]
    rows, columns = restriction.equations, restriction.regressors
    if robust:
        parts = fit.weights[:, :, columns]
        scores = [fit.resid[:, :, [j]] * parts for j in rows]
        joined = np.concatenate(scores, axis=-1)
        cov = np.swapaxes(joined, -1, -2) @ joined
    else:
        resid = fit.resid[:, :, rows]
        sigma = np.swapaxes(resid, -1, -2) @ resid / n
        block = fit.inverse[:, columns[:, None], columns]
        cov = sigma[:, :, None, :, None] * block[:, None, :, None, :]
        size = len(rows) * len(columns)
        cov = cov.reshape(-1, size, size)
    cov = cov * n / (n - m)
    if restriction.matrix is None:
        return cov
    return restriction.matrix @ cov @ restriction.matrix.T


def covariances_of(fit: Fits, restriction: Restriction) -> np.ndarray:
    """Return the shock covariances between the series of a restriction; shape (B, r)."""
    n = fit.resid.shape[1]
    first = fit.resid[:, :, restriction.equations]
    second = fit.resid[:, :, restriction.regressors]
    return (np.swapaxes(first, -1, -2) @ second / n).reshape(len(first), -1)


def covariance_of_covariances(fit: Fits, restriction: Restriction, robust: bool) -> np.ndarray:
    """Return the covariance matrix of `covariances_of`; shape (B, r, r).

    From the products of residuals when `robust`, else that of normal shocks,
    (σ_ik σ_jl + σ_il σ_jk)/n.
    """
    n = fit.resid.shape[1]
    rows, columns = restriction.equations, restriction.regressors
    if robust:
        first, second = fit.resid[:, :, rows], fit.resid[:, :, columns]
        products = (first[..., :, None] * second[..., None, :]).reshape(*first.shape[:2], -1)
        products = products - products.mean(axis=1, keepdims=True)
        return np.swapaxes(products, -1, -2) @ products / n**2
    sigma = np.swapaxes(fit.resid, -1, -2) @ fit.resid / n
    i, j = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
    crossed = sigma[:, i[:, None], i] * sigma[:, j[:, None], j]
    return (crossed + sigma[:, i[:, None], j] * sigma[:, j[:, None], i]) / n


def wald(theta: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """Return θ'V⁻¹θ; shape (B,)."""
    solved = np.linalg.solve(cov, theta[..., None])[..., 0]
    return np.sum(theta * solved, axis=-1)


def at_frequency(lags: int, frequency: float) -> np.ndarray:
    """Return the restrictions of no causality at a frequency: Σ a_l cos lω = Σ a_l sin lω = 0.

    Notes
    -----
    At ω = π the second one holds always and is left out.

    References
    ----------
    Breitung, J. and Candelon, B. (2006). Testing for short- and long-run causality: a
    frequency-domain approach. Journal of Econometrics 132, 363–378.
    doi:10.1016/j.jeconom.2005.02.004
    """
    steps = np.arange(1, lags + 1) * frequency
    rows = [np.cos(steps)]
    if not np.isclose(frequency, np.pi):
        rows.append(np.sin(steps))
    return np.array(rows)
