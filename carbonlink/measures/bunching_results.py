"""What `bunching` gives: excess volume before deadlines and its counterfactual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..inference import clusters
from ..results import Results, Summary, check_level, tidy_frame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BunchingResults(Results):
    """Excess volume before deadlines.

    Attributes
    ----------
    days : float
        Excess b, in days of the counterfactual's mean volume in the zone.
    mass : float
        Excess B, in days of the market-year's mean volume.
    profile : DataFrame
        Index open days to the deadline: observed profile, counterfactual, whether in the zone,
        market-years seen.
    pseudo : Series
        Jackknife pseudo-value of b of each market-year.
    weights : ndarray
        Of the cluster bootstrap.
    """

    title: ClassVar[str] = "Volume bunched before compliance deadlines"

    days: float
    mass: float
    profile: pd.DataFrame
    pseudo: pd.Series
    weights: np.ndarray

    @property
    def pvalue(self) -> float:
        """Two-sided p-value of no excess; missing for one market-year."""
        values = self._values()
        if values is None:
            return float("nan")
        return clusters.mean_p_value(values, np.arange(len(values)), self.weights)

    def conf_int(self, level: float | None = None) -> tuple[float, float]:
        """Return the interval of b; missing for one market-year."""
        level = check_level(self.spec["level"] if level is None else level)
        values = self._values()
        if values is None:
            return float("nan"), float("nan")
        return clusters.mean_interval(values, np.arange(len(values)), self.weights, level)

    def _values(self) -> np.ndarray | None:
        """Return the pseudo-values, moved to have b as their mean."""
        values = self.pseudo.to_numpy(float)
        if len(values) < 2 or not np.isfinite(values).all():
            return None
        return values - values.mean() + self.days

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return b with its interval and p-value, and B."""
        low, high = self.conf_int(level)
        where = "all" if len(self.spec["market"]) > 1 else self.spec["market"][0]
        rows = [
            {
                "term": "excess",
                "market": where,
                "estimate": self.days,
                "p_value": self.pvalue,
                "lower": low,
                "upper": high,
                "unit": self.units["days"],
            },
            {
                "term": "excess mass",
                "market": where,
                "estimate": self.mass,
                "unit": self.units["mass"],
            },
        ]
        return tidy_frame(rows)

    def summary(self, level: float | None = None) -> Summary:
        """Return the printed table; the same bytes on refit."""
        return super().summary(self.spec["level"] if level is None else level)

    def numbers(self) -> pd.DataFrame:
        """Return the profile and its counterfactual by day."""
        return self.profile.reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the profile, the counterfactual, and the excess between them."""
        rows = self.profile
        blue, grey = plotting.PALETTE[0], "#4D4D4D"
        with plotting.style():
            ax = plotting.new_axes(ax, width=5.6, height=3.2)
            inside = rows[rows["zone"]]
            ax.fill_between(
                inside.index,
                inside["counterfactual"],
                inside["observed"],
                color=plotting.PALETTE[4],
                alpha=0.5,
                lw=0,
                label="excess",
            )
            ax.plot(rows["observed"], color=blue, lw=1.2, label="observed, mean over market-years")
            ax.plot(rows["counterfactual"], "--", color=grey, lw=1.4, label="counterfactual")
            ax.axvline(0.5, color=grey, lw=0.8)
            ax.set_xlim(rows.index[0], rows.index[-1])
            ax.set_ylim(0)
            ax.set_xlabel("open days to the deadline")
            ax.set_ylabel("times the year's mean")
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2)
        return ax

    def _headline(self) -> dict[str, Any]:
        return {"days": self.days, "mass": self.mass, "p_value": self.pvalue}

    def _tests(self) -> list[dict[str, Any]]:
        few = len(self.pseudo) < clusters.MANY
        note = "" if self._values() is not None else "too few market-years on some day"
        return [
            {
                "test": "excess before the deadline",
                "null": "volume in the zone is that of the polynomial",
                "statistic": self.days,
                "p_value": self.pvalue,
                "reference": "wild cluster bootstrap-t" if few else "cluster bootstrap-t",
                "note": note or f"{len(self.pseudo)} market-years",
            }
        ]
