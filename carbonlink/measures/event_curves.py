"""Mean abnormal returns and variances, cumulated session by session up to the deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .. import plotting
from .deadline_events import DeadlineEvent
from .event_battery import FEWEST_CLUSTERS

_WIDE = 60.0
"""Days of abnormal variance beyond which the scale is logarithmic away from 0."""


@dataclass(frozen=True, eq=False)
class EventCurves:
    """Cumulated means by session, 0 being that of the deadline.

    Attributes
    ----------
    table : DataFrame
        Index `session`; `car` and `cav` with `_lower` and `_upper` ends of bands that hold the
        whole curve at the level, and `cav_median`; bands are missing below four clusters. Every
        return of an event has the weight window/(returns of its window) in `cav`, whose end is
        then the window times the mean over events of their mean abnormal variance.
    """

    table: pd.DataFrame
    level: float

    def plot(self, ax: Any = None, which: str = "car", unit: str = "%") -> Any:
        """Draw one of the curves with its band.

        Parameters
        ----------
        ax : Axes, optional
        which : {"car", "cav"}
            Cumulated abnormal returns, or cumulated abnormal variance.
        unit : str
            Unit of the returns, for the label of the axis.

        Returns
        -------
        Axes
        """
        table, colour = self.table, plotting.PALETTE[0 if which == "car" else 1]
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.axhline(0, color="#4D4D4D", linewidth=0.8)
            ax.fill_between(
                table.index,
                table[f"{which}_lower"],
                table[f"{which}_upper"],
                color=colour,
                alpha=0.2,
                linewidth=0,
                label=f"{100 * self.level:g} % band for the whole curve",
            )
            ax.plot(table.index, table[which], color=colour, linewidth=1.6, label="mean of events")
            if which == "cav":
                ax.plot(table.index, table["cav_median"], "--", color=colour, label="median event")
                if np.nanmax(np.abs(table[["cav_lower", "cav_upper", "cav"]]), initial=0) > _WIDE:
                    ax.set_yscale("symlog", linthresh=10)
            ax.set_xlim(table.index[0], 0)
            ax.set_xlabel("sessions to the deadline")
            words = {"car": f"cumulative abnormal return, {unit}"}
            ax.set_ylabel(words.get(which, "cumulative abnormal variance, days"))
            ax.legend(loc="upper left")
        return ax


def curves_of(
    events: tuple[DeadlineEvent, ...],
    groups: np.ndarray,
    window: int,
    level: float,
    weights: Callable[[int], np.ndarray],
) -> EventCurves:
    """Return the mean curves of events with studentised wild sup-t bands over clusters."""
    car, cav = np.zeros((2, len(events), window))
    for i, event in enumerate(events):
        place = event.place[event.inside] + window - 1
        np.add.at(car[i], place, event.abnormal[event.inside])
        np.add.at(cav[i], place, (event.excess_variance - 1) * window / len(place))
    columns: dict[str, np.ndarray] = {}
    for name, values in (("car", car.cumsum(axis=1)), ("cav", cav.cumsum(axis=1))):
        known = np.isfinite(values).all(axis=1)
        if not known.any():
            columns |= dict.fromkeys(
                (name, f"{name}_lower", f"{name}_upper", f"{name}_median"),
                np.full(window, np.nan),
            )
            continue
        values, own = values[known], np.unique(groups[known], return_inverse=True)[1]
        mean, half = _band(values, own, level, weights)
        columns |= {name: mean, f"{name}_lower": mean - half, f"{name}_upper": mean + half}
        if name == "cav":
            columns["cav_median"] = np.median(values, axis=0)
    index = pd.RangeIndex(1 - window, 1, name="session")
    return EventCurves(pd.DataFrame(columns, index=index), level)


def _band(
    values: np.ndarray, groups: np.ndarray, level: float, weights: Callable[[int], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    mean, count = values.mean(axis=0), int(groups.max()) + 1
    if count < FEWEST_CLUSTERS:
        return mean, np.full(values.shape[1], np.nan)
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, groups, values - mean)
    factor = np.sqrt(count / (count - 1)) / len(values)
    error = factor * np.sqrt((sums**2).sum(axis=0))
    w = weights(count)
    shift = w @ sums
    share = np.bincount(groups, minlength=count) / len(values)
    squares = w**2 @ sums**2 - 2 * shift * (w @ (sums * share[:, None]))
    squares += shift**2 * (share @ share)
    spread = factor * np.sqrt(np.maximum(squares, 0))
    t = np.divide(np.abs(shift) / len(values), spread, out=np.zeros_like(shift), where=spread > 0)
    moving = error > 1e-12 * max(np.abs(mean).max(), 1e-300)
    if not moving.any():
        return mean, np.zeros_like(mean)
    return mean, float(np.quantile(t[:, moving].max(axis=1), level)) * error
