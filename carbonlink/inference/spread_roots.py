"""Unit roots of a relative price by the wild bootstrap: DF-GLS and the smooth return of KSS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from ..kernels.ols import least_squares

_BATCH = 250
_LOCAL = 7.0


@dataclass(frozen=True)
class SpreadRoots:
    """Statistics of a series with the share of wild-bootstrap unit-root paths below them.

    Attributes
    ----------
    dfgls, p_dfgls : float
    kss, p_kss : float
    """

    dfgls: float
    p_dfgls: float
    kss: float
    p_kss: float


def spread_roots(
    x: np.ndarray, lags: int, draws: int, generator: np.random.Generator
) -> SpreadRoots:
    """Test a unit root against a linear and against a smooth return.

    Parameters
    ----------
    x : ndarray, shape (n,)
    lags : int
        Lagged changes in the regressions and in the null.
    draws : int
    generator : Generator

    Notes
    -----
    Paths of the null are sums of Δx*_t = Σ ψ_i Δx*_{t-i} + e_t w_t, with ψ and e of the
    regression of changes on their lags and w_t standard normal.

    References
    ----------
    Cavaliere, G. and Taylor, A. M. R. (2008). Bootstrap unit root tests for time series with
    nonstationary volatility. Econometric Theory 24, 43–71.
    """
    change = np.diff(x)
    past = _lagged(change[None], lags, len(change) - lags)[0]
    if lags:
        fit = least_squares(change[lags:], past)
        polynomial, left = fit.params, fit.residuals
    else:
        polynomial, left = np.empty(0), change
    drawn = []
    for done in range(0, draws, _BATCH):
        size = min(_BATCH, draws - done)
        shocks = left * generator.standard_normal((size, len(left)))
        moves = lfilter([1.0], np.r_[1.0, -polynomial], shocks, axis=1)
        paths = np.hstack([np.zeros((size, 1)), moves.cumsum(axis=1)])
        drawn.append(np.column_stack([dfgls(paths, lags), kss(paths, lags)]))
    null = np.concatenate(drawn)
    made = np.array([dfgls(x[None], lags)[0], kss(x[None], lags)[0]])
    p = (1 + (null <= made).sum(axis=0)) / (1 + draws)
    return SpreadRoots(float(made[0]), float(p[0]), float(made[1]), float(p[1]))


def dfgls(paths: np.ndarray, lags: int) -> np.ndarray:
    """Return the DF-GLS statistic, constant only, of each row of `paths`; shape (B,).

    References
    ----------
    Elliott, G., Rothenberg, T. J. and Stock, J. H. (1996). Efficient tests for an autoregressive
    unit root. Econometrica 64, 813–836. doi:10.2307/2171846
    """
    n = paths.shape[1]
    root = 1 - _LOCAL / n
    quasi = np.hstack([paths[:, :1], paths[:, 1:] - root * paths[:, :-1]])
    ones = np.r_[1.0, np.full(n - 1, 1 - root)]
    moved = paths - (quasi @ ones / (ones @ ones))[:, None]
    return _first_t(np.diff(moved, axis=1), moved[:, :-1], lags)


def kss(paths: np.ndarray, lags: int) -> np.ndarray:
    """Return the statistic of Kapetanios, Shin and Snell of each row of `paths`; shape (B,)."""
    moved = paths - paths.mean(axis=1, keepdims=True)
    scale = moved.std(axis=1, keepdims=True)
    moved = moved / np.where(scale > 0, scale, 1.0)
    return _first_t(np.diff(moved, axis=1), moved[:, :-1] ** 3, lags)


def _first_t(change: np.ndarray, first: np.ndarray, lags: int) -> np.ndarray:
    """t-values of `first` in the regression of changes on it and lagged changes."""
    rows = change.shape[1] - lags
    y, x = change[:, lags:], first[:, lags:]
    if lags:
        z = _lagged(change, lags, rows)
        gram = np.swapaxes(z, 1, 2) @ z
        both = np.stack([y, x], axis=2)
        both = both - z @ np.linalg.solve(gram, np.swapaxes(z, 1, 2) @ both)
        y, x = both[..., 0], both[..., 1]
    size = (x**2).sum(axis=1)
    slope = (x * y).sum(axis=1) / size
    rss = ((y - slope[:, None] * x) ** 2).sum(axis=1)
    return slope / np.sqrt(rss / (rows - lags - 1) / size)


def _lagged(change: np.ndarray, lags: int, rows: int) -> np.ndarray:
    """Lagged changes, shape (B, rows, lags)."""
    columns = [change[:, lags - j : lags - j + rows] for j in range(1, lags + 1)]
    return np.stack(columns, axis=2) if columns else np.empty((len(change), rows, 0))
