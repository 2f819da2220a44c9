"""How volatile a market is, and how much more so before its compliance deadlines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import (
    DataError,
    DeadlineError,
    SpecificationError,
    TooFewObservationsError,
    check_choice,
    check_day,
)
from ..facts import compliance
from ..models.frames import check_frame, listed
from ..models.garch import MINIMUM, fit_garch
from ..models.garch_inputs import FEWEST
from ..models.garch_results import GARCHResults
from ..panel import Panel
from ..results import Recipe, Sample, day
from .genuine_returns import GenuineReturns, genuine_returns
from .volatility_results import VolatilityResults
from .volatility_treatment import TREATMENTS, Treated, treat

SPECS = ("egarch", "garch", "gjr", "aparch", "igarch", "cgarch", "figarch", "harch")
WHICH = ("final", "announced", "statutory")
WINDOW, GAP = "window", "log_gap"
LEAST_INSIDE = 10
"""Fewest returns inside the compliance windows from which their effect is estimated."""


def volatility(
    data: Any,
    market: str | None = None,
    spec: str = "egarch",
    *,
    dist: str = "t",
    window: int | None = 30,
    deadlines: Iterable[Any] | None = None,
    which: str = "final",
    days: str = "open",
    gap: bool = True,
    treatment: str = "genuine",
    variance_x: Any = None,
    minimum_tonnes: float | None = None,
    price: str = "headline",
    mean: str = "constant",
    lags: int | None = None,
    presample: str | float = "arch",
    cov: str = "robust",
    minimum: int = MINIMUM,
    strict: bool = True,
) -> VolatilityResults:
    """Measure a market's volatility with the compliance window in the variance equation.

    Parameters
    ----------
    data : Panel, Series or DataFrame
        A Panel, or returns in per cent with a DatetimeIndex; missing returns are left out.
    market : str, optional
        Label in the Panel, column of the frame, or the registry's name of a Series, which
        finds its deadlines.
    spec : {"egarch", "garch", "gjr", "aparch", "igarch", "cgarch", "figarch", "harch"}
        Variance process, as `carbonlink.GARCH` has it.
    dist : {"t", "normal", "skewt", "ged"}
        Density of the standardised shocks.
    window : int, optional
        Days before each deadline that the window dummy marks; None leaves it out.
    deadlines : list of dates, optional
        In place of the published ones.
    which : {"final", "announced", "statutory", "interim"}
        Which published deadline counts.
    days : {"open", "calendar"}
        What `window` counts.
    gap : bool
        Whether ln(sessions since the last genuine price) enters the variance too, where it
        varies.
    treatment : {"genuine", "naive", "zero", "censored", "both"}
        What days without a trade and limit days are; see Notes.
    variance_x : Series or DataFrame, optional
        Further regressors of the variance, with a value on every return: break dummies, a
        policy.
    minimum_tonnes : float, optional
        Tonnes of listed trade that make a price genuine, for a Panel; when None 100, and 0 with
        `treatment="naive"`.
    price : {"headline", "close", "vwap", "mid"}
        Which price of a day, for a Panel: the one the venue's file stands on, the close, value
        over volume, or (high + low)/2. Limit days are those of the printed price.
    mean, lags, presample, cov, minimum, strict
        As `carbonlink.GARCH` and its `fit` take them.

    Returns
    -------
    VolatilityResults
        A `GARCHResults` with `window_effect`.

    Raises
    ------
    TooFewObservationsError
        Fewer genuine returns than `minimum`, or fewer than 10 inside the windows.
    DeadlineError
        No deadline is known or none lies in the sample.

    Notes
    -----
    h_t = exp(δ₁ window_t + δ₂ ln gap_t) s_t, with s_t as in `carbonlink.GARCH`: the window
    multiplies the variance by e^δ₁, and 100 (e^δ₁ − 1) is its effect in per cent, which may
    have either sign. Standard errors are those of Bollerslev and Wooldridge (1992).

    Treatments: "genuine" has a row a return between genuine trades; "naive" has one a session,
    the last price carried forward, so that a day without a trade is a return of zero; "zero" has
    one a session too, but days without a trade enter by their chance alone, as
    `carbonlink.GARCH` with `trade` has it; "censored" is "genuine" with limit days known to be
    at least as large as they show (`limits`); "both" is "zero" and "censored" together. From
    returns, missing days are those without a trade; limits need a Panel.

    References
    ----------
    Bollerslev, T. and Wooldridge, J. M. (1992). Quasi-maximum likelihood estimation and
    inference in dynamic models with time-varying covariances. Econometric Reviews 11, 143–172.
    doi:10.1080/07474939208800229

    Examples
    --------
    >>> import carbonlink as cl
    >>> r = cl.simulate.garch(900, rng=1)
    >>> vol = cl.volatility(r, spec="gjr", deadlines=[r.index[300], r.index[700]], window=30)
    >>> vol.window_effect.lower < vol.window_effect.percent < vol.window_effect.upper
    True
    """
    arguments = dict(locals())
    _check_words(spec, treatment)
    _check_window(window, deadlines, which, days)
    if treatment == "naive" and minimum_tonnes is None and isinstance(data, Panel):
        minimum_tonnes = 0.0
    found = genuine_returns(data, market, minimum_tonnes, price)
    _check_size(found, minimum)
    dates, remarks = _deadlines(found, window, deadlines, which)
    treated = treat(found, treatment)
    rows = treated.returns.index
    inside = None if window is None else _inside(found, rows, dates, window, days)
    gaps = treated.gap_days if gap and treatment != "naive" else None
    columns = _columns(inside, gaps, dates, window, days, remarks)
    fit = fit_garch(
        treated.returns,
        vol=spec.upper(),
        mean=mean,
        lags=lags,
        dist=dist,
        variance_x=_regressors(columns, variance_x, rows),
        presample=presample,
        minimum=minimum,
        cov=cov,
        strict=strict,
        **treated.options,
    )
    remarks += treated.notes
    chosen = {
        "vol": spec.upper(),
        "window": window,
        "days": days if window is not None else None,
        "which": which if window is not None and deadlines is None else None,
        "deadlines": tuple(day(d) for d in dates),
        "treatment": treatment,
        "price": price,
        "minimum_tonnes": found.minimum,
    }
    return _result(fit, found, treated, chosen, inside, tuple(remarks), arguments)


def _columns(
    inside: pd.Series | None,
    gaps: pd.Series | None,
    dates: list[pd.Timestamp],
    window: int | None,
    days: str,
    remarks: list[str],
) -> dict[str, np.ndarray]:
    """The measure's own regressors of the variance: the window and the gaps."""
    columns: dict[str, np.ndarray] = {}
    if inside is not None and window is not None:
        columns[WINDOW] = _window_column(inside, dates, window, days)
    return columns if gaps is None else columns | _gap_column(gaps, remarks)


