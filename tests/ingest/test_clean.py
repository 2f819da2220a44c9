"""Numbers and marks of missing values as printed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonlink.ingest.clean import number, numbers, without_dust


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("12", 12),
        (" 1,234,567.80 ", 1_234_567.8),
        ("１２，３４５．６", 12_345.6),
        ("2.1725E7", 21_725_000),
        ("-0.5", -0.5),
        ("−0.5", -0.5),
        ("157.49K", 157_490),
        ("86.20M", 86_200_000),
        ("3.2万吨", 32_000),
        ("1.5亿元", 150_000_000),
        ("500吨", 500),
        ("¥70.5", 70.5),
        (".5", 0.5),
        ("(100)", -100),
        ("（1,234.50）", -1_234.5),
        ("( 3.2万 )", -32_000),
        ("(0)", 0),
        (7, 7),
        (np.float64(2.5), 2.5),
    ],
)
def test_number_as_printed(printed, value):
    assert number(printed) == value


@pytest.mark.parametrize("printed", ["", " ", "\u3000", "-", "--", "—", "#N/A", "n/a", None, "NaN"])
def test_marks_of_a_missing_value(printed):
    assert np.isnan(number(printed))


@pytest.mark.parametrize(
    "printed",
    [
        "12x",
        "1,23",
        "1.2.3",
        "0x10",
        "1_000",
        "inf",
        "1e999",
        "12%",
        True,
        "=1+1",
        "(-5)",
        "()",
        "(-)",
        "5)",
        "((5))",
    ],
)
def test_what_is_no_number(printed):
    assert number(printed) is None
    values, bad = numbers(pd.Series([printed, "1"], dtype=object))
    assert bad.tolist() == [True, False] and np.isnan(values[0]) and values[1] == 1


def test_a_column_agrees_with_its_cells():
    cells = pd.Series(["1", "2.50", "1,000", "--", 3, 4.5, "x", None, "3K"], dtype=object)
    values, bad = numbers(cells)
    np.testing.assert_array_equal(values, [1, 2.5, 1000, np.nan, 3, 4.5, np.nan, np.nan, 3000])
    assert np.flatnonzero(bad).tolist() == [6]


HOSTILE = st.one_of(
    st.text(alphabet="0123456789.,+-−eE_ \n\u3000１％()（）KM万infa#N/A", max_size=8),
    st.sampled_from(["", " ", "--", "1e0001", "1e999", "-0", "1_000", "1\n2", "1-2", "٣", "nan"]),
    st.floats(),
    st.integers(),
    st.sampled_from([None, True, 10**400, np.float64(2.5), np.int64(3), pd.NaT]),
)
PLAIN = st.one_of(st.just(""), st.from_regex(r"[+-]?[0-9]{1,7}(\.[0-9]{0,3})?([eE]-?[0-9]{1,3})?"))


@given(st.lists(PLAIN, max_size=12), st.lists(HOSTILE, max_size=3))
def test_a_column_read_at_once_is_what_its_cells_are_one_by_one(plain, hostile):
    cells = pd.Series([*plain, *hostile], dtype=object)
    found = [number(cell) for cell in cells]
    values, bad = numbers(cells)
    np.testing.assert_array_equal(values, without_dust(np.array(found, dtype=float)))
    assert bad.tolist() == [value is None for value in found]


def test_single_precision_dust_is_taken_off():
    dusty = np.array([29.420000076293945, 30.739999771118164, 900.719970703125, 24.7549991607666])
    np.testing.assert_array_equal(without_dust(dusty), [29.42, 30.74, 900.72, 24.755])


def test_printed_single_precision_dust_is_taken_off_every_price():
    prices = np.arange(100, 20_000) / 100
    printed = pd.Series([repr(float(np.float32(p))) for p in prices], dtype=object)
    values, bad = numbers(printed)
    assert not bad.any()
    np.testing.assert_array_equal(values, prices)


def test_long_decimals_are_read_to_the_last_digit():
    exact = np.random.default_rng(0).random(5_000)
    values, _ = numbers(pd.Series([repr(float(v)) for v in exact], dtype=object))
    np.testing.assert_array_equal(values, exact)


def test_numbers_that_are_no_dust_stay():
    values = np.array([123456784.0, 0.1234567891, 1e12 + 0.5, 0.3, np.nan, 2.0**-7])
    np.testing.assert_array_equal(without_dust(values), values)


@given(st.decimals(min_value=0, max_value=10**5, places=2))
def test_a_price_stored_in_single_precision_comes_back(price):
    stored = float(np.float32(float(price)))
    assert round(without_dust(np.array([stored]))[0], 2) == pytest.approx(float(price), abs=0.011)
    if price < 1000:
        assert without_dust(np.array([stored]))[0] == float(price)


@pytest.mark.parametrize("text", ["#N/A N/A", "#N/A", "--", "无", " - "])
def test_marks_of_a_missing_value_are_missing_numbers(text):
    values, bad = numbers(pd.Series([text], dtype=object))
    assert np.isnan(values[0]) and not bad[0]
