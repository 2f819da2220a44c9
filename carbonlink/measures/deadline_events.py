"""The returns before each compliance deadline beside what the days before would have predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..kernels.ols import least_squares
from .genuine_returns import GenuineReturns

FEWEST_ESTIMATION = 20
"""Fewest returns on which an event's normal return is estimated."""

FEWEST_WINDOW = 2
"""Fewest returns in a window."""

LEAST_MOVE = 0.2
"""Least spread of the estimation returns, as times the market's typical move, at which the days
before a window say what prices would do in it."""


@dataclass(frozen=True, eq=False)
class DeadlineEvent:
    """One deadline of one market: abnormal returns of its estimation days and its window.

    Attributes
    ----------
    market, label : str
    deadline : Timestamp
    place : ndarray of int, shape (rows,)
        Sessions to the last one on or before the deadline, 0 or negative.
    dates : DatetimeIndex
        Day on which each return ends.
    inside : ndarray of bool
        Whether a return belongs to the window.
    gap : ndarray
        Sessions that a return spans.
    abnormal : ndarray
        Return less the normal one, in the unit of the returns.
    standard : ndarray
        The same over its own standard error (of prediction, inside the window).
    scaled : ndarray
        Returns over σ√gap.
    regressors : ndarray, shape (rows, k)
        Of the normal return, over √gap.
    car, car_error : float
        Cumulative abnormal return of the window, and its standard error of prediction.
    df : int
        Estimation returns less regressors.
    ratios : ndarray, optional
        Squared returns of the window over their forecast variance; those with the constant
        variance of the estimation days when None.
    """

    market: str
    label: str
    deadline: pd.Timestamp
    place: np.ndarray
    dates: pd.DatetimeIndex
    inside: np.ndarray
    gap: np.ndarray
    abnormal: np.ndarray
    standard: np.ndarray
    scaled: np.ndarray
    regressors: np.ndarray
    car: float
    car_error: float
    df: int
    ratios: np.ndarray | None = None

    @property
    def scar(self) -> float:
        """Cumulative abnormal return over its error."""
        return self.car / self.car_error

    @property
    def excess_variance(self) -> np.ndarray:
        """Squared abnormal returns of the window over their variance without an event.

        Against a constant variance they are squares of t(m), divided by their mean m/(m − 2).
        """
        if self.ratios is not None:
            return self.ratios
        return self.standard[self.inside] ** 2 * (self.df - 2) / self.df


@dataclass(frozen=True, eq=False)
class Track:
    """One market's returns laid on its sessions, with the factors over the same spans.

    Attributes
    ----------
    market : str
    sessions : DatetimeIndex, shape (n,)
    returns, gap : ndarray, shape (n,)
        NaN on sessions without a return.
    factors : ndarray, shape (n, k)
        Changes of the factors over the span of each return.
    """

    market: str
    sessions: pd.DatetimeIndex
    returns: np.ndarray
    gap: np.ndarray
    factors: np.ndarray


def track(found: GenuineReturns, label: str, factors: pd.DataFrame | None, kind: str) -> Track:
    """Lay returns on sessions.

    Parameters
    ----------
    found : GenuineReturns
    label : str
    factors : DataFrame, optional
        Cumulated levels of the factors, in per cent, by date.
    kind : {"trade_to_trade", "lumped"}
        Returns over their true spans, or zeros on days without a trade and the whole change on
        the day of the next one.
    """
    sessions = found.sessions
    returns = found.returns.reindex(sessions).to_numpy(float)
    gap = found.gap_days.reindex(sessions).to_numpy(float)
    if kind == "lumped":
        first = int(np.argmax(np.isfinite(returns))) if np.isfinite(returns).any() else 0
        returns = np.where(np.arange(len(returns)) >= first, np.nan_to_num(returns), np.nan)
        gap = np.where(np.isfinite(returns), 1.0, np.nan)
    columns = np.empty((len(sessions), 0))
    if factors is not None:
        level = factors.sort_index().ffill().reindex(sessions, method="ffill").to_numpy(float)
        place = np.arange(len(sessions))
        start = np.where(np.isfinite(gap), place - np.nan_to_num(gap, nan=1.0), -1).astype(int)
        columns = np.where(start[:, None] >= 0, level - level[np.maximum(start, 0)], np.nan)
    return Track(label, sessions, returns, gap, columns)


