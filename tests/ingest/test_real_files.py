"""The readers on real files: published totals, and every row accounted for."""

from __future__ import annotations

import csv
import time

import pandas as pd
import pytest

from carbonlink.ingest.folder import read_folder
from carbonlink.ingest.reading import read_file

pytestmark = pytest.mark.real

UNREGISTERED = {
    "wind_single_electricity_use_monthly.csv",
    "wind_single_thermal_generation_monthly.csv",
}


@pytest.fixture(scope="module")
def folder(real_data):
    return read_folder(real_data)


@pytest.fixture(scope="module")
def by_name(folder):
    return {r.path.name: r for r in folder.readings}


@pytest.fixture(scope="module")
def national(by_name):
    frame = by_name["wind_cea_national.csv"].frame
    return frame[frame["trade"] == "total"].set_index("date")


@pytest.mark.parametrize(
    ("start", "end", "days", "tonnes", "yuan"),
    [
        ("2021-07-16", "2021-12-31", 114, "178.789", "7.6612"),
        ("2022-01-01", "2022-12-31", 242, "50.8895", "2.8140"),
        ("2021-07-16", "2023-06-05", 457, "235.485", "10.7915"),
        ("2023-01-01", "2023-12-31", 242, "211.944", "14.444"),
        ("2024-01-01", "2024-12-31", 242, "188.584", "18.108"),
    ],
)
def test_published_totals_of_the_national_market(national, start, end, days, tonnes, yuan):
    part = national.loc[start:end]
    traded = part[part["volume"] > 0]
    places = len(tonnes.partition(".")[2]), len(yuan.partition(".")[2])
    assert len(traded) == days
    assert f"{part['volume'].sum() / 1e6:.{places[0]}f}" == tonnes
    assert f"{part['value'].sum() / 1e9:.{places[1]}f}" == yuan


def test_first_day_of_the_national_market(national):
    assert national.index[0] == pd.Timestamp("2021-07-16")
    assert national["volume"].iloc[0] == 4_103_953


def test_days_on_which_listed_and_block_do_not_add_up(by_name):
    notes = " ".join(by_name["wind_cea_national.csv"].notes)
    assert "2022-08-05, 2023-01-06, 2024-04-17, 2024-06-25." in notes


def test_every_real_file_is_read_with_every_row_accounted_for(folder, real_data):
    said = {r["path"]: r for r in csv.DictReader((real_data / "SOURCES.csv").open())}
    assert {f.path.name for f in folder.failures} <= UNREGISTERED
    for reading in folder.readings:
        assert reading.rows == reading.kept + reading.quarantined + sum(reading.declared.values())
        assert reading.quarantined < 0.015 * reading.rows
        row = said.get(reading.path.name)
        if row:
            assert reading.layout == row["layout"]
            assert not row["market"] or len(reading.markets) == 1


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("wind_cea_national.csv", (1399, 918, 0)),
        ("wind_hbea_hubei.csv", (4034, 2611, 0)),
        ("guangzhou_gdea.xlsx", (2343, 2342, 0)),
        ("hubei_hbea.xlsx", (1743, 1737, 0)),
        ("beijing_bea.xlsx", (1528, 1523, 2)),
        ("tianjin_tjea.xlsx", (977, 971, 0)),
        ("shenzhen_sza.xlsx", (789, 779, 9)),
        ("tanjiaoyi_shanghai.csv", (1959, 1958, 0)),
        ("tanjiaoyi_chongqing.csv", (1772, 1771, 0)),
        ("wind_single_eua.csv", (7338, 5161, 0)),
        ("wind_single_usdcny.csv", (16215, 10993, 0)),
        ("investing_eua.csv", (1054, 1053, 0)),
    ],
)
def test_source_rows_kept_and_quarantined(by_name, name, counts):
    reading = by_name[name]
    assert (reading.rows, reading.kept, reading.quarantined) == counts


def test_hubei_exact_duplicates_are_collapsed(by_name):
    assert by_name["hubei_hbea.xlsx"].declared["duplicate"] == 3


def test_hubei_files_of_vendor_and_exchange_agree(by_name):
    vendor = by_name["wind_hbea_hubei.csv"].frame.set_index("date")["volume"]
    venue = by_name["hubei_hbea.xlsx"].frame.set_index("date")["volume"]
    both = pd.concat([vendor, venue], axis=1, keys=["vendor", "venue"], sort=True).dropna()
    assert len(both) > 1_500
    assert (both["vendor"] == both["venue"]).mean() > 0.95


def test_every_delivery_day_has_96_quarters(by_name):
    days = by_name["provincial_spot_15min.csv"].frame["date"].dt.normalize()
    assert set(days.value_counts()) == {96}


