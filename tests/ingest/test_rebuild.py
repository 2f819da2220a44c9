"""Processed tables brought up to date: what is read again, and that the result is the same."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest
from ingest_samples import BY_NAME
from test_folder import FEW, fill

import carbonlink as cl
from carbonlink.errors import DataError, OutputError, SpecificationError
from carbonlink.ingest import earlier as past
from carbonlink.ingest import folder as folders
from carbonlink.ingest.folder import read_folder
from carbonlink.ingest.rebuild import rebuild
from carbonlink.report import quick

OWN = "date,market,close,volume\n2024-01-02,cea,{price},1000\n"


@pytest.fixture
def folder(tmp_path):
    made = fill(tmp_path / "files", FEW)
    (made / "bad.csv").write_text("who,knows\n1,2\n")
    return made


@pytest.fixture
def out(tmp_path):
    return tmp_path / "processed"


def content(out):
    return {p.name: p.read_bytes() for p in out.iterdir()}


def read_again(monkeypatch, folder, out, **options):
    """The files that a run opens."""
    opened = []
    real = folders.read_file

    def watched(path, **asked):
        opened.append(path.name)
        return real(path, **asked)

    with monkeypatch.context() as patched:
        patched.setattr(folders, "read_file", watched)
        rebuild(folder, out, **options)
    return opened


def test_only_what_changed_is_read_again_and_the_tables_are_those_of_a_fresh_run(
    folder, out, tmp_path, monkeypatch
):
    rebuild(folder, out)
    assert read_again(monkeypatch, folder, out) == []
    assert len(read_again(monkeypatch, folder, out, fresh=True)) == len(FEW) + 1
    (folder / "own.csv").write_text(OWN.format(price=79.42))
    (folder / "new.csv").write_text(OWN.format(price=79.43))
    (folder / "gz_english.csv").unlink()
    assert read_again(monkeypatch, folder, out) == ["new.csv", "own.csv"]
    rebuild(folder, tmp_path / "fresh", fresh=True)
    assert content(out) == content(tmp_path / "fresh")
    assert "guangdong.csv" not in content(out)


def test_what_the_register_says_of_a_file_reads_it_again(folder, out, monkeypatch):
    rebuild(folder, out)
    register = folder / "SOURCES.csv"
    register.write_text(register.read_text().replace("ccer.json,ccer", "ccer.json,sichuan"))
    assert quick.unchanged(folder, out) is None
    assert read_again(monkeypatch, folder, out) == ["ccer.json"]
    register.write_text(register.read_text() + "bad.csv,cea,\n")
    assert read_again(monkeypatch, folder, out) == ["bad.csv"]


def test_other_reading_code_or_libraries_read_everything_again(folder, out, monkeypatch):
    rebuild(folder, out)
    monkeypatch.setattr(past, "readers", lambda: "sha256:other")
    assert past.earlier(out) is None
    assert len(read_again(monkeypatch, folder, out)) == len(FEW) + 1


def test_a_table_that_was_changed_by_hand_is_made_again(folder, out, monkeypatch):
    rebuild(folder, out)
    before = content(out)
    table = out / "cea.csv"
    table.write_bytes(table.read_bytes().replace(b"2", b"3", 1))
    assert quick.unchanged(folder, out) is None
    opened = read_again(monkeypatch, folder, out)
    assert {"wind.csv", "icap_old.csv"} <= set(opened) and "gz_english.csv" not in opened
    assert content(out) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"resources": 1}', '{"made_with": {}}'])
def test_a_package_that_was_changed_by_hand_is_not_built_upon(folder, out, monkeypatch, text):
    rebuild(folder, out)
    before = content(out)
    (out / "datapackage.json").write_text(text)
    assert len(read_again(monkeypatch, folder, out)) == len(FEW) + 1
    assert content(out) == before


def test_a_path_that_leads_outside_is_not_followed(folder, out, tmp_path):
    rebuild(folder, out)
    (tmp_path / "secret.csv").write_text("x\n")
    package = json.loads((out / "datapackage.json").read_text())
    package["resources"][0].update(path="../secret.csv", hash=past.digest(b"x\n"))
    package["resources"][0].update(head=2, parts=[])
    (out / "datapackage.json").write_text(json.dumps(package))
    found = past.earlier(out)
    assert "../secret.csv" not in found.contents and not found.whole


def test_a_run_that_stops_half_way_leaves_whole_files(folder, out, monkeypatch):
    rebuild(folder, out)
    before = content(out)
    (folder / "wind.csv").write_bytes(BY_NAME["wind.csv"].content + b"\n")
    (folder / "own.csv").write_text(OWN.format(price=79.42))
    import carbonlink.artifacts as artifacts

    real, calls = artifacts.os.replace, []

    def stops(*names):
        calls.append(names)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(*names)

    with monkeypatch.context() as patched:
        patched.setattr(artifacts.os, "replace", stops)
        with pytest.raises(OutputError, match="No space left"):
            rebuild(folder, out)
    after = content(out)
    assert set(after) == set(before), "no temporary file stays behind"
    assert after["datapackage.json"] == before["datapackage.json"]
    assert sum(after[name] != before[name] for name in after) <= 1
    rebuild(folder, out)
    assert len(pd.read_csv(out / "cea.csv")) and past.earlier(out).whole


def test_a_killed_writer_leaves_the_old_file(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")
    code = (
        "import os, sys\nfrom carbonlink import artifacts\n"
        "artifacts.os.replace = lambda *names: os._exit(9)\n"
        "artifacts.write_text(sys.argv[1], 'new')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(target)], check=False)
    assert done.returncode == 9 and target.read_text() == "old"


def test_days_and_intervals_of_one_market_stand_in_one_form(folder, out, tmp_path):
    rebuild(folder, out)
    clock = "date,market,close\n2024-01-02 00:15,cea,80\n2024-01-02 00:30,cea,81\n"
    (folder / "clock.csv").write_text(clock)
    rebuild(folder, out)
    rebuild(folder, tmp_path / "fresh", fresh=True)
    assert content(out) == content(tmp_path / "fresh")
    dates = pd.read_csv(out / "cea.csv")["date"]
    assert dates.str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()


def test_nothing_changed_is_said_without_loading_pandas(folder, out):
    code = (
        "import sys\nfrom carbonlink.cli import main\n"
        f"main(['data', '--raw', {str(folder)!r}, '--out', {str(out)!r}])\n"
        "print('pandas' in sys.modules)\n"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert "Read 7 of 7 files" in runs[0].stdout and runs[0].stdout.endswith("True\n")
    assert "Nothing changed" in runs[1].stdout and runs[1].stdout.endswith("False\n")


def test_two_files_of_one_name_are_two_sources(tmp_path, out):
    raw = tmp_path / "files"
    for part, price in (("wind", 70.0), ("exchange", 71.0)):
        (raw / part).mkdir(parents=True)
        (raw / part / "cea.csv").write_text(OWN.format(price=price))
    reading = read_folder(raw)
    ledger = reading.ledger()
    assert ledger["file"].tolist() == ["exchange/cea.csv", "wind/cea.csv"]
    panel = cl.load("cea", raw=raw)
    assert panel.sources_of["cea"].startswith("exchange/cea.csv ")
    assert panel.ledger.set_index("file")["used_for"].to_dict() == {
        "exchange/cea.csv": "cea",
        "wind/cea.csv": "",
    }
    assert panel.tidy["source"].unique().tolist() == ["exchange/cea.csv"]
    other = cl.load("cea", raw=raw, prefer={"cea": "wind/cea.csv"})
    assert other.prices()["cea"].tolist() == [70.0]
    with pytest.raises(SpecificationError, match="matches 2 files. Name one of: exchange/cea.csv"):
        cl.load("cea", raw=raw, prefer={"cea": "cea.csv"})
    rebuild(raw, out)
    table = pd.read_csv(out / "cea.csv")
    assert table["source"].tolist() == ["exchange/cea.csv", "wind/cea.csv"]
    key = ["market", "product", "vintage", "trade", "date", "source"]
    assert not table.duplicated(key).any()


def test_the_package_has_units_licences_and_lineage(folder, out):
    register = folder / "SOURCES.csv"
    rows = register.read_text().replace("path,market,publisher", "path,market,publisher,licence")
    register.write_text(rows.replace("ember.csv,,", "ember.csv,,Ember,CC-BY-4.0 (Ember)"))
    rebuild(folder, out)
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    by_path = {r["path"]: r for r in package["resources"]}
    national = by_path["cea.csv"]
    units = {f["name"]: f.get("unit") for f in national["schema"]["fields"]}
    assert (units["close"], units["volume"], units["value"]) == ("yuan/t", "tCO2e", "CNY")
    assert all(f["description"] for f in national["schema"]["fields"])
    hashes = {s["path"]: s["hash"] for s in package["sources"]}
    assert all(hashes[s["path"]] == s["hash"] for s in national["sources"])
    european = next(r for r in package["resources"] if r["sources"][0]["path"] == "ember.csv")
    assert european["licenses"] == [{"name": "CC-BY-4.0", "title": "CC-BY-4.0 (Ember)"}]
    assert "licenses" not in national
    assert [n["path"] for n in package["not_used"]] == ["bad.csv"]


def test_a_folder_in_which_no_file_can_be_used(tmp_path, out):
    raw = tmp_path / "files"
    raw.mkdir()
    (raw / "bad.csv").write_text("who,knows\n1,2\n")
    for _ in range(2):
        with pytest.raises(DataError, match="No file in .* can be used; bad.csv: No reader knows"):
            rebuild(raw, out)
    assert not out.exists()
