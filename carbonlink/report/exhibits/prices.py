"""The price panorama: every Chinese carbon market, gaps as gaps, deadlines as ticks."""

from __future__ import annotations

import pandas as pd

from ... import plotting
from ...errors import DeadlineError, TooFewObservationsError
from ...facts import compliance
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
            "ten calendar days without one (national holidays last up to nine). Ticks on the lower "
            "edge are surrender deadlines. Prices of different kinds (close, mean of the day) are "
            "not spliced; the file of each market says which it prints.",
        ),
        sources=study.sources(markets),
        synthetic=study.synthetic(markets),
    )


def _draw(study: Study, wide: pd.DataFrame) -> object:
    rows = -(-wide.shape[1] // _COLUMNS)
    figure, axes = plotting.canvas(
        wide.shape[1], _COLUMNS, height=1.45 * rows + 0.3, sharex=True, sharey=True
    )
    palette = colours()
    for ax, market in zip(axes, wide.columns, strict=True):
        plotting.broken_line(ax, wide[market], color=palette[market], linewidth=0.9)
        plotting.date_ticks(ax, deadlines(market, wide.index))
        ax.set_title(f"{name(market)}, {study.panel.units[market]}", fontsize=8.5)
    axes[0].set_yscale("log")
    low, high = float(wide.min().min()), float(wide.max().max())
    ticks = [t for t in (0.1, 0.3, 1, 3, 10, 30, 100, 300) if low / 1.5 <= t <= high * 1.5]
    axes[0].set_yticks(ticks, [f"{t:g}" for t in ticks])
    axes[0].minorticks_off()
    plotting.years(axes[0], most=4)
    return figure


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
