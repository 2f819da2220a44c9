"""Read one file into the tidy table, with every source row accounted for."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..errors import CarbonlinkWarning, DataError, UnknownLayoutError
from ..facts import markets as registry
from ..facts.names import NO_PRICE
from . import ending
from .blocks import Blocks, in_blocks, read_blocks
from .draft import Settled, body, settle
from .intraday import DAILY_ABOVE, Days, days_of, is_intraday, sums_by_day
from .layouts import Parts
from .plausible import findings
from .provenance import source_beside
from .recognise import Recognised, recognise
from .sheet import Sheet, content_of, sheets
from .stack import chosen, place_of, stacked

SHOWN = 1_000
"""Quarantined rows in a frame's attrs; `read_file(path).quarantine` has all of them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """One file as read.

    Attributes
    ----------
    frame : DataFrame
        The tidy table (see `carbonlink.ingest.schema.DESCRIPTIONS`).
    quarantine : DataFrame
        Columns row (number in the file), reason, cells.
    rows, kept, quarantined : int
        Source rows: all of them, those in `frame`, those in `quarantine`.
    declared : dict
        Source rows that hold no data, by why: header, footer, blank, no_data, duplicate, ….
        Always rows = kept + quarantined + the sum of these.
    layout, sha256, encoding : str
    path : Path
    bytes : int
    markets : tuple of str
    unit : str
        Price unit, empty where the file's markets have several.
    notes : tuple of str
        What a user of the numbers must know.
    doubts : tuple of str
        Those of the notes that say the numbers may be wrong (a unit, swapped columns, dates).
    synthetic : bool
        Whether the file is registered as synthetic demonstration data.
    days : Days, optional
        Where intervals were read into delivery days: those with a price, which `frame` has, and
        those without.
    """

    frame: pd.DataFrame
    quarantine: pd.DataFrame
    rows: int
    kept: int
    quarantined: int
    declared: Mapping[str, int]
    layout: str
    path: Path
    sha256: str
    bytes: int
    encoding: str
    markets: tuple[str, ...]
    unit: str
    notes: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    synthetic: bool = False
    days: Days | None = None


def read_file(
    path: str | Path,
    *,
    market: str | None = None,
    layout: str | None = None,
    synthetic: bool = False,
    intervals: bool = False,
) -> Reading:
    """Read one file.

    Parameters
    ----------
    path : path
        A csv, xlsx, xls or json file.
    market : str, optional
        Whose numbers they are, where the file does not say.
    layout : str, optional
        Name of the layout; recognised from the header when None.
    synthetic : bool
        Whether to mark the reading as synthetic demonstration data.
    intervals : bool
        Whether a file of more than `intraday.DAILY_ABOVE` intervals within days keeps them all; by
        default `frame` holds the mean of each complete delivery day, which the notes say.

    Returns
    -------
    Reading
    """
    path = Path(path)
    if not intervals and in_blocks(path):
        return _of_blocks(read_blocks(path, market, layout), path, synthetic)
    content = content_of(path)
    found = recognise(sheets(path, content), path.name, layout)
    reading = reading_of(found, path, content, market=market, synthetic=synthetic)
    if intervals or len(reading.frame) <= DAILY_ABOVE or not is_intraday(reading.frame):
        return reading
    days = days_of(sums_by_day(reading.frame))
    return replace(reading, frame=days.frame, notes=(*reading.notes, *days.notes), days=days)


def _of_blocks(blocks: Blocks, path: Path, synthetic: bool) -> Reading:
    """The reading of a file that was read in blocks."""
    quarantined = len(blocks.quarantine)
    _check_conserved(path.name, blocks.rows, blocks.kept + quarantined, blocks.declared)
    markets = tuple(blocks.days.frame["market"].unique())
    looks = findings(blocks.days.frame)
    return Reading(
        frame=blocks.days.frame,
        quarantine=blocks.quarantine,
        rows=blocks.rows,
        kept=blocks.kept,
        quarantined=quarantined,
        declared=blocks.declared,
        layout=blocks.found.layout.NAME,
        path=path,
        sha256=blocks.sha256,
        bytes=blocks.bytes,
        encoding=blocks.encoding,
        markets=markets,
        unit=_unit(markets),
        notes=(*blocks.notes, *(one.text for one in looks)),
        doubts=tuple(one.text for one in looks if one.doubt),
        synthetic=synthetic,
        days=blocks.days,
    )


def _unit(markets: tuple[str, ...]) -> str:
    """The price unit of the markets, empty where they have several."""
    units = {registry.get(one).price_unit for one in markets}
    priced = units - {NO_PRICE} or units
    return priced.pop() if len(priced) == 1 else ""


def _check_conserved(name: str, rows: int, used: int, declared: Mapping[str, int]) -> None:
    if rows != used + sum(declared.values()):
        raise DataError(
            f"{name}: not all of its {rows} source rows are accounted for.",
            "This is a fault of carbonlink: please report it with the file's header.",
        )


def reading_of(
    found: Recognised,
    path: Path,
    content: bytes,
    *,
    market: str | None = None,
    synthetic: bool = False,
) -> Reading:
    """Return the reading of a recognised sheet, every one of its rows accounted for.

    Parameters
    ----------
    found : Recognised
        The sheet, its layout and its header.
    path : Path
        Where it comes from; its name names it in messages.
    content : bytes
        What it was made of, for the hash.
    market : str, optional
        Whose numbers they are, where the sheet does not say.
    synthetic : bool
        Whether to mark the reading as synthetic demonstration data.
    """
    used, repeats = chosen((found, *found.more))
    read = [one.layout.read(one.sheet, one.header, market) for one in used]
    if len(used) == 1:
        parts, settled = read[0], settle(read[0].draft, read[0].frames, read[0].empty)
    else:
        parts, settled = _of_several(read, [one.sheet for one in used])
    rows, quarantined = sum(one.sheet.rows for one in used), len(settled.quarantine)
    _check_conserved(path.name, rows, settled.kept + quarantined, settled.declared)
    if settled.frame.empty and not quarantined:
        raise DataError(
            f"{path.name} holds a header of layout {found.layout.NAME} but no data.",
            "Export it again from its source.",
        )
    markets = tuple(settled.frame["market"].unique())
    looks = findings(settled.frame)
    said = (*repeats, *_sheets_note(used), *_ends_note(found))
    notes = (*parts.draft.notes, *said, *(one.text for one in looks))
    return Reading(
        frame=settled.frame,
        quarantine=settled.quarantine,
        rows=rows,
        kept=settled.kept,
        quarantined=quarantined,
        declared=settled.declared,
        layout=found.layout.NAME,
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        encoding=found.sheet.encoding,
        doubts=tuple(one.text for one in looks if one.doubt),
        markets=markets,
        unit=_unit(markets),
        notes=notes,
        synthetic=synthetic,
    )


def _of_several(read: list[Parts], sheets: list[Sheet]) -> tuple[Parts, Settled]:
    """Settle the rows of several sheets together; reasons name the sheet."""
    parts, begins = stacked(read, sheets)

    def named(row: int) -> str:
        number, name = place_of(row, begins)
        return f"row {number} of sheet {name!r}"

    settled = settle(parts.draft, parts.frames, parts.empty, named)
    places = [place_of(row, begins) for row in settled.quarantine["row"]]
    texts = zip(places, settled.quarantine["reason"], strict=True)
    own = settled.quarantine.assign(
        row=[row for row, _ in places],
        reason=[f"sheet {name!r}: {reason}" for (_, name), reason in texts],
    )
    return parts, replace(settled, quarantine=own)


def _ends_note(found: Recognised) -> tuple[str, ...]:
    if found.sheet.ending is None:
        return ()
    below = body(found.sheet, found.header)
    return ending.said(found.sheet, below.rows, below.bad)


def _sheets_note(used: tuple[Recognised, ...]) -> tuple[str, ...]:
    sheets = [one.sheet for one in used]
    names = [sheet.name for sheet in sheets]
    others = [name for name in sheets[0].others if name not in names]
    if not sheets[0].others:
        return ()
    said = f"Sheets {names} read as one" if len(names) > 1 else f"Sheet {names[0]!r} read"
    return (f"{said}; others: {others}." if others else f"{said}.",)


def read(
    path: str | Path,
    layout: str | None = None,
    *,
    raw: bool = False,
    market: str | None = None,
) -> pd.DataFrame:
    """Read one raw file into the tidy table.

    Parameters
    ----------
    path : path
        A csv, xlsx, xls or json file in any of the layouts that carbonlink knows.
    layout : str, optional
        Name of the layout; recognised from the header when None.
    raw : bool
        Whether to return the sheet as received instead: its cells, indexed by row number.
    market : str, optional
        Whose numbers they are, where the file does not say; it may not contradict the file. By
        default what a row of SOURCES.csv in the file's folder (or its data/raw) says.

    Returns
    -------
    DataFrame
        One row a market, product, vintage, trade and date; a missing number is missing. Its
        `attrs` hold layout, source, sha256, rows, kept, quarantined, declared, notes and
        quarantine (pairs of row number and reason).

    Raises
    ------
    UnknownLayoutError
        No reader knows the header.
    DataError
        The file cannot be read, does not say which market it holds, or has no usable row.

    Notes
    -----
    Every row of the file is kept, quarantined with its reason, or declared to hold no data:
    rows = kept + quarantined + declared. Nothing is imputed.

    Examples
    --------
    >>> from pathlib import Path
    >>> import carbonlink as cl
    >>> lines = ["date,market,close,volume", "2024-01-02,cea,79.42,1000", "2024-01-03,cea,-1,10"]
    >>> _ = Path("mine.csv").write_text("\\n".join(lines))
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     table = cl.read("mine.csv")
    >>> table[["market", "close", "volume"]].values.tolist()
    [['cea', 79.42, 1000.0]]
    >>> table.attrs["quarantine"]
    ((3, 'close is not above 0'),)
    """
    if raw:
        return _as_received(Path(path), layout)
    source = source_beside(Path(path))
    market = market or source.market or None
    layout = layout or source.layout or None
    return table_of(read_file(path, market=market, layout=layout, intervals=True))


def table_of(reading: Reading) -> pd.DataFrame:
    """Return a reading's tidy table with what became of its rows in `attrs`, and warn of losses."""
    if reading.frame.empty:
        raise DataError(
            f"No row of {reading.path.name} can be used: all {reading.quarantined} with data are "
            f"set aside ({_reasons(reading, 1)}).",
            f"It was read as layout {reading.layout}; correct the file, or name its layout.",
        )
    if reading.quarantined:
        warnings.warn(CarbonlinkWarning(_warning(reading)), stacklevel=3)
    if reading.doubts:
        doubts = f"{reading.path.name}: {' '.join(reading.doubts)}"
        warnings.warn(CarbonlinkWarning(doubts), stacklevel=3)
    frame = reading.frame.copy()
    frame.attrs.update(
        layout=reading.layout,
        source=reading.path.name,
        sha256=reading.sha256,
        rows=reading.rows,
        kept=reading.kept,
        quarantined=reading.quarantined,
        declared=dict(reading.declared),
        notes=reading.notes,
        quarantine=quarantine_pairs(reading),
    )
    return frame


def _as_received(path: Path, layout: str | None) -> pd.DataFrame:
    """The cells of the sheet that a layout knows, or of the first one."""
    try:
        return recognise(sheets(path), path.name, layout).sheet.cells.copy()
    except UnknownLayoutError:
        if layout is not None:
            raise
        return next(sheets(path)).cells.copy()


def quarantine_pairs(reading: Reading) -> tuple[tuple[int, str], ...]:
    """Return row number and reason of the quarantined rows, at most `SHOWN` of them."""
    table = reading.quarantine.head(SHOWN)
    return tuple((int(r), str(t)) for r, t in zip(table["row"], table["reason"], strict=True))


def _warning(reading: Reading) -> str:
    return (
        f"{reading.path.name}: {reading.quarantined} of {reading.rows} rows are quarantined "
        f"({_reasons(reading, 3)}). All reasons: frame.attrs['quarantine']."
    )


def _reasons(reading: Reading, most: int) -> str:
    pairs = quarantine_pairs(reading)[:most]
    return "; ".join(f"row {row}: {reason}" for row, reason in pairs)
