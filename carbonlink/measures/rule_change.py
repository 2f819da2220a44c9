"""Compliance cycles before and after a rule changed, against every other date it might have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TooFewObservationsError, check_choice, check_day
from ..kernels.ols import least_squares
from .concentration import concentration
from .concentration_rows import MEASURES

FEWEST = 3
"""Fewest cycles before a date, and after it."""


@dataclass(frozen=True, eq=False)
class RuleChange:
    """An interrupted series of cycles.

    Attributes
    ----------
    date : Timestamp
    measure : str
    estimate, std_error : float
        Jump of the measure at the date, between cycles of the same market.
    p_value : float
        Share of dates, this one among them, whose |t| is at least as large.
    before, after, across : int
        Cycles that end before the date, begin on or after it, or hold it (left out).
    pseudo : DataFrame
        Estimate and t of every other date that the cycles allow.
    cycles : DataFrame
        The cycles used.
    notes : tuple of str
    """

    date: pd.Timestamp
    measure: str
    estimate: float
    std_error: float
    p_value: float
    before: int
    after: int
    across: int
    pseudo: pd.DataFrame
    cycles: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def statistic(self) -> float:
        """Estimate over its classical standard error."""
        return self.estimate / self.std_error


def rule_change(
    data: Any,
    date: Any,
    measure: str,
    markets: Any,
    window: int,
    trend: bool,
    deadlines: Any,
    basis: dict[str, Any],
) -> RuleChange:
    """Return the jump of a measure of cycles at a date, with pseudo dates as its null.

    Notes
    -----
    y_mc = α_m + β·t_mc + γ·1{cycle begins on or after the date} + e_mc, t the year of the cycle's
    end; cycles that hold the date are left out. The same regression at every first day of a
    cycle that leaves three cycles on both sides gives the null distribution of |t|. With few
    such dates p cannot be small: 1/(their number) is its floor.
    """
    check_choice("measure", measure, MEASURES)
    day = check_day("date", date)
    found = concentration(data, markets, deadlines, window, draws=99, **basis)
    rows = found.rows[["market", "cycle", "start", "end", measure]].copy()
    actual = _jump(rows, measure, day, trend)
    if actual is None:
        counts = _sides(rows, day)
        raise TooFewObservationsError(
            f"{day.date()} leaves {counts[0]} cycles before it and {counts[1]} after it.",
            f"Choose a date with at least {FEWEST} on both sides, or more markets.",
        )
    pseudo = []
    for other in sorted(set(rows["start"])):
        jump = _jump(rows, measure, other, trend)
        if jump is not None and other != day:
            pseudo.append({"date": other, "estimate": jump[0], "statistic": jump[0] / jump[1]})
    table = pd.DataFrame(pseudo, columns=["date", "estimate", "statistic"])
    t = abs(actual[0] / actual[1])
    above = int((table["statistic"].abs() >= t * (1 - 1e-12)).sum())
    before, after = _sides(rows, day)
    return RuleChange(
        date=day,
        measure=measure,
        estimate=actual[0],
        std_error=actual[1],
        p_value=(1 + above) / (1 + len(table)),
        before=before,
        after=after,
        across=len(rows) - before - after,
        pseudo=table,
        cycles=rows,
        notes=(f"p cannot be below 1/{1 + len(table)}.", *found.notes),
    )


def _sides(rows: pd.DataFrame, day: pd.Timestamp) -> tuple[int, int]:
    return int((rows["end"] < day).sum()), int((rows["start"] >= day).sum())


def _jump(
    rows: pd.DataFrame, measure: str, day: pd.Timestamp, trend: bool
) -> tuple[float, float] | None:
    kept = rows[(rows["end"] < day) | (rows["start"] >= day)]
    before, after = _sides(rows, day)
    if min(before, after) < FEWEST:
        return None
    post = (kept["start"] >= day).to_numpy(float)
    x = pd.get_dummies(kept["market"]).to_numpy(float)
    if trend:
        end = pd.DatetimeIndex(kept["end"])
        x = np.column_stack([x, end.year + end.day_of_year / 365.25 - 2020])
    x = np.column_stack([x, post])
    if len(x) <= x.shape[1]:
        return None
    fitted = least_squares(kept[measure].to_numpy(float), x)
    if fitted.collinear:
        return None
    error = float(np.sqrt(fitted.bread[-1, -1] * fitted.rss / fitted.df_resid))
    return (float(fitted.params[-1]), error) if error > 0 else None
