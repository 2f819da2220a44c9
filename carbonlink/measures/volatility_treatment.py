"""What days without a genuine trade and days at a price limit are taken to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from .genuine_returns import GenuineReturns, every_session

TREATMENTS = ("genuine", "naive", "zero", "censored", "both")


@dataclass(frozen=True, eq=False)
class Treated:
    """Returns as a GARCH model takes them.

    Attributes
    ----------
    returns : Series
        A row a return, or a session where days without a trade have one too.
    gap_days : Series
        Sessions that each return spans, 1 on days without a trade.
    options : dict
        `trade` and `limits`, as `carbonlink.GARCH` takes them.
    notes : tuple of str
    """

    returns: pd.Series
    gap_days: pd.Series
    options: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def treat(found: GenuineReturns, treatment: str) -> Treated:
    """Return the series of one treatment.

    Parameters
    ----------
    found : GenuineReturns
    treatment : {"genuine", "naive", "zero", "censored", "both"}
        See `carbonlink.volatility`.
    """
    gap = found.gap_days
    if treatment == "genuine":
        return Treated(found.returns, gap)
    if treatment == "naive":
        y = every_session(found, fill=True)
        filled = len(y) - len(found.returns)
        note = f"{filled} of {len(y)} sessions have no trade and count as a return of zero."
        return Treated(y, pd.Series(1.0, y.index), notes=(note,) if filled else ())
    hits: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    if treatment != "zero":
        hits, notes = _limits(found)
    if treatment == "censored":
        return Treated(found.returns, gap, {"limits": hits}, notes)
    y = every_session(found, fill=False)
    gap = gap.set_axis(pd.DatetimeIndex(gap.index).normalize()).reindex(y.index).fillna(1.0)
    options: dict[str, Any] = {"trade": y.notna()}
    if hits is not None:
        days = pd.DatetimeIndex(hits.index).normalize()
        options["limits"] = hits.set_axis(days).reindex(y.index, fill_value=False)
    return Treated(y, gap, options, notes)


def _limits(found: GenuineReturns) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if found.hits is None and found.averages:
        raise DataError(
            f"The prices of {found.returns.name} are averages of trades, or may be, and no limit "
            "applies to those.",
            "Use treatment='genuine' or 'zero', or a file of closing prices.",
        )
    if found.hits is None:
        raise DataError(
            f"No printed rule of a price limit is known for {found.returns.name}, so no limit day "
            "can be told.",
            f"Use treatment='genuine' or 'zero', or state it: panel.with_limits({{"
            f"{str(found.returns.name)!r}: 10}}) for ±10 %.",
        )
    up, down = (int(found.hits[c].sum()) for c in ("upper", "lower"))
    share = 100 * np.mean(found.hits.any(axis=1))
    return found.hits, (
        f"{up + down} of {len(found.returns)} returns ({share:.1f} %) are at a price limit: {up} "
        f"at the upper, {down} at the lower one.",
    )
