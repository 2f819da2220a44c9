"""Say that the processed tables are up to date, without loading what would make them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..ingest import earlier as past
from ..ingest.files import find_root
from .settings import read_settings


def unchanged(raw: str | Path | None = None, out: str | Path | None = None) -> str | None:
    """Return what the tables hold if nothing changed since they were written, else None."""
    folder, registered, target = places(raw, out)
    if not folder.is_dir() or (before := past.unchanged(folder, target, registered)) is None:
        return None
    lines = [entry_line(before.entries[key], True) for key in sorted(before.entries)]
    lines.append(f"Nothing changed: the tables in {target} are up to date.")
    return "\n".join(lines)


def places(raw: str | Path | None, out: str | Path | None = None) -> tuple[Path, bool, Path]:
    """Return the raw folder, whether its files must be registered, and where the tables go.

    Parameters
    ----------
    raw : path, optional
        A folder named by the user; the project's own, as its settings have it, when None.
    out : path, optional
        Where the tables go; `processed` of the settings when None, or `data/processed`.
    """
    if raw is not None:
        return Path(raw), False, Path(out or Path("data") / "processed")
    project = find_root()
    chosen = read_settings(project)
    folder = project / chosen.raw
    own = folder.resolve() == (project / "data" / "raw").resolve()
    return folder, own, Path(out or project / chosen.processed)


def entry_line(entry: Mapping[str, Any], reused: bool) -> str:
    """Return one file's rows by fate, from the package's record of it."""
    known = " (unchanged)" if reused else ""
    if "reason" in entry:
        return f"{entry['path']}: not used{known}: {entry['reason']}"
    other = "".join(f", {n:,d} {why}" for why, n in entry["declared"].items() if n)
    rows = f"{entry['kept']:,d} kept, {entry['quarantined']:,d} set aside"
    return f"{entry['path']}: {rows}{other}{known}"
