"""Checks of arguments that every room uses."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import check_day

FIFTH = pd.Timestamp("2022-06-05")


@pytest.mark.parametrize(
    "value",
    [
        *("2022-06-05", "2022/6/5", "2022.6.5", "2022年6月5日", "20220605", "2022-06-05 00:00:00"),
        *(dt.date(2022, 6, 5), dt.datetime(2022, 6, 5, 14), np.datetime64("2022-06-05")),
        pd.Timestamp("2022-06-05 09:30", tz="Asia/Shanghai"),
    ],
)
def test_a_day_is_read_however_the_year_comes_first(value):
    assert check_day("start", value) == FIFTH


@pytest.mark.parametrize("value", ["2022", 2022, "2022年"])
def test_a_year_is_its_first_or_last_day(value):
    assert check_day("start", value, partial="first") == pd.Timestamp("2022-01-01")
    assert check_day("end", value, partial="last") == pd.Timestamp("2022-12-31")
    with pytest.raises(cl.CarbonlinkError, match="the year first"):
        check_day("deadlines", value)


def test_a_month_is_its_first_or_last_day():
    assert check_day("start", "2024-02", partial="first") == pd.Timestamp("2024-02-01")
    assert check_day("end", "2024/2", partial="last") == pd.Timestamp("2024-02-29")


@pytest.mark.parametrize(
    "value",
    ["05/06/2022", "5 June 2022", "June", "2022-13-01", "2022-02-30", "", None, True, 20220605, 1.5]
    + [pd.NaT, np.nan, "2022-06-05 15:00", float("inf"), [FIFTH]],
)
def test_what_reads_in_two_ways_or_none_is_refused_by_name(value):
    with pytest.raises(cl.CarbonlinkError, match="^start=.* is no date"):
        check_day("start", value, partial="first")
