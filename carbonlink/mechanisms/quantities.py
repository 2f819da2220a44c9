"""Quantities as the mechanism functions take them: finite and within their range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError


def quantity(
    name: str, value: Any, low: float = 0.0, high: float = np.inf, unit: str = "tCO2"
) -> Any:
    """Return a number, array, Series or DataFrame of finite values within a range.

    Parameters
    ----------
    name : str
        What it is called in messages.
    value : float, array, Series or DataFrame
    low, high : float
        Smallest and largest value allowed.
    unit : str
        Unit named in messages.

    Returns
    -------
    float, ndarray, Series or DataFrame
        A plain number as float, a sequence as array of float; a pandas object as it is.
    """
    try:
        values = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise SpecificationError(f"{name}={value!r} is not a number.", f"Give {unit}.") from None
    wrong = ~np.isfinite(values) | (values < low) | (values > high)
    if wrong.any():
        raise SpecificationError(
            f"{name}{_place(value, wrong)} is {values[wrong].flat[0]:g}.",
            f"Give {unit} {_range(low, high)}.",
        )
    if isinstance(value, (pd.Series, pd.DataFrame)):
        return value.astype(float)
    return float(values) if values.ndim == 0 else values


def share(name: str, value: Any) -> Any:
    """Return a share between 0 and 1, or raise."""
    return quantity(name, value, 0.0, 1.0, "a share")


def least(first: Any, second: Any) -> Any:
    """Return the smaller of two quantities, element by element, in the shape they share."""
    return shaped(np.minimum(first, second))


def positive_part(value: Any) -> Any:
    """Return max(value, 0), element by element."""
    return shaped(np.maximum(value, 0.0))


def shaped(value: Any) -> Any:
    """Return a number where numpy made an array without dimensions."""
    return float(value) if np.ndim(value) == 0 else value


def _range(low: float, high: float) -> str:
    if np.isinf(low) and np.isinf(high):
        return "that is finite"
    if np.isinf(high):
        return "above 0" if low == np.nextafter(0, 1) else f"of at least {low:g}"
    if np.isinf(low):
        return f"of at most {high:g}"
    return f"between {low:g} and {high:g}"


def _place(value: Any, wrong: np.ndarray) -> str:
    if wrong.ndim == 0:
        return ""
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    if isinstance(value, pd.Series):
        return f" at {value.index[first[0]]}"
    if isinstance(value, pd.DataFrame):
        return f" at {value.index[first[0]]}, {value.columns[first[1]]}"
    return f" at place {', '.join(map(str, first))}"
