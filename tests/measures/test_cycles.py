"""Cutting volume into cycles: spans, windows, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from carbonlink.errors import DeadlineError, SpecificationError
from carbonlink.facts import compliance
from carbonlink.measures.cycles import check_cycle, cut, parse_deadlines, reasons

DAYS = pd.bdate_range("2018-01-01", "2021-12-31", name="date")
VOLUME = pd.Series(np.arange(1.0, len(DAYS) + 1), index=DAYS, name="x")
DEADLINES = ["2019-06-28", "2020-06-30", "2021-06-30"]


def cycles_of(deadlines=DEADLINES, cycle="compliance", days="open", which="final", market="x"):
    return cut(VOLUME, market, deadlines, cycle, days, which)


def test_a_cycle_runs_from_the_day_after_one_deadline_to_the_next():
    found, refused = cycles_of()
    assert [(str(c.dates[0].date()), str(c.dates[-1].date())) for c in found] == [
        ("2018-01-01", "2019-06-28"),
        ("2019-07-01", "2020-06-30"),
        ("2020-07-01", "2021-06-30"),
    ]
    assert "first session" in found[0].note and not found[1].note
    assert [(label, "after the last" in reason) for _, label, reason in refused] == [("tail", True)]


def test_no_day_is_in_two_cycles_and_none_is_lost_before_the_last_deadline():
    found, _ = cycles_of()
    joined = np.concatenate([c.volume for c in found])
    np.testing.assert_array_equal(joined, VOLUME.loc[:"2021-06-30"].to_numpy())


@pytest.mark.parametrize("days", ["open", "calendar"])
@pytest.mark.parametrize("window", [1, 7, 30, 45])
def test_windows_are_those_of_the_facts(days, window):
    for one in cycles_of(days=days)[0]:
        mask = compliance.window_mask(one.dates, one.deadlines, window, days)
        np.testing.assert_array_equal(one.inside(window), mask)


def test_a_deadline_on_a_closed_day_ends_its_window_the_open_day_before():
    found, _ = cycles_of(["2020-06-28"])  # a Sunday
    inside = found[0].dates[found[0].inside(2)]
    assert [str(d.date()) for d in inside] == ["2020-06-25", "2020-06-26"]


def test_the_longest_window_leaves_a_day_outside():
    one = cycles_of()[0][1]
    n = len(one.volume)
    assert one.longest() == n - 1 and one.problem(n - 1) == ""
    assert "longer than" in one.problem(n)
    calendar = cycles_of(days="calendar")[0][1]
    assert calendar.inside(calendar.longest()).sum() < n
    assert "longer than" in calendar.problem(calendar.longest() + 1)


def test_days_to_the_deadline_count_what_windows_count():
    one = cycles_of()[0][1]
    assert one.days_to_deadline()[[0, -2, -1]].tolist() == [1 - len(one.volume), -1, 0]
    calendar = cycles_of(days="calendar")[0][1]
    assert calendar.days_to_deadline()[0] == -365


def test_calendar_years_may_hold_several_deadlines():
    found, refused = cycles_of(["2019-03-29", "2019-12-31", "2020-06-30"], "calendar")
    assert [c.label for c in found] == ["2019", "2020"]
    first = found[0]
    assert first.inside(5).sum() == 10 and len(first.deadlines) == 2
    apart = first.days_to_deadline()
    assert apart[first.stops - 1].tolist() == [0, 0]
    assert apart[first.stops[0]] == 1  # the day after the first is nearest to it
    assert {label for _, label, _ in refused} == {"2018", "2021"}


def test_overlapping_windows_are_counted_once():
    one = cycles_of(["2019-12-27", "2019-12-31"], "calendar")[0][0]
    assert one.inside(10).sum() == 12


def test_an_unfinished_calendar_year_is_refused():
    short = VOLUME.loc[:"2021-11-30"]
    found, refused = cut(short, "x", DEADLINES, "calendar", "open", "final")
    assert [c.label for c in found] == ["2019", "2020"]
    assert any(label == "2021" and "sample ends" in reason for _, label, reason in refused)


def test_a_span_of_dates_is_one_cycle():
    span = check_cycle(("2020-01-01", "2021-03-31"))
    found, refused = cycles_of(DEADLINES, span)
    assert len(found) == 1 and [str(d.date()) for d in found[0].deadlines] == ["2020-06-30"]
    assert found[0].label == "2020-01-01 to 2021-03-31"
    assert {label for _, label, _ in refused} == {"2019-06-28", "2021-06-30"}
    found, refused = cycles_of(["2021-06-30"], span)
    assert not found and any("no deadline is known in this span" in r for _, _, r in refused)


def test_a_span_beyond_the_sample_says_so():
    found, _ = cycles_of(["2018-06-29"], check_cycle(("2017-07-01", "2022-06-30")))
    assert "begins at the first row" in found[0].note and "ends at the last row" in found[0].note


def test_a_deadline_that_the_sample_does_not_reach_is_refused():
    _, refused = cycles_of([*DEADLINES, "2022-06-30"])
    assert any(label == "2022-06-30" and "sample ends" in reason for _, label, reason in refused)
    _, refused = cycles_of(["2017-06-30", *DEADLINES])
    assert any("before the first row" in reason for _, _, reason in refused)
    far = {
        label: reason for _, label, reason in cycles_of([*DEADLINES, "2049-06-30", "2050-06-30"])[1]
    }
    assert "sample ends" in far["2049-06-30"] and "after the last row" in far["2050-06-30"]


def test_problems_of_a_cycle_have_their_reason():
    early = cycles_of(["2018-01-01"], check_cycle(("2018-01-01", "2018-12-31")))[0][0]
    assert "longer than the 1" in early.problem(5)
    weekend = cycles_of(["2018-07-01"], check_cycle(("2018-01-01", "2018-12-31")), "calendar")[0][0]
    assert "no open day in the window" in weekend.problem(2)
    before = VOLUME.loc["2018-03-01":]
    span = check_cycle(("2018-01-01", "2018-12-31"))
    late = cut(before, "x", ["2018-02-01"], span, "open", "final")[0][0]
    assert "before its first open day" in late.problem(5)
    silent = cut(0 * VOLUME, "x", DEADLINES, "compliance", "open", "final")[0][0]
    assert silent.problem(5) == "no volume"


def test_published_deadlines_are_looked_up_by_name():
    found, _ = cycles_of(None, market="shanghai")
    assert [c.label for c in found] == ["2018", "2019"] or found[-1].label == "2020"
    assert str(found[-1].deadlines[0].date()) == "2021-09-30"
    assert found[-1].deadline_kind == "final" and found[-1].verified == "yes"
    statutory = {
        c.label: c.deadlines[0] for c in cycles_of(None, market="shanghai", which="statutory")[0]
    }
    assert str(statutory["2020"].date()) == "2021-06-30"


def test_deadlines_are_sorted_and_counted_once():
    given = ["2021-06-30", pd.Timestamp("2020-06-30 17:00"), "2021-06-30"]
    assert [str(d.date()) for d in parse_deadlines(given)] == ["2020-06-30", "2021-06-30"]
    assert parse_deadlines("2021-06-30") == [pd.Timestamp("2021-06-30")]


@pytest.mark.parametrize("wrong", ["June", 20210630, [None], ["2021-02-30"], ["2021-06"]])
def test_what_is_no_date_is_refused(wrong):
    with pytest.raises(SpecificationError, match="no date"):
        parse_deadlines(wrong)


def test_no_deadlines_at_all_are_refused():
    with pytest.raises(DeadlineError, match="empty"):
        parse_deadlines([])


@pytest.mark.parametrize("wrong", ["year", ("2021-01-01",), ("2021-01-01", "2020-01-01"), 3])
def test_what_is_no_cycle_is_refused(wrong):
    with pytest.raises(SpecificationError):
        check_cycle(wrong)


def test_reasons_are_gathered():
    items = [("a", "1", "late."), ("a", "2", "late"), ("b", "", "empty")]
    assert reasons(items, True, "Left out: ") == [
        "Left out: a 1, a 2: late.",
        "Left out: b: empty.",
    ]
    assert reasons(items[:2], False) == ["1, 2: late."]
