"""A drawing of who transmits to whom on balance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import plotting

_GIVES, _TAKES = "#0072B2", "#E69F00"
_SMALL, _LARGE = 0.09, 0.2
"""Radius of the smallest and the largest node, in the unit of the circle's radius."""


def network(net: pd.Series, edges: pd.DataFrame, rule: str, ax: Any = None, title: str = "") -> Any:
    """Draw series on a circle, and an arrow from the net transmitter of a pair to its receiver.

    Parameters
    ----------
    net : Series
        What each series transmits less what it receives, percent.
    edges : DataFrame
        Rows giver, taker, strength (percent, above 0), those to draw.
    rule : str
        Which pairs are drawn, printed under the drawing.
    """
    from matplotlib.lines import Line2D

    names = list(net.index)
    place = _circle(names)
    size = net.abs().max() or 1.0
    radius = {m: _SMALL + (_LARGE - _SMALL) * abs(net[m]) / size for m in names}
    strongest = edges["strength"].max() if len(edges) else 1.0
    with plotting.style():
        ax = plotting.new_axes(ax, width=6.0, height=6.0)
        row: Any
        for row in edges.itertuples():
            _arrow(ax, place[row.giver], place[row.taker], radius[row.giver], radius[row.taker],
                   row.strength, strongest)  # fmt: skip
        for name in names:
            _node(ax, name, place[name], radius[name], net[name])
        handles = [
            Line2D([], [], marker="o", ls="", ms=9, color=_GIVES, label="transmits on balance"),
            Line2D([], [], marker="o", ls="", ms=9, color=_TAKES, label="receives on balance"),
        ]
        if len(edges):
            label = f"widest arrow: {strongest:.1f} % net"
            handles.append(Line2D([], [], color="#4D4D4D", linewidth=3.5, label=label))
        else:
            ax.text(0, 0, "no arrow:\nno pair meets the rule below", ha="center", va="center",
                    fontsize=8.5, color="#4D4D4D")  # fmt: skip
        ax.legend(
            handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=3, fontsize=7.5
        )
        rule = f"numbers and size of the circles: net, given less received, in %\n{rule}"
        ax.text(0.5, -0.075, rule, transform=ax.transAxes, ha="center", va="top", fontsize=7.5)
        ax.set_xlim(-1.75, 1.75)
        ax.set_ylim(-1.5, 1.5)
        ax.set_aspect("equal")
        ax.axis("off")
        ax.set_title(title)
    return ax


def signed(value: float) -> str:
    """Return a number to one decimal with its sign, a minus as long as a plus."""
    return f"{value:+.1f}".replace("-", "−")


def _circle(names: list[str]) -> dict[str, np.ndarray]:
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(names)) / len(names)
    return {n: np.array([np.cos(a), np.sin(a)]) for n, a in zip(names, angles, strict=True)}


def _node(ax: Any, name: str, at: np.ndarray, radius: float, net: float) -> None:
    from matplotlib.patches import Circle

    colour = _GIVES if net > 0 else _TAKES
    ax.add_patch(Circle(tuple(at), radius, facecolor=colour, edgecolor="white", zorder=3))
    out = at * (1 + radius + 0.07)
    side = "center" if abs(at[0]) < 0.2 else "left" if at[0] > 0 else "right"
    upright = "center" if abs(at[1]) < 0.9 else "bottom" if at[1] > 0 else "top"
    ax.text(*out, f"{name}\n{signed(net)} %", ha=side, va=upright, fontsize=8.5, zorder=4)


def _arrow(
    ax: Any,
    begin: np.ndarray,
    end: np.ndarray,
    first: float,
    second: float,
    strength: float,
    strongest: float,
) -> None:
    from matplotlib.patches import FancyArrowPatch

    along = (end - begin) / np.linalg.norm(end - begin)
    width = 0.6 + 2.9 * strength / strongest
    arrow = FancyArrowPatch(
        tuple(begin + along * (first + 0.02)),
        tuple(end - along * (second + 0.03)),
        arrowstyle="-|>",
        mutation_scale=8 + 2.5 * width,
        linewidth=width,
        color="#4D4D4D",
        alpha=0.45 + 0.45 * strength / strongest,
        connectionstyle="arc3,rad=0.08",
        shrinkA=0,
        shrinkB=0,
        zorder=2,
    )
    ax.add_patch(arrow)
