"""The whole report on the demonstration set: built twice, compared, checked, refused politely."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import carbonlink as cl
from carbonlink import demo
from carbonlink.report import build as build_module
from carbonlink.report import exhibits
from carbonlink.report.build import build
from carbonlink.report.check import check
from carbonlink.report.exhibit import PUBLISHED, SYNTHETIC, Exhibit
from carbonlink.report.study import Study
from carbonlink.report.tables import printed

DRAWS = 19


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    demo.write(folder)
    return folder


@pytest.fixture(scope="module")
def report(raw, tmp_path_factory):
    return build(raw, out=tmp_path_factory.mktemp("report") / "out", draws=DRAWS)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A folder that holds certificates only, so that most exhibits are refused, quickly."""
    folder = tmp_path_factory.mktemp("few")
    demo.write(folder)
    for path in folder.iterdir():
        if path.name not in ("demo_gec_tidy.csv", "SOURCES.csv"):
            path.unlink()
    return folder


@pytest.fixture(scope="module")
def small(few, tmp_path_factory):
    return build(few, out=tmp_path_factory.mktemp("small") / "out", draws=DRAWS)


@pytest.fixture
def copy(small, tmp_path):
    return Path(shutil.copytree(small.folder, tmp_path / "copy"))


@pytest.fixture(scope="module")
def page(report):
    return report.page.read_text(encoding="utf-8")


def files_of(folder: Path) -> dict[str, bytes]:
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}


def test_makes_every_exhibit_of_the_list_on_the_demonstration_set(report):
    assert [e.key for e in report.exhibits] == list(exhibits.EXHIBITS)
    assert report.refused == {}
    assert sum(e.figure is not None for e in report.exhibits) >= 10
    assert sum(e.table is not None for e in report.exhibits) >= 9


