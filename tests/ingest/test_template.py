"""The template says what every column is and holds no number that could be taken for data."""

from __future__ import annotations

import csv
import io

import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError
from carbonlink.facts import markets as registry
from carbonlink.ingest import chinese
from carbonlink.ingest.layouts.stated import STATED
from carbonlink.ingest.schema import COLUMNS, PRICE_KINDS, TRADES
from carbonlink.ingest.template import template_text, write_template


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_column_is_explained_and_the_header_is_last(language):
    text = template_text(language)
    *preface, header = list(csv.reader(io.StringIO(text)))
    columns = [name for name in COLUMNS if name != "source"]
    assert [chinese.COLUMNS.get(name, name) for name in header] == columns
    assert (header == columns) == (language == "en")
    assert all(line[0].startswith("# ") for line in preface)
    explained = {line[0][2:].partition(":")[0] for line in preface}
    assert set(header) <= explained
    assert all(market in text for market in registry.table()["market"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_example_row_is_a_row_that_would_be_read(tmp_path, language):
    written = write_template(tmp_path / "own.csv", language)
    *_, example, header = template_text(language).splitlines()
    with written.open("a", encoding="utf-8") as out:
        out.write(f"{example.removeprefix('# ')}\n")
    table = cl.read(written)
    assert len(table) == 1 and table.attrs["quarantined"] == 0 and header
    assert table.loc[0, ["market", "trade", "price_kind"]].tolist() == ["hubei", "total", "close"]
    assert table.loc[0, ["close", "volume"]].tolist() == [42.07, 1000]


def test_a_language_that_is_not_known():
    with pytest.raises(SpecificationError, match="'en', 'zh'"):
        template_text("fr")


def test_chinese_words_stand_for_words_of_the_tidy_table():
    assert set(chinese.COLUMNS.values()) == {*COLUMNS, *STATED} - {"source"}
    assert set(chinese.EXPLAINED) == set(COLUMNS) - {"source"}
    assert set(chinese.TRADES.values()) == set(TRADES)
    assert set(chinese.PRICE_KINDS.values()) == set(PRICE_KINDS)
