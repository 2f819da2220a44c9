"""Vector autoregressions fitted again to replications of themselves, and Kilian's correction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..kernels import var
from . import bootstrap, parallel

_HELD = 4_000_000
"""Numbers that the regressors of a batch of replications may take."""

_STEPS = np.round(np.arange(0.99, -0.001, -0.01), 2)
"""Parts of the bias that are tried, from the largest, until every root is below 1."""


@dataclass(frozen=True)
class Refits:
    """A VAR fitted to each of many replications, in units of each column's own size.

    Attributes
    ----------
    coefs : ndarray, shape (draws, p, k, k)
    sigma : ndarray, shape (draws, k, k)
        With the divisor n − coefficients of an equation.
    heads : ndarray, shape (draws, m − k·p, k)
        Coefficients of the constant and the exogenous columns.
    source : Origin
        What the replications were drawn from, after the correction.
    kept : float
        Part of the estimated bias that was taken away.
    """

    coefs: np.ndarray
    sigma: np.ndarray
    heads: np.ndarray
    source: bootstrap.Origin
    kept: float = 0.0


def refits(
    source: bootstrap.Origin, draws: int, rng: Any, *, block: int, bias: str = "kilian"
) -> Refits:
    """Fit a VAR to each of many replications.

    Parameters
    ----------
    source : Origin
    draws : int
    rng : int, SeedSequence or Generator
    block : int
        Rows in a block of residuals; 1 draws them one by one.
    bias : {"kilian", "none"}
        "kilian" draws from coefficients less their estimated bias, and takes the same bias from
        every refit; where that would push a root above 1 only a part is taken.

    References
    ----------
    Kilian, L. (1998). Small-sample confidence intervals for impulse response functions. Review
    of Economics and Statistics 80, 218–230. doi:10.1162/003465398557465
    """
    first, second = parallel.seed_sequence(rng).spawn(2)
    if bias == "none":
        return _refits(source, draws, second, block)
    pilot = _refits(source, draws, first, block)
    shift = np.nanmean(pilot.coefs, axis=0) - source.coefs
    corrected, kept = _less(source.coefs[None], shift)
    moved = moved_to(source, corrected[0])
    drawn = _refits(moved, draws, second, block)
    return replace(drawn, coefs=_less(drawn.coefs, shift)[0], kept=float(kept[0]))


def corrected(
    source: bootstrap.Origin, draws: int, rng: Any, *, block: int = 1
) -> bootstrap.Origin:
    """Return the origin with the estimated bias taken from its coefficients."""
    pilot = _refits(source, draws, rng, block)
    shift = np.nanmean(pilot.coefs, axis=0) - source.coefs
    return moved_to(source, _less(source.coefs[None], shift)[0][0])


def moved_to(source: bootstrap.Origin, coefs: np.ndarray) -> bootstrap.Origin:
    """Return the origin with other coefficients: residuals and level follow from the sample."""
    n, lags, k = source.past.shape
    change = (source.coefs - coefs).transpose(0, 2, 1)[::-1].reshape(lags * k, k)
    left = source.resid + source.past.reshape(n, -1) @ change
    head = _head(source)
    if head is None:
        return replace(source, coefs=coefs, resid=left)
    fitted = np.linalg.lstsq(head, left, rcond=None)[0]
    added = fitted[0] if source.constant else np.zeros(k)
    if source.exog is not None:
        added = added + source.exog[lags:] @ fitted[int(source.constant) :]
    return replace(
        source, coefs=coefs, resid=left - head @ fitted, intercept=source.intercept + added
    )


def _head(source: bootstrap.Origin) -> np.ndarray | None:
    """The constant and the exogenous columns on the observations."""
    parts = [np.ones((len(source.rows), 1))] if source.constant else []
    if source.exog is not None:
        parts.append(source.exog[source.rows])
    return np.hstack(parts) if parts else None


def _less(coefs: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take as much of a bias from each set of coefficients as leaves it stable."""
    moved, kept = coefs - shift, np.ones(len(coefs))
    wild = np.flatnonzero(_largest(moved) >= 1)
    for part in _STEPS:
        if not len(wild):
            break
        moved[wild], kept[wild] = coefs[wild] - part * shift, part
        wild = wild[_largest(moved[wild]) >= 1]
    return moved, kept


def _largest(coefs: np.ndarray) -> np.ndarray:
    roots = np.full(len(coefs), np.nan)
    good = np.isfinite(coefs).all(axis=(1, 2, 3))
    roots[good] = var.roots(coefs[good])[:, 0]
    return roots


def _refits(source: bootstrap.Origin, draws: int, rng: Any, block: int) -> Refits:
    tasks = [(size, seed, source, block) for size, seed in parallel.chunks(draws, rng)]
    parts = parallel.map(_chunk, tasks, label="bootstrap")
    coefs, sigma, heads = (np.concatenate([p[i] for p in parts]) for i in range(3))
    return Refits(coefs, sigma, heads, source)


def _chunk(
    size: int, seed: np.random.SeedSequence, source: bootstrap.Origin, block: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    paths = bootstrap.linked_paths(size, np.random.default_rng(seed), source, block)
    lags, k = source.coefs.shape[:2]
    n, first = len(source.rows), source.params - k * lags
    batch = max(1, _HELD // (n * k * (lags + 1)))
    parts = []
    for start in range(0, size, batch):
        gram = var.cross_products(
            paths[start : start + batch], lags, source.rows, source.constant, source.exog
        )
        slopes, sigma, quality = var.solve_slopes(gram, k, n)
        slopes[~(quality > 1e-12)] = np.nan
        coefs = slopes[:, first:].reshape(-1, lags, k, k).transpose(0, 1, 3, 2)
        parts.append((coefs, sigma * n / (n - source.params), slopes[:, :first]))
    coefs, sigma, heads = (np.concatenate([p[i] for p in parts]) for i in range(3))
    return coefs, sigma, heads
