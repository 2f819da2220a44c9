"""Causality in a VAR of rare vectors that hold the frequent values of their period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError
from ..kernels import var
from .parallel import draw, seed_sequence


def both_ways(
    stacked: np.ndarray, place: np.ndarray, lags: int, draws: int, rng: Any, names: tuple[str, str]
) -> pd.DataFrame:
    """Return Wald tests of the frequent block on the rare value, and the reverse.

    Parameters
    ----------
    stacked : ndarray, shape (n, blocks + 1)
        The frequent blocks, oldest first, and the rare value.
    place : ndarray of int, shape (n,)
        Position of each row in the rare calendar: lags do not reach over a gap.
    lags, draws : int
    rng : int, SeedSequence or Generator
    names : tuple of str
        Frequent and rare.
    """
    if draws < 99:
        raise SpecificationError(f"draws={draws} are too few for a p-value.", "Use 499.")
    whole = np.full((place[-1] - place[0] + 1, stacked.shape[1]), np.nan)
    whole[place - place[0]] = stacked
    rows = var.usable_rows(whole, lags)
    k = stacked.shape[1]
    n, needed = len(rows), k * lags + 1 + k + 5
    if n < needed:
        raise TooFewObservationsError(
            f"{n} consecutive rare observations; {needed} are needed for {k} series and {lags} "
            "lags.",
            "Use fewer blocks or lags.",
        )
    y, z = whole[rows], np.column_stack([np.ones(n), var.lagged(whole, lags, rows)])
    scale = y.std(axis=0)
    y = y / scale
    z = np.column_stack([z[:, 0], z[:, 1:] / np.tile(scale, lags)])
    frequent = np.arange(k - 1)
    rare = np.array([k - 1])
    found = []
    for seed, (cause, effect, first, second) in zip(
        seed_sequence(rng).spawn(2),
        ((frequent, rare, *names), (rare, frequent, *names[::-1])),
        strict=True,
    ):
        held = 1 + (np.arange(lags)[:, None] * k + cause).ravel()
        statistic = float(_wald(y[None][:, :, effect], z, held)[0])
        drawn = draw(_null_chunk, draws, seed, y[:, effect], z, held)
        found.append(
            {
                "null": f"{first} does not cause {second}",
                "statistic": statistic,
                "df": len(held) * len(effect),
                "p_value": float((1 + np.sum(drawn >= statistic)) / (1 + draws)),
                "nobs": n,
                "detectable": detectable(n, z.shape[1], len(held) * len(effect)),
            }
        )
    return pd.DataFrame(found)


def detectable(n: int, regressors: int, df: int, size: float = 0.05, power: float = 0.8) -> float:
    """Return the partial R² that an F-test of `df` restrictions finds with the given power."""
    from scipy import stats
    from scipy.optimize import brentq

    spare = max(n - regressors, 1)
    critical = stats.f.isf(size, df, spare)

    def short(effect: float) -> float:
        return float(stats.ncf.sf(critical, df, spare, effect) - power)

    effect = brentq(short, 1e-6, 1e4)
    return float(effect / (effect + n))


def _wald(y: np.ndarray, z: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Wald statistics of zero coefficients of columns `held`, for many y (B, n, q)."""
    inverse = np.linalg.inv(z.T @ z)
    coefs = inverse @ (z.T @ y)
    left = y - z @ coefs
    sigma = np.swapaxes(left, -1, -2) @ left / (len(z) - z.shape[1])
    part = coefs[:, held]
    middle = np.linalg.solve(inverse[np.ix_(held, held)], part)
    return np.einsum("bij,bij->b", middle @ np.linalg.inv(sigma), part)


def _null_chunk(
    size: int, generator: np.random.Generator, y: np.ndarray, z: np.ndarray, held: np.ndarray
) -> np.ndarray:
    """Fixed-design wild bootstrap under the null: signs are drawn a row."""
    kept = np.delete(z, held, axis=1)
    fitted = kept @ np.linalg.lstsq(kept, y, rcond=None)[0]
    left = (y - fitted) * np.sqrt(len(y) / max(len(y) - kept.shape[1], 1))
    signs = generator.choice([-1.0, 1.0], size=(size, len(y), 1))
    return _wald(fitted + left * signs, z, held)
