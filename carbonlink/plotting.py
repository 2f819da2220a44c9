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
    """Apply the house style inside a `with` block and leave the global style alone."""
    import matplotlib as mpl

    fonts = ["DejaVu Sans", *([cjk_font()] if cjk_font() else [])]
    with mpl.rc_context(
        {
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
    ):
        yield


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
    labels = [f"{t} · {m}" if len(markets) > 1 else t for t, m in zip(rows["term"], rows["market"])]
    with style():
        ax = new_axes(ax, height=max(1.6, 0.28 * len(rows) + 0.9))
        place = np.arange(len(rows))[::-1]
        ax.hlines(place, rows["lower"], rows["upper"], color=PALETTE[0], linewidth=1.4)
        ax.plot(rows["estimate"], place, "o", color=PALETTE[0], markersize=4)
        ax.axvline(0, color="#4D4D4D", linewidth=0.8)
        ax.set_yticks(place, labels)
        ax.set_title(title)
    return ax
