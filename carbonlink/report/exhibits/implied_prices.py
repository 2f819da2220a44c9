"""Certificates, energy-use rights and offsets in yuan a tonne of CO2."""

from __future__ import annotations

import pandas as pd

from ... import plotting
from ...measures.implied_prices import ImpliedPricesResults, implied_prices
from ..exhibit import Exhibit
from ..study import Study, name, said

_HEADINGS = {
    "name": "Instrument",
    "series": "Series",
    "period": "Period",
    "price": "Price",
    "unit": "Unit",
    "factor": "Factor",
    "factor_unit": "Factor unit",
    "factor_shown": "Factor is",
    "implied": "Implied (yuan/tCO2)",
    "lower": "Lowest factor range",
    "upper": "Highest",
    "cea": "National allowance (yuan/t)",
    "gap_log": "Gap (log)",
    "verified": "Verified",
}
_FORMATS = {
    "price": ".6g",
    "factor": ".4g",
    "implied": ".2f",
    "lower": ".2f",
    "upper": ".2f",
    "cea": ".2f",
    "gap_log": "+.2f",
}


def implied_published(study: Study) -> Exhibit:
    """Convert the published prices; real figures whatever the data folder holds."""
    result = implied_prices()
    points = result.headline()
    return Exhibit(
        takeaway=_takeaway(points),
        figure=_draw(result),
        table=_table(result),
        headings=_HEADINGS,
        formats=_FORMATS,
        notes=result.notes,
        sources=result.sources,
        published=True,
        results=(result,),
    )


def implied_files(study: Study) -> Exhibit:
    """Convert the monthly mean prices of the files and set them beside the published ones."""
    result = implied_prices(study.panel)
    months = result.headline()
    months = months[months["series"] == "monthly mean"]
    markets = list(dict.fromkeys(months["market"]))
    table = _table(result)
    return Exhibit(
        takeaway=_takeaway(months),
        figure=_draw(result),
        drawn=_days(result.numbers()),
        table=table[table["series"] == "monthly mean"].reset_index(drop=True),
        headings={k: v for k, v in _HEADINGS.items() if k != "verified"},
        formats=_FORMATS,
        notes=result.notes,
        sources=study.sources(markets),
        published=True,
        beside=True,
        synthetic=study.synthetic(markets),
        results=(result,),
    )


def _table(result: ImpliedPricesResults) -> pd.DataFrame:
    rows = _days(result.headline())
    year = [f" {y:.0f}" if pd.notna(y) else "" for y in rows["factor_year"]]
    return rows.assign(
        name=[name(m) for m in rows["market"]],
        factor_shown=[f"{n}{y}" for n, y in zip(rows["factor_name"], year, strict=True)],
    )


def _days(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the middle of their period as a day."""
    return rows.assign(date=rows["date"].dt.floor("D"))


def _draw(result: ImpliedPricesResults) -> object:
    figure, (ax,) = plotting.canvas(height=4.8)
    result.plot(ax=ax)
    ax.set_title("")
    return figure


def _takeaway(points: pd.DataFrame) -> str:
    own = points[points["market"] == "cea"].dropna(subset=["implied"])
    others = points[points["market"] != "cea"].dropna(subset=["implied"])
    sentences = []
    for market in dict.fromkeys(others["market"]):
        last = others[others["market"] == market].iloc[-1]
        sentences.append(f"{said(market)} {last['implied']:.1f} ({last['period']})")
    text = "In yuan a tonne of CO2, at the headline factor: " + "; ".join(sentences)
    if own.empty:
        return text + "."
    last = own.iloc[-1]
    return f"{text}; the national allowance {last['implied']:.1f} ({last['period']})."
