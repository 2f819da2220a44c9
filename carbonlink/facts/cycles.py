"""Compliance cycles: the days between one surrender deadline and the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import DeadlineError, SpecificationError, check_choice, check_day
from .calendar import open_days_between
from .deadlines import CHAINS, Due, dues
from .markets import get

_ONE_DAY = pd.Timedelta(days=1)
_LATE_START = 5  # open days that a sample may miss at the start of a later cycle
_LATE_OPENING = 0.25  # share of its open days that it may miss of a market's first cycle

Refusal = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One compliance cycle: the days from after one deadline up to the next.

    Notes
    -----
    `start` and `end` are calendar days, both inside the cycle; `end` is the deadline.
    `deadline_kind` is "final", "announced", "statutory" or "given"; `note` is the footnote
    that must follow the cycle, `verified` how sure its deadline is.
    """

    label: str
    start: pd.Timestamp
    end: pd.Timestamp
    deadline: pd.Timestamp
    deadline_kind: str
    emission_years: tuple[int, ...] = ()
    verified: str = ""
    note: str = ""


def _grouped(dues: list[Due]) -> list[list[Due]]:
    groups: list[list[Due]] = []
    for due in dues:
        if groups and due.day is not None and due.day == groups[-1][-1].day:
            groups[-1].append(due)
        else:
            groups.append([due])
    return groups


def _label(group: list[Due]) -> str:
    return str(group[0].year) if len(group) == 1 else f"{group[0].year}-{group[-1].year}"


def cycles(
    market: str, first: Any, last: Any, which: str = "final"
) -> tuple[tuple[Cycle, ...], tuple[Refusal, ...]]:
    """Divide a sample into the compliance cycles of a market.

    Parameters
    ----------
    market : str
        Any spelling that `facts.markets.resolve` knows.
    first, last : date-like
        First and last session of the sample.
    which : {"final", "announced", "statutory", "interim"}
        Deadline used: "final" takes the final day, else the announced, else the statutory
        one; "announced" the announced, else the statutory one; "statutory" that one alone;
        "interim" the day by which a first share of the units is due, else as "final".

    Returns
    -------
    cycles : tuple of Cycle
        The cycles that lie in the sample, in order.
    refused : tuple of (label, reason)
        What was left out, and why.

    Notes
    -----
    A cycle starts the day after the previous deadline. A cycle whose own or previous deadline
    is not known is refused, never merged into a longer one; so is one whose deadline was moved
    to a day that nobody found (``which="final"`` only). Emission years due on one day are one
    cycle. The first cycle of a market begins at its first session, with a footnote; it is
    refused if the sample misses more than a quarter of its open days, a later cycle if it
    misses more than five at the start or any at the end. The days after the last deadline are
    left out.

    Examples
    --------
    >>> from carbonlink.facts import compliance
    >>> kept, refused = compliance.cycles("cea", "2021-07-16", "2025-05-07")
    >>> [(c.label, str(c.start.date()), str(c.end.date())) for c in kept][:2]
    [('2019-2020', '2021-07-16', '2021-12-31'), ('2021-2022', '2022-01-01', '2023-12-31')]
    """
    check_choice("which", which, CHAINS)
    first, last = _span(first, last)
    groups = _grouped(dues(market, which, last.year - 1))
    kept: list[Cycle] = []
    refused: list[Refusal] = []
    for i, group in enumerate(groups):
        if _outside(groups, i, first, last):
            continue
        found = _one(get(market).market, groups[i - 1] if i else None, group, first, last)
        if isinstance(found, Cycle):
            kept.append(found)
        else:
            refused.append(found)
    known = [g[-1].day for g in groups if g[-1].day is not None]
    refused += _tail(known, first, last)
    return tuple(kept), tuple(refused)


def _span(first: Any, last: Any) -> tuple[pd.Timestamp, pd.Timestamp]:
    first, last = check_day("first", first), check_day("last", last)
    if last < first:
        raise SpecificationError(
            f"The last session, {last.date()}, is before the first, {first.date()}.",
            "Swap the two.",
        )
    return first, last


def _outside(groups: list[list[Due]], i: int, first: pd.Timestamp, last: pd.Timestamp) -> bool:
    group = groups[i]
    if group[-1].day is None:
        # Without its date a year is placed by its neighbours: due one or two years later.
        later = [g[-1].day for g in groups[i + 1 :] if g[-1].day is not None]
        ended = bool(later) and later[0] < first
        return ended or group[-1].year + 2 < first.year or group[0].year >= last.year
    previous = groups[i - 1][-1].day if i else None
    return group[-1].day < first or (previous is not None and previous >= last)


