"""Files that are no data end in one clear sentence."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile

import pytest
from ingest_samples import BY_NAME, EMBER_ROWS, HUBEI_ROWS, text, workbook
from old_workbooks import biff2

from carbonlink.errors import CarbonlinkError, DataError, SpecificationError, UnknownLayoutError
from carbonlink.ingest import sheet
from carbonlink.ingest.reading import read, read_file


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\n\n", "first row holds: nothing"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "damaged"),
        ("a.xls", b"<html><table></table></html>", "web page"),
        ("a.json", b"{", "not valid JSON"),
        ("a.json", b"[1, 2]", "no list of records"),
        ("a.json", b"[" * 100_000, "not valid JSON"),
        ("a.json", b"[]", "holds no cells|first row holds"),
        ("a.csv", b'date,close\n"2024-01-01,5\n', "not a table"),
        ("a.csv", b"date,close\n2024-01-01,\x00\n", "zero bytes"),
        ("a.csv", b"date;close\n2024-01-01;5,5\n", "decimal commas"),
        ("a.csv", b"Country,ISO3 Code,Date,Price (EUR/MWh)\n", "no data"),
        ("a.csv", b"date,close\n2024-01-01,5\n", "does not say which market"),
        ("a.csv", b"Date,PX_CLOSE\n2024-01-01,5\n", "nearest layout"),
        ("a.csv", b"date,market,close,volum\n2024-01-01,cea,5,5\n", "Did you mean 'volume'"),
        ("a.csv", b"x" * 3_000_000, "not a table|first row"),
        ("a.pdf", b"%PDF-1.4", "suffix '.pdf'"),
        ("a.csv", "日期,成交价\n".encode("big5"), "nearest|first row"),
    ],
)
def test_refused_in_one_sentence(tmp_path, name, content, words):
    path = put(tmp_path, name, content)
    with pytest.raises(DataError, match=words) as caught:
        read_file(path)
    assert name in caught.value.message
    assert "\n" not in str(caught.value)


def test_what_is_no_file(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="is not a file"):
        read(tmp_path)


def test_sizes_are_bounded(tmp_path, monkeypatch):
    path = put(tmp_path, "a.csv", text(EMBER_ROWS))
    monkeypatch.setattr(sheet, "LARGEST_FILE", 100)
    with pytest.raises(DataError, match="MB"):
        read_file(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "LARGEST_CONTENT", 20 * 2**20)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            for _ in range(21):
                stream.write(b"\x00" * 2**20)
    with pytest.raises(DataError, match="would unpack to 21 MB"):
        read_file(put(tmp_path, "bomb.xlsx", bomb.getvalue()))


XML = "http://schemas.openxmlformats.org"
SHEET = f'<worksheet xmlns="{XML}/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def package(texts, page):
    """A workbook of one sheet, written part by part."""
    kinds = f"{XML}/officeDocument/2006/relationships"
    links = f'<Relationships xmlns="{XML}/package/2006/relationships">%s</Relationships>'
    link = '<Relationship Id="r%d" Type="%s/%s" Target="%s"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{XML}/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": links % (link % (1, kinds, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{XML}/spreadsheetml/2006/main" xmlns:r="{kinds}">'
        '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": links
        % (
            link % (1, kinds, "worksheet", "worksheets/sheet1.xml")
            + link % (2, kinds, "sharedStrings", "sharedStrings.xml")
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{XML}/spreadsheetml/2006/main">'
        + "".join(f"<si><t>{text}</t></si>" for text in texts)
        + "</sst>",
        "xl/worksheets/sheet1.xml": SHEET % page,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_a_workbook_with_one_cell_in_the_last_corner(tmp_path):
    page = '<row r="1"><c r="A1"><v>1</v></c></row>'
    page += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(DataError, match="spans 1,048,576 rows and 16,384 columns"):
        read_file(put(tmp_path, "a.xlsx", package(["x"], page)))


def test_one_long_text_in_every_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "LARGEST_CONTENT", 20 * 2**20)
    cell = '<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>'
    page = "".join(cell % (i, i, i > 1) for i in range(1, 3_001))
    with pytest.raises(DataError, match="would unpack to"):
        read_file(put(tmp_path, "a.xlsx", package(["date", "x" * 20_000], page)))
    seldom = "".join(cell % (i, i, i == 7) for i in range(1, 3_001))
    with pytest.raises(UnknownLayoutError):
        read_file(put(tmp_path, "b.xlsx", package(["dates", "x" * 20_000], seldom)))


@pytest.mark.parametrize("where", ["shared", "inline"])
def test_a_cell_larger_than_any_spreadsheet_holds(tmp_path, where):
    text = "x" * 1_000_000
    page = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    if where == "inline":
        page = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    content = package([text if where == "shared" else "x"], page)
    with pytest.raises(DataError, match="a cell of 1,000,00"):
        read_file(put(tmp_path, "a.xlsx", content))


def test_an_archive_that_lies_about_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "LARGEST_CONTENT", 20 * 2**20)
    content = bytearray(package(["x"], " " * (30 * 2**20)))
    entry = content.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = struct.pack("<I", 100)
    with pytest.raises(DataError, match="would unpack to"):
        read_file(put(tmp_path, "a.xlsx", bytes(content)))


def test_an_old_workbook_with_one_cell_in_the_last_corner(tmp_path):
    content = biff2([["Country"]])
    head = struct.pack("<HHBBB", 65_535, 255, 0, 0, 0) + struct.pack("<d", 1.0)
    corner = struct.pack("<HH", 0x0003, len(head)) + head
    content = content[:-4] + corner + content[-4:]
    tracemalloc.start()
    with pytest.raises(DataError):
        read_file(put(tmp_path, "a.xls", content))
    assert tracemalloc.get_traced_memory()[1] < 400 * 2**20
    tracemalloc.stop()


def test_tables_of_more_lines_cells_or_keys_than_any(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "MOST_LINES", 1_000)
    with pytest.raises(DataError, match="more than 1,000 lines"):
        read_file(put(tmp_path, "a.csv", b"date,market,close\n" + b"\n" * 2_000))
    with pytest.raises(DataError, match="line 2: field larger"):
        read_file(put(tmp_path, "b.csv", b"date,market,close\n2024-01-02,cea," + b"9" * 200_000))
    records = [{f"k{i}": 1} for i in range(17_000)]
    with pytest.raises(DataError, match="17,000 different keys"):
        read_file(put(tmp_path, "c.json", json.dumps(records).encode()))


def test_records_one_a_line(tmp_path):
    lines = [json.dumps({"date": f"2024-01-0{d}", "market": "cea", "close": 80}) for d in (2, 3)]
    assert read_file(put(tmp_path, "a.json", "\n".join([*lines, ""]).encode())).kept == 2
    with pytest.raises(DataError, match="not valid JSON"):
        read_file(put(tmp_path, "b.json", "\n".join([*lines, '{"date": ']).encode()))


def test_numbers_of_no_world_are_set_aside(tmp_path):
    rows = ["date,market,close,volume", "2024-01-02,cea,80,1e300", "2024-01-03,cea,80,100"]
    found = read_file(put(tmp_path, "a.csv", "\n".join(rows).encode()))
    assert found.quarantine["reason"].tolist() == ["volume is too large to be real"]
    whole = [{"date": "2024-01-02", "daily_volume": 10**400, "daily_amount": 1, "avg_price": 7}]
    found = read_file(put(tmp_path, "a.json", json.dumps(whole).encode()), market="ccer")
    assert found.quarantined == 1


def test_nearest_layout_and_what_is_missing(tmp_path):
    head = [c for c in HUBEI_ROWS[0] if c != "昨收盘价"]
    path = put(tmp_path, "a.xlsx", workbook({"1": [head]}))
    with pytest.raises(UnknownLayoutError, match="nearest layout is hubei .*missing: 昨收盘价"):
        read_file(path)


def test_a_layout_named_must_fit_and_exist(tmp_path):
    path = BY_NAME["ember.csv"].write(tmp_path)
    with pytest.raises(UnknownLayoutError, match="nearest layout is hubei|first row holds"):
        read_file(path, layout="hubei")
    with pytest.raises(SpecificationError, match="Use one of: 'wind'"):
        read_file(path, layout="winde")


@pytest.mark.parametrize(
    ("name", "market"),
    [
        ("wind.csv", "hubei"),
        ("eua.csv", "brent"),
        ("gz.xlsx", "hubei"),
        ("hb.xlsx", "cea"),
        ("tanjiaoyi.csv", "chongqing"),
        ("icap.csv", "fujian"),
        ("ember.csv", "electricity_fra"),
        ("own.csv", "cea"),
        ("bj.xlsx", "hubei"),
        ("tj.xlsx", "hubei"),
        ("sz.xlsx", "hubei"),
    ],
)
def test_a_market_that_contradicts_the_file(tmp_path, name, market):
    path = BY_NAME[name].write(tmp_path)
    with pytest.raises(DataError, match=market) as caught:
        read_file(path, market=market)
    assert any(m in str(caught.value) for m in BY_NAME[name].markets)


def test_an_unknown_market_is_named_with_near_ones(tmp_path):
    with pytest.raises(CarbonlinkError, match="hubei"):
        read_file(BY_NAME["spot.csv"].write(tmp_path), market="hubeii")


def test_one_market_of_several(tmp_path):
    found = read_file(BY_NAME["icap.csv"].write(tmp_path), market="hubei")
    assert found.markets == ("hubei",)
    assert found.declared == {"header": 2, "other_market": 2}
    assert found.rows == found.kept + found.quarantined + sum(found.declared.values())


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(tmp_path, delimiter):
    content = text(EMBER_ROWS).replace(b",", delimiter.encode())
    assert read_file(put(tmp_path, "a.csv", content)).kept == BY_NAME["ember.csv"].kept


def test_a_title_above_the_header_is_declared(tmp_path):
    content = b"Prices of Europe\n\n" + text(EMBER_ROWS)
    assert read_file(put(tmp_path, "a.csv", content)).declared["header"] == 3


def test_a_sheet_that_is_not_the_first(tmp_path):
    book = workbook({"cover": [["about"]], "data": HUBEI_ROWS})
    found = read_file(put(tmp_path, "a.xlsx", book))
    assert found.layout == "hubei" and any("cover" in note for note in found.notes)


def test_formula_text_is_no_number(tmp_path):
    content = b"date,market,close\n2024-01-02,cea,=1+1\n2024-01-03,cea,80\n"
    found = read_file(put(tmp_path, "a.csv", content))
    assert found.quarantine["reason"].tolist() == ["close '=1+1' is not a number"]


def test_every_reason_of_a_row_is_given(tmp_path):
    content = b"date,market,close,high,low,volume\nx,cea,y,1,2,3\n2024-01-02,cea,-1,1,2,-3\n"
    reasons = read_file(put(tmp_path, "a.csv", content)).quarantine["reason"].tolist()
    assert reasons[0] == "date 'x' is not a date; close 'y' is not a number"
    assert sorted(reasons[1].split("; ")) == [
        "close is not above 0",
        "high is below low",
        "volume is negative",
    ]


def test_old_workbooks(tmp_path):
    rows = [["Country", "ISO3 Code", "Date", "Price (EUR/MWhe)"], ["x", "AUT", "2015-01-01", 22.5]]
    found = read_file(put(tmp_path, "a.xls", biff2(rows)))
    assert (found.encoding, found.kept, found.frame["close"].iat[0]) == ("xls", 1, 22.5)


def test_a_text_table_under_a_workbooks_name(tmp_path):
    found = read_file(put(tmp_path, "a.xls", text(EMBER_ROWS).replace(b",", b"\t")))
    assert found.layout == "ember"


def test_json_records_that_hold_more_than_plain_cells(tmp_path):
    records = [{"date": "2024-01-02", "daily_volume": [1], "daily_amount": 1, "avg_price": None}]
    found = read_file(put(tmp_path, "a.json", json.dumps(records).encode()), market="ccer")
    assert found.quarantined == 1
