"""What `liquidity` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import SpecificationError, check_choice
from ..inference import hac
from ..results import Results, check_level, tidy_frame

_WORDS = {
    "turnover_rate": "Turnover rate",
    "zero_volume": "Days without a trade",
    "tiny_trades": "Tiny trades",
    "limit_days": "Days at the limit",
    "amihud": "Amihud illiquidity",
    "amihud_off_limit": "Amihud illiquidity off the limit",
    "roll": "Roll spread",
    "corwin_schultz": "Corwin–Schultz spread",
    "abdi_ranaldo": "Abdi–Ranaldo spread",
    "lot": "LOT cost",
    "fht": "FHT spread",
    "block_share": "Share of blocks",
    "block_discount": "Block over listed price",
}
_LOGARITHMIC = ("amihud", "amihud_off_limit")
_FEWEST = 8


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LiquidityResults(Results):
    """Liquidity by market and period.

    Attributes
    ----------
    table : DataFrame
        A row a market and period: counts (open, traded and priced days, days behind Amihud and
        behind the range spreads, volume, value), the measures, and with the turnover rate the
        `cap` and why it is doubtful.
    """

    title: ClassVar[str] = "Liquidity"

    table: pd.DataFrame

    def series(self, measure: str) -> pd.DataFrame:
        """Return one measure, a column a market and a row a period."""
        self._check(measure)
        wide = self.table.pivot(index="period", columns="market", values=measure)
        return wide[[m for m in self.spec["market"] if m in wide]]

    def coverage(self) -> pd.DataFrame:
        """Return the share of periods, in per cent, for which each measure is missing."""
        table = self.table
        missing = table[list(self.spec["measures"])].isna()
        shares = 100 * missing.groupby(table["market"], sort=False).mean()
        shares.insert(0, "periods", table.groupby("market", sort=False).size())
        return shares

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the mean of each measure over periods, by market, with HAC intervals.

        Newey–West with Andrews' bandwidth; no interval from fewer than eight periods.
        """
        from scipy import stats

        half = stats.norm.ppf(0.5 + check_level(level) / 2)
        rows = []
        for name in self.spec["measures"]:
            for market, part in self.table.groupby("market", sort=False):
                values = part[name].to_numpy(float)
                values = values[np.isfinite(values)]
                error = _mean_error(values)
                mean = float(values.mean()) if len(values) else np.nan
                rows.append(
                    {
                        "term": name,
                        "market": market,
                        "estimate": mean,
                        "std_error": error,
                        "lower": mean - half * error,
                        "upper": mean + half * error,
                        "unit": self.units[name],
                    }
                )
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the table that `plot` draws from."""
        return self.table

    def plot(self, ax: Any = None, measure: str | None = None) -> Any:
        """Draw one measure over time, a line a market; the first one when None."""
        name = self.spec["measures"][0] if measure is None else measure
        self._check(name)
        table = self.table
        colour, dash = plotting.colours(self.spec["market"]), plotting.dashes(self.spec["market"])
        with plotting.style():
            ax = plotting.new_axes(ax)
            market: Any
            for market, part in table.groupby("market", sort=False):
                line = part.set_index("start")[name].reindex(part["start"])
                ax.plot(
                    line.index,
                    line.to_numpy(float),
                    color=colour[market],
                    linestyle=dash[market],
                    linewidth=1.2,
                    marker="." if len(part) < 30 else "",
                    label=market,
                )
            if name in _LOGARITHMIC and (table[name] > 0).any():
                ax.set_yscale("log")
            ax.set_ylabel(f"{_WORDS[name]}, {self.units[name]}")
            plotting.years(ax)
            if table["market"].nunique() > 1:
                ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        return ax

    def _check(self, measure: str) -> None:
        if measure not in self.spec["measures"] and measure in _WORDS:
            raise SpecificationError(
                f"{measure!r} was not asked for.", "Name it in measures=, or leave measures= out."
            )
        check_choice("measure", measure, self.spec["measures"])

    def _headline(self) -> dict[str, Any]:
        return {"markets": len(self.spec["market"]), "periods": len(self.table)}


def _mean_error(values: np.ndarray) -> float:
    if len(values) < _FEWEST or np.ptp(values) == 0:
        return float("nan")
    ones = np.ones((len(values), 1))
    found = hac.hac(ones, values - values.mean(), np.array([[1 / len(values)]]))
    return float(np.sqrt(found.cov[0, 0]))
