"""Connectedness at quantiles: a VAR by quantile regressions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import ConvergenceError, SpecificationError, check_choice
from ..inference import bootstrap, parallel
from ..kernels import fevd, quantile, var
from ..models.var_results import VARResults
from ..results import Recipe, Results, tidy_frame
from .connectedness_paths import direction_columns
from .connectedness_terms import parts_of

NULL_DRAWS = 20
"""Samples without a link behind `null_mean`."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class QuantileConnectedness(Results):
    """Connectedness at several quantiles; made by `ConnectednessResults.quantiles`.

    Attributes
    ----------
    total : Series
        Percent, by quantile.
    to, from_, net : DataFrame
        A row a quantile, a column a series.
    tables : ndarray, shape (taus, k, k)
        Percent; row i holds the shares of i's forecast variance due to each column.
    intervals : ndarray, shape (taus, 1 + 3k, 2)
        Lower and upper bound of the total, then of `to`, `from_` and `net` by series; NaN
        without draws.
    """

    title: ClassVar[str] = "Connectedness at quantiles"

    total: pd.Series
    to: pd.DataFrame
    from_: pd.DataFrame
    net: pd.DataFrame
    tables: np.ndarray
    intervals: np.ndarray
    seed: np.random.SeedSequence
    places: np.ndarray | None = None

    @cached_property
    def null_mean(self) -> pd.Series:
        """Mean of the totals over twenty samples in which nothing is linked, by quantile."""
        model, taus = self.fitted, self.total.index
        source = bootstrap.unlinked(*model.system())
        if not source.stable:
            return pd.Series(np.nan, index=taus, name="null_mean")
        paths = bootstrap.unlinked_paths(NULL_DRAWS, np.random.default_rng(self.seed), source)
        lags, rows = model.lags, source.rows
        head = _regression(model)[1][:, : -lags * len(self.names)]
        choice = (self.spec["horizon"], self.spec["kind"], self.places)
        drawn = []
        for path in paths:
            z = np.hstack([head, var.lagged(path, lags, rows)])
            centred = self.spec["covariance"] == "centred"
            tables = [_table(path[rows], z, tau, lags, choice, centred) for tau in taus]
            drawn.append(parts_of(np.array(tables), self.spec["kind"]).total)
        return pd.Series(np.nanmean(drawn, axis=0), index=taus, name="null_mean")

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.net.columns)

    @property
    def bounds(self) -> pd.DataFrame:
        """Lower and upper bound of the total by quantile."""
        return pd.DataFrame(
            self.intervals[:, 0], index=self.total.index, columns=["lower", "upper"]
        )

    def table(self, tau: float) -> pd.DataFrame:
        """Return the table of one of the result's quantiles `tau`, percent, shape (k, k)."""
        taus = list(self.spec["taus"])
        if tau not in taus:
            raise SpecificationError(f"There is no table for {tau}.", f"Use one of {taus}.")
        names = list(self.names)
        return pd.DataFrame(self.tables[taus.index(tau)], index=names, columns=names)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a quantity and quantile; intervals are those of the call."""
        rows = []
        tau: Any
        for tau, value in self.total.items():
            low, high = self.bounds.loc[tau]
            rows.append(
                {"term": f"total at {tau:g}", "estimate": value, "lower": low, "upper": high}
            )
            null = self.null_mean.loc[tau]
            rows.append({"term": f"total at {tau:g} without a link", "estimate": null})
        place = 1
        for term, frame in (("to others", self.to), ("from others", self.from_), ("net", self.net)):
            for m in self.names:
                for i, tau in enumerate(frame.index):
                    low, high = self.intervals[i, place]
                    row = {"term": f"{term} at {tau:g}", "market": m, "lower": low, "upper": high}
                    rows.append({**row, "estimate": frame.loc[tau, m]})
                place += 1
        return tidy_frame([{**row, "unit": "%"} for row in rows])

    def numbers(self) -> pd.DataFrame:
        """Return one row a quantile: total, bounds and directions."""
        columns = direction_columns(self)
        bounds = self.bounds
        frame = pd.DataFrame(
            {"total": self.total, "without a link": self.null_mean, **bounds, **columns}
        )
        return frame.rename_axis("quantile").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the total by quantile, with its interval where it was drawn."""
        total, bounds = self.total, self.bounds
        with plotting.style():
            ax = plotting.new_axes(ax)
            if bounds.notna().any().any():
                ax.vlines(total.index, bounds["lower"], bounds["upper"], color=plotting.PALETTE[0])
            ax.plot(
                total.index, total.to_numpy(), "o-", color=plotting.PALETTE[0], ms=4, label="index"
            )
            null = self.null_mean.to_numpy()
            ax.plot(total.index, null, "--", color="#4D4D4D", label="mean without any link")
            ax.legend(loc="best")
            ax.set_ylim(bottom=0)
            ax.set_xlim(0, 1)
            ax.set_xlabel("quantile of the shocks")
            ax.set_ylabel("total connectedness, %")
            ax.set_title("Connectedness at quantiles")
        return ax

    def _headline(self) -> dict[str, Any]:
        return {f"total at {tau:g}": float(v) for tau, v in self.total.items()}


