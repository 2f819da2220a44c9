"""Variance decompositions split over bands of frequency."""

from __future__ import annotations

import numpy as np

from . import fevd

ROUNDING = 1e-9
"""Radians by which an edge may miss a frequency of the grid that it means."""


def band_shares(
    coefs: np.ndarray,
    sigma: np.ndarray,
    horizon: int,
    edges: np.ndarray,
    kind: str = "generalized",
    order: np.ndarray | None = None,
) -> np.ndarray:
    """Split the variance decomposition of a VAR, or of many, over bands that cover (0, π].

    Parameters
    ----------
    coefs : ndarray, shape (..., p, k, k)
    sigma : ndarray, shape (..., k, k)
    horizon : int
        Number of terms H of the moving average, h = 0 … H − 1.
    edges : ndarray, shape (bands + 1,)
        Frequencies in radians, falling from π to 0.
    kind : {"generalized", "cholesky"}
    order : ndarray of int, optional
        Order of the variables for "cholesky".

    Returns
    -------
    ndarray, shape (..., bands, k, k)
        The sum over bands is `fevd.shares` with the same arguments.

    Notes
    -----
    With r_h the response of variable i, h steps after a shock in j, the band (a, b] holds

    (1/π) ∫_a^b |Σ_h r_h e^{−iωh}|² dω = Σ_h Σ_g r_h r_g w_{h−g},

    w_0 = (b − a)/π and w_m = (sin mb − sin ma)/(mπ): the integral is exact, and the w of all
    bands add up to the identity.

    References
    ----------
    Baruník, J. and T. Křehlík (2018). Measuring the frequency dynamics of financial connectedness
    and systemic risk. Journal of Financial Econometrics 16, 271–296. doi:10.1093/jjfinec/nby001
    """
    terms = fevd.moving_average(coefs, horizon)
    responses = terms @ fevd.impact(sigma, kind, order)[..., None, :, :]
    k = sigma.shape[-1]
    flat = responses.reshape(*responses.shape[:-2], k * k)
    parts = [
        np.sum(flat * (_weights(horizon, low, high) @ flat), axis=-2)
        for high, low in zip(edges[:-1], edges[1:], strict=True)
    ]
    bands = np.stack(parts, axis=-2).reshape(*sigma.shape[:-2], len(parts), k, k)
    return bands / bands.sum(axis=(-3, -1), keepdims=True)


def _weights(horizon: int, low: float, high: float) -> np.ndarray:
    """The weights w of the band (low, high] for every pair of terms."""
    step = np.arange(1, horizon)
    rise = (np.sin(step * high) - np.sin(step * low)) / (np.pi * step)
    row = np.concatenate([[(high - low) / np.pi], rise])
    place = np.arange(horizon)
    return row[np.abs(place[:, None] - place)]


def grid_band_shares(
    coefs: np.ndarray, sigma: np.ndarray, horizon: int, edges: np.ndarray
) -> np.ndarray:
    """Split a generalized decomposition as the R package ConnectednessApproach does.

    The moving average has one term more than `horizon`; its Fourier transform stands for the
    integral; the n frequencies of an odd n are taken as j·π/⌊n/2⌋ instead of 2πj/n; a band holds
    those with low ≤ ω < high, so that ω = π is left out unless the first edge is above π; rows
    are scaled to 1 over the frequencies that some band holds.

    Returns
    -------
    ndarray, shape (bands, k, k)
    """
    n = horizon + 1
    spectrum = np.fft.fft(fevd.moving_average(coefs, n), axis=0)
    power = np.abs(spectrum @ fevd.impact(sigma, "generalized")) ** 2
    place = np.arange(n)
    frequency = np.minimum(place, n - place) / (n // 2) * np.pi
    inside = [
        (frequency >= low - ROUNDING) & (frequency < high - ROUNDING)
        for high, low in zip(edges[:-1], edges[1:], strict=True)
    ]
    bands = np.stack([power[here].sum(axis=0) for here in inside])
    return bands / bands.sum(axis=(0, 2))[:, None]
