"""Bands around paths from their draws: point by point, and for a whole path at once."""

from __future__ import annotations

import numpy as np


def pointwise(draws: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the equal-tailed quantiles of draws, shape (B, ...)."""
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.nanquantile(draws, tails, axis=0, method="weibull")
    return low, high


def joint(draws: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the band that holds whole draws with a probability.

    Parameters
    ----------
    draws : ndarray, shape (B, H, ...)
        The band is joint over the second axis, for each place of the others on its own.
    level : float

    Returns
    -------
    lower, upper : ndarray, shape (H, ...)
        The narrowest pair of order statistics, the same at every step, between which a share
        `level` of the draws lies with its whole path; the extremes where none is wide enough.

    References
    ----------
    Montiel Olea, J. L. and Plagborg-Møller, M. (2019). Simultaneous confidence bands: theory,
    implementation, and an application to SVARs. Journal of Applied Econometrics 34, 1–17.
    doi:10.1002/jae.2656
    """
    flat = draws.reshape(*draws.shape[:2], -1)
    lower, upper = np.full((2, *flat.shape[1:]), np.nan)
    for j in range(flat.shape[2]):
        part = flat[:, :, j]
        part = part[np.isfinite(part).all(axis=1)]
        if len(part):
            lower[:, j], upper[:, j] = _band(part, level)
    return lower.reshape(draws.shape[1:]), upper.reshape(draws.shape[1:])


def _band(part: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    count = len(part)
    ordered = np.sort(part, axis=0)
    moving = ordered[-1] - ordered[0] > 1e-12 * np.abs(ordered).max(axis=0)
    if not moving.any():
        return ordered[0], ordered[-1]
    place = np.argsort(np.argsort(part[:, moving], axis=0, kind="stable"), axis=0, kind="stable")
    depth = np.minimum(place, count - 1 - place).min(axis=1)
    inside = np.sort(depth)[: count - int(np.ceil(level * count)) + 1]
    cut = int(inside[-1])
    return ordered[cut], ordered[count - 1 - cut]