def quantile_connectedness(
    model: VARResults,
    *,
    taus: Iterable[float],
    covariance: str,
    horizon: int,
    kind: str,
    places: np.ndarray | None,
    draws: int,
    level: float,
    seed: np.random.SeedSequence,
    sources: tuple[str, ...],
    notes: tuple[str, ...],
) -> QuantileConnectedness:
    """Measure connectedness at quantiles (see `ConnectednessResults.quantiles`)."""
    arguments = dict(locals())
    taus = (taus,) if isinstance(taus, float) else tuple(float(t) for t in taus)
    arguments["taus"] = taus
    _check(model, taus, draws, level)
    check_choice("covariance", covariance, ("raw", "centred"))
    centred = covariance == "centred"
    choice = (horizon, kind, places)
    y, z = _regression(model)
    tables = np.array([_table(y, z, tau, model.lags, choice, centred) for tau in taus])
    if not np.isfinite(tables).all():
        raise ConvergenceError(
            "A quantile regression found no optimum.", "Use quantiles nearer to 0.5."
        )
    parts, names = parts_of(tables, kind), list(model.names)
    index = pd.Index(taus, name="quantile")
    intervals = np.full((len(taus), 1 + 3 * len(names), 2), np.nan)
    if draws:
        sample = (y, z, taus, model.lags, choice, centred)
        intervals = _intervals(sample, draws, level, seed, _stacked(tables, kind))
    spec = {**{k: v for k, v in model.spec.items() if k != "cov"}, "taus": taus}
    spec |= {
        "covariance": covariance,
        "horizon": horizon,
        "kind": kind,
        "draws": int(draws),
        "level": float(level),
    }
    return QuantileConnectedness(
        spec=spec,
        sample=model.sample,
        units=dict.fromkeys(("total", "to", "from_", "net", "tables"), "%"),
        sources=sources,
        notes=notes,
        recipe=Recipe(quantile_connectedness, arguments),
        fitted=model,
        total=pd.Series(parts.total, index=index, name="total"),
        to=pd.DataFrame(parts.to, index=index, columns=names),
        from_=pd.DataFrame(parts.from_, index=index, columns=names),
        net=pd.DataFrame(parts.net, index=index, columns=names),
        tables=tables,
        intervals=intervals,
        seed=seed,
        places=places,
    )


