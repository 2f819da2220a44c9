"""The figure of implied carbon prices."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .. import plotting
from ..errors import check_choice
from ..facts import markets as registry
from .instrument_prices import PREMIUM

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")


def draw(points: pd.DataFrame, breaks: tuple[str, ...], ax: Any, scale: str) -> Any:
    """Draw headline prices over time, a line a series, bars or bands for the factor range."""
    check_choice("scale", scale, ("log", "linear"))
    keys = ["instrument", "market", "series", "synthetic"]
    groups = [(name, part.sort_values("date")) for name, part in points.groupby(keys, sort=False)]
    shown = plotting.colours([str(name) for name, _ in groups])
    with plotting.style():
        ax = plotting.new_axes(ax, width=7.2, height=4.8)
        for place, (colour, (name, part)) in enumerate(zip(shown.values(), groups, strict=True)):
            _series(ax, name, part, colour, MARKERS[place % len(MARKERS)])
        for month in breaks:
            ax.axvline(pd.Timestamp(month), color="#4D4D4D", lw=0.8, ls=":")
            ax.annotate(
                "definition\nbreak",
                (pd.Timestamp(month), 1.0),
                xycoords=("data", "axes fraction"),
                ha="right",
                va="top",
                fontsize=7,
                color="#4D4D4D",
            )
        ax.set_yscale(scale)
        if scale == "log":
            from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

            ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
            ax.yaxis.set_minor_formatter(NullFormatter())
        ax.set_ylabel("yuan/tCO2")
        ax.set_title("Implied carbon prices (bars and bands: range over the factors applied)")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2, fontsize=7)
    return ax


def _label(instrument: str, market: str) -> str:
    """Return a market's name; premia are named by the caller and may be called as markets are."""
    return f"{PREMIUM}, {market}" if instrument == PREMIUM else registry.label(market)


def _series(ax: Any, name: tuple, part: pd.DataFrame, colour: str, marker: str) -> None:
    instrument, market, series, synthetic = name
    label = f"{_label(instrument, market)}: {series}" + (" (synthetic)" if synthetic else "")
    look = {"color": colour, "marker": marker, "ms": 4 if len(part) <= 12 else 2, "lw": 1.2}
    if synthetic:
        look |= {"ls": "--", "mfc": "white"}
    if len(part) > 1:
        ax.fill_between(part["date"], part["lower"], part["upper"], color=colour, alpha=0.15, lw=0)
        ax.plot(part["date"], part["implied"], **look, label=label)
        return
    point = part.iloc[0]
    ends = [[point["implied"] - point["lower"]], [point["upper"] - point["implied"]]]
    look |= {"capsize": 2, "elinewidth": 1, "label": label}
    ax.errorbar([point["date"]], [point["implied"]], ends, **look)
