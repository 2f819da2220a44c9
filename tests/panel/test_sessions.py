"""A file's days against the days on which its venue is expected to be open."""

from __future__ import annotations

import shutil
import sys

import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.facts import calendar as venues

NATIONAL = [
    ("2021-07-16", "2021-12-31", 114),
    ("2022-01-01", "2022-12-31", 242),
    ("2023-01-01", "2023-06-05", 101),
    ("2023-01-01", "2023-12-31", 242),
    ("2024-01-01", "2024-12-31", 242),
]


@pytest.fixture
def panel(tmp_path):
    # 2024-02-04 and 2024-02-18 are Sundays made up for the Spring Festival; 9 to 17 February
    # are closed; 2024-02-10 is a holiday.
    dates = ["2024-02-02", "2024-02-04", "2024-02-06", "2024-02-10", "2024-02-19"]
    rows = pd.DataFrame({"date": dates, "market": "fujian", "close": 30.0})
    rows["volume"] = [10, 10, 10, 0, 10]
    rows.to_csv(tmp_path / "fujian.csv", index=False)
    return cl.load(raw=tmp_path)


def test_missing_and_extra_days_are_listed(panel):
    table = panel.sessions("fujian")
    assert [(d.day, *rest) for d, *rest in table.itertuples(index=False, name=None)] == [
        (4, "extra", "make-up workday", True),
        (5, "missing", "weekday", False),
        (7, "missing", "weekday", False),
        (8, "missing", "weekday", False),
        (10, "extra", "public holiday", False),
    ]


def test_a_span_of_ones_own(panel):
    table = panel.sessions("fujian", start="2024-02-19", end="2024-02-21")
    assert table["date"].dt.day.tolist() == [20, 21] and (table["status"] == "missing").all()


def test_the_stock_exchanges_calendar_says_the_same(panel):
    pytest.importorskip("exchange_calendars")
    pd.testing.assert_frame_equal(panel.sessions("fujian", "XSHG"), panel.sessions("fujian"))
    with pytest.raises(cl.SpecificationError, match="that is installed spans .* Give start="):
        panel.sessions("fujian", "XSHG", end="2300-01-01")


def test_without_the_extra_it_says_what_to_install(panel, monkeypatch):
    monkeypatch.setitem(sys.modules, "exchange_calendars", None)
    with pytest.raises(cl.SpecificationError, match=r'pip install "carbonlink\[calendars\]"'):
        panel.sessions("fujian", "XSHG")
    assert len(panel.sessions("fujian")) == 5


def test_an_unknown_calendar_or_market(panel):
    with pytest.raises(cl.SpecificationError, match="calendar='XSHE' is not known. Use one of"):
        panel.sessions("fujian", "XSHE")
    with pytest.raises(cl.UnknownMarketError, match="not in this panel"):
        panel.sessions("hubei")


@pytest.mark.parametrize(("start", "end", "sessions"), NATIONAL)
def test_expected_national_sessions(start, end, sessions):
    assert len(venues.sessions(start, end)) == sessions
    exchange_calendars = pytest.importorskip("exchange_calendars")
    shanghai = exchange_calendars.get_calendar("XSHG")
    assert len(shanghai.sessions_in_range(start, end)) == sessions


def test_expected_national_sessions_add_up_to_the_published_count():
    assert 114 + 242 + 101 == len(venues.sessions("2021-07-16", "2023-06-05")) == 457


@pytest.mark.real
def test_guangdong_traded_on_thirty_four_weekend_days(real_data, tmp_path):
    for file in ("guangzhou_gdea.xlsx", "wind_cea_national.csv"):
        shutil.copy(real_data / file, tmp_path)
    real = cl.load(raw=tmp_path)
    extra = real.sessions("guangdong").query("status == 'extra'")
    assert (extra["date"].dt.day_of_week >= 5).sum() == 34 and extra["has_trade"].all()
    assert {"2016-06-18", "2021-07-10"} <= set(extra["date"].dt.strftime("%Y-%m-%d"))
    national = real.sessions("cea")
    assert national["date"].dt.strftime("%Y-%m-%d").tolist() == ["2025-01-14", "2025-01-16"]
    assert (national["status"] == "missing").all()
