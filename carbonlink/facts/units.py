"""Prices of energy, certificates and allowances brought to yuan a tonne of CO2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from .factors import (
    COAL_ABOVE_300,
    Factor,
    energy_factor,
    energy_factors,
    grid_factor,
    grid_factors,
    power_benchmark,
    power_benchmarks,
)

__all__ = [
    "COAL_ABOVE_300",
    "Factor",
    "carried_unit",
    "energy_factor",
    "energy_factors",
    "grid_factor",
    "grid_factors",
    "power_benchmark",
    "power_benchmarks",
    "price_unit",
    "to_carbon_price",
]

CARBON_PRICE = "yuan/tCO2"
_UNITS = {
    "yuan/mwh": ("yuan/MWh", "tCO2/MWh", 1.0),
    "yuan/kwh": ("yuan/kWh", "tCO2/MWh", 1000.0),
    "yuan/gec": ("yuan/GEC", "tCO2/MWh", 1.0),
    "yuan/certificate": ("yuan/certificate", "tCO2/MWh", 1.0),
    "yuan/tce": ("yuan/tce", "tCO2/tce", 1.0),
    "yuan/kgce": ("yuan/kgce", "tCO2/tce", 1000.0),
    "yuan/t": ("yuan/t", "", 1.0),
    "yuan/tco2": ("yuan/tCO2", "", 1.0),
    "yuan/tco2e": ("yuan/tCO2e", "", 1.0),
}
"""Spelling: (unit, unit of its factor, how many of the factor's denominator are in one)."""

_PLAUSIBLE = {"tCO2/MWh": (0.005, 2.0), "tCO2/tce": (1.5, 4.0)}
"""Range outside which a number is taken for one in another unit: kg/MWh or t/kWh for t/MWh, a grid
factor for t/tce (`energy_factors(fuels=True)` lie between 1.64, natural gas, and 2.86, coke)."""
_REMEDY = {
    "tCO2/MWh": "Convert the factor: 1 tCO2/MWh = 1000 kgCO2/MWh = 0.001 tCO2/kWh.",
    "tCO2/tce": "A grid factor (tCO2/MWh) belongs to a price in yuan/MWh; "
    "carbonlink.facts.units.energy_factors() lists those of a tonne of coal equivalent.",
}


def price_unit(unit: str) -> str:
    """Return the house spelling of a price unit ("CNY/mwh" is "yuan/MWh"), or raise."""
    return _unit(unit)[0]


def carried_unit(data: Any, column: Any) -> str:
    """Return the unit that `attrs["units"]` (by column) or `attrs["unit"]` states, "" if none."""
    attrs = getattr(data, "attrs", {})
    units = attrs.get("units") or {}
    by_column = isinstance(units, Mapping)
    named = {str(k): v for k, v in units.items()}.get(str(column)) if by_column else units
    return str(named or attrs.get("unit") or "")


def to_carbon_price(
    price: Any,
    unit: str | None = None,
    factor: Any = None,
    *,
    region: str = "china",
    year: int | None = None,
) -> Any:
    """Convert a price of energy, a certificate or an allowance to yuan a tonne of CO2.

    Parameters
    ----------
    price : float, Series, DataFrame or array
        Prices; missing stays missing.
    unit : str, optional
        "yuan/MWh", "yuan/kWh", "yuan/GEC" or "yuan/certificate" (one certificate is 1 MWh),
        "yuan/tce", "yuan/kgce", or "yuan/t" (already a price of CO2). None takes
        `price.attrs["unit"]`, or `attrs["units"]` by column.
    factor : float, Factor, str, Series or array
        tCO2/MWh for electricity and certificates, tCO2/tce for energy. A name is looked up in
        the published tables: a kind of grid factor ("average", "residual", "fossil") of
        `region` and `year`, or an item of `facts.units.energy_factors`. Not used, and refused,
        for yuan/t.
    region : str
        Of a grid factor given by name: "china", a grid ("south") or a province ("guangdong").
    year : int, optional
        Of a grid factor given by name; the latest when None.

    Returns
    -------
    float, Series, DataFrame or ndarray
        Yuan/tCO2, in the shape of `price`; `attrs["unit"]` says so on a Series.

    Raises
    ------
    SpecificationError
        The unit is unknown or is not the one the price carries; the factor is missing, not
        positive, in another unit, or outside what its unit can be.

    Notes
    -----
    P_CO2 = P/EF. The answer stands on the factor: an average factor values the mean
    megawatt-hour, not the marginal one.

    Examples
    --------
    >>> import carbonlink as cl
    >>> round(cl.to_carbon_price(5.66, unit="yuan/MWh", factor=0.5306), 2)
    10.67
    >>> round(cl.to_carbon_price(41.58, unit="yuan/tce", factor="coal, quoted"), 2)
    15.63
    """
    name, factor_unit, scale = _unit(_carried_unit(price, unit))
    named = isinstance(factor, str) and factor_unit == "tCO2/MWh"
    if not named and (region != "china" or year is not None):
        raise SpecificationError(
            f"region={region!r} and year={year!r} choose a grid factor, and none is named.",
            'Name one, for example factor="average", or leave region and year out.',
        )
    if not factor_unit:
        if factor is not None:
            raise SpecificationError(
                f"A price in {name} is already one of CO2; factor={factor!r} has no use.",
                "Leave factor out.",
            )
        divisor = 1.0
    else:
        divisor = _factor_value(factor, name, factor_unit, region, year)
    return _shaped(price, scale, divisor)


def _unit(unit: str) -> tuple[str, str, float]:
    key = str(unit).strip().casefold().replace("cny/", "yuan/").replace("元/", "yuan/")
    if key not in _UNITS:
        known = ", ".join(u for u, _, _ in _UNITS.values())
        raise SpecificationError(f"unit={unit!r} is not known.", f"Use one of: {known}.")
    return _UNITS[key]


def _carried_unit(price: Any, unit: str | None) -> str:
    columns = price.columns if isinstance(price, pd.DataFrame) else [getattr(price, "name", None)]
    stated = {str(c): carried_unit(price, c) for c in columns}
    kinds = {_unit(u)[1:] for u in stated.values() if u}
    if len(kinds) > 1 or (kinds and unit is None and not all(stated.values())):
        listed = ", ".join(f"{c} {u or 'no unit'}" for c, u in stated.items())
        raise SpecificationError(
            f"The columns carry several units: {listed}.", "Convert them column by column."
        )
    carried = next((u for u in stated.values() if u), None)
    if unit is None:
        if carried is None:
            raise SpecificationError(
                "The price has no unit.", 'Say it, for example unit="yuan/MWh".'
            )
        return carried
    if carried is not None and _unit(carried)[1:] != _unit(unit)[1:]:
        raise SpecificationError(
            f"The price is in {carried}, and unit= says {unit}.",
            "Convert it first, or leave unit out.",
        )
    return unit


def _factor_value(
    factor: Any, price_unit: str, factor_unit: str, region: str, year: int | None
) -> Any:
    if factor is None:
        raise SpecificationError(
            f"A price in {price_unit} needs a factor in {factor_unit}.",
            "Give a number, or the name of a published one.",
        )
    if isinstance(factor, str):
        if factor_unit == "tCO2/MWh":
            factor = grid_factor(region, year, factor)
        else:
            factor = energy_factor(factor)
    unit, label = carried_unit(factor, getattr(factor, "name", None)), "the factor given"
    if isinstance(factor, Factor):
        factor, unit, label = factor.value, factor.unit, factor.name
    if unit and unit.replace("CO2e", "CO2").casefold() != factor_unit.casefold():
        raise SpecificationError(
            f"A price in {price_unit} needs a factor in {factor_unit}; {label} is in {unit}."
        )
    values = check_factor(factor, factor_unit)
    if not (np.isfinite(values) & (values > 0)).all():
        raise SpecificationError(
            f"factor={_shown(factor)} is not positive.", f"Give a number in {factor_unit}."
        )
    low, high = _PLAUSIBLE[factor_unit]
    if ((values < low) | (values > high)).any():
        raise SpecificationError(
            f"factor={_shown(factor)} cannot be in {factor_unit} (those lie in {low:g} to "
            f"{high:g}), which a price in {price_unit} needs.",
            _REMEDY[factor_unit],
        )
    return factor if isinstance(factor, pd.Series) else values if values.ndim else float(values)


def check_factor(factor: Any, unit: str) -> np.ndarray:
    """Return a factor as numbers, or say that it is none; True and False are no numbers."""
    try:
        values = np.asarray(factor, dtype=object)
        if any(isinstance(v, (bool, np.bool_)) for v in values.ravel()):
            raise TypeError
        return values.astype(float)
    except (TypeError, ValueError):
        raise SpecificationError(
            f"factor={factor!r} is no number.", f"Give a number in {unit}, or a published name."
        ) from None


def _shown(factor: Any) -> str:
    values = np.asarray(factor, dtype=float)
    return f"{float(values):g}" if values.ndim == 0 else f"{values.min():g} to {values.max():g}"


def _shaped(price: Any, scale: float, divisor: Any) -> Any:
    if isinstance(price, (pd.Series, pd.DataFrame)):
        if isinstance(divisor, pd.Series) and not divisor.index.equals(price.index):
            raise SpecificationError(
                "The factor and the price are on different dates.", "Reindex the factor."
            )
        if isinstance(price, pd.DataFrame) and not isinstance(divisor, float):
            converted = price.mul(scale).div(divisor, axis=0)
        else:
            converted = price * scale / divisor
        kept = {k: v for k, v in price.attrs.items() if k != "units"}
        converted.attrs = {**kept, "unit": CARBON_PRICE}
        return converted
    try:
        values = np.asarray(price, dtype=float) * scale / np.asarray(divisor, dtype=float)
    except (TypeError, ValueError) as error:
        raise SpecificationError(
            f"The price is no number, or does not go with the factor: {error}.",
            "Give numbers, and one factor or one a price.",
        ) from error
    return float(values) if values.ndim == 0 else values
