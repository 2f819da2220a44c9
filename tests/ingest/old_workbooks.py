"""Old workbooks: the records of BIFF2, with Chinese text in code page 936."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Sequence
from typing import Any

_CODEPAGE = struct.pack("<HHH", 0x0042, 2, 936)


def biff2(rows: Sequence[Sequence[Any]]) -> bytes:
    """An old workbook of one sheet; dates are serial numbers and times fractions of a day."""
    body = struct.pack("<HHHH", 0x0009, 4, 0x0002, 0x0010) + _CODEPAGE
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            value = stored(cell)
            if value is None or i > 65_535 or j > 255:
                continue
            head = struct.pack("<HHBBB", i, j, 0, 0, 0)
            if isinstance(value, float):
                record, content = 0x0003, head + struct.pack("<d", value)
            else:
                letters = value.encode("gbk", "replace")[:255]
                record, content = 0x0004, head + bytes([len(letters)]) + letters
            body += struct.pack("<HH", record, len(content)) + content
    return body + struct.pack("<HH", 0x000A, 0)


def stored(cell: Any) -> float | str | None:
    """A cell as an old workbook keeps it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, dt.datetime):
        return (cell - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    if isinstance(cell, dt.date):
        return float((cell - dt.date(1899, 12, 30)).days)
    if isinstance(cell, dt.time):
        return (cell.hour * 60 + cell.minute) / 1440
    if isinstance(cell, dt.timedelta):
        return cell / dt.timedelta(days=1)
    if isinstance(cell, (int, float)):
        return float(cell)
    return str(cell)