def cut_event(
    one: Track,
    deadline: pd.Timestamp,
    label: str,
    others: pd.DatetimeIndex,
    window: int,
    estimation: int,
) -> DeadlineEvent | str:
    """Return the event at one deadline, or the reason why there is none.

    Parameters
    ----------
    one : Track
    deadline : Timestamp
    label : str
    others : DatetimeIndex
        Every deadline of the market, whose windows are no estimation days.
    window, estimation : int
        Sessions in the window, and before it.
    """
    sessions = one.sessions
    stop = int(sessions.searchsorted(deadline, side="right"))
    first = stop - window
    begin = max(first - estimation, 0)
    if stop == 0 or first < 0:
        return f"the sample begins {sessions[0].date()}, after the window of {window} sessions does"
    since = max((day for day in others if day < deadline), default=None)
    if since is not None and sessions.searchsorted(since, side="right") > first:
        return f"the window of {window} sessions is longer than the cycle since {since.date()}"
    place = np.arange(begin, stop)
    gap = one.gap[begin:stop]
    inside_part = np.minimum(gap, place - first + 1)
    known = np.isfinite(one.returns[begin:stop]) & np.isfinite(one.factors[begin:stop]).all(axis=1)
    straddles = (inside_part > 0) & (inside_part < gap) & (2 * inside_part < gap)
    inside = known & (place >= first) & ~straddles
    before = known & (place < first) & (place - gap + 1 > begin - 1)
    before &= ~_in_other_windows(sessions, others, deadline, window)[begin:stop]
    if before.sum() < max(FEWEST_ESTIMATION, one.factors.shape[1] + 10):
        return (
            f"only {int(before.sum())} returns in the {estimation} sessions before the window, of "
            f"{FEWEST_ESTIMATION} needed"
        )
    if inside.sum() < FEWEST_WINDOW:
        return f"only {int(inside.sum())} returns in the window, of {FEWEST_WINDOW} needed"
    rows = begin + np.flatnonzero(before | inside)
    moves = (one.returns / np.sqrt(one.gap))[begin:stop][before]
    typical = typical_move(one)
    if 0 < moves.std() < LEAST_MOVE * typical:
        return (
            f"the price was held before the window: its returns there have a spread of "
            f"{moves.std():.2g} a session, under {LEAST_MOVE:g} times the market's typical move of "
            f"{typical:.2g}"
        )
    return _measure(one, rows, rows >= first, stop - 1, deadline, label)


def typical_move(one: Track) -> float:
    """Return 1.4826 times the median of |r_t|/√n_t over all returns that are not 0.

    The standard deviation of a session where returns are normal; a few large ones do not move it.
    """
    moves = np.abs(one.returns) / np.sqrt(one.gap)
    moves = moves[np.isfinite(moves) & (moves > 0)]
    return 1.4826 * float(np.median(moves)) if len(moves) else 0.0


def _in_other_windows(
    sessions: pd.DatetimeIndex, others: pd.DatetimeIndex, deadline: pd.Timestamp, window: int
) -> np.ndarray:
    mask = np.zeros(len(sessions), dtype=bool)
    for day in others:
        if day < deadline:
            end = int(sessions.searchsorted(day, side="right"))
            mask[max(end - window, 0) : end] = True
    return mask


def _measure(
    one: Track,
    rows: np.ndarray,
    inside: np.ndarray,
    end: int,
    deadline: pd.Timestamp,
    label: str,
) -> DeadlineEvent | str:
    gap, returns = one.gap[rows], one.returns[rows]
    root = np.sqrt(gap)
    plain = np.column_stack([gap, one.factors[rows]])
    x, y = plain / root[:, None], returns / root
    before = ~inside
    fitted = least_squares(y[before], x[before])
    df = int(before.sum()) - x.shape[1]
    sigma = np.sqrt(float(fitted.residuals @ fitted.residuals) / df)
    if not sigma > 1e-12:
        return "the returns before the window do not vary"
    abnormal = returns - plain @ fitted.params
    leverage = np.einsum("ij,jk,ik->i", x, fitted.bread, x)
    spread = np.sqrt(np.where(inside, 1 + leverage, np.maximum(1 - leverage, 1e-12)))
    total = plain[inside].sum(axis=0)
    error = sigma * np.sqrt(gap[inside].sum() + total @ fitted.bread @ total)
    return DeadlineEvent(
        market=one.market,
        label=label,
        deadline=deadline,
        place=rows - end,
        dates=one.sessions[rows],
        inside=inside,
        gap=gap,
        abnormal=abnormal,
        standard=abnormal / (root * sigma * spread),
        scaled=y / sigma,
        regressors=x,
        car=float(abnormal[inside].sum()),
        car_error=float(error),
        df=df,
    )


def overlapping(events: tuple[DeadlineEvent, ...]) -> np.ndarray:
    """Return the cluster of each event: windows that share days, directly or through others."""
    starts = np.array([e.dates[e.inside][0].value for e in events])
    ends = np.array([e.deadline.value for e in events])
    groups, reach, current = np.zeros(len(events), dtype=int), None, -1
    for i in np.argsort(starts, kind="stable"):
        if reach is None or starts[i] > reach:
            current, reach = current + 1, ends[i]
        reach = max(reach, ends[i])
        groups[i] = current
    return groups


def correlations(events: tuple[DeadlineEvent, ...], groups: np.ndarray) -> np.ndarray:
    """Return the correlations of the events' cumulative abnormal returns.

    Notes
    -----
    r_ij of the estimation days' standardised abnormal returns on common days (at least ten, else
    0) times the common window days over the geometric mean of both windows' days; 0 between
    clusters.
    """
    n = len(events)
    days = [e.dates.to_numpy() for e in events]
    found = np.eye(n)
    for i in range(n):
        for j in range(i):
            if groups[i] != groups[j]:
                continue
            one, other = events[i], events[j]
            _, a, b = np.intersect1d(
                days[i][~one.inside], days[j][~other.inside], True, return_indices=True
            )
            if len(a) < 10:
                continue
            r = np.corrcoef(one.standard[~one.inside][a], other.standard[~other.inside][b])[0, 1]
            shared = len(np.intersect1d(days[i][one.inside], days[j][other.inside], True))
            longest = np.sqrt(one.inside.sum() * other.inside.sum())
            found[i, j] = found[j, i] = r * shared / longest
    return found
