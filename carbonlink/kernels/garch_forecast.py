"""What an estimated GARCH model says of the days ahead, and of the news of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .garch_estimate import Estimate
from .garch_lags import next_state, split
from .garch_partial import run_partial
from .garch_problem import Problem
from .garch_recursion import SQRT_2_OVER_PI
from .garch_steps import Start

_REACH = 1e3


@dataclass(frozen=True)
class Ahead:
    """A forecast, each of shape (horizon,).

    Attributes
    ----------
    mean, variance : ndarray
        Of the return 1, 2, … rows ahead; the variance is that of its shock, a trade or none.
    lower, upper : ndarray
        Interval of the return, given that there is one.
    chance : ndarray or None
        Of a trade.
    """

    mean: np.ndarray
    variance: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    chance: np.ndarray | None = None


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
    after = []
    for s in shocks:
        pair = np.array([s * today, 0.0])
        if p.family.lagged is not None:
            path = p.family.lagged(v, pair, state_of(log_today, v, p), "today")
            after.append(path.log_variance[1])
        elif p.family.trace is not None:
            after.append(np.log(p.family.trace(v, pair, Start(today**2, "today"))[1]))
        else:
            after.append(p.family.run(v, pair, state_of(log_today, v, p)).log_variance[1])
    values = np.exp(np.array(after) + shift)
    if p.additive:
        values = values + float(delta @ p.w.mean(axis=0))
    return values * found.units.scale**2


def forecast(
    found: Estimate,
    horizon: int,
    w: np.ndarray,
    x: np.ndarray,
    odds: np.ndarray | None,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> Ahead:
    """Return mean, variance and interval of the rows ahead.

    Parameters
    ----------
    found : Estimate
    horizon : int
    w, x : ndarray, shapes (horizon, k), (horizon, j)
        Regressors of variance and mean of the rows ahead.
    odds : ndarray, shape (horizon,), or None
        Chance of a trade on each of them.
    level : float
        Of the interval.
    draws : int
        Paths simulated.
    rng : Generator

    Notes
    -----
    Where the recursion is linear in squares the variance is exact: E s_{T+k} = ω + π E s_{T+k-1}
    for GARCH and GJR, π being the persistence (days without a trade at their chance), and for
    CGARCH, FIGARCH and HARCH by their responses to a squared shock. EGARCH and APARCH have the
    mean over simulated paths beyond the first row. The interval is that of the fitted density one
    row ahead and of the paths beyond.
    """
    p, theta = found.problem, found.maximum.theta
    _, v, delta, shape = p.split(theta)
    ahead = (w - found.units.centre) / found.units.spread if w.shape[1] else w
    shift = ahead @ delta if w.shape[1] else np.zeros(horizon)
    z = p.density.draw((horizon, draws), rng, shape)
    trade = np.ones((horizon, draws), bool)
    if odds is not None:
        trade = rng.random((horizon, draws)) < odds[:, None]
    inner = shift if p.inside else np.zeros(horizon)
    exact: np.ndarray | None
    if p.family.lagged is not None:
        paths, exact = _several_lags(found, v, delta, z)
    elif p.family.trace is not None:
        paths, exact = _responses(found, v, delta, horizon, z)
    else:
        paths, exact = _recursion(found, v, delta, inner, z, trade, odds)
    outer = np.exp(np.zeros(horizon) if p.inside else shift)
    variance = (paths.mean(axis=1) if exact is None else exact) * outer
    variance[0] = paths[0, 0] * outer[0]
    spread = np.sqrt(paths * outer[:, None])
    if odds is not None:
        spread = spread / np.sqrt(odds)[:, None]
    mean, returns = _mean_ahead(found, x, spread * z)
    tails = np.quantile(returns, [(1 - level) / 2, (1 + level) / 2], axis=1)
    tails[:, 0] = mean[0] + spread[0, 0] * _quantiles(found, level)
    scale = found.units.scale
    lower, upper = tails * scale
    return Ahead(mean * scale, variance * scale**2, lower, upper, odds)


def _quantiles(found: Estimate, level: float) -> np.ndarray:
    from scipy.optimize import brentq

    p = found.problem
    shape = p.split(found.maximum.theta)[3]
    ends = ((1 - level) / 2, (1 + level) / 2)

    def gap(z: float, share: float) -> float:
        return float(p.density.cdf(np.array([z]), shape)[0] - share)

    return np.array([brentq(gap, -_REACH, _REACH, args=(share,)) for share in ends])


def state_of(log_variance: float, v: np.ndarray, p: Problem) -> float:
    """Return the state of a one-dimensional recursion at a variance."""
    if p.family.logarithmic:
        return float(log_variance)
    return float(np.exp(log_variance * (0.5 * v[-1] if p.family.power else 1.0)))


def _next_state(found: Estimate, v: np.ndarray, delta: np.ndarray) -> float:
    """The state one row ahead, before the effect of regressors there."""
    p, at = found.problem, found.maximum.at
    factor = 0.0 if p.inside or not len(delta) else float(p.w[-1] @ delta)
    factor += 0.0 if p.offset is None else float(p.offset[-1])
    state = state_of(at.log_variance[-1] - factor, v, p)
    shock = np.array([at.resid[-1] * np.exp(-0.5 * factor), 0.0])
    if p.kind is None:
        path = p.family.run(v, shock, state)
    else:
        kind, shape = np.array([p.kind[-1], 0]), p.split(found.maximum.theta)[3]
        path = run_partial(p.vol, v, shock, state, kind, p.idle, p.dist, shape)[0]
    return state_of(float(path.log_variance[1]), v, p)


def _recursion(
    found: Estimate,
    v: np.ndarray,
    delta: np.ndarray,
    inner: np.ndarray,
    z: np.ndarray,
    trade: np.ndarray,
    odds: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Simulated variances of each row, and their exact means where the recursion is linear."""
    p = found.problem
    state = np.full(z.shape[1], _next_state(found, v, delta) + inner[0])
    paths = np.empty(z.shape)
    for i in range(len(z)):
        paths[i] = variance_of(state, v, p)
        if i + 1 < len(z):
            state = step(state, z[i], trade[i], v, p) + inner[i + 1]
    if p.family.logarithmic or p.family.power:
        return paths, None
    exact, carry = np.empty(len(z)), p.family.carry(v)
    exact[0] = paths[0, 0]
    for i in range(1, len(z)):
        now = carry
        if odds is not None:
            beta = v[p.family.names.index("beta")]
            quiet = {"zero": 0.0, "expected": carry - beta, "free": v[-1]}[p.idle]
            now = beta + odds[i - 1] * (carry - beta) + (1 - odds[i - 1]) * quiet
        exact[i] = v[0] + now * exact[i - 1] + inner[i]
    return paths, exact


