"""Critical values of the tests for breaks in the variance."""

from __future__ import annotations

import numpy as np

LEVELS = (0.10, 0.05, 0.01)
"""Levels with critical values for the sample size."""

_SURFACES = {
    ("kappa2", 0.10): (-0.892, 1.819),
    ("kappa2", 0.05): (-1.072, 0.341),
    ("kappa2", 0.01): (-1.733, -0.948),
    ("kappa1", 0.10): (-0.767, 0.117),
    ("kappa1", 0.05): (-0.743, -1.046),
    ("kappa1", 0.01): (-0.882, -1.838),
    ("it", 0.10): (-0.737, -0.774),
    ("it", 0.05): (-0.716, -1.043),
    ("it", 0.01): (-0.731, -1.242),
}
_TRIM = np.linspace(0.0, 0.5, 11)
_SHARES = {
    0.10: (1, 1, 0.9993, 0.9973, 0.9923, 0.984, 0.9713, 0.9507, 0.9173, 0.862, 0.728),
    0.05: (1, 1, 0.9997, 0.998, 0.994, 0.9873, 0.9767, 0.9597, 0.9317, 0.8867, 0.7703),
    0.01: (1, 1, 0.9997, 0.9983, 0.9967, 0.9907, 0.9827, 0.9703, 0.9503, 0.9157, 0.826),
}


def critical_value(statistic: str, level: float, n: int | None, trim: float = 0.0) -> float:
    """Return the critical value of the largest absolute scaled path.

    Parameters
    ----------
    statistic : {"kappa2", "kappa1", "it"}
    level : float
    n : int or None
        Observations; None for the Brownian bridge (1.358 at 5 %), which takes any level.
    trim : float
        Share of the observations at either end where no break is looked for.

    Notes
    -----
    (c + a/√n + b/n) g(trim), c being the Brownian bridge's quantile. a, b and g were fitted to
    40,000 samples of independent normal returns, their mean taken out, of each of ten sizes
    from 60 to 4,800 (seeds `numpy.random.default_rng([1994, n])`), with Newey and West's rule
    for kappa2. The fit is within 0.007 at 10 and 5 %, 0.015 at 1 %. g is that of 60 to 120
    observations, where trimming matters; in larger samples trimmed by over 45 % it is up to 5 %
    too high. The Brownian bridge is not trimmed.
    """
    from scipy.special import kolmogi

    bridge = float(kolmogi(level))
    if n is None:
        return bridge
    a, b = _SURFACES[statistic, level]
    share = float(np.interp(trim, _TRIM, _SHARES[level]))
    return (bridge + a / np.sqrt(n) + b / n) * share


def bridge_p_value(value: float) -> float:
    """Return the probability that the absolute Brownian bridge exceeds a value."""
    from scipy.special import kolmogorov

    return float(kolmogorov(value))
