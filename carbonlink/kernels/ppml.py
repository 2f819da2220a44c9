"""Poisson pseudo-maximum likelihood with absorbed effects: iteratively reweighted least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .absorb import Absorber, Unsettled
from .ols import DEPENDENT

MOST_STEPS = 200
SETTLED = 1e-12
_HALVINGS = 20
_LARGEST = 700.0


@dataclass(frozen=True)
class PoissonFit:
    """A Poisson pseudo-maximum likelihood fit.

    Attributes
    ----------
    params : ndarray, shape (k,)
    mean : ndarray, shape (n,)
        Fitted means μ.
    within : ndarray, shape (n, k)
        Regressors less what the effects explain of them, with weights μ.
    bread : ndarray, shape (k, k)
        Inverse of X̃'diag(μ)X̃.
    deviance : float
    steps : int
    """

    params: np.ndarray
    mean: np.ndarray
    within: np.ndarray
    bread: np.ndarray
    deviance: float
    steps: int

    def scores(self, y: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
        """Return Σ x̃(y − μ) by group, shape (count, k)."""
        return group_sums(self.within * (y - self.mean)[:, None], groups, count)

    def hessians(self, groups: np.ndarray, count: int) -> np.ndarray:
        """Return Σ μ x̃x̃' by group, shape (count, k, k)."""
        order = np.argsort(groups, kind="stable")
        ends = np.searchsorted(groups[order], np.arange(count + 1))
        rooted = (self.within * np.sqrt(self.mean)[:, None])[order]
        parts = [rooted[a:b] for a, b in zip(ends[:-1], ends[1:], strict=True)]
        return np.stack([part.T @ part for part in parts])


def fit_poisson(
    y: np.ndarray,
    x: np.ndarray,
    absorber: Absorber,
    offset: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> PoissonFit:
    """Fit E[y] = exp(x β + effects + offset).

    Parameters
    ----------
    y : ndarray, shape (n,)
        Not negative, with a positive value in every level of every factor.
    x : ndarray, shape (n, k)
        Regressors that are not collinear given the effects; k may be 0.
    absorber : Absorber
    offset : ndarray, shape (n,), optional
    start : ndarray, shape (n,), optional
        Means from which to start.

    Raises
    ------
    Unsettled

    Notes
    -----
    Each step regresses z = η + (y − μ)/μ on x and the effects with weights μ, by sweeping the
    effects out of both; columns keep what earlier steps swept out, as only their part outside
    the effects counts. A step that raises the deviance is halved.

    References
    ----------
    Correia, S., P. Guimarães and T. Zylkin (2020). Fast Poisson estimation with high-dimensional
    fixed effects. Stata Journal 20, 95–115. doi:10.1177/1536867X20909691
    """
    shift = np.zeros(len(y)) if offset is None else offset
    scale = np.sqrt((x * x).mean(axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    swept = x / scale
    mean = (y + y.mean()) / 2 if start is None else np.maximum(start, 1e-300)
    eta = np.log(mean)
    last = np.inf
    for step in range(1, MOST_STEPS + 1):
        working = eta - shift + (y - mean) / mean
        both = absorber.within(np.column_stack([swept, working]), mean)
        swept, target = both[:, :-1], both[:, -1]
        gram = swept.T @ (mean[:, None] * swept)
        params = np.linalg.solve(gram, swept.T @ (mean * target))
        proposed = working - (target - swept @ params) + shift
        proposed, value = _halved(y, eta, proposed, last)
        eta, mean = proposed, np.exp(np.minimum(proposed, _LARGEST))
        settled = abs(last - value) <= SETTLED * max(min(value, last), 0.1 * y.sum(), 1e-300)
        last = value
        if settled:
            swept = absorber.within(swept, mean)
            bread = np.linalg.inv(swept.T @ (mean[:, None] * swept))
            return PoissonFit(
                params / scale, mean, swept * scale, bread / np.outer(scale, scale), value, step
            )
    raise Unsettled(f"Poisson estimation did not settle in {MOST_STEPS} steps.")


def _halved(
    y: np.ndarray, eta: np.ndarray, proposed: np.ndarray, last: float
) -> tuple[np.ndarray, float]:
    """Return the proposal, moved back towards `eta` as long as it raises the deviance."""
    for _ in range(_HALVINGS):
        value = deviance(y, np.exp(np.minimum(proposed, _LARGEST)))
        if value <= last * (1 + 1e-10) + 1e-300:
            break
        proposed = (proposed + eta) / 2
    return proposed, value


def deviance(y: np.ndarray, mean: np.ndarray) -> float:
    """Return 2 Σ [y ln(y/μ) − (y − μ)]."""
    positive = y > 0
    logs = y[positive] * np.log(y[positive] / np.maximum(mean[positive], 1e-300))
    return float(2 * (logs.sum() - (y - mean).sum()))


def loglik(y: np.ndarray, mean: np.ndarray) -> float:
    """Return Σ [y ln μ − μ − ln Γ(y + 1)]."""
    from scipy.special import gammaln, xlogy

    return float((xlogy(y, mean) - mean - gammaln(y + 1)).sum())


def collinear(x: np.ndarray, absorber: Absorber, weights: np.ndarray) -> tuple[int, ...]:
    """Return the columns that the effects and the columns before them explain fully."""
    length = np.sqrt((weights[:, None] * x * x).sum(axis=0))
    units = x / np.where(length > 0, length, 1.0)
    rooted = absorber.within(units, weights) * np.sqrt(weights)[:, None]
    found: list[int] = []
    basis = np.empty((len(x), 0))
    for j in range(x.shape[1]):
        rest = rooted[:, j]
        for _ in range(2):
            rest = rest - basis @ (basis.T @ rest)
        size = np.linalg.norm(rest)
        if size < 10 * DEPENDENT:
            found.append(j)
        else:
            basis = np.column_stack([basis, rest / size])
    return tuple(found)


def group_sums(columns: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    """Return the sums of columns (n, k) by group, shape (count, k)."""
    sums = [np.bincount(groups, column, count) for column in columns.T]
    return np.column_stack(sums) if sums else np.zeros((count, 0))


def sandwich(
    fit: PoissonFit, y: np.ndarray, clusters: np.ndarray | None, absorber: Absorber
) -> tuple[np.ndarray, float]:
    """Return the covariance of the estimates, and its small-sample factor.

    Notes
    -----
    B (Σ_g s_g s_g') B with the scores s_g summed by cluster, times
    G/(G − 1) · (n − 1)/(n − K), K counting regressors and the effects of factors whose levels
    cross clusters, less one for each such factor after the first. Without clusters rows are
    the groups, the factor is n/(n − K) and every effect counts.
    """
    n, k = fit.within.shape
    free = [True] * len(absorber.sizes)
    if clusters is None:
        scores = fit.within * (y - fit.mean)[:, None]
    else:
        count = int(clusters.max()) + 1
        scores = fit.scores(y, clusters, count)
        free = [not inside for inside in absorber.nested(clusters)]
    levels = [size for size, used in zip(absorber.sizes, free, strict=True) if used]
    lost = len(levels) if not all(free) else len(levels) - 1
    parameters = k + sum(levels) - max(lost, 0)
    factor = n / (n - parameters) if clusters is None else (n - 1) / (n - parameters)
    factor *= 1.0 if clusters is None else count / (count - 1)
    return factor * fit.bread @ (scores.T @ scores) @ fit.bread, factor
