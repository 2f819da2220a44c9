"""Provincial spot power of China in 15-minute (or hourly) intervals, two layouts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...errors import DataError
from .. import dates
from .. import draft as drafts
from ..schema import empty_numbers
from ..sheet import Sheet
from ..whose import settle_market
from . import Parts
from .series import SCALES, scaled

NAME = "provincial"
TITLE = (
    "provincial spot power (day, time, clearing price (CNY/MWh)), or (日期, 时刻, 日前出清电价, …)"
)
CLEARING = {"day": "date", "time": "time", "clearingprice(CNY/MWh)": "price"}
TWO_MARKETS = {
    "日期": "date",
    "时刻": "time",
    "日前出清电价": "day_ahead",
    "实时出清电价": "real_time",
}
SIGNATURES = (frozenset(CLEARING), frozenset(TWO_MARKETS))
_ENERGY = re.compile(r"(?P<market>日前|实时)出清电量(?:\((?P<unit>.+)\))?")
_PRODUCTS = {"日前": "day_ahead", "实时": "real_time"}
_MWH = {"MWh": 1.0, **{name: f for name, (unit, f) in SCALES.items() if unit == "MWh"}}
STAMPS = (
    "Printed stamps are interval ends; `date` is the start of the interval, so that 24:00 belongs "
    "to its delivery day."
)
STARTS = "Printed stamps begin at 0:00 and are read as interval starts."
_DAY = 1440
_LONGEST = 60
"""Minutes of the longest interval; that of a file is what all its stamps are multiples of."""


def read(sheet: Sheet, header: int, market: str | None) -> Parts:
    """Return the tidy rows of a provincial spot file, one an interval and price."""
    market = settle_market(sheet.file, None, market, "no province is named")
    printed = [text for text in drafts.headings(sheet, header).values() if text]
    names = CLEARING if "day" in printed else TWO_MARKETS
    prices = [n for n in names.values() if n not in ("date", "time")]
    energy = _energy(printed)
    draft = drafts.start(sheet, header, {**names, **{text: text for text, _ in energy.values()}})
    units = {text: _unit_of(text) for text, _ in energy.values()}
    draft = draft.with_dates().with_numbers(*prices, *units, units=units)
    used = {*names, *(text for text, _ in energy.values())}
    draft = _named(draft, [text for text in printed if text not in used])
    clock = draft.rows["time"]
    minutes, wrong = dates.minutes(clock)
    draft = draft.with_bad(wrong, lambda i: f"time {str(clock.iloc[i])!r} is not a clock time")
    day = draft.rows["date"].dt.normalize().to_numpy("datetime64[us]")
    day, minutes = _midnights(day, minutes)
    shift, note = _shift(sheet.file, minutes)
    steps = np.where(wrong, 0, minutes - shift).astype("timedelta64[m]")
    draft = draft.with_rows(date=day + steps).noted(note)
    frames = tuple(
        drafts.tidy(
            draft,
            market=market,
            product="" if name == "price" else name,
            trade="total",
            close=draft.rows[name].to_numpy(),
            volume=_volume(draft, energy.get(name)),
            price_kind="clearing",
        )
        for name in prices
    )
    return Parts(draft=draft, frames=frames)


Energy = tuple[str, float]
"""A heading of cleared energy, and the factor of its unit to MWh."""


def _energy(printed: Sequence[str]) -> dict[str, Energy]:
    """The column of cleared energy of each product, where its heading states a unit of energy."""
    found: dict[str, Energy] = {}
    for text in printed:
        match = _ENERGY.fullmatch(text)
        if match and (match["unit"] or "") in _MWH:
            found.setdefault(_PRODUCTS[match["market"]], (text, _MWH[match["unit"]]))
    return found


def _unit_of(heading: str) -> str:
    match = _ENERGY.fullmatch(heading)
    return (match["unit"] or "") if match else ""


def _volume(draft: drafts.Draft, energy: Energy | None) -> np.ndarray:
    """Energy in MWh, missing where no column has it."""
    if energy is None:
        return empty_numbers(len(draft.rows))
    return scaled(draft.rows[energy[0]].to_numpy(), energy[1])


def _named(draft: drafts.Draft, left: Sequence[str]) -> drafts.Draft:
    """Name the columns that are not read, and those that would be if they stated a unit."""
    if left:
        draft = draft.noted(f"Columns not read: {', '.join(left)}.")
    bare = [text for text in left if _ENERGY.fullmatch(text)]
    if bare:
        draft = draft.noted(
            f"{', '.join(bare)} states no unit of energy that is known; with one in its heading, "
            f"as in {bare[0].partition('(')[0]}(MWh), it is read as volume."
        )
    return draft


def _midnights(day: np.ndarray, minutes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Read 0:00 as 24:00 where it ends a day: after 23:45 of that day, or on the next.

    A spreadsheet turns 24:00 into 0:00 of the same or of the next day. Either way the first day has
    no 0:00 before its other stamps.
    """
    zero = minutes == 0
    known = ~np.isnan(minutes) & ~np.isnat(day)
    if not zero.any() or (minutes == _DAY).any() or not known.any():
        return day, minutes
    first, last = (known & (day == one) for one in (day[known].min(), day[known].max()))
    after = zero & np.r_[False, (day[:-1] == day[1:]) & (minutes[:-1] > minutes[1:])]
    ended = np.where(zero, _DAY, minutes)
    if after[zero].all():
        return day, ended
    if not (zero & first).any() and zero[last].all():
        return np.where(zero, day - np.timedelta64(1, "D"), day), ended
    return day, minutes


def _shift(file: str, minutes: np.ndarray) -> tuple[float, str]:
    """Minutes to take off a printed stamp to get the start of its interval, and why."""
    stamps = pd.unique(minutes[~np.isnan(minutes)])
    if 0 in stamps and _DAY in stamps:
        raise DataError(
            f"{file} prints both 0:00 and 24:00, so the ends of its intervals are not clear.",
            "Keep one style of stamp.",
        )
    if 0 in stamps:
        return 0.0, STARTS
    step = np.gcd.reduce(stamps.astype(int)) if len(stamps) else 0
    return float(min(step, _LONGEST)), STAMPS
