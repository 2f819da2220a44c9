"""Published surrender deadlines and compliance rates."""

from __future__ import annotations

import pandas as pd

from ... import plotting
from ...facts import compliance
from ...facts import markets as registry
from ...facts.published import published
from ..exhibit import Exhibit
from ..study import Study, name

_BOUNDS = {"more_than": "> "}
_KINDS = (
    ("statutory", "Statutory", "o", "none", "#4D4D4D"),
    ("announced", "Announced", "^", "none", "#0072B2"),
    ("final", "Final", "o", "#D55E00", "#D55E00"),
)


def compliance_calendar(study: Study) -> Exhibit:
    """Show when allowances were due, by rule, by notice and in the end."""
    table = calendar()
    delays = (table["final"] - table["statutory"]).dt.days
    return Exhibit(
        takeaway=_takeaway(table, delays),
        figure=_draw(table),
        table=table,
        headings={
            "name": "Market",
            "emission_years": "Emission years",
            "statutory": "Statutory",
            "announced": "Announced",
            "final": "Final",
            "rate": "Compliance rate (%)",
            "rate_counts": "Rate counts",
            "verified": "Verified",
            "source": "Source",
        },
        notes=(
            "Where a final date was not found the cell is empty; a cycle is measured to the final "
            "date, else the announced one, else the statutory one.",
        ),
        sources=("facts/tables/deadlines.csv, with the source of each row",),
        published=True,
    )


def calendar() -> pd.DataFrame:
    """Return the published deadlines and rates, a row a surrender, in the registry's order."""
    held = set(published("deadlines")["market"])
    markets = [m for m in registry.order() if m in held]
    rows = pd.concat([compliance.deadlines(m) for m in markets], ignore_index=True)
    rates = zip(rows["compliance_rate_pct"], rows["compliance_rate_bound"], strict=True)
    return pd.DataFrame(
        {
            "market": rows["market"],
            "name": [name(m) for m in rows["market"]],
            "emission_years": rows["emission_years"],
            **{kind: pd.to_datetime(rows[kind]) for kind in ("statutory", "announced", "final")},
            "rate": [_rate(value, bound) for value, bound in rates],
            "rate_counts": rows["compliance_rate_basis"].fillna(""),
            "verified": rows["verified"].str.replace("_", " "),
            "source": rows["source"],
        }
    )


def _rate(value: float, bound: object) -> str:
    if pd.isna(value):
        return ""
    return _BOUNDS.get(str(bound), "") + f"{value:g}"


def _draw(table: pd.DataFrame) -> object:
    markets = list(dict.fromkeys(table["market"]))
    row = {m: len(markets) - 1 - i for i, m in enumerate(markets)}
    figure, (ax,) = plotting.canvas(height=3.6)
    height = table["market"].map(row)
    moved = table["final"] > table["statutory"]
    ax.hlines(
        height[moved], table["statutory"][moved], table["final"][moved], color="#D55E00", lw=1.2
    )
    for kind, label, marker, face, edge in _KINDS:
        style = {"markerfacecolor": face, "markeredgecolor": edge, "linestyle": "none"}
        size = 3.6 if kind == "final" else 5.5
        ax.plot(table[kind], height, marker, label=label, markersize=size, **style)
    ax.set_yticks(list(row.values()), [name(m) for m in markets])
    ax.set_ylim(-0.6, len(markets) - 0.4)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    plotting.years(ax)
    return figure


def _takeaway(table: pd.DataFrame, delays: pd.Series) -> str:
    known = delays.dropna()
    late = known[known > 0]
    text = (
        f"{len(table)} deadlines of {table['market'].nunique()} markets are on record; "
        f"{len(known)} have both a statutory and a final date"
    )
    if late.empty:
        return f"{text}, and none was moved."
    worst = table.loc[int(late.index[int(late.argmax())])]
    return (
        f"{text}, and {len(late)} of these ended late, by {late.median():g} days at the median "
        f"and {late.max():.0f} at most ({worst['name']}, emissions of {worst['emission_years']})."
    )
