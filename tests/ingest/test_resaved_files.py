"""Files that a spreadsheet saved again, or that another hand prints a little differently."""

from __future__ import annotations

import pytest

from carbonlink.errors import DataError
from carbonlink.ingest.reading import read, read_file

GUANGZHOU = "日期\t品种\t开盘价\t收盘价\t最高价\t最低价\t成交数量\t成交金额"


def put(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def wind(*rows, unit="元/吨"):
    head = ["指标名称,上海:收盘价:碳排放配额(SHEA),上海:当日成交量:碳排放配额(SHEA)"]
    head += ["频率,日,日", f"单位,{unit},吨", "指标ID,S1,S2", "来源,x,x"]
    return "\r\n".join([*head, *rows, ",,", "数据来源：Wind,,"])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1/15/2024", "1/2/2024"),
        ("15/01/2024", "02/01/2024"),
        ("2024/1/15 0:00", "45293"),
        ('"Jan 15, 2024"', "2-January-2024"),
    ],
)
def test_dates_that_a_spreadsheet_saved_again(tmp_path, first, second):
    path = put(tmp_path, "a.csv", wind(f"{first},70.5,1200", f"{second},70,500"), "gb18030")
    frame = read(path)
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-02", "2024-01-15"]
    assert frame["close"].tolist() == [70, 70.5]


def test_a_date_with_day_and_month_in_doubt_says_so(tmp_path):
    path = put(tmp_path, "a.csv", wind("02/01/2024,70,500", "2024/1/3,71,400"))
    found = read_file(path)
    assert found.kept == 1 and "day or the month first" in found.quarantine["reason"].iloc[0]


def test_a_file_without_a_usable_row_is_an_error_and_not_an_empty_table(tmp_path):
    path = put(tmp_path, "a.csv", "date,market,close\n1/2/24,cea,79\n")
    with pytest.raises(DataError, match="row 2: date '1/2/24' is not a date"):
        read(path)


@pytest.mark.parametrize("unit", ["元/桶", "欧元/吨", "元/千瓦时"])
def test_prices_in_an_unknown_or_other_unit_are_refused(tmp_path, unit):
    path = put(tmp_path, "a.csv", wind("2024/1/2,70,500", unit=unit))
    with pytest.raises(DataError, match=f"in {unit}, where yuan/t is expected"):
        read(path)


def test_decimal_commas_between_tabs_are_refused(tmp_path):
    row = "20240830\tGDEA\t44,4\t48,461\t48,5\t42,08\t4073\t197377,49"
    with pytest.raises(DataError, match="decimal commas"):
        read(put(tmp_path, "a.csv", f"{GUANGZHOU}\n{row}\n"))


def test_embers_monthly_file_is_refused(tmp_path):
    head = "Country,ISO3 Code,Date,Price (EUR/MWhe)"
    rows = [f"Ukraine,UKR,2024-0{month}-01,80" for month in (1, 2, 3)]
    path = put(tmp_path, "a.csv", "\n".join([head, *rows]))
    with pytest.raises(DataError, match="monthly prices"):
        read(path)
    path = put(tmp_path, "b.csv", "\n".join([head, *rows, "Ukraine,UKR,2024-01-02,-5"]))
    assert set(read(path)["market"]) == {"electricity_ukr"}


def test_a_place_may_be_called_city_or_province(tmp_path):
    rows = (
        "日期,成交价,成交量,成交额,地点\n2020-01-02,80,10,800,北京市\n2020-01-02,27,10,270,湖北省\n"
    )
    assert read(put(tmp_path, "a.csv", rows))["market"].tolist() == ["beijing", "hubei"]
