"""Printed tables: units in headings, numbers to the right, nothing invented for a missing cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonlink.report.exhibit import Exhibit
from carbonlink.report.tables import cell, html_table, printed, tex_table


@pytest.fixture
def exhibit():
    table = pd.DataFrame(
        {
            "market": ["Hubei", "A & B <x>"],
            "tonnes": [4103953.0, np.nan],
            "p": [0.00001, 0.25],
            "day": pd.to_datetime(["2021-07-16", None]),
            "hidden": [1, 2],
        }
    )
    headings = {"market": "Market", "tonnes": "Volume (t)", "p": "p-value", "day": "Day"}
    formats = {"tonnes": ",.0f", "p": "p"}
    return Exhibit(
        key="x",
        title="Volumes of 2 % and more",
        table=table,
        headings=headings,
        formats=formats,
        synthetic=("hubei",),
        notes=("Half & half.",),
        sources=("a_b.csv",),
    )


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (-0.001, "+.2f", "0.00"),
        (-0.006, "+.2f", "-0.01"),
        (4.57e102, ",.2f", "4.57e+102"),
        (178.789123, ".6g", "178.789"),
        (4103953, ",.0f", "4,103,953"),
        (np.nan, ",.0f", ""),
        (np.inf, "", "∞"),
        (-np.inf, ".2f", "−∞"),
        (0.00001, "p", "<0.0001"),
        (True, "", "yes"),
        (None, "", ""),
        (pd.NaT, "", ""),
        (pd.Timestamp("2021-07-16"), "", "2021-07-16"),
        (12, "", "12"),
        ("=1+1", "", "=1+1"),
    ],
)
def test_a_cell_is_printed_by_its_kind(value, form, shown):
    assert cell(value, form) == shown


def test_only_columns_with_a_heading_are_printed(exhibit):
    assert list(printed(exhibit).columns) == ["Market", "Volume (t)", "p-value", "Day"]
    assert printed(exhibit)["Volume (t)"].tolist() == ["4,103,953", ""]


def test_html_escapes_text_and_sets_numbers_to_the_right(exhibit):
    page = html_table(exhibit, "Table 1")
    assert "A &amp; B &lt;x&gt;" in page and "<x>" not in page
    assert '<td class="n">4,103,953</td>' in page and '<td class="t">Hubei</td>' in page
    assert page.count("<tr>") == 3 and "<caption>Table 1</caption>" in page


def test_latex_carries_mark_notes_and_sources(exhibit):
    text = tex_table(exhibit)
    assert "Synthetic demonstration data." in text
    assert r"Half \& half." in text and r"Source: a\_b.csv." in text
    assert r"\caption{Volumes of 2 \% and more}" in text and r"\label{tab:x}" in text
