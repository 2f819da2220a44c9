"""From exhibits to files: figures, tables, the page and the manifest, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..artifacts import csv_text
from . import figures, manifest, page, tables
from .exhibit import SYNTHETIC, Exhibit
from .study import Study, name

PAGE = "report.html"


@dataclass(frozen=True, eq=False)
class Prepared:
    """A report in memory: the files by path, and what they were made from."""

    exhibits: tuple[Exhibit, ...]
    manifest: dict[str, Any]
    files: dict[str, bytes]


def compose(
    exhibits: list[Exhibit], study: Study, reading: Any, specification: dict[str, Any]
) -> Prepared:
    """Turn exhibits into files and the manifest that names them."""
    files: dict[str, bytes] = {}
    drawings, entries = {}, []
    for exhibit in exhibits:
        outputs = written(exhibit)
        svg = outputs.get(f"figures/{exhibit.key}.svg")
        if svg is not None:
            drawings[exhibit.key] = svg.decode("utf-8")
        entries.append(manifest.entry(exhibit, outputs))
        files |= outputs
    record = {
        "report": page.TITLE,
        "specification": specification,
        "versions": manifest.versions(),
        "synthetic": sorted(study.panel.synthetic),
        "counts": counts(reading),
        "inputs": manifest.inputs(study.panel.ledger),
        "failures": [{"path": reading.key(f), "reason": f.reason} for f in reading.failures],
        "published_tables": manifest.facts(),
        "exhibits": entries,
    }
    content = page.render(exhibits, drawings, facts(study, record)).encode("utf-8")
    files[PAGE] = content
    record["page"] = [{"outputs": manifest.written({PAGE: content})}]
    return Prepared(tuple(exhibits), record, files)


def written(exhibit: Exhibit) -> dict[str, bytes]:
    """Return the files of one exhibit: its figure, the numbers drawn, its table twice."""
    texts = {}
    if exhibit.figure is not None:
        texts[f"figures/{exhibit.key}.svg"] = figures.file_text(exhibit.figure)
    if exhibit.drawn is not None:
        texts[f"figures/{exhibit.key}.csv"] = csv_text(exhibit.drawn)
    if exhibit.table is not None:
        texts[f"tables/{exhibit.key}.csv"] = csv_text(exhibit.table)
        texts[f"tables/{exhibit.key}.tex"] = tables.tex_table(exhibit)
    return {path: text.encode("utf-8") for path, text in texts.items()}


def counts(reading: Any) -> dict[str, int]:
    """Return files and source rows of a folder: read, kept, set aside, declared."""
    return {
        "files": len(reading.readings),
        "rows": sum(r.rows for r in reading.readings),
        "kept": sum(r.kept for r in reading.readings),
        "quarantined": sum(r.quarantined for r in reading.readings),
        "declared": sum(sum(r.declared.values()) for r in reading.readings),
    }


def facts(study: Study, record: dict[str, Any]) -> dict[str, Any]:
    """Return what the page says about the run."""
    number = record["counts"]
    chosen = record["specification"]
    raw = chosen["raw"]
    source = "the project's data/raw" if raw is None else f"the folder {raw}"
    data = f"From {number['files']} files of {source}, and published figures with their sources."
    if record["synthetic"]:
        data = f"Made from {SYNTHETIC} in {source}, and published figures with their sources."
    rows = (
        f"{number['rows']:,d} source rows = {number['kept']:,d} kept + "
        f"{number['quarantined']:,d} set aside + {number['declared']:,d} headers, footers, "
        "blanks and exact repeats. Nothing is imputed."
    )
    specification = [
        ("Data", source),
        ("Draws of every randomisation test and bootstrap", f"{chosen['draws']:,d}"),
        ("Seed", str(chosen["rng"])),
        *((name.capitalize(), _shown(value)) for name, value in chosen["sample"].items()),
        *((package, version) for package, version in record["versions"].items()),
    ]
    return {
        "data": data,
        "synthetic": [name(m) for m in study.ordered() if m in study.panel.synthetic],
        "rows": rows,
        "failures": [(f["path"], f["reason"]) for f in record["failures"]],
        "quarantine": page.quarantine_rows(study.panel.quarantine),
        "specification": specification,
    }


def _shown(value: Any) -> str:
    """A choice of the sample in words."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {file}" for key, file in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)