def test_the_same_command_in_another_process_gives_the_same_bytes(raw, report, tmp_path):
    command = [sys.executable, "-m", "carbonlink", "report", "--raw", str(raw)]
    command += ["--out", str(tmp_path / "again"), "--draws", str(DRAWS)]
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "The page is" in done.stdout and "Traceback" not in done.stderr
    first, second = files_of(report.folder), files_of(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []


def test_the_manifest_names_every_file_with_its_hash(report):
    written = files_of(report.folder)
    record = json.loads(written["manifest.json"])
    rows = [row for part in (*record["exhibits"], *record["page"]) for row in part["outputs"]]
    assert {row["path"] for row in rows} == set(written) - {"manifest.json"}
    for row in rows:
        assert hashlib.sha256(written[row["path"]]).hexdigest() == row["sha256"]
        assert len(written[row["path"]]) == row["bytes"]


def test_the_manifest_holds_the_inputs_the_choices_and_the_versions(raw, report):
    record = report.manifest
    asked = {"raw": raw.name, "draws": DRAWS, "rng": 0, "sample": {}}
    assert record["specification"] == asked
    assert {"python", "carbonlink", "numpy", "pandas"} <= set(record["versions"])
    for row in record["inputs"]:
        assert row["sha256"] == hashlib.sha256((raw / row["file"]).read_bytes()).hexdigest()
    counts = record["counts"]
    assert counts["rows"] == counts["kept"] + counts["quarantined"] + counts["declared"]


def test_nothing_tells_the_time_or_the_machine(raw, report):
    for path, content in files_of(report.folder).items():
        text = content.decode("utf-8")
        assert str(raw) not in text and str(report.folder) not in text, path
        assert str(Path.home()) not in text and "0x7f" not in text, path
        assert not re.search(r"<dc:date>|[0-2]\d:[0-5]\d:[0-5]\d", text), path


def test_the_page_is_one_file_without_links_to_elsewhere(page):
    assert not re.search(r"https?://|//cdn|<link|<script|<img|@import", page)
    assert re.search(r'<html lang="en">', page) and "viewport" in page
    names = re.findall(r'\bid="([^"]+)"', page)
    assert len(names) == len(set(names))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', page)) <= set(names)
    assert page.count('role="img"') == page.count("<svg") >= 10
    assert all(len(text) > 40 for text in re.findall(r'aria-label="(Figure[^"]+)"', page))


def test_each_exhibit_says_what_it_is_made_of(report, page):
    for exhibit in report.exhibits:
        section = re.search(rf'<section id="{exhibit.key}">.*?</section>', page, re.DOTALL)[0]
        assert exhibit.takeaway and exhibit.sources
        assert exhibit.published or exhibit.synthetic
        for mark, held in ((SYNTHETIC, exhibit.synthetic), (PUBLISHED, exhibit.published)):
            assert (mark in re.search(r'<p class="mark.*?</p>', section)[0]) == bool(held)
            if exhibit.figure is not None:
                texts = [t.get_text() for t in exhibit.figure.texts]
                assert any(mark in t for t in texts) == bool(held)
            tex = report.folder / "tables" / f"{exhibit.key}.tex"
            if tex.exists() and held:
                assert re.search(
                    rf"footnotesize [^\n]*{mark}", tex.read_text("utf-8"), re.IGNORECASE
                )
    rows = {row["key"]: row for row in report.manifest["exhibits"]}
    assert all(SYNTHETIC in rows[e.key]["made_of"] for e in report.exhibits if e.synthetic)


def test_published_figures_beside_those_of_real_files_are_told_from_them():
    assert Exhibit(published=True, beside=True).mark == f"{PUBLISHED} and figures from the files"
    made_up = Exhibit(published=True, beside=True, synthetic=("gec",))
    assert made_up.mark == f"{PUBLISHED} and {SYNTHETIC}"


def test_the_ledger_says_what_the_readers_say_about_their_files(report):
    notes = report.exhibits[0].notes
    assert any(n.startswith("demo_shanghai_tanjiaoyi.csv: Prices on rows") for n in notes)


def test_the_published_exhibits_do_not_depend_on_the_data(report):
    alone = {e.key for e in report.exhibits if e.published and not e.synthetic}
    assert alone == {"published_years", "compliance_calendar", "implied_published", "audit"}


def test_printed_numbers_are_those_of_the_csv(raw, report):
    table = pd.read_csv(report.folder / "tables" / "national_years.csv").set_index("year")
    assert table.loc[2022, "trading_days"] == 242
    assert table.loc[2022, "volume_t"] / 1e6 == pytest.approx(50.8895)
    page = report.page.read_text("utf-8")
    assert '<td class="n">50.8895</td>' in page
    daily = cl.load(["cea"], raw=raw).daily("cea")["volume"]
    assert daily.loc["2021"].sum() == table.loc[2021, "volume_t"]


def test_check_finds_nothing_then_what_was_changed(few, copy):
    found = check(copy, raw=few)
    assert found.same and found.compared > 10
    path = copy / "tables" / "published_years.csv"
    table = pd.read_csv(path)
    table.loc[0, "volume_mt"] += 1
    table.to_csv(path, index=False, lineterminator="\n")
    (copy / "figures" / "audit.svg").unlink()
    text = check(copy, raw=few).summary()
    assert "tables/published_years.csv was changed after it was written" in text
    assert "tables/published_years.csv: volume_mt in row 1 was 180.0, is 179.0" in text
    assert f"figures/audit.svg is missing from {copy}" in text


def test_check_says_which_input_changed(few, small, tmp_path):
    other = shutil.copytree(few, tmp_path / few.name)
    path = other / "demo_gec_tidy.csv"
    table = pd.read_csv(path)
    table.loc[0, "value"] *= 2
    table.to_csv(path, index=False)
    found = check(small.folder, raw=other)
    assert any("input demo_gec_tidy.csv has changed" in d for d in found.differences)
    assert any(d.startswith("tables/implied_files.csv: ") for d in found.differences)


def test_check_asks_for_the_folder_that_the_report_was_made_from(small):
    with pytest.raises(cl.SpecificationError, match="was made from --raw"):
        check(small.folder)


def test_a_saved_result_survives_the_next_report(few, copy):
    cl.save(cl.VAR(cl.simulate.var(200, rng=1), lags=1).fit(), "mine", out=copy)
    again = build(few, out=copy, draws=DRAWS)
    assert [row["key"] for row in again.manifest["saved"]] == ["mine"]
    assert (copy / "figures" / "mine.svg").exists()
    assert check(copy, raw=few).same


def test_files_of_exhibits_that_are_gone_are_taken_away(few, copy, monkeypatch):
    monkeypatch.delitem(exhibits.EXHIBITS, "audit")
    (copy / "figures" / "own.svg").write_text("mine")
    build(few, out=copy, draws=DRAWS)
    assert not (copy / "figures" / "audit.svg").exists()
    assert (copy / "figures" / "own.svg").exists()


def test_an_exhibit_without_data_gives_way_to_the_reason(small):
    gone = {e.key for e in small.exhibits if e.refused}
    assert {"prices", "quality", "pass_through", "connectedness_table"} <= gone
    page = html.unescape(small.page.read_text("utf-8"))
    for title, reason in small.refused.items():
        assert title in page and reason in page and reason in small.summary()
    assert sum(e.figure is not None for e in small.exhibits) >= 4
    assert not (small.folder / "figures" / "prices.svg").exists()


def test_a_bug_in_an_exhibit_is_not_hidden_and_leaves_nothing(few, tmp_path, monkeypatch):
    def broken(study):
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(exhibits.EXHIBITS, "ledger", ("Ledger", broken))
    with pytest.raises(ZeroDivisionError):
        build(few, out=tmp_path / "out", draws=DRAWS)
    assert not (tmp_path / "out").exists()


def test_a_file_that_cannot_be_used_is_named_and_the_rest_goes_on(few, tmp_path):
    raw = Path(shutil.copytree(few, tmp_path / "raw"))
    (raw / "odd.csv").write_text("what,is,this\n1,2,3\n")
    made = build(raw, out=tmp_path / "out", draws=DRAWS)
    assert "odd.csv" in made.summary() and "odd.csv" in made.page.read_text("utf-8")
    assert [f["path"] for f in made.manifest["failures"]] == ["odd.csv"]
    with pytest.raises(cl.DataError, match="odd.csv"):
        build(raw, out=tmp_path / "strict", draws=DRAWS, strict=True)
    assert not (tmp_path / "strict").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"draws": 5}, "draws=5"), ({"draws": 99.5}, "draws=99.5"), ({"rng": -1}, "rng=-1")],
)
def test_choices_that_make_no_sense_are_refused_before_any_work(few, tmp_path, arguments, said):
    with pytest.raises(cl.SpecificationError, match=said):
        build(few, out=tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.real
def test_the_real_files_give_the_published_figures_to_the_printed_digits(real_data):
    study = Study(cl.load(["cea"], raw=real_data), draws=DRAWS)
    made = exhibits.national_years(study)
    assert made.synthetic == () and made.mark == ""
    assert "4,103,953 t" in made.takeaway
    table = printed(made).set_index("Year")
    assert table.loc["2021", "Trading days"] == "114"
    assert table.loc["2021", ["Volume (Mt)", "Value (bn yuan)"]].tolist() == ["178.789", "7.6612"]
    assert table.loc["2022", ["Trading days", "Volume (Mt)"]].tolist() == ["242", "50.8895"]
    assert table.loc["2023", ["Trading days", "Volume (Mt)"]].tolist() == ["242", "211.944"]
    difference = made.table.set_index("year")["difference_pct"]
    assert (difference.loc[:2024].abs() < 0.3).all()
    assert pd.isna(difference.loc[2025]), "the file ends in May"


@pytest.mark.real
@pytest.mark.slow
def test_the_real_files_give_ten_figures_and_nine_tables(real_data, tmp_path):
    made = build(real_data, out=tmp_path, draws=DRAWS)
    assert sum(e.figure is not None for e in made.exhibits) >= 10
    assert sum(e.table is not None for e in made.exhibits) >= 9
    assert SYNTHETIC not in made.page.read_text("utf-8")


def test_markets_of_a_report_may_be_spelt_in_any_way(raw, tmp_path, monkeypatch):
    """Names as in `carbonlink.load`: the price figure used to look for a colour of "湖北"."""
    key = "prices"
    monkeypatch.setattr(build_module, "EXHIBITS", {key: exhibits.EXHIBITS[key]})
    sample = {"markets": ["湖北", "CEA", "hubei"]}
    made = build_module.prepare(raw, draws=DRAWS, sample=sample).exhibits
    drawn = made[0].drawn
    assert not made[0].refused and list(drawn.columns) == ["date", "cea", "hubei"]
