"""Draws from the null of the bounds test of Pesaran, Shin and Smith (2001)."""

from __future__ import annotations

import numpy as np

CASES = (1, 2, 3, 4, 5)
DETERMINISTIC = {1: ("", ""), 2: ("", "c"), 3: ("c", ""), 4: ("c", "t"), 5: ("ct", "")}
"""Case: terms partialled out, and terms among the restrictions of the F-test."""


def null_draws(
    size: int, generator: np.random.Generator, case: int, regressors: int, rows: int
) -> np.ndarray:
    """Return `size` draws of (F, t) with I(0) and with I(1) regressors.

    y is a random walk; x is white noise or a random walk independent of y, the two made of
    the same innovations. Δy_t is regressed on y_{t-1}, x_{t-1} and the case's deterministic
    terms over `rows` rows.

    Returns
    -------
    ndarray, shape (size, 2, 2)
        Second axis: I(0), I(1). Third axis: F of all lagged levels (and of the restricted
        deterministic term in cases 2 and 4), t of y_{t-1}.
    """
    outside, inside = DETERMINISTIC[case]
    fixed = len(outside) + len(inside)
    shocks = generator.standard_normal((size, regressors + 1, rows + 1))
    walks = shocks.cumsum(axis=2)
    pool = np.empty((size, fixed + 2 * regressors + 2, rows))
    pool[:, :fixed] = _terms(outside + inside, rows)
    pool[:, fixed : fixed + regressors + 1] = walks[:, :, :-1]
    pool[:, fixed + regressors + 1 : -1] = shocks[:, 1:, :-1]
    pool[:, -1] = shocks[:, 0, 1:]
    moments = pool @ pool.transpose(0, 2, 1)

    drop = list(range(len(outside)))
    restricted = list(range(len(outside), fixed))
    integrated = list(range(fixed + 1, fixed + regressors + 1))
    stationary = list(range(fixed + regressors + 1, fixed + 2 * regressors + 1))
    out = np.empty((size, 2, 2))
    for place, levels in enumerate((stationary, integrated)):
        chosen = [*drop, fixed, *levels, *restricted, moments.shape[1] - 1]
        out[:, place] = _statistics(moments[:, chosen][:, :, chosen], len(drop), rows)
    return out


def _statistics(moments: np.ndarray, dropped: int, rows: int) -> np.ndarray:
    """Return (F, t) from cross-products ordered: terms to drop, y_{-1}, the rest, target."""
    if dropped:
        corner, edge = moments[:, :dropped, :dropped], moments[:, :dropped, dropped:]
        moments = moments[:, dropped:, dropped:] - edge.transpose(0, 2, 1) @ np.linalg.solve(
            corner, edge
        )
    square, cross = moments[:, :-1, :-1], moments[:, :-1, -1]
    inverse = np.linalg.inv(square)
    params = (inverse @ cross[..., None])[..., 0]
    explained = (params * cross).sum(axis=1)
    count = cross.shape[1]
    variance = (moments[:, -1, -1] - explained) / (rows - count - dropped)
    f = explained / count / variance
    t = params[:, 0] / np.sqrt(variance * inverse[:, 0, 0])
    return np.column_stack([f, t])


def _terms(which: str, rows: int) -> np.ndarray:
    time = np.arange(1.0, rows + 1)
    columns = {"c": np.ones(rows), "t": (time - time.mean()) / rows}
    return np.array([columns[k] for k in which]).reshape(len(which), rows)
