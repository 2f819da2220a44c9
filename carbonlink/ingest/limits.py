"""Daily price limits by venue, trade and date, and the days on which a price is at its limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..facts.published import published

_CENT = 0.01


def limit_hits(printed: pd.Series, genuine: pd.Series, market: str) -> tuple[pd.Series, pd.Series]:
    """Return whether each price that `genuine` marks is at its upper and its lower limit.

    Notes
    -----
    The limit is symmetric in the simple return and not in the logarithm: with λ = 10 % it lies
    at 100·ln 1.1 = +9.53 % and 100·ln 0.9 = −10.54 %. Prices are compared here, never log
    returns.
    """
    rate = limits(market, pd.DatetimeIndex(printed.index))
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
    """Return how a market's limit is known: "rule", "prices", both, or "" for not at all.

    Notes
    -----
    "rule" is a rule or notice that somebody printed; "prices" means that the limit was read off
    days on which prices pile up at it, which no source confirms.
    """
    verified = set(_rows(market, trade)["verified"])
    said = {"prices" if v == "derived" else "rule" for v in verified}
    return ", ".join(sorted(said, reverse=True))


def _rows(market: str, trade: str) -> pd.DataFrame:
    table = published("price_limits")
    return table[(table["market"] == market) & (table["trade"] == trade)]
