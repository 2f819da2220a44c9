"""The likelihood of GARCH models with regressors in mean and variance, and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .garch_density import DENSITIES, Density
from .garch_partial import IDLE, SEEN, idle_family, run_partial
from .garch_recursion import FAMILIES, NEAR_ONE, Family, Path, pull, sweep
from .garch_tail import TAILS, shape_slopes

PRESAMPLES = ("arch", "mean", "fcp")
Presample = str | float | tuple[str, float]
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

    @property
    def family(self) -> Family:
        """The variance recursion."""
        return idle_family(self.vol) if self.idle == "free" else FAMILIES[self.vol]

    @property
    def weights(self) -> np.ndarray:
        """Weights of the squared shocks in the presample level, shape (n,)."""
        return presample_weights(self.presample, self.traded)

    @property
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
) -> Problem:
    """Put data and form together; parameters are in the order mean, recursion, w, shape."""
    w = np.empty((len(y), 0)) if w is None else w
    seen = np.ones(len(y), bool) if kind is None else kind != IDLE
    y = np.where(seen, y, 0.0)
    pilot = y
    if x.shape[1]:
        pilot = np.where(seen, y - x @ np.linalg.lstsq(x[seen], y[seen], rcond=None)[0], 0.0)
    return Problem(y, x, w, vol, dist, inside, presample, pilot, most, kind, offset, idle)


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
        weights = np.where(traded & (np.arange(n) < _TAU), _DECAY ** np.arange(n), 0.0)
        return weights / weights.sum() if weights.any() else flat
    return flat


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
            inner[line.regressors] += by_log @ w
        total = np.concatenate([inner[: line.shapes], by_shape.sum(axis=1)])
        total[line.shapes :] += inner[line.shapes :] if len(inner) > line.shapes else 0.0
        return total

    def scores(self) -> np.ndarray:
        """Derivative of each term, shape (n, p)."""
        line, by_log, by_resid, x, _, by_shape = self._pieces
        inner = self.log_variance_slopes() * by_log
        inner[: x.shape[1]] -= by_resid * x.T
        if len(inner) > line.shapes:
            by_shape = by_shape + inner[line.shapes :]
        return np.concatenate([inner[: line.shapes], by_shape]).T

    def log_variance_slopes(self) -> np.ndarray:
        """Derivative of ln h_t in the parameters it depends on, shape (·, n)."""
        line, _, _, _, w, _ = self._pieces
        slopes = line.slope * sweep(line.carry, line.direct)
        if w is not None:
            slopes[line.regressors] += w.T
        return slopes


@dataclass(frozen=True, eq=False)
class _Line:
    """The linearised recursion: dx_t = direct_t + carry_{t-1} dx_{t-1}, d ln s = slope dx.

    Rows of `direct` are mean, recursion, regressors and, on limit days, shape parameters, which
    begin at `shapes`.
    """

    carry: np.ndarray
    slope: np.ndarray
    direct: np.ndarray
    regressors: slice
    shapes: int


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
        if p.kind is None:
            log_f, by_z, by_shape = p.density.evaluate(z, shape)
            by_log = -0.5 - 0.5 * z * by_z
            terms = log_f - 0.5 * log_variance
        else:
            log_f, by_z, by_shape = _partly_seen(z, shape, p)
            seen = p.kind == SEEN
            by_log = -0.5 * seen - 0.5 * z * by_z
            terms = log_f - 0.5 * np.where(seen, log_variance, 0.0)
    pieces = (line, by_log, by_z * scale, p.x, multiplies, by_shape)
    return Likelihood(terms, resid, log_variance, pieces)


def _partly_seen(
    z: np.ndarray, shape: np.ndarray, p: Problem
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log density of what is seen: ln Pr(beyond the limit) on limit days, 0 without a trade."""
    log_f, by_z, by_shape = p.density.evaluate(z, shape)
    quiet, hits = p.kind == IDLE, np.flatnonzero(np.abs(p.kind) == 1)
    log_f, by_z = np.where(quiet, 0.0, log_f), np.where(quiet, 0.0, by_z)
    by_shape = np.where(quiet, 0.0, by_shape)
    if len(hits):
        side = p.kind[hits]
        bound = side * z[hits]
        tail = TAILS[p.dist](bound, shape)
        log_f[hits], by_z[hits] = tail.log_chance, -side * tail.hazard
        by_shape[:, hits] = shape_slopes(p.dist, bound, shape)[:, 0]
    return log_f, by_z, by_shape


def _variance(theta: np.ndarray, resid: np.ndarray, p: Problem) -> tuple[np.ndarray, _Line]:
    _, v, delta, shape = p.split(theta)
    m, q, k, r = p.sizes
    log_factor, u = 0.0, resid
    by_mean, by_delta = -p.x.T, np.empty((0, len(resid)))
    multiplies = bool(k) and not p.inside
    if multiplies or p.offset is not None:
        log_factor = p.w @ delta if multiplies else np.zeros(len(resid))
        log_factor = log_factor if p.offset is None else log_factor + p.offset
        factor = np.exp(-0.5 * log_factor)
        u = resid * factor
        by_mean = by_mean * factor
        by_delta = -0.5 * u * p.w.T if multiplies else by_delta
    if p.kind is not None:
        u = np.where(p.kind == IDLE, 0.0, u)
    state, first = _first_state(v, delta, u, by_mean, by_delta, p)
    rows = m + q + k + (r if p.kind is not None else 0)
    direct = np.empty((rows, len(resid)))
    direct[: m + q + k, 0] = first
    if p.inside:
        path = _inside(v, delta, u, state, p)
    elif p.kind is not None:
        path, by_shape = run_partial(p.vol, v, u, state, p.kind, p.idle, p.dist, shape)
        direct[m + q + k :, 0], direct[m + q + k :, 1:] = 0.0, by_shape
    else:
        path = p.family.run(v, u, state)
    np.multiply(by_mean[:, :-1], path.news, out=direct[:m, 1:])
    for row, own in zip(direct[m : m + q], path.own, strict=True):
        row[1:] = own
    where = slice(m + q, m + q + k)
    direct[where, 1:] = p.w.T[:, 1:] if p.inside else by_delta[:, :-1] * path.news
    line = _Line(path.carry, path.slope, direct, where, m + q + k)
    return path.log_variance + log_factor, line


def _inside(v: np.ndarray, delta: np.ndarray, u: np.ndarray, state: float, p: Problem) -> Path:
    """Run EGARCH with δ'w_t in ln h_t, as the plain recursion on deflated shocks."""
    from scipy.signal import lfilter

    shift = p.w @ delta
    shift[0] = 0.0
    shift = lfilter([1.0], [1.0, -v[3]], shift)
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
    moves = p.presample in ("mean", "fcp") or isinstance(p.presample, tuple)
    if moves:
        weighted = p.weights * u
        level = float(weighted @ u)
        change[:m] = 2 * (by_mean @ weighted)
        if len(by_delta):
            change[m + q :] = 2 * (by_delta @ weighted)
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
        square = (p.weights * p.pilot**2)[:tau] if p.traded[:tau].any() else p.weights * p.pilot**2
    else:
        square = np.array([float(p.presample)])
    w = p.w[: len(square)]
    if p.offset is not None:
        square = square * np.exp(-p.offset[: len(square)])
    if p.inside or not len(delta):
        return float(square.sum()), np.zeros(len(delta))
    square = square * np.exp(-(w @ delta))
    return float(square.sum()), -(square @ w)
