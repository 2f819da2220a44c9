"""The encoding of a text file is decided by rule; text that may be two things is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from wild_samples import ALL

import carbonlink as cl
from carbonlink.errors import DataError
from carbonlink.ingest import blocks
from carbonlink.ingest.encodings import decode, encoding_of
from carbonlink.ingest.reading import read_file

TEXTS = [one for one in ALL if one.name.endswith((".csv", ".json"))]
WIDE = ("utf-16-le", "utf-16-be")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("日期".encode(), "utf-8"),
        ("日期".encode("gb18030"), "gb18030"),
        ("日期".encode("utf-8-sig"), "utf-8-sig"),
        ("日期".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "日期".encode("utf-16-be"), "utf-16"),
    ],
)
def test_encoding_by_rule(content, encoding):
    assert decode(content, "x.csv") == ("日期", encoding)


@pytest.mark.parametrize("encoding", WIDE)
def test_utf16_without_a_mark_is_told_by_its_zero_bytes(encoding):
    for text in (
        "日期,1",
        "日期,开盘价,一\n2024-01-02,70\n",
        *(decode(*pair)[0] for pair in _pairs()),
    ):
        assert decode(text.encode(encoding), "x.csv") == (text, encoding)


def _pairs():
    return [(one.content, one.name) for one in TEXTS]


@pytest.mark.parametrize("encoding", ("gb18030", "utf-8", "utf-16"))
def test_every_layout_keeps_its_text_in_every_encoding(encoding):
    for content, name in _pairs():
        text, _ = decode(content, name)
        assert decode(text.encode(encoding), name)[0] == text


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf\xff\xfe",
        b"\xff\xfe\x00",
        b"a,\xff\xff\n",
        b"date,close\n2024-01-02,\x001\n",
        b"date,close\n" + b"\x00" * 40,
        "日期,1".encode("utf-16-le")[:-1],
        "\x00\x01\x00\x02".encode("utf-16-le"),
        b"price (\x80/t)\n5\n",
    ],
)
def test_what_is_no_text_of_any_encoding_is_refused(content):
    with pytest.raises(DataError, match=r"x\.csv .*UTF-8"):
        decode(content, "x.csv")


def test_accents_of_western_text_are_no_chinese():
    text = "Québec,Zürich\n1,2\n"
    assert decode(text.encode("latin-1"), "x.csv") == (text, "cp1252")
    assert decode("Québec,湖北".encode("gb18030"), "x.csv") == ("Québec,湖北", "gb18030")


@pytest.mark.parametrize("text", ["emissão,ação\n1,2\n", "Fundação de Licitações\n", "ação\n"])
def test_accents_in_pairs_may_be_chinese_and_are_refused(text):
    with pytest.raises(DataError, match="Western European accents or Chinese|neither"):
        decode(text.encode("latin-1"), "x.csv")


@pytest.mark.parametrize("text", ["日期,1\n", "Québec,2\n", "日期,Québec\n" * 9])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", *WIDE])
def test_a_file_in_parts_has_the_encoding_that_it_has_as_a_whole(text, encoding):
    content = (text * 3).encode(encoding)
    lines = [line + b"\n" for line in content.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    assert encoding_of(lambda: iter(lines), "x") == encoding_of(lambda: iter((content,)), "x")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", *WIDE])
def test_a_large_file_is_read_in_any_encoding(tmp_path, monkeypatch, encoding):
    monkeypatch.setattr(blocks, "BLOCKS_ABOVE", 0)
    monkeypatch.setattr(blocks, "_PART", 100)
    text = "\n".join(
        ["day,time,demand,clearing price (CNY/MWh),备注"]
        + [f"2024/1/{d},{h}:00,1,{300 + h},电力" for d in range(1, 29) for h in range(1, 25)]
    )
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    found = read_file(tmp_path / "a.csv", market="electricity_sd")
    assert found.encoding == encoding and found.rows == found.kept + 1 == 28 * 24 + 1
    assert found.frame["close"].tolist() == [312.5] * 28


def test_western_text_in_a_large_file_is_no_chinese(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCKS_ABOVE", 0)
    rows = [f"2024-01-0{d} {h:02d}:00,electricity_sd,Québec,1" for d in (1, 2) for h in range(24)]
    (tmp_path / "a.csv").write_bytes(
        "\n".join(["date,market,product,close", *rows]).encode("latin-1")
    )
    found = read_file(tmp_path / "a.csv")
    assert found.encoding == "cp1252" and set(found.frame["product"]) == {"Québec"}
    bad = "\n".join(["date,market,product,close", *rows]).replace("Québec", "ação")
    (tmp_path / "b.csv").write_bytes(bad.encode("latin-1"))
    with pytest.raises(DataError, match="Western European accents or Chinese"):
        read_file(tmp_path / "b.csv")


def test_a_text_table_under_a_workbooks_name_may_be_utf16_without_a_mark(tmp_path):
    rows = "date\tmarket\tclose\n2024-01-02\tcea\t70\n2024-01-03\tcea\t71\n"
    (tmp_path / "a.xls").write_bytes(rows.encode("utf-16-le"))
    table = cl.read(tmp_path / "a.xls")
    assert isinstance(table, pd.DataFrame) and table["close"].tolist() == [70, 71]


@pytest.mark.real
def test_real_files_keep_their_text_in_every_encoding(real_data):
    for path in sorted(real_data.glob("wind*.csv")):
        text, encoding = decode(path.read_bytes(), path.name)
        assert encoding == "gb18030"
        for other in ("utf-8", "utf-16", *WIDE):
            assert decode(text.encode(other), path.name) == (text, other)
