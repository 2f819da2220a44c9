"""What an earlier run wrote, and whether it still holds; nothing heavy is imported here."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from .. import artifacts
from .files import REGISTER, key_of, raw_files

PACKAGE = "datapackage.json"
QUARANTINE = "quarantine.csv"
_READ_WITH = ("numpy", "pandas", "pandera", "openpyxl", "python-calamine", "xlrd")
_CODE = ("ingest", "facts")


def digest(content: bytes) -> str:
    """Return the sha256 of bytes as a Data Package writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@functools.cache
def readers() -> str:
    """Return the hash of everything that decides how a file is read.

    Notes
    -----
    That is the package's reading code, its tables of facts (markets, codes, units) and the
    versions of the libraries that parse: another of any of them reads every file again.
    """
    home = Path(__file__).parents[1]
    paths = [p for part in _CODE for p in (home / part).rglob("*") if p.suffix in (".py", ".csv")]
    hashed = hashlib.sha256()
    for path in sorted([*paths, home / "artifacts.py"]):
        hashed.update(path.relative_to(home).as_posix().encode())
        hashed.update(path.read_bytes())
    for name in _READ_WITH:
        hashed.update(f"{name} {metadata.version(name)}".encode())
    return f"sha256:{hashed.hexdigest()}"


def register_hash(folder: Path) -> str:
    """Return the hash of a folder's register; empty where there is none."""
    path = folder / REGISTER
    return digest(path.read_bytes()) if path.is_file() else ""


@dataclass(frozen=True, eq=False)
class Earlier:
    """A folder of processed tables as an earlier run left it.

    Attributes
    ----------
    folder : Path
    package : dict
        Its datapackage.json.
    entries : mapping
        Path below the raw folder to the package's record of that file.
    contents : mapping
        Bytes of each table that is still the one recorded, by its file name.
    """

    folder: Path
    package: Mapping[str, Any]
    entries: Mapping[str, Mapping[str, Any]]
    contents: Mapping[str, bytes]

    @property
    def whole(self) -> bool:
        """Whether every table is there as it was written."""
        return len(self.contents) == len(self.package["resources"])

    def reusable(self, key: str, sha256: str, asked: Mapping[str, Any]) -> bool:
        """Return whether the rows of a file can be taken from the tables as they are."""
        entry = self.entries.get(key)
        return (
            entry is not None
            and entry["hash"] == f"sha256:{sha256}"
            and dict(entry["asked"]) == dict(asked)
            and all(name in self.contents for name in entry["tables"])
        )

    def part(self, table: str, key: str) -> tuple[dict[str, Any], bytes]:
        """Return the record of a file's rows in a table, and those rows as written."""
        resource = next(r for r in self.package["resources"] if r["path"] == table)
        start = resource["head"]
        for part in resource["parts"]:
            if part["source"] == key:
                return part, self.contents[table][start : start + part["bytes"]]
            start += part["bytes"]
        raise KeyError(key)


def earlier(out: Path) -> Earlier | None:
    """Return what an earlier run left in a folder; None where it cannot be built upon.

    Notes
    -----
    A package of another version or of other readers, or one that somebody changed, is not
    used. A table that is not the one recorded is left out, so that its files are read again.
    """
    try:
        package = json.loads((out / PACKAGE).read_text(encoding="utf-8"))
        if package["made_with"]["readers"] != readers():
            return None
        contents = {r["path"]: _intact(out, r) for r in package["resources"]}
        records = [*package["sources"], *package["not_used"]]
        entries = {str(r["path"]): r for r in records}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    held = {name: content for name, content in contents.items() if content is not None}
    return Earlier(out, package, entries, held)


def _intact(out: Path, resource: Mapping[str, Any]) -> bytes | None:
    """The bytes of a table, if they are those recorded and fall into the parts recorded."""
    path = out / resource["path"]
    if Path(resource["path"]).name != resource["path"] or not path.is_file():
        return None
    content = path.read_bytes()
    length = resource["head"] + sum(part["bytes"] for part in resource["parts"])
    return content if digest(content) == resource["hash"] and len(content) == length else None


def unchanged(folder: Path, out: Path, registered: bool) -> Earlier | None:
    """Return the earlier run if nothing at all has changed since: inputs, readers, tables.

    Parameters
    ----------
    folder : Path
        The raw files.
    out : Path
        The processed tables.
    registered : bool
        Whether the run is a project's own, whose files must all be in the register.
    """
    before = earlier(out)
    if before is None or not before.whole:
        return None
    made = before.package["made_with"]
    if (made.get("register"), made.get("registered")) != (register_hash(folder), registered):
        return None
    files, passed = raw_files(folder)
    keys = {key_of(path, folder): path for path in files}
    if passed or set(keys) != set(before.entries):
        return None
    for key, path in keys.items():
        if before.entries[key]["hash"] != f"sha256:{artifacts.sha256(path)}":
            return None
    return before
