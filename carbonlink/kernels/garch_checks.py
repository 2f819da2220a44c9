"""Tests of standardised residuals that allow for the estimated parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .garch_estimate import Estimate
from .garch_tail import TAILS
from .ols import least_squares

LEAST_SHAPE = 2.5
"""Degrees of freedom of a t below which the level of its variance has no meaning."""
LEVELS = (0.67, 1.5)
"""Mean squares of standardised residuals between which the level of the variance has one."""


@dataclass(frozen=True)
class Bias:
    """Sign and size bias of squared standardised residuals.

    Attributes
    ----------
    tvalues : tuple of float
        Of the sign, of negative size and of positive size.
    joint : float
        n·R², chi-squared(3) under the null.
    """

    tvalues: tuple[float, float, float]
    joint: float


def standardised(found: Estimate) -> np.ndarray:
    """Return z_t = ε_t/√h_t, shape (n,)."""
    return found.resid * np.exp(-0.5 * found.log_variance)


def degrees_of_freedom(found: Estimate) -> float:
    """Return ν of a t or skewed t; infinite for densities that have every moment."""
    p = found.problem
    heavy = p.dist in ("t", "skewt")
    return float(p.split(found.maximum.theta)[3][0]) if heavy else float("inf")


def mean_square(found: Estimate) -> float:
    """Return the mean of z², on limit days its mean beyond the limit; 1 in the model."""
    p, z = found.problem, standardised(found)
    squares = z**2
    if p.kind is not None:
        hits = np.abs(p.kind) == 1
        if hits.any():
            beyond = TAILS[p.dist](p.kind[hits] * z[hits], p.split(found.maximum.theta)[3])
            squares[hits] = beyond.second
    return float(squares[p.traded].mean())


def level_doubt(found: Estimate) -> str:
    """Say why the level of the variance has no meaning; empty where it has.

    Notes
    -----
    A t with ν near 2 hardly has a variance: ω and ν move together, and what the density scales
    to one is not what the shocks have.
    """
    nu, square = degrees_of_freedom(found), mean_square(found)
    reasons = [f"nu = {nu:.2f} is near 2"] if nu < LEAST_SHAPE else []
    if not LEVELS[0] <= square <= LEVELS[1]:
        reasons.append(f"the mean square of the standardised residuals is {square:.2f}, not 1")
    return ", ".join(reasons)


def ljung_box(x: np.ndarray, lags: int) -> float:
    """Return n(n + 2) Σ ρ_j²/(n − j), chi-squared(lags) for an independent series."""
    n, e = len(x), x - x.mean()
    total = float(e @ e)
    return float(
        n
        * (n + 2)
        * sum((float(e[j:] @ e[:-j]) / total) ** 2 / (n - j) for j in range(1, lags + 1))
    )


def portmanteau(found: Estimate, lags: int, sizes: bool = False) -> float:
    """Return the test of autocorrelation in z, or in |z|, up to `lags`, chi-squared(lags).

    Parameters
    ----------
    found : Estimate
    lags : int
    sizes : bool
        Whether x is |z| over its mean, less 1, rather than z over the mean of |z|.

    Notes
    -----
    With c_j = n⁻¹ Σ x_t x_{t-j} and s_t the score, the variance of √n c_j is that of
    x_t x_{t-j} + (∂c_j/∂θ')(−H/n)⁻¹ s_t, taken as mean outer product: the test allows for
    heteroskedasticity that the model missed, and for the estimation of every parameter. It does
    not move with the scale of z, which a t with ν near 2 hardly determines, and that of |z| needs
    no fourth moment of the shocks. NaN where the information matrix has no inverse, or the
    variance is not positive definite. At 5 % that of |z| rejects true GARCH and EGARCH models
    with t shocks in 4 to 7 % of 400 samples of 1,000 rows, with 2.3 or 3 degrees of freedom.

    References
    ----------
    Lobato, I. N., Nankervis, J. C. and Savin, N. E. (2002). Testing for zero autocorrelation in
    the presence of statistical dependence. Econometric Theory 18, 730–743.
    """
    pieces = _pieces(found)
    if pieces is None:
        return float("nan")
    x, slopes, influence = pieces.z, pieces.slopes, pieces.influence
    level, growth = np.abs(x).mean(), (np.sign(x)[:, None] * slopes).mean(axis=0)
    if sizes:
        x, slopes = np.abs(x), np.sign(x)[:, None] * slopes
    slopes = slopes / level - np.outer(x, growth) / level**2
    x = x / level - float(sizes)
    n = len(x)
    moments, terms = np.empty(lags), np.zeros((n, lags))
    for j in range(1, lags + 1):
        product = x[j:] * x[:-j]
        change = (x[:-j] @ slopes[j:] + x[j:] @ slopes[:-j]) / n
        moments[j - 1] = product.sum() / n
        terms[j:, j - 1] = product
        terms[:, j - 1] += influence @ change
    return _quadratic(moments, terms.T @ terms / n, n)


def squares_portmanteau(found: Estimate, lags: int) -> float:
    """Return the test of autocorrelation in z² up to `lags`, chi-squared(lags).

    Notes
    -----
    With q_t = z_t² − 1, κ its mean square, c_j = n⁻¹ Σ q_t q_{t-j}, X_j = ∂c_j/∂θ', s_t the
    score and A = −H/n, the variance of √n c is κ² I + C A⁻¹X' + X A⁻¹C' + X A⁻¹ S A⁻¹X', where
    S is the mean of s_t s_t' and C_j that of q_t q_{t-j} s_t' for independent z. With normal
    shocks this is the test of Li and Mak (1994), in which A = S and C = −X; it holds for other
    shocks and densities with a finite fourth moment. NaN where A has no inverse, and where the
    variance, a difference of estimates, is not positive definite.

    References
    ----------
    Li, W. K. and Mak, T. K. (1994). On the squared residual autocorrelations in non-linear time
    series with conditional heteroskedasticity. Journal of Time Series Analysis 15, 627–636.
    doi:10.1111/j.1467-9892.1994.tb00217.x
    """
    pieces = _pieces(found)
    if pieces is None:
        return float("nan")
    n = len(pieces.z)
    q = pieces.z**2 - 1
    moments = np.array([q[j:] @ q[:-j] / n for j in range(1, lags + 1)])
    past = np.stack([np.concatenate([np.zeros(j), q[:-j]]) for j in range(1, lags + 1)])
    changes = past @ (2 * pieces.z[:, None] * pieces.slopes) / n
    common = (past @ pieces.by_log_slopes) * float(q @ pieces.by_log) / n**2
    common -= (past @ pieces.by_resid_slopes) * float(q @ pieces.by_z) / n**2
    spread = changes @ (pieces.influence.T @ pieces.influence / n) @ changes.T
    cross = common @ pieces.inverse @ changes.T
    variance = float(q @ q / n) ** 2 * np.eye(lags) + cross + cross.T + spread
    return _quadratic(moments, variance, n)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """What a test with estimated parameters needs, in the free directions."""

    z: np.ndarray
    slopes: np.ndarray
    influence: np.ndarray
    inverse: np.ndarray
    by_log: np.ndarray
    by_z: np.ndarray
    by_log_slopes: np.ndarray
    by_resid_slopes: np.ndarray


def _pieces(found: Estimate) -> _Pieces | None:
    at, p, free = found.maximum.at, found.problem, found.maximum.free
    n, m = p.x.shape
    scale = np.exp(-0.5 * at.log_variance)
    z = at.resid * scale
    logs, levels = np.zeros((2, n, len(found.params)))
    inner = at.log_variance_slopes()
    logs[:, : len(inner)] = inner.T
    levels[:, :m] = at.mean_slopes * scale[:, None]
    shape = p.split(found.maximum.theta)[3]
    by_z = p.density.evaluate(z, shape)[1]
    try:
        inverse = np.linalg.inv(-(free.T @ found.maximum.hessian @ free) / n)
    except np.linalg.LinAlgError:
        return None
    return _Pieces(
        z=z,
        slopes=(-0.5 * z[:, None] * logs - levels) @ free,
        influence=(at.scores() @ free) @ inverse,
        inverse=inverse,
        by_log=-0.5 - 0.5 * z * by_z,
        by_z=by_z,
        by_log_slopes=logs @ free,
        by_resid_slopes=levels @ free,
    )


def _quadratic(moments: np.ndarray, variance: np.ndarray, n: int) -> float:
    """n c'V⁻¹c; NaN unless V is positive definite, without which it is no chi-squared."""
    try:
        half = np.linalg.solve(np.linalg.cholesky(variance), moments)
    except np.linalg.LinAlgError:
        return float("nan")
    return float(n * half @ half)


def sign_bias(resid: np.ndarray, z: np.ndarray) -> Bias | None:
    """Regress z² on the sign and size of the last shock; None without shocks of both signs.

    Notes
    -----
    z_t² = a + b₁ S⁻ + b₂ S⁻ε_{t-1} + b₃ (1 − S⁻) ε_{t-1} + v_t with S⁻ = 1{ε_{t-1} < 0}.

    References
    ----------
    Engle, R. F. and Ng, V. K. (1993). Measuring and testing the impact of news on volatility.
    Journal of Finance 48, 1749–1778. doi:10.1111/j.1540-6261.1993.tb05127.x
    """
    past = resid[:-1] / resid.std()
    falls = (past < 0).astype(float)
    target = z[1:] ** 2
    design = np.column_stack([np.ones(len(past)), falls, falls * past, (1 - falls) * past])
    fit = least_squares(target, design)
    if fit.collinear:
        return None
    errors = np.sqrt(np.diag(fit.bread) * fit.rss / fit.df_resid)
    sign, negative, positive = (fit.params / errors)[1:]
    centred = target - target.mean()
    joint = len(target) * (1 - fit.rss / float(centred @ centred))
    return Bias((float(sign), float(negative), float(positive)), float(joint))
