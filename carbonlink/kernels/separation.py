"""Rows of zeros that a Poisson model can fit perfectly, so that no estimate is finite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .absorb import Absorber

SUSPECT = 1e-4
"""A zero whose fitted mean is below this part of the average asks for the full check."""

MOST_DIRECTIONS = 4000
_NULL = 1e-11


def empty_levels(y: np.ndarray, codes: Sequence[np.ndarray]) -> np.ndarray:
    """Mark rows in levels that hold zeros only, again and again until none is left."""
    gone = np.zeros(len(y), dtype=bool)
    while True:
        fresh = np.zeros(len(y), dtype=bool)
        for code in codes:
            totals = np.bincount(code, np.where(gone, 0.0, y))
            fresh |= (totals[code] == 0) & ~gone
        if not fresh.any():
            return gone
        gone |= fresh


def separated_rows(y: np.ndarray, x: np.ndarray, absorber: Absorber) -> np.ndarray:
    """Mark the zeros that some combination of regressors and effects tells from the other rows.

    Notes
    -----
    Row i is separated when some z = xγ + effects is 0 wherever y > 0, not negative where y = 0,
    and positive at i. The combinations that vanish where y > 0 come from the null space of the
    regressors there; a linear program looks for one that is nowhere negative.

    References
    ----------
    Correia, S., P. Guimarães and T. Zylkin (2021). Verifying the existence of maximum likelihood
    estimates for generalized linear models. arXiv:1903.01633.
    """
    zero = y == 0
    if not zero.any() or zero.all():
        return zero & zero.all()
    scale = np.sqrt((x * x).mean(axis=0))
    design = x / np.where(scale > 0, scale, 1.0)
    space = _vanishing(design[~zero], absorber.dummies[~zero])
    directions = design[zero] @ space[: x.shape[1]] + absorber.dummies[zero] @ space[x.shape[1] :]
    directions[np.abs(directions) < 1e-6] = 0.0
    found = zero.copy()
    found[zero] = _told_apart(directions)
    return found


def _vanishing(x: np.ndarray, dummies) -> np.ndarray:
    """Return a basis of the combinations of columns that are zero in every row given."""
    across = dummies.T @ x
    gram = np.block([[x.T @ x, across.T], [across, (dummies.T @ dummies).toarray()]])
    size = np.sqrt(np.diag(gram))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(gram / np.outer(size, size))
    return vectors[:, values < _NULL * max(values[-1], 1.0)] / size[:, None]


def _told_apart(directions: np.ndarray) -> np.ndarray:
    from scipy.optimize import linprog

    found = np.zeros(len(directions), dtype=bool)
    while True:
        rows, place = np.unique(directions[~found], axis=0, return_inverse=True)
        rows = rows[:, np.abs(rows).any(axis=0)]
        if not rows.size:
            return found
        width = rows.shape[1]
        answer = linprog(
            -rows.sum(axis=0),
            A_ub=np.vstack([-rows, rows]),
            b_ub=np.concatenate([np.zeros(len(rows)), np.ones(len(rows))]),
            bounds=[(None, None)] * width,
            method="highs",
        )
        apart = (rows @ answer.x > 1e-6)[place.ravel()] if answer.success else np.array([False])
        if not apart.any():
            return found
        found[np.flatnonzero(~found)[apart]] = True
