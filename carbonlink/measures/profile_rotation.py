"""What a profile around deadlines looks like when cycles turn in a circle: test and band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inference import parallel, supt
from ..kernels.absorb import Absorber
from ..kernels.ppml import PoissonFit, fit_poisson
from ..kernels.rotation import p_value
from ..kernels.turned_scores import joint_sums, turned_sums
from ..models.ppml_results import PoissonRows

_LEAST = 0.05
"""Least level, as times the fitted one, that a draw of a bin may have before its log is taken."""
_LEAST_WITHOUT = 0.05
"""Least level of a bin without one market-year, as times the level with it."""


@dataclass(frozen=True, eq=False)
class ProfileRotation:
    """Draws of the profile's error and of the flat null, by rotation within market-years.

    Attributes
    ----------
    flat : float
        p-value of the largest |z| over bins under a flat profile.
    shift, spread : ndarray, shape (k,)
        Mean and standard deviation of the drawn errors of β.
    largest : ndarray, shape (draws,)
        The largest standardised |error| over bins, in ascending order.
    each : ndarray, shape (draws, k)
        Standardised |errors| of every bin, each column in ascending order.

    Notes
    -----
    The test fits the effects alone, turns y/μ (y − μ of an outcome between 0 and 1) of each
    market-year by an independent uniform number of its days and compares the bins' scores, each
    standardised by the mean and spread of all rotations. The band turns the errors of the full
    fit, those of a market-year around the profile of the others (one Newton step from the fit of
    all), because a bin's own estimate follows a large day and would hide it; it takes the
    logarithm of 1 + the one-step estimate of every draw.
    """

    flat: float
    shift: np.ndarray
    spread: np.ndarray
    largest: np.ndarray
    each: np.ndarray

    def interval(self, place: int, beta: float, level: float) -> tuple[float, float]:
        """Return the pointwise interval of one bin's β, by its own quantile of the errors."""
        centre = beta - self.shift[place]
        half = supt.dual_value(self.each[:, place], level) * self.spread[place]
        return float(centre - half), float(centre + half)

    def p_value(self, place: int, beta: float) -> float:
        """Return the two-sided p-value of β = 0, which the interval inverts."""
        size = abs(beta - self.shift[place]) / max(self.spread[place], 1e-300)
        return supt.p_value(self.each[:, place], size)

    def band_p_value(self, beta: np.ndarray) -> float:
        """Return the p-value of a flat profile (all β = 0), which the band inverts."""
        return supt.p_value(
            self.largest, float(np.abs(_standard(beta, self.shift, self.spread)).max())
        )

    def reach(self, level: float) -> float:
        """Return the half-width of the band in standard deviations."""
        return supt.dual_value(self.largest, level)


def rotate_profile(
    rows: PoissonRows,
    fit: PoissonFit,
    years: np.ndarray,
    chosen: np.ndarray,
    bounded: bool,
    draws: int,
    rng: Any,
) -> ProfileRotation:
    """Return the rotation test and the errors of a fitted profile.

    Parameters
    ----------
    rows, fit
        Of the Poisson model, rows in the order of days within a market-year.
    years : ndarray of int, shape (n,)
        Market-year of each row.
    chosen : ndarray of int
        Places of the bins among the regressors.
    bounded : bool
        Whether the outcome lies between 0 and 1, so that its noise adds rather than multiplies.
    """
    seeds = parallel.seed_sequence(rng).spawn(2)
    flat = _flat(rows, years, chosen, bounded, draws, seeds[0])
    influence = (fit.within * fit.mean[:, None]) @ fit.bread[:, chosen]
    tables = _tables(rows.y, _without_own(rows, fit, years), influence, years, bounded, fit.mean)
    drawn = parallel.draw(joint_sums, draws, seeds[1], tables)
    errors = np.log(np.maximum(1 + drawn, _LEAST))
    shift, spread = errors.mean(axis=0), errors.std(axis=0)
    sizes = np.abs(_standard(errors, shift, spread))
    return ProfileRotation(flat, shift, spread, np.sort(sizes.max(axis=1)), np.sort(sizes, axis=0))


def _flat(
    rows: PoissonRows, years: np.ndarray, chosen: np.ndarray, bounded: bool, draws: int, seed: Any
) -> float:
    others = np.setdiff1d(np.arange(rows.x.shape[1]), chosen)
    absorber = rows.absorber
    null = fit_poisson(rows.y, rows.x[:, others], absorber, rows.offset)
    weights = _apart(rows.x[:, chosen], null, absorber) * null.mean[:, None]
    tables = _tables(rows.y, null.mean, weights, years, bounded)
    drawn = parallel.draw(joint_sums, draws, seed, tables)
    observed = np.sum([table[0] for table in tables], axis=0)
    shift = np.sum([table.mean(axis=0) for table in tables], axis=0)
    spread = np.sqrt(np.sum([table.var(axis=0) for table in tables], axis=0))
    top = np.abs(_standard(observed[None], shift, spread)).max()
    return float(p_value(top, np.abs(_standard(drawn, shift, spread)).max(axis=1), exact=False))


def _without_own(rows: PoissonRows, fit: PoissonFit, years: np.ndarray) -> np.ndarray:
    """Return means whose regressors' effects are estimated without the row's own market-year."""
    count = int(years.max()) + 1
    scores, hessians = fit.scores(rows.y, years, count), fit.hessians(years, count)
    total, mean = hessians.sum(axis=0), fit.mean.copy()
    for year in range(count):
        own = years == year
        move = -np.linalg.pinv(total - hessians[year]) @ scores[year]
        mean[own] *= np.exp(rows.x[own] @ np.log(np.maximum(1 + move, _LEAST_WITHOUT)))
        mean[own] *= rows.y[own].sum() / mean[own].sum()
    return mean


def _apart(bins: np.ndarray, null: PoissonFit, absorber: Absorber) -> np.ndarray:
    """Return the bins less what the effects and the other regressors explain of them."""
    swept = absorber.within(bins, null.mean)
    if not null.within.shape[1]:
        return swept
    return swept - null.within @ (null.bread @ (null.within.T @ (null.mean[:, None] * swept)))


def _tables(
    y: np.ndarray,
    mean: np.ndarray,
    weights: np.ndarray,
    years: np.ndarray,
    bounded: bool,
    scale: np.ndarray | None = None,
) -> list[np.ndarray]:
    noise = y - mean if bounded else y / mean - 1
    weights = weights / (mean if scale is None else scale)[:, None] if bounded else weights
    order = np.argsort(years, kind="stable")
    ends = np.searchsorted(years[order], np.arange(years.max() + 2))
    parts = [order[a:b] for a, b in zip(ends[:-1], ends[1:], strict=True)]
    return [turned_sums(noise[part], weights[part]) for part in parts]


def _standard(values: np.ndarray, shift: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return (values - shift) / np.where(spread > 0, spread, np.inf)
