"""APARCH with several lags on the face where a shock does not count: its γ has no meaning there."""

from __future__ import annotations

import numpy as np

from .garch import Problem, likelihood
from .garch_bounds import Bound

_OFF = 0.01
_TILTS = (0.3, 0.6, 0.9, 0.99)


def _faces(theta: np.ndarray, p: Problem) -> list[tuple[int, int]]:
    """Places of α_j and γ_j for every lag whose α_j is 0."""
    if not p.family.power or p.family.lagged is None:
        return []
    m = p.sizes[0]
    pairs = zip(p.family.all_named("alpha"), p.family.all_named("gamma"), strict=False)
    return [(m + a, m + g) for a, g in pairs if theta[m + a] == 0.0]


def without_meaning(theta: np.ndarray, p: Problem) -> tuple[Bound, ...]:
    """Return what holds γ_j where α_j is 0: nothing moves with it."""
    found = []
    for a, g in _faces(theta, p):
        row = (np.arange(len(theta)) == g).astype(float)
        alpha, gamma = (p.family.names[i - p.sizes[0]] for i in (a, g))
        text = f"{gamma} has no meaning, {alpha} being 0, and is held at 0"
        found.append(Bound(row, float(theta[g]), g, text))
    return tuple(found)


def untilted(theta: np.ndarray, p: Problem) -> np.ndarray:
    """Return the point with γ_j = 0 wherever α_j is 0, which is as likely."""
    found = theta.copy()
    for _, g in _faces(theta, p):
        found[g] = 0.0
    return found


def off_the_face(theta: np.ndarray, p: Problem) -> list[np.ndarray]:
    """Return starts with a small α_j where it is 0, γ_j of either sign.

    Notes
    -----
    ∂ℓ/∂α_j on the face moves with γ_j, so that the face can look like a maximum at one γ_j and
    not at another; of each sign the γ_j with the steepest rise is taken.
    """
    starts = []
    for a, g in _faces(theta, p):
        for sign in (-1.0, 1.0):
            tried = []
            for size in _TILTS:
                moved = theta.copy()
                moved[g] = sign * size
                tried.append((float(likelihood(moved, p).gradient()[a]), moved))
            best = max(tried, key=lambda pair: pair[0])[1]
            best[a] = _OFF
            starts.append(best)
    return starts
