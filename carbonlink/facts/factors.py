"""Published emission factors and allocation benchmarks, each with its year and source."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..errors import SpecificationError, near
from .published import published

RESIDUAL = "average_excl_market_nonfossil"
KIND_NAMES = {"residual": RESIDUAL}
COAL_ABOVE_300 = "conventional coal above 300 MW class"
"""The class that `power_benchmark` means when none is named."""

_ALL_ENERGY = ("coal", "park mean")
_SINGLE_FUELS = ("coke", "crude oil", "natural gas")


@dataclass(frozen=True)
class Factor:
    """One published factor.

    Attributes
    ----------
    value : float
    unit : str
        "tCO2/MWh", "tCO2e/MWh" or "tCO2/tce".
    name : str
        What it is, in words.
    year : int or None
        Year of the emissions it describes, where the source gives one.
    source, verified, note : str
        Where it was published, how sure it is, and what to know.
    """

    value: float
    unit: str
    name: str
    year: int | None = None
    source: str = ""
    verified: str = ""
    note: str = ""

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        year = f", {self.year}" if self.year else ""
        return f"{self.name}{year}: {self.value:g} {self.unit}"


def grid_factor(
    region: str = "china", year: int | None = None, kind: str = "average", before: bool = False
) -> Factor:
    """Return a published CO2 factor of grid electricity.

    Parameters
    ----------
    region : str
        "china", a regional grid ("north", "northeast", "east", "central", "northwest",
        "south", "southwest") or a province ("guangdong"), in English or Chinese.
    year : int, optional
        Year of the factor; the latest published when None.
    kind : str
        "average", "residual" (average without the non-fossil power sold on the market;
        `average_excl_market_nonfossil` in the table), "fossil", or another kind of the table.
    before : bool
        Whether the latest year published before `year` may stand in for it.

    Returns
    -------
    Factor
        In tCO2/MWh.

    Examples
    --------
    >>> from carbonlink.facts.factors import grid_factor
    >>> grid_factor(year=2023).value
    0.5306
    >>> grid_factor(year=2025, before=True).year
    2023
    """
    table = grid_factors(region, kind)
    years = sorted(int(y) for y in table["year"])
    wanted = years[-1] if year is None else int(year)
    usable = [y for y in years if y == wanted or (before and y < wanted)]
    if not usable:
        raise SpecificationError(
            f"No {kind} factor of {region} is published for {wanted}"
            + (" or before." if before else "."),
            f"Published: {', '.join(map(str, years))}.",
        )
    return _grid(table[table["year"] == usable[-1]].iloc[0])


def grid_factors(region: str | None = None, kind: str = "average") -> pd.DataFrame:
    """Return the published grid factors of a kind, for one region or for all.

    Parameters
    ----------
    region : str, optional
        As in `grid_factor`; every region when None.
    kind : str
        As in `grid_factor`.

    Returns
    -------
    DataFrame
        Columns region_level, region, region_zh, year, kind, value, unit, verified, source, note.
    """
    table = published("grid_emission_factors")
    kinds = [*table["kind"].unique(), *KIND_NAMES]
    if kind not in kinds:
        raise SpecificationError(
            f"There is no kind of grid factor {kind!r}.", f"Use one of: {', '.join(kinds)}."
        )
    table = table[table["kind"] == KIND_NAMES.get(kind, kind)]
    if region is None:
        return table.reset_index(drop=True)
    name = str(region).casefold().replace(" ", "_")
    rows = table[(table["region"] == name) | (table["region_zh"] == region)]
    if rows.empty:
        close = near(name, table["region"])
        hint = f"Did you mean {close[0]!r}? " if close else ""
        known = ", ".join(dict.fromkeys(table["region"]))
        raise SpecificationError(
            f"No {kind} grid factor of {region!r} is published.", f"{hint}Use one of: {known}."
        )
    return rows.reset_index(drop=True)


def energy_factors(fuels: bool = False) -> pd.DataFrame:
    """Return the published tonnes of CO2 a tonne of coal equivalent, which compete.

    Parameters
    ----------
    fuels : bool
        Whether to add the factors of single fuels (coke, crude oil, natural gas). Coal and the
        mean of industrial parks, returned by default, are those applied to energy as a whole.

    Returns
    -------
    DataFrame
        Columns item, value, unit, kind, confidence, verified, source, note.

    Examples
    --------
    >>> from carbonlink.facts.factors import energy_factors
    >>> energy_factors().set_index("item")["value"].to_dict()
    {'coal, IPCC carbon': 2.7725, 'coal, quoted': 2.66, 'park mean': 2.1}
    """
    table = published("energy_conversion_factors")
    rows = table[(table["from_unit"] == "tce") & (table["to_unit"] == "tCO2")]
    starts = _ALL_ENERGY + (_SINGLE_FUELS if fuels else ())
    rows = rows[rows["item"].str.startswith(starts)].assign(unit="tCO2/tce")
    columns = ["item", "value", "unit", "kind", "confidence", "verified", "source", "note"]
    return rows[columns].reset_index(drop=True)


def energy_factor(name: str = "coal, quoted") -> Factor:
    """Return one published factor in tCO2/tce by the name `energy_factors` lists."""
    table = energy_factors(fuels=True)
    rows = table[table["item"] == name]
    if rows.empty:
        names = "; ".join(table["item"])
        raise SpecificationError(
            f"No energy factor {name!r} is published.", f"Use one of: {names}."
        )
    row = rows.iloc[0]
    return Factor(float(row["value"]), "tCO2/tce", name, None, *_words(row))


def power_benchmark(year: int, unit_type: str = COAL_ABOVE_300) -> Factor:
    """Return the national market's final allocation benchmark of a class of power units.

    Parameters
    ----------
    year : int
        Emission year.
    unit_type : str
        Class as published; coal above 300 MW by default.

    Returns
    -------
    Factor
        In tCO2/MWh; the note names the output that is meant, supplied or generated, between
        which benchmarks cannot be compared.
    """
    table = power_benchmarks(unit_type)
    rows = table[table["emission_year"] == int(year)]
    if rows.empty:
        years = ", ".join(str(y) for y in sorted(table["emission_year"]))
        raise SpecificationError(
            f"No confirmed benchmark of {unit_type} for {year}.",
            f"Published: {years}. Give the benchmark as a number, or use a sample of those years.",
        )
    row = rows.iloc[0]
    source, verified, note = _words(row)
    note = f"per MWh of {row['denominator']}" + (f"; {note}" if note else "")
    name = f"benchmark of {unit_type}"
    return Factor(float(row["value"]), "tCO2/MWh", name, int(year), source, verified, note)


def power_benchmarks(unit_type: str = COAL_ABOVE_300) -> pd.DataFrame:
    """Return the final benchmarks of a class of power units, a row an emission year.

    Parameters
    ----------
    unit_type : str
        Class as published.

    Returns
    -------
    DataFrame
        Columns emission_year, value (tCO2/MWh), denominator, verified, source, note.
    """
    table = published("allocation_benchmarks")
    own = (table["market"] == "cea") & (table["status"] == "final")
    table = table[own & (table["product"] == "electricity")]
    if unit_type not in set(table["unit_type"]):
        names = "; ".join(table["unit_type"].unique())
        raise SpecificationError(
            f"No benchmark of {unit_type!r} is published.", f"Use one of: {names}."
        )
    columns = ["emission_year", "value", "denominator", "verified", "source", "note"]
    return table.loc[table["unit_type"] == unit_type, columns].reset_index(drop=True)


def _grid(row: pd.Series) -> Factor:
    name = f"{row['region']} grid, {row['kind']}"
    return Factor(float(row["value"]), str(row["unit"]), name, int(row["year"]), *_words(row))


def _words(row: pd.Series) -> tuple[str, str, str]:
    source, verified, note = (
        "" if pd.isna(row[c]) else str(row[c]) for c in ("source", "verified", "note")
    )
    return source, verified, note
