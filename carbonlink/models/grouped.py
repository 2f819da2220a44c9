"""Inputs of models with group effects and clusters: frames with the same rows, complete ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..inference import hac
from .frames import listed


def outcome_of(y: Any, name: str = "y") -> pd.Series:
    """Return an outcome as a named Series of floats; its index labels may repeat."""
    if not isinstance(y, pd.Series):
        raise DataError(f"{name} is a {type(y).__name__}, not a Series.", "Choose one column.")
    return numbers_of(y.to_frame(y.name if y.name is not None else name), name).iloc[:, 0]


def match_rows(index: pd.Index, **parts: Any) -> None:
    """Refuse parts that are no frame or do not have the rows of `y`; None is passed over."""
    for name, part in parts.items():
        if part is None and name != "x":
            continue
        if not isinstance(part, (pd.Series, pd.DataFrame)):
            raise DataError(f"{name} is a {type(part).__name__}, not a Series or DataFrame.")
        if not part.index.equals(index):
            raise DataError(
                f"{name} does not have the rows of y ({len(part)} and {len(index)}).",
                f"Give it the same index, in the same order: {name}.reindex(y.index).",
            )


def frame_of(part: Any, name: str) -> pd.DataFrame:
    """Return a Series or DataFrame as a frame with text names, each once."""
    if isinstance(part, pd.Series):
        part = part.to_frame(part.name if part.name is not None else name)
    part = part.set_axis([str(c) for c in part.columns], axis=1)
    twice = part.columns[part.columns.duplicated()].unique()
    if len(twice):
        raise DataError(f"{name} has two columns named {listed(twice)}.", "Rename one of them.")
    return part


def column_of(part: Any, name: str) -> pd.Series:
    """Return a Series, or the first column of a frame, as floats."""
    return numbers_of(frame_of(part, name), name).iloc[:, 0]


def numbers_of(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame as floats; text and infinities are refused, missing stays missing."""
    wrong = [str(c) for c, k in frame.dtypes.items() if not pd.api.types.is_numeric_dtype(k)]
    if wrong:
        raise DataError(
            f"{name} has columns that are no numbers: {listed(wrong)}.",
            "Labels of groups belong in absorb=.",
        )
    values = frame.to_numpy(dtype=float, na_value=np.nan, copy=True)
    if np.isinf(values).any():
        column = frame.columns[np.isinf(values).any(axis=0)][0]
        raise DataError(f"{name} has infinite values in {column}.", "Leave those rows missing.")
    return pd.DataFrame(values, index=frame.index, columns=[str(c) for c in frame.columns])


def complete_rows(*parts: Any) -> np.ndarray:
    """Return which rows have a value in every part; parts that are None are passed over."""
    used: Any = True
    for part in parts:
        if part is not None:
            held = part.notna()
            used = used & np.asarray(held.all(axis=1) if held.ndim == 2 else held, dtype=bool)
    if not np.any(used):
        raise TooFewObservationsError("No row is complete.", "Check y, x and the groups.")
    return used


def check_bandwidth(bandwidth: Any, cov: str) -> None:
    """Refuse a bandwidth that is no rule and no number of lags, or that `cov` would ignore."""
    if isinstance(bandwidth, str):
        check_choice("bandwidth", bandwidth, hac.RULES)
        return
    if isinstance(bandwidth, bool) or int(bandwidth) != bandwidth or bandwidth < 0:
        raise SpecificationError(f"bandwidth={bandwidth!r} is no number of lags.", "Use 0, 1, 2, …")
    if cov != "hac":
        raise SpecificationError(
            f"bandwidth={bandwidth!r} has no use with cov={cov!r}.", 'Set cov="hac".'
        )
