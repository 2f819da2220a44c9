"""Unit-root tests that allow for breaks at unknown dates: one, and two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

LEVELS = (0.01, 0.05, 0.10)

IN_LEVEL = (-4.545, -3.842, -3.504)
"""Critical values of the two-break LM test with breaks in level, at any dates (T = 100)."""

IN_LEVEL_AND_TREND = {
    (0.2, 0.4): (-6.16, -5.59, -5.27),
    (0.2, 0.6): (-6.41, -5.74, -5.32),
    (0.2, 0.8): (-6.33, -5.71, -5.33),
    (0.4, 0.6): (-6.45, -5.67, -5.31),
    (0.4, 0.8): (-6.42, -5.65, -5.32),
    (0.6, 0.8): (-6.32, -5.73, -5.32),
}
"""Critical values with breaks in level and trend, by the shares of the sample before them."""

GRID = 24
"""Dates at which each of two breaks is tried first, before the search around the best pair."""

STARTS = 2
"""Pairs from which the dates are moved."""


@dataclass(frozen=True)
class Breaks:
    """A minimum statistic and where it lies.

    Attributes
    ----------
    statistic : float
    places : tuple of int
        Position of the last observation before each break.
    lags : int
    """

    statistic: float
    places: tuple[int, ...]
    lags: int


def zivot_andrews(values: np.ndarray, lags: int, trend: str = "c", trim: float = 0.15) -> Breaks:
    """Test for a unit root against a trend with one break, and say where the break is.

    Parameters
    ----------
    values : ndarray, shape (T,)
    lags : int
        Lagged changes.
    trend : {"c", "ct"}
        A break in the level; or in level and trend. A trend is there in both.
    trim : float
        Share of the sample at both ends without a break.

    Notes
    -----
    Δy_t = μ + θDU_t + βt (+ γDT_t) + αy_{t−1} + Σc_jΔy_{t−j} + e_t, DU_t = 1 and DT_t = t − T_B
    for t > T_B: the break date T_B is the last observation before the change, as in the paper.
    The statistic is the smallest t of α.

    References
    ----------
    Zivot, E. and Andrews, D. W. K. (1992). Further evidence on the great crash, the oil-price
    shock, and the unit-root hypothesis. Journal of Business and Economic Statistics 10, 251–270.
    doi:10.1080/07350015.1992.10509904
    """
    n = len(values)
    scaled = (values - values.mean()) / values.std()
    change, time = np.diff(scaled), np.arange(n, dtype=float)
    rows = np.arange(lags + 1, n)
    fixed = [
        np.ones(len(rows)),
        time[rows] / n,
        *(change[rows - 1 - j] for j in range(1, lags + 1)),
    ]
    level, target = scaled[rows - 1], change[rows - 1]
    first, last = max(int(n * trim), lags + 2), min(int(n * (1 - trim)), n - 3)
    # What the columns common to all dates explain is taken out once, for all dates together.
    q, _ = np.linalg.qr(np.column_stack(fixed))
    after = np.maximum(rows[:, None] - np.arange(first, last + 1), 0) / n
    moved = [(after > 0).astype(float), *([after] if trend == "ct" else [])]
    moved = [m - q @ (q.T @ m) for m in moved]
    level, target = level - q @ (q.T @ level), target - q @ (q.T @ target)
    moved.append(np.broadcast_to(level[:, None], moved[0].shape))
    gram = np.array([[np.einsum("ij,ij->j", a, b) for a in moved] for b in moved])
    right = np.array([target @ m for m in moved])
    gram, right = gram.transpose(2, 0, 1), right.T
    slopes = np.linalg.solve(gram, right[..., None])[..., 0]
    spare = len(target) - len(fixed) - len(moved)
    left = (target @ target - np.sum(slopes * right, axis=1)) / spare
    t = slopes[:, -1] / np.sqrt(left * np.linalg.inv(gram)[:, -1, -1])
    best = int(np.argmin(t))
    return Breaks(float(t[best]), (first + best,), lags)


def lee_strazicich(
    values: np.ndarray, lags: int, trend: str = "c", trim: float = 0.1, grid: int = GRID
) -> Breaks:
    """Test for a unit root with two breaks under both hypotheses, by the minimum LM statistic.

    Parameters
    ----------
    values : ndarray, shape (T,)
    lags : int
        Lagged changes of the detrended series.
    trend : {"c", "ct"}
        Two breaks in the level (model A); or two in level and trend (model C).
    trim : float
        Share of the sample at both ends without a break.
    grid : int
        Dates tried for each break at first; from the best pairs each date is then moved over the
        whole sample by turns until nothing is gained. `grid` at least T tries every pair.

    Notes
    -----
    Δy_t = δ'ΔZ_t + φS̃_{t−1} + Σc_jΔS̃_{t−j} + u_t with S̃_t = y_t − ψ̃ − Z_tδ̃, δ̃ from Δy on ΔZ and
    Z_t = (t, D_1t, D_2t) or with the trends of both breaks beside. The statistic is the smallest
    t of φ. A rejection speaks for stationarity around the breaks, since the null has them too.

    References
    ----------
    Lee, J. and Strazicich, M. C. (2003). Minimum Lagrange multiplier unit root test with two
    structural breaks. Review of Economics and Statistics 85, 1082–1089.
    doi:10.1162/003465303772815961
    """
    n = len(values)
    scaled = (values - values.mean()) / values.std()
    first, last = max(int(n * trim), lags + 2), min(int(n * (1 - trim)), n - 3)
    apart = 2 if trend == "c" else 3
    step = max(1, (last - first) // grid)
    seen: dict[tuple[int, int], float] = {}

    def at(a: int, b: int) -> float:
        if not (first <= a and a + apart <= b <= last):
            return np.inf
        if (a, b) not in seen:
            seen[a, b] = _lm(scaled, a, b, lags, trend)
        return seen[a, b]

    every = range(first, last + 1)
    for a in every[::step]:
        for b in every[::step]:
            at(a, b)
    for a, b in sorted(seen, key=seen.__getitem__)[: 0 if step == 1 else STARTS]:
        value = np.inf
        while at(a, b) < value:
            value = at(a, b)
            a = min(every, key=partial(at, b=b))
            b = min(every, key=partial(at, a))
    best = min(seen, key=seen.__getitem__)
    return Breaks(float(seen[best]), best, lags)


def lee_strazicich_critical(found: Breaks, n: int, trend: str) -> tuple[float, ...]:
    """Return the printed critical values at 1, 5 and 10 %, for the nearest printed dates.

    References
    ----------
    Lee and Strazicich (2003), table 2.
    """
    if trend == "c":
        return IN_LEVEL
    shares = np.array(found.places) / n
    pairs = list(IN_LEVEL_AND_TREND)
    nearest = int(np.argmin([np.sum((shares - np.array(p)) ** 2) for p in pairs]))
    return IN_LEVEL_AND_TREND[pairs[nearest]]


def _lm(y: np.ndarray, a: int, b: int, lags: int, trend: str) -> float:
    n = len(y)
    size = 3 if trend == "c" else 5
    dz = np.zeros((n - 1, size))
    dz[:, 0] = 1 / n
    for j, place in enumerate((a, b)):
        dz[place, 1 + j] = 1.0
        if trend == "ct":
            dz[place:, 3 + j] = 1 / n
    dy = np.diff(y)
    slopes = np.linalg.solve(dz.T @ dz, dz.T @ dy)
    ds = dy - dz @ slopes
    s = np.concatenate([[0.0], np.cumsum(ds)])
    x = np.empty((n - 1 - lags, size + lags + 1))
    x[:, :size] = dz[lags:]
    for j in range(1, lags + 1):
        x[:, size + j - 1] = ds[lags - j : len(ds) - j]
    x[:, -1] = s[lags:-1]
    return _last_t(x, dy[lags:])


def _last_t(x: np.ndarray, target: np.ndarray) -> float:
    """The t of the last column; 0 where columns repeat each other."""
    gram = x.T @ x
    size = np.sqrt(np.diagonal(gram))
    if (size == 0).any():
        return 0.0
    scaled = gram / np.outer(size, size)
    try:
        factor = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        return 0.0
    if np.diagonal(factor).min() < 1e-6:
        return 0.0
    made = np.linalg.solve(factor, (x.T @ target) / size)
    spare = len(target) - x.shape[1]
    left = max(float(target @ target - made @ made), 1e-300)
    return float(made[-1] / np.sqrt(left / spare))
