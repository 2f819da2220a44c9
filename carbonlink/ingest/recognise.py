"""Which layout a file has, told by its header alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from ..errors import DataError, UnknownLayoutError, check_choice
from .draft import heading
from .layouts import (
    beijing,
    ceex,
    ember,
    guangzhou,
    hubei,
    icap,
    investing,
    provincial,
    shenzhen,
    tanjiaoyi,
    tianjin,
    tidy,
    wind,
    wind_single,
)
from .sheet import Sheet

LAYOUTS: dict[str, ModuleType] = {
    module.NAME: module
    for module in (
        *(wind, wind_single, guangzhou, hubei, tanjiaoyi, icap, ember, provincial),
        *(tidy, ceex, investing, beijing, tianjin, shenzhen),
    )
}
_DEEPEST = 30


@dataclass(frozen=True)
class Recognised:
    """A sheet, the layout it has, and the row of its header."""

    sheet: Sheet
    layout: ModuleType
    header: int


def recognise(sheets: Iterable[Sheet], file: str, layout: str | None = None) -> Recognised:
    """Return the first sheet that a layout knows.

    Parameters
    ----------
    sheets : iterable of Sheet
        The sheets of one file; no more are read than needed.
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
    first = None
    for sheet in sheets:
        first = first or sheet
        found = [(one, row) for one in tried if (row := header_of(sheet, one)) is not None]
        if len(found) > 1:
            names = ", ".join(one.NAME for one, _ in found)
            raise DataError(f"{file} may be any of: {names}.", "Say which with layout=.")
        if found:
            return Recognised(sheet, *found[0])
    raise _unknown(first, file, tried)


def header_of(sheet: Sheet, layout: ModuleType) -> int | None:
    """Return the row of the header where a sheet has a layout, else None."""
    if hasattr(layout, "find"):
        return layout.find(sheet)
    for row, texts in _heads(sheet).items():
        if any(signature <= texts for signature in layout.SIGNATURES):
            return row
    return None


def _heads(sheet: Sheet) -> dict[int, frozenset[str]]:
    head = sheet.cells.iloc[:_DEEPEST]
    return {
        int(row): frozenset(heading(cell) for cell in cells)
        for row, cells in zip(head.index, head.itertuples(index=False, name=None), strict=True)
    }


def _unknown(sheet: Sheet | None, file: str, tried: Iterable[ModuleType]) -> DataError:
    if sheet is None or sheet.cells.empty:
        return DataError(f"{file} holds no cells.", "Export it again from its source.")
    best, missing, row = None, frozenset(), 0
    score = 0.0
    for layout in tried:
        for signature in layout.SIGNATURES:
            for number, texts in _heads(sheet).items():
                share = len(signature & texts) / len(signature)
                if share > score:
                    score, best, missing, row = share, layout, signature - texts, number
    garbled = sheet.encoding == "gb18030" and "指标名称" not in str(sheet.cells.iat[0, 0])
    advice = (
        " If these headings look garbled, the file is neither UTF-8 nor GB18030: save it as UTF-8."
        if garbled
        else ""
    )
    if best is None:
        first = [heading(c) for c in sheet.cells.iloc[0] if heading(c)]
        shown = ", ".join(first[:8]) or "nothing"
        return UnknownLayoutError(
            f"No reader knows the header of {file}; its first row holds: {shown[:200]}.",
            f"Layouts: {', '.join(LAYOUTS)}. A table of your own needs the columns of 'tidy'."
            + advice,
        )
    return UnknownLayoutError(
        f"No reader knows the header of {file}. The nearest layout is {best.NAME} (row {row}); "
        f"missing: {', '.join(sorted(missing))}.",
        f"Expected: {best.TITLE}." + advice,
    )
