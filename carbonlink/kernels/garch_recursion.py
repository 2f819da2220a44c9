"""Variance recursions driven by one shock a day, with their derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

NEAR_ONE = 1 - 1e-8
"""Largest persistence: the integrated model, for all purposes."""

SQRT_2_OVER_PI = float(np.sqrt(2 / np.pi))
_FLOOR, _CEILING = 1e-290, 1e290


@dataclass(frozen=True)
class Path:
    """One run of a recursion, linearised.

    Attributes
    ----------
    log_variance : ndarray, shape (n,)
        ln s_t.
    slope : ndarray, shape (n,)
        Derivative of ln s_t in the state.
    carry : ndarray, shape (n - 1,)
        Derivative of the state at t + 1 in the state at t.
    news : ndarray, shape (n - 1,)
        Derivative of the state at t + 1 in the shock u_t.
    own : tuple of float or ndarray, shape (n - 1,)
        Direct derivative of the state at t + 1 in each parameter of the recursion.
    """

    log_variance: np.ndarray
    slope: np.ndarray
    carry: np.ndarray
    news: np.ndarray
    own: tuple[Any, ...]


@dataclass(frozen=True)
class Family:
    """A variance recursion.

    Attributes
    ----------
    names : tuple of str
        Its parameters; the first is the intercept.
    logarithmic : bool
        Whether the state is ln s_t rather than s_t.
    kinked : bool
        Whether |u| enters, so that the likelihood has a kink wherever a residual is zero.
    run : callable
        (parameters, shocks u, state at the first observation) to `Path`.
    persistence : ndarray, shape (q,)
        Weights whose product with the parameters is the expected carry of the state.
    bounds : tuple of (float, float)
        Bounds of the parameters, for shocks of variance one.
    constraints : tuple of (str, ndarray)
        Further rows a with a'θ ≥ 0, and what each says.
    starts : ndarray, shape (g, q)
        Starting values, for shocks of variance one.
    """

    names: tuple[str, ...]
    logarithmic: bool
    kinked: bool
    run: Callable[[np.ndarray, np.ndarray, float], Path]
    persistence: np.ndarray
    bounds: tuple[tuple[float, float], ...]
    constraints: tuple[tuple[str, np.ndarray], ...]
    starts: np.ndarray


def sweep(carry: np.ndarray, direct: np.ndarray) -> np.ndarray:
    """Return x with x_t = carry_{t-1} x_{t-1} + direct_t, for each row of `direct` (p, n)."""
    return _solve(carry, direct.T, "N").T


def pull(carry: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return l with l_t = weights_t + carry_t l_{t+1}: the transpose of `sweep`, shape (n,)."""
    return _solve(carry, weights, "T")


def _solve(carry: np.ndarray, right: np.ndarray, transposed: str) -> np.ndarray:
    from scipy.linalg.lapack import dtbtrs

    band = np.ones((2, len(carry) + 1), order="F")
    band[1, :-1] = -carry
    return dtbtrs(band, right, uplo="L", trans=transposed, diag="U")[0]


def _garch(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
    omega, alpha, beta = theta
    past = u[:-1]
    square = past * past
    drive = np.empty(len(u))
    drive[0] = state
    np.multiply(square, alpha, out=drive[1:])
    drive[1:] += omega
    s = _filter(drive, beta)
    return _linear(s, beta, (2 * alpha) * past, (1.0, square, s[:-1]))


def _gjr(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
    omega, alpha, gamma, beta = theta
    past = u[:-1]
    fall = np.minimum(past, 0.0)
    square, below = past * past, fall * fall
    drive = np.empty(len(u))
    drive[0] = state
    drive[1:] = omega + alpha * square + gamma * below
    s = _filter(drive, beta)
    return _linear(s, beta, 2 * (alpha * past + gamma * fall), (1.0, square, below, s[:-1]))


def _filter(drive: np.ndarray, beta: float) -> np.ndarray:
    from scipy.signal import lfilter

    return lfilter([1.0], [1.0, -beta], drive)


def _linear(s: np.ndarray, beta: float, news: np.ndarray, own: tuple[Any, ...]) -> Path:
    with np.errstate(divide="ignore", invalid="ignore"):
        return Path(np.log(s), 1 / s, np.full(len(news), beta), news, own)


def _egarch(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
    from arch.univariate.recursions import egarch_recursion

    omega, alpha, gamma, beta = theta
    n = len(u)
    carried = beta if abs(beta) > 1e-100 else 1e-100
    before = (state - omega) / carried
    s, log_s, z, size = np.empty((4, n))
    weights = np.array([omega, alpha, gamma, carried])
    shocks = np.ascontiguousarray(u)
    egarch_recursion(weights, shocks, s, 1, 1, 1, n, before, _wide(n), log_s, z, size)
    past, magnitude = z[:-1], size[:-1]
    news = (alpha * np.sign(past) + gamma) / np.sqrt(s[:-1])
    carry = beta - 0.5 * (alpha * magnitude + gamma * past)
    own = (1.0, magnitude - SQRT_2_OVER_PI, past, log_s[:-1])
    return Path(log_s, np.ones(n), carry, news, own)


@functools.lru_cache(maxsize=8)
def _wide(n: int) -> np.ndarray:
    bounds = np.empty((n, 2))
    bounds[:] = _FLOOR, _CEILING
    return bounds


def _linear_starts(leverage: tuple[float, ...]) -> np.ndarray:
    pairs = ((0.1, 0.97), (0.05, 0.9), (0.2, 0.95), (0.05, 0.99), (0.3, 0.7))
    return np.array([[1 - total, a, *leverage, total - a] for a, total in pairs])


def _log_starts() -> np.ndarray:
    triples = (
        (0.2, 0.0, 0.95),
        (0.1, 0.0, 0.8),
        (0.3, -0.05, 0.9),
        (0.1, 0.0, 0.98),
        (0.4, 0.05, 0.6),
    )
    return np.array([[-0.2 * (1 - beta), a, g, beta] for a, g, beta in triples])


_VARIANCE = (1e-8, 10.0)

FAMILIES = {
    "GARCH": Family(
        names=("omega", "alpha", "beta"),
        logarithmic=False,
        kinked=False,
        run=_garch,
        persistence=np.array([0.0, 1.0, 1.0]),
        bounds=(_VARIANCE, (0.0, 1.0), (0.0, 1.0)),
        constraints=(),
        starts=_linear_starts(()),
    ),
    "GJR": Family(
        names=("omega", "alpha", "gamma", "beta"),
        logarithmic=False,
        kinked=False,
        run=_gjr,
        persistence=np.array([0.0, 1.0, 0.5, 1.0]),
        bounds=(_VARIANCE, (0.0, 1.0), (-1.0, 2.0), (0.0, 1.0)),
        constraints=(("alpha + gamma", np.array([0.0, 1.0, 1.0, 0.0])),),
        starts=_linear_starts((0.0,)),
    ),
    "EGARCH": Family(
        names=("omega", "alpha", "gamma", "beta"),
        logarithmic=True,
        kinked=True,
        run=_egarch,
        persistence=np.array([0.0, 0.0, 0.0, 1.0]),
        bounds=((-20.0, 20.0), (-5.0, 5.0), (-5.0, 5.0), (-1.0, 1.0)),
        constraints=(),
        starts=_log_starts(),
    ),
}
