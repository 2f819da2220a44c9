"""Say that the processed tables are up to date, without loading what would make them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..ingest import earlier as past
from ..ingest.files import find_root


def unchanged(raw: str | Path | None = None, out: str | Path | None = None) -> str | None:
    """Return what the tables hold if nothing changed since they were written, else None."""
    folder = find_root() / "data" / "raw" if raw is None else Path(raw)
    target = tables_of(folder, raw is None, out)
    if not folder.is_dir() or (before := past.unchanged(folder, target, raw is None)) is None:
        return None
    lines = [entry_line(before.entries[key], True) for key in sorted(before.entries)]
    lines.append(f"Nothing changed: the tables in {target} are up to date.")
    return "\n".join(lines)


def tables_of(folder: Path, registered: bool, out: str | Path | None) -> Path:
    """Return where the processed tables of a folder of raw files go."""
    if out is not None:
        return Path(out)
    return folder.parent / "processed" if registered else Path("data") / "processed"


def entry_line(entry: Mapping[str, Any], reused: bool) -> str:
    """Return one file's rows by fate, from the package's record of it."""
    known = " (unchanged)" if reused else ""
    if "reason" in entry:
        return f"{entry['path']}: not used{known}: {entry['reason']}"
    other = "".join(f", {n:,d} {why}" for why, n in entry["declared"].items() if n)
    rows = f"{entry['kept']:,d} kept, {entry['quarantined']:,d} set aside"
    return f"{entry['path']}: {rows}{other}{known}"
