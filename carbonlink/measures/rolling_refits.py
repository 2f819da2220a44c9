"""Windows of VARs that are not least squares': each is fitted anew."""

from __future__ import annotations

import numpy as np

from ..errors import CarbonlinkError
from ..inference import parallel
from ..kernels import fevd, var
from ..models.var_again import Again

WINDOWS = 50
"""Windows of one task."""


def refitted_shares(
    values: np.ndarray,
    rows: np.ndarray,
    count: int,
    choice: tuple,
    estimator: Again,
    exog: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Decompose the forecast-error variances of every window, fitted by `estimator`.

    Parameters
    ----------
    values : ndarray, shape (T, k)
    rows : ndarray of int, shape (n,)
    count : int
        Observations in a window.
    choice : tuple
        Horizon, kind and order of the decomposition.
    estimator : Again
    exog : ndarray, shape (T, q), optional

    Returns
    -------
    tables : ndarray, shape (n − count + 1, k, k)
        Shares; NaN where the window's columns depend on each other or have no fit.
    roots : ndarray, shape (n − count + 1,)
    """
    windows = [rows[i : i + count] for i in range(len(rows) - count + 1)]
    tasks = [
        (values, windows[i : i + WINDOWS], choice, estimator, exog)
        for i in range(0, len(windows), WINDOWS)
    ]
    parts = parallel.map(_some, tasks, label="windows")
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _some(
    values: np.ndarray,
    windows: list[np.ndarray],
    choice: tuple,
    estimator: Again,
    exog: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    k = values.shape[1]
    tables, roots = np.full((len(windows), k, k), np.nan), np.full(len(windows), np.nan)
    for i, rows in enumerate(windows):
        columns = np.hstack([var.lagged(values, estimator.lags, rows), values[rows]])
        if var.pivots(columns, estimator.constant).min() < var.DEPENDENT:
            continue
        outer = exog
        if exog is not None:
            outer = exog[:, var.pivots(exog[rows], estimator.constant) > var.DEPENDENT]
            outer = outer if outer.shape[1] else None
        try:
            fitted = estimator(values, rows, outer)
        except CarbonlinkError:
            continue
        tables[i] = fevd.shares(fitted.coefs, fitted.sigma, *choice)
        roots[i] = var.roots(fitted.coefs)[0]
    return tables, roots
