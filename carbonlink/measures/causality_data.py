"""The VAR behind a family of causality tests, from a frame or a panel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import SpecificationError
from ..models.var import VAR
from ..models.var_results import VARResults
from ..panel import Panel
from .joint_prices import joint_prices
from .joint_returns import joint_returns

HIT_LAGS = 5
"""Lags of a cross-quantilogram unless told."""


def tested_model(given: dict[str, Any]) -> tuple[VARResults, int, dict[str, Any]]:
    """The VAR behind the tests, the lags tested, and where the data came from."""
    method, lags = given["method"], given["lags"]
    frame, origin = _frame(given)
    chosen = {"exog": given["exog"], "minimum": given["minimum"]}
    if method == "cross-quantilogram" and isinstance(lags, str):
        lags = HIT_LAGS
    model = VAR(frame, lags, max_lags=given["max_lags"], **chosen).fit()
    tested, notes = model.lags, [n for n in model.notes if method != "toda-yamamoto"]
    if method == "frequency" and tested < 3:
        if not isinstance(lags, str):
            raise SpecificationError(
                f"lags={lags}: with fewer than three lags the test is the same at every frequency.",
                "Use lags=3 or more.",
            )
        model, tested = VAR(frame, 3, **chosen).fit(), 3
        notes.append("Three lags, the fewest that tell frequencies apart.")
    if method == "toda-yamamoto":
        notes += [n for n in model.notes if "No sign that these are stationary" not in n]
        extra = int(given["integration"])
        model = VAR(frame, tested + extra, **chosen).fit()
        notes.append(f"{tested} lags tested, {extra} more left free.")
    model = replace(
        model,
        notes=tuple(dict.fromkeys(notes)),
        sources=origin["sources"],
        units=origin.get("units", {}),
    )
    return model, tested, origin


def _frame(given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    data, markets, lags = given["data"], given["markets"], given["lags"]
    named = [markets] if isinstance(markets, str) else markets
    if isinstance(data, Panel):
        if given["method"] != "toda-yamamoto":
            joint = joint_returns(
                data, named, lags if isinstance(lags, int) else 1, given["minimum"]
            )
            return joint.frame, {"sources": joint.sources, "notes": joint.notes}
        prices = joint_prices(data, named or data.markets)
        values = prices.frame
        positive = [str(c) for c in values.columns if (values[c].dropna() > 0).all()]
        logs = values.assign(**{c: np.log(values[c]) for c in positive})
        level = [str(c) for c in values.columns if c not in positive]
        notes: tuple[str, ...] = ()
        if level:
            notes = (f"Not in logs (prices at or below 0): {', '.join(level)}.",)
        made = prices.synthetic
        if made:
            notes += (f"Synthetic demonstration data: {', '.join(made)}.",)
        return logs, {"sources": prices.sources, "notes": notes}
    if named is not None:
        missing = [m for m in named if m not in getattr(data, "columns", ())]
        if missing:
            raise SpecificationError(
                f"The data have no column {missing[0]!r}.",
                f"They have: {', '.join(map(str, getattr(data, 'columns', ())))}.",
            )
        data = data[list(named)]
    return data, {"sources": (), "notes": ()}
