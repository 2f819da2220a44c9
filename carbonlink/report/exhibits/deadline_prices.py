"""Prices before compliance deadlines: run-up, abnormal volatility, block against listed trades."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import CarbonlinkError, TooFewObservationsError
from ...facts import compliance
from ...measures.block_prices import block_discounts
from ...measures.event_battery import REFERENCES
from ...measures.price_effects import price_effects
from ...measures.price_effects_results import PriceEffectsResults
from ..exhibit import Exhibit
from ..study import Study, colours, name, said

WINDOW = 30
_HEADINGS = {
    "name": "Market",
    "deadline": "Deadline",
    "window_returns": "Returns in the window",
    "car": "Run-up, CAR (%)",
    "lower": "Lower",
    "upper": "Upper",
    "p_value": "p",
    "excess_variance": "Abnormal variance (%)",
}


def deadline_prices(study: Study) -> Exhibit:
    """Show run-up and abnormal volatility before deadlines, and what blocks cost."""
    markets = [m for m in study.allowances() if study.kind(m) == "ets"]
    if not markets:
        raise TooFewObservationsError("No file holds the prices of an allowance market.")
    result = study.once(
        "price effects",
        lambda: price_effects(
            study.panel, markets, WINDOW, draws=max(study.draws, 999), rng=study.rng
        ),
    )
    table = result.table.assign(name=[name(m) for m in result.table["market"]])
    used = list(dict.fromkeys(table["market"]))
    return Exhibit(
        takeaway=_takeaway(result),
        figure=_draw(study, result),
        drawn=result.numbers().reset_index(),
        table=table[["market", *_HEADINGS, "cluster", "std_error", "scar"]],
        headings=_HEADINGS,
        formats={"p_value": "p", **dict.fromkeys(("car", "lower", "upper"), ".1f")}
        | {"excess_variance": ",.0f"},
        notes=(
            f"The window is the last {WINDOW} sessions. The normal return is the mean of the 120 "
            "sessions before it, returns run from one genuine trade to the next; a single "
            "deadline's interval is that of its prediction, at 95 %.",
            "Bands hold the whole curve at 95 %, drawn over groups of deadlines whose windows "
            "overlap. The abnormal variance is the mean of squared returns of the window over "
            "their variance as a GARCH(1,1) forecasts it at the window's start, less 1; the GARCH "
            "is fitted to the days outside the windows and does not see those inside. The p-value "
            "is of its mean relative to that of the same windows moved to other dates.",
            *_discount_notes(result),
            *(n for n in result.notes if not n.startswith("Left out")),
            f"{len(result.refused)} deadlines or years are left out, each with its reason in the "
            "result.",
        ),
        sources=result.sources,
        synthetic=study.synthetic(used),
        results=(result,),
    )


def _draw(study: Study, result: PriceEffectsResults) -> object:
    blocks = list(result.discounts.dropna(subset=["inside"])["market"])
    figure, axes = plotting.canvas(4 if blocks else 3, 2, height=6.2)
    curves = result.curves()
    with plotting.style():
        curves.plot(ax=axes[0])
        axes[0].set_title("Run-up: mean, and band of the curve")
        curves.plot(ax=axes[1], which="cav")
        axes[1].set_title("Abnormal volatility: mean and median")
        for ax in axes[:2]:
            ax.get_legend().remove()
        _events(axes[2], result)
        if blocks:
            _discounts(axes[3], study, blocks)
    return figure


def _events(ax: Any, result: PriceEffectsResults) -> None:
    """Draw every deadline's run-up, a row a market, with the market's mean."""
    table, palette = result.table, colours()
    markets = list(dict.fromkeys(table["market"]))
    place = {m: len(markets) - 1 - i for i, m in enumerate(markets)}
    ax.axvline(0, color="#4D4D4D", linewidth=0.8)
    for market in markets:
        rows = table[table["market"].eq(market)]
        y = np.full(len(rows), place[market], dtype=float)
        ax.plot(rows["car"], y, "o", color=palette[market], ms=4.5, alpha=0.75, mec="none")
        ax.plot(rows["car"].mean(), place[market], "|", color="black", ms=13, mew=1.8)
    ax.set_yticks([place[m] for m in markets], [name(m) for m in markets])
    ax.set_ylim(-0.6, len(markets) - 0.4)
    ax.set_xlabel("cumulative abnormal return, %")
    ax.set_title("Every deadline (dot), mean (bar)")


def _discounts(ax: Any, study: Study, markets: list[str]) -> None:
    ax.axhline(0, color="#4D4D4D", linewidth=0.8)
    drawn = []
    for market, marker in zip(markets, "os^D", strict=False):
        found = block_discounts(study.panel, market)
        sessions = pd.DatetimeIndex(study.panel.daily(market).index)
        ends = compliance.due_dates(market)[0]
        mask = pd.Series(compliance.window_mask(sessions, ends, WINDOW), sessions)
        inside = mask.reindex(found.index).to_numpy(bool)
        drawn.append(found["discount"])
        for chosen, colour, words in ((~inside, "#7F7F7F", "other days"), (inside, "#D55E00", "")):
            ax.plot(
                found.index[chosen],
                found["discount"][chosen],
                marker,
                color=colour,
                ms=2.8,
                linestyle="none",
                alpha=0.75,
                mec="none",
                label=f"{name(market)}, {words or 'window'}",
            )
    values = pd.concat(drawn)
    low, high = np.quantile(values, [0.005, 0.995])
    spread = max(high, 0) - min(low, 0)
    ax.set_ylim(min(low, 0) - 0.05 * spread, max(high, 0) + (0.1 + 0.1 * len(markets)) * spread)
    plotting.years(ax, 6)
    ax.set_ylabel("ln(block/listed), %")
    ax.set_title("Block against listed prices")
    ax.legend(loc="upper left", ncols=2, fontsize=7, handletextpad=0.2, columnspacing=0.8)


def _discount_notes(result: PriceEffectsResults) -> list[str]:
    notes = []
    row: Any
    for row in result.discounts.itertuples():
        if not row.n_in:
            notes.append(f"{name(row.market)}: no window has a day with block and listed trades.")
            continue
        text = (
            f"{name(row.market)}: block over listed prices {row.inside:+.1f} % in the window "
            f"({row.n_in} days), {row.outside:+.1f} % on other days ({row.n_out})"
        )
        if np.isfinite(row.p_value):
            text += f"; the difference has p = {row.p_value:.3f} (Newey–West)"
        notes.append(f"{text}. One day in a hundred lies beyond the drawing.")
    return notes


def _takeaway(result: PriceEffectsResults) -> str:
    pooled = result.tidy().set_index(["term", "market"])
    run: Any = pooled.loc[("run_up", "all")]
    text = (
        f"Over {len(result.events)} deadlines prices drift by {run['estimate']:+.1f} % in the last "
        f"{WINDOW} sessions"
    )
    if np.isfinite(run["lower"]):
        text += f" (95 % interval {run['lower']:+.1f} to {run['upper']:+.1f})"
    text += f" beyond what the sessions before predict, {_verdict(result)}"
    variance = result.median_excess_variance
    if np.isfinite(variance):
        text += (
            f". At the median deadline the variance is {abs(variance):.0f} % "
            f"{_side(variance, 'above', 'below')} what the other days predict"
        )
        mean, p = result.excess_variance, result.variance_pvalue
        text += f", on average {abs(mean):.0f} % {_side(mean, 'above', 'below')}"
        over = result.excess_over_placebos
        if np.isfinite(over) and np.isfinite(p):
            text += (
                f", which is {abs(over):.0f} % {_side(over, 'above', 'below')} windows on other "
                f"dates ({_p(p)})"
            )
    known = result.discounts.dropna(subset=["p_value"])
    if len(known):
        row = known.iloc[int(known["n_in"].argmax())]
        text += (
            f"; blocks trade {abs(row['inside']):.1f} % {_side(row['inside'], 'above', 'below')} "
            f"listed prices in the window and {abs(row['outside']):.1f} % "
            f"{_side(row['outside'], 'above', 'below')} on other days ({said(row['market'])}, "
            f"p of the difference {row['p_value']:.2f})"
        )
    return text + "."


def _side(value: float, above: str, below: str) -> str:
    return above if value > 0 else below


def _verdict(result: PriceEffectsResults) -> str:
    try:
        row = result.test()
    except CarbonlinkError:
        return "from too few separate dates for a test"
    sure = "more than" if row.p_value < 0.05 else "within what"
    return f"{sure} chance gives ({_p(row.p_value)}, {REFERENCES[row.test]})"


def _p(value: float) -> str:
    return f"p = {value:.2f}" if value >= 0.01 else f"p = {value:.3f}"
