"""Breaks in the mean of a series: global partitions, sup-F tests, intervals of break dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CELLS = 100
"""Places on the grid of `grid_partitions`."""


@dataclass(frozen=True, eq=False)
class Partitions:
    """The best partition for every number of breaks.

    Attributes
    ----------
    rss : ndarray, shape (most + 1,)
        Residual sum of squares with 0, 1, … breaks.
    breaks : tuple of tuple of int
        Observations before each break, counted from the first, for 0, 1, … breaks.
    """

    rss: np.ndarray
    breaks: tuple[tuple[int, ...], ...]


def partitions(y: np.ndarray, shortest: int, most: int) -> Partitions:
    """Return the least-squares partitions of a series into regimes of constant mean.

    Parameters
    ----------
    y : ndarray, shape (n,)
    shortest : int
        Fewest observations in a regime.
    most : int
        Largest number of breaks; fewer where the sample has no room for them.

    Notes
    -----
    Dynamic programming of Bai and Perron (2003): with S(i, j) the residual sum of squares of
    observations i … j − 1 about their mean, R_m(j) = min_i [R_{m−1}(i) + S(i, j)]. Every S(i, j)
    is a difference of cumulated sums, a row of them at a time: n² time, n·`most` memory.

    References
    ----------
    Bai, J. and Perron, P. (2003). Computation and analysis of multiple structural change models.
    Journal of Applied Econometrics 18, 1–22. doi:10.1002/jae.659
    """
    n = len(y)
    most = max(min(most, n // shortest - 1), 0)
    centred = y - y.mean()
    first = np.concatenate([[0.0], np.cumsum(centred)])
    second = np.concatenate([[0.0], np.cumsum(centred**2)])
    least = np.full((most + 1, n + 1), np.inf)
    origin = np.zeros((most + 1, n + 1), dtype=int)
    ends = np.arange(shortest, n + 1)
    least[0, ends] = second[ends] - first[ends] ** 2 / ends
    for end in range(2 * shortest, n + 1):
        starts = np.arange(shortest, end - shortest + 1)
        gap = first[end] - first[starts]
        inner = second[end] - second[starts] - gap**2 / (end - starts)
        total = least[:-1, starts] + inner
        place = np.argmin(total, axis=1)
        least[1:, end] = total[np.arange(most), place]
        origin[1:, end] = starts[place]
    found: list[tuple[int, ...]] = [()]
    for m in range(1, most + 1):
        path, end = [], n
        for level in range(m, 0, -1):
            end = int(origin[level, end])
            path.append(end)
        found.append(tuple(reversed(path)))
    return Partitions(np.maximum(least[:, n], 0.0), tuple(found))


def grid_partitions(y: np.ndarray, trim: float, most: int) -> np.ndarray:
    """Return the least-squares partitions of several series with breaks on a grid.

    Parameters
    ----------
    y : ndarray, shape (r, n)
    trim : float
        Least share of the sample in a regime.
    most : int
        Largest number of breaks.

    Returns
    -------
    ndarray of int, shape (most, r, most)
        [m − 1, i, :m] holds the observations before each of m breaks of series i; the rest is n.

    Notes
    -----
    The programme of `partitions` on sums over cells of n/`CELLS` observations, all series at
    once.
    """
    r, n = y.shape
    edges = np.linspace(0, n, min(CELLS, n) + 1).round().astype(int)
    cells, shortest = len(edges) - 1, int(np.ceil(trim * min(CELLS, n)))
    total = np.zeros((cells + 1, r))
    total[1:] = np.cumsum(y - y.mean(axis=1, keepdims=True), axis=1).T[edges[1:] - 1]
    best = np.full((most + 1, cells + 1, r), -np.inf)
    origin = np.zeros((most + 1, cells + 1, r), dtype=int)
    best[0, 1:] = total[1:] ** 2 / edges[1:, None]
    best[0, 1:shortest] = -np.inf
    for end in range(2 * shortest, cells + 1):
        starts = np.arange(shortest, end - shortest + 1)
        gain = (total[end] - total[starts]) ** 2 / (edges[end] - edges[starts])[:, None]
        value = best[:-1, starts] + gain
        place = np.argmax(value, axis=1)
        best[1:, end] = np.take_along_axis(value, place[:, None], axis=1)[:, 0]
        origin[1:, end] = starts[place]
    found = np.full((most, r, most), n)
    for m in range(1, most + 1):
        last = np.full(r, cells)
        for i in range(m, 0, -1):
            last = origin[i, last, np.arange(r)]
            found[m - 1, :, i - 1] = edges[last]
    return found


def split_statistics(y: np.ndarray, shortest: int) -> np.ndarray:
    """Return the fall in the residual sum of squares at every admissible single break."""
    n = len(y)
    places = np.arange(shortest, n - shortest + 1)
    sums = np.cumsum(y - y.mean())[places - 1]
    return sums**2 * n / (places * (n - places))


def regime_means(y: np.ndarray, breaks: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the size of each regime."""
    edges = np.array([0, *breaks, len(y)])
    sizes = np.diff(edges)
    return np.add.reduceat(y, edges[:-1]) / sizes, sizes


