"""Window share, excess ratio and Theil share as curves over the window, with their null."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import SpecificationError, TooFewObservationsError, UnknownMarketError, near
from ..kernels import rotation
from ..results import (
    Recipe,
    Results,
    Sample,
    Summary,
    check_level,
    describe,
    headline,
    printable,
    render_summary,
    tidy_frame,
)
from .concentration_rows import ALL
from .cycles import reasons
from .rotation_test import RotationTest

SHOWN = (5, 10, 20, 30, 40, 45, 60, 90, 120)
_CURVES = (("share", rotation.SHARE), ("ratio", rotation.RATIO), ("theil_share", rotation.THEIL))
_NULL = "the window holds its share of the days, whatever its length"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CurveResults(Results):
    """Concentration as a function of the window.

    Attributes
    ----------
    table : DataFrame
        Index window w. Columns share S, ratio R and theil_share Φ; for each, `_null` (mean of
        the null), `_lower`, `_upper` (pointwise band), `_band_lower`, `_band_upper` (band that
        holds the whole curve) and `_p` (one-sided, pointwise); `even_share`, the mean share of
        the days.
    pvalue : float
        One-sided p-value of the highest standardised S(w), corrected for the choice of w.
    """

    title: ClassVar[str] = "Concentration by length of the window"

    table: pd.DataFrame
    pvalue: float
    market: str

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return S, R and Φ at every window with pointwise p-values.

        The null's bands are no intervals of the estimate: they are in `table`.
        """
        units = self.units
        rows = [
            {
                "term": f"{name}({window})",
                "market": self.market,
                "estimate": row[name],
                "p_value": row[f"{name}_p"],
                "unit": units[name],
            }
            for name, _ in _CURVES
            for window, row in self.table.iterrows()
        ]
        return tidy_frame(rows)

    def summary(self, level: float = 0.95) -> Summary:
        """Return the printed table at a few windows; `table` has them all."""
        shown = self.table.loc[[w for w in SHOWN if w in self.table.index]]
        columns = ["share", "share_lower", "share_upper", "share_p", "ratio", "theil_share"]
        frame = shown[columns].rename(columns={"share_p": "p_value"}).reset_index()
        frame["window"] = frame["window"].astype(str)
        facts = [("Sample", str(self.sample)), *((k, describe(v)) for k, v in self.spec.items())]
        facts += [(k, headline(v)) for k, v in self._headline().items()]
        return render_summary(self.title, facts, printable(frame), self.notes)

    def numbers(self) -> pd.DataFrame:
        """Return the curve, its bands and the even share, by window."""
        columns = [c for c in self.table.columns if c.startswith("share")]
        return self.table[[*columns, "even_share"]].reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw S(w) with the null's bands and the share of an even spread."""
        rows = 100 * self.table
        blue, grey = plotting.PALETTE[0], "#4D4D4D"
        percent = f"{100 * self.spec['level']:g} %"
        null = "rotated" if self.spec["null"] == "rotation" else "shuffled"
        with plotting.style():
            ax = plotting.new_axes(ax, width=5.2, height=3.4)
            place = rows.index.to_numpy()
            ax.fill_between(
                place,
                rows["share_lower"],
                rows["share_upper"],
                color="#BDBDBD",
                linewidth=0,
                label=f"{null} cycles, {percent} at each window",
            )
            top = rows["share_band_upper"].clip(upper=100)
            ax.plot(
                place, top, ":", color=grey, lw=1.2, label=f"{percent} over all windows, upper end"
            )
            ax.plot(place, rows["even_share"], "--", color=grey, lw=1.2, label="even spread, w/n")
            ax.plot(place, rows["share"], color=blue, lw=2, label=self._name())
            ax.set_xlim(1, place[-1])
            ax.set_ylim(0, 100)
            ax.set_xlabel(f"window, {self.spec['days']} days before the deadline")
            ax.set_ylabel(f"share of the cycle's {self.spec['basis']}, %")
            handles, labels = ax.get_legend_handles_labels()
            ax.legend(
                handles[::-1],
                labels[::-1],
                loc="lower left",
                bbox_to_anchor=(0, 1.0),
                ncols=2,
                fontsize=7,
                borderaxespad=0.2,
            )
        return ax

    def _name(self) -> str:
        cycles = self.spec["cycles"]
        name = "all markets" if self.market == ALL else self.market
        return f"observed, {name} ({cycles} cycle{'s' if cycles > 1 else ''})"

    def _headline(self) -> dict[str, Any]:
        return {"p_value": self.pvalue}

    def _tests(self) -> list[dict[str, Any]]:
        return [
            {
                "test": f"highest standardised window share, {self.market}",
                "null": _NULL,
                "p_value": self.pvalue,
                "reference": "maximum over windows of rotated cycles",
                "note": f"windows 1 to {self.table.index[-1]}",
            }
        ]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BestWindow(Results):
    """The window that separates a cycle's volume best.

    Attributes
    ----------
    window : int
        w* = argmax Φ(w) over windows that hold more than their share of days.
    theil_share, window_share, excess_ratio : float
        Φ, S and R at w*.
    pvalue : float
        Share of rotations whose own best window is at least as good.
    by_window : DataFrame
        Index window: Φ, S and R.
    """

    title: ClassVar[str] = "Window with the highest Theil share"

    window: int
    theil_share: float
    window_share: float
    excess_ratio: float
    pvalue: float
    by_window: pd.DataFrame
    market: str

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return w*, with its selection-corrected p-value, and Φ, S and R there."""
        values = {
            "best_window": (float(self.window), f"{self.spec['days']} days"),
            "theil_share": (self.theil_share, self.units["theil_share"]),
            "window_share": (self.window_share, self.units["share"]),
            "excess_ratio": (self.excess_ratio, self.units["ratio"]),
        }
        return tidy_frame(
            [
                {
                    "term": name,
                    "market": self.market,
                    "estimate": value,
                    "p_value": self.pvalue if name == "best_window" else np.nan,
                    "unit": unit,
                }
                for name, (value, unit) in values.items()
            ]
        )

    def numbers(self) -> pd.DataFrame:
        """Return Φ by window."""
        return self.by_window.reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw Φ(w) and mark its maximum."""
        with plotting.style():
            ax = plotting.new_axes(ax, width=5.2, height=3.2)
            ax.plot(self.by_window["theil_share"], color=plotting.PALETTE[0], lw=2)
            ax.plot(self.window, self.theil_share, "o", color=plotting.PALETTE[1], ms=6)
            ax.annotate(
                f"w* = {self.window}",
                (self.window, self.theil_share),
                xytext=(6, 4),
                textcoords="offset points",
            )
            ax.set_xlim(1, self.by_window.index[-1])
            ax.set_ylim(0)
            ax.set_xlabel(f"window, {self.spec['days']} days before the deadline")
            ax.set_ylabel("share of inequality over days\nthat is window against rest")
        return ax

    def _headline(self) -> dict[str, Any]:
        return {"window": self.window, "theil_share": self.theil_share, "p_value": self.pvalue}

    def _tests(self) -> list[dict[str, Any]]:
        return [
            {
                "test": f"highest Theil share over windows, {self.market}",
                "null": _NULL,
                "statistic": self.theil_share,
                "p_value": self.pvalue,
                "reference": "maximum over windows of rotated cycles",
                "note": f"windows 1 to {self.by_window.index[-1]}",
            }
        ]


