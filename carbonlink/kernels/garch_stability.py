"""Stability of GARCH parameters and fit of their density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .garch_estimate import Estimate


@dataclass(frozen=True, eq=False)
class Stability:
    """Nyblom's statistics.

    Attributes
    ----------
    joint : float
    each : ndarray, shape (p,)
        Of each parameter; NaN for those in a bound that holds.
    directions : int
        Parameters that the bounds leave free.
    """

    joint: float
    each: np.ndarray
    directions: int


def nyblom(found: Estimate) -> Stability:
    """Return statistics of constant parameters against ones that wander.

    Notes
    -----
    With scores g_t and S_t = Σ_{s≤t} g_s: L = n⁻¹ Σ S_t'V⁻¹S_t, V = Σ g_t g_t'; of one parameter
    with its own score and variance. Both are, under the null, integrals of squared Brownian
    bridges.

    References
    ----------
    Nyblom, J. (1989). Testing for the constancy of parameters over time. Journal of the American
    Statistical Association 84, 223–230.
    Hansen, B. E. (1992). Testing for parameter instability in linear models. Journal of Policy
    Modeling 14, 517–533.
    """
    free = found.maximum.free
    inner = found.maximum.at.scores() @ free
    path = np.cumsum(inner, axis=0)
    n = len(inner)
    try:
        joint = float((path @ np.linalg.inv(inner.T @ inner) * path).sum() / n)
    except np.linalg.LinAlgError:
        joint = float("nan")
    single = np.cumsum(found.scores, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = (single**2).sum(axis=0) / (n * (found.scores**2).sum(axis=0))
    each[list(found.pressed)] = np.nan
    return Stability(joint, each, free.shape[1])


def bridge_p_value(statistic: float, dimensions: int) -> float:
    """Return Pr(∫ B'B > statistic) for a Brownian bridge of so many dimensions.

    Notes
    -----
    ∫ B'B has the characteristic function (z/sin z)^{k/2} with z = √(2iu), which is inverted by
    Gil-Pelaez's formula. 5 % points: 0.461 in one dimension, 0.748 in two.

    References
    ----------
    Gil-Pelaez, J. (1951). Note on the inversion theorem. Biometrika 38, 481–482.
    """
    if not np.isfinite(statistic):
        return float("nan")
    width = 0.02
    u = (np.arange(40_000) + 0.5) * width
    z = np.sqrt(2j * u)
    ratio = np.sin(z) / z
    log_size = -0.5 * dimensions * np.log(np.abs(ratio))
    angle = -0.5 * dimensions * np.unwrap(np.angle(ratio)) - u * statistic
    total = float((np.exp(log_size) * np.sin(angle) / u).sum()) * width
    return float(np.clip(0.5 + total / np.pi, 0.0, 1.0))


def pearson(uniform: np.ndarray, cells: int) -> float:
    """Return the chi-squared statistic of uniform values over equal cells.

    References
    ----------
    Vlaar, P. J. G. and Palm, F. C. (1993). The message in weekly exchange rates in the European
    Monetary System: mean reversion, conditional heteroscedasticity, and jumps. Journal of
    Business & Economic Statistics 11, 351–360.
    """
    place = np.minimum((uniform * cells).astype(int), cells - 1)
    counts = np.bincount(place, minlength=cells)
    expected = len(uniform) / cells
    return float(((counts - expected) ** 2).sum() / expected)
