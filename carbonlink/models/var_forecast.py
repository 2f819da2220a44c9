"""Forecasts of a VAR with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import DataError, SpecificationError, check_choice
from ..inference import bootstrap, parallel, path_bands, var_refits
from ..kernels import fevd, var
from ..results import Recipe, Results, check_level, tidy_frame
from .frames import check_frame, listed

METHODS = ("normal", "bootstrap")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VARForecast(Results):
    """Forecasts of every series; made by `VARResults.forecast`.

    Attributes
    ----------
    mean, lower, upper : DataFrame
        A row a step, a column a series.
    """

    title: ClassVar[str] = "Forecast of a vector autoregression"

    mean: pd.DataFrame
    lower: pd.DataFrame
    upper: pd.DataFrame

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a series and step; intervals are those of the call."""
        mean, lower, upper = self.mean, self.lower, self.upper
        return tidy_frame(
            [
                {
                    "term": f"step {h + 1}",
                    "market": name,
                    "estimate": mean[name].iloc[h],
                    "lower": lower[name].iloc[h],
                    "upper": upper[name].iloc[h],
                }
                for name in mean.columns
                for h in range(len(mean))
            ]
        )

    def plot(self, ax: Any = None, series: str | None = None) -> Any:
        """Draw the end of one series and its forecast; the first series by default."""
        series = series or self.mean.columns[0]
        known = self.fitted.data[series].dropna().iloc[-5 * len(self.mean) :]
        past, steps = np.arange(-len(known) + 1, 1), np.arange(1, len(self.mean) + 1)
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.plot(past, known.to_numpy(), color="#4D4D4D", label="data")
            low, high = self.lower[series].to_numpy(), self.upper[series].to_numpy()
            label = f"{self.spec['level']:.0%} interval"
            ax.fill_between(
                steps, low, high, color=plotting.PALETTE[0], alpha=0.25, linewidth=0, label=label
            )
            mean = self.mean[series].to_numpy()
            ax.plot(steps, mean, color=plotting.PALETTE[0], label="forecast")
            ax.set_xlabel(f"rows after {self.sample.end}")
            ax.set_ylabel(series)
            ax.legend(loc="best")
        return ax

    def _headline(self) -> dict[str, Any]:
        return {f"{name}, last step": float(self.mean[name].iloc[-1]) for name in self.mean}


def forecast(
    model: Any, steps: int, exog: Any, method: str, draws: int, level: float, rng: Any
) -> VARForecast:
    """Forecast a fitted VAR (see `VARResults.forecast`)."""
    if model.shrunk == "quantile":
        raise SpecificationError(
            "A VAR of a quantile says nothing of the mean some steps ahead.",
            "Forecast with the result of cl.VAR(…).fit().",
        )
    arguments = dict(locals())
    check_choice("method", method, METHODS)
    check_level(level)
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 1:
        raise SpecificationError(f"steps={steps!r} is no number of steps.", "Use 1 or more.")
    future = _future(model, steps, exog)
    start = model.data.to_numpy()[-model.lags :]
    if not np.isfinite(start).all():
        gaps = model.data.index[-model.lags :][~np.isfinite(start).all(axis=1)]
        raise DataError(
            f"The last {model.lags} rows are the start of the forecast, and {listed(gaps)} "
            "has a missing value.",
            "Cut the data after its last complete rows: data.loc[:day].",
        )
    level_of = model.intercept.to_numpy() + (0 if future is None else future @ model.driven.T)
    added = np.broadcast_to(level_of, (steps, len(model.names)))
    path = var.simulate(model.coefs, np.zeros(start.shape[1]), added[None], start[None])
    mean = path[0, model.lags :]
    notes: tuple[str, ...] = ()
    if method == "normal":
        low, high = _normal(model, mean, level)
        notes = ("Intervals are of normal shocks and take the coefficients as known.",)
    else:
        low, high = _drawn(model, steps, future, draws, level, rng)
    index = _labels(model, steps, exog)
    frames = [pd.DataFrame(v, index=index, columns=list(model.names)) for v in (mean, low, high)]
    return VARForecast(
        spec={**model.spec, "steps": int(steps), "method": method, "level": float(level)}
        | ({"draws": int(draws)} if method == "bootstrap" else {}),
        sample=model.sample,
        units=model.units,
        sources=model.sources,
        notes=model.notes + notes,
        recipe=Recipe(forecast, arguments),
        fitted=model,
        mean=frames[0],
        lower=frames[1],
        upper=frames[2],
    )


