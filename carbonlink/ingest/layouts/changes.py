"""Printed daily changes: fraction or percentage, decided row by row, and held to the prices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import clean
from ..draft import Draft

_AGREES = 0.02
_SHOWN = 6


def percentages(cells: pd.Series, close: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Return printed changes in percent, whichever of two readings is nearer to the prices.

    Parameters
    ----------
    cells : Series
        Printed changes: 0.0914 (a fraction), -0.28 (percent) or "-3.14%".
    close, previous : ndarray
        The day's price and the one that the change is reckoned from.

    Returns
    -------
    ndarray
        Percent; as printed where a price is missing or a percent sign stands.
    """
    texts = [clean.tidy_text(cell) if isinstance(cell, str) else cell for cell in cells]
    signed = np.array([isinstance(t, str) and "%" in t[-2:] for t in texts], bool)
    bare = [t.replace("%", "") if s else t for t, s in zip(texts, signed, strict=True)]
    printed, _ = clean.numbers(pd.Series(bare, dtype=object))
    true = change(close, previous)
    with np.errstate(all="ignore"):
        fraction = ~signed & (np.abs(100 * printed - true) < np.abs(printed - true))
        return np.where(fraction, 100 * printed, printed)


def change(close: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Return 100 · (close / previous − 1); missing where the previous price is 0."""
    with np.errstate(all="ignore"):
        return np.where(previous > 0, 100 * (close / previous - 1), np.nan)


def checked(draft: Draft, printed: str, previous: str) -> Draft:
    """Return the draft with a note on rows whose printed change contradicts their prices.

    Parameters
    ----------
    draft : Draft
        With dates and `close` as numbers.
    printed, previous : str
        Columns of the printed change and of the price that it is reckoned from, as received.
    """
    close = draft.rows["close"].to_numpy()
    before, _ = clean.numbers(draft.rows[previous])
    percent = percentages(draft.rows[printed], close, before)
    with np.errstate(invalid="ignore"):
        unlike = np.abs(percent - change(close, before)) > _AGREES
    if not unlike.any():
        return draft
    days = sorted(set(draft.rows["date"][unlike].dropna().dt.strftime("%Y-%m-%d")))
    more = ", …" if len(days) > _SHOWN else ""
    return draft.noted(
        f"Rows whose printed change contradicts their printed prices: {unlike.sum()} "
        f"({', '.join(days[:_SHOWN])}{more}); the prices are kept as printed."
    )
