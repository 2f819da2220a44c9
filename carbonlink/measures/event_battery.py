"""Every test that the mean abnormal return before deadlines is zero, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..inference import clusters, hac, wild_score
from ..inference.cluster_mean import cluster_mean
from ..kernels import event_tests
from .deadline_events import DeadlineEvent, correlations

TESTS = (
    "cluster",
    "cluster_standardised",
    "wild",
    "adjusted_bmp",
    "bmp",
    "rank",
    "grank",
    "calendar",
)
"""The default first."""

FEWEST_CLUSTERS = 4
FEWEST_EVENTS = 3

REFERENCES = {
    "cluster": "t of CAR over groups of deadlines, CR2 (Bell & McCaffrey 2002)",
    "cluster_standardised": "the same of SCAR",
    "wild": "wild bootstrap-t of CAR over groups of deadlines (Cameron, Gelbach & Miller 2008)",
    "adjusted_bmp": "Kolari & Pynnönen (2010)",
    "bmp": "Boehmer, Musumeci & Poulsen (1991)",
    "rank": "Corrado (1989), Corrado & Zivney (1992), Cowan (1992)",
    "grank": "Kolari & Pynnönen (2011)",
    "calendar": "calendar-time regression, Bartlett HAC (Driscoll & Kraay 1998)",
}


@dataclass(frozen=True)
class BatteryRow:
    """One test of the mean: statistic, p-value, and why there is none."""

    test: str
    statistic: float
    p_value: float
    note: str = ""


def battery(
    events: tuple[DeadlineEvent, ...], groups: np.ndarray, draws: int, seed: np.random.SeedSequence
) -> dict[str, BatteryRow]:
    """Return every test of a zero mean abnormal return.

    Parameters
    ----------
    events : tuple of DeadlineEvent
    groups : ndarray of int, shape (n,)
        Cluster of each event.
    draws : int
        Of the wild bootstrap.
    seed : SeedSequence
    """
    scar = np.array([e.scar for e in events])
    car = np.array([e.car for e in events])
    rows = {
        "cluster": clustered(car, groups),
        "cluster_standardised": replace(clustered(scar, groups), test="cluster_standardised"),
        "wild": wild(car, groups, draws, seed),
    }
    if len(events) < FEWEST_EVENTS:
        reason = f"{len(events)} event(s), of {FEWEST_EVENTS} needed"
        for name in ("adjusted_bmp", "bmp", "rank", "grank"):
            rows[name] = BatteryRow(name, np.nan, np.nan, reason)
    else:
        matrix = correlations(events, groups)
        mean = max(event_tests.mean_correlation(matrix), 0.0)
        days, inside = by_place(events)
        found = {
            "adjusted_bmp": event_tests.adjusted_boehmer(scar, matrix),
            "bmp": event_tests.boehmer(scar),
            "rank": event_tests.rank(days, inside),
            "grank": event_tests.grank(days[:, ~inside], scar),
        }
        notes = {"adjusted_bmp": f"mean correlation {mean:.3f}"}
        for name, test in found.items():
            law = f"t({test.df:.0f})" if np.isfinite(test.df) else "normal"
            note = "; ".join(part for part in (law, notes.get(name)) if part)
            rows[name] = BatteryRow(name, test.statistic, test.p_value, note)
    rows["calendar"] = calendar(events)
    return {name: rows[name] for name in TESTS}


def clustered(values: np.ndarray, groups: np.ndarray) -> BatteryRow:
    """Test a mean of clustered values by its CR2 error and Satterthwaite's degrees of freedom."""
    count = int(groups.max()) + 1
    if count < FEWEST_CLUSTERS:
        return BatteryRow("cluster", np.nan, np.nan, _too_few(count))
    found = cluster_mean(values, groups)
    note = f"{count} clusters, t({found.df:.1f})"
    return BatteryRow("cluster", found.statistic, found.p_value, note)


def _too_few(count: int) -> str:
    return f"{count} separate deadline date(s), of {FEWEST_CLUSTERS} needed"


def wild(
    values: np.ndarray, groups: np.ndarray, draws: int, seed: np.random.SeedSequence
) -> BatteryRow:
    """Test a mean of clustered values by the wild cluster bootstrap-t with the null imposed."""
    count = int(groups.max()) + 1
    if count < FEWEST_CLUSTERS:
        return BatteryRow("wild", np.nan, np.nan, _too_few(count))
    weights = wild_score.draw_weights(draws, np.random.default_rng(seed), count)
    t, p = clusters.mean_test(values, groups, weights)
    kind = "all weights" if len(weights) != draws else f"{draws} draws"
    return BatteryRow("wild", t, p, f"{count} clusters, {kind}")


def by_place(events: tuple[DeadlineEvent, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return standardised abnormal returns in event time, and which columns are the window."""
    longest = -min(int(e.place[0]) for e in events)
    table = np.full((len(events), longest + 1), np.nan)
    inside = np.zeros(longest + 1, dtype=bool)
    for row, event in zip(table, events, strict=True):
        row[event.place + longest] = event.standard
        inside[event.place[event.inside] + longest] = True
    return table, inside


def calendar(events: tuple[DeadlineEvent, ...]) -> BatteryRow:
    """Test the mean by the calendar-time regression with a Bartlett variance over days."""
    every = events[0].dates
    for event in events[1:]:
        every = every.union(event.dates)
    returns, window, days = [], [], []
    for event in events:
        x = event.regressors
        q, _ = np.linalg.qr(x)
        dummy = event.inside * np.sqrt(event.gap)
        both = np.column_stack([event.scaled, dummy])
        both = both - q @ (q.T @ both)
        returns.append(both[:, 0])
        window.append(both[:, 1])
        days.append(pd.DatetimeIndex(every).get_indexer(event.dates))
    delta, scores, bread = event_tests.calendar_time(
        np.concatenate(returns), np.concatenate(window), np.concatenate(days), len(every)
    )
    width = hac.andrews_bandwidth(scores)
    error = bread * np.sqrt(float(hac.bartlett(scores, width)[0, 0]))
    t = delta / error
    from scipy import stats

    lags = max(int(np.ceil(width)) - 1, 0)
    return BatteryRow("calendar", t, float(2 * stats.norm.sf(abs(t))), f"normal; {lags} lags")
