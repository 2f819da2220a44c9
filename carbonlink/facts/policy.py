"""Dated policy events, and which of them concern a market."""

from __future__ import annotations

import pandas as pd

from ..errors import check_choice
from .markets import get
from .published import published

PILOTS = (
    "shenzhen",
    "shanghai",
    "beijing",
    "guangdong",
    "tianjin",
    "hubei",
    "chongqing",
    "fujian",
)
"""The regional allowance markets that the group name "pilots" stands for."""


def policy_dates(market: str | None = None, kinds: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Return the dated policy events, those of one market or all.

    Parameters
    ----------
    market : str, optional
        Any spelling that `facts.markets.resolve` knows; every event when None.
    kinds : tuple of str, optional
        Kinds to keep, for example ``("allocation", "law")``; all when None.

    Returns
    -------
    DataFrame
        ``date`` (as a timestamp), ``market`` (ids with semicolons between; "pilots" stands for
        the eight regional allowance markets, "electricity" for every power market), ``event``,
        ``kind``, ``verified``, ``source``, ``note``, sorted by date. Surrender deadlines are
        not among them: they stand in `facts.compliance.deadlines`; the notices that moved them
        are (kind "deadline").

    Examples
    --------
    >>> from carbonlink.facts.policy import policy_dates
    >>> events = policy_dates("hubei", kinds=("launch",))
    >>> [str(day.date()) for day in events["date"]]
    ['2014-04-02', '2021-07-16']
    """
    frame = published("policy_dates")
    frame["date"] = pd.to_datetime(frame["date"])
    if market is not None:
        wanted = _groups(market)
        frame = frame[[bool(wanted & set(cell.split(";"))) for cell in frame["market"]]]
    if kinds is not None:
        kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        for kind in kinds:
            check_choice("kinds", kind, sorted(published("policy_dates")["kind"].unique()))
        frame = frame[frame["kind"].isin(kinds)]
    return frame.sort_values("date", kind="stable", ignore_index=True)


def _groups(market: str) -> set[str]:
    """The market itself and the groups that it belongs to."""
    entry = get(market)
    groups = {entry.market}
    if entry.market in PILOTS:
        groups.add("pilots")
    if entry.market.startswith("electricity"):
        groups.add("electricity")
    return groups
