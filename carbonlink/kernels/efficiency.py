"""Tests of uncorrelated returns that allow for changing volatility."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HORIZONS = (2, 5, 10)
"""Holding periods of the joint variance-ratio test, in returns."""

_Q = 2.4
_MOST = 10
_BATCH = 100


@dataclass(frozen=True)
class Automatic:
    """A portmanteau test whose lags the data choose.

    Attributes
    ----------
    statistic : float
        Chi-squared(1) under the null, whatever the lags chosen.
    lags : int
    """

    statistic: float
    lags: int


def automatic_portmanteau(x: np.ndarray) -> Automatic:
    """Return the robust test of no autocorrelation with automatic lags.

    Notes
    -----
    Q_p = n Σ_{j≤p} γ_j²/τ_j with τ_j the mean of x_t² x_{t-j}² (x demeaned); p maximises Q_p less
    p ln n, or less 2p where the largest √n |γ_j|/√τ_j exceeds √(2.4 ln n).

    References
    ----------
    Escanciano, J. C. and Lobato, I. N. (2009). An automatic portmanteau test for serial
    correlation. Journal of Econometrics 151, 140–149.
    """
    e = x - x.mean()
    n = len(e)
    share = np.empty(min(_MOST, n - 2))
    for j in range(1, len(share) + 1):
        product = e[j:] * e[:-j]
        spread = float((product**2).mean())
        share[j - 1] = n * float(product.mean()) ** 2 / spread if spread > 0 else 0.0
    lags = np.arange(1, len(share) + 1)
    small = np.sqrt(share.max()) <= np.sqrt(_Q * np.log(n))
    total = np.cumsum(share)
    best = int(np.argmax(total - lags * (np.log(n) if small else 2.0)))
    return Automatic(float(total[best]), best + 1)


def variance_ratios(x: np.ndarray, horizons: tuple[int, ...] = HORIZONS) -> np.ndarray:
    """Return robust variance-ratio statistics, standard normal under the null; shape (..., h).

    Parameters
    ----------
    x : ndarray, shape (..., n)
        Returns, a sample a row.
    horizons : tuple of int

    Notes
    -----
    VR(q) − 1 over its standard error √Σ_{j<q} (2(1 − j/q))² δ_j, with VR(q) the mean square of
    overlapping sums of q returns over q times that of one, and
    δ_j = Σ e_t² e_{t-j}²/(Σ e_t²)², which allows for changing variances.

    References
    ----------
    Lo, A. W. and MacKinlay, A. C. (1988). Stock market prices do not follow random walks:
    evidence from a simple specification test. Review of Financial Studies 1, 41–66.
    """
    e = x - x.mean(axis=-1, keepdims=True)
    square = e * e
    total = square.sum(axis=-1)
    delta = np.stack(
        [(square[..., j:] * square[..., :-j]).sum(axis=-1) for j in range(1, max(horizons))],
        axis=-1,
    )
    path = np.concatenate([np.zeros((*e.shape[:-1], 1)), np.cumsum(e, axis=-1)], axis=-1)
    found = []
    for q in horizons:
        sums = path[..., q:] - path[..., :-q]
        ratio = (sums * sums).sum(axis=-1) / (q * total)
        weight = (2 * (1 - np.arange(1, q) / q)) ** 2
        found.append((ratio - 1) * total / np.sqrt(delta[..., : q - 1] @ weight))
    return np.stack(found, axis=-1)


def automatic_variance_ratio(x: np.ndarray) -> np.ndarray:
    """Return the variance-ratio statistic at a holding period chosen by the data, shape (...).

    Notes
    -----
    √(n/l) (VR(l) − 1)/√2 with VR(l) = 1 + 2 Σ m(i/l) ρ_i, m the quadratic spectral kernel and
    l = 1.3221 (n · 4ρ²/(1 − ρ)⁴)^{1/5}, ρ the first autocorrelation.

    References
    ----------
    Choi, I. (1999). Testing the random walk hypothesis for real exchange rates. Journal of
    Applied Econometrics 14, 293–308.
    """
    rows = np.atleast_2d(x)
    e = rows - rows.mean(axis=-1, keepdims=True)
    n = e.shape[-1]
    total = (e * e).sum(axis=-1)
    size = 2 ** int(np.ceil(np.log2(2 * n)))
    power = np.abs(np.fft.rfft(e, size, axis=-1)) ** 2
    rho = np.fft.irfft(power, size, axis=-1)[:, 1:n] / total[:, None]
    first = np.clip(rho[:, 0], -0.97, 0.97)
    length = np.maximum(1.3221 * (n * 4 * first**2 / (1 - first) ** 4) ** 0.2, 1e-3)
    angle = 6 * np.pi / 5 * np.arange(1, n) / length[:, None]
    with np.errstate(over="ignore"):
        kernel = 3 / angle**2 * (np.sin(angle) / angle - np.cos(angle))
    found = np.sqrt(n / length) * 2 * (kernel * rho).sum(axis=-1) / np.sqrt(2)
    return found[0] if np.ndim(x) == 1 else found


def wild_p_values(x: np.ndarray, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return wild-bootstrap p-values of the largest and of the automatic variance ratio.

    Notes
    -----
    x*_t = η_t x_t with η = ±1: no autocorrelation, the same volatility path.

    References
    ----------
    Kim, J. H. (2006). Wild bootstrapping variance ratio tests. Economics Letters 92, 38–43.
    Kim, J. H. (2009). Automatic variance ratio test under conditional heteroskedasticity.
    Finance Research Letters 6, 179–185.
    """
    e = x - x.mean()
    joint = float(np.abs(variance_ratios(x)).max())
    single = abs(float(automatic_variance_ratio(x)))
    beyond = np.zeros(2)
    for begin in range(0, draws, _BATCH):
        signs = 2.0 * rng.integers(0, 2, (min(_BATCH, draws - begin), len(e))) - 1
        sample = e * signs
        beyond[0] += (np.abs(variance_ratios(sample)).max(axis=-1) >= joint).sum()
        beyond[1] += (np.abs(automatic_variance_ratio(sample)) >= single).sum()
    return float((1 + beyond[0]) / (draws + 1)), float((1 + beyond[1]) / (draws + 1))
