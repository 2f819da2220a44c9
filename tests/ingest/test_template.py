"""The template says what every column is and holds no number that could be taken for data."""

from __future__ import annotations

import csv
import io

import carbonlink as cl
from carbonlink.facts import markets as registry
from carbonlink.ingest.schema import COLUMNS
from carbonlink.ingest.template import template_text


def test_every_column_is_explained_and_the_header_is_last():
    *preface, header = list(csv.reader(io.StringIO(template_text())))
    assert header == [name for name in COLUMNS if name != "source"]
    assert all(line[0].startswith("# ") for line in preface)
    explained = {line[0][2:].partition(":")[0] for line in preface}
    assert set(header) <= explained
    assert all(market in template_text() for market in registry.table()["market"])


def test_the_example_row_is_a_row_that_would_be_read(tmp_path):
    *_, example, header = template_text().splitlines()
    (tmp_path / "own.csv").write_text(f"{header}\n{example.removeprefix('# ')}\n", "utf-8")
    table = cl.read(tmp_path / "own.csv")
    assert len(table) == 1 and table.attrs["quarantined"] == 0