def curve_of(
    concentration: Any,
    max_window: int = 120,
    market: str | None = None,
    level: float = 0.95,
) -> CurveResults:
    """Return the curves of a concentration result (see its method `curve`)."""
    check_level(level)
    test, weight, notes = _prepared(concentration, max_window, market)
    observed, null, exact = test.row(weight)
    columns: dict[str, np.ndarray] = {}
    p_max = float("nan")
    for name, place in _CURVES:
        band = rotation.null_band(observed[place], null[:, place], level, exact)
        columns |= {
            name: observed[place],
            f"{name}_null": band.mean,
            f"{name}_lower": band.lower,
            f"{name}_upper": band.upper,
            f"{name}_band_lower": band.simultaneous_lower,
            f"{name}_band_upper": band.simultaneous_upper,
            f"{name}_p": band.p_value,
        }
        p_max = band.p_max if name == "share" else p_max
    columns["even_share"] = _even(test, weight)
    arguments = {"max_window": max_window, "market": market, "level": level}
    return CurveResults(
        **_contract(concentration, test, weight, notes, {"level": level}),
        recipe=Recipe(curve_of, {"concentration": concentration, **arguments}),
        table=pd.DataFrame(columns, index=pd.Index(test.widths, name="window")),
        pvalue=p_max,
        market=_label(test, weight),
    )


