"""Who leads among prices tied to one common trend: component and information shares."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from .johansen import complement


def component_shares(alpha: np.ndarray) -> np.ndarray:
    """Return Gonzalo and Granger's weights of each price in the common trend, summing to 1.

    Parameters
    ----------
    alpha : ndarray, shape (k, k − 1)

    Notes
    -----
    The weights are α⊥ / ι'α⊥.

    References
    ----------
    Gonzalo, J. and Granger, C. (1995). Estimation of common long-memory components in
    cointegrated systems. Journal of Business and Economic Statistics 13, 27–35.
    doi:10.1080/07350015.1995.10524576
    """
    trend = complement(alpha)[:, 0]
    return trend / trend.sum()


def information_shares(alpha: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return Hasbrouck's shares under every ordering of the prices.

    Parameters
    ----------
    alpha : ndarray, shape (k, k − 1)
    sigma : ndarray, shape (k, k)

    Returns
    -------
    ndarray, shape (k!, k)
        IS_j = ([ψF]_j)² / ψΣψ', F the Cholesky factor of Σ in that ordering and ψ ∝ α⊥'.

    References
    ----------
    Hasbrouck, J. (1995). One security, many markets: determining the contributions to price
    discovery. Journal of Finance 50, 1175–1199. doi:10.1111/j.1540-6261.1995.tb04054.x
    """
    k = len(alpha)
    trend = complement(alpha)[:, 0]
    total = trend @ sigma @ trend
    shares = np.empty((0, k))
    for order in permutations(range(k)):
        place = np.array(order)
        factor = np.linalg.cholesky(sigma[np.ix_(place, place)])
        row = np.empty(k)
        row[place] = (trend[place] @ factor) ** 2 / total
        shares = np.vstack([shares, row])
    return shares


def modified_shares(alpha: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return Lien and Shrestha's shares, which no ordering moves; shape (k,).

    References
    ----------
    Lien, D. and Shrestha, K. (2009). A new information share measure. Journal of Futures
    Markets 29, 377–395. doi:10.1002/fut.20356
    """
    trend = complement(alpha)[:, 0]
    spread = np.sqrt(np.diag(sigma))
    values, vectors = np.linalg.eigh(sigma / np.outer(spread, spread))
    root = (vectors * np.sqrt(values)) @ vectors.T
    row = (trend * spread) @ root
    return row**2 / (trend @ sigma @ trend)
