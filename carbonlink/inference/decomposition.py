"""Replications of a variance decomposition: around the fitted VAR, and without any link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..kernels import fevd, var
from . import bootstrap, parallel

_HELD = 4_000_000
"""Numbers that the regressors of a batch of replications may take."""


@dataclass(frozen=True)
class Replications:
    """Tables of replications.

    Attributes
    ----------
    tables : ndarray, shape (draws, k, k)
        Shares; NaN for a replication whose system is singular.
    truth : ndarray, shape (k, k)
        The table at the mean cross-products of the replications: the population they come from.
    """

    tables: np.ndarray
    truth: np.ndarray


def linked_tables(
    source: bootstrap.Origin,
    draws: int,
    rng: Any,
    *,
    horizon: int,
    kind: str = "generalized",
    order: np.ndarray | None = None,
    block: int,
) -> Replications:
    """Draw tables of the fitted VAR by the residual moving-block bootstrap."""
    return _replications(source, draws, rng, (horizon, kind, order), block, None)


def unlinked_tables(
    source: bootstrap.Origin,
    draws: int,
    rng: Any,
    *,
    horizon: int,
    kind: str = "generalized",
    order: np.ndarray | None = None,
    estimator: Callable[..., var.VarFit] | None = None,
) -> Replications:
    """Draw tables of a VAR fitted to columns that have nothing to do with each other.

    `estimator(values, rows, exog)` fits a replication; least squares when None.
    """
    return _replications(source, draws, rng, (horizon, kind, order), 0, estimator)


def _replications(
    source: bootstrap.Origin,
    draws: int,
    rng: Any,
    choice: tuple,
    block: int,
    estimator: Callable[..., var.VarFit] | None,
) -> Replications:
    pieces = parallel.chunks(draws, rng)
    tasks = [(size, seed, source, choice, block, estimator) for size, seed in pieces]
    parts = parallel.map(_chunk, tasks, label="bootstrap" if block else "no-link null")
    gram = sum(part[1] for part in parts) / draws
    return Replications(
        np.concatenate([part[0] for part in parts]), _solve(gram, source, choice)[0]
    )


def _chunk(
    size: int,
    seed: np.random.SeedSequence,
    source: bootstrap.Origin,
    choice: tuple,
    block: int,
    estimator: Callable[..., var.VarFit] | None,
) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    if block:
        paths = bootstrap.linked_paths(size, generator, source, block)
    else:
        paths = bootstrap.unlinked_paths(size, generator, source)
    lags, k = source.coefs.shape[:2]
    batch = max(1, _HELD // (len(source.rows) * k * (lags + 1)))
    width = source.params + k
    tables, total = [], np.zeros((1, width, width))
    for first in range(0, size, batch):
        part = paths[first : first + batch]
        gram = var.cross_products(part, lags, source.rows, source.constant, source.exog)
        if estimator is None:
            tables.append(_solve(gram, source, choice))
        else:
            fits = [estimator(path, source.rows, source.exog) for path in part]
            tables.append(np.array([fevd.shares(f.coefs, f.sigma, *choice) for f in fits]))
        total = total + gram.sum(axis=0, keepdims=True)
    return np.concatenate(tables), total


def _solve(gram: np.ndarray, source: bootstrap.Origin, choice: tuple) -> np.ndarray:
    lags, k = source.coefs.shape[:2]
    coefs, sigma, quality = var.solve_cross_products(gram, k, lags, len(source.rows))
    good = quality > 1e-12
    tables = np.full((len(gram), k, k), np.nan)
    tables[good] = fevd.shares(coefs[good], sigma[good], *choice)
    return tables
