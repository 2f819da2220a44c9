"""What every model asks of a frame: numbers, one row a label, in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_day
from ..results import day

SHOWN = 5
"""Offending labels named in a message; the rest are counted."""

_PRICE = 0.95


def check_frame(data: Any, name: str = "data") -> pd.DataFrame:
    """Return a float copy of a frame whose labels are unique and in order, or say what is wrong.

    Parameters
    ----------
    data : DataFrame or Series
        A Series becomes a frame of one column. Missing values are allowed and stay missing.
        An index of ISO dates written as text becomes a DatetimeIndex; one with a time zone
        keeps its own dates and clock times and loses the zone.
    name : str
        What to call the data in a message.

    Returns
    -------
    DataFrame
        Columns of float64, column labels as text.

    Raises
    ------
    DataError
        Empty; a column that is no number; infinite values; duplicate or unsorted labels.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=3)
    >>> check_frame(pd.Series([1, 2, 3], index=days, name="cea"))["cea"].dtype.name
    'float64'
    """
    frame = (
        data.to_frame(data.name if data.name is not None else name) if _is_series(data) else data
    )
    if not isinstance(frame, pd.DataFrame):
        raise DataError(
            f"{name} is a {type(data).__name__}, not a DataFrame or Series.",
            "Wrap it in a DataFrame with a DatetimeIndex.",
        )
    if frame.empty:
        raise DataError(
            f"{name} has {frame.shape[0]} rows and {frame.shape[1]} columns.", "Give data."
        )
    frame = frame.set_axis([str(c) for c in frame.columns], axis=1)
    twice = frame.columns[frame.columns.duplicated()].unique()
    if len(twice):
        raise DataError(f"{name} has two columns named {listed(twice)}.", "Rename one of them.")
    index = check_index(frame.index, name)
    return pd.DataFrame(_floats(frame, index, name), index=index, columns=frame.columns)


def check_series(data: Any, name: str = "data") -> pd.Series:
    """Return a float copy of a series checked as `check_frame` does; one column also will do."""
    frame = check_frame(data, name)
    if frame.shape[1] != 1:
        raise DataError(
            f"{name} has {frame.shape[1]} columns ({listed(frame.columns)}); one is needed.",
            f"Choose a column: {name}[{frame.columns[0]!r}]." if frame.shape[1] else "Give one.",
        )
    return frame.iloc[:, 0]


def check_index(index: pd.Index, name: str = "data") -> pd.Index:
    """Return an index without missing, duplicate or unsorted labels, or name the offenders."""
    index = _dates(index, name)
    if isinstance(index, pd.MultiIndex):
        raise DataError(f"{name} has a MultiIndex.", "Give one row a date, one column a market.")
    if index.hasnans:
        raise DataError(
            f"{name} has {int(np.sum(index.isna()))} rows without a date.",
            "Drop or date those rows.",
        )
    twice = index[index.duplicated()].unique()
    if len(twice):
        raise DataError(
            f"{name} has more than one row for {listed(twice)}.", "Keep one row a date."
        )
    if not index.is_monotonic_increasing:
        back = index[1:][np.asarray(index[1:] < index[:-1])]
        raise DataError(
            f"{name} is not in date order: later dates come before {listed(back)}.",
            "Sort it with .sort_index().",
        )
    return index


def check_split(date: Any, index: pd.Index, argument: str = "date") -> Any:
    """Return a label to cut an index at: of an index of dates a date, else as given."""
    if not isinstance(index, pd.DatetimeIndex) or isinstance(date, pd.Timestamp):
        return date.tz_localize(None) if isinstance(date, pd.Timestamp) else date
    return check_day(argument, date, partial="first")


def listed(labels: Any) -> str:
    """Return labels as text, the first few by name and the rest by number."""
    labels = list(labels)
    text = ", ".join(day(label) for label in labels[:SHOWN])
    return text if len(labels) <= SHOWN else f"{text} and {len(labels) - SHOWN} more"


def joined(y: Any, x: Any, *others: Any) -> tuple[pd.Series, pd.DataFrame, dict[str, int]]:
    """Return the effect and its causes on the dates they share, with the count of the others."""
    effect = check_series(y, "y")
    parts = [check_frame(x, "x")]
    parts += [check_frame(part, "controls") for part in others if part is not None]
    names = [str(effect.name), *(c for part in parts for c in part.columns)]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise DataError(f"{listed(twice)} stands twice among effect, causes and controls.")
    common, everything = effect.index, effect.index
    for part in parts:
        common = common.intersection(part.index)
        everything = everything.union(part.index)
    if common.empty:
        raise DataError("Effect and causes have no date in common.", "Check their indexes.")
    causes = pd.concat([part.reindex(common) for part in parts], axis=1)
    return (
        effect.reindex(common),
        causes,
        {"dates not in every series": len(everything) - len(common)},
    )


def _is_series(data: Any) -> bool:
    return isinstance(data, pd.Series)


def _dates(index: pd.Index, name: str) -> pd.Index:
    if isinstance(index, pd.DatetimeIndex) and index.tz is not None:
        bare = index.tz_localize(None)
        return bare if bare.is_unique else index  # an hour that a clock change repeats
    if not (pd.api.types.is_object_dtype(index) or pd.api.types.is_string_dtype(index)):
        return index
    try:
        return pd.DatetimeIndex(pd.to_datetime(index, format="ISO8601"), name=index.name)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"The index of {name} is text that is not all dates (first label: {index[0]!r}).",
            "Set a DatetimeIndex: frame.index = pd.to_datetime(...).",
        ) from error


def _floats(frame: pd.DataFrame, index: pd.Index, name: str) -> np.ndarray:
    wrong = [c for c, kind in frame.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    if wrong:
        if {"market", "date", "close"} <= set(map(str, frame.columns)):
            raise DataError(
                f"{name} is the long table that cl.read returns, a row a market, product and day.",
                "Put the file in a folder and use cl.load(raw=folder), whose panel every measure "
                "takes, or its .prices().",
            )
        dates = [c for c in wrong if str(c).casefold() in {"date", "datetime", "time", "日期"}]
        remedy = f"Make the dates the index: frame.set_index({dates[0]!r})." if dates else ""
        raise DataError(
            f"{name} has columns that are no numbers: {listed(wrong)}.",
            remedy or "Leave them out or convert them with pd.to_numeric.",
        )
    values = frame.to_numpy(dtype=float, na_value=np.nan, copy=True)
    rows, columns = np.nonzero(np.isinf(values))
    if len(rows):
        where = f"{frame.columns[columns[0]]} on {day(index[rows[0]])}"
        raise DataError(
            f"{name} has {len(rows)} infinite values, the first in {where}.",
            "A log of zero makes these: leave those days missing.",
        )
    return values


def choose_columns(frame: pd.DataFrame, chosen: list[str] | None) -> pd.DataFrame:
    """Return the columns that are named, all of them when None, or say which do not exist."""
    if chosen is None:
        return frame
    missing = [c for c in chosen if c not in frame.columns]
    if missing:
        raise SpecificationError(
            f"The data have no column {listed(missing)}.",
            f"They have: {listed(frame.columns)}.",
        )
    return frame[chosen]


def check_not_price(series: pd.Series) -> None:
    """Refuse a series whose first autocorrelation is that of a price, not of a return."""
    values = series.to_numpy()
    shifted = values - values.mean()
    correlation = float(shifted[1:] @ shifted[:-1]) / float(shifted @ shifted)
    if correlation > _PRICE:
        raise DataError(
            f"{series.name} looks like a price, not a return (first autocorrelation "
            f"{correlation:.3f}).",
            "Give 100 * np.log(price).diff().dropna(), or panel.returns(...).",
        )
