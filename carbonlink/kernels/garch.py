"""The likelihood of GARCH models with regressors in mean and variance, and its derivatives."""

from __future__ import annotations

import numpy as np

from .garch_likelihood import Likelihood, Line, stepped
from .garch_partial import IDLE, SEEN, run_partial
from .garch_problem import PRESAMPLES, Presample, Problem, presample_weights, problem
from .garch_recursion import Path
from .garch_tail import TAILS, shape_slopes

__all__ = [
    "PRESAMPLES",
    "Likelihood",
    "Presample",
    "Problem",
    "likelihood",
    "presample_weights",
    "problem",
]


def likelihood(theta: np.ndarray, p: Problem) -> Likelihood:
    """Evaluate a GARCH model.

    Parameters
    ----------
    theta : ndarray
        Mean, recursion, regressor and shape parameters.
    p : Problem

    Returns
    -------
    Likelihood

    Notes
    -----
    ε_t = y_t − x_t'b; u_t = ε_t e^{−d_t/2}; h_t = e^{d_t} s_t; s follows the recursion driven
    by u; the log-likelihood is Σ ln f(ε_t/√h_t) − ½ ln h_t. Multiplicative regressors have
    d_t = δ'w_t. Inside EGARCH, ln h_t = ω + … + β ln h_{t-1} + δ'w_t is the same recursion
    without w in ln s_t with d_t = β d_{t-1} + δ'w_t, d_1 = 0. Derivatives of s solve the
    linearised recursion: a bidiagonal system, forwards for scores and transposed for the
    gradient.

    References
    ----------
    Fiorentini, G., Calzolari, G. and Panattoni, L. (1996). Analytic derivatives and the
    computation of GARCH estimates. Journal of Applied Econometrics 11, 399–417.
    """
    b, _, _, shape = p.split(theta)
    if p.family.trace is not None:
        return stepped(theta, p)
    resid, x = p.mean(b)
    multiplies = p.w if p.w.shape[1] and not p.inside else None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        log_variance, line = _variance(theta, resid, x, p)
        scale = np.exp(-0.5 * log_variance)
        z = resid * scale
        if p.kind is None:
            log_f, by_z, by_shape = p.density.evaluate(z, shape)
            by_log = -0.5 - 0.5 * z * by_z
            terms = log_f - 0.5 * log_variance
        else:
            log_f, by_z, by_shape = _partly_seen(z, shape, p)
            seen = p.kind == SEEN
            by_log = -0.5 * seen - 0.5 * z * by_z
            terms = log_f - 0.5 * np.where(seen, log_variance, 0.0)
    pieces = (line, by_log, by_z * scale, x, multiplies, by_shape)
    return Likelihood(terms, resid, log_variance, pieces)


