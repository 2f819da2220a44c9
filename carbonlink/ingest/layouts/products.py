"""Rows that say their product: which market, product and vintage each is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from ..clean import is_missing, tidy_text
from ..draft import Draft
from ..whose import Product, one_of, product
from . import Parts

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def per_product(draft: Draft, column: str, venue: str = "") -> tuple[Draft, dict[str, Any]]:
    """Return market, product and vintage of each row from its product code.

    Parameters
    ----------
    draft : Draft
        With the printed code in `column`.
    column : str
        Name of that column.
    venue : str
        Market of a product that is in no market of the registry or in several (CCER), since it
        was traded there; without it such rows are marked bad.

    Returns
    -------
    draft : Draft
    columns : dict
        Arrays for `draft.tidy`.
    """
    texts = ["" if is_missing(cell) else tidy_text(cell) for cell in draft.rows[column]]
    known = {text: _found(text, venue) for text in set(texts)}
    draft = draft.with_bad(
        np.array([known[t].market is None for t in texts], bool),
        lambda i: f"product {texts[i]!r} is in no market" if texts[i] else "no product is named",
    )
    return draft, {
        "market": [known[t].market or "" for t in texts],
        "product": [known[t].code for t in texts],
        "vintage": [known[t].vintage for t in texts],
    }


def _found(text: str, venue: str) -> Product:
    if not text:
        return Product("", "", None)
    found = product(text)
    latin = _LATIN.search(text)
    if found.market is None and latin and latin[0] != text:
        found = product(latin[0])
    return replace(found, market=venue) if found.market is None and venue else found


def of_market(parts: Parts, asked: str | None) -> Parts:
    """Return the parts of the market asked for, which must be among them."""
    if not asked:
        return parts
    held = {m for frame in parts.frames for m in frame["market"].unique()} - {""}
    only = one_of(parts.draft.sheet.file, held, asked)
    if held == {only}:
        return parts
    frames = tuple(frame[frame["market"] == only] for frame in parts.frames)
    return replace(parts, frames=frames, empty="other_market")
