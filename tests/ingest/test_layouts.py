"""Every reader on a made-up file of its layout, with the traps of that layout."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from wild_samples import ALL as SAMPLES
from wild_samples import ALL_BY_NAME as BY_NAME

from carbonlink.artifacts import csv_text, neutral
from carbonlink.errors import DataError
from carbonlink.ingest.layouts.changes import percentages
from carbonlink.ingest.layouts.series import scaled
from carbonlink.ingest.reading import Reading, read_file
from carbonlink.ingest.recognise import LAYOUTS, header_of
from carbonlink.ingest.schema import COLUMNS, KEY, NUMBERS, bad_rows
from carbonlink.ingest.sheet import sheets

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)


@pytest.fixture
def reading(tmp_path):
    def read(name: str) -> Reading:
        sample = BY_NAME[name]
        return read_file(sample.write(tmp_path), market=sample.market)

    return read


def one(frame: pd.DataFrame, **cells: object) -> pd.Series:
    for column, value in cells.items():
        frame = frame[frame[column] == (pd.Timestamp(value) if column == "date" else value)]
    assert len(frame) == 1
    return frame.iloc[0]


def test_every_layout_has_a_sample():
    assert {sample.layout for sample in SAMPLES} == set(LAYOUTS)


@every_sample
def test_every_source_row_is_accounted_for(sample, tmp_path):
    found = read_file(sample.write(tmp_path), market=sample.market)
    assert found.layout == sample.layout
    assert (found.rows, found.kept, found.quarantined) == (
        sample.rows,
        sample.kept,
        sample.quarantined,
    )
    assert dict(found.declared) == sample.declared
    assert found.rows == found.kept + found.quarantined + sum(found.declared.values())
    assert found.quarantined == len(found.quarantine) == found.quarantine["row"].nunique()


@every_sample
def test_what_is_kept_is_tidy(sample, tmp_path):
    found = read_file(sample.write(tmp_path), market=sample.market)
    frame = found.frame
    assert tuple(frame.columns) == COLUMNS
    assert found.markets == tuple(sorted(set(frame["market"]))) == sample.markets
    assert frame["date"].dtype == "datetime64[us]"
    assert all(frame[name].dtype == float for name in NUMBERS)
    assert not frame.duplicated(list(KEY)).any()
    assert frame[list(KEY)].equals(frame[list(KEY)].sort_values(list(KEY), ignore_index=True))
    assert (frame["source"] == sample.name).all()
    assert bad_rows(frame) == {}
    for column, value in sample.first.items():
        assert frame[column].iat[0] == value


@every_sample
def test_a_header_is_known_to_one_layout_alone(sample, tmp_path):
    known = [
        [name for name, layout in LAYOUTS.items() if header_of(sheet, layout) is not None]
        for sheet in sheets(sample.write(tmp_path))
    ]
    assert all(len(names) <= 1 for names in known)
    assert {name for names in known for name in names} == {sample.layout}


@every_sample
def test_reading_twice_gives_the_same(sample, tmp_path):
    path = sample.write(tmp_path)
    first, again = (read_file(path, market=sample.market) for _ in range(2))
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert (first.sha256, first.declared, first.notes) == (
        again.sha256,
        again.declared,
        again.notes,
    )


def test_wind_tells_total_listed_and_block_apart(reading):
    frame = reading("wind.csv").frame
    total = one(frame, date="2024-03-08", trade="total")
    listed = one(frame, date="2024-03-08", trade="listed")
    block = one(frame, date="2024-03-08", trade="block")
    assert (total["volume"], listed["volume"], block["volume"]) == (310_000, 110_000, 200_000)
    assert (total["value"], block["value"]) == (24_000_000, 15_100_000)
    assert (listed["open"], listed["high"], listed["low"], listed["close"]) == (80, 82, 79.5, 81)


def test_wind_prices_of_blocks_that_are_the_days_own_are_left_out(reading):
    found = reading("wind.csv")
    blocks = found.frame[found.frame["trade"] == "block"]
    assert len(blocks) == 1 and blocks[["open", "high", "low", "close"]].isna().all(axis=None)
    assert any("copies" in note for note in found.notes)


def test_wind_units_of_ten_thousand_and_unlike_copies(reading):
    found = reading("gdea.csv")
    assert "differs from its copy" in found.quarantine["reason"].iat[0]
    assert any("累计成交额" in note for note in found.notes)
    assert found.encoding == "utf-16"


def test_guangzhou_has_no_open(reading):
    found = reading("gz.xlsx")
    assert found.frame["open"].isna().all()
    assert any("previous closing price" in note for note in found.notes)
    blank = one(found.frame, date="2024-01-05")
    assert math.isnan(blank["high"]) and blank["close"] == 44
    assert found.quarantine["reason"].tolist() == [
        "high is below low",
        "date '2024' is not a date",
    ]


def test_printed_changes_are_read_row_by_row():
    cells = pd.Series([0.0914, "-0.28", "-3.14%", "0.5", " "], dtype=object)
    close = np.array([48.46, 43.877, 96.86, 150.0, 1.0])
    previous = np.array([44.4, 44.0, 100.0, 100.0, 1.0])
    read = percentages(cells, close, previous)
    np.testing.assert_allclose(read, [9.14, -0.28, -3.14, 50, np.nan], rtol=1e-12)


def test_a_change_that_contradicts_the_prices_is_noted(reading):
    notes = reading("hb.xlsx").notes
    assert any("contradicts their printed prices: 1 (2017-04-04)" in note for note in notes)
    assert not any("contradicts" in note for note in reading("gz_english.csv").notes)


def test_hubei_text_and_numbers_alike(reading):
    found = reading("hb.xlsx")
    assert one(found.frame, date="2018-10-22")["volume"] == 1855
    assert math.isnan(one(found.frame, date="2017-04-05")["high"])
    assert found.quarantine["reason"].tolist() == ["volume is negative"]


def test_tanjiaoyi_keeps_carried_prices_with_volume_0(reading):
    found = reading("tanjiaoyi.csv")
    carried = one(found.frame, date="2013-12-21")
    assert (carried["vwap"], carried["volume"]) == (30, 0)
    assert found.frame["close"].isna().all()
    assert found.quarantine["row"].tolist() == [5, 6]
    assert "row 6" in found.quarantine["reason"].iat[0]


def test_icap_dates_kinds_and_currency(reading):
    found = reading("icap.csv")
    assert one(found.frame, market="cea", date="2024-12-31")["vwap"] == 97.5
    assert one(found.frame, market="hubei", trade="auction")["price_kind"] == "auction"
    assert one(found.frame, market="eua", trade="auction")["close"] == 77
    assert one(found.frame, market="eua", trade="total")["price_kind"] == "unknown"
    assert found.frame["volume"].isna().all()
    assert found.quarantine["reason"].tolist() == ["cea is in USD, not CNY"]
    assert any("Korean" in note for note in found.notes)


def test_icap_without_a_day_above_12_is_day_first(tmp_path, reading):
    content = BY_NAME["icap.csv"].content.replace(b"31/12/2024", b"05/12/2024")
    (tmp_path / "x.csv").write_bytes(content)
    dates = read_file(tmp_path / "x.csv").frame["date"]
    assert pd.Timestamp("2024-12-05") in set(dates) and pd.Timestamp("2024-01-02") in set(dates)


def test_ember_markets_and_prices_below_zero(reading):
    found = reading("ember.csv")
    assert one(found.frame, market="electricity_deu")["close"] == -12.5
    assert [r.split(" ")[0] for r in found.quarantine["reason"]] == ["other", "country", "other"]
    assert found.unit == "EUR/MWh"


def test_provincial_intervals_belong_to_their_delivery_day(reading):
    frame = reading("spot.csv").frame
    assert (frame["date"].dt.normalize() == pd.Timestamp("2021-12-01")).all()
    assert len(frame) == 96
    assert frame["date"].iat[0] == pd.Timestamp("2021-12-01 00:00")
    assert frame["date"].iat[-1] == pd.Timestamp("2021-12-01 23:45")
    assert frame["close"].iat[-1] == 280
    assert frame["volume"].isna().all()


def test_provincial_second_layout_serial_dates_and_two_prices(reading):
    frame = reading("spot_two.xlsx").frame
    last = frame[frame["date"] == pd.Timestamp("2025-05-01 23:45")].set_index("product")["close"]
    assert last.to_dict() == {"day_ahead": 330.5, "real_time": 307}


def test_provincial_columns_without_a_place_are_named(reading):
    named = [n for n in reading("spot.csv").notes if n.startswith("Columns not read")]
    assert named == ["Columns not read: demand."]
    found = reading("spot_two.xlsx")
    assert found.frame["volume"].isna().all()
    notes = " ".join(found.notes)
    assert "日前出清电力, 日前出清机组台数, 实时出清电量, 实时出清机组台数." in notes
    assert "实时出清电量 states no unit of energy that is known" in notes


@pytest.mark.parametrize(("unit", "factor"), [("MWh", 1), ("万千瓦时", 10), ("兆瓦时", 1)])
def test_provincial_energy_with_its_unit_is_volume(tmp_path, unit, factor):
    head = f"日期,时刻,日前出清电价,实时出清电价,实时出清电量（{unit}）,实时出清机组台数"
    rows = [
        "2024-01-01,1:00,300,100,5.5,7",
        "2024-01-01,2:00,310,-10,6,7",
        "2024-01-01,3:00,1,2,-1,7",
    ]
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]), "utf-8")
    found = read_file(tmp_path / "a.csv", market="electricity_gansu")
    volume = found.frame.groupby("product")["volume"].apply(list)
    assert volume["real_time"] == [5.5 * factor, 6 * factor]
    assert np.isnan(volume["day_ahead"]).all()
    assert found.quarantine["reason"].tolist() == ["volume is negative"]
    assert "Columns not read: 实时出清机组台数." in found.notes


def test_tidy_reasons(reading):
    reasons = reading("own.csv").quarantine["reason"].tolist()
    assert reasons[0] == "close is not above 0"
    assert reasons[1] == "market 'gex' is not in the registry"
    assert "trade 'gift'" in reasons[2] and "price_kind 'closing'" in reasons[2]


def test_ceex_total_that_counts_the_listed_amount_twice(reading):
    found = reading("cea.json")
    total = one(found.frame, date="2021-08-05", trade="total")
    assert (total["volume"], total["value"]) == (60_000, 3_294_000)
    assert not len(found.frame[(found.frame["trade"] == "block") & (found.frame["volume"] == 0)])
    assert any("2021-08-05" in note and "twice" in note for note in found.notes)
    assert found.quarantine["reason"].tolist() == ["block_amount without block_volume"]


def test_investing_suffixes_and_month_first(reading):
    frame = reading("investing.csv").frame
    assert one(frame, date="2025-02-27")["close"] == 1070.33
    assert one(frame, date="2025-02-27")["volume"] == 50_000
    assert one(frame, date="2025-02-04")["volume"] == 1_200_000_000
    assert math.isnan(one(frame, date="2025-02-03")["volume"])
    assert one(reading("investing_cn.csv").frame, date="2024-01-04")["volume"] == 157_490_000


def test_beijing_products_and_amounts(reading):
    found = reading("bj.xlsx")
    assert one(found.frame, date="2017-08-08")["value"] == 70_074
    assert one(found.frame, date="2016-07-05", product="CCER")["vwap"] == 20
    assert one(found.frame, date="2016-07-05", product="BEA")["vintage"] == "2022"
    assert "90.074.00" in found.quarantine["reason"].iat[0]
    assert any("70.074.00" in note for note in found.notes)


def test_tianjin_bidding_and_day_totals(reading):
    frame = reading("tj.xlsx").frame
    agreed = one(frame, date="2024-06-28")
    assert (agreed["trade"], agreed["volume"], agreed["vintage"]) == ("total", 15_005, "2023")
    assert math.isnan(agreed["vwap"])
    assert one(frame, date="2013-12-26", trade="total")["volume"] == 49_040


def test_shenzhen_days_of_blocks_alone_have_no_price(reading):
    found = reading("sz.xlsx")
    rows = found.frame[found.frame["vintage"] == "2016"].set_index("trade")
    assert rows["volume"].to_dict() == {"block": 91_000, "total": 91_000}
    assert rows[["open", "high", "low", "close", "vwap"]].isna().all(axis=None)
    assert found.quarantine["reason"].tolist() == ["high is below low"]


def test_icap_reference_prices_stand_in_only_where_there_is_no_secondary_market(reading):
    frame = reading("icap_reference.csv").frame
    assert one(frame, market="cea")["vwap"] == 101.5
    assert one(frame, market="hubei")["price_kind"] == "vwap"
    only = reading("icap_reference_only.csv").frame
    assert (only["close"].tolist(), only["price_kind"].tolist()) == ([71.5], ["unknown"])


def test_beijing_sheet_of_all_products(reading):
    frame = reading("carbon_bj.xlsx").frame
    products = dict(zip(frame["product"], frame["vintage"], strict=True))
    assert set(products) == {"BEA", "CCER", "PCER", "FCER", "林业碳汇"}
    assert one(frame, date="2022-11-07")["value"] == 1_799_343
    assert one(frame, vintage="2022")["value"] == 9_000


@pytest.mark.parametrize("name", ["spot_midnight.csv", "spot_next_day.csv"])
def test_midnight_in_place_of_24_00_ends_its_day(reading, name):
    frame = reading(name).frame
    first = frame[frame["date"] < "2024-01-02"]
    assert len(first) == 96 and first["close"].iat[-1] == 196
    assert frame["date"].dt.normalize().max() <= pd.Timestamp("2024-01-02")


def test_stamps_that_begin_a_day_stay_where_they_are(tmp_path):
    rows = [f"2024/1/{d},{m // 60}:{m % 60:02d},1,{m}" for d in (1, 2) for m in range(0, 1440, 15)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["day,time,demand,clearing price (CNY/MWh)", *rows]))
    frame = read_file(path, market="electricity_sd").frame
    assert frame["date"].iat[0] == pd.Timestamp("2024-01-01") and frame["close"].iat[0] == 0
    assert len(frame) == 192


def test_the_length_of_an_interval_is_that_of_all_stamps(tmp_path):
    rows = ["2024/1/1,1:00,1,100", "2024/1/1,24:00,1,200", "2024/1/2,12:00,1,300"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["day,time,demand,clearing price (CNY/MWh)", *rows]))
    dates = read_file(path, market="electricity_sd").frame["date"]
    assert dates.dt.strftime("%d %H:%M").tolist() == ["01 00:00", "01 23:00", "02 11:00"]


def test_sheets_that_repeat_another_are_not_read_again(reading):
    found = reading("sz_vintages.xlsx")
    assert any("stands in '非零数据' too" in note for note in found.notes)


def test_a_sheet_a_year_is_one_table_and_its_conflicts_name_the_sheet(reading):
    found = reading("gz_years.xlsx")
    assert found.frame["date"].dt.year.tolist() == [2023, 2024, 2024]
    assert found.quarantine["row"].tolist() == [3, 4]
    assert "sheet '2023': " in found.quarantine["reason"].iat[0]
    assert "row 4 of sheet '2024'" in found.quarantine["reason"].iat[0]


def test_certificates_by_production_year_do_not_continue_the_mean_price(reading):
    found = reading("certificates.csv")
    october = found.frame[found.frame["date"] == pd.Timestamp("2025-10-31")]
    assert np.isnan(one(october, product="")["vwap"])
    assert one(october, product="unbundled", vintage="2025")["vwap"] == 5.5
    assert any("October 2025" in note for note in found.notes)
    assert any("do not add up to all trades in 2025-10" in note for note in found.notes)


def test_world_bank_prices_stay_in_dollars_and_a_printed_0_is_no_price(reading):
    found = reading("world_bank.xlsx")
    assert found.unit == "USD/t"
    assert one(found.frame, market="worldbank_cea", date="2023-04-01")["close"] == 8.2
    assert one(found.frame, product="revenue", date="2022-12-31")["value"] == 4.2e10
    assert "metric 'EUR/tCO2e'" in found.quarantine["reason"].iat[0]


def test_a_running_total_is_held_to_the_daily_figures(tmp_path):
    head = ["指标名称,湖北:收盘价:碳排放权(HBEA),湖北:当日成交量:碳排放权(HBEA)"]
    head[0] += ",湖北:累计成交量:碳排放权(HBEA)"
    head += ["频率,日,日,日", "单位,元/吨,吨,万吨", "指标ID,S1,S2,S3", "来源,x,x,x"]
    rows = [
        "2024/1/4,40,300,1.56",
        "2024/1/3,,,1.52",
        "2024/1/2,40,200,1.52",
        "2024/1/1,40,100,1.5",
    ]
    (tmp_path / "a.csv").write_text("\n".join([*head, *rows]))
    notes = " ".join(read_file(tmp_path / "a.csv").notes)
    assert "stands at 14,900 before 2024-01-01" in notes
    assert "does not grow by the daily figure on 1 days (2024-01-04)" in notes


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|x", "'+cmd|x"),
        ("-2+3", "'-2+3"),
        ("@x", "'@x"),
        (" =1", "' =1"),
        ("＝1+1", "'＝1+1"),
        ("-5.2", "-5.2"),
        ("+1e-5", "+1e-5"),
        ("--", "'--"),
        (-5.2, -5.2),
        ("a=1", "a=1"),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_neutral_and_numbers_stay(text, safe):
    assert neutral(text) == safe
    table = pd.DataFrame({"=head": [text]}, index=["@index"])
    assert csv_text(table, index=True).startswith(",'=head\n'@index,")


def test_ceex_block_rows_carry_no_listed_price(tmp_path):
    record = dict.fromkeys(["opening_price", "high_price", "low_price", "closing_price"], 70)
    record |= {"date": "2024-01-03", "listed_volume": 100, "listed_amount": 7000}
    record |= {"total_volume": 150, "total_amount": 10_400}
    records = [
        {**record, "block_volume": 50, "block_amount": 3400},
        {**record, "date": "2024-01-04", "block_volume": 0, "block_amount": 0}
        | {"total_volume": 100, "total_amount": 7000},
    ]
    path = tmp_path / "cea.json"
    path.write_text(json.dumps({"code": 0, "data": {"rows": records, "pages": 1}}))
    frame = read_file(path, market="cea").frame
    block = frame[frame["trade"] == "block"]
    assert block[["volume", "value"]].to_numpy().tolist() == [[50, 3400]]
    assert block[["open", "high", "low", "close", "vwap"]].isna().all(axis=None)
    assert (frame[frame["trade"] != "block"]["close"] == 70).all()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unit", "yuan/t"),
        ("unit", "元/吨"),
        ("unit", "CNY/tCO2e"),
        ("unit", "吨"),
        ("price_unit", "RMB / tonne"),
        ("currency", "CNY"),
        ("currency", "元"),
        ("currency", ""),
    ],
)
def test_a_stated_unit_that_is_the_markets(tmp_path, name, text):
    path = tmp_path / "own.csv"
    path.write_text(f"date,market,close,volume,{name}\n2024-01-02,hubei,42.1,1000,{text}\n")
    assert read_file(path).kept == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unit", "USD/t"),
        ("unit", "万吨"),
        ("price_unit", "t"),
        ("currency", "USD"),
        ("currency", "欧元"),
        ("price_unit", "元/kg"),
    ],
)
def test_a_stated_unit_that_is_another(tmp_path, name, text):
    path = tmp_path / "own.csv"
    path.write_text(
        f"date,market,close,volume,{name}\n2024-01-02,hubei,42,1,\n2024-01-03,hubei,42,1,{text}\n"
    )
    with pytest.raises(DataError, match=rf"own\.csv, row 3: {name} '{text}' .* hubei") as caught:
        read_file(path)
    assert "convert" in caught.value.remedy


def test_an_average_that_is_not_turnover_by_volume_is_named(tmp_path):
    head = "日期,成交量（吨）,成交均价（元/吨）,成交额（元）"
    rows = [f"2020-07-{day},100,90,9000(BEA)" for day in range(20, 24)]
    (tmp_path / "bj.csv").write_text(
        "\n".join([head, *rows, '2020-07-24,1834,95.2,"74,596.8(BEA)"'])
    )
    found = read_file(tmp_path / "bj.csv")
    assert found.kept == 5
    assert any("5 % or more away" in n and "1 of 5 rows (2020-07-24)" in n for n in found.notes)


def test_scaled_units_hold_no_binary_dust():
    printed = pd.Series([514.2, 548.8, 546.3, 538.2, 2540.05, np.nan])
    wanted = [51_420_000, 54_880_000, 54_630_000, 53_820_000, 254_005_000]
    assert scaled(printed.to_numpy(), 1e5).tolist()[:5] == wanted
