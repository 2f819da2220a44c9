"""Cells that print a unit of their own below a heading that prints one too."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from . import clean

_HEADED = re.compile(r"(?P<scale>亿|百万|万|千|1e\d+|[km](?=t))?(?P<unit>.*)", re.IGNORECASE)
_SCALES = {"千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8, "k": 1e3, "m": 1e6}
_SPELT = {
    "吨": ("吨", "t"),
    "t": ("吨", "t"),
    "元": ("元", "cny", "rmb", "yuan", "人民币"),
    "元/吨": ("元/吨", "cny/t", "rmb/t", "yuan/t", "人民币/吨"),
}
"""Unit in a cell: how a heading of the same unit begins."""

_MONEY, _TONNES = ("元", "元/吨"), ("吨", "t")
_IN_MONEY = re.compile(r"value|amount|^(open|high|low|close|vwap)$")


def in_heading_unit(cells: pd.Series, unit: str) -> tuple[pd.Series, np.ndarray]:
    """Return cells without the unit that the heading prints too, and where another is printed.

    Parameters
    ----------
    cells : Series
        Cells of one column as received.
    unit : str
        Unit in the heading, with its multiple ("万吨", "1e4tce").

    Returns
    -------
    cells : Series
        "1.2万吨" and "1.2万" below 万吨 are "1.2", to be scaled once, by the heading.
    other : ndarray of bool
        Where a cell prints another unit, or below a multiple another multiple ("51元" or "51亿元"
        below 万元). Below 元, which scales nothing, "51万元" stays as it is.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink.ingest.cell_units import in_heading_unit
    >>> cells, other = in_heading_unit(pd.Series(["1.2万吨", "3", "5吨"]), "万吨")
    >>> cells.tolist(), other.tolist()
    (['1.2', '3', '5吨'], [False, False, True])
    """
    other = np.zeros(len(cells), bool)
    headed = _HEADED.fullmatch(clean.heading(unit).casefold())
    texts = {i: c for i, c in enumerate(cells) if isinstance(c, str) and not _plain(c)}
    if headed is None or not texts:
        return cells, other
    made = list(cells)
    for place, text in texts.items():
        bare, scale, own = clean.parted(text)
        if scale == 1 and not own:
            continue
        multiple, same = headed["scale"], headed["unit"].startswith(_SPELT.get(own, ("",)))
        if same and multiple and scale == _scale(multiple):
            made[place] = bare
        elif not same or multiple:
            other[place] = True
    return pd.Series(made, cells.index, dtype=object), other


def of_another_kind(cells: pd.Series, column: str) -> np.ndarray:
    """Return where a cell of a quantity prints money, or one of money or a price tonnes.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink.ingest.cell_units import of_another_kind
    >>> of_another_kind(pd.Series(["51万元", "1.2万吨"]), "volume").tolist()
    [True, False]
    """
    wrong = _MONEY if "volume" in column else _TONNES if _IN_MONEY.search(column) else ()
    texts = "".join(c for c in cells if isinstance(c, str)).casefold()
    if not any(unit in texts for unit in wrong):
        return np.zeros(len(cells), bool)
    return np.array([isinstance(c, str) and clean.parted(c)[2] in wrong for c in cells])


def _plain(text: str) -> bool:
    return not text or text[-1] in "0123456789"


def _scale(text: str) -> float:
    return float(text) if text[0] == "1" else _SCALES[text]
