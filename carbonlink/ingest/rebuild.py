"""Bring the processed tables up to date: only what changed is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import artifacts
from ..errors import DataError
from . import folder as folders
from .earlier import PACKAGE, Earlier, earlier
from .files import key_of
from .processed import clashes, write_processed


@dataclass(frozen=True, eq=False)
class Rebuilt:
    """What a run made of a folder.

    Attributes
    ----------
    entries : tuple of mapping
        The package's record of every file, in order of their paths.
    reused : frozenset of str
        Files whose rows stand as an earlier run wrote them.
    written : tuple of Path
        The files of the package.
    notes : tuple of str
        What else must be known of the folder.
    """

    entries: tuple[Mapping[str, Any], ...]
    reused: frozenset[str]
    written: tuple[Path, ...]
    notes: tuple[str, ...]


def rebuild(
    folder: str | Path, out: str | Path, *, registered: bool = False, fresh: bool = False
) -> Rebuilt:
    """Read the files of a folder that changed and write the processed tables.

    Parameters
    ----------
    folder : path
        The raw files.
    out : path
        Where the tables of an earlier run may be, and go.
    registered : bool
        See `carbonlink.ingest.folder.read_folder`.
    fresh : bool
        Whether to read every file again.

    Returns
    -------
    Rebuilt

    Notes
    -----
    A file is read again if its hash changed, if the register says something else of its market
    or layout, if the reading code, the tables of facts or a parsing library changed, or if a
    table that holds its rows is not as it was written. The rows of the other files are copied
    from the tables, byte for byte; the result is that of reading everything.
    """
    folder, files, notes, sources = folders.find_files(folder, registered)
    before = None if fresh else earlier(Path(out))
    reused = _reusable(before, folder, files, sources)
    changed = [path for path in files if key_of(path, folder) not in reused]
    reading = folders.read_files(folder, changed, notes, sources, registered)
    if before and clashes(reading, before, reused):
        reused = ()
        reading = folders.read_files(folder, files, notes, sources, registered)
    if not reading.readings and not any(before.entries[k]["tables"] for k in reused if before):
        folders.check_usable(reading) if reading.failures else _nothing(before, reused)
    written = write_processed(reading, out, before, reused)
    after = earlier(Path(out))
    entries = () if after is None else tuple(after.entries[key] for key in sorted(after.entries))
    return Rebuilt(entries, frozenset(reused), tuple(written), reading.notes)


def _reusable(
    before: Earlier | None, folder: Path, files: list[Path], sources: Mapping[str, Any]
) -> tuple[str, ...]:
    if before is None:
        return ()
    keys = {key_of(path, folder): path for path in files}
    return tuple(
        key
        for key, path in keys.items()
        if before.reusable(key, _hash(path), folders.asked_of(sources.get(key)))
    )


def _hash(path: Path) -> str:
    try:
        return artifacts.sha256(path)
    except OSError:
        return ""


def _nothing(before: Earlier | None, reused: tuple[str, ...]) -> None:
    reason = before.entries[reused[0]]["reason"] if before and reused else ""
    raise DataError(f"No file can be used; {reused[0] if reused else PACKAGE}: {reason}")
