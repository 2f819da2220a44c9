"""What a tonne of CO2 costs through each instrument, in yuan, with the factor stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..facts.units import (
    Factor,
    check_factor,
    energy_factor,
    energy_factors,
    grid_factor,
    price_unit,
    to_carbon_price,
)
from ..panel import Panel
from ..results import Recipe, Results, Sample, check_level, tidy_frame
from .implied_dispersion import price_dispersion
from .instrument_prices import (
    ALLOWANCE,
    definition_breaks,
    observed_prices,
    premium_prices,
    published_prices,
)

KINDS = ("average", "residual", "fossil")
"""National grid factors applied to certificates, the headline first."""
ENERGY_HEADLINE = "coal, quoted"
FACTOR_KEYS = ("electricity", "energy")
OF_CO2 = Factor(1.0, "tCO2/t", "already a price of CO2")

COLUMNS = (
    "instrument",
    "market",
    "series",
    "period",
    "date",
    "price",
    "unit",
    "factor",
    "factor_unit",
    "factor_name",
    "factor_year",
    "factor_source",
    "headline",
    "implied",
    "lower",
    "upper",
    "cea",
    "gap_log",
    "verified",
    "source",
    "note",
    "synthetic",
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ImpliedPricesResults(Results):
    """Implied carbon prices; made by `implied_prices`.

    Attributes
    ----------
    table : DataFrame
        A row a price and factor, with the columns `COLUMNS`: `implied` is in yuan/tCO2;
        `lower` and `upper` span the factors applied to that price (no sampling error);
        `cea` is the national allowance's mean price of the same month or year and `gap_log` the log
        of implied over it; `headline` marks one row a price.
    """

    title: ClassVar[str] = "Implied carbon prices"

    table: pd.DataFrame

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a price and factor.

        Parameters
        ----------
        level : float
            Has no bearing: lower and upper are the range of published factors, not a
            confidence interval.
        """
        check_level(level)
        table = self.table
        parts = [table[c].astype(str) for c in ("instrument", "series", "period", "factor_name")]
        terms = [", ".join(words) for words in zip(*parts, strict=True)]
        return tidy_frame(
            [
                {
                    "term": term,
                    "market": row.market,
                    "estimate": row.implied,
                    "lower": row.lower,
                    "upper": row.upper,
                    "unit": self.units["implied"],
                }
                for term, row in zip(terms, table.itertuples(), strict=True)
            ]
        )

    def headline(self) -> pd.DataFrame:
        """Return one row a price: with the first of the factors applied to it."""
        return self.table[self.table["headline"]].reset_index(drop=True)

    def dispersion(self, by: str = "period") -> pd.DataFrame:
        """Return how far apart the prices of a tonne are over instruments.

        Parameters
        ----------
        by : {"period", "year"}
            Months and years as printed, or years; a cumulative price counts in the year of its
            `date`.

        Returns
        -------
        DataFrame
            A row a period with two instruments or more: `instruments`, their number `n`, the
            lowest and the highest price (`least`, `most`, yuan/tCO2), the coefficient of variation
            `cv`, the standard deviation `sd_log` of log prices, the highest over the lowest
            (`ratio`), which they are, and the month of the last change of the certificate price's
            definition (`after_break`): prices on its two sides do not compare. Of one instrument's
            several prices the geometric mean counts; each by its headline factor. The allowance
            is that of the parity gap.
        """
        return price_dispersion(self.headline(), by)

    def numbers(self) -> pd.DataFrame:
        """Return the points and factor bands that `plot` draws."""
        columns = ["instrument", "market", "series", "period", "date", "implied", "lower", "upper"]
        return self.headline()[[*columns, "factor_name", "synthetic"]]

    def plot(self, ax: Any = None, scale: str = "log") -> Any:
        """Draw each instrument over time with its factor band.

        Parameters
        ----------
        ax : Axes, optional
        scale : {"log", "linear"}
            Of the price axis.
        """
        from .implied_prices_plot import draw

        return draw(self.numbers(), self.spec["breaks"], ax, scale)

    def _headline(self) -> dict[str, Any]:
        rows = self.headline().drop_duplicates("instrument", keep="last")
        return dict(zip(rows["instrument"].astype(str), rows["implied"], strict=True))


