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
        Index: days with block and listed trades of the same vintage. `discount` is
        100 · ln(V_block/V_listed), negative where blocks are cheaper, V being value over volume
        (of listed trades: the day's total less its blocks, where the file does not give them);
        the mean over vintages weighted by the blocks' volume. `block_volume` in the market's
        unit. Empty where the file does not tell block trades apart.
    """
    rows = panel.tidy[panel.tidy["market"].eq(market)]
    keys = ["date", "product", "vintage"]
    sums = rows.groupby([*keys, "trade"])[["volume", "value"]].sum(min_count=1).unstack("trade")
    nothing = pd.DataFrame(columns=["discount", "block_volume"], dtype=float)
    if ("volume", "block") not in sums:
        return nothing
    volume, value = sums["volume"], sums["value"]
    kind = "listed" if "listed" in volume else "total"
    others = (volume[kind], value[kind])
    if kind == "total":
        others = (volume["total"] - volume["block"], value["total"] - value["block"])
    ratio = _average(volume["block"], value["block"]) / _average(*others)
    found = pd.DataFrame({"ratio": ratio, "volume": volume["block"]}).dropna()
    if found.empty:
        return nothing
    weighted = (np.log(found["ratio"]) * found["volume"]).groupby("date").sum()
    total = found["volume"].groupby("date").sum()
    return pd.DataFrame({"discount": 100 * weighted / total, "block_volume": total})


def _average(volume: pd.Series, value: pd.Series) -> pd.Series:
    return (value / volume).where(volume.gt(0) & value.gt(0))
