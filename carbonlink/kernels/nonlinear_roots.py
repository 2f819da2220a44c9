"""A unit root against a return that grows with the distance: smooth (KSS) or outside a band."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from .ols import least_squares

TRIED = 20
"""Widths tried behind a p-value, for the series and for its replications."""

_NULL_DRAWS = 4000
_NULL_ROWS = (50, 100, 200, 400, 800)


@dataclass(frozen=True)
class Band:
    """A band inside which a spread wanders and outside which it returns to the edge.

    Attributes
    ----------
    centre, width : float
        The band is centre ± width.
    pull : float
        Share of the distance to the edge closed in a row, outside the band; negative values
        mean no return.
    inside : float
        Share of rows inside.
    gain : float
        n (RSS of one linear return − RSS of the band) / RSS of the band.
    """

    centre: float
    width: float
    pull: float
    inside: float
    gain: float


def kss(x: np.ndarray, lags: int) -> float:
    """Return the t-value of δ in Δx_t = δ x³_{t-1} + Σ ψ_i Δx_{t-i} + e_t, x demeaned.

    References
    ----------
    Kapetanios, G., Shin, Y. and Snell, A. (2003). Testing for a unit root in the nonlinear STAR
    framework. Journal of Econometrics 112, 359–379. doi:10.1016/S0304-4076(02)00202-6
    """
    moved = x - x.mean()
    change = np.diff(moved)
    columns = [moved[lags:-1] ** 3]
    columns += [change[lags - j : len(change) - j] for j in range(1, lags + 1)]
    fit = least_squares(change[lags:], np.column_stack(columns))
    variance = fit.rss / fit.df_resid * fit.bread[0, 0]
    return float(fit.params[0] / np.sqrt(variance))


def kss_pvalue(statistic: float, n: int) -> float:
    """Return the share of random walks of about n rows with a smaller KSS statistic."""
    rows = _NULL_ROWS[int(np.argmin(np.abs(np.log(np.array(_NULL_ROWS) / n))))]
    null = _kss_null(rows)
    return float((1 + np.searchsorted(null, statistic, side="right")) / (1 + len(null)))


@functools.cache
def _kss_null(rows: int) -> np.ndarray:
    walks = np.random.default_rng(rows).standard_normal((_NULL_DRAWS, rows))
    np.cumsum(walks, axis=1, out=walks)
    walks -= walks.mean(axis=1, keepdims=True)
    change, cubes = np.diff(walks, axis=1), walks[:, :-1] ** 3
    delta = (change * cubes).sum(axis=1) / (cubes**2).sum(axis=1)
    left = change - delta[:, None] * cubes
    error = np.sqrt((left**2).sum(axis=1) / (rows - 2) / (cubes**2).sum(axis=1))
    return np.sort(delta / error)


def band(x: np.ndarray, inside: tuple[float, float] = (0.15, 0.85), points: int = 40) -> Band:
    """Fit a symmetric band threshold autoregression around the median.

    Parameters
    ----------
    x : ndarray, shape (n,)
    inside : tuple of float
        Smallest and largest share of rows inside the band.
    points : int
        Widths tried, at quantiles of the distance from the centre.

    Notes
    -----
    Δx_t = 0 inside; Δx_t = −λ (|x_{t-1} − c| − θ)·sign(x_{t-1} − c) + e_t outside.

    References
    ----------
    Obstfeld, M. and Taylor, A. M. (1997). Nonlinear aspects of goods-market arbitrage and
    adjustment: Heckscher's commodity points revisited. Journal of the Japanese and
    International Economies 11, 441–479.
    """
    centre = float(np.median(x))
    made = _bands(x[None] - centre, inside, points)
    width, pull, share, gain = (float(v[0]) for v in made)
    return Band(centre, width, pull, share, gain)


def band_pvalue(
    x: np.ndarray, gain: float, generator: np.random.Generator, draws: int = 199
) -> float:
    """Return the wild-bootstrap p-value of one linear return against the band.

    `gain` is that of `band` with `points=TRIED`.
    """
    moved = x - np.median(x)
    change, level = np.diff(moved), moved[:-1]
    slope = min((change @ level) / (level @ level), 0.0)
    left = change - slope * level
    shocks = left * generator.standard_normal((draws, len(left)))
    from scipy.signal import lfilter

    start = np.full((draws, 1), (1 + slope) * moved[0])
    tail = lfilter([1.0], [1.0, -(1 + slope)], shocks, axis=1, zi=start)[0]
    paths = np.hstack([np.full((draws, 1), moved[0]), tail])
    paths -= np.median(paths, axis=1, keepdims=True)
    drawn = _bands(paths, (0.15, 0.85), TRIED)[3]
    return float((1 + np.sum(drawn >= gain)) / (1 + draws))


def _bands(
    x: np.ndarray, inside: tuple[float, float], points: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Width, pull, share inside and gain of the best band of each centred series (B, n)."""
    change, level = np.diff(x, axis=1), x[:, :-1]
    distance, side = np.abs(level), np.sign(level)
    widths = np.quantile(distance, np.linspace(*inside, points), axis=1)
    total = (change**2).sum(axis=1)
    best = np.full((4, len(x)), np.nan)
    best_rss = np.full(len(x), np.inf)
    for width in widths:
        beyond = np.maximum(distance - width[:, None], 0.0) * side
        size = (beyond**2).sum(axis=1)
        slope = (change * beyond).sum(axis=1) / np.where(size > 0, size, 1.0)
        rss = total - slope**2 * size
        better = rss < best_rss
        best_rss = np.where(better, rss, best_rss)
        share = (distance <= width[:, None]).mean(axis=1)
        best[0], best[1], best[2] = (
            np.where(better, new, old)
            for new, old in zip((width, -slope, share), best[:3], strict=True)
        )
    size = (level**2).sum(axis=1)
    linear = total - (change * level).sum(axis=1) ** 2 / size
    best[3] = x.shape[1] * (linear - best_rss) / best_rss
    return best[0], best[1], best[2], best[3]
