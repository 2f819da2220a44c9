"""One daily series of volume or value a market, from a panel, a frame or a series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..errors import (
    DataError,
    DeadlineError,
    SpecificationError,
    UnknownMarketError,
    check_choice,
    near,
)
from ..facts import markets as registry
from ..models.frames import check_frame, listed
from ..panel import Panel

KINDS = ("total", "listed", "block")
BASES = ("volume", "value")


@dataclass(frozen=True)
class DailyVolumes:
    """Daily amounts by market, without closed days, and what was left out.

    Attributes
    ----------
    series : dict of str to Series
        Non-negative amounts on open days.
    missing : int
        Rows left out because the venue was closed or the amount unknown.
    refused : list of (market, cycle, reason)
    notes : list of str
    sources : tuple of str
    """

    series: dict[str, pd.Series]
    missing: int = 0
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sources: tuple[str, ...] = ()


def daily_volumes(data: Any, market: Any, deadlines: Any, kind: str, basis: str) -> DailyVolumes:
    """Return the daily amounts of every market asked for."""
    check_choice("kind", kind, KINDS)
    check_choice("basis", basis, BASES)
    if isinstance(data, Panel):
        return _from_panel(data, market, deadlines, kind, basis)
    if kind != "total":
        raise SpecificationError(
            f"kind={kind!r} needs a Panel, whose files tell trade kinds apart.",
            'Pass the series of that kind itself and leave kind="total".',
        )
    return _from_frame(data, market, basis)


def _from_panel(panel: Panel, market: Any, deadlines: Any, kind: str, basis: str) -> DailyVolumes:
    chosen = _with_deadlines(panel, deadlines) if market is None else panel.labels(_names(market))
    series, refused, missing = {}, [], 0
    for label in chosen:
        quantity = panel.volume if basis == "volume" else panel.value
        try:
            column = quantity([label], trade=kind)[label]
        except DataError as error:
            if len(chosen) == 1:
                raise
            refused.append((label, "", error.message))
            continue
        if column.isna().all():
            reason = f"its file has no {basis}s"
            if len(chosen) == 1:
                raise DataError(f"{label}: {reason}.", "Use a file of the market that has them.")
            refused.append((label, "", reason))
            continue
        missing += int(column.isna().sum())
        series[label] = _checked(column.dropna().rename(label), label, basis)
    synthetic = [label for label in series if label in panel.synthetic]
    notes = [f"Synthetic demonstration data: {', '.join(synthetic)}."] if synthetic else []
    notes += _set_aside(panel, list(series))
    sources = tuple(dict.fromkeys(panel.sources_of[label] for label in series))
    return DailyVolumes(series, missing, refused, notes, sources)


def _set_aside(panel: Panel, labels: list[str]) -> list[str]:
    """Say of each file how many of its rows are in quarantine: their quantities do not count."""
    notes = []
    for label in labels:
        source = panel.sources_of[label].split(" ")[0]
        if "source" not in panel.quarantine:
            continue
        count = int(panel.quarantine["source"].eq(source).sum())
        if count:
            notes.append(
                f"{label}: {count} rows of {source} are in quarantine, and what they say was "
                "traded is not counted (see panel.quarantine)."
            )
    return notes


def _with_deadlines(panel: Panel, deadlines: Any) -> list[str]:
    """Return the markets in which allowances are surrendered, and those that deadlines= names."""
    named = deadlines if isinstance(deadlines, Mapping) else ()
    chosen = [
        label
        for label in panel.markets
        if label in named or registry.get(label).market_class == "ets"
    ]
    if not chosen:
        raise DeadlineError(
            "No market of the panel is one in which allowances are surrendered.",
            "Name it with market= and give its deadlines=.",
        )
    return chosen


def _from_frame(data: Any, market: Any, basis: str) -> DailyVolumes:
    frame = check_frame(data, "data")
    dates = frame.index
    if not isinstance(dates, pd.DatetimeIndex):
        raise DataError("data has no dates as its index.", "Set a DatetimeIndex of days.")
    if isinstance(data, pd.Series):
        name = str(data.name or "series") if market is None else _one_name(market)
        frame = frame.set_axis([name], axis=1)
    elif market is not None:
        frame = frame[_columns(frame, _names(market))]
    index = _days(dates)
    series, notes, missing = {}, [], 0
    label: Any
    for label, column in frame.set_axis(index, axis=0).items():
        known = column.dropna()
        missing += len(column) - len(known)
        if known.empty:
            raise DataError(f"{label} has no value.", "Leave the column out.")
        series[label] = _checked(known, label, basis)
        if known.gt(0).all():
            notes.append(
                f"{label}: no day has zero {basis}. If the venue was open on days that are not in "
                "the data, add them as zeros: Gini, HHI*, Theil and R depend on their number."
            )
    return DailyVolumes(series, missing, notes=notes)


def _days(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    index = index.tz_localize(None)
    odd = index[index != index.normalize()]
    if len(odd):
        raise DataError(
            f"data has times within the day (first: {odd[0]}).",
            'Add them up by day: data.resample("D").sum().',
        )
    return pd.DatetimeIndex(index, name="date")


def _checked(series: pd.Series, label: str, basis: str) -> pd.Series:
    negative = series.index[series.lt(0)]
    if len(negative):
        raise DataError(
            f"{label} has negative {basis} on {listed(negative)}.",
            "Correct or drop those rows: a quantity traded cannot be below zero.",
        )
    return series


def _names(market: Any) -> list[str]:
    names = [market] if isinstance(market, str) else list(market)
    if not names or not all(isinstance(name, str) for name in names):
        raise SpecificationError(f"market={market!r} names no market.", "Give a name or a list.")
    return names


def _one_name(market: Any) -> str:
    names = _names(market)
    if len(names) != 1:
        raise SpecificationError(
            f"market= names {len(names)} markets, data is one series.", "Give one name."
        )
    return names[0]


def _columns(frame: pd.DataFrame, names: list[str]) -> list[str]:
    for name in names:
        if name not in frame.columns:
            hint = near(name, frame.columns)
            raise UnknownMarketError(
                f"{name!r} is no column of data.",
                f"Did you mean {hint[0]!r}?" if hint else f"It has: {listed(frame.columns)}.",
            )
    return names


def check_deadline_names(deadlines: Any, labels: Iterable[str]) -> None:
    """Raise when a mapping of deadlines names a market that the data do not hold."""
    if not isinstance(deadlines, Mapping):
        return
    labels = list(labels)
    for name in deadlines:
        if name not in labels:
            raise UnknownMarketError(
                f"deadlines= names {name!r}, which the data do not hold.",
                f"They hold: {', '.join(labels)}.",
            )


def check_is_market(label: str) -> None:
    """Raise unless the registry knows a label, under which published deadlines are found."""
    try:
        registry.resolve(label)
    except UnknownMarketError as error:
        hint = near(label, registry.order())
        raise DeadlineError(
            f"No deadlines are given, and {label!r} is no market of the registry"
            + (f" (did you mean {hint[0]!r}?)." if hint else "."),
            'Pass deadlines=["2021-06-30", …], or market= with a name that '
            "carbonlink.facts.markets.order() lists.",
        ) from error
