"""Variance recursions over days without a trade and days at a price limit."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np

from .garch_families import FAMILIES
from .garch_recursion import SQRT_2_OVER_PI, Family, Path
from .garch_tail import TAILS, shape_slopes

SEEN, UP, DOWN, IDLE = 0, 1, -1, 2
"""Kinds of days: a return seen whole, one cut at the upper or lower limit, no trade."""

NEWS = ("free", "zero", "expected")
"""What a day without a trade adds to the next day's variance."""

PARTIAL_VOLS = ("GARCH", "GJR", "EGARCH")


@functools.lru_cache(maxsize=16)
def idle_family(vol: str) -> Family:
    """Return a family with one more parameter, "idle": the news of a day without a trade."""
    plain = FAMILIES[vol]
    log = plain.logarithmic
    constraints = [(text, np.append(row, 0.0), c) for text, row, c in plain.constraints]
    return dataclasses.replace(
        plain,
        names=(*plain.names, "idle"),
        run=functools.partial(_run_seen, vol),
        persistence=np.append(plain.persistence, 0.0),
        bounds=(*plain.bounds, (-5.0, 5.0) if log else (0.0, 1.0)),
        constraints=tuple(constraints),
        starts=np.column_stack([plain.starts, np.full(len(plain.starts), 0.0 if log else 0.05)]),
    )


def _run_seen(vol: str, v: np.ndarray, u: np.ndarray, state: float) -> Path:
    """The recursion after a day seen whole, on which the last parameter has no part."""
    return FAMILIES[vol].run(v[:-1], u, state)


def run_partial(
    vol: str,
    v: np.ndarray,
    u: np.ndarray,
    state: float,
    kind: np.ndarray,
    idle: str,
    dist: str,
    shape: np.ndarray,
) -> tuple[Path, np.ndarray]:
    """Run GARCH, GJR or EGARCH where some shocks are cut at a limit or missing.

    Parameters
    ----------
    vol : {"GARCH", "GJR", "EGARCH"}
    v : ndarray, shape (q,)
        Parameters of the recursion; the last is "idle" where `idle` is "free".
    u : ndarray, shape (n,)
        Shocks; the bound on limit days.
    state : float
        The state at the first observation.
    kind : ndarray, shape (n,)
        `SEEN`, `UP`, `DOWN` or `IDLE`.
    idle : {"free", "zero", "expected"}
    dist : {"normal", "t"}
    shape : ndarray, shape (r,)

    Returns
    -------
    Path
    by_shape : ndarray, shape (r, n - 1)
        Derivative of the state at t + 1 in the shape parameters.

    Notes
    -----
    On limit days u² is replaced by s·E(z² | z beyond the limit) (in EGARCH |z| and z by their
    means). On days without a trade u² is 0 ("zero"), s ("expected"), or the whole term αu² is
    κs with κ free; in EGARCH α(|z| − √(2/π)) + γz is −α√(2/π), 0, or κ.
    """
    run = _egarch if vol == "EGARCH" else _linear
    return run(vol, v, u, state, kind, idle, dist, shape)


def _linear(
    vol: str,
    v: np.ndarray,
    u: np.ndarray,
    state: float,
    kind: np.ndarray,
    idle: str,
    dist: str,
    shape: np.ndarray,
) -> tuple[Path, np.ndarray]:
    omega, alpha = v[0], v[1]
    gamma = v[2] if vol == "GJR" else 0.0
    beta = v[3] if vol == "GJR" else v[2]
    past, days = u[:-1], kind[:-1]
    quiet, hits = days == IDLE, np.flatnonzero(np.abs(days) == 1)
    weight = alpha + gamma * np.where(hits_fall(days, past), 1.0, 0.0)
    square = np.where(quiet, 0.0, past * past)
    carry = np.full(len(past), float(beta))
    carry[quiet] += {"zero": 0.0, "expected": alpha + gamma / 2, "free": v[-1]}[idle]
    drive = omega + weight * square
    news = 2 * weight * np.where(quiet, 0.0, past)
    s, moments = _march(state, drive, carry, hits, days, past, weight, omega, dist, shape)
    by_shape = np.zeros((len(shape), len(past)))
    if len(hits):
        k, second, slope = moments
        square[hits] = s[hits] * second
        carry[hits] += weight[hits] * (second - 0.5 * k * slope)
        news[hits] = weight[hits] * np.sqrt(s[hits]) * slope * days[hits]
        if len(shape):
            by_shape[:, hits] = weight[hits] * s[hits] * shape_slopes(dist, k, shape)[:, 2]
    fall = np.where(hits_fall(days, past), square, 0.0)
    unknown = np.where(quiet, s[:-1], 0.0)
    if idle == "expected":
        square, fall = square + unknown, fall + unknown / 2
    own: tuple[Any, ...] = (1.0, square, *([fall] if vol == "GJR" else []), s[:-1])
    own = (*own, unknown) if idle == "free" else own
    with np.errstate(divide="ignore", invalid="ignore"):
        return Path(np.log(s), 1 / s, carry, news, own), by_shape


