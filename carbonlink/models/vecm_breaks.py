"""Beyond one stable relation: a break at an unknown date."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..kernels import gregory_hansen as breaks

SHORT = (
    "asymptotic critical values reject too often in short samples: 10.5 % at a nominal 5 % with "
    "120 rows (400 samples), 5.3 % with 400 (150 samples)"
)


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
