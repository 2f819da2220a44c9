"""Blocks of dependent data: the automatic length, and sums of circular blocks drawn at random."""

from __future__ import annotations

import numpy as np


def automatic_length(values: np.ndarray) -> float:
    """Return the block length of Politis and White for the circular block bootstrap of a mean.

    Parameters
    ----------
    values : ndarray, shape (n,)

    Returns
    -------
    float
        Between 0 and min(3√n, n/3), unrounded; 1 for fewer than 3 values or a constant.

    Notes
    -----
    b = (2g²/d · n)^{1/3} with g = Σ λ(k/m)|k|γ_k, d = 4/3 (Σ λ(k/m) γ_k)², the flat-top λ(x) = 1
    up to 1/2 and 2(1 − x) beyond, and m twice the lag after which max(5, log₁₀ n)
    autocorrelations in a row lie within ±2√(log₁₀ n / n).

    References
    ----------
    Politis, D. N. and H. White (2004). Automatic block-length selection for the dependent
    bootstrap. Econometric Reviews 23, 53–70. doi:10.1081/ETC-120028836
    Patton, A., D. N. Politis and H. White (2009). Correction. Econometric Reviews 28, 372–375.
    doi:10.1080/07474930802459016
    """
    values = np.asarray(values, float)
    n = len(values)
    if n < 3 or np.ptp(values) == 0:
        return 1.0
    longest = np.ceil(min(3 * np.sqrt(n), n / 3))
    in_row = max(5, int(np.log10(n)))
    covariance, correlation = _autocovariances(
        values, min(int(np.ceil(np.sqrt(n))) + in_row, n - 2)
    )
    last = len(covariance) - 1
    lag = _last_lag(correlation < 2 * np.sqrt(np.log10(n) / n), in_row, last)
    k = np.arange(1, lag + 1)
    flat_top = np.where(k <= lag / 2, 1.0, 2 * (1 - k / lag))
    g = 2 * (flat_top * k * covariance[1 : lag + 1]).sum()
    long_run = covariance[0] + 2 * (flat_top * covariance[1 : lag + 1]).sum()
    if long_run == 0:
        return float(longest)
    return float(min((1.5 * (g / long_run) ** 2 * n) ** (1 / 3), longest))


def _autocovariances(values: np.ndarray, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Return autocovariances and absolute autocorrelations of the overlapping parts."""
    e = values - values.mean()
    n = len(e)
    squares = np.concatenate([[0.0], np.cumsum(e * e)])
    products = np.array([e[k:] @ e[: n - k] for k in range(lags + 1)])
    k = np.arange(lags + 1)
    size = np.sqrt((squares[n] - squares[k + 1]) * squares[n - k - 1])
    return products / n, np.abs(products) / np.where(size > 0, size, np.inf)


def _last_lag(small: np.ndarray, in_row: int, last: int) -> int:
    runs = np.convolve(small[:last], np.ones(in_row), "valid") == in_row
    first = np.flatnonzero(runs)
    return min(2 * max(int(first[0]), 1), last) if len(first) else last


def circular_block_sums(
    size: int, generator: np.random.Generator, values: np.ndarray, length: int
) -> np.ndarray:
    """Draw sums of n values made of circular blocks.

    Parameters
    ----------
    values : ndarray, shape (n, k)
    length : int
        Days in a block; the last one is cut so that a draw has n days.

    Returns
    -------
    ndarray, shape (size, k)
    """
    n = len(values)
    count = -(-n // length)
    level = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(np.tile(values, (2, 1)), 0)])
    place = np.arange(n)
    whole = level[place + length] - level[place]
    cut = level[place + n - (count - 1) * length] - level[place]
    chosen = generator.integers(0, n, (size, count))
    return whole[chosen[:, :-1]].sum(axis=1) + cut[chosen[:, -1]]
