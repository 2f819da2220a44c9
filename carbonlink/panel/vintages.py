"""One headline series of a market that trades several vintages: which leads, and how it rolls."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..facts import calendar
from ..ingest import quality

TRAILING_SESSIONS = 20
"""Sessions, today's included, over which the trade of each vintage is added up."""

LEAD = 1.25
"""A vintage takes over when it traded at least this many times as much as the leading one."""


def headline_vintage(
    rows: pd.DataFrame, market: str, complete: bool, limit: pd.Series | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Return the days of the vintage that leads on each of them, and remarks.

    Parameters
    ----------
    rows : DataFrame
        Tidy rows of one market and product, of several vintages.
    market : str
        Canonical market id.
    complete, limit
        See `carbonlink.ingest.quality.daily`.

    Returns
    -------
    frame : DataFrame
        As `quality.daily` makes it: prices and price flags of the leading vintage, named in
        `vintage`; quantities, `has_trade` and `is_block` over all vintages; `is_roll` on the
        first genuine price of a vintage that took over.
    remarks : list of str

    Notes
    -----
    The leading vintage is the most traded one over the last 20 sessions; another takes over
    when it traded at least 1.25 times as much (hysteresis: two vintages of like trade do not
    take turns). A change is always between two prices of one vintage. Where a vintage takes
    over, the change runs from its own previous price, if that is no older than the last price of
    the series; an older one would count days twice, and the series has no return there.
    """
    groups = rows.groupby(rows["vintage"].fillna(""))
    parts = {v: quality.daily(part, market, complete=complete, limit=limit) for v, part in groups}
    sessions = _venue_sessions(parts, complete)
    volume = pd.DataFrame({v: p["volume"] for v, p in parts.items()}).reindex(sessions)
    value = pd.DataFrame({v: p["value"] for v, p in parts.items()}).reindex(sessions)
    traded = pd.DataFrame({v: p["has_trade"] for v, p in parts.items()}).reindex(sessions)
    traded = traded.eq(True)
    activity = volume.fillna(0.0) if volume.notna().any(axis=None) else traded.astype(float)
    lead = leading(activity)
    pieces = [p.reindex(sessions)[lead == v].assign(vintage=v) for v, p in parts.items()]
    frame = pd.concat(pieces).sort_index()
    frame["volume"] = _sum(volume, traded)
    frame["value"] = _sum(value, traded)
    frame["is_open"] = True
    frame["has_trade"] = traded.any(axis=1)
    for flag in ("is_block", "total_differs"):
        frame[flag] = _any({v: p[flag] for v, p in parts.items()}, sessions)
    for flag in ("is_stale", "reference_open"):
        frame[flag] = frame[flag].astype("boolean").fillna(False).astype(bool)
    return _rolled(frame, {v: p["price"] for v, p in parts.items()}, len(parts))


def leading(
    activity: pd.DataFrame, trailing: int = TRAILING_SESSIONS, lead: float = LEAD
) -> pd.Series:
    """Return the leading column of each row: the most active over a trailing window.

    Parameters
    ----------
    activity : DataFrame
        What each vintage traded, a row a session, a column a vintage; no missing values.
    trailing : int
        Sessions added up, the row's own included.
    lead : float
        How many times the leading column's sum another's must reach to take over.

    Returns
    -------
    Series
        Column labels. Before any trade: the first column that ever trades.
    """
    sums = activity.rolling(trailing, min_periods=1).sum().to_numpy()
    sums = np.where(sums > 1e-9 * np.abs(activity.to_numpy()).max(initial=0.0), sums, 0.0)
    best, top = sums.argmax(axis=1), sums.max(axis=1)
    places, now = np.empty(len(sums), dtype=int), -1
    for row in range(len(sums)):
        takes_over = now < 0 or (top[row] > sums[row, now] and top[row] >= lead * sums[row, now])
        if top[row] > 0 and takes_over:
            now = best[row]
        places[row] = now
    first = places[places >= 0][0] if (places >= 0).any() else 0
    places[places < 0] = first
    return pd.Series(activity.columns.to_numpy()[places], index=activity.index)


def chained(frame: pd.DataFrame) -> pd.Series:
    """Return a price index that has the changes within vintages and none between them.

    Parameters
    ----------
    frame : DataFrame
        Columns `price` and `previous_price` of the headline series.

    Returns
    -------
    Series
        The first price times the product of P_t / P_s over all changes so far; the price itself
        where there is one vintage. Missing without a genuine price, and missing altogether
        where prices are not all above zero.
    """
    price = frame["price"]
    known = price.dropna()
    if known.empty or (known <= 0).any():
        return pd.Series(np.nan, index=frame.index)
    if not frame["is_roll"].any():
        return price.copy()
    steps = (known / frame["previous_price"].reindex(known.index)).fillna(1.0)
    return (known.iloc[0] * steps.cumprod()).reindex(frame.index)


def _rolled(
    frame: pd.DataFrame, prices: dict[str, pd.Series], count: int
) -> tuple[pd.DataFrame, list[str]]:
    """Mark the rolls, and take away changes that would begin before the series' last price."""
    genuine = frame[frame["price"].notna()]
    roll = genuine["vintage"].ne(genuine["vintage"].shift())
    if len(roll):
        roll.iloc[0] = False
    unlinked = [
        day
        for day, last in zip(
            genuine.index[roll], genuine.index[roll.shift(-1, fill_value=False)], strict=True
        )
        if not _links(prices[str(genuine.at[day, "vintage"])], last, day)
    ]
    frame = frame.assign(is_roll=roll.reindex(frame.index, fill_value=False).astype(bool))
    frame.loc[unlinked, ["previous_price", "gap_days"]] = np.nan
    remark = (
        f"{count} vintages: prices of the one most traded over {TRAILING_SESSIONS} sessions, "
        f"another taking over at {LEAD:g} times its trade; {int(roll.sum())} rolls. Returns are "
        "within a vintage only"
    )
    if unlinked:
        remark += (
            f"; {len(unlinked)} rolls have none, since the new vintage did not trade on or after "
            "the series' last price"
        )
    return frame, [f"{remark}. prices(chained=True) links the vintages by their returns."]


def _links(price: pd.Series, last: pd.Timestamp, day: pd.Timestamp) -> bool:
    """Whether a vintage has a genuine price from the series' last one on, before the roll."""
    return bool(price.loc[last:day].iloc[:-1].notna().any())


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


def _any(flags: dict[str, pd.Series], sessions: pd.DatetimeIndex) -> pd.Series:
    """Whether any vintage has a flag; missing where no vintage can tell."""
    wide = pd.DataFrame({v: f.reindex(sessions).astype("boolean") for v, f in flags.items()})
    return wide.any(axis=1, skipna=True).astype("boolean").mask(wide.isna().all(axis=1))
