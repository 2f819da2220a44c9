"""Open days: weekdays without public holidays, and the days that traded."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from carbonlink.errors import SpecificationError
from carbonlink.facts import calendar


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2021-07-16", "2021-12-31", 114),
        ("2022-01-01", "2022-12-31", 242),
        ("2023-01-01", "2023-12-31", 242),
        ("2024-01-01", "2024-12-31", 242),
        ("2023-01-01", "2023-06-05", 101),
    ],
)
def test_the_national_market_has_its_published_number_of_sessions(start, end, days):
    found = calendar.sessions(start, end)
    assert len(found) == days
    assert calendar.open_days_between(pd.Timestamp(start) - pd.Timedelta(days=1), end) == days


def test_an_observed_weekend_counts_and_a_make_up_workday_alone_does_not():
    saturday = pd.Timestamp("2021-06-26")
    make_up = pd.Timestamp("2020-06-28")
    assert make_up in set(calendar.holidays().query("kind == 'makeup_workday'")["date"])
    plain = calendar.sessions("2020-06-01", "2021-07-31")
    with_it = calendar.sessions("2020-06-01", "2021-07-31", observed=[saturday])
    assert saturday not in plain and make_up not in plain
    assert with_it.difference(plain).tolist() == [saturday]


def test_observed_days_are_cut_to_the_span_sorted_and_taken_once():
    observed = ["2022-01-08 10:15", "2022-01-08 09:30", "2022-03-05", "2021-12-25"]
    found = calendar.sessions("2022-01-01", "2022-01-31", observed=observed)
    assert found.is_monotonic_increasing and found.is_unique
    assert pd.Timestamp("2022-01-08") in found and found.max() < pd.Timestamp("2022-02-01")
    abroad = calendar.sessions("2022-01-01", "2022-01-31", observed=observed, venue="observed")
    assert abroad.tolist() == [pd.Timestamp("2022-01-08")]


def test_a_year_without_a_table_of_holidays_counts_observed_days_only():
    first, last = calendar.years_covered()
    assert (first, last) == (2013, 2026)
    start, end = f"{last}-12-28", f"{last + 1}-01-31"
    assert calendar.uncovered_years(start, end) == (last + 1,)
    seen = pd.Timestamp(last + 1, 1, 5)
    found = calendar.sessions(start, end, observed=[seen])
    assert found[found.year > last].tolist() == [seen]


def test_new_years_eve_2024_is_closed_and_says_why():
    row = calendar.holidays().set_index("date").loc[pd.Timestamp("2024-02-09")]
    assert row["kind"] == "holiday" and row["verified"] == "exchange_only"
    assert "two calendars differ" in row["note"]
    assert len(calendar.sessions("2024-02-09", "2024-02-09")) == 0


def test_a_span_the_wrong_way_round_is_refused():
    with pytest.raises(SpecificationError, match="2022-01-31"):
        calendar.sessions("2022-02-01", "2022-01-31")


def test_the_table_is_what_the_two_calendar_packages_say():
    packages = "install carbonlink[calendars] to rebuild the table of holidays"
    chinese = pytest.importorskip("chinese_calendar.constants", reason=packages)
    exchanges = pytest.importorskip("exchange_calendars", reason=packages)
    eve = pd.Timestamp("2024-02-09")
    table = calendar.holidays()
    first, last = calendar.years_covered()
    span = pd.date_range(f"{first}-01-01", f"{last}-12-31")

    def days(source):
        return {pd.Timestamp(d) for d in source if first <= d.year <= last}

    by_kind = {kind: set(rows["date"]) for kind, rows in table.groupby("kind")}
    assert by_kind["makeup_workday"] == days(chinese.workdays)
    assert by_kind["holiday"] - {eve} == days(chinese.holidays)
    names = table.set_index("date")["name"]
    for day, name in chinese.holidays.items():
        if first <= day.year <= last:
            assert names[pd.Timestamp(day)] == name
    shanghai = exchanges.get_calendar("XSHG", start=span[0], end=span[-1]).sessions
    assert set(calendar.sessions(span[0], span[-1])) == set(shanghai)


@pytest.mark.real
def test_the_national_market_traded_on_the_days_of_the_calendar(real_data):
    rows = (real_data / "wind_cea_national.csv").read_bytes().splitlines()
    priced = [re.match(rb"(\d{4}/\d+/\d+),\d", row) for row in rows]
    traded = pd.DatetimeIndex([found[1].decode() for found in priced if found]).sort_values()
    expected = calendar.sessions(traded[0], traded[-1])
    assert traded[0] == pd.Timestamp("2021-07-16") and len(traded) > 900
    assert traded.difference(expected).empty
    # The file has an empty row for these two open days: nothing was traded.
    assert expected.difference(traded).strftime("%Y-%m-%d").tolist() == ["2025-01-14", "2025-01-16"]