def _one(
    market: str,
    previous: list[Due] | None,
    group: list[Due],
    first: pd.Timestamp,
    last: pd.Timestamp,
) -> Cycle | Refusal:
    label, due = _label(group), group[-1]
    if due.day is None:
        return label, due.reason
    before = previous[-1].day if previous else None
    if previous is not None and before is None:
        return label, f"its start is not known: for {_label(previous)}, {previous[-1].reason}"
    if before is not None and before >= due.day:
        return label, f"its deadline {due.day.date()} is not after the previous one"
    if missing := open_days_between(last, due.day):
        return label, (
            f"the sample ends {last.date()}, {missing} open days before the deadline "
            f"{due.day.date()}"
        )
    opened = get(market).launch_date if before is None else before + _ONE_DAY
    late = open_days_between(opened - _ONE_DAY, first - _ONE_DAY) if opened is not None else 0
    allowed: float = _LATE_START
    if previous is None and opened is not None:
        allowed = _LATE_OPENING * open_days_between(opened - _ONE_DAY, due.day)
    if late > allowed:
        return label, f"the sample begins {first.date()}, {late} open days into the cycle"
    notes = [due.note] if due.note else []
    if due.verified == "rule_only":
        notes.append("the deadline is the rule's; no notice for the year was seen")
    if late:
        notes.append(f"{late} open days at its start are not in the sample")
    if previous is None:
        notes.insert(0, f"the market's first cycle: begins at the first session, {first.date()}")
    return Cycle(
        label=label,
        start=first if before is None else before + _ONE_DAY,
        end=due.day,
        deadline=due.day,
        deadline_kind=due.kind,
        emission_years=tuple(d.year for d in group),
        verified=due.verified,
        note="; ".join(notes),
    )


def _tail(known: list[pd.Timestamp], first: pd.Timestamp, last: pd.Timestamp) -> list[Refusal]:
    if any(day > last for day in known):
        return []
    start = max([first, *(day + _ONE_DAY for day in known)])
    if not open_days_between(start - _ONE_DAY, last):
        return []
    after = f"after the last known deadline, {max(known).date()}" if known else "no deadline known"
    return [("tail", f"{start.date()} to {last.date()}: {after}")]


def cycles_from_deadlines(
    deadlines: Iterable[Any], first: Any, last: Any
) -> tuple[tuple[Cycle, ...], tuple[Refusal, ...]]:
    """Divide a sample into cycles that end at deadlines of the user's own.

    Parameters
    ----------
    deadlines : iterable of dates
        Days by which allowances are due; order and repetition do not matter.
    first, last : date-like
        First and last session of the sample.

    Returns
    -------
    cycles : tuple of Cycle
        Cycles in order, labelled with their deadline; the first begins at the first session.
    refused : tuple of (label, reason)
        A cycle that the sample does not reach the end of, and the tail after the last one.

    Examples
    --------
    >>> from carbonlink.facts import compliance
    >>> kept, _ = compliance.cycles_from_deadlines(
    ...     ["2020-06-30", "2021-06-30"], "2019-07-01", "2021-06-30"
    ... )
    >>> [str(c.start.date()) for c in kept]
    ['2019-07-01', '2020-07-01']
    """
    first, last = _span(first, last)
    given = [deadlines] if isinstance(deadlines, (str, pd.Timestamp)) else list(deadlines)
    days = sorted({check_day("deadlines", day) for day in given})
    if not days:
        raise DeadlineError("No deadlines are given, or one is missing.", "Pass deadlines=[…].")
    kept: list[Cycle] = []
    refused: list[Refusal] = []
    inside = [day for day in days if day >= first]
    previous = max((day for day in days if day < first), default=None)
    for day in inside:
        start = previous + _ONE_DAY if previous is not None else first
        previous = day
        if start > last:
            break
        label = str(day.date())
        if missing := open_days_between(last, day):
            reason = f"the sample ends {last.date()}, {missing} open days before the deadline"
            refused.append((label, reason))
            continue
        note = "begins at the first session" if start <= first else ""
        start = max(start, first)
        kept.append(
            Cycle(label=label, start=start, end=day, deadline=day, deadline_kind="given", note=note)
        )
    return tuple(kept), (*refused, *_tail(days, first, last))
