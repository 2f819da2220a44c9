"""World Bank carbon pricing dashboard: yearly prices and revenues of each instrument."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ...facts import markets as registry
from .. import draft as drafts
from ..clean import heading, is_missing, tidy_text
from ..sheet import Sheet
from ..whose import one_of
from . import Parts
from .icap import system_market

NAME = "world_bank"
TITLE = "World Bank dashboard (Compliance_Price: Unique ID, Name of the initiative, Metric, years)"
SIGNATURES = (frozenset({"Nameoftheinitiative", "Metric"}),)
NOTES = {
    "price": "Yearly prices in US$/tCO2e, not converted, of markets worldbank_…: dated 1 April, "
    "the day of the dashboard's prices. A printed 0 says that there was no price and is left out.",
    "revenue": "Yearly government revenue in million US$, turned into US$ and dated on the year's "
    "last day (product 'revenue'); where the sheet prints no unit, it is that of the dashboard.",
    "coverage": "Yearly shares of global emissions covered, between 0 and 1 as printed, are the "
    "volume of markets worldbank_coverage_…, dated on the year's last day; they have no price.",
}
UNKNOWN = (
    "is none that is read (a price in US$/tCO2e, a revenue in million US$, a share of global "
    "emissions); take the row out, or see the sheet with cl.read(file, raw=True)"
)
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0)?")
_FEWEST_YEARS = 3
_NAMES = {"Nameoftheinitiative": "name", "Instrumentname": "name", "Metric": "metric"}
_MISSING = frozenset({"notavailable", "notapplicable", "n.a."})
_PREFIX, _TOTAL = "worldbank_", "Total"
_COVERAGE_PREFIX = "worldbank_coverage_"


def find(sheet: Sheet) -> int | None:
    """Return the header of a sheet of prices, of revenues or of emissions covered.

    Notes
    -----
    The sheet Compliance_Gen Info has years too, beside a status of each instrument: it is a
    description and no series, and is not read.
    """
    for row, texts in sheet.heads.items():
        others = _beside_years(texts)
        if len(texts - {""}) - len(others) >= _FEWEST_YEARS and _metric_of_sheet(others):
            return row
    return None


def _beside_years(texts: frozenset[str]) -> frozenset[str]:
    return frozenset(text for text in texts if text and not _YEAR.fullmatch(text))


def _metric_of_sheet(texts: frozenset[str]) -> str:
    """The metric of all rows, "stated" where each row states its own, else empty."""
    if SIGNATURES[0] <= texts:
        return "stated"
    if texts & {"Status", "UniqueID", "Metric"}:
        return ""
    if "Instrumentname" in texts:
        return "revenue"
    return "coverage" if texts == {"Nameoftheinitiative"} else ""


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of one sheet, for the instruments whose market is in the registry."""
    printed = drafts.headings(sheet, header)
    years = {p: int(float(text)) for p, text in printed.items() if _YEAR.fullmatch(text)}
    draft = drafts.body(sheet, header)
    names = {p: _NAMES[text] for p, text in printed.items() if text in _NAMES}
    names |= {p: str(year) for p, year in years.items()}
    draft = replace(draft, rows=draft.rows[list(names)].rename(columns=names))
    cells = {str(year): draft.rows[str(year)].map(_plain) for year in years.values()}
    draft = draft.with_rows(**cells).with_numbers(*cells)
    draft, metrics = _metrics(draft, sheet, frozenset(printed.values()), list(cells))
    titles = [("" if is_missing(c) else tidy_text(c)) for c in draft.rows["name"]]
    systems = [_system(title) for title in titles]
    markets = [
        f"{_COVERAGE_PREFIX if metric == 'coverage' else _PREFIX}{system}" if system else None
        for system, metric in zip(systems, metrics, strict=True)
    ]
    only = _asked(sheet, {m for m in markets if m}, market)
    used = np.array([m is not None and only in (None, m) for m in markets], bool)
    kinds = [kind for kind in NOTES if kind in metrics]
    frames = tuple(
        _year(draft, markets, used & (metrics == kind), year, kind)
        for kind in kinds
        for year in years.values()
    )
    outside = sorted({t for t, s in zip(titles, systems, strict=True) if t and s is None})
    if outside := [title for title in outside if title != _TOTAL]:
        draft = draft.noted(f"Instruments outside the registry, not read: {'; '.join(outside)}.")
    draft = draft.noted(*(NOTES[kind] for kind in kinds))
    empty = "other_market" if only else "outside_registry"
    return Parts(draft=draft, frames=frames, empty=empty)


def _metrics(
    draft: drafts.Draft, sheet: Sheet, texts: frozenset[str], years: list[str]
) -> tuple[drafts.Draft, np.ndarray]:
    """What each row is: price, revenue or coverage; rows of another metric are marked."""
    whole = _metric_of_sheet(_beside_years(texts))
    if whole != "stated":
        metrics = np.full(len(draft.rows), whole, dtype=object)
    else:
        printed = [heading(cell) for cell in draft.rows["metric"]]
        metrics = np.array([_metric(text, sheet.name) for text in printed], dtype=object)
        unknown = np.asarray(metrics == "", dtype=bool)
        draft = draft.with_bad(unknown, lambda i: f"metric {printed[i]!r} {UNKNOWN}")
    shares = draft.rows[years].to_numpy(float)
    beyond = ((shares < 0) | (shares > 1)).any(axis=1) & (metrics == "coverage")
    return draft.with_bad(beyond, "a share of global emissions is not between 0 and 1"), metrics


def _metric(text: str, sheet: str) -> str:
    plain = text.casefold()
    dollars = "us$" in plain or "usd" in plain
    if plain.startswith("us$/t"):
        return "price"
    if dollars and "million" in plain and "revenue" in plain + sheet.casefold():
        return "revenue"
    return "coverage" if "share" in plain and "globalemissions" in plain else ""


def _asked(sheet: Sheet, held: set[str], asked: str | None) -> str | None:
    """The market asked for; another sheet of the workbook may hold it."""
    if asked and sheet.others and registry.resolve(asked).startswith(_PREFIX):
        return registry.resolve(asked)
    return one_of(sheet.file, held, asked)


def _system(title: str) -> str | None:
    """The market that an instrument's name means (China national ETS, Beijing pilot ETS)."""
    stem = title.removesuffix(" ETS").removesuffix(" national").strip()
    return system_market({"EU": "European Union"}.get(stem, title.replace(" national", "")))


def _plain(cell: object) -> object:
    return "" if isinstance(cell, str) and heading(cell).casefold() in _MISSING else cell


def _year(
    draft: drafts.Draft, markets: list[str | None], used: np.ndarray, year: int, kind: str
) -> pd.DataFrame:
    """The tidy rows of one year and metric; rows of other metrics are empty."""
    values = np.where(used, draft.rows[str(year)].to_numpy(float), np.nan)
    own: dict[str, Any] = {"date": np.datetime64(f"{year}-12-31", "us"), "price_kind": "unknown"}
    if kind == "price":
        own = {"close": np.where(values == 0, np.nan, values), "price_kind": "index"}
        own |= {"date": np.datetime64(f"{year}-04-01", "us")}
    elif kind == "revenue":
        with np.errstate(over="ignore"):
            own |= {"value": values * 1e6, "product": "revenue"}
    else:
        own |= {"volume": values}
    return drafts.tidy(draft, market=[m or "" for m in markets], trade="total", **own)
