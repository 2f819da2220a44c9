"""Frames of akshare's carbon functions, read by the layouts that the files have."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..errors import DataError, UnknownLayoutError
from .reading import reading_of, table_of
from .recognise import recognise
from .sheet import Sheet, numbered

_SHENZHEN = "交易日期 市场交易指数 开盘价 最高价 最低价 成交均价 收盘价 成交量 成交额"
FUNCTIONS = {
    "energy_carbon_domestic": ("tanjiaoyi", "日期 成交价 成交量 成交额 地点"),
    "energy_carbon_bj": ("beijing", "日期 成交量 成交均价 成交额 成交单位"),
    "energy_carbon_sz": ("shenzhen", _SHENZHEN),
    "energy_carbon_eu": ("shenzhen", _SHENZHEN),
    "energy_carbon_hb": ("hubei_chart", "日期 成交价 成交量 最新 涨跌"),
    "energy_carbon_gz": (
        "guangzhou",
        "日期 品种 开盘价 收盘价 最高价 最低价 涨跌 涨跌幅 成交数量 成交金额",
    ),
}
"""Name of the function: the layout of its frame, and its columns."""


def from_akshare(frame: pd.DataFrame, market: str | None = None) -> pd.DataFrame:
    """Turn a frame of one of akshare's carbon functions into the tidy table.

    Parameters
    ----------
    frame : DataFrame
        What energy_carbon_domestic, _bj, _sz, _eu, _hb or _gz returned, as it came.
    market : str, optional
        Whose numbers they are; every frame says it, so this can only confirm it.

    Returns
    -------
    DataFrame
        As `carbonlink.read` returns it, with the same `attrs`; row numbers count the frame's rows
        from 1, and `source` names the function.

    Raises
    ------
    UnknownLayoutError
        The columns are of none of the six functions.
    DataError
        The frame is empty, as akshare returns it where a site does not answer, or has no
        usable row.

    Notes
    -----
    Every row is kept, quarantined with its reason, or declared to hold no data. 成交价 of
    energy_carbon_domestic is the day's average; of energy_carbon_hb its kind is not said.
    energy_carbon_bj loses the product of rows whose brackets are of full width: they are
    quarantined. energy_carbon_eu prices CER too, which is no market here and is quarantined.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> import carbonlink as cl
    >>> days = [dt.date(2021, 3, 22), dt.date(2021, 3, 23)]
    >>> frame = pd.DataFrame({"日期": days, "成交价": [28.5, 29.0], "成交量": [100.0, 0.0],
    ...                       "成交额": [2850.0, 0.0], "地点": "湖北"})
    >>> table = cl.from_akshare(frame)
    >>> table[["market", "vwap", "volume"]].values.tolist()
    [['hubei', 28.5, 100.0], ['hubei', 29.0, 0.0]]
    >>> table.attrs["layout"], table.attrs["rows"], table.attrs["kept"]
    ('tanjiaoyi', 2, 2)
    """
    name = _function(frame)
    if frame.empty:
        raise DataError(
            f"The frame of {name} has no rows.",
            "akshare returns an empty frame where the site does not answer: fetch it again.",
        )
    file = f"akshare {name}"
    rows = [list(frame.columns), *frame.to_numpy(dtype=object).tolist()]
    sheet = Sheet(file, numbered(rows, first=0), "frame")
    found = recognise([sheet], file, FUNCTIONS[name][0])
    content = frame.to_csv(index=False, lineterminator="\n").encode()
    return table_of(reading_of(found, Path(file), content, market=market))


def _function(frame: pd.DataFrame) -> str:
    if not isinstance(frame, pd.DataFrame):
        raise DataError(
            f"from_akshare reads a DataFrame, not {type(frame).__name__}.",
            "Give what akshare's function returned.",
        )
    columns = [str(c) for c in frame.columns]
    names = [n for n, (_, text) in FUNCTIONS.items() if sorted(text.split()) == sorted(columns)]
    if not names:
        raise UnknownLayoutError(
            f"No carbon function of akshare returns the columns {', '.join(columns[:12])}.",
            f"Known: {'; '.join(f'{n} ({text})' for n, (_, text) in FUNCTIONS.items())}.",
        )
    if len(names) > 1:
        european = frame["市场交易指数"].astype(str).str.startswith("欧盟").any()
        return "energy_carbon_eu" if european else "energy_carbon_sz"
    return names[0]
