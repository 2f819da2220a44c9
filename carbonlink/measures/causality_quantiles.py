"""Directional predictability at quantiles, for a declared family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SpecificationError
from ..inference import parallel
from ..kernels import blocks, quantilogram, var
from ..models.var_results import VARResults
from .causality_family import Pair


@dataclass(frozen=True)
class QuantileTest:
    """One null: no predictability from a pair's cause at a quantile."""

    tau: float
    df: int


@dataclass(frozen=True)
class QuantileFamily:
    """Statistics of a family with their joint draws.

    Attributes
    ----------
    tests : list of QuantileTest
    values : ndarray, shape (tests,)
    null : ndarray, shape (draws, tests), or None
    strongest : ndarray, shape (tests,)
        The ρ of the largest size over the lags.
    at : ndarray, shape (tests,)
        Its lag.
    """

    tests: list[QuantileTest]
    values: np.ndarray
    null: np.ndarray | None
    strongest: np.ndarray
    at: np.ndarray


def check_taus(taus: tuple[float, ...]) -> None:
    """Refuse quantiles outside (0, 1)."""
    if not taus or not all(0 < t < 1 for t in taus) or len(set(taus)) < len(taus):
        raise SpecificationError(
            f"taus={taus} are no different quantiles in (0, 1).", "Use (0.05, 0.5, 0.95)."
        )


def quantile_family(
    model: VARResults, pairs: list[Pair], taus: tuple[float, ...], draws: int, rng: Any
) -> QuantileFamily:
    """Compute the portmanteau of every pair and quantile, and draws centred at the sample.

    Rows (a day with its lags) are drawn together in blocks of random length, whose mean is the
    automatic length of the most dependent column's squares.
    """
    values, lags, rows = model.system()[:3]
    now = values[rows]
    past = var.lagged(values, lags, rows).reshape(len(rows), lags, -1)
    places = _places(model, pairs)
    rho = np.stack([quantilogram.quantilogram(now, past, places, t) for t in taus], axis=1)
    found = quantilogram.portmanteau(rho, len(now)).ravel()
    null = None
    if draws:
        centred = (now - now.mean(axis=0)) ** 2
        length = max(2.0, *(blocks.automatic_length(column) for column in centred.T))
        sample = (now, past, places, taus, rho, length)
        tasks = [(size, seed, sample) for size, seed in parallel.chunks(draws, rng)]
        null = np.concatenate(parallel.map(_chunk, tasks, label="bootstrap"))
    flat = rho.reshape(-1, lags)
    at = np.abs(flat).argmax(axis=1)
    strongest = flat[np.arange(len(flat)), at]
    tests = [QuantileTest(t, lags) for _ in pairs for t in taus]
    return QuantileFamily(tests, found, null, strongest, at + 1)


def _places(model: VARResults, pairs: list[Pair]) -> list[tuple[int, int]]:
    place = {name: i for i, name in enumerate(model.names)}
    if any(len(p.cause) > 1 or len(p.effect) > 1 for p in pairs):
        raise SpecificationError(
            "A cross-quantilogram is of one cause and one effect.", "Name single series."
        )
    return [(place[p.cause[0]], place[p.effect[0]]) for p in pairs]


def _chunk(size: int, seed: np.random.SeedSequence, sample: tuple) -> np.ndarray:
    now, past, places, taus, rho, length = sample
    n = len(now)
    drawn = quantilogram.stationary_rows(n, size, length, np.random.default_rng(seed))
    found = np.empty((size, len(places) * len(taus)))
    for b, rows in enumerate(drawn):
        again = np.stack(
            [quantilogram.quantilogram(now[rows], past[rows], places, t) for t in taus], axis=1
        )
        found[b] = quantilogram.portmanteau(again - rho, n).ravel()
    return found
