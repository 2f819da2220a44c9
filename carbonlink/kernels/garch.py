"""The likelihood of GARCH models with regressors in mean and variance, and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .garch_density import DENSITIES, Density
from .garch_recursion import FAMILIES, NEAR_ONE, Family, Path, pull, sweep

PRESAMPLES = ("arch", "mean", "fcp")
_TAU, _DECAY = 75, 0.94
_FLAT = 1e-12


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
        Whether w enters the recursion of ln h (EGARCH) rather than multiplying the variance.
    presample : str or float
        "arch", "mean", "fcp", or the variance of the first observation.
    pilot : ndarray, shape (n,)
        Least-squares residuals, for the "arch" presample.
    most : float
        Largest persistence allowed.
    """

    y: np.ndarray
    x: np.ndarray
    w: np.ndarray
    vol: str
    dist: str
    inside: bool
    presample: str | float
    pilot: np.ndarray
    most: float = NEAR_ONE

    @property
    def family(self) -> Family:
        """The variance recursion."""
        return FAMILIES[self.vol]

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
    presample: str | float = "arch",
    most: float = NEAR_ONE,
) -> Problem:
    """Put data and form together; parameters are in the order mean, recursion, w, shape."""
    w = np.empty((len(y), 0)) if w is None else w
    pilot = y - x @ np.linalg.lstsq(x, y, rcond=None)[0] if x.shape[1] else y
    return Problem(y, x, w, vol, dist, inside, presample, pilot, most)


@dataclass(frozen=True, eq=False)
class Likelihood:
    """A GARCH model at given parameters.

    Attributes
    ----------
    terms : ndarray, shape (n,)
        Log-likelihood of each observation.
    resid, log_variance : ndarray, shape (n,)
        ε_t and ln h_t.
    """

    terms: np.ndarray
    resid: np.ndarray
    log_variance: np.ndarray
    _pieces: tuple[Any, ...]

    @property
    def total(self) -> float:
        """Log-likelihood; −∞ where a variance is no number."""
        value = float(self.terms.sum())
        return value if np.isfinite(value) else -np.inf

    @property
    def memory(self) -> float:
        """Mean ln |dx_{t+1}/dx_t|: below 0 the filter forgets its start (invertibility)."""
        carry = np.abs(self._pieces[0].carry)
        return float(np.log(np.maximum(carry, _FLAT)).mean())

    def gradient(self) -> np.ndarray:
        """Derivative of the log-likelihood, shape (p,)."""
        line, by_log, by_resid, x, w, by_shape = self._pieces
        inner = line.direct @ pull(line.carry, by_log * line.slope)
        inner[: x.shape[1]] -= by_resid @ x
        if w is not None:
            inner[-w.shape[1] :] += by_log @ w
        return np.concatenate([inner, by_shape.sum(axis=1)])

    def scores(self) -> np.ndarray:
        """Derivative of each term, shape (n, p)."""
        _, by_log, by_resid, x, _, by_shape = self._pieces
        inner = self.log_variance_slopes() * by_log
        inner[: x.shape[1]] -= by_resid * x.T
        return np.concatenate([inner, by_shape]).T

    def log_variance_slopes(self) -> np.ndarray:
        """Derivative of ln h_t in the mean, recursion and regressor parameters, shape (·, n)."""
        line, _, _, _, w, _ = self._pieces
        slopes = line.slope * sweep(line.carry, line.direct)
        if w is not None:
            slopes[-w.shape[1] :] += w.T
        return slopes


@dataclass(frozen=True, eq=False)
class _Line:
    """The linearised recursion: dx_t = direct_t + carry_{t-1} dx_{t-1}, d ln s = slope dx."""

    carry: np.ndarray
    slope: np.ndarray
    direct: np.ndarray


