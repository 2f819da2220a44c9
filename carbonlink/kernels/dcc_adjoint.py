"""The derivative of the correlation likelihood in the residuals, by backward recursions."""

from __future__ import annotations

import numpy as np

from .dcc import (
    Evaluation,
    Problem,
    carried,
    evaluate,
    falls,
    own_scales,
    pairs,
    rescaled,
    target_weights,
    targets,
    unpack,
)
from .garch_recursion import pull


def gradient_in_z(phi: np.ndarray, p: Problem) -> np.ndarray:
    """Return the derivative of the log-likelihood in z, through the targets too.

    Parameters
    ----------
    phi : ndarray
        a, b, g where asymmetric, ν where t.
    p : Problem

    Returns
    -------
    ndarray, shape (n, k)

    Notes
    -----
    One backward filter carries ∂ℓ/∂Q_t to the shocks, and in cDCC one more carries that in
    diag(Q_t) to z.
    """
    target = targets(phi, p)
    found = evaluate(phi, target, p)
    by_x = _through_q(phi, found, p)
    by_q, by_n = (weight @ found.to_q for weight in target_weights(phi, p))
    if p.kind == "cdcc":
        by_x += _through_correlation(rescaled(phi, p), by_q, target[0])
    else:
        by_x += _through_moment(p.z, by_q, p.centred)
    if p.kind == "adcc":
        by_x += (p.z < 0) * _through_moment(falls(p.z), by_n, p.centred)
    return _to_z(phi, by_x, found, p)


def _through_moment(x: np.ndarray, weights: np.ndarray, centred: bool) -> np.ndarray:
    """Derivative in x of the packed moment of x weighted, shape (n, k)."""
    if centred:
        x = x - x.mean(axis=0)
    return x @ unpack(_halved(weights, x.shape[1]), x.shape[1]) * (2 / (len(x) - centred))


def _through_correlation(x: np.ndarray, weights: np.ndarray, packed: np.ndarray) -> np.ndarray:
    """Derivative in x of the packed correlation of x weighted, shape (n, k)."""
    k = x.shape[1]
    spread = np.sqrt(np.mean(x * x, axis=0))
    w, matrix = x / spread, unpack(weights, k)
    np.fill_diagonal(matrix, 0.0)
    pulled = (matrix * unpack(packed, k)).sum(axis=1)
    return (w @ matrix - w * pulled) / (spread * len(x))


def _through_q(phi: np.ndarray, found: Evaluation, p: Problem) -> np.ndarray:
    """Derivative of the log-likelihood in x through Q, targets held, shape (n, k).

    Notes
    -----
    With Λ_t = Σ_{s≥t} b^{s−t} ∂ℓ_s/∂Q_s, x_t moves Q_{t+1} and adds 2 a Λ_{t+1} x_t; for the
    model with joint falls the derivative is that in z, which adds 2 g Λ_{t+1} n_t.
    """
    a, b = phi[:2]
    k = p.z.shape[1]
    reverse = found.to_q[::-1]
    ahead = carried(np.zeros(reverse.shape[1]), reverse, b)[::-1]
    ahead = unpack(_halved(ahead, k), k)
    total = 2 * a * np.einsum("tij,tj->ti", ahead, rescaled(phi, p))
    if p.kind == "adcc":
        n = falls(p.z)
        total += 2 * phi[2] * (n < 0) * np.einsum("tij,tj->ti", ahead, n)
    return total


def _halved(packed: np.ndarray, k: int) -> np.ndarray:
    """Return packed values with those off the diagonal halved, as each stands in two places."""
    rows, columns = pairs(k)
    return packed * np.where(rows == columns, 1.0, 0.5)


def _to_z(phi: np.ndarray, by_x: np.ndarray, found: Evaluation, p: Problem) -> np.ndarray:
    """Derivative of the log-likelihood in z, from that in x, shape (n, k).

    Notes
    -----
    x = z but in cDCC, where x_it = z_it o_it^{1/2} and o_{i,t+1} = 1 − a − b + (a z_it² + b) o_it:
    the derivative in o is carried back through that recursion.
    """
    if p.kind != "cdcc":
        return found.to_z + by_x
    a, b = phi[:2]
    own = own_scales(phi, p)[0]
    root = np.sqrt(own)
    total = found.to_z + by_x * root
    weights = 0.5 * by_x * p.z / root
    for i, s in enumerate(p.z.T):
        later = pull(a * s[:-1] ** 2 + b, weights[:, i])[1:]
        total[:-1, i] += 2 * a * later * own[:-1, i] * s[:-1]
    return total
