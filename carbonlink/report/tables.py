"""How an exhibit's table is printed: headings with units, right-aligned numbers, html and LaTeX."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pandas as pd

from ..artifacts import latex_table
from ..printing import day, format_number, format_p
from .exhibit import Exhibit

_ONE_LINE, _SOME_LINES = 28, 70
_TOO_LONG = 1e15


def printed(exhibit: Exhibit) -> pd.DataFrame:
    """Return the table of an exhibit as text cells under its printed headings."""
    table = exhibit.table
    if table is None:
        return pd.DataFrame()
    columns = {}
    for name, heading in exhibit.headings.items():
        cells = table[name]
        columns[heading] = [cell(v, exhibit.formats.get(name, "")) for v in cells]
    return pd.DataFrame(columns)


def cell(value: Any, form: str = "") -> str:
    """Return one value as printed: "" when missing, dates as ISO, numbers by `form`."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return day(value)
    if isinstance(value, str):
        return value
    number = float(value)
    if np.isnan(number):
        return ""
    if form == "p":
        return format_p(number)
    if not form or np.isinf(number):
        whole = isinstance(value, (int, np.integer))
        return f"{value:,d}" if whole else format_number(number)
    if abs(number) >= _TOO_LONG and form.endswith("f"):
        return format(number, ".2e")
    text = format(number, form)
    return text if text.strip("+-0.,") else text.lstrip("+-")


def numeric(exhibit: Exhibit) -> list[bool]:
    """Return, for each printed column, whether it holds numbers (set to the right)."""
    table = exhibit.table
    if table is None:
        return []
    return [table[name].dtype.kind in "iuf" for name in exhibit.headings]


def html_table(exhibit: Exhibit, caption: str) -> str:
    """Return the table as html: a caption, a head, and numbers set to the right."""
    text = printed(exhibit)
    kinds = [
        f'class="{"n" if right else _width(text[column])}"'
        for column, right in zip(text.columns, numeric(exhibit), strict=True)
    ]
    headings = zip(text.columns, kinds, strict=True)
    head = "".join(f'<th scope="col" {k}>{html.escape(c)}</th>' for c, k in headings)
    rows = []
    for row in text.itertuples(index=False, name=None):
        cells = [f"<td {k}>{html.escape(v)}</td>" for v, k in zip(row, kinds, strict=True)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody></table>"
    )


def _width(cells: pd.Series) -> str:
    """Class of a text column: short cells on one line, long ones with room to wrap."""
    longest = int(cells.str.len().max()) if len(cells) else 0
    return "t" if longest <= _ONE_LINE else "t w" if longest <= _SOME_LINES else "t l"


def tex_table(exhibit: Exhibit) -> str:
    """Return the table in LaTeX (booktabs), with what it is made of and its notes under it."""
    mark = f"{exhibit.mark[0].upper()}{exhibit.mark[1:]}." if exhibit.mark else ""
    sources = f"Source: {'; '.join(exhibit.sources)}." if exhibit.sources else ""
    notes = tuple(n for n in (mark, *exhibit.notes, sources) if n)
    return latex_table(printed(exhibit), exhibit.title, f"tab:{exhibit.key}", notes)
