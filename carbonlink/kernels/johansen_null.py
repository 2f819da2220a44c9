"""The null distributions of Johansen's rank tests, by Doornik's gamma approximation."""

from __future__ import annotations

import numpy as np

_ORDER = ("n", "rc", "c", "rt", "ct")
_TRACE_MEAN = np.array(
    [
        [2, -1.00, 0.07, 0.07, 0, 0],
        [2, 2.01, 0, 0.06, 0.05, 0],
        [2, 1.05, -1.55, -0.50, -0.23, 0],
        [2, 4.05, 0.50, -0.23, -0.07, 0],
        [2, 2.85, -5.10, -0.10, -0.06, 1.35],
    ]
)
_TRACE_VARIANCE = np.array(
    [
        [3, -0.33, -0.55, 0, 0, 0],
        [3, 3.60, 0.75, -0.40, -0.30, 0],
        [3, 1.80, 0, -2.80, -1.10, 0],
        [3, 5.70, 3.20, -1.30, -0.50, 0],
        [3, 4.00, 0.80, -5.80, -2.66, 0],
    ]
)
_TRACE_MEAN_SIZE = np.array(
    [
        [-0.101, 0.499, 0.896, -0.562, 0.00229, 0.00662, 0],
        [0, 0.465, 0.984, -0.273, -0.00244, 0, 0],
        [0.134, 0.422, 1.02, 2.17, -0.00182, 0, -0.00321],
        [0.0252, 0.448, 1.09, -0.353, 0, 0, 0],
        [-0.819, 0.615, 0.896, 2.43, 0.00149, 0, 0],
    ]
)
_TRACE_VARIANCE_SIZE = np.array(
    [
        [-0.204, 0.980, 3.11, -2.14, 0.0499, -0.0103, -0.00902],
        [0.224, 0.863, 3.38, -0.807, 0, 0, -0.0091],
        [0.422, 0.734, 3.76, 4.32, -0.00606, 0, -0.00718],
        [0, 0.836, 3.99, -1.33, -0.00298, -0.00139, -0.00268],
        [-1.29, 1.01, 3.92, 4.67, 0.00484, -0.00127, -0.0199],
    ]
)
_MAX_MEAN = np.array(
    [
        [6.0019, -2.7558, 0.67185, 0.1149, -2.7764],
        [5.9498, 0.43402, 0.04836, 0.018198, -2.3669],
        [5.8271, -1.6487, -1.6118, -0.25949, -1.5666],
        [5.8658, 2.5595, -0.34443, -0.077991, -1.7552],
        [5.6364, -0.90531, -3.5166, -0.47966, -0.21447],
    ]
)
_MAX_VARIANCE = np.array(
    [
        [1.8806, -15.499, 1.1136, 0.070508, 14.714],
        [2.2231, -7.9064, 0.58592, -0.034324, 12.058],
        [2.0785, -9.7846, -3.3680, -0.24528, 13.074],
        [1.9955, -5.5428, 1.2425, 0.41949, 12.841],
        [2.0899, -5.3303, -7.1523, -0.2526, 12.393],
    ]
)
KINDS = ("trace", "max")


def moments(kind: str, case: str, trends: int, rows: int | None = None) -> tuple[float, float]:
    """Return mean and variance of a rank statistic under its null.

    Parameters
    ----------
    kind : {"trace", "max"}
    case : {"n", "rc", "c", "rt", "ct"}
        Deterministic terms; see `carbonlink.kernels.johansen.CASES`.
    trends : int
        Common stochastic trends under the null, k − r.
    rows : int, optional
        Sample size, for Doornik's finite-sample moments of the trace statistic; asymptotic
        when None.

    References
    ----------
    Doornik, J. A. (1998). Approximations to the asymptotic distributions of cointegration
    tests. Journal of Economic Surveys 12, 573–593. doi:10.1111/1467-6419.00068
    """
    at, n = _ORDER.index(case), float(trends)
    one, two, three = (float(trends == j) for j in (1, 2, 3))
    if kind == "max":
        basis = np.array([n, 1, one, two, np.sqrt(n)])
        return float(_MAX_MEAN[at] @ basis), float(_MAX_VARIANCE[at] @ basis)
    basis = np.array([n * n, n, 1, one, two, np.sqrt(n)])
    mean, variance = float(_TRACE_MEAN[at] @ basis), float(_TRACE_VARIANCE[at] @ basis)
    if rows is not None:
        t = float(rows)
        shift = np.array([np.sqrt(n) / t, n / t, (n / t) ** 2, one / t, one, two, three])
        mean *= float(np.exp(_TRACE_MEAN_SIZE[at] @ shift))
        variance *= float(np.exp(_TRACE_VARIANCE_SIZE[at] @ shift))
    return mean, variance


def pvalue(statistic: float, kind: str, case: str, trends: int, rows: int | None = None) -> float:
    """Return the probability of a larger statistic under the null."""
    from scipy import stats

    mean, variance = moments(kind, case, trends, rows)
    return float(stats.gamma.sf(statistic, mean**2 / variance, scale=variance / mean))


def critical(level: float, kind: str, case: str, trends: int, rows: int | None = None) -> float:
    """Return the value exceeded with probability `level` under the null."""
    from scipy import stats

    mean, variance = moments(kind, case, trends, rows)
    return float(stats.gamma.isf(level, mean**2 / variance, scale=variance / mean))