def implied_prices(
    panel: Any = None,
    *,
    factors: Mapping[str, Any] | None = None,
    factor_year: str | int = "same_year",
    green_power: Any = None,
) -> ImpliedPricesResults:
    """Bring certificates, energy-use rights and offsets to yuan a tonne of CO2.

    Parameters
    ----------
    panel : Panel or DataFrame, optional
        Adds the monthly mean prices of its certificates, energy-use rights, energy savings,
        offsets and national allowances to the published prices. Columns of a frame are market
        names; `attrs["units"]`, a mapping by column, states their units, and those of the markets
        are assumed, with a note, where it does not.
    factors : mapping, optional
        What to divide by, in place of the defaults. "electricity" (tCO2/MWh, for
        certificates): numbers, national kinds ("average", "residual", "fossil") or regions
        ("south", "guangdong"), one or a list, the headline first; by default the three
        national kinds. "energy" (tCO2/tce): numbers or names of `facts.units.energy_factors`;
        by default all it lists.
    factor_year : {"same_year", "latest"} or int
        Year of a published grid factor: that of the electricity (the production year where
        the certificate states it, else the year of the trade) or the latest published before
        it; the latest of all; or a given year. Each row says which it was.
    green_power : Series or DataFrame, optional
        Premium of green power over the same power without certificates, by date; a column a
        series. Its monthly means are converted as certificates are. `attrs["unit"]`, or
        `attrs["units"]` by column, states the unit; yuan/kWh is brought to yuan/MWh, which is
        assumed, with a note, where none is stated.

    Returns
    -------
    ImpliedPricesResults

    Raises
    ------
    SpecificationError
        A factor or `factor_year` is not known, the data hold no market to convert, a unit stated
        is not one of the instrument, or none is and prices look like yuan/kWh.

    Notes
    -----
    Certificates: P/EF (one certificate is 1 MWh); energy-use rights and savings: P/κ; offsets
    and allowances are prices of CO2 already. The parity gap is ln(implied) − ln(mean price of
    the national allowance): of the month where the data hold it, else the published one of the
    year, and missing where that is. A series whose definition changed is continued under another
    name, never spliced.

    Examples
    --------
    >>> import carbonlink as cl
    >>> table = cl.implied_prices().headline()
    >>> row = table[(table["market"] == "gec") & (table["period"] == "2025-08")].iloc[0]
    >>> row[["implied", "factor", "factor_year"]].astype(float).round(4).tolist()
    [10.6672, 0.5306, 2023.0]
    """
    arguments = dict(locals())
    chosen = _check_factors(factors, factor_year)
    prices = published_prices()
    if panel is not None:
        prices = pd.concat([prices, observed_prices(panel)], ignore_index=True)
    if green_power is not None:
        prices = pd.concat([prices, premium_prices(green_power)], ignore_index=True)
    rows = [
        row for price in prices.to_dict("records") for row in _convert(price, chosen, factor_year)
    ]
    converted = _with_gaps(pd.DataFrame(rows))
    table, breaks = converted.reindex(columns=COLUMNS), definition_breaks()
    return ImpliedPricesResults(
        table=table,
        spec={
            "electricity_factors": tuple(str(f) for f in chosen["electricity"]),
            "energy_factors": tuple(str(f) for f in chosen["energy"]),
            "factor_year": factor_year,
            "data": "published prices"
            if panel is None and green_power is None
            else "published prices and data given",
            "breaks": tuple(breaks["date"]),
        },
        sample=Sample(f"{table['date'].min():%Y-%m}", f"{table['date'].max():%Y-%m}", len(table)),
        units={"implied": "yuan/tCO2", "gap_log": "log points"},
        sources=_sources(table, panel),
        notes=_notes(converted, breaks),
        recipe=Recipe(implied_prices, arguments),
    )


def _check_factors(factors: Mapping[str, Any] | None, factor_year: Any) -> dict[str, list[Any]]:
    chosen: dict[str, Any] = {
        "electricity": list(KINDS),
        "energy": sorted(energy_factors()["item"], key=lambda item: item != ENERGY_HEADLINE),
    }
    if factors is not None and not isinstance(factors, Mapping):
        raise SpecificationError(
            f"factors={factors!r} is no mapping.",
            'For example factors={"electricity": 0.5306, "energy": "coal, quoted"}.',
        )
    for key, value in (factors or {}).items():
        if key not in FACTOR_KEYS:
            raise SpecificationError(
                f"factors has no key {key!r}.", f"Use {' or '.join(map(repr, FACTOR_KEYS))}."
            )
        chosen[key] = list(value) if isinstance(value, (list, tuple)) else [value]
        if not chosen[key]:
            raise SpecificationError(f"factors[{key!r}] is empty.", "Give one factor or more.")
    if factor_year not in ("same_year", "latest") and not isinstance(factor_year, int):
        raise SpecificationError(
            f"factor_year={factor_year!r} is not known.", 'Use "same_year", "latest" or a year.'
        )
    return chosen


