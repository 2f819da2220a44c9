"""Trade-quality flags on a venue's own calendar: what the econometrics stands on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..facts import calendar
from .closing import carried_up_to, open_is_reference
from .limits import limit_hits

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
    "total_differs",
    "reference_open",
)
TINY_TONNES = 10.0
"""A trade of at most this many tonnes is flagged as tiny (Shenzhen's median is 3 t)."""

_HALF_A_TONNE = 0.5
_KINDS = ("listed", "block", "auction")
_LIMITED = ("listed", "total")
"""Kinds of trade whose price is that of listed trades, to which the daily limit applies."""
NO_QUOTE = ("vwap", "unknown")
"""Kinds of price that are, or may be, averages of trades: no limit holds for those."""
_PRICES = ("open", "high", "low", "close", "vwap")


def daily(
    rows: pd.DataFrame,
    market: str,
    *,
    complete: bool = True,
    tiny: float = TINY_TONNES,
    limit: pd.Series | None = None,
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
    limit : Series, optional
        Daily price limit in per cent by first day, in place of the printed rules.

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
    price, printed : the listed trades' price where they are told apart, the day's total else (the
    only kind there is, where that is block or auction trades): `price_trade` says which, and
    `price_kind` what kind of price it is.
    has_trade : any quantity changed hands (any printed price, where quantities are not given).
    is_stale : a price is printed although the trade that would make it did not happen, by the
    venue's own rule (facts table `closing_prices`): at Guangzhou the close of a day with at most
    100 t of listed trades is an earlier day's.
    gap_days : sessions since the last genuine price, 1 on consecutive sessions.
    limit_up, limit_down : the price is the reference price times (1 ± limit), rounded half up
    to the cent; the reference is the last printed price and the limit that of the facts table
    `price_limits` on that date, where a printed rule gives one. A move beyond the limit is
    another product or a block, not a limit day. Missing where the limit is unknown, or the price
    is or may be an average of trades.
    total_differs : listed, block and auction volumes do not add up to the printed total within
    half a unit. Missing where the file does not print a total and its parts.
    reference_open : the file's open is the previous close, not a first trade; it is then left out
    of `open`, so that no estimator of ranges can take it for one.
    """
    kinds = {str(kind): part.set_index("date").sort_index() for kind, part in rows.groupby("trade")}
    total = _total(kinds)
    head_kind = next((k for k in ("listed", "total") if k in kinds), min(kinds))
    head = kinds[head_kind]
    quantity_known = bool(total["volume"].notna().any())
    traded = total["volume"].gt(0) if quantity_known else head[list(_PRICES)].notna().any(axis=1)
    traded_days = traded.index[traded.to_numpy(bool)]
    dates = pd.DatetimeIndex(sorted(rows["date"].unique()), name="date")
    sessions = calendar.sessions(dates[0], dates[-1], traded_days) if complete else dates
    frame = head.reindex(sessions)[[*_PRICES, "price_kind"]]
    printed = headline(frame)
    own = head["volume"].reindex(sessions)
    enough = own.gt(carried_up_to(market, sessions)) if quantity_known else True
    genuine = printed.notna() & enough
    frame["reference_open"] = open_is_reference(frame["open"], printed)
    frame["open"] = frame["open"].mask(frame["reference_open"])
    frame["printed"] = printed
    frame["price"] = printed.where(genuine)
    frame["previous_price"] = frame["price"].ffill().shift().where(genuine)
    frame["volume"] = total["volume"].reindex(sessions).fillna(0.0 if quantity_known else np.nan)
    value = total["value"].reindex(sessions)
    if total["value"].notna().any():
        value = value.mask(frame["volume"].eq(0) & value.isna(), 0.0)
    frame["value"] = value
    frame["price_trade"] = head_kind
    frame["is_open"] = True
    frame["has_trade"] = traded.reindex(sessions, fill_value=False).astype(bool)
    frame["is_stale"] = printed.notna() & ~genuine
    limited = genuine & ~frame["price_kind"].isin(NO_QUOTE) & (head_kind in _LIMITED)
    up, down = limit_hits(printed, limited, market, limit)
    frame["limit_up"], frame["limit_down"] = up, down
    frame["is_block"] = _block(kinds, sessions)
    frame["total_differs"] = _total_differs(kinds, sessions)
    frame["gap_days"] = gaps(genuine)
    frame["tiny_trade"] = _tiny(own, printed.notna() & own.gt(0), quantity_known, tiny)
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


def _total_differs(kinds: dict[str, pd.DataFrame], sessions: pd.DatetimeIndex) -> pd.Series:
    """Whether a printed total is not the sum of the kinds of trade printed beside it."""
    parts = [kinds[k]["volume"].reindex(sessions) for k in _KINDS if k in kinds]
    if "total" not in kinds or len(parts) < 2:
        return pd.Series(pd.NA, index=sessions, dtype="boolean")
    total = kinds["total"]["volume"].reindex(sessions)
    sums = pd.concat(parts, axis=1).fillna(0.0).sum(axis=1)
    unlike = (total - sums).abs().gt(_HALF_A_TONNE).astype("boolean")
    return unlike.mask(total.isna())


def _tiny(own: pd.Series, traded: pd.Series, known: bool, tiny: float) -> pd.Series:
    flag = own.le(tiny).astype("boolean")
    return flag.mask(~traded) if known else flag.mask(pd.Series(True, index=own.index))


def _degenerate(frame: pd.DataFrame, genuine: pd.Series) -> pd.Series:
    known = genuine & frame["high"].notna() & frame["low"].notna()
    return frame["high"].eq(frame["low"]).astype("boolean").mask(~known)
