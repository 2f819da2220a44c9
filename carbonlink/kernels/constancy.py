"""Do coefficients stay the same? The largest score statistic over break dates."""

from __future__ import annotations

import numpy as np


def score_path(
    y: np.ndarray, x: np.ndarray, moving: list[int], trimming: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return candidate rows and the statistic of a break in some coefficients after each.

    Parameters
    ----------
    y : ndarray, shape (n,)
    x : ndarray, shape (n, k)
    moving : list of int
        Columns whose coefficients may break.
    trimming : float
        Share of the rows at either end without candidates.

    Returns
    -------
    rows : ndarray of int
        The last row before each break.
    statistic : ndarray

    Notes
    -----
    For a break after row τ, with z_t = x_t[moving]·1{t ≤ τ}: LM_τ = s'(z'Mz)⁻¹s/σ̂², s = z'Me, M
    the residual maker of x, e = My and σ̂² = e'e/n.

    References
    ----------
    Andrews, D. W. K. (1993). Tests for parameter instability and structural change with unknown
    change point. Econometrica 61, 821–856. doi:10.2307/2951764
    """
    n = len(y)
    rows = np.arange(int(np.ceil(trimming * n)), int(np.floor((1 - trimming) * n)))
    q = np.linalg.qr(x)[0]
    residuals = y - q @ (q.T @ y)
    z = x[:, moving]
    inner = np.cumsum(z[:, :, None] * z[:, None, :], axis=0)[rows - 1]
    across = np.cumsum(z[:, :, None] * q[:, None, :], axis=0)[rows - 1]
    spread = inner - across @ across.transpose(0, 2, 1)
    sums = np.cumsum(z * residuals[:, None], axis=0)[rows - 1]
    solved = np.linalg.solve(spread, sums[:, :, None])[:, :, 0]
    return rows - 1, (sums * solved).sum(axis=1) / (residuals @ residuals / n)
