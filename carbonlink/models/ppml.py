"""Poisson pseudo-maximum likelihood with absorbed effects and clustered errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import (
    ConvergenceError,
    DataError,
    SpecificationError,
    TooFewObservationsError,
    check_choice,
)
from ..kernels import ppml as kernel
from ..kernels.absorb import Unsettled
from ..kernels.separation import MOST_DIRECTIONS, SUSPECT, empty_levels, separated_rows
from ..results import Recipe, Sample, day
from .frames import listed
from .grouped import column_of, complete_rows, frame_of, match_rows, numbers_of, outcome_of
from .ppml_results import PoissonRows, PPMLResults

COVARIANCES = ("cluster", "robust")


@dataclass(frozen=True, eq=False)
class PPML:
    """Model the mean of a variable that is not negative as an exponential, effects absorbed.

    Parameters
    ----------
    y : Series
        Not negative: volume, turnover, a 0/1 outcome. Zeros stay in.
    x : Series or DataFrame
        Regressors, on the index of `y`.
    absorb : Series or DataFrame, optional
        Labels of groups, a column a factor: each level has its own effect, which is not
        reported. When None a constant is added.
    clusters : Series, optional
        Labels of the groups within which errors may depend on each other.
    offset : Series, optional
        Added to the exponent with coefficient one.

    Notes
    -----
    E[y | x] = exp(x β + α_1[g_1] + α_2[g_2] + … + offset). Estimates need only this mean to be
    right: y need not be a count and its variance is free. They do not depend on the unit of y.
    Index labels may repeat, as in a panel of market-days; all inputs must have the same index.

    References
    ----------
    Santos Silva, J. M. C. and S. Tenreyro (2006). The log of gravity. Review of Economics and
    Statistics 88, 641–658. doi:10.1162/rest.88.4.641
    Correia, S., P. Guimarães and T. Zylkin (2020). Fast Poisson estimation with high-dimensional
    fixed effects. Stata Journal 20, 95–115. doi:10.1177/1536867X20909691

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> volume, deadlines = cl.simulate.volumes(cycles=8, window=30, intensity=4, rng=1)
    >>> cycle = pd.Series(np.arange(len(volume)) // 244, index=volume.index, name="cycle")
    >>> window = pd.Series((np.arange(len(volume)) % 244 >= 214) * 1.0, volume.index, name="window")
    >>> fit = cl.PPML(volume, window, absorb=cycle, clusters=cycle).fit()
    >>> round(float(np.exp(fit.params["window"])), 1)
    3.7
    """

    y: Any
    x: Any
    absorb: Any = None
    clusters: Any = None
    offset: Any = None

    def fit(self, cov: str | None = None) -> PPMLResults:
        """Estimate the model.

        Parameters
        ----------
        cov : {"cluster", "robust"}, optional
            "cluster" where clusters are given, else "robust", when None.

        Returns
        -------
        PPMLResults

        Raises
        ------
        DataError
            Negative values of y, or inputs whose rows do not match.
        SpecificationError
            A regressor that the effects and the other regressors explain.
        TooFewObservationsError
            Fewer rows than parameters, or fewer than two clusters.
        """
        return fit_ppml(**vars(self), cov=cov)


def fit_ppml(
    y: Any,
    x: Any,
    absorb: Any = None,
    clusters: Any = None,
    offset: Any = None,
    cov: str | None = None,
) -> PPMLResults:
    """Estimate a Poisson pseudo-maximum likelihood model (see `PPML`)."""
    arguments = dict(locals())
    cov = _cov(cov, clusters)
    outcome, regressors, groups, cluster, shift = _aligned(y, x, absorb, clusters, offset)
    used = complete_rows(outcome, regressors, groups, cluster, shift)
    if outcome[used].eq(0).all():
        raise DataError(f"{outcome.name} is 0 in every complete row.", "There is no mean to fit.")
    names = list(regressors.columns)
    rows = PoissonRows.of(outcome, regressors, groups, cluster, shift, used)
    fit, rows, kept, gone = _estimate(rows, names)
    count = _check_clusters(rows, cov)
    within = rows.clusters if cov == "cluster" else None
    variance, factor = kernel.sandwich(fit, rows.y, within, rows.absorber)
    labels = [names[j] for j in kept]
    index = outcome.index[rows.place]
    return PPMLResults(
        params=pd.Series(fit.params, index=labels, name="estimate"),
        cov=pd.DataFrame(variance, index=labels, columns=labels),
        loglik=kernel.loglik(rows.y, fit.mean),
        reference="t" if cov == "cluster" else "normal",
        df_resid=float(count - 1) if cov == "cluster" else float("inf"),
        market=str(outcome.name),
        fit=fit,
        rows=rows,
        factor=factor,
        fitted_mean=pd.Series(fit.mean, index=index, name="mean"),
        spec={
            "effect": str(outcome.name),
            "regressors": tuple(names),
            "absorb": tuple(groups.columns) or None,
            "effects": sum(rows.absorber.sizes),
            "clusters": None if cluster is None else f"{cluster.name} ({count})",
            "cov": cov,
            "small_sample_factor": float(factor),
            "offset": None if shift is None else str(shift.name),
        },
        sample=Sample.of(
            pd.Index(index).sort_values(),
            dropped={"incomplete rows": int((~used).sum()), "separated zeros": gone},
        ),
        notes=_notes(names, kept, gone, len(names) + sum(rows.absorber.sizes)),
        recipe=Recipe(fit_ppml, arguments),
    )


def _estimate(
    rows: PoissonRows, names: list[str]
) -> tuple[kernel.PoissonFit, PoissonRows, list[int], int]:
    """Fit; where zeros look separated, find and drop them and fit again."""
    before = len(rows.y)
    repeated = kernel.collinear(rows.x, rows.absorber, np.ones(before))
    if repeated:
        raise SpecificationError(
            f"{listed(names[j] for j in repeated)}: constant, or a combination of the effects and "
            "the regressors before it.",
            "Leave it out, or absorb fewer effects.",
        )
    kept = list(range(rows.x.shape[1]))
    apart = np.zeros(before, dtype=bool)
    while True:
        rows = rows.keep(~apart)
        rows = rows.keep(~empty_levels(rows.y, rows.codes))
        absorber = rows.absorber
        flat = kernel.collinear(rows.x, absorber, np.ones(len(rows.y)))
        chosen = [j for j in range(rows.x.shape[1]) if j not in flat]
        kept, rows = [kept[j] for j in chosen], rows.columns(chosen)
        _check_size(rows)
        fit = _settled(rows)
        low = (rows.y == 0) & (fit.mean < SUSPECT * rows.y.mean())
        if not low.any() or len(chosen) + sum(absorber.sizes) > MOST_DIRECTIONS:
            return fit, rows, kept, before - len(rows.y)
        apart = separated_rows(rows.y, rows.x, absorber)
        if not apart.any():
            return fit, rows, kept, before - len(rows.y)


def _settled(rows: PoissonRows) -> kernel.PoissonFit:
    try:
        return kernel.fit_poisson(rows.y, rows.x, rows.absorber, rows.offset)
    except (Unsettled, np.linalg.LinAlgError) as error:
        raise ConvergenceError(
            f"The Poisson model has no estimate: {str(error).rstrip('.')}.",
            "Look for regressors of very different size or nearly collinear, or absorb fewer "
            "effects.",
        ) from error


def _check_size(rows: PoissonRows) -> None:
    sizes = rows.absorber.sizes
    needed = rows.x.shape[1] + sum(sizes) - max(len(sizes) - 1, 0) + 1
    if len(rows.y) < needed:
        raise TooFewObservationsError(
            f"{len(rows.y)} rows for {needed - 1} regressors and effects; {needed} are needed.",
            "Absorb fewer effects or use a longer sample.",
        )


def _check_clusters(rows: PoissonRows, cov: str) -> int:
    count = 0 if rows.clusters is None else int(rows.clusters.max()) + 1
    if cov == "cluster" and count < 2:
        raise TooFewObservationsError(
            "All rows are in one cluster; clustered errors need at least 2.",
            'Use smaller clusters, or cov="robust".',
        )
    return count


def _cov(cov: str | None, clusters: Any) -> str:
    cov = ("robust" if clusters is None else "cluster") if cov is None else cov
    check_choice("cov", cov, COVARIANCES)
    if cov == "cluster" and clusters is None:
        raise SpecificationError(
            'cov="cluster" needs clusters=.', "Give a Series of cluster labels."
        )
    return cov


def _aligned(y, x, absorb, clusters, offset):
    """Return the inputs as frames with the same rows, or say which does not match."""
    outcome = outcome_of(y)
    negative = outcome.index[outcome.lt(0)]
    if len(negative):
        raise DataError(
            f"{outcome.name} is negative in {len(negative)} rows, the first at {day(negative[0])}.",
            "A mean that is an exponential needs values of zero or more.",
        )
    match_rows(y.index, x=x, absorb=absorb, clusters=clusters, offset=offset)
    regressors = numbers_of(frame_of(x, "x"), "x")
    groups = frame_of(absorb, "effect") if absorb is not None else pd.DataFrame(index=y.index)
    if absorb is None:
        regressors = regressors.assign(const=1.0)
    shift = None if offset is None else column_of(offset, "offset")
    cluster = None if clusters is None else frame_of(clusters, "clusters").iloc[:, 0]
    return outcome, regressors, groups, cluster, shift


def _notes(names: list[str], kept: list[int], gone: int, sizes: int) -> tuple[str, ...]:
    notes = []
    if gone:
        notes.append(
            f"{gone} zeros are fitted perfectly by the effects or the regressors (separation) and "
            "are left out; the other estimates do not depend on them."
        )
    lost = [name for j, name in enumerate(names) if j not in kept]
    if lost:
        notes.append(f"{listed(lost)}: moves only in separated rows, so no estimate is finite.")
    if sizes > MOST_DIRECTIONS:
        notes.append("Too many effects to look for separation beyond levels that are all zero.")
    return tuple(notes)
