"""Tests for breaks in a mean on many series at once, and their law under volatility clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from .garch_bootstrap import clusters, simulate
from .icss import long_run_variance
from .mean_breaks import grid_partitions


@dataclass(frozen=True)
class Form:
    """What the tests are made of.

    Attributes
    ----------
    trim : float
        Least share of the sample in a regime.
    most : int
        Largest number of breaks.
    cov : {"hac", "robust", "classical"}
        Variances of the regime means: each regime's variance, times the long-run variance of the
        values scaled to unit variance, or by itself; or one variance for all regimes.
    lags : int or None
        Autocovariances of "hac"; Newey and West's rule when None.
    """

    trim: float
    most: int
    cov: str = "hac"
    lags: int | None = None


def sup_f(y: np.ndarray, form: Form) -> tuple[np.ndarray, np.ndarray]:
    """Return sup-F(m) of several series over a grid of dates, and the dates.

    Parameters
    ----------
    y : ndarray, shape (r, n)
    form : Form

    Returns
    -------
    statistics : ndarray, shape (most, r)
    places : ndarray of int, shape (most, r, most)
        As `grid_partitions` has them.
    """
    places = grid_partitions(y, form.trim, form.most)
    found = [_wald(y, places[m - 1, :, :m], form) for m in range(1, form.most + 1)]
    return np.stack(found), places


def _wald(y: np.ndarray, breaks: np.ndarray, form: Form) -> np.ndarray:
    """F of equal regime means, shape (r,)."""
    (r, n), m = y.shape, breaks.shape[1]
    edges = np.column_stack([np.zeros(r, dtype=int), breaks, np.full(r, n)])
    sizes = np.diff(edges, axis=1)
    means, squares = (_regime_sums(v, edges) / sizes for v in (y, y * y))
    spread = (squares - means**2) * sizes
    if form.cov == "classical":
        variances = np.repeat(spread.sum(axis=1, keepdims=True) / (n - m - 1), m + 1, axis=1)
    else:
        floor = np.finfo(float).tiny + np.finfo(float).eps * squares.max(axis=1, keepdims=True)
        variances = np.maximum(spread / (sizes - 1), floor)
    if form.cov == "hac":
        u = (y - _by_day(means, sizes)) / _by_day(np.sqrt(variances), sizes)
        ratio = long_run_variance(u, form.lags) * n / (n - m - 1)
        variances = variances * np.maximum(ratio, 1e-6)[:, None]
    weights = sizes / variances
    centre = (weights * means).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    return (weights * (means - centre) ** 2).sum(axis=1) / m


def _regime_sums(y: np.ndarray, edges: np.ndarray) -> np.ndarray:
    total = np.concatenate([np.zeros((len(y), 1)), np.cumsum(y, axis=1)], axis=1)
    return np.diff(np.take_along_axis(total, edges, axis=1), axis=1)


def _by_day(values: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Values of the regimes, day by day, shape (r, n)."""
    return np.repeat(values.ravel(), sizes.ravel()).reshape(len(values), -1)


def next_f(y: np.ndarray, breaks: tuple[int, ...], form: Form, shortest: int) -> np.ndarray:
    """Return sup-F(m + 1|m) of several series, shape (r,).

    Parameters
    ----------
    y : ndarray, shape (r, n)
    breaks : tuple of int
        Observations before each of the m breaks.
    form : Form
    shortest : int
        Fewest observations in a regime; one without room for two is left out, NaN without any.
    """
    edges = [0, *breaks, y.shape[1]]
    room = [(a, b) for a, b in pairwise(edges) if b - a >= 2 * shortest]
    if not room:
        return np.full(len(y), np.nan)
    single = replace(form, most=1)
    return np.max([sup_f(y[:, a:b], single)[0][0] for a, b in room], axis=0)


def level(e: np.ndarray, breaks: tuple[int, ...]) -> np.ndarray:
    """Return the root mean square of a series in its regime, day by day, shape (n,)."""
    parts = np.split(e, breaks)
    floor = np.finfo(float).eps * float(np.mean(e * e))
    return np.concatenate([np.full(len(p), np.sqrt(max(np.mean(p * p), floor))) for p in parts])


def null_samples(
    e: np.ndarray, breaks: tuple[int, ...], draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Return absolute values of samples with the clusters of returns and no break, (draws, n).

    Parameters
    ----------
    e : ndarray, shape (n,)
        Returns with mean zero.
    breaks : tuple of int
        Breaks under the null, whose levels are taken out before the clusters are estimated.
    draws : int
    rng : Generator
    """
    samples = simulate(clusters(e / level(e, breaks)), len(e), draws, rng)
    samples -= samples.mean(axis=1, keepdims=True)
    return np.abs(samples)
