"""One result written out: its figure, the numbers drawn, its table, and a row in the manifest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .. import plotting
from ..artifacts import csv_text, latex_table
from ..errors import SpecificationError
from ..results import Comparison, Results, printable
from . import figures, manifest
from .exhibit import SYNTHETIC
from .publish import output_folder, publish

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def save(result: Results | Comparison, name: str, out: str | Path = "reports") -> dict[str, Path]:
    """Write a result's figure, numbers and table, and note them in the manifest.

    Parameters
    ----------
    result : Results or Comparison
        What to write; a comparison has no figure.
    name : str
        Stem of the files: letters, digits, "-" and "_". What an earlier call saved under it is
        replaced; the name of an exhibit of the report is refused.
    out : path
        The folder of the report, or any other.

    Returns
    -------
    dict of str to Path
        `figure` (svg), `numbers` (csv of what the figure draws), `table` (csv), `tex` and
        `manifest`.

    Raises
    ------
    SpecificationError
        `result` is not a result, or `name` cannot be used.
    OutputError
        The folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import carbonlink as cl
    >>> fit = cl.GARCH(cl.simulate.garch(600, rng=1)).fit()
    >>> sorted(cl.save(fit, "fig3", out=tempfile.mkdtemp()))
    ['figure', 'manifest', 'numbers', 'table', 'tex']
    """
    if not isinstance(result, (Results, Comparison)):
        raise SpecificationError(
            f"An object of type {type(result).__name__} is not a result.",
            "Fit it first, then save it.",
        )
    if not _NAME.fullmatch(str(name)):
        raise SpecificationError(
            f"name={name!r} cannot be the stem of a file.", 'Use letters, digits, "-" and "_".'
        )
    with output_folder(out) as folder:
        record = manifest.read(folder, missing={})
        if name in {row["key"] for row in record.get("exhibits", [])}:
            raise SpecificationError(f"{name!r} is an exhibit of the report.", "Use another name.")
        texts = _texts(result, str(name))
        files = {path: text.encode("utf-8") for path, text in texts.values()}
        entry = _entry(result, str(name), files)
        others = [row for row in record.get("saved", []) if row["key"] != name]
        record["saved"] = sorted([*others, entry], key=lambda row: row["key"])
        record.setdefault("versions", manifest.versions())
        publish({**files, manifest.NAME: manifest.to_bytes(record)}, folder)
    paths = {kind: folder / path for kind, (path, _) in texts.items()}
    return {**paths, "manifest": folder / manifest.NAME}


def _texts(result: Results | Comparison, name: str) -> dict[str, tuple[str, str]]:
    texts = {}
    if isinstance(result, Results):
        figure, (ax,) = plotting.canvas(width=6.5)
        with plotting.style():
            result.plot(ax=ax)
        plotting.stamp(figure, _mark(result.notes))
        texts["figure"] = (f"figures/{name}.svg", figures.file_text(figure))
        texts["numbers"] = (f"figures/{name}.csv", csv_text(result.numbers()))
        tex = result.to_latex(label=f"tab:{name}")
    else:
        left = getattr(result, "left_out", {}).items()
        notes = tuple(f"{name} is left out: {reason}" for name, reason in left)
        notes += tuple(n for _, r in result.results for n in r.notes)
        table = printable(result.table().reset_index())
        tex = latex_table(table, "Comparison", f"tab:{name}", tuple(dict.fromkeys(notes)))
    texts["table"] = (f"tables/{name}.csv", csv_text(result.tidy()))
    texts["tex"] = (f"tables/{name}.tex", tex)
    return texts


def _mark(notes: tuple[str, ...]) -> str:
    return SYNTHETIC if any(SYNTHETIC in note.lower() for note in notes) else ""


def _entry(result: Results | Comparison, name: str, files: dict[str, bytes]) -> dict[str, Any]:
    if isinstance(result, Results):
        title, results = result.title, [result]
    else:
        title, results = "Comparison", [member for _, member in result.results]
    notes = tuple(dict.fromkeys(note for member in results for note in member.notes))
    return {
        "key": name,
        "title": title,
        "made_of": _mark(notes) or "data",
        "notes": list(notes),
        "results": [manifest.described(member) for member in results],
        "versions": manifest.versions(),
        "outputs": manifest.written(files),
    }
