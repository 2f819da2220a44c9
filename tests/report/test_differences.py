"""What counts as a difference between two tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink.report.differences import TOLERANCE, compare


def table(**columns):
    return pd.DataFrame({"name": ["a", "b", "c"], "x": [1.0, np.nan, 1e6], **columns})


def test_equal_tables_and_missing_cells_are_the_same():
    assert compare(table(), table(), "t.csv") == ""
    gaps = table(name=["a", None, "c"])
    assert compare(gaps, gaps.copy(), "t.csv") == ""
    assert "name in row 2" in compare(gaps, table(), "t.csv")


def test_numbers_may_differ_within_the_tolerance():
    near = table(x=[1 + 0.9 * TOLERANCE, np.nan, 1e6])
    assert compare(table(), near, "t.csv") == ""


def test_a_number_off_by_more_is_named_with_its_row():
    far = table(x=[1.0, np.nan, 1e6 * (1 + 3 * TOLERANCE)])
    found = compare(table(), far, "t.csv")
    assert found.startswith("t.csv: x in row 3 was 1000000.0, is 1000030.0")


def test_the_widest_difference_is_the_one_named():
    found = compare(table(), table(x=[1.001, np.nan, 2e6]), "t.csv")
    assert "row 3" in found


def test_noise_around_zero_is_no_difference():
    assert compare(table(x=[0.0, 1.0, 1e-17]), table(x=[1e-16, 1.0, -1e-17]), "t.csv") == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.assign(x=[1.0, 2.0, 1e6]), "x in row 2 was nan, is 2.0"),
        (lambda t: t.assign(name=["a", "b", "d"]), "name in row 3 was c, is d"),
        (lambda t: t.iloc[:2], "3 rows then, 2 now"),
        (lambda t: t.rename(columns={"x": "y"}), "the columns differ"),
    ],
)
def test_what_else_differs_is_said(change, said):
    assert said in compare(table(), change(table()).reset_index(drop=True), "t.csv")
