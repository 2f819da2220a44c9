"""Made-up files in the variants that are found in the wild: real headers, numbers of our own."""

from __future__ import annotations

import datetime as dt

from ingest_samples import (
    BEIJING_ROWS,
    GUANGZHOU_HEAD,
    HUBEI_ROWS,
    SAMPLES,
    SHENZHEN_HEAD,
    Sample,
    text,
    workbook,
)
from old_workbooks import biff2


def _block(*cells: object) -> list[object]:
    return [*cells, " "]


_RATES = ["Exchange rate CNY/EUR", "Exchange rate CNY/USD", "Market Currency"]
_EURO = ["Exchange rate EUR/EUR", "Exchange rate EUR/USD", "Market Currency"]
ICAP_2025_ROWS = [
    ["", *_block("Québec Cap-and-Trade System", "", "", "", "", "", "", "")]
    + _block("China National Emissions Trading System", "", "", "")
    + _block("Shenzhen (Pilot) Emissions Trading System", "", "", "", "")
    + _block("European Union Emissions Trading System", "", "", ""),
    ["Date", *_block("Exchange rate CAD/EUR", "Exchange rate CAD/USD", "Market Currency")[:3]]
    + _block("Primary Market", *(f"Primary Stability {i}" for i in range(1, 5)))
    + _block(*_RATES, "Secondary Market")
    + _block(*_RATES, "Primary Market", "Secondary Market")
    + _block(*_EURO, "Primary Market"),
    ["01/04/2024", *_block(*[""] * 8), *_block(0.13, 0.14, "CNY", 88.5)]
    + [*_block(0.13, 0.14, "CNY", "", 61.2), *_block(1, 1.08, "EUR", "")],
    ["22/04/2024", *_block(0.7, 0.73, "CAD", 42.1, 17, 50, 60, 70)]
    + [*_block(*[""] * 4), *_block(*[""] * 5), *_block(1, 1.08, "EUR", 62.3)],
    ["All prices are shown without any warranty."],
    ["Source: made up after the layout of the download."],
]
_BOTH = [*_RATES, "Primary Market", "Secondary Market", "Reference Market"]
ICAP_REFERENCE_ROWS = [
    ["", *_block("China National Emissions Trading System", "", "", "", "")]
    + _block("Hubei (Pilot) Emissions Trading System", "", "", "", "", "")
    + ["European Union Emissions Trading System", "", "", "", "", "", ""]
    + ["Korean Emissions Trading System", "", "", "", ""],
    ["Date", *_block(*_RATES, "Secondary Market", "Reference Market"), *_block(*_BOTH)]
    + [*_EURO, "Primary Market", "Secondary Market", "Reference Market", ""]
    + ["Exchange rate KRW/EUR", "Exchange rate KRW/USD", "Market Currency"]
    + ["Primary Market", "Reference Market"],
    ["2024-12-03", *_block(0.13, 0.14, "CNY", 101.5, 999), *_block(0.13, 0.14, "CNY", "", 40.5, "")]
    + [1, 1.05, "EUR", "", 68.2, 68.2, "", "", "", "", "", ""],
    ["2024-03-04", *_block(*[""] * 5), *_block(*[""] * 6), *[""] * 7, 0.1, 0.1, "KRW", "", 9000],
]
ICAP_REFERENCE_ONLY_ROWS = [
    ["", "Shanghai (Pilot) Emissions Trading System", "", "", ""],
    ["Date", *_RATES, "Reference Market"],
    ["2024-12-03", 0.13, 0.14, "CNY", 71.5],
]
ICAP_MARCH_ROWS = [
    ["", "European Union Emissions Trading System", "", "", "", "", ""]
    + ["Québec Cap-and-Trade System", "", "", "", "", ""]
    + ["Guangdong (Pilot) Emissions Trading System", "", "", "", "", ""],
    ["Date", "Primary Market", "Secondary Market", *_EURO[2:], *_EURO[:2], ""]
    + ["Primary Market", "Secondary Market", "Market Currency", "x", "y", ""]
    + ["Primary Market", "Secondary Market", *_RATES[2:], *_RATES[:2], ""],
    [
        "2024-03-09",
        "",
        60.4,
        "EUR",
        1,
        1.32,
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        70.5,
        "CNY",
        0.1,
        0.1,
        "",
    ],
]
CARBON_BJ_ROWS = [
    ["列1", "Time", "Number", "Ave_Price", "Total_cash"],
    [0, dt.datetime(2022, 11, 7), 19_773, 91.0, "1,799.343.00(BEA)"],
    [1, "2022-11-04", 500, 60, "30,000.00（PCER）"],
    [2, "2022-11-03", 100, 20, "2,000.00(FCER)"],
    [3, "2022-11-02", 100, 50, "5,000.00 (林业碳汇）"],
    [4, "2022-11-02", 100, 90, "9,000.00( BEA-P2022 )"],
    [5, "2022-11-02", 100, 30, "3,000.00(CCER))"],
    [6, "2022-11-01", 100, 80, "9.999.00(BEA)"],
    [7, "2013-12-02", 100, 51.2, "5,120.00"],
]
GUANGZHOU_MIXED_ROWS = [
    "date,name,open,close,high,low,pct,pctchg,volumn,amount".split(","),
    ["20240109", "GDEA", 44.4, 48.46, 48.5, 42.08, 4.06, 0.0914, 4073, 197377.49],
    ["20240108", "GDEA", 44.0, 44.4, "44.9", "43.1", 0.4, 0.91, 10, 441],
]
MIDNIGHT_ROWS = [
    ["day", "time", "demand", "clearing price (CNY/MWh)"],
    *(
        [f"2024/1/{day}", f"{m // 60 % 24}:{m % 60:02d}", 1000, 100 * day + m / 15]
        for day in (1, 2)
        for m in range(15, 1441, 15)
    ),
]
NEXT_DAY_ROWS = [
    MIDNIGHT_ROWS[0],
    *(
        [f"2024/1/{1 + m // 1440}", *row[1:]]
        for m, row in zip(range(15, 1441, 15), MIDNIGHT_ROWS[1:97], strict=True)
    ),
]
PROVINCIAL_WIDE_ROWS = [
    ["日期", "时刻", "时间", *(f"列{i}" for i in range(4, 21)), "日前出清电价", "日前出清电力"]
    + ["日前出清机组台数", "实时出清电价", "实时出清电量", "实时出清机组台数"],
    [45778, dt.time(0, 15), "x", *[1] * 17, 310.5, 1, 1, 305, 1, 1],
    [45778, dt.timedelta(days=1), "x", *[1] * 17, 330.5, 1, 1, -7, 1, 1],
    [45779, dt.time(0, 15), "x", *[1] * 17, "--", 1, 1, "", 1, 1],
]
INVESTING_BOM = (
    '\ufeff"日期","收盘","开盘","高","低","交易量","涨跌幅"\n'
    '"2024-01-05","77.15","76.10","78.00","75.90","12.34K","1.10%"\n'
    '"2024-01-04","76.31","75.00","77.00","74.20","-","-0.52%"\n'
)
CERTIFICATE_ROWS = [
    "market,month,issued_1e8_certificates,traded_1e4_certificates,bundled_traded_1e4_certificates,"
    "unbundled_traded_1e4_certificates,gen2025_unbundled_traded_1e4_certificates,price_all_yuan,"
    "price_gen2025_yuan,verified,source".split(","),
    ["gec", "2025-09", 2.2, 6000, 2000, 4000, "", 4.5, "", "yes", "made up"],
    ["gec", "2025-10", 2.2, 6100, 2000, 4000, 3000, "", 5.5, "derived", "made up"],
    ["gec", "2025-11", 2.2, 6100, 2000, 4100, 3000, "", 5.6, "no", "made up"],
    ["gec", "2025-13", 2.2, 6100, 2000, 4100, 3000, "", 5.6, "yes", "made up"],
]
ENERGY_ROWS = [
    "market,province,period_start,period_end,kind,quantity,value,bound,unit,verified,source".split(
        ","
    ),
    ["eur_zhejiang", "Zhejiang", "2021-01-01", "2021-12-31", "statistic", "volume", 12.5]
    + ["", "1e4 tce", "yes", "made up"],
    [
        "es_beijing",
        "",
        "2021",
        "",
        "statistic",
        "turnover",
        2,
        "more_than",
        "1e8 yuan",
        "partial",
        "x",
    ],
    ["eur_henan", "", "2022-07", "", "rule", "adjustment", 0.3, "", "ratio", "yes", "x"],
    ["eur_fujian", "", "", "2020", "statistic", "price", 50, "", "yuan/tce", "no", "x"],
    ["eur_fujian", "", "", "2020", "statistic", "volume", 50, "", "barrels", "yes", "x"],
    ["eur_fujian;es_fujian", "", "", "2020", "statistic", "volume", 50, "", "tce", "yes", "x"],
]
_WORLD = [2022, 2023, 2024]
WORLD_BANK_PAGES = {
    "Compliance_Gen Info": [
        ["Data last updated on April 1, 2025"],
        ["Unique ID", "Instrument name", "Type", "Status", "Jurisdiction covered", *_WORLD],
        ["ETS_CN", "China national ETS", "ETS", "Implemented", "China", 9.2, 8.2, 12.6],
    ],
    "Compliance_Price": [
        ["Data last updated on April 1, 2025"],
        ["Unique ID", "Name of the initiative", "Instrument Type", "Region", "Income group"]
        + ["Metric", *_WORLD],
        ["ETS_CN", "China national ETS", "ETS", "E", "U", "US$/tCO2e", 0, 8.2, 12.6],
        ["ETS_CN_GD", "Guangdong pilot ETS (except Shenzhen)", "ETS", "E", "U", "US$/tCO2e"]
        + ["-", 11.1, 9.3],
        ["ETS_EU", "EU ETS", "ETS", "E", "H", "EUR/tCO2e", 80, 90, 60],
        ["Tax_NO", "Norway carbon tax", "Carbon tax", "E", "H", "US$/tCO2e", 88, 90, 107],
    ],
    "Compliance_Revenue": [
        ["Data last updated on April 1, 2025"],
        ["Instrument name", *_WORLD],
        ["EU ETS", 42000, 47000, "Not available"],
    ],
}
_VINTAGES = [
    [dt.datetime(2021, 12, 8), "SZA-2020", 11.47, 11.47, 11.47, 11.47, 11.47, 1, 11.47],
    [dt.datetime(2021, 12, 7), "SZA-2019", 10.65, 10.7, 10.6, 10.65, 10.65, 19, 202.35],
    [dt.datetime(2021, 12, 6), "SZA-2019", 9.68, 9.7, 9.6, 9.68, 9.68, 29, 280.72],
]
SHENZHEN_PAGES = {
    "统计": [["市场交易指数", "有成交量的天数"], ["SZA-2019", 2]],
    "SZA-2019": [SHENZHEN_HEAD, *_VINTAGES[1:]],
    "非零数据": [SHENZHEN_HEAD, *_VINTAGES],
}
_YEARS = {
    year: [
        GUANGZHOU_HEAD,
        *(
            [
                int(f"{year}01{d:02d}"),
                "GDEA",
                40,
                40 + d / 10,
                42,
                39,
                0,
                0,
                100,
                100 * (40 + d / 10),
            ]
            for d in (8, 9)
        ),
    ]
    for year in ("2023", "2024")
}
_YEARS["2024"].append([20230109, "GDEA", 40, 41.9, 42, 39, 0, 0, 100, 4190])
MONTHLY_ROWS = [
    ["国家", "中国"],
    ["指标名称", "中国:全社会用电量:当月值"],
    ["频率", "月"],
    ["单位", "万千瓦时"],
    ["指标ID", "X2"],
    ["时间区间", "2024-01:2024-03"],
    ["来源", "made up"],
    ["更新时间", "20240506"],
    ["2024/1/31", "#N/A"],
    ["2024/2/29", "2.0E7"],
    ["2024/3/31", "21000000"],
    ["", ""],
    ["数据来源：Wind", ""],
]

