"""Breaks in the mean of absolute returns, by Bai and Perron's partitions and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference.hac import bartlett, newey_west_bandwidth
from ..inference.parallel import generator
from ..kernels import mean_breaks as kernel
from ..kernels import mean_breaks_critical as tables
from ..kernels import mean_breaks_draws as bootstrap
from ..kernels.garch_bootstrap import limit
from ..results import Recipe, Sample
from .break_inputs import check_returns, whole
from .mean_break_results import MeanBreakResults

COVS = ("hac", "robust", "classical")
SELECT = ("sequential", "bic", "lwz")
CRITICAL = ("bootstrap", "asymptotic")
_SHORTEST = 15


def mean_breaks(
    y: Any,
    level: float = 0.05,
    trim: float = 0.15,
    most: int | None = None,
    select: str | int = "sequential",
    cov: str = "hac",
    lags: int | None = None,
    demean: bool = True,
    critical: str = "bootstrap",
    draws: int = 199,
    rng: Any = 0,
) -> MeanBreakResults:
    """Find the dates at which the mean of absolute returns changes.

    Parameters
    ----------
    y : Series
        Returns without missing values, in per cent.
    level : float
        Level of the tests, 0.10, 0.05 or 0.01; intervals of dates have 1 − `level`.
    trim : float
        Least share of the sample in a regime: 0.05, 0.10, 0.15, 0.20 or 0.25.
    most : int, optional
        Largest number of breaks; that of the tables when None: 5, or 3 and 2 from 20 and 25 %.
    select : {"sequential", "bic", "lwz"} or int
        How many breaks there are: by tests, by a criterion, or as given.
    cov : {"hac", "robust", "classical"}
        Variances of the regime means: each regime's variance, times the long-run variance of
        the values scaled to unit variance (Bartlett weights), or by itself; or one variance for
        all regimes.
    lags : int, optional
        Autocovariances of "hac"; Newey and West's (1994) rule when None.
    demean : bool
        Whether the mean is taken out of the returns before their absolute values.
    critical : {"bootstrap", "asymptotic"}
        Law of the tests: of samples with the volatility clusters of the returns and no further
        break, or Bai and Perron's, which holds where dependence dies out soon.
    draws : int
        Samples of the bootstrap.
    rng : int, SeedSequence or Generator

    Returns
    -------
    MeanBreakResults

    Notes
    -----
    |y_t| = μ_i + u_t in regime i; the dates minimise the residual sum of squares over all
    partitions. Sequential: none where UDmax, the largest of sup-F(m|0), is below its critical
    value; else the smallest m ≥ 1 for which sup-F(m + 1|m) is. Criteria: n ln(RSS/n) + p ln n
    (BIC, on the scale of a likelihood) or n ln(RSS/(n − p)) + 0.299 p (ln n)^2.1 (LWZ), p
    counting means and dates; both take absolute returns to be uncorrelated. Intervals are
    Bai's (1997): the place of the maximum of a two-sided Brownian motion, each side with its
    own long-run variance.

    By the bootstrap, a GARCH(1, 1) without (a further) break is fitted, samples are drawn from
    its residuals, and each test is compared with itself in those samples, dates on a grid of
    hundredths of the sample in both. Bai and Perron's tables, which hold where dependence dies
    out soon, take the clusters of a GARCH for breaks: at 5 % UDmax finds one in 37 and 73 % of
    samples of 500 with (α, β) = (.1, .8) and (.05, .93), in 11 and 77 % of 1,500.
    By the bootstrap it finds one in 3 and 5 % of 300 of either size, and in 60 and 54 % (500),
    100 and 73 % (1,500) where the standard deviation doubles in mid-sample, with 99 draws
    (`benchmarks/variance_breaks.py`): near persistence one the data tell breaks from clusters
    only when they are large.

    References
    ----------
    Bai, J. and Perron, P. (1998). Estimating and testing linear models with multiple structural
    changes. Econometrica 66, 47–78. doi:10.2307/2998540
    Bai, J. and Perron, P. (2003). Computation and analysis of multiple structural change models.
    Journal of Applied Econometrics 18, 1–22. doi:10.1002/jae.659
    Bai, J. (1997). Estimation of a change point in multiple regression models. Review of
    Economics and Statistics 79, 551–563. doi:10.1162/003465397557132
    """
    arguments = dict(locals())
    most = _check_choices(level, trim, most, select, cov, lags)
    check_choice("critical", critical, CRITICAL)
    if isinstance(draws, bool) or not whole(draws, 99):
        raise SpecificationError(f"draws={draws!r} is no number of samples.", "Use 99 or more.")
    series = check_returns(y, _SHORTEST)
    shortest = int(trim * len(series))
    if shortest < _SHORTEST:
        raise TooFewObservationsError(
            f"{trim:g} of the {len(series)} returns of {series.name} are {shortest}; a regime "
            f"needs {_SHORTEST}.",
            "Use a longer sample or a larger trim.",
        )
    e = series - series.mean() if demean else series
    value = np.abs(e.to_numpy())
    found = kernel.partitions(value, shortest, most)
    rules = _Rules(level, trim, cov, lags)
    law: _PrintedLaw | _BootstrapLaw
    if critical == "bootstrap":
        law = _BootstrapLaw(e.to_numpy(), found.breaks, rules, draws, generator(rng))
    else:
        law = _PrintedLaw(value, found.breaks, rules)
    criteria = _criteria(len(value), found, law)
    largest = law.largest(float(criteria["sup_f"].max()))
    chosen = _choose(criteria, largest, select, rules)
    breaks, segments = _tables(value, e.index, found.breaks[chosen], rules)
    return MeanBreakResults(
        spec={
            "statistic": "bai-perron",
            "level": float(level),
            "trim": float(trim),
            "most": len(found.breaks) - 1,
            "select": select,
            "cov": cov,
            "lags": lags,
            "demean": bool(demean),
            "critical": critical,
            "draws": int(draws) if critical == "bootstrap" else None,
            "rng": rng if isinstance(rng, int) else str(rng) if critical == "bootstrap" else None,
        },
        sample=Sample.of(series.index),
        units={"mean": "%", "change": "% of the mean"},
        notes=_notes(series, criteria, chosen, select, rules, critical),
        recipe=Recipe(mean_breaks, arguments),
        breaks=breaks,
        segments=segments,
        criteria=criteria,
        double_maximum_p=largest,
        returns=e,
        market=str(series.name),
        shortest=shortest,
    )


@dataclass(frozen=True)
class _Rules:
    level: float
    trim: float
    cov: str
    lags: int | None


def _check_choices(level: Any, trim: Any, most: Any, select: Any, cov: Any, lags: Any) -> int:
    check_choice("level", level, tables.LEVELS)
    check_choice("trim", trim, tables.TRIMS)
    check_choice("cov", cov, COVS)
    room = tables.MOST[round(trim, 2)]
    if most is not None and (isinstance(most, bool) or not whole(most, 1) or most > room):
        raise SpecificationError(
            f"most={most!r} is no number of breaks that can be tested with trim={trim:g}.",
            f"Use 1 to {room}.",
        )
    most = room if most is None else int(most)
    if not isinstance(select, str) and (
        isinstance(select, bool) or not whole(select, 0) or select > most
    ):
        raise SpecificationError(f"select={select!r} is no number of breaks.", f"Use 0 to {most}.")
    if isinstance(select, str):
        check_choice("select", select, SELECT)
    if lags is not None and cov != "hac":
        raise SpecificationError(f"lags={lags!r} has no use with cov={cov!r}.", "Use cov='hac'.")
    if lags is not None and (isinstance(lags, bool) or not whole(lags, 0)):
        raise SpecificationError(f"lags={lags!r} is no number of lags.", "Use 0, 1, 2, …")
    return most


def regime_variances(value: np.ndarray, breaks: tuple[int, ...], rules: Any) -> np.ndarray:
    """Return the (long-run) variance of the values in each regime, shape (m + 1,)."""
    parts = np.split(value, breaks)
    if rules.cov == "classical":
        rss = sum(float(((part - part.mean()) ** 2).sum()) for part in parts)
        return np.full(len(parts), rss / (len(value) - len(parts)))
    spread = np.array([part.var(ddof=1) for part in parts])
    floor = np.finfo(float).tiny + np.finfo(float).eps * float(value.var())
    spread = np.maximum(spread, floor)
    if rules.cov == "robust":
        return spread
    u = np.concatenate([(v - v.mean()) / np.sqrt(s) for v, s in zip(parts, spread, strict=True)])
    width = newey_west_bandwidth(u[:, None]) if rules.lags is None else float(rules.lags) + 1
    ratio = float(bartlett(u[:, None], width)[0, 0] / (len(u) - len(parts)))
    return spread * max(ratio, 1e-6)


def _statistic(value: np.ndarray, breaks: tuple[int, ...], rules: _Rules) -> float:
    means, sizes = kernel.regime_means(value, breaks)
    return kernel.wald(means, sizes, regime_variances(value, breaks, rules))


def _next(value: np.ndarray, breaks: tuple[int, ...], rules: _Rules) -> float:
    """sup-F(m + 1|m): the largest sup-F(1) of the regimes, NaN where none can be split."""
    found = []
    for part in np.split(value, breaks):
        shortest = max(int(rules.trim * len(part)), 2)
        if len(part) >= 2 * _SHORTEST:
            gain = kernel.split_statistics(part, shortest)
            found.append(_statistic(part, (int(np.argmax(gain)) + shortest,), rules))
    return max(found) if found else float("nan")


@dataclass(frozen=True)
class _Test:
    statistic: float = np.nan
    limit: float = np.nan
    p_value: float = np.nan


class _PrintedLaw:
    """Tests by Bai and Perron's tables: p-values for sup-F(1) and UDmax alone."""

    def __init__(self, value: np.ndarray, breaks: tuple[tuple[int, ...], ...], rules: _Rules):
        self.value, self.breaks, self.rules = value, breaks, rules
        self.limits = tables.critical_values(rules.trim, rules.level)
        self.following = tables.critical_values(rules.trim, rules.level, sequential=True)

    def against_none(self, m: int) -> _Test:
        """sup-F(m|0)."""
        statistic = _statistic(self.value, self.breaks[m], self.rules)
        p_value = tables.p_value(statistic, self.rules.trim) if m == 1 else np.nan
        return _Test(statistic, self.limits[m - 1], p_value)

    def one_more(self, m: int) -> _Test:
        """sup-F(m + 1|m)."""
        limit = self.following[m] if m < len(self.following) else np.nan
        return _Test(_next(self.value, self.breaks[m], self.rules), limit)

    def largest(self, statistic: float) -> float:
        """p-value of UDmax."""
        return tables.p_value(statistic, self.rules.trim, largest=True)


