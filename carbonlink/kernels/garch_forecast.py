"""What an estimated GARCH model says of the days ahead, and of the news of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .garch import Problem
from .garch_estimate import Estimate
from .garch_recursion import SQRT_2_OVER_PI


@dataclass(frozen=True)
class Ahead:
    """A forecast.

    Attributes
    ----------
    mean, variance : ndarray, shape (horizon,)
        Of the return 1, 2, … rows ahead; the variance is that of its shock.
    """

    mean: np.ndarray
    variance: np.ndarray


def news_impact(found: Estimate, shocks: np.ndarray) -> np.ndarray:
    """Return tomorrow's variance after each shock of today, without variance regressors.

    Parameters
    ----------
    found : Estimate
    shocks : ndarray, shape (g,)
        Shocks in standard deviations of today.

    Returns
    -------
    ndarray, shape (g,)
        In squared units of the data. Today's variance is the median of the fitted ones; the
        regressors are at zero (at their means where they enter the recursion).

    References
    ----------
    Engle, R. F. and Ng, V. K. (1993). Measuring and testing the impact of news on volatility.
    Journal of Finance 48, 1749–1778. doi:10.1111/j.1540-6261.1993.tb05127.x
    """
    p, theta = found.problem, found.maximum.theta
    _, v, delta, _ = p.split(theta)
    factor, shift = 0.0 if p.offset is None else p.offset, 0.0
    if not p.inside:
        factor = factor + p.w @ delta
        shift = -float(delta @ (found.units.centre / found.units.spread))
    log_today = float(np.median(found.maximum.at.log_variance - factor))
    today = np.exp(0.5 * log_today)
    after = [
        p.family.run(v, np.array([s * today, 0.0]), _state(log_today, p)).log_variance[1]
        for s in shocks
    ]
    return np.exp(np.array(after) + shift) * found.units.scale**2


def forecast(
    found: Estimate, horizon: int, w: np.ndarray, draws: int, rng: np.random.Generator
) -> Ahead:
    """Return mean and variance of the rows ahead.

    Parameters
    ----------
    found : Estimate
    horizon : int
    w : ndarray, shape (horizon, k)
        Variance regressors of the rows ahead.
    draws : int
        Paths simulated, where the variance has no closed form (EGARCH beyond one row).
    rng : Generator

    Notes
    -----
    GARCH and GJR: E s_{T+k} = ω + π E s_{T+k-1}, with π the persistence; EGARCH: mean of exp
    over simulated paths of the fitted density.
    """
    p, theta = found.problem, found.maximum.theta
    _, v, delta, shape = p.split(theta)
    ahead = (w - found.units.centre) / found.units.spread
    log_first = _next_log_variance(found, v, delta)
    if p.family.logarithmic:
        inside = ahead @ delta if p.inside else np.zeros(horizon)
        z = p.density.draw((horizon, draws), rng, shape)
        variance = _simulated(v, log_first, inside, z)
    else:
        carry = float(p.family.persistence @ v)
        variance = np.empty(horizon)
        variance[0] = np.exp(log_first)
        for i in range(1, horizon):
            variance[i] = v[0] + carry * variance[i - 1]
    if not p.inside:
        variance = variance * np.exp(ahead @ delta)
    return Ahead(_mean_ahead(found, horizon), variance * found.units.scale**2)


def _state(log_variance: float, p: Problem) -> float:
    return float(log_variance) if p.family.logarithmic else float(np.exp(log_variance))


def _next_log_variance(found: Estimate, v: np.ndarray, delta: np.ndarray) -> float:
    """ln s one row ahead, before the effect of regressors there."""
    p, at = found.problem, found.maximum.at
    factor = 0.0 if p.inside else float(p.w[-1] @ delta)
    last = at.log_variance[-1] - factor
    shock = at.resid[-1] * np.exp(-0.5 * factor)
    return float(p.family.run(v, np.array([shock, 0.0]), _state(last, p)).log_variance[1])


def _simulated(v: np.ndarray, log_first: float, inside: np.ndarray, z: np.ndarray) -> np.ndarray:
    omega, alpha, gamma, beta = v
    variance = np.empty(len(z))
    state = np.full(z.shape[1], log_first + inside[0])
    variance[0] = np.exp(state[0])
    for i in range(1, len(z)):
        past = z[i - 1]
        news = alpha * (np.abs(past) - SQRT_2_OVER_PI) + gamma * past
        state = omega + news + beta * state + inside[i]
        variance[i] = np.exp(state).mean()
    return variance


def _mean_ahead(found: Estimate, horizon: int) -> np.ndarray:
    p, units = found.problem, found.units
    b = p.split(found.maximum.theta)[0]
    if not len(b):
        return np.zeros(horizon)
    lags = len(b) - 1
    path = list(p.y[len(p.y) - lags :])
    for _ in range(horizon):
        path.append(b[0] + sum(b[j] * path[-j] for j in range(1, lags + 1)))
    return np.array(path[lags:]) * units.scale
