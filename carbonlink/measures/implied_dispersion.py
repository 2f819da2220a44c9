"""How far apart the prices of a tonne of CO2 are over instruments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import check_choice
from .instrument_prices import ALLOWANCE, definition_breaks

COLUMNS = (
    "period",
    "synthetic",
    "instruments",
    "n",
    "least",
    "most",
    "cv",
    "sd_log",
    "ratio",
    "lowest",
    "highest",
    "after_break",
)


def price_dispersion(table: pd.DataFrame, by: str = "period") -> pd.DataFrame:
    """Return the dispersion of implied prices over instruments (see `ImpliedPricesResults`).

    Parameters
    ----------
    table : DataFrame
        Rows of implied prices, one a price.
    by : {"period", "year"}
    """
    check_choice("by", by, ("period", "year"))
    rows = table[table["implied"] > 0]
    when = rows["period"] if by == "period" else rows["date"].dt.year.astype(str)
    found = []
    for (period, synthetic), part in rows.groupby([when.rename("when"), "synthetic"]):
        logs = np.log(part["implied"]).groupby(part["instrument"].astype(str)).mean()
        if ALLOWANCE not in logs and part["cea"].notna().any():
            logs[ALLOWANCE] = float(np.log(part["cea"]).mean())
        if len(logs) < 2:
            continue
        row = {
            "period": period,
            "synthetic": synthetic,
            "instruments": ", ".join(sorted(logs.index)),
        }
        row |= {"n": len(logs), "sd_log": float(logs.std(ddof=1))}
        prices = np.exp(logs)
        row |= {"least": float(prices.min()), "most": float(prices.max())}
        row |= {"cv": float(prices.std(ddof=1) / prices.mean())}
        row |= {"ratio": float(prices.max() / prices.min())}
        row |= {"after_break": _last_break(str(period), logs.index)}
        found.append({**row, "lowest": logs.idxmin(), "highest": logs.idxmax()})
    return pd.DataFrame(found, columns=list(COLUMNS))


def _last_break(period: str, instruments: pd.Index) -> str:
    """Return the last break of the certificate's definition up to a month or year, or ""."""
    if "certificate" not in instruments:
        return ""
    months = [month for month in definition_breaks()["date"] if month[: len(period)] <= period]
    return max(months, default="")
