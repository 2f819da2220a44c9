"""What the coupling coordination degree says, and how much of it is convention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from ..kernels.coordination import VARIANTS
from ..results import Results, tidy_frame

CLASSES = ((0.2, "severe disorder"), (0.4, "disorder"), (0.6, "barely coordinated"),
           (0.8, "coordinated"), (1.01, "well coordinated"))  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CoordinationResults(Results):
    """The coupling coordination degree; made by `coupling_coordination`.

    Attributes
    ----------
    table : DataFrame
        C, T and D by row, with the bootstrap interval of D.
    systems : DataFrame
        The normalised index of each system.
    weights : Series
        Weights of the systems in T.
    null : dict
        Mean D observed and over rotated data, and the p-value; empty without draws.
    """

    title: ClassVar[str] = "Coupling coordination degree"

    table: pd.DataFrame
    systems: pd.DataFrame
    weights: pd.Series
    null: dict[str, float]

    @property
    def mean(self) -> float:
        """Mean of D."""
        return float(self.table["D"].mean())

    def sensitivity(self) -> pd.DataFrame:
        """Return the mean and last D under every variant, normalisation and weighting.

        Returns
        -------
        DataFrame
            A row a choice: `mean`, `last`, `class` (five equal classes of D, as papers use them)
            and `rank_correlation` with the D of this result.
        """
        rows = []
        own = self.table["D"]
        normalisations = ["none"] if self.spec["normalise"] == "none" else ["minmax", "rank"]
        weights = ["entropy", "equal"]
        if self.spec["weights"] == "given":
            weights.append("given")
        for variant in VARIANTS:
            for normalise in normalisations:
                for weight in weights:
                    scheme = self.recipe.arguments["weights"] if weight == "given" else weight
                    other = self.refit(
                        variant=variant, normalise=normalise, weights=scheme, draws=0
                    ).table["D"]
                    rows.append(
                        {
                            "variant": variant,
                            "normalise": normalise,
                            "weights": weight,
                            "mean": float(other.mean()),
                            "last": float(other.iloc[-1]),
                            "class": next(c for edge, c in CLASSES if other.iloc[-1] < edge),
                            "rank_correlation": float(own.rank().corr(other.rank())),
                        }
                    )
        return pd.DataFrame(rows)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the means, the weights and the last D with its interval (level of the call)."""
        last = self.table.iloc[-1]
        rows: list[dict[str, Any]] = [
            {"term": f"mean {c}", "estimate": float(self.table[c].mean()), "unit": "share"}
            for c in ("C", "T", "D")
        ]
        rows[-1]["p_value"] = self.null.get("p_value")
        rows.append({"term": "last D", "estimate": float(last["D"]), "unit": "share",
                     "lower": last.get("lower"), "upper": last.get("upper")})  # fmt: skip
        rows += [
            {"term": "weight in T", "market": name, "estimate": float(value), "unit": "share"}
            for name, value in self.weights.items()
        ]
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the degrees that `plot` draws."""
        return self.table

    def plot(self, ax: Any = None) -> Any:
        """Draw D with its interval, and C."""
        from .. import plotting

        table = self.table
        with plotting.style():
            ax = plotting.new_axes(ax)
            if "lower" in table:
                ax.fill_between(
                    table.index, table["lower"], table["upper"], color=plotting.PALETTE[0],
                    alpha=0.2, linewidth=0,
                )  # fmt: skip
            ax.plot(table.index, table["D"], color=plotting.PALETTE[0], label="D, coordination")
            ax.plot(
                table.index, table["C"], color=plotting.PALETTE[1], linewidth=0.9,
                linestyle="--", label="C, coupling",
            )  # fmt: skip
            ax.set_ylim(0, 1.02)
            ax.set_ylabel("degree (0 to 1)")
            ax.set_title(f"Coupling coordination degree, {self.spec['variant']} form")
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.08), ncols=2, borderaxespad=0)
            if isinstance(table.index, pd.DatetimeIndex):
                plotting.years(ax)
        return ax

    def _headline(self) -> dict[str, Any]:
        head: dict[str, Any] = {"mean D": self.mean}
        if self.null:
            head |= {"mean D of rotated data": self.null["null_mean"], "p": self.null["p_value"]}
        return head

    def _tests(self) -> list[dict[str, Any]]:
        row: dict[str, Any] = {
            "test": "rotation",
            "null": "the systems are not linked in time (each rotated by a shift of its own)",
        }
        if not self.null:
            return [{**row, "note": "not computed (draws=0)"}]
        return [
            {
                **row,
                "statistic": self.null["mean"],
                "p_value": self.null["p_value"],
                "reference": f"{self.spec['draws']} rotations, mean {self.null['null_mean']:.3f}",
            }
        ]
