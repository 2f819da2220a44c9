"""The variance before deadlines beside what a GARCH of the other days forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ..kernels.garch_gaps import GapGarch, fit_gap_garch, influence
from ..kernels.ols import least_squares
from .deadline_events import FEWEST_WINDOW, DeadlineEvent, Track

FEWEST_RETURNS = 250
"""Fewest returns outside the windows on which a GARCH is fitted."""

FEWEST_PLACEBOS = 100
"""Fewest dates to which a group of windows can be moved."""


@dataclass(frozen=True, eq=False)
class MarketVariance:
    """The fitted variance of one market.

    Attributes
    ----------
    sessions : DatetimeIndex, shape (n,)
    fit : GapGarch
    shocks, gap : ndarray, shape (n,)
        Returns less their mean outside the windows, and the sessions they span.
    inside : ndarray of bool, shape (n,)
        Sessions in the window of a deadline, whose shocks the fit does not see.
    """

    sessions: pd.DatetimeIndex
    fit: GapGarch
    shocks: np.ndarray
    gap: np.ndarray
    inside: np.ndarray

    def start(self, event: DeadlineEvent, window: int) -> int:
        """Return the place of the window's first session."""
        return int(self.sessions.searchsorted(event.deadline, side="right")) - window

    def placebos(self, window: int) -> np.ndarray:
        """Return the mean ratio less 1 of the window beginning at each session, shape (n,).

        NaN where it would reach into a deadline's window or beyond the sample, or has fewer than
        two returns.
        """
        n = len(self.sessions)
        found = np.full(n, np.nan)
        starts = np.arange(max(n - window + 1, 0))
        touched = np.concatenate([[0], self.inside.cumsum()])
        starts = starts[touched[starts + window] == touched[starts]]
        if not len(starts):
            return found
        ratios = self.fit.ratios(starts, window, self.shocks, self.gap)
        count = np.isfinite(ratios).sum(axis=1)
        total = np.nansum(ratios, axis=1)
        kept = count >= FEWEST_WINDOW
        found[starts[kept]] = total[kept] / count[kept] - 1
        return found


def market_variance(one: Track, ends: pd.DatetimeIndex, window: int) -> MarketVariance | str:
    """Fit a market's GARCH outside the windows of its deadlines, or say why not.

    Parameters
    ----------
    one : Track
    ends : DatetimeIndex
        Every deadline of the market.
    window : int
        Sessions.
    """
    inside = np.zeros(len(one.sessions), dtype=bool)
    for day in ends:
        if one.sessions[0] <= day <= one.sessions[-1]:
            stop = int(one.sessions.searchsorted(day, side="right"))
            inside[max(stop - window, 0) : stop] = True
    known = np.isfinite(one.returns) & np.isfinite(one.factors).all(axis=1)
    used = known & ~inside
    if used.sum() < FEWEST_RETURNS:
        return (
            f"{int(used.sum())} returns outside the windows, of {FEWEST_RETURNS} needed for a GARCH"
        )
    plain = np.column_stack([one.gap, one.factors])
    root = np.sqrt(one.gap[used])
    params = least_squares(one.returns[used] / root, plain[used] / root[:, None]).params
    shocks = np.where(known, one.returns - plain @ params, np.nan)
    if not np.nanvar(shocks[used]) > 1e-24:
        return "the returns outside the windows do not vary"
    gap = np.where(known, one.gap, np.nan)
    return MarketVariance(one.sessions, fit_gap_garch(shocks, gap, used), shocks, gap, inside)


def with_ratios(event: DeadlineEvent, found: MarketVariance | None, window: int) -> DeadlineEvent:
    """Return the event with its squared returns over their forecast variance; NaN without one."""
    if found is None:
        return replace(event, ratios=np.full(int(event.inside.sum()), np.nan))
    start = np.array([found.start(event, window)])
    row = found.fit.ratios(start, window, found.shocks, found.gap)[0]
    return replace(event, ratios=row[event.place[event.inside] + window - 1])


@dataclass(frozen=True, eq=False)
class PlaceboTest:
    """Mean abnormal variance beside that of the same windows on other dates.

    Attributes
    ----------
    statistic : float
        Mean over events of the window's squared returns over their forecast variance, less 1.
    p_value : float
        Two-sided, of the windows' variance being that of other dates.
    note : str
        Count of the dates, or why there is no test.
    centre : float
        What `statistic` is on average over other dates.
    errors : ndarray
        Draws of it less `centre`, stretched by √(d/χ²_d), in ascending order.
    estimation : float
        τ²/σ², by which `placebo_test` stretches them for the estimation of the GARCH.
    """

    statistic: float
    p_value: float
    note: str
    centre: float = float("nan")
    errors: np.ndarray = field(default_factory=lambda: np.empty(0))
    estimation: float = 0.0

    @property
    def excess(self) -> float:
        """Mean squared return over its forecast, against that of other dates, less 1."""
        return (1 + self.statistic) / (1 + self.centre) - 1

    def interval(self, level: float) -> tuple[float, float]:
        """Return the values of `excess` that the test does not reject.

        Notes
        -----
        A variance λ times that of other dates multiplies 1 + statistic and τ by λ. The interval
        holds every λ − 1 at which the same test of (1 + statistic)/λ with τ/λ does not reject:
        that lies between 1 + centre + q √(1 + τ²/(λσ)²) with q the k-th smallest and the k-th
        largest of `errors`, k = ⌊(1 − level)(1 + draws)/2⌋. It leaves out 0 exactly where the
        p-value is at most 1 − level. An end that nothing determines is −1 or infinite.
        """
        if not np.isfinite(self.p_value):
            return float("nan"), float("nan")
        place = int(np.floor((1 - level) * (1 + len(self.errors)) / 2 + 1e-9))
        if not place:
            return -1.0, float("inf")
        lower, upper = (
            self._end(float(self.errors[-place])),
            self._end(float(self.errors[place - 1])),
        )
        return lower - 1, upper - 1

    def _end(self, q: float) -> float:
        """Return the λ at which (1 + statistic)/λ is the draw q: the root in 1/λ."""
        from scipy import optimize

        scale, centre, root = 1 + self.statistic, 1 + self.centre, np.sqrt(self.estimation)

        def beyond(u: float) -> float:
            return scale * u - centre - q * np.sqrt(1 + self.estimation * u**2)

        if q <= 0:
            return 1 / optimize.brentq(beyond, 0, centre / scale) if beyond(0) < 0 else float("inf")
        if scale <= q * root:
            return 0.0
        return 1 / optimize.brentq(beyond, centre / scale, (centre + q) / (scale - q * root))


