"""How allowances are handed out: benchmarks, history, intensity."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import SpecificationError, check_choice
from ..facts.published import published
from .quantities import quantity

_FACTOR = "a factor"


def benchmark_allocation(
    *,
    output: Any,
    benchmark: Any,
    correction: Any = 1.0,
    heat: Any = 0.0,
    heat_benchmark: Any = 0.0,
    adjustment: Any = 1.0,
) -> Any:
    """Return the allowances of a unit under an output benchmark.

    Parameters
    ----------
    output : float, array or Series
        Electricity or product Q, in MWh or units of the product.
    benchmark : float, array or Series
        b, tCO2 a unit of output.
    correction : float, array or Series
        Product F of the correction factors (cooling, load, heat supply).
    heat, heat_benchmark : float, array or Series
        Heat supplied (GJ) and its benchmark (tCO2/GJ).
    adjustment : float, array or Series
        Market adjustment factor m of pilots that scale every firm's allocation (Hubei: A = Q·b·m).

    Returns
    -------
    float, ndarray or Series
        tCO2: m(b·Q·F + b_heat·heat).
    """
    power = quantity("output", output, unit="MWh") * quantity("benchmark", benchmark)
    power = power * quantity("correction", correction, unit=_FACTOR)
    warm = quantity("heat", heat, unit="GJ") * quantity("heat_benchmark", heat_benchmark)
    return quantity("adjustment", adjustment, unit=_FACTOR) * (power + warm)


def historical_emissions(*, emissions: Any, factor: Any = 1.0) -> Any:
    """Return grandfathered allowances: the mean of the base years' emissions times a factor r.

    Parameters
    ----------
    emissions : float, array, Series or DataFrame
        tCO2 of the base years; years along the last axis of an array, the columns of a frame.
    factor : float
        Reduction factor r.
    """
    values = quantity("emissions", emissions)
    mean = values if np.ndim(values) == 0 else np.asarray(values).mean(axis=-1)
    if hasattr(values, "columns"):
        mean = values.mean(axis=1)
    scaled = mean * quantity("factor", factor, unit=_FACTOR)
    return float(scaled) if np.ndim(scaled) == 0 else scaled


def historical_intensity(*, intensity: Any, output: Any, factor: Any = 1.0) -> Any:
    """Return allowances by a firm's own past intensity: I_hist·Q·r (tCO2)."""
    allowed = quantity("intensity", intensity) * quantity("output", output, unit="output")
    return allowed * quantity("factor", factor, unit=_FACTOR)


METHODS: dict[str, Callable[..., Any]] = {
    "benchmark": benchmark_allocation,
    "historical_emissions": historical_emissions,
    "historical_intensity": historical_intensity,
}


def allocate(method: str, **quantities: Any) -> Any:
    """Return the allowances of a firm under a method of allocation.

    Parameters
    ----------
    method : {"benchmark", "historical_emissions", "historical_intensity"}
    **quantities
        Those of `benchmark_allocation` (output, benchmark, correction, heat, heat_benchmark,
        adjustment), `historical_emissions` (emissions, factor) or `historical_intensity`
        (intensity, output, factor).

    Returns
    -------
    float, ndarray or Series
        tCO2.

    Notes
    -----
    With a benchmark equal to the firm's intensity the allocation equals its emissions, so the
    net cost of another megawatt-hour, τ(e − b), is zero.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> power = {"output": 1000, "benchmark": 0.8218, "heat": 500, "heat_benchmark": 0.1111}
    >>> round(mechanisms.allocate("benchmark", **power), 2)
    877.35
    >>> mechanisms.allocate("historical_emissions", emissions=100, factor=0.98)
    98.0
    """
    check_choice("method", method, METHODS)
    function = METHODS[method]
    known = inspect.signature(function).parameters
    unknown = [name for name in quantities if name not in known]
    needed = [n for n, p in known.items() if p.default is p.empty and n not in quantities]
    if unknown or needed:
        wrong = f"does not take {', '.join(unknown)}" if unknown else f"needs {', '.join(needed)}"
        raise SpecificationError(f'method="{method}" {wrong}.', f"It takes: {', '.join(known)}.")
    return function(**quantities)


def benchmark_change(unit_type: str, first: int, last: int, product: str = "electricity") -> float:
    """Return the relative change of the national market's benchmark between two emission years.

    Parameters
    ----------
    unit_type : str
        Class of unit as published.
    first, last : int
        Emission years.
    product : {"electricity", "heat"}

    Returns
    -------
    float
        b_last / b_first − 1.

    Raises
    ------
    SpecificationError
        A year has no confirmed benchmark, or the two are per megawatt-hour of different output:
        supplied electricity up to 2022, generated electricity from 2023. Such benchmarks are not
        chained.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> round(mechanisms.benchmark_change("natural gas", 2021, 2022), 5)
    -0.00485
    """
    check_choice("product", product, ("electricity", "heat"))
    table = published("allocation_benchmarks")
    table = table[(table["market"] == "cea") & (table["status"] == "final")]
    own = table[(table["unit_type"] == unit_type) & (table["product"] == product)]
    if own.empty:
        known = sorted(table.loc[table["product"] == product, "unit_type"].unique())
        raise SpecificationError(
            f"No {product} benchmark of {unit_type!r} is published.",
            f"Use one of: {'; '.join(known)}.",
        )
    _check_denominator(product, first, last)
    years = own.set_index("emission_year")["value"]
    absent = [str(year) for year in (first, last) if year not in years.index]
    if absent:
        raise SpecificationError(
            f"No confirmed {product} benchmark of {unit_type} for {' and '.join(absent)}.",
            f"Published: {', '.join(map(str, years.index))}.",
        )
    return float(years[last] / years[first] - 1)


def _check_denominator(product: str, first: int, last: int) -> None:
    rules = published("benchmark_denominators")
    rules = rules[rules["product"] == product]

    def output(year: int) -> str:
        held = rules[(rules["valid_from"] <= year) & (rules["valid_to"].fillna(9999) >= year)]
        return str(held["denominator"].iloc[0]) if len(held) else "unknown output"

    one, other = output(first), output(last)
    if one != other:
        raise SpecificationError(
            f"The {product} benchmark of {first} is per unit of {one}, that of {last} of {other}: "
            "they are not comparable and are not chained.",
            "Compare years on one side of the change.",
        )
