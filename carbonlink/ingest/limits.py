"""Daily price limits by venue, trade and date, and the days on which a price is at its limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_day
from ..facts.published import published

_CENT = 0.01
_READ_OFF = "verified == 'derived' and trade == 'listed'"


def limit_hits(
    printed: pd.Series, genuine: pd.Series, market: str, given: pd.Series | None = None
) -> tuple[pd.Series, pd.Series]:
    """Return whether each price that `genuine` marks is at its upper and its lower limit.

    Parameters
    ----------
    printed : Series
        Printed prices by day.
    genuine : Series of bool
        Days whose price is that of a trade.
    market : str
        Canonical market id, for the rule of the facts table.
    given : Series, optional
        Limits in per cent by first day, as `from_first_day` makes them, in place of the rule.

    Notes
    -----
    The limit is symmetric in the simple return and not in the logarithm: with λ = 10 % it lies
    at 100·ln 1.1 = +9.53 % and 100·ln 0.9 = −10.54 %. Prices are compared here, never log
    returns.
    """
    days = pd.DatetimeIndex(printed.index)
    rate = limits(market, days) if given is None else on_days(given, days)
    reference = printed.ffill().shift()
    known = genuine & rate.notna() & reference.notna()
    upper = bound(reference, rate)
    lower = bound(reference, -rate)
    up = (printed - upper).abs().lt(_CENT / 2).astype("boolean").mask(~known)
    down = (printed - lower).abs().lt(_CENT / 2).astype("boolean").mask(~known)
    return up, down


def bound(reference: pd.Series, rate: pd.Series) -> pd.Series:
    """Return reference · (1 + rate), rounded half up to the cent in exact decimals.

    Notes
    -----
    Half up (四舍五入) to the smallest price step of 0.01 yuan is what the rules of Shenzhen
    (4.1.11) and Hubei say; their sources stand in the facts table `price_limits`.
    """
    cents = (reference * 100).round()
    basis_points = (10_000 + rate * 10_000).round()
    return ((cents * basis_points + 5_000) // 10_000) / 100


def limits(market: str, dates: pd.DatetimeIndex, trade: str = "listed") -> pd.Series:
    """Return the daily price limit of a kind of trade as a fraction; missing where not known.

    Known means that somebody printed the rule: limits that were only read off prices (`observed`)
    are left out.

    Parameters
    ----------
    market : str
        Canonical market id.
    dates : DatetimeIndex
        The days asked for.
    trade : {"listed", "block"}
        Listed limits are around the previous close. For the reference of block limits see the
        column `reference` of `carbonlink.published("price_limits")`.
    """
    rate = pd.Series(np.nan, index=dates)
    row: Any
    for row in _rows(market, trade).itertuples():
        start = pd.Timestamp(row.valid_from)
        stop = pd.Timestamp(row.valid_to) if isinstance(row.valid_to, str) else pd.Timestamp.max
        rate.loc[(dates >= start) & (dates <= stop)] = float(row.limit_pct) / 100
    return rate


def known_by(market: str, trade: str = "listed") -> str:
    """Return "rule" where a printed rule or notice gives a market's limit, else ""."""
    return "rule" if len(_rows(market, trade)) else ""


def observed(market: str) -> pd.Series | None:
    """Return the limits of listed trades at which a market's prices pile up, with no printed rule.

    Parameters
    ----------
    market : str
        Canonical market id.

    Returns
    -------
    Series or None
        Per cent by first day, missing from a day on where none is known: what
        `carbonlink.Panel.with_limits` takes. None where no such limit is known.

    Examples
    --------
    >>> from carbonlink.ingest import limits
    >>> limits.observed("guangdong").to_dict()
    {Timestamp('2013-12-19 00:00:00'): 10.0}
    """
    rows = _rows(market, "listed", printed=False)
    if rows.empty:
        return None
    steps: dict[pd.Timestamp, float] = {}
    row: Any
    for row in rows.sort_values("valid_from").itertuples():
        steps[pd.Timestamp(row.valid_from)] = float(row.limit_pct)
        if isinstance(row.valid_to, str):
            steps[pd.Timestamp(row.valid_to) + pd.Timedelta(days=1)] = np.nan
    return pd.Series(steps)


def limits_by_label(
    limits: Mapping[str, Any], labels: Callable[[list[str]], list[str]]
) -> dict[str, Any]:
    """Return limits by a panel's labels of their markets, each of which is named once."""
    if not isinstance(limits, Mapping):
        raise SpecificationError(
            f"limits={limits!r} is no mapping of markets to limits.",
            'Write {"guangdong": 10} for ±10 %.',
        )
    named = labels(list(limits))
    if len(set(named)) < len(named):
        raise SpecificationError(
            f"limits= names one market twice: {', '.join(map(str, limits))}.",
            "Give one limit for each market once.",
        )
    return dict(zip(named, limits.values(), strict=True))


def from_first_day(given: Any, market: str) -> pd.Series:
    """Return limits given as a number, by first day, or as "observed", checked, in per cent."""
    if isinstance(given, str) and given == "observed":
        seen = observed(market)
        if seen is None:
            known = sorted(set(published("price_limits").query(_READ_OFF)["market"]))
            raise SpecificationError(
                f"No price limit of {market} is read off its prices.",
                f"Use 10 for ±10 %; it is for {', '.join(known)}.",
            )
        return seen
    if isinstance(given, pd.Series):
        name = f"the first day of a price limit of {market}"
        days = [check_day(name, day, partial="first") for day in given.index]
        series = given.set_axis(pd.DatetimeIndex(days))
    else:
        series = pd.Series({pd.Timestamp.min: given})
    try:
        percent = series.astype(float)
    except (TypeError, ValueError):
        percent = pd.Series([-1.0])
    _check_percents(percent, market)
    return percent.sort_index()


def _check_percents(percent: pd.Series, market: str) -> None:
    remedy = "Use 10 for ±10 %, or a Series of such numbers by first day."
    if percent.empty or not percent.dropna().between(0, 100, inclusive="neither").all():
        raise SpecificationError(
            f"The price limit of {market} must be in per cent, between 0 and 100.", remedy
        )
    if (percent < 1).any():
        raise SpecificationError(
            f"The price limit of {market} must be in per cent: {percent.min():g} would be "
            f"±{percent.min():g} %.",
            remedy,
        )
    twice = percent.index[percent.index.duplicated()]
    if len(twice):
        raise SpecificationError(
            f"The price limits of {market} have two of first day {twice[0].date()}.", "Keep one."
        )


def on_days(percent: pd.Series, days: pd.DatetimeIndex) -> pd.Series:
    """Return the fraction in force on each day, of limits in per cent by first day."""
    place = pd.DatetimeIndex(percent.index).searchsorted(days, side="right") - 1
    rate = np.where(place >= 0, percent.to_numpy()[place], np.nan)
    return pd.Series(rate / 100, index=days)


def _rows(market: str, trade: str, printed: bool = True) -> pd.DataFrame:
    table = published("price_limits")
    table = table[table["verified"].ne("derived").eq(printed)]
    return table[(table["market"] == market) & (table["trade"] == trade)]
