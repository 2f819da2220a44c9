"""The conditional error-correction regression on bare arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ols import gaussian_loglik, least_squares


@dataclass(frozen=True)
class Design:
    """The error-correction regression before rows with a missing value are left out.

    Attributes
    ----------
    target : ndarray, shape (n,)
        Δy.
    regressors : ndarray, shape (n, k)
    terms : tuple of (kind, variable, lag)
        What each column is: kind "const", "trend", "level", "difference" or "fixed"; variable 0
        is y, 1, 2, … are the columns of x and −1, −2, … the fixed columns; lag in rows.
    """

    target: np.ndarray
    regressors: np.ndarray
    terms: tuple[tuple[str, int, int], ...]

    @property
    def complete(self) -> np.ndarray:
        """Rows where the target and every regressor exist, shape (n,)."""
        return np.isfinite(self.target) & np.isfinite(self.regressors).all(axis=1)


def lagged(values: np.ndarray, lag: int) -> np.ndarray:
    """Return values moved `lag` rows down, NaN above."""
    if lag == 0:
        return values
    moved = np.full_like(values, np.nan)
    moved[lag:] = values[:-lag]
    return moved


def design(
    y: np.ndarray,
    x: np.ndarray,
    lags: int,
    orders: tuple[int, ...],
    trend: str,
    fixed: np.ndarray | None = None,
) -> Design:
    """Lay out the regression of an ARDL(lags, orders) in error-correction form.

    Δy_t = c + d·t + π y_{t-1} + Σ_j β_j x_{j,t-1} + Σ_{i=1}^{lags-1} γ_i Δy_{t-i}
    + Σ_j Σ_{i=0}^{orders_j - 1} δ_{ji} Δx_{j,t-i} + u_t

    Parameters
    ----------
    y : ndarray, shape (n,)
    x : ndarray, shape (n, m)
    lags : int
        Lags of y in levels, at least 1.
    orders : tuple of int, length m
        Lags of each x in levels; with order 0 the current level enters in place of the
        lagged one.
    trend : {"n", "c", "ct"}
    fixed : ndarray, shape (n, f), optional
        Columns that enter as they are, outside the long run.
    """
    n = len(y)
    columns, terms = [], []

    def add(values: np.ndarray, kind: str, variable: int, lag: int) -> None:
        columns.append(values)
        terms.append((kind, variable, lag))

    if "c" in trend:
        add(np.ones(n), "const", 0, 0)
    if "t" in trend:
        add(np.arange(1.0, n + 1), "trend", 0, 0)
    add(lagged(y, 1), "level", 0, 1)
    for j, order in enumerate(orders):
        add(lagged(x[:, j], min(order, 1)), "level", j + 1, min(order, 1))
    change = y - lagged(y, 1)
    for i in range(1, lags):
        add(lagged(change, i), "difference", 0, i)
    for j, order in enumerate(orders):
        step = x[:, j] - lagged(x[:, j], 1)
        for i in range(order):
            add(lagged(step, i), "difference", j + 1, i)
    if fixed is not None:
        for j in range(fixed.shape[1]):
            add(fixed[:, j], "fixed", -1 - j, 0)
    return Design(change, np.column_stack(columns), tuple(terms))


def choose_lags(
    y: np.ndarray,
    x: np.ndarray,
    trend: str,
    most: int,
    keep: np.ndarray,
    criterion: str,
    fixed: np.ndarray | None = None,
) -> int:
    """Return the common order in 1…`most` with the least criterion on one common sample.

    Parameters
    ----------
    keep : ndarray of bool, shape (n,)
        Rows that may serve as observations.
    criterion : {"bic", "aic"}
    """
    m = x.shape[1]
    rows = design(y, x, most, (most,) * m, trend, fixed).complete & keep
    n = int(rows.sum())
    values = []
    for lags in range(1, most + 1):
        layout = design(y, x, lags, (lags,) * m, trend, fixed)
        fit = least_squares(layout.target[rows], layout.regressors[rows])
        k = layout.regressors.shape[1]
        if fit.collinear or n <= k:
            values.append(np.inf)
            continue
        price = np.log(n) if criterion == "bic" else 2.0
        values.append(-2 * gaussian_loglik(fit.rss, n) + price * k)
    return int(np.argmin(values)) + 1


def half_life(adjustment: float) -> float:
    """Return ln ½ / ln(1 − φ), in rows.

    Infinite where φ ≤ 0 (the gap never closes), 0 where φ = 1, and NaN where φ > 1: the gap
    then changes sign at every step and no half-life describes it.
    """
    if np.isnan(adjustment) or adjustment > 1:
        return np.nan
    if adjustment <= 0:
        return np.inf
    if adjustment == 1:
        return 0.0
    return float(np.log(0.5) / np.log1p(-adjustment))


def step_response(
    terms: tuple[tuple[str, int, int], ...], params: np.ndarray, variable: int, horizon: int
) -> np.ndarray:
    """Return the path of y after x of number `variable` rises by one for good at step 0.

    Parameters
    ----------
    terms : tuple of (kind, variable, lag)
        As in `Design`.
    params : ndarray, shape (..., k)
    variable : int
        1 for the first column of x.
    horizon : int
        Steps after step 0.

    Returns
    -------
    ndarray, shape (..., horizon + 1)
    """
    before = max((lag for _, _, lag in terms), default=1) + 1
    x = np.zeros(before + horizon + 1)
    x[before:] = 1.0
    y = np.zeros((len(x), *params.shape[:-1]))
    moving = [(term, i) for i, term in enumerate(terms) if term[1] in (0, variable)]
    moving = [(term, i) for term, i in moving if term[0] in ("level", "difference")]
    for t in range(before, len(y)):
        change = np.zeros(params.shape[:-1])
        for (kind, which, lag), i in moving:
            series = y if which == 0 else x
            past = series[t - lag]
            change += params[..., i] * (past if kind == "level" else past - series[t - lag - 1])
        y[t] = y[t - 1] + change
    return np.moveaxis(y[before:], 0, -1)
