"""The price panorama: every Chinese carbon market, gaps as gaps, deadlines and policy dates."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ... import plotting
from ...errors import DeadlineError, TooFewObservationsError
from ...facts import compliance
from ...facts.policy import policy_dates
from ..exhibit import Exhibit
from ..study import Study, colours, name, said

_COLUMNS = 3


def prices(study: Study) -> Exhibit:
    """Draw the price of every genuine trade, market by market, on one log scale."""
    markets = [m for m in study.allowances() if study.panel.daily(m)["price"].notna().any()]
    if not markets:
        raise TooFewObservationsError("No file holds a price of a Chinese carbon market.")
    wide = study.panel.prices(markets)
    return Exhibit(
        takeaway=_takeaway(wide),
        figure=_draw(study, wide),
        drawn=wide.dropna(how="all").reset_index(),
        notes=(
            "A price counts on a day when somebody traded at it; no line is drawn over more than "
            "ten calendar days without one (national holidays last up to nine), nor from one "
            "vintage to another. Grey ticks on the lower edge are surrender deadlines. Prices of "
            "different kinds (close, mean of the day) are not spliced; the data ledger says which "
            "each is.",
            _events_note(markets, wide.index),
        ),
        sources=(*study.sources(markets), "carbonlink published table policy_dates"),
        synthetic=study.synthetic(markets),
    )


def _draw(study: Study, wide: pd.DataFrame) -> object:
    rows = -(-wide.shape[1] // _COLUMNS)
    figure, axes = plotting.canvas(
        wide.shape[1], _COLUMNS, height=1.45 * rows + 0.3, sharex=True, sharey=True
    )
    palette = colours()
    for ax, market in zip(axes, wide.columns, strict=True):
        rolls = study.panel.daily(market)["is_roll"].cumsum().reindex(wide.index).ffill()
        for _, part in wide[market].groupby(rolls):
            if part.notna().any():
                plotting.broken_line(ax, part, color=palette[market], linewidth=0.9)
        plotting.date_ticks(ax, deadlines(market, wide.index))
        plotting.rug(ax, events(market, wide.index)["date"])
        ax.set_title(f"{name(market)}, {study.panel.units[market]}", fontsize=8.5)
    _name_ticks(axes[0])
    axes[0].set_yscale("log")
    low, high = float(wide.min().min()), float(wide.max().max())
    ticks = [t for t in (0.1, 0.3, 1, 3, 10, 30, 100, 300) if low / 1.5 <= t <= high * 1.5]
    axes[0].set_yticks(ticks, [f"{t:g}" for t in ticks])
    axes[0].minorticks_off()
    plotting.years(axes[0], most=4)
    return figure


def _name_ticks(ax: Any) -> None:
    """Say on one Axes what the two rows of ticks are."""
    words = {"policy dates": (0.9, "top", "#B24A00"), "deadlines": (0.12, "bottom", "#5A5A5A")}
    for text, (height, side, colour) in words.items():
        ax.text(
            0.015,
            height,
            text,
            transform=ax.transAxes,
            va=side,
            fontsize=6.5,
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
        )


def events(market: str, dates: pd.Index) -> pd.DataFrame:
    """Return the dated policy events of a market within a span."""
    table = policy_dates(market)
    return table[table["date"].between(dates[0], dates[-1])]


def _events_note(markets: list[str], dates: pd.Index) -> str:
    """Which policy events the figure marks, in words."""
    parts = [events(m, dates) for m in markets]
    table = pd.concat(parts).drop_duplicates().sort_values("date", kind="stable")
    counts = table["kind"].value_counts(sort=True)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return (
        f"Orange ticks on the upper edge are {len(table)} dated policy events that concern the "
        f"market ({kinds}): carbonlink.published('policy_dates') names each with its source. A "
        "price that moves near one does not say that the event moved it."
    )


def deadlines(market: str, dates: pd.Index) -> list[pd.Timestamp]:
    """Return the known deadlines of a market within a span; none where none is known."""
    try:
        days, _ = compliance.due_dates(market)
    except DeadlineError:
        return []
    return list(days[(days >= dates[0]) & (days <= dates[-1])])


def _takeaway(wide: pd.DataFrame) -> str:
    last = {str(m): wide[m].dropna() for m in wide}
    ends = {m: s.iloc[-1] for m, s in last.items()}
    low, high = min(ends, key=ends.__getitem__), max(ends, key=ends.__getitem__)
    text = (
        f"{wide.shape[1]} carbon prices between {wide.min().min():.2f} and {wide.max().max():.2f} "
        f"yuan/t"
    )
    if low == high:
        return f"{text}; the last is {ends[low]:.2f} ({last[low].index[-1].date()})."
    return (
        f"{text}. The last genuine prices, which are of different days, differ by a factor of "
        f"{ends[high] / ends[low]:.1f}: "
        f"{said(low)} {ends[low]:.2f} ({last[low].index[-1].date()}), "
        f"{said(high)} {ends[high]:.2f} ({last[high].index[-1].date()})."
    )
