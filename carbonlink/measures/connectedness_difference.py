"""The difference of two connectedness tables, with intervals and p-values for every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import SpecificationError
from ..inference import bootstrap
from ..results import Recipe, Results, Sample, check_level, tidy_frame
from .connectedness_terms import TOTALS, Terms

SHORT = 500
"""Observations in each period below which a note says what the p-values are worth."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConnectednessDifference(Results):
    """First less second; made by `ConnectednessResults.difference`, `.split` and `.asymmetric`.

    Attributes
    ----------
    table : DataFrame
        A row a quantity (as in `ConnectednessResults.conf_int`): first, second, difference,
        lower, upper, p_value.
    first, second : ConnectednessResults
    words : tuple of str
        What the two are.
    """

    title: ClassVar[str] = "Difference of connectedness"

    table: pd.DataFrame
    first: Any
    second: Any
    words: tuple[str, str]

    @property
    def total(self) -> float:
        """Difference of the totals, in points of percent."""
        return float(self.table["difference"].loc["total"])

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a quantity; intervals are those of the call."""
        names = Terms(self.first.names, self.first.spec["kind"]).names
        rows = []
        for (term, market), row in zip(names, self.table.itertuples(), strict=True):
            rows.append(
                {
                    "term": term,
                    "market": market,
                    "estimate": row.difference,
                    "p_value": row.p_value,
                    "lower": row.lower,
                    "upper": row.upper,
                    "unit": "points",
                }
            )
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.rename_axis("quantity").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the differences of the totals and directions with their intervals."""
        k = len(self.first.names)
        rows = self.table.iloc[: 3 + 3 * k].drop(index=["adjusted"]).iloc[::-1]
        with plotting.style():
            ax = plotting.new_axes(ax, height=1.3 + 0.26 * len(rows))
            place = np.arange(len(rows))
            low, high = rows["lower"].to_numpy(), rows["upper"].to_numpy()
            ax.hlines(place, low, high, color=plotting.PALETTE[0], linewidth=1.5)
            ax.plot(rows["difference"], place, "o", color=plotting.PALETTE[0], markersize=4)
            ax.axvline(0, color="#4D4D4D", linewidth=0.8)
            ax.set_yticks(place, rows.index)
            ax.set_xlabel(f"{self.words[0]} less {self.words[1]}, points of percent")
            ax.set_title("Difference of connectedness")
        return ax

    def _headline(self) -> dict[str, Any]:
        row: Any = self.table.loc["total"]
        return {
            f"total, {self.words[0]}": float(row["first"]),
            f"total, {self.words[1]}": float(row["second"]),
            "difference": float(row["difference"]),
            "p_value": float(row["p_value"]),
        }

    def _tests(self) -> list[dict[str, Any]]:
        row: Any = self.table.loc["total"]
        return [
            {
                "test": "equal totals",
                "null": f"connectedness is the same: {self.words[0]}, {self.words[1]}",
                "statistic": float(row["difference"]),
                "p_value": float(row["p_value"]),
                "reference": f"{self.spec['draws']} pairs of replications",
            }
        ]


def difference(
    first: Any, second: Any, words: tuple[str, str], paired: bool, level: float | None
) -> ConnectednessDifference:
    """Set two results against each other (see `ConnectednessResults.difference`)."""
    arguments = dict(locals())
    second = _matched(first, second, paired)
    level = check_level(first.spec["level"] if level is None else level)
    terms = Terms(first.names, first.spec["kind"])
    a, b = first._estimates(), second._estimates()
    table = pd.DataFrame({"first": a, "second": b, "difference": a - b}, index=terms.labels)
    notes = tuple(f"{w}: {n}" for w, r in zip(words, (first, second), strict=True) for n in r.notes)
    bounds, pvalues = _inference(first, second, terms, paired, level)
    if not np.isfinite(bounds).any():
        notes += ("No intervals: one of the two has no replications.",)
    table["lower"], table["upper"], table["p_value"] = *bounds, pvalues
    if np.isfinite(pvalues).any() and min(first.sample.nobs, second.sample.nobs) < SHORT:
        notes += (
            f"With fewer than {SHORT} observations in a period equal totals are rejected in about "
            "7 % of samples at 5 %: take a p-value near 0.05 for no finding.",
        )
    sample = first.sample
    return ConnectednessDifference(
        spec={
            "first": words[0],
            "second": words[1],
            "first sample": str(first.sample),
            "second sample": str(second.sample),
            "lags": (first.spec["lags"], second.spec["lags"]),
            "horizon": first.spec["horizon"],
            "kind": first.spec["kind"],
            "paired": paired,
            "draws": min(first.spec["draws"], second.spec["draws"]),
            "level": level,
        },
        sample=Sample(
            min(sample.start, second.sample.start),
            max(sample.end, second.sample.end),
            sample.nobs + second.sample.nobs,
        )
        if not paired
        else sample,
        units={"difference": "points of percent"},
        sources=tuple(dict.fromkeys((*first.sources, *second.sources))),
        notes=notes,
        recipe=Recipe(difference, arguments),
        table=table,
        first=first,
        second=second,
        words=words,
    )


