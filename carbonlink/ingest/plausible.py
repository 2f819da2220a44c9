"""Whether prices, volumes and turnover of a file can be in the units they are said to be in."""

from __future__ import annotations

import pandas as pd

_FACTOR = 2.0
_FEWEST = 5


def unit_notes(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return a note on each market whose turnover is far from volume times price.

    Parameters
    ----------
    frame : DataFrame
        Tidy rows of one file.

    Notes
    -----
    A row's ratio is value / (volume · price), price being the average, else the close. A median
    beyond a factor of two over five rows or more points at a unit (万吨 read as t), not at a day.
    """
    price = frame["vwap"].where(frame["vwap"].notna(), frame["close"])
    ratio = frame["value"] / (frame["volume"] * price)
    usable = (frame["volume"] > 0) & (frame["value"] > 0) & (price > 0)
    notes = []
    for (market, trade), part in ratio[usable].groupby([frame["market"], frame["trade"]]):
        middle = float(part.median())
        if len(part) >= _FEWEST and not 1 / _FACTOR <= middle <= _FACTOR:
            notes.append(
                f"{market}, {trade}: value is about {middle:.3g} times volume × price; check the "
                "units in the file."
            )
    return tuple(notes)
