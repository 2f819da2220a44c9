"""What the measures of integration say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..results import Results, tidy_frame

TESTS = {
    "p_dfgls": ("DF-GLS", "dfgls", "the relative price has a unit root"),
    "p_kss": ("KSS", "kss", "the relative price has a unit root, against a smooth return"),
    "p_trace": ("trace, free β", "trace", "the two prices have no cointegrating relation"),
    "p_unit_beta": ("β = (1, −1)", None, "the relation is one for one, given cointegration"),
    "p_band": ("band", None, "the return is linear, without a neutral band"),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IntegrationResults(Results):
    """Dispersion, relative prices and convergence of markets; made by `integration`.

    Attributes
    ----------
    prices : DataFrame
        Logarithms of prices, at the frequency of the analysis.
    dispersion : DataFrame
        See `carbonlink.measures.integration_dispersion.dispersion`.
    changes : DataFrame
        Trend, change at the split and unknown break of the balanced dispersion, a row a test.
    pairs : DataFrame
        A row a pair and period: unit-root tests of the relative price (β = (1, −1) fixed), trace
        with β free and the test of one for one, persistence and half-life with their interval,
        the neutral band; p-values as they are and adjusted over the pairs of the period (Holm).
    log_t : DataFrame
        Log t of the core by period, and of each club.
    clubs : DataFrame
        Club of each core market by period, as found and after merging neighbours.
    arbitrage : DataFrame
        The pairs of a credit (CCER) and an allowance.
    cut : Timestamp or None
        First day of the second period.
    """

    title: ClassVar[str] = "Market integration"

    prices: pd.DataFrame
    dispersion: pd.DataFrame
    changes: pd.DataFrame
    pairs: pd.DataFrame
    log_t: pd.DataFrame
    clubs: pd.DataFrame
    arbitrage: pd.DataFrame
    cut: pd.Timestamp | None

    def half_lives(self, period: str = "all", bound: str = "") -> pd.DataFrame:
        """Return half-lives as a matrix of markets.

        Parameters
        ----------
        period : {"all", "before", "after"}
        bound : {"", "lower", "upper"}
            The estimate, or an end of its interval.
        """
        column = f"half_life_{bound}" if bound else "half_life"
        names = list(self.prices.columns)
        matrix = pd.DataFrame(np.nan, index=names, columns=names)
        table = self.pairs
        if column in table:
            for row in table[table["period"] == period].itertuples():
                value = getattr(row, column)
                matrix.loc[row.first, row.second] = matrix.loc[row.second, row.first] = value
        return matrix

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return dispersion by period, its changes, log t and the half-lives.

        The intervals of half-lives have the level of the call, whatever `level` is here.
        """
        spread = self.dispersion["dispersion"].dropna()
        parts = {"all": spread}
        if self.cut is not None:
            parts |= {"before": spread[spread.index < self.cut]}
            parts |= {"after": spread[spread.index >= self.cut]}
        rows: list[dict[str, Any]] = [
            {
                "term": f"mean dispersion, {name}",
                "estimate": float(part.mean()),
                "unit": "log points",
            }
            for name, part in parts.items()
            if len(part)
        ]
        for row in self.changes.to_dict("records"):
            figures = {k: row.get(k, np.nan) for k in ("estimate", "statistic", "p_value")}
            rows.append({"term": row["test"], "unit": "log points", **figures})
        for row in self.log_t.to_dict("records"):
            figures = {k: row.get(k, np.nan) for k in ("std_error", "statistic", "p_value")}
            figures["estimate"] = row.get("slope", np.nan)
            rows.append({"term": f"log t, {row['group']}, {row['period']}", **figures})
        return tidy_frame([*rows, *self._speeds()])

    def _speeds(self) -> list[dict[str, Any]]:
        if "half_life" not in self.pairs:
            return []
        return [
            {
                "term": f"half-life, {row['period']}",
                "market": f"{row['first']}–{row['second']}",
                "estimate": row["half_life"],
                "lower": row["half_life_lower"],
                "upper": row["half_life_upper"],
                "unit": self.units["half_life"],
            }
            for row in self.pairs.to_dict("records")
        ]

    def numbers(self) -> pd.DataFrame:
        """Return the dispersion that `plot` draws."""
        return self.dispersion

    def plot(self, ax: Any = None) -> Any:
        """Draw the dispersion over time, with the split."""
        from .. import plotting

        with plotting.style():
            ax = plotting.new_axes(ax)
            draw_dispersion(ax, self)
            ax.set_title("Dispersion of log prices")
            ax.legend(loc="best")
        return ax

    def _headline(self) -> dict[str, Any]:
        spread = self.dispersion["dispersion"].dropna()
        whole = self.log_t.iloc[0]
        head: dict[str, Any] = {"mean dispersion": float(spread.mean())}
        if "statistic" in whole and np.isfinite(whole["statistic"]):
            head["log t"] = float(whole["statistic"])
        return head

    def _reference(self, column: str) -> str:
        drawn = int(self.spec["draws"])
        if column in ("p_dfgls", "p_kss"):
            return "wild bootstrap" if drawn else "asymptotic, for constant variances"
        if column == "p_trace":
            return "wild bootstrap" if drawn else "Reinsel and Ahn"
        return {"p_band": "wild bootstrap"}.get(column, "")

    def _tests(self) -> list[dict[str, Any]]:
        rows = [
            {k: row.get(k) for k in ("test", "null", "statistic", "p_value", "reference", "note")}
            for row in self.changes.astype(object)
            .where(self.changes.notna(), None)
            .to_dict("records")
        ]
        for row in self.log_t.to_dict("records"):
            rows.append(
                {
                    "test": f"log t ({row['group']}, {row['period']})",
                    "null": "the markets converge",
                    "statistic": row.get("statistic"),
                    "p_value": row.get("p_value"),
                    "reference": "normal, one-sided; rejected below −1.65",
                    "note": row.get("note") or "",
                }
            )
        for row in self.pairs.to_dict("records"):
            pair = f"{row['first']}–{row['second']}, {row['period']}"
            for column, (name, statistic, null) in TESTS.items():
                if column in row:
                    missing = "not computed (draws=0)" if column == "p_band" else "not defined"
                    rows.append(
                        {
                            "test": f"{name} ({pair})",
                            "null": null,
                            "statistic": row[statistic] if statistic else None,
                            "p_value": row[column],
                            "reference": self._reference(column),
                            "note": row["note"] or ("" if pd.notna(row[column]) else missing),
                        }
                    )
        return rows


