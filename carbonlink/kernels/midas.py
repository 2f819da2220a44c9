"""Regressions of a rare series on a frequent one: weights, nonlinear least squares, max-test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = ("beta", "almon", "unrestricted")
_EDGE = np.finfo(float).eps
_STARTS = {
    "beta": [(1.0, 1.0), (1.0, 5.0), (2.0, 4.0), (4.0, 2.0), (1.0, 20.0)],
    "almon": [(0.0, 0.0), (-0.5, 0.0), (0.5, -0.1), (0.0, -0.05), (0.2, -0.02)],
}
_BOUNDS = {"beta": ((0.05, 0.05), (60.0, 300.0)), "almon": ((-8.0, -4.0), (8.0, 1.0))}


@dataclass(frozen=True)
class MidasFit:
    """A nonlinear least-squares fit of y = Zγ + β·Xw(θ) + e.

    Attributes
    ----------
    linear : ndarray, shape (m,)
        γ, then β.
    shape : ndarray, shape (2,)
        θ.
    weights : ndarray, shape (K,)
    resid : ndarray, shape (n,)
    gradient : ndarray, shape (n, m + 1 + 2)
        Derivatives of the fitted values by γ, β and θ.
    at_bound : bool
        Whether θ sits on the edge of what is allowed.
    """

    linear: np.ndarray
    shape: np.ndarray
    weights: np.ndarray
    resid: np.ndarray
    gradient: np.ndarray
    at_bound: bool


def lag_rows(low: np.ndarray, high: np.ndarray, values: np.ndarray, lags: int, lead: int):
    """Return the last `lags` frequent values up to each rare date, newest first.

    Parameters
    ----------
    low, high : ndarray of int
        Dates of the two series, in order.
    values : ndarray, shape (len(high),)
        Without missing values.
    lags : int
    lead : int
        Frequent values left out before the rare date.

    Returns
    -------
    ndarray, shape (len(low), lags)
        NaN where the frequent series does not reach back far enough, or has ended a rare period
        or more before the date.
    """
    last = np.searchsorted(high, low, side="right") - 1 - lead
    made = np.full((len(low), lags), np.nan)
    for i, stop in enumerate(last):
        fresh = stop >= 0 and (i == 0 or high[stop + lead] > low[i - 1])
        if fresh and stop - lags + 1 >= 0:
            made[i] = values[stop - lags + 1 : stop + 1][::-1]
    return made


def lag_weights(kind: str, shape: np.ndarray, lags: int) -> np.ndarray:
    """Return weights of lags 0 … K−1 that sum to 1.

    Notes
    -----
    beta: u^{θ₁−1}(1−u)^{θ₂−1} at K points from 0 to 1, the ends moved in by the machine's
    precision; almon: exp(θ₁k + θ₂k²).

    References
    ----------
    Ghysels, E., Sinko, A. and Valkanov, R. (2007). MIDAS regressions: further results and new
    directions. Econometric Reviews 26, 53–90. doi:10.1080/07474930600972467
    """
    if kind == "beta":
        u = np.linspace(_EDGE, 1 - _EDGE, lags)
        logs = (shape[0] - 1) * np.log(u) + (shape[1] - 1) * np.log1p(-u)
    else:
        k = np.arange(lags)
        logs = shape[0] * k + shape[1] * k**2
    made = np.exp(logs - logs.max())
    return made / made.sum()


def fit(y: np.ndarray, z: np.ndarray, x: np.ndarray, kind: str) -> MidasFit:
    """Fit by least squares: the linear coefficients are concentrated out, θ has several starts.

    Parameters
    ----------
    y : ndarray, shape (n,)
    z : ndarray, shape (n, m)
    x : ndarray, shape (n, K)
    kind : {"beta", "almon"}
    """
    from scipy.optimize import minimize

    q = np.linalg.qr(z)[0] if z.shape[1] else np.empty((len(y), 0))
    y0, x0 = y - q @ (q.T @ y), x - q @ (q.T @ x)

    def rss(shape: np.ndarray) -> float:
        s = x0 @ lag_weights(kind, shape, x.shape[1])
        return float(y0 @ y0 - (s @ y0) ** 2 / max(s @ s, 1e-300))

    low, high = (np.array(b) for b in _BOUNDS[kind])
    best: Any = None
    for start in _STARTS[kind]:
        made = minimize(
            rss, start, method="L-BFGS-B", bounds=list(zip(low, high, strict=True)),
            options={"ftol": 1e-14, "gtol": 1e-10, "maxiter": 500},
        )  # fmt: skip
        if best is None or made.fun < best.fun - 1e-12:
            best = made
    polished = minimize(
        rss, best.x, method="Nelder-Mead", bounds=list(zip(low, high, strict=True)),
        options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 2000},
    )  # fmt: skip
    shape = polished.x if polished.fun <= best.fun else best.x
    weights = lag_weights(kind, shape, x.shape[1])
    design = np.column_stack([z, x @ weights])
    linear = np.linalg.lstsq(design, y, rcond=None)[0]
    slopes = []
    for i in range(2):
        step = np.zeros(2)
        step[i] = 1e-5 * max(abs(shape[i]), 1.0)
        up, down = (lag_weights(kind, shape + s * step, x.shape[1]) for s in (1, -1))
        slopes.append(linear[-1] * (x @ (up - down)) / (2 * step[i]))
    edge = bool((shape <= low * (1 + 1e-6) + 1e-9).any() or (shape >= high * (1 - 1e-6)).any())
    gradient = np.column_stack([design, *slopes])
    return MidasFit(linear, shape, weights, y - design @ linear, gradient, edge)


def max_test(
    y: np.ndarray, z: np.ndarray, x: np.ndarray, generator: np.random.Generator, draws: int
) -> tuple[float, float, np.ndarray]:
    """Test that no lag of x explains y, by the largest of one-lag regressions.

    Parameters
    ----------
    y : ndarray, shape (n,)
    z : ndarray, shape (n, m)
        Regressors kept in every regression: constant and own lags.
    x : ndarray, shape (n, K)
        Candidate lags, brought to unit variance so that the choice does not depend on units.
    generator : Generator
    draws : int

    Returns
    -------
    statistic, p_value : float
        n · max_j b_j², and the share of draws from the joint normal limit, its covariance by
        White's formula from the residuals without x, that reach it.
    slopes : ndarray, shape (K,)
        b_j.

    References
    ----------
    Ghysels, E., Hill, J. B. and Motegi, K. (2020). Testing a large set of zero restrictions in
    regression models, with an application to mixed frequency Granger causality. Journal of
    Econometrics 218, 633–654. Working paper: doi:10.2139/ssrn.2616736
    """
    n = len(y)
    q = np.linalg.qr(z)[0]
    spread = x.std(axis=0)
    x0 = x / np.where(spread > 0, spread, 1.0)
    x0 = x0 - q @ (q.T @ x0)
    left = y - q @ (q.T @ y)
    size = (x0**2).sum(axis=0)
    slopes = x0.T @ left / size
    influence = x0 * left[:, None] / size * n
    cov = influence.T @ influence / (n - z.shape[1])
    values, vectors = np.linalg.eigh(cov)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    null = generator.standard_normal((draws, len(values))) @ root.T
    statistic = float(n * np.max(slopes**2))
    drawn = np.max(null**2, axis=1)
    return statistic, float((1 + np.sum(drawn >= statistic)) / (1 + draws)), slopes


def chow_lin(low: np.ndarray, indicator: np.ndarray, groups: np.ndarray, kind: str) -> np.ndarray:
    """Return a frequent series that follows an indicator and adds up to the rare one.

    Parameters
    ----------
    low : ndarray, shape (n,)
    indicator : ndarray, shape (N,)
    groups : ndarray of int, shape (N,)
        Rare period of each frequent row, 0 … n − 1.
    kind : {"mean", "sum", "last"}
        How frequent values make a rare one.

    References
    ----------
    Chow, G. C. and Lin, A. (1971). Best linear unbiased interpolation, distribution, and
    extrapolation of time series by related series. Review of Economics and Statistics 53,
    372–375. doi:10.2307/1928739
    """
    from scipy.optimize import minimize_scalar

    count, total = len(low), len(indicator)
    make = np.zeros((count, total))
    for g in range(count):
        inside = np.flatnonzero(groups == g)
        if kind == "last":
            make[g, inside[-1]] = 1.0
        else:
            make[g, inside] = 1.0 if kind == "sum" else 1.0 / len(inside)
    z = np.column_stack([np.ones(total), indicator])
    apart = np.abs(np.subtract.outer(np.arange(total), np.arange(total)))

    def solve(rho: float) -> tuple[float, np.ndarray]:
        cov = rho**apart / (1 - rho**2)
        inner = make @ cov @ make.T
        weight = np.linalg.inv(inner)
        zl = make @ z
        beta = np.linalg.solve(zl.T @ weight @ zl, zl.T @ weight @ low)
        left = low - zl @ beta
        fit = count * np.log(left @ weight @ left) + np.linalg.slogdet(inner)[1]
        return float(fit), z @ beta + cov @ make.T @ weight @ left

    rho = minimize_scalar(lambda r: solve(r)[0], bounds=(0.0, 0.999), method="bounded").x
    return solve(float(rho))[1]
