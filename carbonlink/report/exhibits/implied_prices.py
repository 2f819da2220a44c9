"""Certificates, energy-use rights and offsets in yuan a tonne of CO2."""

from __future__ import annotations

import pandas as pd

from ... import plotting
from ...facts import markets as registry
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
MONTH = r"\d{4}-\d{2}"
_FORMATS = {
    "price": ".2f",
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
    dispersion = result.dispersion()
    return Exhibit(
        takeaway=f"{_takeaway(result.headline())} {_spread(dispersion, synthetic=False)}",
        figure=_draw(result, dispersion),
        drawn=_drawn(result, dispersion),
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
    table, dispersion = _table(result), result.dispersion()
    made = bool(months["synthetic"].any())
    return Exhibit(
        takeaway=f"{_takeaway(months)} {_spread(dispersion, made)}".rstrip(),
        figure=_draw(result, dispersion),
        drawn=_drawn(result, dispersion),
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


def _drawn(result: ImpliedPricesResults, dispersion: pd.DataFrame) -> pd.DataFrame:
    """Return the prices drawn and, below them, their dispersion over instruments by month."""
    shown = dispersion[dispersion["period"].str.fullmatch(MONTH)]
    return pd.concat([_days(result.numbers()), shown], ignore_index=True)


def _draw(result: ImpliedPricesResults, dispersion: pd.DataFrame) -> object:
    """Draw the prices, and below them their coefficient of variation by month."""
    months = dispersion[dispersion["period"].str.fullmatch(MONTH)]
    figure, axes = plotting.canvas(2, height=6.4, height_ratios=(2.4, 1), sharex=True)
    ax, below = axes
    result.plot(ax=ax)
    ax.set_title("", loc="left")
    ax.get_legend().remove()
    with plotting.style():
        handles, labels = ax.get_legend_handles_labels()
        for market in dict.fromkeys(result.headline()["market"]):
            labels = [text.replace(registry.label(market), name(market)) for text in labels]
        figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=7)
        for made, part in months.groupby("synthetic"):
            look = {"ls": "--", "mfc": "white"} if made else {"ls": "-"}
            label = "files, synthetic" if made else "published prices and files"
            days, colour = pd.to_datetime(part["period"]), plotting.PALETTE[bool(made)]
            below.plot(days, part["cv"], marker="o", ms=3, lw=1, color=colour, label=label, **look)
        for month in result.spec["breaks"]:
            below.axvline(pd.Timestamp(month), color="#4D4D4D", lw=0.8, ls=":")
        below.set_ylim(0, 1.1 * months["cv"].max() if len(months) else 1)
        below.set_ylabel("coefficient of variation")
        below.set_title("Dispersion over instruments", fontsize=9)
        if len(months):
            below.legend(fontsize=7)
    return figure


def _spread(table: pd.DataFrame, synthetic: bool) -> str:
    """Say how far apart instruments are in the last month with several."""
    months = table[table["period"].str.fullmatch(MONTH) & (table["synthetic"] == synthetic)]
    if months.empty:
        return ""
    last = months.iloc[-1]
    text = (
        f"In {last['period']} the lowest of {last['n']} instruments is {last['least']:.1f} and the "
        f"highest {last['most']:.1f}, with a coefficient of variation of {last['cv']:.2f}"
    )
    if last["after_break"]:
        text += f", not to be compared with months before {last['after_break']}, when the "
        text += "certificate price changed its meaning"
    return text + "."


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
