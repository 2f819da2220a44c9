"""Where a project's raw files are; nothing heavy is imported here."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import DataError

REGISTER = "SOURCES.csv"
DESCRIPTIONS = (".md", ".rst")
_IGNORED_STARTS = (".", "~$")
"""Hidden files, and those that a spreadsheet program leaves while a workbook is open."""


def find_root(root: str | Path | None = None) -> Path:
    """Return the project folder: the one named, or the nearest upwards with `data/raw`.

    Parameters
    ----------
    root : path, optional
        The project; the current folder and its parents are searched when None.
    """
    if root is not None:
        folder = Path(root)
        if not (folder / "data" / "raw").is_dir():
            raise DataError(
                f"{folder} is no carbonlink project: it has no folder data/raw.",
                "Make one with: carbonlink init DIR.",
            )
        return folder
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    raise DataError(
        f"Neither {here} nor a folder above it has data/raw.",
        "Make a project with: carbonlink init DIR, or name a folder of files (raw=, --raw).",
    )


def raw_files(folder: str | Path) -> tuple[list[Path], list[str]]:
    """Return the data files below a folder, sorted, and a note on each file passed over.

    Notes
    -----
    The register, hidden and lock files, descriptions (.md, .rst) and links that lead outside the
    folder are no data files.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}.", "Check the name.")
    inside = folder.resolve()
    found, passed = [], []
    for where, below, names in os.walk(folder):
        below[:] = sorted(n for n in below if not n.startswith("."))
        for name in sorted(names):
            path = Path(where) / name
            if name == REGISTER or name.startswith(_IGNORED_STARTS):
                continue
            if path.suffix in DESCRIPTIONS:
                continue
            if inside not in path.resolve().parents:
                passed.append(f"{name} is a link that leads outside {folder.name}; not read.")
                continue
            found.append(path)
    return sorted(found), passed


def key_of(path: Path, folder: Path) -> str:
    """Return how the register names a file: its path below the folder, with slashes."""
    return path.relative_to(folder).as_posix()
