"""The variance recursions by name: their parameters, bounds and starting values."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from . import garch_steps as steps
from .garch_lags import Order, lagged
from .garch_recursion import (
    Family,
    run_aparch,
    run_egarch,
    run_garch,
    run_gjr,
    run_integrated,
    traced,
)


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
_SPREAD = 2


class Families(dict[str, Family]):
    """Variance recursions by name; those of higher order are made when first asked for."""

    def __missing__(self, name: str) -> Family:
        asymmetric = re.fullmatch(r"(GJR|EGARCH|APARCH)\((\d+),(\d+),(\d+)\)", name)
        if asymmetric:
            vol, *numbers = asymmetric.groups()
            p, o, q = (int(g) for g in numbers)
            self[name] = _ordered(vol, (p, o, q))
            return self[name]
        matched = re.fullmatch(r"GARCH\((\d+),(\d+)\)", name)
        if not matched:
            raise KeyError(name)
        p, q = (int(g) for g in matched.groups())
        pairs = ((0.1, 0.97), (0.05, 0.9), (0.2, 0.95)) if q else ((0.3, 0.3), (0.6, 0.6))
        fading = [np.full(p, 1 / p), np.eye(p)[0]]
        starts = [
            [1 - total, *(a * share), *np.full(q, (total - a) / max(q, 1))]
            for share in fading
            for a, total in pairs
        ]
        self[name] = Family(
            names=(
                "omega",
                *(f"alpha{i}" for i in range(1, p + 1)),
                *(f"beta{j}" for j in range(1, q + 1)),
            ),
            logarithmic=False,
            kinked=False,
            run=traced,
            persistence=np.concatenate([[0.0], np.ones(p + q)]),
            bounds=(_VARIANCE, *[(0.0, 1.0)] * (p + q)),
            constraints=(),
            starts=np.array(starts),
            rugged=True,
            trace=steps.ordered(p, q),
        )
        return self[name]


def _ordered(vol: str, order: Order) -> Family:
    """GJR, EGARCH or APARCH of order (p, o, q); starts are those of one lag, shared out."""
    one, (p, o, q) = FAMILIES[vol], order
    power = 1 if one.power else 0
    names = ["omega"]
    for name, count in zip(("alpha", "gamma", "beta"), order, strict=True):
        names += [f"{name}{i}" for i in range(1, count + 1)]
    wide = [one.bounds[0], *[one.bounds[1]] * p, *[one.bounds[2]] * o, *[one.bounds[3]] * q]
    if one.logarithmic:
        wide[1 + p + o :] = [(-float(q), float(q))] * q
    weights = np.concatenate([[w] * n for w, n in zip(one.persistence, (1, p, o, q), strict=False)])
    return dataclasses.replace(
        one,
        names=(*names, *one.names[4:]),
        run=traced,
        persistence=np.concatenate([weights, np.zeros(power)]),
        bounds=(*wide, *one.bounds[4:]),
        constraints=_signs(order, power) if vol == "GJR" else (),
        starts=_shared_out(one.starts, order),
        rugged=True,
        lagged=lagged(vol, order),
        order=order,
    )


def _shared_out(starts: np.ndarray, order: Order) -> np.ndarray:
    """Starts of one lag shared out evenly, and to the first or the last lag alone."""
    p, o, q = order
    found = []
    for i, row in enumerate(starts):
        for alphas in _shares(p)[: 3 if i < _SPREAD else 1]:
            for betas in _shares(q)[: 3 if i < _SPREAD else 1]:
                gammas = row[2] * np.eye(o)[0] if o else np.empty(0)
                found.append([row[0], *(row[1] * alphas), *gammas, *(row[3] * betas), *row[4:]])
    return np.unique(np.array(found), axis=0)


def _shares(lags: int) -> list[np.ndarray]:
    """Weights that sum to one over some lags: even, the first, the last."""
    if not lags:
        return [np.empty(0)]
    return [np.full(lags, 1 / lags), np.eye(lags)[0], np.eye(lags)[-1]]


def _signs(order: Order, power: int) -> tuple[tuple[str, np.ndarray, float], ...]:
    """The news of a fall is at least 0 at every lag of a GJR."""
    p, o, q = order
    found = []
    for j in range(o):
        row = np.zeros(1 + p + o + q + power)
        row[1 + p + j] = 1.0
        if j < p:
            row[1 + j] = 1.0
        name = f"alpha{j + 1} + gamma{j + 1}" if j < p else f"gamma{j + 1}"
        found.append((f"{name} is at its lower bound 0", row, 0.0))
    return tuple(found)


FAMILIES = Families(
    {
        "GARCH": Family(
            names=("omega", "alpha", "beta"),
            logarithmic=False,
            kinked=False,
            run=run_garch,
            persistence=np.array([0.0, 1.0, 1.0]),
            bounds=(_VARIANCE, (0.0, 1.0), (0.0, 1.0)),
            constraints=(),
            starts=_linear_starts(()),
        ),
        "GJR": Family(
            names=("omega", "alpha", "gamma", "beta"),
            logarithmic=False,
            kinked=False,
            run=run_gjr,
            persistence=np.array([0.0, 1.0, 0.5, 1.0]),
            bounds=(_VARIANCE, (0.0, 1.0), (-1.0, 2.0), (0.0, 1.0)),
            constraints=(
                ("alpha + gamma is at its lower bound 0", np.array([0.0, 1.0, 1.0, 0.0]), 0.0),
            ),
            starts=_linear_starts((0.0,)),
        ),
        "EGARCH": Family(
            names=("omega", "alpha", "gamma", "beta"),
            logarithmic=True,
            kinked=True,
            run=run_egarch,
            persistence=np.array([0.0, 0.0, 0.0, 1.0]),
            bounds=((-20.0, 20.0), (-5.0, 5.0), (-5.0, 5.0), (-1.0, 1.0)),
            constraints=(),
            starts=_log_starts(),
        ),
        "IGARCH": Family(
            names=("omega", "alpha"),
            logarithmic=False,
            kinked=False,
            run=run_integrated,
            persistence=np.zeros(2),
            bounds=(_VARIANCE, (0.0, 1.0)),
            constraints=(),
            starts=np.array([[0.02, a] for a in (0.1, 0.05, 0.2, 0.3)]),
            carried=1.0,
        ),
        "APARCH": Family(
            names=("omega", "alpha", "gamma", "beta", "power"),
            logarithmic=False,
            kinked=True,
            run=run_aparch,
            persistence=np.array([0.0, 1.0, 0.0, 1.0, 0.0]),
            bounds=(_VARIANCE, (0.0, 1.0), (-0.9999, 0.9999), (0.0, 1.0), (0.05, 4.0)),
            constraints=(),
            starts=np.array(
                [
                    [1 - total, a, 0.0, total - a, power]
                    for (a, total), power in (
                        ((0.1, 0.95), 1.5),
                        ((0.1, 0.97), 2.0),
                        ((0.05, 0.9), 1.0),
                        ((0.2, 0.95), 1.2),
                    )
                ]
            ),
            power=True,
            rugged=True,
        ),
        "CGARCH": Family(
            names=("omega", "alpha", "beta", "rho", "phi"),
            logarithmic=False,
            kinked=False,
            run=traced,
            persistence=np.array([0.0, 0.0, 0.0, 1.0, 0.0]),
            bounds=(_VARIANCE, (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)),
            constraints=(
                ("rho is down to alpha + beta", np.array([0.0, -1.0, -1.0, 1.0, 0.0]), 0.0),
                ("phi is up to beta", np.array([0.0, 0.0, 1.0, 0.0, -1.0]), 0.0),
            ),
            starts=np.array(
                [
                    [1 - rho, a, b, rho, phi]
                    for a, b, rho, phi in (
                        (0.1, 0.7, 0.98, 0.04),
                        (0.15, 0.4, 0.99, 0.03),
                        (0.05, 0.8, 0.95, 0.05),
                        (0.05, 0.5, 0.995, 0.1),
                        (0.08, 0.86, 0.995, 0.03),
                        (0.05, 0.92, 0.99, 0.02),
                        (0.1, 0.8, 0.998, 0.02),
                    )
                ]
            ),
            rugged=True,
            trace=steps.component,
        ),
        "FIGARCH": Family(
            names=("omega", "phi", "d", "beta"),
            logarithmic=False,
            kinked=False,
            run=traced,
            persistence=np.zeros(4),
            bounds=(_VARIANCE, (0.0, 0.5), (1e-4, 1.0), (0.0, 1.0 - 1e-8)),
            constraints=(
                ("phi is up to (1 − d)/2", np.array([0.0, -2.0, -1.0, 0.0]), -1.0),
                ("beta is up to phi + d", np.array([0.0, 1.0, 1.0, -1.0]), 0.0),
            ),
            starts=np.array(
                [
                    [0.1, phi, d, beta]
                    for phi, d, beta in ((0.2, 0.4, 0.5), (0.1, 0.6, 0.6), (0.2, 0.3, 0.3))
                ]
            ),
            carried=1.0,
            trace=steps.fractional,
        ),
        "HARCH": Family(
            names=("omega", *(f"alpha{m}" for m in steps.HARCH_LAGS)),
            logarithmic=False,
            kinked=False,
            run=traced,
            persistence=np.array([0.0, 1.0, 1.0, 1.0]),
            bounds=(_VARIANCE, (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)),
            constraints=(),
            starts=np.array([[0.2, 0.2, 0.3, 0.3], [0.1, 0.1, 0.2, 0.6], [0.4, 0.4, 0.1, 0.1]]),
            trace=steps.heterogeneous,
        ),
    }
)
