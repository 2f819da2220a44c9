"""What an evaluation of volatility forecasts takes: models, numbers, a start and a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_day
from .break_inputs import whole
from .frames import check_series, listed
from .garch import MINIMUM

FEWEST = 50
"""Fewest forecasts that are evaluated."""

TAKES = ("vol", "order", "mean", "lags", "ma", "dist", "variance_x", "variance_form")
"""Options that a model compared may have."""


def check_models(models: Any) -> dict[str, dict[str, Any]]:
    """Return the models compared, by name, or say which option is not known."""
    if not isinstance(models, Mapping) or not models:
        raise SpecificationError(
            f"models is a {type(models).__name__}.", "Give names and options: {'GJR': {...}}."
        )
    for name, options in models.items():
        unknown = [k for k in options if k not in TAKES]
        if unknown:
            raise SpecificationError(
                f"The model {name} has options {listed(unknown)}, which are not known here.",
                f"Use {', '.join(TAKES)}.",
            )
    return {str(name): dict(options) for name, options in models.items()}


def check_numbers(refit: Any, levels: Any, draws: Any, window: Any, carried: Any) -> None:
    """Raise on a number of rows, draws, a share or a tail probability that will not do."""
    number = isinstance(carried, (int, float, np.number)) and not isinstance(carried, bool)
    if not number or not 0 <= carried <= 1:
        raise SpecificationError(f"carried={carried!r} is no share.", "Use 0.25, between 0 and 1.")
    for name, value, least in (("refit", refit, 1), ("draws", draws, 99)):
        if isinstance(value, bool) or not whole(value, least):
            raise SpecificationError(f"{name}={value!r} is too small.", f"Use {least} or more.")
    if window is not None and (isinstance(window, bool) or not whole(window, MINIMUM)):
        raise SpecificationError(
            f"window={window!r} is no length of a fit.", f"Use {MINIMUM} rows or more."
        )
    wrong = [v for v in levels if not 0 < v < 0.5]
    if wrong or not len(levels) or len(set(levels)) < len(levels):
        raise SpecificationError(
            f"levels={levels!r} are no tail probabilities.", "Use (0.01, 0.05)."
        )


def first_row(series: pd.Series, start: Any, window: int | None) -> int:
    """Return the position of the first row forecast."""
    least = MINIMUM if window is None else int(window)
    if start is None:
        first = max(least, len(series) // 2)
    elif isinstance(start, (int, np.integer)) and not isinstance(start, bool):
        first = int(start)
    else:
        if not isinstance(series.index, pd.DatetimeIndex):
            raise DataError("The returns have no dates.", "Give start as a number of rows.")
        first = int(series.index.searchsorted(check_day("start", start, partial="first")))
    if first < least:
        raise TooFewObservationsError(
            f"{first} rows come before the first forecast; a fit needs {least}.",
            "Start later, or shorten window.",
        )
    if len(series) - first < FEWEST:
        raise TooFewObservationsError(
            f"{max(len(series) - first, 0)} rows are left to forecast; {FEWEST} are needed.",
            "Start earlier, or use a longer sample.",
        )
    return first


def proxy_of(series: pd.Series, proxy: Any, forecasts: pd.DataFrame) -> pd.Series:
    """Return what the variance of each day turned out to be; missing where it is not known."""
    rows = series.index[series.index.isin(forecasts.index.unique())]
    if proxy is None:
        mean = forecasts.groupby("model", sort=False)["mean"]
        first = mean.get_group(next(iter(mean.groups)))
        return ((series.loc[rows] - first) ** 2).rename("squared shock")
    value = check_series(proxy, "proxy").reindex(rows)
    if (value < 0).any():
        raise DataError("The proxy is negative: it is no variance.", "Give squared volatilities.")
    if value.gt(0).sum() < FEWEST:
        raise TooFewObservationsError(
            f"The proxy has a value on {int(value.gt(0).sum())} of {len(rows)} forecast rows; "
            f"{FEWEST} are needed.",
            "Give it on the dates of y.",
        )
    return value
