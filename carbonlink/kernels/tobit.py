"""Normal regression of an outcome that is censored at a lower and an upper limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS = 200
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Tobit:
    """A maximum of the censored likelihood.

    Attributes
    ----------
    params : ndarray, shape (k,)
        Coefficients of the latent outcome.
    scale : float
        Standard deviation of its errors.
    loglik : float
    scores : ndarray, shape (n, k + 1)
        Of each row, in (params, scale).
    hessian : ndarray, shape (k + 1, k + 1)
        Of the log-likelihood, in (params, scale).
    gradient : float
        Largest relative gradient at the end.
    """

    params: np.ndarray
    scale: float
    loglik: float
    scores: np.ndarray
    hessian: np.ndarray
    gradient: float


def fit_tobit(y: np.ndarray, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> Tobit:
    """Maximise the likelihood of y observed between limits, at them where the latent is beyond.

    Parameters
    ----------
    y : ndarray, shape (n,)
        At most `low` or at least `high` where censored.
    x : ndarray, shape (n, k)
    low, high : ndarray, shape (n,)
        Limits of each row; −inf and inf where there is none.

    Notes
    -----
    In γ = β/σ and h = 1/σ the log-likelihood Σ_in [ln h − ½(hy − x'γ)²] + Σ_low ln Φ(h·low − x'γ)
    + Σ_high ln Φ(x'γ − h·high) is concave, so Newton's steps with halving find its one maximum.

    References
    ----------
    Olsen, R. J. (1978). Note on the uniqueness of the maximum likelihood estimator for the Tobit
    model. Econometrica 46, 1211–1215. doi:10.2307/1911445
    """
    below, above = y <= low, y >= high
    inside = ~below & ~above
    level = np.where(below, low, np.where(above, high, y))
    design = np.column_stack([-x, level])
    start = np.linalg.lstsq(x[inside], y[inside], rcond=None)[0]
    spread = max(float(np.std(y[inside] - x[inside] @ start)), 1e-12)
    theta = np.append(start / spread, 1 / spread)
    value, slope, curve = _concave(theta, design, inside, below, above)
    for _ in range(STEPS):
        step = -np.linalg.solve(curve, slope.sum(axis=0))
        size = 1.0
        while True:
            trial = theta + size * step
            if trial[-1] > 0:
                found = _concave(trial, design, inside, below, above)
                if found[0] >= value - 1e-12 * abs(value):
                    break
            size /= 2
            if size < 1e-12:
                break
        if size < 1e-12:
            break
        done = found[0] - value < TOLERANCE * (1 + abs(value)) and size == 1.0
        theta, (value, slope, curve) = trial, found
        if done:
            break
    return _in_scale(theta, value, slope, curve)


def _concave(
    theta: np.ndarray, design: np.ndarray, inside: np.ndarray, below: np.ndarray, above: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, scores and Hessian in (γ, h)."""
    from scipy import special

    z = design @ theta
    h = theta[-1]
    value = float(inside.sum() * np.log(h) - 0.5 * (z[inside] ** 2).sum())
    value -= 0.5 * inside.sum() * np.log(2 * np.pi)
    first, second = -z.copy(), -np.ones_like(z)
    for rows, sign in ((below, 1.0), (above, -1.0)):
        edge = sign * z[rows]
        value += float(special.log_ndtr(edge).sum())
        mills = np.exp(-0.5 * edge**2 - 0.5 * np.log(2 * np.pi) - special.log_ndtr(edge))
        first[rows] = sign * mills
        second[rows] = -mills * (mills + edge)
    slope = design * first[:, None]
    slope[inside, -1] += 1 / h
    curve = design.T @ (design * second[:, None])
    curve[-1, -1] -= inside.sum() / h**2
    return value, slope, curve


def _in_scale(theta: np.ndarray, value: float, slope: np.ndarray, curve: np.ndarray) -> Tobit:
    """Return the maximum in (β, σ): β = γ/h and σ = 1/h."""
    gamma, h = theta[:-1], theta[-1]
    k = len(gamma)
    jacobian = np.zeros((k + 1, k + 1))
    jacobian[:k, :k] = np.eye(k) * h
    jacobian[:k, -1] = -gamma * h
    jacobian[-1, -1] = -(h**2)
    total = np.abs(slope.sum(axis=0))
    size = np.sqrt((slope**2).sum(axis=0)) + 1e-300
    return Tobit(
        params=gamma / h,
        scale=float(1 / h),
        loglik=value,
        scores=slope @ jacobian,
        hessian=jacobian.T @ curve @ jacobian,
        gradient=float((total / size).max()),
    )
