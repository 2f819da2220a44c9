"""Maximise the likelihood of dynamic conditional correlations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .dcc import (
    Evaluation,
    Problem,
    evaluate,
    pairs,
    target_slopes,
    target_weights,
    targets,
    unpack,
)
from .garch_density import NU_BOUNDS

_STARTS = ((0.03, 0.94), (0.01, 0.97), (0.08, 0.8))
_LARGEST = 1 - 1e-6
_STEP = 1e-5
_AT_BOUND = 1e-7
_ENOUGH = 1e-5
_NEWTON = 12
_BAD = 1e10
_LEAVE = 1e-3


@dataclass(frozen=True, eq=False)
class Maximum:
    """A maximised correlation likelihood.

    Attributes
    ----------
    phi : ndarray, shape (p,)
    target : tuple of ndarray
        Q̄ (S) and N̄, packed.
    at : Evaluation
    hessian : ndarray, shape (p, p)
        Second derivative of the likelihood with the targets following the parameters.
    free : tuple of int
        Parameters that no bound holds.
    bounds : tuple of str
        Bounds that hold, in words.
    converged : bool
    message : str
    """

    phi: np.ndarray
    target: tuple[np.ndarray, np.ndarray]
    at: Evaluation
    hessian: np.ndarray
    free: tuple[int, ...]
    bounds: tuple[str, ...]
    converged: bool
    message: str


def profile(phi: np.ndarray, p: Problem) -> tuple[Evaluation, tuple[np.ndarray, np.ndarray]]:
    """Return the model with the targets that belong to the parameters."""
    target = targets(phi, p)
    found = evaluate(phi, target, p)
    if p.kind == "cdcc":
        return replace(found, scores=found.scores + _through_target(phi, found, p)), target
    return found, target


def _through_target(phi: np.ndarray, found: Evaluation, p: Problem) -> np.ndarray:
    """Change of each term as S follows a and b (cDCC), shape (n, p)."""
    by_target = found.to_q * target_weights(phi, p)[0][:, None]
    change = np.zeros((len(p.z), len(phi)))
    change[:, :2] = by_target @ np.array(target_slopes(phi, p)).T
    return change


def gradient(phi: np.ndarray, p: Problem) -> np.ndarray:
    """Return the derivative of the profile likelihood, shape (p,)."""
    return profile(phi, p)[0].scores.sum(axis=0)


def hessian(phi: np.ndarray, p: Problem, free: tuple[int, ...]) -> np.ndarray:
    """Return the Hessian by central differences of gradients, in the free parameters only."""
    found = np.zeros((len(phi), len(phi)))
    for i in free:
        ahead, behind, step = nudged(phi, i)
        found[i] = (gradient(ahead, p) - gradient(behind, p)) / step
    return 0.5 * (found + found.T)


def nudged(phi: np.ndarray, i: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return parameters with one moved up, moved down, and the distance between them."""
    half = _STEP * max(abs(phi[i]), 0.1)
    ahead, behind = phi.copy(), phi.copy()
    ahead[i] += half
    behind[i] -= half
    return ahead, behind, float(ahead[i] - behind[i])


def persistence_weights(p: Problem) -> np.ndarray:
    """Return the weights whose product with the parameters must stay below one.

    Notes
    -----
    a + b, and a + b + δ g with δ the largest eigenvalue of Q̄^{-1/2} N̄ Q̄^{-1/2}.
    """
    weights = np.array([float(name in ("a", "b")) for name in p.names])
    if p.kind == "adcc":
        from scipy.linalg import eigh

        q_bar, n_bar = (unpack(m, p.z.shape[1]) for m in targets(np.zeros(3), p))
        weights[2] = float(eigh(n_bar, q_bar, eigvals_only=True)[-1])
    return weights


def maximise(p: Problem) -> Maximum:
    """Maximise the likelihood of a correlation model.

    Notes
    -----
    Sequential quadratic programming with exact gradients, in 1/ν, from the likeliest of three
    starts, then Newton steps; the other starts are tried when a bound holds a or b.
    """
    weights = persistence_weights(p)
    starts = sorted(_starts(p), key=lambda phi: -profile(phi, p)[0].total)
    best = _polish(*_climb(starts[0], p, weights), p, weights)
    if not best.converged or not {0, 1} <= set(best.free):
        for start in starts[1:]:
            phi, message = _climb(start, p, weights)
            gain = profile(phi, p)[0].total - best.at.total
            if gain > _ENOUGH or not best.converged:
                other = _polish(phi, message, p, weights)
                best = other if _better(other, best) else best
    return best


def _better(other: Maximum, best: Maximum) -> bool:
    gain = other.at.total - best.at.total
    return gain > _ENOUGH or (other.converged and not best.converged and gain > -_ENOUGH)


def _starts(p: Problem) -> list[np.ndarray]:
    extra = [0.01] if p.kind == "adcc" else []
    shape = [8.0] if p.dist == "t" else []
    return [np.array([a, b, *extra, *shape]) for a, b in _STARTS]


