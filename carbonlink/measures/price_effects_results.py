"""What `price_effects` returns."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import TooFewObservationsError, check_choice, check_level
from ..inference import clusters, wild_score
from ..inference.cluster_mean import cluster_mean
from ..results import Results, tidy_frame
from .abnormal_variance import MarketVariance, PlaceboTest, placebo_test
from .cycles import Refusal
from .deadline_events import DeadlineEvent
from .event_battery import FEWEST_CLUSTERS, REFERENCES, TESTS, BatteryRow, battery, clustered, wild
from .event_curves import EventCurves, curves_of
from .event_volume import volume_var

if TYPE_CHECKING:
    from ..models.var_results import VARResults

ALL = "all"
_NULL = "prices before deadlines move as the days before the window would predict"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriceEffectsResults(Results):
    """Abnormal returns and volatility before deadlines, and the discount of block trades.

    Attributes
    ----------
    events : tuple of DeadlineEvent
    groups : ndarray of int
        Cluster of each event: windows that overlap.
    variances : mapping of market to MarketVariance
        The fitted GARCH of each market; empty with a constant variance.
    refused : tuple of (market, deadline, reason)
    discounts : DataFrame
        A row a market whose file tells block trades apart.
    """

    title: ClassVar[str] = "Price effects of compliance deadlines"

    events: tuple[DeadlineEvent, ...]
    groups: np.ndarray
    variances: Mapping[str, MarketVariance]
    refused: tuple[Refusal, ...]
    discounts: pd.DataFrame
    draws: int
    seed: np.random.SeedSequence

    @property
    def run_up(self) -> float:
        """Mean cumulative abnormal return over events."""
        return float(np.mean([e.car for e in self.events]))

    @property
    def excess_variance(self) -> float:
        """Mean over events of the window's abnormal variance, % of what is forecast for it."""
        return _mean(self._excess)

    @property
    def excess_over_placebos(self) -> float:
        """Same mean against that of the windows on other dates, % of the latter.

        The test of `variance_pvalue` is of its being 0; NaN with a constant variance.
        """
        test = self._variance_test
        return 100 * test.excess if isinstance(test, PlaceboTest) else float("nan")

    @property
    def median_excess_variance(self) -> float:
        """Median over events of the same, which one price that had stood still cannot move."""
        known = self._excess[np.isfinite(self._excess)]
        return float(np.median(known)) if len(known) else float("nan")

    @property
    def pvalue(self) -> float:
        """p-value of no run-up by the test that `spec["test"]` names; NaN where it is refused."""
        return self._battery[self.spec["test"]].p_value

    @property
    def table(self) -> pd.DataFrame:
        """A row an event: its run-up with the error of prediction, and its abnormal variance."""
        from scipy import stats

        level = self.spec["level"]
        rows = []
        for event, group, excess in zip(self.events, self.groups, self._excess, strict=True):
            half = stats.t.ppf(0.5 + level / 2, event.df) * event.car_error
            rows.append(
                {
                    "market": event.market,
                    "deadline": event.deadline,
                    "cluster": int(group),
                    "estimation_returns": int((~event.inside).sum()),
                    "window_returns": int(event.inside.sum()),
                    "window_sessions": float(event.gap[event.inside].sum()),
                    "car": event.car,
                    "std_error": event.car_error,
                    "scar": event.scar,
                    "p_value": float(2 * stats.t.sf(abs(event.scar), event.df)),
                    "lower": event.car - half,
                    "upper": event.car + half,
                    "excess_variance": excess,
                }
            )
        return pd.DataFrame(rows)

    @property
    def variance_pvalue(self) -> float:
        """p-value of no abnormal variance, by the test that `diagnostics` names."""
        return self._variance_test.p_value

    def test(self, name: str | None = None) -> BatteryRow:
        """Return one test of no run-up, or raise with the number of events it needs.

        Parameters
        ----------
        name : str, optional
            One of the battery's tests; that of the call by default.

        Returns
        -------
        BatteryRow
        """
        name = self.spec["test"] if name is None else name
        check_choice("test", name, TESTS)
        row = self._battery[name]
        if not np.isfinite(row.p_value):
            raise TooFewObservationsError(
                f"The {name} test is refused: {row.note}.",
                "Add years or markets, or read the events' own tests in `table`.",
            )
        return row

    def curves(self, level: float | None = None) -> EventCurves:
        """Return the mean CAR and CAV by session before the deadline, with simultaneous bands."""
        level = check_level(self.spec["level"] if level is None else level)
        return curves_of(self.events, self.groups, self.spec["window"], level, self._weights)

    def price_volume(self, market: str, lags: int | str = "bic") -> VARResults:
        """Fit a VAR of log volume and |return| on the window's days of one market.

        Parameters
        ----------
        market : str
            A market of the result.
        lags : int or {"bic", "aic", "hqic"}
            Order of the VAR in days. Lags may come from the days before the window.

        Returns
        -------
        VARResults
            Needs the Panel that the call was given.
        """
        arguments = self.recipe.arguments
        return volume_var(arguments["data"], market, self.events, arguments, lags)

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return run-ups and abnormal variances, pooled and by market.

        Notes
        -----
        Against a GARCH, `excess_variance` is a description: over windows on other dates it is not
        0 on average where the GARCH's forecasts are off. The p-value and the interval are those of
        `excess_over_placebos`, which is relative to these windows: the interval inverts the test
        (`PlaceboTest.interval`). Of 150 samples of six GARCH markets whose variance doubles in the
        windows the 95 % interval holds it in 96 % pooled and 95 % of one market on eight years, in
        93 and 97 % on five (binomial error 2 points).
        """
        level = check_level(self.spec["level"] if level is None else level)
        car = np.array([e.car for e in self.events])
        scar = np.array([e.scar for e in self.events])
        every = np.ones(len(car), dtype=bool)
        rows = [
            self._term("run_up", ALL, car, every, level, self.pvalue),
            self._term("standardised_run_up", ALL, scar, every, level),
            *self._variance_terms(ALL, every, level),
        ]
        owners = np.array([e.market for e in self.events])
        for market in dict.fromkeys(owners):
            chosen = owners == market
            if len(set(owners)) > 1:
                rows.append(self._term("run_up", market, car, chosen, level))
                rows += self._variance_terms(market, chosen, level)
        for row in self.discounts.itertuples():
            rows += _discount_terms(row, level)
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the curves that `plot` draws."""
        return self.curves().table

    def plot(self, ax: Any = None) -> Any:
        """Draw the mean cumulative abnormal return with its simultaneous band."""
        return self.curves().plot(ax=ax, unit=self.units["run_up"])

    def _term(self, term, market, values, chosen, level, p=None) -> dict[str, Any]:
        chosen = chosen & np.isfinite(values)
        kept = values[chosen]
        groups = np.unique(self.groups[chosen], return_inverse=True)[1]
        count = int(groups.max()) + 1 if len(groups) else 0
        lower = upper = np.nan
        skewed = term == "excess_variance"
        if count >= FEWEST_CLUSTERS and skewed:
            weights = self._interval_weights(count)
            lower, upper = clusters.mean_interval(kept, groups, weights, level)
        elif count >= FEWEST_CLUSTERS:
            lower, upper = cluster_mean(kept, groups).interval(level)
        if p is None:
            p = clustered(kept, groups).p_value
        return {
            "term": term,
            "market": market,
            "estimate": _mean(kept),
            "p_value": p,
            "lower": lower,
            "upper": upper,
            "unit": self.units[term],
        }

    def _variance_terms(self, market, chosen, level) -> list[dict[str, Any]]:
        test = self._variance_test if chosen.all() else self._test_of_variance(chosen)
        if not isinstance(test, PlaceboTest):
            p = test.p_value
            return [self._term("excess_variance", market, self._excess, chosen, level, p)]
        rows: list[dict[str, Any]] = []
        for term in ("excess_variance", "excess_over_placebos"):
            rows.append({"term": term, "market": market, "unit": self.units[term]})
        lower, upper = test.interval(level)
        rows[0]["estimate"] = _mean(self._excess[chosen])
        rows[1] |= {"estimate": 100 * test.excess, "p_value": test.p_value}
        return [rows[0], rows[1] | {"lower": 100 * lower, "upper": 100 * upper}]

    def _interval_weights(self, count: int) -> np.ndarray:
        if count < clusters.MANY:
            return self._weights(count)
        return clusters.cluster_draws(self.draws, np.random.default_rng(self.seed), count)

    def _weights(self, count: int) -> np.ndarray:
        return wild_score.draw_weights(self.draws, np.random.default_rng(self.seed), count)

    @property
    def _excess(self) -> np.ndarray:
        return np.array([100 * (e.excess_variance.mean() - 1) for e in self.events])

    @functools.cached_property
    def _battery(self) -> dict[str, BatteryRow]:
        return battery(self.events, self.groups, self.draws, self.seed)

    @functools.cached_property
    def _variance_test(self) -> BatteryRow | PlaceboTest:
        every = np.ones(len(self.events), dtype=bool)
        return self._test_of_variance(every)

    def _test_of_variance(self, chosen: np.ndarray) -> BatteryRow | PlaceboTest:
        groups = np.unique(self.groups[chosen], return_inverse=True)[1]
        if self.spec["variance"] == "constant":
            return wild(self._excess[chosen], groups, self.draws, self.seed)
        events = tuple(e for e, use in zip(self.events, chosen, strict=True) if use)
        return placebo_test(
            events, groups, self.variances, self.spec["window"], self.draws, self.seed
        )

    def _headline(self) -> dict[str, Any]:
        return {
            "events": len(self.events),
            "clusters": int(self.groups.max()) + 1,
            "run_up": self.run_up,
            "p_value": self.pvalue,
            "test": self.spec["test"],
            "excess_variance": self.excess_variance,
            "median_excess_variance": self.median_excess_variance,
            "excess_over_placebos": self.excess_over_placebos,
            "variance_p_value": self.variance_pvalue,
            "variance_test": self._variance_words[0],
        }

    @property
    def _variance_words(self) -> tuple[str, str]:
        if self.spec["variance"] == "constant":
            return "cluster", "wild bootstrap-t over clusters"
        return "placebo windows", "windows moved to other dates, against a GARCH forecast"

    def _tests(self) -> list[dict[str, Any]]:
        rows = [
            {
                "test": f"run-up: {row.test}",
                "null": _NULL,
                "statistic": row.statistic,
                "p_value": row.p_value,
                "reference": REFERENCES[row.test],
                "note": row.note,
            }
            for row in self._battery.values()
        ]
        row, (name, reference) = self._variance_test, self._variance_words
        rows.append(
            {
                "test": f"abnormal volatility: {name}",
                "null": "the variance is what the days outside the window would predict",
                "statistic": row.statistic,
                "p_value": row.p_value,
                "reference": reference,
                "note": row.note,
            }
        )
        return rows


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _discount_terms(row: Any, level: float) -> list[dict[str, Any]]:
    from scipy import stats

    half = stats.norm.ppf(0.5 + level / 2) * row.std_error
    unit = "% of the listed price"
    head = {"market": row.market, "unit": unit}
    return [
        {**head, "term": "block_discount_inside", "estimate": row.inside},
        {**head, "term": "block_discount_outside", "estimate": row.outside},
        {
            **head,
            "term": "block_discount_difference",
            "estimate": row.difference,
            "std_error": row.std_error,
            "statistic": row.difference / row.std_error,
            "p_value": row.p_value,
            "lower": row.difference - half,
            "upper": row.difference + half,
        },
    ]
