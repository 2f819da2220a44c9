"""Heterogeneous autoregressions of volatility: daily, weekly or monthly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..inference.hac import Sandwich, classical, hac, robust
from ..kernels.ols import gaussian_loglik, least_squares
from ..results import Recipe, Sample
from .break_inputs import whole
from .frames import check_frame, check_series, listed
from .har_results import HARResults

FREQUENCIES = {"daily": (1, 5, 22), "weekly": (1, 4, 13), "monthly": (1, 3, 12)}
"""Spans averaged in each form: a day, week and month; a week, month and quarter; and so on."""

COVS = ("hac", "robust", "classical")
_SPARE = 20
_LEVEL = 0.97
_RULES = {"daily": None, "weekly": "W-SUN", "monthly": "M"}


@dataclass(frozen=True, eq=False)
class HAR:
    """Model a measure of volatility by its own averages over short and long spans.

    Parameters
    ----------
    y : Series
        A daily variance or volatility, such as `range_volatility(...).variance["parkinson"]`, or
        squared or absolute returns; without missing values.
    x : Series or DataFrame, optional
        Regressors of the same day, such as a dummy of compliance windows; averaged over the
        period in the weekly and monthly forms.
    frequency : {"daily", "weekly", "monthly"}
        Weekly and monthly: the mean of the days that a calendar week or month has, for markets
        that do not trade every day.
    log : bool
        Whether the logarithm is modelled; y must be positive.
    spans : tuple of int, optional
        Rows averaged; 1, 5 and 22 when None, or 1, 4, 13 weeks, or 1, 3, 12 months.

    Notes
    -----
    y_t = b₀ + Σ_s b_s ȳ_{t−1}^{(s)} + γ'x_t + u_t, ȳ_{t−1}^{(s)} the mean of the last s rows (of
    the logarithm where it is modelled), by least squares. Standard errors are Newey and West's
    with Andrews' bandwidth. A row is a day with a value: days without one are no rows. In the
    weekly and monthly forms a period without a value takes the rows that need it with it.

    References
    ----------
    Corsi, F. (2009). A simple approximate long-memory model of realized volatility. Journal of
    Financial Econometrics 7, 174–196. doi:10.1093/jjfinec/nbp001

    Examples
    --------
    >>> import carbonlink as cl
    >>> r = cl.simulate.garch(900, alpha=0.1, beta=0.85, rng=1)
    >>> fit = cl.HAR(r.abs()).fit()
    >>> list(fit.params.index)
    ['constant', 'mean of 1', 'mean of 5', 'mean of 22']
    """

    y: Any
    x: Any = None
    frequency: str = "daily"
    log: bool = field(default=False, kw_only=True)
    spans: tuple[int, ...] | None = None

    def fit(self, cov: str = "hac", bandwidth: str | int = "andrews") -> HARResults:
        """Estimate the model by least squares.

        Parameters
        ----------
        cov : {"hac", "robust", "classical"}
            Kind of covariance.
        bandwidth : {"andrews", "newey-west"} or int
            Of "hac": an automatic rule, or a number of lags.
        """
        return fit_har(**vars(self), cov=cov, bandwidth=bandwidth)


def fit_har(
    y: Any,
    x: Any = None,
    frequency: str = "daily",
    log: bool = False,
    spans: tuple[int, ...] | None = None,
    cov: str = "hac",
    bandwidth: str | int = "andrews",
) -> HARResults:
    """Estimate a heterogeneous autoregression (see `HAR`)."""
    arguments = dict(locals())
    chosen = _check_choices(frequency, spans, cov, bandwidth)
    series = _check_values(y, bool(log))
    regressors = _check_regressors(x, series.index)
    if frequency != "daily":
        series, regressors = _periods(series, regressors, frequency)
    value = np.log(series) if log else series
    design, target, lost = _design(value, regressors, chosen)
    if len(target) < design.shape[1] + _SPARE:
        raise TooFewObservationsError(
            f"A {frequency} HAR of {series.name} with spans {listed(chosen)} needs "
            f"{max(chosen) + design.shape[1] + _SPARE} values; {int(value.notna().sum())} leave "
            f"{len(target)} rows.",
            "Use a longer sample or shorter spans.",
        )
    found = least_squares(target.to_numpy(), design.to_numpy())
    if found.collinear:
        names = listed(design.columns[j] for j in found.collinear)
        raise SpecificationError(
            f"{names} is constant or a combination of the other regressors.", "Leave it out."
        )
    sandwich = _covariance(design.to_numpy(), found.residuals, found.bread, cov, bandwidth)
    resid = pd.Series(found.residuals, index=target.index, name="resid")
    spread = target.to_numpy() - target.mean()
    return HARResults(
        params=pd.Series(found.params, index=design.columns, name="estimate"),
        cov=pd.DataFrame(sandwich.cov, index=design.columns, columns=design.columns),
        loglik=gaussian_loglik(found.rss, len(target)),
        reference="t",
        df_resid=float(found.df_resid),
        y=series.rename(str(series.name)),
        fitted_values=(target - resid).rename("fitted"),
        resid=resid,
        design=design,
        r_squared=1 - found.rss / float(spread @ spread),
        market=str(series.name),
        spec={
            "frequency": frequency,
            "log": bool(log),
            "spans": chosen,
            "x": tuple(regressors.columns),
            "cov": str(sandwich),
        },
        units={},
        sample=Sample.of(target.index, dropped=lost),
        notes=_notes(found.params, design, bool(log), frequency, series),
        recipe=Recipe(fit_har, arguments),
    )


def _check_choices(frequency: Any, spans: Any, cov: Any, bandwidth: Any) -> tuple[int, ...]:
    check_choice("frequency", frequency, FREQUENCIES)
    check_choice("cov", cov, COVS)
    if cov != "hac" and bandwidth != "andrews":
        raise SpecificationError(
            f"bandwidth={bandwidth!r} has no use with cov={cov!r}.", "Use cov='hac'."
        )
    if isinstance(bandwidth, str):
        check_choice("bandwidth", bandwidth, ("andrews", "newey-west"))
    elif isinstance(bandwidth, bool) or not whole(bandwidth, 0):
        raise SpecificationError(f"bandwidth={bandwidth!r} is no number of lags.", "Use 0, 1, …")
    chosen = FREQUENCIES[frequency] if spans is None else tuple(spans)
    wrong = [s for s in chosen if isinstance(s, bool) or not whole(s, 1)]
    if not chosen or wrong or len(set(chosen)) < len(chosen):
        raise SpecificationError(f"spans={spans!r} are no numbers of rows.", "Use (1, 5, 22).")
    return tuple(sorted(int(s) for s in chosen))


def _check_values(y: Any, log: bool) -> pd.Series:
    if isinstance(y, np.ndarray) and y.ndim == 1:
        y = pd.Series(y, name="y")
    series = check_series(y, "y")
    holes = series.index[series.isna()]
    if len(holes):
        raise DataError(
            f"{series.name} has {len(holes)} missing values: {listed(holes)}.",
            "Drop them with .dropna(): a row is then a day with a value.",
        )
    if (series < 0).any():
        below = listed(series.index[series < 0])
        raise DataError(
            f"{series.name} is negative on {below}: it is no volatility.",
            "Give squared or absolute returns, a range variance or a realised variance.",
        )
    if log and (series == 0).any():
        zeros = series.index[series == 0]
        raise DataError(
            f"{series.name} is zero on {len(zeros)} rows ({listed(zeros)}): it has no logarithm.",
            "Use log=False, or leave those rows out on purpose.",
        )
    if float(series.std()) <= 1e-12 * float(series.abs().max()):
        raise DataError(f"{series.name} is constant: there is nothing to model.", "Check it.")
    path = series.to_numpy() - float(series.mean())
    correlation = float(path[1:] @ path[:-1]) / float(path @ path)
    if correlation > _LEVEL:
        raise DataError(
            f"{series.name} looks like a price or a smoothed path, not the volatility of each day "
            f"(first autocorrelation {correlation:.3f}).",
            "Give squared or absolute returns, a range variance or a realised variance.",
        )
    return series


def _check_regressors(x: Any, index: pd.Index) -> pd.DataFrame:
    if x is None:
        return pd.DataFrame(index=index)
    if isinstance(x, pd.DataFrame):
        flags = x.select_dtypes(["bool", "boolean"]).columns
        x = x.astype({c: float for c in flags})
    frame = check_frame(x.astype(float) if isinstance(x, pd.Series) else x, "x")
    absent = index.difference(frame.index)
    frame = frame.reindex(index)
    holes = frame.index[frame.isna().any(axis=1)]
    if len(absent) or len(holes):
        raise DataError(
            f"x has no value for {len(holes)} of the {len(index)} rows of y: {listed(holes)}.",
            "Give it on every date of y.",
        )
    return frame


def _periods(
    series: pd.Series, regressors: pd.DataFrame, frequency: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Means by calendar week or month, labelled by the period's last day."""
    if not isinstance(series.index, pd.DatetimeIndex):
        raise DataError(f"A {frequency} HAR needs dates.", "Set a DatetimeIndex.")
    period = series.index.to_period(_RULES[frequency])
    whole_span = pd.period_range(period[0], period[-1], freq=_RULES[frequency])
    means = series.groupby(period).mean().reindex(whole_span)
    others = regressors.groupby(period).mean().reindex(whole_span)
    ends = whole_span.end_time.normalize()
    label: Any = series.name
    return means.set_axis(ends).rename(label), others.set_axis(ends)


