"""The unit of prices given by the user: stated with the data, or assumed and said to be."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import SpecificationError
from ..facts.units import carried_unit, price_unit

LEAST = {"green-power premium": 1.0, "certificate": 0.1}
"""Median size (yuan/MWh) below which prices of no stated unit are taken for yuan/kWh."""
_BASE = {"yuan/kWh": ("yuan/MWh", 1000.0), "yuan/kgce": ("yuan/tce", 1000.0)}


def in_unit(
    data: Any, column: str, instrument: str, price: pd.Series, usual: str
) -> tuple[pd.Series, str, str]:
    """Return a column's prices in its instrument's unit, that unit, and what was done, in words.

    Parameters
    ----------
    data : Series or DataFrame
        As given: `attrs["units"]` (by column) or `attrs["unit"]` states the unit.
    column : str
    instrument : str
    price : Series
        The column's values.
    usual : str
        Unit of the instrument, assumed where none is stated.

    Raises
    ------
    SpecificationError
        The unit stated is unknown or of another thing; or none is stated and the prices are too
        small for the usual one.
    """
    stated = carried_unit(data, column)
    small = _median(price) < LEAST.get(instrument, 0.0)
    if not stated and small:
        raise SpecificationError(
            f"{column}: no unit is stated, and a {instrument} of {_median(price):.3g} looks like "
            f"yuan/kWh, not {usual}.",
            f'State it: attrs["units"] = {{"{column}": "yuan/kWh"}} (or "{usual}").',
        )
    if not stated:
        return price, usual, f"unit not stated, {usual} assumed"
    try:
        unit = price_unit(stated)
    except SpecificationError as error:
        raise SpecificationError(f"{column}: {error.message}", error.remedy) from error
    base, scale = _BASE.get(unit, (unit, 1.0))
    if _dimension(base) != _dimension(usual):
        raise SpecificationError(
            f"{column} is in {stated}; a price of a {instrument} is in {usual}.",
            'Convert it, or correct attrs["unit"] (attrs["units"] by column).',
        )
    if scale != 1:
        return price * scale, base, f"converted from {unit} to {base}"
    return price, base, f"{unit} as stated, though so small that it looks like kWh" * bool(small)


def _dimension(unit: str) -> str:
    """Return the unit of the factor that a price is divided by."""
    if unit in ("yuan/MWh", "yuan/GEC", "yuan/certificate"):
        return "tCO2/MWh"
    return "tCO2/tce" if unit == "yuan/tce" else ""


def _median(price: pd.Series) -> float:
    """Return the median size of the prices that are not zero; infinite without one."""
    sizes = price[price != 0].abs().dropna()
    return float(sizes.median()) if len(sizes) else float("inf")
