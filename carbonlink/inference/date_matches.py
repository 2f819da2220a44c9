"""How many estimated dates fall near known events, and how many would by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class DateMatches:
    """Events near estimated dates.

    Attributes
    ----------
    table : DataFrame
        A row a date: `events` near it (text), the `nearest` event's date and its distance
        `days` (negative where the event came first).
    events : int
        Events in the span searched.
    matched : int
        Dates with an event near them.
    chance : float
        Share of the places where a date could lie that have an event near them.
    p_value : float
        Probability of at least `matched` matches when dates fall anywhere in the sample.
    within : int
        Largest distance, in calendar days.
    """

    table: pd.DataFrame
    events: int
    matched: int
    chance: float
    p_value: float
    within: int

    def __str__(self) -> str:
        dates = len(self.table)
        return (
            f"{self.matched} of {dates} dates have one of {self.events} events within "
            f"{self.within} days; a date anywhere in the sample has one with probability "
            f"{self.chance:.2f}, so {self.dates_by_chance:.1f} would by chance "
            f"(p = {self.p_value:.2f} for as many)."
        )

    @property
    def dates_by_chance(self) -> float:
        """Expected number of dates with an event near them, were they anywhere."""
        return self.chance * len(self.table)


def match_dates(
    dates: pd.DatetimeIndex,
    events: pd.Series,
    span: pd.DatetimeIndex,
    within: int = 10,
) -> DateMatches:
    """Count the dates that have an event near them, and what chance would give.

    Parameters
    ----------
    dates : DatetimeIndex
        Estimated dates, such as breaks.
    events : Series
        What happened, indexed by when.
    span : DatetimeIndex
        Every place where a date could have been found.
    within : int
        Largest distance, in calendar days.

    Returns
    -------
    DateMatches

    Notes
    -----
    With c the share of `span` within `within` days of an event, the number of m dates that have
    one is binomial(m, c) if they fall anywhere, independently. Dates that keep a distance from
    each other are not quite independent, which for few dates matters little.
    """
    from scipy.stats import binom

    when = pd.DatetimeIndex(events.index).normalize()
    reach = pd.Timedelta(days=int(within))
    inside = (when >= span[0].normalize() - reach) & (when <= span[-1].normalize() + reach)
    when, what = when[inside], [str(v) for v in events[inside]]
    gaps = _distances(span, when)
    chance = float((np.abs(gaps).min(axis=1) <= within).mean()) if len(when) else 0.0
    rows = []
    for date, row in zip(dates, _distances(dates, when), strict=True):
        near = np.flatnonzero(np.abs(row) <= within).tolist()
        first = int(np.argmin(np.abs(row))) if len(row) else -1
        rows.append(
            {
                "date": date,
                "events": "; ".join(f"{when[i].date()} {what[i]}" for i in near),
                "nearest": when[first] if first >= 0 else pd.NaT,
                "days": float(row[first]) if first >= 0 else np.nan,
            }
        )
    table = pd.DataFrame(rows, columns=["date", "events", "nearest", "days"]).set_index("date")
    matched = int((table["events"] != "").sum())
    tail = float(binom.sf(matched - 1, len(dates), chance)) if len(dates) else float("nan")
    return DateMatches(table, len(when), matched, chance, tail, int(within))


def _distances(dates: pd.DatetimeIndex, events: pd.DatetimeIndex) -> np.ndarray:
    """Calendar days from each date to each event, shape (dates, events)."""
    left = pd.DatetimeIndex(dates).normalize().to_numpy("datetime64[D]")
    right = events.to_numpy("datetime64[D]")
    return (right[None, :] - left[:, None]).astype(int)
