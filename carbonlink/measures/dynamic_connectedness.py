"""Connectedness at every date of a VAR with time-varying parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import CarbonlinkError, SpecificationError
from ..inference import bootstrap, parallel
from ..kernels import fevd, var
from ..models.decompositions import check_decomposition
from ..models.frames import check_split
from ..models.tvpvar import TVPVAR
from ..models.tvpvar_results import TVPVARResults
from ..models.var_checks import warn_of_unit_roots
from ..results import Recipe, Results, day
from .connectedness_figures import line
from .connectedness_paths import direction_columns, over_time
from .connectedness_terms import KINDS, parts_of
from .rolling_connectedness import GAP

NULL_DRAWS = 10
"""Samples without a link behind `null_mean`, at most: each is filtered over all its dates."""

MOST_WORK = 300_000
"""Dates × series × squared coefficients of an equation up to which summaries draw `null_mean`."""

BLOCK = 500
"""Dates decomposed at once."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DynamicConnectedness(Results):
    """Connectedness of a TVP-VAR; made by `carbonlink.connectedness`.

    Attributes
    ----------
    total : Series
        Percent, by date.
    to, from_, net : DataFrame
        A column a series, by date.
    tables : ndarray, shape (n, k, k)
        Percent; row i holds the shares of i's forecast variance due to each column.
    fitted : TVPVARResults
    """

    title: ClassVar[str] = "Dynamic connectedness"

    total: pd.Series
    to: pd.DataFrame
    from_: pd.DataFrame
    net: pd.DataFrame
    tables: np.ndarray
    seed: np.random.SeedSequence
    places: np.ndarray | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.net.columns)

    @property
    def adjusted(self) -> pd.Series:
        """The total over its largest possible value: total · k/(k − 1)."""
        k = len(self.names)
        return (self.total * k / (k - 1)).rename("adjusted")

    @property
    def table(self) -> pd.DataFrame:
        """Mean of the tables over time."""
        names = list(self.names)
        return pd.DataFrame(self.tables.mean(axis=0), index=names, columns=names)

    def at(self, date: Any) -> pd.DataFrame:
        """Return the table of a date.

        Parameters
        ----------
        date : Timestamp or str
            One of the dates of `total`.
        """
        index, names = self.total.index, list(self.names)
        label = check_split(date, index)
        if label not in index:
            raise SpecificationError(
                f"There is no table for {day(label)}.",
                f"Dates run from {day(index[0])} to {day(index[-1])}; see .total.index.",
            )
        return pd.DataFrame(self.tables[index.get_loc(label)], index=names, columns=names)

    def pairwise(self, market: str, other: str) -> pd.Series:
        """Return by date what `market` transmits to `other` more than it receives from it."""
        for name in (market, other):
            if name not in self.names:
                raise SpecificationError(
                    f"There is no series {name!r}.", f"They are: {', '.join(self.names)}."
                )
        i, j = self.names.index(market), self.names.index(other)
        values = self.tables[:, j, i] - self.tables[:, i, j]
        return pd.Series(values, index=self.total.index, name=f"{market} → {other}, net")

    @cached_property
    def null_mean(self) -> float:
        """Mean of the total, by the same filter, over data in which nothing is linked.

        Each series follows its own autoregression with shocks drawn apart. The mean is over the
        dates of up to ten such samples; NaN with `draws=0`.
        """
        return _mean_without_a_link(self)

    @property
    def _null_is_shown(self) -> bool:
        """Whether the system is small enough for tables and charts to draw `null_mean`."""
        return _work(self.fitted) <= MOST_WORK

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the mean, extremes and last value of the total, and the mean directions.

        Dates share data, so there are no standard errors here; `level` changes nothing. The mean
        without a link is left out for a system so large that its ten filters would take long:
        ask for `null_mean`.
        """
        return over_time(self, self.null_mean if self._null_is_shown else None)

    def numbers(self) -> pd.DataFrame:
        """Return one row a date: total and directions."""
        frame = pd.DataFrame({"total": self.total, **direction_columns(self)})
        return frame.rename_axis("date").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the total over time; a gap in the data is a gap in the line."""
        broken = np.append(np.diff(self.fitted.rows) > GAP, False)
        title = f"Total connectedness, TVP-VAR({self.fitted.lags})"
        floor = self.null_mean if self._null_is_shown else float("nan")
        return line(self.total, broken, ax=ax, title=title, floor=floor)

    def _headline(self) -> dict[str, Any]:
        return {"dates": len(self.total), "mean": self.total.mean(), "last": self.total.iloc[-1]}

    def _tests(self) -> list[dict[str, Any]]:
        return self.fitted._tests()


