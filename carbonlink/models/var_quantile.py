"""Vector autoregressions of a quantile: an equation a quantile regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import ConvergenceError, SpecificationError
from ..kernels import quantile
from ..kernels import var as kernel

QUANTILE = (
    "Coefficients are those of the quantile {tau:g}: standard errors by kernel sandwich, no "
    "intervals from replications; away from 0.5 the residuals' mean is not 0 and U'U/n counts it."
)


def check_tau(tau: float | None, method: str) -> float | None:
    """Return the quantile, or say why it is none."""
    if method != "quantile":
        if tau is not None:
            raise SpecificationError(
                f"tau={tau!r} has no meaning with method={method!r}.", 'Use method="quantile".'
            )
        return None
    tau = 0.5 if tau is None else tau
    if isinstance(tau, bool) or not isinstance(tau, (int, float)) or not 0 < tau < 1:
        raise SpecificationError(f"tau={tau!r} is no quantile in (0, 1).", "Use 0.05 or 0.5.")
    return float(tau)


def quantile_fit(
    values: np.ndarray,
    fitted: kernel.VarFit,
    constant: bool,
    exog: np.ndarray | None,
    tau: float,
) -> tuple[kernel.VarFit, np.ndarray]:
    """Return the VAR of a quantile on the rows of a least-squares fit, and its covariance.

    Parameters
    ----------
    values : ndarray, shape (n, k)
    fitted : VarFit
    constant : bool
    exog : ndarray, optional
    tau : float

    Returns
    -------
    VarFit
        Σ is U'U/n.
    ndarray
        Covariance of the coefficients, an equation after the other.

    Notes
    -----
    With ψ = τ − 1{u < 0} and D_i the mean of z z' times a kernel estimate of the density of u_i
    at 0 (Epanechnikov, Hall and Sheather's width), the covariance of equations i and j is
    D_i⁻¹ mean(ψ_i ψ_j z z') D_j⁻¹ / n.

    References
    ----------
    Koenker, R. (2005). Quantile Regression. Cambridge University Press.
    doi:10.1017/CBO9780511754098
    """
    lags, k = fitted.coefs.shape[:2]
    y = values[fitted.rows]
    z = kernel.regressors(values, lags, fitted.rows, exog)
    n = len(y)
    tail, need = n * min(tau, 1 - tau), z.shape[1] + constant
    if tail < need:
        raise SpecificationError(
            f"{n} observations have {tail:.0f} beyond the quantile {tau:g}; an equation has "
            f"{need} coefficients.",
            f"Use a quantile of {need / n:.2g} or more, or fewer lags.",
        )
    shift = z.mean(axis=0) if constant else np.zeros(z.shape[1])
    size = np.sqrt(np.mean((z - shift) ** 2, axis=0))
    x = (z - shift) / size
    x = np.column_stack([np.ones(n), x]) if constant else x
    made = np.column_stack(
        [quantile.quantile_regression(y[:, j] / s, x, tau) * s for j, s in enumerate(y.std(axis=0))]
    )
    if not np.isfinite(made).all():
        raise ConvergenceError(
            "A quantile regression found no optimum.", "Use a quantile nearer to 0.5."
        )
    resid = y - x @ made
    slopes = made[int(constant) :] / size[:, None]
    intercept = made[0] - shift @ slopes if constant else np.zeros(k)
    whole = np.column_stack([np.ones(n), z]) if constant else z
    first = z.shape[1] - lags * k
    changed = replace(
        fitted,
        coefs=slopes[first:].reshape(lags, k, k).transpose(0, 2, 1),
        intercept=intercept,
        driven=slopes[:first].T,
        resid=resid,
        sigma=resid.T @ resid / n,
    )
    return changed, _sandwich(whole, resid, tau)


def _sandwich(z: np.ndarray, resid: np.ndarray, tau: float) -> np.ndarray:
    n, m = z.shape
    scale = np.sqrt(np.mean(z**2, axis=0))
    z = z / scale
    signs = tau - (resid < 0)
    inverses = [np.linalg.inv((z * _density(u, tau)[:, None]).T @ z / n) for u in resid.T]
    scores = np.hstack([(z * signs[:, [j]]) @ inverses[j] for j in range(resid.shape[1])])
    made = scores.T @ scores / n**2
    units = np.tile(scale, resid.shape[1])
    return made / np.outer(units, units)


def _density(u: np.ndarray, tau: float) -> np.ndarray:
    """Kernel weights whose mean is the density of u at 0; shape (n,)."""
    from scipy import stats

    n, point = len(u), stats.norm.ppf(tau)
    width = (
        n ** (-1 / 3)
        * stats.norm.ppf(0.975) ** (2 / 3)
        * (1.5 * stats.norm.pdf(point) ** 2 / (2 * point**2 + 1)) ** (1 / 3)
    )
    width = min(width, 0.9 * tau, 0.9 * (1 - tau))
    spread = min(u.std(), np.subtract(*np.percentile(u, [75, 25])) / 1.349)
    span = spread * (stats.norm.ppf(tau + width) - stats.norm.ppf(tau - width))
    return np.where(np.abs(u) <= span, 0.75 * (1 - (u / span) ** 2), 0.0) / span
