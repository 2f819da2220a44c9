"""The network of net transmission, and how far the index moves with the choices behind it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ... import plotting
from ...measures.connectedness_network import network as draw_network
from ...measures.connectedness_results import ConnectednessResults
from ...measures.connectedness_sensitivity import Sensitivity
from ..exhibit import Exhibit
from ..study import Study, name, said
from .connectedness import WINDOW, network


def connectedness_network(study: Study) -> Exhibit:
    """Draw who transmits to whom on balance."""
    result = network(study)
    edges, rule = result.edges()
    shown = edges.assign(giver=edges["giver"].map(name), taker=edges["taker"].map(name))
    figure, (ax,) = plotting.canvas(height=5.6, width=6.4)
    draw_network(result.net.rename(index=name), shown, rule, ax=ax)
    return Exhibit(
        takeaway=_network_takeaway(result, edges),
        figure=figure,
        table=_pairs(result, edges),
        headings={
            "from": "From",
            "to": "To",
            "estimate": "Net (%)",
            "lower": "Lower",
            "upper": "Upper",
            "p_value": "p",
        },
        formats={"estimate": ".1f", "lower": ".1f", "upper": ".1f", "p_value": "p"},
        notes=(
            "Node: what a market transmits less what it receives, its size |net|. Arrow: from the "
            "net transmitter of a pair to its receiver, as wide as the difference. All pairs are "
            "in the table, each in the direction of its net flow.",
            *result.notes,
        ),
        sources=result.sources,
        synthetic=study.synthetic(result.names),
        results=(result,),
    )


def _pairs(result: ConnectednessResults, edges: pd.DataFrame) -> pd.DataFrame:
    """Every pair in the direction of its net flow, the strongest first."""
    tidy = result.tidy()
    tidy = tidy[tidy["term"].str.startswith("net to ")]
    rows = []
    row: Any
    for row in tidy.itertuples():
        giver, taker = row.market, row.term.removeprefix("net to ")
        low, high, value = row.lower, row.upper, row.estimate
        if value < 0:
            giver, taker, value, low, high = taker, giver, -value, -high, -low
        drawn = bool(((edges["giver"] == giver) & (edges["taker"] == taker)).any())
        rows.append(
            {
                "giver": giver,
                "taker": taker,
                "from": name(giver),
                "to": name(taker),
                "estimate": value,
                "lower": low,
                "upper": high,
                "p_value": row.p_value,
                "drawn": drawn,
            }
        )
    return pd.DataFrame(rows).sort_values("estimate", ascending=False, ignore_index=True)


def _network_takeaway(result: ConnectednessResults, edges: pd.DataFrame) -> str:
    k = len(result.names)
    pairs = k * (k - 1) // 2
    if edges.empty:
        return (
            f"In none of the {pairs} pairs does one market transmit more than it receives beyond "
            "what the intervals allow."
        )
    place: Any = edges["strength"].idxmax()
    top = edges.loc[place]
    givers = edges["giver"].value_counts()
    return (
        f"In {len(edges)} of {pairs} pairs the direction is sure at 95 %; the strongest net flow "
        f"is from {said(top['giver'])} to {said(top['taker'])} ({top['strength']:.1f} %), and "
        f"{said(givers.index[0])} gives in {givers.iloc[0]} of them."
    )


def connectedness_sensitivity(study: Study) -> Exhibit:
    """Show the index under other lags, horizons, kinds, windows, forgetting factors and priors."""
    result = network(study)
    window = min(WINDOW, result.sample.nobs // 2)
    windows = tuple(dict.fromkeys(max(60, int(window * f)) for f in (0.5, 0.75, 1, 1.5)))
    strip = study.once("sensitivity", _strip, result, windows)
    figure, (ax,) = plotting.canvas(height=4.4)
    strip.plot(ax=ax)
    table = strip.table
    spread = strip.spread.sort_values(ascending=False)
    first = table[table["choice"] == spread.index[0]]
    low, high = first.loc[first["total"].idxmin()], first.loc[first["total"].idxmax()]
    null = result.null_mean
    return Exhibit(
        takeaway=(
            f"The index of {result.total:.1f} % runs from {table['total'].min():.1f} to "
            f"{table['total'].max():.1f} under {len(table)} other choices; {spread.index[0]} moves "
            f"it most ({low['total']:.1f} at {low['value']}, {high['total']:.1f} at "
            f"{high['value']}), and {null:.1f} is what it would be without any link."
        ),
        figure=figure,
        table=table,
        headings={
            "choice": "Choice",
            "value": "Value",
            "total": "Index (%)",
            "change": "Change",
        },
        formats={"total": ".1f", "change": "+.1f"},
        notes=(
            "One choice is changed at a time. Short windows and fast forgetting raise the index "
            "even where nothing is linked.",
            *strip.notes,
            *result.notes,
        ),
        sources=result.sources,
        synthetic=study.synthetic(result.names),
        results=(strip,),
    )


def _strip(result: ConnectednessResults, windows: tuple[int, ...]) -> Sensitivity:
    return result.sensitivity(windows=windows)
