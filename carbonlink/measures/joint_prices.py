"""Prices of several markets on the days when all of them were open, nothing filled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, UnknownMarketError, near
from ..facts import markets as registry
from ..facts.units import carried_unit
from ..models.frames import check_frame, listed
from ..panel import Panel

MOVING = 0.05
"""Least share of days on which a market price changes; an administered one does not reach it."""


@dataclass(frozen=True)
class JointPrices:
    """Prices side by side.

    Attributes
    ----------
    frame : DataFrame
        A row a day on which every venue was open, in order; missing without a genuine trade.
    units : dict
        Price unit of each column, "" where it is not known.
    assumed : tuple of str
        Columns of a frame whose unit is that of the market of their name, not stated.
    dropped : dict
        Days left out, with the reason.
    days : dict
        Days of each column within the span common to all.
    sources : tuple of str
    synthetic : tuple of str
        Columns of demonstration data.
    """

    frame: pd.DataFrame
    units: dict[str, str]
    assumed: tuple[str, ...]
    dropped: dict[str, int]
    days: dict[str, int]
    sources: tuple[str, ...]
    synthetic: tuple[str, ...]


def joint_prices(data: Any, names: Iterable[str], controls: Any = None) -> JointPrices:
    """Bring the named prices, and controls, to their common open days.

    Parameters
    ----------
    data : Panel or DataFrame
        The rows of a frame are taken for the common open days. Units come from
        `attrs["units"]`, a mapping by column, or else from the registry's market of that name.
    names : list of str
        Labels of a Panel or columns of a frame.
    controls : list of str, Series or DataFrame, optional
        More names, or series on dates of their own.

    Returns
    -------
    JointPrices
    """
    names = list(names)
    if isinstance(controls, (pd.Series, pd.DataFrame)):
        outside = check_frame(controls, "controls")
    else:
        outside = None
        names += [controls] if isinstance(controls, str) else list(controls or ())
    names = data.labels(names) if isinstance(data, Panel) else names
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise SpecificationError(f"{listed(twice)} is named twice.", "Name each series once.")
    columns = _from_panel(data, names) if isinstance(data, Panel) else _from_frame(data, names)
    found = {name: _unit(data, name) for name in names}
    units = {name: unit for name, (unit, _) in found.items()}
    assumed = tuple(name for name, (_, by_name) in found.items() if by_name)
    if outside is not None:
        clash = sorted(set(outside.columns) & set(names))
        if clash:
            raise SpecificationError(f"The control {listed(clash)} is already a price.")
        columns |= {c: outside[c] for c in outside.columns}
        units |= dict.fromkeys(outside.columns, "")
    frame, dropped, days = _common(columns)
    panel = isinstance(data, Panel)
    return JointPrices(
        frame,
        units,
        assumed,
        dropped,
        days,
        tuple(dict.fromkeys(data.sources_of[n] for n in names)) if panel else (),
        tuple(n for n in names if n in data.synthetic) if panel else (),
    )


def check_moves(price: pd.Series, what: str) -> None:
    """Refuse a price that hardly ever changes: it is administered, not traded.

    Prices within a day count as their mean: an allowance has one price a day.
    """
    printed = price.dropna()
    if isinstance(printed.index, pd.DatetimeIndex):
        printed = printed.groupby(printed.index.normalize()).mean()
    known = printed.to_numpy()
    if len(known) < 2:
        raise DataError(f"{what} {price.name} has {len(known)} prices on the common days.")
    changes = int((np.diff(known) != 0).sum())
    if changes < MOVING * (len(known) - 1):
        raise DataError(
            f"{what} {price.name} changes on {changes} of {len(known) - 1} days: an administered "
            "price has no variance to measure pass-through with.",
            "Show it as a step chart (drawstyle='steps-post'); use a market price here.",
        )


STEPS = (("1h", "hour"), ("1D", "open day"), ("7D", "week"), ("31D", "month"))
"""Longest usual distance between rows, and what a step from row to row is then called."""


def step_of(index: pd.Index) -> str:
    """Return what a step from one row to the next is called: "row" where they differ much."""
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return "row"
    gaps: Any = pd.Series(index).diff().dropna()
    usual = gaps.median()
    if gaps.quantile(0.9) > 4 * gaps.quantile(0.1):
        return "row"
    if usual < pd.Timedelta("1h") or pd.Timedelta("1h") < usual < pd.Timedelta("20h"):
        return "row"
    return next((word for most, word in STEPS if usual <= pd.Timedelta(most)), "row")


def _from_panel(panel: Panel, names: list[str]) -> dict[str, pd.Series]:
    columns = {}
    for name in names:
        days = panel.daily(name)
        days = days[days["is_open"].astype(bool)]
        level = "chained" if "is_roll" in days and days["is_roll"].any() else "price"
        columns[name] = days[level].where(days["has_trade"].astype(bool))
    return columns


def _from_frame(data: Any, names: list[str]) -> dict[str, pd.Series]:
    frame = check_frame(data, "data")
    for name in names:
        if name not in frame.columns:
            hint = near(name, frame.columns)
            raise UnknownMarketError(
                f"{name!r} is not a column of the data.",
                (f"Did you mean {hint[0]!r}? " if hint else "")
                + f"It has: {listed(frame.columns)}.",
            )
    return {name: frame[name] for name in names}


def _common(
    columns: dict[str, pd.Series],
) -> tuple[pd.DataFrame, dict[str, int], dict[str, int]]:
    indexes = [series.index for series in columns.values()]
    common, everything = indexes[0], indexes[0]
    for index in indexes[1:]:
        common, everything = common.intersection(index), everything.union(index)
    if common.empty:
        raise DataError(
            f"{listed(columns)} have no day in common.", "Load markets whose dates overlap."
        )
    common = common.sort_values()
    first, last = max(i[0] for i in indexes), min(i[-1] for i in indexes)
    inside = everything[(everything >= first) & (everything <= last)]
    dropped = {
        "days outside the span common to all": len(everything) - len(inside),
        "days on which not every market was open": len(inside) - len(common),
    }
    days = {k: int(((v.index >= first) & (v.index <= last)).sum()) for k, v in columns.items()}
    return pd.DataFrame({k: v.reindex(common) for k, v in columns.items()}), dropped, days


def _unit(data: Any, name: str) -> tuple[str, bool]:
    """Return a column's unit and whether the name alone says so."""
    if isinstance(data, Panel):
        return data.units[name], False
    attrs = getattr(data, "attrs", {})
    stated = carried_unit(data, name) if attrs.get("units") else ""
    if stated:
        return stated, False
    try:
        return registry.get(name).price_unit, True
    except UnknownMarketError:
        return "", False
