"""A vector autoregression of volume and the size of returns on the days before deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..models.var import VAR
from ..panel import Panel
from .deadline_events import DeadlineEvent
from .genuine_returns import genuine_returns

if TYPE_CHECKING:
    from ..models.var_results import VARResults


def volume_var(
    data: Any,
    market: str,
    events: tuple[DeadlineEvent, ...],
    arguments: Mapping[str, Any],
    lags: int | str,
) -> VARResults:
    """Fit ln(volume) and |return| on the sessions of the windows of one market's events."""
    if not isinstance(data, Panel):
        raise SpecificationError(
            "Volumes are in a Panel only.", "Call price_effects with the Panel, or fit cl.VAR."
        )
    market = data.label(market)
    own = [e for e in events if e.market == market]
    if not own:
        known = ", ".join(dict.fromkeys(e.market for e in events))
        raise SpecificationError(
            f"No deadline of {market!r} was measured.", f"Use one of: {known}."
        )
    found = genuine_returns(data, market, arguments["minimum_tonnes"])
    volume = data.volume([market])[market].reindex(found.sessions)
    frame = pd.DataFrame(
        {
            "log_volume": np.log(volume.where(volume > 0)),
            "abs_return": found.returns.abs().reindex(found.sessions),
        }
    )
    inside = np.zeros(len(frame), dtype=bool)
    for event in own:
        stop = int(found.sessions.searchsorted(event.deadline, side="right"))
        inside[max(stop - arguments["window"], 0) : stop] = True
    return VAR(frame, lags=lags, where=pd.Series(inside, index=frame.index)).fit(cov="robust")
