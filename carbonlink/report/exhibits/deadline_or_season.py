"""Deadline or season: two clocks, moved deadlines, and bunching in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from ... import plotting
from ...errors import CarbonlinkError, TooFewObservationsError
from ...measures.bunching import bunching
from ...measures.bunching_results import BunchingResults
from ...measures.moved_deadlines import moved_deadlines
from ...measures.moved_deadlines_results import MovedDeadlinesResults
from ...measures.two_clocks import two_clocks
from ...measures.two_clocks_results import TwoClocksResults
from ..exhibit import Exhibit
from ..study import Study, name
from .concentration import measured

_HEADINGS = {
    "design": "Design",
    "quantity": "Quantity",
    "estimate": "Estimate",
    "lower": "Lower",
    "upper": "Upper",
    "p_value": "p",
    "unit": "Unit",
}


def deadline_or_season(study: Study) -> Exhibit:
    """Ask in three ways whether trading follows the deadline or the time of year."""
    markets = list(measured(study).markets.index)
    found: dict[str, Any] = {}
    left_out = []
    draws = max(study.draws, 99)
    designs: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "two clocks": (two_clocks, {"draws": draws, "rng": study.rng}),
        "moved deadlines": (moved_deadlines, {"draws": max(draws, 1_999), "rng": study.rng}),
        "bunching": (bunching, {"draws": max(draws, 999), "rng": study.rng}),
    }
    for design, (function, options) in designs.items():
        try:
            found[design] = study.once(design, function, study.panel, markets, **options)
        except CarbonlinkError as refusal:
            left_out.append(f"{design.capitalize()}: {refusal.message}")
    if not found:
        raise TooFewObservationsError(" ".join(left_out))
    table = pd.concat([_rows(design, result) for design, result in found.items()])
    return Exhibit(
        takeaway=_takeaway(found),
        figure=_draw(found),
        drawn=pd.concat([r.numbers().assign(design=d) for d, r in found.items()]),
        table=table[["market", *_HEADINGS]],
        headings=_HEADINGS,
        formats={**dict.fromkeys(("estimate", "lower", "upper"), ",.3g"), "p_value": "p"},
        notes=(
            "Two clocks: Shapley shares of the Poisson deviance explained beyond market-year "
            "levels by half-months of the year and by steps of ten open days to the deadline; p "
            "of a clock that adds nothing to the other. Black marks: what chance would add.",
            "Moved deadlines: part of the volume of a window (60 days before the day first set, to "
            "the later day) that falls after the day first set, less the same part in years whose "
            "deadline was kept; p over all assignments of the moves to years of a market. In the "
            "figure the later weeks come from the longer moves alone.",
            "Bunching: volume of the last 30 open days and the 5 after them above a quadratic "
            "fitted outside, in days of normal volume. Intervals at 95 %.",
            *left_out,
            *_own(found),
        ),
        sources=study.sources(markets),
        synthetic=study.synthetic(markets),
        results=tuple(found.values()),
    )


def _rows(design: str, result: Any) -> pd.DataFrame:
    frame = result.tidy().rename(columns={"term": "quantity"}).assign(design=design)
    named = [name(m) if m in result.spec["market"] else m for m in frame["market"]]
    single = frame["quantity"].str.startswith("gain ")
    frame["quantity"] = frame["quantity"].where(
        ~single, pd.Series(named, index=frame.index) + " " + frame["quantity"].str[5:]
    )
    return frame


def _draw(found: dict[str, Any]) -> object:
    figure, axes = plotting.canvas(len(found), 1, height=2.4 * len(found) + 0.2)
    for ax, (design, result) in zip(axes, found.items(), strict=True):
        with plotting.style():
            result.plot(ax=ax)
            ax.set_title(design, fontsize=9, pad=20)
            ax.legend(
                loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.1, fontsize=7.5
            )
    return figure


def _own(found: dict[str, Any]) -> list[str]:
    lines = [f"{design.capitalize()}: {n}" for design, r in found.items() for n in r.notes]
    wanted = (
        "Fewer than",
        "intervals from fewer",
        "The clocks are told apart",
        "The day of the notice",
        "Left out: ",
    )
    kept = [n for n in lines if any(w in n for w in wanted) and "tail" not in n]
    moves = [n for n in kept if n.startswith("Moved")]
    return [n for n in kept if "Left out" not in n] + [n for n in moves if "Left out" in n]


def _takeaway(found: dict[str, Any]) -> str:
    parts = []
    clocks: TwoClocksResults | None = found.get("two clocks")
    if clocks is not None:
        beyond = 100 * clocks.table["beyond"]
        parts.append(
            f"The time to the deadline accounts for {100 * clocks.compliance_share:.0f} % of what "
            f"the two clocks explain of daily volume and adds {beyond['compliance']:.0f} % to the "
            f"time of year ({_p(clocks.pvalues['compliance'])}), which adds "
            f"{beyond['calendar']:.0f} % to it ({_p(clocks.pvalues['calendar'])})"
        )
    moved: MovedDeadlinesResults | None = found.get("moved deadlines")
    if moved is not None:
        way = "more" if moved.gain > 0 else "less"
        parts.append(
            f"in the {len(moved.rows)} market-years whose deadline was moved, "
            f"{abs(100 * moved.gain):.0f} points {way} of the volume came after the day first set "
            f"than in kept years ({_p(moved.pvalue)})"
        )
    bunch: BunchingResults | None = found.get("bunching")
    if bunch is not None:
        parts.append(
            f"the excess before deadlines is worth {bunch.days:.0f} days of normal volume "
            f"({_p(bunch.pvalue)})"
        )
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
