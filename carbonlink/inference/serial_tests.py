"""A test of serial correlation that holds under changing variances and chooses its own order."""

from __future__ import annotations

from typing import Any

import numpy as np

_Q = 2.4


def automatic_portmanteau(y: np.ndarray, most: int = 10) -> dict[str, Any]:
    """Test a series for autocorrelation, robust to conditional heteroskedasticity.

    Parameters
    ----------
    y : ndarray, shape (n,)
    most : int
        Largest order considered.

    Notes
    -----
    Q_p = n Σ_{j≤p} ρ̃_j² with ρ̃_j² = γ_j²/τ_j, γ_j the autocovariance and τ_j the mean of
    (y_t − ȳ)²(y_{t−j} − ȳ)². The order maximises Q_p less a penalty: p ln n, or 2p where some
    √n|ρ̃_j| exceeds √(2.4 ln n). Chi-squared(1), since under the null the order is one.

    References
    ----------
    Escanciano, J. C. and Lobato, I. N. (2009). An automatic portmanteau test for serial
    correlation. Journal of Econometrics 151, 140–149.
    """
    from scipy import stats

    n = len(y)
    u = y - y.mean()
    square = u * u
    j = np.arange(1, min(most, n - 2) + 1)
    gamma = np.array([u[i:] @ u[: n - i] / (n - i) for i in j])
    tau = np.array([square[i:] @ square[: n - i] / (n - i) for i in j])
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = np.where(tau > 0, gamma**2 / tau, 0.0)
    large = np.sqrt(n * rho.max()) > np.sqrt(_Q * np.log(n))
    total = n * np.cumsum(rho)
    order = int(np.argmax(total - j * (2.0 if large else np.log(n)))) + 1
    statistic = float(total[order - 1])
    return {
        "test": f"Automatic portmanteau, robust (order {order})",
        "null": f"no autocorrelation up to {len(j)} lags",
        "statistic": statistic,
        "p_value": float(stats.chi2.sf(statistic, 1)),
        "reference": "chi-squared(1)",
    }
