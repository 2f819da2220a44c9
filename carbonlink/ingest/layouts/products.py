"""Rows that say their product: which market, product and vintage each is."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..clean import is_missing
from ..draft import Draft
from ..whose import product, settle_market


def per_product(draft: Draft, column: str, market: str | None) -> tuple[Draft, dict[str, Any]]:
    """Return market, product and vintage of each row from its product code.

    Parameters
    ----------
    draft : Draft
        With the printed code in `column`.
    column : str
        Name of that column.
    market : str or None
        The market asked for; it must agree with the codes, and settles codes that several
        markets use (CCER).

    Returns
    -------
    draft : Draft
        A row without a code is marked bad.
    columns : dict
        Arrays for `draft.tidy`.
    """
    texts = [("" if is_missing(cell) else str(cell)) for cell in draft.rows[column]]
    draft = draft.with_bad(np.array([not t for t in texts], bool), "no product is named")
    known = {text: product(text) for text in set(texts) if text}
    markets = {}
    for text, found in known.items():
        markets[text] = settle_market(draft.sheet.file, found.market, market, f"product {text}")
    return draft, {
        "market": [markets.get(t, "") for t in texts],
        "product": [known[t].code if t else "" for t in texts],
        "vintage": [known[t].vintage if t else "" for t in texts],
    }
