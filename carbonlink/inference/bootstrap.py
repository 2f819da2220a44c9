"""Residual bootstraps of a vector autoregression, and intervals from their draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..kernels import var


@dataclass(frozen=True)
class Origin:
    """What replications of a VAR are drawn from, in units of each column's own size.

    Attributes
    ----------
    coefs : ndarray, shape (p, k, k)
    intercept : ndarray, shape (k,)
        With exogenous columns, shape (T, k): what they and the constant add to each row.
    resid : ndarray, shape (n, k)
    past : ndarray, shape (n, p, k)
        The lags of each observation, oldest first: a path starts from one of them.
    rows : ndarray of int, shape (n,)
        Position of each observation in its path, so that gaps of the data stay gaps.
    constant : bool
    exog : ndarray, shape (p + T, q), optional
        Exogenous columns of each row of a path, the same in every replication.
    common : bool
        Paths without a link keep the size of each row's shocks and draw their signs apart, so
        that variances may move together; else shocks are drawn apart altogether.
    """

    coefs: np.ndarray
    intercept: np.ndarray
    resid: np.ndarray
    past: np.ndarray
    rows: np.ndarray
    constant: bool
    exog: np.ndarray | None = None
    common: bool = False

    @property
    def params(self) -> int:
        """Coefficients of an equation."""
        lags, k = self.coefs.shape[:2]
        return k * lags + self.constant + (0 if self.exog is None else self.exog.shape[1])

    @property
    def length(self) -> int:
        """Shocks that a path needs."""
        return int(self.rows[-1]) + 1 - len(self.coefs)

    @property
    def stable(self) -> bool:
        """Whether every root is below 1, so that paths do not explode."""
        return bool(var.roots(self.coefs)[0] < 1)


def linked(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    constant: bool = True,
    exog: np.ndarray | None = None,
) -> Origin:
    """Return the origin of replications of the VAR fitted to `values` at `rows`."""
    moved = _standardised(values, rows, constant)
    outer = None if exog is None else _standardised(exog, rows, constant)
    fitted = var.fit(moved, lags, rows, constant, outer)
    past = var.lagged(moved, lags, rows).reshape(len(rows), lags, -1)[:, ::-1]
    places = rows - rows[0] + lags
    if outer is None:
        return Origin(fitted.coefs, fitted.intercept, fitted.resid, past, places, constant)
    # A row inside a gap is no observation; where its exogenous value is missing too, the mean.
    path = np.nan_to_num(outer[rows[0] - lags : rows[-1] + 1])
    added = fitted.intercept + path[lags:] @ fitted.driven.T
    return Origin(fitted.coefs, added, fitted.resid, past, places, constant, path)


def unlinked(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    constant: bool = True,
    exog: np.ndarray | None = None,
    common: bool = False,
) -> Origin:
    """Return the origin of replications in which each column follows its own past only."""
    k = values.shape[1]
    parts = [linked(values[:, [j]], lags, rows, constant, exog) for j in range(k)]
    coefs = np.zeros((lags, k, k))
    coefs[:, np.arange(k), np.arange(k)] = np.column_stack([p.coefs[:, 0, 0] for p in parts])
    intercept = np.concatenate([p.intercept for p in parts], axis=-1)
    resid = np.hstack([p.resid for p in parts])
    past = np.concatenate([p.past for p in parts], axis=2)
    return Origin(coefs, intercept, resid, past, parts[0].rows, constant, parts[0].exog, common)


def moments(
    values: np.ndarray, rows: np.ndarray, constant: bool
) -> tuple[np.ndarray | float, np.ndarray]:
    """Return the centre and the size by which columns are standardised; both (k,) or 0."""
    centre = values[rows].mean(axis=0) if constant else 0.0
    return centre, np.sqrt(np.mean((values[rows] - centre) ** 2, axis=0))


def _standardised(values: np.ndarray, rows: np.ndarray, constant: bool) -> np.ndarray:
    centre, size = moments(values, rows, constant)
    return (values - centre) / np.where(size > 0, size, 1.0)


def block_length(n: int) -> int:
    """Return the length of residual blocks for n observations, ⌈5.03·n^{1/4}⌉, at most n/4.

    References
    ----------
    Jentsch, C. and K. G. Lunsford (2019). The dynamic effects of personal and corporate income
    tax changes in the United States: Comment. American Economic Review 109, 2655–2678.
    doi:10.1257/aer.20162011
    """
    return max(1, min(int(np.ceil(5.03 * n**0.25)), n // 4))


def moving_blocks(
    size: int, generator: np.random.Generator, resid: np.ndarray, total: int, length: int
) -> np.ndarray:
    """Draw residuals in overlapping blocks, centred place by place within the block.

    Parameters
    ----------
    resid : ndarray, shape (n, k)
    total : int
        Shocks in a draw.
    length : int
        Rows in a block.

    Returns
    -------
    ndarray, shape (size, total, k)

    References
    ----------
    Brüggemann, R., C. Jentsch and C. Trenkler (2016). Inference in VARs with conditional
    heteroskedasticity of unknown form. Journal of Econometrics 191, 69–85.
    doi:10.1016/j.jeconom.2015.10.004
    """
    n = len(resid)
    starts = n - length + 1
    sums = np.vstack([np.zeros(resid.shape[1]), np.cumsum(resid, axis=0)])
    centre = (sums[starts : starts + length] - sums[:length]) / starts
    first = generator.integers(0, starts, size=(size, -(-total // length)))
    place = (first[:, :, None] + np.arange(length)).reshape(size, -1)[:, :total]
    return resid[place] - np.resize(centre, (total, resid.shape[1]))


def linked_paths(
    size: int, generator: np.random.Generator, source: Origin, length: int
) -> np.ndarray:
    """Draw paths of the fitted VAR with its residuals in moving blocks; (size, T, k)."""
    shocks = moving_blocks(size, generator, source.resid, source.length, length)
    start = source.past[generator.integers(0, len(source.past), size=size)]
    return var.simulate(source.coefs, source.intercept, shocks, start)


def unlinked_paths(size: int, generator: np.random.Generator, source: Origin) -> np.ndarray:
    """Draw paths whose columns have their starts and shocks drawn apart; (size, T, k).

    With `source.common` a row keeps the sizes of its shocks, the signs are drawn apart, and a row
    inside a gap takes those of another.
    """
    n, k = source.resid.shape
    columns = np.arange(k)
    if source.common:
        place = generator.integers(0, n, size=(size, source.length))
        place[:, source.rows - len(source.coefs)] = np.arange(n)
        signs = generator.integers(0, 2, size=(size, source.length, k)) * 2.0 - 1.0
        shocks = source.resid[place] * signs
    else:
        place = generator.integers(0, n, size=(size, source.length, k))
        shocks = source.resid[place, columns]
    begin = generator.integers(0, n, size=(size, 1, k))
    start = source.past[begin, np.arange(len(source.coefs))[:, None], columns]
    return var.simulate(source.coefs, source.intercept, shocks, start)


def spread_factor(level: float, n: int, length: int, params: int) -> float:
    """Return by how much the spread of block-bootstrap draws is stretched.

    Parameters
    ----------
    level : float
        Confidence level.
    n, length, params : int
        Observations, rows in a block, and coefficients of an equation.

    Notes
    -----
    With b = length/n, draws in blocks have the Bartlett kernel's long-run variance, short by the
    factor 1 − b on average and random itself as a chi-square of 1.5/b degrees of freedom over
    them; the residuals lack the degrees of freedom of the coefficients. The factor is
    t_{1.5/b}(q)/Φ⁻¹(q) · (1 − b)^{−1/2} · (1 − params/n)^{−1/2} at q = (1 + level)/2.

    References
    ----------
    Kiefer, N. M. and T. J. Vogelsang (2005). A new asymptotic theory for
    heteroskedasticity-autocorrelation robust tests. Econometric Theory 21, 1130–1164.
    doi:10.1017/S0266466605050565
    """
    from scipy import stats

    tail, share = (1 + level) / 2, length / n
    ratio = stats.t.ppf(tail, 1.5 / share) / stats.norm.ppf(tail)
    return float(ratio / np.sqrt((1 - share) * (1 - params / n)))


def interval(
    estimate: np.ndarray | float,
    draws: np.ndarray,
    truth: np.ndarray | float,
    level: float,
    factor: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of a bias-corrected percentile interval.

    Parameters
    ----------
    estimate : ndarray, shape (...)
    draws : ndarray, shape (B, ...)
    truth : ndarray, shape (...)
        The value in the population that the draws come from.
    level : float
    factor : float
        Stretches the draws about their mean.

    Returns
    -------
    lower, upper : ndarray, shape (...)
        estimate − bias + factor · (quantiles of the draws − their mean), where bias is the mean
        of the draws less `truth`.
    """
    centre = np.nanmean(draws, axis=0)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.nanquantile(draws - centre, tails, axis=0, method="weibull")
    middle = estimate - (centre - truth)
    return middle + factor * low, middle + factor * high
