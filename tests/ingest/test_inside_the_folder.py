"""No path outside the folder of raw files is followed, whoever names it."""

from __future__ import annotations

import pickle

import pytest

from carbonlink.errors import CarbonlinkError, DataError
from carbonlink.ingest.folder import read_folder

ROWS = "date,market,close\n2024-01-02,cea,80\n"


@pytest.fixture
def folder(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "project" / "data" / "raw"
    outside.mkdir()
    inside.mkdir(parents=True)
    (outside / "secret.csv").write_text(ROWS.replace("80", "99"))
    (inside / "own.csv").write_text(ROWS)
    return inside


def test_links_that_lead_outside_are_not_read(folder):
    secret = folder.parents[2] / "outside"
    (folder / "link.csv").symlink_to(secret / "secret.csv")
    (folder / "below").symlink_to(secret)
    (folder / "inner.csv").symlink_to(folder / "own.csv")
    reading = read_folder(folder)
    assert [r.path.name for r in reading.readings] == ["inner.csv", "own.csv"]
    assert all(99 not in r.frame["close"].tolist() for r in reading.readings)
    assert any("link.csv is a link that leads outside" in note for note in reading.notes)


@pytest.mark.parametrize("path", ["../../../outside/secret.csv", "/etc/passwd", "below/../own.csv"])
def test_the_register_cannot_name_a_file_elsewhere(folder, path):
    (folder / "SOURCES.csv").write_text(f"path,sha256,market\n{path},,hubei\n")
    reading = read_folder(folder)
    assert [r.path.name for r in reading.readings] == ["own.csv"]
    assert reading.readings[0].markets == ("cea",)
    with pytest.raises(CarbonlinkError):
        read_folder(folder, registered=True)


def test_a_pickle_is_no_table(folder):
    for name in ("a.pkl", "a.csv", "a.xlsx"):
        (folder / name).write_bytes(pickle.dumps({"date": [1], "close": [2]}))
    reading = read_folder(folder)
    assert {f.path.name for f in reading.failures} == {"a.pkl", "a.csv", "a.xlsx"}
    assert all(failure.reason for failure in reading.failures)


def test_a_workbook_with_macros_is_read_for_its_cells_alone(tmp_path):
    path = tmp_path / "a.xlsm"
    path.write_bytes(b"PK\x03\x04 macro")
    with pytest.raises(DataError, match="damaged"):
        read_folder(tmp_path)
