"""What `concentration` gives: a row a market-cycle, pooled figures, intervals, the curve."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import check_choice
from ..inference import clusters, parallel
from ..inference.shares import ShareErrors
from ..kernels.inequality import lorenz
from ..results import Results, Summary, check_level, tidy_frame
from .concentration_curve import BestWindow, CurveResults, best_window, curve_of
from .concentration_rows import BOUNDS, MEASURES, POOLED
from .rotation_test import RotationTest, groups_of

_MOST_ROWS = 40
_CLUSTERS_AFTER = 2**31
"""Spawn key of the cluster draws, away from those of the rotations."""
_REFERENCE = "circular rotation within cycles"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConcentrationResults(Results):
    """Concentration of trading before deadlines.

    Attributes
    ----------
    rows : DataFrame
        A row a market-cycle: span, deadline, open days n, window days, volume, every measure,
        rotation p-value, interval of the window share.
    markets : DataFrame
        A row a market: means over its cycles, p-value, and p-values adjusted for the number of
        markets (Holm, Benjamini–Hochberg, Benjamini–Yekutieli, max-T).
    pooled : dict
        Means over all market-cycles, sums of days and volume, joint p-value.
    refused : tuple of (market, cycle, reason)
        What was left out.
    remarks : tuple of str
        Notes that hold for every cycle.
    """

    title: ClassVar[str] = "Concentration of trading before compliance deadlines"

    rows: pd.DataFrame
    markets: pd.DataFrame
    pooled: dict[str, Any]
    refused: tuple[tuple[str, str, str], ...]
    remarks: tuple[str, ...]
    test: RotationTest
    errors: tuple[ShareErrors, ...]

    @property
    def table(self) -> pd.DataFrame:
        """A row a market-cycle and a last, pooled one; the interval is of the window share."""
        last = pd.DataFrame([{**self.pooled, **self._pooled_interval(self.spec["level"])}])
        joined = pd.concat([self.rows, last], ignore_index=True)[list(self.rows.columns)]
        whole = ["n", "traded_days", "window_days"]
        return joined.astype(dict.fromkeys(whole, int))

    @property
    def pvalue(self) -> float:
        """p-value of the pooled window share under rotation."""
        return float(self.pooled["p_value"])

    @property
    def window_share(self) -> float:
        """Mean over cycles of the share of volume in the window, 0 to 1."""
        return float(self.pooled["window_share"])

    @property
    def excess_ratio(self) -> float:
        """Mean over cycles of the window share over the window's share of days."""
        return float(self.pooled["excess_ratio"])

    @property
    def hhi(self) -> float:
        """Mean over cycles of the Herfindahl index over days."""
        return float(self.pooled["hhi"])

    @property
    def effective_days(self) -> float:
        """Mean over cycles of 1/HHI."""
        return float(self.pooled["effective_days"])

    @property
    def theil_share(self) -> float:
        """Mean over cycles of Φ, the part of Theil's T that lies between window and rest."""
        return float(self.pooled["theil_share"])

    def conf_int(self, level: float | None = None, measure: str = "window_share") -> pd.DataFrame:
        """Return intervals of one measure by market-cycle, by market and pooled.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the call when None.
        measure : str
            A column of the table, "window_share" to "days_to_half".

        Returns
        -------
        DataFrame
            Index market and cycle ("pooled" for means over cycles), columns lower, upper.
            Missing where no statement is possible: a mean of one cycle, and for single cycles
            all but window_share, excess_ratio, excess_mass and theil_share.
        """
        level = check_level(self.spec["level"] if level is None else level)
        check_choice("measure", measure, MEASURES)
        keys = [(r.market, r.cycle) for r in self.rows.itertuples()]
        found = dict(zip(keys, self._cycle_intervals(measure, level), strict=True))
        if len(self.markets) > 1:
            for market in self.markets.index:
                chosen = self.rows["market"].eq(market).to_numpy()
                found[market, POOLED] = self._mean_interval(measure, level, chosen)
        every = np.ones(len(self.rows), dtype=bool)
        found[self.pooled["market"], POOLED] = self._mean_interval(measure, level, every)
        index = pd.MultiIndex.from_tuples(list(found), names=["market", "cycle"])
        return pd.DataFrame(list(found.values()), index=index, columns=["lower", "upper"])

    def curve(
        self, max_window: int = 120, market: str | None = None, level: float = 0.95
    ) -> CurveResults:
        """Return S(w), R(w) and Φ(w) for w = 1 … `max_window`, with their null bands.

        Parameters
        ----------
        max_window : int
            Longest window, in the days that the call counts. Cycles shorter than half of it are
            left out, and the curve ends where the shortest of the others does.
        market : str, optional
            One market; all cycles when None.
        level : float
            Level of the bands.
        """
        return curve_of(self, max_window, market, level)

    def best_window(self, max_window: int = 120, market: str | None = None) -> BestWindow:
        """Return the window w* that maximises Φ, with a p-value corrected for the search.

        Parameters
        ----------
        max_window, market
            As in `curve`.
        """
        return best_window(self, max_window, market)

    def lorenz(self) -> pd.DataFrame:
        """Return the Lorenz curve of every market-cycle: shares of days (zeros in) and volume."""
        parts = []
        for one in self.test.cycles:
            days, volume = lorenz(one.volume)
            parts.append(
                pd.DataFrame(
                    {"market": one.market, "cycle": one.label, "days": days, "volume": volume}
                )
            )
        return pd.concat(parts, ignore_index=True)

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return pooled measures, window shares by market and by market-cycle."""
        level = check_level(self.spec["level"] if level is None else level)
        shares = self.conf_int(level)
        pooled = self.pooled["market"]
        rows = [
            self._term(name, pooled, self.pooled[name], self._every(name, level), self.pooled)
            for name in MEASURES
        ]
        if len(self.markets) > 1:
            market: Any
            for market, row in self.markets.iterrows():
                interval = shares.loc[(market, POOLED)]
                rows.append(self._term("window_share", market, row["window_share"], interval, row))
        for _, row in self.rows.iterrows():
            name, interval = (
                f"window_share {row['cycle']}",
                shares.loc[(row["market"], row["cycle"])],
            )
            rows.append(self._term(name, row["market"], row["window_share"], interval, row))
        return tidy_frame(rows)

    def summary(self, level: float | None = None) -> Summary:
        """Return the printed table; the same bytes on refit."""
        return super().summary(check_level(self.spec["level"] if level is None else level))

    def numbers(self) -> pd.DataFrame:
        """Return the shares that `plot` draws, with intervals and the share of an even spread."""
        shares = self.conf_int()
        frame = self.markets.reset_index() if self._by_market() else self.rows
        frame = frame.assign(cycle=POOLED) if self._by_market() else frame
        keys: Any = list(zip(frame["market"], frame["cycle"], strict=True))
        return pd.DataFrame(
            {
                "market": frame["market"],
                "cycle": frame["cycle"],
                "window_share": frame["window_share"],
                "lower": shares.loc[keys, "lower"].to_numpy(),
                "upper": shares.loc[keys, "upper"].to_numpy(),
                "even_share": frame["window_share"] - frame["excess_mass"],
                "p_value": frame["p_value"],
            }
        ).reset_index(drop=True)

    def plot(self, ax: Any = None) -> Any:
        """Draw the window share of every market-cycle (of every market, where there are many)."""
        rows = self.numbers()
        labels = [self._row_label(r) for r in rows.itertuples()]
        with plotting.style():
            ax = plotting.new_axes(ax, height=max(1.9, 0.27 * len(rows) + 1.3))
            place = np.arange(len(rows))[::-1]
            blue, grey = plotting.PALETTE[0], "#4D4D4D"
            ax.hlines(place, 100 * rows["lower"], 100 * rows["upper"], color=blue, linewidth=1.6)
            ax.plot(100 * rows["window_share"], place, "o", color=blue, ms=5, label="observed")
            ax.plot(
                100 * rows["even_share"],
                place,
                "|",
                color=grey,
                ms=9,
                mew=1.6,
                label="if volume were spread evenly",
            )
            ax.set_yticks(place, labels)
            ax.set_ylim(-0.7, len(rows) - 0.3)
            ax.set_xlim(0, 100)
            ax.set_xlabel(
                f"share of the cycle's {self.spec['basis']} in the last {self.spec['window']} "
                f"{self.spec['days']} days before the deadline, %"
            )
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.1)
        return ax

    def _by_market(self) -> bool:
        return len(self.rows) > _MOST_ROWS and len(self.markets) > 1

    def _row_label(self, row: Any) -> str:
        if row.cycle == POOLED:
            return f"{row.market} ({int(self.markets.loc[row.market, 'cycles'])} cycles)"
        return f"{row.market} {row.cycle}"

    def _term(self, name: str, market: str, estimate: float, interval: Any, row: Any) -> dict:
        measure = name.split(" ")[0]
        return {
            "term": name,
            "market": market,
            "estimate": estimate,
            "p_value": row["p_value"] if measure == "window_share" else np.nan,
            "lower": interval["lower"],
            "upper": interval["upper"],
            "unit": self.units[measure],
        }

    def _every(self, measure: str, level: float) -> dict[str, float]:
        lower, upper = self._mean_interval(measure, level, np.ones(len(self.rows), dtype=bool))
        return {"lower": lower, "upper": upper}

    def _pooled_interval(self, level: float) -> dict[str, float]:
        return self._every("window_share", level)

    def _mean_interval(self, measure: str, level: float, chosen: np.ndarray) -> tuple[float, float]:
        cycles = tuple(c for c, used in zip(self.test.cycles, chosen, strict=True) if used)
        group = groups_of(cycles, self.test.shift)
        count = int(group.max()) + 1
        if count < 2:
            return float("nan"), float("nan")
        seed = self.test.seed
        entropy: Any = seed.entropy
        entropy = entropy if isinstance(entropy, int) else tuple(entropy)
        weights = _cluster_weights(entropy, seed.spawn_key, self.test.draws, count, _CLUSTERS_AFTER)
        values = self.rows[measure].to_numpy(float)[chosen]
        bounds = BOUNDS.get(measure, (-np.inf, np.inf))
        return clusters.mean_interval(values, group, weights, level, bounds)

    def _cycle_intervals(self, measure: str, level: float) -> list[tuple[float, float]]:
        nothing = (float("nan"), float("nan"))
        if measure == "theil_share":
            return [error.interval("theil", level) for error in self.errors]
        if measure not in ("window_share", "excess_ratio", "excess_mass"):
            return [nothing] * len(self.errors)
        found = []
        row: Any
        for error, row in zip(self.errors, self.rows.itertuples(), strict=True):
            fraction = row.window_days / row.n
            ends = error.interval("share", level)
            if measure == "excess_ratio":
                ends = (ends[0] / fraction, ends[1] / fraction)
            elif measure == "excess_mass":
                ends = (ends[0] - fraction, ends[1] - fraction)
            found.append(ends)
        return found

    def _headline(self) -> dict[str, Any]:
        return {
            "cycles": len(self.rows),
            "window_share": self.window_share,
            "excess_ratio": self.excess_ratio,
            "theil_share": self.theil_share,
            "effective_days": self.effective_days,
            "p_value": self.pvalue,
        }

    def _tests(self) -> list[dict[str, Any]]:
        how = _REFERENCE if self.test.null == "rotation" else "permutation of single days"
        null = "the window holds its share of the days: volume does not know the deadline"
        head = {"null": null, "reference": how}
        exact = len(self.rows) == 1 and self.test.null == "rotation"
        kind = "all rotations" if exact else f"{self.test.draws} draws"
        rows = [
            {
                **head,
                "test": f"window share, pooled over {len(self.rows)} cycles",
                "statistic": self.window_share,
                "p_value": self.pvalue,
                "note": f"{kind}; {self.test.shift} shifts",
            }
        ]
        if len(self.markets) < 2:
            return rows
        for market, row in self.markets.iterrows():
            adjusted = f"Holm {row['p_holm']:.4f}, BY {row['p_by']:.4f}, max-T {row['p_max_t']:.4f}"
            rows.append(
                {
                    **head,
                    "test": f"window share, {market}",
                    "statistic": row["window_share"],
                    "p_value": row["p_value"],
                    "note": f"{int(row['cycles'])} cycles; {len(self.markets)} markets: {adjusted}",
                }
            )
        return rows


@functools.lru_cache(maxsize=4)
def _cluster_weights(
    entropy: Any, key: tuple[int, ...], draws: int, count: int, after: int
) -> np.ndarray:
    """Return the cluster bootstrap's weights for G = `count`, the same for every measure."""
    weights = clusters.all_weights(count)
    if weights is None:
        seed = np.random.SeedSequence(entropy, spawn_key=(*key, after))
        weights = parallel.draw(clusters.cluster_draws, draws, seed, count)
    return weights
