"""Implied prices show how far instruments lie apart; pass-through says what its controls miss."""

from __future__ import annotations

from pathlib import Path

import pytest

import carbonlink as cl
from carbonlink.report.exhibits.implied_prices import implied_files, implied_published
from carbonlink.report.exhibits.pass_through import fuel_notes, pass_through_rates
from carbonlink.report.study import Study

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def study():
    wanted = ["cea", "gec", "eur_zj", "electricity_gd", "eua", "electricity_deu"]
    return Study(cl.load(wanted, root=ROOT))


def test_the_sentence_is_the_last_months_dispersion(study):
    made = implied_files(study)
    table = made.results[0].dispersion()
    last = table[table["synthetic"] & table["period"].str.fullmatch(r"\d{4}-\d{2}")].iloc[-1]
    words = f"In {last['period']} the lowest of {last['n']} instruments is {last['least']:.1f}"
    assert words in made.takeaway
    assert f"coefficient of variation of {last['cv']:.2f}." in made.takeaway
    assert made.drawn["cv"].notna().sum() == table["period"].str.fullmatch(r"\d{4}-\d{2}").sum()
    below = made.figure.axes[1]
    assert below.get_ylabel() == "coefficient of variation"
    assert len(below.get_lines()[0].get_xdata()) + len(below.get_lines()[1].get_xdata()) == (
        made.drawn["cv"].notna().sum()
    )


def test_months_on_two_sides_of_a_definition_break_are_said_not_to_compare(study):
    assert "not to be compared with months before 2025-10" in implied_published(study).takeaway


def test_panels_have_one_title(study):
    made = pass_through_rates(study)
    assert {ax.get_title(loc="left") for ax in made.figure.axes} == {""}
    assert all("→" in ax.get_title() for ax in made.figure.axes)
    assert not any("NYMEX" in note for note in made.notes)


def test_the_american_gas_price_is_said_not_to_be_the_european_one():
    held, gas = fuel_notes(["eua", "electricity_deu", "nymex_gas"])
    assert "hold constant: NYMEX gas." in held and "not the European gas" in gas
