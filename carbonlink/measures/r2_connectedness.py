"""Connectedness from R²: what each series explains of another's variance, today and before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError
from ..inference import bootstrap, parallel
from ..kernels import fevd, genizi, var
from ..models.var_results import VARResults
from ..results import Recipe, Results, check_level, tidy_frame
from .connectedness_figures import heat_map

PARTS = ("overall", "contemporaneous", "lagged")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class R2Connectedness(Results):
    """R² of every series split over the others; made by `ConnectednessResults.r_squared`.

    Attributes
    ----------
    total : Series
        Mean over series of the R² (percent) that others give: overall, contemporaneous, lagged.
    to, from_, net : DataFrame
        A row a part, a column a series.
    tables : ndarray, shape (parts, k, k)
        Percent of i's variance (row) that j's values (column) explain; the diagonal is what its
        own past explains.
    bounds : DataFrame
        Lower and upper bound of each total.
    """

    title: ClassVar[str] = "R² connectedness"

    total: pd.Series
    to: pd.DataFrame
    from_: pd.DataFrame
    net: pd.DataFrame
    tables: np.ndarray
    bounds: pd.DataFrame

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.net.columns)

    @property
    def r_squared(self) -> pd.Series:
        """R² of each series on all the others and the lags, percent."""
        return pd.Series(self.tables[0].sum(axis=1), index=list(self.names), name="r_squared")

    def table(self, part: str = "overall") -> pd.DataFrame:
        """Return the table of a part (a label of `total`), percent, shape (k, k)."""
        if part not in self.total.index:
            raise SpecificationError(
                f"There is no part {part!r}.", f"Use one of {', '.join(self.total.index)}."
            )
        names = list(self.names)
        place = list(self.total.index).index(part)
        return pd.DataFrame(self.tables[place], index=names, columns=names)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a quantity and part; intervals are those of the call."""
        rows = []
        part: Any
        for part, value in self.total.items():
            low, high = self.bounds.loc[part]
            rows.append({"term": f"total, {part}", "estimate": value, "lower": low, "upper": high})
        for term, frame in (("to others", self.to), ("from others", self.from_), ("net", self.net)):
            rows += [
                {"term": f"{term}, {part}", "market": m, "estimate": frame.loc[part, m]}
                for part in frame.index
                for m in self.names
            ]
        return tidy_frame([{**row, "unit": "%"} for row in rows])

    def numbers(self) -> pd.DataFrame:
        """Return the overall table."""
        return self.table().rename_axis("share of").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the overall table as a heat map."""
        ax = heat_map(self.table(), ax=ax, title=f"R² decomposed, total {self.total.iloc[0]:.1f} %")
        ax.set_xlabel("explained by")
        ax.set_ylabel("variance of")
        return ax

    def _headline(self) -> dict[str, Any]:
        return {f"total, {part}": float(v) for part, v in self.total.items()}


def r2_connectedness(
    model: VARResults,
    *,
    lags: int,
    draws: int,
    level: float,
    seed: np.random.SeedSequence,
    sources: tuple[str, ...],
    notes: tuple[str, ...],
) -> R2Connectedness:
    """Split the R² of every series over the others (see `ConnectednessResults.r_squared`)."""
    arguments = dict(locals())
    check_level(level)
    if isinstance(lags, bool) or not isinstance(lags, (int, np.integer)) or lags < 0:
        raise SpecificationError(f"lags={lags!r} is no number of lags.", "Use 0, 1, …")
    columns, rows = _columns(model, int(lags))
    k, names = len(model.names), list(model.names)
    found = _tables(np.corrcoef(columns.T)[None], k)[0]
    parts = fevd.spillovers(100 * found)
    labels = PARTS if lags else PARTS[:1]
    bounds = np.full((len(labels), 2), np.nan)
    if draws:
        bounds = _bounds(columns, k, draws, level, seed, parts.total)
    index = pd.Index(labels, name="part")
    spec = {"series": tuple(names), "lags": int(lags), "draws": int(draws), "level": float(level)}
    frame = model.data.iloc[rows]
    return R2Connectedness(
        spec=spec,
        sample=type(model.sample).of(frame.index),
        units=dict.fromkeys(("total", "to", "from_", "net", "tables"), "%"),
        sources=sources,
        notes=notes + _without(model.outer),
        recipe=Recipe(r2_connectedness, arguments),
        fitted=model,
        total=pd.Series(parts.total, index=index, name="total"),
        to=pd.DataFrame(parts.to, index=index, columns=names),
        from_=pd.DataFrame(parts.from_, index=index, columns=names),
        net=pd.DataFrame(parts.net, index=index, columns=names),
        tables=100 * found,
        bounds=pd.DataFrame(bounds, index=index, columns=["lower", "upper"]),
    )


def _without(outer: tuple[str, ...]) -> tuple[str, ...]:
    return (f"R² leaves out the exogenous {', '.join(outer)}.",) if outer else ()


def _columns(model: VARResults, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """The series and their lags side by side, on the observations that have them."""
    values = model.data.to_numpy()
    where = None
    if lags <= model.lags:
        where = np.zeros(len(values), bool)
        where[model.rows] = True
    rows = (
        var.usable_rows(values, lags, where)
        if lags
        else np.flatnonzero(np.isfinite(values).all(axis=1) & (True if where is None else where))
    )
    width = values.shape[1] * (lags + 1)
    if len(rows) < 3 * width:
        raise TooFewObservationsError(
            f"{len(rows)} observations for regressions on {width - 1} series and lags; "
            f"{3 * width} are needed.",
            "Use fewer lags or series.",
        )
    parts = [values[rows], *([var.lagged(values, lags, rows)] if lags else [])]
    return np.hstack(parts), rows


def _tables(correlation: np.ndarray, k: int) -> np.ndarray:
    """Overall, contemporaneous and lagged tables; shape (..., 1 or 3, k, k)."""
    parts = genizi.shares(correlation, k)
    now, width = parts[..., :k], parts.shape[-1]
    if width == k:
        return now[..., None, :, :]
    past = parts[..., k:].reshape(*parts.shape[:-1], width // k - 1, k).sum(axis=-2)
    return np.stack([now + past, now, past], axis=-3)


def _bounds(
    columns: np.ndarray,
    k: int,
    draws: int,
    level: float,
    seed: np.random.SeedSequence,
    total: np.ndarray,
) -> np.ndarray:
    tasks = [(size, one, columns) for size, one in parallel.chunks(draws, seed)]
    grams = np.concatenate(parallel.map(_chunk, tasks, label="R²"))
    drawn = 100 * fevd.spillovers(_tables(_correlations(grams), k)).total
    truth = 100 * fevd.spillovers(_tables(_correlations(grams.mean(axis=0)[None]), k)).total[0]
    n = len(columns)
    factor = bootstrap.spread_factor(level, n, bootstrap.block_length(n), columns.shape[1])
    bounds = bootstrap.interval(total, drawn, truth, level, factor)
    return np.clip(np.column_stack(bounds), 0, 100)


def _chunk(size: int, seed: np.random.SeedSequence, columns: np.ndarray) -> np.ndarray:
    """Cross-products of [1, columns] over blocks of rows drawn together."""
    generator = np.random.default_rng(seed)
    n = len(columns)
    moved = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    joined = np.hstack([np.ones((n, 1)), moved])
    length = bootstrap.block_length(n)
    first = generator.integers(0, n - length + 1, size=(size, -(-n // length)))
    place = (first[:, :, None] + np.arange(length)).reshape(size, -1)[:, :n]
    return np.stack([joined[p].T @ joined[p] / n for p in place])


def _correlations(grams: np.ndarray) -> np.ndarray:
    mean = grams[:, 0, 1:]
    cov = grams[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :]
    size = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    return cov / size[:, :, None] / size[:, None, :]
