"""Damaged files end in data that pass every check, or in a named error; never in anything else."""

from __future__ import annotations

import csv
import io
import json
import warnings

import numpy as np
import pytest
import xlrd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_samples import workbook
from old_workbooks import biff2
from python_calamine import CalamineWorkbook
from wild_samples import ALL as SAMPLES

from carbonlink.errors import CarbonlinkError
from carbonlink.ingest.reading import read_file
from carbonlink.ingest.schema import COLUMNS, KEY, NUMBERS, bad_rows

HOSTILE = (
    *(
        "",
        " ",
        "-",
        "--",
        "#N/A",
        "#REF!",
        "=1+1",
        "@x",
        "0",
        "-1",
        "1e400",
        "1e-320",
        "NaN",
        "inf",
    ),
    *("1,2,3", "１２", "12%", "3万吨", "0.05K", "9" * 400, "x" * 5000, "2024-02-30", "20240101"),
    *(
        "99999999",
        "45778",
        "24:00",
        "25:00",
        "2021/7/16",
        "07/16/2021",
        "数据来源：Wind",
        "备注",
        "日期",
    ),
    *(
        "Date",
        "指标名称",
        "market",
        '"',
        "'",
        "a\nb",
        "\u2028",
        "\ufeff",
        "吨",
        "TRUE",
        "BEA)(",
        "()",
    ),
    *("+cmd|'/C calc'!A0", "-2+3", "\x00", "\ufffe", "1e308", "-1e308", "1" * 309, "0.1" * 9),
    *(
        "１，２３４．５",
        "（BEA）",
        "1,234,567.89",
        "12.3E4亿元",
        "9999-12-31",
        "0000-00-00",
        "60",
        "2958466",
    ),
    *(
        "31/12/2024",
        "12/31/2024",
        "13/13/2024",
        "02/03/2024",
        "1899-12-31",
        "2041-01-02",
        "24:00:00",
    ),
)
TEXTS = [s for s in SAMPLES if s.name.endswith(".csv")]
BOOKS = [s for s in SAMPLES if s.name.endswith(".xlsx")]
RECORDS = [s for s in SAMPLES if s.name.endswith(".json")]
OLD = [s for s in SAMPLES if s.name.endswith(".xls")]


def rows_of(sample):
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = sample.content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return list(csv.reader(io.StringIO(text, newline="")))
    raise AssertionError(sample.name)


def pages_of(sample):
    book = CalamineWorkbook.from_filelike(io.BytesIO(sample.content))
    pages = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return [[list(row) for row in page] for page in pages]


def old_pages_of(sample):
    book = xlrd.open_workbook(file_contents=sample.content, logfile=io.StringIO())
    page = book.sheet_by_index(0)
    return [page.row_values(i) for i in range(page.nrows)]


