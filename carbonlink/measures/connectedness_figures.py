"""The heat map of a connectedness table and the line of a rolling index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import plotting


def heat_map(table: pd.DataFrame, ax: Any = None, title: str = "") -> Any:
    """Draw a table of shares in percent, the diagonal in grey and every number printed."""
    from matplotlib.colors import ListedColormap

    k = len(table)
    values = table.to_numpy()
    own = np.eye(k, dtype=bool)
    top = values[~own].max()
    size = 9 if k <= 6 else 7 if k <= 10 else 5
    with plotting.style():
        ax = plotting.new_axes(ax, width=2.2 + 0.75 * k, height=1.4 + 0.55 * k)
        ax.imshow(np.where(own, np.nan, values), cmap="Blues", vmin=0, vmax=top, aspect="auto")
        grey = ListedColormap(["#E5E5E5"])
        ax.imshow(np.where(own, 1.0, np.nan), cmap=grey, aspect="auto")
        for i in range(k):
            for j in range(k):
                dark = i != j and values[i, j] > 0.6 * top
                ax.text(
                    j, i, f"{values[i, j]:.1f}", ha="center", va="center", fontsize=size,
                    color="white" if dark else "black",
                )  # fmt: skip
        slant = 0 if k <= 5 and max(map(len, table.columns)) <= 10 else 40
        ax.set_xticks(range(k), table.columns, rotation=slant, ha="right" if slant else "center")
        ax.set_yticks(range(k), table.index)
        ax.set_xlabel("shocks in")
        ax.set_ylabel("forecast variance of (cells in %)")
        ax.grid(False)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set_title(title)
    return ax


def line(
    total: pd.Series, broken: np.ndarray, ax: Any = None, title: str = "", floor: float = np.nan
) -> Any:
    """Draw an index over time, the line broken after each row that `broken` marks.

    Parameters
    ----------
    total : Series
        Percent, by date.
    broken : ndarray of bool, shape (len(total),)
        True where the next value does not follow on this one.
    floor : float
        Level of the index without any link, drawn dashed.
    """
    pieces = np.concatenate([[0], np.cumsum(broken)[:-1]])
    with plotting.style():
        ax = plotting.new_axes(ax)
        for _, piece in total.groupby(pieces):
            marker = "." if len(piece) == 1 else None
            ax.plot(piece.index, piece.to_numpy(), color=plotting.PALETTE[0], marker=marker)
        if np.isfinite(floor):
            ax.axhline(floor, color="#4D4D4D", linewidth=0.8, linestyle="--")
            ax.annotate(
                "mean without any link", (1, floor), xycoords=("axes fraction", "data"),
                ha="right", va="bottom", fontsize=8,
            )  # fmt: skip
        ax.set_ylim(bottom=0)
        ax.set_ylabel("total connectedness, %")
        ax.set_title(title)
    return ax