def hits_fall(days: np.ndarray, shocks: np.ndarray) -> np.ndarray:
    """Return which shocks are falls: by their sign, on limit days by the limit hit."""
    return np.where(days == SEEN, shocks < 0, days == DOWN)


def _march(
    state: float,
    drive: np.ndarray,
    carry: np.ndarray,
    hits: np.ndarray,
    days: np.ndarray,
    past: np.ndarray,
    weight: np.ndarray,
    omega: float,
    dist: str,
    shape: np.ndarray,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Step the linear recursion; limit days feed the mean of the square that they hide."""
    tail = TAILS[dist]
    path, pushes, carries = [state], drive.tolist(), carry.tolist()
    k, second, slope = np.empty((3, len(hits)))
    begin, s = 0, state
    for i, hit in enumerate((*hits.tolist(), len(past))):
        for b, c in zip(pushes[begin:hit], carries[begin:hit], strict=True):
            s = b + c * s
            path.append(s)
        if hit == len(past):
            break
        bound = days[hit] * past[hit] / np.sqrt(s)
        found = tail(bound, shape)
        k[i], second[i], slope[i] = bound, found.second, found.slopes(bound)[1]
        s = omega + (weight[hit] * second[i] + carries[hit]) * s
        path.append(s)
        begin = hit + 1
    return np.array(path), (k, second, slope)


def _egarch(
    vol: str,
    v: np.ndarray,
    u: np.ndarray,
    state: float,
    kind: np.ndarray,
    idle: str,
    dist: str,
    shape: np.ndarray,
) -> tuple[Path, np.ndarray]:
    omega, alpha, gamma, beta = v[:4]
    past, days = u[:-1], kind[:-1]
    quiet, hits = days == IDLE, np.flatnonzero(np.abs(days) == 1)
    extra = {"zero": -alpha * SQRT_2_OVER_PI, "expected": 0.0, "free": v[-1]}[idle]
    log_s, k, first, slope = _climb(v, extra, state, past, days, hits, dist, shape)
    half = np.exp(-0.5 * log_s[:-1])
    z = past * half
    size, sign = np.abs(z), np.sign(z)
    size[hits], z[hits] = first, first * days[hits]
    sign[hits] = days[hits]
    step = np.ones(len(past))
    step[hits] = slope
    raw = np.where(quiet, 0.0, (alpha * sign + gamma) * step)
    bound = np.where(quiet, 0.0, past * half)
    carry = beta - 0.5 * raw * bound
    centred = np.where(quiet, 0.0, size - SQRT_2_OVER_PI)
    if idle == "zero":
        centred = np.where(quiet, -SQRT_2_OVER_PI, centred)
    own: tuple[Any, ...] = (1.0, centred, np.where(quiet, 0.0, z), log_s[:-1])
    own = (*own, quiet.astype(float)) if idle == "free" else own
    by_shape = np.zeros((len(shape), len(past)))
    if len(hits) and len(shape):
        push = alpha + gamma * days[hits]
        by_shape[:, hits] = push * shape_slopes(dist, k, shape)[:, 1]
    return Path(log_s, np.ones(len(u)), carry, raw * half, own), by_shape


def _climb(
    v: np.ndarray,
    extra: float,
    state: float,
    past: np.ndarray,
    days: np.ndarray,
    hits: np.ndarray,
    dist: str,
    shape: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    from math import exp

    omega, alpha, gamma, beta = (float(c) for c in v[:4])
    tail = TAILS[dist]
    path, x = [state], state
    k, first, slope = np.empty((3, len(hits)))
    i = 0
    base = omega - alpha * SQRT_2_OVER_PI
    for shock, day in zip(past.tolist(), days.tolist(), strict=True):
        if day == IDLE:
            x = omega + extra + beta * x
        elif day == SEEN:
            z = shock * exp(-0.5 * min(max(x, -600.0), 600.0))
            x = base + alpha * abs(z) + gamma * z + beta * x
        else:
            bound = day * shock * exp(-0.5 * min(max(x, -600.0), 600.0))
            found = tail(np.asarray(bound), shape)
            k[i], first[i] = bound, found.first
            slope[i] = found.slopes(np.asarray(bound))[0]
            x = base + (alpha + gamma * day) * first[i] + beta * x
            i += 1
        path.append(x)
    return np.array(path), k, first, slope
