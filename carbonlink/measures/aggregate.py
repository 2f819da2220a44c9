"""From days to weeks, months, quarters or years by a rule that is declared, never assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_choice
from ..kernels.midas import chow_lin
from ..models.frames import check_frame, check_series, choose_columns, listed
from ..panel import Panel
from ..results import Recipe, Results, Sample, tidy_frame

FREQUENCIES = {"W": "weeks", "M": "months", "Q": "quarters", "Y": "years"}
RULES = ("volume-weighted", "mean", "median", "last", "first", "sum")
QUANTITIES = ("price", "returns", "volume", "value")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AggregateResults(Results):
    """Series at a lower frequency; made by `aggregate`.

    Attributes
    ----------
    frame : DataFrame
        A row a period, dated by its last day; missing where too few values stand in it.
    counts : DataFrame of int
        Values behind each cell.
    rules : dict
        Rule of each column.
    """

    title: ClassVar[str] = "Series aggregated in time"

    frame: pd.DataFrame
    counts: pd.DataFrame
    rules: dict[str, str]

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the number of periods and the mean of each column."""
        rows: list[dict[str, Any]] = []
        for name in self.frame.columns:
            column = self.frame[name].dropna()
            rows.append({"term": "periods", "market": name, "estimate": float(len(column))})
            rows.append(
                {
                    "term": f"mean of the {self.rules[name]}",
                    "market": name,
                    "estimate": float(column.mean()) if len(column) else np.nan,
                    "unit": self.units.get(name, ""),
                }
            )
        return tidy_frame(rows)

    def interpolate_for_chart(self, column: str, indicator: Any) -> pd.Series:
        """Return a frequent series that follows an indicator and adds up to one of the columns.

        For charts only: a test on an interpolated series finds links that the interpolation put
        there. The name and `attrs["use"]` of the series say so.

        Parameters
        ----------
        column : str
            Aggregated by "mean", "sum" or "last".
        indicator : Series
            Daily values without gaps over the periods of the column.

        References
        ----------
        Chow, G. C. and Lin, A. (1971). Review of Economics and Statistics 53, 372–375.
        doi:10.2307/1928739
        """
        check_choice("column", column, self.frame.columns)
        rule = self.rules[column]
        check_choice(f"rule of {column}", rule, ("mean", "sum", "last"))
        daily = check_series(indicator, "indicator").dropna()
        short = next(k for k, v in FREQUENCIES.items() if v == self.spec["freq"])
        low = self.frame[column].dropna()
        period = pd.DatetimeIndex(low.index).to_period(short)
        place = period.get_indexer(pd.DatetimeIndex(daily.index).to_period(short))
        daily, place = daily[place >= 0], place[place >= 0]
        missing = np.setdiff1d(np.arange(len(low)), place)
        if len(missing):
            raise DataError(
                f"The indicator has no value in {listed(low.index[missing])}.",
                "Give it values in every period of the column.",
            )
        if len(low) < 5:
            raise DataError(f"{column} has {len(low)} periods.", "Five or more are needed.")
        made = chow_lin(low.to_numpy(), daily.to_numpy(), place, rule)
        series = pd.Series(made, daily.index, name=f"{column} (interpolated, for charts only)")
        series.attrs["use"] = "charts only: interpolated by Chow and Lin"
        return series

    def numbers(self) -> pd.DataFrame:
        """Return the series that `plot` draws."""
        return self.frame

    def plot(self, ax: Any = None) -> Any:
        """Draw the series, with gaps where a period has no value."""
        from .. import plotting

        with plotting.style():
            ax = plotting.new_axes(ax)
            tint, dash = plotting.colours(self.frame.columns), plotting.dashes(self.frame.columns)
            for name in self.frame.columns:
                line = self.frame[name]
                ax.plot(line.index, line, label=name, color=tint[name], linestyle=dash[name])
            ax.set_title(f"{self.spec['freq']}: {', '.join(sorted(set(self.rules.values())))}")
            ax.legend()
        return ax

    def _headline(self) -> dict[str, Any]:
        whole = self.frame.dropna()
        return {"periods": len(self.frame), "complete periods": len(whole)}


