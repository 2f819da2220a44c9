"""The exhibits on event time and on deadline against season say what their numbers are."""

from __future__ import annotations

from pathlib import Path

import pytest

import carbonlink as cl
from carbonlink.report import exhibits
from carbonlink.report.study import Study

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


@pytest.fixture(scope="module")
def study():
    return Study(cl.load(["cea", "guangdong", "hubei", "shanghai"], raw=RAW), draws=99)


def test_profiles_around_deadlines(study):
    shown = exhibits.EXHIBITS["event_profiles"][1](study)
    table = shown.table[shown.table["outcome"].eq("volume")]
    top = table[~table["bin"].isin(["1 to 10", "11 to 20"])]["times"].max()
    assert f"peaks at {top:.1f} times" in shown.takeaway
    assert set(shown.table["outcome"]) == {"volume", "has_trade", "abs_return", "block_share"}
    assert len(shown.figure.axes) == 4 and shown.synthetic
    assert any("with month effects too" in note for note in shown.notes)


def test_deadline_or_season(study):
    shown = exhibits.EXHIBITS["deadline_or_season"][1](study)
    clocks, moved, bunch = shown.results
    assert f"accounts for {100 * clocks.compliance_share:.0f} %" in shown.takeaway
    assert f"{abs(100 * moved.gain):.0f} points" in shown.takeaway
    assert f"{bunch.days:.0f} days of normal volume" in shown.takeaway
    assert set(shown.table["design"]) == {"two clocks", "moved deadlines", "bunching"}
    assert shown.synthetic and len(shown.figure.axes) == 3


def test_what_cannot_be_asked_is_named():
    one = Study(cl.load(["cea"], raw=RAW), draws=99)
    shown = exhibits.EXHIBITS["deadline_or_season"][1](one)
    assert any("one clock" in note for note in shown.notes)
    assert any(note.startswith("Moved deadlines: No moved deadline") for note in shown.notes)
    assert "days of normal volume" in shown.takeaway
    with pytest.raises(cl.CarbonlinkError):
        exhibits.EXHIBITS["event_profiles"][1](Study(cl.load(["gec"], raw=RAW), draws=99))


@pytest.mark.parametrize("key", ["event_profiles", "deadline_or_season"])
def test_their_tables_print(study, key):
    from carbonlink.report.tables import html_table

    shown = exhibits.EXHIBITS[key][1](study)
    printed = html_table(shown, "caption")
    assert "<table" in printed and printed.count("<tr") > len(shown.table)
