"""Sums of weights times a sequence under every circular rotation of the sequence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def turned_sums(noise: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return Σ_t w_tj e_(t+s) for every shift s.

    Parameters
    ----------
    noise : ndarray, shape (n,)
    weights : ndarray, shape (n, k)

    Returns
    -------
    ndarray, shape (n, k)
        Row s: the sequence turned by s places; row 0 as observed.

    Notes
    -----
    A circular correlation: one Fourier transform of each column.
    """
    n = len(noise)
    spectrum = np.fft.rfft(noise)[:, None] * np.conj(np.fft.rfft(weights, axis=0))
    return np.fft.irfft(spectrum, n, axis=0)


def joint_sums(
    size: int, generator: np.random.Generator, tables: Sequence[np.ndarray]
) -> np.ndarray:
    """Draw the sums over sequences that turn independently, shape (size, k)."""
    total = np.zeros((size, tables[0].shape[1]))
    for table in tables:
        total += table[generator.integers(0, len(table), size)]
    return total
