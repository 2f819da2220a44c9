"""The frame check names what it refuses and changes nothing it is given."""

import numpy as np
import pandas as pd
import pytest

from carbonlink.errors import DataError
from carbonlink.models.frames import check_frame, check_series, listed

DAYS = pd.date_range("2024-01-01", periods=6, freq="D")


def frame(**columns):
    return pd.DataFrame(columns or {"a": np.arange(6.0), "b": np.ones(6)}, index=DAYS)


def test_a_good_frame_comes_back_as_a_float_copy():
    given = frame(a=np.arange(6), b=[1.0, np.nan, 2, 3, 4, 5])
    before = given.copy()
    checked = check_frame(given)
    checked.iloc[0, 0] = 99
    pd.testing.assert_frame_equal(given, before)
    assert {k.name for k in checked.dtypes} == {"float64"} and checked["b"].isna().sum() == 1


def test_nullable_and_boolean_columns_become_floats():
    given = frame(a=pd.array([1, None, 3, 4, 5, 6], dtype="Int64"), b=[True, False] * 3)
    assert check_frame(given)["a"].isna().tolist() == [False, True] + [False] * 4


def test_a_series_keeps_its_name_and_text_dates_become_dates():
    series = pd.Series(np.arange(6), index=DAYS.strftime("%Y-%m-%d"), name="cea")
    checked = check_frame(series)
    assert list(checked) == ["cea"] and isinstance(checked.index, pd.DatetimeIndex)
    assert check_series(series).name == "cea"


def test_duplicate_dates_are_named():
    given = frame()
    given.index = DAYS[[0, 1, 1, 2, 3, 4]]
    with pytest.raises(DataError, match="more than one row for 2024-01-02"):
        check_frame(given, "returns")


def test_unsorted_dates_are_named():
    with pytest.raises(DataError, match="in date order: later dates come before 2024-01-01"):
        check_frame(frame().iloc[[1, 0, 2, 3, 4, 5]], "returns")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (frame(a=list("abcdef"), b=np.ones(6)), "no numbers: a"),
        (frame(date=DAYS, b=np.ones(6)), r"set_index\('date'\)"),
        (frame(a=[1, 2, np.inf, 4, 5, 6], b=np.ones(6)), "a on 2024-01-03"),
        (frame().iloc[:0], "0 rows"),
        (frame().set_axis(["a", "a"], axis=1), "two columns named a"),
        (frame().set_axis(list("uvwxyz")), "not all dates"),
        (frame().set_axis([pd.NaT, *DAYS[1:]]), "1 rows without a date"),
        ([1, 2, 3], "is a list"),
    ],
)
def test_unusable_frames_are_refused_by_name(given, words):
    with pytest.raises(DataError, match=words):
        check_frame(given, "returns")


def test_a_series_check_refuses_two_columns():
    with pytest.raises(DataError, match="2 columns"):
        check_series(frame())


def test_long_lists_are_counted():
    assert listed("abcdefgh") == "a, b, c, d, e and 3 more"


def test_the_long_table_of_a_reading_is_sent_to_load():
    import carbonlink as cl

    long = pd.DataFrame(
        {"market": ["cea"], "date": pd.to_datetime(["2024-01-02"]), "close": [80.0]}
    )
    with pytest.raises(cl.DataError, match=r"long table.*cl\.load"):
        cl.aggregate(long, "W", "last")


def test_a_time_zone_is_dropped_unless_a_clock_change_repeats_an_hour():
    plain = frame()
    assert check_frame(plain.tz_localize("Asia/Shanghai")).index.equals(plain.index)
    hours = pd.date_range("2024-10-27", periods=5, freq="h", tz="Europe/Berlin")
    kept = check_frame(pd.Series(np.arange(5.0), hours, name="power"))
    assert kept.index.tz is not None and kept.index.is_unique