def draw_dispersion(ax: Any, result: IntegrationResults) -> None:
    """Draw both dispersions and the split on Axes."""
    from .. import plotting

    table = result.dispersion
    n = len(result.spec["core"])
    lines = [("dispersion", f"the {n} core markets", 0, 1.4)]
    if (table["markets"] != n).any():
        lines.insert(0, ("all", "all markets with a price", 5, 0.9))
    for column, label, tint, width in lines:
        look = {"label": label, "color": plotting.PALETTE[tint], "linewidth": width}
        _unbroken(ax, table[column], look)
    if result.cut is not None:
        ax.axvline(result.cut, color="#4D4D4D", linewidth=0.9, linestyle="--")
    ax.set_ylabel("standard deviation of log prices")
    ax.set_ylim(bottom=0)
    if isinstance(table.index, pd.DatetimeIndex):
        plotting.years(ax)


def _unbroken(ax: Any, series: pd.Series, look: dict[str, Any]) -> None:
    """Draw a line with its gaps: a part a run of dates; the label stands once."""
    from .. import plotting

    if not isinstance(series.index, pd.DatetimeIndex):
        ax.plot(series.index, series, **look)
        return
    step = float(np.median(np.diff(series.index.to_numpy()) / np.timedelta64(1, "D")))
    label = look.pop("label")
    drawn = plotting.broken_line(ax, series, gap=int(np.ceil(1.5 * step)), **look)
    if drawn is not None:
        drawn.set_label(label)
