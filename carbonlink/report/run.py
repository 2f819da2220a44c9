"""What `carbonlink report` and `carbonlink check` do: the command line over the settings."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from ..ingest import provenance
from ..ingest.files import find_root
from . import readme
from .build import build
from .check import Checked
from .check import check as compare
from .settings import Settings, read_settings


def report(
    raw: str | None = None,
    out: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    strict: bool = False,
) -> str:
    """Write the report and, in a project, its README; return what was made, as text.

    Parameters
    ----------
    raw : str, optional
        A folder in place of the project's, whose settings are then not read.
    out, draws, seed : optional
        In place of the settings'.
    strict : bool
        Whether a file that cannot be used stops the run, whatever the settings say.
    """
    project, chosen = _project(raw)
    folder, target = _places(project, chosen, raw, out)
    began = time.perf_counter()
    made = build(
        folder,
        out=target,
        draws=chosen.draws if draws is None else draws,
        root=project,
        strict=strict or chosen.strict,
        rng=chosen.seed if seed is None else seed,
        sample=chosen.sample,
    )
    said = [made.summary()]
    if project is not None:
        run = readme.Run(
            manifest=made.manifest,
            sources=provenance.load_register(project / chosen.raw),
            out=_seen_from(project, target),
            seconds=time.perf_counter() - began,
            memory=_memory(),
            title=chosen.title,
            authors=chosen.authors,
        )
        if readme.refill(project, run):
            said.append(f"{readme.NAME} is filled from this run.")
    return "\n".join(said)


def check(raw: str | None = None, out: str | None = None) -> Checked:
    """Build a report again and say what differs; folders as for `report`."""
    project, chosen = _project(raw)
    folder, target = _places(project, chosen, raw, out)
    return compare(out=target, raw=folder, root=project)


def _project(raw: str | None) -> tuple[Path | None, Settings]:
    if raw is not None:
        return None, Settings()
    project = find_root()
    return project, read_settings(project)


def _places(
    project: Path | None, chosen: Settings, raw: str | None, out: str | None
) -> tuple[Any, Any]:
    """The folder of raw files (None: the project's registered one) and that of the report."""
    if project is None:
        return raw, out or chosen.out
    own = (project / chosen.raw).resolve() == (project / "data" / "raw").resolve()
    return None if own else project / chosen.raw, out or _near(project / chosen.out)


def _near(path: Path) -> Path:
    """The path as seen from the current folder, where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _seen_from(project: Path, target: str | Path) -> str:
    place, home = Path(target).resolve(), project.resolve()
    return (place.relative_to(home) if place.is_relative_to(home) else place).as_posix()


def _memory() -> float | None:
    """Largest resident memory of this process in MiB; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
