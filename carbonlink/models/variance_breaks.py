"""Breaks in the unconditional variance of returns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference.parallel import generator
from ..kernels import icss
from ..kernels.icss_critical import LEVELS
from ..results import Recipe, Sample, check_level
from .break_inputs import check_returns, whole
from .break_results import VarianceBreakResults
from .mean_breaks import MeanBreakResults, mean_breaks

_FEWEST = 10
_SEGMENT = 30
_TRIM = 0.15
BAI_PERRON = "bai-perron"
_OTHERS = {"trim": None, "most": None, "select": "sequential", "cov": "hac"}
_DEFAULTS = _OTHERS | {"minimum_segment": None, "draws": 199, "rng": 0}
_ASSUMES = {
    "it": "IT takes returns to be independent and normal: it finds breaks in fat tails and in "
    "volatility clusters.",
    "kappa1": "κ1 takes squared returns to be independent: it finds breaks in volatility clusters.",
}


def variance_breaks(
    y: Any,
    statistic: str = "kappa2",
    level: float = 0.05,
    minimum_segment: int | None = None,
    lags: int | None = None,
    critical: str | None = None,
    *,
    demean: bool = True,
    trim: float | None = None,
    most: int | None = None,
    select: str | int = "sequential",
    cov: str = "hac",
    draws: int = 199,
    rng: Any = 0,
) -> VarianceBreakResults | MeanBreakResults:
    """Find the dates at which the variance of returns changes for good.

    Parameters
    ----------
    y : Series
        Returns without missing values, in per cent.
    statistic : {"kappa2", "kappa1", "it", "bai-perron"}
        κ2 allows for volatility clusters and fat tails, κ1 for fat tails, IT for neither;
        Bai and Perron's tests look at absolute returns, and give intervals of the dates.
    level : float
        Level of each test: 0.10, 0.05 or 0.01, or any with `critical="asymptotic"`.
    minimum_segment : int, optional
        Fewest returns in a regime, 30 when None. Bai and Perron's is `trim`.
    lags : int, optional
        Autocovariances of squared returns in κ2, or of absolute ones in Bai and Perron's;
        Newey and West's (1994) rule when None.
    critical : {"finite", "asymptotic", "bootstrap"}, optional
        Critical values for the sample size by simulation of independent returns ("finite", when
        None), of the Brownian bridge ("asymptotic", 1.358 at 5 %), or of samples with the
        volatility clusters of the returns and no break ("bootstrap"). Bai and Perron's are of
        the bootstrap when None, or "asymptotic".
    demean : bool
        Whether the mean is taken out of the returns first.
    trim : float, optional
        Bai and Perron: least share of the sample in a regime, 0.05, 0.10, 0.15 (when None),
        0.20 or 0.25.
    most : int, optional
        Bai and Perron: largest number of breaks; 5 when None, or 3 and 2 from 20 and 25 %.
    select : {"sequential", "bic", "lwz"} or int
        Bai and Perron: how many breaks there are, by tests, by a criterion, or as given.
    cov : {"hac", "robust", "classical"}
        Bai and Perron: variance of each regime's mean, with or without autocovariances, or one
        for all regimes.
    draws : int
        Samples of the bootstrap.
    rng : int, SeedSequence or Generator
        Of the bootstrap.

    Returns
    -------
    VarianceBreakResults, or MeanBreakResults of Bai and Perron's
        Both have `breaks`, `segments`, `dummies` for a GARCH, `persistence()` without and with
        the breaks, and `matches(events)`, the known events near each break beside what chance
        would put there.

    Raises
    ------
    TooFewObservationsError
        Fewer returns than two regimes need.

    Notes
    -----
    Iterated cumulative sums of squares. With C_k = Σ_{t≤k} e_t², each test is the largest
    |C_k − (k/n) C_n| / √(n v), v being 2σ⁴ (IT), the variance of e² (κ1) or its long-run
    variance with Bartlett weights (κ2).

    κ2 needs a finite fourth moment and squares whose dependence dies out. In 500 (1,500)
    returns of a GARCH(1, 1) with α = 0.1, a single test at 5 % finds a break in 9 % (7 %) of
    samples where β = 0.7 (IT in a third) and 16 % (11 %) where β = 0.8; with α = 0.08 and
    β = 0.9 κ2 does in 55 % (44 %). `critical="bootstrap"` compares each stretch with samples of a
    GARCH(1, 1) fitted to it, without a break: then κ2 finds one in 3 % (3 %) with (α, β) =
    (.1, .8) and 5 % (4 %) with (.05, .93), and in 66 % (98 %) and 54 % (73 %) where the standard
    deviation doubles in mid-sample (`benchmarks/variance_breaks.py`). It takes up to a
    second where the others take some 15 ms, and misses breaks that undo each other, which pass
    for clusters: they lengthen the lags and flatten the path. The p-value of a break
    is that of one test at a given pair of regimes; the search makes several, so it understates
    the chance of a break in a constant variance. Bai and Perron's tests are described at
    `carbonlink.models.mean_breaks.mean_breaks`.

    References
    ----------
    Inclán, C. and Tiao, G. C. (1994). Use of cumulative sums of squares for retrospective
    detection of changes of variance. Journal of the American Statistical Association 89,
    913–923. doi:10.1080/01621459.1994.10476824
    Sansó, A., Aragó, V. and Carrion, J. L. (2004). Testing for changes in the unconditional
    variance of financial time series. Revista de Economía Financiera 4, 32–53.

    Examples
    --------
    >>> import carbonlink as cl
    >>> y = cl.simulate.garch(1000, alpha=0.0, beta=0.0, omega=1.0, rng=1)
    >>> y.iloc[600:] *= 2
    >>> found = cl.variance_breaks(y)
    >>> len(found.breaks), len(found.segments)
    (1, 2)
    """
    arguments = dict(locals())
    check_choice("statistic", statistic, (*icss.STATISTICS, BAI_PERRON))
    if statistic == BAI_PERRON:
        _check_unused(minimum_segment=minimum_segment)
        chosen = _TRIM if trim is None else trim
        critical = "bootstrap" if critical is None else critical
        by_means = mean_breaks(
            y, level, chosen, most, select, cov, lags, demean, critical, draws, rng
        )
        return replace(by_means, recipe=Recipe(variance_breaks, arguments))
    critical = "finite" if critical is None else critical
    _check_unused(trim=trim, most=most, select=select, cov=cov)
    if critical != "bootstrap":
        _check_unused(draws=draws, rng=rng)
    shortest = _SEGMENT if minimum_segment is None else minimum_segment
    _check_choices(statistic, level, shortest, lags, critical)
    series = check_returns(y, int(shortest))
    law = icss.Law(int(draws), generator(rng)) if critical == "bootstrap" else None
    rules = icss.Rules(statistic, level, int(shortest), lags, critical == "asymptotic", law)
    e = series - series.mean() if demean else series
    scale = float(np.sqrt((e**2).mean()))
    found = icss.search(e.to_numpy() / scale, rules)
    return VarianceBreakResults(
        spec={
            "statistic": statistic,
            "level": float(level),
            "minimum_segment": rules.shortest,
            "lags": lags,
            "critical": critical,
            "demean": bool(demean),
            "draws": int(draws) if law else None,
            "rng": (rng if isinstance(rng, int) else str(rng)) if law else None,
        },
        sample=Sample.of(series.index),
        units={"std_dev": "%", "variance_change": "% of variance"},
        notes=_notes(series, found, rules),
        recipe=Recipe(variance_breaks, arguments),
        breaks=_breaks(e, found),
        segments=_segments(e, found, rules),
        whole=icss.whole(e.to_numpy() / scale, rules),
        returns=e,
        market=str(series.name),
        shortest=rules.shortest,
    )


def _check_unused(**given: Any) -> None:
    """Raise on an argument that the statistic asked for does not take."""
    for name, value in given.items():
        if value != _DEFAULTS[name]:
            takes = "the cumulated squares"
            if name in _OTHERS:
                takes = "statistic='bai-perron'"
            elif name in ("draws", "rng"):
                takes = "critical='bootstrap'"
            raise SpecificationError(
                f"{name}={value!r} has no use with this statistic: it belongs to {takes}.",
                f"Leave {name} out, or choose {takes}.",
            )


def _check_choices(
    statistic: Any, level: Any, minimum_segment: Any, lags: Any, critical: Any
) -> None:
    check_choice("critical", critical, ("finite", "asymptotic", "bootstrap"))
    check_level(level)
    if critical == "finite":
        check_choice("level", level, LEVELS)
    if isinstance(minimum_segment, bool) or not whole(minimum_segment, _FEWEST):
        raise SpecificationError(
            f"minimum_segment={minimum_segment!r} is no length of a regime.",
            f"Use {_FEWEST} or more returns.",
        )
    if lags is not None and statistic != "kappa2":
        raise SpecificationError(
            f"lags={lags!r} has no use with statistic={statistic!r}.", "Use statistic='kappa2'."
        )
    if lags is not None and (isinstance(lags, bool) or not whole(lags, 0)):
        raise SpecificationError(f"lags={lags!r} is no number of lags.", "Use 0, 1, 2, …")


def _breaks(e: pd.Series, found: icss.Search) -> pd.DataFrame:
    square = e.to_numpy() ** 2
    edges = [0, *found.breaks, len(e)]
    level = np.array([square[a:b].mean() for a, b in zip(edges, edges[1:], strict=False)])
    places = list(found.breaks)
    with np.errstate(divide="ignore"):
        change = 100 * (level[1:] / level[:-1] - 1)
    columns = {
        "last": e.index[[b - 1 for b in places]],
        "statistic": found.statistics,
        "critical_value": found.criticals,
        "p_value": found.p_values,
        "variance_change": change,
    }
    return pd.DataFrame(columns, index=e.index[places].rename("first"))


def _segments(e: pd.Series, found: icss.Search, rules: icss.Rules) -> pd.DataFrame:
    """Each regime with its standard deviation; its error by the delta method."""
    rows = []
    edges = [0, *found.breaks, len(e)]
    for a, b in zip(edges, edges[1:], strict=False):
        square = e.to_numpy()[a:b] ** 2
        level, lags = square.mean(), rules.lags if rules.statistic == "kappa2" else 0
        variance = 2 * level**2
        if rules.statistic != "it":
            variance = float(icss.long_run_variance(square - level, lags))
        spread = float(np.sqrt(level))
        error = float(np.sqrt(variance / (b - a)) / (2 * spread)) if spread else np.nan
        row = {"start": e.index[a], "end": e.index[b - 1], "nobs": b - a}
        rows.append({**row, "std_dev": spread, "std_error": error})
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="regime"))


def _notes(series: pd.Series, found: icss.Search, rules: icss.Rules) -> tuple[str, ...]:
    notes = [_ASSUMES[rules.statistic]] if rules.statistic in _ASSUMES else []
    if not found.settled:
        notes.append("The breaks did not settle: the last pass still moved them.")
    zeros = float((series == 0).mean())
    if zeros > 0.1:
        notes.append(
            f"{100 * zeros:.0f} % of the returns are exactly zero: a break may be one in trading."
        )
    return tuple(notes)
