"""What `event_profile` gives: times-normal levels by bin with intervals and a band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..inference import supt
from ..inference.wild_score import ScoreBootstrap
from ..models.ppml_results import PPMLResults
from ..results import Results, Summary, check_level, tidy_frame
from .profile_rotation import ProfileRotation

OUTSIDE = "outside"
UNITS = {
    "volume": "volume",
    "has_trade": "chance of a trade",
    "volume_if_traded": "volume of days with a trade",
    "abs_return": "|return| per root of open days",
    "turnover": "turnover rate",
    "value": "value traded",
    "amihud": "Amihud illiquidity",
    "block_share": "share of block trades",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EventProfileResults(Results):
    """Levels of an outcome around deadlines, as times normal.

    Attributes
    ----------
    bins : DataFrame
        Index bin; first and last open day to the deadline, number of market-days, whether it is
        the reference.
    fit : PPMLResults
        The Poisson model underneath.
    boot : ScoreBootstrap
    turned : ProfileRotation
        Errors of the profile under rotation.
    largest : ndarray
        Draws of the largest |t| over bins in the score bootstrap.
    once : tuple of str
        Bins whose days lie in one cluster, which have no interval.
    base : str
        The reference bin, or "outside".
    level : float
    """

    title: ClassVar[str] = "Trading around compliance deadlines"

    bins: pd.DataFrame
    fit: PPMLResults
    boot: ScoreBootstrap
    turned: ProfileRotation
    largest: np.ndarray
    once: tuple[str, ...]
    base: str
    level: float

    @property
    def reference(self) -> str:
        """The days that count as normal, in words."""
        if self.base == OUTSIDE:
            return f"days outside {self.bins['start'].iloc[0]} to {self.bins['end'].iloc[-1]}"
        return f"days {self.base}"

    @property
    def times(self) -> pd.Series:
        """exp(β) by bin: 1 in the reference, 0 where every day has 0, missing without a day."""
        return np.exp(self._params()).rename("times")

    @property
    def pvalue(self) -> float:
        """p-value of a flat profile, by the method that the band is from."""
        return self._band_p_value() if self.spec["band"] == "rotation" else self._score_p_value()

    def _band_p_value(self) -> float:
        terms = self._settled()
        if not terms:
            return float("nan")
        return self.turned.band_p_value(self.fit.params[terms].to_numpy(float))

    def _score_p_value(self) -> float:
        terms = self._settled()
        top = float(self.fit.tvalues[terms].abs().max()) if terms else float("nan")
        return supt.p_value(self.largest, top) if np.isfinite(top) else float("nan")

    @property
    def table(self) -> pd.DataFrame:
        """A row a bin: exp(β), pointwise interval and simultaneous band, p-value."""
        return self._table(self.level)

    def _table(self, level: float) -> pd.DataFrame:
        check_level(level)
        frame = self.bins.assign(times=self.times, beta=self._params())
        frame["std_error"] = self.fit.std_errors.reindex(frame.index)
        columns: dict[str, list[float]] = {"p_value": [], "lower": [], "upper": []}
        for term in frame.index:
            found = self._interval(term, level)
            for name, value in zip(columns, found, strict=True):
                columns[name].append(value)
        frame = frame.assign(**columns)
        centre, half = self._band(level)
        frame["band_lower"], frame["band_upper"] = np.exp(centre - half), np.exp(centre + half)
        return frame

    def _band(self, level: float) -> tuple[pd.Series, pd.Series]:
        """Return middle and half-width of the band of β by bin."""
        terms, beta = self._settled(), self._params()
        if self.spec["band"] == "score":
            half = supt.dual_value(self.largest, level) * self.fit.std_errors[terms]
            return beta, half.reindex(beta.index)
        shift = pd.Series(self.turned.shift, terms).reindex(beta.index)
        half = pd.Series(self.turned.reach(level) * self.turned.spread, terms)
        return beta - shift, half.reindex(beta.index)

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """Return exp(β) of every bin with pointwise p-values (of the level 1) and intervals."""
        frame = self._table(self.level if level is None else level)
        where = "all" if len(self.spec["market"]) > 1 else self.spec["market"][0]
        return tidy_frame(
            [
                {
                    "term": term,
                    "market": where,
                    "estimate": row["times"],
                    "std_error": row["times"] * row["std_error"],
                    "p_value": row["p_value"],
                    "lower": row["lower"],
                    "upper": row["upper"],
                    "unit": self.units["times"],
                }
                for term, row in frame.iterrows()
            ]
        )

    def summary(self, level: float | None = None) -> Summary:
        """Return the printed table; the same bytes on refit."""
        return super().summary(self.level if level is None else level)

    def numbers(self) -> pd.DataFrame:
        """Return levels, intervals and band by bin."""
        return self.table.reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw exp(β) by open days to the deadline on a log scale, with interval and band."""
        rows = self.table
        middle = (rows["start"] + rows["end"]) / 2
        blue, grey = plotting.PALETTE[0], "#4D4D4D"
        percent = f"{100 * self.level:g} %"
        with plotting.style():
            ax = plotting.new_axes(ax, width=5.6, height=3.4)
            ax.set_yscale("log")
            ax.fill_between(
                middle,
                rows["band_lower"],
                rows["band_upper"],
                color="#C9DDEE",
                lw=0,
                label=f"{percent} over all bins",
            )
            ax.vlines(middle, rows["lower"], rows["upper"], color=blue, lw=1, label=percent)
            ax.plot(middle, rows["times"], "o-", color=blue, ms=3.5, lw=1.4, label="estimate")
            ax.axhline(1, color=grey, lw=1, ls="--", label=f"normal: {self.reference}")
            ax.axvline(0.5, color=grey, lw=0.8)
            ax.set_xlim(rows["start"].iloc[0] - 1, rows["end"].iloc[-1] + 1)
            _readable(ax, rows)
            _beyond(ax, middle, rows, blue)
            ax.set_xlabel("open days to the deadline")
            ax.set_ylabel(f"times normal {UNITS[self.spec['outcome']]}")
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
        return ax

    def _terms(self) -> list[str]:
        return [t for t in self.fit.params.index if t != OUTSIDE]

    def _settled(self) -> list[str]:
        return [t for t in self._terms() if t not in self.once]

    def _params(self) -> pd.Series:
        found = self.fit.params.reindex(self.bins.index)
        found = found.mask(found.isna() & self.bins["days"].gt(0), -np.inf)
        return found.mask(self.bins["reference"], 0.0).rename("beta")

    def _interval(self, term: str, level: float) -> tuple[float, float, float]:
        terms = list(self.fit.params.index)
        if term not in terms or term in self.once:
            return float("nan"), float("nan"), float("nan")
        place = terms.index(term)
        if self.spec["band"] == "rotation":
            own, beta = self._settled().index(term), float(self.fit.params[term])
            low, high = self.turned.interval(own, beta, level)
            return self.turned.p_value(own, beta), float(np.exp(low)), float(np.exp(high))
        low, high = self.boot.interval(place, level)
        return self.boot.p_value(place), float(np.exp(low)), float(np.exp(high))

    def _headline(self) -> dict[str, Any]:
        times = self.times
        highest = times.idxmax() if times.notna().any() else ""
        return {
            "reference": self.reference,
            "highest_bin": highest,
            "highest_times": float(times.max()),
            "p_value": self.pvalue,
        }

    def _tests(self) -> list[dict[str, Any]]:
        null = "the outcome is at its normal level in every bin"
        note = f"{len(self._settled())} bins, {self.fit.spec['clusters']} clusters"
        by = {
            "largest score over bins": (self.turned.flat, "circular rotation of market-years"),
            "largest |t| over bins": (self._score_p_value(), "wild bootstrap of cluster scores"),
            "largest error over bins": (self._band_p_value(), "the band by rotation, inverted"),
        }
        rows = [
            {"test": name, "null": null, "p_value": p, "reference": how, "note": note}
            for name, (p, how) in by.items()
        ]
        of_the_fit: Any = self.fit.diagnostics().to_dict("records")
        return [*rows, *of_the_fit]


