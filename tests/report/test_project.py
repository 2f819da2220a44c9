"""A project for a paper of one's own: its settings are read, its README filled, nothing lost."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from dataclasses import fields
from pathlib import Path

import jupytext
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.cli import main
from carbonlink.report import readme
from carbonlink.report.project import start_project
from carbonlink.report.settings import NAME, SECTIONS, Settings, read_settings

KEPT = ("demo_gec_tidy.csv", "demo_hubei_hubei.xlsx", "demo_pilots_icap.csv")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "paper"
    start_project(folder)
    return folder


@pytest.fixture
def project(fresh, tmp_path, monkeypatch) -> Path:
    """The fresh project with three of its files."""
    folder = Path(shutil.copytree(fresh, tmp_path / "paper"))
    raw = folder / "data" / "raw"
    register = pd.read_csv(raw / "SOURCES.csv", dtype=str, keep_default_na=False)
    register[register["path"].isin(KEPT)].to_csv(raw / "SOURCES.csv", index=False)
    for path in raw.glob("demo_*"):
        if path.name not in KEPT:
            path.unlink()
    monkeypatch.chdir(folder)
    return folder


def choose(project: Path, **values) -> None:
    text = (project / NAME).read_text()
    for key, value in values.items():
        text, count = re.subn(rf"(?m)^(# )?{key} = .*$", f"{key} = {value}", text)
        assert count == 1, key
    (project / NAME).write_text(text)


def test_a_fresh_project_has_everything_and_its_settings_are_the_defaults(fresh):
    assert {p.name for p in fresh.iterdir()} == {
        *("data", "reports", "notebooks", NAME, "README.md", ".gitignore")
    }
    assert (fresh / "data" / "processed").is_dir()
    assert read_settings(fresh) == Settings()
    written = tomllib.loads((fresh / NAME).read_text())
    offered = {s: set(re.findall(r"(?m)^(?:# )?(\w+) = ", t)) for s, t in sections(fresh)}
    assert offered == {section: set(keys) for section, keys in SECTIONS.items()}
    assert set(written) == set(SECTIONS)
    assert {key for keys in SECTIONS.values() for key in keys} == {f.name for f in fields(Settings)}


def sections(fresh):
    parts = re.split(r"(?m)^\[(\w+)\]$", (fresh / NAME).read_text())
    return zip(parts[1::2], parts[2::2], strict=True)


def test_its_notebook_is_its_script_and_runs(fresh, monkeypatch, capsys):
    script = jupytext.read(fresh / "notebooks" / "01_first_look.py")
    notebook = jupytext.read(fresh / "notebooks" / "01_first_look.ipynb")
    assert [c.source for c in notebook.cells] == [c.source for c in script.cells]
    monkeypatch.chdir(fresh / "notebooks")
    names: dict = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    assert "cea" in names["panel"].markets


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[report]\ndrwas = 99",
            "'drwas' is no key of .report.. Did you mean 'draws'. Allowed: out",
        ),
        ("[reports]\ndraws = 99", "'reports' is no section. Did you mean 'report'. Allowed: data"),
        ('[report]\ndraws = "99"', "draws = '99' in .report. is not a whole number"),
        ("[report]\ndraws = true", "draws = True in .report. is not a whole number"),
        ("[report]\nmarkets = 1", "markets = 1 in .report. is not a list of texts"),
        ("[report]\nmarkets = [1]", "is not a list of texts"),
        ("[data]\nprefer = { hubei = 1 }", "is not a table such as"),
        ('[report]\nstart = "16.7.2021"', "start = '16.7.2021' is no day. Write it as"),
        ("draws = 99", "'draws' is no section"),
        ("report = 1", "report is no section. Write .report."),
        ("[report]\nout = reports", "cannot be read .* line 2"),
        ('[report]\nout = "../elsewhere"', "out = '../elsewhere' lies outside the project"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(tmp_path, text, words):
    (tmp_path / NAME).write_text(text + "\n")
    with pytest.raises(cl.SpecificationError, match=words):
        read_settings(tmp_path)


def test_a_day_may_stand_without_quotes(tmp_path):
    (tmp_path / NAME).write_text("[report]\nstart = 2021-07-16\n")
    assert read_settings(tmp_path).start == "2021-07-16"


def test_a_wrong_setting_stops_each_command(project, capsys):
    choose(project, seed='"x"')
    for command in ("data", "report", "check"):
        assert main([command]) == 2
        assert "seed = 'x'" in capsys.readouterr().err


def test_every_setting_is_obeyed_and_the_readme_filled(project, capsys, monkeypatch):
    note = "My own words stay.\n"
    path = project / "README.md"
    path.write_text(path.read_text().replace("## Overview\n", f"## Overview\n\n{note}"))
    choose(
        project,
        **{"markets": '["beijing", "tianjin"]', "start": '"2015-01-01"', "end": "2019-12-31"},
        **{"draws": 19, "seed": 3, "out": '"reports/first"', "processed": '"data/tables"'},
        **{"prefer": '{ beijing = "icap" }', "title": '"On coupling"', "authors": '["A. Author"]'},
    )
    monkeypatch.chdir(project / "notebooks")
    assert main(["report"]) == 0
    assert "README.md is filled" in capsys.readouterr().out
    manifest = json.loads((project / "reports" / "first" / "manifest.json").read_text())
    assert manifest["specification"] == {
        **{"raw": None, "draws": 19, "rng": 3},
        "sample": {
            "markets": ["beijing", "tianjin"],
            "start": "2015-01-01",
            "end": "2019-12-31",
            "prefer": {"beijing": "icap"},
        },
    }
    ledger = pd.read_csv(project / "reports" / "first" / "tables" / "ledger.csv")
    assert ledger["market"].tolist() == ["beijing", "tianjin"]
    assert ledger["start"].min() >= "2015-01-01" and ledger["end"].max() <= "2019-12-31"
    check_readme(path.read_text(), note)
    assert main(["check"]) == 0
    assert main(["report", "--draws", "20"]) == 0, "the command line comes first"
    assert (
        json.loads((project / "reports/first/manifest.json").read_text())["specification"]["draws"]
        == 20
    )
    assert main(["data"]) == 0
    assert (project / "data" / "tables" / "datapackage.json").is_file()


def check_readme(text: str, note: str) -> None:
    assert note in text and "# Replication package: On coupling\n\nA. Author" in text
    assert "*Run `carbonlink report`" not in text and "{{" not in text
    for block in readme.BLOCKS:
        body = text.split(f"<!-- carbonlink: {block} -->\n")[1].split(readme.END)[0]
        assert len(body) > 20, block
    for words in (
        "`data/raw/demo_pilots_icap.csv`",
        "A random seed is set: 3",
        "19 draws",
        "Made-up data",
        "reports/first/tables/ledger.csv",
        "MiB of raw data",
        "carbonlink.report.exhibits.ledger.ledger",
    ):
        assert words in text, words


def test_a_readme_without_marks_is_left_alone(tmp_path):
    (tmp_path / "README.md").write_text("# Mine\n")
    run = readme.Run(manifest={}, sources={}, out="reports", seconds=1.0, memory=None)
    assert not readme.refill(tmp_path, run)
    assert (tmp_path / "README.md").read_text() == "# Mine\n"
    assert not readme.refill(tmp_path / "absent", run)


def test_files_are_registered_with_what_is_known_of_them(project, capsys):
    raw = project / "data" / "raw"
    (raw / "mine").mkdir()
    for name in ("a.csv", "b.csv"):
        (raw / "mine" / name).write_text("date,close,volume\n2024-01-02,79.42,1000\n")
    files = [str(p) for p in sorted((raw / "mine").iterdir())]
    assert main(["data", "--register", *files, str(raw / "SOURCES.csv")]) == 0
    assert "it cannot be used yet" in capsys.readouterr().out
    words = ["--market", "cea", "--publisher", "An exchange", "--licence", "CC-BY-4.0"]
    assert main(["data", "--register", *files, *words]) == 0
    assert "Registered mine/a.csv" in capsys.readouterr().out
    rows = pd.read_csv(raw / "SOURCES.csv", dtype=str, keep_default_na=False).set_index("path")
    assert rows.loc["mine/a.csv", ["market", "publisher", "licence"]].tolist() == words[1::2]
    assert "SOURCES.csv" not in rows.index
    assert main(["data", "--register", str(raw / "SOURCES.csv")]) == 2
    assert "is no raw file" in capsys.readouterr().err
    assert main(["data", "--market", "cea"]) == 2
    assert "Add it to --register" in capsys.readouterr().err


def test_another_raw_folder_of_the_settings_is_read_unregistered(project, capsys):
    (project / "more").mkdir()
    (project / "more" / "a.csv").write_text("date,market,close\n2024-01-02,cea,79.42\n")
    choose(project, raw='"more"')
    assert main(["data"]) == 0
    assert "a.csv: 1 kept" in capsys.readouterr().out
    assert (project / "data" / "processed" / "cea.csv").is_file()
