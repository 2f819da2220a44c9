"""May a series be integrated of order two? The bounds tests would not hold."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from .frames import listed

DOUBLE_ROOT = 0.1
"""p-value above which the change of a series may itself have a unit root."""


def unit_roots_of_changes(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the augmented Dickey–Fuller test of the change of each column.

    Returns
    -------
    DataFrame
        A row a series: statistic, p_value, lags, nobs.
    """
    from arch.unitroot import ADF

    rows = {}
    for name, series in levels.items():
        changes = series.diff().dropna().to_numpy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            test = ADF(changes, trend="c", method="bic", max_lags=_most_lags(len(changes)))
            rows[str(name)] = (test.stat, test.pvalue, test.lags, test.nobs)
    names = ["statistic", "p_value", "lags", "nobs"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).astype(float)


def doubtful(table: pd.DataFrame) -> list[str]:
    """Return the series of `unit_roots_of_changes` that may be integrated of order two."""
    return list(table.index[table["p_value"] > DOUBLE_ROOT])


def refuse_second_order(table: pd.DataFrame) -> None:
    """Refuse a bounds test where a series may be integrated of order two, by name."""
    names = doubtful(table)
    if names:
        values = ", ".join(f"{p:.2f}" for p in table.loc[names, "p_value"])
        raise SpecificationError(
            f"{listed(names)}: the change may have a unit root (ADF p = {values}), and "
            "the bounds hold for series of order 0 and 1 only.",
            'Use the change as the variable, or second_order="allow" to test all the same.',
        )


def _most_lags(n: int) -> int:
    """Return ⌊12 (n/100)^{1/4}⌋, at most a third of the sample."""
    return int(min(12 * np.power(n / 100, 0.25), n / 3))
