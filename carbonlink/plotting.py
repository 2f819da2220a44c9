"""Axes in, Axes out: style, colours by label, Chinese fonts, and the plots shared by results."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#7F3C8D",
    "#4D4D4D",
    "#B2DF8A",
    "#A65628",
)
"""Okabe and Ito's colours for colour-blind readers, with four more told apart by lightness."""

DASHES = ("-", "--", "-.", ":")
_CJK_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
)


@contextmanager
def style() -> Iterator[None]:
    """Apply the house style inside a `with` block and leave the global style alone.

    Only these settings are put back: a notebook's first figure chooses the backend, which turns
    interactive drawing on, and that must stay on after the block.
    """
    import matplotlib as mpl

    fonts = ["DejaVu Sans", *([cjk_font()] if cjk_font() else [])]
    settings = {
        "font.family": fonts,
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#E5E5E5",
        "grid.linewidth": 0.6,
        "axes.axisbelow": True,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "legend.frameon": False,
        "legend.fontsize": 8,
        "figure.dpi": 100,
        "axes.unicode_minus": False,
    }
    current: Any = mpl.rcParams
    before = {key: current[key] for key in settings}
    current.update(settings)
    try:
        yield
    finally:
        current.update(before)


def new_axes(ax: Any = None, width: float = 6.5, height: float = 3.8) -> Any:
    """Return `ax`, or the Axes of a new figure of `width` × `height` inches."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    with style():
        return plt.subplots(figsize=(width, height), layout="constrained")[1]


@functools.cache
def cjk_font() -> str:
    """Return an installed font family with Chinese characters, or "" when there is none."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((family for family in _CJK_FAMILIES if family in installed), "")


def colours(labels: Iterable[str]) -> dict[str, str]:
    """Return a colour for each label, by its place in `labels`."""
    return {label: PALETTE[i % len(PALETTE)] for i, label in enumerate(labels)}


def dashes(labels: Iterable[str]) -> dict[str, str]:
    """Return a line style for each label, so that lines differ in print without colour."""
    labels = list(labels)
    return {k: DASHES[(i // len(PALETTE) + i) % len(DASHES)] for i, k in enumerate(labels)}


def estimates(tidy: Any, ax: Any = None, title: str = "") -> Any:
    """Draw a tidy table as points with intervals, one row a term."""
    rows = tidy[np.isfinite(tidy["estimate"])]
    markets = rows["market"].unique()
    names = zip(rows["term"], rows["market"], strict=True)
    labels = [f"{t} · {m}" if len(markets) > 1 else t for t, m in names]
    with style():
        ax = new_axes(ax, height=max(1.6, 0.28 * len(rows) + 0.9))
        place = np.arange(len(rows))[::-1]
        ax.hlines(place, rows["lower"], rows["upper"], color=PALETTE[0], linewidth=1.4)
        ax.plot(rows["estimate"], place, "o", color=PALETTE[0], markersize=4)
        ax.axvline(0, color="#4D4D4D", linewidth=0.8)
        ax.set_yticks(place, labels)
        ax.set_title(title)
    return ax


def canvas(
    panels: int = 1,
    columns: int = 1,
    width: float = 7.2,
    height: float = 3.8,
    **sharing: Any,
) -> tuple[Any, list[Any]]:
    """Return a figure and its Axes, row by row; places left over are blank.

    Parameters
    ----------
    panels : int
        Axes wanted.
    columns : int
        Axes in a row.
    width, height : float
        Inches, of the whole figure.
    **sharing
        `sharex` and `sharey`, as matplotlib has them. Shared ticks are printed on the lowest
        Axes of each column.
    """
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(width, height), layout="constrained")
        rows = -(-panels // columns)
        grid = figure.subplots(rows, columns, squeeze=False, **sharing)
        axes = list(grid.ravel())
        for blank in axes[panels:]:
            blank.remove()
        for ax in axes[max(panels - columns, 0) : panels]:
            ax.tick_params(labelbottom=True)
    return figure, axes[:panels]


def stamp(figure: Any, text: str) -> None:
    """Print what a figure is made of under it, small and grey."""
    if not text:
        return
    with style():
        figure.text(0.995, 0.004, text, ha="right", va="bottom", fontsize=7, color="#767676")
    margin = 0.16 / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, margin, 1, 1 - margin))


def broken_line(ax: Any, series: Any, gap: int = 10, **line: Any) -> Any:
    """Draw a dated series with its gaps: no line over more than `gap` days without a value.

    Values that stand alone between two gaps are drawn as dots.
    """
    values = series.dropna()
    days = values.index.to_series().diff().dt.days.to_numpy()
    group = np.cumsum(np.nan_to_num(days, nan=0) > gap)
    drawn = None
    for _, part in values.groupby(group):
        shape = {"marker": ".", "markersize": 2.2, "linestyle": "none"} if len(part) == 1 else {}
        drawn = ax.plot(part.index, part.to_numpy(float), **{**line, **shape})[0]
    return drawn


def date_ticks(ax: Any, dates: Iterable[Any], colour: str = "#767676") -> None:
    """Mark dates with ticks that rise from the lower edge."""
    dates = list(dates)
    if dates:
        ax.vlines(
            dates,
            0,
            0.09,
            transform=ax.get_xaxis_transform(),
            color=colour,
            linewidth=1.0,
            zorder=1,
        )


def rug(ax: Any, dates: Iterable[Any], colour: str = "#D55E00") -> None:
    """Mark dates with short ticks that hang from the upper edge."""
    dates = list(dates)
    if dates:
        ax.vlines(
            dates,
            0.94,
            1.0,
            transform=ax.get_xaxis_transform(),
            color=colour,
            linewidth=0.8,
            zorder=1,
        )


def years(ax: Any, most: int = 9) -> None:
    """Label a date axis with at most `most` years, or months where it spans few years."""
    from matplotlib import dates

    locator = dates.AutoDateLocator(minticks=min(3, most), maxticks=most)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, show_offset=False))


def heat(
    ax: Any,
    cells: Any,
    form: str = ".0f",
    limits: tuple[float, float] | None = None,
    colours: str = "Blues",
    size: float = 7,
) -> Any:
    """Draw a frame as a heat map with the number in each cell; a missing cell is hatched."""
    import matplotlib as mpl

    values = cells.to_numpy(float)
    known = values[np.isfinite(values)]
    low, high = limits or ((known.min(), known.max()) if known.size else (0.0, 1.0))
    low, high = (low, high) if high > low else (low, low + 1)
    with style():
        ax.grid(False)
        ax.patch.set(hatch="////", edgecolor="#D0D0D0", facecolor="white", linewidth=0)
        image = ax.imshow(
            np.ma.masked_invalid(values), cmap=colours, vmin=low, vmax=high, aspect="auto"
        )
        tone = mpl.colormaps[colours]
        for (i, j), value in np.ndenumerate(values):
            if np.isfinite(value):
                shade = tone((value - low) / (high - low))
                dark = np.dot(shade[:3], (0.299, 0.587, 0.114)) < 0.5
                ink = "white" if dark else "black"
                ax.text(
                    j, i, format(value, form), ha="center", va="center", fontsize=size, color=ink
                )
        ax.set_xticks(range(cells.shape[1]), [str(c) for c in cells.columns])
        ax.set_yticks(range(cells.shape[0]), [str(r) for r in cells.index])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
    return image
