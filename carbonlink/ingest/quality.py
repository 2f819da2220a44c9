"""Trade-quality flags on a venue's own calendar: what the econometrics stands on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..facts import calendar
from ..facts.published import published

FLAGS = (
    "is_open",
    "has_trade",
    "is_stale",
    "limit_up",
    "limit_down",
    "is_block",
    "gap_days",
    "tiny_trade",
    "degenerate_range",
)
TINY_TONNES = 10.0
"""A trade of at most this many tonnes is flagged as tiny (Shenzhen's median is 3 t)."""

_CENT = 0.01
_KINDS = ("listed", "block", "auction")
_PRICES = ("open", "high", "low", "close", "vwap")


def daily(
    rows: pd.DataFrame, market: str, *, complete: bool = True, tiny: float = TINY_TONNES
) -> pd.DataFrame:
    """Return one market's days on its own calendar, with prices, quantities and flags.

    Parameters
    ----------
    rows : DataFrame
        Tidy rows of one market and one product and vintage.
    market : str
        Canonical market id, for the price limits.
    complete : bool
        Whether days without a row are added as open days without a trade (a Chinese venue), or
        the printed dates are all there is (a foreign exchange, a monthly figure).
    tiny : float
        Tonnes up to which a trade is flagged `tiny_trade`.

    Returns
    -------
    DataFrame
        Index: every session of the venue from the first to the last row, that is, weekdays
        without public holidays and every day with an observed trade (only the printed dates when
        `complete` is false). `price` is the printed
        price of the listed trades (of the day's total where trades are not told apart) and
        missing unless that trade happened. Flags that the file cannot answer are missing.

    Notes
    -----
    has_trade : any quantity changed hands (any printed price, where quantities are not given).
    is_stale : a price is printed although the trade that would make it did not happen.
    gap_days : sessions since the last genuine price, 1 on consecutive sessions.
    limit_up, limit_down : the price is the reference price times (1 ± limit), rounded half up
    to the cent; the reference is the last printed price and the limit that of the facts table
    `price_limits` on that date. A move beyond the limit is another product or a block, not a
    limit day. Missing where the limit is unknown or the price is an average of trades.
    """
    kinds = {str(kind): part.set_index("date").sort_index() for kind, part in rows.groupby("trade")}
    total = _total(kinds)
    head = kinds.get("listed", kinds.get("total", total))
    quantity_known = bool(total["volume"].notna().any())
    traded = total["volume"].gt(0) if quantity_known else head[list(_PRICES)].notna().any(axis=1)
    traded_days = traded.index[traded.to_numpy(bool)]
    dates = pd.DatetimeIndex(sorted(rows["date"].unique()), name="date")
    sessions = calendar.sessions(dates[0], dates[-1], traded_days) if complete else dates
    frame = head.reindex(sessions)[[*_PRICES, "price_kind"]]
    printed = headline(frame)
    own = head["volume"].reindex(sessions)
    genuine = printed.notna() & (own.gt(0) if quantity_known else True)
    frame["printed"] = printed
    frame["price"] = printed.where(genuine)
    frame["previous_price"] = frame["price"].ffill().shift().where(genuine)
    frame["volume"] = total["volume"].reindex(sessions).fillna(0.0 if quantity_known else np.nan)
    value = total["value"].reindex(sessions)
    if total["value"].notna().any():
        value = value.mask(frame["volume"].eq(0) & value.isna(), 0.0)
    frame["value"] = value
    frame["is_open"] = True
    frame["has_trade"] = traded.reindex(sessions, fill_value=False).astype(bool)
    frame["is_stale"] = printed.notna() & ~genuine
    up, down = limit_hits(printed, genuine & frame["price_kind"].ne("vwap"), market)
    frame["limit_up"], frame["limit_down"] = up, down
    frame["is_block"] = _block(kinds, sessions)
    frame["gap_days"] = gaps(genuine)
    frame["tiny_trade"] = _tiny(own, genuine, quantity_known, tiny)
    frame["degenerate_range"] = _degenerate(frame, genuine)
    return frame.rename_axis("date")


def headline(frame: pd.DataFrame) -> pd.Series:
    """Return the printed price of each row: the one `price_kind` names, else close, else vwap."""
    price = frame["close"].where(frame["close"].notna(), frame["vwap"])
    return price.mask(frame["price_kind"].eq("vwap") & frame["vwap"].notna(), frame["vwap"])


def gaps(genuine: pd.Series) -> pd.Series:
    """Return, on each genuine day, the number of sessions since the last one (first: missing)."""
    place = pd.Series(np.arange(len(genuine), dtype=float), index=genuine.index)
    return place.where(genuine).dropna().diff().reindex(genuine.index)


def limit_hits(printed: pd.Series, genuine: pd.Series, market: str) -> tuple[pd.Series, pd.Series]:
    """Return whether each price that `genuine` marks is at its upper and its lower limit."""
    rate = limits(market, pd.DatetimeIndex(printed.index))
    reference = printed.ffill().shift()
    known = genuine & rate.notna() & reference.notna()
    upper = bound(reference, rate)
    lower = bound(reference, -rate)
    up = (printed - upper).abs().lt(_CENT / 2).astype("boolean").mask(~known)
    down = (printed - lower).abs().lt(_CENT / 2).astype("boolean").mask(~known)
    return up, down


def bound(reference: pd.Series, rate: pd.Series) -> pd.Series:
    """Return reference · (1 + rate), rounded half up to the cent in exact decimals."""
    cents = (reference * 100).round()
    basis_points = (10_000 + rate * 10_000).round()
    return ((cents * basis_points + 5_000) // 10_000) / 100


def limits(market: str, dates: pd.DatetimeIndex) -> pd.Series:
    """Return the daily price limit of listed trades as a fraction; missing where not known."""
    table = published("price_limits")
    table = table[(table["market"] == market) & (table["trade"] == "listed")]
    rate = pd.Series(np.nan, index=dates)
    row: Any
    for row in table.itertuples():
        start = pd.Timestamp(row.valid_from)
        stop = pd.Timestamp(row.valid_to) if isinstance(row.valid_to, str) else pd.Timestamp.max
        rate.loc[(dates >= start) & (dates <= stop)] = float(row.limit_pct) / 100
    return rate


def _total(kinds: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The day's totals: the printed ones, else the sum of the kinds of trade."""
    if "total" in kinds:
        return kinds["total"]
    parts = [kinds[k] for k in _KINDS if k in kinds]
    sums = pd.concat([p[["volume", "value"]] for p in parts])
    sums = sums.groupby(level=0).sum(min_count=1)
    return parts[0].reindex(sums.index).assign(volume=sums["volume"], value=sums["value"])


def _block(kinds: dict[str, pd.DataFrame], sessions: pd.DatetimeIndex) -> pd.Series:
    if "block" not in kinds:
        return pd.Series(pd.NA, index=sessions, dtype="boolean")
    return kinds["block"]["volume"].reindex(sessions).gt(0).astype("boolean")


def _tiny(own: pd.Series, genuine: pd.Series, known: bool, tiny: float) -> pd.Series:
    flag = own.le(tiny).astype("boolean")
    return flag.mask(~genuine) if known else flag.mask(pd.Series(True, index=own.index))


def _degenerate(frame: pd.DataFrame, genuine: pd.Series) -> pd.Series:
    known = genuine & frame["high"].notna() & frame["low"].notna()
    return frame["high"].eq(frame["low"]).astype("boolean").mask(~known)
