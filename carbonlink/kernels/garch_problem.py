"""A GARCH model as a problem: its data, its form, its mean and what comes before the sample."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from .garch_density import DENSITIES, Density
from .garch_families import FAMILIES
from .garch_partial import IDLE, idle_family
from .garch_recursion import NEAR_ONE, Family

PRESAMPLES = ("arch", "mean", "fcp")
Presample = str | float | tuple[str, float]
BACKCAST_DAYS, _DECAY = 75, 0.94


@dataclass(frozen=True, eq=False)
class Problem:
    """Data and form of a GARCH model.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Returns.
    x : ndarray, shape (n, m)
        Regressors of the mean.
    w : ndarray, shape (n, k)
        Regressors of the variance.
    vol, dist : str
        Names of the recursion and of the density.
    inside : bool
        Whether w enters the recursion (of ln h in EGARCH, of h in GARCH and GJR) rather than
        multiplying the variance.
    presample : str, (str, float) or float
        "arch", "mean", "fcp", ("first", k), ("decay", λ), or the variance of the first
        observation.
    pilot : ndarray, shape (n,)
        Least-squares residuals, for the "arch" presample.
    most : float
        Largest persistence allowed.
    kind : ndarray, shape (n,), or None
        Kind of each day, as `carbonlink.kernels.garch_partial` names them; None when every
        return is seen whole.
    offset : ndarray, shape (n,), or None
        Known part of the log-variance outside the recursion.
    idle : {"zero", "expected", "free"}
        What a day without a trade adds to the next day's variance.
    lags : int or None
        Where the mean is autoregressive in deviations from the other regressors, the number of
        lags, which stand after the constant in x.
    rugarch : bool
        Whether CGARCH and FIGARCH begin as rugarch's.
    ma : int
        Moving-average terms of the mean; the last columns of x, which are zero, stand for them.
    """

    y: np.ndarray
    x: np.ndarray
    w: np.ndarray
    vol: str
    dist: str
    inside: bool
    presample: Presample
    pilot: np.ndarray
    most: float = NEAR_ONE
    kind: np.ndarray | None = None
    offset: np.ndarray | None = None
    idle: str = "zero"
    lags: int | None = None
    rugarch: bool = False
    ma: int = 0

    @property
    def additive(self) -> bool:
        """Whether w is added to the variance, so that its coefficients have a sign."""
        return self.inside and not self.family.logarithmic

    @property
    def kinked(self) -> bool:
        """Whether the likelihood has a kink wherever a residual is zero."""
        return self.family.kinked or self.density.kinked

    def mean(self, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return residuals and minus their derivatives in b, shapes (n,) and (n, m)."""
        size = self.x.shape[1] - self.ma
        x, own = self.x[:, :size], b[:size]
        e, slopes = self.y - x @ own, x
        if self.lags:
            e, slopes = _deviations(own, self.y, x, self.lags)
        return _moving_average(e, slopes, b[size:]) if self.ma else (e, slopes)

    @property
    def family(self) -> Family:
        """The variance recursion."""
        return idle_family(self.vol) if self.idle == "free" else FAMILIES[self.vol]

    @functools.cached_property
    def weights(self) -> np.ndarray:
        """Weights of the squared shocks in the presample level, shape (n,)."""
        return presample_weights(self.presample, self.traded)

    @functools.cached_property
    def backcast(self) -> np.ndarray:
        """Weighted squares of least-squares residuals, whose sum is arch's presample level."""
        square = self.weights * self.pilot**2
        days = min(BACKCAST_DAYS, len(self.y))
        return square[:days] if self.traded[:days].any() else square

    @functools.cached_property
    def traded(self) -> np.ndarray:
        """Which days have a return, shape (n,)."""
        return np.ones(len(self.y), bool) if self.kind is None else self.kind != IDLE

    @property
    def density(self) -> Density:
        """The density of the standardised shocks."""
        return DENSITIES[self.dist]

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """Numbers of mean, recursion, regressor and shape parameters."""
        return (
            self.x.shape[1],
            len(self.family.names),
            self.w.shape[1],
            len(self.density.names),
        )

    def split(self, theta: np.ndarray) -> list[np.ndarray]:
        """Return the parameters as [mean, recursion, regressors, shape]."""
        return np.split(theta, np.cumsum(self.sizes)[:-1])


