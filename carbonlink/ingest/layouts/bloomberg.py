"""Bloomberg history pasted from a terminal's sheet: fields by mnemonic, changes beside each."""

from __future__ import annotations

from .. import draft as drafts
from ..sheet import Sheet
from ..whose import settle_market
from . import Parts
from .contracts import in_own_unit

NAME = "bloomberg"
TITLE = "Bloomberg history (Date, PX_LAST, Change, % Change, PX_LOW, …)"
RENAME = {
    "Date": "date",
    "PX_LAST": "close",
    "PX_OPEN": "open",
    "PX_HIGH": "high",
    "PX_LOW": "low",
    "PX_VOLUME": "volume",
}
SIGNATURES = (frozenset({"Date", "PX_LAST"}),)
_CHANGES = frozenset({"Change", "%Change", ""})


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of one security's history.

    Notes
    -----
    Dates as text such as 02/03/2025 are read only where a day above 12 in the file shows which
    of the two orders it has. The printed changes, whose headings repeat, are left out.
    """
    owner = settle_market(sheet.file, None, market, "its header names no security")
    draft = drafts.start(sheet, header, RENAME).with_dates()
    numbers = [name for name in list(RENAME.values())[1:] if name in draft.rows]
    draft = draft.with_numbers(*numbers)
    if "volume" in numbers:
        draft = in_own_unit(draft, owner)
    printed = drafts.headings(sheet, header).values()
    unused = dict.fromkeys(text for text in printed if text not in {*RENAME, *_CHANGES})
    if unused:
        draft = draft.noted(f"Columns not used: {', '.join(unused)}.")
    frame = drafts.tidy(draft, market=owner, trade="total", price_kind="close")
    return Parts(draft=draft, frames=(frame,))
