"""Trading before compliance deadlines: curves over the window, and tables by cycle and market."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...inference import multiplicity
from ...measures.concentration import concentration
from ...measures.concentration_curve import CurveResults
from ...measures.concentration_results import ConcentrationResults
from ...measures.cycle_windows import cycle_windows
from ..exhibit import Exhibit
from ..study import Study, colours, name, said

WINDOW = 30
ROTATIONS = 1_999
"""At least this many, whatever the report's draws: rotations are cumulated sums and cost little."""
_PUBLISHED = (46.35, 54.56)
_COLUMNS = 3
_CYCLE_HEADINGS = {
    "name": "Market",
    "cycle": "Cycle",
    "deadline": "Deadline",
    "deadline_kind": "Date is",
    "n": "Open days",
    "volume": "Volume (t)",
    "share_pct": f"S: last {WINDOW} open days (%)",
    "lower_pct": "Lower",
    "upper_pct": "Upper",
    "excess_ratio": "R",
    "hhi_star": "HHI*",
    "effective_days": "Effective days",
    "gini": "Gini",
    "theil": "Theil T",
    "theil_share": "Φ",
    "p_value": "Rotation p",
    "p_holm": "p, Holm",
    "p_by": "p, Benjamini–Yekutieli",
    "best_window": "w* (days)",
    "best_theil_share": "Φ at w*",
    "p_best": "p of w*",
}
_MARKET_HEADINGS = {
    "name": "Market",
    "cycles": "Cycles",
    "share_pct": f"S: last {WINDOW} open days (%)",
    "excess_ratio": "R",
    "hhi_star": "HHI*",
    "effective_days": "Effective days",
    "theil_share": "Φ",
    "p_value": "Rotation p",
    "p_holm": "p, Holm",
    "p_by": "p, Benjamini–Yekutieli",
    "p_curve": "p, any window",
    "best_window": "w* (days)",
    "best_theil_share": "Φ at w*",
    "p_best": "p of w*",
}
_P_VALUES = ("p_value", "p_holm", "p_by", "p_curve", "p_best")


def measured(study: Study) -> ConcentrationResults:
    """Measure every Chinese carbon market of the panel that prints volumes, in one family."""
    panel = study.panel
    markets = [m for m in study.allowances() if panel.daily(m)["volume"].notna().any()]
    markets = [m for m in markets if study.kind(m) == "ets"]
    if not markets:
        raise TooFewObservationsError("No file holds the volumes of an allowance market.")
    return study.once(
        "concentration",
        lambda: concentration(
            panel, markets, window=WINDOW, draws=max(study.draws, ROTATIONS), rng=study.rng
        ),
    )


def concentration_curves(study: Study) -> Exhibit:
    """Draw S(w) of every market with the band that rotated cycles give."""
    result = measured(study)
    markets = list(result.markets.index)
    curves = {m: study.once(("curve", m), result.curve, market=m) for m in markets}
    table = by_market(study, result, curves)
    drawn = pd.concat([c.numbers().assign(market=m) for m, c in curves.items()])
    return Exhibit(
        takeaway=_curve_takeaway(table),
        figure=_draw_curves(curves),
        drawn=drawn,
        table=table,
        headings=_MARKET_HEADINGS,
        formats={"share_pct": ".1f", **dict.fromkeys(_P_VALUES, "p")},
        notes=(
            "Grey: where 95 % of rotated cycles lie at each window; dotted: upper end of the band "
            "over all windows; dashed: volume spread evenly. Means over a market's cycles.",
            f"Marked span on the left axis: {_PUBLISHED[0]} to {_PUBLISHED[1]} %, the shares that "
            "Zhang (2021) prints for 2016 to 2019 and a window of one to two months not exactly "
            "defined: the number depends on the window.",
            f"{result.spec['draws']:,} rotations. The cycles used, their footnotes and the cycles "
            "left out stand under the next exhibit.",
            *(n for n in result.notes if n.startswith(("Synthetic", "The rotation test"))),
        ),
        sources=result.sources,
        synthetic=study.synthetic(markets),
        results=(result, *curves.values()),
    )


def by_market(
    study: Study, result: ConcentrationResults, curves: dict[str, CurveResults]
) -> pd.DataFrame:
    """Return a row a market: means over cycles, adjusted p-values, best window."""
    table = result.markets.rename_axis("market").reset_index()
    best = {m: study.once(("best window", m), result.best_window, market=m) for m in curves}
    return table.assign(
        name=[name(m) for m in table["market"]],
        share_pct=100 * table["window_share"],
        p_curve=[curves[m].pvalue for m in table["market"]],
        best_window=[best[m].window for m in table["market"]],
        best_theil_share=[best[m].theil_share for m in table["market"]],
        p_best=[best[m].pvalue for m in table["market"]],
    )[["market", *_MARKET_HEADINGS]]


