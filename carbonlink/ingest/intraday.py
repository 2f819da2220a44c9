"""Quarter-hours by the million: delivery days in place of intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .schema import COLUMNS, KEY, NUMBERS, varying

DAILY_ABOVE = 200_000
"""Intervals of one file above which a folder is read into delivery days."""
_SUMS = ("sum", "count", "minutes")
_SERIES = ("market", "product", "vintage", "trade", "price_kind", "source")


def is_intraday(frame: pd.DataFrame) -> bool:
    """Return whether any row is of a time within a day."""
    return bool((frame["date"] != frame["date"].dt.normalize()).any())


def sums_by_day(frame: pd.DataFrame) -> pd.DataFrame:
    """Return sum and number of the prices, and of their minutes, of each series and day."""
    if frame.empty:
        return pd.DataFrame(columns=[*_SERIES, "date", *_SUMS])
    price = frame["close"].where(frame["close"].notna(), frame["vwap"])
    keys = [*varying(frame, _SERIES), "date"]
    days = frame["date"].dt.normalize()
    minute = ((frame["date"] - days) // pd.Timedelta(minutes=1)).where(price.notna(), 0)
    day = frame[keys[:-1]].assign(date=days, sum=price, count=price.notna(), minutes=minute)
    sums = day.groupby(keys, sort=False)[list(_SUMS)].sum().reset_index()
    return sums.assign(**{n: frame[n].iloc[0] for n in _SERIES if n not in keys})


def days_of(sums: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the mean price of each complete delivery day, and what must be known of the others.

    Parameters
    ----------
    sums : DataFrame
        Of `sums_by_day`; those of several blocks one below the other.

    Notes
    -----
    A day is complete when it has as many intervals as most days of its series have. A day with
    fewer (missing) or more (printed twice, or an hour repeated in autumn) has no daily price and
    no row; nor has a day with as many at other times (one missing, another printed twice), which
    the sum of their minutes shows.
    """
    if sums.empty:
        return pd.DataFrame(columns=list(COLUMNS)), ()
    table = sums.groupby([*_SERIES, "date"], sort=False)[list(_SUMS)].sum().reset_index()
    usual = table.groupby(list(_SERIES))["count"].transform(lambda counts: counts.mode().iloc[-1])
    whole = (table["count"] == usual) & (table["count"] > 0)
    minutes = table[whole].groupby(list(_SERIES))["minutes"].agg(lambda m: m.mode().iloc[-1])
    known = table[list(_SERIES)].merge(minutes.reset_index(), how="left", on=list(_SERIES))
    whole &= (table["minutes"] == known["minutes"]).to_numpy()
    days = table[whole].copy()
    for name in NUMBERS:
        days[name] = days["sum"] / days["count"] if name == "close" else np.nan
    days = days[list(COLUMNS)].sort_values(list(KEY), kind="stable", ignore_index=True)
    counts = ", ".join(str(int(n)) for n in sorted(set(usual)))
    notes = [f"Read into delivery days: the mean of {counts} intervals; cl.read gives them all."]
    if (~whole).any():
        notes.append(
            f"{(~whole).sum()} delivery days with fewer, more or other intervals have no price."
        )
    return days, tuple(notes)
