"""One row of liquidity measures from the days of one market and period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..kernels import spreads

UNITS = {
    "turnover_rate": "% of the cap",
    "zero_volume": "% of open days",
    "tiny_trades": "% of days with a price",
    "limit_days": "% of days with a price",
    "amihud": "return per million of money",
    "amihud_off_limit": "return per million of money",
    "roll": "% of the price",
    "corwin_schultz": "% of the price",
    "abdi_ranaldo": "% of the price",
    "lot": "% of the price",
    "fht": "% of the price",
    "block_share": "% of volume",
    "block_discount": "% of the listed price",
}
MEASURES = tuple(UNITS)
_SHARES = {"tiny_trades": "tiny", "limit_days": "at_limit"}
MILLION = 1e6

Days = dict[str, np.ndarray]
"""Columns of the days of one market and period."""


def period_row(days: Days, chosen: Iterable[str], cap: float, fewest: int) -> dict[str, Any]:
    """Return the counts and measures of one period.

    Parameters
    ----------
    days : dict of str to ndarray
        Columns from `panel_days` or `frame_days`.
    chosen : iterable of str
        Measures wanted.
    cap : float
        Allowances of the year, in the unit of volume; NaN where unknown.
    fewest : int
        Observations below which a measure is NaN.
    """
    impact = np.isfinite(days["change"]) & (days["own_value"] > 0)
    row: dict[str, Any] = {
        "open_days": len(days["change"]),
        "traded_days": int(np.nansum(days["has_trade"])),
        "priced_days": int(np.isfinite(days["tiny"]).sum()),
        "amihud_days": int(impact.sum()),
        "range_days": int(days["follows"].sum()),
        "volume": _total(days["volume"]),
        "value": _total(days["value"]),
    }
    for name in chosen:
        row[name] = _measure(name, days, row["volume"], cap, fewest)
    return row


def _measure(name: str, days: Days, volume: float, cap: float, fewest: int) -> float:
    if name == "turnover_rate":
        return 100 * volume / cap
    if name in _SHARES:
        return 100 * _mean(days[_SHARES[name]], fewest)
    if name == "zero_volume":
        return 100 * _mean(1 - days["has_trade"], fewest)
    if name.startswith("amihud"):
        wanted = days["own_value"] > 0
        if name == "amihud_off_limit":
            wanted &= days["at_limit"] == 0
        return _mean(np.abs(days["change"])[wanted] / days["own_value"][wanted] * MILLION, fewest)
    if name == "roll":
        changes = days["change"][np.isfinite(days["change"])]
        return 100 * spreads.roll(changes) if len(changes) >= fewest else np.nan
    if name in ("corwin_schultz", "abdi_ranaldo"):
        function = getattr(spreads, name)
        with np.errstate(invalid="ignore", divide="ignore"):
            daily = function(days["high"], days["low"], days["close"], days["follows"] > 0)
        return 100 * _mean(daily, fewest)
    if name in ("lot", "fht"):
        return _zero_spread(name, days, fewest)
    if name == "block_share":
        return 100 * _total(days["block_volume"]) / volume if volume > 0 else np.nan
    return _mean(days["block_discount"], fewest)


def _zero_spread(name: str, days: Days, fewest: int) -> float:
    """LOT or FHT: days without a trade count as returns of zero once a first price is known."""
    returns = np.nan_to_num(days["change"])[days["started"] > 0]
    if len(returns) < max(fewest, 2) or not (returns != 0).any():
        return np.nan
    if name == "fht":
        return 100 * spreads.fht(float(returns.std(ddof=1)), float((returns == 0).mean()))
    fitted = spreads.limited_dependent(returns)
    return 100 * fitted.cost if fitted is not None and fitted.converged else np.nan


def _mean(values: np.ndarray, fewest: int) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) >= fewest else np.nan


def _total(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.sum()) if len(known) else np.nan