WILD = (
    Sample(
        name="icap_2025.csv",
        content=text(ICAP_2025_ROWS, "iso-8859-1"),
        layout="icap",
        rows=6,
        kept=2,
        declared={"header": 2, "footer": 2},
        markets=("cea", "eua", "shenzhen"),
        first={"market": "cea", "vwap": 88.5},
    ),
    Sample(
        name="icap_reference.csv",
        content=text(ICAP_REFERENCE_ROWS, "iso-8859-1"),
        layout="icap",
        rows=4,
        kept=1,
        declared={"header": 2, "outside_registry": 1},
        markets=("cea", "eua", "hubei"),
        first={"market": "cea", "vwap": 101.5, "price_kind": "vwap"},
    ),
    Sample(
        name="icap_reference_only.csv",
        content=text(ICAP_REFERENCE_ONLY_ROWS),
        layout="icap",
        rows=3,
        kept=1,
        declared={"header": 2},
        markets=("shanghai",),
        first={"close": 71.5, "price_kind": "unknown"},
    ),
    Sample(
        name="icap_march.csv",
        content=text(ICAP_MARCH_ROWS, "iso-8859-1"),
        layout="icap",
        rows=3,
        kept=1,
        declared={"header": 2},
        markets=("eua", "guangdong"),
        first={"market": "eua", "close": 60.4},
    ),
    Sample(
        name="carbon_bj.xlsx",
        content=workbook({"Sheet1": CARBON_BJ_ROWS}),
        layout="beijing",
        rows=9,
        kept=7,
        quarantined=1,
        declared={"header": 1},
        markets=("beijing",),
        first={"product": "BEA", "vwap": 51.2, "value": 5120.0},
    ),
    Sample(
        name="gz_mixed.csv",
        content=text(GUANGZHOU_MIXED_ROWS, newline="\r\n"),
        layout="guangzhou",
        rows=3,
        kept=2,
        declared={"header": 1},
        markets=("guangdong",),
        first={"close": 44.4, "value": 441.0},
    ),
    Sample(
        name="spot_midnight.csv",
        content=text(MIDNIGHT_ROWS),
        layout="provincial",
        rows=193,
        kept=192,
        declared={"header": 1},
        market="electricity_sd",
        markets=("electricity_shandong",),
        first={"close": 101.0},
    ),
    Sample(
        name="spot_next_day.csv",
        content=text(NEXT_DAY_ROWS),
        layout="provincial",
        rows=97,
        kept=96,
        declared={"header": 1},
        market="electricity_sd",
        markets=("electricity_shandong",),
        first={"close": 101.0},
    ),
    Sample(
        name="spot_wide.xlsx",
        content=workbook({"Sheet1": PROVINCIAL_WIDE_ROWS}),
        layout="provincial",
        rows=4,
        kept=2,
        declared={"header": 1, "no_data": 1},
        market="electricity_gansu",
        markets=("electricity_gansu",),
        first={"product": "day_ahead", "close": 310.5},
    ),
    Sample(
        name="investing_bom.csv",
        content=INVESTING_BOM.encode(),
        layout="investing",
        rows=3,
        kept=2,
        declared={"header": 1},
        market="eua",
        markets=("eua",),
        first={"close": 76.31, "open": 75.0},
    ),
    Sample(
        name="certificates.csv",
        content=text(CERTIFICATE_ROWS),
        layout="certificates",
        rows=5,
        kept=2,
        quarantined=2,
        declared={"header": 1},
        markets=("gec",),
        first={"product": "", "volume": 60_000_000.0, "vwap": 4.5},
    ),
    Sample(
        name="energy.csv",
        content=text(ENERGY_ROWS),
        layout="energy_trades",
        rows=7,
        kept=2,
        quarantined=3,
        declared={"header": 1, "rule": 1},
        markets=("es_beijing", "eur_zhejiang"),
        first={"product": "turnover (more_than)", "value": 2e8},
    ),
    Sample(
        name="world_bank.xlsx",
        content=workbook(WORLD_BANK_PAGES),
        layout="world_bank",
        rows=9,
        kept=3,
        quarantined=1,
        declared={"header": 4, "outside_registry": 1},
        markets=("worldbank_cea", "worldbank_eua", "worldbank_guangdong"),
        first={"market": "worldbank_cea", "close": 8.2},
    ),
    Sample(
        name="sz_vintages.xlsx",
        content=workbook(SHENZHEN_PAGES),
        layout="shenzhen",
        rows=4,
        kept=3,
        declared={"header": 1},
        markets=("shenzhen",),
        first={"vintage": "2019", "close": 9.68},
    ),
    Sample(
        name="gz_years.xlsx",
        content=workbook(_YEARS),
        layout="guangzhou",
        rows=7,
        kept=3,
        quarantined=2,
        declared={"header": 2},
        markets=("guangdong",),
        first={"close": 40.8},
    ),
    Sample(
        name="use.csv",
        content=text(MONTHLY_ROWS, "gb18030", "\r\n"),
        layout="wind_single",
        rows=13,
        kept=2,
        declared={"header": 8, "footer": 1, "blank": 1, "no_data": 1},
        markets=("electricity_use",),
        first={"volume": 2e8},
    ),
    Sample(
        name="hb.xls",
        content=biff2(HUBEI_ROWS),
        layout="hubei",
        rows=7,
        kept=3,
        quarantined=1,
        declared={"header": 1, "blank": 1, "duplicate": 1},
        markets=("hubei",),
        first={"close": 16.55, "volume": 9382.0},
    ),
    Sample(
        name="bj.xls",
        content=biff2(BEIJING_ROWS),
        layout="beijing",
        rows=9,
        kept=6,
        quarantined=1,
        declared={"header": 1, "duplicate": 1},
        markets=("beijing",),
        first={"product": "BEA", "vwap": 50.2, "value": 5020.0},
    ),
)
ALL = (*SAMPLES, *WILD)
ALL_BY_NAME = {sample.name: sample for sample in ALL}
