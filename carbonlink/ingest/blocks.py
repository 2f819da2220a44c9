"""Tables of intervals too large to hold: read in blocks, every source row accounted for."""

from __future__ import annotations

import csv
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .. import artifacts
from ..errors import DataError
from . import draft as drafts
from . import ending
from .clean import heading
from .encodings import encoding_of, undecodable
from .intraday import Days, days_of, is_intraday, sums_by_day
from .layouts import Parts
from .recognise import Recognised, recognise
from .sheet import TEXT, Sheet, ending_of, numbered

BLOCKS_ABOVE = 64 * 2**20
LARGEST = 4 * 2**30
LAYOUTS = ("provincial", "tidy")
_BLOCK, _LEAST = 400_000, 20_000
_HEAD = 60
_PART = 1 << 22
_DAYS = ("day", "date", "日期", "交易日期")
_WHOLE_DAY = ["market", "day"]


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """A text file read in blocks: its delivery days and the fate of every source row."""

    found: Recognised
    days: Days
    quarantine: pd.DataFrame
    declared: dict[str, int]
    rows: int
    kept: int
    notes: tuple[str, ...]
    sha256: str
    bytes: int
    encoding: str


def in_blocks(path: Path) -> bool:
    """Return whether a file is read in blocks: a large text file."""
    if path.suffix.lower() not in TEXT.split() or not path.is_file():
        return False
    return path.stat().st_size > BLOCKS_ABOVE


def read_blocks(path: Path, market: str | None, layout: str | None) -> Blocks:
    """Read a large text file of intervals into delivery days, block by block.

    Parameters
    ----------
    path : Path
        A csv of one of `LAYOUTS`.
    market, layout : str, optional
        As for `read_file`.

    Raises
    ------
    DataError
        The file is larger than `LARGEST`, has another layout, or holds no intervals.

    Notes
    -----
    Rows of one market and day are settled together, wherever in the file they stand, so that two
    rows of one interval meet the rule of `draft.settle` as in a small file. Blocks end where a day
    ends; if a market's day stands in several blocks all the same, the file is read a second time
    and the rows of such days are gathered on disk, in files of about `_BLOCK` rows. What is held
    at once is two blocks (or all rows of one market and day, where these are more), the sums of the
    days, and the quarantined rows.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise DataError(
            f"{path.name} has {size / 2**20:,.0f} MB; tables of intervals up to "
            f"{LARGEST >> 20:,d} MB are read.",
            "Split it by year.",
        )
    encoding = encoding_of(lambda: _parts(path), path.name)
    source = Source(path, encoding, _recognised(path, encoding, layout), market)
    blocks = [_block(source, sheet) for sheet in _sheets(source)]
    ends = tuple(note for one in blocks for note in one.ends)
    source = replace(source, cut=max(one.cut for one in blocks))
    scattered = _scattered(blocks)
    if len(scattered):
        again = set(scattered["block"])
        blocks = [one for place, one in enumerate(blocks) if place not in again]
        with tempfile.TemporaryDirectory(prefix="carbonlink-") as folder:
            gathered = _gathered(source, scattered, Path(folder))
            blocks += [_block(source, sheet) for sheet in gathered]
    return _summed(source, blocks, ends)


def _parts(path: Path) -> Iterator[bytes]:
    """The bytes of a file in parts that end with a line feed."""
    with path.open("rb") as stream:
        while part := stream.read(_PART):
            yield part + stream.readline(_PART)


@dataclass(frozen=True)
class Source:
    """A large file and how it is read."""

    path: Path
    encoding: str
    found: Recognised
    market: str | None
    cut: int = 0

    def read(self, sheet: Sheet) -> Parts:
        """Return what the layout makes of a block."""
        return self.found.layout.read(sheet, self.found.header, self.market)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block as read; the header is not counted."""

    rows: int
    kept: int
    intraday: bool
    declared: dict[str, int]
    notes: tuple[str, ...]
    ends: tuple[str, ...]
    cut: int
    sums: pd.DataFrame
    quarantine: pd.DataFrame
    days: pd.DataFrame


