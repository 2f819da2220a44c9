"""Rows of the concentration table: one a market-cycle, one a market, one pooled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..inference import multiplicity
from ..inference.shares import ShareErrors
from ..kernels import rotation
from ..kernels.inequality import inequality, theil_between
from .cycles import CycleVolume
from .rotation_test import RotationTest

ALL = "all"
POOLED = "pooled"

MEASURES = (
    "window_share",
    "excess_ratio",
    "excess_mass",
    "hhi",
    "hhi_star",
    "effective_days",
    "entropy_days",
    "gini",
    "theil",
    "normalised_entropy",
    "theil_between",
    "theil_share",
    "centre",
    "spread",
    "days_to_half",
)
BOUNDS = {
    "window_share": (0.0, 1.0),
    "excess_ratio": (0.0, np.inf),
    "excess_mass": (-1.0, 1.0),
    "hhi": (0.0, 1.0),
    "hhi_star": (0.0, 1.0),
    "effective_days": (1.0, np.inf),
    "entropy_days": (1.0, np.inf),
    "gini": (0.0, 1.0),
    "theil": (0.0, np.inf),
    "normalised_entropy": (0.0, 1.0),
    "theil_between": (0.0, np.inf),
    "theil_share": (0.0, 1.0),
    "spread": (0.0, np.inf),
    "days_to_half": (1.0, np.inf),
}
COUNTS = ("n", "traded_days", "window_days", "volume", "window_volume")


def _units(what: str) -> dict[str, str]:
    return {
        "window_share": f"share of the cycle's {what}",
        "excess_ratio": "times the share of the days",
        "excess_mass": f"share of the cycle's {what}",
        "hhi": "index, 1/n to 1",
        "hhi_star": "index, 0 to 1",
        "effective_days": "days",
        "entropy_days": "days",
        "gini": "index, 0 to 1",
        "theil": "nats",
        "normalised_entropy": "index, 0 to 1",
        "theil_between": "nats",
        "theil_share": "share of Theil's T",
        "centre": "days to the deadline",
        "spread": "days",
        "days_to_half": "days",
    }


UNITS = {basis: _units(basis) for basis in ("volume", "value")}


def cycle_rows(
    test: RotationTest, errors: tuple[ShareErrors, ...], window: int, level: float
) -> pd.DataFrame:
    """Return a row a market-cycle with every measure, its p-value and its interval."""
    p_values = _cycle_p_values(test)
    rows = []
    for one, error, p in zip(test.cycles, errors, p_values, strict=True):
        lower, upper = error.interval("share", level)
        rows.append({**_row(one, window), "p_value": p, "lower": lower, "upper": upper})
    return pd.DataFrame(rows)


def _row(one: CycleVolume, window: int) -> dict[str, Any]:
    volume, inside = one.volume, one.inside(window)
    n, held = len(volume), float(volume[inside].sum())
    share, fraction = held / float(volume.sum()), float(inside.mean())
    found = inequality(volume)
    between = float(theil_between(share, fraction))
    apart = one.days_to_deadline()
    centre = float(volume @ apart / volume.sum())
    return {
        "market": one.market,
        "cycle": one.label,
        "start": one.start,
        "end": one.end,
        "deadline": one.deadlines[-1],
        "deadline_kind": one.deadline_kind,
        "deadline_verified": one.verified,
        "n": n,
        "traded_days": int((volume > 0).sum()),
        "window_days": int(inside.sum()),
        "volume": float(volume.sum()),
        "window_volume": held,
        "window_share": share,
        "excess_ratio": share / fraction,
        "excess_mass": share - fraction,
        "hhi": found.hhi,
        "hhi_star": found.hhi_star,
        "effective_days": found.effective_days,
        "entropy_days": found.entropy_days,
        "gini": found.gini,
        "theil": found.theil,
        "normalised_entropy": found.normalised_entropy,
        "theil_between": between,
        "theil_share": between / found.theil if found.theil > rotation.TIE else 0.0,
        "centre": centre,
        "spread": float(np.sqrt(volume @ (apart - centre) ** 2 / volume.sum())),
        "days_to_half": float(found.days_to_half),
    }


def _cycle_p_values(test: RotationTest) -> np.ndarray:
    identity = np.eye(len(test.cycles))
    if test.null == "rotation":
        tables = [test.table(i)[:, rotation.SHARE, 0] for i in range(len(test.cycles))]
        return np.array([float(rotation.p_value(t[0], t, exact=True)) for t in tables])
    observed = test.observed(identity)[:, rotation.SHARE, 0]
    return rotation.p_value(observed, test.sample(identity)[:, :, rotation.SHARE, 0], exact=False)


def market_weights(cycles: tuple[CycleVolume, ...]) -> tuple[list[str], np.ndarray]:
    """Return the markets and the weights that average each one's cycles, shape (m, c)."""
    labels = list(dict.fromkeys(c.market for c in cycles))
    member = np.array([[c.market == label for c in cycles] for label in labels], dtype=float)
    return labels, member / member.sum(axis=1, keepdims=True)


def market_rows(test: RotationTest, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a market: means over its cycles, p-values, and these adjusted for markets.

    `p_value` of a market with one cycle is exact. `p_holm`, `p_bh`, `p_by` and `p_max_t` take the
    markets of the call as the family.
    """
    labels, weights = market_weights(test.cycles)
    observed = test.observed(weights)[:, rotation.SHARE, 0]
    sample = test.sample(weights)[:, :, rotation.SHARE, 0]
    p_values = rotation.p_value(observed, sample, exact=False)
    single = (weights > 0).sum(axis=1) == 1
    if test.null == "rotation":
        own = rows.groupby("market", sort=False)["p_value"].first()
        p_values = np.where(single, own.loc[labels].to_numpy(float), p_values)
    groups = rows.groupby("market", sort=False)
    frame = groups[list(COUNTS)].sum().join(groups[list(MEASURES)].mean())
    frame.insert(0, "cycles", groups.size())
    return frame.loc[labels].assign(
        p_value=p_values,
        p_holm=multiplicity.holm(p_values),
        p_bh=multiplicity.benjamini_hochberg(p_values),
        p_by=multiplicity.benjamini_yekutieli(p_values),
        p_max_t=multiplicity.max_t(observed, sample),
    )


def pooled_row(test: RotationTest, rows: pd.DataFrame) -> dict[str, Any]:
    """Return the means over all market-cycles and the joint p-value."""
    weight = np.full(len(test.cycles), 1 / len(test.cycles))
    observed, null, exact = test.row(weight)
    share = rotation.SHARE
    p = rotation.p_value(observed[share, 0], null[:, share, 0], exact)
    markets = rows["market"].unique()
    return {
        "market": markets[0] if len(markets) == 1 else ALL,
        "cycle": POOLED,
        "deadline_kind": "",
        "deadline_verified": "",
        "start": rows["start"].min(),
        "end": rows["end"].max(),
        **{name: rows[name].sum() for name in COUNTS},
        **{name: float(rows[name].mean()) for name in MEASURES},
        "p_value": float(p),
    }