def _matched(first: Any, second: Any, paired: bool) -> Any:
    for key in ("horizon", "kind"):
        if first.spec[key] != second.spec[key]:
            raise SpecificationError(
                f"{key} is {first.spec[key]!r} in one and {second.spec[key]!r} in the other.",
                "Measure both in the same way.",
            )
    if set(first.names) != set(second.names):
        raise SpecificationError(
            f"The results have different series: {', '.join(first.names)}; "
            f"{', '.join(second.names)}.",
            "Measure the same markets in both.",
        )
    if first.names != second.names:
        raise SpecificationError(
            "The series stand in different orders.", "Give both frames the same order of columns."
        )
    if paired and (first.sample.nobs, first.spec["lags"]) != (
        second.sample.nobs,
        second.spec["lags"],
    ):
        raise SpecificationError(
            "Paired results need the same rows and lags.", "Use paired=False for two periods."
        )
    return second


def _inference(
    first: Any, second: Any, terms: Terms, paired: bool, level: float
) -> tuple[np.ndarray, np.ndarray]:
    size = len(terms.labels)
    blank = np.full((2, size), np.nan)
    if not (first._has_draws and second._has_draws):
        return blank, np.full(size, np.nan)
    moved = [_centred(r, level) for r in (first, second)]
    count = min(len(moved[0][0]), len(moved[1][0]))
    other = moved[1][0][:count]
    if not paired:
        # The same seed gives two samples of one length the same blocks; they are to be apart.
        other = other[np.random.default_rng(0).permutation(count)]
    spread = moved[0][0][:count] - other
    middle = moved[0][1] - moved[1][1]
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.nanquantile(spread, tails, axis=0, method="weibull")
    beyond = np.sum(np.abs(spread) >= np.abs(middle), axis=0)
    pvalues = (1 + beyond) / (1 + np.isfinite(spread[:, 0]).sum())
    pvalues = np.where(terms.signed, pvalues, np.maximum(pvalues, _null(first, second, paired)))
    return np.array([middle + low, middle + high]), pvalues


def _centred(result: Any, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Stretched draws about 0, and the estimates less their bias."""
    model, draws = result.fitted, result._draw_terms
    params = len(result.names) * model.lags + model.constant + len(model.outer)
    factor = bootstrap.spread_factor(level, model.nobs, result.spec["block"], params)
    centre = np.nanmean(draws, axis=0)
    bias = centre - result._terms.of(100 * result._linked.truth)
    bias[TOTALS.index("excess")] = 0.0
    return factor * (draws - centre), result._estimates() - bias


def _null(first: Any, second: Any, paired: bool) -> np.ndarray:
    """P-values of a difference as large between two samples without any link.

    On the boundary, where both cells are 0, the bootstrap's spread is not that of the estimates.
    """
    if not (first._has_null and second._has_null):
        return np.zeros(len(first._terms.labels))
    a, b = first._null_terms, second._null_terms
    count = min(len(a), len(b))
    if not paired:
        b = b[np.random.default_rng(1).permutation(len(b))]
    spread = a[:count] - b[:count]
    observed = first._terms.of(first.table.to_numpy()) - second._terms.of(second.table.to_numpy())
    return (1 + np.sum(np.abs(spread) >= np.abs(observed), axis=0)) / (1 + count)
