"""Returns whose variance follows a known GARCH recursion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference.parallel import generator

START = "2015-01-01"
BURN = 500
SQRT_2_OVER_PI = float(np.sqrt(2 / np.pi))


def garch(
    n: int = 1000,
    omega: float = 0.05,
    alpha: float = 0.08,
    beta: float = 0.9,
    gamma: float = 0.0,
    mu: float = 0.0,
    vol: str = "GARCH",
    delta: Any = None,
    variance_x: Any = None,
    dist: str = "normal",
    shape: float = 8.0,
    rng: Any = 0,
) -> pd.Series:
    """Simulate percent returns from a GARCH, GJR or EGARCH process.

    Parameters
    ----------
    n : int
        Number of returns; must equal the rows of `variance_x` where that is given.
    omega, alpha, beta, gamma : float
        Parameters of the variance recursion (see Notes); `gamma` is the leverage term of GJR
        and EGARCH and must be 0 for GARCH.
    mu : float
        Mean return, in percent.
    vol : {"GARCH", "GJR", "EGARCH"}
        Variance recursion.
    delta : float or array_like, shape (k,), optional
        Log-variance effect of each variance regressor.
    variance_x : array_like or pandas object, shape (n,) or (n, k), optional
        Variance regressors w; a pandas object lends its index to the result.
    dist : {"normal", "t"}
        Distribution of the standardised shocks.
    shape : float
        Degrees of freedom of the t (above 2), scaled to variance one.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    Series
        Returns in percent on business days from 2015-01-01 (or on the index of `variance_x`),
        named "returns".

    Raises
    ------
    SpecificationError
        The variance could be negative or infinite, `gamma` is given to a GARCH, the t has no
        variance, or `delta` and `variance_x` do not fit each other or n.

    Notes
    -----
    With z independent and of variance one, and w the variance regressors,

    .. math:: r_t = \\mu + e^{\\delta'w_t/2}\\sqrt{s_t}\\,z_t,

    .. math::
       s_t = \\omega + (\\alpha + \\gamma 1\\{z_{t-1}<0\\})\\,s_{t-1}z_{t-1}^2 + \\beta s_{t-1}

    for GARCH (γ = 0) and GJR, and

    .. math::
       \\ln s_t = \\omega + \\alpha(|z_{t-1}|-\\sqrt{2/\\pi}) + \\gamma z_{t-1}
       + \\beta\\ln s_{t-1}

    for EGARCH. The regressors multiply the variance outside the recursion. The first 500 draws
    are thrown away.

    References
    ----------
    Bollerslev, T. (1986). Journal of Econometrics 31, 307-327. doi:10.1016/0304-4076(86)90063-1
    Glosten, L., Jagannathan, R. and Runkle, D. (1993). Journal of Finance 48, 1779-1801.
    doi:10.1111/j.1540-6261.1993.tb05128.x
    Nelson, D. (1991). Econometrica 59, 347-370. doi:10.2307/2938260

    Examples
    --------
    >>> import carbonlink as cl
    >>> r = cl.simulate.garch(n=2000, alpha=0.1, beta=0.85, rng=1)
    >>> len(r), r.name
    (2000, 'returns')
    """
    check_choice("vol", vol, ("GARCH", "GJR", "EGARCH"))
    check_choice("dist", dist, ("normal", "t"))
    _check_variance(vol, omega, alpha, beta, gamma)
    check_count("n", n)
    index, log_scale = _regressors(n, delta, variance_x)
    z = _shocks(n + BURN, dist, shape, generator(rng))
    recursion = _egarch if vol == "EGARCH" else _gjr
    s = recursion(z, omega, alpha, gamma, beta)[BURN:]
    returns = mu + np.exp(log_scale / 2) * np.sqrt(s) * z[BURN:]
    return pd.Series(returns, index=index, name="returns")


def _check_variance(vol: str, omega: float, alpha: float, beta: float, gamma: float) -> None:
    if vol == "GARCH" and gamma != 0:
        raise SpecificationError(f"gamma={gamma} has no place in vol='GARCH'.", "Use vol='GJR'.")
    if vol == "EGARCH":
        if not abs(beta) < 1:
            raise SpecificationError(
                f"beta={beta} is explosive for EGARCH.", "Keep |beta| below 1."
            )
        return
    if omega <= 0 or alpha < 0 or beta < 0 or alpha + gamma < 0:
        raise SpecificationError(
            f"omega={omega}, alpha={alpha}, gamma={gamma}, beta={beta} allow a negative variance.",
            "Use omega > 0, alpha ≥ 0, beta ≥ 0 and alpha + gamma ≥ 0.",
        )
    persistence = alpha + beta + gamma / 2
    if persistence >= 1:
        raise SpecificationError(
            f"The persistence {persistence:.4g} is not below 1: the variance is infinite.",
            "Lower alpha, beta or gamma.",
        )


def check_count(argument: str, value: Any) -> None:
    """Raise unless a value is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise SpecificationError(f"{argument}={value!r} is no number of days.", "Use 1 or more.")


def business_days(n: int) -> pd.DatetimeIndex:
    """Return the first n weekdays from 2015-01-01, however many (past 2262 too), or raise."""
    check_count("n", n)
    return pd.date_range(START, periods=n, freq="B", unit="us", name="date")


def _regressors(n: int, delta: Any, variance_x: Any) -> tuple[pd.Index, np.ndarray]:
    """The dates of the returns and the log-variance that the regressors add to each."""
    if (delta is None) != (variance_x is None):
        raise SpecificationError(
            "delta and variance_x go together: only one was given.", "Give both or neither."
        )
    if variance_x is None:
        return business_days(n), np.zeros(n)
    w = np.asarray(variance_x, dtype=float).reshape(len(variance_x), -1)
    d = np.atleast_1d(np.asarray(delta, dtype=float))
    if w.shape != (n, d.size):
        raise SpecificationError(
            f"variance_x has shape {w.shape}; n={n} and {d.size} delta ask for ({n}, {d.size}).",
            "Give one row a return and one delta a column.",
        )
    if isinstance(variance_x, (pd.Series, pd.DataFrame)):
        return variance_x.index, (w * d).sum(axis=1)
    return business_days(n), (w * d).sum(axis=1)


def _shocks(n: int, dist: str, shape: float, rng: np.random.Generator) -> np.ndarray:
    if dist == "normal":
        return rng.standard_normal(n)
    if not shape > 2:
        raise SpecificationError(f"shape={shape} gives a t without variance.", "Use shape > 2.")
    return rng.standard_t(shape, n) * np.sqrt((shape - 2) / shape)


def _gjr(z: np.ndarray, omega: float, alpha: float, gamma: float, beta: float) -> np.ndarray:
    growth = (alpha + gamma * (z < 0)) * z**2 + beta
    s = np.empty(len(z))
    s[0] = omega / (1 - alpha - beta - gamma / 2)
    for t in range(1, len(z)):
        s[t] = omega + growth[t - 1] * s[t - 1]
    return s


def _egarch(z: np.ndarray, omega: float, alpha: float, gamma: float, beta: float) -> np.ndarray:
    news = omega + alpha * (np.abs(z) - SQRT_2_OVER_PI) + gamma * z
    log_s = np.empty(len(z))
    log_s[0] = omega / (1 - beta)
    for t in range(1, len(z)):
        log_s[t] = news[t - 1] + beta * log_s[t - 1]
    return np.exp(log_s)
