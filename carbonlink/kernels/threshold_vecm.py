"""Two regimes of adjustment to one relation: the likelihood on a grid and the sup-LM test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_MEMORY = 4_000_000
"""Numbers in one batch of outer products."""


@dataclass(frozen=True)
class Search:
    """The likelihood over relations and thresholds.

    Attributes
    ----------
    beta, gamma : int
        Places of the best relation and threshold.
    logdet : ndarray, shape (relations, thresholds)
        log |U'U/n|, infinite where a regime is too small.
    """

    beta: int
    gamma: int
    logdet: np.ndarray


@dataclass(frozen=True)
class Regimes:
    """Least squares on the two sides of a threshold.

    Attributes
    ----------
    coefs : ndarray, shape (2, k, m)
        Equation by regressor, below and above.
    cov : ndarray, shape (2, k·m, k·m)
        Eicker–White, of the coefficients equation by equation.
    resid : ndarray, shape (n, k)
    """

    coefs: np.ndarray
    cov: np.ndarray
    resid: np.ndarray


def counts(n: int, trimming: float, points: int) -> np.ndarray:
    """Return how many of `n` sorted observations lie below each threshold that is tried."""
    share = trimming + np.arange(points) * (1 - 2 * trimming) / points
    tried = np.unique(np.round(share * n).astype(int))
    smaller = np.minimum(tried, n - tried)
    return tried[(smaller > trimming * n) & (smaller > 0)]


def lm_paths(x: np.ndarray, gap: np.ndarray, y: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return the LM statistic of one regime against two at each threshold.

    Parameters
    ----------
    x : ndarray, shape (B, n, m)
        Regressors of both regimes.
    gap : ndarray, shape (B, n)
        What decides the regime.
    y : ndarray, shape (B, n, k)
        Changes; their residuals on `x` are those of the linear model.
    below : ndarray of int, shape (P,)
        Observations below each threshold (`counts`).

    Returns
    -------
    ndarray, shape (B, P)

    Notes
    -----
    LM(γ) = vec(Â₁ − Â₂)' [V̂₁(γ) + V̂₂(γ)]⁻¹ vec(Â₁ − Â₂) with White's covariances of the residuals
    of the linear model [1]_, computed from cumulated scores: with x'x = I, M = Σ_{≤γ} xx' and
    S = Σ_{≤γ} u ⊗ x, it is S'[Ω₁ − MΩ₁ − Ω₁M + MΩM]⁻¹S.

    References
    ----------
    .. [1] Hansen, B. E. and Seo, B. (2002). Testing for two-regime threshold cointegration in
       vector error-correction models. Journal of Econometrics 110, 293–318.
       doi:10.1016/S0304-4076(02)00097-0
    """
    width = x.shape[-1] * y.shape[-1]
    size = max(1, int(_MEMORY / (x.shape[1] * width**2)))
    parts = [
        _lm(x[b : b + size], gap[b : b + size], y[b : b + size], below)
        for b in range(0, len(x), size)
    ]
    return np.concatenate(parts)


def _lm(x: np.ndarray, gap: np.ndarray, y: np.ndarray, below: np.ndarray) -> np.ndarray:
    order = np.argsort(gap, axis=1)[..., None]
    x, y = np.take_along_axis(x, order, axis=1), np.take_along_axis(y, order, axis=1)
    size, n, m = x.shape
    k = y.shape[-1]
    q = np.linalg.qr(x / np.sqrt((x**2).mean(axis=1, keepdims=True)))[0]
    left = y - q @ (np.swapaxes(q, 1, 2) @ y)
    scores = (left[..., :, None] * q[..., None, :]).reshape(size, n, k * m)
    moment = np.cumsum(q[..., :, None] * q[..., None, :], axis=1)[:, below - 1]
    sums = np.cumsum(scores, axis=1)[:, below - 1]
    outer = np.cumsum(scores[..., :, None] * scores[..., None, :], axis=1)
    whole, part = outer[:, -1:], outer[:, below - 1]

    def across(square: np.ndarray) -> np.ndarray:
        shape = (*square.shape[:-2], k, m, k * m)
        moved = moment[:, :, None] @ square.reshape(shape)
        return moved.reshape(*moved.shape[:2], k * m, k * m)

    once = across(part)
    spread = across(np.broadcast_to(whole, part.shape))
    spread = across(np.swapaxes(spread, -1, -2))
    cov = part - once - np.swapaxes(once, -1, -2) + spread
    return np.einsum("bpi,bpi->bp", sums, np.linalg.solve(cov, sums[..., None])[..., 0])


def search(
    y: np.ndarray, gaps: np.ndarray, z2: np.ndarray, thresholds: np.ndarray, trimming: float
) -> Search:
    """Return the likelihood of two regimes over relations and thresholds.

    Parameters
    ----------
    y : ndarray, shape (n, k)
    gaps : ndarray, shape (relations, n)
        The disequilibrium of the row before under each relation.
    z2 : ndarray, shape (n, m − 1)
        Constant and lagged changes.
    thresholds : ndarray, shape (P,)
    trimming : float
        Smallest share of observations in a regime.
    """
    n = len(y)
    least = max(trimming * n, z2.shape[1] + y.shape[1] + 1)
    logdet = np.full((len(gaps), len(thresholds)), np.inf)
    for i, gap in enumerate(gaps):
        order = np.argsort(gap)
        below = np.searchsorted(gap[order], thresholds, side="right")
        kept = (below >= least) & (n - below >= least)
        if not kept.any():
            continue
        x = np.column_stack([gap, z2])[order]
        x, sorted_y = x / np.sqrt((x**2).mean(axis=0)), y[order]
        at = below[kept] - 1
        square = np.cumsum(x[:, :, None] * x[:, None, :], axis=0)
        cross = np.cumsum(x[:, :, None] * sorted_y[:, None, :], axis=0)
        left = sorted_y.T @ sorted_y
        explained = _explained(square[at], cross[at]) + _explained(
            square[-1] - square[at], cross[-1] - cross[at]
        )
        logdet[i, kept] = np.linalg.slogdet((left - explained) / n)[1]
    beta, gamma = np.unravel_index(int(np.argmin(logdet)), logdet.shape)
    return Search(int(beta), int(gamma), logdet)


def _explained(square: np.ndarray, cross: np.ndarray) -> np.ndarray:
    return np.swapaxes(cross, -1, -2) @ np.linalg.solve(square, cross)


def regimes(y: np.ndarray, x: np.ndarray, low: np.ndarray) -> Regimes:
    """Fit both regimes; `low` marks the observations of the first, shape (n,)."""
    k, m = y.shape[1], x.shape[1]
    coefs, cov = np.empty((2, k, m)), np.empty((2, k * m, k * m))
    resid = np.empty(y.shape)
    for i, side in enumerate((low, ~low)):
        part = x[side]
        coefs[i] = np.linalg.lstsq(part, y[side], rcond=None)[0].T
        resid[side] = y[side] - part @ coefs[i].T
        bread = np.kron(np.eye(k), np.linalg.inv(part.T @ part))
        scores = (resid[side][:, :, None] * part[:, None, :]).reshape(len(part), k * m)
        cov[i] = bread @ (scores.T @ scores) @ bread
    return Regimes(coefs, cov, resid)
