"""Results of the tests for breaks in the mean of absolute returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..results import check_level, day, tidy_frame
from .break_results import BreakResults

_REFERENCES = {
    "bootstrap": "residual bootstrap of a GARCH(1, 1) without the break",
    "asymptotic": "Bai and Perron (1998), simulated",
}


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
        sup_f_next, the test of one more break, and critical_next; p_value and p_next of the two.
    double_maximum_p : float
        p-value of UDmax.
    """

    title: ClassVar[str] = "Breaks in the mean of absolute returns"

    criteria: pd.DataFrame
    double_maximum_p: float

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
        constant = "the mean of absolute returns is constant"
        reference = _REFERENCES[self.spec["critical"]]
        most = len(self.criteria) - 1
        rows: list[dict[str, Any]] = [
            {
                "test": f"UDmax, up to {most} breaks",
                "null": constant,
                "statistic": self.double_maximum,
                "p_value": self.double_maximum_p,
            }
        ]
        for m in range(1, most + 1):
            row: Any = self.criteria.loc[m]
            rows.append(
                {
                    "test": f"sup-F({m}|0)",
                    "null": constant,
                    "statistic": row["sup_f"],
                    "p_value": row["p_value"],
                    "note": self._limit(row["critical_value"]),
                }
            )
        for m in range(1, most):
            row = self.criteria.loc[m]
            tested = np.isfinite(row["sup_f_next"])
            rows.append(
                {
                    "test": f"sup-F({m + 1}|{m})",
                    "null": f"there are {m} breaks, not {m + 1}",
                    "statistic": row["sup_f_next"],
                    "p_value": row["p_next"],
                    "note": self._limit(row["critical_next"])
                    if tested
                    else "no regime is long enough to split",
                }
            )
        return [row | {"reference": reference} for row in rows]

    def _limit(self, value: Any) -> str:
        return f"critical value {value:.2f} at {self.spec['level']:g}"
