"""A project's README after the template of the social science data editors, filled from a run."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import artifacts
from ..errors import OutputError
from ..ingest import provenance
from ..ingest.processed import open_licence
from .exhibits import EXHIBITS
from .page import CITATION

NAME = "README.md"
END = "<!-- carbonlink: end -->"
_MARKS = re.compile(r"<!-- carbonlink: (?P<block>[a-z]+) -->\n.*?" + re.escape(END), re.DOTALL)
_EMPTY = "*Run `carbonlink report` to fill this in.*"
_MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run of the report left, and what it took.

    Attributes
    ----------
    manifest : mapping
        What manifest.json holds.
    sources : mapping
        The register's row of each raw file, by its path.
    out : str
        The report's folder, as seen from the project.
    seconds : float
        Wall time of the run.
    memory : float or None
        Largest resident memory in MiB; None where the system does not tell.
    title : str
        The paper's, from the settings.
    authors : tuple of str
    """

    manifest: Mapping[str, Any]
    sources: Mapping[str, provenance.Source]
    out: str
    seconds: float
    memory: float | None
    title: str = ""
    authors: tuple[str, ...] = ()


def refill(project: Path, run: Run) -> bool:
    """Fill the marked parts of a project's README; leave every other line alone.

    Returns
    -------
    bool
        Whether there was a README with marks.
    """
    path = project / NAME
    if not path.is_file():
        return False
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise OutputError(f"{path} is not UTF-8.", "Save it as UTF-8 and run again.") from None
    filled = filled_in(text, run)
    if filled != text:
        artifacts.write_text(path, filled)
    return bool(_MARKS.search(text))


def filled_in(text: str, run: Run | None) -> str:
    """Return a README with its marked parts written from a run; without one, what to do."""

    def block(match: re.Match[str]) -> str:
        write = BLOCKS.get(match["block"])
        if write is None:
            return match[0]
        body = _EMPTY if run is None else write(run)
        return f"<!-- carbonlink: {match['block']} -->\n{body}\n{END}"

    return _MARKS.sub(block, text)


def _head(run: Run) -> str:
    title = run.title or "*Title: set `title` in carbonlink.toml*"
    authors = ", ".join(run.authors) or "*Authors: set `authors` in carbonlink.toml*"
    return f"# Replication package: {title}\n\n{authors}"


def _overview(run: Run) -> str:
    counts = run.manifest["counts"]
    shown = [e for e in run.manifest["exhibits"] if not e["refused"]]
    made_up = run.manifest["synthetic"]
    text = (
        f"The program carbonlink {run.manifest['versions']['carbonlink']} reads {counts['files']} "
        f"data files ({counts['kept']:,d} rows kept, {counts['quarantined']:,d} set aside, "
        f"{counts['declared']:,d} headers, footers, blanks and repeats) and makes {len(shown)} "
        f"exhibits in `{run.out}/`. One command, `carbonlink report`, makes them all; it took "
        f"{_minutes(run.seconds)} here."
    )
    if made_up:
        text += (
            f"\n\n**Made-up data.** {len(made_up)} markets are synthetic demonstration data: "
            f"{', '.join(made_up)}. Replace them before you publish."
        )
    return text


def _availability(run: Run) -> str:
    closed = [f["file"] for f in _inputs(run) if not _open(run, f)]
    if not closed:
        return "- [x] All data **are** publicly available under the licences below."
    names = ", ".join(f"`{name}`" for name in closed)
    return (
        "- [x] Some data **cannot be made** publicly available, or their licence is not recorded: "
        f"{names}.\n\n*Say for each how others can get it, at what cost and how long it takes.*"
    )


def _sources(run: Run) -> str:
    lines = []
    for file in _inputs(run):
        source = run.sources.get(file["file"], provenance.Source(path=file["file"]))
        where = f", {source.url}" if source.url else ""
        when = f", accessed {source.accessed}" if source.accessed else ""
        lines.append(
            f"- `{file['file']}`: {source.title or _asked('title')}. "
            f"{source.publisher or _asked('publisher')}{where}{when}. Licence: "
            f"{source.licence or _asked('licence')}. Markets: {file['markets']}."
            + (f" {source.note}" if source.note else "")
        )
    lines.append(
        "- Published facts (deadlines, factors, benchmarks, price limits) are tables of the "
        f"program, each row with its source: {', '.join(sorted(run.manifest['published_tables']))}."
    )
    return "\n".join(lines)


