"""Returns of several markets in the venues' common open-day time, nothing filled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import TooFewObservationsError
from ..kernels.var import DEPENDENT, pivots, usable_rows
from ..panel import Panel
from .joint_prices import MOVING

ROWS_A_COEFFICIENT = 10
"""Observations for each coefficient of an equation that a choice of markets is to leave."""

SHARE_KEPT = 0.5
"""Share of the common observations that adding a market must leave."""


@dataclass(frozen=True)
class JointReturns:
    """Returns side by side.

    Attributes
    ----------
    frame : DataFrame
        A row a day on which every venue was open; missing where a market has no return.
    units : dict
        Unit of each column.
    notes : tuple of str
        Markets left out and why; what is demonstration data.
    sources : tuple of str
    """

    frame: pd.DataFrame
    units: dict[str, str]
    notes: tuple[str, ...]
    sources: tuple[str, ...]


def joint_returns(
    panel: Panel, markets: Iterable[str] | None, lags: int, minimum: int
) -> JointReturns:
    """Bring returns to common open days.

    Parameters
    ----------
    panel : Panel
    markets : list of str, optional
        Markets to keep, come what may. By default the panel's first market whose price moves,
        then, one at a time, the one that leaves most common observations, as long as at least
        half of them and ten a coefficient are left.
    lags : int
        Rows that must be complete before an observation.
    minimum : int
        Fewest common observations.

    Returns
    -------
    JointReturns
    """
    named = [markets] if isinstance(markets, str) else markets
    wide = panel.returns(named)
    units = wide.attrs["units"]
    chosen = list(wide.columns)
    notes: list[str] = []
    open_days = {m: _open_days(panel, m) for m in chosen}
    if named is None:
        chosen, notes = _moving(wide)
        chosen, dropped = _overlapping(wide[chosen], open_days, lags, minimum)
        notes += dropped
    frame = _common(wide[chosen], open_days)
    made = [m for m in chosen if m in panel.synthetic]
    if made:
        notes.append(f"Synthetic demonstration data: {', '.join(made)}.")
    sources = tuple(dict.fromkeys(panel.sources_of[m] for m in chosen))
    return JointReturns(frame, {m: units[m] for m in chosen}, tuple(notes), sources)


def _open_days(panel: Panel, market: str) -> pd.DatetimeIndex:
    days = panel.daily(market)
    return pd.DatetimeIndex(days.index[days["is_open"].astype(bool)])


def _common(wide: pd.DataFrame, open_days: dict[str, pd.DatetimeIndex]) -> pd.DataFrame:
    """The rows on which every venue was open, from the first to the last complete one."""
    common = open_days[wide.columns[0]]
    for market in wide.columns[1:]:
        common = common.intersection(open_days[market])
    frame = wide.reindex(common.sort_values())
    complete = np.flatnonzero(frame.notna().all(axis=1))
    return frame.iloc[complete[0] : complete[-1] + 1] if len(complete) else frame.iloc[:0]


def _moving(wide: pd.DataFrame) -> tuple[list[str], list[str]]:
    share = {m: float((wide[m].dropna() != 0).mean()) for m in wide.columns}
    kept = [m for m in wide.columns if share[m] >= MOVING]
    still = [m for m in wide.columns if m not in kept]
    notes = [f"Left out: {m}, whose price moves on fewer than 5 % of its days." for m in still]
    return kept, notes


def _overlapping(
    wide: pd.DataFrame, open_days: dict[str, pd.DatetimeIndex], lags: int, minimum: int
) -> tuple[list[str], list[str]]:
    if wide.shape[1] < 2:
        raise TooFewObservationsError(
            f"{wide.shape[1]} of the panel's markets have prices that move.",
            "Load at least two such markets.",
        )
    chosen, others, notes = [wide.columns[0]], list(wide.columns[1:]), []
    have = _count(wide[chosen], open_days, lags)
    while others:
        left = [_count(wide[[*chosen, m]], open_days, lags) for m in others]
        best = int(np.argmax(left))
        need = max(minimum, ROWS_A_COEFFICIENT * (lags * (len(chosen) + 1) + 1))
        if left[best] < max(need, SHARE_KEPT * have):
            break
        market = others.pop(best)
        if _repeats(_common(wide[[*chosen, market]], open_days)):
            notes.append(f"Left out: {market}, which repeats the markets kept.")
            continue
        have = left[best]
        chosen.append(market)
    if len(chosen) < 2:
        best_text = f"{others[best]} shares {left[best]}" if others else "the others repeat it"
        raise TooFewObservationsError(
            f"No market of the panel shares enough of the {have} observations of {chosen[0]} "
            f"({best_text}, {int(np.ceil(max(need, SHARE_KEPT * have)))} are wanted).",
            "Name the markets: markets=[...].",
        )
    if others:
        counts = ", ".join(f"{m} ({n})" for m, n in zip(others, left, strict=True))
        kept = f"the {len(chosen)} kept ({have})"
        notes.append(f"Left out, with the observations common with {kept}: {counts}.")
    return [m for m in wide.columns if m in chosen], notes


def _repeats(frame: pd.DataFrame) -> bool:
    """Whether the last column is a linear combination of the others."""
    return bool(pivots(frame.dropna().to_numpy(float))[-1] < DEPENDENT)


def _count(wide: pd.DataFrame, open_days: dict[str, pd.DatetimeIndex], lags: int) -> int:
    return len(usable_rows(_common(wide, open_days).to_numpy(float), lags))
