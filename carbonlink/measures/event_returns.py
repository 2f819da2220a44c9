"""What event studies of prices take: returns by market, deadlines, and factors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, DeadlineError, SpecificationError, TooFewObservationsError
from ..facts import compliance
from ..facts import markets as registry
from ..models.frames import check_frame
from ..panel import Panel
from .cycles import Refusal, parse_deadlines
from .daily_volumes import check_is_market
from .genuine_returns import GenuineReturns, genuine_returns

_LARGEST = 30.0
"""Per cent; values of which half lie above, and none below 0, are no daily returns."""


def returns_by_market(
    data: Any, markets: Any, deadlines: Any, minimum: float | None
) -> tuple[dict[str, GenuineReturns], list[Refusal]]:
    if markets is not None and not isinstance(markets, Iterable):
        raise SpecificationError(f"markets={markets!r} is no label.", 'Use markets=["hubei"].')
    named = None if markets is None else [markets] if isinstance(markets, str) else list(markets)
    if isinstance(data, Panel):
        labels = _with_deadlines(data, deadlines) if named is None else data.labels(named)
    elif isinstance(data, pd.Series):
        labels = named or [str(data.name or "series")]
        if len(labels) != 1:
            raise SpecificationError(
                f"markets= names {len(labels)} markets, data is one series.", "Give one name."
            )
        data = data.rename(labels[0])
    else:
        labels = named or [str(c) for c in check_frame(data, "data").columns]
    found: dict[str, GenuineReturns] = {}
    refused: list[Refusal] = []
    for label in labels:
        try:
            one = genuine_returns(data, label, minimum)
        except (DataError, TooFewObservationsError) as error:
            if len(labels) == 1:
                raise
            refused.append((label, "", error.message))
            continue
        if not isinstance(data, Panel):
            _check_size(one)
        if len(one.returns):
            found[label] = one
        else:
            refused.append((label, "", "no return between genuine trades"))
    return found, refused


def _check_size(one: GenuineReturns) -> None:
    """Refuse what cannot be returns: prices or tonnes handed in by mistake."""
    if one.returns.min() >= 0 and one.returns.median() > _LARGEST:
        raise DataError(
            f"{one.returns.name or 'The series'} is never negative and half of its values are "
            f"above {_LARGEST:g} per cent: these are no returns.",
            "Give returns in per cent (100 times the change of the log price), or a Panel.",
        )


def _with_deadlines(panel: Panel, deadlines: Any) -> list[str]:
    named = deadlines if isinstance(deadlines, Mapping) else ()
    chosen = [m for m in panel.markets if m in named or registry.get(m).market_class == "ets"]
    if not chosen:
        raise DeadlineError(
            "No market of the panel is one in which allowances are surrendered.",
            "Name it with markets= and give its deadlines=.",
        )
    return chosen


def deadlines_by_market(
    label: str, own: Any, which: str, one: GenuineReturns, refused: list[Refusal]
) -> pd.DatetimeIndex:
    if own is not None:
        return pd.DatetimeIndex(parse_deadlines(own))
    check_is_market(label)
    days, unknown = compliance.due_dates(label, which)
    first, last = one.sessions[0].year, one.sessions[-1].year
    for year, reason in unknown.items():
        if first <= year + 1 <= last:
            refused.append((label, f"emission year {year}", reason))
    if not len(days):
        raise DeadlineError(
            f"No {which} deadline of {label} is known.",
            "Pass deadlines=[…], or add them with their source to "
            "carbonlink/facts/tables/deadlines.csv.",
        )
    return days


def factor_levels(data: Any, factors: Any) -> pd.DataFrame | None:
    """Return cumulated factor levels, in per cent."""
    if factors is None:
        return None
    if isinstance(factors, (pd.Series, pd.DataFrame)):
        frame = check_frame(factors, "factors")
        if not isinstance(frame.index, pd.DatetimeIndex):
            raise DataError("factors have no dates as their index.", "Set a DatetimeIndex.")
        return frame.cumsum()
    names = [factors] if isinstance(factors, str) else factors
    if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
        raise SpecificationError(
            f"factors={factors!r} are neither labels of a Panel nor returns.",
            'Use, for example, factors="CEA" or a frame of returns in per cent.',
        )
    names = list(names)
    if not isinstance(data, Panel):
        raise SpecificationError(
            "factors= names markets, but data is no Panel.",
            "Give a frame of factor returns, in per cent.",
        )
    names = data.labels(names)
    prices = data.prices(names)
    odd = [name for name in names if prices[name].le(0).any()]
    if odd:
        raise SpecificationError(
            f"{odd[0]} has prices at or below zero, which have no log.", "Leave it out."
        )
    return pd.DataFrame(100 * np.log(prices))
