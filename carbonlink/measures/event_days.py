"""Market-days around compliance deadlines: an outcome, its event time, its cycle."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import (
    DataError,
    DeadlineError,
    SpecificationError,
    TooFewObservationsError,
    check_choice,
)
from ..facts import compliance
from ..panel import Panel
from .cycles import CycleVolume, Refusal, cut, deadlines_of, parse_deadlines, reasons
from .daily_volumes import DailyVolumes, check_deadline_names, check_is_market, daily_volumes
from .market_caps import Caps

VOLUMES = ("volume", "has_trade", "volume_if_traded", "turnover")
PRICED = ("value", "abs_return", "amihud", "block_share")
OUTCOMES = (*VOLUMES, *PRICED)
PER_MILLION = 1e6
_NO_CAP = "no cap"
_ONE_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class EventDays:
    """Market-days of the cycles used.

    Attributes
    ----------
    frame : DataFrame
        Columns market, cycle, date, outcome (missing where it is not defined), tau (open days
        to the deadline in reach, negative before it; missing beyond the horizon), deadline.
    cycles : tuple of CycleVolume
    refused : list of (market, cycle, reason)
    notes : list of str
    sources : tuple of str
    """

    frame: pd.DataFrame
    cycles: tuple[CycleVolume, ...]
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sources: tuple[str, ...] = ()


def event_days(
    data: Any,
    market: Any,
    deadlines: Any,
    outcome: str,
    horizon: tuple[int, int],
    which: str = "final",
    caps: Any = None,
) -> EventDays:
    """Return every open day of every whole cycle with its outcome and its event time.

    Parameters
    ----------
    data, market, deadlines, which
        As in `concentration`.
    outcome : str
        One of `OUTCOMES`.
    horizon : tuple of int
        Days at most before (a negative number, itself not counted) and after a deadline.
    caps : mapping, optional
        As in `liquidity`; of the turnover rate alone.
    """
    check_choice("outcome", outcome, OUTCOMES)
    if caps is not None and outcome != "turnover":
        raise SpecificationError(
            f"caps= has no part in outcome={outcome!r}.", 'Use outcome="turnover", or leave it out.'
        )
    amounts, outcomes = _outcomes(data, market, deadlines, outcome)
    allowances = Caps(caps, amounts.series) if outcome == "turnover" else None
    check_deadline_names(deadlines, amounts.series)
    refused, rows, kept, notes = list(amounts.refused), [], [], list(amounts.notes)
    for label, sessions in amounts.series.items():
        own = deadlines_of(deadlines, label)
        found, left_out = _cycles(sessions, label, own, which, len(amounts.series) == 1)
        refused += left_out
        known = _known(label, own, which) if found else set()
        for one in found:
            values, reason = _over_cap(outcomes[label].reindex(one.dates), one, allowances, notes)
            reason = reason or _problem(one, values, outcome)
            if reason:
                refused.append((label, one.label, reason))
                continue
            kept.append(one)
            rows.append(_rows(one, values, known, horizon))
    bare = [r for r in refused if r[2].startswith(_NO_CAP)]
    if bare:
        notes.append(f"{len(bare)} market-years have no known cap and are left out.")
    if not kept:
        lines = " ".join(reasons(refused, True)[:5])
        raise TooFewObservationsError(
            f"No cycle can be used. {lines}".strip(),
            "Give a sample with one whole cycle and its deadline, or other deadlines=.",
        )
    frame = pd.concat(rows, ignore_index=True)
    return EventDays(frame, tuple(kept), refused, list(dict.fromkeys(notes)), amounts.sources)


def market_year(frame: pd.DataFrame) -> pd.Series:
    """Return the label of each row's market-year: its market and cycle."""
    return (frame["market"] + " " + frame["cycle"]).rename("market_year")


def _over_cap(
    volume: pd.Series, one: CycleVolume, allowances: Caps | None, notes: list[str]
) -> tuple[pd.Series, str]:
    """Return volume as % of the market-year's cap, or why there is none."""
    if allowances is None:
        return volume, ""
    cap = allowances.of(one.market, one.deadlines[-1].year)
    if not np.isfinite(cap.tonnes):
        return volume, f"{_NO_CAP}: {cap.doubt}; give it by caps="
    if cap.doubt:
        doubt = re.sub(r"(stands for) \d+", r"\1 other years", cap.doubt)
        head = f"{one.market}: its cap of {cap.tonnes:,.0f} is doubtful"
        if not any(note.startswith(head) for note in notes):
            notes.append(f"{head} ({doubt}).")
    return 100 * volume / cap.tonnes, ""


