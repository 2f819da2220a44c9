"""Quantile regression by an interior-point method."""

from __future__ import annotations

import numpy as np

_STEP = 0.99995
_GAP = 1e-10
_MOST = 100


def quantile_regression(y: np.ndarray, x: np.ndarray, tau: float) -> np.ndarray:
    """Return the coefficients that minimise Σ ρ_τ(y − xβ).

    Parameters
    ----------
    y : ndarray, shape (n,)
    x : ndarray, shape (n, m)
        The constant included; columns of about unit size.
    tau : float
        In (0, 1).

    Returns
    -------
    ndarray, shape (m,)
        NaN where no optimum is found.

    Notes
    -----
    The dual, max y'a subject to x'a = (1 − τ)x'1 and 0 ≤ a ≤ 1, by Mehrotra's predictor and
    corrector steps.

    References
    ----------
    Portnoy, S. and Koenker, R. (1997). The Gaussian hare and the Laplacian tortoise:
    computability of squared-error versus absolute-error estimators. Statistical Science 12,
    279–300. doi:10.1214/ss/1030037960
    """
    n, m = x.shape
    size = np.abs(y).max()
    if size == 0:
        return np.zeros(m)
    cost, total = -y / size, (1 - tau) * x.sum(axis=0)
    a, room = np.full(n, 1 - tau), np.full(n, tau)
    beta = np.linalg.lstsq(x, cost, rcond=None)[0]
    left = cost - x @ beta
    left = np.where(left == 0, 1e-3, left)
    low, high = np.maximum(left, 0.0), np.maximum(-left, 0.0)
    low, high = low + 1e-6, high + 1e-6
    for _ in range(_MOST):
        gap = low @ a + high @ room
        if gap < _GAP * max(1.0, abs(float(cost @ a))) * 1e2:
            return -beta * size
        weight = 1 / (low / a + high / room)
        factor = np.linalg.cholesky((x * weight[:, None]).T @ x)
        short = total - x.T @ a
        dual = cost - x @ beta - low + high
        target = dual + low - high
        change = _direction(x, weight, factor, short, target)
        step = _others(change, a, room, low, high, 0.0, 0.0)
        fp, fd = _lengths(step, a, room, low, high)
        if min(fp, fd) < 1:
            da, droom, dlow, dhigh = step[1:]
            ahead = (low + fd * dlow) @ (a + fp * da) + (high + fd * dhigh) @ (room + fp * droom)
            centre = gap * (ahead / gap) ** 3 / (2 * n)
            more, less = (centre - da * dlow) / a, (centre - droom * dhigh) / room
            change = _direction(x, weight, factor, short, target - more + less)
            step = _others(change, a, room, low, high, more, less)
            fp, fd = _lengths(step, a, room, low, high)
        dbeta, da, droom, dlow, dhigh = step
        a, room = a + fp * da, room + fp * droom
        beta, low, high = beta + fd * dbeta, low + fd * dlow, high + fd * dhigh
    return np.full(m, np.nan)


def _direction(
    x: np.ndarray, weight: np.ndarray, factor: np.ndarray, short: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Changes of β and a that close the constraints."""
    right = short + x.T @ (weight * target)
    dbeta = np.linalg.solve(factor.T, np.linalg.solve(factor, right))
    return dbeta, weight * (x @ dbeta - target)


def _others(change, a, room, low, high, more, less):
    """Changes of everything, given those of β and a."""
    dbeta, da = change
    return dbeta, da, -da, -low + more - low * da / a, -high + less + high * da / room


def _lengths(step, a, room, low, high) -> tuple[float, float]:
    """The longest primal and dual steps that keep every number above 0, shortened a little."""
    _, da, droom, dlow, dhigh = step
    primal = min(_longest(a, da), _longest(room, droom))
    dual = min(_longest(low, dlow), _longest(high, dhigh))
    return min(_STEP * primal, 1.0), min(_STEP * dual, 1.0)


def _longest(value: np.ndarray, change: np.ndarray) -> float:
    falls = change < 0
    return float((-value[falls] / change[falls]).min()) if falls.any() else 1e20