def _check(model: VARResults, taus: tuple[float, ...], draws: int, level: float) -> None:
    if not taus or not all(0 < t < 1 for t in taus) or len(set(taus)) < len(taus):
        raise SpecificationError(
            f"taus={taus} are no different quantiles in (0, 1).", "Use (0.05, 0.5, 0.95)."
        )
    params = len(model.names) * model.lags + model.constant + len(model.outer)
    tail = min(min(t, 1 - t) for t in taus)
    if model.nobs * tail < params:
        raise SpecificationError(
            f"{model.nobs} observations have {model.nobs * tail:.0f} beyond the quantile {tail:g}; "
            f"an equation has {params} coefficients.",
            f"Use quantiles of {params / model.nobs:.2g} or more, or fewer lags.",
        )
    if draws and (draws + 1) * (1 - level) / 2 < 1 - 1e-9:
        raise SpecificationError(f"{draws} draws are too few for level {level}.", "Use more.")


def _regression(model: VARResults) -> tuple[np.ndarray, np.ndarray]:
    """Series and regressors of the observations in units of their own size, lags last."""
    values, lags, rows, constant, exog = model.system()
    centre, size = bootstrap.moments(values, rows, constant)
    moved = (values - centre) / size
    z = var.lagged(moved, lags, rows)
    head = [np.ones((len(rows), 1))] if constant else []
    if exog is not None:
        shift, unit = bootstrap.moments(exog, rows, constant)
        head.append((exog[rows] - shift) / unit)
    return moved[rows], np.hstack([*head, z])


def _table(
    y: np.ndarray, z: np.ndarray, tau: float, lags: int, choice: tuple, centred: bool
) -> np.ndarray:
    k = y.shape[1]
    slopes = np.column_stack([quantile.quantile_regression(y[:, j], z, tau) for j in range(k)])
    if not np.isfinite(slopes).all():
        return np.full((k, k), np.nan)
    resid = y - z @ slopes
    if centred:
        resid = resid - resid.mean(axis=0)
    coefs = slopes[z.shape[1] - lags * k :].reshape(lags, k, k).transpose(0, 2, 1)
    return 100 * fevd.shares(coefs, resid.T @ resid / len(y), *choice)


def _stacked(tables: np.ndarray, kind: str) -> np.ndarray:
    """Total, to, from and net of tables (taus, k, k); shape (taus, 1 + 3k)."""
    parts = parts_of(tables, kind)
    return np.hstack([np.reshape(parts.total, (-1, 1)), parts.to, parts.from_, parts.net])


def _intervals(
    sample: tuple, draws: int, level: float, seed: np.random.SeedSequence, found: np.ndarray
) -> np.ndarray:
    y, z = sample[:2]
    tasks = [(size, one, sample) for size, one in parallel.chunks(draws, seed)]
    drawn = np.concatenate(parallel.map(_chunk, tasks, label="quantiles"))
    factor = bootstrap.spread_factor(level, len(y), bootstrap.block_length(len(y)), z.shape[1])
    # The population of blocks of rows is the sample itself, whose values are the estimates.
    made = np.stack(bootstrap.interval(found, drawn, found, level, factor), axis=-1)
    k = y.shape[1]
    lowest = np.concatenate([np.zeros(1 + 2 * k), np.full(k, -100.0)])
    highest = np.concatenate(
        [[100.0], np.full(k, 100.0 * (k - 1)), np.full(k, 100.0), np.full(k, 100.0 * (k - 1))]
    )
    return np.clip(made, lowest[:, None], highest[:, None])


def _chunk(size: int, seed: np.random.SeedSequence, sample: tuple) -> np.ndarray:
    """Totals and directions of blocks of rows drawn with their lags; (size, taus, 1 + 3k)."""
    y, z, taus, lags, choice, centred = sample
    generator = np.random.default_rng(seed)
    n = len(y)
    length = bootstrap.block_length(n)
    first = generator.integers(0, n - length + 1, size=(size, -(-n // length)))
    place = (first[:, :, None] + np.arange(length)).reshape(size, -1)[:, :n]
    found = np.empty((size, len(taus), 1 + 3 * y.shape[1]))
    for b, rows in enumerate(place):
        tables = [_table(y[rows], z[rows], tau, lags, choice, centred) for tau in taus]
        found[b] = _stacked(np.array(tables), choice[1])
    return found
