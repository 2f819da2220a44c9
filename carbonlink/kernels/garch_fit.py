"""Maximise a GARCH likelihood, and say which bounds hold at the maximum."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from .garch import Likelihood, Problem, likelihood
from .garch_bounds import Bound, Box, box, free_directions, holding, longest
from .garch_tilt import off_the_face, untilted, without_meaning

MAX_ITERATIONS = 200
ENOUGH = 1e-5
"""Largest gain in log-likelihood that the quadratic model may still promise at an optimum."""

_STEP = 6e-6
_FINE = 3e-3
_EXTRA_STARTS = 2
_CANCELS = 0.8
_BAD = 1e10
_NEWTON_STEPS = 25
_HALVINGS = 12
_TINY = 1e-14
_NOTHING = -13.8
_SMALL_PROMISE = 1e-6
_NARROW = 1e-7
_AT_KINK = 0.02
_CUSP = 1e-7
_NEARLY = 1e-6


@dataclass(frozen=True, eq=False)
class Maximum:
    """A maximised likelihood.

    Attributes
    ----------
    theta : ndarray, shape (p,)
    at : Likelihood
        The model there.
    hessian : ndarray, shape (p, p)
        Second derivative of the log-likelihood.
    active : tuple of Active
        Bounds that hold.
    gain : float
        Log-likelihood that one more Newton step inside the bounds promises.
    converged : bool
    message : str
        Why not, when not.
    """

    theta: np.ndarray
    at: Likelihood
    hessian: np.ndarray
    active: tuple[Bound, ...]
    gain: float
    converged: bool
    message: str

    @property
    def free(self) -> np.ndarray:
        """Directions that the bounds leave, shape (p, p − a)."""
        return free_directions(self.active, len(self.theta))


def maximise(p: Problem, start: np.ndarray | None = None) -> Maximum:
    """Maximise the likelihood of a problem whose y has a variance near one.

    Parameters
    ----------
    p : Problem
    start : ndarray, optional
        Where to start; the best of a short list of the family's when None.

    Returns
    -------
    Maximum

    Notes
    -----
    Sequential quadratic programming with exact gradients, then Newton steps along the bounds
    that hold. Further starts are tried when a bound holds or the first try fails, in families
    whose likelihood has several peaks, and where the mean has a moving average.
    """
    limits = box(p)
    starts = [start] if start is not None else _starts(p)
    best = _polish(*_climb(starts[0], p, limits), p, limits)
    if best.active or not best.converged or p.family.rugged or p.ma:
        for other in starts[1:] if p.family.rugged else starts[1 : 1 + _EXTRA_STARTS]:
            theta, message = _climb(other, p, limits)
            if not best.converged or likelihood(theta, p).total > best.at.total + ENOUGH:
                found = _polish(theta, message, p, limits)
                best = found if _better(found, best) else best
    for other in off_the_face(best.theta, p):
        found = _polish(*_climb(other, p, limits), p, limits)
        best = found if _better(found, best) else best
    flat = untilted(best.theta, p)
    return best if (flat == best.theta).all() else _polish(flat, best.message, p, limits)


def hessian(
    theta: np.ndarray,
    p: Problem,
    curvature: np.ndarray | None = None,
    gradient: np.ndarray | None = None,
) -> np.ndarray:
    """Return the Hessian of the log-likelihood: central differences of exact gradients.

    Parameters
    ----------
    theta : ndarray, shape (p,)
    p : Problem
    curvature : ndarray, shape (p,), optional
        −1 times the diagonal of a first Hessian. Given, the differences are of fourth order with
        steps of 0.003 of each parameter's own standard error: ten digits on the benchmark of
        Fiorentini, Calzolari and Panattoni.
    gradient : ndarray, shape (p,), optional
        The gradient. Given without a curvature, the differences are one-sided from it: four
        digits, enough for a Newton step.

    Notes
    -----
    Where |u| enters the recursion the gradient jumps in the mean parameters whenever a residual
    changes sign. Their differences are taken between two such jumps, whose expectation is zero.
    """
    size = len(theta)
    columns = np.empty((size, size))

    def slope(i: int, move: float) -> np.ndarray:
        moved = theta.copy()
        moved[i] += move
        return likelihood(moved, p).gradient()

    for i in range(size):
        centre, half = 0.0, _STEP * max(abs(theta[i]), 0.1)
        kinked = p.kinked and i < p.x.shape[1]
        if kinked:
            centre, half = _between_kinks(theta, i, half, p)
        if gradient is not None and curvature is None and not kinked:
            columns[i] = (slope(i, half) - gradient) / half
            continue
        if curvature is None or kinked or not curvature[i] > 0:
            columns[i] = (slope(i, centre + half) - slope(i, centre - half)) / (2 * half)
            continue
        half = _FINE / np.sqrt(curvature[i])
        near, far = slope(i, half) - slope(i, -half), slope(i, 2 * half) - slope(i, -2 * half)
        columns[i] = (8 * near - far) / (12 * half)
    return 0.5 * (columns + columns.T)


def _refined(theta: np.ndarray, second: np.ndarray, p: Problem) -> np.ndarray:
    """The Hessian at the maximum to all digits, where its wider steps stay inside the model."""
    with np.errstate(invalid="ignore"):
        fine = hessian(theta, p, -np.diag(second))
    return fine if np.isfinite(fine).all() else second


def _between_kinks(theta: np.ndarray, i: int, half: float, p: Problem) -> tuple[float, float]:
    """A move of mean parameter i to where no residual changes sign within `half` (or less)."""
    resid, x = p.mean(theta[: p.x.shape[1]])
    moves = x[:, i] != 0
    kinks = np.unique(resid[moves] / x[moves, i])
    edges = np.concatenate([[-np.inf], kinks, [np.inf]])
    widths = np.diff(edges)
    distance = np.maximum(np.maximum(edges[:-1], -edges[1:]), 0.0)
    place = int(np.argmin(np.where(widths > _NARROW, distance, np.inf)))
    low, high = edges[place], edges[place + 1]
    half = min(half, 0.25 * (high - low))
    return float(np.clip(0.0, low + 2 * half, high - 2 * half)), half


def _better(found: Maximum, best: Maximum) -> bool:
    if found.converged != best.converged:
        return found.converged and found.at.total > best.at.total - ENOUGH
    return found.at.total > best.at.total + ENOUGH


def _starts(p: Problem) -> list[np.ndarray]:
    """Starting values, the likeliest first."""
    seen = p.traded
    b = np.linalg.lstsq(p.x[seen], p.y[seen], rcond=None)[0] if p.x.shape[1] else np.empty(0)
    if p.lags:
        b[0] /= max(1 - b[1 : 1 + p.lags].sum(), 0.05)
    delta = np.full(p.w.shape[1], 0.01 if p.additive else 0.0)
    if len(delta) and not p.inside:
        pilot = p.pilot[seen]
        log_square = np.log(pilot**2 + 0.01 * np.mean(pilot**2))
        design = np.column_stack([np.ones(len(pilot)), p.w[seen]])
        delta = np.clip(np.linalg.lstsq(design, log_square, rcond=None)[0][1:], -1, 1)
    spread = p.pilot * np.exp(-0.5 * (0.0 if p.inside else p.w @ delta))
    shape = p.density.start(spread[seen] / spread[seen].std())
    found = [np.concatenate([b, v, delta, shape]) for v in p.family.starts]
    found = sorted(found, key=lambda theta: -likelihood(theta, p).total)
    return [found[0], *_moving_starts(found[0], p), *found[1:]]


def _moving_starts(theta: np.ndarray, p: Problem) -> list[np.ndarray]:
    """The same with a large first moving-average term of either sign, and the mean that fits it."""
    from scipy.signal import lfilter

    found, m = [], p.x.shape[1]
    for size in (_CANCELS, -_CANCELS) if p.ma else ():
        other, weights = theta.copy(), [1.0, -size]
        x = lfilter([1.0], weights, p.x[:, : m - p.ma], axis=0)
        other[: m - p.ma] = np.linalg.lstsq(x, lfilter([1.0], weights, p.y), rcond=None)[0]
        other[m - p.ma : m] = 0.0
        other[m - p.ma] = -size
        if p.lags:
            other[0] /= max(1 - other[1 : 1 + p.lags].sum(), 0.05)
        found.append(other)
    return found


def _climb(start: np.ndarray, p: Problem, limits: Box) -> tuple[np.ndarray, str]:
    from scipy.optimize import minimize

    n = len(p.y)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        at = likelihood(theta, p)
        if not _usable(at, p):
            return _BAD, np.zeros(len(theta))
        return -at.total / n, -at.gradient() / n

    with warnings.catch_warnings():
        # scipy before 1.15 says so when SLSQP leaves the box by rounding; it clips by itself.
        warnings.filterwarnings("ignore", "Values in x were outside bounds", RuntimeWarning)
        found = minimize(
            objective,
            start,
            jac=True,
            method="SLSQP",
            bounds=list(zip(limits.lower, limits.upper, strict=True)),
            constraints=_joint(limits),
            options={"ftol": 1e-8, "maxiter": MAX_ITERATIONS},
        )
    theta = np.clip(found.x, limits.lower, limits.upper)
    for bound in limits.joint:
        theta = theta - min(bound.slack(theta), 0.0) * bound.row / (bound.row @ bound.row)
    return theta, str(found.message) if found.status else ""


def _usable(at: Likelihood, p: Problem) -> bool:
    """Whether a point may be visited: a finite likelihood of a filter that forgets its start."""
    if not np.isfinite(at.total):
        return False
    return at.memory < 0 if p.family.logarithmic else True


def _collapsed(at: Likelihood, p: Problem) -> bool:
    """Whether the variance falls to nothing on some days, as it does on returns that are equal."""
    return not p.family.logarithmic and bool(at.log_variance.min() < _NOTHING)


def _joint(limits: Box) -> list[dict[str, Any]]:
    if not limits.joint:
        return []
    rows = np.stack([b.row for b in limits.joint])
    least = np.array([b.least for b in limits.joint])
    return [{"type": "ineq", "fun": lambda t: rows @ t - least, "jac": lambda t: rows}]


def _polish(theta: np.ndarray, message: str, p: Problem, limits: Box) -> Maximum:
    """Newton steps along the bounds that hold, until the quadratic model promises nothing.

    At a kink of the likelihood a step in the mean is promised but cannot be had: then the mean
    stays there, if the promise is negligible, and the other parameters go on.
    """
    theta, at = _onto_bounds(theta, p, limits)
    second, gain = hessian(theta, p, gradient=at.gradient()), np.inf
    active: tuple[Bound, ...] = ()
    pinned = False
    for _ in range(_NEWTON_STEPS):
        slope = at.gradient()
        if not (np.isfinite(slope).all() and np.isfinite(second).all()):
            break
        active = holding(theta, slope, limits)
        active += without_meaning(theta, p) if active else ()
        free = free_directions(active, len(theta))
        step, gain = _newton(slope, second, _without_mean(free, p) if pinned else free)
        moved, found = _advance(theta, at, step, p, limits) if gain > _TINY else (theta, None)
        creeps = found is None or found.total - at.total < 0.05 * gain
        if found is None and (pinned or not p.kinked or gain <= ENOUGH):
            break
        pinned = pinned or (p.kinked and creeps)
        if found is None:
            continue
        if np.abs(moved - theta).max() > 1e-7 and gain > _SMALL_PROMISE:
            second = hessian(moved, p, gradient=found.gradient())
        theta, at = moved, found
    promise = _newton(slope, second, free_directions(active, len(theta)))[1] if pinned else gain
    if pinned and promise > _AT_KINK:
        active, promise = active + _cusps(theta, at, p), 0.0
    converged = bool(0 <= gain <= ENOUGH and promise <= _AT_KINK and _usable(at, p))
    converged = converged and not _collapsed(at, p)
    why = "" if converged else _why(message, gain, at, p)
    if converged:
        theta, at = _last_step(theta, at, second, active, p, limits)
        second = _refined(theta, second, p)
    return Maximum(theta, at, second, active, gain, converged, why)


def _last_step(
    theta: np.ndarray,
    at: Likelihood,
    second: np.ndarray,
    active: tuple[Bound, ...],
    p: Problem,
    limits: Box,
) -> tuple[np.ndarray, Likelihood]:
    """One Newton step more, too short for the likelihood to show, where it nears a zero slope."""
    if p.kinked:
        return theta, at
    free = free_directions(active, len(theta))
    step, promise = _newton(at.gradient(), second, free)
    if not 0 < promise <= _SMALL_PROMISE or longest(theta, step, limits) < 1:
        return theta, at
    moved = likelihood(theta + step, p)
    left = _newton(moved.gradient(), second, free)[1]
    return (theta + step, moved) if 0 <= left < promise else (theta, at)


def _onto_bounds(theta: np.ndarray, p: Problem, limits: Box) -> tuple[np.ndarray, Likelihood]:
    """Move a point that nearly touches a bound onto it, where that loses no likelihood."""
    at = likelihood(theta, p)
    for bound in limits.all():
        slack = bound.slack(theta)
        if 0 < slack < _NEARLY:
            moved = theta - slack * bound.row / (bound.row @ bound.row)
            found = likelihood(moved, p)
            if found.total >= at.total and _usable(found, p):
                theta, at = moved, found
    return theta, at


def _cusps(theta: np.ndarray, at: Likelihood, p: Problem) -> tuple[Bound, ...]:
    """Mean parameters held at a cusp: many residuals are zero there, and any move loses."""
    found = []
    for i in range(p.x.shape[1]):
        move = np.zeros(len(theta))
        move[i] = _CUSP
        if all(likelihood(theta + s * move, p).total < at.total for s in (-1, 1)):
            row = (move != 0).astype(float)
            many = int((np.abs(at.resid) <= _CUSP).sum())
            text = f"the likelihood has a cusp in the mean: {many} residuals are zero"
            found.append(Bound(row, float(theta[i]), i, text))
    return tuple(found)


def _why(message: str, gain: float, at: Likelihood, p: Problem) -> str:
    if p.family.logarithmic and at.memory > -0.01:
        return (
            "the likelihood rises up to where the filter no longer forgets its start "
            "(EGARCH is not invertible there)"
        )
    if _collapsed(at, p):
        return "the variance falls to zero on days whose returns are equal: there is no peak"
    if not np.isfinite(gain):
        return message or "the likelihood has no peak (its Hessian is not negative definite)"
    return message or f"a Newton step still promises {gain:.2g} in log-likelihood"


def _without_mean(free: np.ndarray, p: Problem) -> np.ndarray:
    """The free directions that leave the mean where it is, at a kink of the likelihood."""
    m = p.x.shape[1]
    return free[:, (np.abs(free[:m]) < 1e-12).all(axis=0)]


def _newton(slope: np.ndarray, second: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, float]:
    """The Newton step in the free directions and its promise; infinite where there is no peak."""
    inner, push = -(free.T @ second @ free), free.T @ slope
    try:
        np.linalg.cholesky(inner)
    except np.linalg.LinAlgError:
        return np.zeros(len(free)), np.inf
    step = np.linalg.solve(inner, push)
    return free @ step, 0.5 * float(push @ step)


def _advance(
    theta: np.ndarray, at: Likelihood, step: np.ndarray, p: Problem, limits: Box
) -> tuple[np.ndarray, Likelihood | None]:
    """The first of ever shorter steps that stays inside and does not lose likelihood."""
    share = longest(theta, step, limits)
    for _ in range(_HALVINGS):
        moved = np.clip(theta + share * step, limits.lower, limits.upper)
        if (moved == theta).all():
            break
        found = likelihood(moved, p)
        if found.total >= at.total and _usable(found, p):
            return moved, found
        share *= 0.5
    return theta, None