def _cycles(
    sessions: pd.Series, label: str, own: Any, which: str, alone: bool
) -> tuple[list[CycleVolume], list[Refusal]]:
    try:
        if own is None:
            check_is_market(label)
        return cut(sessions, label, own, "compliance", "open", which)
    except DeadlineError as error:
        if alone:
            raise
        return [], [(label, "", error.message)]


def _known(label: str, own: Any, which: str) -> set[pd.Timestamp]:
    if own is not None:
        return set(parse_deadlines(own))
    try:
        return set(compliance.due_dates(label, which)[0])
    except DeadlineError:
        return set()


def _problem(one: CycleVolume, values: pd.Series, outcome: str) -> str:
    if not len(values):
        return "no rows"
    if (one.stops == 0).any():
        return f"its deadline {one.deadlines[0].date()} is before its first open day"
    if values.isna().all():
        return f"no day has a value of {outcome}"
    return "" if values.sum() > 0 else f"{outcome} is 0 on every day"


def _rows(
    one: CycleVolume, values: pd.Series, known: set[pd.Timestamp], horizon: tuple[int, int]
) -> pd.DataFrame:
    before = one.start - _ONE_DAY
    ends = [*([before] if before in known else []), *one.deadlines]
    tau = compliance.event_time(one.dates, ends, before=-horizon[0] - 1, after=max(horizon[1], 0))
    tau = np.where(tau > horizon[1], np.nan, tau)
    return pd.DataFrame(
        {
            "market": one.market,
            "cycle": one.label,
            "date": one.dates,
            "outcome": values.to_numpy(float),
            "tau": tau,
            "deadline": one.deadlines[-1],
        }
    )


def _outcomes(
    data: Any, market: Any, deadlines: Any, outcome: str
) -> tuple[DailyVolumes, dict[str, pd.Series]]:
    if outcome in VOLUMES:
        amounts = daily_volumes(data, market, deadlines, "total", "volume")
        return amounts, {k: _of_volume(v, outcome) for k, v in amounts.series.items()}
    if not isinstance(data, Panel):
        raise SpecificationError(
            f"outcome={outcome!r} needs a Panel, which has prices and trade kinds.",
            'Compute it and pass it as the series itself, with outcome="volume".',
        )
    if outcome == "value":
        amounts = daily_volumes(data, market, deadlines, "total", "value")
        return amounts, dict(amounts.series)
    amounts = daily_volumes(data, market, deadlines, "total", "volume")
    found, series = {}, {}
    for label, volume in amounts.series.items():
        try:
            found[label] = _of_panel(data, label, volume, outcome)
            series[label] = volume
        except DataError as error:
            if len(amounts.series) == 1:
                raise
            amounts.refused.append((label, "", error.message))
    kept = DailyVolumes(series, amounts.missing, amounts.refused, amounts.notes, amounts.sources)
    return kept, found


def _of_volume(volume: pd.Series, outcome: str) -> pd.Series:
    if outcome == "has_trade":
        return volume.gt(0).astype(float)
    return volume.where(volume.gt(0)) if outcome == "volume_if_traded" else volume


def _of_panel(panel: Panel, label: str, volume: pd.Series, outcome: str) -> pd.Series:
    if outcome == "block_share":
        block = panel.volume([label], trade="block")[label].reindex(volume.index)
        return (block / volume.where(volume.gt(0))).clip(0, 1)
    moves = panel.returns([label], method="log")[label].abs()
    if outcome == "abs_return":
        gap = panel.gap_days([label])[label].reindex(moves.index)
        return moves / np.sqrt(gap)
    value = panel.value([label])[label].reindex(moves.index)
    if value.isna().all():
        raise DataError(f"{label}: its file has no values, which Amihud's measure divides by.")
    return PER_MILLION * (moves / 100) / value.where(value.gt(0))
