"""p-values of a family of tests, adjusted for their number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SpecificationError


def holm(p_values: Any) -> np.ndarray:
    """Return Holm's step-down p-values: any dependence, family-wise error.

    Parameters
    ----------
    p_values : array, shape (k,)
        The whole family. NaN marks a test that could not be made; it is not counted.

    Returns
    -------
    ndarray, shape (k,)

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6, 65–70. https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    return _stepwise(p_values, lambda p: np.maximum.accumulate(p * np.arange(len(p), 0, -1)))


def benjamini_hochberg(p_values: Any) -> np.ndarray:
    """Return Benjamini and Hochberg's p-values: false discovery rate, positive dependence.

    Parameters
    ----------
    p_values : array, shape (k,)
        The whole family; NaN is not counted.

    Returns
    -------
    ndarray, shape (k,)

    References
    ----------
    Benjamini, Y. and Y. Hochberg (1995). Controlling the false discovery rate. Journal of the
    Royal Statistical Society B 57, 289–300. doi:10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    return _stepwise(p_values, _step_up)


def benjamini_yekutieli(p_values: Any) -> np.ndarray:
    """Return Benjamini and Yekutieli's p-values: false discovery rate, any dependence.

    Parameters
    ----------
    p_values : array, shape (k,)
        The whole family; NaN is not counted.

    Returns
    -------
    ndarray, shape (k,)

    References
    ----------
    Benjamini, Y. and D. Yekutieli (2001). The control of the false discovery rate in multiple
    testing under dependency. Annals of Statistics 29, 1165–1188. doi:10.1214/aos/1013699998

    Examples
    --------
    >>> benjamini_yekutieli([0.01, 0.04, 0.03]).round(3).tolist()
    [0.055, 0.073, 0.073]
    """
    return _stepwise(p_values, lambda p: _step_up(p) * (1 / np.arange(1, len(p) + 1)).sum())


def max_t(observed: Any, null: Any) -> np.ndarray:
    """Return Westfall and Young's step-down p-values from joint draws of the statistics.

    Parameters
    ----------
    observed : array, shape (k,)
        Statistics, large ones speaking against the null.
    null : array, shape (draws, k)
        The same statistics drawn together under the null, so that their dependence is kept.

    Returns
    -------
    ndarray, shape (k,)

    Notes
    -----
    Each statistic is standardised by the mean and standard deviation of its null, so that the
    family counts equally. With the tests ordered from the largest, step j compares with the
    maximum over those not yet passed; (1 + #)/(1 + draws), made monotone.

    References
    ----------
    Westfall, P. H. and S. S. Young (1993). Resampling-Based Multiple Testing. Wiley.
    Romano, J. P. and M. Wolf (2005). Exact and approximate stepdown methods for multiple
    hypothesis testing. Journal of the American Statistical Association 100, 94–108.
    doi:10.1198/016214504000000539

    Examples
    --------
    >>> import numpy as np
    >>> null = np.random.default_rng(0).standard_normal((999, 2))
    >>> max_t([4.0, 0.0], null).round(2).tolist()
    [0.0, 0.51]
    """
    observed, null = np.asarray(observed, float), np.asarray(null, float)
    spread = null.std(axis=0)
    spread = np.where(spread > 0, spread, np.inf)
    z, drawn = (observed - null.mean(axis=0)) / spread, (null - null.mean(axis=0)) / spread
    order = np.argsort(-z, kind="stable")
    highest = np.maximum.accumulate(drawn[:, order][:, ::-1], axis=1)[:, ::-1]
    above = (highest >= z[order] - 1e-10).sum(axis=0)
    adjusted = np.maximum.accumulate((1 + above) / (1 + len(null)))
    return adjusted[np.argsort(order, kind="stable")]


def _step_up(ordered: np.ndarray) -> np.ndarray:
    k = len(ordered)
    return np.minimum.accumulate((ordered * k / np.arange(1, k + 1))[::-1])[::-1]


def _stepwise(p_values: Any, adjust: Any) -> np.ndarray:
    p = np.asarray(p_values, float)
    known = np.isfinite(p)
    if ((p[known] < 0) | (p[known] > 1)).any():
        raise SpecificationError("A p-value is below 0 or above 1.", "Give p-values.")
    order = np.argsort(p[known], kind="stable")
    adjusted = np.full(len(p), np.nan)
    if known.any():
        adjusted[np.flatnonzero(known)[order]] = np.minimum(adjust(p[known][order]), 1.0)
    return adjusted