def likelihood(theta: np.ndarray, p: Problem) -> Likelihood:
    """Evaluate a GARCH model.

    Parameters
    ----------
    theta : ndarray
        Mean, recursion, regressor and shape parameters.
    p : Problem

    Returns
    -------
    Likelihood

    Notes
    -----
    ε_t = y_t − x_t'b; u_t = ε_t e^{−d_t/2}; h_t = e^{d_t} s_t; s follows the recursion driven
    by u; the log-likelihood is Σ ln f(ε_t/√h_t) − ½ ln h_t. Multiplicative regressors have
    d_t = δ'w_t. Inside EGARCH, ln h_t = ω + … + β ln h_{t-1} + δ'w_t is the same recursion
    without w in ln s_t with d_t = β d_{t-1} + δ'w_t, d_1 = 0. Derivatives of s solve the
    linearised recursion: a bidiagonal system, forwards for scores and transposed for the
    gradient.

    References
    ----------
    Fiorentini, G., Calzolari, G. and Panattoni, L. (1996). Analytic derivatives and the
    computation of GARCH estimates. Journal of Applied Econometrics 11, 399–417.
    """
    b, _, _, shape = p.split(theta)
    resid = p.y - p.x @ b
    multiplies = p.w if p.w.shape[1] and not p.inside else None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        log_variance, line = _variance(theta, resid, p)
        scale = np.exp(-0.5 * log_variance)
        z = resid * scale
        log_f, by_z, by_shape = p.density.evaluate(z, shape)
        by_log = -0.5 - 0.5 * z * by_z
        terms = log_f - 0.5 * log_variance
    pieces = (line, by_log, by_z * scale, p.x, multiplies, by_shape)
    return Likelihood(terms, resid, log_variance, pieces)


def _variance(theta: np.ndarray, resid: np.ndarray, p: Problem) -> tuple[np.ndarray, _Line]:
    _, v, delta, _ = p.split(theta)
    m, q, k, _ = p.sizes
    log_factor, u = 0.0, resid
    by_mean, by_delta = -p.x.T, np.empty((0, len(resid)))
    if k and not p.inside:
        log_factor = p.w @ delta
        factor = np.exp(-0.5 * log_factor)
        u = resid * factor
        by_mean, by_delta = by_mean * factor, -0.5 * u * p.w.T
    state, first = _first_state(v, delta, u, by_mean, by_delta, p)
    path = _inside(v, delta, u, state, p) if p.inside else p.family.run(v, u, state)
    direct = np.empty((m + q + k, len(resid)))
    direct[:, 0] = first
    np.multiply(by_mean[:, :-1], path.news, out=direct[:m, 1:])
    for row, own in zip(direct[m : m + q], path.own, strict=True):
        row[1:] = own
    direct[m + q :, 1:] = p.w.T[:, 1:] if p.inside else by_delta[:, :-1] * path.news
    return path.log_variance + log_factor, _Line(path.carry, path.slope, direct)


def _inside(v: np.ndarray, delta: np.ndarray, u: np.ndarray, state: float, p: Problem) -> Path:
    """Run EGARCH with δ'w_t in ln h_t, as the plain recursion on deflated shocks."""
    from scipy.signal import lfilter

    shift = p.w @ delta
    shift[0] = 0.0
    shift = lfilter([1.0], [1.0, -v[-1]], shift)
    factor = np.exp(-0.5 * shift)
    path = p.family.run(v, u * factor, state)
    own = (*path.own[:-1], path.own[-1] + shift[:-1])
    news = path.news * factor[:-1]
    return Path(path.log_variance + shift, path.slope, path.carry, news, own)


def _first_state(
    v: np.ndarray,
    delta: np.ndarray,
    u: np.ndarray,
    by_mean: np.ndarray,
    by_delta: np.ndarray,
    p: Problem,
) -> tuple[float, np.ndarray]:
    """The state at the first observation and its derivatives, from the presample rule."""
    m, q, k, _ = p.sizes
    change = np.zeros(m + q + k)
    if p.presample in ("mean", "fcp"):
        level = float(u @ u) / len(u)
        change[:m] = 2 / len(u) * (by_mean @ u)
        if len(by_delta):
            change[m + q :] = 2 / len(u) * (by_delta @ u)
    else:
        level, change[m + q :] = _fixed_level(delta, p)
    log = p.family.logarithmic
    value, slope = (float(np.log(level)), 1 / level) if log else (level, 1.0)
    first = slope * change
    if p.presample not in ("fcp", "arch"):
        return value, first
    carry = float(p.family.persistence @ v)
    state, first = v[0] + carry * value, carry * first
    first[m : m + q] += p.family.persistence * value
    first[m] += 1.0
    if p.inside:
        state += float(p.w[0] @ delta)
        first[m + q :] += p.w[0]
    return state, first


def _fixed_level(delta: np.ndarray, p: Problem) -> tuple[float, np.ndarray]:
    """A presample level that does not move with the mean, deflated as the shocks are."""
    if p.presample == "arch":
        tau = min(_TAU, len(p.y))
        weights = _DECAY ** np.arange(tau)
        square = weights / weights.sum() * p.pilot[:tau] ** 2
        w = p.w[:tau]
    else:
        square, w = np.array([float(p.presample)]), p.w[:1]
    if p.inside or not len(delta):
        return float(square.sum()), np.zeros(len(delta))
    square = square * np.exp(-(w @ delta))
    return float(square.sum()), -(square @ w)
