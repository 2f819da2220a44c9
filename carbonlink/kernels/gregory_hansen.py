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
    found = []
    for at in range(int(trimming * n), int((1 - trimming) * n) + 1):
        step = (np.arange(n) >= at).astype(float)
        columns = [np.ones(n), step, *x.T]
        if model == "ct":
            columns.append(np.arange(n) / n)
        if model == "regime":
            columns += list((x * step[:, None]).T)
        z = np.column_stack(columns)
        left = y - z @ np.linalg.lstsq(z, y, rcond=None)[0]
        found.append((*_adf(left, most), at - 1))
    statistic, lags, at = min(found)
    return BreakTest(statistic, int(at), int(lags), CRITICAL[model, x.shape[1]])


def _adf(e: np.ndarray, most: int) -> tuple[float, int]:
    """The ADF t without constant, with the number of lags that BIC chooses on common rows."""
    change = np.diff(e)
    y = change[most:]
    past = [change[most - j : len(change) - j] for j in range(1, most + 1)]
    n = len(y)
    scores = []
    for lags in range(most + 1):
        kept = np.column_stack([e[most:-1], *past[:lags]])
        coefs = np.linalg.lstsq(kept, y, rcond=None)[0]
        left = y - kept @ coefs
        rss = float(left @ left)
        error = np.sqrt(rss / (n - lags - 1) * np.linalg.inv(kept.T @ kept)[0, 0])
        scores.append((n * np.log(rss / n) + (lags + 1) * np.log(n), coefs[0] / error, lags))
    _, statistic, lags = min(scores)
    return float(statistic), lags
