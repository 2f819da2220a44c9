"""What a file may unpack to: bombs are refused by size before anything is unpacked."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter

from ..errors import DataError

_DEFLATE_RATIO = 1_032
"""Deflate cannot make more bytes than this of one, whatever the directory of an archive claims."""
_MOST_ENTRIES = 10_000
_LONGEST_CELL = 4 * 32_767
"""Bytes of the longest text that a spreadsheet cell holds (32,767 characters)."""
_BLOCK = 1 << 20
_LOCAL = struct.Struct("<26xHH")
_PLACE = re.compile(rb'\br="([A-Za-z]{1,4})(\d{1,9})"')
_TEXT = re.compile(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si>", re.DOTALL)
_USE = re.compile(rb't="s"[^>]*>\s*<(?:\w+:)?v>(\d{1,9})<')


def check_package(name: str, content: bytes, most_bytes: int, most_cells: int) -> None:
    """Refuse a workbook that would not fit into memory.

    Parameters
    ----------
    name : str
        File name, for messages.
    content : bytes
        The workbook, a zip archive.
    most_bytes, most_cells : int
        What its parts may unpack to, and how many cells a sheet may span.

    Raises
    ------
    DataError
        The archive unpacks to more, whatever it declares; a sheet spans more cells than that (one
        cell in the last corner is enough, since a table is read from its first cell to its last);
        or a text is repeated until it fills the memory.

    Notes
    -----
    Damaged archives raise what `zipfile` raises, which the caller names.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        declared = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if len(entries) > _MOST_ENTRIES:
            raise DataError(f"{name} is an archive of {len(entries):,d} files.", _SPLIT)
        _refuse_above(name, declared, most_bytes)
        if packed * _DEFLATE_RATIO > most_bytes:
            true = 0
            for entry in entries:
                true += _unpacked(content, entry, most_bytes - true)
                _refuse_above(name, true, most_bytes)
        pages = [e for e in entries if "worksheets/" in e.filename and e.filename.endswith(".xml")]
        texts = [e for e in entries if e.filename.casefold().endswith("sharedstrings.xml")]
        strings = archive.read(texts[0]) if texts else b""
        longest = _longest(name, strings)
        uses: Counter[bytes] = Counter()
        for entry in pages:
            page = archive.read(entry)
            _longest(name, page)
            _check_span(name, page, most_cells)
            if longest * page.count(b't="s"') > most_bytes:
                uses.update(_USE.findall(page))
        _refuse_above(name, _repeated(strings, uses), most_bytes)


_SPLIT = "Split it by year."


def _refuse_above(name: str, size: int, most: int) -> None:
    if size > most:
        raise DataError(
            f"{name} would unpack to {size / 2**20:,.0f} MB; up to {most >> 20} MB are read.",
            _SPLIT,
        )


def _longest(name: str, part: bytes) -> int:
    longest = max(map(len, part.split(b"<")))
    if longest > _LONGEST_CELL:
        raise DataError(f"{name} has a cell of {longest:,d} bytes.", "Take it out.")
    return longest


def _unpacked(content: bytes, entry: zipfile.ZipInfo, most: int) -> int:
    """Bytes that an entry really unpacks to, counted until they pass `most`."""
    if entry.compress_type == zipfile.ZIP_STORED:
        return entry.compress_size
    names = _LOCAL.unpack_from(content, entry.header_offset)
    start = entry.header_offset + 30 + sum(names)
    stream, size = zlib.decompressobj(-15), 0
    left = content[start : start + entry.compress_size]
    while left and size <= most:
        size += len(stream.decompress(left, _BLOCK))
        left = stream.unconsumed_tail
    return size


def _check_span(name: str, page: bytes, most: int) -> None:
    places = set(_PLACE.findall(page))
    if not places:
        return
    rows = max(int(row) for _, row in places)
    columns = max(_column(letters) for letters in {letters.upper() for letters, _ in places})
    if rows * columns > most:
        raise DataError(
            f"{name} has a sheet that spans {rows:,d} rows and {columns:,d} columns.",
            "Delete what stands far outside the table, or copy the table into a new workbook.",
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _repeated(strings: bytes, uses: Counter[bytes]) -> int:
    """Bytes of all cells that show a shared text."""
    if not uses:
        return 0
    sizes = [len(text) for text in _TEXT.findall(strings)]
    known = ((int(place), count) for place, count in uses.items())
    return sum(sizes[place] * count for place, count in known if place < len(sizes))
