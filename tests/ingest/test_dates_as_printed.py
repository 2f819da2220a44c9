"""Dates and clock times as printed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from carbonlink.ingest.dates import date, dates, day_order, minutes

DAY = dt.datetime(2021, 7, 16)


@pytest.mark.parametrize(
    "printed",
    [
        *("2021/7/16", "2021-07-16", "2021.07.16", "2021年7月16日", "20210716", " 2021/07/16 "),
        *(20210716, 20210716.0, 44393, "44393", dt.date(2021, 7, 16), DAY, "２０２１/7/16"),
        *("2021-07-16 00:00:00", pd.Timestamp(DAY), "20210716.0"),
    ],
)
def test_styles_of_one_day(printed):
    assert date(printed) == DAY


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "x",
        "2021/13/1",
        "2021-02-30",
        20211301,
        "1021",
        "0001-01-01",
        None,
        True,
        np.nan,
        5,
        "-",
    ],
)
def test_no_dates(printed):
    assert date(printed) is None


def test_a_date_that_ends_with_the_year_needs_an_order():
    assert date("07/16/2021") is None
    assert date("07/16/2021", "mdy") == date("16/07/2021", "dmy") == DAY
    assert date("16/07/2021", "mdy") is None


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["01/02/2024", "31/12/2024"], "dmy"),
        (["01/02/2024", "12/31/2024"], "mdy"),
        (["01/02/2024"], "default"),
        (["31/12/2024", "12/31/2024"], "mixed"),
        ([*(f"{day}/01/2024" for day in range(13, 32)), "30/1/2024", "12/31/2024"], "dmy"),
        (["31/31/2024"], "default"),
        (["2024-01-02"], "default"),
    ],
)
def test_order_is_decided_by_the_file(cells, order):
    assert day_order(pd.Series(cells, dtype=object), "default") == order


def test_mixed_orders_are_read_only_where_one_reading_is_left():
    cells = pd.Series(["31/12/2024", "12/30/2024", "02/03/2024", "04/04/2024"], dtype=object)
    values, bad = dates(cells, "mixed")
    assert bad.tolist() == [False, False, True, False]
    assert str(values[1])[:10] == "2024-12-30" and str(values[3])[:10] == "2024-04-04"


def test_a_column_agrees_with_its_cells():
    cells = pd.Series(["2021/7/16", "x", 44393.0, "2021/7/16", 44393], dtype=object)
    values, bad = dates(cells)
    assert values.dtype == "datetime64[us]"
    assert bad.tolist() == [False, True, False, False, False]
    assert set(values[~bad]) == {np.datetime64("2021-07-16", "us")}


@pytest.mark.parametrize("style", ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d/%m/%Y"])
def test_long_columns_are_read_as_short_ones(style):
    days = pd.date_range("2019-12-01", periods=500)
    cells = pd.Series([*days.strftime(style), "2021-02-30", "1021/1/1", " ", 44393], dtype=object)
    values, bad = dates(cells, "dmy")
    np.testing.assert_array_equal(values[:500], days.to_numpy("datetime64[us]"))
    assert bad[500:].tolist() == [True, True, True, False]
    single = [date(cell, "dmy") for cell in cells[:500]]
    np.testing.assert_array_equal(values[:500], np.array(single, "datetime64[us]"))


def test_long_columns_of_several_styles_and_times():
    stamps = pd.date_range("2024-01-01", periods=300, freq="15min")
    cells = [*stamps.strftime("%Y-%m-%d %H:%M"), "2024/2/3", "2024-02-04 01:02:03", "x", 45293]
    values, bad = dates(pd.Series(cells, dtype=object))
    np.testing.assert_array_equal(values[:300], stamps.to_numpy("datetime64[us]"))
    assert [str(v)[:19] for v in values[300:302]] == ["2024-02-03T00:00:00", "2024-02-04T01:02:03"]
    assert bad[300:].tolist() == [False, False, True, False]


def test_clock_times():
    cells = ["0:15", "00:15:00", "24:00", "24:00:00", dt.time(23, 45), 0.5, "24:15", "7:61", "x"]
    values, bad = minutes(pd.Series(cells, dtype=object))
    np.testing.assert_array_equal(values[:6], [15, 15, 1440, 1440, 1425, 720])
    assert bad.tolist() == [False] * 6 + [True] * 3
