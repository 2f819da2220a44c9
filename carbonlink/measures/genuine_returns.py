"""Returns between genuine trades of one market, and the days that were lost."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, UnknownMarketError, check_choice, near
from ..facts import calendar
from ..facts import markets as registry
from ..ingest.quality import NO_QUOTE
from ..models.frames import check_frame, listed
from ..panel import Panel

MINIMUM_TONNES = 100.0
"""Fewest tonnes of listed trade that make a day's price genuine, unless asked otherwise."""

PRICES = ("headline", "close", "vwap", "mid")
_IN_TONNES = ("tCO2e", "tce")


@dataclass(frozen=True)
class GenuineReturns:
    """Returns of one market.

    Attributes
    ----------
    returns : Series
        One row a return, on the day it ends.
    gap_days : Series
        Sessions that each return spans; 1 from one session to the next.
    sessions : DatetimeIndex
        Open days of the venue over the sample.
    market : str
        The registry's id, "" where the label is not in the registry.
    unit : str
        Unit of the returns.
    minimum : float or None
        Tonnes asked of a genuine price; None where they could not be.
    dropped : dict
        Days lost, with the reason.
    hits : DataFrame or None
        Whether each return ends at the lower or the upper price limit, columns lower and upper;
        None where no limit is known.
    averages : bool
        Whether every price is, or may be, an average of trades, to which no limit applies.
    notes, sources : tuple of str
    """

    returns: pd.Series
    gap_days: pd.Series
    sessions: pd.DatetimeIndex
    market: str
    unit: str
    minimum: float | None
    dropped: dict[str, int]
    hits: pd.DataFrame | None = None
    averages: bool = False
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def genuine_returns(
    data: Any, market: str | None, minimum_tonnes: float | None, price: str = "headline"
) -> GenuineReturns:
    """Return one market's returns from a Panel, or check those given.

    Parameters
    ----------
    data : Panel, Series or DataFrame
        A Series or a frame holds returns, in per cent.
    market : str, optional
        Label of a Panel, column of a frame, or the registry's name of a Series.
    minimum_tonnes : float, optional
        For a Panel; 100 when None.
    price : {"headline", "close", "vwap", "mid"}
        Which price of a day with a trade; for a Panel.
    """
    check_choice("price", price, PRICES)
    if isinstance(data, Panel):
        return _from_panel(data, _label(data, market), minimum_tonnes, price)
    if price != "headline":
        raise SpecificationError(f"price={price!r} needs a Panel.", "Leave it out.")
    if minimum_tonnes is not None:
        raise SpecificationError(
            "minimum_tonnes needs a Panel: returns have no tonnes.",
            "Give the Panel, or leave minimum_tonnes out.",
        )
    return _from_returns(data, market)


def _label(panel: Panel, market: str | None) -> str:
    if market is not None:
        return panel.label(market)
    if len(panel.markets) > 1:
        raise SpecificationError(
            f"The panel holds {len(panel.markets)} markets; one is measured at a time.",
            f"Name it: market={panel.markets[0]!r}.",
        )
    return panel.markets[0]


def _amount(minimum_tonnes: Any) -> float:
    if minimum_tonnes is None:
        return MINIMUM_TONNES
    number = isinstance(minimum_tonnes, Real) and not isinstance(minimum_tonnes, bool)
    if not number or not 0 <= float(minimum_tonnes) < np.inf:
        raise SpecificationError(f"minimum_tonnes={minimum_tonnes!r} is no amount.", "Use 100.")
    return float(minimum_tonnes)


def _from_panel(
    panel: Panel, label: str, minimum_tonnes: float | None, price: str
) -> GenuineReturns:
    days = _priced(panel.daily(label), label, price)
    fact = registry.get(label)
    minimum = _amount(minimum_tonnes)
    genuine = days["price"].notna()
    large, notes, applied = _large(panel, label, fact.unit, minimum, genuine)
    kept = days[genuine & large]
    power = fact.market_class == "electricity"
    returns, gap = _changes(days, kept, power)
    if label in panel.synthetic:
        notes.append(f"Synthetic demonstration data: {label}.")
    notes += [n for n in panel.notes if n.startswith(f"{label}: ")]
    return GenuineReturns(
        returns=returns.rename(label),
        gap_days=gap,
        sessions=pd.DatetimeIndex(days.index),
        market=fact.market,
        unit=fact.price_unit if power else "%",
        minimum=applied,
        dropped={
            "sessions without a genuine price": int((~genuine).sum()),
            f"sessions with less than {minimum:g} t": int((genuine & ~large).sum()),
            "first prices, which end no return": len(kept) - len(returns),
        },
        hits=_hits(days, returns),
        averages=bool(days["price_kind"][genuine].isin(NO_QUOTE).all()),
        notes=tuple(notes),
        sources=(panel.sources_of[label],),
    )


def _hits(days: pd.DataFrame, returns: pd.Series) -> pd.DataFrame | None:
    """Which returns end at a limit; a flag against the sign of its return is no limit day."""
    flags = days[["limit_down", "limit_up"]].reindex(returns.index)
    if flags.isna().all(axis=None):
        return None
    flags = flags.astype("boolean").fillna(False).astype(bool).set_axis(["lower", "upper"], axis=1)
    middle = float(returns.median())
    return flags.assign(
        lower=flags["lower"] & (returns < middle), upper=flags["upper"] & (returns > middle)
    )


