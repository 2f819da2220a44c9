"""Columns swapped, units changed, dates turned round: never a wrong number without a word."""

from __future__ import annotations

import itertools
import json
import warnings

import numpy as np
import pandas as pd
import pytest
from ingest_samples import BEIJING_HEAD, GUANGZHOU_HEAD, HUBEI_HEAD, SHENZHEN_HEAD, text, workbook

import carbonlink as cl
from carbonlink.errors import CarbonlinkError
from carbonlink.ingest.reading import read_file

DAYS = pd.bdate_range("2021-08-02", periods=60)
_RNG = np.random.default_rng(0)
CLOSE = np.round(40 + np.cumsum(_RNG.normal(0, 0.4, 60)), 2)
LOW = np.round(CLOSE - _RNG.uniform(0.1, 1.0, 60), 2)
HIGH = np.round(CLOSE + _RNG.uniform(0.1, 1.0, 60), 2)
OPEN = np.round(LOW + (HIGH - LOW) * _RNG.uniform(0.1, 0.9, 60), 2)
AVERAGE = np.round((LOW + HIGH + CLOSE) / 3, 2)
VOLUME = _RNG.integers(2_000, 90_000, 60)
VALUE = np.round(AVERAGE * VOLUME, 2)
CHANGE = np.round(100 * np.diff(CLOSE, prepend=CLOSE[0]) / CLOSE, 2)
BEFORE = np.r_[CLOSE[0], CLOSE[:-1]]
DATES = [f"{d:%Y-%m-%d}" for d in DAYS]
TABLES = {
    "guangzhou": (
        GUANGZHOU_HEAD,
        [DATES, ["GDEA"] * 60, BEFORE, CLOSE, HIGH, LOW, CLOSE - BEFORE, CHANGE, VOLUME, VALUE],
        "收盘价 最高价 最低价 成交数量 成交金额",
    ),
    "hubei": (
        HUBEI_HEAD,
        [["HBEA"] * 60, DATES, CLOSE, CHANGE, HIGH, LOW, VOLUME, VALUE, BEFORE],
        "最新 最高 最低 成交量 成交额",
    ),
    "shenzhen": (
        SHENZHEN_HEAD,
        [DATES, ["SZA-2020"] * 60, OPEN, HIGH, LOW, AVERAGE, CLOSE, VOLUME, VALUE],
        "最高价 最低价 收盘价 成交量 成交额",
    ),
    "tanjiaoyi": (
        ["", "日期", "成交价", "成交量", "成交额", "地点"],
        [range(60), DATES, AVERAGE, VOLUME, VALUE, ["上海"] * 60],
        "成交价 成交量 成交额",
    ),
    "beijing": (
        BEIJING_HEAD,
        [DATES, VOLUME, AVERAGE, [f"{v:,.2f}(BEA)" for v in VALUE]],
        "成交量（吨） 成交均价（元/吨）",
    ),
    "investing": (
        ["Date", "Price", "Open", "High", "Low", "Vol.", "Change %"],
        [DATES, CLOSE, OPEN, HIGH, LOW, VOLUME, [f"{c}%" for c in CHANGE]],
        "Price High Low Vol.",
    ),
    "tidy": (
        "date market open high low close vwap volume value".split(),
        [DATES, ["cea"] * 60, OPEN, HIGH, LOW, CLOSE, AVERAGE, VOLUME, VALUE],
        "high low close volume value",
    ),
}
PAIRS = [
    (name, *pair)
    for name, (_, _, numbers) in TABLES.items()
    for pair in itertools.combinations(numbers.split(), 2)
]


def table(name):
    head, columns, _ = TABLES[name]
    return list(head), [list(row) for row in zip(*columns, strict=True)]


def reading_of(folder, head, rows, name="made.csv", market=None):
    path = folder / name
    path.write_bytes(text([head, *([f'"{c}"' for c in row] for row in rows)]))
    return read_file(path, market=market)


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_as_they_should_be_raise_no_doubt(tmp_path, name):
    found = reading_of(tmp_path, *table(name), market={"investing": "eua"}.get(name))
    assert found.kept == 60 and found.doubts == ()


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_swapped_columns_are_refused_set_aside_or_doubted(tmp_path, name, first, second):
    head, rows = table(name)
    a, b = head.index(first), head.index(second)
    head[a], head[b] = head[b], head[a]
    try:
        found = reading_of(tmp_path, head, rows, market={"investing": "eua"}.get(name))
    except CarbonlinkError:
        return
    assert found.doubts or found.quarantined == 60


