"""No cointegration against cointegration with one break at an unknown date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CRITICAL = {
    ("c", 1): (-5.13, -4.61, -4.34), ("c", 2): (-5.44, -4.92, -4.69),
    ("c", 3): (-5.77, -5.28, -5.02), ("c", 4): (-6.05, -5.56, -5.31),
    ("ct", 1): (-5.45, -4.99, -4.72), ("ct", 2): (-5.80, -5.29, -5.03),
    ("ct", 3): (-6.05, -5.57, -5.33), ("ct", 4): (-6.36, -5.83, -5.59),
    ("regime", 1): (-5.47, -4.95, -4.68), ("regime", 2): (-5.97, -5.50, -5.23),
    ("regime", 3): (-6.51, -6.00, -5.75), ("regime", 4): (-6.92, -6.41, -6.17),
}  # fmt: skip
"""1, 5 and 10 % critical values of ADF* and Z_t* by model and number of regressors."""

MODELS = ("c", "ct", "regime")


@dataclass(frozen=True)
class BreakTest:
    """The smallest ADF t over break dates.

    Attributes
    ----------
    statistic : float
    at : int
        Last row before the break.
    lags : int
        Lagged changes of the residual at that date.
    critical : tuple of float
        1, 5 and 10 %.
    """

    statistic: float
    at: int
    lags: int
    critical: tuple[float, float, float]


def test(y: np.ndarray, x: np.ndarray, model: str, most: int, trimming: float = 0.15) -> BreakTest:
    """Return ADF* of a regression with a level shift, beside a trend, or with a regime shift.

    Parameters
    ----------
    y : ndarray, shape (n,)
    x : ndarray, shape (n, m)
        At most four regressors.
    model : {"c", "ct", "regime"}
        Level shift; level shift with trend; shift of level and slopes.
    most : int
        Largest number of lagged changes; BIC chooses at each date.
    trimming : float

    References
    ----------
    Gregory, A. W. and Hansen, B. E. (1996). Residual-based tests for cointegration in models with
    regime shifts. Journal of Econometrics 70, 99–126. doi:10.1016/0304-4076(69)41685-7
    """
    n = len(y)
    breaks = np.arange(int(trimming * n), int((1 - trimming) * n) + 1)
    statistics, lags = _adf(_residuals(y, x, model, breaks), most)
    best = int(np.argmin(statistics))
    return BreakTest(
        float(statistics[best]), int(breaks[best]) - 1, int(lags[best]), CRITICAL[model, x.shape[1]]
    )


def _residuals(y: np.ndarray, x: np.ndarray, model: str, breaks: np.ndarray) -> np.ndarray:
    """What is left of y at each break; shape (breaks, n).

    The columns without a break are taken out of all others first; those with one, one break after
    the other, are then at most 1 + m.
    """
    n = len(y)
    fixed = [np.ones(n), *x.T]
    if model == "ct":
        fixed.append(np.arange(n) / n)
    q = np.linalg.qr(np.column_stack([c / np.linalg.norm(c) for c in fixed]))[0]
    y = y - q @ (q.T @ y)
    after = (np.arange(n) >= breaks[:, None]).astype(float)
    shifted = [after] if model != "regime" else [after, *(c * after for c in x.T)]
    z = np.stack(shifted, axis=2)
    z = z - q @ (q.T @ z)
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    basis = np.linalg.qr(z)[0]
    return y - (basis @ (np.swapaxes(basis, 1, 2) @ y)[..., None])[..., 0]


def _adf(e: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """ADF t of each row without constant, lags by BIC on common rows; each of shape (rows,)."""
    change = np.diff(e, axis=1)
    past = [change[:, most - j : change.shape[1] - j] for j in range(1, most + 1)]
    x = np.stack([e[:, most:-1], *past], axis=2)
    size = np.linalg.norm(x, axis=1, keepdims=True)
    x, y = x / size, change[:, most:]
    n = y.shape[1]
    gram, right = np.swapaxes(x, 1, 2) @ x, (np.swapaxes(x, 1, 2) @ y[..., None])[..., 0]
    total = np.einsum("bn,bn->b", y, y)
    scores, values = np.empty((most + 1, len(e))), np.empty((most + 1, len(e)))
    for lags in range(most + 1):
        inverse = np.linalg.inv(gram[:, : lags + 1, : lags + 1])
        coefs = (inverse @ right[:, : lags + 1, None])[..., 0]
        rss = total - np.einsum("bi,bi->b", coefs, right[:, : lags + 1])
        values[lags] = coefs[:, 0] / np.sqrt(rss / (n - lags - 1) * inverse[:, 0, 0])
        scores[lags] = n * np.log(rss / n) + (lags + 1) * np.log(n)
    chosen = np.argmin(scores, axis=0)
    return values[chosen, np.arange(len(e))], chosen