def test_prices_of_power_may_be_negative(by_name):
    assert by_name["provincial_spot_15min.csv"].frame["close"].min() == -85
    assert len(by_name["ember_europe_daily.csv"].markets) == 31


def test_explorer_prices_are_of_the_kind_they_are_said_to_be(by_name):
    explorer = by_name["icap_2026.csv"].frame
    explorer = explorer[explorer["trade"] == "total"].set_index(["market", "date"])
    national = by_name["wind_cea_national.csv"].frame
    listed = national[national["trade"] == "listed"].set_index("date")
    average = (listed["value"] / listed["volume"]).round(2)
    close = by_name["guangzhou_gdea.xlsx"].frame.set_index("date")["close"]
    for printed, own, share in (
        (explorer.loc["cea", "vwap"], average, 0.95),
        (explorer.loc["guangdong", "close"], close, 0.8),
    ):
        both = pd.concat([printed, own], axis=1, keys=["icap", "venue"], sort=True).dropna()
        assert len(both) > 500
        assert ((both["icap"] - both["venue"]).abs() < 0.0051).mean() > share


def test_monthly_quantities_with_a_market_of_their_own(real_data):
    found = read_file(
        real_data / "wind_single_electricity_use_monthly.csv", market="electricity_mlt"
    )
    assert found.frame["volume"].iat[0] == 20_276_079 * 10
    assert "MWh" in " ".join(found.notes)


def test_the_folder_is_read_in_seconds(real_data, folder):
    start = time.process_time()
    read_folder(real_data)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("until", "tonnes", "yuan"),
    [
        ("2022-12-28", 229_127_782, 10_447_885_698.39),
        ("2023-12-31", 441_622_611, 24_919_150_519.28),
    ],
)
def test_running_totals_of_the_exchange_to_the_cent(national, until, tonnes, yuan):
    part = national.loc[:until, ["volume", "value"]].sum()
    assert part["volume"] == tonnes and round(part["value"], 2) == yuan


@pytest.mark.parametrize(
    ("day", "close"), [("2021-12-31", 54.22), ("2023-12-29", 79.42), ("2024-12-31", 97.49)]
)
def test_published_closing_prices_of_the_national_market(national, day, close):
    assert national.loc[day, "close"] == close


def test_first_days_opening_price_and_turnover(national, by_name):
    first = national.iloc[0]
    assert (first["open"], first["close"], first["value"]) == (48.0, 51.23, 210_230_053.25)
    guangdong = by_name["guangzhou_gdea.xlsx"].frame.iloc[0]
    assert f"{guangdong['date']:%Y-%m-%d}" == "2013-12-19"
    assert tuple(guangdong[["volume", "value", "close"]]) == (120_029, 7_221_740, 60.17)


def test_records_of_the_exchange_agree_with_the_explorer(by_name):
    records = by_name["ceex_cea_sample.json"].frame
    listed = records[records["trade"] == "listed"].set_index("date")
    explorer = by_name["icap_2026.csv"].frame.query("market == 'cea'").set_index("date")
    average = (listed["value"] / listed["volume"]).round(2)
    pd.testing.assert_series_equal(
        average, explorer["vwap"].reindex(average.index), check_names=False
    )


def test_a_running_total_says_what_the_export_lacks(by_name):
    notes = " ".join(by_name["wind_hbea_hubei.csv"].notes)
    assert "stands at 1,994,298 before 2014-04-28" in notes


def test_single_misprints_are_named_and_no_file_is_doubted(folder, by_name):
    assert all(reading.doubts == () for reading in folder.readings)
    notes = " ".join(by_name["tanjiaoyi_shanghai.csv"].notes)
    assert "away from volume × price on 8 of 1081 rows" in notes


def test_monthly_quantities_say_what_they_are(real_data):
    found = read_file(real_data / "wind_single_thermal_generation_monthly.csv")
    assert found.markets == ("thermal_generation",) and found.frame["volume"].iat[0] == 352 * 1e5


@pytest.mark.parametrize(
    ("name", "layout", "counts"),
    [
        ("gec_monthly", "certificates", (11, 10, 0)),
        ("energy_use_right_stats", "energy_trades", (16, 8, 3)),
    ],
)
def test_published_tables_as_received(real_data, name, layout, counts):
    path = real_data.parent / "published" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    found = read_file(path)
    assert found.layout == layout
    assert (found.rows, found.kept, found.quarantined) == counts


def test_amounts_that_do_not_add_up_are_named(real_data):
    notes = read_file(real_data / "wind_cea_national.csv").notes
    assert any("amounts do not add up" in note and "2023-10-30" in note for note in notes)
