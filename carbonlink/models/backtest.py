"""Rolling out-of-sample evaluation of volatility models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError, TooFewObservationsError
from ..inference import parallel
from ..kernels.garch import likelihood
from ..results import Recipe, Sample
from .backtest_inputs import FEWEST, check_models, check_numbers, first_row, proxy_of
from .backtest_results import BacktestResults, score
from .break_inputs import check_returns
from .frames import listed
from .garch import MINIMUM, fit_garch, mean_regressors

MODELS: dict[str, dict[str, Any]] = {
    "GARCH": {"vol": "GARCH", "dist": "normal"},
    "GARCH-t": {"vol": "GARCH", "dist": "t"},
    "GJR-t": {"vol": "GJR", "dist": "t"},
    "EGARCH-t": {"vol": "EGARCH", "dist": "t"},
}
"""Specifications compared unless others are named."""

_REACH = 1e4
_EARLIER = 3


def backtest(
    y: Any,
    models: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    start: Any = None,
    window: int | None = None,
    refit: int = 20,
    levels: tuple[float, ...] = (0.01, 0.05),
    proxy: Any = None,
    draws: int = 999,
    rng: Any = 0,
    n_jobs: int | None = None,
    strict: bool = True,
) -> BacktestResults:
    """Evaluate the one-step forecasts of volatility models on rows they have not seen.

    Parameters
    ----------
    y : Series
        Returns in per cent, without missing values.
    models : mapping of str to mapping, optional
        Name of each model and what `carbonlink.GARCH` takes: vol, order, mean, lags, ma,
        dist, variance_x, variance_form. Four when None. The first is the one that others are tested
        against.
    start : int or date, optional
        First row forecast; half of the sample, and at least 250 rows before it, when None.
    window : int, optional
        Rows that each fit stands on; all rows before the forecast when None.
    refit : int
        Forecasts made with one set of parameters before they are estimated again.
    levels : tuple of float
        Probabilities of the values at risk.
    proxy : Series, optional
        What each day's variance turned out to be, in squared units of y, as
        `range_volatility(...).variance["parkinson"]` has it; the squared return less its
        forecast when None. Days without a proxy, or with one of zero, are left out of the losses.
    draws : int
        Draws of the model confidence set and of the test of expected shortfall.
    rng : int, SeedSequence or Generator
        Seed.
    n_jobs : int, optional
        Workers of `joblib.Parallel`; the answer does not depend on it.
    strict : bool
        Raise where neither a fit nor the three before it found a maximum, rather than forecast
        from the best point, with a note.

    Returns
    -------
    BacktestResults

    Raises
    ------
    TooFewObservationsError
        Fewer than 250 rows to fit on, or fewer than 50 to forecast.
    ConvergenceError
        A model has no maximum at some date and `strict` is true.

    Notes
    -----
    Between two fits the variance recursion goes on with the parameters held, so every forecast
    uses all returns before it and none after. Where a fit finds no maximum the parameters are
    those of a fit `refit`, twice or three times as many rows earlier. Values at risk and
    expected shortfalls are those of the fitted density. Losses: QLIKE, v/h − ln(v/h) − 1, and
    squared errors, whose ranking survives an unbiased noisy proxy (Patton 2011); a range proxy
    leaves out the night, which moves the level of h that is best. Differences of losses against the
    first model by Diebold and Mariano with the small-sample correction; the model confidence set
    over all.

    References
    ----------
    Patton, A. J. (2011). Volatility forecast comparison using imperfect volatility proxies.
    Journal of Econometrics 160, 246–256. doi:10.1016/j.jeconom.2010.03.034
    Hansen, P. R., Lunde, A. and Nason, J. M. (2011). The model confidence set. Econometrica 79,
    453–497. doi:10.3982/ECTA5771

    Examples
    --------
    >>> import carbonlink as cl
    >>> r = cl.simulate.garch(600, rng=1)
    >>> found = cl.backtest(r, {"GARCH": {}, "flat": {"mean": "zero"}}, start=500, refit=50)
    >>> found.sample.nobs, list(found.table.index)
    (100, ['GARCH', 'flat'])
    """
    arguments = dict(locals())
    chosen = check_models(MODELS if models is None else models)
    check_numbers(refit, levels, draws, window)
    series = check_returns(y, 1)
    if len(series) < MINIMUM + FEWEST:
        raise TooFewObservationsError(
            f"An evaluation needs {MINIMUM + FEWEST} returns, {MINIMUM} to fit on and {FEWEST} to "
            f"forecast; {series.name} has {len(series)}.",
            "Use a longer sample.",
        )
    first = first_row(series, start, window)
    width = None if window is None else int(window)
    parts = _parts(series, chosen, first, width, int(refit), n_jobs)
    if strict:
        _refuse(parts, series.index[first :: int(refit)])
    forecasts = _forecasts(series.iloc[first:], parts, levels)
    value = proxy_of(series, proxy, forecasts)
    table, losses, differences = score(
        forecasts, series.iloc[first:], value, list(chosen), levels, int(draws), rng
    )
    return BacktestResults(
        spec={
            "models": tuple(chosen),
            "start": int(first),
            "window": width,
            "refit": int(refit),
            "levels": tuple(float(v) for v in levels),
            "proxy": "squared shock" if proxy is None else str(getattr(proxy, "name", "given")),
            "draws": int(draws),
            "rng": rng if isinstance(rng, int) else str(rng),
        },
        sample=Sample.of(series.index[first:], dropped={"rows before the first forecast": first}),
        units={"variance": "%²"},
        notes=_notes(parts, value, proxy),
        recipe=Recipe(backtest, arguments),
        forecasts=forecasts,
        table=table,
        losses=losses,
        differences=differences,
        returns=series.iloc[first:],
        proxy=value,
        market=str(series.name),
    )


@dataclass(frozen=True)
class Block:
    """Forecasts made with one set of parameters.

    Attributes
    ----------
    mean, variance : ndarray, shape (m,)
    law : tuple
        Name of the density, the density, and its shape parameters.
    converged : bool
        Whether a fit found a maximum.
    back : int
        How many fits earlier it was.
    """

    mean: np.ndarray
    variance: np.ndarray
    law: Any
    converged: bool
    back: int


def _parts(
    series: pd.Series,
    chosen: dict[str, dict[str, Any]],
    first: int,
    width: int | None,
    refit: int,
    n_jobs: int | None,
) -> dict[str, list[Any]]:
    """The blocks of forecasts of each model, in order."""
    tasks = [
        (
            series,
            options,
            max(0, begin - width) if width else 0,
            begin,
            min(begin + refit, len(series)),
            refit,
        )
        for options in chosen.values()
        for begin in range(first, len(series), refit)
    ]
    blocks = parallel.map(_block, tasks, n_jobs=n_jobs, label="backtest")
    per_model = len(blocks) // len(chosen)
    return {name: blocks[i * per_model : (i + 1) * per_model] for i, name in enumerate(chosen)}


def _block(
    series: pd.Series, options: dict[str, Any], begin: int, first: int, end: int, refit: int
) -> Block:
    """Fit on rows [begin, first), or on fewer where that has no maximum, and forecast to `end`."""
    tried = []
    for back in range(_EARLIER + 1):
        last = first - back * refit
        if last - begin < MINIMUM:
            break
        tried.append(fit_garch(series.iloc[begin:last], **options, strict=False))
        if tried[-1].converged:
            return _ahead(series, tried[-1], options, (begin, first, end), back)
    return _ahead(series, tried[0], options, (begin, first, end), 0)


def _ahead(
    series: pd.Series, fit: Any, options: dict[str, Any], span: tuple[int, int, int], back: int
) -> Block:
    """Go on with a fit's recursion and keep rows [first, end)."""
    begin, first, end = span
    found, lags = fit.estimate, fit.spec["lags"]
    p, units = found.problem, found.units
    whole_y = series.iloc[begin:end].to_numpy()
    rows = whole_y[lags:] / units.scale
    x = mean_regressors(whole_y / units.scale, fit.spec["mean"], lags, ma=p.ma)
    w = np.empty((len(rows), 0))
    if p.w.shape[1]:
        frame = options["variance_x"]
        frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
        given = frame.reindex(series.index[begin:end]).to_numpy(float)[lags:]
        w = (given - units.centre) / units.spread
    pilot = np.concatenate([p.pilot, rows[len(p.pilot) :]])
    at = likelihood(found.maximum.theta, replace(p, y=rows, x=x, w=w, pilot=pilot))
    new = slice(first - begin - lags, None)
    mean = (rows - at.resid)[new] * units.scale
    variance = np.exp(at.log_variance[new]) * units.scale**2
    law = (fit.spec["dist"], p.density, p.split(found.maximum.theta)[3])
    return Block(mean, variance, law, fit.converged, back)


