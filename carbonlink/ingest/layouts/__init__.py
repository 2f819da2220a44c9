"""One short reader a file layout.

A layout is a module with `NAME`, `TITLE` (whose file it is), `SIGNATURES` (sets of headings, plain
and without blanks; a row that holds all of one set is the header, unless the module has a `find` of
its own) and `read(sheet, header, market)`, which returns the draft and the tidy rows made of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..draft import Draft


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a layout makes of a sheet.

    Attributes
    ----------
    draft : Draft
        The source rows.
    frames : tuple of DataFrame
        Tidy rows made of them, each with its source row.
    empty : str
        What a source row without any number is declared as.
    extra : dict
        Facts about the file as plain values.
    """

    draft: Draft
    frames: tuple[pd.DataFrame, ...]
    empty: str = "no_data"
    extra: dict[str, Any] = field(default_factory=dict)
