"""Several series with known links: vector autoregression and error correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator
from .returns import BURN, business_days


def var(
    n: int = 500,
    coefs: Any = None,
    sigma: Any = None,
    names: Sequence[str] = ("cea", "hubei", "guangdong"),
    rng: Any = 0,
) -> pd.DataFrame:
    """Simulate a vector autoregression without constant and with normal shocks.

    Parameters
    ----------
    n : int
        Number of rows.
    coefs : array_like, shape (lags, k, k) or (k, k), optional
        ``coefs[l, i, j]`` is the effect of series j, l + 1 days before, on series i. The default
        is one lag: 0.2 on each own lag and 0.3 from the first series to each other.
    sigma : array_like, shape (k, k), optional
        Covariance of the shocks; the default has variances 1 and correlations 0.3.
    names : sequence of str, length k
        Column names.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    DataFrame, shape (n, k)
        On business days from 2015-01-01.

    Raises
    ------
    SpecificationError
        Shapes do not fit the names, `sigma` is no covariance matrix, or a root of the system is
        not inside the unit circle.

    Notes
    -----
    .. math:: y_t = \\sum_l A_l y_{t-l} + u_t,\\qquad u_t \\sim N(0, \\Sigma)

    The first 500 rows are thrown away.

    References
    ----------
    Lütkepohl, H. (2005). New Introduction to Multiple Time Series Analysis. Springer.
    doi:10.1007/978-3-540-27752-1

    Examples
    --------
    >>> import carbonlink as cl
    >>> cl.simulate.var(n=400, rng=1).shape
    (400, 3)
    """
    index = business_days(n)
    k = len(names)
    a = _default_coefs(k) if coefs is None else np.asarray(coefs, dtype=float)
    a = a[None] if a.ndim == 2 else a
    cov = 0.7 * np.eye(k) + 0.3 if sigma is None else np.asarray(sigma, dtype=float)
    _check_system(a, cov, k)
    lags = len(a)
    shocks = generator(rng).standard_normal((n + BURN, k)) @ np.linalg.cholesky(cov).T
    y = np.zeros((lags + n + BURN, k))
    for t in range(n + BURN):
        y[lags + t] = shocks[t] + sum(a[lag] @ y[lags + t - 1 - lag] for lag in range(lags))
    return pd.DataFrame(y[-n:], index=index, columns=list(names))


def _default_coefs(k: int) -> np.ndarray:
    a = 0.2 * np.eye(k)
    a[1:, 0] = 0.3
    return a


def _check_system(a: np.ndarray, cov: np.ndarray, k: int) -> None:
    if a.ndim != 3 or a.shape[1:] != (k, k) or cov.shape != (k, k):
        raise SpecificationError(
            f"coefs of shape {a.shape} and sigma of shape {cov.shape} do not fit {k} names.",
            f"Give coefs as (lags, {k}, {k}) and sigma as ({k}, {k}).",
        )
    if not np.allclose(cov, cov.T) or np.linalg.eigvalsh(cov)[0] <= 0:
        raise SpecificationError("sigma is no covariance matrix.", "Make it positive definite.")
    lags = len(a)
    companion = np.eye(k * lags, k=-k)
    companion[:k] = np.concatenate(a, axis=1)
    root = np.abs(np.linalg.eigvals(companion)).max()
    if root >= 1:
        raise SpecificationError(
            f"coefs are explosive (largest root {root:.4g}).", "Lower them: every root below 1."
        )


def error_correction(
    n: int = 600,
    long_run: float = 0.8,
    adjustment: float = 0.1,
    short_run: float = 0.2,
    sigma: float = 1.0,
    rng: Any = 0,
) -> pd.DataFrame:
    """Simulate a cause that wanders and an effect that follows it in levels.

    Parameters
    ----------
    n : int
        Number of rows.
    long_run : float
        Change of the effect's level, in the end, for a unit change of the cause's.
    adjustment : float
        Share of the gap closed in a day; 0 leaves the two unlinked in the long run.
    short_run : float
        Change of the effect on the day of a unit change of the cause.
    sigma : float
        Standard deviation of the effect's own shocks; the cause's are of standard deviation 1.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    DataFrame, columns cause, effect
        Levels on business days from 2015-01-01; the cause starts from 50.

    Raises
    ------
    SpecificationError
        `adjustment` is not in [0, 2).

    Notes
    -----
    With c the cause (a random walk), ρ = `long_run`, φ = `adjustment` and λ = `short_run`,

    .. math:: \\Delta p_t = -\\phi\\,(p_{t-1} - \\rho c_{t-1}) + \\lambda\\,\\Delta c_t + u_t

    References
    ----------
    Engle, R. and Granger, C. (1987). Econometrica 55, 251-276. doi:10.2307/1913236

    Examples
    --------
    >>> import carbonlink as cl
    >>> cl.simulate.error_correction(n=300, rng=1).columns.tolist()
    ['cause', 'effect']
    """
    if not 0 <= adjustment < 2:
        raise SpecificationError(f"adjustment={adjustment} is explosive.", "Use 0 to 2.")
    index = business_days(n)
    draws = generator(rng)
    cause = 50 + np.cumsum(draws.standard_normal(n))
    shocks = sigma * draws.standard_normal(n)
    effect = follow(cause, long_run, adjustment, short_run, shocks)
    return pd.DataFrame({"cause": cause, "effect": effect}, index=index)


def follow(
    cause: np.ndarray,
    long_run: float,
    adjustment: float,
    short_run: float,
    shocks: np.ndarray,
    constant: float = 0.0,
) -> np.ndarray:
    """Return the level that corrects towards ``constant + long_run · cause``.

    Parameters
    ----------
    cause, shocks : ndarray, shape (n,)
        The level followed, and the follower's own shocks.
    long_run, adjustment, short_run, constant : float
        See `error_correction`; the follower starts in equilibrium plus its first shock.

    Returns
    -------
    ndarray, shape (n,)
    """
    target = constant + long_run * cause
    push = short_run * np.diff(cause, prepend=cause[0]) + shocks
    level = np.empty(len(cause))
    level[0] = target[0] + shocks[0]
    for t in range(1, len(cause)):
        level[t] = level[t - 1] - adjustment * (level[t - 1] - target[t - 1]) + push[t]
    return level
