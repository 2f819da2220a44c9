"""A file as received: its cells, before anybody knows what they mean."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from .bounds import check_package
from .clean import heading
from .encodings import decode

LARGEST_FILE = 200 * 2**20
LARGEST_CONTENT = 500 * 2**20
WIDEST, MOST_CELLS, MOST_LINES = 16_384, 40_000_000, 4_000_000
TEXT, WORKBOOK, OLD_WORKBOOK, RECORDS = ".csv .txt .tsv", ".xlsx .xlsm", ".xls", ".json"
SUFFIXES = tuple(f"{TEXT} {WORKBOOK} {OLD_WORKBOOK} {RECORDS}".split())
_DELIMITERS = (",", ";", "\t")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})")
_HEAD_LINES = 12
HEAD_ROWS = 30
"""Rows from the top among which a header is looked for."""
_OLD_WORKBOOKS = (
    b"\xd0\xcf\x11\xe0",
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
)


@dataclass(frozen=True)
class Ending:
    """Cells of each row of a text file without a line break at its end, and if a quote ends it."""

    widths: tuple[int, ...]
    quoted: bool


@dataclass(frozen=True)
class Sheet:
    """Cells of one sheet as received.

    Attributes
    ----------
    file : str
        File name.
    cells : DataFrame
        Cells as text, numbers or dates; the index is the row number in the file from 1 (the keys
        of JSON records are row 0, which is not a row of the file).
    encoding : str
        Encoding of a text file, else the kind of file.
    name : str
        Name of the sheet in a workbook.
    others : tuple of str
        Names of the workbook's other sheets.
    ending : Ending, optional
        Of a text file that does not end with a line break.
    cut : int
        Number of the row inside which the file is known to end, 0 where none is.
    """

    file: str
    cells: pd.DataFrame
    encoding: str
    name: str = ""
    others: tuple[str, ...] = ()
    ending: Ending | None = None
    cut: int = 0

    @property
    def rows(self) -> int:
        """Number of source rows."""
        return int((self.cells.index > 0).sum())

    @functools.cached_property
    def heads(self) -> dict[int, frozenset[str]]:
        """Plain headings of each of the first rows, by row number."""
        head = self.cells.iloc[:HEAD_ROWS]
        cells = head.to_numpy(dtype=object)
        return {
            int(row): frozenset(map(heading, texts))
            for row, texts in zip(head.index, cells, strict=True)
        }


def sheets(path: str | Path, content: bytes | None = None) -> Iterator[Sheet]:
    """Yield the sheets of a file, one at a time; a text file has one.

    Parameters
    ----------
    path : path
        The file; its suffix is one of `SUFFIXES`.
    content : bytes, optional
        What is in it, where it has been read already.
    """
    path = Path(path)
    if content is None:
        content = content_of(path)
    suffix = path.suffix.lower()
    if content.startswith(b"PK\x03\x04"):
        yield from _workbook(path.name, content)
    elif content.startswith(_OLD_WORKBOOKS):
        yield from _old_workbook(path.name, content)
    elif suffix in (*WORKBOOK.split(), OLD_WORKBOOK):
        yield _old_export(path.name, content)
    elif suffix == RECORDS:
        yield _records(path.name, content)
    else:
        yield _text(path.name, content)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that is there, is a file, is not empty and not too large."""
    name = path.name or str(path)
    if not path.exists():
        raise DataError(f"There is no file {path}.", "Check the name and the folder.")
    if not path.is_file():
        raise DataError(f"{path} is not a file.", "Name one file; a folder is read with cl.load.")
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(
            f"{name} has the suffix {path.suffix or 'of no kind'!r}, which is not read.",
            f"Readable: {' '.join(SUFFIXES)}.",
        )
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{name} is empty (0 bytes).", "Export it again from its source.")
    if size > LARGEST_FILE:
        raise DataError(
            f"{name} has {size / 2**20:,.0f} MB; files up to {LARGEST_FILE >> 20} MB are read.",
            "Split it by year.",
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{name} cannot be read ({error.strerror}).", "Check its permissions."
        ) from error


def _workbook(name: str, content: bytes) -> Iterator[Sheet]:
    from python_calamine import CalamineWorkbook

    _check_expansion(name, content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        titles = [str(title) for title in book.sheet_names]
    except Exception as error:
        raise _broken(name, "workbook") from error
    for title in titles:
        try:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        except Exception as error:
            raise _broken(name, f"sheet {title!r}") from error
        yield _page(name, "xlsx", title, titles, rows)


def _old_workbook(name: str, content: bytes) -> Iterator[Sheet]:
    import xlrd

    try:
        # Ragged rows: one cell in the last corner must not fill the whole sheet.
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), on_demand=True, ragged_rows=True
        )
        titles = [str(title) for title in book.sheet_names()]
        for title in titles:
            page = book.sheet_by_name(title)
            rows = [_old_cells(page.row(i), book.datemode) for i in range(page.nrows)]
            yield _page(name, "xls", title, titles, rows)
    except DataError:
        raise
    except Exception as error:
        raise _broken(name, "workbook") from error


def _old_cells(row: Sequence[Any], datemode: int) -> list[Any]:
    import xlrd

    made = []
    for cell in row:
        value = cell.value
        if cell.ctype == xlrd.XL_CELL_DATE:
            value = xlrd.xldate_as_datetime(value, datemode)
        elif cell.ctype == xlrd.XL_CELL_ERROR:
            value = xlrd.error_text_from_code.get(value, "#N/A")
        elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
            value = bool(value)
        made.append(value)
    return made


