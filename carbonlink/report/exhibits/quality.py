"""Market quality by market and year: no trade, tiny trades, limit days, no range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ..exhibit import Exhibit
from ..study import Study, name, said

_SHARES = {
    "no_trade_pct": "Open days without a trade, %",
    "tiny_pct": "Trades of at most 10 t, %",
    "limit_pct": "Trades at the price limit, %",
    "no_range_pct": "Trades with high = low, %",
}
_MINIMUM = 20


def quality(study: Study) -> Exhibit:
    """Show, for each market and year, how many prices are worth the name."""
    markets = [m for m in study.allowances() if study.panel.daily(m)["volume"].notna().any()]
    if not markets:
        raise TooFewObservationsError("No file holds the volumes of a Chinese carbon market.")
    table = pd.concat([by_year(study.panel.daily(m)).assign(market=m) for m in markets])
    table = table.assign(name=[name(m) for m in table["market"]]).reset_index(drop=True)
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw(table, markets),
        table=table[["market", "name", "year", "open_days", *_SHARES]],
        headings={"name": "Market", "year": "Year", "open_days": "Open days", **_SHARES},
        formats={"year": ".0f", **dict.fromkeys(_SHARES, ".1f")},
        notes=(
            "The first share is of open days, the others of the days with a genuine listed price "
            "where the file can tell; hatched: it cannot, the market was not open, or the year "
            f"has fewer than {_MINIMUM} such days.",
        ),
        sources=study.sources(markets),
        synthetic=study.synthetic(markets),
    )


def by_year(days: pd.DataFrame) -> pd.DataFrame:
    """Return the quality shares of one market's days, a row a year."""
    limit = days["limit_up"] | days["limit_down"]
    flags = {
        "no_trade_pct": (~days["has_trade"]).astype("boolean"),
        "tiny_pct": days["tiny_trade"].astype("boolean"),
        "limit_pct": limit.astype("boolean"),
        "no_range_pct": days["degenerate_range"].astype("boolean"),
    }
    years = pd.DatetimeIndex(days.index).year
    shares = {
        key: flag.groupby(years).apply(lambda part: _percent(part)) for key, flag in flags.items()
    }
    table = pd.DataFrame({"open_days": days.groupby(years).size(), **shares})
    return table.rename_axis("year").reset_index()


def _percent(flag: pd.Series) -> float:
    known = flag.dropna()
    return 100 * float(known.mean()) if len(known) >= _MINIMUM else np.nan


def _draw(table: pd.DataFrame, markets: list[str]) -> object:
    height = 2 * (0.24 * len(markets) + 0.75)
    figure, axes = plotting.canvas(4, 2, height=height, sharex=True, sharey=True)
    for ax, (column, title) in zip(axes, _SHARES.items(), strict=True):
        cells = table.pivot(index="market", columns="year", values=column).reindex(markets)
        cells.index = [name(m) for m in cells.index]
        cells.columns = [f"’{y % 100:02d}" for y in cells.columns]
        plotting.heat(ax, cells, form=".0f", limits=(0, 100), size=6.5)
        ax.set_title(title)
    return figure


def _takeaway(table: pd.DataFrame) -> str:
    counted = table.dropna(subset=["no_trade_pct"])
    if counted.empty:
        return "No market has a year long enough to judge."
    days = counted["open_days"]
    silent = (counted["no_trade_pct"] * days).groupby(counted["market"]).sum()
    silent = silent / days.groupby(counted["market"]).sum()
    worst, best = str(silent.idxmax()), str(silent.idxmin())
    text = f"On {silent[worst]:.0f} % of the open days of {said(worst)} nobody traded"
    if worst != best:
        text += f", on {silent[best]:.0f} % of those of {said(best)}"
    limit = counted.dropna(subset=["limit_pct"])
    if limit.empty:
        return text + "."
    top = limit.iloc[int(limit["limit_pct"].argmax())]
    return (
        f"{text}. Most limit days: {said(top['market'])} in {top['year']:.0f}, on "
        f"{top['limit_pct']:.0f} % of the days with a price."
    )
