"""The tidy table: its columns, and what makes a row impossible."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..facts import markets as registry

KEY = ("market", "product", "vintage", "trade", "date")
PRICES = ("open", "high", "low", "close", "vwap")
QUANTITIES = ("volume", "value")
NUMBERS = (*PRICES, *QUANTITIES)
COLUMNS = (*KEY, *NUMBERS, "price_kind", "source")
LARGEST = 1e15
"""A printed number from here on (a quadrillion yuan) is a misprint, whatever it stands for."""
TRADES = ("listed", "block", "auction", "total")
PRICE_KINDS = (
    *("close", "vwap", "settlement", "index", "spot", "rate", "clearing", "auction"),
    "unknown",
)

DESCRIPTIONS = {
    "market": "market id of carbonlink.facts.markets",
    "product": "product code as traded (HBEA), empty where there is one",
    "vintage": "vintage year or years of the product, empty where there is none",
    "trade": "listed, block, auction, or total of the day",
    "date": "trading day; for intraday prices the start of the interval",
    "open": "first price, in the market's price unit",
    "high": "highest price, in the market's price unit",
    "low": "lowest price, in the market's price unit",
    "close": "last, settlement or clearing price (see price_kind), in the market's price unit",
    "vwap": "average price of the day weighted by volume, in the market's price unit",
    "volume": "quantity traded, in the market's unit",
    "value": "turnover, in the market's currency",
    "price_kind": "what the headline price of the row is",
    "source": "file the row comes from",
}


@functools.cache
def tidy_schema() -> Any:
    """Return the pandera schema of the tidy table.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        With the helper column `signed` (True where a price may be zero or negative); validated
        lazily it lists every bad row at once, each with the sentence given as `error`.
    """
    import pandera.pandas as pa

    def at_least_zero(column: pd.Series) -> pd.Series:
        return ~(column < 0)

    checks = [
        pa.Check(_price_is_possible(name), error=f"{name} is not above 0", name=name)
        for name in PRICES
    ]
    checks += [
        pa.Check(_is_of_this_world(name), error=f"{name} is too large to be real", name=f"{name}+")
        for name in NUMBERS
    ]
    checks.append(pa.Check(_range_is_possible, error="high is below low", name="range"))
    quantities = {
        name: pa.Column(float, pa.Check(at_least_zero, error=f"{name} is negative"), nullable=True)
        for name in QUANTITIES
    }
    return pa.DataFrameSchema(
        {
            "trade": pa.Column(checks=pa.Check.isin(TRADES, error="trade is of no known kind")),
            "price_kind": pa.Column(
                checks=pa.Check.isin(PRICE_KINDS, error="price_kind is of no known kind")
            ),
            "date": pa.Column("datetime64[us]", nullable=False),
            **{name: pa.Column(float, nullable=True) for name in PRICES},
            **quantities,
        },
        checks=checks,
    )


def _price_is_possible(name: str) -> Any:
    def check(frame: pd.DataFrame) -> pd.Series:
        return frame["signed"] | ~(frame[name] <= 0)

    return check


def _is_of_this_world(name: str) -> Any:
    def check(frame: pd.DataFrame) -> pd.Series:
        return ~(frame[name].abs() >= LARGEST)

    return check


def _range_is_possible(frame: pd.DataFrame) -> pd.Series:
    return ~(frame["high"] < frame["low"])


def bad_rows(frame: pd.DataFrame) -> dict[int, list[str]]:
    """Return every row that breaks the schema, by its place, with all its reasons.

    Parameters
    ----------
    frame : DataFrame
        Tidy rows with a RangeIndex.
    """
    by_market = {m: prices_may_be_negative(m) for m in frame["market"].unique()}
    signed = frame["market"].map(by_market).to_numpy(bool)
    if _passes(frame, signed):
        return {}
    from pandera.errors import SchemaErrors

    try:
        tidy_schema().validate(frame.assign(signed=signed), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        if cases["index"].isna().any():
            raise
        pairs = cases[["index", "check"]].drop_duplicates()
        reasons: dict[int, list[str]] = {}
        for place, reason in zip(pairs["index"], pairs["check"], strict=True):
            reasons.setdefault(int(place), []).append(str(reason))
        return reasons
    return {}


def varying(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return those of the columns that hold more than one value: the others need no sorting."""
    found = []
    for name in names:
        values = frame[name].to_numpy()
        if len(values) and not bool(np.asarray(values == values[0]).all()):
            found.append(name)
    return found


def _passes(frame: pd.DataFrame, signed: np.ndarray) -> bool:
    """Whether every row passes; the schema is asked for its reasons only where one does not."""
    kinds = {"trade": TRADES, "price_kind": PRICE_KINDS}
    if any(set(frame[name].unique()) - set(allowed) for name, allowed in kinds.items()):
        return False
    if frame["date"].dtype != "datetime64[us]" or frame["date"].isna().any():
        return False
    numbers = frame[list(NUMBERS)]
    if any(dtype != np.dtype(float) for dtype in numbers.dtypes):
        return False
    prices, quantities = (numbers[list(names)].to_numpy() for names in (PRICES, QUANTITIES))
    if (np.abs(numbers.to_numpy()) >= LARGEST).any():
        return False
    high, low = numbers["high"].to_numpy(), numbers["low"].to_numpy()
    return not (
        (quantities < 0).any() or (high < low).any() or ((prices <= 0) & ~signed[:, None]).any()
    )


@functools.cache
def prices_may_be_negative(market: str) -> bool:
    """Return whether a market's price can be zero or negative (power)."""
    return registry.get(market).market_class == "electricity"


def empty_numbers(length: int) -> np.ndarray:
    """Return a column of missing numbers."""
    return np.full(length, np.nan)
