"""Breaks in the unconditional variance of returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..kernels import icss
from ..kernels.icss_critical import LEVELS, bridge_p_value
from ..results import Recipe, Results, Sample, check_level, day, tidy_frame
from .frames import check_series, listed

_FEWEST = 10
_PRICE = 0.95
_NAMES = {"kappa2": "κ2", "kappa1": "κ1", "it": "IT"}
_ASSUMES = {
    "it": "IT takes returns to be independent and normal: it finds breaks in fat tails and in "
    "volatility clusters.",
    "kappa1": "κ1 takes squared returns to be independent: it finds breaks in volatility clusters.",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VarianceBreakResults(Results):
    """Breaks in the variance of one series.

    Attributes
    ----------
    breaks : DataFrame
        A row a break, indexed by the first date of the new regime: `last` date of the old one,
        `statistic` and `critical_value` of the test on the two regimes together, `p_value` of
        the Brownian bridge, `variance_change` in per cent.
    segments : DataFrame
        A row a regime: start, end, nobs, std_dev and its std_error.
    returns : Series
        The returns that were searched, their mean taken out if it was asked for.
    """

    title: ClassVar[str] = "Breaks in the variance"

    breaks: pd.DataFrame
    segments: pd.DataFrame
    returns: pd.Series
    market: str

    @property
    def dummies(self) -> pd.DataFrame:
        """A 0/1 column a regime but the first: variance regressors for `GARCH`."""
        place = np.repeat(np.arange(len(self.segments)), self.segments["nobs"])
        columns = {
            f"from {day(label)}": (place == i + 1).astype(float)
            for i, label in enumerate(self.breaks.index)
        }
        return pd.DataFrame(columns, index=self.returns.index)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the standard deviation of each regime and the change at each break."""
        from scipy import stats

        z = stats.norm.ppf(0.5 + check_level(level) / 2)
        rows: list[dict[str, Any]] = []
        for i, row in enumerate(self.segments.to_dict("records"), 1):
            spread, error = row["std_dev"], row["std_error"]
            share = error / spread if spread else np.nan
            rows.append(
                {
                    "term": f"s.d. {i}: {day(row['start'])} to {day(row['end'])}",
                    "estimate": spread,
                    "std_error": error,
                    "lower": spread * np.exp(-z * share),
                    "upper": spread * np.exp(z * share),
                    "unit": self.units["std_dev"],
                }
            )
        rows += [
            {
                "term": f"break {day(label)}",
                "estimate": row["variance_change"],
                "statistic": row["statistic"],
                "p_value": row["p_value"],
                "unit": "% of variance",
            }
            for label, row in self.breaks.iterrows()
        ]
        return tidy_frame(rows).assign(market=self.market)

    def numbers(self) -> pd.DataFrame:
        """Return the returns and the standard deviation of their regime, day by day."""
        spread = np.repeat(self.segments["std_dev"].to_numpy(), self.segments["nobs"])
        frame = self.returns.rename("return").to_frame().assign(std_dev=spread)
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the returns between bands of two standard deviations of their regime."""
        table = self.numbers()
        when, value, spread = (table.iloc[:, i] for i in range(3))
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.plot(when, value, color="#9A9A9A", linewidth=0.5)
            for sign in (-2, 2):
                ax.plot(when, sign * spread, color=plotting.PALETTE[1], linewidth=1.2)
            for label in self.breaks.index:
                ax.axvline(label, color=plotting.PALETTE[0], linewidth=0.8, linestyle="--")
            if isinstance(self.returns.index, pd.DatetimeIndex):
                plotting.years(ax)
            ax.set_ylabel("return, ± 2 s.d. of the regime")
            ax.set_title(f"{self.market}: {len(self.breaks)} breaks in the variance")
        return ax

    def _headline(self) -> dict[str, Any]:
        spread = self.segments["std_dev"]
        return {
            "breaks": len(self.breaks),
            "smallest_std_dev": float(spread.min()),
            "largest_std_dev": float(spread.max()),
        }

    def _tests(self) -> list[dict[str, Any]]:
        name = f"{_NAMES[self.spec['statistic']]}, sup of cumulated squares"
        e = self.returns.to_numpy()
        rules = icss.Rules(self.spec["statistic"], lags=self.spec["lags"])
        whole = float(icss.path(e, rules.statistic, rules.lags).max())
        rows = [
            {
                "test": f"{name}, whole sample",
                "null": "the variance is constant",
                "statistic": whole,
                "p_value": bridge_p_value(whole),
            }
        ]
        edges = [self.segments["start"].iloc[0], *self.breaks.index]
        for before, (label, row) in zip(edges, self.breaks.iterrows(), strict=False):
            rows.append(
                {
                    "test": f"{name}, {day(label)}",
                    "null": f"the variance is constant from {day(before)} to the next break",
                    "statistic": row["statistic"],
                    "p_value": row["p_value"],
                    "note": f"critical value {row['critical_value']:.3f}",
                }
            )
        return [{**row, "reference": "largest absolute Brownian bridge"} for row in rows]


def variance_breaks(
    y: Any,
    statistic: str = "kappa2",
    level: float = 0.05,
    minimum_segment: int = 30,
    lags: int | None = None,
    critical: str = "finite",
    demean: bool = True,
) -> VarianceBreakResults:
    """Find the dates at which the variance of returns changes for good.

    Parameters
    ----------
    y : Series
        Returns without missing values, in per cent.
    statistic : {"kappa2", "kappa1", "it"}
        κ2 allows for volatility clusters and fat tails, κ1 for fat tails, IT for neither.
    level : float
        Level of each test: 0.10, 0.05 or 0.01, or any with `critical="asymptotic"`.
    minimum_segment : int
        Fewest returns in a regime.
    lags : int, optional
        Autocovariances of squared returns in κ2; Newey and West's (1994) rule when None.
    critical : {"finite", "asymptotic"}
        Critical values for the sample size, by simulation, or of the Brownian bridge (1.358 at
        5 %).
    demean : bool
        Whether the mean is taken out of the returns first.

    Returns
    -------
    VarianceBreakResults

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
    β = 0.9 κ2 does in 55 % (44 %): near persistence one no statistic tells breaks from
    clusters, and more `lags` than the rule's help only in part. Breaks that undo each other can
    escape κ2, as they lengthen the lags and flatten the path. The p-value of a break is that of
    one test at a given pair of regimes; the search makes several, so it understates the chance
    of a break in a constant variance.

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
    _check_choices(statistic, level, minimum_segment, lags, critical)
    series = _check_returns(y, int(minimum_segment))
    rules = icss.Rules(statistic, level, int(minimum_segment), lags, critical == "asymptotic")
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
        },
        sample=Sample.of(series.index),
        units={"std_dev": "%", "variance_change": "% of variance"},
        notes=_notes(series, found, rules),
        recipe=Recipe(variance_breaks, arguments),
        breaks=_breaks(e, found),
        segments=_segments(e, found, rules),
        returns=e,
        market=str(series.name),
    )


