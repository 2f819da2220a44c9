"""Bootstrap of the test of no cointegration against cointegration with a break."""

from __future__ import annotations

import numpy as np

from ..kernels import gregory_hansen
from .parallel import draw
from .rank_bootstrap import Source, paths


def break_draws(
    made: Source, model: str, most: int, trimming: float, draws: int, rng: object
) -> np.ndarray:
    """Draw the smallest ADF t over breaks where nothing is cointegrated; shape (draws,).

    Parameters
    ----------
    made : Source
        The VAR in differences (rank 0); its residuals are given random signs, row by row.
    model : {"c", "ct", "regime"}
    most : int
        Largest number of lagged changes.
    trimming : float
    draws : int
    rng : int, SeedSequence or Generator
    """
    return draw(_chunk, draws, rng, made, model, most, trimming, label="break bootstrap")


def _chunk(
    size: int,
    generator: np.random.Generator,
    made: Source,
    model: str,
    most: int,
    trimming: float,
) -> np.ndarray:
    shocks = made.resid * generator.choice((-1.0, 1.0), size=(size, len(made.resid), 1))
    levels = paths(shocks, made)
    made_tests = (gregory_hansen.test(v[:, 0], v[:, 1:], model, most, trimming) for v in levels)
    return np.array([t.statistic for t in made_tests])
