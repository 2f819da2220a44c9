"""The carbon cost of a megawatt-hour: τ·e, and under a performance standard τ·(e − b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..facts.units import COAL_ABOVE_300, grid_factor, power_benchmarks
from ..models.frames import listed

CN_POWER = "cn_power"
NEAR_ZERO = 0.005
"""A net intensity below this share of the intensity is taken for zero."""
_HIGHEST = 2.0


@dataclass(frozen=True)
class Cost:
    """Tonnes of CO2 that one megawatt-hour pays for, by date.

    Attributes
    ----------
    per_mwh : Series or None
        tCO2/MWh; None where not defined.
    words : str
        What it is and where it comes from.
    reason : str
        Why it is not defined.
    """

    per_mwh: pd.Series | None
    words: str = ""
    reason: str = ""

    @property
    def constant(self) -> float | None:
        """The one value it has on every date, or None."""
        if self.per_mwh is None or self.per_mwh.nunique() != 1:
            return None
        return float(self.per_mwh.iloc[0])


def gross_cost(intensity: Any, index: pd.Index) -> Cost:
    """Return the intensity of the marginal unit on each date.

    Parameters
    ----------
    intensity : float, mapping by year, Series by date, or str, optional
        tCO2/MWh, or the region of a grid whose published average stands in for it.
    index : Index
        Dates of the joint sample.
    """
    if intensity is None:
        return Cost(None, "not given", "no intensity given (intensity=, in tCO2/MWh)")
    if isinstance(intensity, str):
        factor = grid_factor(intensity)
        words = f"{factor}: an average, not the marginal unit's"
        return Cost(pd.Series(factor.value, index=index), words)
    values = _by_date(intensity, index, "intensity")
    if (values <= 0).any():
        raise SpecificationError("intensity is not positive.", "Give tCO2/MWh, for example 0.85.")
    return Cost(values, _words(intensity))


def net_cost(intensity: Any, benchmark: Any, index: pd.Index) -> Cost:
    """Return intensity less benchmark on each date, or why it is not defined.

    Parameters
    ----------
    intensity : float, Series or str, optional
        As in `gross_cost`; a grid average is refused here.
    benchmark : float, Series or str, optional
        tCO2/MWh of the same technology, or "cn_power" or "cn_power: <class of unit>" for the
        national market's published benchmark of each year.
    index : Index
    """
    if benchmark is None:
        return Cost(None, "not given", "no benchmark given (benchmark=, in tCO2/MWh)")
    text, b = _benchmark(benchmark, index)
    if isinstance(b, str):
        return Cost(None, text, b)
    if intensity is None:
        return Cost(
            None,
            text,
            "the benchmark is given without the intensity of the same technology (intensity=)",
        )
    if isinstance(intensity, str):
        return Cost(None, text, "an average grid factor is not the intensity of one technology")
    e = _by_date(intensity, index, "intensity")
    gap = e - b
    if (gap > 0).any() and (gap < 0).any():
        return Cost(None, text, "the net cost τ(e − b) changes sign within the sample")
    if (gap.abs() <= NEAR_ZERO * e).any():
        return Cost(None, text, "the net cost τ(e − b) is zero, or too near it")
    return Cost(gap, text)


def _benchmark(benchmark: Any, index: pd.Index) -> tuple[str, pd.Series | str]:
    """Return words and values by date, or words and the reason why there are none."""
    if not isinstance(benchmark, str):
        values = _by_date(benchmark, index, "benchmark")
        return _words(benchmark), values
    scheme, _, unit_type = (part.strip() for part in benchmark.partition(":"))
    if scheme != CN_POWER:
        raise SpecificationError(
            f"benchmark={benchmark!r} is not known.",
            f'Use a number in tCO2/MWh, a Series, or "{CN_POWER}".',
        )
    if not isinstance(index, pd.DatetimeIndex):
        raise SpecificationError(
            f'benchmark="{CN_POWER}" needs dates.', "Set a DatetimeIndex, or give a number."
        )
    unit_type = unit_type or COAL_ABOVE_300
    values = power_benchmarks(unit_type).set_index("emission_year")["value"]
    years = sorted(set(index.year))
    missing = [str(y) for y in years if y not in values.index]
    known = ", ".join(f"{values[y]:g} ({y})" for y in years if y in values.index)
    words = f"{CN_POWER}, {unit_type}: {known or 'none'}"
    if missing:
        return words, f"no confirmed benchmark of {unit_type} for {', '.join(missing)}"
    return words, pd.Series(index.year.map(values.to_dict()), index=index, dtype=float)


def _by_date(value: Any, index: pd.Index, name: str) -> pd.Series:
    values = _on_dates(value, index, name)
    missing = index[values.isna()]
    if len(missing):
        dated = isinstance(index, pd.DatetimeIndex)
        years = f" ({listed(sorted(set(pd.DatetimeIndex(missing).year)))})" if dated else ""
        raise SpecificationError(
            f"{name} has no value on {len(missing)} of {len(index)} dates of the sample{years}.",
            "Give one on every date, or one a year as {2023: 0.82, 2024: 0.81}; nothing is filled.",
        )
    if not np.isfinite(values).all() or (values > _HIGHEST).any() or (values < 0).any():
        raise SpecificationError(
            f"{name} lies outside 0 to {_HIGHEST:g} tCO2/MWh.",
            "850 kgCO2/MWh are 0.85 tCO2/MWh.",
        )
    return values


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{number:g} ({year})" for year, number in value.items()) + " tCO2/MWh"
    return "by date" if isinstance(value, pd.Series) else f"{float(value):g} tCO2/MWh"


def _on_dates(value: Any, index: pd.Index, name: str) -> pd.Series:
    """Return a number, values by year or values by date on the dates of the sample."""
    try:
        if isinstance(value, Mapping):
            value = pd.Series(dict(value), dtype=float)
        if not isinstance(value, pd.Series):
            number = float(value)
            if np.isnan(number):
                raise ValueError
            return pd.Series(number, index=index)
        dated = isinstance(index, pd.DatetimeIndex)
        if dated and pd.api.types.is_integer_dtype(value.index):
            return pd.Series(value.reindex(pd.DatetimeIndex(index).year).to_numpy(float), index)
        return value.reindex(index).astype(float)
    except (TypeError, ValueError) as error:
        raise SpecificationError(
            f"{name}={value!r} is no number of tCO2/MWh.",
            "Give a number, a Series by date, or numbers by year: {2023: 0.82, 2024: 0.81}.",
        ) from error
