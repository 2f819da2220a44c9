"""Tests of a vector autoregression's residuals, and of its columns for a unit root."""

from __future__ import annotations

from typing import Any

import numpy as np

_MACKINNON = (-2.86154, -2.8903, -4.234, -40.04)
"""5 % critical value of the ADF t with a constant: asymptotic, and the terms in 1/n, 1/n², 1/n³."""


def portmanteau(
    resid: np.ndarray, rows: np.ndarray, lags: int, span: int, adjusted: bool = True
) -> dict[str, Any]:
    """Test residuals jointly for auto- and cross-correlation up to `span` lags.

    Parameters
    ----------
    resid : ndarray, shape (n, k)
    rows : ndarray of int, shape (n,)
        Position of each residual: pairs across a gap do not count.
    lags : int
        Order of the VAR.
    span : int
        Lags tested.
    adjusted : bool
        Weigh lag i by n/(n − i), which is better on short samples.

    Notes
    -----
    Q = n² Σ_i (n − i)⁻¹ tr(C_i' C_0⁻¹ C_i C_0⁻¹), the adjusted (Hosking) statistic; without the
    adjustment n Σ_i tr(…).

    References
    ----------
    Hosking, J. R. M. (1980). The multivariate portmanteau statistic. Journal of the American
    Statistical Association 75, 602–608. doi:10.1080/01621459.1980.10477520
    """
    row = {
        "test": f"portmanteau{', adjusted' if adjusted else ''} ({span} lags)",
        "null": f"residuals have no auto- or cross-correlation up to {span} lags",
    }
    if span <= lags:
        return {**row, "note": f"needs more than {lags} lags"}
    n, k = resid.shape
    inverse = np.linalg.inv(resid.T @ resid / n)
    whole = np.zeros((rows[-1] - rows[0] + 1, k))
    whole[rows - rows[0]] = resid
    statistic = 0.0
    for i in range(1, span + 1):
        cross = whole[i:].T @ whole[:-i] / n
        weight = 1 / (n - i) if adjusted else 1 / n
        statistic += weight * np.trace(cross.T @ inverse @ cross @ inverse)
    return {**row, **_chi2(n**2 * statistic, k * k * (span - lags))}


def breusch_godfrey(
    resid: np.ndarray, rows: np.ndarray, regressors: np.ndarray, span: int
) -> dict[str, Any]:
    """Test residuals jointly for autocorrelation up to `span` lags by an auxiliary regression.

    Parameters
    ----------
    resid : ndarray, shape (n, k)
    rows : ndarray of int, shape (n,)
        Position of each residual; residuals that are not there count as zero.
    regressors : ndarray, shape (n, m)
        Those of the VAR, the constant included.
    span : int

    Notes
    -----
    LM = n·(k − tr(Σ⁻¹Σ_aux)), with the covariances of the residuals before and after regressing
    them on the regressors and on their own lags.

    References
    ----------
    Breusch, T. S. (1978). Australian Economic Papers 17, 334–355.
    doi:10.1111/j.1467-8454.1978.tb00635.x
    """
    n, k = resid.shape
    row = {
        "test": f"Breusch–Godfrey, multivariate ({span} lags)",
        "null": f"residuals have no auto- or cross-correlation up to {span} lags",
    }
    if n <= regressors.shape[1] + k * span + k:
        return {**row, "note": f"{n} observations are too few for {span} lags"}
    past = _past(resid, rows, span)
    q, _ = np.linalg.qr(np.hstack([regressors / np.linalg.norm(regressors, axis=0), past]))
    left = resid - q @ (q.T @ resid)
    share = np.trace(np.linalg.solve(resid.T @ resid, left.T @ left))
    return {**row, **_chi2(n * (k - share), span * k * k)}


def _past(resid: np.ndarray, rows: np.ndarray, span: int) -> np.ndarray:
    """Lags of residuals at their own rows, zero where there is none."""
    whole = np.zeros((rows[-1] - rows[0] + 1 + span, resid.shape[1]))
    whole[rows - rows[0] + span] = resid
    return np.hstack([whole[rows - rows[0] + span - lag] for lag in range(1, span + 1)])


def arch_multivariate(resid: np.ndarray, rows: np.ndarray, span: int) -> dict[str, Any]:
    """Test the covariance matrix of the shocks for autocorrelation over `span` lags.

    Notes
    -----
    VARCH-LM = n·k(k+1)/2·R², R² = 1 − 2/(k(k+1))·tr(Ω Ω_0⁻¹), of the products of residuals
    regressed on their own lags (Ω) or on a constant (Ω_0).

    References
    ----------
    Lütkepohl, H. (2005). New Introduction to Multiple Time Series Analysis, section 16.5.
    Springer. doi:10.1007/978-3-540-27752-1
    """
    k = resid.shape[1]
    low = np.tril_indices(k)
    size = len(low[0])
    row = {
        "test": f"ARCH, multivariate ({span} lags)",
        "null": "the covariance matrix of the shocks is constant",
    }
    whole = np.full((rows[-1] - rows[0] + 1, size), np.nan)
    scaled = resid / resid.std(axis=0)
    whole[rows - rows[0]] = (scaled[:, :, None] * scaled[:, None, :])[:, low[0], low[1]]
    joined = np.hstack([whole[span - j : len(whole) - j] for j in range(span + 1)])
    joined = joined[np.isfinite(joined).all(axis=1)]
    n = len(joined)
    if n < size * span + size + 10:
        return {**row, "note": f"{n} rows are too few for {size * span} lagged products"}
    joined = joined - joined.mean(axis=0)
    target, past = joined[:, :size], joined[:, size:]
    left = target - past @ np.linalg.lstsq(past, target, rcond=None)[0]
    share = np.trace(np.linalg.solve(target.T @ target, left.T @ left))
    return {**row, **_chi2(n * (size - share), span * size * size)}


