"""Volatility and the chance of a trade over time, with breaks and policy dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...facts.policy import policy_dates
from ...inference.date_matches import DateMatches
from ...kernels.garch_checks import LEAST_SHAPE
from ...measures.volatility_results import VolatilityResults
from ...models.break_results import BreakResults
from ...models.variance_breaks import variance_breaks
from ..exhibit import Exhibit
from ..study import Study, colours, name, said
from .volatility import HEADLINE, SPECS, WINDOW, fits, shape
from .volatility_models import of_market

WITHIN = 10
SEGMENT = 60
_COLUMNS = 2
_TICKS = (0.1, 0.3, 1, 3, 10, 30, 100, 1000, 10000)


@dataclass(frozen=True)
class _Drawn:
    """What is drawn of one market."""

    fit: VolatilityResults
    breaks: BreakResults
    matches: DateMatches
    events: pd.DataFrame
    trade: pd.Series | None


def conditional_volatility(study: Study) -> Exhibit:
    """Draw volatility and trade probability, windows shaded, breaks and policy dates marked."""
    found, _ = fits(study)
    markets = list(dict.fromkeys(m for m, _ in found))
    chosen = {market: _one(study, market, _headline(found, market)) for market in markets}
    return Exhibit(
        takeaway=_takeaway(chosen),
        figure=_draw(chosen),
        drawn=pd.concat([_numbers(m, d) for m, d in chosen.items()]),
        notes=(
            "Upper panels: standard deviation of the next return, % (not annualised): EGARCH "
            f"with t shocks, or GJR where fewer than {LEAST_SHAPE:g} degrees of freedom leave "
            f"the level without meaning; shaded: the {WINDOW} open days up to a deadline; "
            "dashed: breaks in the variance of returns between genuine trades (κ2, 5 %, regimes "
            f"of at least {SEGMENT} returns); ticks at the top: policy dates. Each log scale is "
            "its own. Lower panels: chance of a genuine trade on the day given the past, from "
            "the zero-adjusted model. No line is drawn over more than 31 days without a return.",
            *_chance(chosen),
        ),
        sources=study.sources(chosen),
        synthetic=study.synthetic(chosen),
        results=tuple(d.fit for d in chosen.values()),
    )


def _headline(found: dict[tuple[str, str], VolatilityResults], market: str) -> VolatilityResults:
    """The headline model, or another where its shocks hardly have a variance."""
    order = (HEADLINE, *(spec for spec in reversed(SPECS) if spec != HEADLINE))
    made = [found[market, spec] for spec in order if (market, spec) in found]
    return next((r for r in made if shape(r) >= LEAST_SHAPE), made[0])


def _one(study: Study, market: str, fit: VolatilityResults) -> _Drawn:
    made, _ = study.each([market], lambda m: of_market(study, m))
    models = made[market].fits if market in made else {}
    plain = models.get((market, "genuine"), fit)
    key = ("variance breaks", market)
    breaks = study.once(key, variance_breaks, plain.resid, minimum_segment=SEGMENT)
    events = policy_dates(market)
    first, last = breaks.returns.index[[0, -1]]
    zero = models.get((market, "zero-adjusted"))
    return _Drawn(
        fit,
        breaks,
        breaks.matches(events, WITHIN),
        events[events["date"].between(first, last)],
        None if zero is None else zero.trade_probability,
    )


def _numbers(market: str, drawn: _Drawn) -> pd.DataFrame:
    frame = drawn.fit.numbers()
    when = frame.columns[0]
    if drawn.trade is not None:
        chance = drawn.trade.rename("trade_probability").rename_axis(when).reset_index()
        frame = frame.merge(chance, on=when, how="outer")
    frame["break"] = frame[when].isin(drawn.breaks.breaks.index)
    return frame.assign(market=market)


def _draw(chosen: dict[str, _Drawn]) -> object:
    columns = min(len(chosen), _COLUMNS)
    rows = -(-len(chosen) // columns)
    figure, axes = plotting.canvas(
        2 * rows * columns,
        columns,
        height=1.9 * rows + 0.3,
        sharex=True,
        height_ratios=[3, 1] * rows,
    )
    palette = colours()
    for i, (market, drawn) in enumerate(chosen.items()):
        upper = axes[2 * columns * (i // columns) + i % columns]
        lower = axes[2 * columns * (i // columns) + columns + i % columns]
        _draw_path(upper, market, drawn, palette[market])
        _draw_trade(lower, drawn, palette[market])
    for i in range(len(chosen), rows * columns):
        for shift in (0, columns):
            axes[2 * columns * (i // columns) + shift + i % columns].remove()
    plotting.years(axes[0])
    return figure


def _draw_path(ax: Any, market: str, drawn: _Drawn, colour: str) -> None:
    path = drawn.fit.conditional_volatility
    plotting.broken_line(ax, path, gap=31, color=colour, linewidth=0.8)
    inside = pd.Series(drawn.fit.numbers()["inside"].to_numpy(bool), index=path.index)
    spells = (inside != inside.shift()).cumsum()[inside]
    for _, spell in spells.groupby(spells):
        ax.axvspan(spell.index[0], spell.index[-1], color="#BDBDBD", alpha=0.55, lw=0)
    for first in drawn.breaks.breaks.index:
        ax.axvline(first, color="#202020", linewidth=0.9, linestyle="--")
    if len(drawn.events):
        across = ax.get_xaxis_transform()
        ax.vlines(drawn.events["date"], 0.92, 1.0, transform=across, color="#202020", linewidth=0.8)
    ax.set_title(f"{name(market)}, % ({drawn.fit.spec['vol']}-t)", fontsize=8.5)
    ax.set_yscale("log")
    low, high = float(path.min()), float(path.max())
    ticks = [t for t in _TICKS if low / 1.6 <= t <= high * 1.6]
    ax.set_yticks(ticks, [f"{t:g}" for t in ticks])
    ax.minorticks_off()


def _draw_trade(ax: Any, drawn: _Drawn, colour: str) -> None:
    ax.set_ylim(0, 1.05)
    ax.set_yticks([0, 1], ["0", "1"])
    ax.set_ylabel("trade", fontsize=7)
    if drawn.trade is None:
        ax.text(
            0.5, 0.5, "every session has a trade", transform=ax.transAxes, ha="center", size=6.5
        )
        return
    plotting.broken_line(ax, drawn.trade, gap=31, color=colour, linewidth=0.8)


def _chance(chosen: dict[str, _Drawn]) -> list[str]:
    """How many breaks have a policy date near them, and how many would by chance."""
    with_breaks = {m: d.matches for m, d in chosen.items() if len(d.breaks.breaks)}
    if not with_breaks:
        return ["No market has a break in its variance."]
    matched = sum(m.matched for m in with_breaks.values())
    total = sum(len(m.table) for m in with_breaks.values())
    expected = sum(m.dates_by_chance for m in with_breaks.values())
    chances = [m.chance for m in with_breaks.values() for _ in range(len(m.table))]
    each = "; ".join(
        f"{name(m)} {d.matched} of {len(d.table)} with {d.events} dates (chance {d.chance:.2f})"
        for m, d in with_breaks.items()
    )
    near = [
        f"{name(market)} {date.date()}: {events}"
        for market, d in with_breaks.items()
        for date, events in zip(d.table.index, d.table["events"], strict=True)
        if events
    ]
    notes = [
        f"{matched} of {total} breaks have a policy date within {WITHIN} days; breaks that fell "
        f"anywhere would have one in {expected:.1f} cases, and as many or more with probability "
        f"{_as_many(matched, chances):.2f}: {each}."
    ]
    return [*notes, "Near breaks: " + "; ".join(near) + "."] if near else notes


def _as_many(matched: int, chances: list[float]) -> float:
    """Probability of at least `matched` successes among events of unequal chances."""
    law = np.ones(1)
    for c in chances:
        law = np.convolve(law, [1 - c, c])
    return float(law[matched:].sum())


def _takeaway(chosen: dict[str, _Drawn]) -> str:
    level = {m: float(d.fit.conditional_volatility.median()) for m, d in chosen.items()}
    low, high = min(level, key=level.__getitem__), max(level, key=level.__getitem__)
    text = f"The median day's volatility is {level[low]:.1f} % in {said(low)}"
    if low != high:
        text += f" and {level[high]:.1f} % in {said(high)}"
    count = sum(len(d.breaks.breaks) for d in chosen.values())
    matched = sum(d.matches.matched for d in chosen.values())
    expected = sum(d.matches.dates_by_chance for d in chosen.values())
    if not count:
        return text + "; no market has a break in its variance."
    return (
        f"{text}; of {count} breaks in the variance {matched} have a policy date within {WITHIN} "
        f"days, where chance alone would give {expected:.1f}."
    )
