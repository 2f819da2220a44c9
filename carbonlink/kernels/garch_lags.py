"""GJR, EGARCH and APARCH of order (p, o, q), with their derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .garch_steps import SQRT_2_OVER_PI

_SMALL, _BEND, _MOST = 1e-30, 1e-12, 600.0

Order = tuple[int, int, int]


@dataclass(frozen=True)
class LaggedPath:
    """One run of a recursion with several lags, linearised; x is its state.

    Attributes
    ----------
    log_variance, slope : ndarray, shape (n,)
        ln s_t, and its derivative in x_t.
    carry, news : ndarray, shape (K, n)
        Derivative of x_{t+1+k} in x_t and in the shock u_t, in row k and column t.
    own : ndarray, shape (q, n)
        Direct derivative of x_t in each parameter.
    level : ndarray, shape (n,)
        Direct derivative of x_t in the presample state.
    direct : ndarray, shape (n,), or None
        Derivative of ln s_t in the last parameter at a given state (the power of APARCH).
    """

    log_variance: np.ndarray
    slope: np.ndarray
    carry: np.ndarray
    news: np.ndarray
    own: np.ndarray
    level: np.ndarray
    direct: np.ndarray | None = None


LaggedRun = Callable[[np.ndarray, np.ndarray, float, str], LaggedPath]


def split(v: np.ndarray, order: Order) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Return ω, the α, the γ and the β."""
    p, o, q = order
    return v[0], v[1 : 1 + p], v[1 + p : 1 + p + o], v[1 + p + o : 1 + p + o + q]


def lagged(vol: str, order: Order) -> LaggedRun:
    """Return the recursion of order (p, o, q): (parameters, shocks, presample state, rule).

    Notes
    -----
    * GJR: s_t = ω + Σ α_i u²_{t-i} + Σ γ_j 1{u_{t-j} < 0} u²_{t-j} + Σ β_k s_{t-k};
    * EGARCH: ln s_t = ω + Σ α_i (|z_{t-i}| − √(2/π)) + Σ γ_j z_{t-j} + Σ β_k ln s_{t-k};
    * APARCH: s_t^{δ/2} = ω + Σ α_i (|u_{t-i}| − γ_i u_{t-i})^δ + Σ β_k s_{t-k}^{δ/2}, with o ≤ p.

    States and shocks before the sample are those of the presample state (half of them falls;
    none in EGARCH), as in arch. By the rule "carried" the first state follows from them, by
    "level" the first max(p, o, q) states are the presample's, by "today" the first alone.
    """
    news = {"GJR": _gjr, "EGARCH": _egarch, "APARCH": _aparch}[vol]
    longest = max(order)

    def run(v: np.ndarray, u: np.ndarray, state: float, rule: str) -> LaggedPath:
        held = {"carried": 0, "today": 1}.get(rule, longest)
        path: LaggedPath = news(v, u, state, min(held, len(u)), order)
        return path

    return run


def _gjr(v: np.ndarray, u: np.ndarray, state: float, held: int, order: Order) -> LaggedPath:
    omega, alpha, gamma, beta = split(v, order)
    fall = np.minimum(u, 0.0)
    terms = [(u * u, state)] * len(alpha) + [(fall * fall, 0.5 * state)] * len(gamma)
    lags = [*range(1, 1 + len(alpha)), *range(1, 1 + len(gamma))]
    weights = np.concatenate([alpha, gamma])
    s, own, level = _linear(omega, weights, terms, lags, beta, state, held)
    by_state = np.concatenate([np.ones(len(alpha)), np.full(len(gamma), 0.5)])
    level = level + _before(weights * by_state, lags, len(u), held)
    slopes = [2 * u] * len(alpha) + [2 * fall] * len(gamma)
    news = _by_lag([w * s_ for w, s_ in zip(weights, slopes, strict=True)], lags, order, len(u))
    carry = _by_lag([np.full(len(u), b) for b in beta], range(1, 1 + len(beta)), order, len(u))
    with np.errstate(divide="ignore", invalid="ignore"):
        return LaggedPath(np.log(s), 1 / s, *_kept(carry, news, held), own, level)