def _partly_seen(
    z: np.ndarray, shape: np.ndarray, p: Problem
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log density of what is seen: ln Pr(beyond the limit) on limit days, 0 without a trade."""
    log_f, by_z, by_shape = p.density.evaluate(z, shape)
    kind = np.asarray(p.kind)
    quiet, hits = kind == IDLE, np.flatnonzero(np.abs(kind) == 1)
    log_f, by_z = np.where(quiet, 0.0, log_f), np.where(quiet, 0.0, by_z)
    by_shape = np.where(quiet, 0.0, by_shape)
    if len(hits):
        side = kind[hits]
        bound = side * z[hits]
        tail = TAILS[p.dist](bound, shape)
        log_f[hits], by_z[hits] = tail.log_chance, -side * tail.hazard
        by_shape[:, hits] = shape_slopes(p.dist, bound, shape)[:, 0]
    return log_f, by_z, by_shape


def _variance(
    theta: np.ndarray, resid: np.ndarray, x: np.ndarray, p: Problem
) -> tuple[np.ndarray, Line]:
    _, v, delta, shape = p.split(theta)
    m, q, k, r = p.sizes
    log_factor: float | np.ndarray = 0.0
    u = resid
    by_mean, by_delta = -x.T, np.empty((0, len(resid)))
    multiplies = bool(k) and not p.inside
    if multiplies or p.offset is not None:
        log_factor = p.w @ delta if multiplies else np.zeros(len(resid))
        if p.offset is not None:
            log_factor = log_factor + p.offset
        factor = np.exp(-0.5 * log_factor)
        u = resid * factor
        by_mean = by_mean * factor
        by_delta = -0.5 * u * p.w.T if multiplies else by_delta
    if p.kind is not None:
        u = np.where(p.kind == IDLE, 0.0, u)
    if p.family.lagged is not None:
        log_variance, line = _several_lags(theta, u, by_mean, by_delta, p)
        return log_variance + log_factor, line
    state, first = _first_state(v, delta, u, by_mean, by_delta, p)
    rows = m + q + k + (r if p.kind is not None else 0)
    direct = np.empty((rows, len(resid)))
    direct[: m + q + k, 0] = first
    if p.additive:
        path = _added(v, delta, u, state, p)
    elif p.inside:
        path = _inside(v, delta, u, state, p)
    elif p.kind is not None:
        path, by_shape = run_partial(p.vol, v, u, state, p.kind, p.idle, p.dist, shape)
        direct[m + q + k :, 0], direct[m + q + k :, 1:] = 0.0, by_shape
    else:
        path = p.family.run(v, u, state)
    np.multiply(by_mean[:, :-1], path.news, out=direct[:m, 1:])
    for row, own in zip(direct[m : m + q], path.own, strict=True):
        row[1:] = own
    where = slice(m + q, m + q + k)
    direct[where, 1:] = p.w.T[:, 1:] if p.inside else by_delta[:, :-1] * path.news
    line = Line(path.carry, path.slope, direct, where, m + q + k, path.direct, m + q - 1)
    return path.log_variance + log_factor, line


def _several_lags(
    theta: np.ndarray, u: np.ndarray, by_mean: np.ndarray, by_delta: np.ndarray, p: Problem
) -> tuple[np.ndarray, Line]:
    """ln s_t of a process of order (p, o, q), and its linearised recursion."""
    _, v, delta, _ = p.split(theta)
    m, q, k, _ = p.sizes
    state, first = _presample(v, delta, u, by_mean, by_delta, p)
    rule = "carried" if p.presample in ("fcp", "arch") else "level"
    assert p.family.lagged is not None
    path = p.family.lagged(v, u, state, rule)
    direct = np.outer(first, path.level)
    direct[m : m + q] += path.own
    where = slice(m + q, m + q + k)
    for i, news in enumerate(path.news, 1):
        direct[:m, i:] += by_mean[:, :-i] * news[:-i]
        direct[where, i:] += by_delta[:, :-i] * news[:-i]
    line = Line(path.carry, path.slope, direct, where, m + q + k, path.direct, m + q - 1)
    return path.log_variance, line


def _added(v: np.ndarray, delta: np.ndarray, u: np.ndarray, state: float, p: Problem) -> Path:
    """Run GARCH or GJR with δ'w_t added to h_t."""
    from scipy.signal import lfilter

    path = p.family.run(v, u, state)
    shift = p.w @ delta
    shift[0] = 0.0
    s = np.exp(path.log_variance) + lfilter([1.0], [1.0, -v[-1]], shift)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Path(np.log(s), 1 / s, path.carry, path.news, (*path.own[:-1], s[:-1]))


def _inside(v: np.ndarray, delta: np.ndarray, u: np.ndarray, state: float, p: Problem) -> Path:
    """Run EGARCH with δ'w_t in ln h_t, as the plain recursion on deflated shocks."""
    from scipy.signal import lfilter

    shift = p.w @ delta
    shift[0] = 0.0
    shift = lfilter([1.0], [1.0, -v[3]], shift)
    factor = np.exp(-0.5 * shift)
    path = p.family.run(v, u * factor, state)
    own = (*path.own[:-1], path.own[-1] + shift[:-1])
    news = path.news * factor[:-1]
    return Path(path.log_variance + shift, path.slope, path.carry, news, own)


def _first_state(
    v: np.ndarray,
    delta: np.ndarray,
    u: np.ndarray,
    by_mean: np.ndarray,
    by_delta: np.ndarray,
    p: Problem,
) -> tuple[float, np.ndarray]:
    """The state at the first observation and its derivatives, from the presample rule."""
    m, q, _, _ = p.sizes
    value, first = _presample(v, delta, u, by_mean, by_delta, p)
    if p.presample not in ("fcp", "arch"):
        return value, first
    carry = p.family.carry(v)
    state, first = v[0] + carry * value, carry * first
    first[m : m + q] += p.family.persistence * value
    first[m] += 1.0
    if p.inside:
        state += float(p.w[0] @ delta)
        first[m + q :] += p.w[0]
    return state, first


def _presample(
    v: np.ndarray,
    delta: np.ndarray,
    u: np.ndarray,
    by_mean: np.ndarray,
    by_delta: np.ndarray,
    p: Problem,
) -> tuple[float, np.ndarray]:
    """The state before the first observation and its derivatives."""
    m, q, k, _ = p.sizes
    change = np.zeros(m + q + k)
    moves = p.presample in ("mean", "fcp") or isinstance(p.presample, tuple)
    if moves:
        weighted = p.weights * u
        level = float(weighted @ u)
        change[:m] = 2 * (by_mean @ weighted)
        if len(by_delta):
            change[m + q :] = 2 * (by_delta @ weighted)
    else:
        level, change[m + q :] = _fixed_level(delta, p)
    value, slope = level, 1.0
    if p.family.logarithmic:
        value, slope = float(np.log(level)), 1 / level
    first = slope * change
    if p.family.power:
        value, first = _powered(v, u, by_mean, by_delta, level, change, p)
    return value, first


def _powered(
    v: np.ndarray,
    u: np.ndarray,
    by_mean: np.ndarray,
    by_delta: np.ndarray,
    level: float,
    change: np.ndarray,
    p: Problem,
) -> tuple[float, np.ndarray]:
    """The presample level of σ^δ: the mean of |u|^δ where it is one of the shocks."""
    m, q, k, _ = p.sizes
    power, first = float(v[-1]), change.copy()
    if p.presample in ("fcp", "arch") or isinstance(p.presample, float):
        value = level ** (power / 2)
        first *= 0.5 * power * value / level
        first[m + q - 1] += 0.5 * value * np.log(level)
        return value, first
    size = np.maximum(np.abs(u), 1e-12)
    weighted = p.weights * size**power
    slopes = power * weighted / size * np.sign(u)
    first[:m] = by_mean @ slopes
    if len(by_delta):
        first[m + q :] = by_delta @ slopes
    first[m + q - 1] = float(weighted @ np.log(size))
    return float(weighted.sum()), first


def _fixed_level(delta: np.ndarray, p: Problem) -> tuple[float, np.ndarray]:
    """A presample level that does not move with the mean, deflated as the shocks are."""
    if p.presample == "arch":
        square = p.backcast
    else:
        square = np.array([p.presample], float)
    w = p.w[: len(square)]
    if p.offset is not None:
        square = square * np.exp(-p.offset[: len(square)])
    if p.inside or not len(delta):
        return float(square.sum()), np.zeros(len(delta))
    square = square * np.exp(-(w @ delta))
    return float(square.sum()), -(square @ w)