def _readable(ax: Any, rows: pd.DataFrame) -> None:
    """Print plain numbers on the log scale, over the range of the estimates and their band."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    known = pd.concat([rows[c] for c in ("times", "band_lower", "band_upper")])
    known = known[np.isfinite(known) & (known > 0)]
    times = rows["times"][np.isfinite(rows["times"]) & (rows["times"] > 0)]
    low = max(known.min(), times.min() / 30) if len(known) else 0.1
    high = min(known.max(), times.max() * 30) if len(known) else 10.0
    ax.set_ylim(min(low, 0.5) / 1.15, max(high, 2.0) * 1.15)
    ticks = [t for t in _TICKS if ax.get_ylim()[0] <= t <= ax.get_ylim()[1]]
    ax.set_yticks(ticks)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _beyond(ax: Any, middle: pd.Series, rows: pd.DataFrame, colour: str) -> None:
    """Mark the ends of intervals that lie beyond the drawing with arrows."""
    low, high = ax.get_ylim()
    for end, edge, marker in (("lower", low, "v"), ("upper", high, "^")):
        out = rows[end].lt(low) if end == "lower" else rows[end].gt(high)
        if out.any():
            ax.plot(middle[out], [edge] * int(out.sum()), marker, color=colour, ms=4, clip_on=False)


_TICKS = tuple(m * 10.0**p for p in range(-4, 5) for m in (1, 2, 5))
