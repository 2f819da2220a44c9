"""Simultaneous bands: the law of the largest of several t-statistics."""

from __future__ import annotations

import numpy as np

from .parallel import generator

DRAWS = 10_000


def largest_t(cov: np.ndarray, draws: int = DRAWS, rng: int = 0) -> np.ndarray:
    """Return draws of max_i |V_i|/σ_i with V ~ N(0, cov), in ascending order.

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Coordinates without variance do not take part.
    draws : int
    rng : int

    Returns
    -------
    ndarray, shape (draws,)
        Zeros where no coordinate has a variance.
    """
    spread = np.sqrt(np.diag(cov))
    moving = spread > 0
    if not moving.any():
        return np.zeros(draws)
    correlation = cov[np.ix_(moving, moving)] / np.outer(spread[moving], spread[moving])
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    shocks = generator(rng).standard_normal((draws, len(values)))
    return np.sort(np.abs(shocks @ root.T).max(axis=1))


def critical_value(draws: np.ndarray, level: float) -> float:
    """Return the half-width, in standard errors, of a simultaneous band.

    Notes
    -----
    The `level` quantile of the largest |t|, never below the critical value of one coordinate.

    References
    ----------
    Montiel Olea, J. L. and Plagborg-Møller, M. (2019). Simultaneous confidence bands: theory,
    implementation, and an application to SVARs. Journal of Applied Econometrics 34, 1–17.
    doi:10.1002/jae.2656
    """
    from scipy import stats

    return max(float(np.quantile(draws, level)), float(stats.norm.ppf(0.5 + level / 2)))


def dual_value(draws: np.ndarray, level: float) -> float:
    """Return the largest statistic that `p_value` does not reject at 1 − level.

    Notes
    -----
    The k-th largest draw, k = ⌊(1 − level)(1 + draws)⌋: statistics up to it have a p-value above
    1 − level, larger ones have not. Infinite where the draws are too few to reject anything.
    """
    place = int(np.floor((1 - level) * (1 + len(draws)) + 1e-9))
    return float(np.sort(draws)[-place]) if place else np.inf


def p_value(draws: np.ndarray, statistic: float) -> float:
    """Return (1 + #{draws ≥ statistic})/(1 + draws)."""
    beyond = len(draws) - np.searchsorted(draws, statistic)
    return float((1 + beyond) / (1 + len(draws)))
