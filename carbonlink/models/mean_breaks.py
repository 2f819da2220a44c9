"""Breaks in the mean of absolute returns, by Bai and Perron's partitions and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference.hac import bartlett, newey_west_bandwidth
from ..kernels import mean_breaks as kernel
from ..kernels import mean_breaks_critical as critical
from ..results import Recipe, Sample, check_level, day, tidy_frame
from .break_inputs import check_returns, whole
from .break_results import BreakResults

COVS = ("hac", "robust", "classical")
SELECT = ("sequential", "bic", "lwz")
_SHORTEST = 15


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MeanBreakResults(BreakResults):
    """Breaks in the mean of absolute returns.

    Attributes
    ----------
    breaks : DataFrame
        A row a break, indexed by the first date of the new regime: `last` date of the old one,
        `lower` and `upper` (dates of the old regime's end, at `level`), `change` of the mean in
        per cent of the old one.
    segments : DataFrame
        A row a regime: start, end, nobs, mean and its std_error.
    criteria : DataFrame
        A row a number of breaks: rss, bic, lwz, sup_f against none, its critical_value;
        sup_f_next, the test of one more break, and critical_next.
    """

    title: ClassVar[str] = "Breaks in the mean of absolute returns"

    criteria: pd.DataFrame

    @property
    def double_maximum(self) -> float:
        """UDmax: the largest sup-F over the numbers of breaks."""
        return float(self.criteria["sup_f"].max())

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the mean of each regime and the change at each break."""
        from scipy import stats

        z = stats.norm.ppf(0.5 + check_level(level) / 2)
        rows: list[dict[str, Any]] = [
            {
                "term": f"mean {i}: {day(row['start'])} to {day(row['end'])}",
                "estimate": row["mean"],
                "std_error": row["std_error"],
                "lower": row["mean"] - z * row["std_error"],
                "upper": row["mean"] + z * row["std_error"],
                "unit": self.units["mean"],
            }
            for i, row in enumerate(self.segments.to_dict("records"), 1)
        ]
        rows += [
            {"term": f"break {day(label)}", "estimate": row["change"], "unit": "% of the mean"}
            for label, row in self.breaks.iterrows()
        ]
        return tidy_frame(rows).assign(market=self.market)

    def numbers(self) -> pd.DataFrame:
        """Return the absolute returns and the mean of their regime, day by day."""
        mean = np.repeat(self.segments["mean"].to_numpy(), self.segments["nobs"])
        frame = self.returns.abs().rename("absolute_return").to_frame().assign(mean=mean)
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the absolute returns and the mean of their regime."""
        table = self.numbers()
        when, value, mean = (table.iloc[:, i] for i in range(3))
        return self._draw(ax, when, value, [mean], "absolute return, mean of the regime")

    def _headline(self) -> dict[str, Any]:
        mean = self.segments["mean"]
        return {
            "breaks": len(self.breaks),
            "udmax": self.double_maximum,
            "smallest_mean": float(mean.min()),
            "largest_mean": float(mean.max()),
        }

    def _tests(self) -> list[dict[str, Any]]:
        trim = self.spec["trim"]
        reference = "Bai and Perron (1998), simulated"
        rows: list[dict[str, Any]] = [
            {
                "test": f"UDmax, up to {len(self.criteria) - 1} breaks",
                "null": "the mean of absolute returns is constant",
                "statistic": self.double_maximum,
                "p_value": critical.p_value(self.double_maximum, trim, largest=True),
                "reference": reference,
            }
        ]
        m: Any
        for m, row in self.criteria.iloc[1:].iterrows():
            note = f"critical value {row['critical_value']:.2f} at {self.spec['level']:g}"
            rows.append(
                {
                    "test": f"sup-F({m}|0)",
                    "null": "the mean of absolute returns is constant",
                    "statistic": row["sup_f"],
                    "p_value": critical.p_value(row["sup_f"], trim) if m == 1 else np.nan,
                    "reference": reference,
                    "note": note,
                }
            )
        for m, row in self.criteria.iloc[1:-1].iterrows():
            tested = np.isfinite(row["sup_f_next"])
            note = f"critical value {row['critical_next']:.2f} at {self.spec['level']:g}"
            rows.append(
                {
                    "test": f"sup-F({m + 1}|{m})",
                    "null": f"there are {m} breaks, not {m + 1}",
                    "statistic": row["sup_f_next"],
                    "reference": reference,
                    "note": note if tested else "no regime is long enough to split",
                }
            )
        return rows


def mean_breaks(
    y: Any,
    level: float = 0.05,
    trim: float = 0.15,
    most: int | None = None,
    select: str | int = "sequential",
    cov: str = "hac",
    lags: int | None = None,
    demean: bool = True,
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
    Bai's (1997): the place of the maximum of a two-sided Brownian motion, each side with its own
    long-run variance.

    Absolute returns of a GARCH look as if they broke. In 1,000 returns without a break UDmax at
    5 % finds one in 10 % of 400 samples of independent returns, in 17 and 30 % with α = 0.1 and
    β = 0.7 or 0.8, and in 82 % with α = 0.08 and β = 0.9: κ2 of `variance_breaks` is the safer
    test, and these serve for the number of breaks and the intervals of their dates.

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
    criteria = _criteria(value, found, rules)
    chosen = _choose(criteria, select, rules)
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
        },
        sample=Sample.of(series.index),
        units={"mean": "%", "change": "% of the mean"},
        notes=_notes(series, criteria, chosen, select, rules),
        recipe=Recipe(mean_breaks, arguments),
        breaks=breaks,
        segments=segments,
        criteria=criteria,
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
    check_choice("level", level, critical.LEVELS)
    check_choice("trim", trim, critical.TRIMS)
    check_choice("cov", cov, COVS)
    room = critical.MOST[round(trim, 2)]
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


def _criteria(value: np.ndarray, found: kernel.Partitions, rules: _Rules) -> pd.DataFrame:
    n = len(value)
    against_none = critical.critical_values(rules.trim, rules.level)
    one_more = critical.critical_values(rules.trim, rules.level, sequential=True)
    rows = []
    for m, (rss, breaks) in enumerate(zip(found.rss, found.breaks, strict=True)):
        p = 2 * (m + 1)
        fit = np.log(max(float(rss), np.finfo(float).tiny) / n)
        rows.append(
            {
                "rss": float(rss),
                "bic": n * (fit + np.log(2 * np.pi) + 1) + p * np.log(n),
                "lwz": n * (fit - np.log1p(-(p - 1) / n)) + 0.299 * (p - 1) * np.log(n) ** 2.1,
                "sup_f": _statistic(value, breaks, rules) if m else np.nan,
                "critical_value": against_none[m - 1] if m else np.nan,
                "sup_f_next": _next(value, breaks, rules),
                "critical_next": one_more[m] if m < len(one_more) else np.nan,
            }
        )
    index = pd.RangeIndex(len(rows), name="breaks")
    return pd.DataFrame(rows, index=index)


def _choose(criteria: pd.DataFrame, select: str | int, rules: _Rules) -> int:
    if not isinstance(select, str):
        return min(int(select), len(criteria) - 1)
    if select in ("bic", "lwz"):
        best: Any = criteria[select].idxmin()
        return int(best)
    if not criteria["sup_f"].max() > critical.double_maximum(rules.trim, rules.level):
        return 0
    for m in range(1, len(criteria) - 1):
        if not criteria["sup_f_next"].loc[m] > criteria["critical_next"].loc[m]:
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
    series: pd.Series, criteria: pd.DataFrame, chosen: int, select: Any, rules: _Rules
) -> tuple[str, ...]:
    notes = []
    if not isinstance(select, str) and chosen < int(select):
        notes.append(f"The sample has room for {chosen} breaks, not {select}.")
    if select in ("bic", "lwz"):
        notes.append("The criterion takes absolute returns to be uncorrelated.")
    if rules.cov != "hac":
        notes.append(
            "Volatility clusters make absolute returns serially dependent, which "
            f"cov={rules.cov!r} leaves out of tests and intervals."
        )
    zeros = float((series == 0).mean())
    if zeros > 0.1:
        notes.append(
            f"{100 * zeros:.0f} % of the returns are exactly zero: a break may be one in trading."
        )
    return tuple(notes)