def lag_exclusion(
    coefs: np.ndarray, inverse: np.ndarray, sigma: np.ndarray, lag: int, first: int
) -> dict[str, Any]:
    """Test that one lag adds nothing in any equation: a Wald test with shocks of one variance.

    Parameters
    ----------
    coefs : ndarray, shape (p, k, k)
    inverse : ndarray, shape (m, m)
        (Z'Z)⁻¹, whose last k·p rows are the lags.
    sigma : ndarray, shape (k, k)
        Covariance of the shocks with n − m in the divisor.
    lag : int
        1 … p.
    first : int
        Regressors before the lags.
    """
    k = coefs.shape[1]
    place = slice(first + k * (lag - 1), first + k * lag)
    a = coefs[lag - 1].T
    statistic = np.trace(np.linalg.solve(inverse[place, place], a) @ np.linalg.solve(sigma, a.T))
    row = {"test": f"exclusion of lag {lag}", "null": f"lag {lag} adds nothing in any equation"}
    return {**row, **_chi2(statistic, k * k)}


def arch_lm(resid: np.ndarray, rows: np.ndarray, span: int, name: str) -> dict[str, Any]:
    """Test one equation's squared residuals for autocorrelation: n·R² on its own lags.

    References
    ----------
    Engle, R. F. (1982). Econometrica 50, 987–1007. doi:10.2307/1912773
    """
    row = {
        "test": f"ARCH-LM ({span} lags), {name}",
        "null": f"the shocks of {name} have a constant variance",
    }
    whole = np.full(rows[-1] - rows[0] + 1, np.nan)
    whole[rows - rows[0]] = resid**2
    columns = np.column_stack([whole[span - j : len(whole) - j] for j in range(span + 1)])
    columns = columns[np.isfinite(columns).all(axis=1)]
    if len(columns) < 3 * span:
        return {**row, "note": f"only {len(columns)} rows with {span} squared residuals before"}
    target = columns[:, 0] - columns[:, 0].mean()
    past = columns[:, 1:] - columns[:, 1:].mean(axis=0)
    left = target - past @ np.linalg.lstsq(past, target, rcond=None)[0]
    return {**row, **_chi2(len(columns) * (1 - left @ left / (target @ target)), span)}


def normality(resid: np.ndarray) -> dict[str, Any]:
    """Test residuals jointly for normality by skewness and kurtosis of orthogonalised shocks.

    References
    ----------
    Lütkepohl, H. (2005). New Introduction to Multiple Time Series Analysis, section 4.5.
    Springer. doi:10.1007/978-3-540-27752-1
    """
    n, k = resid.shape
    centred = resid - resid.mean(axis=0)
    shocks = np.linalg.solve(np.linalg.cholesky(centred.T @ centred / n), centred.T)
    skewness, kurtosis = np.mean(shocks**3, axis=1), np.mean(shocks**4, axis=1)
    statistic = n * (skewness @ skewness / 6 + (kurtosis - 3) @ (kurtosis - 3) / 24)
    row = {"test": "Jarque–Bera, multivariate", "null": "the shocks are jointly normal"}
    return {**row, **_chi2(statistic, 2 * k)}


def dickey_fuller(values: np.ndarray, lags: int) -> tuple[float, float]:
    """Return the augmented Dickey–Fuller t with a constant, and its 5 % critical value.

    Parameters
    ----------
    values : ndarray, shape (T,)
        Rows with a gap in their lags are left out.
    lags : int
        Lagged changes in the regression.

    Returns
    -------
    statistic, critical : float
        The statistic is NaN on fewer than lags + 5 complete rows.

    References
    ----------
    MacKinnon, J. G. (2010). Critical values for cointegration tests. Queen's Economics
    Department Working Paper 1227.
    """
    change = np.diff(values)
    columns = [change[lags:], values[lags:-1]]
    columns += [change[lags - j : len(change) - j] for j in range(1, lags + 1)]
    joined = np.column_stack(columns)
    joined = joined[np.isfinite(joined).all(axis=1)]
    n = len(joined)
    critical = float(sum(c / max(n, 1) ** power for power, c in enumerate(_MACKINNON)))
    if n < lags + 5:
        return float("nan"), critical
    joined = joined - joined.mean(axis=0)
    q, r = np.linalg.qr(np.column_stack([joined[:, 2:], joined[:, 1]]))
    target = joined[:, 0]
    left = target - q @ (q.T @ target)
    error = np.sqrt(left @ left / (n - lags - 2)) / r[-1, -1]
    statistic = float(q[:, -1] @ target / r[-1, -1] / abs(error))
    return statistic, critical


def _chi2(statistic: float, df: int) -> dict[str, Any]:
    from scipy import stats

    return {
        "statistic": float(statistic),
        "p_value": float(stats.chi2.sf(statistic, df)),
        "reference": f"chi-squared({df})",
    }
