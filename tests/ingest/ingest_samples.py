"""Made-up files in the layouts that users have, each with the traps of its kind."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl


def text(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", newline: str = "\n") -> bytes:
    return "".join(",".join(str(c) for c in row) + newline for row in rows).encode(encoding)


def workbook(pages: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in pages.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A file, and what must come of it."""

    name: str
    content: bytes
    layout: str
    rows: int
    kept: int
    quarantined: int = 0
    declared: dict[str, int] = field(default_factory=dict)
    markets: tuple[str, ...] = ()
    market: str | None = None
    first: dict[str, Any] = field(default_factory=dict)

    def write(self, folder) -> Any:
        path = folder / self.name
        path.write_bytes(self.content)
        return path


_CEA = "中国:碳市场碳排放配额(CEA)"
_PRICES = ("最新价", "开盘价", "最高价", "最低价")
WIND_NAMES = [f"{_CEA}:{f}" for f in (*_PRICES, "成交量", "成交金额")] + [
    f"{f}:{t}(CEA)"
    for t in ("挂牌协议交易", "大宗协议交易")
    for f in (*_PRICES, "成交量", "成交金额")
]
_NOTHING = [""] * 18
WIND_ROWS = [
    ["指标名称", *WIND_NAMES],
    ["频率", *["日"] * 18],
    ["单位", *(["元/吨"] * 4 + ["吨", "元"]) * 3],
    ["指标ID", *(f"X{i:04d}" for i in range(18))],
    ["来源", *["made up"] * 18],
    ["2024/3/8"]
    + [81, 80, 82, 79.5, "3.1E5", "2.4E7"]
    + [81, 80, 82, 79.5, 110000, 8900000]
    + [81, 80, 82, 79.5, 200000, "1.51E7"],
    ["2024/3/7"]
    + [80, 80.5, 80.5, 80, 2000, 160400]
    + [80, 80.5, 80.5, 80, 2000, 160400]
    + [80, 80.5, 80.5, 80, 0, 0],
    ["2024/3/6", *_NOTHING],
    ["2024/3/5"]
    + [80.5, 80, 81, "N0", 500, 40100]
    + [80.5, 80, 81, 80, 500, 40100]
    + [80.5, 80, 81, 80, 0, 0],
    ["", *_NOTHING],
    ["数据来源：Wind", *_NOTHING],
]
GDEA_ROWS = [
    ["指标名称"]
    + [f"广东:{f}:碳排放权配额(GDEA)" for f in ("收盘价", "成交均价", "当日成交量", "当日成交额")]
    + ["广东:当日成交额:碳排放权配额(GDEA)", "广东:累计成交额:碳排放权配额(GDEA)"],
    ["频率", *["日"] * 6],
    ["单位", "元/吨", "元/吨", "万吨", "万元", "万元", "万元"],
    ["2023/5/6", 70, 70.1, 0.3, 21.03, 21.03, 500.03],
    ["2023/5/5", "", "", "", "", "", 479],
    ["2023/5/4", 71, 71.2, 0.1, 7.12, 7.13, 479],
]
SINGLE_ROWS = [
    ["国家", ""],
    ["指标名称", "期货结算价(连续):欧盟排放配额(EUA)"],
    ["频率", "日"],
    ["单位", "欧元/吨二氧化碳当量"],
    ["指标ID", "X1"],
    ["时间区间", "2024-01-02:2024-01-05"],
    ["2024/1/2", "77.15"],
    ["2024/1/3", "#N/A"],
    ["2024/1/4", "75.5"],
    ["2024/1/5", "n.v."],
    ["", ""],
    ["数据来源：Wind", ""],
]
GUANGZHOU_HEAD = "日期 品种 开盘价 收盘价 最高价 最低价 涨跌 涨跌幅% 成交数量 成交金额".split()
GUANGZHOU_ROWS = [
    GUANGZHOU_HEAD,
    [20240109, "GDEA", 44.4, 48.46, 48.5, 42.08, 4.06, 0.0914, 4073, 197377.49],
    [20240108, "GDEA", 44.0, 44.4, "44.9", "43.1", 0.4, 0.0091, 10, 441],
    ["20240105", "GDEA", "44", "44", " ", " ", "0", "0", "100", "4400"],
    ["20240104", "GDEA", "44", "44", "43", "45", "0", "0", "100", "4400"],
    ["2024", "GDEA", "44", "44", "45", "43", "0", "0", "100", "4400"],
]
GUANGZHOU_ENGLISH = [
    "date,name,open,close,high,low,pct,pctchg,volumn,amount".split(","),
    ["2024-01-09", "GDEA", 44.4, 48.46, 48.5, 42.08, 4.06, 9.14, 4073, 197377.49],
    ["2024-01-08", "GDEA", 44.0, 44.4, 44.9, 43.1, 0.4, 0.91, 10, 441],
]
HUBEI_HEAD = "品种 日期 最新 涨跌幅 最高 最低 成交量 成交额 昨收盘价".split()
HUBEI_ROWS = [
    HUBEI_HEAD,
    ["HBEA", dt.datetime(2024, 1, 9), 42.07, -0.0019, 44.99, 42.05, 13321, 560379.94, 42.15],
    ["HBEA", "2018-10-22", "29.34", "-0.24%", "30.00", "26.86", "1,855.00", "54,458.46", "29.41"],
    ["HBEA", "2018-10-22", "29.34", "-0.24%", "30.00", "26.86", "1,855.00", "54,458.46", "29.41"],
    ["HBEA", "2017-04-05", "16.55", "-0.30%", "--", "--", "9382.00", "167152.08", "--"],
    ["HBEA", "2017-04-04", "16.60", "1%", "17", "16", "-5", "100", "16.00"],
    [" ", None, None, None, "", "", "", "", ""],
]
TANJIAOYI_ROWS = [
    ["", "日期", "成交价", "成交量", "成交额", "地点"],
    [0, "2013-12-19", "29.420000076293945", 1110.0, 32660.0, "上海"],
    [1, "2013-12-20", 30.0, 950.0, 28060.0, "上海"],
    [2, "2013-12-21", 30.0, 0.0, 0.0, "上海"],
    [3, "2013-12-23", 31.0, 10.0, 310.0, "上海"],
    [4, "2013-12-23", 32.0, 20.0, 640.0, "上海"],
]
_BLANK = '" "'
ICAP_ROWS = [
    ["", '"Korean Emissions Trading System"', "", "", "", _BLANK]
    + ['"China National Emissions Trading System"', "", "", "", _BLANK]
    + ['"Hubei (Pilot) Emissions Trading System"', "", "", "", "", _BLANK]
    + ['"European Union Emissions Trading System (until 2018)"', "", "", "", _BLANK]
    + ['"European Union Emissions Trading System (from 2019, download)"', "", "", "", ""],
    ["Date", '"Exchange rate KRW/EUR"', '"Exchange rate KRW/USD"', '"Market Currency"']
    + ['"Secondary Market"', _BLANK]
    + ['"Exchange rate CNY/EUR"', '"Exchange rate CNY/USD"', '"Market Currency"']
    + ['"Secondary Market"', _BLANK]
    + ['"Exchange rate CNY/EUR"', '"Exchange rate CNY/USD"', '"Market Currency"']
    + ['"Primary Market"', '"Secondary Market"', _BLANK]
    + ['"Exchange rate EUR/EUR"', '"Exchange rate EUR/USD"', '"Market Currency"']
    + ['"Primary Market"', _BLANK]
    + ['"Exchange rate EUR/EUR"', '"Exchange rate EUR/USD"', '"Market Currency"']
    + ['"Primary Market"', '"Secondary Market"'],
    ["31/12/2024", ".1", ".1", "KRW", "9000", _BLANK, ".13", ".14", "CNY", "97.5", _BLANK]
    + [".13", ".14", "CNY", "", "40.9", _BLANK, "", "", "", "", _BLANK, 1, 1.1, "EUR", "", "71.5"],
    ["02/01/2024", "", "", "", "", _BLANK, ".13", ".14", "CNY", "79.4", _BLANK]
    + [".13", ".14", "CNY", "45", "", _BLANK, "", "", "", "", _BLANK, 1, 1.1, "EUR", "77", ""],
    ["03/01/2024", ".1", ".1", "KRW", "9100", _BLANK, "", "", "", "", _BLANK]
    + ["", "", "", "", "", _BLANK, "", "", "", "", _BLANK, "", "", "", "", ""],
    ["04/01/2024", "", "", "", "", _BLANK, ".13", ".14", "USD", "11.2", _BLANK]
    + ["", "", "", "", "", _BLANK, "", "", "", "", _BLANK, "", "", "", "", ""],
]
ICAP_OLD_ROWS = [
    ["Date", '"European Union_Allowance Price_Domestic Currency (EUR)"']
    + ['"Korea_Allowance Price_Domestic Currency (KRW)"']
    + ['"China_Allowance Price_Domestic Currency (CNY)"']
    + ['"Hubei_Allowance Price_Domestic Currency (CNY)"'],
    ["2023-06-01", 80.1, 9000, 57.5, 47.0],
    ["2023-06-02", 81.2, "", "", ""],
    ["2023-06-03", "", 9010, "", ""],
]
EMBER_ROWS = [
    ["Country", "ISO3 Code", "Date", "Price (EUR/MWhe)"],
    ["Austria", "AUT", "2015-01-01", 22.34],
    ["Germany", "DEU", "2015-01-01", -12.5],
    ["Austria", "AUT", "2015-01-02", ""],
    ["Germany", "DEU", "2015-01-02", 30],
    ["Atlantis", "ATL", "2015-01-02", 30],
    ["Germany", "DEU", "2015-01-02", 31],
]
PROVINCIAL_ROWS = [
    ["day", "time", "demand", "clearing price (CNY/MWh)"],
    *(
        ["2021/12/1", f"{m // 60}:{m % 60:02d}" if m < 1440 else "24:00:00", 40000 + m, m / 4 - 80]
        for m in range(15, 1441, 15)
    ),
    *(["2021/12/2", f"{m // 60}:{m % 60:02d}", 40000, ""] for m in range(15, 61, 15)),
]
PROVINCIAL_TWO_HEAD = (
    "日期 时刻 序号 时间 日前出清电价 日前出清电力 日前出清机组台数 "
    "实时出清电价 实时出清电量 实时出清机组台数"
).split()
PROVINCIAL_TWO_ROWS = [
    PROVINCIAL_TWO_HEAD,
    [45778, dt.time(0, 15), 1, "x", 310.5, 1, 1, 305, 1, 1],
    [45778, dt.time(23, 45), 95, "x", 320.5, 1, 1, -5, 1, 1],
    [45778, "24:00", 96, "x", 330.5, 1, 1, 307, 1, 1],
]
TIDY_ROWS = [
    "market,product,vintage,trade,date,close,vwap,volume,value,price_kind".split(","),
    ["eur_zj", "EUR", "", "", "2023-04-01", "", "900.00", 120, 108000, "vwap"],
    ["gec", "GEC", 2023, "listed", "2023-04-01", "5.66", "", "1２0", "", "close"],
    ["gec", "GEC", 2023, "listed", "2023-04-02", "0", "", 120, "", "close"],
    ["gex", "GEC", 2023, "listed", "2023-04-02", "5", "", 120, "", "close"],
    ["gec", "GEC", 2023, "gift", "2023-04-03", "5", "", 120, "", "closing"],
]