def _convert(
    price: Mapping[Any, Any], chosen: Mapping[str, list[Any]], factor_year: str | int
) -> list[dict[str, Any]]:
    """Return the rows of one price: one a factor, with the band over them."""
    unit = price_unit(price["unit"])
    if unit in ("yuan/tce", "yuan/kgce"):
        used = [_energy(f) for f in chosen["energy"]]
    elif unit in ("yuan/t", "yuan/tCO2", "yuan/tCO2e"):
        used = [OF_CO2]
    else:
        used = [_grid(f, price["factor_of"], factor_year) for f in chosen["electricity"]]
    implied = [to_carbon_price(price["price"], unit, None if f is OF_CO2 else f) for f in used]
    spread = {"lower": min(implied), "upper": max(implied)}
    return [
        {
            **price,
            **spread,
            "factor": factor.value,
            "factor_unit": factor.unit,
            "factor_name": factor.name,
            "factor_year": factor.year,
            "factor_source": factor.source,
            "headline": place == 0,
            "implied": value,
        }
        for place, (factor, value) in enumerate(zip(used, implied, strict=True))
    ]


def _energy(factor: Any) -> Factor:
    if isinstance(factor, (Factor, str)):
        return energy_factor(factor) if isinstance(factor, str) else factor
    return _given(factor, "tCO2/tce")


def _given(factor: Any, unit: str) -> Factor:
    value = check_factor(factor, unit)
    if value.ndim:
        raise SpecificationError(
            f"A factor in {unit} is given as {type(factor).__name__}.",
            "Give a number, or a list of numbers and names.",
        )
    return Factor(float(value), unit, f"given: {float(value):g}", source="given")


def _grid(factor: Any, year: float | None, factor_year: str | int) -> Factor:
    if isinstance(factor, Factor):
        return factor
    if not isinstance(factor, str):
        return _given(factor, "tCO2/MWh")
    region, kind = ("china", factor) if factor in KINDS else (factor, "average")
    if factor_year == "same_year":
        return grid_factor(region, None if year is None else int(year), kind, before=True)
    return grid_factor(region, None if factor_year == "latest" else int(factor_year), kind)


def _with_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Add the allowance's mean price of the same period and the log gap to it.

    Observed prices are compared with the observed allowance of the month, made-up ones with
    made-up ones only; published prices with the published mean of the year.
    """
    own = table[table["instrument"] == ALLOWANCE]
    yearly = own[own["series"] == "yearly mean"].set_index("year")["implied"]
    months = own[own["series"] == "monthly mean"].set_index(["period", "synthetic"])["implied"]

    def allowance(row: pd.Series) -> tuple[float, str]:
        if row["series"] == "monthly mean":
            month = months.get((row["period"], row["synthetic"]), np.nan)
            if np.isfinite(month) or row["synthetic"]:
                return month, row["period"]
        return yearly.get(row["year"], np.nan), _text(row["year"])

    found = [allowance(row) for _, row in table.iterrows()]
    cea = pd.Series([price for price, _ in found], table.index, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.log(table["implied"].where(table["implied"] > 0)) - np.log(cea)
    return table.assign(cea=cea, cea_period=[period for _, period in found], gap_log=gap)


def _text(year: float | None) -> str:
    return "" if pd.isna(year) else str(int(year))


def _sources(table: pd.DataFrame, panel: Any) -> tuple[str, ...]:
    files = panel.sources if isinstance(panel, Panel) else ()
    factors = sorted(set(table["factor_source"]) - {"", "given"})
    return (*sorted(set(table["source"]) - {"data given", *files}), *factors, *files)


def _notes(table: pd.DataFrame, breaks: pd.DataFrame) -> tuple[str, ...]:
    notes = [
        "lower and upper are the range over the factors applied, not a confidence interval.",
        "An average grid factor values the mean megawatt-hour, not the marginal one.",
        "Energy-use rights count electricity at its equivalent value, so the carbon in one tce "
        "depends on the fuel mix: the published factors compete.",
    ]
    for row in breaks.itertuples():
        notes.append(f"Definition break of the certificate price in {row.date}: {row.rule}.")
    if (table["factor_year"] < table["factor_of"]).any():
        notes.append("Grid factors are of the latest year published before the electricity's.")
    if (table["cea"].notna() & (table["period"] != table["cea_period"])).any():
        notes.append(
            "Where the same period has no mean allowance price, the parity gap is to the "
            "published mean of the year."
        )
    given = table[(table["source"] == "data given") & table["note"].str.contains("; ")]
    told = (given["market"] + ": " + given["note"].str.split("; ").str[-1]).unique()
    notes += [f"Unit of {words}." for words in told]
    silent = sorted(set(table.loc[table["cea"].isna(), "period"]))
    if silent:
        notes.append(f"No mean allowance price for the parity gap in: {', '.join(silent)}.")
    if table["synthetic"].any():
        names = ", ".join(sorted(set(table.loc[table["synthetic"], "market"])))
        notes.append(f"Synthetic demonstration data: {names} (monthly means).")
    return tuple(notes)
