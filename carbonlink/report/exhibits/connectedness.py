"""Who moves with whom: the table, the net directions, the rolling index, index minus null."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...inference.multiplicity import holm
from ...measures.connectedness import connectedness
from ...measures.connectedness_results import ConnectednessResults
from ...panel import Panel
from ..exhibit import Exhibit
from ..study import Study, name, said

HORIZON = 10
WINDOW = 200
_ROWS = (500, 250)
_ABROAD = ("eua",)
_CENTRE = "cea"


def network(study: Study) -> ConnectednessResults:
    """Measure the Chinese carbon and power markets and the EU allowance on common days."""
    markets = candidates(study)
    if len(markets) < 2:
        raise TooFewObservationsError(
            "Connectedness needs two markets or more among the Chinese carbon and power markets "
            "and the EU allowance; cl.connectedness takes any others."
        )
    panel = replace(study.panel, days={m: study.panel.days[m] for m in markets})
    return study.once("network", _long_enough, study, panel)


def _long_enough(study: Study, panel: Panel) -> Any:
    """Keep as many markets as leave common days for rolling windows; else ask for fewer days."""
    chosen: dict[str, Any] = {"horizon": HORIZON, "draws": study.draws, "rng": study.rng}
    for rows in _ROWS:
        try:
            return connectedness(panel, minimum=rows, **chosen)
        except TooFewObservationsError:
            continue
    return connectedness(panel, **chosen)


def candidates(study: Study) -> list[str]:
    """Return the daily markets that the system may hold."""
    power = [m for m in study.ordered() if study.kind(m) == "electricity" and study.chinese(m)]
    abroad = [m for m in _ABROAD if m in study.panel.markets]
    return [*study.allowances(), *power, *abroad]


def connectedness_table(study: Study) -> Exhibit:
    """Show each market's forecast variance by the market whose shocks made it."""
    result = network(study)
    names = {m: name(m) for m in result.names}
    table = result.numbers()
    labels = [names.get(m, m) for m in table["share of"]]
    table = table.assign(**{"share of": labels}).rename(columns=names)
    shares = [str(c) for c in table if c != "share of"]
    figure, (ax,) = plotting.canvas(height=0.42 * len(names) + 1.7)
    result.plot(ax=ax)
    ax.set_xticklabels([names[t.get_text()] for t in ax.get_xticklabels()])
    ax.set_yticklabels([names[t.get_text()] for t in ax.get_yticklabels()])
    ax.set_title("")
    return Exhibit(
        takeaway=_takeaway(result),
        figure=figure,
        table=table,
        headings={"share of": "Variance of (%)", **{c: _capital(c) for c in shares}},
        formats=dict.fromkeys(shares, ".1f"),
        notes=(
            f"Generalized variance decomposition of a VAR({result.spec['lags']}), {HORIZON} terms; "
            "returns between genuine trades (power: price changes) on the days when every venue "
            "was open. Rows: variance of; columns: shocks in. The last cell is the total index.",
            *result.notes,
        ),
        sources=result.sources,
        synthetic=study.synthetic(result.names),
        results=(result,),
    )


def connectedness_net(study: Study) -> Exhibit:
    """Show what each market transmits less what it receives, with intervals."""
    result = network(study)
    table = result.tidy()
    table = table[table["term"].isin(["to others", "from others", "net"])].reset_index(drop=True)
    table = table.assign(name=[name(m) for m in table["market"]])
    return Exhibit(
        takeaway=_net_takeaway(table),
        figure=_draw_net(table[table["term"] == "net"]),
        table=table[["market", "name", "term", *_DIRECTIONS]],
        headings={"name": "Market", "term": "Direction", **_DIRECTIONS},
        formats={"estimate": ".1f", "lower": ".1f", "upper": ".1f", "p_value": "p"},
        notes=(
            "Sums of shares in percent, not divided by the number of markets. Intervals at 95 % "
            "from a moving-block bootstrap of residuals. p-values of net are of 0 (two-sided); of "
            "to and from, the share of data without any link that have a value as large.",
            *result.notes,
        ),
        sources=result.sources,
        synthetic=study.synthetic(result.names),
        results=(result,),
    )


