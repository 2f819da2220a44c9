"""Read a folder of raw files: one bad file is a row with its reason, the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .. import artifacts
from ..errors import CarbonlinkError, DataError
from . import provenance
from .files import key_of
from .provenance import Source
from .reading import Reading, read_file


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A file that could not be used, and why."""

    path: Path
    reason: str
    sha256: str = ""
    bytes: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class FolderReading:
    """A folder as read.

    Attributes
    ----------
    folder : Path
    readings : tuple of Reading
        Files that were read, in order of their names.
    failures : tuple of Failure
        Files that were not, each with its reason.
    notes : tuple of str
        What else must be known of the folder.
    registered : bool
        Whether every file was held against its hash in the register.
    sources : mapping
        File path below the folder to its row in the register.
    """

    folder: Path
    readings: tuple[Reading, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    registered: bool
    sources: Mapping[str, Source]

    def key(self, one: Reading | Failure) -> str:
        """Return how a file is named: its path below the folder, with slashes."""
        return key_of(one.path, self.folder)

    def quarantine(self) -> pd.DataFrame:
        """Return the source rows set aside: source, row, reason, cells."""
        parts = [r.quarantine.assign(source=self.key(r)) for r in self.readings if r.quarantined]
        columns = ["source", "row", "reason", "cells"]
        if not parts:
            return pd.DataFrame(columns=columns)
        return pd.concat(parts, ignore_index=True)[columns]

    def ledger(self) -> pd.DataFrame:
        """Return a row a file: what it is, what it holds, or why it was not used."""
        rows = [self._row_of(r) for r in self.readings]
        rows += [
            {
                "file": self.key(f),
                "status": "not used",
                "reason": f.reason,
                "sha256": f.sha256,
                "bytes": f.bytes,
            }
            for f in self.failures
        ]
        table = pd.DataFrame(rows).reindex(columns=list(LEDGER))
        counts = ["rows", "kept", "quarantined", "declared", "bytes"]
        table[counts] = table[counts].fillna(0).astype("int64")
        table["synthetic"] = table["synthetic"].eq(True)
        texts = [c for c in LEDGER if c not in (*counts, "synthetic")]
        table[texts] = table[texts].fillna("").astype(object)
        return table.sort_values("file", kind="stable", ignore_index=True)

    def _row_of(self, reading: Reading) -> dict[str, object]:
        key = self.key(reading)
        source = self.sources.get(key, Source(path=key))
        days = reading.frame["date"]
        return {
            "file": key,
            "status": "read",
            "reason": "" if len(days) else "every row with data is quarantined",
            "markets": ", ".join(reading.markets),
            "layout": reading.layout,
            "start": f"{days.min():%Y-%m-%d}" if len(days) else "",
            "end": f"{days.max():%Y-%m-%d}" if len(days) else "",
            "rows": reading.rows,
            "kept": reading.kept,
            "quarantined": reading.quarantined,
            "declared": sum(reading.declared.values()),
            "declared_as": ", ".join(f"{k} {n}" for k, n in reading.declared.items()),
            "unit": reading.unit,
            "encoding": reading.encoding,
            "bytes": reading.bytes,
            "sha256": reading.sha256,
            "registered": "yes" if self.registered else "no",
            "publisher": source.publisher,
            "licence": source.licence,
            "synthetic": reading.synthetic,
            "notes": " ".join(reading.notes),
        }


LEDGER = (
    *("file", "status", "reason", "markets", "layout", "start", "end"),
    *("rows", "kept", "quarantined", "declared", "declared_as", "unit", "encoding"),
    *("bytes", "sha256", "registered", "publisher", "licence", "synthetic", "notes"),
)


def read_folder(folder: str | Path, *, registered: bool = False) -> FolderReading:
    """Read every data file below a folder.

    Parameters
    ----------
    folder : path
        Its SOURCES.csv, if it has one, says which market a file is that does not say it itself.
    registered : bool
        Whether every file must be in SOURCES.csv with the hash it has (a project's own data).

    Returns
    -------
    FolderReading

    Raises
    ------
    DataError
        The folder does not exist, is empty, or no file in it can be used.
    RegistrationError
        A file is not registered or changed, and `registered` is true.
    """
    folder, files, notes, sources = find_files(folder, registered)
    reading = read_files(folder, files, notes, sources, registered)
    check_usable(reading)
    return reading


def find_files(
    folder: str | Path, registered: bool
) -> tuple[Path, list[Path], list[str], Mapping[str, Source]]:
    """Return a folder, its data files, notes on others, and its register (see `read_folder`)."""
    folder = Path(folder)
    files, notes = provenance.raw_files(folder)
    if not files:
        raise DataError(
            f"The folder {folder} holds no data files.",
            "Put files of the exchanges or vendors there.",
        )
    if registered:
        return folder, files, notes, provenance.check_folder(folder)
    return folder, files, notes, provenance.load_register(folder)


def read_files(
    folder: Path,
    files: Iterable[Path],
    notes: Iterable[str],
    sources: Mapping[str, Source],
    registered: bool,
) -> FolderReading:
    """Return the reading of those files of a folder, even where none of them can be used."""
    readings, failures, said = [], [], list(notes)
    for path in files:
        key = key_of(path, folder)
        source = sources.get(key)
        try:
            readings.append(_read(path, key, source))
        except CarbonlinkError as error:
            failures.append(_failure(path, error))
            continue
        if source and source.sha256 not in ("", readings[-1].sha256):
            said.append(f"{key} is not the file registered in {provenance.REGISTER}.")
    return FolderReading(
        folder=folder,
        readings=tuple(readings),
        failures=tuple(failures),
        notes=tuple(said),
        registered=registered,
        sources=sources,
    )


def check_usable(reading: FolderReading) -> None:
    """Raise unless a file of the folder can be used."""
    if not reading.readings:
        first = reading.failures[0]
        raise DataError(
            f"No file in {reading.folder} can be used; {reading.key(first)}: {first.reason}"
        )


def asked_of(source: Source | None) -> dict[str, Any]:
    """Return what a row of the register says of how to read its file."""
    if source is None:
        return {"market": "", "layout": "", "synthetic": False}
    return {"market": source.market, "layout": source.layout, "synthetic": source.synthetic}


def _read(path: Path, key: str, source: Source | None) -> Reading:
    asked = asked_of(source)
    reading = read_file(
        path,
        market=asked["market"] or None,
        layout=asked["layout"] or None,
        synthetic=asked["synthetic"],
    )
    if key == path.name:
        return reading
    # Two files of one name in different folders are two sources.
    return replace(reading, frame=reading.frame.assign(source=key))


def _failure(path: Path, error: CarbonlinkError) -> Failure:
    try:
        return Failure(
            path=path,
            reason=str(error),
            sha256=artifacts.sha256(path),
            bytes=path.stat().st_size,
        )
    except OSError:
        return Failure(path=path, reason=str(error))
