"""Daily volumes that crowd before compliance deadlines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator
from .returns import START

USUAL_TONNES = 10_000
LOG_SPREAD = 1.0


def volumes(
    cycles: int = 4,
    days: int = 244,
    window: int = 30,
    intensity: float = 3.0,
    persistence: float = 0.7,
    zero_share: float = 0.2,
    rng: Any = 0,
) -> tuple[pd.Series, list[pd.Timestamp]]:
    """Simulate daily tonnes over compliance cycles of equal length, and their deadlines.

    Parameters
    ----------
    cycles, days : int
        Number of compliance cycles and weekdays in each.
    window : int
        The last days of a cycle, in which expected volume is multiplied.
    intensity : float
        Expected volume in the window as a multiple of the rest; 1 means no effect.
    persistence : float
        First-order autocorrelation of log volume, in [0, 1).
    zero_share : float
        Chance that a day has no trade, the same in the window and out of it.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    volume : Series
        Tonnes on weekdays from 2015-01-01, 0 on days without a trade, named "volume".
    deadlines : list of Timestamp
        The last day of each cycle.

    Notes
    -----
    Log volume is a stationary normal AR(1) of standard deviation 1 around ln 10,000, times the
    intensity in the window. The window's expected share of a cycle's tonnes is
    ``window·intensity / (window·intensity + days − window)``.

    Examples
    --------
    >>> import carbonlink as cl
    >>> volume, deadlines = cl.simulate.volumes(cycles=2, days=240, rng=1)
    >>> len(volume), len(deadlines)
    (480, 2)
    """
    if not 0 < window <= days:
        raise SpecificationError(f"window={window} does not fit days={days}.", "Use 1 to `days`.")
    if not 0 <= persistence < 1 or not 0 <= zero_share < 1 or not intensity > 0:
        raise SpecificationError(
            f"persistence={persistence}, zero_share={zero_share}, intensity={intensity} "
            "are out of range.",
            "Use 0 ≤ persistence < 1, 0 ≤ zero_share < 1 and intensity > 0.",
        )
    draws = generator(rng)
    n = cycles * days
    log_volume = np.log(USUAL_TONNES) + LOG_SPREAD * autoregression(
        draws.standard_normal(n), persistence
    )
    in_window = np.arange(n) % days >= days - window
    traded = draws.random(n) >= zero_share
    tonnes = np.round(np.exp(log_volume) * np.where(in_window, intensity, 1.0)) * traded
    index = pd.bdate_range(START, periods=n, name="date")
    return pd.Series(tonnes, index=index, name="volume"), list(index[days - 1 :: days])


def autoregression(shocks: np.ndarray, persistence: float) -> np.ndarray:
    """Return a stationary AR(1) of variance one from standard normal shocks."""
    state = np.empty(len(shocks))
    scale = np.sqrt(1 - persistence**2)
    state[0] = shocks[0]
    for t in range(1, len(shocks)):
        state[t] = persistence * state[t - 1] + scale * shocks[t]
    return state
