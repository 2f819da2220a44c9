"""The likelihood of a GARCH model at a point, with its derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .garch_problem import Problem
from .garch_recursion import pull, sweep
from .garch_steps import Start, complex_steps

_FLAT = 1e-12
_LEAST = 1e-300


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
    def mean_slopes(self) -> np.ndarray:
        """Minus the derivative of ε_t in the mean parameters, shape (n, m)."""
        return self._pieces[3]

    @property
    def total(self) -> float:
        """Log-likelihood; −∞ where a variance is no number."""
        value = float(self.terms.sum())
        return value if np.isfinite(value) else -np.inf

    @property
    def memory(self) -> float:
        """Mean ln |dx_{t+1}/dx_t|: below 0 the filter forgets its start (invertibility)."""
        carry = np.abs(self._pieces[0].carry)
        if carry.ndim == 2:
            return _growth(self._pieces[0].carry)
        return float(np.log(np.maximum(carry, _FLAT)).mean())

    def gradient(self) -> np.ndarray:
        """Derivative of the log-likelihood, shape (p,)."""
        line, by_log, by_resid, x, w, by_shape = self._pieces
        inner = line.direct @ pull(line.carry, by_log * line.slope)
        inner[: x.shape[1]] -= by_resid @ x
        if w is not None:
            inner[line.regressors] += by_log @ w
        if line.power is not None:
            inner[line.power_row] += by_log @ line.power
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
        if line.power is not None:
            slopes[line.power_row] += line.power
        return slopes


def _growth(carry: np.ndarray) -> float:
    """Mean growth of the log of a disturbance that begins in the first rows, per row."""
    lags, n = carry.shape
    if not np.isfinite(carry).all():
        return float("nan")
    pulses = np.eye(lags, n)
    left = np.abs(sweep(carry, pulses)[:, -lags:]).max()
    return float(np.log(max(left, _LEAST)) / n)


@dataclass(frozen=True, eq=False)
class Line:
    """The linearised recursion: dx_t = direct_t + carry_{t-1} dx_{t-1}, d ln s = slope dx.

    Rows of `direct` are mean, recursion, regressors and, on limit days, shape parameters, which
    begin at `shapes`; `power` is the derivative of ln s in parameter `power_row` at a given x.
    """

    carry: np.ndarray
    slope: np.ndarray
    direct: np.ndarray
    regressors: slice
    shapes: int
    power: np.ndarray | None = None
    power_row: int = 0


@dataclass(frozen=True, eq=False)
class Stepped(Likelihood):
    """A model whose variance is differentiated by complex steps."""

    theta: np.ndarray
    problem: Problem

    @property
    def memory(self) -> float:
        """Such processes are not logarithmic: their filter is not asked for its memory."""
        return float("nan")

    def gradient(self) -> np.ndarray:
        """Derivative of the log-likelihood, shape (p,)."""
        return self.scores().sum(axis=0)

    def scores(self) -> np.ndarray:
        """Derivative of each term, shape (n, p)."""
        _, by_log, by_resid, x, _, by_shape = self._pieces
        inner = self.log_variance_slopes() * by_log
        inner[: x.shape[1]] -= by_resid * x.T
        return np.concatenate([inner, by_shape]).T

    def log_variance_slopes(self) -> np.ndarray:
        """Derivative of ln h_t in the mean, recursion and regressor parameters, shape (·, n)."""
        p = self.problem
        shape = p.split(self.theta)[3]
        inner = self.theta[: len(self.theta) - len(shape)]
        return complex_steps(lambda theta: _log_variance(theta, p), inner)


def stepped(theta: np.ndarray, p: Problem) -> Likelihood:
    """Evaluate a model whose variance has a trace."""
    b, _, _, shape = p.split(theta)
    resid, x = p.mean(b)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        log_variance = _log_variance(theta[: len(theta) - len(shape)], p)
        scale = np.exp(-0.5 * log_variance)
        z = resid * scale
        log_f, by_z, by_shape = p.density.evaluate(z, shape)
        terms = log_f - 0.5 * log_variance
    pieces = (None, -0.5 - 0.5 * z * by_z, by_z * scale, x, None, by_shape)
    return Stepped(terms, resid, log_variance, pieces, theta, p)


def _log_variance(inner: np.ndarray, p: Problem) -> np.ndarray:
    """ln h_t of a process with a trace, at real or complex parameters without the shape."""
    m, q, k, _ = p.sizes
    b, v, delta = np.split(inner, [m, m + q])
    resid, _ = p.mean(b)
    log_factor = p.w @ delta if k else np.zeros(len(resid))
    u = resid * np.exp(-0.5 * log_factor)
    rule = "level" if p.presample not in ("arch", "fcp") else "carried"
    if p.presample == "arch":
        level = (p.weights * p.pilot**2 * np.exp(-log_factor)).sum()
    elif isinstance(p.presample, float):
        level = p.presample * np.exp(-log_factor[0])
    else:
        level = (p.weights * u * u).sum()
    assert p.family.trace is not None
    start = Start(level, "rugarch" if p.rugarch and rule == "level" else rule)
    with np.errstate(all="ignore"):
        return np.log(p.family.trace(v, u, start)) + log_factor
