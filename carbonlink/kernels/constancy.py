"""Do coefficients stay the same? The largest score statistic over break dates, bootstrapped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Constancy:
    """A test of constant coefficients against one break at an unknown row.

    Attributes
    ----------
    statistic : float
        Largest score statistic over the rows.
    row : int
        The last row before the break that it is largest at.
    path : ndarray
        The statistic at every candidate row.
    rows : ndarray of int
        Candidate rows.
    p_value : float
    """

    statistic: float
    row: int
    path: np.ndarray
    rows: np.ndarray
    p_value: float


def constancy(
    y: np.ndarray,
    x: np.ndarray,
    moving: list[int],
    trimming: float,
    weights: np.ndarray,
) -> Constancy:
    """Test that the coefficients of some columns do not change.

    Parameters
    ----------
    y : ndarray, shape (n,)
    x : ndarray, shape (n, k)
    moving : list of int
        Columns whose coefficients may break.
    trimming : float
        Share of the rows at either end without candidates.
    weights : ndarray, shape (n, draws)
        Standard normal weights of the bootstrap.

    Notes
    -----
    For a break after row τ, with z_t = x_t[moving]·1{t ≤ τ}: LM_τ = s'(z'Mz)⁻¹s/σ̂², s = z'Me, M
    the residual maker of x. The bootstrap holds every regressor, lagged effects too, and draws
    y* = ê·w: its law follows regressors with unit roots or breaks of their own, and errors of
    changing variance.

    References
    ----------
    Hansen, B. E. (2000). Testing for structural change in conditional models. Journal of
    Econometrics 97, 93–115. doi:10.1016/S0304-4076(99)00068-8
    """
    n = len(y)
    first, last = int(np.ceil(trimming * n)), int(np.floor((1 - trimming) * n))
    rows = np.arange(first, last)
    q, r = np.linalg.qr(x)
    residuals = y - q @ (q.T @ y)
    z = x[:, moving]
    inner = np.cumsum(z[:, :, None] * z[:, None, :], axis=0)[rows - 1]
    across = np.cumsum(z[:, :, None] * q[:, None, :], axis=0)[rows - 1]
    spread = inner - across @ across.transpose(0, 2, 1)
    drawn = residuals[:, None] * weights
    drawn = drawn - q @ (q.T @ drawn)
    columns = np.column_stack([residuals, drawn])
    variance = (columns**2).mean(axis=0)
    inverse = np.linalg.inv(spread)
    best, path = np.zeros(columns.shape[1]), np.empty(len(rows))
    sums = np.empty((len(rows), z.shape[1], columns.shape[1]))
    for j in range(z.shape[1]):
        sums[:, j] = np.cumsum(z[:, [j]] * columns, axis=0)[rows - 1]
    values = np.einsum("tib,tij,tjb->tb", sums, inverse, sums, optimize=True) / variance
    path, best = values[:, 0], values.max(axis=0)
    place = int(path.argmax())
    p_value = (1 + int((best[1:] >= best[0]).sum())) / len(best)
    return Constancy(float(best[0]), int(rows[place]) - 1, path, rows - 1, float(p_value))
