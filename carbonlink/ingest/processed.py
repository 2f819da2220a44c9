"""Write what was read: a tidy csv a market, the quarantine, and a Data Package about them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .. import artifacts
from .._version import __version__
from ..facts import markets as registry
from . import earlier as past
from .earlier import PACKAGE, QUARANTINE, Earlier, digest
from .folder import Failure, FolderReading, asked_of, key_of
from .provenance import Source
from .reading import Reading
from .schema import COLUMNS, DESCRIPTIONS, KEY, NUMBERS

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_QUARANTINE_FIELDS = (
    ("source", "string", "file the row comes from"),
    ("row", "integer", "number of the row in that file, from 1"),
    ("reason", "string", "why the row was set aside"),
    ("cells", "string", "the row as received, cells separated by ' | '"),
)
_OPEN_LICENCE = re.compile(
    r"(CC0-1\.0|CC-BY(?:-SA|-NC)?-[34]\.0|ODbL-1\.0|ODC-BY-1\.0|PDDL-1\.0|BSD-3-Clause|MIT)\b"
)


@dataclass(frozen=True)
class Part:
    """The rows of one file in one table, as csv without its header."""

    source: str
    rows: int
    intraday: bool
    body: bytes

    @property
    def record(self) -> dict[str, Any]:
        """What the package says of it."""
        return {
            "source": self.source,
            "rows": self.rows,
            "intraday": self.intraday,
            "bytes": len(self.body),
        }


def write_processed(
    reading: FolderReading, out: str | Path, before: Earlier | None = None, reused: tuple = ()
) -> list[Path]:
    """Write the tidy table of each market, the quarantine and their description.

    Parameters
    ----------
    reading : FolderReading
        A folder as read, or those of its files that had to be read.
    out : path
        Where they go; made if absent. Tables of an earlier run that are not made any more are
        taken away. Each file is written beside its name and renamed, the description last.
    before : Earlier, optional
        What an earlier run wrote.
    reused : tuple of str
        Files whose rows are taken from `before` as they stand there.

    Returns
    -------
    list of Path
        The files of the package; `datapackage.json` (Data Package v2: path, bytes, sha256,
        columns, units, licences, lineage of each table) is the last.
    """
    out = artifacts.make_folder(out)
    known = {name for name in _paths(out / PACKAGE)}
    entries = sorted(
        [
            *(_origin(reading, one) for one in reading.readings),
            *(_not_used(reading, one) for one in reading.failures),
            *(dict(before.entries[key]) for key in reused if before),
        ],
        key=lambda entry: entry["path"],
    )
    used = {entry["path"]: entry for entry in entries if "reason" not in entry}
    resources, written = [], []
    for table, parts in _tables(reading, before, [k for k in reused if k in used]).items():
        head = _head(table)
        content = head + b"".join(part.body for part in parts)
        path = out / table
        if before is None or before.contents.get(table) != content:
            artifacts.write_bytes(path, content)
        written.append(path)
        resources.append(_resource(table, len(head), content, parts, used))
    package = _package(reading, resources, entries)
    written.append(artifacts.write_json(out / PACKAGE, package))
    for name in known - {path.name for path in written}:
        (out / name).unlink(missing_ok=True)
    return written


def _tables(
    reading: FolderReading, before: Earlier | None, reused: list[str]
) -> dict[str, list[Part]]:
    """The parts of every table, files in order of their names, the quarantine last."""
    frames = {reading.key(one): one for one in reading.readings}
    kept: dict[str, dict[str, Part]] = {}
    for key in reused:
        assert before is not None
        for table in before.entries[key]["tables"]:
            record, body = before.part(table, key)
            part = Part(key, record["rows"], record["intraday"], body)
            kept.setdefault(table, {})[key] = part
    fresh: dict[str, dict[str, pd.DataFrame]] = {}
    for key, one in frames.items():
        market: Any
        for market, rows in one.frame.groupby("market", sort=True):
            fresh.setdefault(f"{market}.csv", {})[key] = rows
    made: dict[str, list[Part]] = {}
    for table in sorted({*kept, *fresh} - {QUARANTINE}):
        parts = dict(kept.get(table, {}))
        new = fresh.get(table, {})
        clock = any(p.intraday for p in parts.values()) or any(map(_intraday, new.values()))
        parts |= {key: _part(key, rows, clock) for key, rows in new.items()}
        made[table] = [parts[key] for key in sorted(parts)]
    aside = dict(kept.get(QUARANTINE, {}))
    aside |= {key: _aside(key, one) for key, one in frames.items() if one.quarantined}
    return made | {QUARANTINE: [aside[key] for key in sorted(aside)]}


def clashes(reading: FolderReading, before: Earlier, reused: tuple[str, ...]) -> bool:
    """Return whether rows as written cannot stand beside new ones: dates beside times."""
    intraday = {
        f"{market}.csv": _intraday(rows)
        for one in reading.readings
        for market, rows in one.frame.groupby("market")
    }
    for key in reused:
        for table in before.entries[key]["tables"]:
            if table in intraday and before.part(table, key)[0]["intraday"] != intraday[table]:
                return True
    return False


def _intraday(rows: pd.DataFrame) -> bool:
    return bool((rows["date"] != rows["date"].dt.normalize()).any())


def _part(key: str, rows: pd.DataFrame, clock: bool) -> Part:
    if clock and not _intraday(rows):
        rows = rows.assign(date=rows["date"].dt.strftime("%Y-%m-%d %H:%M:%S"))
    return Part(key, len(rows), clock, _body(rows[list(COLUMNS)]))


def _aside(key: str, one: Reading) -> Part:
    rows = one.quarantine.assign(source=key)[[name for name, _, _ in _QUARANTINE_FIELDS]]
    return Part(key, len(rows), False, _body(rows))


def _body(frame: pd.DataFrame) -> bytes:
    return artifacts.csv_text(frame).partition("\n")[2].encode("utf-8")


def _head(table: str) -> bytes:
    names = [n for n, _, _ in _QUARANTINE_FIELDS] if table == QUARANTINE else COLUMNS
    return (",".join(names) + "\n").encode("utf-8")


def _fields(table: str, intraday: bool) -> list[dict[str, str]]:
    if table == QUARANTINE:
        return [{"name": n, "type": t, "description": d} for n, t, d in _QUARANTINE_FIELDS]
    fact = registry.get(table.removesuffix(".csv"))
    units = dict.fromkeys(("open", "high", "low", "close", "vwap"), fact.price_unit)
    units |= {"volume": fact.unit, "value": fact.currency}
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


def _resource(
    table: str, head: int, content: bytes, parts: list[Part], used: Mapping[str, Mapping]
) -> dict[str, Any]:
    intraday = any(part.intraday for part in parts)
    schema: dict[str, Any] = {"fields": _fields(table, intraday), "missingValues": [""]}
    if table != QUARANTINE:
        schema["primaryKey"] = [*KEY, "source"]
    return {
        "name": Path(table).stem,
        "path": table,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": digest(content),
        "schema": schema,
        **_licences([used[part.source]["licence"] for part in parts]),
        "sources": [
            {k: used[p.source][k] for k in ("title", "path", "hash", "licence")} for p in parts
        ],
        "head": head,
        "parts": [part.record for part in parts],
    }


def open_licence(text: str) -> str:
    """Return the name of the open licence that a register's text begins with, else ""."""
    match = _OPEN_LICENCE.match(text)
    return match[1] if match else ""


