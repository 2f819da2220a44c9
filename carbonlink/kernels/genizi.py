"""Shares of R² by Genizi's decomposition."""

from __future__ import annotations

import numpy as np


def shares(correlation: np.ndarray, k: int) -> np.ndarray:
    """Split each R² of k series over their regressors.

    Parameters
    ----------
    correlation : ndarray, shape (..., w, w)
        Of the k series followed by more regressors (their lags).
    k : int

    Returns
    -------
    ndarray, shape (..., k, w)
        `[i, j]`: part of the R² of series i, regressed on all the others, that regressor j has;
        0 for itself. The row sums to the R².

    Notes
    -----
    With R_xx the correlation of the regressors and r that with the series, the parts are
    (R_xx^{1/2})² (R_xx^{-1/2} r)², squares element by element: the regressors are replaced by the
    nearest orthogonal ones, and their contributions are given back.

    References
    ----------
    Genizi, A. (1993). Decomposition of R² in multiple regression with correlated regressors.
    Statistica Sinica 3, 407–420. https://www.jstor.org/stable/24304957
    """
    width = correlation.shape[-1]
    found = np.zeros((*correlation.shape[:-2], k, width))
    for i in range(k):
        others = np.delete(np.arange(width), i)
        inner = correlation[..., others[:, None], others]
        r = correlation[..., others, i]
        values, vectors = np.linalg.eigh(inner)
        values = np.maximum(values, 1e-14)
        turned = np.swapaxes(vectors, -1, -2)
        root = (vectors * np.sqrt(values)[..., None, :]) @ turned
        back = (vectors / np.sqrt(values)[..., None, :]) @ turned
        parts = (root**2 @ (np.einsum("...ij,...j->...i", back, r) ** 2)[..., None])[..., 0]
        found[..., i, others] = parts
    return found
