"""Influence of every row on two-step estimates of variances and correlations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .dcc import (
    Problem,
    evaluate,
    falls,
    pairs,
    products,
    rescaled,
    target_weights,
    targets,
    unpack,
)
from .dcc_adjoint import gradient_in_z
from .dcc_fit import Maximum, nudged
from .garch_estimate import Estimate, to_units


@dataclass(frozen=True, eq=False)
class FirstStep:
    """One series' GARCH as the second step sees it.

    Attributes
    ----------
    influence : ndarray, shape (n, p)
        θ̂ − θ ≈ Σ_t influence_t, in the units of the data; NaN where a bound determines it.
    free : ndarray, shape (n, r)
        The same along the free directions of the standardised parameters.
    slopes : ndarray, shape (n, r)
        Derivative of z_t along those directions.
    """

    influence: np.ndarray
    free: np.ndarray
    slopes: np.ndarray


def first_step(found: Estimate) -> FirstStep:
    """Return what an estimated GARCH hands to the second step."""
    at, p, basis = found.maximum.at, found.problem, found.maximum.free
    m = p.x.shape[1]
    scale = np.exp(-0.5 * at.log_variance)
    logs, levels = np.zeros((2, len(p.y), len(found.params)))
    inner = at.log_variance_slopes()
    logs[:, : len(inner)] = inner.T
    levels[:, :m] = at.mean_slopes * scale[:, None]
    slopes = (-0.5 * (at.resid * scale)[:, None] * logs - levels) @ basis
    try:
        inverse = np.linalg.inv(-(basis.T @ found.maximum.hessian @ basis))
    except np.linalg.LinAlgError:
        inverse = np.full((basis.shape[1],) * 2, np.nan)
    free = at.scores() @ basis @ inverse
    influence = free @ (to_units(found.maximum.theta, p, found.units)[1] @ basis).T
    influence[:, list(found.determined)] = np.nan
    return FirstStep(influence, free, slopes)


def dynamic(found: Maximum, p: Problem, first: list[FirstStep]) -> np.ndarray:
    """Return the influence of each row on the correlation parameters, shape (n, p).

    Notes
    -----
    With g_t the score of row t, A minus the Hessian, x_t the row's product in the target Q̄ and
    ψ_t the influence on the GARCH parameters θ:
    φ̂ − φ ≈ A⁻¹ Σ_t [g_t + (∂²ℓ/∂φ∂Q̄')(x_t − Q̄)/n + (∂²ℓ/∂φ∂θ') ψ_t], the last derivative
    through z and through the targets. NaN for a parameter on a bound.

    References
    ----------
    Engle, R. (2002). Dynamic conditional correlation: a simple class of multivariate GARCH
    models. Journal of Business & Economic Statistics 20, 339–350.
    doi:10.1198/073500102288618487
    Newey, W. K. and McFadden, D. (1994). Large sample estimation and hypothesis testing.
    Handbook of Econometrics 4, 2111–2245. doi:10.1016/S1573-4412(05)80005-4
    """
    influence = np.full((len(p.z), len(found.phi)), np.nan)
    where = list(found.free)
    if not where:
        return influence
    total = found.at.scores[:, where] + _from_targets(found, p, where)
    for cross, step in zip(cross_derivatives(found, p, first, where), first, strict=True):
        total = total + step.free @ cross
    try:
        inverse = np.linalg.inv(-found.hessian[np.ix_(where, where)])
    except np.linalg.LinAlgError:
        return influence
    influence[:, where] = total @ inverse
    return influence


def _from_targets(found: Maximum, p: Problem, where: list[int]) -> np.ndarray:
    """What sampling the targets adds to the scores, shape (n, f)."""
    x, n = rescaled(found.phi, p), len(p.z)
    rows, columns = pairs(x.shape[1])
    if p.kind == "cdcc":
        square = x * x / np.mean(x * x, axis=0)
        x = x / np.sqrt(np.mean(x * x, axis=0))
        shock = products(x) - 0.5 * found.target[0] * (square[:, rows] + square[:, columns])
    else:
        shock = _shock(x, p.centred)
    second = _shock(falls(p.z), p.centred) if p.kind == "adcc" else None
    added = np.empty((n, len(where)))
    for j, i in enumerate(where):
        ahead, behind, step = nudged(found.phi, i)
        up, down = _target_gradient(ahead, p), _target_gradient(behind, p)
        slopes = [(u - d) / step for u, d in zip(up, down, strict=True)]
        added[:, j] = shock @ slopes[0] / n
        if second is not None:
            added[:, j] += second @ slopes[1] / n
    return added


def _shock(x: np.ndarray, centred: bool) -> np.ndarray:
    product = products(x - x.mean(axis=0) if centred else x)
    return product - product.mean(axis=0)


def _target_gradient(phi: np.ndarray, p: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Derivative of the log-likelihood in Q̄ and N̄, packed."""
    found = evaluate(phi, targets(phi, p), p)
    by_q, by_n = target_weights(phi, p)
    return by_q @ found.to_q, by_n @ found.to_q


def cross_derivatives(
    found: Maximum, p: Problem, first: list[FirstStep], where: list[int]
) -> list[np.ndarray]:
    """∂²ℓ/∂φ∂θ' of each series, shape (r, f): differences along φ of gradients in z."""
    crosses = []
    for i in where:
        ahead, behind, step = nudged(found.phi, i)
        crosses.append((gradient_in_z(ahead, p) - gradient_in_z(behind, p)) / step)
    return [
        np.stack([step.slopes.T @ cross[:, j] for cross in crosses], axis=1)
        for j, step in enumerate(first)
    ]


def constant(packed: np.ndarray, z: np.ndarray, first: list[FirstStep]) -> np.ndarray:
    """Return the influence of each row on constant correlations, shape (n, k(k − 1)/2).

    Notes
    -----
    ρ_ij is the mean of z_i z_j over the root mean squares: its own influence is
    w_i w_j − ½ ρ_ij (w_i² + w_j²) with w the z scaled to mean square one, over n, to which the
    GARCH parameters of series i and j add theirs through z.
    """
    n, k = z.shape
    rows, columns = np.tril_indices(k, -1)
    spread = np.sqrt(np.mean(z * z, axis=0))
    w = z / spread
    rho = unpack(packed, k)[rows, columns]
    square = w * w
    total = w[:, rows] * w[:, columns] - 0.5 * rho * (square[:, rows] + square[:, columns])
    for c, (i, j) in enumerate(zip(rows, columns, strict=True)):
        for own, other in ((i, j), (j, i)):
            by_z = (w[:, other] - rho[c] * w[:, own]) / spread[own]
            total[:, c] += first[own].free @ (first[own].slopes.T @ by_z)
    return total / n
