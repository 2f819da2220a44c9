"""The register of raw files: SOURCES.csv, a row a file with its hash, source and licence."""

from __future__ import annotations

import io
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from .. import artifacts
from ..errors import DataError, RegistrationError
from ..facts import markets as registry
from .encodings import decode
from .files import REGISTER, find_root, key_of, raw_files
from .recognise import recognise
from .sheet import sheets

SYNTHETIC_PUBLISHER = "carbonlink.demo"
SYNTHETIC_WORDS = "synthetic demonstration data"
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Source:
    """One row of the register; every cell is text, empty where nothing is known."""

    path: str
    sha256: str = ""
    bytes: str = ""
    market: str = ""
    layout: str = ""
    publisher: str = ""
    title: str = ""
    url: str = ""
    accessed: str = ""
    licence: str = ""
    note: str = ""

    @property
    def synthetic(self) -> bool:
        """Whether the row says that the file is made-up demonstration data."""
        words = f"{self.licence} {self.note} {self.publisher}".casefold()
        return self.publisher == SYNTHETIC_PUBLISHER or SYNTHETIC_WORDS in words


COLUMNS = tuple(Source.__dataclass_fields__)


def load_register(folder: str | Path) -> dict[str, Source]:
    """Return the rows of a folder's SOURCES.csv by path; none where there is no register.

    Parameters
    ----------
    folder : path
        The folder of raw files. The register needs a column `path`; others may be absent.
    """
    file = Path(folder) / REGISTER
    if not file.is_file():
        return {}
    text, _ = decode(file.read_bytes(), REGISTER)
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{file} is not a csv table.", f"Columns: {', '.join(COLUMNS)}.") from error
    if "path" not in table:
        raise DataError(f"{file} has no column path.", f"Columns: {', '.join(COLUMNS)}.")
    twice = table["path"][table["path"].duplicated()]
    if len(twice):
        raise DataError(f"{file} has two rows for {twice.iloc[0]}.", "Keep one of them.")
    known = [name for name in COLUMNS if name in table]
    rows = table[known].fillna("").to_dict(orient="records")
    return {row["path"]: Source(**{str(k): str(v).strip() for k, v in row.items()}) for row in rows}


def source_beside(path: Path) -> Source:
    """Return a file's row in the register of its own folder, or of the data/raw it lies in.

    Parameters
    ----------
    path : Path
        Any file; no register further up is looked for, and a file without a row has an empty one.
    """
    folders = [path.parent]
    for folder in path.parent.parents:
        if folder.name == "raw" and folder.parent.name == "data":
            folders.append(folder)
    for folder in folders:
        if (folder / REGISTER).is_file() and path.name != REGISTER:
            row = load_register(folder).get(key_of(path, folder))
            if row:
                return row
    return Source(path=path.name)


def check_registered(root: str | Path | None = None) -> Mapping[str, Source]:
    """Return a project's register if every raw file is in it, unchanged.

    Parameters
    ----------
    root : path, optional
        The project (see `find_root`).

    Raises
    ------
    RegistrationError
        A file changed, is not registered, or is registered but gone.
    """
    return check_folder(find_root(root) / "data" / "raw")


def check_folder(folder: Path) -> Mapping[str, Source]:
    """Return the register of a folder of raw files if every file is in it, unchanged."""
    register = load_register(folder)
    files = {key_of(path, folder): path for path in raw_files(folder)[0]}
    unknown = [key for key in files if key not in register or not register[key].sha256]
    if unknown:
        raise RegistrationError(
            f"{_listed(unknown)} in {folder} {_has(unknown)} no row with a hash in {REGISTER}.",
            f"Register: carbonlink data --register {_paths(files, unknown, folder)}",
        )
    changed = [k for k, path in files.items() if artifacts.sha256(path) != register[k].sha256]
    if changed:
        raise RegistrationError(
            f"{_listed(changed)} in {folder} {_has(changed)} changed since registration.",
            "If the change is meant, register the new file: carbonlink data --register "
            f"{_paths(files, changed, folder)}",
        )
    gone = [key for key in register if key not in files]
    if gone:
        raise RegistrationError(
            f"{_listed(gone)} {_has(gone)} a row in {REGISTER} but no file in {folder}.",
            "Put the file back, or take its row out.",
        )
    return register


def _paths(files: Mapping[str, Path], keys: list[str], folder: Path) -> str:
    if len(keys) > _SHOWN:
        return shlex.quote(str(folder))
    return " ".join(shlex.quote(str(files[key])) for key in keys[:_SHOWN])


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more files" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _has(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"


def register(file: str | Path, **cells: str) -> Path:
    """Record a raw file, with its hash, in the register of its folder.

    Parameters
    ----------
    file : path
        A file below a project's `data/raw`.
    **cells : str
        Other cells of the row (market, publisher, title, url, accessed, licence, note). Cells
        that are not given stay as they were, or empty; the layout is recognised.

    Returns
    -------
    Path
        The register.
    """
    path = Path(file).resolve()
    if not path.is_file():
        raise DataError(f"There is no file {file}.", "Check the name and the folder.")
    folder = _raw_folder(path)
    if path not in (p.resolve() for p in raw_files(folder)[0]):
        raise DataError(
            f"{path.name} is no raw file: the register, hidden files and descriptions (.md, .rst) "
            "are none.",
            "Register the data files.",
        )
    if cells.get("market"):
        registry.resolve(cells["market"])
    unknown = sorted(set(cells) - set(COLUMNS))
    if unknown:
        raise DataError(f"{REGISTER} has no column {unknown[0]}.", f"It has: {', '.join(COLUMNS)}.")
    key = key_of(path, folder)
    rows = {k: asdict(source) for k, source in load_register(folder).items()}
    row = {**rows.get(key, {"path": key}), **cells}
    row.update(sha256=artifacts.sha256(path), bytes=str(path.stat().st_size))
    row["layout"] = row.get("layout") or _layout(path)
    rows[key] = row
    table = pd.DataFrame([{c: one.get(c, "") for c in COLUMNS} for one in rows.values()])
    return artifacts.write_csv(folder / REGISTER, table)


def _raw_folder(path: Path) -> Path:
    for folder in path.parents:
        if folder.name == "raw" and folder.parent.name == "data":
            return folder
    raise DataError(f"{path.name} is not below a folder data/raw.", "Move it there first.")


def _layout(path: Path) -> str:
    """The layout of a file; empty where none is recognised, which reading it will explain."""
    try:
        return recognise(sheets(path), path.name).layout.NAME
    except DataError:
        return ""
