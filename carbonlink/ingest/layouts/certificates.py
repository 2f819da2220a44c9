"""Monthly figures of green certificates, in the columns of the published table gec_monthly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...errors import DataError
from .. import draft as drafts
from ..clean import is_missing, tidy_text
from ..sheet import Sheet
from ..whose import place, settle_market
from . import Parts

NAME = "certificates"
TITLE = "monthly notices of certificates (month, traded_1e4_certificates, price_all_yuan, …)"
SIGNATURES = (frozenset({"month", "traded_1e4_certificates", "price_all_yuan"}),)
MARKET = "gec"
BREAK = (
    "From October 2025 the notices print a price by production year in place of one mean: "
    "price_all_yuan ends there and is not continued; the later prices are rows of product "
    "'unbundled' with the production year as vintage."
)
DATED = "A month's figures are dated on its last day."
_QUANTITIES = {
    ("", ""): ("traded_1e4_certificates", "price_all_yuan"),
    ("unbundled", ""): ("unbundled_traded_1e4_certificates", ""),
    ("bundled", ""): ("bundled_traded_1e4_certificates", ""),
    **{(kind, ""): (f"{kind}_traded_1e4_certificates", "") for kind in ("wind", "solar")},
    **{(kind, ""): (f"{kind}_traded_1e4_certificates", "") for kind in ("biomass", "other")},
}
_YEARS = range(2020, 2040)
_SCALE = 1e4
_ROUNDING = 0.01
_KNOWN = frozenset({"market", "month", "confidence", "verified", "source", "note"})


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a table of monthly certificate figures.

    Notes
    -----
    All trades are product "", with the mean price where one is printed; trades by themselves and
    with green power are products "unbundled" and "bundled"; energy types have their own. Counts of
    issued certificates and running sums are no trades and are left out. A row that is not
    confirmed (verified = no) is set aside.
    """
    printed = [text for text in drafts.headings(sheet, header).values() if text]
    columns = _columns(printed)
    used = {name for pair in columns.values() for name in pair if name}
    names = {name: name for name in (*_KNOWN, *used) if name in printed}
    units = {name: "1e4" if "_1e4_" in name else "元" for name in sorted(used)}
    draft = drafts.start(sheet, header, names).with_numbers(*units, units=units)
    days = [_month_end(cell) for cell in draft.rows["month"]]
    months = [tidy_text(cell) for cell in draft.rows["month"]]
    draft = draft.with_rows(date=np.array(days, dtype="datetime64[us]"))
    draft = draft.with_bad(
        np.array([day is None for day in days], bool), lambda i: f"month {months[i]!r} is no month"
    )
    owner = _market(draft, market)
    draft = _unconfirmed(draft)
    frames = []
    for (product, vintage), (quantity, price) in columns.items():
        own = {"volume": (draft.rows[quantity] * _SCALE).to_numpy()} if quantity else {}
        if price:
            own["vwap"] = draft.rows[price].to_numpy()
        made = drafts.tidy(
            draft,
            market=owner,
            product=product,
            vintage=vintage,
            trade="total",
            price_kind="vwap" if price else "unknown",
            **own,
        )
        frames.append(made)
    unused = [name for name in printed if name not in {*names}]
    draft = _sums(draft).noted(DATED)
    if any(vintage for _, vintage in columns):
        draft = draft.noted(BREAK)
    if unused:
        draft = draft.noted(f"Columns not used: {', '.join(unused)}.")
    return Parts(draft=draft, frames=tuple(frames))


def _columns(printed: list[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Product and vintage: the column of its quantity and that of its price."""
    wanted = dict(_QUANTITIES)
    for year in _YEARS:
        wanted[("unbundled", str(year))] = (
            f"gen{year}_unbundled_traded_1e4_certificates",
            f"price_gen{year}_yuan",
        )
    kept = {
        key: tuple(name if name in printed else "" for name in pair) for key, pair in wanted.items()
    }
    return {key: (pair[0], pair[1]) for key, pair in kept.items() if any(pair)}


def _month_end(cell: object) -> np.datetime64 | None:
    try:
        period = pd.Period(tidy_text(cell)[:7].replace("/", "-"), "M")
    except (ValueError, AttributeError):
        return None
    if period is pd.NaT or not 2017 <= period.year <= 2199:
        return None
    return np.datetime64(period.end_time.normalize(), "us")


def _market(draft: drafts.Draft, asked: str | None) -> str:
    texts = {tidy_text(c) for c in draft.rows.get("market", []) if not is_missing(c)}
    found = {place(text) for text in texts} or {MARKET}
    if found != {MARKET}:
        raise DataError(
            f"{draft.sheet.file} holds monthly certificates of {', '.join(sorted(texts))[:80]}.",
            f"Its column market must say {MARKET}.",
        )
    return settle_market(draft.sheet.file, MARKET, asked, "headings of certificate notices")


def _unconfirmed(draft: drafts.Draft) -> drafts.Draft:
    if "verified" not in draft.rows:
        return draft
    said = np.array([tidy_text(cell).casefold() for cell in draft.rows["verified"]], dtype=object)
    weaker = (said != "yes") & (said != "no")
    months = [tidy_text(cell) for cell in draft.rows["month"][weaker]]
    if months:
        draft = draft.noted(f"Weaker than confirmed (column verified): {', '.join(months)}.")
    return draft.with_bad(said == "no", "not confirmed (verified = no)")


def _sums(draft: drafts.Draft) -> drafts.Draft:
    """Name the months in which the parts do not add up to all trades."""
    parts = ("unbundled_traded_1e4_certificates", "bundled_traded_1e4_certificates")
    total = "traded_1e4_certificates"
    if any(name not in draft.rows for name in (*parts, total)):
        return draft
    whole = draft.rows[total]
    unlike = (draft.rows[list(parts)].sum(axis=1, min_count=2) - whole).abs() > _ROUNDING * whole
    months = [tidy_text(cell) for cell in draft.rows["month"][unlike.to_numpy(bool)]]
    if not months:
        return draft
    return draft.noted(f"Unbundled and bundled do not add up to all trades in {', '.join(months)}.")
