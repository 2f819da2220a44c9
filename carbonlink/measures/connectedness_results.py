"""The connectedness of a sample: table, directions, intervals and the no-link null."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..inference import bootstrap, decomposition
from ..models.var_again import again
from ..models.var_results import VARResults
from ..printing import Summary, format_number, render_summary
from ..results import Results, check_level, tidy_frame
from .connectedness_comparisons import Comparisons
from .connectedness_figures import heat_map
from .connectedness_terms import COMMON, TOTALS, Terms
from .connectedness_views import Views


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConnectednessResults(Views, Comparisons, Results):
    """Connectedness of one sample; made by `carbonlink.connectedness`.

    Attributes
    ----------
    total : float
        Percent of forecast variance that comes from other series, on average over series.
    to, from_, net : Series
        Sums of shares given and received, and their difference.
    pairwise : DataFrame
        Above 0: the row market transmits more to the column market than it receives from it.
    table : DataFrame
        Percent; row i holds the shares of i's forecast variance due to each column.
    fitted : VARResults
    """

    title: ClassVar[str] = "Connectedness"

    total: float
    to: pd.Series
    from_: pd.Series
    net: pd.Series
    pairwise: pd.DataFrame
    table: pd.DataFrame
    seed: np.random.SeedSequence
    places: np.ndarray | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.table.index)

    @property
    def adjusted(self) -> float:
        """The total over its largest possible value: total · k/(k − 1)."""
        k = len(self.names)
        return self.total * k / (k - 1)

    @property
    def excess(self) -> float:
        """The total less its mean over data in which nothing is linked."""
        return self.total - self.null_mean

    @property
    def null_mean(self) -> float:
        """Mean of the total over data in which nothing is linked."""
        return float(np.nanmean(self._null_terms[:, 0])) if self._has_null else float("nan")

    @property
    def excess_pvalue(self) -> float:
        """Share of data without any link whose total is as large: (1 + count)/(1 + draws)."""
        return float(self._null_pvalues()[0])

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the interval of every quantity.

        Parameters
        ----------
        level : float, optional
            That of the call by default.

        Returns
        -------
        DataFrame
            Columns lower and upper; rows "total", "adjusted", "excess", "to others (i)",
            "from others (i)", "net (i)", "i ← j" (share of i's variance due to j) and
            "i → j, net" (what i transmits to j more than it receives).

        Notes
        -----
        Replications are paths of the fitted VAR with residuals in moving blocks of ⌈5.03·n^{1/4}⌉
        rows, centred place by place, on the rows of the sample (gaps stay gaps). A sum of squares
        is biased upward in a short sample, and its replications are biased twice: plain
        percentiles can miss the true total always. The interval here is

        estimate − bias + f · (quantiles of the replications − their mean),

        where bias is the mean of the replications less the value at their mean cross-products
        (the population they come from), and f stretches the spread for what blocks and
        coefficients cost (`carbonlink.inference.bootstrap.spread_factor`). Bounds stay within
        what a share can be. The interval of `excess` has the same width about the excess: it is
        for the mean of the index on samples of this length less its no-link mean.

        Coverage of the 95 % interval by simulation (`benchmarks/connectedness_inference.py`, 500
        samples × 199 draws; VAR(1), normal and GARCH shocks, k = 4 and 8, T = 250 and 1,000): 91
        to 96 % for the total, 91 to 97 % for directions, cells and pairs away from 0; plain
        percentiles cover a weak total 0 to 17 % of the time. The no-link test rejects 4.8 to 5.2 %
        at 5 %. A cell or direction whose true value is 0 sits on a boundary, where no interval
        holds: its p-value in `tidy` comes from the no-link data.

        References
        ----------
        Brüggemann, R., Jentsch, C. and Trenkler, C. (2016). Journal of Econometrics 191, 69–85.
        doi:10.1016/j.jeconom.2015.10.004
        """
        level = check_level(self.spec["level"] if level is None else level)
        labels = self._terms.labels
        if not self._has_draws:
            return pd.DataFrame({"lower": np.nan, "upper": np.nan}, index=labels)
        model = self.fitted
        params = len(self.names) * model.lags + model.constant + len(model.outer)
        block = self.spec["block"]
        factor = bootstrap.spread_factor(level, model.nobs, block, params)
        draws, truth = self._draw_terms, self._terms.of(100 * self._linked.truth)
        lower, upper = bootstrap.interval(self._estimates(), draws, truth, level, factor)
        lower, upper = self._terms.clip(lower), self._terms.clip(upper)
        around = bootstrap.interval(self.total, draws[:, 0], draws[:, 0].mean(), level, factor)
        place = TOTALS.index("excess")
        lower[place], upper[place] = (bound - self.null_mean for bound in around)
        return pd.DataFrame({"lower": lower, "upper": upper}, index=labels)

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return one row a quantity with the columns `TIDY_COLUMNS`.

        P-values of totals, directions and cells are shares of data without any link that have a
        value as large; those of net and pairwise are two-sided, from the bootstrap.
        """
        interval, terms = self.conf_int(level), self._terms
        spread = np.full(len(terms.labels), np.nan)
        pvalues = spread.copy()
        if self._has_null:
            pvalues = np.where(terms.signed, np.nan, self._null_pvalues())
        if self._has_draws:
            spread = np.nanstd(self._draw_terms, axis=0, ddof=1)
            pvalues = np.where(terms.signed, self._sign_pvalues(), self._null_pvalues())
        rows = [
            {
                "term": term,
                "market": market,
                "estimate": estimate,
                "std_error": error,
                "p_value": p_value,
                "lower": lower,
                "upper": upper,
                "unit": "%",
            }
            for (term, market), estimate, error, p_value, (lower, upper) in zip(
                terms.names, self._estimates(), spread, pvalues, interval.to_numpy(), strict=True
            )
        ]
        return tidy_frame(rows)

    def summary(self, level: float | None = None) -> Summary:
        """Return the printed connectedness table, with intervals of the totals."""
        interval = self.conf_int(level)
        shown = level or self.spec["level"]
        facts = [("Sample", str(self.sample))]
        facts += [(k, _text(v)) for k, v in self.spec.items()]
        for term in TOTALS:
            value = format_number(getattr(self, term))
            low, high = (format_number(float(v)) for v in interval.loc[term].to_numpy())
            facts.append((term, f"{value}  [{low}, {high}] at {shown:.0%}" if low else value))
        if self._has_null:
            facts.append(("excess p-value", format_number(self.excess_pvalue)))
        return render_summary(self.title, facts, self._printed(), self.notes)

    def to_latex(self, caption: str = "", label: str = "") -> str:
        """Return the connectedness table as a LaTeX table with the notes under it."""
        from ..artifacts import latex_table

        return latex_table(self._printed(), caption or self.title, label, self.notes)

    def numbers(self) -> pd.DataFrame:
        """Return the table that `plot` draws, with the directional sums."""
        frame = self.table.assign(**{"from others": self.from_})
        frame.loc["to others"] = [*self.to, self.from_.sum()]
        frame.loc["net"] = [*self.net, self.total]
        return frame.rename_axis("share of").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the table as a heat map: row market's variance, column market's shocks."""
        return heat_map(self.table, ax=ax, title=f"Connectedness, total {self.total:.1f} %")

    def _printed(self) -> pd.DataFrame:
        frame = self.numbers()
        frame.iloc[-1, -1] = np.nan
        texts = [
            [f"{v:.2f}" if np.isfinite(v) else "" for v in row]
            for row in frame.iloc[:, 1:].to_numpy()
        ]
        return frame.iloc[:, :1].join(pd.DataFrame(texts, columns=frame.columns[1:]))

    def _headline(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "adjusted": self.adjusted,
            "excess": self.excess,
            "excess_pvalue": self.excess_pvalue,
        }

    def _tests(self) -> list[dict[str, Any]]:
        row = {
            "test": "no link",
            "null": "each series follows its own past and shocks are "
            + ("uncorrelated" if self.spec["null"] == COMMON else "independent"),
            "statistic": self.total,
            "p_value": self.excess_pvalue,
            "reference": f"{self.spec['draws']} samples without a link",
            "note": "" if self._has_null else "not drawn",
        }
        return [row, *self.fitted._tests()]

    @property
    def _has_draws(self) -> bool:
        return self.spec["draws"] > 0 and self.fitted.has_replications

    @cached_property
    def _unlinked(self) -> bootstrap.Origin:
        model: VARResults = self.fitted
        return bootstrap.unlinked(*model.system(), common=self.spec["null"] == COMMON)

    @property
    def _has_null(self) -> bool:
        return self.spec["draws"] > 0 and self.fitted.has_null and self._unlinked.stable

    @cached_property
    def _terms(self) -> Terms:
        return Terms(self.names, self.spec["kind"])

    def _estimates(self) -> np.ndarray:
        values = self._terms.of(self.table.to_numpy())
        values[TOTALS.index("excess")] = self.excess
        return values

    def _choice(self) -> dict[str, Any]:
        return {
            "horizon": self.spec["horizon"],
            "kind": self.spec["kind"],
            "order": self.places,
        }

    @cached_property
    def _linked(self) -> decomposition.Replications:
        model: VARResults = self.fitted
        source = bootstrap.linked(*model.system())
        return decomposition.linked_tables(
            source, self.spec["draws"], _stream(self.seed, 0), block=self.spec["block"],
            **self._choice(),
        )  # fmt: skip

    @cached_property
    def _draw_terms(self) -> np.ndarray:
        return _frozen(self._terms.of(100 * self._linked.tables))

    @cached_property
    def _null_terms(self) -> np.ndarray:
        drawn = decomposition.unlinked_tables(
            self._unlinked, self.spec["draws"], _stream(self.seed, 1),
            estimator=again(self.fitted, chosen=True), **self._choice(),
        )  # fmt: skip
        return _frozen(self._terms.of(100 * drawn.tables))

    def _null_pvalues(self) -> np.ndarray:
        estimates = self._terms.of(self.table.to_numpy())
        if not self._has_null:
            return np.full(len(estimates), np.nan)
        drawn = self._null_terms
        counted = np.isfinite(drawn[:, 0]).sum()
        return (1 + np.sum(drawn >= estimates, axis=0)) / (1 + counted)

    def _sign_pvalues(self) -> np.ndarray:
        drawn = self._draw_terms
        centre = np.nanmean(drawn, axis=0)
        value = self._terms.of(self.table.to_numpy()) - centre
        value = value + self._terms.of(100 * self._linked.truth)
        counted = np.isfinite(drawn[:, 0]).sum()
        return (1 + np.sum(np.abs(drawn - centre) >= np.abs(value), axis=0)) / (1 + counted)


def _stream(seed: np.random.SeedSequence, number: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, number))


def _frozen(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values


def _text(value: Any) -> str:
    from ..results import describe

    return describe(value)