def _design(
    value: pd.Series, regressors: pd.DataFrame, spans: tuple[int, ...]
) -> tuple[pd.DataFrame, pd.Series, dict[str, int]]:
    """Regressors and target on the rows that have both, and what was lost."""
    past = {f"mean of {s}": value.rolling(s).mean().shift() for s in spans}
    design = pd.DataFrame({"constant": 1.0, **past}, index=value.index).join(regressors)
    complete = design.notna().all(axis=1) & value.notna()
    lost = {
        "first rows, used as lags": max(spans),
        "periods next to one without a value": int((~complete).sum()) - max(spans),
    }
    return design[complete], value[complete], lost


def _covariance(
    x: np.ndarray, residuals: np.ndarray, bread: np.ndarray, cov: str, bandwidth: str | int
) -> Sandwich:
    if cov == "classical":
        return classical(residuals, bread)
    return robust(x, residuals, bread) if cov == "robust" else hac(x, residuals, bread, bandwidth)


def _notes(
    params: np.ndarray, design: pd.DataFrame, log: bool, frequency: str, series: pd.Series
) -> tuple[str, ...]:
    notes = []
    carry = float(params[1 : 1 + sum(c.startswith("mean of") for c in design.columns)].sum())
    if carry >= 1:
        notes.append(f"The spans add up to {carry:.3f}: volatility does not return to a mean.")
    if frequency != "daily" and series.isna().any():
        notes.append(f"{int(series.isna().sum())} of {len(series)} periods have no value.")
    if log and not all(c == "constant" or c.startswith("mean of") for c in design.columns):
        notes.append("Coefficients of x are changes of the logarithm: 100 (e^b − 1) in per cent.")
    return tuple(notes)
