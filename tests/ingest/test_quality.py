"""Trade-quality flags on made-up days whose answers are known by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink.ingest import limits, quality

COLUMNS = ("open", "high", "low", "close", "vwap", "volume", "value")


def tidy(rows: list[dict], trade: str = "total", market: str = "fujian") -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    frame["date"] = pd.to_datetime(frame["date"])
    for column in COLUMNS:
        if column not in frame:
            frame[column] = np.nan
    frame["trade"] = frame.get("trade", trade)
    frame["market"], frame["product"], frame["vintage"] = market, "FJEA", ""
    return frame.assign(price_kind="close", source="made_up.csv")


TEN = pd.Series({pd.Timestamp("2013-01-01"): 10.0})


@pytest.fixture
def week() -> pd.DataFrame:
    # 2024-03-04 is a Monday; the 6th has no row; the 7th prints a price without a trade.
    return tidy(
        [
            {"date": "2024-03-04", "close": 50.0, "high": 51.0, "low": 49.0, "volume": 500},
            {"date": "2024-03-05", "close": 55.0, "high": 55.0, "low": 55.0, "volume": 8},
            {"date": "2024-03-07", "close": 55.0, "volume": 0},
            {"date": "2024-03-08", "close": 49.5, "high": 52.0, "low": 49.5, "volume": 300},
        ]
    )


def test_missing_sessions_are_open_days_without_a_trade(week):
    days = quality.daily(week, "fujian")
    assert [d.day for d in days.index] == [4, 5, 6, 7, 8]
    assert days["is_open"].all()
    assert days["has_trade"].tolist() == [True, True, False, False, True]
    assert days["volume"].tolist() == [500, 8, 0, 0, 300]


def test_a_carried_price_is_stale_and_is_no_price(week):
    days = quality.daily(week, "fujian")
    assert days["is_stale"].tolist() == [False, False, False, True, False]
    assert np.isnan(days.loc["2024-03-07", "price"])
    assert days.loc["2024-03-07", "printed"] == 55.0


def test_gaps_count_sessions_between_genuine_prices(week):
    days = quality.daily(week, "fujian")
    assert days["gap_days"].dropna().to_dict() == {
        pd.Timestamp("2024-03-05"): 1.0,
        pd.Timestamp("2024-03-08"): 3.0,
    }
    assert days.loc["2024-03-08", "previous_price"] == 55.0


def test_limit_days_tiny_trades_and_degenerate_ranges(week):
    days = quality.daily(week, "fujian", limit=TEN)
    assert days["limit_up"].fillna(False).tolist() == [False, True, False, False, False]
    assert days["limit_down"].fillna(False).tolist() == [False, False, False, False, True]
    assert pd.isna(days["limit_up"].iloc[0]), "no reference price on the first day"
    assert days["tiny_trade"].fillna(False).tolist() == [False, True, False, False, False]
    assert days["degenerate_range"].fillna(False).tolist() == [False, True, False, False, False]


def test_a_move_beyond_the_limit_and_an_average_price_are_no_limit_days(week):
    jump = week.assign(close=[50.0, 70.0, 70.0, 63.0])
    days = quality.daily(jump, "fujian", limit=TEN)
    assert days["limit_up"].fillna(False).tolist() == [False] * 5
    assert days["limit_down"].fillna(False).tolist() == [False, False, False, False, True]
    average = week.assign(vwap=week["close"], price_kind="vwap")
    assert quality.daily(average, "fujian", limit=TEN)["limit_up"].isna().all()


def test_limits_are_rounded_half_up_to_the_cent():
    reference = pd.Series([48.45, 0.05, 51.23])
    up = limits.bound(reference, pd.Series([0.1] * 3))
    assert up.tolist() == [53.30, 0.06, 56.35]  # 53.295, 0.055 and 56.353 before rounding
    down = limits.bound(reference, pd.Series([-0.1] * 3))
    assert down.tolist() == [43.61, 0.05, 46.11]  # 43.605, 0.045 and 46.107


def test_a_market_without_a_printed_rule_has_no_limit_flags(week):
    assert quality.daily(week, "fujian")[["limit_up", "limit_down"]].isna().all(axis=None)


def test_an_unknown_limit_leaves_the_flags_missing():
    dates = pd.DatetimeIndex(["2014-03-03", "2016-03-01"])
    assert limits.limits("shanghai", dates).tolist() == [0.3, 0.1]
    assert limits.limits("fujian", dates).isna().all() and limits.limits("eua", dates).isna().all()


def test_a_weekend_counts_only_where_a_trade_was_observed(week):
    weekend = tidy([{"date": "2024-03-09", "close": 50.0, "volume": 10}])
    quiet = tidy([{"date": "2024-03-10", "close": 50.0, "volume": 0}])
    monday = tidy([{"date": "2024-03-11", "close": 50.0, "volume": 10}])
    days = quality.daily(pd.concat([week, weekend, quiet, monday]), "fujian")
    assert pd.Timestamp("2024-03-09") in days.index
    assert pd.Timestamp("2024-03-10") not in days.index


def test_public_holidays_are_closed():
    rows = tidy(
        [
            {"date": "2024-09-30", "close": 50.0, "volume": 10},
            {"date": "2024-10-08", "close": 50.0, "volume": 10},
        ]
    )
    days = quality.daily(rows, "fujian")
    assert len(days) == 2 and days["gap_days"].iloc[1] == 1


def test_block_trades_give_volume_but_no_listed_price():
    listed = tidy(
        [
            {"date": "2024-03-04", "close": 50.0, "volume": 100},
            {"date": "2024-03-05", "close": 50.0, "volume": 0},
        ],
        "listed",
    )
    block = tidy(
        [
            {"date": "2024-03-04", "close": 50.0, "volume": 0},
            {"date": "2024-03-05", "close": 45.0, "volume": 9_000, "value": 405_000.0},
        ],
        "block",
    )
    days = quality.daily(pd.concat([listed, block]), "cea")
    assert days["volume"].tolist() == [100, 9_000]
    assert days["is_block"].tolist() == [False, True]
    assert days["has_trade"].tolist() == [True, True]
    assert days["is_stale"].tolist() == [False, True]
    assert days["price"].isna().tolist() == [False, True]


def test_without_quantities_a_printed_price_is_a_trade_and_tininess_is_unknown():
    rows = tidy([{"date": "2024-03-04", "close": 50.0}, {"date": "2024-03-05", "close": 50.0}])
    days = quality.daily(rows, "hubei")
    assert days["has_trade"].all() and not days["is_stale"].any()
    assert days["volume"].isna().all() and days["tiny_trade"].isna().all()


def test_a_foreign_calendar_is_its_printed_dates(week):
    assert len(quality.daily(week, "eua", complete=False)) == 4


def test_a_price_of_unknown_kind_has_no_limit_flags():
    rows = tidy(
        [
            {"date": "2024-03-04", "close": 50.0, "volume": 10},
            {"date": "2024-03-05", "close": 55.0, "volume": 10},
        ]
    )
    assert quality.daily(rows, "hubei")["limit_up"].tolist()[1] is True
    unknown = quality.daily(rows.assign(price_kind="unknown"), "hubei")
    assert unknown[["limit_up", "limit_down"]].isna().all(axis=None)
