"""Returns with volatility clusters and no break in their level: a residual bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BURN = 300
_GAP = (0.001, 0.7)
_STARTS = ((0.05, 0.1), (0.02, 0.05))
_LOWEST = 1e-8


@dataclass(frozen=True, eq=False)
class Clusters:
    """A GARCH(1, 1) of unit variance.

    Attributes
    ----------
    alpha : float
    persistence : float
        α + β.
    shocks : ndarray, shape (n,)
        Standardised residuals, of mean zero and variance one.
    """

    alpha: float
    persistence: float
    shocks: np.ndarray


def clusters(e: np.ndarray) -> Clusters:
    """Fit a GARCH(1, 1) whose variance is the sample's.

    Parameters
    ----------
    e : ndarray, shape (n,)
        Returns with mean zero.

    Notes
    -----
    h_t = 1 + α Σ_j β^j (e²_{t−1−j} − 1) in units of the sample variance (variance targeting),
    normal quasi-likelihood over ln(1 − α − β) and α/(α + β), exact gradient, two starts.

    References
    ----------
    Francq, C., Horváth, L. and Zakoïan, J.-M. (2011). Merits and drawbacks of variance targeting
    in GARCH models. Journal of Financial Econometrics 9, 619–656. doi:10.1093/jjfinec/nbr004
    """
    from scipy.optimize import minimize

    e = e / np.sqrt(np.mean(e * e))
    bounds = [(np.log(_GAP[0]), np.log(_GAP[1])), (0.0, 1.0)]
    found = [
        minimize(
            _objective,
            (np.log(gap), share),
            args=(e * e,),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
        )
        for gap, share in _STARTS
    ]
    gap, share = min(found, key=lambda f: f.fun).x
    carry = float(1 - np.exp(gap))
    alpha = carry * float(share)
    shocks = e / np.sqrt(1 + alpha * _carried(e * e - 1, carry - alpha))
    shocks = shocks - shocks.mean()
    return Clusters(alpha, carry, shocks / np.sqrt(np.mean(shocks**2)))


def _objective(at: np.ndarray, square: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of ln h + e²/h, and its gradient."""
    gap, share = float(np.exp(at[0])), float(at[1])
    carry = 1 - gap
    alpha = carry * share
    slope = _carried(square - 1, carry - alpha)
    h = np.maximum(1 + alpha * slope, _LOWEST)
    ratio = square / h
    weight = (1 - ratio) / h
    by_alpha = float(np.mean(weight * slope))
    by_beta = alpha * float(np.mean(weight * _carried(slope, carry - alpha)))
    by_carry = by_alpha * share + by_beta * (1 - share)
    gradient = np.array([-gap * by_carry, carry * (by_alpha - by_beta)])
    return float(np.mean(np.log(h) + ratio)), gradient


def _carried(drive: np.ndarray, beta: float) -> np.ndarray:
    """x with x_1 = 0 and x_t = drive_{t−1} + β x_{t−1}."""
    from scipy.signal import lfilter

    return lfilter([0.0, 1.0], [1.0, -beta], drive)


def simulate(found: Clusters, n: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return samples of the model with shocks drawn from its residuals, shape (draws, n)."""
    z = rng.choice(found.shocks, (n + BURN, draws))
    square = z * z
    beta = found.persistence - found.alpha
    h = np.ones(draws)
    for t in range(n + BURN):
        z[t] *= np.sqrt(h)
        h = (1 - found.persistence) + (found.alpha * square[t] + beta) * h
    return np.ascontiguousarray(z[BURN:].T)


def limit(law: np.ndarray, level: float) -> float:
    """Return the value that a statistic must exceed for a p-value of at most `level`."""
    rank = int(level * (len(law) + 1) + 1e-9)
    return float(np.sort(law)[-rank]) if rank else float("inf")
