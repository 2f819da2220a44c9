"""Few clusters move a regressor: CR2 scores and the degrees of freedom of their t-value."""

from __future__ import annotations

import numpy as np

FEW = 30
"""Clusters in which an instrument moves, below which inference is that of small samples."""


def few_clusters(regressor: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the scale of each cluster's score, and the degrees of freedom.

    Parameters
    ----------
    regressor : ndarray, shape (n,)
        Less its projection on the other regressors.
    members : ndarray of int, shape (n,)
        The cluster of each row, 0 … G − 1.

    Returns
    -------
    scale : ndarray, shape (G,)
        1/√(1 − h_g) with h_g the leverage of cluster g; infinite where it has all of it.
    df : float
        Bell and McCaffrey's: that of a t-value whose variance is the sum of squared scores, with
        errors of one variance. G − 1 where all clusters weigh the same.

    Notes
    -----
    With q_g = z_g'z_g, Q = Σ q_g, h_g = q_g/Q and d_g = q_g/√(1 − h_g), the variance of b is
    Σ (z_g'û_g)²/(1 − h_g)/Q², and df = Q²/(Σ q_g² + Σ_{g≠l} d_g²d_l²/Q²). Other regressors
    are taken for known: they must be few beside the rows.

    References
    ----------
    Imbens, G. W. and Kolesár, M. (2016). Robust standard errors in small samples: some practical
    advice. Review of Economics and Statistics 98, 701–712. doi:10.1162/REST_a_00552
    """
    weight = np.bincount(members, regressor * regressor)
    total = weight.sum()
    left = 1 - weight / total
    with np.errstate(divide="ignore"):
        scale = 1 / np.sqrt(np.where(left > 1e-12, left, 0.0))
    if np.isinf(scale).any():
        return scale, 0.0
    square = (weight * scale) ** 2
    across = square.sum() ** 2 - (square * square).sum()
    return scale, float(total**2 / ((weight * weight).sum() + across / total**2))


def moved(instrument: np.ndarray, members: np.ndarray) -> int:
    """Return the clusters in which an instrument departs from its most frequent value."""
    values, counts = np.unique(instrument, return_counts=True)
    return len(np.unique(members[instrument != values[counts.argmax()]]))


def event_blocks(events: np.ndarray, apart: int) -> np.ndarray:
    """Cut rows midway between events into blocks.

    Parameters
    ----------
    events : ndarray of bool, shape (n,)
    apart : int
        Events at most this many rows apart share a block.

    Returns
    -------
    ndarray of int, shape (n,)
        The block of each row, from 0.
    """
    places = np.flatnonzero(events)
    starts = np.zeros(len(events), int)
    far = np.diff(places) > apart
    starts[(places[:-1][far] + places[1:][far]) // 2 + 1] = 1
    return np.cumsum(starts)
