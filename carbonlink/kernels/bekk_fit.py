"""Maximise the likelihood of a BEKK model, and its standard errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .bekk import Evaluation, Problem, evaluate, gradient, intercept, scores, split, weights
from .dcc import pairs, products, unpack

_STARTS = ((0.05, 0.92), (0.1, 0.8), (0.02, 0.97))
_LARGEST = 1 - 1e-6
_STEP = 1e-5
_ENOUGH = 1e-5
_NEWTON = 12
_BAD = 1e10
_AT_BOUND = 1e-6


@dataclass(frozen=True, eq=False)
class Maximum:
    """A maximised BEKK likelihood.

    Attributes
    ----------
    theta : ndarray, shape (q,)
        Lower triangle of C (none under targeting), a, b; the first of each of a and b positive.
    at : Evaluation
    hessian : ndarray, shape (q, q)
    bounds : tuple of str
        Bounds that hold, in words.
    converged : bool
    message : str
    """

    theta: np.ndarray
    at: Evaluation
    hessian: np.ndarray
    bounds: tuple[str, ...]
    converged: bool
    message: str


def moments(e: np.ndarray) -> np.ndarray:
    """Return the mean of e_t e_t', packed."""
    return products(e).mean(axis=0)


def maximise(p: Problem) -> Maximum:
    """Maximise the likelihood.

    Notes
    -----
    Sequential quadratic programming with exact gradients from the likeliest of three starts,
    subject to a_i² + b_i² < 1 (covariance stationarity of every element) and, under targeting,
    to a positive definite intercept; then Newton steps. The other starts are tried where that
    is no maximum.
    """
    starts = sorted((_start(p, a, b) for a, b in _STARTS), key=lambda v: -_value(v, p))
    best = _polish(*_climb(starts[0], p), p)
    for start in starts[1:] if best.bounds or not best.converged else []:
        other = _polish(*_climb(start, p), p)
        gain = other.at.total - best.at.total
        if gain > _ENOUGH or (other.converged and not best.converged and gain > -_ENOUGH):
            best = other
    return best


def carry(theta: np.ndarray, p: Problem) -> np.ndarray:
    """Return a_i² + b_i² of each series, shape (k,)."""
    _, a, b = split(theta, p)
    return a * a + b * b


def _start(p: Problem, alpha: float, beta: float) -> np.ndarray:
    k = p.e.shape[1]
    a, b = np.full(p.wide, np.sqrt(alpha)), np.full(p.wide, np.sqrt(beta))
    if p.target is not None:
        return np.concatenate([a, b])
    lower = np.linalg.cholesky(unpack(p.start, k) * (1 - alpha - beta))
    return np.concatenate([lower[pairs(k)], a, b])


def _value(theta: np.ndarray, p: Problem) -> float:
    """Log-likelihood, −∞ where the intercept is not positive definite."""
    return evaluate(theta, p).total if _proper(theta, p) else -np.inf


def _proper(theta: np.ndarray, p: Problem) -> bool:
    if p.target is None:
        return True
    return bool(np.linalg.eigvalsh(unpack(intercept(theta, p), p.e.shape[1]))[0] > 0)


def _climb(start: np.ndarray, p: Problem) -> tuple[np.ndarray, str]:
    from scipy.optimize import minimize

    n, c, w = len(p.e), p.free_intercept, p.wide

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        found = evaluate(theta, p)
        if not np.isfinite(found.total) or not _proper(theta, p):
            return _BAD, np.zeros(len(theta))
        return -found.total / n, -gradient(theta, found, p) / n

    def room(theta: np.ndarray) -> np.ndarray:
        return _LARGEST - theta[c : c + w] ** 2 - theta[c + w :] ** 2

    def slope(theta: np.ndarray) -> np.ndarray:
        change = np.zeros((w, len(theta)))
        i = np.arange(w)
        change[i, c + i] = -2 * theta[c : c + w]
        change[i, c + w + i] = -2 * theta[c + w :]
        return change

    found = minimize(
        objective,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(None, None)] * c + [(-1.0, 1.0)] * (2 * w),
        constraints=[{"type": "ineq", "fun": room, "jac": slope}],
        options={"ftol": 1e-10, "maxiter": 400},
    )
    theta = found.x.copy()
    over = -room(theta)
    theta[c + w :] = np.where(
        over > 0,
        np.sign(theta[c + w :]) * np.sqrt(np.maximum(theta[c + w :] ** 2 - over, 0.0)),
        theta[c + w :],
    )
    return theta, str(found.message) if found.status else ""


def _signed(theta: np.ndarray, p: Problem) -> np.ndarray:
    """The same model with the diagonal of C and the first a and b positive."""
    theta, c, w = theta.copy(), p.free_intercept, p.wide
    if c:
        k = p.e.shape[1]
        rows, columns = pairs(k)
        sign = np.where(theta[:c][rows == columns] < 0, -1.0, 1.0)
        theta[:c] *= sign[columns]
    for first in (c, c + w):
        if theta[first] < 0:
            theta[first : first + w] *= -1
    return theta


