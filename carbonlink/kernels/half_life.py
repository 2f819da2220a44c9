"""Persistence of a series near a unit root: median-unbiased, with grid-bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

POINTS = 11
_REACH = 5.0


@dataclass(frozen=True)
class Persistence:
    """Sum of the autoregressive coefficients of x_t = μ + α x_{t-1} + Σ ψ_i Δx_{t-i} + e_t.

    Attributes
    ----------
    least_squares, std_error : float
        The biased estimate.
    median_unbiased : float
    lower, upper : float
        Grid-bootstrap interval within [−1, 1].
    lags : int
        Lagged changes.
    nobs : int
    """

    least_squares: float
    std_error: float
    median_unbiased: float
    lower: float
    upper: float
    lags: int
    nobs: int


def half_life(alpha: float) -> float:
    """Return log ½ / log α: rows until half a shock is gone; ∞ from 1, 0 from 0 downwards."""
    if np.isnan(alpha):
        return float("nan")
    if alpha >= 1:
        return float("inf")
    return 0.0 if alpha <= 0 else float(np.log(0.5) / np.log(alpha))


def choose_lags(x: np.ndarray, most: int) -> int:
    """Return the number of lagged changes with the smallest BIC on common rows."""
    scores = []
    for lags in range(most + 1):
        y, z = _regression(x, lags, most)
        left = y - z @ np.linalg.lstsq(z, y, rcond=None)[0]
        n = len(y)
        scores.append(n * np.log(left @ left / n) + z.shape[1] * np.log(n))
    return int(np.argmin(scores))


def persistence(
    x: np.ndarray,
    lags: int,
    generator: np.random.Generator,
    draws: int = 199,
    level: float = 0.95,
    points: int = POINTS,
) -> Persistence:
    """Estimate persistence and its interval by the grid bootstrap.

    Parameters
    ----------
    x : ndarray, shape (n,)
    lags : int
        Lagged changes.
    generator : Generator
    draws : int
        Replications at a grid point.
    level : float
    points : int
        Grid points between five standard errors below the estimate and 1.

    Notes
    -----
    At each α of the grid the other coefficients are estimated with α imposed and series are
    drawn from the residuals. The median-unbiased estimate is the α whose median least-squares
    estimate is the one observed; the interval holds the α whose t-value lies between the
    quantiles of the replications' t-values.

    References
    ----------
    Andrews, D. W. K. (1993). Exactly median-unbiased estimation of first order
    autoregressive/unit root models. Econometrica 61, 139–165. doi:10.2307/2951781

    Hansen, B. E. (1999). The grid bootstrap and the autoregressive model. Review of Economics
    and Statistics 81, 594–607. doi:10.1162/003465399558463
    """
    y, z = _regression(x, lags, lags)
    slope, spread = _slope(x[None], lags)
    alpha, error = float(slope[0]), float(spread[0])
    low = max(alpha - _REACH * error, -0.99)
    grid = np.linspace(min(low, 0.98), 1.0, points)
    tails = np.array([(1 - level) / 2, 0.5, (1 + level) / 2])
    estimates, bounds = np.empty(points), np.empty((points, 3))
    place = generator.integers(0, len(y), size=(draws, len(x)))
    for i, held in enumerate(grid):
        made = _paths(x, y, z, held, lags, place)
        a, e = _slope(made, lags)
        estimates[i] = np.median(a)
        bounds[i] = np.quantile((a - held) / e, tails, method="weibull")
    fine = np.linspace(grid[0], 1.0, 2001)
    median = np.interp(fine, grid, np.maximum.accumulate(estimates))
    t = (alpha - fine) / error
    inside = (t >= np.interp(fine, grid, bounds[:, 0])) & (t <= np.interp(fine, grid, bounds[:, 2]))
    point = 1.0 if alpha >= median[-1] else float(fine[np.argmax(median >= alpha)])
    edges = fine[inside] if inside.any() else np.array([point])
    return Persistence(
        alpha,
        error,
        point,
        float(min(edges[0], point)),
        float(max(edges[-1], point)),
        lags,
        len(y),
    )


def _regression(x: np.ndarray, lags: int, skip: int) -> tuple[np.ndarray, np.ndarray]:
    y, z = _stacked(x[None], lags)
    return y[0, skip - lags :], z[0, skip - lags :]


def _stacked(x: np.ndarray, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Targets (B, n) and regressors (B, n, 2 + lags): level, constant, lagged changes."""
    change = np.diff(x, axis=1)
    level = x[:, lags:-1]
    columns = [level, np.ones_like(level)]
    columns += [change[:, lags - j : change.shape[1] - j] for j in range(1, lags + 1)]
    return x[:, lags + 1 :], np.stack(columns, axis=-1)


def _slope(x: np.ndarray, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Coefficient of the level and its standard error in each regression of series (B, T).

    Cross-products alone are formed: the columns are lagged changes, level and change.
    """
    change = np.diff(x, axis=1)
    columns = [change[:, lags - j : change.shape[1] - j] for j in range(1, lags + 1)]
    columns += [x[:, lags:-1], change[:, lags:]]
    columns = [c - c.mean(axis=1, keepdims=True) for c in columns]
    m = len(columns)
    n = columns[0].shape[1]
    gram = np.empty((len(x), m, m))
    for i, first in enumerate(columns):
        for j, second in enumerate(columns[: i + 1]):
            gram[:, i, j] = gram[:, j, i] = np.einsum("bt,bt->b", first, second)
    size = np.sqrt(np.einsum("bii->bi", gram))
    size = np.where(size > 0, size, 1.0)
    factor = np.linalg.cholesky(gram / size[:, :, None] / size[:, None, :] + 1e-12 * np.eye(m))
    ratio = size[:, m - 1] / size[:, m - 2]
    slope = factor[:, m - 1, m - 2] / factor[:, m - 2, m - 2] * ratio
    sigma = factor[:, m - 1, m - 1] / np.sqrt(n - m)
    return 1 + slope, sigma / factor[:, m - 2, m - 2] * ratio


def _paths(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, held: float, lags: int, place: np.ndarray
) -> np.ndarray:
    """Series with α = `held`, from the residuals under it; they start at zero before a burn-in."""
    from scipy.signal import lfilter

    target = y - held * z[:, 0]
    rest = z[:, 1:]
    coefs = np.linalg.lstsq(rest, target, rcond=None)[0]
    left = target - rest @ coefs
    left = left - left.mean()
    polynomial = np.zeros(lags + 2)
    polynomial[0], polynomial[1] = 1.0, -held
    for j in range(1, lags + 1):
        polynomial[j] -= coefs[j]
        polynomial[j + 1] += coefs[j]
    shocks = left[place]
    first = x[: lags + 1] - x.mean()
    initial = _initial(polynomial, first)
    tail = lfilter(
        [1.0],
        polynomial,
        shocks[:, lags + 1 :],
        axis=1,
        zi=np.broadcast_to(initial, (len(place), len(initial))),
    )[0]
    return np.hstack([np.broadcast_to(first, (len(place), lags + 1)), tail])


def _initial(polynomial: np.ndarray, first: np.ndarray) -> np.ndarray:
    from scipy.signal import lfiltic

    return lfiltic([1.0], polynomial, first[::-1])
