"""One result saved: figure, numbers, table, and its row in the manifest."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.report.exhibit import SYNTHETIC


@pytest.fixture(scope="module")
def result():
    return cl.VAR(cl.simulate.var(200, rng=1), lags=1).fit()


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def test_writes_what_it_says_and_notes_it(result, tmp_path):
    paths = cl.save(result, "fig3", out=tmp_path)
    assert set(paths) == {"figure", "numbers", "table", "tex", "manifest"}
    assert paths["figure"].read_text("utf-8").startswith("<?xml")
    assert list(pd.read_csv(paths["table"])["term"]) == list(result.tidy()["term"])
    assert r"\begin{table}" in paths["tex"].read_text("utf-8")
    (row,) = manifest_of(tmp_path)["saved"]
    assert row["key"] == "fig3" and row["results"][0]["specification"]["lags"] == 1
    for output in row["outputs"]:
        content = (tmp_path / output["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == output["sha256"]


def test_saving_twice_gives_the_same_bytes_and_one_row(result, tmp_path):
    first = {k: p.read_bytes() for k, p in cl.save(result, "fig3", out=tmp_path).items()}
    again = {k: p.read_bytes() for k, p in cl.save(result.refit(), "fig3", out=tmp_path).items()}
    assert first == again
    cl.save(result, "fig2", out=tmp_path)
    assert [row["key"] for row in manifest_of(tmp_path)["saved"]] == ["fig2", "fig3"]


def test_a_comparison_has_a_table_and_no_figure(result, tmp_path):
    pair = cl.compare({"one": result, "two": result.refit(lags=2)})
    paths = cl.save(pair, "table1", out=tmp_path)
    assert set(paths) == {"table", "tex", "manifest"}
    assert set(pd.read_csv(paths["table"])["model"]) == {"one", "two"}


def test_made_up_data_are_marked_in_the_figure_and_the_manifest(tmp_path):
    from dataclasses import replace

    fit = cl.VAR(cl.simulate.var(200, rng=1), lags=1).fit()
    marked = replace(fit, notes=(*fit.notes, "Synthetic demonstration data: cea."))
    plain = cl.save(fit, "plain", out=tmp_path)["figure"].read_text("utf-8")
    stamped = cl.save(marked, "stamped", out=tmp_path)["figure"].read_text("utf-8")
    assert f"<!-- {SYNTHETIC} -->" in stamped and f"<!-- {SYNTHETIC} -->" not in plain
    made = {row["key"]: row["made_of"] for row in manifest_of(tmp_path)["saved"]}
    assert made == {"plain": "data", "stamped": SYNTHETIC}


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a b", ".hidden", "图1"])
def test_a_name_that_is_no_stem_is_refused(result, tmp_path, name):
    with pytest.raises(cl.SpecificationError, match="stem of a file"):
        cl.save(result, name, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_no_result_is_refused(tmp_path):
    with pytest.raises(cl.SpecificationError, match="not a result"):
        cl.save(pd.DataFrame(), "x", out=tmp_path)


def test_the_name_of_an_exhibit_is_refused(result, tmp_path):
    (tmp_path / "manifest.json").write_text('{"exhibits": [{"key": "ledger", "outputs": []}]}')
    with pytest.raises(cl.SpecificationError, match="exhibit of the report"):
        cl.save(result, "ledger", out=tmp_path)


def test_a_manifest_that_cannot_be_read_is_left_alone(result, tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text("{not json")
    with pytest.raises(cl.DataError, match="cannot be read as a manifest"):
        cl.save(result, "x", out=tmp_path)
    assert path.read_text() == "{not json"
