"""Bootstrap of Johansen's trace test, and of shares in the common trend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import SpecificationError
from ..kernels import johansen, var
from .bootstrap import block_length, moving_blocks
from .parallel import draw

FEWEST = 99
"""Draws below which a bootstrap p-value is refused."""


@dataclass(frozen=True)
class Source:
    """What replications of an error-correction model are drawn from.

    Attributes
    ----------
    coefs : ndarray, shape (lags, k, k)
        The VAR in levels of the fitted rank.
    fixed : ndarray, shape (n, k)
        Contribution of constants, trends, seasons and exogenous series.
    resid : ndarray, shape (n, k)
    start : ndarray, shape (lags, k)
    inside, outside : ndarray, shape (n, ·)
        The terms, as in the fitted model.
    """

    coefs: np.ndarray
    fixed: np.ndarray
    resid: np.ndarray
    start: np.ndarray
    inside: np.ndarray
    outside: np.ndarray

    @property
    def lags(self) -> int:
        """Order of the VAR in levels."""
        return len(self.coefs)


def source(
    model: johansen.Design,
    beta: np.ndarray,
    lags: int,
    start: np.ndarray,
    inside: np.ndarray,
    outside: np.ndarray,
) -> Source:
    """Return the origin of replications under the rank of `beta`."""
    fitted = johansen.estimate(model, beta)
    k = model.z0.shape[1]
    fixed = inside @ (fitted.alpha @ beta[k:].T).T if beta.shape[1] else np.zeros(model.z0.shape)
    fixed = fixed + outside @ fitted.short[:, k * (lags - 1) :].T
    return Source(johansen.in_levels(fitted, lags), fixed, fitted.resid, start, inside, outside)


def trace_draws(made: Source, rank: int, scheme: str, draws: int, rng: object) -> np.ndarray:
    """Draw the trace statistic of `rank` under the null; shape (draws,).

    Parameters
    ----------
    made : Source
        Estimated under the null.
    scheme : {"wild", "iid"}

    References
    ----------
    Cavaliere, G., Rahbek, A. and Taylor, A. M. R. (2014). Bootstrap determination of the
    co-integration rank in heteroskedastic VAR models. Econometric Reviews 33, 606–650.

    """
    return draw(_trace_chunk, draws, rng, made, rank, scheme, label="rank bootstrap")


def pvalue(
    made: Source, rank: int, statistic: float, scheme: str, draws: int, rng: object
) -> float:
    """Return the share of null draws, plus one, that reach the trace statistic."""
    if int(draws) < FEWEST:
        raise SpecificationError(
            f"draws={draws} are too few for a p-value.",
            'Use 399 or more, or rank="trace" for asymptotic p-values.',
        )
    drawn = trace_draws(made, rank, scheme, int(draws), rng)
    return float((1 + np.sum(drawn >= statistic)) / (1 + len(drawn)))


def _trace_chunk(
    size: int, generator: np.random.Generator, made: Source, rank: int, scheme: str
) -> np.ndarray:
    n = len(made.resid)
    if scheme == "wild":
        shocks = made.resid * generator.standard_normal((size, n, 1))
    else:
        centred = made.resid - made.resid.mean(axis=0)
        shocks = centred[generator.integers(0, n, size=(size, n))]
    fit = johansen.reduced_rank(again(shocks, made))
    return johansen.trace_statistics(fit.eigenvalues, n)[:, rank]


def paths(shocks: np.ndarray, made: Source) -> np.ndarray:
    """Return levels, shape (draws, lags + n, k), that shocks (draws, n, k) make of the model."""
    start = np.broadcast_to(made.start, (len(shocks), *made.start.shape))
    return var.simulate(made.coefs, np.zeros(shocks.shape[-1]), shocks + made.fixed, start)


def again(shocks: np.ndarray, made: Source) -> johansen.Design:
    """Lay out the samples that shocks (draws, n, k) make of the fitted model."""
    levels = paths(shocks, made)
    rows = np.arange(made.lags, levels.shape[1])
    return johansen.design(levels, made.lags, rows, made.inside, made.outside)


def adjustment_draws(
    made: Source, rank: int, draws: int, rng: object
) -> tuple[np.ndarray, np.ndarray]:
    """Draw α and Σ of the fitted rank with residuals in moving blocks.

    Returns
    -------
    alpha : ndarray, shape (draws, k, rank)
        Of the reduced-rank regression; its column space alone has a meaning.
    sigma : ndarray, shape (draws, k, k)
    """
    stacked = draw(_adjustment_chunk, draws, rng, made, rank, label="shares bootstrap")
    return stacked[..., :rank], stacked[..., rank:]


def _adjustment_chunk(
    size: int, generator: np.random.Generator, made: Source, rank: int
) -> np.ndarray:
    n, k = made.resid.shape
    shocks = moving_blocks(size, generator, made.resid, n, block_length(n))
    model = again(shocks, made)
    fit = johansen.reduced_rank(model)
    beta = fit.vectors[..., :rank]
    relation = fit.r1 @ beta
    alpha = np.swapaxes(fit.r0, -1, -2) @ relation / n
    left = fit.r0 - relation @ np.swapaxes(alpha, -1, -2)
    sigma = np.swapaxes(left, -1, -2) @ left / n
    return np.concatenate([alpha, sigma], axis=-1)
