"""Rolling out-of-sample evaluation of volatility models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TooFewObservationsError
from ..kernels.garch_checks import LEAST_SHAPE, LEVELS
from ..results import Recipe, Sample
from .backtest_blocks import Block, blocks, settle, tail
from .backtest_inputs import FEWEST, check_models, check_numbers, first_row, proxy_of
from .backtest_results import BacktestResults, score
from .break_inputs import check_returns
from .frames import listed
from .garch import MINIMUM
from .garch_inputs import remarks

MODELS: dict[str, dict[str, Any]] = {
    "GARCH": {"vol": "GARCH", "dist": "normal"},
    "GARCH-t": {"vol": "GARCH", "dist": "t"},
    "GJR-t": {"vol": "GJR", "dist": "t"},
    "EGARCH-t": {"vol": "EGARCH", "dist": "t"},
}
"""Specifications compared unless others are named."""


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
    carried: float = 0.25,
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
    carried : float
        Largest share of the rows to forecast whose fit may be without a maximum, for each model.
    strict : bool
        Raise beyond that share; forecast from the best point, with a note, when False.

    Returns
    -------
    BacktestResults

    Raises
    ------
    TooFewObservationsError
        Fewer than 250 rows to fit on, or fewer than 50 to forecast.
    ConvergenceError
        A model has no maximum for more than the share `carried` and `strict` is true.

    Notes
    -----
    Between two fits the variance recursion goes on with the parameters held, so every forecast
    uses all returns before it and none after. Where a fit finds no maximum, the parameters of the
    last one that did are carried on, and before the first forecast fits on ever fewer rows are
    tried; `table["carried"]` and a note count the rows. The evaluation begins where every model
    has had a maximum, the rows before being counted in `sample.dropped`. Values at risk and
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
    check_numbers(refit, levels, draws, window, carried)
    series = check_returns(y, 1)
    if len(series) < MINIMUM + FEWEST:
        raise TooFewObservationsError(
            f"An evaluation needs {MINIMUM + FEWEST} returns, {MINIMUM} to fit on and {FEWEST} to "
            f"forecast; {series.name} has {len(series)}.",
            "Use a longer sample.",
        )
    first = first_row(series, start, window)
    width = None if window is None else int(window)
    starts = list(range(first, len(series), int(refit)))
    parts = blocks(series, chosen, starts, width, n_jobs)
    lost = settle(parts, series.index[starts], float(carried), strict)
    skipped = max(lost.values())
    begin = starts[skipped]
    if len(series) - begin < FEWEST:
        raise TooFewObservationsError(
            f"{len(series) - begin} rows are left to forecast once every model has a maximum; "
            f"{FEWEST} are needed.",
            "Leave out the model that has none, or use a longer sample.",
        )
    parts = {name: made[skipped:] for name, made in parts.items()}
    seen = series.iloc[begin:]
    forecasts = _forecasts(seen, parts, levels)
    value = proxy_of(series, proxy, forecasts)
    table, losses, differences = score(
        forecasts, seen, value, list(chosen), levels, int(draws), rng
    )
    return BacktestResults(
        spec={
            "models": tuple(chosen),
            "start": int(begin),
            "window": width,
            "refit": int(refit),
            "levels": tuple(float(v) for v in levels),
            "proxy": "squared shock" if proxy is None else str(getattr(proxy, "name", "given")),
            "draws": int(draws),
            "carried": float(carried),
            "rng": rng if isinstance(rng, int) else str(rng),
        },
        sample=Sample.of(seen.index, dropped=_dropped(first, begin)),
        units={"variance": "%²"},
        notes=(*remarks(series, MINIMUM, MINIMUM), *_notes(parts, lost, value, proxy)),
        recipe=Recipe(backtest, arguments),
        forecasts=forecasts,
        table=table,
        losses=losses,
        differences=differences,
        returns=seen,
        proxy=value,
        market=str(series.name),
    )


def _dropped(first: int, begin: int) -> dict[str, int]:
    """Rows that are not forecast, and why."""
    late = {"rows before every model has a maximum": begin - first} if begin > first else {}
    return {"rows before the first forecast": first} | late


def _forecasts(
    seen: pd.Series, parts: dict[str, list[Block]], levels: tuple[float, ...]
) -> pd.DataFrame:
    """One row a date and model."""
    frames = []
    for name, made in parts.items():
        mean = np.concatenate([b.mean for b in made])
        variance = np.concatenate([b.variance for b in made])
        carried = np.repeat([b.carried for b in made], [len(b.mean) for b in made])
        columns = {"model": name, "mean": mean, "variance": variance, "carried": carried}
        for level in levels:
            tails = np.array([tail(b.law, level) for b in made])
            each = np.repeat(tails, [len(b.mean) for b in made], axis=0)
            columns[f"var[{level:g}]"] = mean + each[:, 0] * np.sqrt(variance)
            columns[f"es[{level:g}]"] = mean + each[:, 1] * np.sqrt(variance)
        frames.append(pd.DataFrame(columns, index=seen.index))
    return pd.concat(frames)


def _notes(
    parts: dict[str, list[Block]], lost: dict[str, int], proxy: pd.Series, given: Any
) -> tuple[str, ...]:
    notes = []
    for name, made in parts.items():
        best = sum(len(b.mean) for b in made if not b.converged)
        if best:
            notes.append(f"* {name}: no maximum was found for {best} of {len(proxy)} rows.")
        carried = sum(len(b.mean) for b in made if b.carried)
        if carried:
            notes.append(
                f"{name}: {carried} of {len(proxy)} rows are forecast with carried parameters, "
                "those of the last fit that had a maximum."
            )
        doubtful = sum(len(b.mean) for b in made if not b.level)
        if doubtful:
            notes.append(
                f"{name}: the level of the variance has no meaning on {doubtful} of {len(proxy)} "
                f"rows (nu < {LEAST_SHAPE:g}, or mean z² outside {LEVELS[0]:g} to {LEVELS[1]:g} "
                "in the fit), and its losses are of that level."
            )
    late = [name for name, count in lost.items() if count]
    if late:
        notes.append(f"The evaluation begins where every model had a maximum: {listed(late)} late.")
    dark = int((~proxy.gt(0)).sum())
    if dark:
        notes.append(f"{dark} of {len(proxy)} days have no positive proxy and no loss.")
    if given is None:
        notes.append("Losses are against squared shocks, which are a very noisy proxy.")
    return tuple(notes)