class _BootstrapLaw:
    """Tests by samples with the clusters of the returns, on the same grid of dates."""

    def __init__(
        self,
        e: np.ndarray,
        breaks: tuple[tuple[int, ...], ...],
        rules: _Rules,
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        self.e, self.breaks, self.draws, self.rng = e, breaks, draws, rng
        self.level = rules.level
        self.form = bootstrap.Form(rules.trim, len(breaks) - 1, rules.cov, rules.lags)
        self.own = bootstrap.sup_f(np.abs(e)[None], self.form)[0][:, 0]
        self.none = bootstrap.sup_f(bootstrap.null_samples(e, (), draws, rng), self.form)[0]

    def against_none(self, m: int) -> _Test:
        """sup-F(m|0)."""
        return self._judge(self.own[m - 1], self.none[m - 1])

    def one_more(self, m: int) -> _Test:
        """sup-F(m + 1|m)."""
        breaks = self.breaks[m]
        own = bootstrap.next_f(np.abs(self.e)[None], breaks, self.form, _SHORTEST)[0]
        if not np.isfinite(own):
            return _Test()
        samples = bootstrap.null_samples(self.e, breaks, self.draws, self.rng)
        return self._judge(own, bootstrap.next_f(samples, breaks, self.form, _SHORTEST))

    def largest(self, statistic: float) -> float:
        """p-value of UDmax."""
        return self._judge(statistic, self.none.max(axis=0)).p_value

    def _judge(self, own: float, law: np.ndarray) -> _Test:
        p_value = (1 + int((law >= own).sum())) / (len(law) + 1)
        return _Test(float(own), limit(law, self.level), p_value)


def _criteria(n: int, found: kernel.Partitions, law: _PrintedLaw | _BootstrapLaw) -> pd.DataFrame:
    most = len(found.breaks) - 1
    rows = []
    for m, rss in enumerate(found.rss):
        p = 2 * (m + 1)
        fit = np.log(max(float(rss), np.finfo(float).tiny) / n)
        none = law.against_none(m) if m else _Test()
        more = law.one_more(m) if 0 < m < most else _Test()
        rows.append(
            {
                "rss": float(rss),
                "bic": n * (fit + np.log(2 * np.pi) + 1) + p * np.log(n),
                "lwz": n * (fit - np.log1p(-(p - 1) / n)) + 0.299 * (p - 1) * np.log(n) ** 2.1,
                "sup_f": none.statistic,
                "critical_value": none.limit,
                "p_value": none.p_value,
                "sup_f_next": more.statistic,
                "critical_next": more.limit,
                "p_next": more.p_value,
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="breaks"))


def _choose(criteria: pd.DataFrame, largest: float, select: str | int, rules: _Rules) -> int:
    if not isinstance(select, str):
        return min(int(select), len(criteria) - 1)
    if select in ("bic", "lwz"):
        best: Any = criteria[select].idxmin()
        return int(best)
    if not largest <= rules.level:
        return 0
    for m in range(1, len(criteria) - 1):
        row = criteria.loc[m]
        p_next = row["p_next"]
        passes = row["sup_f_next"] > row["critical_next"]
        if not (p_next <= rules.level if np.isfinite(p_next) else passes):
            return m
    return len(criteria) - 1


def _tables(
    value: np.ndarray, index: pd.Index, breaks: tuple[int, ...], rules: _Rules
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The breaks with intervals of their dates, and the regimes."""
    means, sizes = kernel.regime_means(value, breaks)
    variances = regime_variances(value, breaks, rules)
    rows = []
    for i, place in enumerate(breaks):
        low, high = _interval(place, i, means, variances, 1 - rules.level)
        rows.append(
            {
                "first": index[place],
                "last": index[place - 1],
                "lower": index[max(low, 1) - 1],
                "upper": index[min(high, len(index)) - 1],
                "change": 100 * (means[i + 1] / means[i] - 1) if means[i] else np.inf,
            }
        )
    columns = ["first", "last", "lower", "upper", "change"]
    edges = np.array([0, *breaks, len(value)])
    segments = pd.DataFrame(
        {
            "start": index[edges[:-1]],
            "end": index[edges[1:] - 1],
            "nobs": sizes,
            "mean": means,
            "std_error": np.sqrt(variances / sizes),
        },
        index=pd.RangeIndex(1, len(sizes) + 1, name="regime"),
    )
    return pd.DataFrame(rows, columns=columns).set_index("first"), segments


def _interval(
    place: int, i: int, means: np.ndarray, variances: np.ndarray, probability: float
) -> tuple[int, int]:
    """Ends of the interval of break i, as observations before it."""
    low, high = kernel.argmax_quantiles(probability, float(variances[i + 1] / variances[i]))
    scale = float(variances[i] / (means[i + 1] - means[i]) ** 2)
    return int(np.floor(place - high * scale)), int(np.ceil(place - low * scale))


def _notes(
    series: pd.Series,
    criteria: pd.DataFrame,
    chosen: int,
    select: Any,
    rules: _Rules,
    critical: str,
) -> tuple[str, ...]:
    notes = []
    if not isinstance(select, str) and chosen < int(select):
        notes.append(f"The sample has room for {chosen} breaks, not {select}.")
    if select in ("bic", "lwz"):
        notes.append("The criterion takes absolute returns to be uncorrelated.")
    if rules.cov != "hac":
        left_out = "intervals" if critical == "bootstrap" else "tests and intervals"
        notes.append(
            "Volatility clusters make absolute returns serially dependent, which "
            f"cov={rules.cov!r} leaves out of {left_out}."
        )
    zeros = float((series == 0).mean())
    if zeros > 0.1:
        notes.append(
            f"{100 * zeros:.0f} % of the returns are exactly zero: a break may be one in trading."
        )
    return tuple(notes)