_DIRECTIONS = {"estimate": "Estimate (%)", "lower": "Lower", "upper": "Upper", "p_value": "p"}


def connectedness_rolling(study: Study) -> Exhibit:
    """Draw the index in rolling windows, with its mean where nothing is linked."""
    result = network(study)
    window = min(WINDOW, result.sample.nobs // 2)
    rolling = study.once(("rolling", window), result.rolling, window)
    figure, (ax,) = plotting.canvas(height=3.2)
    rolling.plot(ax=ax)
    ax.set_title("")
    plotting.years(ax)
    table = rolling.tidy()[["term", "market", "estimate", "unit"]]
    table = table.assign(market=[name(m) if m else "" for m in table["market"]])
    total = rolling.total.dropna()
    above = 100 * float((total > rolling.null_mean).mean())
    return Exhibit(
        takeaway=(
            f"In windows of {window} days the index runs from {total.min():.1f} % "
            f"({total.idxmin().date()}) to {total.max():.1f} % ({total.idxmax().date()}); without "
            f"any link it would average {rolling.null_mean:.1f} % in windows of this length, and "
            f"{above:.0f} % of the windows lie above that."
        ),
        figure=figure,
        drawn=rolling.numbers(),
        table=table,
        headings={"term": "Figure", "market": "Market", "estimate": "Value", "unit": "Unit"},
        formats={"estimate": ".1f"},
        notes=(
            f"Markets: {', '.join(name(m) for m in rolling.names)}. A window holds {window} days "
            "with all prices; windows overlap, so neighbouring values are not independent.",
            *rolling.notes,
        ),
        sources=rolling.sources,
        synthetic=study.synthetic(rolling.names),
        results=(rolling,),
    )


def connectedness_excess(study: Study) -> Exhibit:
    """Set the index of the system, and of every pair with one centre, against its null."""
    system = network(study)
    centre = _CENTRE if _CENTRE in system.names else system.names[0]
    pairs = [m for m in candidates(study) if m != centre]
    found, left_out = study.each(pairs, lambda market: _pair(study, centre, market))
    results = {"all": system, **{m: r for m, r in found.items()}}
    label = {m: f"{name(centre)} and {name(m)}" for m in found}
    label["all"] = f"{len(system.names)} markets together"
    table = pd.DataFrame([_excess_row(label[m], r) for m, r in results.items()])
    table["p_holm"] = [np.nan, *holm(table["p_value"].to_numpy()[1:])]
    used = list(dict.fromkeys([*system.names, centre, *found]))
    return Exhibit(
        takeaway=_excess_takeaway(table, said(centre)),
        figure=_draw_excess(table),
        table=table,
        headings={
            "system": "Markets",
            "nobs": "Days",
            "total": "Index (%)",
            "null_mean": "Mean without a link (%)",
            "excess": "Index − null",
            "lower": "Lower",
            "upper": "Upper",
            "p_value": "p (no link)",
            "p_holm": "p of pairs, Holm",
        },
        formats={**dict.fromkeys(("total", "null_mean", "excess", "lower", "upper"), ".1f")}
        | {"p_value": "p", "p_holm": "p"},
        notes=(
            "The index is a sum of squares and is not 0 without a link: its null is the mean over "
            "data in which every series follows its own past. Each pair uses all its own common "
            "days, so the samples differ.",
            *left_out,
        ),
        sources=study.sources(used),
        synthetic=study.synthetic(used),
        results=tuple(results.values()),
    )


def _pair(study: Study, centre: str, market: str) -> ConnectednessResults:
    return study.once(
        ("pair", centre, market),
        connectedness,
        study.panel,
        markets=(centre, market),
        horizon=HORIZON,
        draws=study.draws,
        rng=study.rng,
    )


def _excess_row(label: str, result: ConnectednessResults) -> dict[str, object]:
    interval = result.conf_int().loc["excess"]
    return {
        "system": label,
        "nobs": result.sample.nobs,
        "total": result.total,
        "null_mean": result.null_mean,
        "excess": result.excess,
        "lower": interval["lower"],
        "upper": interval["upper"],
        "p_value": result.excess_pvalue,
    }


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _draw_net(net: pd.DataFrame) -> object:
    rows = net.sort_values("estimate", kind="stable")
    figure, (ax,) = plotting.canvas(height=0.34 * len(rows) + 0.8)
    place = np.arange(len(rows))
    ax.hlines(place, rows["lower"], rows["upper"], color=plotting.PALETTE[0], linewidth=1.6)
    ax.plot(rows["estimate"], place, "o", color=plotting.PALETTE[0], markersize=5)
    ax.axvline(0, color="#4D4D4D", linewidth=0.8)
    ax.set_yticks(place, rows["name"])
    ax.set_xlabel("net, %: above 0 transmits more than it receives")
    return figure


def _draw_excess(table: pd.DataFrame) -> object:
    rows = table.iloc[::-1]
    figure, (ax,) = plotting.canvas(height=0.36 * len(rows) + 1.1)
    place = np.arange(len(rows))
    low, high = rows["lower"] + rows["null_mean"], rows["upper"] + rows["null_mean"]
    ax.hlines(place, low, high, color=plotting.PALETTE[0], linewidth=1.6)
    ax.plot(rows["total"], place, "o", color=plotting.PALETTE[0], markersize=5, label="index")
    ax.plot(rows["null_mean"], place, "|", color="#4D4D4D", ms=11, mew=1.8, label="mean, no link")
    ax.set_yticks(place, rows["system"])
    ax.set_xlim(left=0)
    ax.set_xlabel("total connectedness, %")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
    return figure


def _takeaway(result: ConnectednessResults) -> str:
    table = result.table.copy()
    values = table.to_numpy().copy()
    np.fill_diagonal(values, -1)
    i, j = divmod(int(values.argmax()), len(values))
    return (
        f"On {result.sample.nobs} common days, {result.sample.start} to {result.sample.end}, "
        f"{result.total:.1f} % of the forecast variance of {len(result.names)} markets comes from "
        f"the others, {result.excess:.1f} points more than without any link (p = "
        f"{result.excess_pvalue:.3f}); the strongest link is from {said(table.columns[j])} to "
        f"{said(table.index[i])}, {values[i, j]:.1f} %."
    )


def _net_takeaway(table: pd.DataFrame) -> str:
    net = table[table["term"] == "net"]
    top = net.iloc[int(net["estimate"].argmax())]
    low = net.iloc[int(net["estimate"].argmin())]
    clear = net[(net["lower"] > 0) | (net["upper"] < 0)]
    sure = f"{len(clear) or 'none'} of the {len(net)} intervals lie off 0"
    first = _capital(said(top["market"]))
    return (
        f"{first} transmits most on balance ({top['estimate']:+.1f}, 95 % interval "
        f"{top['lower']:+.1f} to {top['upper']:+.1f}), {said(low['market'])} receives most "
        f"({low['estimate']:+.1f}); {sure}."
    )


def _excess_takeaway(table: pd.DataFrame, centre: str) -> str:
    whole, pairs = table.iloc[0], table.iloc[1:]
    text = (
        f"Of the system's {whole['total']:.1f} %, {whole['null_mean']:.1f} would appear without "
        f"any link; {whole['excess']:.1f} are left (95 % interval {whole['lower']:.1f} to "
        f"{whole['upper']:.1f}, p of no link {whole['p_value']:.3f})"
    )
    if pairs.empty:
        return text + "."
    linked = pairs[pairs["p_holm"] < 0.05]["system"].str.split(" and ").str[1]
    words = ", ".join(linked) if len(linked) else "none"
    return f"{text}. Of {len(pairs)} markets, linked to {centre} in a pair (5 %, Holm): {words}."
