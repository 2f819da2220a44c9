"""Quarter-hours by the million: files read in blocks, delivery days in place of intervals."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import artifacts
from ..errors import DataError
from .draft import settle
from .recognise import Recognised, recognise
from .schema import COLUMNS, KEY, NUMBERS, varying
from .sheet import TEXT, Sheet, numbered

DAILY_ABOVE = 200_000
"""Intervals of one file above which a folder is read into delivery days."""
BLOCKS_ABOVE = 64 * 2**20
LARGEST = 4 * 2**30
LAYOUTS = ("provincial", "tidy")
_BLOCK, _LEAST = 400_000, 20_000
_HEAD = 60
_SUMS = ("sum", "count", "minutes")
_SERIES = ("market", "product", "vintage", "trade", "price_kind", "source")


def is_intraday(frame: pd.DataFrame) -> bool:
    """Return whether any row is of a time within a day."""
    return bool((frame["date"] != frame["date"].dt.normalize()).any())


def sums_by_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Return sum and number of the prices, and of their minutes, of each series and day."""
    if frame.empty:
        return pd.DataFrame(columns=[*_SERIES, "date", *_SUMS])
    price = frame["close"].where(frame["close"].notna(), frame["vwap"])
    keys = [*varying(frame, _SERIES), "date"]
    days = frame["date"].dt.normalize()
    minute = ((frame["date"] - days) // pd.Timedelta(minutes=1)).where(price.notna(), 0)
    day = frame[keys[:-1]].assign(date=days, sum=price, count=price.notna(), minutes=minute)
    sums = day.groupby(keys, sort=False)[list(_SUMS)].sum().reset_index()
    return sums.assign(**{n: frame[n].iloc[0] for n in _SERIES if n not in keys})


def days_of(sums: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the mean price of each complete delivery day, and what must be known of the others.

    Parameters
    ----------
    sums : DataFrame
        Of `sums_by_day`; those of several blocks one below the other.

    Notes
    -----
    A day is complete when it has as many intervals as most days of its series have. A day with
    fewer (missing) or more (printed twice, or an hour repeated in autumn) has no daily price and
    no row; nor has a day with as many at other times (one missing, another printed twice), which
    the sum of their minutes shows.
    """
    if sums.empty:
        return pd.DataFrame(columns=list(COLUMNS)), ()
    table = sums.groupby([*_SERIES, "date"], sort=False)[list(_SUMS)].sum().reset_index()
    usual = table.groupby(list(_SERIES))["count"].transform(lambda counts: counts.mode().iloc[-1])
    whole = (table["count"] == usual) & (table["count"] > 0)
    minutes = table[whole].groupby(list(_SERIES))["minutes"].agg(lambda m: m.mode().iloc[-1])
    known = table[list(_SERIES)].merge(minutes.reset_index(), how="left", on=list(_SERIES))
    whole &= (table["minutes"] == known["minutes"]).to_numpy()
    days = table[whole].copy()
    for name in NUMBERS:
        days[name] = days["sum"] / days["count"] if name == "close" else np.nan
    days = days[list(COLUMNS)].sort_values(list(KEY), kind="stable", ignore_index=True)
    counts = ", ".join(str(int(n)) for n in sorted(set(usual)))
    notes = [f"Read into delivery days: the mean of {counts} intervals; cl.read gives them all."]
    if (~whole).any():
        notes.append(
            f"{(~whole).sum()} delivery days with fewer, more or other intervals have no price."
        )
    return days, tuple(notes)


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """A text file read in blocks: its delivery days and the fate of every source row."""

    found: Recognised
    frame: pd.DataFrame
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
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise DataError(
            f"{path.name} has {size / 2**20:,.0f} MB; tables of intervals up to "
            f"{LARGEST >> 20:,d} MB are read.",
            "Split it by year.",
        )
    encoding = _encoding(path)
    parts, sums = [], []
    notes: dict[str, None] = {}
    declared: dict[str, int] = {}
    found, rows, kept = None, 0, 0
    for sheet, header in _sheets(path, encoding):
        if found is None:
            found = _recognised(sheet, path.name, layout)
        made = found.layout.read(sheet, found.header, market)
        settled = settle(made.draft, made.frames, made.empty)
        if len(settled.frame) and not is_intraday(settled.frame):
            raise DataError(f"{path.name} holds no times within a day.", "Split it by year.")
        again = header if rows else 0
        rows += sheet.rows - again
        kept += settled.kept
        for why, count in settled.declared.items():
            declared[why] = declared.get(why, 0) + count - (again if why == "header" else 0)
        sums.append(sums_by_day(settled.frame))
        parts.append(settled.quarantine)
        notes |= dict.fromkeys(made.draft.notes)
    assert found is not None
    aside = [part for part in parts if len(part)] or parts[:1]
    quarantine = pd.concat(aside, ignore_index=True)
    held = [part for part in sums if len(part)] or sums[:1]
    frame, said = days_of(pd.concat(held, ignore_index=True))
    return Blocks(
        found=found,
        frame=frame,
        quarantine=quarantine,
        declared={why: n for why, n in declared.items() if n},
        rows=rows,
        kept=kept,
        notes=(*notes, *said),
        sha256=artifacts.sha256(path),
        bytes=size,
        encoding=encoding,
    )


def _recognised(sheet: Sheet, name: str, layout: str | None) -> Recognised:
    head = replace(sheet, cells=sheet.cells.iloc[:_HEAD])
    found = recognise([head], name, layout)
    if found.layout.NAME not in LAYOUTS:
        raise DataError(
            f"{name} has layout {found.layout.NAME} and {BLOCKS_ABOVE >> 20} MB or more.",
            "Split it by year.",
        )
    return found


def _encoding(path: Path) -> str:
    """The encoding by the rule of `clean.decode`, without holding the whole file."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    tries = ("utf-8-sig",) if start.startswith(b"\xef\xbb\xbf") else ("utf-8", "gb18030")
    for encoding in tries:
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(1 << 22):
                    pass
            return encoding
        except UnicodeDecodeError:
            continue
    raise DataError(f"{path.name} is neither {' nor '.join(tries)} text.", "Save it as UTF-8 csv.")


def _sheets(path: Path, encoding: str) -> Iterator[tuple[Sheet, int]]:
    """Blocks of rows with their numbers in the file, each below the rows of the header."""
    with path.open(encoding=encoding, newline="") as text:
        reader = csv.reader(text, strict=True)
        try:
            block = list(itertools.islice(reader, _BLOCK))
            head = numbered(block[:_HEAD], text=True)
            header = _header_of(Sheet(path.name, head, encoding))
            first, above = 1, block[:header]
            while block:
                after = list(itertools.islice(reader, _BLOCK))
                if len(after) < _LEAST:
                    block, after = block + after, []
                rows: list[Any] = block if first == 1 else [*above, *block]
                cells = numbered(rows, text=True)
                if first > 1:
                    numbers = [*range(1, header + 1), *range(first, first + len(block))]
                    cells.index = pd.Index(numbers)
                yield Sheet(path.name, cells, encoding), header
                first += len(block)
                block = after
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(
                f"{path.name} is not a table of separated values "
                f"(line {reader.line_num}: {error}).",
                "Export it again from its source.",
            ) from error


def _header_of(head: Sheet) -> int:
    return recognise([head], head.file).header
