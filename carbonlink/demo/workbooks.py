"""The workbook layouts of the Guangzhou and Hubei exchanges, with their traps."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

NUMERIC_ROWS = 30
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CREATED = "2025-07-01T00:00:00Z"


def guangzhou(prints: pd.DataFrame) -> bytes:
    """Return the Guangzhou sheet: days with trades, newest first.

    Notes
    -----
    The newest rows are numbers with the change as a fraction; older ones are text with the change
    in percent. The opening price printed is the last close. A few days have one blank for high and
    low.
    """
    frame = _traded(prints)
    head = "日期 品种 开盘价 收盘价 最高价 最低价 涨跌 涨跌幅% 成交数量 成交金额".split()
    rows: list[list[Any]] = []
    for i, (_, row) in enumerate(frame.iterrows()):
        change = round(row["close"] - row["last"], 2)
        prices = [row["last"], row["close"], row["high"], row["low"], change]
        if i < NUMERIC_ROWS:
            tail = [round(change / row["last"], 4), int(row["volume"]), float(row["value"])]
            rows.append([int(f"{row['day']:%Y%m%d}"), "GDEA", *map(float, prices), *tail])
            continue
        texts = [f"{price:.2f}" for price in prices]
        if i % 240 == 100:
            texts[2:4] = [" ", " "]
        tail = [f"{100 * change / row['last']:.2f}", f"{row['volume']:.0f}", f"{row['value']:.2f}"]
        rows.append([f"{row['day']:%Y%m%d}", "GDEA", *texts, *tail])
    return _workbook("1", [head, *rows])


def hubei(prints: pd.DataFrame) -> bytes:
    """Return the Hubei sheet: days with trades, newest first.

    Notes
    -----
    The newest rows have true dates and numbers; older ones are text with percent signs and, for a
    while, thousands separators. A few cells are '--', one row is repeated, two rows at the end are
    empty.
    """
    frame = _traded(prints)
    head = "品种 日期 最新 涨跌幅 最高 最低 成交量 成交额 昨收盘价".split()
    rows: list[list[Any]] = []
    for i, (_, row) in enumerate(frame.iterrows()):
        before = row["last"]
        change = row["close"] / before - 1
        if i < NUMERIC_ROWS:
            numbers = [round(change, 4), row["high"], row["low"], int(row["volume"])]
            rows.append(
                ["HBEA", row["day"].to_pydatetime(), row["close"], *numbers, row["value"], before]
            )
            continue
        separate = "," if i < 300 else ""
        texts = [f"{row['close']:.2f}", f"{100 * change:.2f}%", *_high_low(row, i)]
        volume = f"{row['volume']:{separate}.0f}" + ("" if separate else ".00")
        texts += [volume, f"{row['value']:{separate}.2f}", f"{before:.2f}"]
        rows.append(["HBEA", f"{row['day']:%Y-%m-%d}", *texts])
    rows[-1][-1] = "--"
    rows.insert(700, list(rows[700]))
    rows += [["", None, None, None, "", "", "", "", ""]] * 2
    return _workbook("Sheet1", [head, *rows])


def _traded(prints: pd.DataFrame) -> pd.DataFrame:
    """Days with a trade, newest first, with the close before each (the open of the first)."""
    frame = prints[prints["total_volume"] > 0]
    last = frame["close"].shift().fillna(frame["open"])
    return frame.assign(last=last, day=frame.index)[::-1]


def _high_low(row: pd.Series, place: int) -> tuple[str, str]:
    if place in (400, 900):
        return "--", "--"
    return f"{row['high']:.2f}", f"{row['low']:.2f}"


def _workbook(sheet: str, rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a workbook whose bytes hold no clock."""
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append([value.item() if isinstance(value, np.generic) else value for value in row])
    made = io.BytesIO()
    book.save(made)
    return _without_clock(made.getvalue())


def _without_clock(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _CREATED.encode(), data)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return out.getvalue()
