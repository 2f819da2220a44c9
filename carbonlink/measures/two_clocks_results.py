"""What `two_clocks` gives: Shapley shares of the explained deviance, and what each clock adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..results import Results, Summary, check_level, tidy_frame

CALENDAR, COMPLIANCE = "calendar", "compliance"
CLOCKS = (CALENDAR, COMPLIANCE)
_LEAST = 0.005
"""Shares nearer to 0 or 1 count as this near on the logit scale of the intervals."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TwoClocksResults(Results):
    """Calendar clock against compliance clock.

    Attributes
    ----------
    gains : tuple of float
        Deviance explained beyond market-year effects by the calendar clock, the compliance
        clock, and both.
    deviance : float
        Poisson deviance around market-year means.
    without : ndarray, shape (G, 3)
        The gains without each of the market-years.
    tests : dict
        Of each clock, given the other: score statistic, its mean by chance, p-value.
    """

    title: ClassVar[str] = "Calendar clock against compliance clock"

    gains: tuple[float, ...]
    deviance: float
    without: np.ndarray
    tests: dict[str, tuple[float, float, float]]

    @property
    def calendar_share(self) -> float:
        """Shapley share of the calendar clock in the explained deviance."""
        return float(_shapley(np.array([self.gains]))[0])

    @property
    def compliance_share(self) -> float:
        """Shapley share of the compliance clock in the explained deviance."""
        return 1 - self.calendar_share

    @property
    def explained(self) -> float:
        """Share of the deviance around market-year means that both clocks explain."""
        return self.gains[2] / self.deviance

    @property
    def pvalues(self) -> pd.Series:
        """p-value of each clock adding nothing beyond the other."""
        return pd.Series({k: self.tests[k][2] for k in CLOCKS}, name="p_value")

    @property
    def table(self) -> pd.DataFrame:
        """A row a clock: Shapley share with interval, what it explains alone and beyond the other.

        `alone`, `beyond` and `by_chance` are parts of the deviance that both explain; `by_chance`
        is what a clock that does not matter would add, at first order, as the wild bootstrap of
        its scores has it.
        """
        return self._table(self.spec["level"])

    def _table(self, level: float) -> pd.DataFrame:
        both = self.gains[2]
        bounds = self._bounds(level)
        rows = {}
        for place, name in enumerate(CLOCKS):
            rows[name] = {
                "share": (self.calendar_share, self.compliance_share)[place],
                "lower": bounds[place][0],
                "upper": bounds[place][1],
                "alone": self.gains[place] / both,
                "beyond": (both - self.gains[1 - place]) / both,
                "by_chance": self.tests[name][1] / both,
                "p_value": self.tests[name][2],
            }
        return pd.DataFrame(rows).T.rename_axis("clock")

    def _bounds(self, level: float) -> list[tuple[float, float]]:
        from scipy import stats

        check_level(level)
        left = _logit(_shapley(self.without))
        count = len(left)
        error = np.sqrt((count - 1) / count * ((left - left.mean()) ** 2).sum())
        half = stats.t.ppf(0.5 + level / 2, count - 1) * error
        share = float(_logit(np.array(self.calendar_share)))
        centres = np.array([share, share - (count - 1) * (left.mean() - share)])
        low, high = 1 / (1 + np.exp(-np.array([centres.min() - half, centres.max() + half])))
        return [(float(low), float(high)), (float(1 - high), float(1 - low))]

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return the Shapley shares, what each clock adds beyond the other, and what both explain.

        The p-value is that of the clock adding nothing beyond the other.
        """
        frame = self._table(self.spec["level"] if level is None else level)
        where = "all" if len(self.spec["market"]) > 1 else self.spec["market"][0]
        unit = self.units["share"]
        rows: list[dict[str, Any]] = []
        for name, row in frame.iterrows():
            rows.append(
                {
                    "term": f"{name} share",
                    "market": where,
                    "estimate": row["share"],
                    "lower": row["lower"],
                    "upper": row["upper"],
                    "unit": unit,
                }
            )
        for name, row in frame.iterrows():
            rows.append(
                {
                    "term": f"{name} beyond the other",
                    "market": where,
                    "estimate": row["beyond"],
                    "p_value": row["p_value"],
                    "unit": unit,
                }
            )
        rows.append(
            {
                "term": "explained",
                "market": where,
                "estimate": self.explained,
                "unit": "share of the deviance around market-year means",
            }
        )
        return tidy_frame(rows)

    def summary(self, level: float | None = None) -> Summary:
        """Return the printed table; the same bytes on refit."""
        return super().summary(self.spec["level"] if level is None else level)

    def numbers(self) -> pd.DataFrame:
        """Return the table that `plot` draws."""
        return self.table.reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the Shapley shares with intervals, and what each clock adds beyond the other."""
        rows = 100 * self.table
        with plotting.style():
            ax = plotting.new_axes(ax, width=5.6, height=2.2)
            place = np.arange(2)[::-1]
            share, beyond = plotting.PALETTE[0], plotting.PALETTE[4]
            ax.barh(place + 0.17, rows["share"], 0.3, color=share, label="Shapley share")
            ax.barh(place - 0.17, rows["beyond"], 0.3, color=beyond, label="beyond the other")
            ax.hlines(place + 0.17, rows["lower"], rows["upper"], color="black", lw=1.4)
            ax.plot(
                rows["by_chance"],
                place - 0.17,
                "|",
                color="black",
                ms=12,
                mew=1.6,
                label="by chance",
            )
            ax.set_yticks(place, ["time of year", "time to the deadline"])
            ax.set_xlim(0, 100)
            ax.set_xlabel("share of the deviance that both clocks explain, %")
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2)
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "calendar_share": self.calendar_share,
            "compliance_share": self.compliance_share,
            "explained": self.explained,
            "p_calendar": self.tests[CALENDAR][2],
            "p_compliance": self.tests[COMPLIANCE][2],
        }

    def _tests(self) -> list[dict[str, Any]]:
        return [
            {
                "test": f"{name} clock, given the other",
                "null": f"the {name} clock explains nothing that the other does not",
                "statistic": self.tests[name][0],
                "p_value": self.tests[name][2],
                "reference": "wild bootstrap of market-year scores, Webb weights",
                "note": f"{self.spec['market_years']} market-years",
            }
            for name in CLOCKS
        ]


def _logit(share: np.ndarray) -> np.ndarray:
    kept = np.clip(share, _LEAST, 1 - _LEAST)
    return np.log(kept / (1 - kept))


def _shapley(gains: np.ndarray) -> np.ndarray:
    """Return the calendar's share from gains of calendar, compliance and both, shape (d, 3)."""
    alone, other, both = gains.T
    return np.clip((alone + both - other) / (2 * both), 0, 1)
