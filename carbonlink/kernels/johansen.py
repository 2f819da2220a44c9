"""Reduced-rank regression of a vector error-correction model, of one sample or of many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CASES = {"n": ("", ""), "rc": ("c", ""), "c": ("", "c"), "rt": ("t", "c"), "ct": ("", "ct")}
"""Deterministic case: terms inside the cointegrating relations, and terms outside them."""


@dataclass(frozen=True)
class Design:
    """The three blocks of an error-correction model, n rows each (leading axes: many samples).

    Attributes
    ----------
    z0 : ndarray, shape (..., n, k)
        Changes.
    z1 : ndarray, shape (..., n, k + restricted)
        Levels a row before, and the terms restricted to the cointegrating relations.
    z2 : ndarray, shape (..., n, m)
        Lagged changes, then the unrestricted terms.
    """

    z0: np.ndarray
    z1: np.ndarray
    z2: np.ndarray


@dataclass(frozen=True)
class RankFit:
    """What the reduced-rank regression knows before a rank is chosen.

    Attributes
    ----------
    eigenvalues : ndarray, shape (..., k)
        Squared canonical correlations of changes and levels, largest first.
    vectors : ndarray, shape (..., k + restricted, k)
        Columns β_i with β'S₁₁β = I.
    r0, r1 : ndarray
        Changes and levels cleared of the unrestricted block.
    """

    eigenvalues: np.ndarray
    vectors: np.ndarray
    r0: np.ndarray
    r1: np.ndarray


@dataclass(frozen=True)
class VecmFit:
    """Coefficients of one rank.

    Attributes
    ----------
    alpha : ndarray, shape (k, r)
    beta : ndarray, shape (k + restricted, r)
    short : ndarray, shape (k, m)
        Coefficients of the unrestricted block.
    resid : ndarray, shape (n, k)
    sigma : ndarray, shape (k, k)
        U'U/n.
    inverse : ndarray, shape (r + m, r + m)
        Inverse cross-products of [β'z1, z2].
    """

    alpha: np.ndarray
    beta: np.ndarray
    short: np.ndarray
    resid: np.ndarray
    sigma: np.ndarray
    inverse: np.ndarray


def deterministic(case: str, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the restricted and the unrestricted terms of a case at `time` (n,)."""
    columns = {"c": np.ones(len(time)), "t": time.astype(float)}
    inside, outside = (
        np.column_stack([np.empty((len(time), 0)), *(columns[t] for t in terms)])
        for terms in CASES[case]
    )
    return inside, outside


def design(
    values: np.ndarray, lags: int, rows: np.ndarray, inside: np.ndarray, outside: np.ndarray
) -> Design:
    """Lay out ΔX_t on X_{t-1} and lagged changes.

    Parameters
    ----------
    values : ndarray, shape (..., T, k)
        Levels.
    lags : int
        Order of the VAR in levels; the model has lags − 1 lagged changes.
    rows : ndarray of int, shape (n,)
        Observations.
    inside, outside : ndarray, shape (n, ·)
        Restricted and unrestricted terms at the observations.
    """
    lead = values.shape[:-2]
    changes = values[..., 1:, :] - values[..., :-1, :]
    z0 = changes[..., rows - 1, :]
    past = [changes[..., rows - 1 - j, :] for j in range(1, lags)]
    spread = [np.broadcast_to(block, (*lead, *block.shape)) for block in (inside, outside)]
    z1 = np.concatenate([values[..., rows - 1, :], spread[0]], axis=-1)
    return Design(z0, z1, np.concatenate([*past, spread[1]], axis=-1))


def clear(block: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Return what is left of `block` after regressing it on the columns of `of`."""
    if of.shape[-1] == 0:
        return block
    size = np.linalg.norm(of, axis=-2, keepdims=True)
    q = np.linalg.qr(of / np.where(size > 0, size, 1.0))[0]
    left = block - q @ (np.swapaxes(q, -1, -2) @ block)
    return left - q @ (np.swapaxes(q, -1, -2) @ left)


def reduced_rank(model: Design) -> RankFit:
    """Solve |λS₁₁ − S₁₀S₀₀⁻¹S₀₁| = 0 by the singular values of the two orthogonal bases.

    References
    ----------
    Johansen, S. (1995). Likelihood-Based Inference in Cointegrated Vector Autoregressive
    Models. Oxford University Press. doi:10.1093/0198774508.001.0001
    """
    both = clear(np.concatenate([model.z0, model.z1], axis=-1), model.z2)
    k = model.z0.shape[-1]
    r0, r1 = both[..., :k], both[..., k:]
    size = np.linalg.norm(r1, axis=-2, keepdims=True)
    q0 = np.linalg.qr(r0 / np.linalg.norm(r0, axis=-2, keepdims=True))[0]
    q1, t1 = np.linalg.qr(r1 / size)
    _, s, wt = np.linalg.svd(np.swapaxes(q0, -1, -2) @ q1, full_matrices=False)
    vectors = np.linalg.solve(t1, np.swapaxes(wt, -1, -2)) / np.swapaxes(size, -1, -2)
    return RankFit(np.minimum(s**2, 1.0), vectors * np.sqrt(r0.shape[-2]), r0, r1)


def trace_statistics(eigenvalues: np.ndarray, n: int) -> np.ndarray:
    """Return −n Σ_{i>r} log(1 − λ_i) for r = 0 … k−1; shape of the eigenvalues."""
    parts = -n * np.log1p(-eigenvalues)
    return np.cumsum(parts[..., ::-1], axis=-1)[..., ::-1]


def maximum_statistics(eigenvalues: np.ndarray, n: int) -> np.ndarray:
    """Return −n log(1 − λ_{r+1}) for r = 0 … k−1."""
    return -n * np.log1p(-eigenvalues)


def estimate(model: Design, beta: np.ndarray) -> VecmFit:
    """Regress the changes on β'z1 and the unrestricted block; β has r ≥ 0 columns."""
    x = np.column_stack([model.z1 @ beta, model.z2])
    n, k = model.z0.shape
    if x.shape[1] == 0:
        sigma = model.z0.T @ model.z0 / n
        return VecmFit(np.empty((k, 0)), beta, np.empty((k, 0)), model.z0, sigma, np.empty((0, 0)))
    size = np.linalg.norm(x, axis=0)
    q, r = np.linalg.qr(x / size)
    coefs = (np.linalg.solve(r, q.T @ model.z0) / size[:, None]).T
    root = np.linalg.solve(r, np.eye(len(r))) / size[:, None]
    resid = model.z0 - x @ coefs.T
    rank = beta.shape[1]
    return VecmFit(
        coefs[:, :rank], beta, coefs[:, rank:], resid, resid.T @ resid / n, root @ root.T
    )


def normalised(beta: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Return β with an identity block in the rows `on`."""
    return beta @ np.linalg.inv(beta[on])


def in_levels(fit: VecmFit, lags: int) -> np.ndarray:
    """Return the lag matrices of the VAR in levels; shape (lags, k, k)."""
    k = len(fit.alpha)
    short = fit.short[:, : k * (lags - 1)].reshape(k, lags - 1, k).transpose(1, 0, 2)
    coefs = np.zeros((lags, k, k))
    coefs[0] = np.eye(k) + fit.alpha @ fit.beta[:k].T
    for j, gamma in enumerate(short):
        coefs[j] += gamma
        coefs[j + 1] -= gamma
    return coefs


def beta_covariance(fit: VecmFit, r1: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Return the covariance of the free rows of a normalised β, column by column.

    Parameters
    ----------
    fit : VecmFit
    r1 : ndarray, shape (n, k + restricted)
        Levels cleared of the unrestricted block.
    on : ndarray of int, shape (r,)
        Rows fixed by the normalisation.

    Notes
    -----
    vec(β₂) ~ N(·, (α'Σ⁻¹α)⁻¹ ⊗ (R₁₂'R₁₂)⁻¹), Lütkepohl (2005), section 7.2.2.
    """
    free = np.setdiff1d(np.arange(r1.shape[1]), on)
    left = np.linalg.inv(fit.alpha.T @ np.linalg.solve(fit.sigma, fit.alpha))
    right = np.linalg.inv(r1[:, free].T @ r1[:, free])
    return np.kron(left, right)


def complement(matrix: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis of what is orthogonal to the columns of `matrix`."""
    rank = matrix.shape[1]
    if rank == 0:
        return np.eye(len(matrix))
    return np.linalg.svd(matrix, full_matrices=True)[0][:, rank:]
