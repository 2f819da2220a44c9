"""Hypotheses on a fitted error-correction model: relations, adjustment, rank, leadership."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, UnknownMarketError, check_choice, check_level
from ..inference import rank_bootstrap
from ..kernels import price_discovery, vecm_tests
from .frames import listed

MOST_ORDERED = 7
"""Largest number of series whose orderings are all tried."""


@dataclass(frozen=True)
class Hypothesis:
    """A test with its null.

    Attributes
    ----------
    null : str
    statistic : float
    df : int
        Degrees of freedom; 0 where the p-value is a bootstrap's.
    p_value : float
    reference : str
    """

    null: str
    statistic: float
    df: int
    p_value: float
    reference: str

    def __str__(self) -> str:
        return (
            f"{self.null}: statistic {self.statistic:.4f}, p {self.p_value:.4f} ({self.reference})"
        )


def test_beta(result: Any, restriction: Any, kind: str) -> Hypothesis:
    """See `VECMResults.test_beta`."""
    check_choice("kind", kind, ("known", "space"))
    given = [restriction] if isinstance(restriction, Mapping) else list(restriction)
    _check_rank(result, "A test on the relations")
    columns = [vector_of(result, g) for g in given]
    words = "; ".join(_words(g) for g in given)
    height = len(result.beta)
    loose = [
        i
        for i, name in enumerate(result.beta.index)
        if i >= len(result.names) and not any(name in g for g in given)
    ]
    fixed = np.column_stack(columns)
    if kind == "known" and loose and len(given) < result.rank:
        raise SpecificationError(
            f"The relations leave {listed(result.beta.index[loose])} free, which a test of some "
            "of several relations does not allow.",
            'Name its coefficient, test all relations at once, or use deterministic="c".',
        )
    if kind == "known" and len(given) > result.rank:
        raise SpecificationError(
            f"{len(given)} relations are given, but the rank is {result.rank}.",
            "Give no more relations than the rank.",
        )
    if kind == "space" or len(given) == result.rank:
        space = np.column_stack([fixed, np.eye(height)[:, loose]])
        if np.linalg.matrix_rank(space) < space.shape[1]:
            raise SpecificationError("The relations given repeat each other.", "Give each once.")
        if space.shape[1] < result.rank:
            raise SpecificationError(
                f"{len(given)} relations cannot hold {result.rank}.", "Give as many as the rank."
            )
        statistic, df = vecm_tests.beta_in(result.fit, result.rank, space)
    else:
        statistic, df = vecm_tests.beta_known(result.fit, result.rank, fixed)
    if df == 0:
        raise SpecificationError("The restriction does not restrict.", "Give fewer relations.")
    null = f"the relations are {words}" if kind == "known" else f"the relations combine {words}"
    return _chi2(null, statistic, df)


def test_alpha(result: Any, zero: Any) -> Hypothesis:
    """See `VECMResults.test_alpha`."""
    names = [zero] if isinstance(zero, str) else list(zero)
    _check_rank(result, "A test on the adjustment")
    unknown = [n for n in names if n not in result.names]
    if unknown or not names:
        raise UnknownMarketError(
            f"{listed(unknown) or 'Nothing'} is not a series of the model.",
            f"It has: {listed(result.names)}.",
        )
    k = len(result.names)
    if k - len(names) < result.rank:
        raise SpecificationError(
            f"{len(names)} of {k} series cannot be without adjustment under rank {result.rank}.",
            f"Name at most {k - result.rank}.",
        )
    keep = [i for i, n in enumerate(result.names) if n not in names]
    statistic, df = vecm_tests.alpha_in(result.fit, result.rank, np.eye(k)[:, keep])
    return _chi2(f"{listed(names)} do not adjust (weakly exogenous)", statistic, df)


def bootstrap_rank(result: Any, rank: int, draws: int, rng: Any, scheme: str) -> Hypothesis:
    """See `VECMResults.bootstrap_rank`."""
    check_choice("scheme", scheme, ("wild", "iid"))
    k = len(result.names)
    if not 0 <= int(rank) < k:
        raise SpecificationError(f"rank={rank} is no null for {k} series.", f"Use 0 … {k - 1}.")
    statistic = float(result.rank_table["trace"].iloc[int(rank)])
    made = source_of(result, result.fit.vectors[:, : int(rank)])
    p = rank_bootstrap.pvalue(made, int(rank), statistic, scheme, draws, rng)
    gaps = " over closed-up gaps" if (np.diff(result.rows) > 1).any() else ""
    reference = f"{scheme} bootstrap, {draws} draws{gaps}"
    return Hypothesis(f"at most {rank} cointegrating relations", statistic, 0, p, reference)


def shares(result: Any, draws: int, rng: Any, level: float) -> pd.DataFrame:
    """See `VECMResults.shares`."""
    k, names = len(result.names), list(result.names)
    check_level(level)
    if result.rank != k - 1:
        raise SpecificationError(
            f"Shares in the common trend need one trend: rank {k - 1}, not {result.rank}.",
            "Choose markets that are tied pairwise, or fit with rank=" + str(k - 1) + ".",
        )
    if k > MOST_ORDERED:
        raise SpecificationError(
            f"{k} series have too many orderings.", f"Use at most {MOST_ORDERED}."
        )
    alpha, sigma = result.alpha.to_numpy(), result.sigma.to_numpy()
    table = pd.DataFrame(_measure(alpha, sigma), index=names)
    if draws:
        made = source_of(result, result.beta.to_numpy())
        alphas, sigmas = rank_bootstrap.adjustment_draws(made, result.rank, int(draws), rng)
        drawn = [pd.DataFrame(_measure(a, s)) for a, s in zip(alphas, sigmas, strict=True)]
        stack = np.stack([d.to_numpy() for d in drawn])
        tails = [(1 - level) / 2, (1 + level) / 2]
        low, high = np.quantile(stack, tails, axis=0)
        for j, column in enumerate(list(table.columns)):
            table[f"{column}_lower"], table[f"{column}_upper"] = low[:, j], high[:, j]
    return table


def source_of(result: Any, beta: np.ndarray) -> rank_bootstrap.Source:
    """Return what paths under the relations `beta` are drawn from."""
    first = result.rows[0]
    start = result.data.to_numpy()[first - result.lags : first]
    terms = result.seen.inside, result.seen.outside
    return rank_bootstrap.source(result.model, beta, result.lags, start, *terms)


def _measure(alpha: np.ndarray, sigma: np.ndarray) -> dict[str, np.ndarray]:
    ordered = price_discovery.information_shares(alpha, sigma)
    low, high = ordered.min(axis=0), ordered.max(axis=0)
    return {
        "component": price_discovery.component_shares(alpha),
        "information_low": low,
        "information_high": high,
        "information_mid": (low + high) / 2,
        "modified": price_discovery.modified_shares(alpha, sigma),
    }


def vector_of(result: Any, given: Mapping[str, float]) -> np.ndarray:
    """Return a relation given by name as a vector over the levels and restricted terms."""
    unknown = [n for n in given if n not in result.beta.index]
    if unknown:
        raise UnknownMarketError(
            f"{listed(unknown)} is not in the relations.",
            f"They have: {listed(result.beta.index)}.",
        )
    vector = pd.Series(dict(given), dtype=float).reindex(result.beta.index, fill_value=0.0)
    if not np.isfinite(vector).all() or not vector.any():
        raise SpecificationError(f"{dict(given)} is no relation.", 'Use {"cea": 1, "hubei": -1}.')
    return vector.to_numpy()


def _words(given: Mapping[str, float]) -> str:
    return " ".join(f"{value:+g}·{name}" for name, value in given.items())


def _check_rank(result: Any, what: str) -> None:
    if not 0 < result.rank < len(result.names) + (len(result.beta) > len(result.names)):
        raise SpecificationError(
            f"{what} has no meaning with rank {result.rank} of {len(result.names)} series.",
            "Fit a rank between.",
        )


def _chi2(null: str, statistic: float, df: int) -> Hypothesis:
    from scipy import stats

    statistic = max(statistic, 0.0)
    return Hypothesis(
        null, statistic, df, float(stats.chi2.sf(statistic, df)), f"chi-squared({df})"
    )
