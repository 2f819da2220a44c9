"""From a folder of raw files to a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import DataError, SpecificationError, UnknownMarketError, check_day
from ..facts import markets as registry
from ..ingest.folder import FolderReading, read_folder
from ..ingest.provenance import find_root
from .days import market_days
from .table import Panel, as_list

YEARLY = ("carbon_price", "carbon_coverage")
"""Classes of market whose rows are yearly metrics; only their prices are in a panel."""


def load(
    markets: Iterable[str] | str | None = None,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    *,
    root: str | Path | None = None,
    raw: str | Path | None = None,
    prefer: Mapping[str, str] | None = None,
) -> Panel:
    """Read a folder of raw files into a panel.

    Parameters
    ----------
    markets : str or list of str, optional
        Market names ("cea", "hubei", "eur_zj", "electricity_gd", …); every market found when
        None. The panel keeps the names as given.
    start, end : str, date or Timestamp, optional
        First and last day kept: "2022-06-05", or a month ("2022-06") or year ("2022").
        Flags and returns are computed before the cut.
    root : path, optional
        The project; by default the nearest folder upwards with `data/raw`. Every file in its
        `data/raw` must be registered in `SOURCES.csv` with its hash.
    raw : path, optional
        A folder of files to read in place of the project's.
    prefer : mapping, optional
        Market to file (its path below the folder), file name or layout, where several files hold
        one market; it must mean one of them. By default real data before synthetic, then the file
        with volumes, then the longer; the others are named in the ledger.

    Returns
    -------
    Panel

    Raises
    ------
    RegistrationError
        A file of the project changed or is not registered.
    UnknownMarketError
        No file holds a market asked for.

    Examples
    --------
    >>> import tempfile
    >>> import carbonlink as cl
    >>> from carbonlink import demo
    >>> folder = tempfile.mkdtemp()
    >>> _ = demo.write(folder)
    >>> panel = cl.load(["cea", "hubei"], start="2022-01-01", raw=folder)
    >>> panel.markets
    ('cea', 'hubei')
    """
    if raw is None:
        raw = find_root(root) / "data" / "raw"
        reading = read_folder(raw, registered=True)
    else:
        reading = read_folder(raw)
    return assemble(reading, markets, start, end, prefer)


def assemble(
    reading: FolderReading,
    markets: Iterable[str] | str | None = None,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    prefer: Mapping[str, str] | None = None,
) -> Panel:
    """Return the panel of a folder that has been read (see `load`)."""
    start = start if start is None else check_day("start", start, partial="first")
    end = end if end is None else check_day("end", end, partial="last")
    held = _held(reading)
    read = {market for one in reading.readings for market in one.markets}
    wanted = _wanted(markets, held, read)
    preferred = {registry.resolve(k): v for k, v in (prefer or {}).items()}
    unused = {m: f for m, f in preferred.items() if m not in held}
    if unused:
        raise UnknownMarketError(f"prefer= names {', '.join(unused)}, which no file holds.")
    days, sources, tidy, notes, synthetic = {}, {}, [], [], set()
    used: dict[str, list[str]] = {}
    for label, market in wanted.items():
        chosen, others = _choose_file(market, held[market], preferred.get(market), reading.key)
        file = reading.key(chosen)
        rows, left_out = _with_price(chosen.frame, market)
        delivery = chosen.days.of(market) if chosen.days else None
        if delivery:
            rows = pd.concat([rows, delivery.without.assign(source=rows["source"].iloc[0])])
        frame, remarks = market_days(rows, market, days=delivery)
        frame = frame.loc[start:end]
        if frame.empty:
            between = " and ".join(str(day.date()) if day else "its end" for day in (start, end))
            raise DataError(
                f"{label} has no day between {between}.",
                f"{file} spans {_span(rows)}.",
            )
        days[label] = frame
        sources[label] = f"{file} {chosen.sha256[:12]}"
        tidy.append(rows.assign(market=label))
        notes += [f"{label}: {r}" for r in (*left_out, *remarks)]
        used.setdefault(file, []).append(label)
        if others:
            names = ", ".join(reading.key(o) for o in others)
            notes.append(f"{label}: also in {names}, not used (prefer= overrides).")
        if chosen.synthetic:
            synthetic.add(label)
    return Panel(
        tidy=pd.concat(tidy, ignore_index=True),
        ledger=_ledger(reading, used),
        quarantine=reading.quarantine(),
        notes=tuple(notes),
        synthetic=frozenset(synthetic),
        sources_of=sources,
        days=days,
    )


def _held(reading: FolderReading) -> dict[str, list[Any]]:
    held: dict[str, list[Any]] = {}
    for one in reading.readings:
        for market in one.markets:
            if len(_with_price(one.frame, market)[0]):
                held.setdefault(market, []).append(one)
    return held


def _with_price(frame: pd.DataFrame, market: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A market's rows, of the World Bank's yearly metrics only the price, and what is left out."""
    rows = frame[frame["market"] == market]
    if registry.get(market).market_class not in YEARLY:
        return rows, ()
    priced = rows[rows["close"].notna()]
    if len(priced) == len(rows):
        return rows, ()
    return priced, ("of its yearly figures only the price is in a panel; cl.read has the others.",)


def _wanted(
    markets: Iterable[str] | str | None, held: Mapping[str, Any], read: set[str]
) -> dict[str, str]:
    if markets is None:
        order = {m: i for i, m in enumerate(registry.order())}
        return {m: m for m in sorted(held, key=lambda m: (order.get(m, len(order)), m))}
    wanted = {str(m): registry.resolve(m) for m in as_list(markets)}
    missing = [label for label, market in wanted.items() if market not in held]
    unpriced = [label for label in missing if wanted[label] in read]
    if unpriced:
        raise UnknownMarketError(
            f"No file read holds a price of {', '.join(unpriced)}.",
            "A panel holds prices; shares of emissions and revenues are read with cl.read.",
        )
    if missing:
        raise UnknownMarketError(
            f"No file read holds {', '.join(missing)}.",
            f"The files hold: {', '.join(sorted(held))}.",
        )
    return wanted


def _choose_file(
    market: str, files: list[Any], preferred: str | None, name: Callable[[Any], str]
) -> tuple[Any, list[Any]]:
    def rank(file: Any) -> tuple[bool, bool, int, str]:
        rows = file.frame[file.frame["market"] == market]
        no_volume = not rows["volume"].notna().any()
        return (file.synthetic, no_volume, -rows["date"].nunique(), name(file))

    ranked = sorted(files, key=rank)
    if preferred is None:
        return ranked[0], ranked[1:]
    match = [f for f in ranked if preferred == name(f)]
    match = match or [f for f in ranked if preferred in (f.path.name, f.layout)]
    if len(match) != 1:
        names = ", ".join(name(f) for f in (match or ranked))
        raise SpecificationError(
            f"prefer={{{market!r}: {preferred!r}}} matches {len(match) or 'no'} "
            f"{'files' if match else 'file'}.",
            f"{'Name one of' if match else 'It is held by'}: {names}.",
        )
    return match[0], [f for f in ranked if f is not match[0]]


def _ledger(reading: FolderReading, used: Mapping[str, list[str]]) -> pd.DataFrame:
    ledger = reading.ledger()
    ledger["used_for"] = [", ".join(used.get(name, [])) for name in ledger["file"]]
    return ledger


def _span(rows: pd.DataFrame) -> str:
    return f"{rows['date'].min().date()} to {rows['date'].max().date()}"
