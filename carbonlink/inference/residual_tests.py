"""Tests of a regression's residuals and form, on bare arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.ols import least_squares


def breusch_godfrey(residuals: np.ndarray, regressors: np.ndarray, lags: int) -> dict[str, Any]:
    """Test residuals for autocorrelation up to `lags`: n·R² of residuals on X and own lags.

    Residuals before the sample count as zero.

    References
    ----------
    Godfrey, L. G. (1978). Econometrica 46, 1293–1301. doi:10.2307/1913829
    """
    n = len(residuals)
    past = np.zeros((n, lags))
    for j in range(1, lags + 1):
        past[j:, j - 1] = residuals[:-j]
    rss = least_squares(residuals, np.column_stack([regressors, past])).rss
    statistic = n * (1 - rss / float(residuals @ residuals))
    return {
        "test": f"Breusch–Godfrey ({lags} lags)",
        "null": f"residuals have no autocorrelation up to {lags} lags",
        "statistic": statistic,
        "p_value": _chi2(statistic, lags),
        "reference": f"chi-squared({lags})",
    }


def arch_lm(residuals: np.ndarray, lags: int) -> dict[str, Any]:
    """Test squared residuals for autocorrelation: n·R² of e² on its own lags.

    References
    ----------
    Engle, R. F. (1982). Econometrica 50, 987–1007. doi:10.2307/1912773
    """
    square = residuals**2
    target = square[lags:]
    past = np.column_stack([square[lags - j : -j] for j in range(1, lags + 1)])
    rss = least_squares(target, np.column_stack([np.ones(len(target)), past])).rss
    statistic = len(target) * (1 - rss / float(((target - target.mean()) ** 2).sum()))
    return {
        "test": f"ARCH-LM ({lags} lags)",
        "null": f"squared residuals have no autocorrelation up to {lags} lags",
        "statistic": statistic,
        "p_value": _chi2(statistic, lags),
        "reference": f"chi-squared({lags})",
    }


def reset(
    target: np.ndarray, regressors: np.ndarray, residuals: np.ndarray, power: int = 3
) -> dict[str, Any]:
    """Test the linear form: F of the powers 2…`power` of the fitted values.

    References
    ----------
    Ramsey, J. B. (1969). Journal of the Royal Statistical Society B 31, 350–371.
    doi:10.1111/j.2517-6161.1969.tb00796.x
    """
    from scipy import stats

    fitted = target - residuals
    spread = fitted.std()
    scaled = (fitted - fitted.mean()) / (spread if spread > 0 else 1.0)
    powers = np.column_stack([scaled**p for p in range(2, power + 1)])
    wide = least_squares(target, np.column_stack([regressors, powers]))
    row = {"test": f"Ramsey RESET (powers 2 to {power})", "null": "the regression is linear"}
    if wide.collinear:
        return {**row, "note": "the powers of the fitted values are collinear with the regressors"}
    extra = power - 1
    statistic = (float(residuals @ residuals) - wide.rss) / extra / (wide.rss / wide.df_resid)
    return {
        **row,
        "statistic": statistic,
        "p_value": float(stats.f.sf(statistic, extra, wide.df_resid)),
        "reference": f"F({extra}, {wide.df_resid})",
    }


def jarque_bera(residuals: np.ndarray) -> dict[str, Any]:
    """Test residuals for normality: n/6·(skewness² + (kurtosis − 3)²/4).

    References
    ----------
    Jarque, C. M. and Bera, A. K. (1987). International Statistical Review 55, 163–172.
    doi:10.2307/1403192
    """
    n = len(residuals)
    centred = residuals - residuals.mean()
    variance = (centred**2).mean()
    skewness = (centred**3).mean() / variance**1.5
    kurtosis = (centred**4).mean() / variance**2
    statistic = n / 6 * (skewness**2 + (kurtosis - 3) ** 2 / 4)
    return {
        "test": "Jarque–Bera",
        "null": "residuals are normal",
        "statistic": statistic,
        "p_value": _chi2(statistic, 2),
        "reference": "chi-squared(2)",
    }


def _chi2(statistic: float, df: int) -> float:
    from scipy import stats

    return float(stats.chi2.sf(statistic, df))
