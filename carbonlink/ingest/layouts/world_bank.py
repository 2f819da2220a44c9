"""World Bank carbon pricing dashboard: yearly prices and revenues of each instrument."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from .. import draft as drafts
from ..clean import heading, is_missing, tidy_text
from ..sheet import Sheet
from ..whose import one_of
from . import Parts
from .icap import system_market

NAME = "world_bank"
TITLE = "World Bank dashboard (Compliance_Price: Unique ID, Name of the initiative, Metric, years)"
SIGNATURES = (frozenset({"UniqueID", "Nameoftheinitiative", "Metric"}),)
PRICES = (
    "Yearly prices in US$/tCO2e, not converted, of markets worldbank_…: dated 1 April, the day of "
    "the dashboard's prices. A printed 0 says that there was no price and is left out."
)
REVENUES = (
    "Yearly government revenue in million US$, turned into US$ and dated on the year's last day; "
    "the sheet prints no unit, which is that of the dashboard."
)
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0)?")
_FEWEST_YEARS = 3
_NAMES = {"Nameoftheinitiative": "name", "Instrumentname": "name", "Metric": "metric"}
_MISSING = frozenset({"notavailable", "notapplicable", "n.a."})
_PREFIX = "worldbank_"


def find(sheet: Sheet) -> int | None:
    """Return the header of a sheet of prices or of revenues.

    Notes
    -----
    The sheet Compliance_Gen Info has years too, beside a status of each instrument: it is a
    description and no series, and is not read.
    """
    for row, texts in sheet.heads.items():
        years = sum(bool(_YEAR.fullmatch(text)) for text in texts)
        if years >= _FEWEST_YEARS and (SIGNATURES[0] <= texts or _is_revenue(texts)):
            return row
    return None


def _is_revenue(texts: frozenset[str]) -> bool:
    return "Instrumentname" in texts and not texts & {"Status", "UniqueID", "Type"}


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of one sheet, for the instruments whose market is in the registry."""
    printed = drafts.headings(sheet, header)
    revenue = "Metric" not in printed.values()
    years = {p: int(float(text)) for p, text in printed.items() if _YEAR.fullmatch(text)}
    draft = drafts.body(sheet, header)
    names = {p: _NAMES[text] for p, text in printed.items() if text in _NAMES}
    names |= {p: str(year) for p, year in years.items()}
    draft = replace(draft, rows=draft.rows[list(names)].rename(columns=names))
    cells = {str(year): draft.rows[str(year)].map(_plain) for year in years.values()}
    draft = draft.with_rows(**cells).with_numbers(*cells)
    titles = [("" if is_missing(c) else tidy_text(c)) for c in draft.rows["name"]]
    markets = [_market(title) for title in titles]
    only = one_of(sheet.file, {m for m in markets if m}, market)
    if not revenue:
        metric = [heading(c) for c in draft.rows["metric"]]
        dollars = np.array([text.startswith("US$/t") for text in metric], bool)
        draft = draft.with_bad(~dollars, lambda i: f"metric {metric[i]!r} is not US$/tCO2e")
    used = np.array([m is not None and only in (None, m) for m in markets], bool)
    frames = tuple(_year(draft, markets, used, year, revenue) for year in years.values())
    outside = sorted({t for t, m in zip(titles, markets, strict=True) if t and m is None})
    if outside:
        draft = draft.noted(f"Instruments outside the registry, not read: {'; '.join(outside)}.")
    draft = draft.noted(REVENUES if revenue else PRICES)
    empty = "other_market" if only else "outside_registry"
    return Parts(draft=draft, frames=frames, empty=empty)


def _market(title: str) -> str | None:
    """The worldbank_ market of an instrument's name (China national ETS, Beijing pilot ETS)."""
    stem = title.removesuffix(" ETS").removesuffix(" national").strip()
    found = system_market({"EU": "European Union"}.get(stem, title.replace(" national", "")))
    return f"{_PREFIX}{found}" if found else None


def _plain(cell: object) -> object:
    return "" if isinstance(cell, str) and heading(cell).casefold() in _MISSING else cell


def _year(
    draft: drafts.Draft, markets: list[str | None], used: np.ndarray, year: int, revenue: bool
) -> pd.DataFrame:
    values = draft.rows[str(year)].to_numpy(float)
    values = np.where(used, values, np.nan)
    if revenue:
        with np.errstate(over="ignore"):
            values = values * 1e6
        own: dict[str, Any] = {"value": values, "date": np.datetime64(f"{year}-12-31", "us")}
        own |= {"product": "revenue", "price_kind": "unknown"}
    else:
        own = {"close": np.where(values == 0, np.nan, values), "price_kind": "index"}
        own |= {"date": np.datetime64(f"{year}-04-01", "us")}
    return drafts.tidy(draft, market=[m or "" for m in markets], trade="total", **own)
