"""cl.read: the tidy frame, its attrs, the raw cells, the warning."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from ingest_samples import BY_NAME, EMBER_ROWS

import carbonlink as cl
from carbonlink.ingest import reading
from carbonlink.ingest.layouts.changes import percentages
from carbonlink.ingest.reading import read_file
from carbonlink.ingest.schema import COLUMNS


def test_frame_and_attrs(tmp_path):
    path = BY_NAME["gz_english.csv"].write(tmp_path)
    frame = cl.read(path)
    assert tuple(frame.columns) == COLUMNS
    assert frame.attrs["layout"] == "guangzhou"
    assert frame.attrs["source"] == path.name
    assert len(frame.attrs["sha256"]) == 64
    assert (frame.attrs["rows"], frame.attrs["kept"], frame.attrs["quarantined"]) == (3, 2, 0)
    assert frame.attrs["declared"] == {"header": 1}
    assert frame.attrs["quarantine"] == ()
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(frame)), frame)


def test_quarantined_rows_warn_and_the_rest_comes_back(tmp_path):
    path = BY_NAME["hb.xlsx"].write(tmp_path)
    with pytest.warns(cl.CarbonlinkWarning, match=r"1 of 7 rows .*row 6: volume is negative"):
        frame = cl.read(str(path))
    assert len(frame) == 3
    assert frame.attrs["quarantine"] == ((6, "volume is negative"),)


def test_attrs_stay_short(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "SHOWN", 2)
    with pytest.warns(cl.CarbonlinkWarning):
        frame = cl.read(BY_NAME["own.csv"].write(tmp_path))
    assert len(frame.attrs["quarantine"]) == 2 and frame.attrs["quarantined"] == 3


def test_raw_is_the_sheet_as_received(tmp_path):
    cells = cl.read(BY_NAME["ember.csv"].write(tmp_path), raw=True)
    assert cells.index.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert cells.loc[1].tolist() == EMBER_ROWS[0]
    assert cells.loc[3].tolist() == ["Germany", "DEU", "2015-01-01", "-12.5"]


def test_raw_of_a_file_that_no_reader_knows(tmp_path):
    (tmp_path / "a.csv").write_text("who,knows\n1,2\n")
    assert cl.read(tmp_path / "a.csv", raw=True).to_numpy().tolist() == [
        ["who", "knows"],
        ["1", "2"],
    ]
    with pytest.raises(cl.UnknownLayoutError):
        cl.read(tmp_path / "a.csv", raw=True, layout="ember")


def test_market_where_the_file_does_not_say(tmp_path):
    path = BY_NAME["spot.csv"].write(tmp_path)
    with pytest.raises(cl.DataError, match=r'cl\.read\("spot.csv", market="\.\.\."\)'):
        cl.read(path)
    assert set(cl.read(path, market="electricity_gd")["market"]) == {"electricity_guangdong"}


@pytest.mark.parametrize(("scale", "noted"), [(1, False), (1e-4, True), (1e4, True), (1.5, False)])
def test_units_that_cannot_be_right_are_noted(tmp_path, scale, noted):
    lines = [f"2024-01-{i:02d},cea,80,{1000 + i},{80 * (1000 + i) * scale}" for i in range(1, 9)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["date,market,close,volume,value", *lines]))
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        notes = cl.read(path).attrs["notes"]
    assert any("check the units" in note for note in notes) == noted
    assert any("check the units" in str(one.message) for one in given) == noted


def test_accounting_brackets_are_negative_numbers_and_meet_the_rule_for_them(tmp_path):
    head = "date,market,close,volume"
    rows = [
        "2024-01-02,hubei,40,（100）",
        "2024-01-03,hubei,40,100",
        "2024-01-04,electricity_sd,(12.5),",
    ]
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]), "utf-8")
    found = read_file(tmp_path / "a.csv")
    aside = found.quarantine.iloc[0]
    assert aside["row"] == 2 and len(found.quarantine) == 1
    said = "volume '（100）' in brackets reads as -100"
    assert aside["reason"] == f"volume is negative; {said}"
    assert found.frame.set_index("market")["close"].to_dict() == {
        "electricity_shandong": -12.5,
        "hubei": 40,
    }
    brackets = [note for note in found.notes if "accounting brackets" in note]
    assert len(brackets) == 2 and "1 of close (row 4: close '(12.5)'" in brackets[0]


def test_a_change_in_brackets_is_a_fall():
    cells = pd.Series(["(3.14%)", "(0.28)", "-0.28", "0.0914"], dtype=object)
    close = np.array([96.86, 99.72, 99.72, 109.14])
    found = percentages(cells, close, np.full(4, 100.0))
    np.testing.assert_allclose(found, [-3.14, -0.28, -0.28, 9.14])
