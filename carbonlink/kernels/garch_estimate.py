"""Estimate a GARCH model in any units: standardise, maximise, and carry the answer back."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import garch_lags as lags
from .garch import Problem, likelihood, problem
from .garch_bounds import PERSISTENCE
from .garch_families import FAMILIES
from .garch_fit import Maximum, maximise
from .garch_partial import IDLE, SEEN
from .garch_recursion import NEAR_ONE, SQRT_2_OVER_PI

COVARIANCES = ("robust", "hessian", "opg")


@dataclass(frozen=True, eq=False)
class Units:
    """What standardised data were divided by.

    Attributes
    ----------
    scale : float
        Standard deviation of the returns.
    mean : ndarray, shape (m,)
        Units of the mean coefficients over the standardised ones.
    centre, spread : ndarray, shape (k,)
        Mean and standard deviation of the variance regressors.
    """

    scale: float
    mean: np.ndarray
    centre: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True, eq=False)
class Estimate:
    """An estimated GARCH model, in the units of the data.

    Attributes
    ----------
    params : ndarray, shape (p,)
        Mean, recursion, regressor and shape parameters.
    covs : dict of str to ndarray, shape (p, p)
        Covariance of each kind; NaN for a parameter that a bound determines.
    loglik : float
    resid, log_variance : ndarray, shape (n,)
    scores : ndarray, shape (n, p)
        Derivatives of each log-likelihood term.
    bounds : tuple of str
        Bounds that hold, in words.
    determined : tuple of int
        Parameters without a standard error because a bound determines them.
    problem : Problem
        The standardised problem.
    maximum : Maximum
        Its maximum.
    units : Units
    """

    params: np.ndarray
    covs: dict[str, np.ndarray]
    loglik: float
    resid: np.ndarray
    log_variance: np.ndarray
    scores: np.ndarray
    bounds: tuple[str, ...]
    determined: tuple[int, ...]
    problem: Problem
    maximum: Maximum
    units: Units

    @property
    def constant(self) -> int:
        """How many constants the mean has: 1 or 0."""
        x = self.problem.x
        return int(x.shape[1] > 0 and bool((x[:, 0] == 1.0).all()))

    @property
    def persistence(self) -> float:
        """Expected carry of the variance from row to row; NaN where no number says it."""
        p = self.problem
        return persistence(p.split(self.maximum.theta), p)

    @property
    def pressed(self) -> tuple[int, ...]:
        """Parameters in a bound that holds, alone or with others: their score is not zero."""
        rows = [b.row != 0 for b in self.maximum.active]
        return tuple(int(i) for i in np.flatnonzero(np.any(rows, axis=0))) if rows else ()

    @property
    def integrated(self) -> bool:
        """Whether the persistence is held by its bound, as a sum of parameters."""
        held = any(text.startswith(PERSISTENCE) for text in self.bounds)
        return held and not self.problem.family.logarithmic

    @functools.cached_property
    def unbounded(self) -> Estimate | None:
        """The estimate without that bound; None where no bound holds, or no maximum is found.

        The estimator of α and β without the bound is asymptotically normal whether or not the
        process is stationary (Francq and Zakoïan, 2012, Econometrica 80, 821–861, for a
        GARCH(1, 1)), so its interval holds where that of the bounded one has no known law.
        """
        if not self.integrated:
            return None
        free = replace(self.problem, most=float("inf"))
        found = estimate(free, self.units, self.maximum.theta)
        return found if found.maximum.converged else None


def persistence(parts: list[np.ndarray], p: Problem) -> float:
    """Return the expected carry of the variance at [mean, recursion, regressors, shape].

    In APARCH it is that of σ^p, α E(|z| − γz)^p + β; in CGARCH ρ, that of the long-run
    component; FIGARCH, whose shocks die out hyperbolically, has none.
    """
    v, shape = parts[1], parts[3]
    if p.vol == "FIGARCH":
        return float("nan")
    if not p.family.power:
        return p.family.carry(v)
    return float(lag_carries(v, shape, p).sum())


def lag_carries(v: np.ndarray, shape: np.ndarray, p: Problem) -> np.ndarray:
    """Return what of the persistence stands at each lag, shape (K,)."""
    if p.family.trace is not None:
        lag = [int("".join(filter(str.isdigit, name))) - 1 for name in p.family.names[1:]]
        return np.bincount(lag, weights=v[1:])
    _, alpha, gamma, beta = lags.split(v, p.family.order)
    found = np.zeros(max(p.family.order))
    found[: len(beta)] += beta
    if p.family.power:
        tilt = np.zeros(len(alpha))
        tilt[: len(gamma)] = gamma
        for i, (a, g) in enumerate(zip(alpha, tilt, strict=True)):
            found[i] += a * p.density.mean_of(_tilted(g, v[-1]), shape)
    elif not p.family.logarithmic:
        found[: len(alpha)] += alpha
        found[: len(gamma)] += 0.5 * gamma
    return found


def _tilted(gamma: float, power: float) -> Callable[[np.ndarray], np.ndarray]:
    """The news of APARCH as a function of the shock."""
    return lambda z: (np.abs(z) - gamma * z) ** power


def standardise(
    y: np.ndarray,
    x: np.ndarray,
    lagged: np.ndarray,
    w: np.ndarray,
    presample: Any = "arch",
    most: float = NEAR_ONE,
    kind: np.ndarray | None = None,
    **form: Any,
) -> tuple[Problem, Units]:
    """Return a problem with unit variance and centred regressors, and its units.

    Parameters
    ----------
    y, x, w : ndarray, shapes (n,), (n, m), (n, k)
        Returns, regressors of mean and variance.
    lagged : ndarray of bool, shape (m,)
        Which columns of x are in the units of y.
    presample : str, (str, float) or float
        A number is in squared units of y.
    most : float
        Largest persistence.
    kind : ndarray, shape (n,), optional
        Kind of each day.
    **form
        `vol`, `dist`, `inside` and the rest, as `carbonlink.kernels.garch.problem` takes
        them.
    """
    scale = float(np.std(y if kind is None else y[kind != IDLE]))
    wide = np.std(x, axis=0)
    width = np.where(lagged, scale, np.where(wide > 0, wide, 1.0))
    added = bool(form.get("inside")) and not FAMILIES[form["vol"]].logarithmic
    centre = np.zeros(w.shape[1]) if added else w.mean(axis=0)
    units = Units(scale, scale / width, centre, w.std(axis=0))
    named = isinstance(presample, (str, tuple))
    first = presample if named else float(presample) / scale**2
    x = x / width
    w = (w - units.centre) / units.spread
    most = most if np.isinf(most) else min(most, NEAR_ONE)
    return problem(y / scale, x, w=w, presample=first, most=most, kind=kind, **form), units


def estimate(p: Problem, units: Units, start: np.ndarray | None = None) -> Estimate:
    """Maximise a standardised problem and return the estimate in the units of the data."""
    found = maximise(p, start)
    params, jacobian = to_units(found.theta, p, units)
    scores = found.at.scores()
    covs = {kind: jacobian @ c @ jacobian.T for kind, c in covariances(found, scores).items()}
    still = np.abs(found.free).sum(axis=1) < 1e-10
    determined = tuple(int(i) for i in np.flatnonzero(still))
    for cov in covs.values():
        cov[list(determined), :] = np.nan
        cov[:, list(determined)] = np.nan
    log_scale = 2 * np.log(units.scale)
    return Estimate(
        params=params,
        covs=covs,
        loglik=found.at.total - whole(p) * np.log(units.scale),
        resid=found.at.resid * units.scale,
        log_variance=found.at.log_variance + log_scale,
        scores=np.linalg.solve(jacobian.T, scores.T).T,
        bounds=tuple(b.text for b in found.active),
        determined=determined,
        problem=p,
        maximum=found,
        units=units,
    )


def covariances(found: Maximum, scores: np.ndarray) -> dict[str, np.ndarray]:
    """Return the three covariance matrices of a maximum, along its free directions.

    Notes
    -----
    With H the Hessian and S the sum of outer products of scores: hessian (−H)⁻¹, opg S⁻¹,
    robust (−H)⁻¹ S (−H)⁻¹. All are NaN where H has no inverse.

    References
    ----------
    Bollerslev, T. and Wooldridge, J. M. (1992). Quasi-maximum likelihood estimation and
    inference in dynamic models with time-varying covariances. Econometric Reviews 11, 143–172.
    doi:10.1080/07474939208800229
    """
    free, outer = found.free, scores.T @ scores
    try:
        np.linalg.cholesky(-(free.T @ found.hessian @ free))
        bread = free @ np.linalg.inv(-(free.T @ found.hessian @ free)) @ free.T
        opg = free @ np.linalg.inv(free.T @ outer @ free) @ free.T
    except np.linalg.LinAlgError:
        return {kind: np.full_like(outer, np.nan) for kind in COVARIANCES}
    return {"robust": bread @ outer @ bread, "hessian": bread, "opg": opg}


def to_units(theta: np.ndarray, p: Problem, units: Units) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters in the units of the data, and their Jacobian in the standardised ones.

    Notes
    -----
    With returns divided by c and regressors w' = (w − w̄)/σ: δ = δ'/σ and κ = δ'w̄/σ (added to
    the variance, w̄ = 0 and δ = c²δ'/σ); ω = c²e^{−κ}ω' for variances, its power p/2
    in APARCH, ω = ω' + (1 − β)(2 ln c − κ) for logarithms, and
    ω = ω' + (1 − β) 2 ln c − κ with the regressors inside the recursion.
    """
    b, v, delta, shape = p.split(theta)
    m, q, k, _ = p.sizes
    where = slice(m + q, m + q + k)
    ratio = units.centre / units.spread
    slope = (units.scale**2 if p.additive else 1.0) / units.spread
    shift, log_scale = float(delta @ ratio), 2 * np.log(units.scale)
    jacobian = np.eye(len(theta))
    jacobian[:m, :m] = np.diag(units.mean)
    jacobian[where, where] = np.diag(slope)
    v = v.copy()
    if p.family.power:
        half = 0.5 * v[-1]
        v[0] *= np.exp(half * (log_scale - shift))
        jacobian[m, m] = np.exp(half * (log_scale - shift))
        jacobian[m, m + q - 1] = 0.5 * v[0] * (log_scale - shift)
        jacobian[m, where] = -half * v[0] * ratio
    elif not p.family.logarithmic:
        factor = np.exp(log_scale - shift)
        v[0] *= factor
        jacobian[m, m] = factor
        jacobian[m, where] = -v[0] * ratio
    else:
        beta = p.family.all_named("beta")
        gone = 1.0 - v[beta].sum()
        inner, outer = (log_scale, shift) if p.inside else (log_scale - shift, 0.0)
        v[0] += gone * inner - outer
        jacobian[m, [m + j for j in beta]] = -inner
        jacobian[m, where] = -ratio * (1.0 if p.inside else gone)
        if p.rugarch:
            _recentre(v, shape, p, jacobian)
    return np.concatenate([b * units.mean, v, delta * slope, shape]), jacobian


