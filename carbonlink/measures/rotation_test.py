"""The null that a deadline does not matter: rotated cycles, observed and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inference import parallel
from ..kernels import rotation
from ..kernels.inequality import theil
from .cycles import CycleVolume

NULLS = ("rotation", "iid")
SHIFTS = ("independent", "common")


@dataclass(frozen=True, eq=False)
class RotationTest:
    """Averages over cycles of window share, excess ratio and Theil share, and their null.

    Attributes
    ----------
    cycles : tuple of CycleVolume
    widths : ndarray of int, shape (W,)
        Lengths of the windows.
    null : str
        "rotation" or "iid".
    shift : str
        "independent", or "common" over the markets of a deadline year.
    draws : int
    seed : SeedSequence
    """

    cycles: tuple[CycleVolume, ...]
    widths: np.ndarray
    null: str
    shift: str
    draws: int
    seed: np.random.SeedSequence

    def windows(self, cycle: CycleVolume) -> tuple[np.ndarray, np.ndarray]:
        """Return the first places and the ends of the windows in a cycle."""
        return cycle.starts(self.widths), cycle.stops

    def table(self, place: int) -> np.ndarray:
        """Return the measures of one cycle under all its rotations, shape (n, 3, W)."""
        cycle = self.cycles[place]
        return rotation.rotations(cycle.volume, *self.windows(cycle))

    def observed(self, weights: np.ndarray) -> np.ndarray:
        """Return the averages as observed, shape (m, 3, W)."""
        rows = np.zeros((len(self.cycles), 3, len(self.widths)))
        for place in np.flatnonzero(weights.any(axis=0)):
            rows[place] = self._observed_cycle(self.cycles[place])
        return np.tensordot(weights, rows, axes=1)

    def sample(self, weights: np.ndarray) -> np.ndarray:
        """Draw the averages under the null, shape (draws, m, 3, W)."""
        used = np.asarray(weights.any(axis=0))
        arguments: tuple[Any, ...]
        if self.null == "iid":
            volumes = [c.volume for c in self.cycles]
            windows = [self.windows(c) for c in self.cycles]
            arguments = (rotation.permuted, volumes, windows, weights)
        else:
            unused = np.zeros((0, 3, len(self.widths)))
            tables = [self.table(i) if used[i] else unused for i in range(len(self.cycles))]
            lengths = np.array([len(c.volume) for c in self.cycles])
            arguments = (rotation.joint, tables, lengths, self.groups(), weights)
        return parallel.draw(arguments[0], self.draws, self.seed, *arguments[1:])

    def row(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
        """Return one average: observed (3, W), its null (draws, 3, W), whether that is complete.

        A single cycle is rotated by every number of days; more are drawn.
        """
        observed = self.observed(weight[None])[0]
        places = np.flatnonzero(weight)
        if len(places) == 1 and self.null == "rotation":
            return observed, weight[places[0]] * self.table(places[0]), True
        return observed, self.sample(weight[None])[:, 0], False

    def groups(self) -> np.ndarray:
        """Return which cycles turn together, as 0 … G − 1."""
        return groups_of(self.cycles, self.shift)

    def _observed_cycle(self, cycle: CycleVolume) -> np.ndarray:
        starts, stops = self.windows(cycle)
        level = np.concatenate([[0.0], np.cumsum(cycle.volume)])
        shares = (level[stops] - level[starts]).sum(axis=1) / level[-1]
        fraction = rotation.fractions(len(cycle.volume), starts, stops)
        return rotation.measures(np.clip(shares, 0, 1), fraction, theil(cycle.volume))


def groups_of(cycles: tuple[CycleVolume, ...], shift: str) -> np.ndarray:
    """Return the group of each cycle: its own, or that of its deadline year."""
    if shift == "independent":
        return np.arange(len(cycles))
    years = [cycle.deadlines[-1].year for cycle in cycles]
    return np.unique(years, return_inverse=True)[1].reshape(-1)
