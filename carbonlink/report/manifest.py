"""The manifest: what went in, what was chosen, with which versions, and what came out."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from .._version import __version__
from ..artifacts import plain, sha256
from ..errors import DataError
from ..facts.published import TABLES
from .exhibit import Exhibit

NAME = "manifest.json"
_PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "arch", "matplotlib", "joblib", "jinja2")


def digest(content: bytes) -> str:
    """Return the sha256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of Python, carbonlink and the packages that numbers depend on."""
    found = {"python": platform.python_version(), "carbonlink": __version__}
    return found | {name: metadata.version(name) for name in _PACKAGES}


def facts() -> dict[str, str]:
    """Return the sha256 of each published table that the package carries."""
    return {path.name: sha256(path) for path in sorted(TABLES.glob("*.csv"))}


def inputs(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one entry a raw file, from a panel's ledger."""
    return [plain(row) for row in ledger.to_dict(orient="records")]


def entry(exhibit: Exhibit, outputs: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest's row of one exhibit and the files it wrote."""
    return {
        "key": exhibit.key,
        "title": exhibit.title,
        "takeaway": exhibit.takeaway,
        "made_of": exhibit.mark or "files",
        "synthetic": list(exhibit.synthetic),
        "refused": exhibit.refused,
        "sources": list(exhibit.sources),
        "notes": list(exhibit.notes),
        "results": [described(result) for result in exhibit.results],
        "outputs": written(outputs),
    }


def described(result: Any) -> dict[str, Any]:
    """Return a result's title, specification, sample and sources as plain values."""
    return {
        "result": result.title,
        "specification": plain(result.spec),
        "sample": str(result.sample),
        "sources": list(result.sources),
    }


def written(outputs: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return path, bytes and sha256 of each output."""
    return [
        {"path": path, "bytes": len(content), "sha256": digest(content)}
        for path, content in sorted(outputs.items())
    ]


def to_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return a manifest as JSON bytes."""
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def read(folder: Path, missing: Any = None) -> dict[str, Any]:
    """Return the manifest of a folder; `missing` where there is none, when that is given."""
    path = folder / NAME
    if not path.is_file():
        if missing is not None:
            return dict(missing)
        raise DataError(
            f"{folder} has no {NAME}.", "Run carbonlink report with the same --out first."
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read as a manifest ({error}).",
            "Delete it and run carbonlink report again.",
        ) from error
    if not isinstance(found, dict):
        raise DataError(f"{path} is no manifest.", "Delete it and run carbonlink report again.")
    return found


def outputs_of(manifest: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Return every output that a manifest names: of the page, its exhibits, and saved results."""
    for part in ("page", "exhibits", "saved"):
        for row in manifest.get(part, []):
            yield from row.get("outputs", [])
