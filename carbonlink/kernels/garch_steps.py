"""Variance processes that are no one-dimensional recursion, derived by complex steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

TRUNCATION = 1000
"""Lags kept of the infinite sum of FIGARCH, as arch has it."""

HARCH_LAGS = (1, 5, 22)
"""Days over which HARCH averages squared shocks."""

SQRT_2_OVER_PI = float(np.sqrt(2 / np.pi))
"""Mean size of a standard normal shock."""

_STEP = 1e-30


@dataclass(frozen=True)
class Start:
    """What comes before the first observation.

    Attributes
    ----------
    level : complex
        Mean of squared shocks before it.
    rule : str
        "carried" where the first variance follows from the level by the recursion, "level"
        where it is the level, "rugarch" for that package's start of CGARCH and FIGARCH, "today"
        where the first variance and all before it are the level.
    """

    level: Any
    rule: str


Trace = Callable[[np.ndarray, np.ndarray, Start], np.ndarray]


def component(v: np.ndarray, u: np.ndarray, start: Start) -> np.ndarray:
    """Return the variance of the component model, s_t = q_t + (s_t − q_t).

    Notes
    -----
    q_t = ω + ρ q_{t-1} + φ(u²_{t-1} − s_{t-1}), s_t − q_t = α(u²_{t-1} − q_{t-1}) +
    β(s_{t-1} − q_{t-1}). Eliminating q gives a GARCH(2, 2), run by one filter.

    References
    ----------
    Engle, R. F. and Lee, G. (1999). A long-run and short-run component model of stock return
    volatility. In Cointegration, Causality and Forecasting, Oxford University Press, 475–497.
    """
    from scipy.signal import lfilter

    omega, alpha, beta, rho, phi = v
    short = alpha + beta
    if start.rule == "rugarch":
        q = omega / (1 - rho)
        s = start.level + q
    elif start.rule in ("level", "today"):
        q = s = start.level
    else:
        q = s = omega + rho * start.level
    square = u * u
    q_next = omega + rho * q + phi * (square[0] - s)
    s_next = q_next + alpha * (square[0] - q) + beta * (s - q)
    first, second = rho + beta - phi, phi * short - rho * beta
    drive = np.empty(len(u), dtype=np.result_type(square, v))
    drive[2:] = (
        omega * (1 - short)
        + (alpha + phi) * square[1:-1]
        - (phi * short + rho * alpha) * square[:-2]
    )
    drive[0], drive[1] = s, s_next - first * s
    return lfilter([1.0], np.array([1.0, -first, -second]), drive)


def ordered(p: int, q: int) -> Trace:
    """Return the variance process GARCH(p, q), its parameters being ω, α_1 … α_p, β_1 … β_q.

    Notes
    -----
    s_t = ω + Σ α_i u²_{t-i} + Σ β_j s_{t-j}. Squares and variances before the sample are the
    presample level; by the rule "level" the first max(p, q) variances are too.
    """

    def trace(v: np.ndarray, u: np.ndarray, start: Start) -> np.ndarray:
        from scipy.signal import lfilter

        alpha, beta = v[1 : 1 + p], v[1 + p :]
        n, level, square = len(u), start.level, u * u
        drive = np.full(n, v[0], dtype=np.result_type(square, v, np.asarray(level)))
        for i, weight in enumerate(alpha, 1):
            drive[i:] += weight * square[: max(n - i, 0)]
            drive[:i] += weight * level
        for j, weight in enumerate(beta, 1):
            drive[:j] += weight * level
        held = {"carried": 0, "today": 1}.get(start.rule, max(p, q))
        inside = np.concatenate([[0.0], np.cumsum(beta), np.full(held, beta.sum())])
        drive[:held] = level * (1 - inside[:held])
        return lfilter([1.0], np.concatenate([[1.0], -beta]), drive)

    return trace


def fractional(v: np.ndarray, u: np.ndarray, start: Start) -> np.ndarray:
    """Return the variance of FIGARCH(1, d, 1), its sum cut after 1,000 lags.

    Notes
    -----
    s_t = ω/(1 − β) + Σ λ_i u²_{t-i}, λ_1 = φ − β + d, δ_1 = d, δ_i = δ_{i-1}(i − 1 − d)/i and
    λ_i = βλ_{i-1} + δ_i − φδ_{i-1}; squares before the sample are the presample level. By the
    rule "rugarch" the recursion in s is kept, (1 − L)^d is what is cut, and s_1 is the level.

    References
    ----------
    Baillie, R. T., Bollerslev, T. and Mikkelsen, H. O. (1996). Fractionally integrated
    generalized autoregressive conditional heteroskedasticity. Journal of Econometrics 74, 3–30.
    """
    omega, phi, d, beta = v
    square = u * u
    if start.rule != "rugarch":
        return omega / (1 - beta) + _long_memory(square, fractional_weights(v), start.level)
    from scipy.signal import lfilter

    k = np.arange(1, TRUNCATION + 1)
    past = _long_memory(square, np.cumprod((k - 1 - d) / k), start.level)
    drive = omega - past
    drive[1:] += phi * (square[:-1] + past[:-1]) - beta * square[:-1]
    drive[0] = start.level
    return lfilter([1.0], np.array([1.0, -beta]), drive)


def _long_memory(square: np.ndarray, weights: np.ndarray, level: Any) -> np.ndarray:
    """Σ w_i u²_{t-i}, squares before the sample being the level."""
    n, reach = len(square), min(len(square), TRUNCATION)
    tail = np.cumsum(weights[::-1])[::-1]
    total = np.zeros(n, dtype=np.result_type(square, weights, np.asarray(level)))
    total[:reach] = tail[:reach] * level
    total[1:] += _convolve(square[:-1], weights)
    return total


def _convolve(square: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The first n terms of a convolution; a transform must not mix real and tiny imaginary."""
    from scipy.signal import fftconvolve

    n = len(square)
    past: np.ndarray = fftconvolve(square.real, weights.real)[:n]
    if np.iscomplexobj(square) or np.iscomplexobj(weights):
        past = past + 1j * fftconvolve(square.imag, weights.real)[:n]
        past = past + 1j * fftconvolve(square.real, weights.imag)[:n]
    return past