def variance_of(state: np.ndarray, v: np.ndarray, p: Problem) -> np.ndarray:
    """Return the variance at a state."""
    if p.family.logarithmic:
        return np.exp(state)
    return state ** (2 / v[-1]) if p.family.power else state


def step(
    state: np.ndarray, z: np.ndarray, trade: np.ndarray, v: np.ndarray, p: Problem
) -> np.ndarray:
    """Return the states after shocks z, where there was a trade."""
    if p.family.logarithmic:
        omega, alpha, gamma, beta = v[:4]
        news = alpha * (np.abs(z) - SQRT_2_OVER_PI) + gamma * z
        quiet = {"zero": -alpha * SQRT_2_OVER_PI, "expected": 0.0, "free": v[-1]}[p.idle]
        return omega + np.where(trade, news, quiet) + beta * state
    if p.family.power:
        omega, alpha, gamma, beta, power = v
        return omega + (alpha * (np.abs(z) - gamma * z) ** power + beta) * state
    if p.vol == "IGARCH":
        return v[0] + (v[1] * z * z + 1 - v[1]) * state
    gjr = p.vol == "GJR"
    alpha, gamma, beta = v[1], v[2] if gjr else 0.0, v[3] if gjr else v[2]
    quiet = {"zero": 0.0, "expected": alpha + gamma / 2, "free": v[-1]}[p.idle]
    news = (alpha + gamma * (z < 0)) * z * z
    return v[0] + (np.where(trade, news, quiet) + beta) * state


