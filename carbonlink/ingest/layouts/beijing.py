"""Beijing exchange: volume, average price and an amount with the product's name behind it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from .. import clean
from .. import draft as drafts
from ..sheet import Sheet
from ..whose import settle_market
from . import Parts

NAME = "beijing"
TITLE = "Beijing exchange (日期, 成交量（吨）, 成交均价（元/吨）, 成交额（元）)"
MARKET = "beijing"
RENAME = {
    "日期": "date",
    "成交量(吨)": "volume",
    "成交均价(元/吨)": "vwap",
    "成交额(元)": "amount",
}
RENAMED = {"Time": "date", "Number": "volume", "Ave_Price": "vwap", "Total_cash": "amount"}
AKSHARE = {
    "日期": "date",
    "成交量": "volume",
    "成交均价": "vwap",
    "成交额": "amount",
    "成交单位": "label",
}
SIGNATURES = (frozenset(RENAME), frozenset(RENAMED), frozenset(AKSHARE))
OWN = "BEA"
_AMOUNT = re.compile(r"(?P<number>[^()]*?)\s*(?:\(\s*(?P<label>[^()]*?)\s*\)*)?")
_VINTAGE = re.compile(r"(?P<code>BEA)-?P?(?P<year>20\d{2})")
_MISPRINT = re.compile(r"\d[\d.,]*\.\d{2}")
_AGREES = 0.01
_SHOWN = 6
_LABELS_BEGIN = pd.Timestamp("2014-01-01")
LOST = "no product is named: akshare drops labels in full-width brackets; read the exchange's table"


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a Beijing sheet; every product is traded in market "beijing".

    Notes
    -----
    The amount cell holds thousands separators and the product: ``95,000.00(BEA)``, with brackets
    of either width, doubled or blank; none before 2014, when only the allowance was traded. An
    amount with misprinted separators (``70.074.00``, ``29,,800.00``) is read as meant where volume
    times price agrees within 1 %, and quarantined otherwise.

    akshare's frame has the product in a column of its own, and loses it where the exchange
    printed brackets of full width, so there a row without one is quarantined unless it is older
    than every label.
    """
    owner = settle_market(sheet.file, MARKET, market, "headings of the Beijing exchange")
    draft = drafts.start(sheet, header, _names(sheet, header))
    draft = draft.with_dates().with_numbers("volume", "vwap")
    if "label" in draft.rows:
        numbers = list(draft.rows["amount"])
        labels = ["" if clean.is_missing(c) else str(c) for c in draft.rows["label"]]
        draft = _unlabelled(draft, labels)
    else:
        numbers, labels = _split(draft.rows["amount"])
        draft = _bare(draft, labels)
    draft, values = _amounts(draft, numbers)
    products = [_product(label) for label in labels]
    frame = drafts.tidy(
        draft,
        market=owner,
        product=[code for code, _ in products],
        vintage=[year for _, year in products],
        trade="total",
        value=values,
        price_kind="vwap",
    )
    return Parts(draft=draft, frames=(frame,))


def _bare(draft: drafts.Draft, labels: list[str]) -> drafts.Draft:
    """Name the rows that have no label although labels had begun."""
    bare = np.array([not label for label in labels], bool)
    dates = draft.rows["date"]
    late = dates[bare & (dates > dates[~bare].min()).to_numpy(bool)]
    if late.empty:
        return draft
    days = sorted(set(late.dt.strftime("%Y-%m-%d")))
    more = ", …" if len(days) > _SHOWN else ""
    return draft.noted(
        f"{len(late)} rows name no product after labels had begun ({', '.join(days[:_SHOWN])}"
        f"{more}); they are read as {OWN}."
    )


def _amounts(draft: drafts.Draft, cells: list[object]) -> tuple[drafts.Draft, np.ndarray]:
    """Turnover as printed, or as volume times price shows that it was meant."""
    values, wrong = clean.numbers(pd.Series(cells, dtype=object))
    meant = np.full(len(cells), np.nan)
    for place in np.flatnonzero(wrong):
        meant[place] = _meant(cells[place])
    worth = (draft.rows["volume"] * draft.rows["vwap"]).to_numpy()
    with np.errstate(all="ignore"):
        agrees = wrong & (np.abs(meant / worth - 1) <= _AGREES)
    draft = draft.with_bad(
        wrong & ~agrees,
        lambda i: f"amount {cells[i]!r} is not a number, and volume × price does not settle it",
    )
    if agrees.any():
        shown = ", ".join(str(cells[i]) for i in np.flatnonzero(agrees)[:6])
        draft = draft.noted(
            f"{agrees.sum()} amounts with misprinted separators read as meant, since volume × "
            f"price agrees: {shown}."
        )
    return draft, np.where(agrees, meant, values)


def _names(sheet: Sheet, header: int) -> dict[str, str]:
    printed = set(drafts.headings(sheet, header).values())
    return next(names for names in (RENAME, RENAMED, AKSHARE) if set(names) <= printed)


def _unlabelled(draft: drafts.Draft, labels: list[str]) -> drafts.Draft:
    """Set aside rows whose product akshare lost; before any label only allowances were traded."""
    bare = np.array([not label for label in labels], bool)
    dates = draft.rows["date"]
    first = dates[~bare].min()
    late = dates >= (_LABELS_BEGIN if pd.isna(first) else max(first, _LABELS_BEGIN))
    return draft.with_bad(bare & late.to_numpy(bool), LOST)


def _split(cells: pd.Series) -> tuple[list[object], list[str]]:
    """The number and the product's label of each amount cell."""
    numbers: list[object] = []
    labels = []
    for cell in cells:
        match = _AMOUNT.fullmatch(clean.tidy_text(cell)) if isinstance(cell, str) else None
        numbers.append(match["number"] if match else cell)
        labels.append((match["label"] or "") if match else "")
    return numbers, labels


def _meant(text: object) -> float:
    plain = str(text).strip()
    if not _MISPRINT.fullmatch(plain):
        return float("nan")
    whole, cents = plain[:-3], plain[-2:]
    return float(re.sub(r"[.,]", "", whole) + "." + cents)


def _product(label: str) -> tuple[str, str]:
    """Product and vintage of a label; rows without one are the allowance."""
    plain = "".join(label.upper().split())
    match = _VINTAGE.fullmatch(plain)
    return (match["code"], match["year"]) if match else (plain or OWN, "")
