"""How trade is spread over the allowance markets, year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ... import plotting
from ...measures.market_shares import market_shares
from ...measures.market_shares_results import MarketSharesResults
from ..exhibit import Exhibit
from ..study import Study, colours, name, said

_HEADINGS = {
    "period": "Year",
    "markets": "Markets",
    "total": "Volume (t)",
    "hhi": "HHI",
    "lower": "Lower",
    "upper": "Upper",
    "hhi_star": "HHI*",
    "effective_markets": "Effective markets",
    "largest_name": "Largest",
    "largest_pct": "Its share (%)",
    "p_change": "p of the change",
    "missing_names": "Files do not cover",
}


def market_concentration(study: Study) -> Exhibit:
    """Show the markets' shares of each year's tonnes and their concentration."""
    result = study.once(
        "market shares",
        lambda: market_shares(study.panel, draws=max(study.draws, 999), rng=study.rng),
    )
    ends = result.conf_int().loc["hhi"]
    table = result.table.assign(
        lower=ends["lower"].to_numpy(),
        upper=ends["upper"].to_numpy(),
        largest_name=[name(m) for m in result.table["largest"]],
        largest_pct=100 * result.table["largest_share"],
        missing_names=[
            ", ".join(name(m) for m in cell.split(", ")) if cell else ""
            for cell in result.table["missing"]
        ],
    )
    markets = list(result.spec["market"])
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw(result),
        drawn=result.numbers(),
        table=table[list(_HEADINGS)],
        headings=_HEADINGS,
        formats={
            "total": ",.0f",
            "largest_pct": ".1f",
            "effective_markets": ".2f",
            "p_change": "p",
            **dict.fromkeys(("hhi", "lower", "upper", "hhi_star"), ".3f"),
        },
        notes=(
            "Shares are of the markets whose files cover the year but for five open days; the "
            "figure above a bar is 1/HHI. HHI* is 0 for equal shares. Intervals are at 95 %, from "
            "blocks of days drawn for all markets together; a change is tested only between "
            "years with the same markets.",
            *(n for n in result.notes if n.startswith("Synthetic")),
        ),
        sources=result.sources,
        synthetic=study.synthetic(markets),
        results=(result,),
    )


def _draw(result: MarketSharesResults) -> object:
    figure, (ax,) = plotting.canvas(height=3.4)
    result.plot(ax=ax)
    palette = colours()
    for bars in ax.containers:
        for bar in bars:
            bar.set_facecolor(palette.get(bars.get_label(), "#4D4D4D"))
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(
        handles[::-1],
        [name(m) for m in labels[::-1]],
        fontsize=8,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
        frameon=False,
    )
    return figure


def _takeaway(table: pd.DataFrame) -> str:
    first, last = table.iloc[0], table.iloc[-1]
    text = (
        f"In {last['period']} {said(last['largest'])} holds {last['largest_pct']:.0f} % of the "
        f"tonnes of the {last['markets']} markets whose files cover it, as if "
        f"{last['effective_markets']:.1f} markets of one size traded"
    )
    if len(table) > 1:
        text += f" ({first['effective_markets']:.1f} of {first['markets']} in {first['period']})"
    moves = table[table["p_change"] < 0.05]
    if len(moves):
        top = moves.iloc[int(np.abs(moves["change"]).argmax())]
        way = "more" if top["change"] > 0 else "less"
        p = f"p = {top['p_change']:.3f}" if top["p_change"] >= 0.001 else "p < 0.001"
        text += f"; the largest change came in {top['period']}, towards {way} concentration ({p})"
    return text + "."
