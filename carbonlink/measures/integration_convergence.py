"""Log t of the core markets by period, and the clubs they form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..kernels import logt


def first_period(drop: float | int, length: int) -> int:
    """Return the first period of a log t regression, counted from 1."""
    if isinstance(drop, bool) or not (
        0 < drop < 1 or (float(drop).is_integer() and 1 <= drop < length - 3)
    ):
        raise SpecificationError(
            f"drop={drop!r} is neither a share below 1 nor a number of periods.", "Use 0.3."
        )
    first = int(np.floor(drop * length + 0.5)) if 0 < drop < 1 else int(drop)
    return max(first, 1) + 1


def convergence(
    balanced: pd.DataFrame,
    periods: dict[str, np.ndarray],
    index: pd.Index,
    arguments: dict[str, Any],
    notes: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return log t of all core markets by period, then of clubs; and who is in which club."""
    smooth = arguments["smooth"]
    rows, members = [], []
    for name, inside in periods.items():
        part = balanced[balanced.index.isin(index[inside])]
        row: dict[str, Any] = {"period": name, "group": "all", "markets": balanced.shape[1]}
        if len(part) < 20:
            rows.append({**row, "nobs": len(part), "note": f"{len(part)} dates; 20 are needed"})
            continue
        if part.to_numpy().min() <= 0:
            rows.append({**row, "nobs": len(part), "note": "prices of 1 or less: no log t"})
            continue
        paths = part.to_numpy()
        if smooth is not None:
            paths = logt.hodrick_prescott(paths, float(smooth))
        if logt.transition(paths)[1].min() <= 1e-20:
            rows.append({**row, "nobs": len(part), "note": "no dispersion on a date: no log t"})
            continue
        rule = logt.Rule(
            first_period(arguments["drop"], len(paths)), arguments["kernel"], arguments["variance"]
        )
        whole = logt.log_t(paths, rule)
        rows.append({**row, **_test(whole)})
        found = logt.clubs(paths, rule, float(arguments["sieve"]))
        joined = logt.merged(paths, found, rule)
        for number, (places, test) in enumerate(zip(found.members, found.tests, strict=True), 1):
            rows.append({"period": name, "group": f"club {number}", "markets": len(places),
                         **_test(test)})  # fmt: skip
        members += _membership(name, list(balanced.columns), found, joined)
    if smooth is None:
        notes.append("Log t on unfiltered prices; compare smooth= with care: a filter moves b.")
    return pd.DataFrame(rows), pd.DataFrame(members, columns=["period", "market", "club", "merged"])


def _test(test: logt.LogT) -> dict[str, Any]:
    from scipy import stats

    return {
        "slope": test.slope, "std_error": test.std_error, "statistic": test.statistic,
        "p_value": float(stats.norm.cdf(test.statistic)), "nobs": test.nobs,
        "converges": bool(test.statistic > logt.THRESHOLD), "note": "",
    }  # fmt: skip


def _membership(
    period: str, names: list[str], found: logt.Clubs, joined: logt.Clubs
) -> list[dict[str, Any]]:
    def club(of: logt.Clubs, place: int) -> str:
        inside = [i for i, places in enumerate(of.members, 1) if place in places]
        return f"club {inside[0]}" if inside else "divergent"

    return [
        {"period": period, "market": name, "club": club(found, i), "merged": club(joined, i)}
        for i, name in enumerate(names)
    ]