def _check_window(window: int | None, deadlines: Any, which: str, days: str) -> None:
    """Raise on a choice that the others make useless."""
    check_choice("which", which, WHICH)
    check_choice("days", days, ("open", "calendar"))
    given = {"deadlines": deadlines is not None, "which": which != "final", "days": days != "open"}
    useless = [name for name, set_ in given.items() if set_]
    if window is None and useless:
        raise SpecificationError(f"{useless[0]} has no use with window=None.", "Set window=30.")
    if deadlines is not None and which != "final":
        raise SpecificationError(
            f"which={which!r} chooses among published deadlines; deadlines= replaces them.",
            "Give one of the two.",
        )


def _check_size(found: GenuineReturns, minimum: int) -> None:
    have = len(found.returns)
    if have < minimum:
        lost = ", ".join(f"{n} {why}" for why, n in found.dropped.items() if n)
        raise TooFewObservationsError(
            f"{found.returns.name} has {have} returns between genuine trades on "
            f"{len(found.sessions)} sessions ({lost or 'none lost'}); a GARCH model needs "
            f"{minimum}.",
            "Use a weekly HAR of realised or range variance, weekly prices or a lower "
            "minimum_tonnes; minimum= lowers the bar and leaves a footnote.",
        )


def _deadlines(
    found: GenuineReturns, window: int | None, deadlines: Iterable[Any] | None, which: str
) -> tuple[list[pd.Timestamp], list[str]]:
    """The deadlines whose windows can touch the sample, and remarks on those not known."""
    if window is None:
        return [], []
    first, last = found.sessions[0], found.sessions[-1]
    remarks: list[str] = []
    if deadlines is None:
        dates, unknown = _published(found, which)
        gone = {y: r for y, r in unknown.items() if first.year - 1 <= y < last.year}
        if gone:
            reasons = "; ".join(f"{year}: {reason}" for year, reason in gone.items())
            remarks.append(f"Windows counted as outside, the deadline not being known: {reasons}.")
    else:
        given = [deadlines] if isinstance(deadlines, (str, pd.Timestamp)) else list(deadlines)
        dates = sorted({check_day("deadlines", day) for day in given})
    reach = pd.Timedelta(days=2 * int(window) + 30)
    near = [d for d in dates if first <= d <= last + reach]
    if not near:
        raise DeadlineError(
            f"No deadline of {found.returns.name} lies in the sample, {first.date()} to "
            f"{last.date()}.",
            "Pass deadlines=[…], or set window=None.",
        )
    return near, remarks