def placebo_test(
    events: tuple[DeadlineEvent, ...],
    groups: np.ndarray,
    variances: Mapping[str, MarketVariance],
    window: int,
    draws: int,
    seed: np.random.SeedSequence,
) -> PlaceboTest:
    """Compare the mean abnormal variance with that of windows moved to other dates.

    Parameters
    ----------
    events : tuple of DeadlineEvent
    groups : ndarray of int, shape (n,)
        Windows that overlap move by the same number of sessions.
    variances : mapping of market to MarketVariance
    window, draws : int
    seed : SeedSequence

    Notes
    -----
    Every group moves independently and uniformly over the numbers of sessions at which all of its
    windows lie outside those of deadlines. The other days, to which the variance is fitted, are a
    sample too: the draws' deviations from their mean are stretched by √(1 + τ²/σ²), σ² the draws'
    variance and τ² that of the statistic by the estimation of the GARCH, from its scores added up
    over markets by day, and by √(d/χ²_d), as t is wider than the normal, with d + 1 the windows
    that the other days hold side by side. The p-value is twice the smaller tail.
    """
    known = [i for i, e in enumerate(events) if e.market in variances]
    if not known:
        return PlaceboTest(np.nan, np.nan, f"no market has {FEWEST_RETURNS} returns outside")
    tables = {m: v.placebos(window) for m, v in variances.items()}
    pools = []
    for group in np.unique(groups[known]):
        own = [events[i] for i in known if groups[i] == group]
        pools.append(_moved(own, variances, tables, window))
    fewest = min(len(pool) for pool in pools)
    if fewest < FEWEST_PLACEBOS:
        reason = f"a group of windows can be moved to {fewest} dates, of {FEWEST_PLACEBOS} needed"
        return PlaceboTest(np.nan, np.nan, reason)
    observed = float(np.mean([events[i].excess_variance.mean() - 1 for i in known]))
    centre = sum(float(pool.mean()) for pool in pools) / len(known)
    generator = np.random.default_rng(seed)
    drawn = sum(pool[generator.integers(0, len(pool), draws)] for pool in pools) / len(known)
    spread = sum(float(pool.var()) for pool in pools) / len(known) ** 2
    estimation = _estimation([events[i] for i in known], variances, window)
    d = max(min((~v.inside).sum() for v in variances.values()) / window - 1, 1.0)
    errors = (drawn - centre) * np.sqrt(d / generator.chisquare(d, draws))
    drawn = centre + errors * np.sqrt(1 + estimation / spread)
    tail = min((drawn >= observed).sum(), (drawn <= observed).sum())
    p = min(1.0, 2 * (1 + int(tail)) / (1 + draws))
    note = f"{len(pools)} groups, each moved to {fewest} dates or more"
    return PlaceboTest(observed, p, note, centre, np.sort(errors), estimation / spread)


def _estimation(
    own: list[DeadlineEvent], variances: Mapping[str, MarketVariance], window: int
) -> float:
    """Return the variance that fitting the GARCH adds to the mean over events."""
    total: pd.Series | None = None
    for market in dict.fromkeys(e.market for e in own):
        found = variances[market]
        starts = np.array([found.start(e, window) for e in own if e.market == market])
        moves = influence(found.fit, found.shocks, found.gap, ~found.inside, starts, window)
        part = pd.Series(moves * len(starts) / len(own), index=found.sessions)
        total = part if total is None else total.add(part, fill_value=0.0)
    return 0.0 if total is None else float((total**2).sum())


def _moved(
    own: list[DeadlineEvent],
    variances: Mapping[str, MarketVariance],
    tables: Mapping[str, np.ndarray],
    window: int,
) -> np.ndarray:
    """Return the sum over events of the mean ratio less 1, for every number of sessions."""
    longest = max(len(tables[e.market]) for e in own)
    total = np.zeros(2 * longest + 1)
    for event in own:
        table = tables[event.market]
        start = variances[event.market].start(event, window)
        row = np.full(2 * longest + 1, np.nan)
        row[longest - start : longest - start + len(table)] = table
        total += row
    return total[np.isfinite(total)]
