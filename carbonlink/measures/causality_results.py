"""A family of causality tests: the table, its adjustment, and what it could have found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..artifacts import latex_table
from ..printing import Summary, describe, headline, render_summary
from ..results import Results, tidy_frame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CausalityResults(Results):
    """A declared family of causality tests; made by `carbonlink.causality`.

    Attributes
    ----------
    table : DataFrame
        A row a test: cause, effect (and the wave or quantile), statistic, df,
        p_asymptotic, p_value (bootstrap), p_adjusted, reject, partial_r2, detectable_r2 (the
        smallest partial R² that a test at the level finds with power 0.8, by itself),
        detectable_r2_family (at the level divided by the number of tests), and for one cause
        and one effect the sum of the coefficients with its standard error and the sum that is
        detectable.
    expected_false : float
        Rejections to expect without adjustment if no null is false: level × tests.
    fitted : VARResults
    """

    title: ClassVar[str] = "Causality"

    table: pd.DataFrame
    expected_false: float

    def matrix(self, column: str = "p_adjusted") -> pd.DataFrame:
        """Return a column of the table with causes as rows and effects as columns."""
        table = self.table
        wide = table.pivot_table(
            index="cause", columns="effect", values=column, aggfunc="min", sort=False
        )
        names = [n for n in self.fitted.names if n in {*wide.index, *wide.columns}]
        rows = [n for n in (*names, *wide.index) if n in wide.index]
        columns = [n for n in (*names, *wide.columns) if n in wide.columns]
        return wide.loc[list(dict.fromkeys(rows)), list(dict.fromkeys(columns))]

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a test with the adjusted p-value.

        The estimate is the sum of the coefficients; the partial R² where there is no such sum.
        """
        from scipy import stats

        rows, half = [], stats.norm.ppf(0.5 + level / 2)
        row: Any
        for row in self.table.itertuples():
            wave = _place(row)
            spread = half * row.std_error
            rows.append(
                {
                    "term": f"{row.cause} → {row.effect}{wave}",
                    "market": row.effect,
                    "estimate": row.sum if np.isfinite(row.sum) else row.partial_r2,
                    "std_error": row.std_error,
                    "statistic": row.statistic,
                    "p_value": row.p_adjusted,
                    "lower": row.sum - spread,
                    "upper": row.sum + spread,
                }
            )
        return tidy_frame(rows)

    def summary(self, level: float = 0.95) -> Summary:
        """Return every test with its p-values and what it could have found."""
        facts = [("Sample", str(self.sample)), *((k, describe(v)) for k, v in self.spec.items())]
        facts += [(k, headline(v)) for k, v in self._headline().items()]
        return render_summary(self.title, facts, self._printed(), self.notes)

    def to_latex(self, caption: str = "", label: str = "") -> str:
        """Return the printed table in LaTeX with the notes under it."""
        return latex_table(self._printed(), caption or self.title, label, self.notes)

    def _printed(self) -> pd.DataFrame:
        table = self.table
        keys = ["cause", "effect", *(k for k in ("period", "quantile") if k in table)]
        shown = table[keys].assign(
            statistic=table["statistic"].map("{:.2f}".format),
            df=table["df"],
            p=table["p_value"].map("{:.3f}".format),
            adjusted=table["p_adjusted"].map("{:.3f}".format),
            partial_r2=table["partial_r2"].map("{:.3f}".format),
            detectable=table["detectable_r2"].map("{:.3f}".format),
        )
        shown["rejected"] = np.where(table["reject"], "yes", "no")
        shown = shown.rename(columns={"partial_r2": "partial R²", "detectable": "detectable R²"})
        return shown.astype(str)

    def numbers(self) -> pd.DataFrame:
        """Return the table."""
        return self.table

    def plot(self, ax: Any = None) -> Any:
        """Draw the adjusted p-values, causes down and effects across."""
        wide = self.matrix()
        cells = wide.to_numpy(float)
        labels = [[f"{v:.3f}" if np.isfinite(v) else "" for v in row] for row in cells]
        with plotting.style():
            size = (2.4 + 0.85 * wide.shape[1], 1.5 + 0.5 * wide.shape[0])
            ax = plotting.new_axes(ax, *size)
            shade = np.where(np.isfinite(cells), -np.log10(np.maximum(cells, 1e-3)), np.nan)
            ax.imshow(shade, cmap="Blues", vmin=0, vmax=3.6, aspect="auto")
            for i, line in enumerate(labels):
                for j, text in enumerate(line):
                    bold = "bold" if text and cells[i, j] <= self.spec["level"] else "normal"
                    dark = text and cells[i, j] < 0.01
                    colour = "white" if dark else "black"
                    ax.text(
                        j, i, text, ha="center", va="center", fontsize=8, weight=bold, color=colour
                    )
            slant = 40 if wide.shape[1] > 4 or max(map(len, map(str, wide.columns))) > 10 else 0
            side = "right" if slant else "center"
            ax.set_xticks(range(wide.shape[1]), map(str, wide.columns), rotation=slant, ha=side)
            ax.set_yticks(range(wide.shape[0]), map(str, wide.index))
            ax.set_xlabel("effect")
            ax.set_ylabel("cause")
            ax.grid(False)
            ax.tick_params(length=0)
            ax.spines[:].set_visible(False)
            ax.set_title(f"p of no causality, {self.spec['adjust']}; bold: rejected", fontsize=9)
        return ax

    def _headline(self) -> dict[str, Any]:
        table = self.table
        return {
            "tests": len(table),
            "rejected": int(table["reject"].sum()),
            "rejected without adjustment": int((table["p_value"] <= self.spec["level"]).sum()),
            "expected false without adjustment": self.expected_false,
        }

    def _tests(self) -> list[dict[str, Any]]:
        kind = self.spec["method"]
        rows = []
        for row in self.table.itertuples():
            wave = _place(row)
            note = ""
            if not row.reject:
                note = (
                    f"not rejected; partial R² found with power 0.8: {row.detectable_r2:.3f} "
                    f"({row.detectable_r2_family:.3f} after Bonferroni)"
                )
            rows.append(
                {
                    "test": f"{kind}: {row.cause} → {row.effect}{wave}",
                    "null": f"{row.cause} does not cause {row.effect}{wave}",
                    "statistic": row.statistic,
                    "p_value": row.p_adjusted,
                    "reference": f"{self.spec['draws']} draws, {self.spec['adjust']}"
                    if self.spec["draws"]
                    else f"chi-squared({row.df}), {self.spec['adjust']}",
                    "note": note,
                }
            )
        return [*rows, *self.fitted._tests()]


def _place(row: Any) -> str:
    """The wave or the quantile of a test in words."""
    if hasattr(row, "period"):
        return f", waves of {row.period:g} rows"
    return f", quantile {row.quantile:g}" if hasattr(row, "quantile") else ""
