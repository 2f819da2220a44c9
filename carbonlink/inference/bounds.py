"""p-values and bounds of the test of no level relationship, by simulation."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ..kernels.bounds import CASES, null_draws
from . import parallel

LONGEST = 1000
"""Rows of the null regression that stands for the asymptotic distribution, as in the paper."""

WORDS = {
    1: "no intercept, no trend",
    2: "restricted intercept, no trend",
    3: "unrestricted intercept, no trend",
    4: "unrestricted intercept, restricted trend",
    5: "unrestricted intercept and trend",
}


@dataclass(frozen=True)
class BoundsTest:
    """The test of no level relationship of Pesaran, Shin and Smith (2001).

    Attributes
    ----------
    test : str
        "F" or "t".
    statistic : float
    pvalue : float
        With I(1) regressors: the one to cite, whatever the regressors are.
    pvalue_lower : float
        With I(0) regressors; between the two p-values the test is inconclusive.
    lower, upper : float
        Critical values with I(0) and I(1) regressors at `level`.
    level : float
        Confidence level of the bounds.
    case, regressors, rows, draws : int
        Case 1–5, number of regressors in levels, rows and draws of the simulated null.
    """

    test: str
    statistic: float
    pvalue: float
    pvalue_lower: float
    lower: float
    upper: float
    level: float
    case: int
    regressors: int
    rows: int
    draws: int

    @property
    def null(self) -> str:
        """The null hypothesis in words."""
        return "no level relationship (the lagged levels do not enter)"

    @property
    def decision(self) -> str:
        """What the bounds say at `level`: "rejected", "not rejected" or "inconclusive"."""
        size = 1 - self.level
        if self.pvalue <= size:
            return "rejected"
        return "inconclusive" if self.pvalue_lower <= size else "not rejected"


def bounds_test(
    test: str,
    statistic: float,
    case: int,
    regressors: int,
    nobs: int,
    *,
    draws: int = 40_000,
    level: float = 0.95,
    rng: int = 0,
    n_jobs: int | None = None,
) -> BoundsTest:
    """Place a statistic in its simulated null distribution.

    Parameters
    ----------
    test : {"F", "t"}
        The t-test exists in cases 1, 3 and 5.
    statistic : float
        From the regression with classical standard errors.
    case : int
        1 to 5, as in the paper.
    regressors : int
        Regressors in levels, k (the lagged effect is not one of them).
    nobs : int
        Rows of the null regression; more than 1,000 count as 1,000, the paper's asymptotic
        case.

    Returns
    -------
    BoundsTest

    Notes
    -----
    p = (1 + #{draws at least as extreme})/(1 + draws).

    References
    ----------
    Pesaran, M. H., Shin, Y. and Smith, R. J. (2001). Bounds testing approaches to the analysis
    of level relationships. Journal of Applied Econometrics 16, 289–326. doi:10.1002/jae.616
    """
    rows = min(int(nobs), LONGEST) - 1
    null = null_distribution(case, regressors, rows, draws, rng, n_jobs)
    place = 0 if test == "F" else 1
    tails = np.sort(null[:, :, place] * (1 if test == "F" else -1), axis=0)
    signed = statistic if test == "F" else -statistic
    beyond = draws - np.array([np.searchsorted(tails[:, i], signed) for i in (0, 1)])
    p_lower, p_upper = (1 + beyond) / (1 + draws)
    sign = 1 if test == "F" else -1
    lower, upper = sign * np.quantile(tails, level, axis=0)
    return BoundsTest(
        test,
        float(statistic),
        float(p_upper),
        float(p_lower),
        float(lower),
        float(upper),
        level,
        case,
        regressors,
        rows,
        draws,
    )


@functools.lru_cache(maxsize=64)
def null_distribution(
    case: int, regressors: int, nobs: int, draws: int, rng: int = 0, n_jobs: int | None = None
) -> np.ndarray:
    """Return draws of (F, t) under the null, shape (draws, 2, 2); kept for the next call."""
    if case not in CASES:
        raise ValueError(f"case={case!r} is not one of 1 to 5")
    null = parallel.draw(null_draws, draws, rng, case, regressors, nobs, n_jobs=n_jobs)
    null.flags.writeable = False
    return null
