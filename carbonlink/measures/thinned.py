"""Say which price is known on few days only, and what that costs the others."""

from __future__ import annotations

import pandas as pd

from .joint_prices import JointPrices, step_of

HALF = 0.5
"""Share of the effect's values below which a column with fewer is named."""


def thinning(joint: JointPrices) -> list[str]:
    """Return a sentence on rows further apart than open days, or on a column of few values."""
    index = joint.frame.dropna().index
    apart = _apart(index)
    few = rare_column(joint)
    whole = joint.frame.loc[index[0] : index[-1]] if len(index) else joint.frame
    if few and len(index) < HALF * whole.iloc[:, 1].notna().sum():
        left = f" Those left are {apart}." if apart and step_of(index) == "row" else ""
        return [
            f"{few}{left} Lags and horizons count rows; carbonlink.aggregate gives one frequency."
        ]
    effect = joint.frame.columns[1]
    rare = min(joint.days, key=lambda name: joint.days[name])
    lost = joint.sources or joint.days[rare] < joint.days[effect]
    if not apart or not lost or step_of(index) == "open day":
        return []
    return [
        f"Rows are {apart}: {rare} has {joint.days[rare]:,} days, {effect} "
        f"{joint.days[effect]:,}, in the span common to all, and days without either are lost. "
        "Lags and horizons count rows; carbonlink.aggregate gives all of them one frequency."
    ]


def _apart(index: pd.Index) -> str:
    """Return how far rows are apart, in words; nothing without dates of several days."""
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return ""
    gaps = pd.Series(index).diff().dropna().dt.days
    near, far = int(gaps.quantile(0.1)), int(gaps.quantile(0.9))
    if far < 1:
        return ""
    return f"{near} to {far} days apart" + ", irregularly" * (step_of(index) == "row")


def rare_column(joint: JointPrices) -> str:
    """Return a sentence on the column with fewest values, where half the effect's rows lack it."""
    known = joint.frame.notna().sum()
    rare, effect = str(known.idxmin()), joint.frame.columns[1]
    if known[rare] >= HALF * known[effect]:
        return ""
    return (
        f"{rare} has a value in {known[rare]:,} of {len(joint.frame):,} rows, {effect} in "
        f"{known[effect]:,}: rows without either are lost."
    )