def _block(source: Source, sheet: Sheet) -> Block:
    made = source.read(sheet)
    settled = drafts.settle(made.draft, made.frames, made.empty)
    body = drafts.body(sheet, source.found.header) if sheet.ending else None
    return Block(
        rows=sheet.rows - source.found.header,
        kept=settled.kept,
        intraday=is_intraday(settled.frame),
        declared={why: n for why, n in settled.declared.items() if why != "header"},
        notes=made.draft.notes,
        ends=ending.said(sheet, body.rows, body.bad) if body else (),
        cut=max(body.bad, default=0) if body else 0,
        sums=sums_by_day(settled.frame),
        quarantine=settled.quarantine,
        days=_of_rows(made).groupby(_WHOLE_DAY).size().rename("rows").reset_index(),
    )


def _summed(source: Source, blocks: list[Block], ends: tuple[str, ...]) -> Blocks:
    """The whole file of its blocks."""
    header, path = source.found.header, source.path
    if any(one.kept for one in blocks) and not any(one.intraday for one in blocks):
        raise DataError(f"{path.name} holds no times within a day.", "Split it by year.")
    declared = Counter({"header": header})
    for one in blocks:
        declared.update(one.declared)
    held = [one.sums for one in blocks if len(one.sums)] or [blocks[0].sums]
    aside = [one.quarantine for one in blocks if len(one.quarantine)] or [blocks[0].quarantine]
    delivery = days_of(pd.concat(held, ignore_index=True))
    notes = dict.fromkeys(note for one in blocks for note in one.notes)
    return Blocks(
        found=source.found,
        days=delivery,
        quarantine=pd.concat(aside).sort_values("row", kind="stable", ignore_index=True),
        declared=dict(declared),
        rows=header + sum(one.rows for one in blocks),
        kept=sum(one.kept for one in blocks),
        notes=(*notes, *ends, *delivery.notes),
        sha256=artifacts.sha256(path),
        bytes=path.stat().st_size,
        encoding=source.encoding,
    )


def _scattered(blocks: list[Block]) -> pd.DataFrame:
    """The markets' days that stand in several blocks: columns market, day, rows, block."""
    days = pd.concat([one.days.assign(block=place) for place, one in enumerate(blocks)])
    return days[days.duplicated(_WHOLE_DAY, keep=False)]


def _of_rows(made: Parts) -> pd.DataFrame:
    """The market and the day of each source row with a date."""
    whose = [frame[[drafts.ROW, "market", "date"]] for frame in made.frames]
    rows = pd.concat(whose) if len(whose) > 1 else whose[0]
    rows = rows.dropna(subset="date").drop_duplicates(drafts.ROW)
    return rows.assign(day=rows["date"].dt.normalize())