def aggregate(
    data: Any,
    freq: str,
    rule: str | Mapping[str, str],
    *,
    volumes: Any = None,
    quantity: str = "price",
    markets: Iterable[str] | None = None,
    minimum: int = 1,
) -> AggregateResults:
    """Bring daily series to a lower frequency by a declared rule.

    Parameters
    ----------
    data : Panel, DataFrame or Series
        Daily values; of a panel the prices of genuine trades (or `quantity`).
    freq : {"W", "M", "Q", "Y"}
        Weeks end on Sunday, so that make-up sessions at weekends stay in their week.
    rule : {"volume-weighted", "mean", "median", "last", "first", "sum"}, or mapping
        One rule, or one a column. There is no default: a month's volume-weighted price and its
        last price are different series. "sum" suits returns and volumes.
    volumes : DataFrame or Series, optional
        Weights of "volume-weighted" where `data` is no panel.
    quantity : {"price", "returns", "volume", "value"}
        What is taken from a panel.
    markets : list of str, optional
        Columns used; all by default.
    minimum : int
        Fewest values in a period; with fewer the period is missing, never filled.

    Returns
    -------
    AggregateResults
        `frame` (the units of a panel's prices in `attrs["units"]`), `counts` (values behind each
        cell) and the number of periods.

    Examples
    --------
    >>> import carbonlink as cl
    >>> monthly = cl.aggregate(cl.simulate.var(400, rng=1), "M", "sum")
    >>> monthly.frame.shape
    (19, 3)
    """
    freq = str(freq).upper().removesuffix("E")
    check_choice("freq", freq, FREQUENCIES)
    check_choice("quantity", quantity, QUANTITIES)
    chosen = [markets] if isinstance(markets, str) else (None if markets is None else list(markets))
    frame, weights, origin = _daily(data, volumes, quantity, chosen)
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise DataError("The data have no dates to aggregate over.", "Set a DatetimeIndex.")
    rules = _rules(rule, list(frame.columns))
    if isinstance(minimum, bool) or int(minimum) < 1:
        raise SpecificationError(f"minimum={minimum!r} is no number of values.", "Use 1 or more.")
    period = frame.index.to_period(freq)
    counts = frame.notna().groupby(period).sum()
    made = {c: _column(frame[c], rules[c], weights, period) for c in frame.columns}
    wide = pd.DataFrame(made)
    whole = pd.period_range(period.min(), period.max(), freq=freq)
    wide, counts = wide.reindex(whole), counts.reindex(whole, fill_value=0)
    few = (counts > 0) & (counts < int(minimum))
    wide = wide.where(counts >= int(minimum))
    ends = whole.to_timestamp(how="end").normalize().rename("date")
    wide.index = counts.index = ends
    wide.attrs["units"] = {m: u for m, u in origin["units"].items() if rules[m] != "sum"}
    arguments = {
        "data": data, "freq": freq, "rule": rule, "volumes": volumes, "quantity": quantity,
        "markets": None if chosen is None else tuple(chosen), "minimum": minimum,
    }  # fmt: skip
    gaps = {"cells with too few values": int(few.sum().sum())}
    return AggregateResults(
        spec={"freq": FREQUENCIES[freq], "rule": rules, "quantity": origin["quantity"],
              "minimum": int(minimum), "series": tuple(frame.columns)},
        sample=Sample.of(frame.index, len(wide), gaps),
        units=origin["units"],
        sources=origin["sources"],
        notes=_notes(frame, counts, freq),
        recipe=Recipe(aggregate, arguments),
        frame=wide,
        counts=counts.astype(int),
        rules=rules,
    )  # fmt: skip


def _daily(
    data: Any, volumes: Any, quantity: str, chosen: list[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame | None, dict[str, Any]]:
    if isinstance(data, Panel):
        getter: Any = {"price": data.prices, "returns": data.returns, "volume": data.volume,
                  "value": data.value}[quantity]  # fmt: skip
        frame = getter(chosen)
        units = {m: data.units[m] for m in frame.columns} if quantity == "price" else {}
        sources = tuple(dict.fromkeys(data.sources_of[m] for m in frame.columns))
        weights = data.volume(list(frame.columns)) if quantity in ("price", "returns") else None
        return frame, weights, {"quantity": quantity, "units": units, "sources": sources}
    frame = choose_columns(check_frame(data, "data"), chosen)
    weights = None if volumes is None else check_frame(volumes, "volumes").reindex(frame.index)
    return frame, weights, {"quantity": "as given", "units": {}, "sources": ()}


def _rules(rule: Any, columns: list[str]) -> dict[str, str]:
    rules = dict(rule) if isinstance(rule, Mapping) else dict.fromkeys(columns, rule)
    missing = [c for c in columns if c not in rules]
    if missing:
        raise SpecificationError(
            f"No rule is declared for {listed(missing)}.", f"Give one of: {', '.join(RULES)}."
        )
    for column in columns:
        check_choice("rule", rules[column], RULES)
    return {c: rules[c] for c in columns}


def _column(
    values: pd.Series, rule: str, weights: pd.DataFrame | None, period: pd.PeriodIndex
) -> pd.Series:
    if rule != "volume-weighted":
        grouped = values.groupby(period)
        return grouped.sum(min_count=1) if rule == "sum" else grouped.agg(rule)
    if weights is None or values.name not in weights.columns:
        raise DataError(
            f"No volumes weight {values.name}.", 'Give volumes=, or use the rule "mean" or "last".'
        )
    weight = weights[values.name].reindex(values.index)
    if (weight < 0).any():
        raise DataError(f"{values.name} has negative volumes.", "Correct them.")
    weight = weight.where(values.notna())
    total = weight.groupby(period).sum(min_count=1)
    return (values * weight).groupby(period).sum(min_count=1) / total.where(total > 0)


def _notes(frame: pd.DataFrame, counts: pd.DataFrame, freq: str) -> tuple[str, ...]:
    notes = []
    edges = [
        (frame.index[0], "first", frame.index[0] != frame.index[0].to_period(freq).start_time),
        (
            frame.index[-1],
            "last",
            frame.index[-1] != frame.index[-1].to_period(freq).end_time.normalize(),
        ),
    ]
    for day, word, partial in edges:
        if partial:
            notes.append(f"The {word} period is cut by the sample at {day.date()}.")
    empty = int((counts == 0).sum().sum())
    if empty:
        notes.append(f"{empty} cells without any value stay missing.")
    return tuple(notes)
