"""From a folder of raw files to the report: every exhibit, or the reason why not."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import plotting
from ..errors import (
    CarbonlinkError,
    CarbonlinkWarning,
    DataError,
    OutputError,
    SpecificationError,
)
from ..facts import markets as registry
from ..ingest import folder as folders
from ..ingest.provenance import find_root
from ..panel import Panel, assemble
from ..panel.table import as_list
from . import manifest
from .compose import PAGE, Prepared, compose
from .exhibit import Exhibit
from .exhibits import EXHIBITS
from .publish import output_folder, publish
from .study import Study

FEWEST_DRAWS = 19
"""With fewer draws no p-value can reach 5 %."""


@dataclass(frozen=True, eq=False)
class BuiltReport:
    """A report that was written.

    Attributes
    ----------
    folder : Path
        Where it is.
    exhibits : tuple of Exhibit
        In the order of the page, refused ones too.
    manifest : dict
        What `manifest.json` holds.
    """

    folder: Path
    exhibits: tuple[Exhibit, ...]
    manifest: dict[str, Any]

    @property
    def page(self) -> Path:
        """The page."""
        return self.folder / PAGE

    @property
    def refused(self) -> dict[str, str]:
        """Title and reason of each exhibit that was not made."""
        return {e.title: e.refused for e in self.exhibits if e.refused}

    def summary(self) -> str:
        """Return what was read, set aside, made and refused, as text."""
        counts = self.manifest["counts"]
        drawn = sum(e.figure is not None for e in self.exhibits)
        tabled = sum(e.table is not None for e in self.exhibits)
        lines = [
            f"Read {counts['files']} files: {counts['kept']:,d} rows kept, "
            f"{counts['quarantined']:,d} set aside in quarantine, "
            f"{counts['declared']:,d} headers, footers and blanks."
        ]
        lines += [f"  not used: {f['path']}: {f['reason']}" for f in self.manifest["failures"]]
        lines.append(f"Made {drawn} figures and {tabled} tables.")
        lines += [f"  not shown: {title}: {reason}" for title, reason in self.refused.items()]
        return "\n".join([*lines, f"The page is {self.page}"])


def build(
    raw: str | Path | None = None,
    out: str | Path = "reports",
    draws: int = 199,
    root: str | Path | None = None,
    strict: bool = False,
    rng: int = 0,
    sample: Mapping[str, Any] | None = None,
) -> BuiltReport:
    """Read a folder of raw files, make every exhibit and write the report.

    Parameters
    ----------
    raw : path, optional
        A folder of files to read in place of the project's `data/raw`.
    out : path
        Where `report.html`, `figures/`, `tables/` and `manifest.json` go. Nothing is written
        before everything is made.
    draws : int
        Draws of every randomisation test and bootstrap; at least 19.
    root : path, optional
        The project; by default the nearest folder upwards with `data/raw`.
    strict : bool
        Whether a file that cannot be used stops the run.
    rng : int
        Seed of every exhibit.
    sample : mapping, optional
        Arguments of `carbonlink.load` that choose the panel: markets, start, end, prefer.

    Returns
    -------
    BuiltReport

    Examples
    --------
    >>> from carbonlink.report.build import build
    >>> build(raw="data/raw", out="reports").page.name  # doctest: +SKIP
    'report.html'
    """
    _check(draws, rng)
    source = _source(raw, root)
    if source.resolve() in (Path(out).resolve(), *Path(out).resolve().parents):
        raise OutputError(
            f"The output folder {out} lies in the folder of raw files, {source}.",
            "Name another folder with --out.",
        )
    with output_folder(out) as folder:
        before = manifest.read(folder, missing={})
        prepared = prepare(raw, draws=draws, root=root, strict=strict, rng=rng, sample=sample)
        kept = {**prepared.manifest, "saved": before.get("saved", [])}
        outdated = [
            row["path"] for part in before.get("exhibits", []) for row in part.get("outputs", [])
        ]
        files = {**prepared.files, manifest.NAME: manifest.to_bytes(kept)}
        publish(files, folder, outdated)
    return BuiltReport(folder, prepared.exhibits, kept)


def prepare(
    raw: str | Path | None = None,
    *,
    draws: int = 199,
    root: str | Path | None = None,
    strict: bool = False,
    rng: int = 0,
    sample: Mapping[str, Any] | None = None,
) -> Prepared:
    """Make every exhibit in memory; see `build`."""
    _check(draws, rng)
    folder = _source(raw, root)
    reading = folders.read_folder(folder, registered=raw is None)
    if strict and reading.failures:
        first = reading.failures[0]
        raise DataError(f"{first.path} cannot be used: {first.reason}", "Leave --strict out.")
    study = Study(_panel(reading, sample or {}), draws=draws, rng=rng)
    specification = {
        "raw": None if raw is None else folder.resolve().name,
        "draws": draws,
        "rng": rng,
        "sample": dict(sample or {}),
    }
    return compose(list(make(study)), study, reading, specification)


def _panel(reading: folders.FolderReading, sample: Mapping[str, Any]) -> Panel:
    """The panel of a report: exhibits find colours and names by market id, however spelt."""
    chosen = dict(sample)
    if chosen.get("markets") is not None:
        chosen["markets"] = list(dict.fromkeys(map(registry.resolve, as_list(chosen["markets"]))))
    return assemble(reading, **chosen)


def make(study: Study) -> Iterator[Exhibit]:
    """Make the exhibits one by one; a refusal takes the place of its exhibit."""
    keys = list(EXHIBITS)
    if sys.stderr.isatty():
        from tqdm import tqdm

        keys = tqdm(keys, desc="exhibits", leave=False)
    for key in keys:
        title, function = EXHIBITS[key]
        with warnings.catch_warnings(record=True) as caught, plotting.style():
            warnings.simplefilter("always", CarbonlinkWarning)
            try:
                made = function(study)
            except CarbonlinkError as refusal:
                made = Exhibit(refused=str(refusal))
        own = [str(w.message) for w in caught if issubclass(w.category, CarbonlinkWarning)]
        for other in (w for w in caught if not issubclass(w.category, CarbonlinkWarning)):
            warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
        notes = tuple(dict.fromkeys((*made.notes, *own)))
        made = replace(made, key=key, title=title, notes=notes)
        if made.figure is not None:
            plotting.stamp(made.figure, made.mark)
        yield made


def _source(raw: str | Path | None, root: str | Path | None) -> Path:
    return find_root(root) / "data" / "raw" if raw is None else Path(raw)


def _check(draws: int, rng: int) -> None:
    for argument, value, least in (("draws", draws, FEWEST_DRAWS), ("rng", rng, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise SpecificationError(
                f"{argument}={value!r} is not allowed.", f"Use a whole number from {least} on."
            )
