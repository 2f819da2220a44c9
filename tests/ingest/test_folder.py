"""A folder of raw files, and what is written of it."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest
from ingest_samples import BY_NAME, SAMPLES

from carbonlink.errors import DataError, OutputError, RegistrationError
from carbonlink.ingest.folder import LEDGER, read_folder
from carbonlink.ingest.processed import write_processed

FEW = [
    BY_NAME[name]
    for name in ("wind.csv", "ember.csv", "own.csv", "ccer.json", "gz_english.csv", "icap_old.csv")
]


def fill(raw, samples):
    raw.mkdir()
    rows = ["path,market,publisher"]
    for sample in samples:
        sample.write(raw)
        rows.append(f"{sample.name},{sample.market or ''},")
    (raw / "SOURCES.csv").write_text("\n".join(rows) + "\n")
    return raw


@pytest.fixture
def folder(tmp_path):
    return fill(tmp_path / "files", FEW)


def test_every_file_is_read(tmp_path):
    reading = read_folder(fill(tmp_path / "all", SAMPLES))
    assert [r.path.name for r in reading.readings] == sorted(s.name for s in SAMPLES)
    assert reading.failures == () and not reading.registered
    counted = reading.ledger().set_index("file")
    for sample in SAMPLES:
        assert counted.loc[sample.name, "kept"] == sample.kept
        assert counted.loc[sample.name, "quarantined"] == sample.quarantined
    assert (counted["rows"] == counted["kept"] + counted["quarantined"] + counted["declared"]).all()
    assert len(reading.quarantine()) == sum(s.quarantined for s in SAMPLES)
    assert list(reading.quarantine()) == ["source", "row", "reason", "cells"]


def test_one_bad_file_is_a_row_with_its_reason(folder):
    (folder / "bad.csv").write_text("who,knows\n1,2\n")
    (folder / "paper.pdf").write_bytes(b"%PDF")
    BY_NAME["wind.csv"].write(folder)
    with (folder / "SOURCES.csv").open("a") as register:
        register.write("wind2.csv,hubei,\n")
    (folder / "wind2.csv").write_bytes(BY_NAME["wind.csv"].content)
    reading = read_folder(folder)
    assert len(reading.readings) == len(FEW)
    reasons = {f.path.name: f.reason for f in reading.failures}
    assert "No reader knows" in reasons["bad.csv"] and ".pdf" in reasons["paper.pdf"]
    assert "cea" in reasons["wind2.csv"] and "hubei" in reasons["wind2.csv"]
    ledger = reading.ledger()
    assert tuple(ledger.columns) == LEDGER
    bad = ledger.set_index("file").loc["bad.csv"]
    assert bad["status"] == "not used" and len(bad["sha256"]) == 64 and bad["bytes"] > 0


def test_the_register_says_what_a_file_does_not(folder):
    reading = read_folder(folder)
    by_name = {r.path.name: r for r in reading.readings}
    assert by_name["ccer.json"].markets == ("ccer",)
    assert not any(r.synthetic for r in reading.readings)


def test_demonstration_data_are_marked(folder):
    text = (folder / "SOURCES.csv").read_text()
    (folder / "SOURCES.csv").write_text(text.replace("wind.csv,,", "wind.csv,,carbonlink.demo"))
    marked = {r.path.name for r in read_folder(folder).readings if r.synthetic}
    assert marked == {"wind.csv"}


def test_a_file_that_is_not_the_one_in_the_register_is_noted(folder):
    (folder / "SOURCES.csv").write_text("path,market,sha256\nember.csv,,abc\nwind.csv,,\n")
    assert "ember.csv is not the file registered in SOURCES.csv." in read_folder(folder).notes


def test_a_projects_own_files_must_be_registered(folder):
    with pytest.raises(RegistrationError, match="carbonlink data --register"):
        read_folder(folder, registered=True)


def test_folders_without_usable_files(tmp_path):
    with pytest.raises(DataError, match="There is no folder"):
        read_folder(tmp_path / "absent")
    with pytest.raises(DataError, match="holds no data files"):
        read_folder(tmp_path)
    (tmp_path / "bad.csv").write_text("who,knows\n1,2\n")
    with pytest.raises(DataError, match="No file in .* can be used; bad.csv: No reader knows"):
        read_folder(tmp_path)


def test_a_file_with_only_bad_rows_is_said_to_be_so(folder):
    (folder / "own2.csv").write_text("date,market,close\nx,cea,1\n")
    row = read_folder(folder).ledger().set_index("file").loc["own2.csv"]
    assert row["kept"] == 0 and "quarantined" in row["reason"]


def test_processed_tables_and_their_package(folder, tmp_path):
    reading = read_folder(folder)
    out = tmp_path / "processed"
    written = write_processed(reading, out)
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert written[-1].name == "datapackage.json"
    assert {p.name for p in out.iterdir()} == {p.name for p in written}
    for resource in package["resources"]:
        content = (out / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert content.decode().splitlines()[0] == ",".join(names)
    national = next(r for r in package["resources"] if r["name"] == "cea")
    assert [s["path"] for s in national["sources"]] == ["icap_old.csv", "wind.csv"]
    kept = sum(len(r.frame) for r in reading.readings)
    tables = [p for p in written if p.suffix == ".csv" and p.name != "quarantine.csv"]
    assert sum(len(pd.read_csv(p)) for p in tables) == kept
    assert len(pd.read_csv(out / "quarantine.csv")) == len(reading.quarantine())


def test_processed_tables_come_out_the_same_and_old_ones_go(folder, tmp_path):
    out = tmp_path / "processed"
    write_processed(read_folder(folder), out)
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    write_processed(read_folder(folder), out)
    assert first == {p.name: p.read_bytes() for p in out.iterdir()}
    (out / "mine.csv").write_text("x")
    (folder / "gz_english.csv").unlink()
    write_processed(read_folder(folder), out)
    assert not (out / "guangdong.csv").exists() and (out / "mine.csv").exists()


def test_quarantined_cells_are_no_formulas(folder, tmp_path):
    (folder / "own2.csv").write_text("date,market,close\n=1+1,cea,1\n")
    write_processed(read_folder(folder), tmp_path / "out")
    rows = pd.read_csv(tmp_path / "out" / "quarantine.csv")
    cells = rows.loc[rows["source"] == "own2.csv", "cells"].iat[0]
    assert cells == "'=1+1 | cea | 1"


def test_an_output_folder_that_cannot_be_written(folder, tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError):
        write_processed(read_folder(folder), tmp_path / "taken")