def printed(rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def changed_rows(rows, draws):
    """One change of the table: cells, rows or columns."""
    rows = [list(row) for row in rows]
    kind = draws.integers(11)
    i, j = (int(draws.integers(len(rows))) for _ in range(2))
    width = max(map(len, rows))
    a, b = (int(draws.integers(width)) for _ in range(2))
    if kind <= 2:
        for _ in range(int(draws.integers(1, 6))):
            row = rows[int(draws.integers(len(rows)))]
            if row:
                row[int(draws.integers(len(row)))] = HOSTILE[int(draws.integers(len(HOSTILE)))]
    elif kind == 3:
        rows = [[c for k, c in enumerate(row) if k != a] for row in rows]
    elif kind == 4:
        for row in rows:
            if max(a, b) < len(row):
                row[a], row[b] = row[b], row[a]
    elif kind == 5:
        rows.insert(j, list(rows[i]))
    elif kind == 8:
        numbers = [str(10 ** int(draws.integers(1, 300))), repr(float(draws.normal()) * 1e20), "-0"]
        for row in rows[1:]:
            if a < len(row):
                row[a] = numbers[int(draws.integers(len(numbers)))]
    elif kind == 9:
        cells = [row[0] for row in rows if row]
        draws.shuffle(cells)
        for row, cell in zip((r for r in rows if r), cells, strict=True):
            row[0] = cell
    elif kind == 10:
        for row in rows:
            row.insert(a, HOSTILE[int(draws.integers(len(HOSTILE)))])
    elif kind == 6:
        rows[i] = rows[i][: int(draws.integers(len(rows[i]) + 1))]
    else:
        del rows[i]
    return rows or [[""]]


def changed_bytes(content, draws):
    """One change of the file: cut short, bytes overwritten, another encoding."""
    kind = draws.integers(4)
    if kind == 0:
        return content[: int(draws.integers(len(content)))]
    if kind == 1:
        damaged = bytearray(content)
        for _ in range(int(draws.integers(1, 8))):
            damaged[int(draws.integers(len(damaged)))] = int(draws.integers(256))
        return bytes(damaged)
    if kind == 2:
        cut = int(draws.integers(len(content)))
        return content[cut:] + content[:cut]
    return content


def mutated(draws):
    """A sample and a damaged copy of its content."""
    sample = SAMPLES[int(draws.integers(len(SAMPLES)))]
    return sample, mutated_content(sample, draws)


def mutated_content(sample, draws):
    """A damaged copy of a sample's content."""
    if draws.random() < 0.3:
        return changed_bytes(sample.content, draws)
    if sample in TEXTS:
        text = printed(changed_rows(rows_of(sample), draws))
        encoding = ("utf-8", "gb18030", "utf-16", "latin-1", "big5")[int(draws.integers(5))]
        if draws.random() < 0.7:
            encoding = "utf-8"
        if draws.random() < 0.1:
            text = text.replace(",", ";\t|"[int(draws.integers(3))])
        return text.encode(encoding, errors="replace")
    if sample in OLD:
        return biff2(changed_rows(old_pages_of(sample), draws))
    if sample in BOOKS:
        pages = [changed_rows(page, draws) for page in pages_of(sample)]
        named = {str(k): [[storable(c) for c in row] for row in p] for k, p in enumerate(pages)}
        return workbook(named)
    return changed_records(sample, draws)


def changed_records(sample, draws):
    """One change of the records of a JSON file."""
    records = json.loads(sample.content)
    listed = records if isinstance(records, list) else records["data"]
    if draws.random() < 0.2:
        made = [
            {"date": "2024-01-02"},
            [],
            [[1]],
            {"a": listed},
            {"a": listed, "b": listed},
            "x",
            7,
        ]
        made += [{"a": {"b": listed}}, [*listed, None], [{}] * 5, [{"": ""}]]
        return json.dumps(made[int(draws.integers(len(made)))]).encode()
    record = listed[int(draws.integers(len(listed)))]
    key = list(record)[int(draws.integers(len(record)))]
    if draws.random() < 0.3:
        del record[key]
    else:
        others = (
            None,
            [1],
            {"a": 1},
            -1,
            True,
            10**400,
            1e308,
            float("inf"),
            float("nan"),
            "\ud800",
        )
        record[key] = (*HOSTILE, *others)[int(draws.integers(len(HOSTILE) + len(others)))]
    return json.dumps(records).encode()


def storable(cell):
    if isinstance(cell, str):
        plain = "".join(c for c in cell if c >= " " and c not in "\u2028\ufffe\uffff")
        return plain[:3000] or None
    return cell


def hold(sample, content, folder):
    """Read a damaged file and hold what comes of it to the contract."""
    path = folder / sample.name
    path.write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = read_file(path, market=sample.market)
    except CarbonlinkError as error:
        assert sample.name in error.message or "market" in error.message, error.message
        assert error.remedy and "\n" not in error.message
        return "refused"
    assert found.rows == found.kept + found.quarantined + sum(found.declared.values())
    assert found.quarantined == len(found.quarantine) and all(found.quarantine["reason"])
    assert tuple(found.frame.columns) == COLUMNS
    assert not found.frame.duplicated(list(KEY)).any()
    assert found.frame["date"].notna().all()
    numbers = found.frame[list(NUMBERS)]
    assert np.isfinite(numbers.to_numpy()[numbers.notna().to_numpy()]).all()
    assert numbers.notna().any(axis=1).all()
    assert not len(found.frame) or bad_rows(found.frame) == {}
    return "read"


@given(st.integers(0, 2**32 - 1), st.sampled_from(SAMPLES))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_rows_in_are_rows_kept_quarantined_and_declared(tmp_path_factory, seed, sample):
    draws = np.random.default_rng(seed)
    folder = tmp_path_factory.mktemp("one")
    end = hold(sample, mutated_content(sample, draws), folder)
    assert end in ("read", "refused")


@pytest.mark.parametrize("seed", range(3))
def test_mutated_files(seed, tmp_path):
    draws = np.random.default_rng(seed)
    ends = [hold(*mutated(draws), tmp_path) for _ in range(60)]
    assert 10 < ends.count("read") and 5 < ends.count("refused")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_ten_thousand_mutated_files(seed, tmp_path):
    draws = np.random.default_rng(seed)
    ends = [hold(*mutated(draws), tmp_path) for _ in range(1_000)]
    assert 200 < ends.count("read") and 100 < ends.count("refused")


def test_a_unit_with_a_line_break_is_refused_in_one_line(tmp_path):
    sample = next(s for s in SAMPLES if s.name == "wind.csv")
    rows = rows_of(sample)
    units = next(row for row in rows if row[0] == "单位")
    units[1] = "a\nb"
    assert hold(sample, printed(rows).encode(), tmp_path) == "refused"
