"""Variance recursions driven by one shock a day, with their derivatives."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .garch_lags import LaggedRun, Order
from .garch_steps import SQRT_2_OVER_PI, Trace

NEAR_ONE = 1 - 1e-8
"""Largest persistence: the integrated model, for all purposes."""

_FLOOR, _CEILING = 1e-290, 1e290
_SMALL, _BEND = 1e-30, 1e-12


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
    direct : ndarray, shape (n,), or None
        Derivative of ln s_t in the last parameter at a given state (the power of APARCH).
    """

    log_variance: np.ndarray
    slope: np.ndarray
    carry: np.ndarray
    news: np.ndarray
    own: tuple[Any, ...]
    direct: np.ndarray | None = None


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
    constraints : tuple of (str, ndarray, float)
        Further rows a and bounds c with a'θ ≥ c, and what each says.
    starts : ndarray, shape (g, q)
        Starting values, for shocks of variance one.
    carried : float
        Part of the expected carry that no parameter moves.
    power : bool
        Whether the state is s_t to half the power of the last parameter.
    rugged : bool
        Whether the likelihood has several peaks, so that every start is tried.
    trace : callable or None
        (parameters, shocks, start) to s_t, for processes that are no one-dimensional recursion.
    lagged : callable or None
        The recursion of a process of order (p, o, q), as `carbonlink.kernels.garch_lags` has it.
    order : (int, int, int)
        Its lags of the shock, of its asymmetry and of the variance.
    """

    names: tuple[str, ...]
    logarithmic: bool
    kinked: bool
    run: Callable[[np.ndarray, np.ndarray, float], Path]
    persistence: np.ndarray
    bounds: tuple[tuple[float, float], ...]
    constraints: tuple[tuple[str, np.ndarray, float], ...]
    starts: np.ndarray
    carried: float = 0.0
    power: bool = False
    rugged: bool = False
    trace: Trace | None = None
    lagged: LaggedRun | None = None
    order: Order = (1, 1, 1)

    def all_named(self, stem: str) -> list[int]:
        """Places of the parameters of a name, with any number of lags."""
        return [i for i, name in enumerate(self.names) if name.rstrip("0123456789") == stem]

    def carry(self, v: np.ndarray) -> float:
        """Expected carry of the state from row to row."""
        return self.carried + float(self.persistence @ v)


def sweep(carry: np.ndarray, direct: np.ndarray) -> np.ndarray:
    """Return x with x_t = carry_{t-1} x_{t-1} + direct_t, for each row of `direct` (p, n).

    Of several lags, carry has shape (K, n): what x_t adds to x_{t+1+k} stands in row k.
    """
    return _solve(carry, direct.T, "N").T


def pull(carry: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return l with l_t = weights_t + carry_t l_{t+1}: the transpose of `sweep`, shape (n,)."""
    return _solve(carry, weights, "T")


def _solve(carry: np.ndarray, right: np.ndarray, transposed: str) -> np.ndarray:
    from scipy.linalg.lapack import dtbtrs

    if carry.ndim == 2:
        band = np.ones((1 + len(carry), carry.shape[1]), order="F")
        band[1:] = -carry
        return dtbtrs(band, right, uplo="L", trans=transposed, diag="U")[0]
    band = np.ones((2, len(carry) + 1), order="F")
    band[1, :-1] = -carry
    return dtbtrs(band, right, uplo="L", trans=transposed, diag="U")[0]


def run_garch(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
    omega, alpha, beta = theta
    past = u[:-1]
    square = past * past
    drive = np.empty(len(u))
    drive[0] = state
    np.multiply(square, alpha, out=drive[1:])
    drive[1:] += omega
    s = _filter(drive, beta)
    return _linear(s, beta, (2 * alpha) * past, (1.0, square, s[:-1]))


def run_gjr(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
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


def run_egarch(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
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


def run_integrated(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
    omega, alpha = theta
    path = run_garch(np.array([omega, alpha, 1 - alpha]), u, state)
    return dataclasses.replace(path, own=(1.0, path.own[1] - path.own[2]))


def run_aparch(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
    omega, alpha, gamma, beta, power = theta
    past = u[:-1]
    size = np.maximum(np.abs(past) - gamma * past, _SMALL)
    log_size = np.log(size)
    shock = np.exp(power * log_size)
    drive = np.concatenate([[state], omega + alpha * shock])
    x = _filter(drive, beta)
    slope = alpha * power * shock / np.maximum(size, _BEND)
    own = (1.0, shock, -slope * past, x[:-1], alpha * shock * log_size)
    news = slope * (np.sign(past) - gamma)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_s = 2 / power * np.log(x)
        return Path(
            log_s, 2 / (power * x), np.full(len(past), beta), news, own, direct=-log_s / power
        )


def traced(theta: np.ndarray, u: np.ndarray, state: float) -> Path:
    """Stand where `run` does in families that have a `trace` instead."""
    raise TypeError("This family is no one-dimensional recursion: use its trace.")


@functools.lru_cache(maxsize=8)
def _wide(n: int) -> np.ndarray:
    bounds = np.empty((n, 2))
    bounds[:] = _FLOOR, _CEILING
    return bounds
