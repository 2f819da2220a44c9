"""The data ledger: what every number stands on."""

from __future__ import annotations

import pandas as pd

from ...facts import markets as registry
from ...ingest.limits import observed
from ..exhibit import Exhibit
from ..study import Study, name, said

_HEADINGS = {
    "name": "Market",
    "venue": "Venue",
    "file": "File",
    "start": "From",
    "end": "To",
    "frequency": "Frequency",
    "price_kind": "Price",
    "open_days": "Open days",
    "traded_pct": "Traded (%)",
    "stale_pct": "Stale (%)",
    "limit_pct": "At limit (%)",
    "block_pct": "Block (%)",
    "volume": "Volume",
    "unit": "Volume unit",
    "value": "Value",
    "currency": "Value unit",
    "sha256": "sha256 starts",
}
_ALSO = (
    *("traded_days", "longest_gap", "total_differs_days", "vintages", "rolls", "limit_known_by"),
    *("price_unit", "synthetic"),
)


def ledger(study: Study) -> Exhibit:
    """List every series: file, hash, span, days, trade quality, quantities."""
    coverage = study.panel.coverage().loc[study.ordered()].reset_index()
    source = coverage["source"].str.rsplit(" ", n=1)
    venues = registry.table().set_index("market")["exchange_en"].fillna("")
    table = coverage.assign(
        venue=[venues.get(registry.resolve(m), "") for m in coverage["market"]],
        name=[name(m) for m in coverage["market"]],
        file=source.str[0],
        sha256=source.str[1],
        unit=[registry.get(m).unit for m in coverage["market"]],
        currency=[registry.get(m).currency.replace("CNY", "yuan") for m in coverage["market"]],
        synthetic=[m in study.panel.synthetic for m in coverage["market"]],
    )
    shares = ("traded_pct", "stale_pct", "limit_pct", "block_pct")
    return Exhibit(
        takeaway=_takeaway(table),
        table=table[["market", *_HEADINGS, *_ALSO]],
        headings=_HEADINGS,
        formats={**dict.fromkeys(shares, ".1f"), "volume": ",.0f", "value": ",.0f"},
        notes=(
            "Open days are the venue's observed trading days and the weekdays that are no public "
            "holiday; shares are of open days, those at the limit of the days with a traded price "
            "and a known limit. Stale: a price is printed although nobody traded at it. An empty "
            "cell: the file cannot tell, or no printed rule of a limit was found.",
            *_without_rule(table),
            *study.panel.notes,
            *_of_files(study),
        ),
        sources=study.sources(table["market"]),
        synthetic=study.synthetic(table["market"]),
    )


def _without_rule(table: pd.DataFrame) -> list[str]:
    """Return the markets of which a limit shows in the prices but in no printed rule."""
    rows = table[table["limit_known_by"].eq("")]
    shown = [m for m in rows["market"] if observed(registry.resolve(m)) is not None]
    if not shown:
        return []
    names = ", ".join(said(m) for m in shown)
    return [
        f"No printed rule was found for the price limit of {names}: days at the limit are left "
        "empty (Panel.with_limits states one)."
    ]


def _of_files(study: Study) -> list[str]:
    """Return what the readers say about the files that are used."""
    files = study.panel.ledger
    files = files[files["used_for"].ne("") & files["notes"].ne("")]
    return [f"{file}: {said}" for file, said in zip(files["file"], files["notes"], strict=True)]


def _takeaway(table: pd.DataFrame) -> str:
    text = (
        f"{len(table)} series from {table['file'].nunique()} files, "
        f"{table['start'].min().date()} to {table['end'].max().date()}"
    )
    quantity = table[table["volume"].notna() & (table["open_days"] > 1)]
    if quantity.empty:
        return f"{text}; no file holds quantities."
    least = quantity.iloc[int(quantity["traded_pct"].argmin())]
    most = quantity.iloc[int(quantity["traded_pct"].argmax())]
    seldom, often = said(least["market"]), said(most["market"])
    text = (
        f"{text}. Among those with quantities, {seldom} traded on "
        f"{least['traded_pct']:.1f} % of its open days and {often} on "
        f"{most['traded_pct']:.1f} %."
    )
    stale = table[table["stale_pct"].gt(0)]
    if stale.empty:
        return text
    worst = stale.iloc[int(stale["stale_pct"].argmax())]
    return (
        f"{text} A price that nobody traded at is printed most often in {said(worst['market'])}, "
        f"on {worst['stale_pct']:.1f} % of its open days."
    )
