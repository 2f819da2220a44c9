"""Deadlines and the cycles between them."""

from __future__ import annotations

import pandas as pd
import pytest

from carbonlink.errors import DeadlineError, SpecificationError, UnknownMarketError
from carbonlink.facts import calendar, compliance
from carbonlink.facts.published import published


def spans(cycles):
    return [(c.label, str(c.start.date()), str(c.end.date())) for c in cycles]


def test_the_national_market_surrenders_four_times_by_2025():
    kept, refused = compliance.cycles("cea", "2021-07-16", "2025-12-31")
    assert spans(kept) == [
        ("2019-2020", "2021-07-16", "2021-12-31"),
        ("2021-2022", "2022-01-01", "2023-12-31"),
        ("2023", "2024-01-01", "2024-12-31"),
        ("2024", "2025-01-01", "2025-12-31"),
    ]
    assert refused == ()
    assert kept[0].emission_years == (2019, 2020) and kept[0].deadline_kind == "final"
    assert "first cycle" in kept[0].note and "first cycle" not in kept[1].note


def test_two_emission_years_due_on_one_day_are_one_row():
    table = compliance.deadlines("cea").set_index("emission_years")
    assert list(table.index) == ["2019-2020", "2021-2022", "2023", "2024"]
    assert table.loc["2019-2020", "interim"] == pd.Timestamp("2021-12-15")
    assert table.loc["2021-2022", "interim"] == pd.Timestamp("2023-11-15")
    assert table.loc["2019-2020", "compliance_rate_pct"] == 99.5


def test_the_columns_have_the_same_types_for_every_market():
    for market in published("deadlines")["market"].unique():
        kinds = compliance.deadlines(market).dtypes
        assert all(
            kinds[c].kind == "M" for c in ("statutory", "announced", "interim", "final", "moved_on")
        )
        assert kinds["entities"].kind == kinds["compliance_rate_pct"].kind == "f"


def test_several_deadlines_of_one_year_stand_side_by_side():
    row = compliance.deadlines("chongqing").set_index("emission_years").loc["2013-2014"]
    dates = [str(row[c].date()) for c in ("statutory", "announced", "interim", "final")]
    assert dates == ["2015-06-20", "2015-06-20", "2015-06-23", "2015-07-23"]
    kept, _ = compliance.cycles("chongqing", "2014-06-19", "2016-12-30")
    assert spans(kept) == [("2013-2014", "2014-06-19", "2015-07-23")]


def test_a_moved_deadline_ends_the_cycle_and_starts_the_next():
    kept, _ = compliance.cycles("shanghai", "2013-11-26", "2023-06-30")
    found = {c.label: c for c in kept}
    assert str(found["2019"].end.date()) == "2020-10-30"
    assert str(found["2020"].start.date()) == "2020-10-31"
    assert [len(found[y].emission_years) for y in ("2019", "2020")] == [1, 1]
    rule, _ = compliance.cycles("shanghai", "2013-11-26", "2023-06-30", which="statutory")
    assert str({c.label: c for c in rule}["2019"].end.date()) == "2020-06-30"
    assert {c.deadline_kind for c in rule} == {"statutory"}


def test_a_cycle_without_its_own_or_previous_deadline_is_refused_not_merged():
    kept, refused = compliance.cycles("beijing", "2013-11-28", "2026-05-07")
    assert kept[-1].label == "2019" and str(kept[-1].end.date()) == "2020-10-31"
    reasons = dict(refused)
    assert all(str(year) in reasons for year in range(2020, 2026))
    assert "no deadline is known" in reasons["2020"]
    assert reasons["tail"].startswith("2020-11-01 to 2026-05-07")
    kept, refused = compliance.cycles("tianjin", "2013-12-26", "2021-06-30")
    assert spans(kept) == [
        ("2013", "2013-12-26", "2014-07-25"),
        ("2014", "2014-07-26", "2015-07-10"),
        ("2015", "2015-07-11", "2016-06-30"),
    ]
    assert "2018" in dict(refused)["2019"]


def test_the_days_of_notices_that_moved_deadlines_stand_beside_them():
    shanghai = compliance.deadlines("shanghai").set_index("emission_years")["moved_on"]
    assert shanghai.dropna().dt.strftime("%Y-%m-%d").to_dict() == {
        "2019": "2020-10-13",
        "2020": "2021-08-30",
        "2021": "2022-12-17",
    }
    moves = published("deadlines").query("moved_on.notna()")
    assert (moves["final"].fillna(moves["announced"]) > moves["moved_on"]).all()
    assert (moves["source"].str.strip() != "").all()


def test_a_deadline_moved_to_an_unknown_day_is_refused_but_the_announced_one_can_be_asked():
    kept, refused = compliance.cycles("hubei", "2014-04-02", "2018-05-31")
    assert [c.label for c in kept] == ["2017"]
    assert "not found" in dict(refused)["2015"] and "2015" in dict(refused)["2016"]
    asked, _ = compliance.cycles("hubei", "2014-04-02", "2018-05-31", which="announced")
    assert [c.label for c in asked] == ["2014", "2015", "2016", "2017"]
    assert "no notice" in kept[0].note


