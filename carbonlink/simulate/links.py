"""Returns of several markets with a known link: common shocks and next-day spillovers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_day
from ..inference.parallel import generator


@dataclass(frozen=True, kw_only=True)
class Shock:
    """How one market's returns move: its own GARCH(1,1), and its link to the leader.

    Parameters
    ----------
    deviation : float
        Unconditional standard deviation of its shocks, in percent a day, outside windows.
    alpha, beta : float
        News and persistence of the variance; below 1 together.
    loading : float
        Correlation of its standardised shock with the leader's on the same day.
    spillover : float
        Effect on its return of a return of 1 of the leader on the day before.
    window_effect : float
        Log-variance added while the compliance window is open.
    """

    deviation: float
    alpha: float = 0.1
    beta: float = 0.85
    loading: float = 0.0
    spillover: float = 0.0
    window_effect: float = 0.0


def linked_returns(
    sessions: pd.DatetimeIndex,
    shocks: Mapping[str, Shock],
    windows: pd.DataFrame | None = None,
    link_from: Any = None,
    shape: float = 6.0,
    rng: Any = 0,
) -> pd.DataFrame:
    """Simulate returns of several markets, the first of which leads the others.

    Parameters
    ----------
    sessions : DatetimeIndex, length n
        Days.
    shocks : mapping of str to Shock
        The markets; the first is the leader and has neither loading nor spillover.
    windows : DataFrame of bool, shape (n, k), optional
        Days on which each market's compliance window is open.
    link_from : date-like, optional
        First day of the link; before it the markets are independent. None links all days.
    shape : float
        Degrees of freedom of the t-distributed shocks (scaled to variance one).
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    DataFrame, shape (n, k)
        Returns in percent.

    Raises
    ------
    SpecificationError
        A shock has no variance, or the first market loads on itself.

    Notes
    -----
    With leader 1, loading λ_i, spillover s_i and window dummy w,

    .. math:: r_{it} = s_i r_{1,t-1} + e^{\\delta_i w_{it}/2}\\sqrt{h_{it}}
              \\,(\\lambda_i z_{1t} + \\sqrt{1-\\lambda_i^2}\\,z_{it})

    and h a GARCH(1,1) in the shocks without the window's factor. Two followers are linked only
    through the leader.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink.simulate import Shock, linked_returns
    >>> days = pd.bdate_range("2021-07-16", periods=300)
    >>> two = {"cea": Shock(deviation=1.5), "hubei": Shock(deviation=2.5, loading=0.3)}
    >>> linked_returns(days, two, rng=1).shape
    (300, 2)
    """
    names = list(shocks)
    chosen = [shocks[name] for name in names]
    _check_shocks(names, chosen, shape)
    on = (
        np.ones(len(sessions), bool)
        if link_from is None
        else sessions >= check_day("link_from", link_from)
    )
    draws = generator(rng).standard_t(shape, (len(sessions), len(names)))
    z = draws * np.sqrt((shape - 2) / shape)
    loading = np.array([s.loading for s in chosen]) * np.asarray(on)[:, None]
    z = loading * z[:, :1] + np.sqrt(1 - loading**2) * z
    z[:, 0] = draws[:, 0] * np.sqrt((shape - 2) / shape)
    open_window = np.zeros(z.shape) if windows is None else windows[names].to_numpy(float)
    scale = np.exp(0.5 * open_window * np.array([s.window_effect for s in chosen]))
    own = np.sqrt(_variances(z, chosen)) * z * scale
    spill = np.array([s.spillover for s in chosen]) * np.asarray(on)[:, None]
    before = np.concatenate([[0.0], own[:-1, 0]])
    return pd.DataFrame(own + spill * before[:, None], index=sessions, columns=names)


def _check_shocks(names: list[str], chosen: list[Shock], shape: float) -> None:
    if not shape > 2:
        raise SpecificationError(f"shape={shape} gives a t without variance.", "Use shape > 2.")
    for name, s in zip(names, chosen, strict=True):
        if s.alpha + s.beta >= 1 or s.alpha < 0 or s.beta < 0 or abs(s.loading) > 1:
            raise SpecificationError(
                f"The shock of {name} has no variance: {s}.",
                "Use alpha, beta ≥ 0 with alpha + beta < 1, and |loading| ≤ 1.",
            )
    if chosen[0].loading or chosen[0].spillover:
        raise SpecificationError(
            f"{names[0]} is first, so it leads and cannot load on itself.",
            "Give it loading=0 and spillover=0.",
        )


def _variances(z: np.ndarray, chosen: list[Shock]) -> np.ndarray:
    alpha = np.array([s.alpha for s in chosen])
    beta = np.array([s.beta for s in chosen])
    level = np.array([s.deviation for s in chosen]) ** 2
    omega = level * (1 - alpha - beta)
    h = np.empty_like(z)
    h[0] = level
    for t in range(1, len(z)):
        h[t] = omega + alpha * h[t - 1] * z[t - 1] ** 2 + beta * h[t - 1]
    return h
