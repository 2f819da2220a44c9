"""Text files that do not end with a line break: whether they end inside their last row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .clean import number
from .sheet import Sheet

CUT = "the file ends inside this row"
_ENOUGH = 20
"""Other cells of the column that the length of the last one is held to."""


def cut_reason(sheet: Sheet, header: int, rows: pd.DataFrame) -> str:
    """Return why the last row of a file is taken for one that was cut, empty where it is not.

    Parameters
    ----------
    sheet : Sheet
        As received.
    header : int
        Row number of the header.
    rows : DataFrame
        Rows below it that hold data.

    Notes
    -----
    Only of a file without a line break at its end. Its last row is cut where it has fewer cells
    than each of the other rows (than the header, where there is no other), and where its last
    cell, not in quotes, is a number printed shorter than each of 20 or more others of its column,
    or empty where none of them is.
    """
    ending, index = sheet.ending, sheet.cells.index
    if ending is None or rows.empty or rows.index[-1] != index[-1]:
        return ""
    widths = np.array(ending.widths)
    others = widths[index.isin(rows.index[:-1])]
    least = others.min() if len(others) else widths[index == header].max(initial=0)
    if widths[-1] < least:
        return CUT
    place = int(widths[-1]) - 1
    if ending.quoted or place >= sheet.cells.shape[1]:
        return ""
    texts = [str(cell).strip() for cell in rows.iloc[:, place]]
    lengths = [len(text) for text in texts[:-1] if text]
    last = texts[-1]
    if len(lengths) < _ENOUGH or len(last) >= min(lengths):
        return ""
    if not last:
        return CUT if len(lengths) == len(texts) - 1 else ""
    if number(last) is not None:
        return f"{CUT}: its last number {last!r} is shorter than every other of its column"
    return ""


def said(sheet: Sheet, rows: pd.DataFrame, bad: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    """Return a note on a file without a line break at its end.

    Parameters
    ----------
    sheet : Sheet
        As received.
    rows : DataFrame
        Rows below its header that hold data, without one that was cut.
    bad : mapping
        Row number to reasons.
    """
    ending, index = sheet.ending, sheet.cells.index
    if ending is None or not len(index):
        return ()
    last = int(index[-1])
    if bad.get(last, ("",))[0].startswith(CUT):
        return (f"The file looks cut: it ends inside row {last}, which is set aside.",)
    if ending.quoted or rows.empty or rows.index[-1] != last:
        return ()
    return (
        f"The file does not end with a line break: if it was cut, rows are missing and the last "
        f"number of row {last} may be.",
    )
