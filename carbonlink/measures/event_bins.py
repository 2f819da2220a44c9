"""Bins of open days around a deadline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from .event_profile_results import OUTSIDE


def bin_edges(bins: Any, horizon: tuple[int, int]) -> list[int]:
    low, high = _pair(horizon, "horizon")
    if not low < 0 <= high:
        raise SpecificationError(
            f"horizon={horizon!r} does not run from before the deadline to it or after it.",
            "Use, for example, (-60, 20).",
        )
    if isinstance(bins, (int, np.integer)) and not isinstance(bins, bool):
        if bins < 1:
            raise SpecificationError(f"bins={bins!r} will not do.", "Use 1 or more days.")
        if bins > -low:
            raise SpecificationError(
                f"bins={bins!r} are longer than the {-low} days of horizon= before a deadline.",
                f"Use {-low} or fewer, or a longer horizon=.",
            )
        inner = range(-(-low // bins) * bins, high + 1, bins)
        return sorted({low, high, *inner})
    edges = list(bins) if isinstance(bins, Iterable) and not isinstance(bins, str) else []
    whole = all(isinstance(e, (int, np.integer)) for e in edges)
    if len(edges) < 2 or not whole or (np.diff(edges) <= 0).any():
        raise SpecificationError(
            f"bins={bins!r} are no rising edges.", "Use a number of days, or [-60, -20, 0, 20]."
        )
    if (edges[0], edges[-1]) != (low, high):
        raise SpecificationError(
            f"bins= run from {edges[0]} to {edges[-1]}, horizon= from {low} to {high}.",
            f"Pass horizon=({edges[0]}, {edges[-1]}).",
        )
    return [int(e) for e in edges]


def _pair(value: Any, argument: str) -> tuple[int, int]:
    try:
        low, high = value
        whole = int(low) == low and int(high) == high
    except (TypeError, ValueError):
        whole = False
    if not whole:
        raise SpecificationError(
            f"{argument}={value!r} is no pair of days.", "Use, for example, (-60, 20)."
        )
    return int(low), int(high)


def bin_labels(edges: list[int]) -> list[str]:
    pairs = zip(edges[:-1], edges[1:], strict=True)
    return [f"{a + 1} to {b}" if b > a + 1 else str(b) for a, b in pairs]


def reference_bin(reference: tuple[int, int], edges: list[int]) -> str:
    pair = _pair(reference, "reference")
    pairs = list(zip(edges[:-1], edges[1:], strict=True))
    if pair not in pairs:
        shown = ", ".join(str(p) for p in pairs)
        raise SpecificationError(f"reference={reference!r} is no bin.", f"The bins are {shown}.")
    return bin_labels(edges)[pairs.index(pair)]


def binned(frame: pd.DataFrame, edges: list[int], labels: list[str]) -> pd.Series:
    cut = pd.cut(frame["tau"], edges, labels=labels)
    return cut.astype(object).where(cut.notna(), OUTSIDE)
