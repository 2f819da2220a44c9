"""Coefficients of a VAR side by side: labels, values and covariances, equation by equation."""

from __future__ import annotations

import numpy as np

from ..kernels import var as kernel


def labels(names: list[str], lags: int, constant: bool, outer: list[str]) -> list[str]:
    """Return "series ← regressor" for every coefficient, equation by equation."""
    regressors = [*(["const"] if constant else []), *outer]
    regressors += [f"{name} L{lag}" for lag in range(1, lags + 1) for name in names]
    return [f"{name} ← {regressor}" for name in names for regressor in regressors]


def stacked(fitted: kernel.VarFit, constant: bool) -> np.ndarray:
    """Coefficients with a row an equation, in the order of the regressors."""
    lags, k = fitted.coefs.shape[:2]
    slopes = np.hstack([fitted.driven, fitted.coefs.transpose(1, 0, 2).reshape(k, k * lags)])
    return np.column_stack([fitted.intercept, slopes]) if constant else slopes


def covariance(z: np.ndarray, fitted: kernel.VarFit, constant: bool, cov: str) -> np.ndarray:
    """Return the covariance of the stacked coefficients, shape (k·m, k·m), "ols" or "robust"."""
    n, m = fitted.nobs, len(fitted.inverse)
    if cov == "ols":
        return np.kron(fitted.sigma * n / (n - m), fitted.inverse)
    k = fitted.resid.shape[1]
    z = np.column_stack([np.ones(n), z]) if constant else z
    scores = (fitted.resid[:, :, None] * (z @ fitted.inverse)[:, None, :]).reshape(n, k * m)
    return scores.T @ scores * n / (n - m)
