"""Densities of standardised shocks, with the derivatives that a score needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import garch_skewed as skewed

NU_BOUNDS = (2.05, 500.0)
"""Degrees of freedom allowed for the t; at 500 it is the normal for all purposes."""

_NORMAL = -0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Density:
    """A density of mean zero and variance one.

    Attributes
    ----------
    names : tuple of str
        Its shape parameters.
    bounds : tuple of (float, float)
        Their bounds.
    start : callable
        Standardised shocks to starting values.
    evaluate : callable
        (z, shape) to log f(z), its derivative in z, and its derivatives in the shape
        parameters, shapes (n,), (n,) and (r, n).
    draw : callable
        (size, generator, shape) to draws.
    cdf : callable
        (z, shape) to the distribution function.
    kinked : bool
        Whether the density has a kink or a steep bend at zero.
    """

    names: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    start: Callable[[np.ndarray], np.ndarray]
    evaluate: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
    draw: Callable[[int | tuple[int, ...], np.random.Generator, np.ndarray], np.ndarray]
    cdf: Callable[[np.ndarray, np.ndarray], np.ndarray]
    kinked: bool = False

    def mean_of(self, function: Callable[[np.ndarray], np.ndarray], shape: np.ndarray) -> float:
        """Expectation of a function of the shock, by Simpson's rule on each side of zero.

        The half line is mapped to the unit interval by z = x³/(1 − x)³, so that heavy tails and
        kinks at zero are resolved.
        """
        from scipy.integrate import simpson

        x = np.linspace(0.0, 1.0, 4001)[1:-1]
        z = (x / (1 - x)) ** 3
        weight = 3 * x**2 / (1 - x) ** 4
        total = 0.0
        for side in (z, -z):
            with np.errstate(over="ignore", invalid="ignore"):
                value = np.exp(self.evaluate(side, shape)[0]) * function(side) * weight
            total += float(simpson(np.nan_to_num(value), x=x))
        return total


def _normal(z: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return _NORMAL - 0.5 * (z * z), -z, np.empty((0, len(z)))


def _start_normal(z: np.ndarray) -> np.ndarray:
    return np.empty(0)


def _draw_normal(
    size: int | tuple[int, ...], rng: np.random.Generator, shape: np.ndarray
) -> np.ndarray:
    return rng.standard_normal(size)


def _t(z: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from scipy.special import digamma, gammaln

    nu = float(shape[0])
    square = z * z
    spread = nu - 2 + square
    tail = np.log1p(square / (nu - 2))
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(np.pi * (nu - 2))
    slope = 0.5 * (digamma((nu + 1) / 2) - digamma(nu / 2) - 1 / (nu - 2))
    by_nu = slope - 0.5 * tail + (nu + 1) / 2 * square / ((nu - 2) * spread)
    return constant - (nu + 1) / 2 * tail, -(nu + 1) * z / spread, by_nu[None, :]


def _start_t(z: np.ndarray) -> np.ndarray:
    square = z * z
    kurtosis = float((square * square).mean() / square.mean() ** 2)
    return np.array([np.clip(4 + 6 / max(kurtosis - 3, 0.2), 4.5, 15.0)])


def _draw_t(size: int | tuple[int, ...], rng: np.random.Generator, shape: np.ndarray) -> np.ndarray:
    nu = float(shape[0])
    return rng.standard_t(nu, size) * np.sqrt((nu - 2) / nu)


def _cdf_normal(z: np.ndarray, shape: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return ndtr(z)


def _cdf_t(z: np.ndarray, shape: np.ndarray) -> np.ndarray:
    from scipy.special import stdtr

    nu = float(shape[0])
    return stdtr(nu, z * np.sqrt(nu / (nu - 2)))


DENSITIES = {
    "normal": Density((), (), _start_normal, _normal, _draw_normal, _cdf_normal),
    "t": Density(("nu",), (NU_BOUNDS,), _start_t, _t, _draw_t, _cdf_t),
    "skewt": Density(
        ("nu", "lambda"),
        (NU_BOUNDS, skewed.SKEW_BOUNDS),
        skewed.start_skewt,
        skewed.skewt,
        skewed.skewt_draw,
        skewed.skewt_cdf,
    ),
    "ged": Density(
        ("nu",),
        (skewed.GED_BOUNDS,),
        skewed.start_ged,
        skewed.ged,
        skewed.ged_draw,
        skewed.ged_cdf,
        kinked=True,
    ),
}
