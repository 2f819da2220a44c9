"""What `market_shares` returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import check_level
from ..facts import markets as registry
from ..results import Results, tidy_frame
from .rule_change import RuleChange, rule_change


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MarketSharesResults(Results):
    """Shares of markets and their concentration by period.

    Attributes
    ----------
    table : DataFrame
        A row a period: days, markets that cover it and those `missing`, total, HHI, HHI*,
        effective markets, the largest market, the change of HHI and its p-value.
    shares : DataFrame
        A row a period, a column a market; missing where its file does not cover the period.
    errors : DataFrame
        Standard errors of the shares' log-odds, laid out as `shares`.
    """

    title: ClassVar[str] = "Shares of markets"

    table: pd.DataFrame
    shares: pd.DataFrame
    errors: pd.DataFrame

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return intervals of HHI and of the shares, by period (columns lower, upper)."""
        level = check_level(self.spec["level"] if level is None else level)
        found: dict[tuple[Any, Any], tuple[float, float]] = {}
        row: Any
        for row in self.table.itertuples():
            found["hhi", row.period] = _interval(row.hhi, row.hhi_error, level)
        period: Any
        for period, shares in self.shares.iterrows():
            for market, share in shares.dropna().items():
                error = float(self.errors[market].loc[period])
                found[market, period] = _interval(float(share), error, level)
        index = pd.MultiIndex.from_tuples(list(found), names=["of", "period"])
        return pd.DataFrame(list(found.values()), index=index, columns=["lower", "upper"])

    def rule_change(
        self,
        date: Any,
        measure: str = "effective_days",
        *,
        markets: str | Iterable[str] | None = None,
        window: int = 30,
        trend: bool = True,
        deadlines: Any = None,
    ) -> RuleChange:
        """Compare compliance cycles before and after a rule changed, with pseudo dates as null.

        Parameters
        ----------
        date : date-like
            Day from which the rule holds; `carbonlink.facts.policy.policy_dates` lists some.
        measure : str
            A measure of `carbonlink.concentration`: "effective_days", "window_share", "hhi_star",
            "theil_share" and so on.
        markets : str or list of str, optional
            Those of the call when None.
        window : int
            Days of the window of the shares.
        trend : bool
            Whether a common linear trend runs under the change.
        deadlines : optional
            As in `carbonlink.concentration`.

        Returns
        -------
        RuleChange
        """
        arguments = self.recipe.arguments
        chosen = self.spec["market"] if markets is None else markets
        basis = {k: arguments[k] for k in ("kind", "basis")}
        return rule_change(
            arguments["data"], date, measure, chosen, window, trend, deadlines, basis
        )

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return HHI (with the p-value of its change) and every market's share, by period."""
        ends = self.conf_int(level)
        rows = []
        row: Any
        for row in self.table.itertuples():
            lower, upper = ends.loc[("hhi", row.period)]
            rows.append(
                {
                    "term": f"hhi {row.period}",
                    "market": "all",
                    "estimate": row.hhi,
                    "p_value": row.p_change,
                    "lower": lower,
                    "upper": upper,
                    "unit": self.units["hhi"],
                }
            )
        period: Any
        market: Any
        for period, shares in self.shares.iterrows():
            for market, share in shares.dropna().items():
                lower, upper = ends.loc[(market, period)]
                rows.append(
                    {
                        "term": f"share {period}",
                        "market": market,
                        "estimate": share,
                        "lower": lower,
                        "upper": upper,
                        "unit": self.units["share"],
                    }
                )
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the shares that `plot` draws."""
        return self.shares.rename_axis("period").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw each period's shares as a stacked bar, with the effective number of markets."""
        names: list[Any] = list(self.shares)
        order = [m for m in registry.order() if m in names]
        palette = plotting.colours([*order, *[m for m in names if m not in order]])
        with plotting.style():
            ax = plotting.new_axes(ax)
            place, bottom = np.arange(len(self.shares)), np.zeros(len(self.shares))
            for market in palette:
                part = 100 * self.shares[market].fillna(0.0).to_numpy()
                ax.bar(
                    place,
                    part,
                    bottom=bottom,
                    color=palette[market],
                    label=market,
                    edgecolor="white",
                    linewidth=0.6,
                    width=0.8,
                )
                bottom += part
            for x, count in zip(place, self.table["effective_markets"], strict=True):
                ax.text(x, 101, f"{count:.1f}", ha="center", va="bottom", fontsize=7)
            ax.set_xticks(place, list(self.shares.index), rotation=45 if len(place) > 12 else 0)
            ax.set_ylim(0, 109)
            ax.grid(False)
            ax.set_ylabel("share, % (above: effective markets, 1/HHI)")
            ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        return ax

    def _headline(self) -> dict[str, Any]:
        last = self.table.iloc[-1]
        return {
            "periods": len(self.table),
            "last_period": last["period"],
            "hhi": float(last["hhi"]),
            "effective_markets": float(last["effective_markets"]),
        }

    def _tests(self) -> list[dict[str, Any]]:
        rows: Any = self.table.itertuples()
        return [
            {
                "test": f"change of HHI to {row.period}",
                "null": "the spread over markets is that of the period before",
                "statistic": row.change,
                "p_value": row.p_change,
                "reference": "block bootstrap of days",
                "note": "" if np.isfinite(row.change) else "first period, or other markets",
            }
            for row in rows
        ]


def _interval(value: float, error: float, level: float) -> tuple[float, float]:
    from scipy import special, stats

    if not 0 < value < 1 or not np.isfinite(error):
        return float("nan"), float("nan")
    half = stats.norm.ppf(0.5 + level / 2) * error
    middle = special.logit(value)
    return float(special.expit(middle - half)), float(special.expit(middle + half))
