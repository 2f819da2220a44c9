"""Published yearly volume, value and mean price of the national market."""

from __future__ import annotations

import pandas as pd

from ... import plotting
from ...facts.published import published
from ..exhibit import Exhibit
from ..study import Study, name

_MARKETS = ("cea", "pilots_8", "ccer_first", "ccer")
_PRINTED = {"volume_mt": ".8g", "value_bn_yuan": ".8g"}
_NAMES = {"pilots_8": "Eight pilots together"}


def published_years(study: Study) -> Exhibit:
    """Show what the authorities and the press printed about each year."""
    table = yearly()
    national = table[table["market"] == "cea"].set_index("year")
    figure = _draw(national)
    return Exhibit(
        takeaway=_takeaway(national),
        figure=figure,
        table=table,
        headings={
            "name": "Market",
            "year": "Year",
            "trading_days": "Trading days",
            "volume_mt": "Volume (Mt)",
            "value_bn_yuan": "Value (bn yuan)",
            "price_yuan_t": "Mean price (yuan/t)",
            "price_kind": "Mean price is",
            "verified": "Verified",
            "source": "Source",
        },
        formats={"year": ".0f", "trading_days": ".0f", "price_yuan_t": ".2f", **_PRINTED},
        notes=(
            "Figures are printed as published, in rounded units; an empty cell was not published.",
        ),
        sources=("facts/tables/annual_stats.csv, with the source of each row",),
        published=True,
    )


def yearly() -> pd.DataFrame:
    """Return the published whole-year rows, in Mt, bn yuan and yuan/t."""
    stats = published("annual_stats")
    stats = stats[(stats["period"] == "year") & stats["market"].isin(_MARKETS)]
    order = {m: i for i, m in enumerate(_MARKETS)}
    stats = stats.sort_values(
        ["market", "year"], key=lambda c: c.map(order) if c.name == "market" else c
    )
    return pd.DataFrame(
        {
            "market": stats["market"],
            "name": [_NAMES[m] if m in _NAMES else name(m) for m in stats["market"]],
            "year": stats["year"].astype(int),
            "trading_days": stats["trading_days"].astype(float),
            "volume_mt": (stats["volume_1e8_t"].astype(float) * 100).round(6),
            "value_bn_yuan": (stats["turnover_1e8_yuan"].astype(float) / 10).round(6),
            "price_yuan_t": stats["avg_price_yuan_t"].astype(float),
            "price_kind": stats["avg_price_kind"].fillna("").str.replace("_", " "),
            "verified": stats["verified"],
            "source": stats["source"],
        }
    ).reset_index(drop=True)


def _draw(national: pd.DataFrame) -> object:
    panels = (
        ("volume_mt", "Volume, Mt", ",.0f"),
        ("value_bn_yuan", "Value, bn yuan", ",.1f"),
        ("price_yuan_t", "Mean price, yuan/t", ",.1f"),
    )
    figure, axes = plotting.canvas(3, 3, height=2.7)
    for ax, (column, title, form), colour in zip(axes, panels, plotting.PALETTE, strict=False):
        values = national[column].dropna()
        bars = ax.bar([str(y) for y in values.index], values, color=colour, width=0.7)
        ax.bar_label(bars, [format(v, form) for v in values], fontsize=7.5, padding=1)
        ax.set_title(title)
        ax.grid(False, axis="x")
        ax.margins(y=0.12)
    return figure


def _takeaway(national: pd.DataFrame) -> str:
    volume = national["volume_mt"].dropna()
    price = national["price_yuan_t"].dropna()
    top, low = price.idxmax(), volume.idxmin()
    return (
        f"The national market traded between {volume.min():,.0f} Mt ({low}) and "
        f"{volume.max():,.0f} Mt ({volume.idxmax()}) a year; its published mean price was "
        f"{price.iloc[0]:.2f} yuan/t in {price.index[0]}, highest in {top} at {price.max():.2f}, "
        f"and {price.iloc[-1]:.2f} in {price.index[-1]}."
    )
