"""The probability of a trade as a dynamic logit."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from .garch_recursion import sweep

_CARRY = 0.999
_STEP = 1e-5
_NEWTON = 30


@dataclass(frozen=True, eq=False)
class Logit:
    """A dynamic logit, estimated.

    Attributes
    ----------
    params : ndarray, shape (p,)
        Constant, news a, carry b (both only where `dynamic`), regressors.
    dynamic : bool
        Whether the probability moves with past trades.
    probability : ndarray, shape (n,)
        π_t.
    slopes, scores : ndarray, shape (n, p)
        Derivatives of the log odds and of each log-likelihood term.
    hessian : ndarray, shape (p, p)
    loglik : float
    converged : bool
    ahead : float
        Log odds of the next day, before its regressors.
    """

    params: np.ndarray
    dynamic: bool
    probability: np.ndarray
    slopes: np.ndarray
    scores: np.ndarray
    hessian: np.ndarray
    loglik: float
    converged: bool
    ahead: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters that are not regressors."""
        return ("const", "news", "carry") if self.dynamic else ("const",)


@dataclass(frozen=True, eq=False)
class _Run:
    log_odds: np.ndarray
    probability: np.ndarray
    slopes: np.ndarray


def fit_logit(traded: np.ndarray, w: np.ndarray, dynamic: bool | None = None) -> Logit:
    """Estimate the probability of a trade by maximum likelihood.

    Parameters
    ----------
    traded : ndarray of bool, shape (n,)
    w : ndarray, shape (n, k)
        Regressors.
    dynamic : bool, optional
        Whether past trades matter; the smaller BIC decides when None, since without news the
        carry is not identified.

    Notes
    -----
    logit π_t = c + a(I_{t-1} − π_{t-1}) + b logit π_{t-1} + ψ'w_t, begun at the logit of the
    mean of I.
    """
    trades = np.asarray(traded, dtype=float)
    constant = _fit(trades, w, False)
    if dynamic is False:
        return constant
    moving = _fit(trades, w, True)
    gain = 2 * (moving.loglik - constant.loglik) - 2 * np.log(len(trades))
    return moving if dynamic or (moving.converged and gain > 0) else constant


def _fit(trades: np.ndarray, w: np.ndarray, dynamic: bool) -> Logit:
    from scipy.optimize import minimize

    base, k = float(np.log(trades.mean() / (1 - trades.mean()))), w.shape[1]
    starts = [[base, *np.zeros(k)]]
    if dynamic:
        pairs = ((0.3, 0.9), (0.5, 0.3), (0.1, 0.98))
        starts = [[base * (1 - b), a, b, *np.zeros(k)] for a, b in pairs]
    bounds: list[tuple[float | None, float | None]] = [(None, None)] * len(starts[0])
    if dynamic:
        bounds[2] = (-_CARRY, _CARRY)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        run = _run(theta, trades, w, dynamic)
        return -_loglik(run, trades) / len(trades), -_gradient(run, trades) / len(trades)

    found = [minimize(objective, s, jac=True, method="L-BFGS-B", bounds=bounds) for s in starts]
    theta, second, converged = _newton(min(found, key=lambda r: r.fun).x, trades, w, dynamic)
    run = _run(theta, trades, w, dynamic)
    return Logit(
        params=theta,
        dynamic=dynamic,
        probability=run.probability,
        slopes=run.slopes,
        scores=(trades - run.probability)[:, None] * run.slopes,
        hessian=second,
        loglik=_loglik(run, trades),
        converged=converged,
        ahead=_next(theta, trades[-1], run, dynamic),
    )


def _next(theta: np.ndarray, last: float, run: _Run, dynamic: bool) -> float:
    if not dynamic:
        return float(theta[0])
    surprise = last - run.probability[-1]
    return float(theta[0] + theta[1] * surprise + theta[2] * run.log_odds[-1])


def _run(theta: np.ndarray, trades: np.ndarray, w: np.ndarray, dynamic: bool) -> _Run:
    n = len(trades)
    if not dynamic:
        odds = theta[0] + w @ theta[1:]
        with np.errstate(over="ignore"):
            return _Run(odds, 1 / (1 + np.exp(-odds)), np.column_stack([np.ones(n), w]))
    c, a, b = (float(v) for v in theta[:3])
    pushes = (c + w @ theta[3:]).tolist()
    x, surprise = float(np.log(trades.mean() / (1 - trades.mean()))), 0.0
    start = x
    odds, chances = [], []
    for push, trade in zip(pushes, trades.tolist(), strict=True):
        x = push + a * surprise + b * x
        chance = 1 / (1 + exp(-min(max(x, -500.0), 500.0)))
        surprise = trade - chance
        odds.append(x)
        chances.append(chance)
    eta, pi = np.array(odds), np.array(chances)
    before = np.concatenate([[start], eta[:-1]])
    news = np.concatenate([[0.0], (trades - pi)[:-1]])
    direct = np.vstack([np.ones(n), news, before, w.T])
    carry = b - a * (pi * (1 - pi))[:-1]
    return _Run(eta, pi, sweep(carry, direct).T)


def _loglik(run: _Run, trades: np.ndarray) -> float:
    return float(-np.logaddexp(0.0, np.where(trades > 0, -run.log_odds, run.log_odds)).sum())


def _gradient(run: _Run, trades: np.ndarray) -> np.ndarray:
    return (trades - run.probability) @ run.slopes


def _newton(
    theta: np.ndarray, trades: np.ndarray, w: np.ndarray, dynamic: bool
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Newton steps from a point near the maximum; whether the last promises next to nothing."""
    gain = np.inf
    for _ in range(_NEWTON):
        run = _run(theta, trades, w, dynamic)
        slope, second = _gradient(run, trades), _hessian(theta, trades, w, dynamic)
        try:
            step = np.linalg.solve(-second, slope)
        except np.linalg.LinAlgError:
            break
        gain, share, moved = 0.5 * float(slope @ step), 1.0, theta
        if not gain > 1e-12:
            break
        while share > 1e-4:
            moved = theta + share * step
            inside = not dynamic or abs(moved[2]) <= _CARRY
            better = _loglik(_run(moved, trades, w, dynamic), trades) >= _loglik(run, trades)
            if inside and better:
                break
            share /= 2
        if share <= 1e-4:
            break
        theta = moved
    return theta, _hessian(theta, trades, w, dynamic), bool(0 <= gain < 1e-5)


def _hessian(theta: np.ndarray, trades: np.ndarray, w: np.ndarray, dynamic: bool) -> np.ndarray:
    rows = []
    for step in np.eye(len(theta)) * _STEP:
        up, down = _run(theta + step, trades, w, dynamic), _run(theta - step, trades, w, dynamic)
        rows.append((_gradient(up, trades) - _gradient(down, trades)) / (2 * _STEP))
    found = np.array(rows)
    return 0.5 * (found + found.T)
