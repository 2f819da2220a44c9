"""Penalised least squares for the equations of a VAR, on standardised columns."""

from __future__ import annotations

import numpy as np

_MOST = 2000
_CLOSE = 1e-9


def ridge(gram: np.ndarray, right: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Return the slopes that minimise RSS/2n + Σ penalty_j β_j²/2.

    Parameters
    ----------
    gram : ndarray, shape (m, m)
        X'X/n.
    right : ndarray, shape (m, k)
        X'Y/n.
    penalty : ndarray, shape (m,) or (m, k)
        One for each slope, or for each slope of each equation.
    """
    penalty = np.broadcast_to(penalty if penalty.ndim == 2 else penalty[:, None], right.shape)
    systems = gram + np.swapaxes(penalty, 0, 1)[:, :, None] * np.eye(len(gram))
    return np.linalg.solve(systems, right.T[..., None])[..., 0].T


def elastic_net(
    gram: np.ndarray,
    right: np.ndarray,
    penalty: float,
    mix: float,
    start: np.ndarray | None = None,
    close: float = _CLOSE,
) -> np.ndarray:
    """Return the slopes that minimise RSS/2n + penalty·(mix·|β|₁ + (1 − mix)·|β|²/2).

    Parameters
    ----------
    gram : ndarray, shape (m, m)
        X'X/n.
    right : ndarray, shape (m, k)
        X'Y/n.
    penalty : float
    mix : float
        1 for the lasso.
    start : ndarray, shape (m, k), optional
    close : float
        Largest change of a slope in the last round.

    Notes
    -----
    Coordinate descent on the cross-products, all equations at once.

    References
    ----------
    Friedman, J., Hastie, T. and Tibshirani, R. (2010). Regularization paths for generalized
    linear models via coordinate descent. Journal of Statistical Software 33(1).
    doi:10.18637/jss.v033.i01
    """
    slopes = np.zeros_like(right) if start is None else start.copy()
    left = right - gram @ slopes
    size = np.diagonal(gram)
    hard, soft = penalty * mix, penalty * (1 - mix)
    for _ in range(_MOST):
        moved = 0.0
        for j in range(len(gram)):
            pull = left[j] + size[j] * slopes[j]
            new = np.sign(pull) * np.maximum(np.abs(pull) - hard, 0.0) / (size[j] + soft)
            change = new - slopes[j]
            if change.any():
                left -= gram[:, [j]] * change
                slopes[j] = new
                moved = max(moved, float(np.abs(change).max()))
        if moved < close:
            break
    return slopes


def minnesota(
    lags: int, variances: np.ndarray, tightness: float, cross: float, decay: float, n: int
) -> np.ndarray:
    """Return the ridge penalties that stand for the Minnesota prior; shape (k·lags, k).

    Parameters
    ----------
    lags : int
    variances : ndarray, shape (k,)
        Residual variances of each series' own autoregression, in units of the columns.
    tightness, cross, decay : float
        Prior standard deviation of the own first lag; of other series' lags relative to it; and
        the power of the lag by which both fall.
    n : int
        Observations.

    Notes
    -----
    Var(β of own lag l) = (tightness/l^decay)², of series j's lag in equation i
    (tightness·cross/l^decay)²·σ_i²/σ_j²; the posterior mean is ridge with σ_i²/(n·Var).

    References
    ----------
    Litterman, R. B. (1986). Forecasting with Bayesian vector autoregressions: five years of
    experience. Journal of Business and Economic Statistics 4, 25–38.
    doi:10.1080/07350015.1986.10509491
    """
    k = len(variances)
    penalties = np.empty((k * lags, k))
    for lag in range(1, lags + 1):
        spread = (tightness / lag**decay) ** 2
        for j in range(k):
            prior = spread * cross**2 * variances / variances[j]
            prior[j] = spread
            penalties[k * (lag - 1) + j] = variances / (n * prior)
    return penalties
