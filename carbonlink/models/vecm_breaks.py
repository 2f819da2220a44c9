"""Beyond one stable relation: a break at an unknown date."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference.break_bootstrap import break_draws
from ..inference.rank_bootstrap import FEWEST
from ..kernels import gregory_hansen as breaks
from .vecm_hypotheses import source_of

ASYMPTOTIC = (
    "asymptotic critical values reject too often in short samples: 7 to 16 % at a nominal 5 % with "
    "120 rows, most where the variance changes"
)
BOOTSTRAP = "bootstrap of the VAR in differences, residuals with random signs, {} draws"


def gregory_hansen(
    result: Any, model: str, most: int | None, trimming: float, draws: int, rng: Any
) -> pd.Series:
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
    p_value, note = float("nan"), ASYMPTOTIC
    if draws:
        if int(draws) < FEWEST:
            raise SpecificationError(
                f"draws={draws} are too few for a p-value.", "Use 399 or more, or 0 for none."
            )
        made = source_of(result, np.zeros((result.model.z1.shape[1], 0)))
        drawn = break_draws(made, model, most, float(trimming), int(draws), rng)
        p_value = float((1 + np.sum(drawn <= found.statistic)) / (1 + len(drawn)))
        places = [max(int(share * (len(drawn) + 1)), 1) - 1 for share in (0.01, 0.05, 0.1)]
        one, five, ten = np.sort(drawn)[places]
        note = BOOTSTRAP.format(int(draws))
    return pd.Series(
        {
            "null": "no cointegration, with or without a break",
            "statistic": found.statistic,
            "last row before": whole.index[found.at],
            "lags": found.lags,
            "critical 1 %": one,
            "critical 5 %": five,
            "critical 10 %": ten,
            "p_value": p_value,
            "rejected at 5 %": bool(p_value <= 0.05 if draws else found.statistic < five),
            "note": note,
        },
        name=f"Gregory–Hansen ({model})",
    )
