"""What `moved_deadlines` gives: the volume moved past the day first set, and placebo years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..kernels.rotation import TIE
from ..results import Results, check_level, tidy_frame

_GRID = np.linspace(-1, 1, 801)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MovedDeadlinesResults(Results):
    """Moved deadlines against kept ones.

    Attributes
    ----------
    rows : DataFrame
        A row a moved deadline: the day of the notice where one is known, days moved, volume of its
        window, part of it after the day first set, the same part in kept years, the gain, tonnes
        moved, rank p-value among kept years.
    null : ndarray
        Mean gain under every assignment of the moves to years, the actual one first.
    shifts : ndarray
        What a gain of one in the moved years adds to each.
    exact : bool
        Whether all assignments are listed.
    profile : DataFrame
        Index week after the day first set: mean share of the window's volume in moved and in
        kept years, number of moves.
    """

    title: ClassVar[str] = "Moved deadlines against kept ones"

    rows: pd.DataFrame
    null: np.ndarray
    shifts: np.ndarray
    exact: bool
    profile: pd.DataFrame

    @property
    def gain(self) -> float:
        """Mean over moves of the gain in the part of volume after the day first set."""
        return float(self.null[0])

    @property
    def tonnes(self) -> float:
        """Tonnes moved past the days first set, summed over moves."""
        return float(self.rows["tonnes"].sum())

    @property
    def pvalue(self) -> float:
        """One-sided p-value of no gain, over assignments of the moves to years."""
        return _p_value(self.null >= self.null[0] - TIE)

    def conf_int(self, level: float | None = None) -> tuple[float, float]:
        """Return the constant gains that the assignments do not reject, at most −1 to 1."""
        level = check_level(self.spec["level"] if level is None else level)
        kept = [g for g in _GRID if self._two_sided(float(g)) > 1 - level]
        return (float(min(kept)), float(max(kept))) if kept else (self.gain, self.gain)

    def _two_sided(self, gain: float) -> float:
        left = self.null - gain * self.shifts
        above = _p_value(left >= left[0] - TIE)
        below = _p_value(left <= left[0] + TIE)
        return min(1.0, 2 * min(above, below))

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return the mean gain, tonnes moved, and the gain of every move with its rank p-value."""
        low, high = self.conf_int(level)
        where = "all" if self.rows["market"].nunique() > 1 else self.rows["market"].iloc[0]
        rows: list[dict[str, Any]] = [
            {
                "term": "gain",
                "market": where,
                "estimate": self.gain,
                "p_value": self.pvalue,
                "lower": low,
                "upper": high,
                "unit": self.units["gain"],
            },
            {
                "term": "tonnes",
                "market": where,
                "estimate": self.tonnes,
                "unit": self.units["tonnes"],
            },
        ]
        row: Any
        for row in self.rows.itertuples():
            rows.append(
                {
                    "term": f"gain {row.cycle}",
                    "market": row.market,
                    "estimate": row.gain,
                    "p_value": row.p_value,
                    "unit": self.units["gain"],
                }
            )
        return tidy_frame(rows)

    def summary(self, level: float | None = None) -> Any:
        """Return the printed table; the same bytes on refit."""
        return super().summary(self.spec["level"] if level is None else level)

    def numbers(self) -> pd.DataFrame:
        """Return the weekly shares that `plot` draws."""
        return self.profile.reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the weekly shares of moved and kept years around the day first set."""
        rows = self.profile
        with plotting.style():
            ax = plotting.new_axes(ax, width=5.6, height=3.2)
            width = 0.4
            moved, kept = plotting.PALETTE[1], plotting.PALETTE[5]
            ax.bar(
                rows.index + 0.5 - width / 2, 100 * rows["kept"], width, color=kept, label="kept"
            )
            ax.bar(
                rows.index + 0.5 + width / 2, 100 * rows["moved"], width, color=moved, label="moved"
            )
            ax.axvline(0, color="#4D4D4D", lw=1)
            ax.annotate(
                "day first set",
                (0, 1),
                xycoords=("data", "axes fraction"),
                xytext=(3, -2),
                textcoords="offset points",
                va="top",
                fontsize=7.5,
                color="#4D4D4D",
            )
            ax.set_xlabel("weeks from the day first set")
            ax.set_ylabel("share of volume, %")
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
        return ax

    def _headline(self) -> dict[str, Any]:
        return {"gain": self.gain, "tonnes": self.tonnes, "p_value": self.pvalue}

    def _tests(self) -> list[dict[str, Any]]:
        how = "all" if self.exact else "drawn"
        return [
            {
                "test": f"mean gain of {len(self.rows)} moved deadlines",
                "null": "moving a deadline moves no volume past the day first set",
                "statistic": self.gain,
                "p_value": self.pvalue,
                "reference": "assignments of the moves to years",
                "note": f"{len(self.null) - (not self.exact):,} assignments, {how}",
            }
        ]


def _p_value(beyond: np.ndarray) -> float:
    """Return the share of assignments beyond the actual one, which is counted among them."""
    return float(beyond.mean())
