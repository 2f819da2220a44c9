"""The published tables: one row a fact, each with its source and how sure it is."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, overload

import pandas as pd

from ..errors import SpecificationError, near

TABLES = Path(__file__).parent / "tables"


@functools.cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in TABLES.glob("*.csv")))


@functools.cache
def _read(name: str) -> pd.DataFrame:
    # Only an empty cell is missing: "NA" and "None" may be text that somebody printed.
    # Exact floats: the default parser of pandas 2 may be off in the last digit; that of
    # pandas 3 is exact, and deprecates the argument.
    exact: dict[str, Any] = (
        {"float_precision": "round_trip"} if pd.__version__.startswith("2.") else {}
    )
    return pd.read_csv(TABLES / f"{name}.csv", keep_default_na=False, na_values=[""], **exact)


_SHORT = {
    "grid_factors": "grid_emission_factors",
    "energy_factors": "energy_conversion_factors",
}
"""Names as the functions of `carbonlink.facts.units` have them."""


@overload
def published(name: None = None) -> tuple[str, ...]: ...
@overload
def published(name: str) -> pd.DataFrame: ...
def published(name: str | None = None) -> pd.DataFrame | tuple[str, ...]:
    """Return one table of published facts, or the names of all tables.

    Parameters
    ----------
    name : str, optional
        Name of the table, for example "annual_stats"; "index" describes the tables.
        "grid_factors" and "energy_factors" are short for grid_emission_factors and
        energy_conversion_factors.

    Returns
    -------
    DataFrame or tuple of str
        A fresh copy of the table, or the names when no name is given. Columns ``verified``
        and ``source`` say how sure each row is: ``yes`` is confirmed; ``partial``,
        ``derived``, ``third_party``, ``rule_only``, ``check_only`` and ``exchange_only`` are
        weaker. A fact that nobody could confirm is not in the tables.

    Raises
    ------
    SpecificationError
        There is no table of that name.

    Examples
    --------
    >>> import carbonlink as cl
    >>> year = cl.published("annual_stats").query("market == 'cea' and period == 'year'")
    >>> float(year.set_index("year").loc[2022, "turnover_1e8_yuan"])
    28.14
    """
    if name is None:
        return _names()
    name = _SHORT.get(name, name)
    if name not in _names():
        close = near(name, _names()) or _names()
        raise SpecificationError(
            f"There is no published table {name!r}.", f"Use one of: {', '.join(close)}."
        )
    return _read(name).copy()
