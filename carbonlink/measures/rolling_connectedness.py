"""Connectedness over time, window by window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference import bootstrap, decomposition
from ..kernels import fevd, rolling
from ..models.var_again import again
from ..models.var_results import VARResults
from ..results import Recipe, Results, Sample
from .connectedness_figures import line
from .connectedness_paths import direction_columns, over_time
from .connectedness_terms import parts_of
from .rolling_refits import refitted_shares

GAP = 10
"""Rows of the frame between two window ends beyond which the drawn line is broken."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RollingConnectedness(Results):
    """Connectedness in rolling windows; made by `ConnectednessResults.rolling`.

    Attributes
    ----------
    total : Series
        Percent, by the last day of each window.
    to, from_, net : DataFrame
        A column a series.
    starts : Series
        First row of data of each window, its lags included.
    fitted : VARResults
        The full-sample model whose order, trend and rows the windows share.
    """

    title: ClassVar[str] = "Rolling connectedness"

    total: pd.Series
    to: pd.DataFrame
    from_: pd.DataFrame
    net: pd.DataFrame
    starts: pd.Series
    positions: np.ndarray
    seed: np.random.SeedSequence
    places: np.ndarray | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.net.columns)

    @cached_property
    def null_mean(self) -> float:
        """Mean of the total on windows of this length over data in which nothing is linked.

        Exogenous columns take no part in those data.
        """
        model: VARResults = self.fitted
        if self.spec["draws"] == 0 or not model.has_null:
            return float("nan")
        source = bootstrap.unlinked(*model.system()[:4])
        if not source.stable:
            return float("nan")
        source = replace(source, rows=np.arange(self.spec["observations"]) + model.lags)
        drawn = decomposition.unlinked_tables(
            source,
            self.spec["draws"],
            self.seed,
            horizon=self.spec["horizon"],
            kind=self.spec["kind"],
            order=self.places,
            estimator=again(model, chosen=True),
        )
        return float(100 * np.nanmean(fevd.spillovers(drawn.tables).total))

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the mean, extremes and last value of the total, and the mean directions.

        Windows overlap, so there are no standard errors here; `level` changes nothing.
        """
        return over_time(self, self.null_mean)

    def numbers(self) -> pd.DataFrame:
        """Return one row a window: its first and last day, total and directions."""
        columns = {"start": self.starts, "total": self.total, **direction_columns(self)}
        frame = pd.DataFrame(columns)
        return frame.rename_axis("end").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the total over time; a gap in the data is a gap in the line."""
        broken = np.append(np.diff(self.positions) > GAP, False)
        title = f"Total connectedness, windows of {self.spec['window']} rows"
        return line(self.total, broken, ax=ax, title=title, floor=self.null_mean)

    def _headline(self) -> dict[str, Any]:
        return {"windows": len(self.total), "mean": self.total.mean(), "last": self.total.iloc[-1]}

    def _tests(self) -> list[dict[str, Any]]:
        return self.fitted._tests()


def rolling_connectedness(
    model: VARResults,
    *,
    window: int,
    horizon: int,
    kind: str,
    places: np.ndarray | None,
    compat: str | None,
    draws: int,
    seed: np.random.SeedSequence,
    sources: tuple[str, ...],
    notes: tuple[str, ...],
) -> RollingConnectedness:
    """Measure connectedness in every window of a fitted model's sample (see `rolling`)."""
    arguments = dict(locals())
    count = _observations(window, model, compat)
    tables, roots = _windows(model, count, (horizon, kind, places))
    parts = parts_of(100 * tables, kind)
    positions = model.rows[count - 1 :]
    ends = model.data.index[positions]
    names = list(model.names)
    spec = {**model.spec, "window": int(window), "observations": count, "horizon": horizon}
    spec |= {"kind": kind, "compat": compat, "draws": draws}
    starts = model.data.index[model.rows[: len(ends)] - model.lags]
    return RollingConnectedness(
        spec=spec,
        sample=Sample.of(ends, dropped=dict(model.sample.dropped)),
        units=dict.fromkeys(("total", "to", "from_", "net"), "%"),
        sources=sources,
        notes=notes + _notes(tables, roots) + _manner(model),
        recipe=Recipe(rolling_connectedness, arguments),
        fitted=model,
        total=pd.Series(parts.total, index=ends, name="total"),
        to=pd.DataFrame(parts.to, index=ends, columns=names),
        from_=pd.DataFrame(parts.from_, index=ends, columns=names),
        net=pd.DataFrame(parts.net, index=ends, columns=names),
        starts=pd.Series(starts, index=ends, name="start"),
        positions=positions.copy(),
        seed=seed,
        places=places,
    )


def _windows(model: VARResults, count: int, choice: tuple) -> tuple[np.ndarray, np.ndarray]:
    values, lags, rows, constant, exog = model.system()
    estimator = again(model, chosen=False)
    if estimator is not None:
        return refitted_shares(values, rows, count, choice, estimator, exog)
    horizon, kind, places = choice
    return rolling.rolling_shares(
        values,
        lags,
        rows,
        count,
        horizon,
        constant=constant,
        kind=kind,
        order=places,
        exog=exog,
    )


def _manner(model: VARResults) -> tuple[str, ...]:
    if model.spec.get("chosen", "given") == "given":
        return ()
    return ("The penalty is chosen anew in every window, from its own rows.",)


def _observations(window: int, model: VARResults, compat: str | None) -> int:
    check_choice("compat", compat, (None, "connectedness_approach"))
    if isinstance(window, bool) or not isinstance(window, (int, np.integer)):
        raise SpecificationError(f"window={window!r} is no number of rows.", "Use 200.")
    lost = model.lags if compat is None else 2 * model.lags
    count, k = int(window) - lost, len(model.names)
    needed = k * model.lags + model.constant + len(model.outer) + k
    if count < needed:
        raise TooFewObservationsError(
            f"A window of {window} rows has {max(count, 0)} observations of a VAR({model.lags}) "
            f"of {k} series; it needs at least {needed}.",
            f"Use window={needed + lost} or more, or fewer lags.",
        )
    if count > model.nobs:
        raise TooFewObservationsError(
            f"A window of {window} rows needs {count} observations; the sample has {model.nobs}.",
            "Use a shorter window.",
        )
    return count


def _notes(tables: np.ndarray, roots: np.ndarray) -> tuple[str, ...]:
    notes = []
    singular = int(np.isnan(roots).sum())
    explosive = int((roots >= 1).sum())
    if singular:
        notes.append(
            f"{singular} of {len(tables)} windows have a series that does not move or depends on "
            "others: missing."
        )
    if explosive:
        notes.append(f"{explosive} of {len(tables)} windows have a root of 1 or more.")
    return tuple(notes)