def _recentre(v: np.ndarray, shape: np.ndarray, p: Problem, jacobian: np.ndarray) -> None:
    """Centre |z| at its mean under the density rather than under the normal, as rugarch does."""
    m, q, k, _ = p.sizes
    size = p.family.all_named("alpha")
    gap = _gap(shape, p)
    v[0] += v[size].sum() * gap
    jacobian[m, [m + j for j in size]] += gap
    for i in range(len(shape)):
        step = np.zeros(len(shape))
        step[i] = 1e-5 * max(1.0, abs(shape[i]))
        ends = [p.density.mean_of(np.abs, shape + sign * step) for sign in (1, -1)]
        jacobian[m, m + q + k + i] += v[size].sum() * (ends[0] - ends[1]) / (2 * step[i])


def _gap(shape: np.ndarray, p: Problem) -> float:
    """Mean of |z| under the density over that under the normal."""
    return float(p.density.mean_of(np.abs, shape) - SQRT_2_OVER_PI)


def to_standard(params: np.ndarray, p: Problem, units: Units) -> np.ndarray:
    """Return standardised parameters: the inverse of `to_units`."""
    b, v, delta, shape = p.split(params)
    delta = delta * units.spread / (units.scale**2 if p.additive else 1.0)
    shift = float(delta @ (units.centre / units.spread))
    log_scale = 2 * np.log(units.scale)
    v = v.copy()
    if p.family.power:
        v[0] *= np.exp(0.5 * v[-1] * (shift - log_scale))
    elif not p.family.logarithmic:
        v[0] *= np.exp(shift - log_scale)
    else:
        if p.rugarch:
            v[0] -= v[p.family.all_named("alpha")].sum() * _gap(shape, p)
        gone = 1 - v[p.family.all_named("beta")].sum()
        v[0] += shift - gone * log_scale if p.inside else gone * (shift - log_scale)
    return np.concatenate([b / units.mean, v, delta, shape])


def evaluate(params: np.ndarray, p: Problem, units: Units) -> float:
    """Return the log-likelihood of parameters in the units of the data."""
    at = likelihood(to_standard(params, p, units), p)
    return at.total - whole(p) * float(np.log(units.scale))


def whole(p: Problem) -> int:
    """Return the number of returns seen whole, whose densities move with the units."""
    return len(p.y) if p.kind is None else int((p.kind == SEEN).sum())
