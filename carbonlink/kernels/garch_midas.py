"""The likelihood of GARCH-MIDAS: a daily variance around a level that a monthly series drives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

NAMES = ("mu", "alpha", "beta", "m", "theta", "omega")
_STEP = 1e-5
_BAD = 1e10


@dataclass(frozen=True, eq=False)
class Problem:
    """Returns, and the lags of the driver of their month.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Returns.
    lags : ndarray, shape (p, k)
        The driver k, …, 1 periods before each period: first column the last period.
    period : ndarray of int, shape (n,)
        Row of `lags` that each return belongs to.
    """

    y: np.ndarray
    lags: np.ndarray
    period: np.ndarray


def beta_weights(omega: float, count: int) -> np.ndarray:
    """Return φ_k ∝ (1 − k/(K + 1))^{ω − 1}, k = 1 … K, which fall from the last period back.

    Notes
    -----
    The beta lag of Engle, Ghysels and Sohn with ω₁ = 1, its grid k/(K + 1) inside (0, 1) so
    that the last weight is not zero.
    """
    k = np.arange(1, count + 1)
    raw = (1 - k / (count + 1)) ** (omega - 1)
    return raw / raw.sum()


def components(theta: np.ndarray, p: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the residuals, the long-run level τ and the short-run variance g, each (n,).

    Notes
    -----
    ln τ = m + θ Σ_k φ_k(ω) X_{−k}; g_t = (1 − α − β) + α ε²_{t−1}/τ_{t−1} + β g_{t−1}, g₁ = 1.
    """
    from scipy.signal import lfilter

    mu, alpha, beta, level, slope, omega = theta
    weights = beta_weights(omega, p.lags.shape[1])
    tau = np.exp(level + slope * (p.lags @ weights))[p.period]
    resid = p.y - mu
    news = (1 - alpha - beta) + alpha * (resid[:-1] ** 2 / tau[:-1])
    g = np.concatenate([[1.0], lfilter([1.0], [1.0, -beta], news, zi=[beta])[0]])
    return resid, tau, g


def terms(theta: np.ndarray, p: Problem) -> np.ndarray:
    """Return the normal log-density of every return, shape (n,)."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        resid, tau, g = components(theta, p)
        variance = tau * g
        return -0.5 * (np.log(2 * np.pi) + np.log(variance) + resid**2 / variance)


def scores(theta: np.ndarray, p: Problem) -> np.ndarray:
    """Return the derivative of every term by central differences, shape (n, 6)."""
    columns = []
    for i in range(len(theta)):
        half = _STEP * max(abs(theta[i]), 0.1)
        ahead, behind = theta.copy(), theta.copy()
        ahead[i] += half
        behind[i] -= half
        columns.append((terms(ahead, p) - terms(behind, p)) / (2 * half))
    return np.column_stack(columns)


@dataclass(frozen=True, eq=False)
class Maximum:
    """A maximised likelihood; `bounds` in words, `hessian` by differences of scores."""

    theta: np.ndarray
    total: float
    hessian: np.ndarray
    free: tuple[int, ...]
    bounds: tuple[str, ...]
    converged: bool
    message: str


def maximise(p: Problem) -> Maximum:
    """Maximise the likelihood from several starts of θ and ω, within stationarity."""
    from scipy.optimize import minimize

    spread = float(p.lags.std()) or 1.0
    box = [(None, None), (1e-6, 1.0), (0.0, 1.0), (None, None), (None, None), (1.0, 60.0)]
    room = {
        "type": "ineq",
        "fun": lambda v: 1 - 1e-6 - v[1] - v[2],
        "jac": lambda v: np.array([0, -1.0, -1.0, 0, 0, 0]),
    }
    n = len(p.y)
    best: Any = None

    def objective(v: np.ndarray) -> tuple[float, np.ndarray]:
        value = float(terms(v, p).sum())
        if not np.isfinite(value):
            return _BAD, np.zeros(6)
        return -value / n, -scores(v, p).sum(axis=0) / n

    for slope in (0.0, 0.5 / spread, -0.5 / spread):
        for omega in (1.5, 6.0):
            start = np.array([p.y.mean(), 0.08, 0.85, np.log(p.y.var()), slope, omega])
            start[3] -= slope * float(p.lags.mean())
            found = minimize(
                objective,
                start,
                jac=True,
                method="SLSQP",
                bounds=box,
                constraints=[room],
                options={"ftol": 1e-11, "maxiter": 400},
            )
            if best is None or found.fun < best.fun:
                best = found
    return _certified(np.clip(best.x, *_ends(box)), p, box, str(best.message))


def _ends(box: list[tuple[float | None, float | None]]) -> tuple[np.ndarray, np.ndarray]:
    low = np.array([-np.inf if a is None else a for a, _ in box])
    return low, np.array([np.inf if b is None else b for _, b in box])


def _certified(theta: np.ndarray, p: Problem, box: list, message: str) -> Maximum:
    low, high = _ends(box)
    held = {i for i in range(6) if theta[i] <= low[i] + 1e-6 or theta[i] >= high[i] - 1e-6}
    bounds = [f"{NAMES[i]} is at its bound {theta[i]:g}" for i in sorted(held)]
    if theta[1] + theta[2] >= 1 - 2e-6:
        bounds.append("the persistence is at its bound 1")
        held |= {1, 2}
    free = tuple(i for i in range(6) if i not in held)
    second = np.zeros((6, 6))
    for i in free:
        half = 1e-4 * max(abs(theta[i]), 0.1)
        ahead, behind = theta.copy(), theta.copy()
        ahead[i] += half
        behind[i] -= half
        second[i] = (scores(ahead, p) - scores(behind, p)).sum(axis=0) / (2 * half)
    second = 0.5 * (second + second.T)
    slope = scores(theta, p).sum(axis=0)[list(free)]
    total = float(terms(theta, p).sum())
    try:
        root = np.linalg.cholesky(-second[np.ix_(free, free)])
        gain = 0.5 * float((np.linalg.solve(root, slope) ** 2).sum())
    except np.linalg.LinAlgError:
        gain = np.inf
    converged = bool(np.isfinite(total) and gain < 1e-3)
    text = "" if converged else message or "the likelihood has no peak inside the bounds"
    return Maximum(theta, total, second, free, tuple(bounds), converged, text)
