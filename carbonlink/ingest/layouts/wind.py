"""Wind EDB wide export: several series side by side, newest first, every calendar day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import DataError
from .. import draft as drafts
from ..clean import heading
from ..schema import PRICES
from ..sheet import Sheet
from ..whose import one_of, settle_market
from . import Parts, running
from .series import SCALES, Series, check_unit, parse, scaled
from .wind_rows import NAME_KEY, header_row, keyed, scale

NAME = "wind"
TITLE = "Wind multi-series export (指标名称, 频率, 单位, 指标ID, 来源; a column a series)"
SIGNATURES: tuple[frozenset[str], ...] = ()
RUNNING = {"累计成交量": "volume", "累计成交额": "value", "累计成交金额": "value"}
COPIED = "Prices of block trades are copies of the day's prices on every day and are left out."
Key = tuple[str, str, str, str]
"""Market, product, vintage and trade."""


@dataclass(frozen=True)
class Column:
    """One series that is used: where it goes, and the factor of its unit."""

    label: str
    key: Key
    field: str
    factor: float
    unit: str


def find(sheet: Sheet) -> int | None:
    """Return the header's last row where this is a Wind export with several series."""
    row = header_row(sheet)
    return row if row is not None and len(_names(sheet, row)) > 1 else None


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a wide export: total, listed and block trades of each product."""
    places, notes = _columns(sheet, header, market)
    draft = drafts.body(sheet, header).noted(*notes)
    names = {0: "date", **{place: column.label for place, column in places.items()}}
    draft = replace(draft, rows=draft.rows[list(names)].rename(columns=names))
    units = {column.label: column.unit for column in places.values()}
    draft = draft.with_dates().with_numbers(*units, units=units)
    draft, tables = _tables(draft, places.values())
    draft = _blocks(draft, tables)
    draft = _running(draft, tables, _names(sheet, header), keyed(sheet, header).get("单位"))
    frames = tuple(_tidy(draft, key, table) for key, table in tables.items())
    return Parts(draft=draft, frames=frames)


def _names(sheet: Sheet, header: int) -> dict[int, Series]:
    cells = keyed(sheet, header)[NAME_KEY]
    named: Iterable[tuple[Any, Any]] = cells.items()
    return {int(place): parse(str(c)) for place, c in named if str(c).strip()}


def _columns(
    sheet: Sheet, header: int, asked: str | None
) -> tuple[dict[int, Column], tuple[str, ...]]:
    """The series that are used, by the place of their column, and a note on the others."""
    names = _names(sheet, header)
    units = keyed(sheet, header).get("单位", pd.Series("", index=list(names)))
    held = {s.market for s in names.values() if s.market and s.field}
    first = next(iter(names.values())).name
    if len(held) > 1:
        only = one_of(sheet.file, held, asked)
        wanted = {only} if only else held
    else:
        wanted = {settle_market(sheet.file, next(iter(held), None), asked, f"series {first}")}
    columns: dict[int, Column] = {}
    unused: list[str] = []
    for place, series in names.items():
        owner = series.market or (next(iter(wanted)) if not held else None)
        if not series.field or owner not in wanted:
            unused.append(series.name)
            continue
        unit = str(units.get(place, ""))
        price = series.field in PRICES
        if price:
            check_unit(sheet.file, owner, unit)
        factor = 1.0 if price else scale(sheet.file, unit)
        label = _unused_label(series.name, columns.values())
        key = (owner, series.product, series.vintage, series.trade)
        columns[place] = Column(label, key, series.field, factor, unit)
    if not columns:
        raise DataError(
            f"{sheet.file} holds no series of prices, volumes or values.",
            f"Its series are: {', '.join(unused[:6])}.",
        )
    return columns, ((f"Series not used: {', '.join(dict.fromkeys(unused))}.",) if unused else ())


def _unused_label(name: str, columns: Iterable[Column]) -> str:
    taken = sum(c.label.partition(" (copy ")[0] == name for c in columns)
    return f"{name} (copy {taken})" if taken else name


def _tables(
    draft: drafts.Draft, columns: Iterable[Column]
) -> tuple[drafts.Draft, dict[Key, pd.DataFrame]]:
    """The numbers of each product and trade; a series printed twice must agree with itself."""
    tables: dict[Key, dict[str, np.ndarray]] = {}
    for column in columns:
        table = tables.setdefault(column.key, {})
        values = scaled(draft.rows[column.label].to_numpy(), column.factor)
        if column.field in table:
            first = table[column.field]
            unlike = (first != values) & ~np.isnan(first) & ~np.isnan(values)
            draft = draft.with_bad(unlike, f"{column.label} differs from its copy")
            values = np.where(np.isnan(first), values, first)
        table[column.field] = values
    index = draft.rows.index
    return draft, {key: pd.DataFrame(table, index) for key, table in tables.items()}


def _blocks(draft: drafts.Draft, tables: dict[Key, pd.DataFrame]) -> drafts.Draft:
    """Keep block trades only where some happened, without prices copied from the day's."""
    for key, table in list(tables.items()):
        if key[3] != "block":
            continue
        if "volume" not in table:
            del tables[key]
            draft = draft.noted("Block trades without a series of volumes are left out.")
            continue
        traded = table["volume"] > 0
        block = table.where(traded)
        day = tables.get((*key[:3], "total"), pd.DataFrame())
        prices = [name for name in PRICES if name in block and name in day]
        if prices and _same(block[prices[-1]], day[prices[-1]][traded]):
            block[[name for name in PRICES if name in block]] = np.nan
            draft = draft.noted(COPIED)
        tables[key] = block
        draft = _sums(draft, tables, key)
    return draft