def _aparch(v: np.ndarray, u: np.ndarray, state: float, held: int, order: Order) -> LaggedPath:
    omega, alpha, gamma, beta = split(v, order)
    power, n = v[-1], len(u)
    tilt = np.zeros(len(alpha))
    tilt[: len(gamma)] = gamma
    size = [np.maximum(np.abs(u) - g * u, _SMALL) for g in tilt]
    shocks = [np.exp(power * np.log(s)) for s in size]
    lags = list(range(1, 1 + len(alpha)))
    x, own, level = _linear(omega, alpha, [(s, state) for s in shocks], lags, beta, state, held)
    level = level + _before(alpha, lags, n, held)
    steep = [
        a * power * k / np.maximum(s, _BEND) for a, k, s in zip(alpha, shocks, size, strict=True)
    ]
    asymmetric = np.array([_shifted(-steep[j] * u, j + 1, held) for j in range(len(gamma))])
    curved = sum(
        _shifted(a * k * np.log(s), i, held)
        for i, a, k, s in zip(lags, alpha, shocks, size, strict=True)
    )
    first = 1 + len(alpha)
    own = np.vstack([own[:first], asymmetric.reshape(-1, n), own[first:], [curved]])
    moves = [d * (np.sign(u) - g) for d, g in zip(steep, tilt, strict=True)]
    news = _by_lag(moves, lags, order, n)
    carry = _by_lag([np.full(n, b) for b in beta], range(1, 1 + len(beta)), order, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_s = 2 / power * np.log(x)
        slope = 2 / (power * x)
        return LaggedPath(log_s, slope, *_kept(carry, news, held), own, level, -log_s / power)


def _egarch(v: np.ndarray, u: np.ndarray, state: float, held: int, order: Order) -> LaggedPath:
    omega, alpha, gamma, beta = split(v, order)
    n = len(u)
    log_s = _log_states(omega, [list(c) for c in (alpha, gamma, beta)], u, state, held)
    scale = np.exp(-0.5 * log_s)
    z = u * scale
    size, sign = np.abs(z), np.sign(z)
    own = np.zeros((len(v), n))
    own[0, held:] = 1.0
    for i in range(len(alpha)):
        own[1 + i] = _shifted(size - SQRT_2_OVER_PI, i + 1, held)
    for j in range(len(gamma)):
        own[1 + len(alpha) + j] = _shifted(z, j + 1, held)
    for k in range(len(beta)):
        own[1 + len(alpha) + len(gamma) + k] = _shifted(log_s, k + 1, held, state)
    level = _before(beta, range(1, 1 + len(beta)), n, held)
    level[:held] = 1.0
    ones = np.ones(n)
    by_news = [a * sign for a in alpha] + [g * ones for g in gamma]
    lags = [*range(1, 1 + len(alpha)), *range(1, 1 + len(gamma))]
    turned = _by_lag(by_news, lags, order, n)
    carry = _by_lag([b * ones for b in beta], range(1, 1 + len(beta)), order, n)
    return LaggedPath(
        log_s, np.ones(n), *_kept(carry - 0.5 * turned * z, turned * scale, held), own, level
    )


def _log_states(
    omega: float, weights: list[list[float]], u: np.ndarray, state: float, held: int
) -> np.ndarray:
    """ln s_t of an EGARCH, row by row: nothing in it is linear."""
    alpha, gamma, beta = weights
    states = [float(state)] * held
    size: list[float] = []
    signed: list[float] = []
    exp, shocks, centre = math.exp, u.tolist(), SQRT_2_OVER_PI
    for t in range(len(shocks)):
        if t >= held:
            x = omega
            for i, a in enumerate(alpha[:t]):
                x += a * size[t - 1 - i]
            for j, g in enumerate(gamma[:t]):
                x += g * signed[t - 1 - j]
            for k, b in enumerate(beta):
                x += b * (states[t - 1 - k] if t > k else state)
            states.append(x if abs(x) < _MOST else math.nan)
        z = shocks[t] * exp(-0.5 * states[t])
        size.append(abs(z) - centre)
        signed.append(z)
    return np.array(states)


def _linear(
    omega: float,
    weights: np.ndarray,
    terms: list[tuple[np.ndarray, float]],
    lags: list[int],
    beta: np.ndarray,
    state: float,
    held: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A state linear in past terms and states: itself, derivatives in ω, weights and β, level."""
    from scipy.signal import lfilter

    n = len(terms[0][0])
    inputs = np.array(
        [_shifted(term, i, held, before) for (term, before), i in zip(terms, lags, strict=True)]
    )
    drive = omega + weights @ inputs
    reach = _before(beta, range(1, 1 + len(beta)), n, held)
    drive = drive + state * reach
    inside = np.concatenate([[0.0], np.cumsum(beta), np.full(n, beta.sum())])
    drive[:held] = state * (1 - inside[:held])
    x = lfilter([1.0], np.concatenate([[1.0], -beta]), drive)
    first = np.zeros(n)
    first[held:] = 1.0
    states = np.array([_shifted(x, k, held, state) for k in range(1, 1 + len(beta))])
    level = reach.copy()
    level[:held] = 1.0
    return x, np.vstack([[first], inputs, states.reshape(-1, n)]), level


def _shifted(x: np.ndarray, lag: int, held: int, before: float = 0.0) -> np.ndarray:
    """x_{t-lag}, `before` where that is before the sample, and 0 on rows that are held."""
    moved = np.full(len(x), before)
    moved[lag:] = x[: max(len(x) - lag, 0)]
    moved[:held] = 0.0
    return moved


def _before(weights: np.ndarray, lags: Any, n: int, held: int) -> np.ndarray:
    """Sum of the weights whose lag lies before the sample, by row; 0 on rows that are held."""
    total = np.zeros(n)
    for weight, lag in zip(weights, lags, strict=True):
        total[held:lag] += weight
    return total


def _by_lag(rows: list[np.ndarray], lags: Any, order: Order, n: int) -> np.ndarray:
    """Rows summed by their lag, shape (K, n)."""
    found = np.zeros((max(order), n))
    for row, lag in zip(rows, lags, strict=True):
        found[lag - 1] += row
    return found


def _kept(carry: np.ndarray, news: np.ndarray, held: int) -> tuple[np.ndarray, np.ndarray]:
    """What reaches rows that are held is nothing."""
    for k in range(len(carry)):
        stop = max(held - 1 - k, 0)
        carry[k, :stop] = 0.0
        news[k, :stop] = 0.0
    return carry, news


def next_state(
    vol: str, v: np.ndarray, order: Order, states: list[Any], shocks: list[Any]
) -> np.ndarray:
    """Return the next state of paths from those before it and their shocks, the newest first.

    Parameters
    ----------
    vol : {"GJR", "EGARCH", "APARCH"}
    v : ndarray
    order : (int, int, int)
    states, shocks : list of ndarray, each of shape (draws,)
        Shocks are u, those of EGARCH z.
    """
    omega, alpha, gamma, beta = split(v, order)
    total = omega + sum(b * s for b, s in zip(beta, states, strict=False))
    for i, a in enumerate(alpha):
        u = shocks[i]
        if vol == "GJR":
            total = total + a * u * u
        elif vol == "EGARCH":
            total = total + a * (np.abs(u) - SQRT_2_OVER_PI)
        else:
            tilt = gamma[i] if i < len(gamma) else 0.0
            total = total + a * (np.abs(u) - tilt * u) ** v[-1]
    if vol != "APARCH":
        for j, g in enumerate(gamma):
            u = shocks[j]
            total = total + g * (np.minimum(u, 0.0) ** 2 if vol == "GJR" else u)
    return np.asarray(total)
