"""The best window of every single cycle, with all its rotations as the null."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..kernels import rotation

if TYPE_CHECKING:
    from .concentration_results import ConcentrationResults


def cycle_windows(concentration: ConcentrationResults, max_window: int = 120) -> pd.DataFrame:
    """Return w* = argmax Φ(w) of every market-cycle and its p-value corrected for the search.

    Parameters
    ----------
    concentration : ConcentrationResults
    max_window : int
        Longest window tried; a shorter cycle tries what it can hold.

    Returns
    -------
    DataFrame
        Columns market, cycle, best_window, best_theil_share, p_best, in the order of `rows`.
        As in `best_window`, only windows that hold more than their share of the days count, and p
        compares with the largest Φ over windows of every rotation.
    """
    rows = []
    for place, cycle in enumerate(concentration.test.cycles):
        widths = np.arange(1, min(max_window, cycle.longest()) + 1)
        widths = widths[[bool(cycle.inside(int(w)).any()) for w in widths]]
        test = replace(concentration.test, widths=widths)
        even = rotation.fractions(len(cycle.volume), *test.windows(cycle))
        table = test.table(place)
        crowded = table[:, rotation.SHARE] > even + rotation.TIE
        score = np.where(crowded, table[:, rotation.THEIL], 0.0)
        best = int(score[0].argmax())
        rows.append(
            {
                "market": cycle.market,
                "cycle": cycle.label,
                "best_window": int(widths[best]),
                "best_theil_share": float(score[0, best]),
                "p_best": float(rotation.p_value(score[0].max(), score.max(axis=1), exact=True)),
            }
        )
    return pd.DataFrame(rows)
