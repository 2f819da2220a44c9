"""Build again and say what differs: inputs by hash, numbers by tolerance."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import SpecificationError
from . import manifest
from .build import prepare
from .differences import compare


@dataclass(frozen=True)
class Checked:
    """What a rebuilt report has in common with the one on disk.

    Attributes
    ----------
    differences : tuple of str
        Inputs, numbers or files that are not the same.
    remarks : tuple of str
        What may differ without harm: figures to the byte, package versions.
    compared : int
        Number of files compared.
    """

    differences: tuple[str, ...]
    remarks: tuple[str, ...]
    compared: int

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def summary(self) -> str:
        """Return the findings as text."""
        head = (
            f"The same: {self.compared} files compared."
            if self.same
            else f"{len(self.differences)} differences in {self.compared} files compared:"
        )
        lines = [head, *(f"  {d}" for d in self.differences)]
        return "\n".join([*lines, *(f"  (by the way) {r}" for r in self.remarks)])


def check(
    out: str | Path = "reports",
    raw: str | Path | None = None,
    root: str | Path | None = None,
) -> Checked:
    """Build the report of a folder again, with the specification in its manifest, and compare.

    Parameters
    ----------
    out : path
        The folder of the report.
    raw : path, optional
        The folder of raw files, where the report was made with one.
    root : path, optional
        The project, where the report was made from one.

    Returns
    -------
    Checked
    """
    folder = Path(out)
    recorded = manifest.read(folder)
    chosen = recorded.get("specification")
    if not chosen:
        raise SpecificationError(
            f"{folder} holds saved results but no report.", "Run carbonlink report first."
        )
    if (raw is None) != (chosen["raw"] is None):
        wanted = "the project's data/raw" if chosen["raw"] is None else f"--raw {chosen['raw']}"
        raise SpecificationError(
            f"The report in {folder} was made from {wanted}.",
            "Leave --raw out." if chosen["raw"] is None else "Give that folder with --raw.",
        )
    again = prepare(
        raw,
        draws=chosen["draws"],
        root=root,
        rng=chosen["rng"],
        sample=chosen.get("sample", {}),
    )
    differences = [*_inputs(recorded, again.manifest), *_altered(recorded, folder)]
    remarks = list(_versions(recorded, again.manifest))
    rows = [row for part in recorded["exhibits"] for row in part["outputs"]]
    paths = sorted({row["path"] for row in rows} | (set(again.files) - {"report.html"}))
    for path in paths:
        found = _file(folder, path, again.files.get(path))
        (differences if path.endswith(".csv") or "missing" in found else remarks).extend(
            [found] if found else []
        )
    differences += _exhibits(recorded, again.manifest)
    return Checked(tuple(dict.fromkeys(differences)), tuple(remarks), len(paths))


def _inputs(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    old = {row["file"]: row["sha256"] for row in recorded["inputs"]}
    new = {row["file"]: row["sha256"] for row in again["inputs"]}
    for file in sorted(old.keys() | new.keys()):
        if file not in new:
            yield f"input {file} is missing"
        elif file not in old:
            yield f"input {file} is new"
        elif old[file] != new[file]:
            yield f"input {file} has changed (sha256 {old[file][:12]}… then, {new[file][:12]}… now)"
    tables = recorded["published_tables"], again["published_tables"]
    for file in sorted(tables[0].keys() | tables[1].keys()):
        if tables[0].get(file) != tables[1].get(file):
            yield f"published table {file} of the package has changed"


def _altered(recorded: Mapping[str, Any], folder: Path) -> Iterator[str]:
    for row in manifest.outputs_of(recorded):
        path = folder / row["path"]
        if not path.is_file():
            yield f"{row['path']} is missing from {folder}"
        elif manifest.digest(path.read_bytes()) != row["sha256"]:
            yield f"{row['path']} was changed after it was written"


def _versions(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    for package, version in again["versions"].items():
        then = recorded["versions"].get(package, "none")
        if then != version:
            yield f"{package} was {then} then and is {version} now"


def _exhibits(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    old = {row["key"]: row["refused"] for row in recorded["exhibits"]}
    for row in again["exhibits"]:
        then = old.get(row["key"], "")
        if bool(then) != bool(row["refused"]):
            yield f"exhibit {row['key']}: {'shown' if then else 'not shown'} now"


def _file(folder: Path, path: str, new: bytes | None) -> str:
    """Return what differs between a file on disk and its rebuilt content, or ""."""
    if new is None:
        return f"{path} is not made now"
    if not (folder / path).is_file():
        return f"{path} is missing from {folder}"
    old = (folder / path).read_bytes()
    if old == new:
        return ""
    if not path.endswith(".csv"):
        return f"{path} differs in bytes"
    return compare(_frame(old), _frame(new), path)


def _frame(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""])
