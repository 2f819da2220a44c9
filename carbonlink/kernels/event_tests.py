"""Tests that the mean abnormal return of several events is zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class EventTest:
    """A statistic, the degrees of freedom of its law (inf: normal), and its two-sided p-value."""

    statistic: float
    df: float
    p_value: float


def boehmer(scar: np.ndarray) -> EventTest:
    """Test standardised cumulative abnormal returns by their own spread over events.

    Parameters
    ----------
    scar : ndarray, shape (n,)
        Cumulative abnormal returns over their prediction errors.

    Notes
    -----
    t = √n · mean(SCAR)/s(SCAR), referred to t(n − 1): variance that the event adds is in s.

    References
    ----------
    Boehmer, E., J. Musumeci and A. B. Poulsen (1991). Event-study methodology under conditions
    of event-induced variance. Journal of Financial Economics 30, 253–272.
    doi:10.1016/0304-405X(91)90032-F
    """
    n = len(scar)
    return _against_t(np.sqrt(n) * scar.mean() / scar.std(ddof=1), n - 1)


def adjusted_boehmer(scar: np.ndarray, correlation: np.ndarray) -> EventTest:
    """Return Boehmer's test corrected for the mean cross-correlation of the events.

    Parameters
    ----------
    scar : ndarray, shape (n,)
    correlation : ndarray, shape (n, n)
        Of the events' cumulative abnormal returns; 0 for events whose windows do not overlap.

    Notes
    -----
    t · √((1 − r̄)/(1 + (n − 1) r̄)), r̄ the mean of the off-diagonal correlations, not below 0:
    a negative mean would only make the statistic larger.

    References
    ----------
    Kolari, J. W. and S. Pynnönen (2010). Event study testing with cross-sectional correlation of
    abnormal returns. Review of Financial Studies 23, 3996–4025. doi:10.1093/rfs/hhq072
    """
    n = len(scar)
    mean = max(mean_correlation(correlation), 0.0)
    plain = boehmer(scar)
    return _against_t(plain.statistic * np.sqrt((1 - mean) / (1 + (n - 1) * mean)), n - 1)


def mean_correlation(correlation: np.ndarray) -> float:
    """Return the mean of the off-diagonal cells."""
    n = len(correlation)
    return float((correlation.sum() - np.trace(correlation)) / (n * (n - 1)))


def rank(abnormal: np.ndarray, inside: np.ndarray) -> EventTest:
    """Test by the ranks of daily abnormal returns, cumulated over the window.

    Parameters
    ----------
    abnormal : ndarray, shape (n, days)
        Standardised abnormal returns of estimation and window days in event time; NaN on days
        without a return.
    inside : ndarray of bool, shape (days,)

    Notes
    -----
    U_it = rank_it/(1 + m_i) − 1/2 over the m_i days of event i with a return. With Ū_t the mean
    of the n_t events that have one, z = √L · mean_{t∈W} Ū_t/S, S² = Σ_t (n_t/n) Ū_t²/T, L the
    window days and T all days with a return: standard normal.

    References
    ----------
    Corrado, C. J. (1989). A nonparametric test for abnormal security-price performance in event
    studies. Journal of Financial Economics 23, 385–395.
    Corrado, C. J. and T. L. Zivney (1992). The specification and power of the sign test in event
    study hypothesis tests using daily stock returns. Journal of Financial and Quantitative
    Analysis 27, 465–478.
    Cowan, A. R. (1992). Nonparametric event study tests. Review of Quantitative Finance and
    Accounting 2, 343–358.
    """
    means, counts = _rank_means(abnormal)
    known = counts > 0
    spread = np.sqrt((counts / len(abnormal) * means**2)[known].mean())
    window = known & inside
    statistic = np.sqrt(window.sum()) * means[window].mean() / spread
    return _against_normal(statistic)


def grank(estimation: np.ndarray, scar: np.ndarray) -> EventTest:
    """Return the generalised rank test: the window counts as one day among the estimation days.

    Parameters
    ----------
    estimation : ndarray, shape (n, days)
        Standardised abnormal returns of the estimation days in event time; NaN without a return.
    scar : ndarray, shape (n,)

    Notes
    -----
    SCAR* = SCAR/s(SCAR) joins the m_i estimation days of its event; U = rank/(m_i + 2) − 1/2,
    Ū_t means over events. With T = estimation days + 1, Z = Ū_0/S, S² = Σ_t (n_t/n) Ū_t²/T,
    t = Z √((T − 2)/(T − 1 − Z²)) with T − 2 degrees of freedom.

    References
    ----------
    Kolari, J. W. and S. Pynnönen (2011). Nonparametric rank tests for event studies. Journal of
    Empirical Finance 18, 953–971.
    """
    means, counts = _rank_means(np.column_stack([scar / scar.std(ddof=1), estimation]))
    known = counts > 0
    periods = int(known.sum())
    spread = np.sqrt((counts / len(scar) * means**2)[known].mean())
    z = means[0] / spread
    room = max(periods - 1 - z * z, 1e-12)
    return _against_t(z * np.sqrt((periods - 2) / room), periods - 2)


def grank_z(estimation: np.ndarray, scar: np.ndarray) -> float:
    """Return the generalised rank statistic with the variance of independent uniform ranks.

    Notes
    -----
    z = Ū_0/√(Σ_i (T_i − 1)/(T_i + 1)/(12 n²)), valid without cross-correlation; kept as the one
    that other programs print.
    """
    joined = np.column_stack([scar / scar.std(ddof=1), estimation])
    means, _ = _rank_means(joined)
    periods = np.isfinite(joined).sum(axis=1)
    return float(means[0] / np.sqrt(((periods - 1) / (periods + 1)).sum() / 12) * len(scar))


def calendar_time(
    returns: np.ndarray, window: np.ndarray, days: np.ndarray, length: int
) -> tuple[float, np.ndarray, float]:
    """Regress returns on the window, adding up the scores of all events by calendar day.

    Parameters
    ----------
    returns, window : ndarray, shape (rows,)
        Standardised returns and the window's indicator of every event, both without their
        projection on the event's own normal-return regressors.
    days : ndarray of int, shape (rows,)
        Calendar session of each row.
    length : int
        Number of sessions.

    Returns
    -------
    delta : float
        Mean abnormal return of a window day.
    scores : ndarray, shape (length, 1)
        Σ_i x_it e_it by session, for a variance that stands dependence within and over days.
    bread : float
        1/Σ x².
    """
    bread = 1 / float(window @ window)
    delta = float(window @ returns) * bread
    scores = np.bincount(days, window * (returns - delta * window), length)
    return delta, scores[:, None], bread


def _rank_means(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return means over rows of the scaled ranks within each row, and their counts."""
    known = np.isfinite(values)
    ranks = _ranks(values) / (known.sum(axis=1, keepdims=True) + 1) - 0.5
    counts = known.sum(axis=0)
    total = np.where(known, ranks, 0.0).sum(axis=0)
    return np.divide(total, counts, out=np.zeros(len(counts)), where=counts > 0), counts


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return mid-ranks within each row; missing values rank last and are masked by callers."""
    from scipy import stats

    return stats.rankdata(np.where(np.isfinite(values), values, np.inf), axis=1)


def _against_t(statistic: float, df: float) -> EventTest:
    from scipy import stats

    return EventTest(float(statistic), float(df), float(2 * stats.t.sf(abs(statistic), df)))


def _against_normal(statistic: float) -> EventTest:
    from scipy import stats

    return EventTest(float(statistic), np.inf, float(2 * stats.norm.sf(abs(statistic))))