def test_the_statutory_chain_has_no_deadline_where_the_rule_has_none():
    _, refused = compliance.cycles("fujian", "2016-12-22", "2025-06-30", which="statutory")
    assert "no statutory deadline" in dict(refused)["2023"]


def test_hubeis_rule_of_the_last_working_day_of_may_holds_on_the_calendar():
    table = compliance.deadlines("hubei").dropna(subset=["statutory"])
    assert len(table) == 9
    make_up = set(calendar.holidays().query("kind == 'makeup_workday'")["date"])
    for day in table["statutory"]:
        month = pd.date_range(day.replace(day=1), day + pd.offsets.MonthEnd(0))
        working = calendar.sessions(month[0], month[-1], observed=make_up)
        assert day == working[-1]


def test_a_sample_that_begins_or_ends_inside_a_cycle_loses_it():
    _, refused = compliance.cycles("cea", "2022-03-01", "2024-12-31")
    assert "2022-03-01, 35 open days into" in dict(refused)["2021-2022"]
    kept, refused = compliance.cycles("cea", "2021-07-16", "2025-05-07")
    assert [c.label for c in kept][-1] == "2023"
    assert "before the deadline 2025-12-31" in dict(refused)["2024"]
    # The last session before Sunday 2023-12-31 was Friday 2023-12-29: the cycle is whole.
    kept, _ = compliance.cycles("cea", "2021-07-16", "2023-12-29")
    assert [c.label for c in kept] == ["2019-2020", "2021-2022"]


def test_the_first_cycle_begins_late_with_a_footnote_and_is_refused_when_mostly_missed():
    kept, _ = compliance.cycles("shanghai", "2013-12-19", "2014-06-30")
    assert spans(kept) == [("2013", "2013-12-19", "2014-06-30")]
    assert "17 open days at its start are not in the sample" in kept[0].note
    kept, refused = compliance.cycles("shanghai", "2014-04-01", "2014-06-30")
    assert kept == () and "into the cycle" in dict(refused)["2013"]


def test_cycles_of_a_sample_are_disjoint_and_ordered_for_every_market():
    for market in published("deadlines")["market"].unique():
        kept, _ = compliance.cycles(market, "2013-06-18", "2026-05-07")
        for one, two in zip(kept, kept[1:], strict=False):
            assert one.start <= one.end < two.start
        dates, unknown = compliance.due_dates(market)
        assert {c.deadline for c in kept} <= set(dates)
        assert not {y for c in kept for y in c.emission_years} & set(unknown)


def test_a_market_without_deadlines_is_refused_with_the_remedy():
    with pytest.raises(DeadlineError, match=r"for ccer\. .*deadlines\.csv"):
        compliance.cycles("ccer", "2024-01-22", "2025-12-31")
    with pytest.raises(DeadlineError, match="eua"):
        compliance.deadlines("EUA")
    with pytest.raises(UnknownMarketError):
        compliance.deadlines("nowhere")
    with pytest.raises(SpecificationError, match="'final', 'announced', 'statutory'"):
        compliance.cycles("cea", "2021-07-16", "2025-12-31", which="actual")


def test_deadlines_of_the_users_own_make_cycles():
    days = ["2021-06-30", "2020-06-30", "2020-06-30"]
    kept, refused = compliance.cycles_from_deadlines(days, "2019-09-02", "2022-03-31")
    assert spans(kept) == [
        ("2020-06-30", "2019-09-02", "2020-06-30"),
        ("2021-06-30", "2020-07-01", "2021-06-30"),
    ]
    assert "first session" in kept[0].note and kept[1].note == ""
    assert refused == (
        ("tail", "2021-07-01 to 2022-03-31: after the last known deadline, 2021-06-30"),
    )
    kept, refused = compliance.cycles_from_deadlines(days, "2020-07-01", "2021-03-31")
    assert kept == () and [label for label, _ in refused] == ["2021-06-30"]
    with pytest.raises(DeadlineError):
        compliance.cycles_from_deadlines([], "2020-01-01", "2021-01-01")


def test_an_interim_deadline_is_the_day_by_which_a_share_is_due():
    dates, unknown = compliance.due_dates("cea", "interim")
    assert dates.strftime("%Y-%m-%d").tolist()[:3] == ["2021-12-15", "2023-11-15", "2024-12-31"]
    assert not unknown
    kept, _ = compliance.cycles("cea", "2021-07-16", "2024-12-31", which="interim")
    assert [c.deadline_kind for c in kept] == ["interim", "interim", "final"]
    assert str(kept[2].start.date()) == "2023-11-16"
    # Chongqing's interim day of 2015 was a first extension, on which nothing became due
    dates, unknown = compliance.due_dates("chongqing", "interim")
    assert str(dates[0].date()) == "2015-07-23" and "not known" in unknown[2015]