def _box(p: Problem) -> list[tuple[float, float]]:
    return [NU_BOUNDS if name == "nu" else (0.0, 1.0) for name in p.names]


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _climb(start: np.ndarray, p: Problem, weights: np.ndarray) -> tuple[np.ndarray, str]:
    from scipy.optimize import minimize

    n = len(p.z)

    lower, upper = np.array(_box(p)).T
    first, last = np.sort([_turned(lower, p), _turned(upper, p)], axis=0)
    centre = _turned(start, p)
    turn = _whitening(profile(start, p)[0].scores * _turning(start, p))

    def at(v: np.ndarray) -> np.ndarray:
        return _turned(np.clip(centre + turn @ v, first, last), p)

    def objective(v: np.ndarray) -> tuple[float, np.ndarray]:
        phi = at(v)
        found = profile(phi, p)[0]
        if not np.isfinite(found.total):
            return _BAD, np.zeros(len(phi))
        return -found.total / n, -(found.scores.sum(axis=0) * _turning(phi, p)) @ turn / n

    normals = np.vstack([np.eye(len(start)), -np.eye(len(start)), -weights])
    room = normals @ centre - np.concatenate([first, -last, [-_LARGEST]])
    limit = {
        "type": "ineq",
        "fun": lambda v: normals @ (turn @ v) + room,
        "jac": lambda v: normals @ turn,
    }
    found = minimize(
        objective,
        np.zeros(len(start)),
        jac=True,
        method="SLSQP",
        constraints=[limit],
        options={"ftol": 1e-9, "maxiter": 200},
    )
    phi = at(found.x)
    over = float(weights @ phi) - _LARGEST
    if over > 0:
        phi[1] = max(phi[1] - over, 0.0)
    return phi, str(found.message) if found.status else ""


def _turned(phi: np.ndarray, p: Problem) -> np.ndarray:
    """The parameters with 1/ν in place of ν, or back."""
    turned = phi.copy()
    if p.dist == "t":
        turned[-1] = 1 / turned[-1]
    return turned


def _turning(phi: np.ndarray, p: Problem) -> np.ndarray:
    """Derivative of the parameters in their turned values."""
    slope = np.ones(len(phi))
    if p.dist == "t":
        slope[-1] = -(phi[-1] ** 2)
    return slope


def _whitening(scores: np.ndarray) -> np.ndarray:
    """C with C C' the inverse mean outer product of the scores; scales alone where singular."""
    outer = scores.T @ scores / len(scores)
    try:
        return np.linalg.inv(np.linalg.cholesky(outer)).T
    except np.linalg.LinAlgError:
        return np.eye(len(outer))


def _polish(phi: np.ndarray, message: str, p: Problem, weights: np.ndarray) -> Maximum:
    """Newton steps in the free parameters until they promise nothing."""
    free, bounds = _free(phi, p, weights)
    at, target = profile(phi, p)
    gain = 0.0
    second = hessian(phi, p, free)
    for _ in range(_NEWTON if free else 0):
        step, gain = _newton(at.scores.sum(axis=0), second, free)
        if not np.isfinite(gain) or gain < 1e-12:
            break
        moved = phi + step
        if _free(moved, p, weights)[0] != free:
            break
        found, aim = profile(moved, p)
        if found.total < at.total:
            break
        phi, at, target = moved, found, aim
        second = hessian(phi, p, free)
    converged = bool(np.isfinite(at.total) and 0 <= gain <= _ENOUGH and _pressed(phi, at, p))
    text = "" if converged else message or "the likelihood has no peak inside the bounds"
    return Maximum(phi, target, at, second, free, bounds, converged, text)


def _pressed(phi: np.ndarray, at: Evaluation, p: Problem) -> bool:
    """Whether every parameter at zero loses likelihood by leaving it."""
    for i, name in enumerate(p.names):
        if name in ("a", "g") and phi[i] <= _AT_BOUND:
            moved = phi.copy()
            moved[i] += _LEAVE
            if profile(moved, p)[0].total > at.total + _ENOUGH:
                return False
    return True


def _free(
    phi: np.ndarray, p: Problem, weights: np.ndarray
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The parameters off their bounds, and the bounds that hold."""
    bounds, held = [], set()
    for i, (name, (low, high)) in enumerate(zip(p.names, _box(p), strict=True)):
        if phi[i] <= low + _AT_BOUND:
            bounds.append(f"{name} is at its lower bound {low:g}")
            held.add(i)
        elif phi[i] >= high - _AT_BOUND:
            bounds.append(f"{name} is at its upper bound {high:g}")
            held.add(i)
    if weights @ phi >= _LARGEST - 1e-8:
        bounds.append("the persistence of the correlations is at its bound 1")
        held |= {0, 1}
    news = [i for i, name in enumerate(p.names) if name in ("a", "g")]
    if all(phi[i] <= _AT_BOUND for i in news):
        bounds.append("nothing moves the correlations, so b has no meaning")
        held.add(1)
    return tuple(i for i in range(len(phi)) if i not in held), tuple(bounds)


def _newton(
    slope: np.ndarray, second: np.ndarray, free: tuple[int, ...]
) -> tuple[np.ndarray, float]:
    where = list(free)
    step = np.zeros(len(slope))
    try:
        root = np.linalg.cholesky(-second[np.ix_(where, where)])
    except np.linalg.LinAlgError:
        return step, np.inf
    half = np.linalg.solve(root, slope[where])
    step[where] = np.linalg.solve(root.T, half)
    return step, 0.5 * float(half @ half)


def constant_correlation(z: np.ndarray) -> np.ndarray:
    """Return mean(z z') scaled to a unit diagonal, packed."""
    moment = z.T @ z / len(z)
    spread = np.sqrt(np.diag(moment))
    rows, columns = pairs(z.shape[1])
    return (moment / np.outer(spread, spread))[rows, columns]
