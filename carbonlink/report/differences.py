"""What counts as a difference between two tables: text exactly, numbers by tolerance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

TOLERANCE = 1e-5
"""Largest relative difference between two numbers that count as the same."""
_NEGLIGIBLE = 1e-9


def compare(old: pd.DataFrame, new: pd.DataFrame, path: str) -> str:
    """Return the first cell in which two tables differ by more than the tolerance, or ""."""
    if list(old.columns) != list(new.columns):
        return f"{path}: the columns differ"
    if len(old) != len(new):
        return f"{path}: {len(old)} rows then, {len(new)} now"
    worst, where = TOLERANCE, ""
    for column in old.columns:
        gap = _gaps(old[column], new[column])
        if len(gap) and gap.max() > worst:
            worst, row = gap.max(), int(gap.argmax())
            then, now = old[column][row], new[column][row]
            where = f"{path}: {column} in row {row + 1} was {then}, is {now}"
    return where


def _gaps(old: pd.Series, new: pd.Series) -> np.ndarray:
    """Relative difference of each cell, infinite where text differs or one is missing.

    Differences below a billionth of the column's largest number count as none.
    """
    if not (old.dtype.kind in "iuf" and new.dtype.kind in "iuf"):
        pairs = zip(old, new, strict=True)
        return np.array([0.0 if _text(a) == _text(b) else np.inf for a, b in pairs])
    x, y = old.to_numpy(float), new.to_numpy(float)
    size = np.maximum(np.abs(x), np.abs(y))
    finite = size[np.isfinite(size)]
    floor = _NEGLIGIBLE * finite.max() if finite.size else 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.abs(x - y) / size
        gap[(x == y) | (np.isnan(x) & np.isnan(y)) | (np.abs(x - y) <= floor)] = 0.0
    return np.where(np.isnan(gap), np.inf, gap)


def _text(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell)
