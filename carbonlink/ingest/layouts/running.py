"""Running totals that a vendor prints beside daily figures: what they say is missing or unlike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import clean
from ..draft import Draft

_TOLERANCE = 1.0
_SHOWN = 4


def noted(draft: Draft, name: str, cells: pd.Series, factor: float, daily: pd.Series) -> Draft:
    """Return the draft with notes on where a running total and the daily figures part.

    Parameters
    ----------
    draft : Draft
        With dates.
    name : str
        Name of the running total, for the notes.
    cells : Series
        The running total as received, row by row.
    factor : float
        Of its unit.
    daily : Series
        The daily figures in whole units; missing on days without trades.

    Notes
    -----
    A running total above the first daily figure says that the export begins after trading did.
    Between two rows it must grow by the figure of the later one.
    """
    values, _ = clean.numbers(cells)
    table = pd.DataFrame(
        {
            "date": draft.rows["date"].to_numpy(),
            "total": values * factor,
            "daily": daily.fillna(0.0).to_numpy(),
        }
    ).dropna(subset=["date"])
    table = table.sort_values("date").drop_duplicates("date", keep=False)
    held = table[table["total"].notna() & (table["total"] > 0)]
    if len(held) < 2:
        return draft
    first = held.iloc[0]
    before = first["total"] - table["daily"][table["date"] <= first["date"]].sum()
    if before > _TOLERANCE:
        draft = draft.noted(
            f"{name} stands at {before:,.0f} before {first['date']:%Y-%m-%d}: earlier trades are "
            "not in this file."
        )
    grown = held["total"].diff().to_numpy()[1:]
    summed = table["daily"].cumsum()[held.index].diff().to_numpy()[1:]
    unlike = np.abs(grown - summed) > np.maximum(_TOLERANCE, 1e-6 * held["total"].to_numpy()[1:])
    if unlike.any():
        days = [f"{day:%Y-%m-%d}" for day in held["date"].iloc[1:][unlike]]
        more = ", …" if len(days) > _SHOWN else ""
        draft = draft.noted(
            f"{name} does not grow by the daily figure on {len(days)} days "
            f"({', '.join(days[:_SHOWN])}{more}); the daily figures are kept."
        )
    return draft
