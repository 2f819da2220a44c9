"""How far the prices of several markets lie apart, over time and around a date."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..inference import hac, parallel
from ..kernels import half_life, supf, trend_test, weak_sigma
from ..kernels.ols import least_squares

MOST_LAGS = 6


def dispersion(logs: pd.DataFrame, core: list[str], volumes: pd.DataFrame | None) -> pd.DataFrame:
    """Return the dispersion of log prices, a row a date with two prices or more.

    Parameters
    ----------
    logs : DataFrame
        Logarithms of prices.
    core : list of str
        Markets of the balanced measure.
    volumes : DataFrame, optional
        Weights of the weighted measure.

    Returns
    -------
    DataFrame
        `markets` (prices on the date), `all` (their standard deviation), `dispersion` (that of
        the core, where it is complete), `weighted`, `range_ratio` (highest over lowest price of
        the core) and `relative_variance` (variance over pairs of the absolute change of relative
        prices since the row before, in logs; three markets or more).

    References
    ----------
    Parsley, D. C. and Wei, S.-J. (2001). Explaining the border effect: the role of exchange rate
    variability, shipping costs, and geography. Journal of International Economics 55, 87–105.
    """
    table = pd.DataFrame({"markets": logs.notna().sum(axis=1)}, index=logs.index)
    table["all"] = logs.std(axis=1, ddof=1).where(table["markets"] >= 2)
    whole = logs[core].where(logs[core].notna().all(axis=1))
    table["dispersion"] = whole.std(axis=1, ddof=1, skipna=False)
    table["weighted"] = _weighted(whole, volumes)
    table["range_ratio"] = np.exp(whole.max(axis=1, skipna=False) - whole.min(axis=1, skipna=False))
    table["relative_variance"] = relative_variance(whole)
    return table[table["markets"] >= 2]


def _weighted(logs: pd.DataFrame, volumes: pd.DataFrame | None) -> pd.Series | float:
    if volumes is None or not set(logs.columns) <= set(volumes.columns):
        return float("nan")
    weight = volumes.reindex(logs.index)[list(logs.columns)].where(logs.notna())
    share = weight.div(weight.sum(axis=1).where(lambda s: s > 0), axis=0)
    mean = (share * logs).sum(axis=1, skipna=False)
    return np.sqrt((share * logs.sub(mean, axis=0) ** 2).sum(axis=1, skipna=False))


def relative_variance(logs: pd.DataFrame) -> pd.Series:
    """Return Var over pairs of |Δ ln(P_i/P_j)|, the segmentation index of Parsley and Wei."""
    if logs.shape[1] < 3:
        return pd.Series(np.nan, logs.index)
    change = logs.diff().to_numpy()
    moves = np.column_stack(
        [np.abs(change[:, i] - change[:, j]) for i, j in combinations(range(logs.shape[1]), 2)]
    )
    return pd.Series(moves.var(axis=1, ddof=1), logs.index)


def change_rows(
    series: pd.Series, split: pd.Timestamp | None, rng: Any = 0
) -> list[dict[str, Any]]:
    """Return the tests of a dispersion: trend, change at the split, break at an unknown date."""
    known = series.dropna()
    y = known.to_numpy(float)
    if len(y) < 30 or np.ptp(y) == 0:
        return [{"test": "dispersion over time", "null": "no change",
                 "note": f"{len(y)} dates with all core prices; 30 are needed"}]  # fmt: skip
    trend = trend_test.robust_trend(y)
    rows: list[dict[str, Any]] = [
        {
            "test": "trend of the dispersion",
            "null": "no linear trend, whether the dispersion wanders or not",
            "estimate": trend.slope,
            "statistic": trend.statistic,
            "p_value": trend.p_value,
            "reference": "normal (Harvey, Leybourne and Taylor)",
        },
        _weak(y**2, np.random.default_rng(parallel.seed_sequence(rng))),
    ]
    lags = 1 + half_life.choose_lags(y, MOST_LAGS)
    if split is not None:
        rows.append(_at(known, split, lags))
    found = supf.shift(y, lags)
    rows.append(
        {
            "test": "break at an unknown date",
            "null": "the mean of the dispersion does not shift",
            "estimate": float(y[found.at + 1 :].mean() - y[: found.at + 1].mean()),
            "statistic": found.statistic,
            "p_value": found.p_value,
            "reference": f"sup-F, {lags} own lags, 15 % trimming (Andrews; Hansen's p-value)",
            "note": f"largest after {known.index[found.at]:%Y-%m-%d}"
            if isinstance(known.index, pd.DatetimeIndex)
            else f"largest after {known.index[found.at]}",
        }
    )
    return rows


def change_notes(rows: pd.DataFrame) -> list[str]:
    """Say where a test of the dispersion was not reported."""
    weak = rows[rows["test"] == "weak σ-convergence"]
    if weak.empty or weak["p_value"].notna().all():
        return []
    return [
        "No p-value of weak σ-convergence: a unit root of the cross-section variance is not "
        "rejected, and the test would reject far too often. The trend test beside it holds for "
        "both."
    ]


def _weak(variance: np.ndarray, generator: np.random.Generator) -> dict[str, Any]:
    """Weak σ-convergence where a unit root of the variance is rejected at 5 %."""
    from arch.unitroot import DFGLS

    root = float(DFGLS(variance, trend="ct", method="bic").pvalue)
    lags = 1 + half_life.choose_lags(variance, MOST_LAGS)
    found = weak_sigma.weak_sigma(variance, lags, generator)
    row = {
        "test": "weak σ-convergence",
        "null": "the cross-section variance does not fall",
        "estimate": found.slope,
        "statistic": found.statistic,
        "p_value": found.p_value if root <= 0.05 else np.nan,
        "reference": "one-sided (Kong, Phillips and Sul), bootstrap of an autoregression less its "
        "bias; 1 to 6 % of true nulls rejected at 5 %, from white noise to a unit root",
    }
    words = f"a unit root of the variance is {'' if root <= 0.05 else 'not '}rejected"
    return {**row, "note": f"{words} (DF-GLS with trend, p {root:.3f})"}


def _at(known: pd.Series, split: pd.Timestamp, lags: int) -> dict[str, Any]:
    """The shift at a known date, with own lags and a HAC covariance."""
    from scipy import stats

    y = known.to_numpy(float)
    after = np.asarray(known.index >= split, dtype=float)
    row: dict[str, Any] = {
        "test": f"change at {split.date()}",
        "null": "the mean of the dispersion is the same before and after",
    }
    if min(after.sum(), len(after) - after.sum()) < 10 + lags:
        return {**row, "note": "too few dates on one side"}
    past = [y[lags - j : len(y) - j] for j in range(1, lags + 1)]
    x = np.column_stack([np.ones(len(y) - lags), after[lags:], *past])
    fit = least_squares(y[lags:], x)
    cov = hac.robust(x, fit.residuals, fit.bread).cov
    statistic = fit.params[1] / np.sqrt(cov[1, 1])
    return {
        **row,
        "estimate": float(y[after > 0].mean() - y[after == 0].mean()),
        "statistic": float(statistic),
        "p_value": float(2 * stats.norm.sf(abs(statistic))),
        "reference": f"normal; step beside {lags} own lags, White's covariance",
        "note": "estimate: difference of the means",
    }
