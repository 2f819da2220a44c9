"""One market's days: its product, its vintages, its delivery days, its calendar."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..facts import calendar
from ..facts import markets as registry
from ..ingest import quality

_TRAILING_SESSIONS = 20


def market_days(rows: pd.DataFrame, market: str) -> tuple[pd.DataFrame, list[str]]:
    """Return one market's sessions, and remarks on what its file cannot tell."""
    remarks = []
    if (rows["date"] != rows["date"].dt.normalize()).any():
        rows, remark = delivery_days(rows)
        remarks += remark
    rows, remark = _main_product(rows, market)
    remarks += remark
    fact = registry.get(market)
    complete = fact.currency == "CNY" and fact.market_class in {"ets", "offset", "offset_venue"}
    uncovered = calendar.uncovered_years(rows["date"].min(), rows["date"].max())
    if complete and uncovered:
        years = ", ".join(str(y) for y in uncovered)
        remarks.append(f"no table of holidays for {years}: only days with a row count as open.")
    if fact.market_class == "ets" and rows["volume"].isna().all():
        remarks.append("no volumes in the file, so a printed price counts as a trade.")
    vintages = list(rows["vintage"].fillna("").unique())
    if len(vintages) == 1:
        return quality.daily(rows, market, complete=complete).assign(vintage=vintages[0]), remarks
    remarks.append(
        f"{len(vintages)} vintages: prices of the one most traded over 20 sessions, "
        "returns within a vintage only."
    )
    return _headline_vintage(rows, market, complete), remarks


def delivery_days(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return daily means of an intraday price; a day with intervals missing has none."""
    day = rows["date"].dt.normalize()
    groups = rows.assign(date=day).groupby("date")
    priced = groups["close"].count()
    full = int(groups.size().max())
    columns = ["market", "product", "vintage", "trade", "price_kind", "source"]
    daily = groups[columns].first()
    for column in ("open", "high", "low", "vwap", "volume", "value"):
        daily[column] = np.nan
    daily["close"] = groups["close"].mean().where(priced == full)
    short = int((priced < full).sum())
    remarks = [f"daily price: mean of {full} intervals of the delivery day."]
    if short:
        remarks.append(f"{short} delivery days with intervals missing have no daily price.")
    return daily.reset_index(), remarks


def _headline_vintage(rows: pd.DataFrame, market: str, complete: bool) -> pd.DataFrame:
    groups = rows.groupby(rows["vintage"].fillna(""))
    parts = {v: quality.daily(part, market, complete=complete) for v, part in groups}
    sessions = _venue_sessions(parts, complete)
    volume = pd.DataFrame({v: p["volume"] for v, p in parts.items()}).reindex(sessions)
    value = pd.DataFrame({v: p["value"] for v, p in parts.items()}).reindex(sessions)
    traded = pd.DataFrame({v: p["has_trade"] for v, p in parts.items()}).reindex(sessions)
    traded = traded.eq(True)
    activity = volume.fillna(0.0) if volume.notna().any(axis=None) else traded.astype(float)
    trailing = activity.rolling(_TRAILING_SESSIONS, min_periods=1).sum()
    lead = trailing.idxmax(axis=1).where(trailing.gt(0).any(axis=1)).ffill().bfill()
    pieces = [p.reindex(sessions)[lead == v].assign(vintage=v) for v, p in parts.items()]
    frame = pd.concat(pieces).sort_index()
    frame["volume"] = _sum(volume, traded)
    frame["value"] = _sum(value, traded)
    frame["is_open"] = True
    frame["has_trade"] = traded.any(axis=1)
    frame["is_stale"] = frame["is_stale"].astype("boolean").fillna(False).astype(bool)
    return frame


def _venue_sessions(parts: dict[str, pd.DataFrame], complete: bool) -> pd.DatetimeIndex:
    """The venue's sessions: those of its vintages, and the days on which none of them was alive."""
    days = sorted(set().union(*(p.index for p in parts.values())))
    if complete:
        return calendar.sessions(days[0], days[-1], days)
    return pd.DatetimeIndex(days, name="date")


def _sum(quantity: pd.DataFrame, traded: pd.DataFrame) -> pd.Series:
    """Sum over vintages: 0 without a trade, missing where a vintage's quantity is not printed."""
    if quantity.isna().all(axis=None):
        return quantity.sum(axis=1, min_count=1)
    return quantity.sum(axis=1).mask((traded & quantity.isna()).any(axis=1))


def _main_product(rows: pd.DataFrame, market: str) -> tuple[pd.DataFrame, list[str]]:
    """Keep the market's own product where the file holds several."""
    products = rows["product"].fillna("")
    if products.nunique() == 1:
        return rows, []
    code = registry.get(market).product_code
    own = products.eq(code) | products.eq("")
    if not own.any():
        own = products.eq(products.value_counts().index[0])
    others = sorted(set(products[~own]))
    return rows[own], [f"rows of other products left out of the panel: {', '.join(others)}."]