def every_session(found: GenuineReturns, fill: bool) -> pd.Series:
    """Return a row a session from the first return on: missing (or 0) where no trade made one.

    Parameters
    ----------
    found : GenuineReturns
    fill : bool
        Whether days without a return get 0, as where the last price is carried forward.
    """
    if found.returns.empty:
        return found.returns
    stamps = pd.DatetimeIndex(found.returns.index)
    days = stamps.normalize()
    if days.has_duplicates:
        raise DataError(
            f"{found.returns.name} has several returns on {listed(days[days.duplicated()])}.",
            "Give daily returns.",
        )
    sessions = found.sessions[(found.sessions >= days[0]) & (found.sessions <= days[-1])]
    label: Any = found.returns.name
    series = found.returns.set_axis(days).reindex(sessions).rename(label)
    return series.fillna(0.0) if fill else series


def _priced(days: pd.DataFrame, label: str, price: str) -> pd.DataFrame:
    """The days with another price in place of the headline one, where there is a trade."""
    if price == "headline":
        return days
    other = (days["high"] + days["low"]) / 2 if price == "mid" else days[price]
    chosen = other.where(days["price"].notna())
    if chosen.isna().all():
        raise DataError(
            f"{label} has no price of the kind {price!r}.", "Use price='headline', or another kind."
        )
    days = days.assign(price=chosen)
    if "previous_price" in days:
        days["previous_price"] = np.nan
    return days


def _large(
    panel: Panel, label: str, unit: str, minimum: float, genuine: pd.Series
) -> tuple[pd.Series, list[str], float | None]:
    """Which days traded enough; notes; and the minimum that was applied."""
    everything = pd.Series(True, index=genuine.index)
    if unit not in _IN_TONNES:
        return everything, [f"No minimum trade is asked of {label}, traded in {unit}."], None
    notes = []
    try:
        tonnes = panel.volume([label], trade="listed")[label]
    except DataError:
        tonnes = panel.volume([label])[label]
        if minimum > 0:
            notes.append(
                "The source does not tell listed trades apart: tonnes are the day's total."
            )
    if tonnes.isna().all():
        return everything, ["No minimum trade: the file has no volumes."], None
    return tonnes.ge(minimum) | tonnes.isna(), notes, minimum


def _changes(
    days: pd.DataFrame, kept: pd.DataFrame, differences: bool
) -> tuple[pd.Series, pd.Series]:
    """Changes between kept prices; where a vintage takes over, from its own last price."""
    place = pd.Series(np.arange(len(days), dtype=float), index=days.index)[kept.index]
    same = kept["vintage"].eq(kept["vintage"].shift()) if "vintage" in kept else None
    previous, gap = kept["price"].shift(), place.diff()
    if same is not None and len(kept):
        roll = ~same & (np.arange(len(kept)) > 0)
        previous = previous.mask(roll, kept["previous_price"])
        gap = gap.mask(roll, kept["gap_days"])
    price = kept["price"]
    ratio = price - previous if differences else np.log(price / previous) * 100
    change = pd.Series(ratio, index=kept.index)
    known = change.notna()
    return change[known], gap[known]


def _from_returns(data: Any, market: str | None) -> GenuineReturns:
    frame = check_frame(data, "data")
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise DataError(
            "The returns have no dates, so no compliance window can be placed.",
            "Set a DatetimeIndex, or fit cl.GARCH, which needs none.",
        )
    series = _column(data, frame, market)
    label = str(series.name)
    try:
        fact = registry.get(label)
        name, venue = fact.market, fact.venue
    except UnknownMarketError:
        name, venue = "", "china"
    kept = series.dropna()
    days = pd.DatetimeIndex(kept.index).normalize()
    sessions = (
        calendar.sessions(days[0], days[-1], days, venue) if len(days) else pd.DatetimeIndex([])
    )
    place = pd.Series(sessions.get_indexer(days), index=kept.index, dtype=float)
    return GenuineReturns(
        returns=kept,
        gap_days=place.diff().fillna(1.0),
        sessions=sessions,
        market=name,
        unit="%",
        minimum=None,
        dropped={"days without a return": len(series) - len(kept)},
    )


def _column(data: Any, frame: pd.DataFrame, market: str | None) -> pd.Series:
    if isinstance(data, pd.Series):
        return frame.iloc[:, 0].rename(frame.columns[0] if market is None else str(market))
    if market is None:
        if frame.shape[1] > 1:
            raise SpecificationError(
                f"The frame holds {frame.shape[1]} columns ({listed(frame.columns)}); one is "
                "measured at a time.",
                f"Name it: market={frame.columns[0]!r}.",
            )
        return frame.iloc[:, 0]
    if market not in frame.columns:
        hint = near(market, frame.columns)
        raise UnknownMarketError(
            f"{market!r} is not a column of the data.",
            f"Did you mean {hint[0]!r}?" if hint else f"It has: {listed(frame.columns)}.",
        )
    return frame[market]
