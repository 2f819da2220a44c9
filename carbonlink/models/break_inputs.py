"""What a search for breaks asks of its returns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, TooFewObservationsError
from .frames import check_not_price, check_series, listed


def whole(value: Any, least: int) -> bool:
    """Return whether a value is an integer of at least `least`."""
    return isinstance(value, (int, np.integer)) and int(value) >= least


def check_returns(y: Any, shortest: int) -> pd.Series:
    """Return the returns as a float series that breaks can be looked for in.

    Parameters
    ----------
    y : Series, one-column DataFrame, or ndarray
    shortest : int
        Fewest returns in a regime.
    """
    if isinstance(y, np.ndarray) and y.ndim == 1:
        y = pd.Series(y, name="y")
    series = check_series(y, "y")
    missing = series.index[series.isna()]
    if len(missing):
        raise DataError(
            f"y has {len(missing)} missing values: {listed(missing)}.",
            "Drop those rows with .dropna(); a row is a return between genuine trades.",
        )
    if len(series) < 2 * shortest:
        raise TooFewObservationsError(
            f"Two regimes of {shortest} returns need {2 * shortest}; {series.name} has "
            f"{len(series)}.",
            "Use a longer sample, or a smaller minimum_segment.",
        )
    values = series.to_numpy()
    if float(values.std()) <= 1e-12 * float(np.abs(values).max()):
        raise DataError(f"{series.name} is constant: it has no variance.", "Check the column.")
    check_not_price(series)
    return series