def _published(found: GenuineReturns, which: str) -> tuple[list[pd.Timestamp], dict[int, str]]:
    if not found.market:
        raise DeadlineError(
            f"No compliance deadlines are known for {found.returns.name}.",
            "Pass deadlines=[…], name the market, or set window=None.",
        )
    dates, unknown = compliance.due_dates(found.market, which)
    return list(dates), unknown


def _check_words(spec: Any, treatment: str) -> None:
    if not isinstance(spec, str):
        raise SpecificationError(
            f"spec={spec!r}: one specification a result.",
            "Call volatility() for each, and put them side by side with cl.compare.",
        )
    check_choice("spec", spec.lower(), SPECS)
    check_choice("treatment", treatment, TREATMENTS)


def _inside(found: GenuineReturns, rows: pd.Index, dates: Any, window: int, days: str) -> pd.Series:
    """Whether each row of the model lies in the days before a deadline."""
    mask = compliance.window_mask(found.sessions, dates, window, days)
    inside = pd.Series(mask, index=found.sessions).reindex(pd.DatetimeIndex(rows).normalize())
    return inside.set_axis(rows)


def _window_column(
    inside: pd.Series, dates: list[pd.Timestamp], window: int, days: str
) -> np.ndarray:
    count = int(inside.sum())
    listing = ", ".join(day(d) for d in dates)
    if count < LEAST_INSIDE:
        raise TooFewObservationsError(
            f"{count} returns lie in the {window} {days} days before the deadlines ({listing}); "
            f"their effect needs {LEAST_INSIDE}.",
            "Widen the window, lower minimum_tonnes, or set window=None.",
        )
    if count == len(inside):
        raise SpecificationError(
            f"Every return lies in the {window} {days} days before a deadline ({listing}).",
            "Shorten the window.",
        )
    return inside.to_numpy(float)


def _gap_column(gap_days: pd.Series, remarks: list[str]) -> dict[str, np.ndarray]:
    apart = int((gap_days > 1).sum())
    if apart == 0:
        return {}
    column = np.log(gap_days.to_numpy())
    common = pd.Series(column).mode().iloc[0]
    if (column != common).sum() < FEWEST:
        remarks.append(
            f"Gaps left out of the variance: only {apart} returns span more than one day."
        )
        return {}
    return {GAP: column}


def _regressors(columns: dict[str, np.ndarray], more: Any, rows: pd.Index) -> pd.DataFrame | None:
    """The window, the gaps and what else was given, on the rows of the model."""
    own = pd.DataFrame(columns, index=rows)
    if more is None:
        return None if own.empty else own
    given = check_frame(more, "variance_x")
    twice = [c for c in given.columns if c in own.columns]
    if twice:
        raise SpecificationError(
            f"variance_x has a column named {twice[0]!r}, as the measure's own.", "Rename it."
        )
    absent = rows.difference(given.index)
    if len(absent):
        raise DataError(
            f"variance_x has no row for {len(absent)} returns: {listed(absent)}.",
            "Give it on every session.",
        )
    return pd.concat([own, given.reindex(rows)], axis=1)


def _lost(found: GenuineReturns, treated: Treated) -> dict[str, int]:
    """Days lost: all of them, unless each session has a row."""
    sessions = len(treated.returns) > len(found.returns)
    first = "first prices, which end no return"
    return {k: v for k, v in found.dropped.items() if k == first} if sessions else found.dropped


def _result(
    fit: GARCHResults,
    found: GenuineReturns,
    treated: Treated,
    chosen: dict[str, Any],
    inside: pd.Series | None,
    remarks: tuple[str, ...],
    arguments: dict[str, Any],
) -> VolatilityResults:
    """Turn a fit into the answer to the question: its sample, its words, its sources."""
    held = {f.name: getattr(fit, f.name) for f in dataclasses.fields(fit)}
    spec = {k: v for k, v in held["spec"].items() if k not in chosen and k != "persistence_bound"}
    unit = found.unit
    units = {k: v.replace("%", unit) for k, v in held["units"].items()} | {"returns": unit}
    rows = fit.resid.index
    extra = dict(fit.sample.dropped)
    held |= {
        "spec": chosen | spec,
        "units": units,
        "sample": Sample.of(rows, nobs=fit.nobs, dropped=_lost(found, treated) | extra),
        "sources": found.sources,
        "notes": (*found.notes, *remarks, *held["notes"]),
        "recipe": Recipe(volatility, arguments),
        "inside": None if inside is None else inside.reindex(rows),
        "gap_days": treated.gap_days.reindex(rows).rename("gap_days"),
    }
    return VolatilityResults(**held)