def _several_lags(
    found: Estimate, v: np.ndarray, delta: np.ndarray, z: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Simulated variances of a process of order (p, o, q); exact means where it is linear."""
    p, at = found.problem, found.maximum.at
    order, vol, longest = p.family.order, p.vol.split("(")[0], max(p.family.order)
    factor = p.w[-longest:] @ delta if len(delta) else np.zeros(longest)
    logs = (at.log_variance[-longest:] - factor)[::-1]
    u = (at.resid[-longest:] * np.exp(-0.5 * factor))[::-1]
    shocks: list[np.ndarray] = list(u * np.exp(-0.5 * logs) if p.family.logarithmic else u)
    states: list[np.ndarray] = [np.asarray(state_of(x, v, p)) for x in logs]
    paths = np.empty(z.shape)
    for i in range(len(z)):
        state = next_state(vol, v, order, states, shocks) + np.zeros(z.shape[1])
        paths[i] = variance_of(state, v, p)
        shock = z[i] if p.family.logarithmic else z[i] * np.sqrt(paths[i])
        states, shocks = [state, *states[:-1]], [shock, *shocks[:-1]]
    if vol != "GJR":
        return paths, None
    omega, alpha, gamma, beta = split(v, order)
    square = np.concatenate([(u * u)[::-1], np.zeros(len(z))])
    fall = np.concatenate([(np.minimum(u, 0.0) ** 2)[::-1], np.zeros(len(z))])
    s = np.concatenate([np.exp(logs)[::-1], np.zeros(len(z))])
    for t in range(longest, longest + len(z)):
        s[t] = omega + sum(b * s[t - k] for k, b in enumerate(beta, 1))
        s[t] += sum(a * square[t - i] for i, a in enumerate(alpha, 1))
        s[t] += sum(g * fall[t - j] for j, g in enumerate(gamma, 1))
        square[t], fall[t] = s[t], 0.5 * s[t]
    return paths, s[longest:]


def _responses(
    found: Estimate, v: np.ndarray, delta: np.ndarray, horizon: int, z: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Variances of a process linear in squares: what is known, and what each square adds."""
    p, at = found.problem, found.maximum.at
    factor = p.w @ delta if len(delta) else np.zeros(len(p.y))
    u = np.concatenate([at.resid * np.exp(-0.5 * factor), np.zeros(horizon)])
    trace = p.family.trace
    assert trace is not None
    rule = "level" if p.presample not in ("arch", "fcp") else "carried"
    if p.presample == "arch":
        level = float((p.weights * p.pilot**2 * np.exp(-factor)).sum())
    elif isinstance(p.presample, float):
        level = p.presample * float(np.exp(-factor[0]))
    else:
        level = float((p.weights * u[: len(factor)] ** 2).sum())
    start = Start(level, "rugarch" if p.rugarch and rule == "level" else rule)
    known = trace(v, u, start)[-horizon:]
    pulse = np.zeros(horizon + 3)
    pulse[2] = 1.0
    quiet = Start(1.0, "today")
    response = (trace(v, pulse, quiet) - trace(v, 0 * pulse, quiet))[3:]
    paths, exact = np.empty(z.shape), np.empty(horizon)
    for i in range(horizon):
        pulls = response[:i][::-1]
        exact[i] = known[i] + pulls @ exact[:i]
        paths[i] = known[i] + pulls @ (paths[:i] * z[:i] ** 2)
    return paths, exact


def _mean_ahead(
    found: Estimate, x: np.ndarray, shocks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each row ahead, and the returns of the simulated paths."""
    p = found.problem
    b = p.split(found.maximum.theta)[0]
    horizon = len(shocks)
    if not len(b):
        return np.zeros(horizon), shocks
    known, shocks = _moved(found, b[len(b) - p.ma :], shocks)
    b = b[: len(b) - p.ma]
    lags = len(b) - x.shape[1] - found.constant
    width = found.units.scale / found.units.mean[: len(b)]
    own, phi, more = (
        b[: found.constant],
        b[found.constant : found.constant + lags],
        b[-x.shape[1] :],
    )
    drift = np.full(horizon, float(own.sum()))
    if x.shape[1]:
        drift = drift + (x / width[-x.shape[1] :]) @ more
    past = p.y[len(p.y) - lags :] if lags else np.empty(0)
    if p.lags:
        x_only = np.delete(p.x[:, : len(b)], np.arange(1, 1 + lags), axis=1)
        level = p.y - x_only @ np.delete(b, np.arange(1, 1 + lags))
        past = level[len(level) - lags :]
    mean, paths = np.empty(horizon), np.empty(shocks.shape)
    history = [np.full(shocks.shape[1], value) for value in past]
    trail = list(past)
    base = np.zeros(horizon) if p.lags else drift
    for i in range(horizon):
        mean[i] = base[i] + known[i] + sum(f * trail[-j] for j, f in enumerate(phi, 1))
        paths[i] = base[i] + sum(f * history[-j] for j, f in enumerate(phi, 1)) + shocks[i]
        trail.append(mean[i])
        history.append(paths[i])
    if p.lags:
        return mean + drift, paths + drift[:, None]
    return mean, paths


def _moved(found: Estimate, theta: np.ndarray, shocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part of each row ahead that past shocks make, and the moving averages of the paths."""
    q, horizon = len(theta), len(shocks)
    known = np.zeros(horizon)
    if not q:
        return known, shocks
    past = found.maximum.at.resid[-q:]
    moved = shocks.copy()
    for j, weight in enumerate(theta, 1):
        reach = min(j, horizon)
        known[:reach] += weight * past[q - j : q - j + reach]
        moved[j:] += weight * shocks[: max(horizon - j, 0)]
    return known, moved + known[:, None]
