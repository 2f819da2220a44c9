"""The bounds of GARCH parameters: which of them hold at a point, and the directions left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .garch import Problem

PERSISTENCE = "the persistence is at its bound"
"""How the text of the bound on a sum of parameters begins."""

_TOUCHES = 1e-9
_DELTA = 50.0
_INVERTIBLE = 0.9999


@dataclass(frozen=True, eq=False)
class Bound:
    """A linear bound row'θ ≥ least.

    Attributes
    ----------
    row : ndarray, shape (p,)
    least : float
    parameter : int
        The parameter that the bound determines where it holds.
    text : str
        The bound in words, where it holds.
    """

    row: np.ndarray
    least: float
    parameter: int
    text: str

    def slack(self, theta: np.ndarray) -> float:
        """Distance of a point to the bound; 0 where it touches."""
        return float(self.row @ theta) - self.least


@dataclass(frozen=True, eq=False)
class Box:
    """All bounds of a problem.

    Attributes
    ----------
    lower, upper : ndarray, shape (p,)
    joint : tuple of Bound
        Bounds on several parameters.
    names : tuple of str
    """

    lower: np.ndarray
    upper: np.ndarray
    joint: tuple[Bound, ...]
    names: tuple[str, ...]

    def all(self) -> list[Bound]:
        """Return every finite bound as a row."""
        found = list(self.joint)
        for i, name in enumerate(self.names):
            row = np.zeros(len(self.names))
            row[i] = 1.0
            if np.isfinite(self.lower[i]):
                text = f"{name} is at its lower bound{_number(name, self.lower[i])}"
                found.append(Bound(row, self.lower[i], i, text))
            if np.isfinite(self.upper[i]):
                text = f"{name} is at its upper bound{_number(name, self.upper[i])}"
                found.append(Bound(-row, -self.upper[i], i, text))
        return found


def _number(name: str, value: float) -> str:
    """A bound as text; that of omega depends on the units of the data."""
    return "" if name == "omega" else f" {value:.4g}"


def box(p: Problem) -> Box:
    """Return the bounds of a problem."""
    m, q, k, r = p.sizes
    recursion = list(p.family.bounds)
    if p.family.logarithmic and p.family.lagged is None:
        recursion[p.family.names.index("beta")] = (-p.most, p.most)
    if p.vol == "CGARCH":
        recursion[p.family.names.index("rho")] = (0.0, p.most)
    moving = (-_INVERTIBLE, _INVERTIBLE) if p.ma == 1 else (-np.inf, np.inf)
    bounds = [(-np.inf, np.inf)] * (m - p.ma) + [moving] * p.ma + recursion
    bounds += [(0.0 if p.additive else -_DELTA, _DELTA)] * k + list(p.density.bounds)
    lower, upper = np.array(bounds).T
    joint = []
    bounded = not p.family.logarithmic or p.family.lagged is not None
    bounded = bounded and bool(p.family.persistence.any())
    free = p.vol == "CGARCH" or p.family.power or not np.isfinite(p.most)
    if bounded and not free:
        text = f"{PERSISTENCE} {p.most:.4g}"
        last = int(np.flatnonzero(p.family.persistence)[-1])
        joint.append((-p.family.persistence, -p.most, last, text))
        if p.idle == "free":
            row = np.where(np.arange(q) >= q - 2, -1.0, 0.0)
            text = f"the carry over a day without a trade is at its bound {p.most:.4g}"
            joint.append((row, -p.most, q - 1, text))
    for text, row, least in p.family.constraints:
        joint.append((row, least, int(np.flatnonzero(row)[-1]), text))
    wide = []
    for row, least, parameter, text in joint:
        full = np.zeros(m + q + k + r)
        full[m : m + q] = row
        wide.append(Bound(full, least, m + parameter, text))
    names = [f"mean {i}" for i in range(m)] + list(p.family.names)
    names += [f"regressor {i}" for i in range(k)] + list(p.density.names)
    return Box(lower, upper, tuple(wide), tuple(names))


def holding(theta: np.ndarray, gradient: np.ndarray, limits: Box) -> tuple[Bound, ...]:
    """Return the bounds that a maximiser is pressed against, by the signs of multipliers."""
    touched = [b for b in limits.all() if b.slack(theta) <= _TOUCHES]
    while touched:
        rows = np.stack([b.row for b in touched], axis=1)
        multipliers = np.linalg.lstsq(rows, -gradient, rcond=None)[0]
        weakest = int(np.argmin(multipliers))
        if multipliers[weakest] >= 0:
            break
        del touched[weakest]
    return tuple(touched)


def free_directions(active: tuple[Bound, ...], size: int) -> np.ndarray:
    """Return an orthonormal basis of the moves that keep active bounds, shape (p, p − a)."""
    if not active:
        return np.eye(size)
    rows = np.stack([b.row for b in active])
    _, singular, right = np.linalg.svd(rows)
    rank = int((singular > 1e-12).sum())
    return right[rank:].T


def longest(theta: np.ndarray, step: np.ndarray, limits: Box) -> float:
    """Return the largest share of a step, at most 1, that stays inside the bounds."""
    share, noise = 1.0, 1e-12 * float(np.abs(step).max())
    for bound in limits.all():
        slope = float(bound.row @ step)
        if slope < -noise:
            share = min(share, max(bound.slack(theta), 0.0) / -slope)
    return share