def _polish(theta: np.ndarray, message: str, p: Problem) -> Maximum:
    """Newton steps until they promise nothing."""
    theta = _signed(theta, p)
    at, bounds = evaluate(theta, p), _bounds(theta, p)
    second, gain = hessian(theta, p), np.inf
    for _ in range(_NEWTON if not bounds else 0):
        step, gain = _newton(gradient(theta, at, p), second)
        if not np.isfinite(gain) or gain < 1e-12:
            break
        moved = theta + step
        if _bounds(moved, p) or not _value(moved, p) >= at.total:
            break
        theta, at, second = moved, evaluate(moved, p), hessian(moved, p)
    if bounds:
        gain = 0.0 if not message else np.inf
    converged = bool(np.isfinite(at.total) and 0 <= gain <= _ENOUGH)
    text = "" if converged else message or "the likelihood has no peak inside the bounds"
    return Maximum(theta, at, second, bounds, converged, text)


def _newton(slope: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, float]:
    try:
        root = np.linalg.cholesky(-second)
    except np.linalg.LinAlgError:
        return np.zeros(len(slope)), np.inf
    half = np.linalg.solve(root, slope)
    return np.linalg.solve(root.T, half), 0.5 * float(half @ half)


def _bounds(theta: np.ndarray, p: Problem) -> tuple[str, ...]:
    """The bounds that hold, in words."""
    _, a, b = split(theta, p)
    found = []
    if (a * a + b * b >= _LARGEST - 1e-8).any():
        found.append("the persistence is at its bound 1")
    if (np.abs(a) <= _AT_BOUND).any():
        found.append("a shock has no effect (a = 0), so b has no meaning")
    if p.target is not None:
        least = np.linalg.eigvalsh(unpack(intercept(theta, p), p.e.shape[1]))[0]
        if least <= 1e-10 * float(np.max(p.target)):
            found.append("the intercept is at the edge of positive definiteness")
    return tuple(found)


def hessian(theta: np.ndarray, p: Problem) -> np.ndarray:
    """Return the Hessian by central differences of the gradient."""
    rows = []
    for i in range(len(theta)):
        half = _STEP * max(abs(theta[i]), 0.1)
        ends = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[i] += sign * half
            ends.append(gradient(moved, evaluate(moved, p), p))
        rows.append((ends[0] - ends[1]) / (2 * half))
    second = np.array(rows)
    return 0.5 * (second + second.T)


def influence(found: Maximum, p: Problem) -> np.ndarray:
    """Return the influence of every row on the parameters, shape (n, q); NaN at a bound.

    Notes
    -----
    θ̂ − θ ≈ −H⁻¹ Σ_t [s_t + (∂²ℓ/∂θ∂σ') ψ_t], where under targeting ψ_t is the influence on
    the unconditional covariance σ, element by element (1 − β)/(1 − α − β)·(e_t e_t' − H_t)/n,
    which is a martingale difference, unlike e_t e_t' − σ.

    References
    ----------
    Francq, C., Horváth, L. and Zakoïan, J.-M. (2011). Merits and drawbacks of variance targeting
    in GARCH models. Journal of Financial Econometrics 9, 619–656.
    """
    nothing = np.full((len(p.e), len(found.theta)), np.nan)
    if found.bounds:
        return nothing
    total = scores(found.theta, found.at, p)
    if p.target is not None:
        total = total + target_influence(found.theta, found.at, p) @ _cross(found.theta, p)
    try:
        return total @ np.linalg.inv(-found.hessian)
    except np.linalg.LinAlgError:
        return nothing


def target_influence(theta: np.ndarray, at: Evaluation, p: Problem) -> np.ndarray:
    """Return the influence of every row on the unconditional covariance, shape (n, m)."""
    alpha, beta = weights(theta, p)
    shock = products(p.e) - at.packed
    return (1 - beta) / (1 - alpha - beta) * shock / len(p.e)


def _cross(theta: np.ndarray, p: Problem) -> np.ndarray:
    """Change of the gradient as an element of the target moves, shape (m, q)."""
    if p.target is None:
        return np.zeros((len(p.start), len(theta)))
    rows = []
    for j in range(len(p.target)):
        half = _STEP * max(abs(float(p.target[j])), 0.1)
        ends = []
        for sign in (1, -1):
            moved = p.target.copy()
            moved[j] += sign * half
            other = replace(p, target=moved, start=moved)
            ends.append(gradient(theta, evaluate(theta, other), other))
        rows.append((ends[0] - ends[1]) / (2 * half))
    return np.array(rows)