def concentration_cycles(study: Study) -> Exhibit:
    """Tabulate every market and cycle, and the pooled mean."""
    result = measured(study)
    markets = list(result.markets.index)
    table = result.table
    table = table.assign(
        name=["All" if m not in markets else name(m) for m in table["market"]],
        share_pct=100 * table["window_share"],
        lower_pct=100 * table["lower"],
        upper_pct=100 * table["upper"],
    )
    table = table.merge(_searched(study, result), on=["market", "cycle"], how="left")
    shares = ("share_pct", "lower_pct", "upper_pct")
    figure, (ax,) = plotting.canvas(height=0.2 * len(result.numbers()) + 1.2)
    result.plot(ax=ax)
    ax.set_yticks(ax.get_yticks(), [_place(t.get_text()) for t in ax.get_yticklabels()], size=7)
    return Exhibit(
        takeaway=_takeaway(result, table["p_holm"].dropna()),
        figure=figure,
        drawn=result.numbers(),
        table=table[["market", *_CYCLE_HEADINGS, "traded_days", "window_volume", "excess_mass"]],
        headings=_CYCLE_HEADINGS,
        formats={
            **dict.fromkeys(shares, ".1f"),
            "volume": ",.0f",
            "excess_ratio": ".2f",
            "best_window": ".0f",
            **dict.fromkeys(_P_VALUES, "p"),
        },
        notes=(
            "A cycle runs from the day after one deadline to the next. R is S over its share of "
            "the open days; HHI* is 0 for an even spread; Φ is the part of Theil's T that lies "
            "between the window and the rest. Intervals of S are at 95 %, blocks drawn inside "
            "window and rest separately.",
            "Holm and Benjamini–Yekutieli take the market-cycles as the family; one cycle's p "
            "cannot be below one over its open days. w* is the window that sets volume apart best, "
            "its p corrected for the search over windows of 1 to 120 days.",
            *result.notes,
        ),
        sources=result.sources,
        synthetic=study.synthetic(markets),
        results=(result,),
    )


def _searched(study: Study, result: ConcentrationResults) -> pd.DataFrame:
    """Return adjusted p-values and the best window of every market-cycle, and pooled."""
    table = study.once("cycle windows", lambda: cycle_windows(result))
    p = result.rows["p_value"].to_numpy(float)
    table = table.assign(p_holm=multiplicity.holm(p), p_by=multiplicity.benjamini_yekutieli(p))
    best = study.once("best window", result.best_window)
    pooled = {
        "market": result.pooled["market"],
        "cycle": result.pooled["cycle"],
        "best_window": best.window,
        "best_theil_share": best.theil_share,
        "p_best": best.pvalue,
    }
    return pd.concat([table, pd.DataFrame([pooled])], ignore_index=True)


def _place(label: str) -> str:
    market, _, cycle = label.partition(" ")
    return f"{name(market)} {cycle}".strip()


def _draw_curves(curves: dict[str, CurveResults]) -> object:
    columns = 2 if len(curves) in (2, 4) else min(len(curves), _COLUMNS)
    rows = -(-len(curves) // columns)
    figure, axes = plotting.canvas(
        len(curves), columns, height=2.1 * rows + 0.7, sharex=True, sharey=True
    )
    palette = colours()
    for place, (ax, (market, curve)) in enumerate(zip(axes, curves.items(), strict=True)):
        curve.plot(ax=ax)
        ax.lines[-1].set_color(palette[market])
        ax.get_legend().remove()
        ax.axvspan(0, 2, ymin=_PUBLISHED[0] / 100, ymax=_PUBLISHED[1] / 100, color="#D55E00", lw=0)
        count = curve.spec["cycles"]
        ax.set_title(f"{name(market)} ({count} cycle{'s' * (count > 1)})", fontsize=8.5)
        ax.set_xlabel("window, open days" if place >= len(curves) - columns else "")
        ax.set_ylabel("share of volume, %" if place % columns == 0 else "")
        ax.set_xlim(0, max(c.table.index[-1] for c in curves.values()))
    _legend(figure, axes[0], len(curves) % columns)
    return figure


def _legend(figure: Any, ax: Any, in_last_row: int) -> None:
    """Print one legend for all panels, in the places left over where there are some."""
    from matplotlib.patches import Patch

    handles, labels = ax.get_legend_handles_labels()
    words = {
        label.split(",")[0] if label.startswith("observed") else label: handle
        for label, handle in zip(labels, handles, strict=True)
    }
    words["46 to 55 % (Zhang 2021)"] = Patch(color="#D55E00")
    where = "lower right" if in_last_row else "outside lower center"
    columns = 1 if in_last_row else 3
    with plotting.style():
        figure.legend(list(words.values()), list(words), loc=where, ncols=columns, fontsize=7.5)


def _curve_takeaway(table: pd.DataFrame) -> str:
    found = table[table["p_holm"] < 0.05]
    text = (
        f"In {len(found)} of {len(table)} markets the last {WINDOW} open days before a deadline "
        "hold more volume than rotated cycles would (5 %, Holm)"
    )
    repeated = table[table["cycles"] > 1] if (table["cycles"] > 1).any() else table
    top = repeated.iloc[int(repeated["share_pct"].argmax())]
    among = " of markets with more than one cycle" if len(repeated) < len(table) else ""
    cycles = "one cycle" if top["cycles"] == 1 else f"the mean of {top['cycles']} cycles"
    return (
        f"{text}; the largest share{among} is {top['share_pct']:.0f} % "
        f"({said(top['market'])}, {cycles}, {top['excess_ratio']:.1f} times an even "
        f"spread), and its volume is set apart best by a window of {top['best_window']} days."
    )


def _takeaway(result: ConcentrationResults, holm: pd.Series) -> str:
    interval = result.conf_int().iloc[-1]
    text = (
        f"Over {len(result.rows)} cycles of {len(result.markets)} markets the last {WINDOW} open "
        f"days hold {100 * result.window_share:.1f} % of volume"
    )
    if interval.notna().all():
        text += f" (95 % interval {100 * interval['lower']:.1f} to {100 * interval['upper']:.1f})"
    p = f"p = {result.pvalue:.3f}" if result.pvalue >= 0.001 else "p < 0.001"
    return (
        f"{text}, {result.excess_ratio:.1f} times an even spread ({p} under rotation); a "
        f"cycle's volume is as concentrated as if it were spread evenly over "
        f"{result.effective_days:.0f} days. Of the single cycles {int((holm < 0.05).sum())} of "
        f"{len(holm)} stand out by themselves (5 %, Holm)."
    )