def best_window(concentration: Any, max_window: int = 120, market: str | None = None) -> BestWindow:
    """Return the best window of a concentration result (see its method `best_window`)."""
    test, weight, notes = _prepared(concentration, max_window, market)
    observed, null, exact = test.row(weight)
    even = _even(test, weight)
    score = np.where(observed[rotation.SHARE] > even, observed[rotation.THEIL], 0.0)
    drawn = np.where(null[:, rotation.SHARE] > even, null[:, rotation.THEIL], 0.0)
    best = int(score.argmax())
    by_window = pd.DataFrame(
        {name: observed[place] for name, place in _CURVES},
        index=pd.Index(test.widths, name="window"),
    )
    arguments = {"max_window": max_window, "market": market}
    return BestWindow(
        **_contract(concentration, test, weight, notes, {}),
        recipe=Recipe(best_window, {"concentration": concentration, **arguments}),
        window=int(test.widths[best]),
        theil_share=float(observed[rotation.THEIL, best]),
        window_share=float(observed[rotation.SHARE, best]),
        excess_ratio=float(observed[rotation.RATIO, best]),
        pvalue=float(rotation.p_value(score.max(), drawn.max(axis=1), exact)),
        by_window=by_window,
        market=_label(test, weight),
    )


def _prepared(
    concentration: Any, max_window: int, market: str | None
) -> tuple[RotationTest, np.ndarray, tuple[str, ...]]:
    """Return the test over all windows, the weights of the cycles that can carry them, notes."""
    whole = isinstance(max_window, (int, np.integer)) and not isinstance(max_window, bool)
    if not whole or max_window < 1:
        raise SpecificationError(f"max_window={max_window!r} will not do.", "Use 1 or more days.")
    test = concentration.test
    labels = list(dict.fromkeys(c.market for c in test.cycles))
    if market is not None and market not in labels:
        hint = near(market, labels)
        raise UnknownMarketError(
            f"{market!r} has no cycle in this result.",
            f"Did you mean {hint[0]!r}?" if hint else f"It has: {', '.join(labels)}.",
        )
    longest = np.array([c.longest() for c in test.cycles])
    chosen = np.array([market in (None, c.market) for c in test.cycles])
    able = chosen & (longest >= max_window / 2)
    able = able if able.any() else chosen & (longest == longest[chosen].max())
    last = int(min(max_window, longest[able].min()))
    widths = np.arange(1, last + 1)
    usable = widths[_held(test, able, widths)]
    if not len(usable):
        raise TooFewObservationsError(
            "No window of the curve holds an open day.", 'Use days="open".'
        )
    notes = _curve_notes(test, chosen & ~able, last, max_window)
    return replace(test, widths=usable), able / able.sum(), notes


def _held(test: RotationTest, able: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Return a mask of the windows that hold an open day in every cycle used."""
    used = [c for c, one in zip(test.cycles, able, strict=True) if one]
    days = [(c.stops - c.starts(widths)).sum(axis=1) for c in used]
    return np.min(days, axis=0) > 0


def _curve_notes(
    test: RotationTest, short: np.ndarray, last: int, max_window: int
) -> tuple[str, ...]:
    notes = []
    if short.any():
        names = ", ".join(
            f"{c.market} {c.label}" for c, out in zip(test.cycles, short, strict=True) if out
        )
        notes.append(f"Too short for windows of {max_window} days, left out of the curve: {names}.")
    if last < max_window:
        notes.append(f"The curve ends at {last} days: the shortest cycle cannot hold more.")
    return tuple(notes)


def _even(test: RotationTest, weight: np.ndarray) -> np.ndarray:
    even = np.zeros(len(test.widths))
    for one, share in zip(test.cycles, weight, strict=True):
        if share:
            even += share * rotation.fractions(len(one.volume), *test.windows(one))
    return even


def _label(test: RotationTest, weight: np.ndarray) -> str:
    labels = list(dict.fromkeys(c.market for c, w in zip(test.cycles, weight, strict=True) if w))
    return labels[0] if len(labels) == 1 else ALL


def _contract(concentration, test, weight, notes, extra) -> dict[str, Any]:
    used = [c for c, w in zip(test.cycles, weight, strict=True) if w]
    index = used[0].dates
    for one in used[1:]:
        index = index.union(one.dates)
    spec = {**concentration.spec, **extra, "max_window": int(test.widths[-1]), "cycles": len(used)}
    spec["market"] = tuple(dict.fromkeys(c.market for c in used))
    del spec["window"]
    what = concentration.spec["basis"]
    several = len(spec["market"]) > 1
    footnotes = reasons([(c.market, c.label, c.note) for c in used if c.note], several)
    return {
        "spec": spec,
        "sample": Sample.of(pd.DatetimeIndex(index), sum(len(c.volume) for c in used)),
        "units": {
            "share": f"share of the cycle's {what}",
            "ratio": "times the share of the days",
            "theil_share": "share of Theil's T",
        },
        "sources": concentration.sources,
        "notes": (*concentration.remarks, *footnotes, *notes),
    }