def tail(law: tuple[str, Any, np.ndarray], level: float) -> tuple[float, float]:
    """Return the quantile of a standardised density and the mean below it."""
    from scipy import stats

    dist, density, shape = law
    if dist == "normal":
        q = float(stats.norm.ppf(level))
        return q, -float(stats.norm.pdf(q)) / level
    if dist == "t":
        nu = float(shape[0])
        q, scale = float(stats.t.ppf(level, nu)), np.sqrt((nu - 2) / nu)
        below = -float(stats.t.pdf(q, nu)) / level * (nu + q * q) / (nu - 1)
        return q * scale, below * scale
    from scipy.integrate import quad
    from scipy.optimize import brentq

    def share(z: float) -> float:
        return float(density.cdf(np.array([z]), shape)[0])

    q = float(brentq(lambda z: share(z) - level, -_REACH, _REACH, xtol=1e-10))
    return q, q - quad(share, -np.inf, q, limit=200)[0] / level


def _forecasts(
    seen: pd.Series, parts: dict[str, list[Block]], levels: tuple[float, ...]
) -> pd.DataFrame:
    """One row a date and model."""
    frames = []
    for name, blocks in parts.items():
        mean = np.concatenate([b.mean for b in blocks])
        variance = np.concatenate([b.variance for b in blocks])
        columns = {"model": name, "mean": mean, "variance": variance}
        for level in levels:
            tails = np.array([tail(b.law, level) for b in blocks])
            each = np.repeat(tails, [len(b.mean) for b in blocks], axis=0)
            columns[f"var[{level:g}]"] = mean + each[:, 0] * np.sqrt(variance)
            columns[f"es[{level:g}]"] = mean + each[:, 1] * np.sqrt(variance)
        frames.append(pd.DataFrame(columns, index=seen.index))
    return pd.concat(frames)


