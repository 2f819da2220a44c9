"""Beyond one stable linear relation: thresholds of adjustment, and a break in the relation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference.parallel import generator
from ..kernels import gregory_hansen as breaks
from ..kernels import threshold_vecm as thresholds

SHORT = (
    "asymptotic critical values reject too often in short samples: 10.5 % at a nominal 5 % with "
    "120 rows (400 samples), 5.3 % with 400 (150 samples)"
)
THRESHOLD = (
    "fixed-regressor wild bootstrap; it rejects somewhat too often in short samples: 9.3 % at a "
    "nominal 5 % with 250 rows (300 samples)"
)
_DRAWS = 99
_ROWS = 100


def threshold_test(result: Any, draws: int, rng: Any, trimming: float) -> thresholds.Threshold:
    """See `VECMResults.threshold_test`."""
    if result.rank != 1:
        raise SpecificationError(
            f"The threshold test needs one relation; the rank is {result.rank}.", "Fit rank=1."
        )
    if int(draws) < _DRAWS:
        raise SpecificationError(f"draws={draws} are too few for a p-value.", "Use 399 or more.")
    if not 0.02 <= float(trimming) < 0.5:
        raise SpecificationError(f"trimming={trimming!r} is no share.", "Use 0.1.")
    n = len(result.rows)
    if n < _ROWS:
        raise TooFewObservationsError(
            f"{n} observations for two regimes; {_ROWS} are needed.", "Use a longer sample."
        )
    gap = result.relations.iloc[:, 0].to_numpy()
    terms = result.model.z2
    constant = np.ptp(terms, axis=0) == 0 if terms.shape[1] else np.array([False])
    if not constant.any():
        terms = np.column_stack([np.ones(n), terms])
    made = thresholds.test(result.model.z0, gap, terms, generator(rng), int(draws), float(trimming))
    return replace(made, note=THRESHOLD)


def gregory_hansen(result: Any, model: str, most: int | None, trimming: float) -> pd.Series:
    """See `VECMResults.gregory_hansen`."""
    check_choice("model", model, breaks.MODELS)
    whole = result.data.dropna()
    k = whole.shape[1]
    if k > 5:
        raise SpecificationError(
            f"Critical values are known for up to five series, not {k}.", "Use fewer series."
        )
    if not 0.05 <= float(trimming) < 0.4:
        raise SpecificationError(f"trimming={trimming!r} is no share.", "Use 0.15.")
    if len(whole) < 60:
        raise TooFewObservationsError(
            f"{len(whole)} complete rows for a break at an unknown date; 60 are needed.",
            "Use a longer sample.",
        )
    most = int(4 * (len(whole) / 100) ** 0.25) if most is None else int(most)
    values = whole.to_numpy()
    found = breaks.test(values[:, 0], values[:, 1:], model, most, float(trimming))
    one, five, ten = found.critical
    return pd.Series(
        {
            "null": "no cointegration, with or without a break",
            "statistic": found.statistic,
            "last row before": whole.index[found.at],
            "lags": found.lags,
            "critical 1 %": one,
            "critical 5 %": five,
            "critical 10 %": ten,
            "rejected at 5 %": bool(found.statistic < five),
            "note": SHORT if len(whole) < 400 else "asymptotic critical values",
        },
        name=f"Gregory–Hansen ({model})",
    )
