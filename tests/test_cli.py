"""The command line: exit statuses, one sentence an error, nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import carbonlink as cl
from carbonlink import demo
from carbonlink.cli import main

KEPT = ("demo_gec_tidy.csv", "demo_eua_wind_single.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    demo.write(folder / "data" / "raw")
    raw = folder / "data" / "raw"
    register = pd.read_csv(raw / "SOURCES.csv", dtype=str, keep_default_na=False)
    register[register["path"].isin(KEPT)].to_csv(raw / "SOURCES.csv", index=False)
    for path in raw.glob("demo_*"):
        if path.name not in KEPT:
            path.unlink()
    return folder


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    folder = Path(shutil.copytree(made, tmp_path / "project"))
    monkeypatch.chdir(folder)
    return folder


def refused(capsys, *words: str) -> str:
    """Run a command that must fail; return its one sentence."""
    status = main([str(w) for w in words])
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.startswith("carbonlink: ") and captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


def test_report_then_check_in_a_project(project, capsys):
    assert main(["report", "--draws", "19"]) == 0
    printed = capsys.readouterr().out
    assert "Read 2 files" in printed and "reports/report.html" in printed
    assert "not shown: Prices of genuine trades" in printed
    assert main(["check"]) == 0
    assert capsys.readouterr().out.startswith("The same")
    table = project / "reports" / "tables" / "audit.csv"
    table.write_text(table.read_text("utf-8").replace("C02", "C99"), encoding="utf-8")
    assert main(["check"]) == 1
    assert "tables/audit.csv" in capsys.readouterr().out


def test_a_changed_raw_file_stops_the_report(project, capsys):
    with open(project / "data" / "raw" / KEPT[0], "a") as stream:
        stream.write("\n")
    text = refused(capsys, "report", "--draws", "19")
    assert KEPT[0] in text and "--register" in text
    assert not (project / "reports").exists()


def test_an_unregistered_raw_file_stops_the_report_until_registered(project, capsys):
    new = project / "data" / "raw" / "mine.csv"
    new.write_text("date,market,close,volume\n2024-01-02,cea,79.42,1000\n")
    assert "mine.csv" in refused(capsys, "data")
    assert not (project / "data" / "processed").exists()
    assert main(["data", "--register", str(new)]) == 0
    assert "Registered mine.csv" in capsys.readouterr().out
    assert main(["data"]) == 0
    assert "mine.csv: 1 kept, 0 set aside" in capsys.readouterr().out
    assert (project / "data" / "processed" / "cea.csv").exists()


def test_outside_a_project_the_report_names_the_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "carbonlink init" in refused(capsys, "report")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_and_an_absent_folder_are_said(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out"
    assert "no data files" in refused(capsys, "report", "--raw", tmp_path / "empty", "--out", out)
    assert "no folder" in refused(capsys, "report", "--raw", tmp_path / "absent", "--out", out)
    assert not out.exists()


def test_an_output_folder_that_cannot_be_written_is_said_before_any_work(project, capsys):
    (project / "taken").write_text("a file")
    text = refused(capsys, "report", "--out", "taken")
    assert "cannot be written" in text and "--out" in text
    assert (project / "taken").read_text() == "a file"


def test_a_report_among_the_raw_files_is_refused(project, capsys):
    assert "raw files" in refused(capsys, "report", "--out", "data/raw/reports", "--draws", "19")
    assert not (project / "data" / "raw" / "reports").exists()


def test_a_file_that_the_system_does_not_give_is_one_sentence(project, capsys, monkeypatch):
    def denied(*arguments, **named):
        raise PermissionError(13, "Permission denied", "data/raw/demo_gec_tidy.csv")

    monkeypatch.setattr("carbonlink.ingest.folder.read_folder", denied)
    text = refused(capsys, "report", "--draws", "19")
    assert "demo_gec_tidy.csv" in text and "Permission denied" in text


def test_too_few_draws_are_refused(project, capsys):
    assert "draws=3" in refused(capsys, "report", "--draws", "3")
    assert not (project / "reports").exists()


def test_check_without_a_report_is_said(project, capsys):
    assert "carbonlink report" in refused(capsys, "check", "--out", "nowhere")


def test_strict_stops_at_a_file_that_cannot_be_used(project, capsys):
    raw = project / "loose"
    shutil.copytree(project / "data" / "raw", raw)
    (raw / "odd.csv").write_text("what,is,this\n1,2,3\n")
    text = refused(capsys, "report", "--raw", raw, "--strict", "--draws", "19")
    assert "odd.csv" in text
    assert not (project / "reports").exists()


def test_data_lists_and_explains(project, capsys):
    assert main(["data", "--list"]) == 0
    listing = capsys.readouterr().out
    assert KEPT[0] in listing and "wind_single" in listing
    assert main(["data", "--explain", f"data/raw/{KEPT[1]}"]) == 0
    text = capsys.readouterr().out
    assert "layout wind_single" in text and "eua" in text and "kept" in text
    assert "Layout wind_single because its header (row" in text
    assert "SOURCES.csv says: market eua, layout wind_single." in text
    assert main(["data", "--explain", f"data/raw/{KEPT[0]}"]) == 0
    text = capsys.readouterr().out
    assert "Layout tidy because row 1 holds" in text and "The nearest other layout is" in text


def test_explain_says_why_a_file_is_not_read(project, capsys):
    odd = project / "odd.csv"
    odd.write_text("what,is,this\n1,2,3\n")
    assert "odd.csv" in refused(capsys, "data", "--explain", odd)


def test_init_makes_a_project_once(tmp_path, capsys):
    folder = tmp_path / "new"
    assert main(["init", str(folder)]) == 0
    assert "synthetic demonstration data" in capsys.readouterr().out
    assert (folder / "data" / "raw" / "SOURCES.csv").exists()
    assert "not empty" in refused(capsys, "init", folder)


def test_template_is_written_once_and_reads_once_rows_are_below_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["template"]) == 0
    assert "template.csv" in capsys.readouterr().out
    before = Path("template.csv").read_text("utf-8")
    assert "is there already" in refused(capsys, "template")
    assert Path("template.csv").read_text("utf-8") == before
    assert "suffix .csv" in refused(capsys, "template", "own.xlsx")
    assert "no data" in refused(capsys, "data", "--explain", "template.csv")
    row = "hubei,HBEA,,total,2024-08-29,42,43,41,42.5,,10,425,close"
    Path("template.csv").write_text(f"{before}{row}\n", encoding="utf-8")
    table = cl.read("template.csv")
    assert table[["close", "volume", "value"]].values.tolist() == [[42.5, 10.0, 425.0]]
    assert table.attrs["quarantined"] == 0


def test_template_in_chinese(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["template", "own.csv", "--language", "zh"]) == 0
    written = Path("own.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") and "own.csv" in capsys.readouterr().out
    Path("own.csv").write_bytes(written + "湖北,HBEA,,,2024-08-29,,,,42.5,,10,,\n".encode())
    assert cl.read("own.csv")[["market", "close"]].values.tolist() == [["hubei", 42.5]]


def test_cite_names_the_package_and_the_data(capsys):
    assert main(["cite"]) == 0
    text = capsys.readouterr().out
    assert "carbonlink" in text and "manifest.json" in text


@pytest.mark.parametrize("words", [[], ["nonsense"], ["report", "--draws", "many"]])
def test_words_that_are_no_command_end_with_status_two(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_version_and_help(capsys):
    for words in (["--version"], ["--help"], ["report", "--help"]):
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code == 0
    assert "carbonlink" in capsys.readouterr().out


def test_the_command_line_computes_on_one_thread():
    code = (
        "import sys, carbonlink.cli as c; loaded = 'numpy' in sys.modules; c.main(['cite']);"
        "import os; print(loaded, *(os.environ[k] for k in c.ONE_THREAD))"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert run.stdout.splitlines()[-1] == "False 1 1 1"


def test_a_folder_or_everything_in_it_can_be_registered(project, capsys):
    below = project / "data" / "raw" / "more files"
    below.mkdir()
    own = "date,market,close\n2024-01-02,hubei,42.1\n"
    (below / "own.csv").write_text(own)
    (project / "data" / "raw" / "README.md").write_text("mine\n")
    assert f"--register '{below / 'own.csv'}'" in refused(capsys, "data")
    assert main(["data", "--list"]) == 0
    text = capsys.readouterr().out
    assert "2024-01-02" in text and "more files/own.csv in" in text.splitlines()[-1]
    assert main(["data", "--register", *map(str, (project / "data" / "raw").iterdir())]) == 0
    text = capsys.readouterr().out
    assert "Registered more files/own.csv in" in text and text.count("\n") == len(KEPT) + 1
    assert main(["data"]) == 0
    capsys.readouterr()
    assert "absent" in refused(capsys, "data", "--register", below, "absent.csv")


def test_a_market_that_is_not_known_is_not_recorded(project, capsys):
    file = f"data/raw/{KEPT[1]}"
    assert "'blah' is not known" in refused(capsys, "data", "--register", file, "--market", "blah")
    assert "blah" not in Path("data/raw/SOURCES.csv").read_text()


def test_output_that_nobody_reads_to_its_end_is_no_failure(project):
    words = [sys.executable, "-m", "carbonlink", "data", "--list"]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.close()
    assert child.stderr.read() == b"" and child.wait() == 0
    child.stderr.close()


def test_options_are_not_abbreviated(capsys):
    with pytest.raises(SystemExit):
        main(["report", "--dra", "99"])
    assert "--dra" in capsys.readouterr().err
