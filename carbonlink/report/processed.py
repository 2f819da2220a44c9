"""What `carbonlink data` and `carbonlink init` do, and the text they print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ..errors import CarbonlinkError, DataError, RegistrationError
from ..ingest import folder as folders
from ..ingest import provenance
from ..ingest.earlier import QUARANTINE
from ..ingest.files import DESCRIPTIONS, REGISTER, raw_files
from ..ingest.reading import read_file
from ..ingest.rebuild import rebuild
from ..ingest.recognise import reasons, recognise
from ..ingest.sheet import sheets
from ..ingest.template import write_template
from .page import quarantine_rows
from .publish import output_folder
from .quick import entry_line, places

_SHOWN = 20


def process(
    raw: str | Path | None = None, out: str | Path | None = None, fresh: bool = False
) -> str:
    """Bring the tidy tables and the quarantine up to date, and say what was read and written."""
    folder, registered, tables = places(raw, out)
    with output_folder(tables) as target:
        made = rebuild(folder, target, registered=registered, fresh=fresh)
    lines = [entry_line(entry, entry["path"] in made.reused) for entry in made.entries]
    aside = quarantine_rows(read_quarantine(target))
    lines += [f"  {file}: {reason}: {count}" for file, reason, count in aside]
    read = len(made.entries) - len(made.reused)
    lines += made.notes
    unused = sum("reason" in entry for entry in made.entries)
    usable = len(made.entries) - unused
    kept = f", {len(made.reused)} unchanged since the last run" if made.reused else ""
    lines.append(
        f"Read {read} of {len(made.entries)} files{kept}; {usable} hold data that can be used"
        + (f", {unused} do not (their reasons are above)" if unused else "")
        + f"; {len(made.written)} files in {target}"
    )
    return "\n".join(lines)


def read_quarantine(folder: Path) -> pd.DataFrame:
    """Return the quarantine of processed tables, every cell as text."""
    return pd.read_csv(folder / QUARANTINE, dtype=str, keep_default_na=False)


def listing(raw: str | Path | None = None) -> str:
    """Return a line a file of a folder: layout, markets, span, rows; and what is unregistered."""
    folder, registered, _ = places(raw)
    ledger = folders.read_folder(folder).ledger()
    columns = ["file", "layout", "markets", "start", "end", "kept", "quarantined", "reason"]
    table = ledger[columns].astype(str)
    table["markets"] = [_short(text) for text in table["markets"]]
    table["reason"] = [_short(text, 90) for text in table["reason"]]
    text = table.rename(columns={"quarantined": "set aside"}).to_string(index=False)
    try:
        if registered:
            provenance.check_folder(folder)
    except RegistrationError as error:
        text += f"\n\n{error}"
    return text


def explain(file: str | Path) -> str:
    """Return how one file is read: its layout and why, its rows by fate, each row set aside."""
    path = Path(file).resolve()
    source = _source(path)
    market = source.market or None if source else None
    layout = source.layout or None if source else None
    reading = read_file(path, market=market, layout=layout)
    found = recognise(sheets(path), path.name, layout)
    frame = reading.frame
    span = f"{frame['date'].min().date()} to {frame['date'].max().date()}" if len(frame) else "none"
    lines = [
        f"{path.name}: layout {reading.layout}, encoding {reading.encoding}, "
        f"sha256 {reading.sha256}",
        *reasons(found),
        *([f"SOURCES.csv says: {_told(source)}."] if source and _told(source) else []),
        f"Markets: {', '.join(reading.markets) or 'none'}; dates {span}; price unit "
        f"{reading.unit or 'by market'}.",
        _line("Rows", reading.kept, reading.quarantined, reading.declared),
        *reading.notes,
    ]
    aside = reading.quarantine.head(_SHOWN).itertuples()
    lines += [f"  row {row.row}: {row.reason}" for row in aside]
    if reading.quarantined > _SHOWN:
        lines.append(f"  and {reading.quarantined - _SHOWN} more rows set aside")
    return "\n".join([*lines, "", _counts_by_market(frame)])


def _told(source: provenance.Source) -> str:
    told = {"market": source.market, "layout": source.layout}
    return ", ".join(f"{name} {value}" for name, value in told.items() if value)


def template(file: str | Path, language: str = "en") -> str:
    """Write the template of a table of one's own, and say how to use it."""
    written = write_template(file, language)
    return (
        f"Wrote {written}: the columns and units of a table of your own.\n"
        f'Put your rows below its header, then read it with cl.read("{written}").'
    )


def to_register(files: Sequence[str | Path]) -> list[Path]:
    """Return the files to record: those named, and the data files below the folders named.

    Notes
    -----
    SOURCES.csv and descriptions are passed over beside others, so that data/raw/* can be named.
    """
    found: list[Path] = []
    for file in map(Path, files):
        if file.is_dir():
            found += raw_files(file)[0]
        elif not file.exists():
            raise DataError(f"There is no file {file}.", "Check the name and the folder.")
        elif len(files) == 1 or (file.name != REGISTER and file.suffix not in DESCRIPTIONS):
            found.append(file)
    if not found:
        raise DataError(f"{files[0]} holds no data file.", "Name files, or a folder of them.")
    return list(dict.fromkeys(found))


def register(file: str | Path, **cells: str) -> str:
    """Record a raw file, with its hash, in the register of its project, and say so."""
    written = provenance.register(file, **cells)
    path = Path(file).resolve()
    source = _source(path)
    said = f"Registered {provenance.key_of(path, written.resolve().parent)} in {written}"
    if source is None:
        return said
    try:
        reading = read_file(path, market=source.market or None, layout=source.layout or None)
    except CarbonlinkError as error:
        return f"{said}; it cannot be used yet: {error}"
    return f"{said}: layout {reading.layout}, {', '.join(reading.markets)}"


def _source(path: Path) -> provenance.Source | None:
    """The file's row in a register of its folder or of one above it."""
    for folder in path.parents:
        if (folder / provenance.REGISTER).is_file():
            return provenance.load_register(folder).get(provenance.key_of(path, folder))
    return None


def _line(name: str, kept: int, quarantined: int, declared: Mapping[str, int]) -> str:
    other = ", ".join(f"{n:,d} {why}" for why, n in declared.items() if n)
    return f"{name}: {kept:,d} kept, {quarantined:,d} set aside" + (f", {other}" if other else "")


def _counts_by_market(frame: pd.DataFrame) -> str:
    groups = frame.groupby(["market", "product", "trade"], dropna=False)
    table = groups.agg(rows=("date", "size"), first=("date", "min"), last=("date", "max"))
    return table.reset_index().fillna("").to_string(index=False)


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