def _gathered(source: Source, scattered: pd.DataFrame, folder: Path) -> Iterator[Sheet]:
    """The rows of the blocks with scattered days, every market's day whole in one new block.

    Parameters
    ----------
    scattered : DataFrame
        Of `_scattered`.
    folder : Path
        Where the rows of these days wait, in one file a new block.
    """
    days = scattered.groupby(_WHOLE_DAY)["rows"].sum()
    groups = ((days.cumsum() - days) // _BLOCK).rename("group").reset_index()
    header = source.found.header
    left: list[pd.DataFrame] = []
    head = pd.DataFrame()
    for sheet in _sheets(source, set(scattered["block"])):
        cells, head = sheet.cells, sheet.cells.loc[:header]
        places = _of_rows(source.read(sheet)).merge(groups, on=_WHOLE_DAY)
        for group, rows in places.groupby("group")[drafts.ROW]:
            _append(folder / f"{group}.csv", cells.loc[rows])
        left.append(cells.loc[~cells.index.isin(places[drafts.ROW]) & (cells.index > header)])
        rest = replace(sheet, cells=_below(head, left), ending=None, cut=source.cut)
        if not drafts.body(rest, header).rows.empty:
            yield rest
            left = []
    for group in groups["group"].unique():
        waited = _waited(folder / f"{group}.csv")
        cells = _below(head, [*left, waited])
        yield Sheet(source.path.name, cells, source.encoding, cut=source.cut)
        left = []


def _below(head: pd.DataFrame, rows: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([head, *rows]).fillna("").sort_index()


def _append(file: Path, cells: pd.DataFrame) -> None:
    with file.open("a", encoding="utf-8", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows(cells.itertuples())


def _waited(file: Path) -> pd.DataFrame:
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    cells = numbered([row[1:] for row in rows], text=True)
    return cells.set_axis(pd.Index([int(row[0]) for row in rows]))


def _recognised(path: Path, encoding: str, layout: str | None) -> Recognised:
    head = next(_lines(path, encoding, _HEAD), [])
    found = recognise([Sheet(path.name, numbered(head, text=True), encoding)], path.name, layout)
    if found.layout.NAME not in LAYOUTS:
        raise DataError(
            f"{path.name} has layout {found.layout.NAME} and {BLOCKS_ABOVE >> 20} MB or more.",
            "Split it by year.",
        )
    return found


def _sheets(source: Source, only: set[int] | None = None) -> Iterator[Sheet]:
    """Blocks of rows with their numbers in the file, each below the rows of the header.

    Parameters
    ----------
    only : set of int, optional
        The blocks wanted, counted from 0; all of them when None.
    """
    name, header = source.path.name, source.found.header
    lines = _lines(source.path, source.encoding, _BLOCK)
    block = next(lines, [])
    above, place = block[:header], _day_column(block[header - 1])
    first = 1
    for count in itertools.count():
        after = next(lines, [])
        if len(after) < _LEAST:
            block, after = block + after, []
        else:
            cut = _end_of_day(block, place)
            block, after = block[:cut], block[cut:] + after
        if only is None or count in only:
            rows: list[Any] = block if first == 1 else [*above, *block]
            cells = numbered(rows, text=True)
            if first > 1:
                numbers = [*range(1, header + 1), *range(first, first + len(block))]
                cells.index = pd.Index(numbers)
            ends = None if after else ending_of(rows, _tail(source.path))
            yield Sheet(name, cells, source.encoding, ending=ends)
        if not after:
            return
        first += len(block)
        block = after


def _lines(path: Path, encoding: str, many: int) -> Iterator[list[list[str]]]:
    """Lists of at most so many rows of a csv file."""
    with path.open(encoding=encoding, newline="") as text:
        reader = csv.reader(text, strict=True)
        try:
            while rows := list(itertools.islice(reader, many)):
                yield rows
        except csv.Error as error:
            raise DataError(
                f"{path.name} is not a table of separated values "
                f"(line {reader.line_num}: {error}).",
                "Export it again from its source.",
            ) from error
        except UnicodeDecodeError as error:
            raise undecodable(path.name, encoding) from error


def _tail(path: Path) -> str:
    """The last character of a file, of any encoding."""
    with path.open("rb") as stream:
        stream.seek(-min(4, path.stat().st_size), 2)
        return stream.read().replace(b"\x00", b"")[-1:].decode("latin-1")


def _day_column(header: list[str]) -> int:
    return next((i for i, text in enumerate(map(heading, header)) if text in _DAYS), 0)


def _end_of_day(block: list[list[str]], place: int) -> int:
    """Where the last day of a block begins, or its end where that day is long."""
    last, cut = _day(block[-1], place), len(block) - 1
    while cut > 0 and _day(block[cut - 1], place) == last:
        cut -= 1
    return cut if cut and len(block) - cut <= _BLOCK // 4 else len(block)


def _day(row: list[str], place: int) -> str:
    return row[place].strip().partition(" ")[0].partition("T")[0] if place < len(row) else ""
