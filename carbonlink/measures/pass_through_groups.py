"""What to change in a pass-through to measure hours, seasons or provinces by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ..errors import CarbonlinkError, SpecificationError
from ..facts import markets as registry
from ..facts.published import published
from ..models.frames import check_frame, listed
from ..panel import Panel
from ..panel.days import main_product
from ..results import Comparison, Results
from .joint_prices import joint_prices
from .pass_through_methods import EFFECTS

CALENDAR = ("season", "weekday", "year")
SEASONS = ("winter", "spring", "summer", "autumn")


@dataclass(frozen=True, eq=False, repr=False)
class Groups(Comparison):
    """Results by group.

    Attributes
    ----------
    results : tuple of (str, Results)
        Name and result of each group that could be measured.
    left_out : dict
        Name of each other group: the reason.
    """

    left_out: dict[str, str] = field(default_factory=dict)

    def _notes(self) -> tuple[str, ...]:
        left = (f"{name} is left out: {reason}" for name, reason in self.left_out.items())
        return (*left, *super()._notes())


def each_group(measure: Callable[..., Results], groups: Mapping[str, Mapping[str, Any]]) -> Groups:
    """Measure each group by itself; raise when all are refused, with the first one's reason."""
    found, refused = {}, {}
    for name, changes in groups.items():
        try:
            found[name] = measure(**changes)
        except CarbonlinkError as error:
            refused[name] = error
    if not found:
        name, first = next(iter(refused.items()))
        rest = f" None of the {len(refused)} groups can be measured." if len(refused) > 1 else ""
        raise type(first)(f"{name}: {first.message}{rest}", first.remedy) from first
    return Groups(tuple(found.items()), {name: e.message for name, e in refused.items()})


def calendar_masks(group: str, arguments: Mapping[str, Any]) -> dict[str, pd.Series]:
    """Return the days of each season, weekday or year."""
    data = arguments["data"]
    if isinstance(data, Panel):
        names = [arguments["cause"], arguments["effect"]]
        index = pd.DatetimeIndex(joint_prices(data, names, arguments["controls"]).frame.index)
    else:
        index = _dated(data, group)
    labels = pd.Series(EFFECTS[group](index), index)
    return {
        f"{group} {SEASONS[label] if group == 'season' else label}": labels == label
        for label in sorted(labels.unique())
    }


def hours(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of each hour: the effect's price of that hour, a row a day."""
    data = arguments["data"]
    if isinstance(data, Panel):
        return _panel_hours(data, arguments["effect"])
    index = _dated(data, "hour")
    found = {f"hour {hour}": data[index.hour == hour] for hour in sorted(index.hour.unique())}
    if len(found) == 1:
        raise SpecificationError(
            "by('hour') needs hourly prices, and all rows are of one hour.",
            "Give a frame with a row an hour.",
        )
    if index.floor("h").has_duplicates:
        raise SpecificationError(
            "by('hour') needs one row an hour; some hours have several.",
            "Take means first: frame.resample('h').mean().",
        )
    return found


def provinces(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return the panel's power price of each province of China."""
    data = arguments["data"]
    own = {"electricity_" + name: name for name in published("provinces")["province"]}
    known = {} if not isinstance(data, Panel) else {m: registry.resolve(m) for m in data.markets}
    found = {own[full]: label for label, full in known.items() if full in own}
    if len(found) < 2:
        raise SpecificationError(
            f"by('province') needs a Panel with power prices of two provinces; this has "
            f"{listed(found) if found else 'none'}.",
            'Load them: carbonlink.load(["cea", "electricity_sd", "electricity_gd"]); columns of a '
            'frame are measured by refit(effect="…").',
        )
    return found


def _panel_hours(panel: Panel, effect: str) -> dict[str, Panel]:
    """Return the panel with each hour's mean in place of the delivery day's."""
    days = panel.daily(effect)
    rows = main_product(panel.tidy[panel.tidy["market"] == effect], effect)[0]
    stamps = pd.DatetimeIndex(rows["date"])
    if (stamps == stamps.normalize()).all():
        raise SpecificationError(
            f"by('hour') needs prices within the day, and {effect} has one a day.",
            "Load a file of hourly or 15-minute prices.",
        )
    prices = rows["close"].groupby([stamps.normalize(), stamps.hour])
    whole = prices.count() == prices.size().max()
    wide = prices.mean().where(whole).unstack().reindex(days.index)
    return {
        f"hour {hour}": replace(
            panel,
            days={
                **panel.days,
                effect: days.assign(
                    price=wide[hour], chained=wide[hour], has_trade=wide[hour].notna()
                ),
            },
        )
        for hour in wide
    }


def _dated(data: Any, group: str) -> pd.DatetimeIndex:
    index = check_frame(data, "data").index
    if not isinstance(index, pd.DatetimeIndex):
        raise SpecificationError(
            f"by({group!r}) needs dates.",
            "Give a DataFrame with a DatetimeIndex, or masks: by({'winter': mask}).",
        )
    return index
