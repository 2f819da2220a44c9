"""Energy-use rights and energy saving: single figures, in the columns of the published table."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from .. import draft as drafts
from ..cell_units import in_heading_unit
from ..clean import is_missing, tidy_text
from ..sheet import Sheet
from ..whose import place
from . import Parts
from .products import of_market

NAME = "energy_trades"
TITLE = "figures of energy-use rights (market, period_start, period_end, quantity, value, unit, …)"
SIGNATURES = (frozenset({"market", "period_start", "period_end", "quantity", "value", "unit"}),)
UNITS = {
    "tce": ("volume", 1.0),
    "1e4tce": ("volume", 1e4),
    "yuan": ("value", 1.0),
    "1e4yuan": ("value", 1e4),
    "1e8yuan": ("value", 1e8),
    "yuan/tce": ("vwap", 1.0),
}
"""Printed unit: the column of the tidy table, and the factor to its unit."""
EVENTS = (
    "Single figures, no series: `product` is the printed quantity with its bound, and the date is "
    "the last day of its period."
)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_NAMES = (
    "market period_start period_end kind quantity value bound unit verified province confidence "
    "source note"
)


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return a tidy row for each figure of a trade; rules are declared as such.

    Notes
    -----
    Volumes are in tce, turnover in yuan, prices in yuan/tce, each turned into whole units. A figure
    for several markets together, one that is not confirmed and one without a period are set
    aside. Where only the start of a period is printed, the figure is dated there, which the notes
    say.
    """
    draft = drafts.start(sheet, header, {name: name for name in _NAMES.split()})
    draft = _without_rules(draft)
    draft = _once(draft).with_numbers("value")
    texts = {
        name: [("" if is_missing(c) else tidy_text(c)) for c in _cells(draft, name)]
        for name in _NAMES.split()
        if name != "value"
    }
    days = [
        _last_day(end) or _last_day(start)
        for start, end in zip(texts["period_start"], texts["period_end"], strict=True)
    ]
    draft = draft.with_rows(date=np.array(days, dtype="datetime64[us]"))
    markets = [place(text) for text in texts["market"]]
    units = ["".join(unit.split()) for unit in texts["unit"]]
    draft = draft.with_bad(
        np.array([text == "no" for text in texts["verified"]], bool),
        "not confirmed (verified = no)",
    )
    draft = draft.with_bad(
        np.array([one is None for one in markets], bool),
        lambda i: f"market {texts['market'][i]!r} is not one market of the registry",
    )
    draft = draft.with_bad(
        np.array([day is None for day in days], bool), "neither end of the period is a date"
    )
    draft = draft.with_bad(
        np.array([unit not in UNITS for unit in units], bool),
        lambda i: f"unit {texts['unit'][i]!r} is none of {', '.join(UNITS)}",
    )
    columns = {field: np.full(len(units), np.nan) for field in ("volume", "value", "vwap")}
    for i, unit in enumerate(units):
        field, factor = UNITS.get(unit, ("volume", np.nan))
        columns[field][i] = float(f"{float(draft.rows['value'].iloc[i]) * factor:.12g}")
    frame = drafts.tidy(
        draft,
        market=[one or "" for one in markets],
        product=[
            f"{quantity} ({bound})" if bound else quantity
            for quantity, bound in zip(texts["quantity"], texts["bound"], strict=True)
        ],
        trade="total",
        price_kind="vwap",
        **columns,
    )
    draft = _dated_at_start(draft.noted(EVENTS), texts)
    return of_market(Parts(draft=draft, frames=(frame,)), market)


def _once(draft: drafts.Draft) -> drafts.Draft:
    """Take the unit off values that print that of the column unit; set aside those of another."""
    printed, units = _cells(draft, "value"), _cells(draft, "unit")
    read = [
        in_heading_unit(pd.Series([cell], dtype=object), "" if is_missing(unit) else str(unit))
        for cell, unit in zip(printed, units, strict=True)
    ]
    other = np.array([wrong[0] for _, wrong in read], bool)
    return draft.with_rows(value=[cell.iloc[0] for cell, _ in read]).with_bad(
        other, lambda i: f"value {printed.iloc[i]!r} is not in {units.iloc[i]}, as its unit says"
    )


def _cells(draft: drafts.Draft, name: str) -> pd.Series:
    if name in draft.rows:
        return draft.rows[name]
    return pd.Series("", index=draft.rows.index, dtype=object)


def _without_rules(draft: drafts.Draft) -> drafts.Draft:
    """Declare rows that state a rule and no trade."""
    rule = np.array([tidy_text(c) == "rule" for c in _cells(draft, "kind")], bool)
    if not rule.any():
        return draft
    declared = {**draft.declared, "rule": int(rule.sum())}
    return replace(draft, rows=draft.rows[~rule], declared=declared)


def _last_day(text: str) -> np.datetime64 | None:
    """The last day of a printed year, month or day."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        start = pd.Period(
            text, {1: "Y", 2: "M", 3: "D"}[sum(g is not None for g in match.groups())]
        )
    except ValueError:
        return None
    return np.datetime64(start.end_time.normalize(), "us")


def _dated_at_start(draft: drafts.Draft, texts: dict[str, list[str]]) -> drafts.Draft:
    ends = zip(texts["market"], texts["period_start"], texts["period_end"], strict=True)
    open_ended = sorted({f"{market} ({start})" for market, start, end in ends if start and not end})
    if not open_ended:
        return draft
    return draft.noted(
        f"No end of the period is printed, so dated by its start: {', '.join(open_ended)}."
    )