def _refuse(parts: dict[str, list[Block]], starts: pd.Index) -> None:
    for name, blocks in parts.items():
        failed = [date for date, b in zip(starts, blocks, strict=True) if not b.converged]
        if failed:
            raise ConvergenceError(
                f"No maximum of {name} was found on the rows before {listed(failed)}, nor on "
                "those of the fits before.",
                "Start later, use another model or a longer window, or look for stale prices; "
                "strict=False forecasts from the best point, with a note.",
            )


def _notes(parts: dict[str, list[Block]], proxy: pd.Series, given: Any) -> tuple[str, ...]:
    notes = []
    for name, blocks in parts.items():
        failed = sum(not b.converged for b in blocks)
        if failed:
            notes.append(f"* {name}: no maximum was found in {failed} of {len(blocks)} fits.")
        earlier = sum(b.back > 0 for b in blocks)
        if earlier:
            notes.append(
                f"{name}: {earlier} of {len(blocks)} fits found no maximum; their forecasts have "
                "the parameters of an earlier one."
            )
    lost = int((~proxy.gt(0)).sum())
    if lost:
        notes.append(f"{lost} of {len(proxy)} days have no positive proxy and no loss.")
    if given is None:
        notes.append("Losses are against squared shocks, which are a very noisy proxy.")
    return tuple(notes)