def ceex_record(day: str, **changes: Any) -> dict[str, Any]:
    record = {
        "date": day,
        **dict(opening_price=54.0, high_price=55.0, low_price=53.0, closing_price=54.9),
        **dict(listed_volume=60000, listed_amount=3294000.0),
        **dict(block_volume=40000, block_amount=2000000.0),
        **dict(total_volume=100000, total_amount=5294000.0),
        **dict(cumulative_volume=1, cumulative_amount=1.0),
    }
    return {**record, **changes}


CEEX_RECORDS = [
    ceex_record("2021-08-04"),
    ceex_record(
        "2021-08-05",
        **dict(block_volume=0, block_amount=3294000.0),
        **dict(total_volume=60000, total_amount=6588000.0),
    ),
    ceex_record("2021-08-06", block_volume=0, block_amount=5.0),
]
CEEX_CREDITS = [
    {"date": "2025-11-18", "daily_volume": 50500, "daily_amount": 3581250.0, "avg_price": 70.92},
    {"date": "2025-11-19", "daily_volume": 20000, "daily_amount": 1440000.0, "avg_price": 72.0},
]
INVESTING = (
    '\ufeff"Date","Price","Open","High","Low","Vol.","Change %"\n'
    '"02/27/2025","1,070.33","69.77","1,070.40","69.33","0.05K","1.11%"\n'
    '"02/03/2025","69.56","69.96","70.98","69.26","-","-1.00%"\n'
    '"02/04/2025","69.56","69.96","70.98","69.26","1.2M",""\n'
)
INVESTING_CHINESE = [
    "日期 收盘 开盘 高 低 交易量 涨跌幅".split(),
    ["2024年1月5日", "77.2", "76", "78", "75", "86.20M", "1.1%"],
    ["2024-1-4", "76.3", "75", "77", "74", "157.49K", "1.0%"],
    ["2024-1-3", "75.3", "75", "77", "74", "-", "1.0%"],
]
BEIJING_HEAD = ["日期", "成交量（吨）", "成交均价（元/吨）", "成交额（元）"]
BEIJING_ROWS = [
    BEIJING_HEAD,
    [dt.datetime(2024, 9, 3), 1000, 95, "95,000.00(BEA)"],
    ["2017-08-08", 1460, 48, "70.074.00（BEA）"],
    ["2017-08-07", 1000, 48, "90.074.00（BEA)"],
    ["2016-07-06", 6452, 49.5, "319,362.40(BEA))"],
    ["2016-07-06", 6452, 49.5, "319,362.40(BEA）"],
    ["2016-07-05", 100, 20, "2,000.00( CCER )"],
    ["2016-07-05", 100, 50, "5,000.00 （BEA-P2022）"],
    ["2013-12-05", 100, 50.2, "5,020.00"],
]
TIANJIN_HEAD = (
    "日期 品种 成交量-竞价交易 成交量-当日汇总 成交额-竞价交易 成交额-当日汇总 成交均价-竞价交易"
).split() + [""]
TIANJIN_ROWS = [
    TIANJIN_HEAD,
    [dt.datetime(2024, 8, 30), "TJEA24", 19700, 19700, 667436, 667436, 33.88, "-"],
    ["2024-06-28", "TJEA23", "-", "15,005", "-", "518,469", "-", "-"],
    ["2013-12-26", "TJEA13", "4,040", "49,040", "120,295", "1,370,295", "29.78", "-"],
    ["2013-12-27", "TJEA13", "-", "-", "-", "-", "-", "-"],
]
BEIJING_AKSHARE_ROWS = [
    ["", "日期", "成交量", "成交均价", "成交额", "成交单位"],
    [0, "2013-12-05", 100, 50.2, "", ""],
    [1, "2016-07-05", 100, 20.0, 2000.0, "CCER"],
    [2, "2016-07-06", 200, 50.0, 10000.0, ""],
]
HUBEI_CHART_ROWS = [
    ["", "日期", "成交价", "成交量", "最新", "涨跌"],
    [0, "2021-03-22", 28.5, 5000, 0, 0],
    [1, "2021-03-23", "x", 300, 0, 0],
]
BLOOMBERG_HEAD = ["Date", "PX_LAST", "Change", "% Change", "PX_LOW", "Change", "% Change"]
BLOOMBERG_ROWS = [
    BLOOMBERG_HEAD,
    [dt.datetime(2024, 1, 5), 76.5, -0.65, -0.0084, 75.1, -1.0, -0.0131],
    [dt.datetime(2024, 1, 4), 77.15, 0.05, 0.0006, 76.1, 0.1, 0.0013],
    [dt.datetime(2024, 1, 3), "#N/A N/A", None, None, None, None, None],
    [dt.datetime(2024, 1, 2), "77.1x", None, None, 76, None, None],
]
REFINITIV_ROWS = [
    ["Date", "EUR= (BID)", "EURCNH= (BID)", "HBEHBEA (TRDPRC_1)", "HBEHBEAOTC (TRDPRC_1)"]
    + ["EURCNY= (BID)", ""],
    ["05/03/2021", 1.19, 7.74, 28.5, 27.0, 7.73, ""],
    ["04/03/2021", 1.2, 7.76, 28.9, "", 7.74, "="],
    ["03/03/2021", 1.2, 7.76, "", "", 7.74, ""],
    ["02/03/2021", 1.2, 7.76, "=", "", 7.74, ""],
    ["", "Close", "Close", "Close", "Close", "Close", ""],
]
SHENZHEN_HEAD = "交易日期 市场交易指数 开盘价 最高价 最低价 成交均价 收盘价 成交量 成交额".split()
SHENZHEN_ROWS = [
    SHENZHEN_HEAD,
    [dt.datetime(2021, 12, 8), "SZA-2020", 11.47, 11.47, 11.47, 11.47, 11.47, 1, 11.47],
    [dt.datetime(2021, 12, 8), "SZA-2016", 7.88, None, None, None, 7.88, 91000, 910000],
    [dt.datetime(2021, 12, 7), "SZA-2016", 7.88, 6.66, 8.14, 7.57, 6.66, 15600, 118079.63],
]

