"""The one page: every exhibit with its figure, table, notes and sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .._version import __version__
from . import figures, tables
from .exhibit import SYNTHETIC, Exhibit

TITLE = "Coupling of China's carbon, green-certificate, energy-use-right and electricity markets"
CITATION = (
    f"The carbonlink developers. carbonlink: how China's carbon, green-certificate, "
    f"energy-use-right and electricity markets move together. Version {__version__}."
)
_LONG = 30
_MANY_NOTES = 8
_ROW = r"\brow \d+\b"
_CELL = r"""'[^']*'|"[^"]*\""""
_EXAMPLES = 3


def render(
    exhibits: Sequence[Exhibit],
    drawings: Mapping[str, str],
    facts: Mapping[str, Any],
) -> str:
    """Return the report as one html page without a clock and without a link to elsewhere.

    Parameters
    ----------
    exhibits : sequence of Exhibit
        In the order of the page.
    drawings : mapping
        Svg text of each figure, by the exhibit's key.
    facts : mapping
        What the page says about the run: `data`, `synthetic` (labels), `files`, `rows`,
        `quarantine` (reason to count), `specification` and `versions`.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("carbonlink.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    blocks = [
        block(exhibit, number, drawings.get(exhibit.key, ""))
        for number, exhibit in enumerate(exhibits, start=1)
    ]
    return environment.get_template("report.html").render(
        title=TITLE,
        synthetic=SYNTHETIC,
        citation=CITATION,
        made=[b for b in blocks if not b["refused"]],
        blocks=blocks,
        facts=facts,
    )


def block(exhibit: Exhibit, number: int, drawing: str) -> dict[str, Any]:
    """Return what the template needs of one exhibit."""
    shown = {
        "number": number,
        "key": exhibit.key,
        "title": exhibit.title,
        "takeaway": exhibit.takeaway,
        "mark": exhibit.mark,
        "synthetic": bool(exhibit.synthetic),
        "notes": exhibit.notes,
        "sources": exhibit.sources,
        "refused": exhibit.refused,
        "figure": "",
        "table": "",
        "long": False,
        "many": len(exhibit.notes) > _MANY_NOTES,
    }
    if drawing:
        description = f"Figure {number}. {exhibit.title}. {exhibit.takeaway}"
        shown["figure"] = figures.inline(drawing, exhibit.key, description)
    if exhibit.table is not None and exhibit.headings:
        shown["table"] = tables.html_table(exhibit, f"Table {number}. {exhibit.title}")
        shown["long"] = len(exhibit.table) > _LONG
    return shown


def quarantine_rows(quarantine: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return file, kind of reason and count of the source rows set aside.

    Reasons that differ in the cell they quote alone are one kind, with the first such cells.
    """
    if quarantine.empty:
        return []
    reason = quarantine["reason"].str.replace(_ROW, "another row", regex=True)
    kind = reason.str.replace(_CELL, "…", regex=True)
    rows = []
    for (file, why), alike in reason.groupby([quarantine["source"], kind]):
        different = list(dict.fromkeys(alike))
        words = str(why)
        if len(different) == 1:
            words = different[0]
        else:
            cells = dict.fromkeys(cell for text in different for cell in re.findall(_CELL, text))
            words += f" (the first: {', '.join(list(cells)[:_EXAMPLES])})"
        rows.append((str(file), words, f"{len(alike):,d}"))
    return rows
