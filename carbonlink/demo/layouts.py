"""The text layouts of vendors and exchanges, as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

MARK = "carbonlink demonstration data (synthetic)"


def wind_number(value: float) -> str:
    """Return a number as the vendor prints it: from 10,000,000 on in scientific notation."""
    if pd.isna(value):
        return ""
    plain = Decimal(f"{value:.2f}").normalize()
    if abs(plain) < 10_000_000:
        return f"{plain:f}"
    digits = "".join(str(d) for d in plain.as_tuple().digits).rstrip("0")
    return f"{digits[0]}.{digits[1:] or '0'}E{plain.adjusted()}"


def _slashes(day: pd.Timestamp) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def _lines(rows: Iterable[Sequence[str]], newline: str) -> str:
    return "".join(",".join(row) + newline for row in rows)


_FIELDS = ("最新价", "开盘价", "最高价", "最低价", "成交量", "成交金额")
_TRADES = ("挂牌协议交易(CEA)", "大宗协议交易(CEA)")


def wind_national(prints: pd.DataFrame) -> bytes:
    """Return the national market as the multi-series export: every calendar day, newest first.

    Notes
    -----
    As in the vendor's export, the block columns repeat the day's listed prices: only their volume
    and value are their own.
    """
    names = [f"中国:碳市场碳排放配额(CEA):{field}" for field in _FIELDS]
    names += [f"{field}:{trade}" for trade in _TRADES for field in _FIELDS]
    units = ["元/吨"] * 4 + ["吨", "元"]
    head = [
        ["指标名称", *names],
        ["频率", *["日"] * 18],
        ["单位", *units * 3],
        ["指标ID", *(f"DEMO{i:04d}" for i in range(1, 19))],
        ["来源", *[MARK] * 18],
    ]
    known = {day: _national_day(row) for day, row in prints.iterrows()}
    rows = []
    for day in pd.date_range(prints.index[0], prints.index[-1])[::-1]:
        rows.append([_slashes(day), *known.get(day, [""] * 18)])
    foot = [[""] * 19, [f"数据来源：{MARK}", *[""] * 18]]
    return _lines([*head, *rows, *foot], "\r\n").encode("gb18030")


def _national_day(day: pd.Series) -> list[str]:
    prices = [wind_number(day[field]) for field in ("close", "open", "high", "low")]
    traded = (("total_volume", "total_value"), ("volume", "value"), ("block_volume", "block_value"))
    return [text for pair in traded for text in (*prices, *(wind_number(day[k]) for k in pair))]


def wind_single(prices: pd.Series, name: str, unit: str, country: str, code: str) -> bytes:
    """Return one series as the single-series export: oldest first, #N/A where it is closed."""
    first, last = prices.index[0], prices.index[-1]
    head = [
        ["国家", country],
        ["指标名称", name],
        ["频率", "日"],
        ["单位", unit],
        ["指标ID", code],
        ["时间区间", f"{first.date()}:{last.date()}"],
        ["来源", MARK],
        ["更新时间", f"{last:%Y%m%d}"],
    ]
    rows = [
        [_slashes(day), "#N/A" if pd.isna(price) else wind_number(price)]
        for day, price in zip(pd.DatetimeIndex(prices.index), prices, strict=True)
    ]
    foot = [["", ""], [f"数据来源：{MARK}", ""]]
    return _lines([*head, *rows, *foot], "\r\n").encode("gb18030")


def tanjiaoyi(prints: pd.DataFrame, place: str, weekend_days: int) -> bytes:
    """Return a pilot as the saved web frame: prices carried over days without a trade.

    Parameters
    ----------
    prints : DataFrame
        What `simulate.market` returns.
    place : str
        The pilot's name in Chinese.
    weekend_days : int
        How many calendar days from the first have their weekends printed too, without volume.
    """
    until = prints.index[0] + pd.Timedelta(days=weekend_days)
    early = pd.date_range(prints.index[0], until)
    days = prints.index.union(early[early.day_of_week >= 5])
    frame = prints[["vwap", "total_volume", "total_value"]].reindex(days)
    frame["vwap"] = frame["vwap"].ffill()
    frame = frame[frame["vwap"].notna()].fillna(0.0)
    rows = [["", "日期", "成交价", "成交量", "成交额", "地点"]]
    for i, (day, row) in enumerate(frame.iterrows()):
        single = float(np.float32(round(row["vwap"], 4)))
        value = float(round(row["total_value"], 2))
        rows.append(
            [
                str(i),
                f"{day:%Y-%m-%d}",
                repr(single),
                f"{row['total_volume']:.1f}",
                repr(value),
                place,
            ]
        )
    return _lines(rows, "\n").encode("utf-8")


