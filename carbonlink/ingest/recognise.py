"""Which layout a file has, told by its header alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType

from ..errors import DataError, UnknownLayoutError, check_choice
from .clean import heading
from .layouts import (
    beijing,
    bloomberg,
    ceex,
    certificates,
    ember,
    energy_trades,
    guangzhou,
    hubei,
    hubei_chart,
    icap,
    investing,
    provincial,
    refinitiv,
    shenzhen,
    tanjiaoyi,
    tianjin,
    tidy,
    wide,
    wind,
    wind_single,
    world_bank,
)
from .sheet import Sheet

LAYOUTS: dict[str, ModuleType] = {
    module.NAME: module
    for module in (
        *(wind, wind_single, guangzhou, hubei, tanjiaoyi, icap, ember, provincial),
        *(tidy, ceex, investing, beijing, tianjin, shenzhen, hubei_chart),
        *(bloomberg, refinitiv, certificates, energy_trades, world_bank, wide),
    )
}


@dataclass(frozen=True)
class Recognised:
    """A sheet, the layout it has, the row of its header, and other sheets with that layout."""

    sheet: Sheet
    layout: ModuleType
    header: int
    more: tuple[Recognised, ...] = ()


def recognise(sheets: Iterable[Sheet], file: str, layout: str | None = None) -> Recognised:
    """Return the first sheet that a layout knows, with the others that have the same layout.

    Parameters
    ----------
    sheets : iterable of Sheet
        The sheets of one file.
    file : str
        File name, for messages.
    layout : str, optional
        The only layout to try.

    Raises
    ------
    UnknownLayoutError
        No layout knows any sheet; the message names the nearest one and what is missing.
    """
    if layout is not None:
        check_choice("layout", layout, LAYOUTS)
    tried = [LAYOUTS[layout]] if layout else list(LAYOUTS.values())
    first: Sheet | None = None
    known: list[Recognised] = []
    for sheet in sheets:
        first = first or sheet
        found = [(one, row) for one in tried if (row := header_of(sheet, one)) is not None]
        if not found and tidy in tried and (row := tidy.find_loosely(sheet)) is not None:
            found = [(tidy, row)]
        if len(found) > 1:
            names = ", ".join(one.NAME for one, _ in found)
            raise DataError(f"{file} may be any of: {names}.", "Say which with layout=.")
        if found and (not known or found[0][0] is known[0].layout):
            known.append(Recognised(sheet, *found[0]))
    if not known:
        raise _unknown(first, file, tried)
    return replace(known[0], more=tuple(known[1:]))


def header_of(sheet: Sheet, layout: ModuleType) -> int | None:
    """Return the row of the header where a sheet has a layout, else None."""
    if hasattr(layout, "find"):
        return layout.find(sheet)
    for row, texts in sheet.heads.items():
        if any(signature <= texts for signature in layout.SIGNATURES):
            return row
    return None


def reasons(found: Recognised) -> tuple[str, ...]:
    """Return why a sheet has its layout, and which other one is nearest."""
    layout, sheet = found.layout, found.sheet
    where = f"sheet {sheet.name!r}, " if sheet.name else ""
    place = f"{where}row {found.header}" if found.header else "its first row of names"
    held = [s for s in layout.SIGNATURES if s <= sheet.heads.get(found.header, frozenset())]
    if held:
        why = f"Layout {layout.NAME} because {place} holds {', '.join(sorted(held[0]))}."
    else:
        why = f"Layout {layout.NAME} because its header ({place}) is that of: {layout.TITLE}."
    others = [one for one in LAYOUTS.values() if one is not layout]
    near = max(_nearness(sheet, others), key=lambda one: one[0], default=None)
    if near is None or not near[0]:
        return why, "No other layout shares a heading with it."
    _, other, missing, row = near
    lacking = f"lacks {', '.join(sorted(missing))}" if missing else "belongs to this layout first"
    return why, f"The nearest other layout is {other.NAME}: row {row} {lacking}."


def _unknown(sheet: Sheet | None, file: str, tried: Iterable[ModuleType]) -> DataError:
    if sheet is None or sheet.cells.empty:
        return DataError(f"{file} holds no cells.", "Export it again from its source.")
    own = (
        " For a table of your own `carbonlink template` prints the columns; a table with a column "
        "a market has names of markets beside its date, or is melted into that (pandas.melt)."
    )
    advice = own + _encoding_advice(sheet)
    near = max(_nearness(sheet, tried), key=lambda one: one[0], default=None)
    if near is None or not near[0] or near[1] is tidy:
        row = near[3] if near and near[0] else sheet.cells.index[0]
        texts = [heading(cell) for cell in sheet.cells.loc[row]]
        shown = ", ".join([text for text in texts if text][:8]) or "nothing"
        place = "its first row" if row == sheet.cells.index[0] else f"row {row}"
        return UnknownLayoutError(
            f"No reader knows the header of {file}; {place} holds: {shown[:200]}.",
            f"Layouts: {', '.join(LAYOUTS)}.{advice}",
        )
    _, layout, missing, row = near
    lacking = ", ".join(sorted(missing)) or "nothing, but most of its columns are unknown"
    return UnknownLayoutError(
        f"No reader knows the header of {file}. The nearest layout is {layout.NAME} (row {row}); "
        f"missing: {lacking}.",
        f"Expected: {layout.TITLE}.{advice}",
    )


def _nearness(
    sheet: Sheet, layouts: Iterable[ModuleType]
) -> Iterator[tuple[float, ModuleType, frozenset[str], int]]:
    """How much of each layout's headings each row holds, and what it lacks."""
    heads = sheet.heads
    for layout in layouts:
        for signature in layout.SIGNATURES:
            for row, texts in heads.items():
                yield len(signature & texts) / len(signature), layout, signature - texts, row


def _encoding_advice(sheet: Sheet) -> str:
    if sheet.encoding != "gb18030":
        return ""
    return (
        " If these headings look garbled, the file is neither UTF-8 nor GB18030: save it as UTF-8."
    )
