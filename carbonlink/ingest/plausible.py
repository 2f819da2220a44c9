"""Whether the numbers of a file can be what its headings say: units, columns, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..facts import markets as registry
from .schema import PRICES, varying

_FACTOR, _ROW_FACTOR = 2.0, 5.0
_AVERAGE_OFF = 0.05
_SLACK = 0.005
PRICED = ("listed", "auction")
"""Kinds of trade whose low and high are those of the trades that their quantities count."""
_FEWEST, _MANY = 5, 20
_SHARE, _WEEKENDS = 0.2, 0.15
_NEAR, _NEIGHBOURS, _APART = 8.0, 11, 3.0
_SHOWN, _YEARS_APART = 6, 5
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
      beyond a factor of five are named, and so are those of a printed average beyond 5 %, since
      an average is turnover by volume.
    * Rows of listed or auction trades (of totals, where no others are printed) whose value / volume
      lies more than 0.5 % outside low to high are counted and the first named.
    * A close, open or average outside low to high on a fifth of the rows points at swapped columns;
      so does a middle price outside anything the class of market has seen, or whole prices beside
      volumes with decimals.
    * A price eight times away from the median of its eleven neighbours is named.
    * Dates before the market opened (auctions may be earlier), or five years away from every other
      one, are named.
    * More than 15 % of an allowance market's trading days on weekends points at swapped days and
      months or shifted serial numbers.
    """
    found: list[Finding] = []
    columns = {n: frame[n].to_numpy() for n in (*PRICES, "volume", "value", "date")}
    columns["series"] = _codes(frame, ("product", "vintage"))
    groups = _codes(frame, ("market", "trade"))
    firsts = np.unique(groups, return_index=True)[1]
    labels = frame[["market", "trade"]].iloc[firsts].to_numpy()
    for market, trade, first in sorted(zip(*labels.T, firsts, strict=True)):
        places = np.flatnonzero(groups == groups[first])
        name = f"{market}, {trade}"
        kind = registry.get(str(market)).market_class
        part = {column: values[places] for column, values in columns.items()}
        part["price"] = np.where(np.isnan(part["vwap"]), part["close"], part["vwap"])
        with np.errstate(all="ignore"):
            found += _units(name, part)
            found += _columns(name, part, kind)
            if trade in PRICED or (trade == "total" and not _told_apart(labels, market)):
                found += _averages(name, part)
            if kind != "electricity" and len(places) >= _MANY:
                found += _jumps(name, part)
            if kind in _TRADED_ON_WEEKDAYS and len(places) >= _MANY:
                found += _weekends(name, part)
            opened = None if trade == "auction" else registry.get(str(market)).launch_date
            found += _far_dates(name, part, opened)
    return tuple(found)


