"""Prices of block trades beside those of listed trades on the same day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..panel import Panel


def block_discounts(panel: Panel, market: str) -> pd.DataFrame:
    """Return the log ratio of block to listed prices on the days that have both.

    Parameters
    ----------
    panel : Panel
    market : str
        A label of the panel.

    Returns
    -------
    DataFrame
        Index: days with block trades and a genuine listed price. `discount` is
        100 · ln(V_block/V_listed), negative where blocks are cheaper, with V_block the block
        value over its volume and V_listed the listed value over its volume, or, where the file
        gives no listed values, the listed price; `block_volume` in the market's unit. Empty
        where the file does not tell block trades apart.
    """
    rows = panel.tidy[panel.tidy["market"].eq(market)]
    block = rows[rows["trade"].eq("block")].groupby("date")[["volume", "value"]].sum(min_count=1)
    empty = pd.DataFrame(columns=["discount", "block_volume"], dtype=float)
    if block.empty:
        return empty
    days = panel.daily(market)
    listed = rows[rows["trade"].eq("listed")].groupby("date")[["volume", "value"]]
    sums = listed.sum(min_count=1).reindex(block.index)
    average = (sums["value"] / sums["volume"]).where(sums["volume"].gt(0) & sums["value"].gt(0))
    price = days["price"].reindex(block.index)
    average = average.where(average.notna(), price).where(price.notna())
    ratio = (block["value"] / block["volume"]).where(block["volume"].gt(0) & block["value"].gt(0))
    found = block[["volume"]].rename(columns={"volume": "block_volume"})
    found.insert(0, "discount", 100 * np.log(ratio / average))
    return found.dropna(subset=["discount"])
