"""How many allowances a market's turnover is measured against, and how sure that number is."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SpecificationError, UnknownMarketError
from ..facts import markets as registry
from ..facts.published import published

PRINTED_YEAR = 2020
_TONNES = 1e8


@dataclass(frozen=True)
class Cap:
    """Allowances of one market and year, in tonnes, and why they are doubtful ("" if not)."""

    tonnes: float
    doubt: str = ""


class Caps:
    """Caps by market and year: those given, else the one printed for 2020.

    Parameters
    ----------
    given : mapping, optional
        Market to tonnes, or to a mapping of year to tonnes.
    markets : list of str, optional
        The markets measured; a given cap of another one is refused.
    """

    def __init__(self, given: Any = None, markets: Iterable[str] | None = None) -> None:
        if given is not None and not isinstance(given, Mapping):
            raise SpecificationError(
                "caps= takes a mapping of markets to tonnes.",
                'For example caps={"hubei": 2.57e8} or caps={"hubei": {2022: 1.8e8}}.',
            )
        self.given = {_key(k): _checked(str(k), v) for k, v in (given or {}).items()}
        held = [] if markets is None else [str(m) for m in markets]
        unused = [str(k) for k in given or {} if _key(k) not in map(_key, held)]
        if markets is not None and unused:
            raise UnknownMarketError(
                f"caps= names {', '.join(unused)}, which is not measured.",
                f"Measured are: {', '.join(held)}.",
            )

    def of(self, market: str, year: int) -> Cap:
        """Return the cap of a market and year; NaN with the reason where none is known."""
        if _key(market) in self.given:
            value = self.given[_key(market)]
            if isinstance(value, Mapping):
                found = value.get(year)
                reason = "" if found is not None else f"caps= has no cap for {year}"
                return Cap(float(found) if found is not None else np.nan, reason)
            return Cap(float(value))
        return _printed(market, year)


def _key(market: Any) -> str:
    """The registry's id of a market, or its label where the registry has none."""
    try:
        return registry.resolve(market)
    except UnknownMarketError:
        return str(market)


@functools.cache
def _printed(market: str, year: int) -> Cap:
    try:
        name = registry.resolve(market)
    except UnknownMarketError:
        return Cap(np.nan, "no cap is published")
    table = published("papers_quota_2020").set_index("market")
    if name not in table.index or not np.isfinite(float(table["cap_1e8_t"].loc[name])):
        return Cap(np.nan, "no cap is published")
    row: Any = table.loc[name]
    doubts = []
    if isinstance(row["cap_bound"], str):
        doubts.append(f"printed as {row['cap_as_printed']}")
    if isinstance(row["note"], str):
        doubts.append(row["note"])
    if year != PRINTED_YEAR:
        doubts.append(f"the cap printed for {PRINTED_YEAR} stands for {year}")
    doubts.append(f"{row['source']}, {row['source_location']}, not confirmed elsewhere")
    return Cap(float(row["cap_1e8_t"]) * _TONNES, "; ".join(doubts))


def _checked(market: str, value: Any) -> Any:
    items = value.values() if isinstance(value, Mapping) else [value]
    for one in items:
        if isinstance(one, bool) or not isinstance(one, (int, float, np.number)) or not one > 0:
            raise SpecificationError(
                f"caps= gives {market} {one!r}, which is no amount above 0.",
                "Give allowances of a year, in the unit of the market's volume.",
            )
    return value