@pytest.mark.parametrize("factor", [1e-4, 1e4, 1e-8, 1e8, 1e-3, 1e3])
@pytest.mark.parametrize("field", ["volume", "value"])
def test_a_unit_that_the_heading_hides_is_doubted(tmp_path, field, factor):
    head, rows = table("tidy")
    place = head.index(field)
    for row in rows:
        row[place] = repr(float(row[place]) * factor)
    doubts = reading_of(tmp_path, head, rows).doubts
    assert any("check the units" in doubt for doubt in doubts)


@pytest.mark.parametrize("factor", [100, 1e-2])
def test_prices_in_another_unit_are_doubted(tmp_path, factor):
    head, rows = table("tidy")
    for row in rows:
        for name in ("open", "high", "low", "close", "vwap"):
            row[head.index(name)] = row[head.index(name)] * factor
    assert reading_of(tmp_path, head, rows).doubts


def test_days_and_months_turned_round_fall_on_weekends(tmp_path):
    head, rows = table("investing")
    days = pd.bdate_range("2020-01-01", "2024-12-31")
    days = days[days.day <= 12][:60]
    for row, day in zip(rows, days, strict=True):
        row[0] = f"{day:%d/%m/%Y}"
    found = reading_of(tmp_path, head, rows, market="eua")
    assert any("weekends" in doubt for doubt in found.doubts)
    assert any("read month first" in note for note in found.notes)


def test_serial_numbers_of_the_other_calendar_fall_on_weekends(tmp_path):
    head, rows = table("guangzhou")
    for row, day in zip(rows, DAYS, strict=True):
        row[0] = (day - pd.Timestamp("1904-01-01")).days
    assert any("weekends" in doubt for doubt in reading_of(tmp_path, head, rows).doubts)


def test_a_misprinted_price_date_and_turnover_are_named(tmp_path):
    head, rows = table("tidy")
    rows[20][head.index("close")] = 4_000
    rows[30][head.index("value")] = 1
    rows[40][0] = "2041-08-02"
    rows[50][0] = "2011-08-02"
    found = reading_of(tmp_path, head, rows)
    said = " ".join(found.notes)
    assert (
        f"close is more than 8 times away from the prices around it on 1 days ({DATES[20]})" in said
    )
    assert "away from volume × price on 1 of 60 rows" in said
    assert "2041-08-02" in said and "before the market opened on 2021-07-16" in said
    assert found.kept == 60


def test_doubts_of_a_file_are_warned_of(tmp_path):
    head, rows = table("tidy")
    for row in rows:
        row[head.index("volume")] = row[head.index("volume")] / 1e4
    (tmp_path / "a.csv").write_bytes(text([head, *rows]))
    with pytest.warns(cl.CarbonlinkWarning, match=r"a\.csv: cea, total: value is about 1e\+04"):
        cl.read(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(text([*table("tidy")[:1], *table("tidy")[1]]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cl.read(tmp_path / "b.csv")


def test_a_unit_in_a_heading_that_is_not_the_readers_is_no_layout_of_its(tmp_path):
    head, rows = table("beijing")
    head[1] = "成交量（万吨）"
    with pytest.raises(cl.DataError, match="does not say which market"):
        reading_of(tmp_path, head, rows)
    assert reading_of(tmp_path, head, rows, market="beijing").layout == "tidy"


def test_records_whose_listed_and_block_do_not_add_up_are_named(tmp_path):
    from ingest_samples import ceex_record

    records = [ceex_record("2021-08-04"), ceex_record("2021-08-05", total_volume=100_001)]
    (tmp_path / "a.json").write_text(json.dumps(records))
    notes = read_file(tmp_path / "a.json", market="cea").notes
    assert any("do not add up to the total on 2021-08-05" in note for note in notes)


def test_a_date_of_a_workbook_and_of_a_csv_are_the_same(tmp_path):
    head, rows = table("hubei")
    dated = [[row[0], DAYS[i].to_pydatetime(), *row[2:]] for i, row in enumerate(rows)]
    (tmp_path / "a.xlsx").write_bytes(workbook({"1": [head, *dated]}))
    first = read_file(tmp_path / "a.xlsx").frame.drop(columns="source")
    again = reading_of(tmp_path, head, rows).frame.drop(columns="source")
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_amounts_too_large_to_double_are_set_aside_without_a_warning(tmp_path):
    from ingest_samples import ceex_record

    huge = {"listed_amount": 1.7e308, "block_amount": 1.7e308, "block_volume": 0}
    records = [ceex_record("2021-08-04"), ceex_record("2021-08-05", **huge)]
    path = tmp_path / "records.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    reading = read_file(path, market="cea")
    assert reading.quarantine["reason"].str.contains("block_amount without block_volume").any()
