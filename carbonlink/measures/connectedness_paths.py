"""What connectedness in windows, at dates, in bands and at quantiles has in common."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..results import tidy_frame


def over_time(result: Any, null_mean: float | None) -> pd.DataFrame:
    """Return tidy rows: mean, extremes and last value of the total, and mean directions.

    Parameters
    ----------
    result : RollingConnectedness or DynamicConnectedness
    null_mean : float or None
        Mean of the total where nothing is linked; no row when None.
    """
    total = result.total
    figures = {
        "mean of total": total.mean(),
        "lowest total": total.min(),
        "highest total": total.max(),
        "last total": total.iloc[-1],
    }
    if null_mean is not None:
        figures["mean of total without a link"] = null_mean
    rows = [{"term": t, "market": "", "estimate": v, "unit": "%"} for t, v in figures.items()]
    directions = (("to others", result.to), ("from others", result.from_), ("net", result.net))
    for term, frame in directions:
        rows += [
            {"term": f"mean of {term}", "market": m, "estimate": frame[m].mean(), "unit": "%"}
            for m in result.names
        ]
    return tidy_frame(rows)


def direction_columns(result: Any) -> dict[str, pd.Series]:
    """Return the columns "to …", "from …" and "net …" of every series, in that order."""
    parts = {"to": result.to, "from": result.from_, "net": result.net}
    return {f"{k} {m}": frame[m] for k, frame in parts.items() for m in result.names}