def _running(
    draft: drafts.Draft,
    tables: dict[Key, pd.DataFrame],
    names: dict[int, Series],
    units: pd.Series | None,
) -> drafts.Draft:
    """Hold the running totals of the file's one product to its daily figures."""
    totals = [table for key, table in tables.items() if key[3] == "total"]
    seen: set[str] = set()
    for place, series in names.items():
        field = next((f for word, f in RUNNING.items() if word in series.name), "")
        if not field or series.name in seen or len(totals) != 1 or field not in totals[0]:
            continue
        seen.add(series.name)
        unit = "" if units is None else str(units.get(place, ""))
        if heading(unit) in SCALES:
            factor = SCALES[heading(unit)][1]
            cells = draft.sheet.cells.loc[draft.rows.index, place]
            draft = running.noted(draft, series.name, cells, factor, totals[0][field])
    return draft


def _same(block: pd.Series, day: pd.Series) -> bool:
    printed = block[day.index]
    return bool(len(day)) and bool(((printed == day) | printed.isna()).all())


def _sums(draft: drafts.Draft, tables: dict[Key, pd.DataFrame], key: Key) -> drafts.Draft:
    """Name the days on which listed and block tonnes, or yuan, do not add up to the total."""
    total, listed = (tables.get((*key[:3], trade)) for trade in ("total", "listed"))
    for field, what, tolerance in (("volume", "volumes", 0.5), ("value", "amounts", 1.0)):
        if total is None or listed is None or field not in total or field not in listed:
            continue
        if field not in tables[key]:
            continue
        parts = listed[field].fillna(0) + tables[key][field].fillna(0)
        unlike = (total[field] - parts).abs() > tolerance
        if unlike.any():
            days = sorted(draft.rows["date"][unlike].dropna().dt.strftime("%Y-%m-%d"))
            draft = draft.noted(
                f"Listed and block {what} do not add up to the total on {', '.join(days)}."
            )
    return draft


def _tidy(draft: drafts.Draft, key: Key, table: pd.DataFrame) -> pd.DataFrame:
    market, product, vintage, trade = key
    numbers = {str(name): table[name].to_numpy() for name in table}
    return drafts.tidy(
        draft,
        market=market,
        product=product,
        vintage=vintage,
        trade=trade,
        price_kind="close" if "close" in table else "vwap",
        **numbers,
    )