def problem(
    y: np.ndarray,
    x: np.ndarray,
    vol: str = "GARCH",
    dist: str = "normal",
    w: np.ndarray | None = None,
    inside: bool = False,
    presample: Presample = "arch",
    most: float = NEAR_ONE,
    kind: np.ndarray | None = None,
    offset: np.ndarray | None = None,
    idle: str = "zero",
    lags: int | None = None,
    rugarch: bool = False,
    ma: int = 0,
) -> Problem:
    """Put data and form together; parameters are in the order mean, recursion, w, shape."""
    w = np.empty((len(y), 0)) if w is None else w
    seen = np.ones(len(y), bool) if kind is None else kind != IDLE
    y = np.where(seen, y, 0.0)
    pilot = y
    if x.shape[1]:
        pilot = np.where(seen, y - x @ np.linalg.lstsq(x[seen], y[seen], rcond=None)[0], 0.0)
    return Problem(
        y, x, w, vol, dist, inside, presample, pilot, most, kind, offset, idle, lags, rugarch, ma
    )


def _deviations(
    b: np.ndarray, y: np.ndarray, x: np.ndarray, lags: int
) -> tuple[np.ndarray, np.ndarray]:
    """ε_t = e_t − Σ φ_j e_{t-j} with e = y − x'β; the first `lags` rows are e, as in rugarch."""
    lagged = np.arange(1, 1 + lags)
    own, phi = np.delete(x, lagged, axis=1), b[lagged]
    e = y - own @ np.delete(b, lagged)
    resid, slopes = e.copy(), own.astype(np.result_type(x, b))
    change = np.zeros_like(x, dtype=np.result_type(x, b))
    for j, weight in zip(lagged, phi, strict=True):
        resid[lags:] -= weight * e[lags - j : len(e) - j]
        slopes[lags:] -= weight * own[lags - j : len(e) - j]
        change[lags:, j] = e[lags - j : len(e) - j]
    change[:, np.delete(np.arange(x.shape[1]), lagged)] = slopes
    return resid, change


def _moving_average(
    e: np.ndarray, slopes: np.ndarray, theta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """ε_t = e_t − Σ θ_j ε_{t-j}, ε being 0 before the sample, and minus its derivatives."""
    from scipy.signal import lfilter

    weights = np.concatenate([[1.0], theta])
    resid = lfilter([1.0], weights, e)
    direct = np.zeros((len(e), slopes.shape[1] + len(theta)), dtype=resid.dtype)
    direct[:, : slopes.shape[1]] = slopes
    for j in range(1, len(theta) + 1):
        direct[j:, slopes.shape[1] + j - 1] = resid[:-j]
    return resid, lfilter([1.0], weights, direct, axis=0)


def presample_weights(presample: Presample, traded: np.ndarray) -> np.ndarray:
    """Return the weights of squared shocks in the presample level, shape (n,).

    Parameters
    ----------
    presample : str or (str, number)
        "mean" and "fcp" weigh all days alike, "arch" the first 75 with a decay of 0.94,
        ("first", k) the first k, and ("decay", λ) has (1 − λ)λ^j on day j with λ^n of the mean.
    traded : ndarray of bool, shape (n,)
        Days that count.
    """
    n = len(traded)
    place = np.cumsum(traded) - 1.0
    flat = traded / traded.sum()
    if isinstance(presample, tuple) and presample[0] == "decay":
        share = float(presample[1])
        return traded * (1 - share) * share**place + share ** traded.sum() * flat
    if isinstance(presample, tuple):
        chosen = traded & (place < presample[1])
        return chosen / chosen.sum()
    if presample == "arch":
        weights = np.where(traded & (np.arange(n) < BACKCAST_DAYS), _DECAY ** np.arange(n), 0.0)
        return weights / weights.sum() if weights.any() else flat
    return flat
