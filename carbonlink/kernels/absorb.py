"""Group effects swept out of columns: weighted alternating projections, accelerated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_SWEEPS = 2000
TOLERANCE = 1e-11


class Unsettled(ArithmeticError):
    """An iteration did not settle."""


@dataclass(frozen=True)
class Absorber:
    """The dummies of one or more factors.

    Attributes
    ----------
    codes : tuple of ndarray of int, each shape (n,)
        The level of every row, 0 … levels − 1, by factor.
    sizes : tuple of int
        Levels of each factor.
    dummies : sparse matrix, shape (n, sum of sizes)
    """

    codes: tuple[np.ndarray, ...]
    sizes: tuple[int, ...]
    dummies: Any

    @classmethod
    def of(cls, codes: list[np.ndarray], rows: int) -> Absorber:
        """Set up the factors; levels that no row has may not occur below the largest code."""
        from scipy import sparse

        sizes = tuple(int(c.max()) + 1 for c in codes)
        starts = [sum(sizes[:i]) for i in range(len(sizes))]
        shifted = [c + s for c, s in zip(codes, starts, strict=True)]
        columns = np.column_stack(shifted) if codes else np.empty((rows, 0), dtype=int)
        pointers = np.arange(rows + 1) * len(codes)
        shape = (rows, sum(sizes))
        ones = np.ones(columns.size)
        matrix = sparse.csr_matrix((ones, columns.ravel(), pointers), shape=shape)
        return cls(tuple(codes), sizes, matrix)

    def within(self, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the residuals of columns (n, k) regressed on the dummies with weights (n,).

        Raises
        ------
        Unsettled
            The projections do not settle: factors that hardly overlap.

        Notes
        -----
        A symmetric sweep projects on one factor after another, forth and back; conjugate
        gradients combine the sweeps. Both run on the level means, whose number is that of the
        effects and not of the rows.

        References
        ----------
        Guimarães, P. and P. Portugal (2010). A simple feasible procedure to fit models with
        high-dimensional fixed effects. Stata Journal 10, 628–649.
        doi:10.1177/1536867X1101000406
        """
        if not self.sizes:
            return columns.copy()
        if len(self.sizes) == 1:
            means = self._sums(columns, weights) / self._sums(np.ones((len(columns), 1)), weights)
            return columns - means[self.codes[0]]
        gram = (self.dummies.T @ self.dummies.multiply(weights[:, None]).tocsr()).tocsr()
        aim = TOLERANCE**2 * (weights @ columns**2)
        effects = _solve(gram, self._sums(columns, weights), self.sizes, aim)
        return columns - self.dummies @ effects

    def _sums(self, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return self.dummies.T @ (weights[:, None] * columns)

    def nested(self, clusters: np.ndarray) -> tuple[bool, ...]:
        """Say of each factor whether each of its levels lies in one cluster."""
        answers = []
        for codes, size in zip(self.codes, self.sizes, strict=True):
            pairs = np.unique(np.column_stack([codes, clusters]), axis=0)
            answers.append(len(pairs) == size)
        return tuple(answers)


class _Sweep:
    """The symmetric sweep over factors as a preconditioner of the levels' normal equations."""

    def __init__(self, gram: Any, sizes: tuple[int, ...]) -> None:
        ends = np.cumsum(sizes)
        self.blocks = [slice(int(e - s), int(e)) for e, s in zip(ends, sizes, strict=True)]
        self.scale = 1 / gram.diagonal()[:, None]
        self.gram = {
            (i, j): gram[a, b]
            for i, a in enumerate(self.blocks)
            for j, b in enumerate(self.blocks)
            if i != j
        }

    def __call__(self, right: np.ndarray) -> np.ndarray:
        z = np.zeros_like(right)
        count = len(self.blocks)
        for i, block in enumerate(self.blocks):
            rest = right[block]
            for j in range(i):
                rest = rest - self.gram[i, j] @ z[self.blocks[j]]
            z[block] = rest * self.scale[block]
        for i in reversed(range(count - 1)):
            block = self.blocks[i]
            later = sum(self.gram[i, j] @ z[self.blocks[j]] for j in range(i + 1, count))
            z[block] -= later * self.scale[block]
        return z


def _solve(gram: Any, right: np.ndarray, sizes: tuple[int, ...], aim: np.ndarray) -> np.ndarray:
    """Return one solution of the levels' normal equations, all columns at once."""
    sweep = _Sweep(gram, sizes)
    solution = sweep(right)
    gap = right - gram @ solution
    step = sweep(gap)
    direction = step.copy()
    norm = (gap * step).sum(axis=0)
    for _ in range(MOST_SWEEPS):
        if (norm <= aim).all():
            return solution
        image = gram @ direction
        curve = (direction * image).sum(axis=0)
        moving = (norm > aim) & (curve > 0)
        if not moving.any():
            return solution
        length = np.where(moving, norm / np.where(curve > 0, curve, 1.0), 0.0)
        solution += length * direction
        gap -= length * image
        step = sweep(gap)
        new = (gap * step).sum(axis=0)
        direction = step + np.where(moving, new / np.where(norm > 0, norm, 1.0), 0.0) * direction
        norm = np.where(moving, new, norm)
    raise Unsettled(f"Absorbing the effects did not settle in {MOST_SWEEPS} sweeps.")
