"""Quarter-hours by the million: delivery days in place of intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .schema import COLUMNS, KEY, NUMBERS, varying

DAILY_ABOVE = 200_000
"""Intervals of one file above which a folder is read into delivery days."""
_SUMS = ("sum", "count", "minutes", "volumes")
_SERIES = ("market", "product", "vintage", "trade", "price_kind", "source")


@dataclass(frozen=True, kw_only=True, eq=False)
class Days:
    """Delivery days of intervals.

    Attributes
    ----------
    frame : DataFrame
        Tidy rows of the complete days, with their mean price.
    without : DataFrame
        Tidy rows of the other days, without a price.
    series : DataFrame
        A row a series: the keys, `intervals` of a complete day, and whether any has a volume.
    """

    frame: pd.DataFrame
    without: pd.DataFrame
    series: pd.DataFrame

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known of a file that is read into its days."""
        if self.series.empty:
            return ()
        counts = ", ".join(str(int(n)) for n in sorted(set(self.series["intervals"])))
        said = [f"Read into delivery days: the mean of {counts} intervals; cl.read gives them all."]
        if len(self.without):
            said.append(
                f"{len(self.without)} delivery days with fewer, more or other intervals have no "
                "price."
            )
        return tuple(said)

    def of(self, market: str) -> Days:
        """Return those of one market."""
        parts = {name: getattr(self, name) for name in ("frame", "without", "series")}
        return Days(**{name: part[part["market"] == market] for name, part in parts.items()})


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
    day = day.assign(volumes=frame["volume"].notna())
    sums = day.groupby(keys, sort=False)[list(_SUMS)].sum().reset_index()
    return sums.assign(**{n: frame[n].iloc[0] for n in _SERIES if n not in keys})


def days_of(sums: pd.DataFrame) -> Days:
    """Return the mean price of each complete delivery day, and the days without one.

    Parameters
    ----------
    sums : DataFrame
        Of `sums_by_day`; those of several blocks one below the other.

    Notes
    -----
    A day is complete when it has as many intervals as most days of its series have. A day with
    fewer (missing) or more (printed twice, or an hour repeated in autumn) has no daily
    price; nor has a day with as many at other times (one missing, another printed twice), which
    the sum of their minutes shows.
    """
    if sums.empty:
        none = pd.DataFrame(columns=list(COLUMNS))
        return Days(frame=none, without=none, series=none.assign(intervals=0, volumes=False))
    table = sums.groupby([*_SERIES, "date"], sort=False)[list(_SUMS)].sum().reset_index()
    groups = table.groupby(list(_SERIES), sort=False)
    usual = groups["count"].transform(lambda counts: counts.mode().iloc[-1])
    whole = (table["count"] == usual) & (table["count"] > 0)
    minutes = table[whole].groupby(list(_SERIES))["minutes"].agg(lambda m: m.mode().iloc[-1])
    known = table[list(_SERIES)].merge(minutes.reset_index(), how="left", on=list(_SERIES))
    whole &= (table["minutes"] == known["minutes"]).to_numpy()
    mean = (table["sum"] / table["count"]).where(whole)
    days = table.assign(**dict.fromkeys(NUMBERS, np.nan)).assign(close=mean)
    frame, without = (
        days.loc[chosen, list(COLUMNS)].sort_values(list(KEY), kind="stable", ignore_index=True)
        for chosen in (whole, ~whole)
    )
    series = table.assign(intervals=usual, volumes=table["volumes"] > 0)
    series = series.groupby(list(_SERIES), sort=False)[["intervals", "volumes"]].max()
    return Days(frame=frame, without=without, series=series.reset_index())
