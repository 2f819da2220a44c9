"""Whether block trades are cheaper, beside listed ones, in the window before deadlines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..facts import compliance
from ..inference import hac
from ..kernels.ols import least_squares
from ..panel import Panel
from .block_prices import block_discounts

FEWEST = 10
"""Fewest days with both prices inside, and outside, for a statement on the difference."""

COLUMNS = ("market", "inside", "outside", "difference", "std_error", "p_value", "n_in", "n_out")


def discount_rows(panel: Panel, ends: dict[str, pd.DatetimeIndex], window: int) -> pd.DataFrame:
    """Return a row a market: mean discount in and out of the windows, and their difference.

    Parameters
    ----------
    panel : Panel
    ends : dict of str to DatetimeIndex
        Deadlines by market.
    window : int
        Sessions.

    Returns
    -------
    DataFrame
        In per cent of the listed price; the error is Newey and West's with Andrews' bandwidth
        over the days that have both prices. Markets without block prices have no row.
    """
    from scipy import stats

    rows: list[dict[str, Any]] = []
    for market, days in ends.items():
        found = block_discounts(panel, market)
        if found.empty:
            continue
        sessions = pd.DatetimeIndex(panel.daily(market).index)
        mask = pd.Series(compliance.window_mask(sessions, days, window), sessions)
        inside = mask.reindex(found.index).to_numpy(bool)
        y = found["discount"].to_numpy(float)
        row: dict[str, Any] = {
            "market": market,
            "inside": y[inside].mean() if inside.any() else np.nan,
            "outside": y[~inside].mean() if (~inside).any() else np.nan,
            "n_in": int(inside.sum()),
            "n_out": int((~inside).sum()),
        }
        row |= {"difference": row["inside"] - row["outside"], "std_error": np.nan}
        if min(row["n_in"], row["n_out"]) >= FEWEST:
            x = np.column_stack([np.ones(len(y)), inside])
            fitted = least_squares(y, x)
            cov = hac.hac(x, fitted.residuals, fitted.bread).cov
            row["std_error"] = float(np.sqrt(cov[1, 1]))
        t = row["difference"] / row["std_error"]
        row["p_value"] = float(2 * stats.norm.sf(abs(t))) if np.isfinite(t) else np.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))
