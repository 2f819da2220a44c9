"""Deadlines that were moved and deadlines that were kept, with the volume around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DeadlineError, SpecificationError, UnknownMarketError, check_day
from ..facts import compliance
from ..facts.calendar import open_days_between
from .cycles import Refusal

_ONE_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Deadline:
    """One deadline of one market: the day first set, that to which it was moved, the notice's.

    `on_record` is False where a published deadline has no final day in the table.
    """

    market: str
    label: str
    original: pd.Timestamp
    moved: pd.Timestamp | None = None
    notice: pd.Timestamp | None = None
    on_record: bool = True

    @property
    def days(self) -> int:
        """Calendar days by which it was moved, 0 when it was kept."""
        return 0 if self.moved is None else (self.moved - self.original).days


def published_deadlines(market: str) -> tuple[list[Deadline], list[Refusal]]:
    """Return a market's published deadlines, moved or kept, and those of which too little is known.

    Notes
    -----
    The day first set is the statutory one, else the announced one; a deadline counts as moved
    when its final (else announced) day is later, and as kept when no later day is known, also
    where no final day is on record (`on_record`).
    """
    found, refused = [], []
    for _, row in compliance.deadlines(market).iterrows():
        label = str(row["emission_years"])
        first = row["statutory"] if pd.notna(row["statutory"]) else row["announced"]
        last = row["final"] if pd.notna(row["final"]) else row["announced"]
        if pd.isna(first):
            refused.append((market, label, "the day first set is not known"))
        elif pd.notna(row["final_unknown"]) or str(row["note"]).startswith("delayed"):
            why = row["final_unknown"] if pd.notna(row["final_unknown"]) else row["note"]
            refused.append((market, label, f"moved to a day not known ({why})"))
        else:
            later = pd.notna(last) and last > first
            notice = row["moved_on"] if later and pd.notna(row["moved_on"]) else None
            moved = last if later else None
            found.append(
                Deadline(market, label, first, moved, notice, bool(pd.notna(row["final"])))
            )
    return found, refused


def given_deadlines(market: str, moved: Any, kept: Any) -> list[Deadline]:
    """Return deadlines of the user's own: pairs (first set, moved to), and days kept."""
    found: list[Deadline] = []
    for pair in _listed("moved", moved, '[("2015-06-20", "2015-07-08")]'):
        try:
            first, last = pair
        except (TypeError, ValueError) as error:
            raise SpecificationError(
                f"moved= holds {pair!r}, which is no pair of days.",
                'Write ("2015-06-20", "2015-07-08"): the day first set, then the later one.',
            ) from error
        first, last = check_day("moved", first), check_day("moved", last)
        if last <= first:
            raise SpecificationError(
                f"moved= holds {first.date()} to {last.date()}, which is not later.",
                "Give the day first set, then the later one.",
            )
        if any(first in (one.original, one.moved) for one in found):
            raise SpecificationError(
                f"moved= holds the deadline of {first.date()} twice.", "Give each deadline once."
            )
        found.append(Deadline(market, str(first.date()), first, last))
    days = [check_day("kept", day) for day in _listed("kept", kept, '["2016-06-20"]')]
    for one in found:
        for day in days:
            if day in (one.original, one.moved):
                raise SpecificationError(
                    f"kept= holds {day.date()}, which is a deadline of moved=: no year is its own "
                    "comparison.",
                    "Leave it out of kept=.",
                )
    return found + [Deadline(market, str(day.date()), day) for day in sorted(set(days))]


def _listed(name: str, given: Any, example: str) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise SpecificationError(f"{name}={given!r} is no list.", f"Write {name}={example}.")
    return list(given)


def of_market(given: Any, market: str) -> Any:
    """Return the entry of a mapping for a market, or all of a list."""
    return given.get(market) if isinstance(given, Mapping) else given


def all_deadlines(market: str, moved: Any, kept: Any) -> tuple[list[Deadline], list[Refusal]]:
    """Return one market's deadlines: the published ones unless any are given."""
    if moved is None and kept is None:
        try:
            return published_deadlines(market)
        except DeadlineError as error:
            return [], [(market, "", error.message)]
        except UnknownMarketError:
            reason = "no market of the registry, and moved= and kept= are not given"
            return [], [(market, "", reason)]
    return given_deadlines(market, of_market(moved, market), of_market(kept, market)), []


def later_share(
    volume: pd.Series, one: Deadline, before: int, days: int, others: list[Deadline]
) -> tuple[float, float, str]:
    """Return the part of a window's volume that falls after the day first set, and the volume.

    Parameters
    ----------
    volume : Series
        Open days of the market.
    one : Deadline
    before, days : int
        The window is (original − before, original + days], in calendar days.
    others : list of Deadline
        Deadlines of the same market, which may not fall into the window.

    Returns
    -------
    share, total : float
        NaN where there is none.
    reason : str
        Why, or "".
    """
    start, end = one.original - before * _ONE_DAY, one.original + days * _ONE_DAY
    nothing = float("nan"), float("nan")
    if open_days_between(start, volume.index[0] - _ONE_DAY) and volume.index[0] > start:
        return *nothing, f"the sample begins {volume.index[0].date()}, inside its window"
    if open_days_between(volume.index[-1], end):
        return *nothing, f"the sample ends {volume.index[-1].date()}, inside its window"
    for other in others:
        if other.label == one.label:
            continue
        for day in (other.original, other.moved):
            if day is not None and start < day <= end:
                return *nothing, f"another deadline, {day.date()}, falls into its window"
    inside = volume.loc[start + _ONE_DAY : end]
    total = float(inside.sum())
    if not total > 0:
        return *nothing, "no volume in its window"
    return float(inside.loc[one.original + _ONE_DAY :].sum()) / total, total, ""


def weekly_shares(volume: pd.Series, one: Deadline, before: int, days: int) -> pd.Series:
    """Return the share of the window's volume in each week after the day first set (0 the first).

    Whole weeks only: the incomplete first and last ones are left out.
    """
    start, end = one.original - before * _ONE_DAY, one.original + days * _ONE_DAY
    inside = volume.loc[start + _ONE_DAY : end]
    week = np.floor_divide((pd.DatetimeIndex(inside.index) - one.original).days - 1, 7)
    shares = (inside / inside.sum()).groupby(week).sum()
    return shares.reindex(range(-(before // 7), days // 7), fill_value=0.0)
