"""What liquidity is measured on: one market's days with returns, values, ranges and blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from ..ingest.quality import TINY_TONNES, gaps
from ..models.frames import check_frame, listed
from ..panel import Panel
from .block_prices import block_discounts

_KNOWN = ("open", "high", "low", "close", "price", "vwap", "volume", "value")
COLUMNS = (
    *("change", "gap_days", "volume", "value", "own_value", "has_trade", "tiny", "at_limit"),
    *("started", "high", "low", "close", "follows", "block_volume", "block_discount"),
)


def panel_days(panel: Panel, market: str) -> pd.DataFrame:
    """Return one market's sessions with the columns `COLUMNS`; changes are log returns."""
    days = panel.daily(market)
    change = np.log(days["price"] / days["previous_price"])
    own = _own_value(panel, market, days)
    close = days["close"].where(days["price_kind"].eq("close") & days["price"].notna())
    blocks = block_discounts(panel, market)
    rows = panel.tidy[panel.tidy["market"].eq(market)]
    tells = bool(rows["trade"].eq("block").any())
    amount = rows[rows["trade"].eq("block")].groupby("date")["volume"].sum()
    found = pd.DataFrame(
        {
            "change": change,
            "gap_days": days["gap_days"],
            "volume": days["volume"],
            "value": days["value"],
            "own_value": own,
            "has_trade": days["has_trade"].astype(float),
            "started": days["price"].notna().cummax().shift(fill_value=False),
            "tiny": days["tiny_trade"].astype("Float64").astype(float),
            "at_limit": (days["limit_up"] | days["limit_down"]).astype("Float64").astype(float),
            "high": days["high"].where(days["price"].notna()),
            "low": days["low"].where(days["price"].notna()),
            "close": close,
            "block_volume": amount.reindex(days.index).fillna(0.0) if tells else np.nan,
            "block_discount": blocks["discount"].reindex(days.index),
        }
    )
    return _with_ranges(found, days["vintage"] if "vintage" in days else None)


def frame_days(data: Any) -> pd.DataFrame:
    """Return the days of a plain frame with columns such as close, volume, value, high, low."""
    frame = check_frame(data, "data")
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise DataError("data has no dates as its index.", "Set a DatetimeIndex of days.")
    frame = frame.rename(columns=str.lower)
    if "close" not in frame and "price" not in frame:
        raise DataError(
            f"data has no price: its columns are {listed(frame.columns)}.",
            f"Name them as {', '.join(_KNOWN)}; a price and a volume are the least.",
        )
    if "volume" not in frame:
        raise DataError(
            "data has no volume, without which a day without a trade cannot be told.",
            'Add a column "volume", 0 on open days without a trade.',
        )
    bad = frame.index[frame["volume"].lt(0)]
    if len(bad):
        raise DataError(f"data has negative volume on {listed(bad)}.", "Correct or drop the rows.")
    traded = frame["volume"].gt(0)
    price = frame["close" if "close" in frame else "price"].where(traded)
    nothing = pd.Series(np.nan, index=frame.index)
    found = pd.DataFrame(
        {
            "change": np.log(price / price.ffill().shift()),
            "gap_days": gaps(price.notna()),
            "volume": frame["volume"],
            "value": frame.get("value", nothing),
            "own_value": frame.get("value", nothing),
            "has_trade": traded.astype(float).where(frame["volume"].notna()),
            "started": price.notna().cummax().shift(fill_value=False),
            "tiny": frame["volume"].le(TINY_TONNES).astype(float).where(traded),
            "at_limit": nothing,
            "high": frame.get("high", nothing).where(traded),
            "low": frame.get("low", nothing).where(traded),
            "close": frame.get("close", nothing).where(traded),
            "block_volume": nothing,
            "block_discount": nothing,
        }
    )
    return _with_ranges(found, None)


def _own_value(panel: Panel, market: str, days: pd.DataFrame) -> pd.Series:
    """Money of the trades that make the price: the listed ones where the file tells them apart."""
    rows = panel.tidy[panel.tidy["market"].eq(market) & panel.tidy["trade"].eq("listed")]
    if rows.empty or rows["value"].isna().all():
        return days["value"]
    return rows.groupby("date")["value"].sum(min_count=1).reindex(days.index)


def _with_ranges(found: pd.DataFrame, vintage: pd.Series | None) -> pd.DataFrame:
    """Keep a range only where high > low and the close lies in it."""
    inside = found["close"].between(found["low"] - 1e-9, found["high"] + 1e-9)
    genuine = (found["high"] > found["low"]) & inside
    follows = genuine & genuine.shift(fill_value=False)
    if vintage is not None:
        follows &= vintage.eq(vintage.shift())
    kept = {c: found[c].where(genuine) for c in ("high", "low", "close")}
    return found.assign(**kept, follows=follows)[list(COLUMNS)]
