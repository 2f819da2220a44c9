"""Window shares of a sequence under all its circular rotations, and joint draws of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .inequality import theil, theil_between

TIE = 1e-12
"""Shares that differ by less are equal: rounding must not break a tie."""

SHARE, RATIO, THEIL = 0, 1, 2
"""Places of window share, excess ratio and Theil share on the second axis of a table."""


def window_shares(volume: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """Return the share of the total inside windows, for every rotation of the sequence.

    Parameters
    ----------
    volume : ndarray, shape (n,)
        Non-negative, with a positive total.
    starts : ndarray of int, shape (W, J)
        First place of each of the J disjoint runs of days that make up window w.
    stops : ndarray of int, shape (J,)
        One past the last place of each run, at most n.

    Returns
    -------
    ndarray, shape (n, W)
        Row r: the sequence rotated by r places; row 0 is the sequence as observed.

    Notes
    -----
    One cumulated sum of the sequence laid twice end to end gives all of them.
    """
    n = len(volume)
    level = np.concatenate([[0.0], np.cumsum(np.concatenate([volume, volume]))])
    shift = np.arange(n)
    inside = np.zeros((n, len(starts)))
    for run, stop in enumerate(stops):
        inside += level[shift + stop][:, None] - level[shift[:, None] + starts[:, run]]
    return np.clip(inside / level[n], 0.0, 1.0)


def fractions(n: int, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """Return the share of the n days that each window has, shape (W,)."""
    return (stops - starts).sum(axis=1) / n


def measures(shares: np.ndarray, fraction: np.ndarray, total: float) -> np.ndarray:
    """Return window share, excess ratio and Theil share.

    Parameters
    ----------
    shares : ndarray, shape (..., W)
    fraction : ndarray, shape (W,)
        Share of the days in each window, below 1.
    total : float
        Theil's T of the whole sequence; where it is 0 the Theil share is 0.

    Returns
    -------
    ndarray, shape (..., 3, W)
        S, S/f and T_between(S, f)/T, in the places `SHARE`, `RATIO`, `THEIL`.
    """
    between = theil_between(shares, fraction)
    part = between / total if total > TIE else np.zeros_like(between)
    return np.stack([shares, shares / fraction, part], axis=-2)


def rotations(volume: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """Return `measures` of every rotation, shape (n, 3, W); row 0 is the sequence as observed."""
    shares = window_shares(volume, starts, stops)
    return measures(shares, fractions(len(volume), starts, stops), theil(volume))


def shifts(
    size: int, generator: np.random.Generator, lengths: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Draw a rotation for every sequence.

    Parameters
    ----------
    lengths : ndarray of int, shape (c,)
        Length of each sequence.
    groups : ndarray of int, shape (c,)
        Sequences of one group turn by the same part of their length, so that days which fall
        together stay together (exactly where lengths are equal); groups are independent.

    Returns
    -------
    ndarray of int, shape (size, c)
        Each uniform on 0 … length − 1.
    """
    part = generator.random((size, int(groups.max()) + 1))
    return (part[:, groups] * lengths).astype(np.int64)


def joint(
    size: int,
    generator: np.random.Generator,
    tables: Sequence[np.ndarray],
    lengths: np.ndarray,
    groups: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Draw weighted sums of tables over jointly rotated sequences.

    Parameters
    ----------
    tables : sequence of ndarray, each of shape (n_i, ...)
        What `rotations` returns, or a slice of it; not read where no weight asks for it.
    lengths : ndarray of int, shape (c,)
        Length of each sequence.
    groups : ndarray of int, shape (c,)
        See `shifts`.
    weights : ndarray, shape (m, c)
        Row m adds the sequences up to one statistic.

    Returns
    -------
    ndarray, shape (size, m, ...)
    """
    turns = shifts(size, generator, lengths, groups)
    sums = np.zeros((size, len(weights), *tables[0].shape[1:]))
    for table, turn, weight in zip(tables, turns.T, weights.T, strict=True):
        if weight.any():
            _add(sums, weight, table[turn])
    return sums


def permuted(
    size: int,
    generator: np.random.Generator,
    volumes: Sequence[np.ndarray],
    windows: Sequence[tuple[np.ndarray, np.ndarray]],
    weights: np.ndarray,
) -> np.ndarray:
    """Draw the same sums with the days of each sequence shuffled one by one.

    This destroys the serial dependence of volume, so a test made from it over-rejects.
    """
    width = len(windows[0][0])
    sums = np.zeros((size, len(weights), 3, width))
    for volume, (starts, stops), weight in zip(volumes, windows, weights.T, strict=True):
        if not weight.any():
            continue
        n = len(volume)
        order = generator.permuted(np.broadcast_to(volume, (size, n)), axis=1)
        level = np.concatenate([np.zeros((size, 1)), np.cumsum(order, axis=1)], axis=1)
        inside = (level[:, None, stops] - level[:, starts]).sum(axis=2) / volume.sum()
        fraction = fractions(n, starts, stops)
        _add(sums, weight, measures(np.clip(inside, 0, 1), fraction, theil(volume)))
    return sums


def _add(sums: np.ndarray, weight: np.ndarray, drawn: np.ndarray) -> None:
    for row in np.flatnonzero(weight):
        sums[:, row] += weight[row] * drawn


@dataclass(frozen=True)
class NullBand:
    """Where a curve lies under its null.

    Attributes
    ----------
    mean, lower, upper : ndarray, shape (W,)
        Mean, and the central `level` of the null at each point.
    simultaneous_lower, simultaneous_upper : ndarray, shape (W,)
        The band that holds the whole curve with probability `level`.
    p_value : ndarray, shape (W,)
        Share of the null at or above the observed point.
    p_max : float
        The same for the highest standardised point over the curve.
    """

    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    simultaneous_lower: np.ndarray
    simultaneous_upper: np.ndarray
    p_value: np.ndarray
    p_max: float


def null_band(observed: np.ndarray, null: np.ndarray, level: float, exact: bool) -> NullBand:
    """Return the band of a curve's null and how far the observed curve stands out.

    Parameters
    ----------
    observed : ndarray, shape (W,)
    null : ndarray, shape (draws, W)
        Draws, or with `exact` the whole null, the observed curve among it.
    level : float
    exact : bool

    Notes
    -----
    The simultaneous band is mean ± c·sd, c the `level` quantile of max_w |z_w| over the null.
    """
    mean, spread = null.mean(axis=0), null.std(axis=0)
    safe = np.where(spread > TIE, spread, np.inf)
    z = (null - mean) / safe
    reach = np.quantile(np.abs(z).max(axis=1), level)
    lower, upper = np.quantile(null, [(1 - level) / 2, (1 + level) / 2], axis=0)
    top = ((observed - mean) / safe).max()
    return NullBand(
        mean=mean,
        lower=lower,
        upper=upper,
        simultaneous_lower=mean - reach * spread,
        simultaneous_upper=mean + reach * spread,
        p_value=p_value(observed, null, exact),
        p_max=float(p_value(top, z.max(axis=1), exact)),
    )


def p_value(observed: np.ndarray | float, null: np.ndarray, exact: bool) -> np.ndarray:
    """Return the share of the null at or above the observed value.

    With `exact` the null is complete and holds the observed value itself; else it is draws, and
    the observed value is counted as one more: (1 + #)/(1 + draws).
    """
    above = (null >= observed - TIE * np.maximum(np.abs(observed), 1.0)).sum(axis=0)
    return above / len(null) if exact else (1 + above) / (1 + len(null))