def _page(name: str, kind: str, title: str, titles: list[str], rows: list[list[Any]]) -> Sheet:
    others = tuple(other for other in titles if other != title)
    return Sheet(name, numbered(rows), kind, title, others)


def _check_expansion(name: str, content: bytes) -> None:
    try:
        check_package(name, content, LARGEST_CONTENT, MOST_CELLS)
    except DataError:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds on damaged archives
        raise _broken(name, "workbook") from error


def _broken(name: str, what: str) -> DataError:
    return DataError(
        f"The {what} of {name} is damaged and cannot be read.",
        "Open it in a spreadsheet program and save it again, or export it again.",
    )


def _old_export(name: str, content: bytes) -> Sheet:
    """A text table under a workbook's name, as some web sites hand out."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"<"):
        raise DataError(
            f"{name} is a web page under a workbook's name.",
            "Open it in a spreadsheet program and save it as xlsx.",
        )
    try:
        return _text(name, content)
    except DataError as error:
        raise (_broken(name, "workbook") if b"\x00" in head else error) from error


def _records(name: str, content: bytes) -> Sheet:
    text, _ = decode(content, name)
    remedy = "It must be a list of records, [{...}, {...}], or one record a line."
    try:
        lines = text.split("\n")
        alone = len(lines) > 1 and all(
            line.lstrip().startswith("{") for line in lines if line.strip()
        )
        loaded = [json.loads(line) for line in lines if line.strip()] if alone else json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise DataError(f"{name} is not valid JSON{where}.", remedy) from error
    while isinstance(loaded, dict):
        lists = [v for v in loaded.values() if isinstance(v, list)]
        inner: list[Any] = lists or [v for v in loaded.values() if isinstance(v, dict)]
        if len(inner) != 1:
            break
        loaded = inner[0]
    if not isinstance(loaded, list) or not all(isinstance(r, dict) for r in loaded):
        raise DataError(f"{name} holds no list of records.", remedy)
    keys = list(dict.fromkeys(key for record in loaded for key in record))
    if len(keys) > WIDEST or len(keys) * len(loaded) > MOST_CELLS:
        raise DataError(f"{name} has records with {len(keys):,d} different keys.", remedy)
    rows = [[_scalar(record.get(key)) for key in keys] for record in loaded]
    return Sheet(name, numbered([[_scalar(key) for key in keys], *rows], first=0), "json")


def _scalar(value: Any) -> Any:
    """A JSON value as a cell; an integer beyond any float and half a character stay text."""
    if value is None:
        return ""
    if isinstance(value, int) and abs(value) >= 2**63:
        return str(value)
    if isinstance(value, (list, dict)):
        value = str(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _text(name: str, content: bytes) -> Sheet:
    text, encoding = decode(content, name)
    if text.count("\n") > MOST_LINES:
        raise DataError(f"{name} has more than {MOST_LINES:,d} lines.", "Split it by year.")
    head = [line for line in text[:200_000].splitlines() if line.strip()][:_HEAD_LINES]
    delimiter = max(_DELIMITERS, key=lambda d: sum(line.count(d) for line in head))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise DataError(
            f"{name} is not a table of separated values (line {reader.line_num}: {error}).",
            "Export it again from its source.",
        ) from error
    width = max(map(len, rows), default=0)
    if width > WIDEST or width * len(rows) > MOST_CELLS:
        raise DataError(f"{name} has a line with {width:,d} columns.", "It is not a table.")
    frame = numbered(rows, text=True)
    if delimiter != ",":
        _refuse_decimal_commas(name, frame)
    return Sheet(name, frame, encoding, ending=ending_of(rows, text))


def ending_of(rows: Sequence[Sequence[Any]], tail: str) -> Ending | None:
    """Return how a text file ends, of its rows and its last characters; None with a line break."""
    if not rows or tail.endswith(("\n", "\r")):
        return None
    return Ending(tuple(map(len, rows)), tail.endswith('"'))


def _refuse_decimal_commas(name: str, frame: pd.DataFrame) -> None:
    for column in frame:
        for cell in frame[column]:
            if isinstance(cell, str) and _DECIMAL_COMMA.fullmatch(cell.strip()):
                raise DataError(
                    f"{name} prints numbers with decimal commas ({cell.strip()}).",
                    "Save it with decimal points.",
                )


def numbered(rows: Sequence[Sequence[Any]], first: int = 1, text: bool = False) -> pd.DataFrame:
    """Return rows of cells as a frame whose index is the row number in the file."""
    widths = set(map(len, rows))
    width = max(widths, default=1) or 1
    if len(widths) == 1 and width > 1:
        cells = np.array(rows, dtype=object)
    else:
        cells = np.full((len(rows), width), "", dtype=object)
        for place, row in enumerate(rows):
            cells[place, : len(row)] = row
    if not text:
        cells[pd.isna(cells)] = ""
    index = pd.RangeIndex(first, first + len(rows))
    return _without_empty_columns(pd.DataFrame(cells, index=index, dtype=object))


def _without_empty_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop columns at the right that hold nothing."""
    width = frame.shape[1]
    while width > 1 and not _holds(frame.iloc[:, width - 1]):
        width -= 1
    return frame.iloc[:, :width]


def _holds(column: pd.Series) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in column)
