"""Volumes that a vendor prints in contracts of a future, brought to the market's unit."""

from __future__ import annotations

import numpy as np

from ...facts import markets as registry
from .. import draft as drafts

AS_PRINTED = "Volumes are as printed, without a unit; those of a future would be contracts."


def in_own_unit(draft: drafts.Draft, market: str) -> drafts.Draft:
    """Return the draft with its volumes in the unit of a market, and a note of what was done.

    Notes
    -----
    Abroad the vendors' instruments are futures: the number of contracts is multiplied by the lot
    that the registry has from the contract's specification (EUA: 1,000 t). Where it has none
    the volumes are left out, since their unit would be wrong. Volumes of markets in yuan stay as
    printed.
    """
    fact = registry.get(market)
    if fact.currency == "CNY":
        return draft.noted(AS_PRINTED)
    if fact.lot_size is None:
        return draft.with_rows(volume=np.nan).noted(
            f"Volumes are left out: they are contracts, and no published fact says how many "
            f"{fact.unit} one of {market} holds."
        )
    return draft.with_rows(volume=draft.rows["volume"] * fact.lot_size).noted(
        f"Volumes are printed in contracts and brought to {fact.unit}, {fact.lot_size:g} each "
        f"({fact.source.split(' (')[0]})."
    )
