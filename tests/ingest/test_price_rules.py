"""Opening and closing prices, limits and totals by the rules of the venues."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from test_quality import tidy

import carbonlink as cl
from carbonlink.ingest import closing, limits, quality

FOUR_DAYS = ["2022-08-05", "2023-01-06", "2024-04-17", "2024-06-25"]


@pytest.fixture(scope="module")
def panel(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    for file in ("wind_cea_national.csv", "guangzhou_gdea.xlsx"):
        shutil.copy(real_data / file, folder)
    return cl.load(raw=folder)


def test_guangdong_closes_of_small_days_are_carried_from_july_2018_on():
    days = pd.DatetimeIndex(["2018-07-30", "2018-07-31"])
    assert closing.carried_up_to("guangdong", days).tolist() == [0.0, 100.0]
    assert closing.carried_up_to("hubei", days).tolist() == [0.0, 0.0]
    rows = [
        {"date": "2024-03-04", "close": 50.0, "volume": 101},
        {"date": "2024-03-05", "close": 50.0, "volume": 100},
        {"date": "2024-03-06", "close": 51.0, "volume": 500},
    ]
    frame = quality.daily(tidy(rows, market="guangdong"), "guangdong")
    assert frame["is_stale"].tolist() == [False, True, False]
    assert frame["has_trade"].all() and np.isnan(frame["price"].iloc[1])
    assert frame["gap_days"].iloc[2] == 2


def test_an_open_that_is_the_previous_close_is_left_out():
    days = pd.bdate_range("2024-03-04", periods=30)
    close = 50 + np.arange(30) * 0.1
    rows = pd.DataFrame({"date": days, "close": close, "volume": 500.0})
    rows["open"] = rows["close"].shift()
    frame = quality.daily(tidy(rows.to_dict("records")), "fujian")
    assert frame["reference_open"].all() and frame["open"].isna().all()
    rows["open"] = rows["close"] - 0.05
    frame = quality.daily(tidy(rows.to_dict("records")), "fujian")
    assert not frame["reference_open"].any() and frame["open"].tolist() == rows["open"].tolist()


def test_an_open_is_not_judged_on_days_without_a_move():
    quiet = pd.Series([50.0] * 100)
    assert not closing.open_is_reference(quiet, quiet)


def test_totals_that_are_not_the_sum_of_their_parts_are_flagged():
    parts = {"listed": (70, 50), "block": (30, 0), "total": (100, 60)}
    rows = pd.concat(
        tidy(
            [
                {"date": f"2024-03-0{4 + place}", "close": 50.0, "volume": volume}
                for place, volume in enumerate(volumes)
            ],
            kind,
            market="cea",
        )
        for kind, volumes in parts.items()
    )
    frame = quality.daily(rows, "cea")
    assert frame["total_differs"].tolist() == [False, True]
    assert frame["volume"].tolist() == [100, 60], "the printed total is kept"
    alone = quality.daily(rows[rows["trade"] == "total"], "cea")
    assert alone["total_differs"].isna().all()


def test_a_limit_is_symmetric_in_the_simple_return_and_not_in_the_logarithm():
    before = pd.Series([50.0, 50.0])
    up, down = limits.bound(before, pd.Series([0.1, -0.1]))
    assert (up, down) == (55.0, 45.0)
    assert 100 * np.log(up / 50) == pytest.approx(9.53, abs=0.005)
    assert 100 * np.log(down / 50) == pytest.approx(-10.54, abs=0.005)


def test_limits_differ_by_trade_and_date_and_say_how_they_are_known():
    days = pd.DatetimeIndex(["2014-01-02", "2015-06-15", "2015-07-01", "2022-01-04"])
    assert limits.limits("shanghai", days).fillna(0).tolist() == [0.3, 0, 0.1, 0.1]
    assert limits.limits("cea", days, "block").fillna(0).tolist() == [0, 0, 0, 0.3]
    assert limits.limits("eua", days).isna().all()
    assert limits.known_by("shenzhen") == limits.known_by("cea", "block") == "rule"
    assert limits.known_by("tianjin") == limits.known_by("eua") == ""


def test_a_limit_that_was_only_read_off_prices_is_no_rule():
    days = pd.DatetimeIndex(["2018-12-06", "2018-12-07", "2018-12-12", "2022-01-04"])
    assert limits.limits("chongqing", days).isna().all()
    steps = limits.observed("chongqing")
    assert limits.on_days(steps, days).fillna(0).tolist() == [0.2, 0, 0.1, 0.1]
    assert limits.observed("hubei") is None
    assert limits.on_days(steps, pd.DatetimeIndex(["2010-01-04"])).isna().all()


@pytest.mark.real
def test_the_four_national_days_whose_parts_do_not_add_up(panel):
    days = panel.daily("cea")
    flagged = days.index[days["total_differs"].fillna(False).astype(bool)]
    assert flagged.strftime("%Y-%m-%d").tolist() == FOUR_DAYS
    assert any(all(day in note for day in FOUR_DAYS) for note in panel.notes)
    assert panel.coverage().loc["cea", "total_differs_days"] == 4


@pytest.mark.real
def test_national_values_that_do_not_add_up_and_averages_outside_the_range(panel):
    notes = [note for note in panel.notes if note.startswith("cea: ")]
    values = next(note for note in notes if "values do not add up" in note)
    assert "2022-08-05, 2023-01-06, 2023-10-30, 2024-04-17;" in values
    ranges = next(note for note in notes if "outside low to high" in note)
    assert "listed trades:" in ranges and "on 176 of 904 rows (2023-01-06, 2023-08-28" in ranges


@pytest.mark.real
def test_guangdong_carries_its_close_exactly_where_its_rule_says_so(panel):
    days = panel.daily("guangdong").loc["2018-07-31":]
    before = days["printed"].ffill().shift()
    small = days["volume"].between(0.5, 100)
    assert small.sum() == 18 and days["printed"][small].equals(before[small])
    above = days["volume"].between(100.5, 200) & days["printed"].notna()
    assert above.sum() == 26 and (days["printed"] != before)[above].all()
    assert days["is_stale"][small].all() and days["price"][small].isna().all()


@pytest.mark.real
def test_guangdongs_printed_open_is_the_previous_close(real_data):
    raw = pd.read_excel(real_data / "guangzhou_gdea.xlsx", engine="calamine").sort_values("日期")
    opening, close = (raw[name].reset_index(drop=True) for name in ("开盘价", "收盘价"))
    assert (opening == close.shift()).iloc[1:].mean() > 0.998
    assert closing.open_is_reference(opening, close)
    assert cl.read(real_data / "guangzhou_gdea.xlsx")["open"].isna().all()


@pytest.mark.real
@pytest.mark.parametrize(
    ("start", "end", "sessions"),
    [
        ("2021-07-16", "2021-12-31", 114),
        ("2022-01-01", "2022-12-31", 242),
        ("2023-01-01", "2023-06-05", 101),
        ("2023-01-01", "2023-12-31", 242),
        ("2024-01-01", "2024-12-31", 242),
    ],
)
def test_national_sessions(panel, start, end, sessions):
    days = panel.daily("cea").loc[start:end]
    assert days["has_trade"].sum() == sessions == len(days)