def _datasets(run: Run) -> str:
    rows = [
        (
            f"`data/raw/{f['file']}`",
            f["publisher"] or _asked("publisher"),
            f"{f['start']} to {f['end']}; {f['kept']:,d} rows; sha256 {f['sha256'][:12]}…",
            "yes" if _open(run, f) else "*see licence*",
        )
        for f in _inputs(run)
    ]
    rows += [
        (f"`data/raw/{f['path']}`", "", f"not used: {f['reason']}", "")
        for f in run.manifest["failures"]
    ]
    return _table(("Data file", "Source", "Notes", "Provided"), rows)


def _software(run: Run) -> str:
    versions = dict(run.manifest["versions"])
    lines = [f"- Python {versions.pop('python')}"]
    lines += [f"- {package} {version}" for package, version in versions.items()]
    return "\n".join([*lines, '- Install with `pip install "carbonlink==<version above>"`.'])


def _randomness(run: Run) -> str:
    chosen = run.manifest["specification"]
    return (
        f"- [x] A random seed is set: {chosen['rng']} (`seed` in carbonlink.toml). Every "
        f"randomisation test and bootstrap makes {chosen['draws']} draws; the same call gives the "
        "same bytes on one core or several."
    )


def _machine(run: Run) -> str:
    sizes = sum(int(f["bytes"]) for f in run.manifest["inputs"])
    parts = [*run.manifest["page"], *run.manifest["exhibits"]]
    written = sum(row["bytes"] for part in parts for row in part["outputs"])
    memory = f"{run.memory:,.0f} MiB of memory" if run.memory else "memory not measured"
    return (
        f"Last run: {_minutes(run.seconds)}, {memory}, {sizes / _MIB:,.1f} MiB of raw data and "
        f"{written / _MIB:,.1f} MiB of output, on {platform.system()} {platform.machine()} with "
        f"{os.cpu_count()} cores and Python {platform.python_version()}."
    )


def _programs(run: Run) -> str:
    return (
        "- `carbonlink data`: reads `data/raw` into tidy tables (`data/processed`) and a "
        "quarantine; `datapackage.json` there has hashes, units and lineage.\n"
        f"- `carbonlink report`: makes `{run.out}/report.html` with every figure and table.\n"
        "- `carbonlink check`: makes them again and compares.\n"
        "- `carbonlink.toml`: the choices of all three."
    )


def _exhibits(run: Run) -> str:
    rows = []
    for exhibit in run.manifest["exhibits"]:
        outputs = ", ".join(f"`{run.out}/{row['path']}`" for row in exhibit["outputs"])
        about = exhibit["refused"] and f"not made: {exhibit['refused']}"
        function = EXHIBITS[exhibit["key"]][1] if exhibit["key"] in EXHIBITS else None
        module = f" ({function.__module__}.{function.__name__})" if function else ""
        program = f"`carbonlink report`{module}"
        rows.append((exhibit["title"], program, outputs, about or exhibit["made_of"]))
    return _table(("Figure or table", "Program", "Output files", "Note"), rows)


def _references(run: Run) -> str:
    cited = []
    for file in _inputs(run):
        source = run.sources.get(file["file"])
        if source and source.publisher and not source.synthetic:
            parts = (source.publisher, source.title, source.url, source.accessed)
            cited.append(". ".join(part for part in parts if part) + ".")
    return "\n".join(f"- {text}" for text in dict.fromkeys([*cited, CITATION]))


BLOCKS: dict[str, Callable[[Run], str]] = {
    "head": _head,
    "overview": _overview,
    "availability": _availability,
    "sources": _sources,
    "datasets": _datasets,
    "software": _software,
    "randomness": _randomness,
    "machine": _machine,
    "programs": _programs,
    "exhibits": _exhibits,
    "references": _references,
}
"""What writes each marked part."""


def _inputs(run: Run) -> list[Mapping[str, Any]]:
    return [f for f in run.manifest["inputs"] if f["status"] == "read"]


def _open(run: Run, file: Mapping[str, Any]) -> bool:
    return bool(open_licence(str(file["licence"])))


def _asked(what: str) -> str:
    return f"*{what}: add it to SOURCES.csv*"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(str(text).replace("|", "\\|").split())