def _check_choices(
    statistic: Any, level: Any, minimum_segment: Any, lags: Any, critical: Any
) -> None:
    check_choice("statistic", statistic, icss.STATISTICS)
    check_choice("critical", critical, ("finite", "asymptotic"))
    check_level(level)
    if critical == "finite":
        check_choice("level", level, LEVELS)
    if isinstance(minimum_segment, bool) or not _whole(minimum_segment, _FEWEST):
        raise SpecificationError(
            f"minimum_segment={minimum_segment!r} is no length of a regime.",
            f"Use {_FEWEST} or more returns.",
        )
    if lags is not None and statistic != "kappa2":
        raise SpecificationError(
            f"lags={lags!r} has no use with statistic={statistic!r}.", "Use statistic='kappa2'."
        )
    if lags is not None and (isinstance(lags, bool) or not _whole(lags, 0)):
        raise SpecificationError(f"lags={lags!r} is no number of lags.", "Use 0, 1, 2, …")


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, (int, np.integer)) and int(value) >= least


def _check_returns(y: Any, shortest: int) -> pd.Series:
    if isinstance(y, np.ndarray) and y.ndim == 1:
        y = pd.Series(y, name="y")
    series = check_series(y, "y")
    missing = series.index[series.isna()]
    if len(missing):
        raise DataError(
            f"y has {len(missing)} missing values: {listed(missing)}.",
            "Drop those rows with .dropna(); a row is a return between genuine trades.",
        )
    if len(series) < 2 * shortest:
        raise TooFewObservationsError(
            f"Two regimes of {shortest} returns need {2 * shortest}; {series.name} has "
            f"{len(series)}.",
            "Use a longer sample, or a smaller minimum_segment.",
        )
    values = series.to_numpy()
    if float(values.std()) <= 1e-12 * float(np.abs(values).max()):
        raise DataError(f"{series.name} is constant: it has no variance.", "Check the column.")
    shifted = values - values.mean()
    correlation = float(shifted[1:] @ shifted[:-1]) / float(shifted @ shifted)
    if correlation > _PRICE:
        raise DataError(
            f"{series.name} looks like a price, not a return (first autocorrelation "
            f"{correlation:.3f}).",
            "Give 100 * np.log(price).diff().dropna(), or panel.returns(...).",
        )
    return series


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
        "p_value": [bridge_p_value(v) for v in found.statistics],
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
