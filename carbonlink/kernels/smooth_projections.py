"""Local projections drawn towards a polynomial over horizons by penalised B-splines."""

from __future__ import annotations

import numpy as np

FOLDS = 5
GRID = tuple(10.0 ** np.arange(-4, 6.5, 0.5))
"""Penalties that cross-validation chooses among."""


def spline_basis(horizon: int) -> np.ndarray:
    """Return cubic B-splines with a knot at every horizon, at the horizons 0…`horizon`."""
    basis = np.zeros((horizon + 1, horizon + 3))
    for shift, value in enumerate((1 / 6, 4 / 6, 1 / 6)):
        basis[np.arange(horizon + 1), np.arange(horizon + 1) + shift] = value
    return basis


def smoother(weights: np.ndarray, penalty: float, order: int) -> np.ndarray:
    """Return the matrix that turns plain projections into smooth ones.

    Parameters
    ----------
    weights : ndarray, shape (h,)
        Sum of squares of the cleaned shock at each horizon.
    penalty : float
        λ, in units of the mean weight; 0 gives the identity.
    order : int
        Order r of the differences that are penalised: with a large λ the response is the
        weighted least-squares polynomial of degree r − 1.

    Notes
    -----
    The response is Bb with B the splines. Every horizon keeps controls of its own, so these
    project out and the penalised sum of squares over all rows and horizons is, but for a constant,
    (β̂ − Bb)'W(β̂ − Bb) + λ̄b'D'Db, β̂ the plain projections, W the weights, D differences of order
    r, λ̄ = λ·mean(W). Its minimum is linear in β̂: B(B'WB + λ̄D'D)⁻¹B'W β̂.

    References
    ----------
    Barnichon, R. and Brownlees, C. (2019). Impulse response estimation by smooth local
    projections. Review of Economics and Statistics 101, 522–530. doi:10.1162/rest_a_00778
    """
    size = len(weights)
    if penalty == 0:
        return np.eye(size)
    basis = spline_basis(size - 1)
    roughness = np.diff(np.eye(basis.shape[1]), order, axis=0)
    root = np.sqrt(weights / weights.mean())
    rows = np.vstack([root[:, None] * basis, np.sqrt(penalty) * roughness])
    targets = np.vstack([np.diag(root), np.zeros((len(roughness), size))])
    return basis @ np.linalg.lstsq(rows, targets, rcond=None)[0]


def choose_penalty(shock: np.ndarray, response: np.ndarray, order: int) -> float:
    """Return the penalty whose responses predict the rows left out best.

    Parameters
    ----------
    shock, response : ndarray, shape (n, h)
        Cleaned of the controls; zero in rows not used.
    order : int

    Notes
    -----
    Cross-validation over blocks of successive rows: responses of the other rows, at the same
    penalty, predict a block's.
    """
    used = np.flatnonzero((shock != 0).any(axis=1))
    losses = np.zeros(len(GRID))
    for block in np.array_split(used, FOLDS):
        others = np.setdiff1d(used, block)
        weights = (shock[others] ** 2).sum(axis=0)
        plain = (shock[others] * response[others]).sum(axis=0) / weights
        for place, penalty in enumerate(GRID):
            smooth = smoother(weights, penalty, order) @ plain
            losses[place] += ((response[block] - shock[block] * smooth) ** 2).sum()
    return float(GRID[int(losses.argmin())])
