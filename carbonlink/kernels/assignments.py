"""Placebo assignments of a treatment to units, and the statistic that they give."""

from __future__ import annotations

import itertools
import math

import numpy as np

MOST_LISTED = 20_000


def assignments(
    units: int, slots: int, draws: int, generator: np.random.Generator
) -> tuple[np.ndarray, bool]:
    """Return which unit fills each slot, every way there is or a random sample of ways.

    Parameters
    ----------
    units, slots : int
        Units to choose from, and different units chosen, in order.
    draws : int
        Assignments drawn where there are more than `MOST_LISTED`.

    Returns
    -------
    ndarray of int, shape (a, slots)
        Row 0 puts units 0, 1, … into the slots when all are listed.
    bool
        Whether these are all.
    """
    if math.perm(units, slots) <= MOST_LISTED:
        return np.array(list(itertools.permutations(range(units), slots)), dtype=int), True
    order = generator.random((draws, units)).argsort(axis=1)
    return order[:, :slots], False


def mean_gaps(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return, summed over slots, the chosen unit's value less the mean of the units not chosen.

    Parameters
    ----------
    values : ndarray, shape (units, slots)
        Value of each unit in each slot; NaN where it cannot fill it.
    chosen : ndarray of int, shape (a, slots)
        No unit twice in a row, and at least one unit left over with a value.

    Returns
    -------
    ndarray, shape (a,)
        NaN where a chosen unit cannot fill its slot or no other has a value there.
    """
    size, slots = chosen.shape
    taken = np.zeros((size, len(values)), dtype=bool)
    taken[np.arange(size)[:, None], chosen] = True
    known = np.isfinite(values)
    counts = ~taken @ known.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        others = (~taken @ np.where(known, values, 0.0)) / counts
    return (values[chosen, np.arange(slots)] - others).sum(axis=1)