SAMPLES = (
    Sample(
        name="wind.csv",
        content=text(WIND_ROWS, "gb18030", "\r\n"),
        layout="wind",
        rows=11,
        kept=2,
        quarantined=1,
        declared={"header": 5, "footer": 1, "blank": 1, "no_data": 1},
        markets=("cea",),
        first={"trade": "block", "volume": 200000.0, "value": 15100000.0},
    ),
    Sample(
        name="wind_twin.xlsx",
        content=workbook({"Sheet1": [[c if c != "" else None for c in r] for r in WIND_ROWS]}),
        layout="wind",
        rows=11,
        kept=2,
        quarantined=1,
        declared={"header": 5, "footer": 1, "blank": 1, "no_data": 1},
        markets=("cea",),
        first={"trade": "block", "volume": 200000.0},
    ),
    Sample(
        name="gdea.csv",
        content=text(GDEA_ROWS, "utf-16"),
        layout="wind",
        rows=6,
        kept=1,
        quarantined=1,
        declared={"header": 3, "no_data": 1},
        markets=("guangdong",),
        first={"close": 70.0, "vwap": 70.1, "volume": 3000.0, "value": 210300.0},
    ),
    Sample(
        name="eua.csv",
        content=text(SINGLE_ROWS, "gb18030", "\r\n"),
        layout="wind_single",
        rows=12,
        kept=2,
        quarantined=1,
        declared={"header": 6, "footer": 1, "blank": 1, "no_data": 1},
        markets=("eua",),
        first={"close": 77.15, "price_kind": "settlement", "trade": "total"},
    ),
    Sample(
        name="gz.xlsx",
        content=workbook({"1": GUANGZHOU_ROWS}),
        layout="guangzhou",
        rows=6,
        kept=3,
        quarantined=2,
        declared={"header": 1},
        markets=("guangdong",),
        first={"close": 44.0, "volume": 100.0, "product": "GDEA", "price_kind": "close"},
    ),
    Sample(
        name="gz_english.csv",
        content=text(GUANGZHOU_ENGLISH, newline="\r\n"),
        layout="guangzhou",
        rows=3,
        kept=2,
        declared={"header": 1},
        markets=("guangdong",),
        first={"close": 44.4, "high": 44.9, "value": 441.0},
    ),
    Sample(
        name="hb.xlsx",
        content=workbook({"Sheet1": HUBEI_ROWS}),
        layout="hubei",
        rows=7,
        kept=3,
        quarantined=1,
        declared={"header": 1, "blank": 1, "duplicate": 1},
        markets=("hubei",),
        first={"close": 16.55, "volume": 9382.0, "value": 167152.08},
    ),
    Sample(
        name="bloomberg.xlsx",
        content=workbook({"Sheet1": BLOOMBERG_ROWS}),
        layout="bloomberg",
        rows=5,
        kept=2,
        quarantined=1,
        declared={"header": 1, "no_data": 1},
        market="eua",
        markets=("eua",),
        first={"close": 77.15, "low": 76.1},
    ),
    Sample(
        name="refinitiv.csv",
        content=text(REFINITIV_ROWS),
        layout="refinitiv",
        rows=6,
        kept=2,
        quarantined=1,
        declared={"header": 1, "footer": 1, "no_data": 1},
        markets=("hubei",),
        first={"trade": "block", "close": 27.0, "product": "HBEA"},
    ),
    Sample(
        name="hb_chart.csv",
        content=text(HUBEI_CHART_ROWS),
        layout="hubei_chart",
        rows=3,
        kept=1,
        quarantined=1,
        declared={"header": 1},
        markets=("hubei",),
        first={"close": 28.5, "volume": 5000.0, "price_kind": "unknown"},
    ),
    Sample(
        name="bj_akshare.csv",
        content=text(BEIJING_AKSHARE_ROWS),
        layout="beijing",
        rows=4,
        kept=2,
        quarantined=1,
        declared={"header": 1},
        markets=("beijing",),
        first={"product": "BEA", "vwap": 50.2, "volume": 100.0},
    ),
    Sample(
        name="tanjiaoyi.csv",
        content=text(TANJIAOYI_ROWS),
        layout="tanjiaoyi",
        rows=6,
        kept=3,
        quarantined=2,
        declared={"header": 1},
        markets=("shanghai",),
        first={"vwap": 29.42, "volume": 1110.0, "price_kind": "vwap"},
    ),
    Sample(
        name="icap.csv",
        content=text(ICAP_ROWS),
        layout="icap",
        rows=6,
        kept=2,
        quarantined=1,
        declared={"header": 2, "outside_registry": 1},
        markets=("cea", "eua", "hubei"),
        first={"market": "cea", "vwap": 79.4, "price_kind": "vwap"},
    ),
    Sample(
        name="icap_old.csv",
        content=text(ICAP_OLD_ROWS),
        layout="icap",
        rows=4,
        kept=2,
        declared={"header": 1, "outside_registry": 1},
        markets=("cea", "eua", "hubei"),
        first={"market": "cea", "vwap": 57.5},
    ),
    Sample(
        name="ember.csv",
        content=text(EMBER_ROWS),
        layout="ember",
        rows=7,
        kept=2,
        quarantined=3,
        declared={"header": 1, "no_data": 1},
        markets=("electricity_aut", "electricity_deu"),
        first={"market": "electricity_aut", "close": 22.34},
    ),
    Sample(
        name="spot.csv",
        content=text(PROVINCIAL_ROWS),
        layout="provincial",
        rows=101,
        kept=96,
        declared={"header": 1, "no_data": 4},
        market="electricity_sd",
        markets=("electricity_shandong",),
        first={"close": -76.25, "price_kind": "clearing"},
    ),
    Sample(
        name="spot_two.xlsx",
        content=workbook({"Sheet1": PROVINCIAL_TWO_ROWS}),
        layout="provincial",
        rows=4,
        kept=3,
        declared={"header": 1},
        market="electricity_gansu",
        markets=("electricity_gansu",),
        first={"product": "day_ahead", "close": 310.5},
    ),
    Sample(
        name="own.csv",
        content=text(TIDY_ROWS),
        layout="tidy",
        rows=6,
        kept=2,
        quarantined=3,
        declared={"header": 1},
        markets=("eur_zhejiang", "gec"),
        first={"market": "eur_zhejiang", "vwap": 900.0, "trade": "total"},
    ),
    Sample(
        name="cea.json",
        content=json.dumps(CEEX_RECORDS).encode(),
        layout="ceex",
        rows=3,
        kept=2,
        quarantined=1,
        market="cea",
        markets=("cea",),
        first={"trade": "block", "volume": 40000.0, "value": 2000000.0},
    ),
    Sample(
        name="ccer.json",
        content=json.dumps({"data": CEEX_CREDITS}).encode(),
        layout="ceex",
        rows=2,
        kept=2,
        market="ccer",
        markets=("ccer",),
        first={"vwap": 70.92, "price_kind": "vwap"},
    ),
    Sample(
        name="wide.csv",
        content=b"date,hubei,guangdong\n2024-01-02,40,70\n2024-01-03,41,\n2024-01-04,x,72\n",
        layout="wide",
        rows=4,
        kept=2,
        quarantined=1,
        declared={"header": 1},
        markets=("guangdong", "hubei"),
        first={"market": "guangdong", "close": 70.0},
    ),
    Sample(
        name="investing.csv",
        content=INVESTING.encode(),
        layout="investing",
        rows=4,
        kept=3,
        declared={"header": 1},
        market="eua",
        markets=("eua",),
        first={"close": 69.56, "open": 69.96},
    ),
    Sample(
        name="investing_cn.csv",
        content=text(INVESTING_CHINESE),
        layout="investing",
        rows=4,
        kept=3,
        declared={"header": 1},
        market="eua",
        markets=("eua",),
        first={"close": 75.3},
    ),
    Sample(
        name="bj.xlsx",
        content=workbook({"Sheet1": BEIJING_ROWS}),
        layout="beijing",
        rows=9,
        kept=6,
        quarantined=1,
        declared={"header": 1, "duplicate": 1},
        markets=("beijing",),
        first={"product": "BEA", "vwap": 50.2, "value": 5020.0},
    ),
    Sample(
        name="tj.xlsx",
        content=workbook({"Sheet1": TIANJIN_ROWS}),
        layout="tianjin",
        rows=5,
        kept=3,
        declared={"header": 1, "no_data": 1},
        markets=("tianjin",),
        first={"vintage": "2013", "trade": "listed", "vwap": 29.78, "volume": 4040.0},
    ),
    Sample(
        name="sz.xlsx",
        content=workbook(
            {
                "非零数据": SHENZHEN_ROWS,
                "统计": [["市场交易指数", "有成交量的天数"], ["SZA-2020", 1]],
            }
        ),
        layout="shenzhen",
        rows=4,
        kept=2,
        quarantined=1,
        declared={"header": 1},
        markets=("shenzhen",),
        first={"vintage": "2016", "trade": "block", "volume": 91000.0},
    ),
)
BY_NAME = {sample.name: sample for sample in SAMPLES}
