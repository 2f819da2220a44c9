"""The interval of the persistence of a GARCH model."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.garch_bounds import PERSISTENCE
from ..kernels.garch_estimate import Estimate, persistence
from ..kernels.garch_recursion import NEAR_ONE
from ..results import check_level
from .garch_partial import stacked_covariances

_MISSING = float("nan")


def persistence_row(fit: Any, level: float) -> dict[str, Any]:
    """Return the persistence, its standard error and its interval.

    Parameters
    ----------
    fit : GARCHResults
    level : float

    Notes
    -----
    No interval goes beyond the bound of the persistence (APARCH has none): it is cut there. Where
    the bound holds it is that of the fit without the bound, cut alike, with no standard error;
    there is none where that fit has no maximum or no standard error, or where it lies wholly
    beyond the bound.
    """
    found: Estimate = fit.estimate
    middle, error = _centre(fit)
    low, high = _ends(middle, error, level)
    most = _bound(found)
    ends = (_MISSING, _MISSING) if low >= most else (min(low, most), min(high, most))
    row = {"estimate": fit.persistence, "lower": ends[0], "upper": ends[1]}
    return row if found.integrated else {**row, "std_error": error}


def persistence_note(fit: Any) -> str:
    """Return what is to be known of that interval at 95 %; empty where nothing is."""
    found: Estimate = fit.estimate
    middle, error = _centre(fit)
    low, high = _ends(middle, error, 0.95)
    most = _bound(found)
    if not found.integrated:
        if not high > most:
            return ""
        return (
            f"The 95 % interval of the persistence, {low:.3f} to {high:.3f}, is cut at the bound "
            f"{most:g}."
        )
    if np.isnan(middle):
        return "The persistence has no interval: without its bound there is no maximum."
    if np.isnan(error):
        bounds = found.unbounded.bounds if found.unbounded else ()
        held = f" ({'; '.join(bounds)})" if bounds else ""
        return (
            f"The persistence has no interval: the fit without its bound, at {middle:.3f}, gives "
            f"it no standard error{held}."
        )
    text = f"that of the fit without its bound, {low:.3f} to {high:.3f},"
    if low >= most:
        return f"The persistence has no 95 % interval: {text} lies wholly beyond the bound."
    return (
        f"The 95 % interval of the persistence is {text} cut at the bound; no standard error of "
        "the persistence is given."
    )


def _centre(fit: Any) -> tuple[float, float]:
    """The persistence that the interval is around, and its standard error."""
    found = fit.estimate
    if found.integrated:
        free = found.unbounded
        return (_MISSING, _MISSING) if free is None else (free.persistence, _error(fit, free))
    if any(text.startswith(PERSISTENCE) for text in found.bounds):
        return fit.persistence, _MISSING
    return fit.persistence, _error(fit, found)


def _ends(middle: float, error: float, level: float) -> tuple[float, float]:
    from scipy import stats

    reach = float(stats.norm.ppf(0.5 + check_level(level) / 2)) * error
    return middle - reach, middle + reach


def _bound(found: Estimate) -> float:
    """The largest persistence allowed; infinite where none is."""
    p = found.problem
    if p.family.power or not np.isfinite(p.most):
        return float("inf")
    return 1.0 if p.most >= NEAR_ONE else float(p.most)


def _error(fit: Any, found: Estimate) -> float:
    """Standard error of the persistence of an estimate of this model."""
    if np.isnan(found.persistence):
        return _MISSING
    covs = found.covs if fit.logit is None else stacked_covariances(found, fit.logit)
    slopes = _slopes(found)
    slopes[[i for i in found.determined if found.params[i] == 0.0]] = 0.0
    used = np.flatnonzero(slopes)
    if not len(used):
        return _MISSING
    block = covs[fit.spec["cov"]][np.ix_(used, used)]
    with np.errstate(invalid="ignore"):
        return float(np.sqrt(slopes[used] @ block @ slopes[used]))


def _slopes(found: Estimate) -> np.ndarray:
    """Derivative of the persistence in the parameters; none of them has units that move it."""
    p, theta = found.problem, found.maximum.theta
    m, q, k, _ = p.sizes
    slopes = np.zeros(len(theta))
    if not p.family.power:
        slopes[m : m + q] = p.family.persistence
        return slopes
    for i in (*range(m + 1, m + q), *range(m + q + k, len(theta))):
        step = np.zeros(len(theta))
        step[i] = 1e-5
        ends = [persistence(p.split(theta + sign * step), p) for sign in (1, -1)]
        slopes[i] = (ends[0] - ends[1]) / 2e-5
    return slopes