def wald(means: np.ndarray, sizes: np.ndarray, variances: np.ndarray) -> float:
    """Return the F statistic that neighbouring regimes have the same mean.

    Parameters
    ----------
    means, sizes : ndarray, shape (m + 1,)
    variances : ndarray, shape (m + 1,)
        (Long-run) variance of the series in each regime.

    Notes
    -----
    F = (1/m) δ̂' V̂(δ̂)⁻¹ δ̂ with δ̂ the m changes between neighbouring means, whose covariance is
    R diag(v_i/n_i) R'.
    """
    changes = np.diff(means)
    m = len(changes)
    spread = variances / sizes
    cov = np.diag(spread[:-1] + spread[1:])
    cov -= np.diag(spread[1:-1], 1) + np.diag(spread[1:-1], -1)
    return float(changes @ np.linalg.solve(cov, changes)) / m


def argmax_law(x: np.ndarray, ratio: float = 1.0) -> np.ndarray:
    """Return the distribution function of the place of the maximum of V(s).

    Parameters
    ----------
    x : ndarray
    ratio : float
        φ = v₂/v₁, the variance after the break over that before it.

    Notes
    -----
    V(s) = W₁(−s) − |s|/2 for s ≤ 0 and √φ W₂(s) − |s|/2 for s > 0, W₁ and W₂ independent
    Brownian motions (Bai 1997, appendix B, with ξ = 1, as the regressor is the constant).

    References
    ----------
    Bai, J. (1997). Estimation of a change point in multiple regression models. Review of
    Economics and Statistics 79, 551–563. doi:10.1162/003465397557132
    """
    x = np.asarray(x, dtype=float)
    size = np.abs(x)
    return np.where(x < 0, _below(size, ratio), 1 - _above(size, ratio))


def _below(x: np.ndarray, ratio: float) -> np.ndarray:
    """P(place < −x)."""
    from scipy.stats import norm

    share = 1 / ratio
    slope = ratio * (ratio + 2) / (ratio + 1)
    tail = (ratio + 2) ** 2 / (ratio + 1) - 2 + x / 2
    return (
        -np.sqrt(x) * np.exp(-x / 8) / np.sqrt(2 * np.pi)
        - slope * np.exp(share * (1 + share) * x / 2 + norm.logcdf(-(0.5 + share) * np.sqrt(x)))
        + tail * norm.cdf(-np.sqrt(x) / 2)
    )


def _above(x: np.ndarray, ratio: float) -> np.ndarray:
    """P(place > x): the law below zero of the mirrored process, in its own units of time."""
    return _below(x / ratio, 1 / ratio)


def argmax_quantiles(probability: float, ratio: float = 1.0) -> tuple[float, float]:
    """Return the two places between which the maximum of V(s) lies with a probability."""
    from scipy.optimize import brentq

    tail = (1 - probability) / 2
    reach = 1.0
    while _below(np.array(reach), ratio) > tail or _above(np.array(reach), ratio) > tail:
        reach *= 2

    def lower(x: float) -> float:
        return float(argmax_law(np.array(x), ratio)) - tail

    def upper(x: float) -> float:
        return float(argmax_law(np.array(x), ratio)) - (1 - tail)

    low = brentq(lower, -reach, -1e-12) if lower(-1e-12) > 0 else 0.0
    high = brentq(upper, 1e-12, reach) if upper(1e-12) < 0 else 0.0
    return float(low), float(high)
