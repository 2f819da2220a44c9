"""Several sheets of one workbook with the same layout, read as one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from .draft import ROW, Draft
from .layouts import Parts
from .recognise import Recognised
from .sheet import Sheet


def chosen(found: tuple[Recognised, ...]) -> tuple[tuple[Recognised, ...], tuple[str, ...]]:
    """Return the sheets that must be read, and a note on those that repeat a longer one.

    Parameters
    ----------
    found : tuple of Recognised
        The sheets of one workbook that have the same layout.

    Notes
    -----
    A workbook may hold the whole table and a sheet for each of its vintages: a sheet all of whose
    rows stand in a longer one too is not read again. Sheets that hold other rows (one a year) are
    all read.
    """
    if len(found) == 1:
        return found, ()
    ranked = sorted(found, key=lambda one: -len(_below(one)))
    kept: list[Recognised] = []
    seen: set[tuple[str, ...]] = set()
    repeats = []
    for one in ranked:
        rows = set(_below(one))
        if kept and rows <= seen:
            repeats.append(one.sheet.name)
            continue
        kept.append(one)
        seen |= rows
    longest = kept[0].sheet.name
    ordered = tuple(one for one in found if any(one is other for other in kept))
    if not repeats:
        return ordered, ()
    names = ", ".join(repr(name) for name in repeats)
    return ordered, (f"Every row of sheet {names} stands in {longest!r} too.",)


def _below(found: Recognised) -> list[tuple[str, ...]]:
    cells = found.sheet.cells
    return [tuple(map(str, row)) for row in cells[cells.index > found.header].to_numpy()]


def stacked(parts: list[Parts], sheets: list[Sheet]) -> tuple[Parts, dict[int, str]]:
    """Return the parts of several sheets as those of one, and where each sheet's rows begin.

    Parameters
    ----------
    parts : list of Parts
        What the layout made of each sheet.
    sheets : list of Sheet
        The sheets.

    Returns
    -------
    Parts
        Rows of the second sheet are numbered on after those of the first, and so on.
    dict
        First row number to the sheet's name.
    """
    first = parts[0].draft
    cells, rows, frames = [], [], []
    declared: dict[str, int] = {}
    bad: dict[int, tuple[str, ...]] = {}
    asides: dict[int, tuple[str, ...]] = {}
    begins: dict[int, str] = {}
    shift = 0
    for one, sheet in zip(parts, sheets, strict=True):
        begins[shift] = sheet.name
        cells.append(sheet.cells.set_axis(sheet.cells.index + shift))
        rows.append(one.draft.rows.set_axis(one.draft.rows.index + shift))
        frames += [frame.assign(**{ROW: frame[ROW] + shift}) for frame in one.frames]
        bad |= {row + shift: reasons for row, reasons in one.draft.bad.items()}
        asides |= {row + shift: said for row, said in one.draft.asides.items()}
        for why, count in one.draft.declared.items():
            declared[why] = declared.get(why, 0) + count
        shift += int(sheet.cells.index.max()) if len(sheet.cells) else 0
    draft = Draft(
        sheet=replace(first.sheet, cells=pd.concat(cells)),
        rows=pd.concat(rows),
        declared=declared,
        bad=bad,
        notes=tuple(dict.fromkeys(note for one in parts for note in one.draft.notes)),
        asides=asides,
    )
    return replace(parts[0], draft=draft, frames=tuple(frames)), begins


def place_of(row: int, begins: dict[int, str]) -> tuple[int, str]:
    """Return the row number in its own sheet, and the sheet's name."""
    start = max(first for first in begins if first < row)
    return row - start, begins[start]
