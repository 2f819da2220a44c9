"""Whether the numbers of a file can be what its headings say: units, columns, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..facts import markets as registry
from .schema import PRICES

_FACTOR, _ROW_FACTOR = 2.0, 5.0
_FEWEST, _MANY = 5, 20
_SHARE, _WEEKENDS = 0.2, 0.15
_NEAR, _NEIGHBOURS = 8.0, 11
_SHOWN = 6
_RANGES = {
    "ets": (0.5, 1_000.0),
    "offset": (0.5, 1_000.0),
    "offset_venue": (0.5, 1_000.0),
    "certificate": (0.05, 1_000.0),
    "energy_use_right": (1.0, 20_000.0),
    "energy_saving": (1.0, 20_000.0),
    "electricity": (-1_000.0, 10_000.0),
}
"""Class of market: what the middle price of a file is within, in the market's own unit."""
_TRADED_ON_WEEKDAYS = ("ets", "offset", "offset_venue")


@dataclass(frozen=True)
class Finding:
    """A sentence, and whether it puts the whole file in doubt or only the rows it names."""

    text: str
    doubt: bool


def findings(frame: pd.DataFrame) -> tuple[Finding, ...]:
    """Return a sentence on each way in which the numbers of one file look wrong.

    Parameters
    ----------
    frame : DataFrame
        Tidy rows of one file.

    Notes
    -----
    Nothing is changed and no row is set aside: real files hold such rows (blocks priced away from
    the screen, misprints of the venue), but a unit, a swapped column or a swapped day and month
    shows in them, and a user must know.

    * A row's ratio is value / (volume · price), price being the average, else the close. A median
      beyond a factor of two over five rows or more points at a unit (万吨 read as t); single rows
      beyond a factor of five are named.
    * A close, open or average outside low to high on a fifth of the rows points at swapped columns;
      so does a middle price outside anything the class of market has seen, or whole prices beside
      volumes with decimals.
    * A price eight times away from the median of its eleven neighbours is named.
    * More than 15 % of an allowance market's trading days on weekends points at swapped days and
      months or shifted serial numbers.
    """
    found: list[Finding] = []
    for (market, trade), part in frame.groupby(["market", "trade"], sort=True):
        name = f"{market}, {trade}"
        kind = registry.get(str(market)).market_class
        if part["volume"].notna().any():
            found += _units(name, part)
        found += _columns(name, part, kind)
        if kind != "electricity" and len(part) >= _MANY:
            found += _jumps(name, part)
        if kind in _TRADED_ON_WEEKDAYS and len(part) >= _MANY:
            found += _weekends(name, part)
    return tuple(found)


def _headline(part: pd.DataFrame) -> pd.Series:
    return part["vwap"].where(part["vwap"].notna(), part["close"])


def _units(name: str, part: pd.DataFrame) -> Iterator[Finding]:
    price = _headline(part)
    usable = (part["volume"] > 0) & (part["value"] > 0) & (price > 0)
    ratio = (part["value"] / (part["volume"] * price))[usable]
    if ratio.empty:
        return
    middle = float(ratio.median())
    if len(ratio) >= _FEWEST and not 1 / _FACTOR <= middle <= _FACTOR:
        yield Finding(
            f"{name}: value is about {middle:.3g} times volume × price; check the units in the "
            "file.",
            True,
        )
        return
    far = (ratio > _ROW_FACTOR) | (ratio < 1 / _ROW_FACTOR)
    if far.any():
        days = _days(part.loc[ratio.index[far], "date"])
        yield Finding(
            f"{name}: value is more than {_ROW_FACTOR:g} times away from volume × price on "
            f"{far.sum()} of {len(ratio)} rows ({days}); one of the three is misprinted there.",
            False,
        )


def _columns(name: str, part: pd.DataFrame, kind: str) -> Iterator[Finding]:
    ranged = (part["high"] > part["low"]).to_numpy()
    for field in ("close", "open", "vwap"):
        values = part[field].to_numpy()
        held = ranged & ~np.isnan(values)
        slack = 1e-6 + 0.005 * np.abs(values) * (field == "vwap")
        outside = held & (
            (values > part["high"].to_numpy() + slack) | (values < part["low"].to_numpy() - slack)
        )
        if outside.sum() >= max(_FEWEST, _SHARE * held.sum()):
            yield Finding(
                f"{name}: {field} lies outside low to high on {outside.sum()} of {held.sum()} "
                "rows; check whether columns are swapped.",
                True,
            )
        elif outside.any():
            days = _days(part["date"][outside])
            rows = f"{outside.sum()} rows ({days})"
            yield Finding(f"{name}: {field} lies outside low to high on {rows}.", False)
    price = _headline(part).dropna()
    low, high = _RANGES.get(kind, (-np.inf, np.inf))
    if len(price) and not low <= (middle := float(price.median())) <= high:
        yield Finding(
            f"{name}: the middle price is {middle:,.6g}, which no market of its kind has seen; "
            "check the unit, and whether price and volume are swapped.",
            True,
        )
    whole = _whole(price)
    traded = part["volume"][part["volume"] > 0]
    if len(price) >= _FEWEST and len(traded) >= _FEWEST and whole > 0.9 and _whole(traded) < 0.5:
        yield Finding(
            f"{name}: prices are whole numbers and volumes are not; check whether they are swapped.",
            True,
        )


def _whole(values: pd.Series) -> float:
    return float((values == values.round()).mean()) if len(values) else 0.0


def _jumps(name: str, part: pd.DataFrame) -> Iterator[Finding]:
    """Prices far from those around them."""
    series = [rows.sort_values("date") for _, rows in part.groupby(["product", "vintage"])]
    for field in PRICES:
        if part[field].isna().all():
            continue
        days: list[pd.Series] = []
        for rows in series:
            held = rows[(rows[field] > 0).to_numpy()]
            far = _far(held[field].to_numpy())
            if far.any():
                days.append(held["date"][far])
        if days:
            found = pd.concat(days)
            yield Finding(
                f"{name}: {field} is more than {_NEAR:g} times away from the prices around it on "
                f"{len(found)} days ({_days(found)}).",
                False,
            )


def _far(values: np.ndarray) -> np.ndarray:
    if len(values) < _NEIGHBOURS or values.max() < _NEAR * values.min():
        return np.zeros(len(values), bool)
    half = _NEIGHBOURS // 2
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, half, "edge"), _NEIGHBOURS)
    middle = np.median(around, axis=1)
    return (values > _NEAR * middle) | (values * _NEAR < middle)


def _weekends(name: str, part: pd.DataFrame) -> Iterator[Finding]:
    quantity = part["volume"]
    traded = quantity > 0 if quantity.notna().any() else _headline(part).notna()
    days = pd.DatetimeIndex(part["date"][traded].unique())
    share = float((days.dayofweek >= 5).mean()) if len(days) >= _MANY else 0.0
    if share > _WEEKENDS:
        yield Finding(
            f"{name}: {100 * share:.0f} % of its trading days are on weekends; check whether days "
            "and months are swapped.",
            True,
        )


def _days(dates: pd.Series) -> str:
    texts = sorted(set(dates.dt.strftime("%Y-%m-%d")))
    more = ", …" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more
