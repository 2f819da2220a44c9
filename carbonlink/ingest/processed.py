"""Write what was read: a tidy csv a market, the quarantine, and a Data Package about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from .. import artifacts
from ..facts import markets as registry
from .folder import FolderReading
from .schema import COLUMNS, DESCRIPTIONS, KEY, NUMBERS

PACKAGE = "datapackage.json"
QUARANTINE = "quarantine.csv"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_QUARANTINE_FIELDS = (
    ("source", "string", "file the row comes from"),
    ("row", "integer", "number of the row in that file, from 1"),
    ("reason", "string", "why the row was set aside"),
    ("cells", "string", "the row as received, cells separated by ' | '"),
)


def write_processed(reading: FolderReading, out: str | Path) -> list[Path]:
    """Write the tidy table of each market, the quarantine and their description.

    Parameters
    ----------
    reading : FolderReading
        A folder as read.
    out : path
        Where they go; made if absent. Tables of an earlier run that are not made any more are
        taken away.

    Returns
    -------
    list of Path
        The files written; `datapackage.json` (Data Package v2: path, bytes, sha256, columns,
        lineage of each table) is the last.
    """
    out = artifacts.make_folder(out)
    earlier = _paths(out / PACKAGE)
    tables = _tables(reading)
    resources, written = [], []
    for market, (frame, inputs) in tables.items():
        written.append(artifacts.write_csv(out / f"{market}.csv", frame))
        resources.append(_resource(written[-1], _fields(market, frame), inputs))
    written.append(artifacts.write_csv(out / QUARANTINE, reading.quarantine()))
    fields = [{"name": n, "type": t, "description": d} for n, t, d in _QUARANTINE_FIELDS]
    resources.append(_resource(written[-1], fields, [_lineage(r) for r in reading.readings]))
    written.append(artifacts.write_json(out / PACKAGE, _package(reading, resources)))
    for name in earlier - {path.name for path in written}:
        (out / name).unlink(missing_ok=True)
    return written


def _tables(reading: FolderReading) -> dict[str, tuple[pd.DataFrame, list[dict[str, str]]]]:
    """Tidy rows and inputs of each market, files one after the other."""
    parts: dict[str, list[pd.DataFrame]] = {}
    inputs: dict[str, list[dict[str, str]]] = {}
    for one in reading.readings:
        market: Any
        for market, rows in one.frame.groupby("market", sort=True):
            parts.setdefault(market, []).append(rows)
            inputs.setdefault(market, []).append(_lineage(one))
    return {m: (pd.concat(parts[m], ignore_index=True), inputs[m]) for m in sorted(parts)}


def _lineage(one: Any) -> dict[str, str]:
    return {"title": one.path.name, "path": one.path.name, "hash": f"sha256:{one.sha256}"}


def _fields(market: str, frame: pd.DataFrame) -> list[dict[str, str]]:
    fact = registry.get(market)
    units = dict.fromkeys(("open", "high", "low", "close", "vwap"), fact.price_unit)
    units |= {"volume": fact.unit, "value": fact.currency}
    intraday = bool((frame["date"] != frame["date"].dt.normalize()).any())
    fields = []
    for name in COLUMNS:
        kind = "number" if name in NUMBERS else "string"
        field = {"name": name, "type": kind, "description": DESCRIPTIONS[name]}
        if name in units:
            field["unit"] = units[name]
        if name == "date":
            field["type"] = "datetime" if intraday else "date"
            field["format"] = "%Y-%m-%d %H:%M:%S" if intraday else "default"
        fields.append(field)
    return fields


def _resource(path: Path, fields: list[dict[str, str]], inputs: Iterable[Any]) -> dict[str, Any]:
    content = path.read_bytes()
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if path.name != QUARANTINE:
        schema["primaryKey"] = [*KEY, "source"]
    return {
        "name": path.stem,
        "path": path.name,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
        "sources": list(inputs),
    }


def _package(reading: FolderReading, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": _PROFILE,
        "name": "carbonlink-processed",
        "title": "Tidy market data made by carbonlink",
        "synthetic": sorted({m for r in reading.readings if r.synthetic for m in r.markets}),
        "resources": resources,
        "sources": [_origin(reading, one) for one in reading.readings],
    }


def _origin(reading: FolderReading, one: Any) -> dict[str, Any]:
    source = reading.sources.get(one.path.relative_to(reading.folder).as_posix())
    return {
        **_lineage(one),
        "bytes": one.bytes,
        "publisher": source.publisher if source else "",
        "licence": source.licence if source else "",
        "url": source.url if source else "",
        "rows": one.rows,
        "kept": one.kept,
        "quarantined": one.quarantined,
        "declared": dict(one.declared),
        "notes": list(one.notes),
    }


def _paths(package: Path) -> set[str]:
    """Names of the tables that an earlier run wrote."""
    if not package.is_file():
        return set()
    try:
        resources = json.loads(package.read_text(encoding="utf-8")).get("resources", [])
        names = {str(one["path"]) for one in resources}
    except (ValueError, TypeError, KeyError, AttributeError):
        return set()
    return {name for name in names if name == Path(name).name and name.endswith(".csv")}
