"""What the two kinds of Wind export have in common: rows of keys above the dates."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...errors import DataError
from .. import dates
from ..clean import heading, tidy_text
from ..sheet import Sheet
from .series import SCALES

NAME_KEY = "指标名称"
KEYS = ("国家", NAME_KEY, "频率", "单位", "指标ID", "来源", "时间区间", "更新时间")
_DEEPEST = 30


def header_row(sheet: Sheet) -> int | None:
    """Return the last row above the first date, or None where this is no Wind export."""
    head = []
    for cell in sheet.cells.iloc[:_DEEPEST, 0]:
        if dates.date(cell) is not None or dates.is_ambiguous(cell):
            break
        head.append(tidy_text(cell))
    if NAME_KEY not in head or not {"频率", "单位", "指标ID"} & set(head):
        return None
    if len(head) < min(_DEEPEST, len(sheet.cells)):
        return len(head)
    return max(place for place, key in enumerate(head, start=1) if key in KEYS)


def keyed(sheet: Sheet, header: int) -> Mapping[str, pd.Series]:
    """Return the header's rows by their key, a cell a column."""
    head = sheet.cells.loc[:header]
    places = head.columns[1:]
    return {tidy_text(row[0]): pd.Series(row[1:], places) for row in head.to_numpy(dtype=object)}


def scale(file: str, unit: str) -> float:
    """Return the factor from a printed unit of quantity or turnover to the whole one."""
    plain = heading(unit)
    if plain not in SCALES:
        raise DataError(
            f"{file} prints a quantity in {plain!r}, which is not known.",
            f"Known units: {', '.join(k for k in SCALES if k)}.",
        )
    return SCALES[plain][1]
