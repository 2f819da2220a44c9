"""Likelihood-ratio tests on the cointegrating relations and on the adjustment to them."""

from __future__ import annotations

import numpy as np

from .johansen import RankFit, clear, complement


def canonical(r0: np.ndarray, r1: np.ndarray) -> np.ndarray:
    """Return the squared canonical correlations of two blocks (n, ·), largest first."""
    q0 = np.linalg.qr(r0 / np.linalg.norm(r0, axis=0))[0]
    q1 = np.linalg.qr(r1 / np.linalg.norm(r1, axis=0))[0]
    return np.minimum(np.linalg.svd(q0.T @ q1, compute_uv=False) ** 2, 1.0)


def beta_in(fit: RankFit, rank: int, space: np.ndarray) -> tuple[float, int]:
    """Test that every relation lies in a space, β = Hφ; statistic and degrees of freedom.

    Parameters
    ----------
    fit : RankFit
    rank : int
    space : ndarray, shape (k + restricted, s)
        H, with s ≥ rank.

    References
    ----------
    Johansen, S. (1995), theorem 7.2. doi:10.1093/0198774508.001.0001
    """
    n, height = fit.r1.shape
    held = canonical(fit.r0, fit.r1 @ space)[:rank]
    free = fit.eigenvalues[:rank]
    statistic = n * float(np.sum(np.log1p(-held) - np.log1p(-free)))
    return statistic, rank * (height - space.shape[1])


def beta_known(fit: RankFit, rank: int, known: np.ndarray) -> tuple[float, int]:
    """Test that the columns of `known` are cointegrating, β = (b, φ).

    References
    ----------
    Johansen, S. (1995), theorem 7.3. doi:10.1093/0198774508.001.0001
    """
    n, height = fit.r1.shape
    given = known.shape[1]
    first = canonical(fit.r0, fit.r1 @ known)
    held = np.log1p(-first).sum()
    if rank > given:
        relation = fit.r1 @ known
        others = clear(fit.r1 @ complement(known), relation)
        held += np.log1p(-canonical(clear(fit.r0, relation), others)[: rank - given]).sum()
    statistic = n * float(held - np.log1p(-fit.eigenvalues[:rank]).sum())
    return statistic, given * (height - rank)


def alpha_in(fit: RankFit, rank: int, space: np.ndarray) -> tuple[float, int]:
    """Test that the adjustment lies in a space, α = Aψ; with rows of zeros, weak exogeneity.

    Parameters
    ----------
    space : ndarray, shape (k, m)
        A, with m ≥ rank.

    References
    ----------
    Johansen, S. (1995), theorem 8.2. doi:10.1093/0198774508.001.0001
    """
    n, k = fit.r0.shape
    other = fit.r0 @ complement(space)
    inside = fit.r0 @ space
    held = canonical(clear(inside, other), clear(fit.r1, other))[:rank]
    free = fit.eigenvalues[:rank]
    statistic = n * float(np.sum(np.log1p(-held) - np.log1p(-free)))
    return statistic, rank * (k - space.shape[1])
