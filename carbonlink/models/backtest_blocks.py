"""Forecasts between two fits, and what stands in where a fit finds no maximum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError
from ..inference import parallel
from ..kernels.garch import likelihood
from ..kernels.garch_checks import level_doubt
from .frames import listed
from .garch import MINIMUM, fit_garch
from .garch_data import mean_regressors
from .garch_results import GARCHResults

_REACH = 1e4


@dataclass(frozen=True)
class Block:
    """Forecasts made with one set of parameters.

    Attributes
    ----------
    mean, variance : ndarray, shape (m,)
    law : tuple
        Name of the density, the density, and its shape parameters.
    carried : bool
        Whether the fit of these dates found no maximum and an earlier one's parameters stand in.
    converged : bool
        Whether the fit whose parameters are used found a maximum.
    level : bool
        Whether the level of its variance has a meaning.
    """

    mean: np.ndarray
    variance: np.ndarray
    law: Any
    carried: bool
    converged: bool
    level: bool = True


def blocks(
    series: pd.Series,
    chosen: dict[str, dict[str, Any]],
    starts: list[int],
    width: int | None,
    n_jobs: int | None,
) -> dict[str, list[Block]]:
    """Return the forecasts of each model, a block a fit.

    Parameters
    ----------
    series : Series
        Returns.
    chosen : dict
        Models by name, and their options.
    starts : list of int
        First row of each block.
    width : int, optional
        Rows that each fit stands on; all before the block when None.
    n_jobs : int, optional

    Notes
    -----
    A block whose fit has no maximum has the parameters of the last one that has; before the
    first block ever fewer rows are tried. Where there is none, those of the best point.
    """
    spans = [(max(0, first - width) if width else 0, first) for first in starts]
    tasks = [(series, options, *span) for options in chosen.values() for span in spans]
    fits = parallel.map(_fit, tasks, n_jobs=n_jobs, label="backtest")
    ends = [*starts[1:], len(series)]
    found = {}
    for i, (name, options) in enumerate(chosen.items()):
        own = fits[i * len(spans) : (i + 1) * len(spans)]
        held = None if own[0].converged else _earlier(series, options, spans[0], starts)
        made = []
        for fit, (begin, first), end in zip(own, spans, ends, strict=True):
            held = (fit, begin) if fit.converged else held
            used, since = (fit, begin) if held is None else held
            made.append(_ahead(series, used, options, (since, first, end), used is not fit))
        found[name] = made
    return found


def _fit(series: pd.Series, options: dict[str, Any], begin: int, end: int) -> GARCHResults:
    """Fit on rows [begin, end)."""
    return fit_garch(series.iloc[begin:end], **options, strict=False)


def _earlier(
    series: pd.Series, options: dict[str, Any], span: tuple[int, int], starts: list[int]
) -> tuple[GARCHResults, int] | None:
    """The last fit before the first block that has a maximum, and where its rows begin."""
    begin, first = span
    step = starts[1] - first if len(starts) > 1 else len(series) - first
    for end in range(first - step, begin + MINIMUM - 1, -step):
        fit = _fit(series, options, begin, end)
        if fit.converged:
            return fit, begin
    return None


def _ahead(
    series: pd.Series,
    fit: GARCHResults,
    options: dict[str, Any],
    span: tuple[int, int, int],
    carried: bool,
) -> Block:
    """Go on with a fit's recursion, begun where its rows began, and keep rows [first, end)."""
    begin, first, end = span
    found, lags = fit.estimate, fit.spec["lags"]
    p, units = found.problem, found.units
    whole_y = series.iloc[begin:end].to_numpy()
    rows = whole_y[lags:] / units.scale
    x = mean_regressors(whole_y / units.scale, fit.spec["mean"], lags, ma=p.ma)
    w = np.empty((len(rows), 0))
    if p.w.shape[1]:
        frame = options["variance_x"]
        frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
        given = frame.reindex(series.index[begin:end]).to_numpy(float)[lags:]
        w = (given - units.centre) / units.spread
    pilot = np.concatenate([p.pilot, rows[len(p.pilot) :]])
    at = likelihood(found.maximum.theta, replace(p, y=rows, x=x, w=w, pilot=pilot))
    new = slice(first - begin - lags, None)
    mean = (rows - at.resid)[new] * units.scale
    variance = np.exp(at.log_variance[new]) * units.scale**2
    law = (fit.spec["dist"], p.density, p.split(found.maximum.theta)[3])
    return Block(mean, variance, law, carried, fit.converged, not level_doubt(found))


def settle(
    parts: dict[str, list[Block]], starts: pd.Index, most: float, strict: bool
) -> dict[str, int]:
    """Return how many first blocks of each model cannot be judged, or refuse a model.

    Parameters
    ----------
    parts : dict of list of Block
    starts : Index
        First date of each block.
    most : float
        Largest share of a model's rows whose own fit has no maximum.
    strict : bool
        Keep every block, whatever its parameters, when False.
    """
    if not strict:
        return dict.fromkeys(parts, 0)
    lost = {name: sum(not b.converged for b in made) for name, made in parts.items()}
    for name, made in parts.items():
        failed = [b.carried or not b.converged for b in made]
        sizes = np.array([len(b.mean) for b in made])
        share = float(sizes[failed].sum() / sizes.sum())
        if share > most or lost[name] == len(made):
            raise ConvergenceError(
                f"No maximum of {name} was found before {listed(starts[failed])}: "
                f"{100 * share:.0f} % of the rows to forecast, and carried={most:g} allows "
                f"{100 * most:.0f} %.",
                "Start later, use another model or a longer window, or look for stale prices; "
                "strict=False forecasts from the best point, with a note.",
            )
    return lost


def tail(law: tuple[str, Any, np.ndarray], level: float) -> tuple[float, float]:
    """Return the quantile of a standardised density and the mean below it."""
    from scipy import stats

    dist, density, shape = law
    if dist == "normal":
        q = float(stats.norm.ppf(level))
        return q, -float(stats.norm.pdf(q)) / level
    if dist == "t":
        nu = float(shape[0])
        q, scale = float(stats.t.ppf(level, nu)), np.sqrt((nu - 2) / nu)
        below = -float(stats.t.pdf(q, nu)) / level * (nu + q * q) / (nu - 1)
        return q * scale, below * scale
    from scipy.integrate import quad
    from scipy.optimize import brentq

    def share(z: float) -> float:
        return float(density.cdf(np.array([z]), shape)[0])

    q = float(brentq(lambda z: share(z) - level, -_REACH, _REACH, xtol=1e-10))
    return q, q - quad(share, -np.inf, q, limit=200)[0] / level