def _future(model: Any, steps: int, exog: Any) -> np.ndarray | None:
    if not model.outer:
        if exog is not None:
            raise SpecificationError("The VAR has no exogenous columns.", "Leave exog= out.")
        return None
    if exog is None:
        raise SpecificationError(
            f"The VAR has exogenous columns ({listed(model.outer)}); a forecast needs their "
            f"next {steps} rows.",
            "Pass exog=, a frame with those columns.",
        )
    frame = check_frame(exog, "exog")
    missing = [c for c in model.outer if c not in frame.columns]
    if missing or len(frame) < steps:
        raise SpecificationError(
            f"exog has {len(frame)} rows and columns {listed(frame.columns)}; {steps} rows of "
            f"{listed(model.outer)} are needed.",
            "Give a row a step.",
        )
    values = frame[list(model.outer)].to_numpy()[:steps]
    if not np.isfinite(values).all():
        raise DataError("exog has missing values in the steps forecast.", "Fill them in.")
    return values


def _labels(model: Any, steps: int, exog: Any) -> pd.Index:
    """The dates of the exogenous rows, the next dates of an index with a frequency, or 1, 2, …"""
    if exog is not None:
        return check_frame(exog, "exog").index[:steps]
    index = model.data.index
    if isinstance(index, pd.DatetimeIndex) and index.freq is not None:
        return pd.date_range(index[-1], periods=steps + 1, freq=index.freq)[1:]
    return pd.RangeIndex(1, steps + 1, name="step")


def _normal(model: Any, mean: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy import stats

    terms = fevd.moving_average(model.coefs, len(mean))
    parts = terms @ model.shock_covariance() @ np.swapaxes(terms, -1, -2)
    spread = np.sqrt(np.cumsum(np.diagonal(parts, axis1=1, axis2=2), axis=0))
    half = stats.norm.ppf(0.5 + level / 2) * spread
    return mean - half, mean + half


def _drawn(
    model: Any, steps: int, future: np.ndarray | None, draws: int, level: float, rng: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of futures, each with coefficients of a replication and shocks of the sample."""
    if not model.has_replications:
        why = model.manner.capitalize() if model.shrunk else "Paths of an explosive VAR explode"
        raise SpecificationError(f"{why}: there are no replications.", 'Use method="normal".')
    seeds = parallel.seed_sequence(rng).spawn(2)
    source = bootstrap.linked(*model.system())
    found = var_refits.refits(source, draws, seeds[0], block=1, bias="kilian")
    values, lags, rows, constant, exog = model.system()
    centre, size = bootstrap.moments(values, rows, constant)
    head = np.ones((steps, 1)) if constant else np.zeros((steps, 0))
    if future is not None:
        shift, unit = bootstrap.moments(exog, rows, constant)
        head = np.hstack([head, (future - shift) / unit])
    good = np.flatnonzero(np.isfinite(found.coefs).all(axis=(1, 2, 3)))
    start = ((values[-lags:] - centre) / size)[None]
    n, spare = model.nobs, source.params
    shocks = source.resid * np.sqrt(n / (n - spare))
    place = np.random.default_rng(seeds[1]).integers(0, n, size=(len(good), steps))
    paths = np.empty((len(good), steps, values.shape[1]))
    for b, at in enumerate(good):
        driven = shocks[place[b]] + head @ found.heads[at]
        nil = np.zeros(values.shape[1])
        paths[b] = var.simulate(found.coefs[at], nil, driven[None], start)[0, lags:]
    return path_bands.pointwise(paths * size + centre, level)