def dynamic_connectedness(
    data: TVPVAR | TVPVARResults, arguments: dict[str, Any], recipe: Recipe
) -> DynamicConnectedness:
    """Measure connectedness at each date of a TVP-VAR (see `carbonlink.connectedness`)."""
    model = _fitted(data, arguments)
    horizon, kind = arguments["horizon"], arguments["kind"]
    places = check_decomposition(model.names, horizon, kind, arguments["order"], KINDS)
    horizon, names, dates = int(horizon), list(model.names), model.roots.index
    warn_of_unit_roots(model.notes)
    tables = _tables(model, horizon, kind, places)
    parts = parts_of(tables, kind)
    spec = {**model.spec, "horizon": horizon, "kind": kind}
    if kind == "cholesky":
        spec["order of shocks"] = arguments["order"] or tuple(names)
    spec["null draws"] = min(int(arguments["draws"]), NULL_DRAWS)
    rng = arguments["rng"]
    spec["rng"] = int(rng) if isinstance(rng, (int, np.integer)) else f"entropy {rng.entropy}"
    return DynamicConnectedness(
        spec=spec,
        sample=model.sample,
        units=dict.fromkeys(("total", "to", "from_", "net", "tables"), "%"),
        sources=model.sources,
        notes=model.notes + _notes(model, int(arguments["draws"])),
        recipe=recipe,
        fitted=model,
        total=pd.Series(parts.total, index=dates, name="total"),
        to=pd.DataFrame(parts.to, index=dates, columns=names),
        from_=pd.DataFrame(parts.from_, index=dates, columns=names),
        net=pd.DataFrame(parts.net, index=dates, columns=names),
        tables=tables,
        seed=parallel.seed_sequence(rng),
        places=places,
    )


def _work(model: TVPVARResults) -> int:
    k = model.coefs.shape[-1]
    return len(model.rows) * k * (k * model.lags + 1) ** 2


def _notes(model: TVPVARResults, draws: int) -> tuple[str, ...]:
    if draws == 0 or _work(model) <= MOST_WORK:
        return ()
    return (
        "A system of this size: tables and charts leave out the mean without a link, which "
        f"takes {min(draws, NULL_DRAWS)} more filters; null_mean draws it.",
    )


def _fitted(data: TVPVAR | TVPVARResults, arguments: dict[str, Any]) -> TVPVARResults:
    if arguments["markets"] is not None or arguments["minimum"] is not None:
        raise SpecificationError(
            "markets= and minimum= have no meaning for a TVP-VAR.", "Choose columns in cl.TVPVAR."
        )
    if arguments["level"] != 0.95:
        raise SpecificationError(
            "level= has no meaning for a TVP-VAR: its connectedness has no intervals here.",
            "Leave it out.",
        )
    fitted = data.fit() if isinstance(data, TVPVAR) else data
    lags = arguments["lags"]
    if isinstance(lags, str):
        raise SpecificationError(
            f"lags={lags!r}: no criterion chooses the order of a TVP-VAR.", "Give a number."
        )
    return fitted if lags is None or lags == fitted.lags else fitted.refit(lags=lags)


def _tables(model: TVPVARResults, horizon: int, kind: str, places: np.ndarray | None) -> np.ndarray:
    """The tables of every date in percent, some hundred dates at once."""
    coefs, sigma = model.coefs, model.sigma
    blocks = [slice(i, i + BLOCK) for i in range(0, len(coefs), BLOCK)]
    return 100 * np.concatenate(
        [fevd.shares(coefs[b], sigma[b], horizon, kind, places) for b in blocks]
    )


def _mean_without_a_link(result: DynamicConnectedness) -> float:
    model: TVPVARResults = result.fitted
    frame, draws = model.data, result.spec["null draws"]
    values, lags = frame.to_numpy(), model.lags
    rows = var.usable_rows(values, lags)
    source = bootstrap.unlinked(values, lags, rows)
    if draws == 0 or not source.stable:
        return float("nan")
    span = slice(rows[0] - lags, rows[-1] + 1)
    size, centre = values[rows].std(axis=0), values[rows].mean(axis=0)
    paths = bootstrap.unlinked_paths(draws, parallel.generator(result.seed), source)
    holes = np.isnan(values[span]).any(axis=1)
    paths[:, holes] = np.nan
    totals = []
    for path in paths:
        sample = pd.DataFrame(path * size + centre, frame.index[span], frame.columns)
        try:
            drawn = model.refit(data=sample)
        except CarbonlinkError:
            continue
        tables = _tables(drawn, result.spec["horizon"], result.spec["kind"], result.places)
        totals.append(fevd.spillovers(tables).total.mean())
    return float(np.mean(totals)) if totals else float("nan")
