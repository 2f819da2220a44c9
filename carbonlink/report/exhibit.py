"""One exhibit of the report: a figure, a table, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

SYNTHETIC = "synthetic demonstration data"
PUBLISHED = "published figures"
FILES = "figures from the files"


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A figure with its numbers, a table, and what a reader must know about them.

    Attributes
    ----------
    key, title : str
        Stem of the file names, and what is shown; given by the list of exhibits.
    takeaway : str
        The claim, made from the exhibit's own numbers.
    figure : matplotlib Figure, optional
        The drawing.
    drawn : DataFrame, optional
        The numbers drawn, where `table` does not hold them.
    table : DataFrame, optional
        The numbers of the table, unrounded; text for labels.
    headings : mapping
        Printed heading, with the unit, of each column of `table`; columns without a heading
        stay out of the printed table and in the csv.
    formats : mapping
        Printed format of each numeric column: a format specification such as ",.0f", "p" for
        p-values; four significant digits where none is given.
    notes : tuple of str
        Footnotes.
    sources : tuple of str
        Files (with the start of their hash) or publications.
    published : bool
        Whether the numbers are published figures carried in the package.
    beside : bool
        Whether published figures stand beside those of real files.
    synthetic : tuple of str
        Labels of the markets drawn from made-up demonstration data.
    refused : str
        Why there is no exhibit, when there is none.
    results : tuple of Results
        The results shown, whose specifications go into the manifest.
    """

    key: str = ""
    title: str = ""
    takeaway: str = ""
    figure: Any = None
    drawn: pd.DataFrame | None = None
    table: pd.DataFrame | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    published: bool = False
    beside: bool = False
    synthetic: tuple[str, ...] = ()
    refused: str = ""
    results: tuple[Any, ...] = ()

    @property
    def mark(self) -> str:
        """What the numbers are made of, as printed on the page and inside the figure."""
        parts = [PUBLISHED] if self.published else []
        if self.synthetic:
            parts.append(SYNTHETIC)
        elif self.beside:
            parts.append(FILES)
        return " and ".join(parts)
