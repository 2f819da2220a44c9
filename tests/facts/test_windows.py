"""Windows before deadlines and event time, counted in open days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink.errors import DataError, SpecificationError
from carbonlink.facts import calendar, compliance

DAYS = calendar.sessions("2022-01-01", "2024-12-31")
DUE = [pd.Timestamp("2022-12-30"), pd.Timestamp("2023-12-31"), pd.Timestamp("2024-06-30")]


def test_a_window_has_its_number_of_open_days_and_ends_at_the_last_one_by_the_deadline():
    mask = compliance.window_mask(DAYS, DUE, 20)
    assert mask.sum() == 60
    for due in DUE:
        inside = DAYS[mask & (DAYS <= due) & (DAYS > due - pd.Timedelta(days=60))]
        assert len(inside) == 20
        assert inside[-1] == DAYS[DAYS <= due][-1]
    assert DAYS[mask & (DAYS <= DUE[1])][-1] == pd.Timestamp("2023-12-29")


def test_a_window_in_calendar_days_is_the_days_of_that_span():
    mask = compliance.window_mask(DAYS, [DUE[1]], 10, days="calendar")
    expected = (DAYS >= "2023-12-22") & (DAYS <= "2023-12-31")
    assert (mask == expected).all() and 0 < mask.sum() < 10


def test_windows_that_overlap_are_one_set_of_days():
    pair = ["2023-12-22", "2023-12-29"]
    both = compliance.window_mask(DAYS, pair, 10)
    each = [compliance.window_mask(DAYS, [day], 10) for day in pair]
    assert (both == (each[0] | each[1])).all() and both.sum() == 15


def test_a_deadline_after_the_sample_marks_only_the_days_its_window_reaches():
    cut = DAYS[DAYS <= "2023-12-15"]
    whole = compliance.window_mask(DAYS, [DUE[1]], 20)
    assert (compliance.window_mask(cut, [DUE[1]], 20) == whole[: len(cut)]).all()
    assert not compliance.window_mask(cut, ["2024-12-31"], 20).any()
    early = compliance.window_mask(DAYS, ["2021-12-31"], 20)
    assert not early.any()


def test_interim_deadlines_count_only_when_given():
    table = compliance.deadlines("cea").set_index("emission_years")
    interim = table.loc["2021-2022", "interim"]
    final_only = compliance.window_mask(DAYS, [DUE[1]], 10)
    assert not final_only[DAYS == interim].any()
    assert compliance.window_mask(DAYS, [interim, DUE[1]], 10)[DAYS == interim].all()


def test_days_to_the_deadline_count_down_to_nought_and_end():
    count = compliance.days_to_deadline(DAYS, DUE)
    assert (count[np.isin(DAYS, ["2022-12-30", "2023-12-29", "2024-06-28"])] == 0).all()
    inside = compliance.window_mask(DAYS, DUE, 20)
    assert (inside == (count <= 19)).all()
    assert np.isnan(count[DAYS > DUE[-1]]).all() and not np.isnan(count[DAYS <= DUE[-1]]).any()


def test_event_time_is_negative_before_and_positive_after():
    tau = compliance.event_time(DAYS, DUE, before=60, after=20)
    deadline = int(np.flatnonzero(DAYS == "2023-12-29")[0])
    assert tau[deadline - 60 : deadline + 21].tolist() == list(range(-60, 21))
    assert np.isnan(tau[deadline + 21]) and np.isnan(tau[deadline - 61])
    count = compliance.days_to_deadline(DAYS, DUE)
    assert (tau[count <= 60] == -count[count <= 60]).all()


def test_a_mask_does_not_depend_on_the_order_of_the_deadlines():
    assert (
        compliance.window_mask(DAYS, DUE, 15) == compliance.window_mask(DAYS, DUE[::-1], 15)
    ).all()


@pytest.mark.parametrize(
    ("sessions", "window", "days", "error"),
    [
        (DAYS[::-1], 10, "open", DataError),
        (DAYS[[0, 1, 1, 2]], 10, "open", DataError),
        (DAYS, 0, "open", SpecificationError),
        (DAYS, 2.5, "open", SpecificationError),
        (DAYS, True, "open", SpecificationError),
        (DAYS, 10, "trading", SpecificationError),
    ],
)
def test_wrong_input_is_refused(sessions, window, days, error):
    with pytest.raises(error):
        compliance.window_mask(sessions, DUE, window, days)


def test_no_sessions_give_no_days():
    assert compliance.window_mask(DAYS[:0], DUE, 10).shape == (0,)
    assert compliance.days_to_deadline(DAYS[:0], DUE).shape == (0,)
