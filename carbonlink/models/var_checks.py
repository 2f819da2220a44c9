"""What a sample must hold to carry a vector autoregression."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import CarbonlinkWarning, DataError, TooFewObservationsError
from ..inference import var_tests
from ..kernels import var as kernel
from .frames import check_frame, listed

UNIT_ROOT = "No sign that these are stationary"


def check_size(
    n: int, k: int, lags: int, others: int, minimum: int, data: pd.DataFrame | None = None
) -> None:
    """Refuse a sample that cannot carry the coefficients, naming the number needed.

    `others` counts the constant and the exogenous columns of an equation. With `data` the
    message names the series whose missing rows cost most.
    """
    what = f"A VAR({lags}) of {k} series has {n} usable observations{_rarest(data, n, lags)}"
    check_count(what, n, k * lags + others + k, minimum)


def check_count(what: str, n: int, needed: int, minimum: int) -> None:
    """Refuse fewer rows than coefficients or than `minimum`; `what` says how many there are."""
    if n < needed:
        raise TooFewObservationsError(
            f"{what}; it needs at least {needed} for its coefficients.",
            "Use fewer lags or series, or a longer common sample.",
        )
    if n < minimum:
        raise TooFewObservationsError(
            f"{what}; at least {minimum} are needed.",
            f"Use a longer common sample, or pass minimum={n} and accept a footnote.",
        )


def _rarest(data: pd.DataFrame | None, n: int, lags: int) -> str:
    """The series without which there would be most observations, in words."""
    if data is None or data.shape[1] < 3 or not data.isna().to_numpy().any():
        return ""
    left = {c: len(kernel.usable_rows(data.drop(columns=c).to_numpy(), lags)) for c in data.columns}
    worst = max(left, key=lambda c: left[c])
    if left[worst] <= n:
        return ""
    own = int(data[worst].notna().sum())
    return f" (of {len(data)} rows {worst} has {own} values; {left[worst]} observations without it)"


def check_columns(
    values: np.ndarray, lags: int, rows: np.ndarray, names: list[str], constant: bool
) -> None:
    """Refuse constant and linearly dependent columns by name."""
    current = values[rows]
    still = [c for c, spread in zip(names, np.ptp(current, axis=0), strict=True) if spread == 0]
    if still:
        raise DataError(
            f"The VAR's data do not move in {listed(still)} on the common sample.",
            "Leave that series out, or use days on which it traded.",
        )
    labels = [f"{c} L{lag}" for lag in range(1, lags + 1) for c in names] + names
    whole = np.hstack([kernel.lagged(values, lags, rows), current])
    for columns, known in ((current, names), (whole, labels)):
        shares = kernel.pivots(columns, constant)
        if shares.min() < kernel.DEPENDENT:
            j = int(np.argmax(shares < kernel.DEPENDENT))
            partners = partners_of(columns, j, known)
            series = sorted({label.split(" L")[0] for label in (*partners, known[j])})
            if len(series) == 1:
                raise DataError(
                    f"{series[0]} follows from its own lags without a shock, as a trend does.",
                    f"Leave {series[0]} out, or give it to exog=.",
                )
            raise DataError(
                f"{known[j]} is a linear combination of {listed(partners)} in the VAR's data.",
                f"Leave one of {listed(series)} out.",
            )


def check_exog(exog: Any, data: pd.DataFrame) -> pd.DataFrame:
    """Return exogenous columns on the index of the data, or say what they lack."""
    frame = check_frame(exog, "exog")
    missing = data.index.difference(frame.index)
    if len(missing):
        raise DataError(f"exog has no row for {listed(missing)}.", "Give it every row of the data.")
    twice = sorted(set(frame.columns) & (set(data.columns) | {"const"}))
    if twice:
        raise DataError(f"exog has a column named {listed(twice)} as the data.", "Rename it.")
    return frame.reindex(data.index)


def check_outer(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    exog: pd.DataFrame,
    names: list[str],
    constant: bool,
) -> None:
    """Refuse exogenous columns that stand still or repeat others, by name."""
    outer, labels = exog.to_numpy()[rows], list(exog.columns)
    still = [c for c, spread in zip(labels, np.ptp(outer, axis=0), strict=True) if spread == 0]
    if still and (constant or not outer[:, [labels.index(c) for c in still]].all()):
        raise DataError(
            f"exog does not move in {listed(still)} on the common sample.",
            "Leave that column out: the constant stands for it.",
        )
    whole = np.hstack([outer, kernel.lagged(values, lags, rows), values[rows]])
    labels += [f"{c} L{lag}" for lag in range(1, lags + 1) for c in names] + names
    shares = kernel.pivots(whole, constant)
    if shares.min() < kernel.DEPENDENT:
        j = int(np.argmax(shares < kernel.DEPENDENT))
        raise DataError(
            f"{labels[j]} is a linear combination of {listed(partners_of(whole, j, labels))}: "
            "the VAR's data and exog repeat each other.",
            "Leave one of them out.",
        )


def wandering(values: np.ndarray, names: list[str], lags: int, n: int) -> list[str]:
    """Return a note on the series in which a unit root is not rejected, with its test."""
    found = []
    for j, name in enumerate(names):
        spare = max(lags - 1, int(4 * (n / 100) ** 0.25))
        series = np.where(np.isfinite(values).all(axis=1), values[:, j], np.nan)
        statistic, critical = var_tests.dickey_fuller(series, min(spare, n // 4))
        if statistic > critical:
            found.append(f"{name} (ADF {statistic:.2f}, 5 % critical value {critical:.2f})")
    if not found:
        return []
    return [
        f"{UNIT_ROOT}: {', '.join(found)}. "
        "Levels belong in differences or in an error-correction model."
    ]


def warn_of_unit_roots(notes: Iterable[str]) -> None:
    """Give the note of `wandering` as a warning where a measure takes stationarity as granted."""
    for note in notes:
        if note.startswith(UNIT_ROOT):
            warnings.warn(note, CarbonlinkWarning, stacklevel=3)


def partners_of(columns: np.ndarray, j: int, labels: list[str], centre: bool = True) -> list[str]:
    """Labels of the columns before j that make up column j, beside a constant if `centre`."""
    moved = columns - columns.mean(axis=0) if centre else columns
    before, target = moved[:, :j], moved[:, j]
    weights = np.linalg.lstsq(before, target, rcond=None)[0]
    size = np.abs(weights) * np.sqrt((before**2).mean(axis=0))
    least = 1e-6 * np.sqrt((target**2).mean())
    return [c for c, w in zip(labels, size, strict=False) if w > least]
