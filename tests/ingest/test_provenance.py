"""The register of raw files and the project's root."""

from __future__ import annotations

import os

import pytest
from ingest_samples import BY_NAME

from carbonlink.errors import DataError, RegistrationError
from carbonlink.ingest import provenance
from carbonlink.ingest.provenance import check_registered, find_root, load_register, register


@pytest.fixture
def project(tmp_path):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in ("hb.xlsx", "ember.csv"):
        register(BY_NAME[name].write(raw))
    return tmp_path


def test_register_records_hash_size_and_layout(project):
    rows = load_register(project / "data" / "raw")
    assert list(rows) == ["hb.xlsx", "ember.csv"]
    content = BY_NAME["ember.csv"].content
    assert rows["ember.csv"].layout == "ember"
    assert rows["ember.csv"].bytes == str(len(content))
    assert rows == check_registered(project)


def test_register_keeps_what_was_written_by_hand(project):
    file = project / "data" / "raw" / "ember.csv"
    register(file, publisher="Ember", licence="CC-BY-4.0")
    file.write_bytes(BY_NAME["ember.csv"].content + b"\n")
    register(file, market="")
    row = load_register(file.parent)["ember.csv"]
    assert (row.publisher, row.licence) == ("Ember", "CC-BY-4.0")
    assert row.bytes == str(file.stat().st_size)
    assert len(load_register(file.parent)) == 2


def test_a_changed_file_stops_the_run(project):
    file = project / "data" / "raw" / "ember.csv"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(RegistrationError, match="ember.csv .* changed") as caught:
        check_registered(project)
    assert f"carbonlink data --register {file}" in caught.value.remedy


def test_an_unregistered_file_stops_the_run(project):
    file = BY_NAME["wind.csv"].write(project / "data" / "raw")
    with pytest.raises(RegistrationError, match="wind.csv .* no row") as caught:
        check_registered(project)
    assert f"carbonlink data --register {file}" in caught.value.remedy
    register(file)
    assert len(check_registered(project)) == 3


def test_a_registered_file_that_is_gone(project):
    (project / "data" / "raw" / "hb.xlsx").unlink()
    with pytest.raises(RegistrationError, match="hb.xlsx"):
        check_registered(project)


def test_files_in_folders_below(project):
    below = project / "data" / "raw" / "wind"
    below.mkdir()
    register(BY_NAME["wind.csv"].write(below))
    assert "wind/wind.csv" in check_registered(project)


def test_what_is_no_raw_file(project, tmp_path):
    raw = project / "data" / "raw"
    (raw / "README.md").write_text("x")
    (raw / ".hidden").write_text("x")
    outside = tmp_path / "outside.csv"
    outside.write_text("x")
    os.symlink(outside, raw / "link.csv")
    files, notes = provenance.raw_files(raw)
    assert [f.name for f in files] == ["ember.csv", "hb.xlsx"]
    assert notes == ["link.csv is a link that leads outside raw; not read."]


def test_register_takes_only_raw_files_and_known_columns(project, tmp_path):
    with pytest.raises(DataError, match="not below a folder data/raw"):
        register(BY_NAME["wind.csv"].write(tmp_path))
    with pytest.raises(DataError, match="There is no file"):
        register(project / "data" / "raw" / "absent.csv")
    with pytest.raises(DataError, match="no column owner"):
        register(project / "data" / "raw" / "ember.csv", owner="me")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,market\na.csv,cea\n", "no column path"),
        ("path\na.csv\na.csv\n", "two rows for a.csv"),
        ("", "not a csv table"),
    ],
)
def test_registers_that_cannot_be_used(tmp_path, text, words):
    (tmp_path / "SOURCES.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        load_register(tmp_path)


def test_the_root_is_the_nearest_project_upwards(project, monkeypatch, tmp_path):
    deep = project / "notebooks" / "old"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert find_root() == project
    assert find_root(project) == project
    with pytest.raises(DataError, match="no folder data/raw"):
        find_root(deep)


def test_no_project_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="carbonlink init"):
        find_root()


def test_synthetic_rows():
    assert provenance.Source(path="a", publisher="carbonlink.demo").synthetic
    assert provenance.Source(path="a", note="Synthetic demonstration data").synthetic
    assert not provenance.Source(path="a", publisher="Wind", note="synthetic").synthetic


def test_a_workbook_that_is_open_in_a_spreadsheet_is_no_second_file(project):
    (project / "data" / "raw" / "~$hb.xlsx").write_bytes(b"lock")
    assert list(check_registered(project)) == ["hb.xlsx", "ember.csv"]


def test_a_changed_file_is_named_in_one_sentence(project):
    (project / "data" / "raw" / "ember.csv").write_text("other")
    with pytest.raises(RegistrationError, match=r"ember.csv in .* has changed since registration"):
        check_registered(project)
