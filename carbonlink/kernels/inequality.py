"""Inequality of non-negative amounts over days: Herfindahl, Gini, Theil and what follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Inequality:
    """How unequally a total is spread over n days, days of zero counted.

    Attributes
    ----------
    hhi : float
        Herfindahl index Σs², s the share of a day; 1/n when all days are alike, 1 on one day.
    hhi_star : float
        (HHI − 1/n)/(1 − 1/n), from 0 to 1; NaN with one day.
    effective_days : float
        1/HHI.
    entropy_days : float
        exp(−Σ s ln s).
    gini : float
        From 0 to (n − 1)/n.
    theil : float
        Σ s ln(n s), from 0 to ln n.
    normalised_entropy : float
        1 − theil/ln n; NaN with one day.
    days_to_half : int
        The smallest number of days that together hold half of the total.
    """

    hhi: float
    hhi_star: float
    effective_days: float
    entropy_days: float
    gini: float
    theil: float
    normalised_entropy: float
    days_to_half: int


def inequality(amounts: np.ndarray) -> Inequality:
    """Return every measure of `Inequality` for amounts of shape (n,) with a positive total.

    References
    ----------
    Theil, H. (1967). Economics and Information Theory. North-Holland.
    Cowell, F. A. (2011). Measuring Inequality, 3rd ed. Oxford University Press.
    doi:10.1093/acprof:osobl/9780199594030.001.0001
    """
    share = shares(amounts)
    n = len(share)
    hhi = float(share @ share)
    spread = theil(amounts)
    top = np.cumsum(np.sort(share)[::-1])
    return Inequality(
        hhi=hhi,
        hhi_star=(hhi - 1 / n) / (1 - 1 / n) if n > 1 else float("nan"),
        effective_days=1 / hhi,
        entropy_days=n * float(np.exp(-spread)),
        gini=gini(amounts),
        theil=spread,
        normalised_entropy=1 - spread / float(np.log(n)) if n > 1 else float("nan"),
        days_to_half=int(np.searchsorted(top, 0.5 - 1e-12)) + 1,
    )


def shares(amounts: np.ndarray) -> np.ndarray:
    """Return amounts over their total."""
    amounts = np.asarray(amounts, float)
    return amounts / amounts.sum()


def gini(amounts: np.ndarray) -> float:
    """Return the Gini coefficient Σ(2i − n − 1)x₍ᵢ₎ / (n Σx), x sorted upwards."""
    ordered = np.sort(np.asarray(amounts, float))
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def theil(amounts: np.ndarray) -> float:
    """Return Theil's T = Σ s ln(n s), with 0 ln 0 = 0."""
    share = shares(amounts)
    return max(float(s_log(share, share * len(share)).sum()), 0.0)


def theil_between(share: np.ndarray | float, fraction: np.ndarray | float) -> np.ndarray:
    """Return Theil's T between two groups of days.

    Parameters
    ----------
    share : array
        Share S of the total that the first group holds.
    fraction : array
        Share f of the days that it has, 0 < f < 1.

    Returns
    -------
    ndarray
        S ln(S/f) + (1 − S) ln((1 − S)/(1 − f)).

    Notes
    -----
    With groups g of share S_g, T = T_between + Σ_g S_g T_g.
    """
    share = np.clip(share, 0.0, 1.0)
    inside = s_log(share, share / fraction)
    return inside + s_log(1 - share, (1 - share) / (1 - fraction))


def s_log(share: np.ndarray, argument: np.ndarray) -> np.ndarray:
    """Return share × ln(argument), 0 where the share is 0."""
    positive = np.asarray(share) > 0
    return np.where(positive, share * np.log(np.where(positive, argument, 1.0)), 0.0)


def lorenz(amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the Lorenz curve: cumulated shares of days, smallest first, and of the total."""
    ordered = np.sort(np.asarray(amounts, float))
    days = np.arange(len(ordered) + 1) / len(ordered)
    return days, np.concatenate([[0.0], np.cumsum(ordered)]) / ordered.sum()
