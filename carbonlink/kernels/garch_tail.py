"""Moments beyond a bound: what a limit day says of a shock that it hides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROOT_2 = float(np.sqrt(2.0))
_ROOT_2_OVER_PI = float(np.sqrt(2 / np.pi))
_STEP = 1e-4


@dataclass(frozen=True, eq=False)
class Tail:
    """A standardised shock z, given that it lies beyond k; each of shape (n,).

    Attributes
    ----------
    log_chance : ndarray
        ln Pr(z > k).
    hazard : ndarray
        f(k) / Pr(z > k).
    first, second : ndarray
        E(z | z > k) and E(z² | z > k).
    """

    log_chance: np.ndarray
    hazard: np.ndarray
    first: np.ndarray
    second: np.ndarray

    def slopes(self, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of the two moments in k, for any density: λ(E z − k) and λ(E z² − k²)."""
        return self.hazard * (self.first - k), self.hazard * (self.second - k * k)


def normal_tail(k: np.ndarray, shape: np.ndarray) -> Tail:
    """Return the tail of the standard normal.

    Notes
    -----
    With λ = φ(k)/(1 − Φ(k)), E(z | z > k) = λ and E(z² | z > k) = 1 + kλ; λ comes from the
    scaled complementary error function, so that far tails do not underflow.
    """
    from scipy.special import erfcx, log_ndtr

    hazard = _ROOT_2_OVER_PI / erfcx(k / _ROOT_2)
    return Tail(log_ndtr(-k), hazard, hazard, 1 + k * hazard)


def t_tail(k: np.ndarray, shape: np.ndarray) -> Tail:
    """Return the tail of the t with ν degrees of freedom, scaled to variance one.

    Notes
    -----
    For T with ν degrees of freedom, density f and S = Pr(T > c): ∫ x f = (ν + c²) f(c)/(ν − 1)
    and ∫ x² f = (c(ν + c²) f(c) + νS)/(ν − 2) over x > c, by parts.
    """
    from scipy.special import gammaln, stdtr

    nu = float(shape[0])
    scale = np.sqrt((nu - 2) / nu)
    c = k / scale
    log_f = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(np.pi * nu)
    f = np.exp(log_f - 0.5 * (nu + 1) * np.log1p(c * c / nu))
    chance = np.maximum(stdtr(nu, -c), 1e-300)
    heavy = (nu + c * c) * f / chance
    first = scale * heavy / (nu - 1)
    second = scale * scale * (c * heavy + nu) / (nu - 2)
    return Tail(np.log(chance), f / (scale * chance), first, second)


TAILS = {"normal": normal_tail, "t": t_tail}


def shape_slopes(dist: str, k: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Return derivatives in each shape parameter, (r, 3, n): of log chance and both moments.

    Central differences: the distribution function of the t has no closed derivative in ν.
    """
    found = np.empty((len(shape), 3, len(k)))
    for i in range(len(shape)):
        half = _STEP * max(1.0, abs(shape[i]))
        up, down = shape.copy(), shape.copy()
        up[i] += half
        down[i] -= half
        high, low = TAILS[dist](k, up), TAILS[dist](k, down)
        pairs = zip(_numbers(high), _numbers(low), strict=True)
        found[i] = [(a - b) / (2 * half) for a, b in pairs]
    return found


def _numbers(tail: Tail) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return tail.log_chance, tail.first, tail.second