def icap(prices: pd.DataFrame, systems: Sequence[str], seed: np.random.SeedSequence) -> bytes:
    """Return prices as the carbon-action price explorer prints them: a block of columns a system.

    Parameters
    ----------
    prices : DataFrame
        A column a system, in yuan/t.
    systems : sequence of str
        The systems' names, in the columns' order.
    seed : SeedSequence
        Chance: the exchange rates, and the order of the rows, which is not that of the dates.
    """
    draws = np.random.default_rng(seed)
    blank = '" "'
    names, fields = [""], ["Date"]
    for system in systems:
        names += [f'"{system}"', "", "", "", "", blank]
        columns = ("Exchange rate CNY/EUR", "Exchange rate CNY/USD", "Market Currency")
        fields += [f'"{c}"' for c in (*columns, "Primary Market", "Secondary Market")] + [blank]
    shown = prices.dropna(how="all")
    euro = np.round(0.13 + 0.0006 * draws.standard_normal(len(shown)), 6)
    dollar = np.round(0.142 + 0.0006 * draws.standard_normal(len(shown)), 6)
    rows = []
    for i in draws.permutation(len(shown)):
        cells = [f"{shown.index[i]:%Y-%m-%d}"]
        for price in shown.iloc[i]:
            known = [repr(float(euro[i])), repr(float(dollar[i])), "CNY", "", wind_number(price)]
            cells += [*(known if pd.notna(price) else [""] * 5), blank]
        rows.append(cells)
    return _lines([names, fields, *rows], "\n").encode("utf-8")


def ceex_credits(prints: pd.DataFrame) -> bytes:
    """Return the credit market as JSON records, one a day with a trade."""
    records, tonnes, cents = [], 0, 0
    for day, row in prints[prints["total_volume"] > 0].iterrows():
        amount = int(round(row["total_value"] * 100))
        tonnes, cents = tonnes + int(row["total_volume"]), cents + amount
        record = {
            "date": f"{day:%Y-%m-%d}",
            "daily_volume": int(row["total_volume"]),
            "daily_amount": amount / 100,
            "avg_price": round(row["total_value"] / row["total_volume"], 2),
            "cumulative_volume": tonnes,
            "cumulative_amount": cents / 100,
        }
        records.append("  " + json.dumps(record))
    return ("[\n" + ",\n".join(records) + "\n]\n").encode("utf-8")


_TIDY = (
    *("market", "product", "vintage", "trade", "date"),
    *("open", "high", "low", "close", "vwap", "volume", "value", "price_kind"),
)


def tidy(frame: pd.DataFrame, market: str, product: str) -> bytes:
    """Return average prices, volumes and values as a table in carbonlink's own columns."""
    rows = [list(_TIDY)]
    for day, row in frame.iterrows():
        known = {
            "market": market,
            "product": product,
            "trade": "listed",
            "date": f"{day:%Y-%m-%d}",
            "vwap": f"{row['vwap']:.2f}",
            "volume": f"{row['volume']:.0f}",
            "value": f"{row['value']:.2f}",
            "price_kind": "vwap",
        }
        rows.append([known.get(column, "") for column in _TIDY])
    return _lines(rows, "\n").encode("utf-8")


def provincial(frame: pd.DataFrame) -> bytes:
    """Return quarter-hours by their end, the day's last as 24:00:00."""
    begin = pd.DatetimeIndex(frame.index) - pd.Timedelta(minutes=15)
    minutes = begin.hour * 60 + begin.minute + 15
    clock = [f"{m // 60}:{m % 60:02d}" if m < 1440 else "24:00:00" for m in minutes]
    days = [_slashes(day) for day in begin]
    demand = [f"{value:.1f}" for value in frame["demand"]]
    price = ["" if np.isnan(value) else f"{value:.1f}" for value in frame["price"]]
    head = [["day", "time", "demand", "clearing price (CNY/MWh)"]]
    return _lines([*head, *zip(days, clock, demand, price, strict=True)], "\n").encode("utf-8")


def ember(prices: pd.DataFrame, codes: dict[str, str]) -> bytes:
    """Return daily power prices in the long layout: every country of a day, then the next day."""
    rows = [["Country", "ISO3 Code", "Date", "Price (EUR/MWhe)"]]
    for day, row in prices.iterrows():
        rows += [[str(c), codes[str(c)], f"{day:%Y-%m-%d}", wind_number(p)] for c, p in row.items()]
    return _lines(rows, "\n").encode("utf-8")
