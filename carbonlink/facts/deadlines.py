"""Surrender deadlines: statutory, announced, interim and final, and which of them counts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..errors import DeadlineError, check_choice
from .markets import get
from .published import published

CHAINS = {
    "final": ("final", "announced", "statutory"),
    "announced": ("announced", "statutory"),
    "statutory": ("statutory",),
    "interim": ("interim", "final", "announced", "statutory"),
}
_DATES = ("statutory", "announced", "interim", "final")
_STAMPS = (*_DATES, "moved_on")
_NUMBERS = ("entities", "compliant_entities", "compliance_rate_pct")


def _rows(market: str) -> tuple[str, pd.DataFrame]:
    market = get(market).market
    frame = published("deadlines")
    frame = frame[frame["market"] == market].sort_values("emission_year", ignore_index=True)
    if frame.empty:
        raise DeadlineError(
            f"No compliance deadlines are known for {market}.",
            "Pass them as deadlines=[…], or add them with their source to "
            "carbonlink/facts/tables/deadlines.csv.",
        )
    for column in _STAMPS:
        frame[column] = pd.to_datetime(frame[column])
    return market, frame


def _first(cells: pd.Series) -> object:
    known = cells.dropna()
    return known.iloc[0] if len(known) else None


def deadlines(market: str) -> pd.DataFrame:
    """Return the surrender deadlines of a market, one row a surrender.

    Parameters
    ----------
    market : str
        Any spelling that `facts.markets.resolve` knows.

    Returns
    -------
    DataFrame
        ``emission_years`` ("2019-2020" where two years are due together), the dates
        ``statutory``, ``announced``, ``interim`` (a first share, or a first extension, as
        ``interim_kind`` says) and ``final``; ``final_unknown`` says why a deadline that was
        moved has no final day, ``moved_on`` the day of the notice that moved it, where one was
        found; then entities, compliance rate, ``confidence``, ``verified``,
        ``source``, ``note``. Emission years whose deadline nobody could confirm have no row.

    Examples
    --------
    >>> from carbonlink.facts import compliance
    >>> str(compliance.deadlines("shanghai").set_index("emission_years")["final"]["2019"].date())
    '2020-10-30'
    """
    _, frame = _rows(market)
    due = frame["due_with"].fillna(frame["emission_year"]).astype(int)
    dates = frame[list(_DATES)].astype("string").fillna("").agg("|".join, axis=1)
    same = (dates == dates.shift()) & (dates != "|||") | (due == due.shift())
    merged = []
    for _, group in frame.groupby((~same).cumsum(), sort=False):
        row = {column: _first(group[column]) for column in group}
        years = group["emission_year"].tolist()
        row["emission_years"] = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        for column in ("source", "note", "period_label"):
            row[column] = "; ".join(dict.fromkeys(group[column].dropna())) or None
        merged.append(row)
    result = pd.DataFrame(merged).reset_index(drop=True)
    result = result.drop(columns=["emission_year", "due_with", "market_id", "name_zh"])
    for column in _STAMPS:
        result[column] = pd.to_datetime(result[column])
    for column in _NUMBERS:
        result[column] = result[column].astype(float)
    front = ["market", "emission_years"]
    return result[front + [c for c in result if c not in front]]


@dataclass(frozen=True)
class Due:
    """What is known of one emission year: its deadline, or the reason why there is none."""

    year: int
    day: pd.Timestamp | None
    kind: str = ""
    verified: str = ""
    note: str = ""
    reason: str = ""


def _due(year: int, row: pd.Series, which: str) -> Due:
    note = "" if pd.isna(row["note"]) else str(row["note"])
    if (
        which in ("final", "interim")
        and pd.isna(row["final"])
        and not pd.isna(row["final_unknown"])
    ):
        return Due(year, None, reason=f"the final deadline is not known ({row['final_unknown']})")
    for kind in CHAINS[which]:
        if kind == "interim" and "due" not in str(row["interim_kind"]):
            continue  # a first extension is no day on which a share is due
        if not pd.isna(row[kind]):
            return Due(year, row[kind], kind, str(row["verified"]), note)
    reason = f"no {which} deadline is known" if which != "final" else "no deadline is known"
    return Due(year, None, reason=f"{reason} ({note})" if note else reason)


def dues(market: str, which: str, until: int = 0) -> list[Due]:
    """Return one `Due` an emission year, up to the last in the table or to `until`."""
    market, frame = _rows(market)
    by_year = {int(row["emission_year"]): row for _, row in frame.iterrows()}
    first = get(market).first_emission_year or min(by_year)
    found = []
    for year in range(first, max(max(by_year), until) + 1):
        row = by_year.get(year)
        if row is not None and not pd.isna(row["due_with"]):
            row = by_year.get(int(row["due_with"]))
        found.append(
            Due(year, None, reason="no deadline is known")
            if row is None
            else _due(year, row, which)
        )
    return found


def due_dates(market: str, which: str = "final") -> tuple[pd.DatetimeIndex, dict[int, str]]:
    """List the known deadlines of a market, and the emission years without one.

    Parameters
    ----------
    market : str
        Any spelling that `facts.markets.resolve` knows.
    which : {"final", "announced", "statutory", "interim"}
        Deadline used, as in `cycles`.

    Returns
    -------
    dates : DatetimeIndex
        Sorted, each day once.
    unknown : dict of int to str
        Emission year and the reason why it has no deadline.

    Examples
    --------
    >>> from carbonlink.facts import compliance
    >>> dates, unknown = compliance.due_dates("cea")
    >>> dates.strftime("%Y-%m-%d").tolist()
    ['2021-12-31', '2023-12-31', '2024-12-31', '2025-12-31']
    """
    check_choice("which", which, CHAINS)
    found = dues(market, which)
    days = {due.day for due in found if due.day is not None}
    unknown = {due.year: due.reason for due in found if due.day is None}
    return pd.DatetimeIndex(sorted(days), name="deadline"), unknown