def _codes(frame: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    """A number for each combination of the columns' values."""
    keys = varying(frame, names)
    if not keys:
        return np.zeros(len(frame), int)
    return frame.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()


Part = dict[str, np.ndarray]
"""Columns of one market and kind of trade; `price` is the average, else the close."""


def _units(name: str, part: Part) -> Iterator[Finding]:
    usable = (part["volume"] > 0) & (part["value"] > 0) & (part["price"] > 0)
    if not usable.any():
        return
    ratio = (part["value"] / (part["volume"] * part["price"]))[usable]
    middle = float(np.median(ratio))
    if len(ratio) >= _FEWEST and not 1 / _FACTOR <= middle <= _FACTOR:
        yield Finding(
            f"{name}: value is about {middle:.3g} times volume × price; check the units in the "
            "file.",
            True,
        )
        return
    far = (ratio > _ROW_FACTOR) | (ratio < 1 / _ROW_FACTOR)
    if far.any():
        days = _days(part["date"][usable][far])
        yield Finding(
            f"{name}: value is more than {_ROW_FACTOR:g} times away from volume × price on "
            f"{far.sum()} of {len(ratio)} rows ({days}); one of the three is misprinted there.",
            False,
        )
    averaged = ~np.isnan(part["vwap"][usable]) & ~far
    off = averaged & (np.abs(ratio - 1) > _AVERAGE_OFF)
    if off.any():
        days = _days(part["date"][usable][off])
        yield Finding(
            f"{name}: value is {100 * _AVERAGE_OFF:.0f} % or more away from volume × the printed "
            f"average on {off.sum()} of {averaged.sum()} rows ({days}); kept as printed.",
            False,
        )


def _columns(name: str, part: Part, kind: str) -> Iterator[Finding]:
    ranged = part["high"] > part["low"]
    for field in ("close", "open", "vwap"):
        values = part[field]
        held = ranged & ~np.isnan(values)
        slack = 1e-6 + _SLACK * np.abs(values) * (field == "vwap")
        outside = held & ((values > part["high"] + slack) | (values < part["low"] - slack))
        if not outside.any():
            continue
        if outside.sum() >= max(_FEWEST, _SHARE * held.sum()):
            yield Finding(
                f"{name}: {field} lies outside low to high on {outside.sum()} of {held.sum()} "
                "rows; check whether columns are swapped.",
                True,
            )
        else:
            rows = f"{outside.sum()} rows ({_days(part['date'][outside])})"
            yield Finding(f"{name}: {field} lies outside low to high on {rows}.", False)
    for field in ("high", "low", "open"):
        ratio = (part[field] / part["price"])[part["price"] > 0]
        ratio = ratio[~np.isnan(ratio)]
        if len(ratio) >= _FEWEST and not 1 / _APART <= float(np.median(ratio)) <= _APART:
            yield Finding(
                f"{name}: {field} is {float(np.median(ratio)):.3g} times the price in the middle; "
                "check whether columns are swapped.",
                True,
            )
    price = part["price"][~np.isnan(part["price"])]
    low, high = _RANGES.get(kind, (-np.inf, np.inf))
    if len(price) and not low <= (middle := float(np.median(price))) <= high:
        yield Finding(
            f"{name}: the middle price is {middle:,.6g}, which no market of its kind has seen; "
            "check the unit, and whether price and volume are swapped.",
            True,
        )
    traded = part["volume"][part["volume"] > 0]
    enough = min(len(price), len(traded)) >= _FEWEST
    if enough and _whole(price) > 0.9 and _whole(traded) < 0.5:
        yield Finding(
            f"{name}: prices are whole numbers and volumes are not; check whether they are "
            "swapped.",
            True,
        )


def _told_apart(labels: np.ndarray, market: str) -> bool:
    return any(one == market and trade in PRICED for one, trade in labels)


def _averages(name: str, part: Part) -> Iterator[Finding]:
    outside, known = average_outside(part["low"], part["high"], part["volume"], part["value"])
    if outside.any():
        yield Finding(f"{name}: {said_outside(part['date'][outside], int(known.sum()))}", False)


def average_outside(
    low: np.ndarray, high: np.ndarray, volume: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return where value / volume lies outside low to high, and where all four are known.

    Notes
    -----
    By more than 0.5 % of value / volume. Quantities and range of such a day do not describe the
    same trades.
    """
    with np.errstate(all="ignore"):
        average = value / volume
        known = (volume > 0) & ~np.isnan(average) & ~np.isnan(low) & ~np.isnan(high)
        slack = _SLACK * average + 1e-6
        return known & ((average - slack > high) | (average + slack < low)), known


def said_outside(days: np.ndarray, known: int) -> str:
    """Return the sentence on days on which `average_outside` holds."""
    return (
        f"value / volume lies more than {100 * _SLACK:g} % outside low to high on {len(days)} of "
        f"{known} rows ({_days(days)}), so that quantities and range do not describe the same "
        "trades there; kept as printed."
    )


def _whole(values: np.ndarray) -> float:
    return float((values == np.round(values)).mean())


def _jumps(name: str, part: Part) -> Iterator[Finding]:
    """Prices far from those around them."""
    for field in PRICES:
        values = part[field]
        held = np.flatnonzero(values > 0)
        if not len(held) or values[held].max() < _NEAR * values[held].min():
            continue
        days = []
        for series in np.unique(part["series"][held]):
            own = held[part["series"][held] == series]
            own = own[np.argsort(part["date"][own], kind="stable")]
            days.append(part["date"][own][_far(values[own])])
        found = np.concatenate(days)
        if len(found):
            yield Finding(
                f"{name}: {field} is more than {_NEAR:g} times away from the prices around it on "
                f"{len(found)} days ({_days(found)}).",
                False,
            )


def _far(values: np.ndarray) -> np.ndarray:
    if len(values) < _NEIGHBOURS:
        return np.zeros(len(values), bool)
    half = _NEIGHBOURS // 2
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, half, "edge"), _NEIGHBOURS)
    middle = np.median(around, axis=1)
    return (values > _NEAR * middle) | (values * _NEAR < middle)


def _weekends(name: str, part: Part) -> Iterator[Finding]:
    quantity = part["volume"]
    traded = ~np.isnan(part["price"]) if np.isnan(quantity).all() else quantity > 0
    days = np.unique(part["date"][traded].astype("datetime64[D]"))
    weekend = (days.astype(np.int64) + 3) % 7 >= 5
    share = float(weekend.mean()) if len(days) >= _MANY else 0.0
    if share > _WEEKENDS:
        yield Finding(
            f"{name}: {100 * share:.0f} % of its trading days are on weekends; check whether days "
            "and months are swapped.",
            True,
        )


def _far_dates(name: str, part: Part, launch: pd.Timestamp | None) -> Iterator[Finding]:
    days = np.sort(pd.unique(part["date"]))
    if not len(days):
        return
    if launch is not None and days[0] < launch.to_datetime64():
        early = days[days < launch.to_datetime64()]
        yield Finding(
            f"{name}: {len(early)} days ({_days(early)}) lie before the market opened on "
            f"{launch.date()}; check the dates.",
            True,
        )
    if len(days) < _MANY:
        return
    steps = np.diff(days) > np.timedelta64(_YEARS_APART * 365, "D")
    alone = days[np.r_[True, steps] & np.r_[steps, True]]
    if len(alone):
        yield Finding(
            f"{name}: {_days(alone)} stands more than {_YEARS_APART} years away from every other "
            "date; check the year.",
            True,
        )


def _days(dates: np.ndarray) -> str:
    texts = [str(day) for day in np.unique(dates.astype("datetime64[D]"))]
    more = ", …" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more
