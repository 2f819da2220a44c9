"""Market quality by market and year: no trade, tiny trades, limit days, no range, Amihud."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...measures.liquidity import liquidity
from ..exhibit import Exhibit
from ..study import Study, name, said

_SHARES = {
    "no_trade_pct": "Open days without a trade, %",
    "tiny_pct": "Trades of at most 10 t, %",
    "limit_pct": "Trades at the price limit, %",
    "no_range_pct": "Trades with high = low, %",
}
_AMIHUD = "Amihud illiquidity, log₁₀ of return per million yuan"
_MINIMUM = 20


def quality(study: Study) -> Exhibit:
    """Show, for each market and year, how many prices are worth the name."""
    markets = [m for m in study.allowances() if study.panel.daily(m)["volume"].notna().any()]
    if not markets:
        raise TooFewObservationsError("No file holds the volumes of a Chinese carbon market.")
    table = pd.concat([by_year(study.panel.daily(m)).assign(market=m) for m in markets])
    impact = liquidity(study.panel, markets, "Y", measures="amihud", minimum=_MINIMUM).table
    impact = impact.assign(year=impact["period"].astype(int))[["market", "year", "amihud"]]
    table = table.merge(impact, on=["market", "year"], how="left")
    table = table.assign(name=[name(m) for m in table["market"]]).reset_index(drop=True)
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw(table, markets),
        table=table[["market", "name", "year", "open_days", *_SHARES, "amihud"]],
        headings={
            "name": "Market",
            "year": "Year",
            "open_days": "Open days",
            **_SHARES,
            "amihud": "Amihud, return per million yuan",
        },
        formats={"year": ".0f", **dict.fromkeys(_SHARES, ".1f")},
        notes=(
            "The first share is of open days, the others of the days with a genuine listed price "
            "where the file can tell; hatched: it cannot, the market was not open, or the year "
            f"has fewer than {_MINIMUM} such days. Amihud: mean of |return| over the money of the "
            "day's trades, on days with both; the return is a log change, so 0.01 a million yuan "
            "is −2 on the logarithmic scale.",
            *_without(study, markets),
        ),
        sources=study.sources(markets),
        synthetic=study.synthetic(markets),
    )


def _without(study: Study, markets: list[str]) -> list[str]:
    """Which markets the map leaves out."""
    names = [said(m) for m in study.allowances() if m not in markets]
    return [f"Left out, since their files hold no volumes: {', '.join(names)}."] if names else []


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
    height = 3 * (0.24 * len(markets) + 0.75)
    figure, axes = plotting.canvas(5, 2, height=height, sharex=True, sharey=True)
    for ax, (column, title) in zip(axes[:4], _SHARES.items(), strict=True):
        plotting.heat(ax, _cells(table, column, markets), form=".0f", limits=(0, 100), size=6.5)
        ax.set_title(title)
    impact = np.log10(_cells(table, "amihud", markets)).round(1) + 0.0  # no minus zero
    plotting.heat(axes[4], impact, form=".1f", colours="Oranges", size=6.5)
    axes[4].set_title(_AMIHUD, fontsize=8.5)
    return figure


def _cells(table: pd.DataFrame, column: str, markets: list[str]) -> pd.DataFrame:
    cells = table.pivot(index="market", columns="year", values=column).reindex(markets)
    cells.index = [name(m) for m in cells.index]
    cells.columns = [f"’{y % 100:02d}" for y in cells.columns]
    return cells


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
    if limit["limit_pct"].max() > 0:
        top = limit.iloc[int(limit["limit_pct"].argmax())]
        text += (
            f". Most limit days: {said(top['market'])} in {top['year']:.0f}, on "
            f"{top['limit_pct']:.{0 if top['limit_pct'] >= 1 else 1}f} % of the days with a price"
        )
    impact = np.exp(np.log(table["amihud"]).groupby(table["market"]).mean()).dropna()
    if len(impact) > 1:
        dear, cheap = str(impact.idxmax()), str(impact.idxmin())
        times = impact[dear] / impact[cheap]
        text += (
            f". A million yuan moves the price {times:,.0f} times as far in {said(dear)} as in "
            f"{said(cheap)} (Amihud, geometric means of years)"
        )
    return text + "."