def fractional_weights(v: np.ndarray) -> np.ndarray:
    """Return λ_1, …, λ_1000 of FIGARCH."""
    from scipy.signal import lfilter

    _, phi, d, beta = v
    i = np.arange(1, TRUNCATION)
    delta = np.concatenate([[1.0], np.cumprod((i - d) / (i + 1))]) * d
    drive = delta.copy()
    drive[0] = phi - beta + d
    drive[1:] -= phi * delta[:-1]
    return lfilter([1.0], np.array([1.0, -beta]), drive)


def heterogeneous(v: np.ndarray, u: np.ndarray, start: Start) -> np.ndarray:
    """Return the variance of HARCH over 1, 5 and 22 days.

    Notes
    -----
    s_t = ω + Σ_j α_j m_j⁻¹ Σ_{i≤m_j} u²_{t-i}, in arch's form, with averages of squares where
    Müller et al. (1997) have squares of sums.

    References
    ----------
    Müller, U. A., Dacorogna, M. M., Davé, R. D., Olsen, R. B., Pictet, O. V. and von Weizsäcker,
    J. E. (1997). Volatilities of different time resolutions: analyzing the dynamics of market
    components. Journal of Empirical Finance 4, 213–239.
    """
    longest = max(HARCH_LAGS)
    square = u * u
    padded = np.concatenate([np.full(longest, start.level), square[:-1]])
    total = np.concatenate([[0.0], np.cumsum(padded)])
    s = np.full(len(u), v[0], dtype=np.result_type(square, v))
    for alpha, m in zip(v[1:], HARCH_LAGS, strict=True):
        s += alpha / m * (total[longest:] - total[longest - m : len(total) - m])
    return s


def complex_steps(function: Callable[[np.ndarray], np.ndarray], theta: np.ndarray) -> np.ndarray:
    """Return exact derivatives of an analytic function, a row a parameter.

    Notes
    -----
    ∂f/∂θ_i = Im f(θ + i h e_i)/h without cancellation, so h can be far below rounding.

    References
    ----------
    Squire, W. and Trapp, G. (1998). Using complex variables to estimate derivatives of real
    functions. SIAM Review 40, 110–112.
    """
    rows = []
    for i in range(len(theta)):
        moved = theta.astype(complex)
        moved[i] += 1j * _STEP
        rows.append(function(moved).imag / _STEP)
    return np.array(rows)
