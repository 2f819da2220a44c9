"""Wind EDB single-series export: keys in the first column, then a date and a number a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...errors import DataError
from ...facts import markets as registry
from .. import draft as drafts
from ..clean import heading
from ..schema import PRICES
from ..sheet import Sheet
from ..whose import settle_market
from . import Parts
from .series import SCALES, Series, check_unit, parse, scaled
from .wind_rows import NAME_KEY, header_row, keyed, scale

NAME = "wind_single"
TITLE = "Wind single-series export (国家, 指标名称, 频率, 单位, … in the first column)"
QUANTITY = "energy_quantity"
"""Class of a series that is of a market of its own only where the user names no other."""
SIGNATURES: tuple[frozenset[str], ...] = ()


def find(sheet: Sheet) -> int | None:
    """Return the header's last row where this is a Wind export of one series."""
    row = header_row(sheet)
    if row is None or sheet.cells.shape[1] < 2:
        return None
    cells = keyed(sheet, row)[NAME_KEY]
    return row if sum(bool(str(c).strip()) for c in cells) == 1 else None


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of one series; '#N/A' is a day without a value.

    Notes
    -----
    A price keeps its unit, which must be the market's. A quantity is turned into whole units
    (万千瓦时 into MWh, 万吨 into t), which the notes say.
    """
    keys = keyed(sheet, header)
    series = parse(str(keys[NAME_KEY].iloc[0]))
    unit = str(keys["单位"].iloc[0]) if "单位" in keys else ""
    found = series.market
    if market and found and registry.get(found).market_class == QUANTITY:
        found = None
    owner = settle_market(
        sheet.file,
        found,
        market,
        f"the series {series.name} is of no market by its name"
        if series.market is None
        else f"series {series.name}",
    )
    draft = drafts.body(sheet, header)
    rows = draft.rows[[0, 1]].rename(columns={0: "date", 1: "number"})
    draft = replace(draft, rows=rows).with_dates()
    draft = draft.with_numbers("number", units={"number": unit})
    field, values, notes = _values(sheet, series, owner, unit, draft)
    frame = drafts.tidy(
        draft,
        market=owner,
        product=series.product,
        vintage=series.vintage,
        trade=series.trade,
        price_kind=series.price_kind or "unknown",
        **{field: values},
    )
    return Parts(draft=draft.noted(*notes), frames=(frame,))


def _values(
    sheet: Sheet, series: Series, owner: str, unit: str, draft: drafts.Draft
) -> tuple[str, object, tuple[str, ...]]:
    """The column of the tidy table that the series fills, its numbers, and notes on its unit."""
    values = draft.rows["number"].to_numpy()
    plain = heading(unit)
    quantity = series.field in ("volume", "value") or (not series.field and plain in SCALES)
    if quantity and plain:
        made, factor = SCALES.get(plain, ("", scale(sheet.file, unit)))
        expected = registry.get(owner)
        whole = {"tCO2e": "t"}.get(expected.unit, expected.unit)
        if made not in (whole, expected.currency):
            check = f"{sheet.file} prints {unit}, where {owner} is counted in {expected.unit}."
            raise DataError(check, "Check market=.")
        field = "value" if made == expected.currency else "volume"
        with np.errstate(over="ignore"):
            values = scaled(values, factor)
        return field, values, (f"Printed in {unit}, turned into {made}.",)
    check_unit(sheet.file, owner, unit)
    field = series.field if series.field in PRICES else "close"
    return field, values, ()