def _licences(texts: list[str]) -> dict[str, list[dict[str, str]]]:
    """The open licences among the texts of a register, as a Data Package names them."""
    named = {name: text for text in texts if (name := open_licence(text))}
    licences = [{"name": name, "title": text} for name, text in sorted(named.items())]
    return {"licenses": licences} if licences else {}


def _package(
    reading: FolderReading, resources: list[dict[str, Any]], entries: list[dict[str, Any]]
) -> dict[str, Any]:
    used = [entry for entry in entries if "reason" not in entry]
    return {
        "$schema": _PROFILE,
        "name": "carbonlink-processed",
        "title": "Tidy market data made by carbonlink",
        "synthetic": sorted({m for e in used if e["asked"]["synthetic"] for m in e["markets"]}),
        "resources": resources,
        "sources": used,
        "not_used": [entry for entry in entries if "reason" in entry],
        "made_with": {
            "carbonlink": __version__,
            "readers": past.readers(),
            "register": past.register_hash(reading.folder),
            "registered": reading.registered,
        },
    }


def _origin(reading: FolderReading, one: Reading) -> dict[str, Any]:
    key = reading.key(one)
    source = reading.sources.get(key, Source(path=key))
    tables = [f"{market}.csv" for market in sorted(one.markets)]
    return {
        "title": source.title or key,
        "path": key,
        "hash": f"sha256:{one.sha256}",
        "bytes": one.bytes,
        **{n: getattr(source, n) for n in ("publisher", "licence", "url", "accessed")},
        "layout": one.layout,
        "encoding": one.encoding,
        "markets": list(one.markets),
        "rows": one.rows,
        "kept": one.kept,
        "quarantined": one.quarantined,
        "declared": dict(one.declared),
        "notes": list(one.notes),
        "asked": asked_of(reading.sources.get(key)),
        "tables": [*tables, *([QUARANTINE] if one.quarantined else [])],
    }


def _not_used(reading: FolderReading, one: Failure) -> dict[str, Any]:
    key = key_of(one.path, reading.folder)
    return {
        "path": key,
        "hash": f"sha256:{one.sha256}" if one.sha256 else "",
        "bytes": one.bytes,
        "reason": one.reason,
        "asked": asked_of(reading.sources.get(key)),
        "tables": [],
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
