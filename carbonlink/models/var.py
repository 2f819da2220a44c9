"""Vector autoregressions: what to fit, on which rows, with how many lags."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_choice
from ..kernels import var as kernel
from ..results import Recipe, Sample
from .frames import check_frame, listed
from .var_checks import check_columns, check_exog, check_outer, check_size, wandering
from .var_quantile import QUANTILE, check_tau, quantile_fit
from .var_results import VARResults
from .var_shrinkage import Shrinkage, shrink, words

CRITERIA = ("aic", "bic", "hq")
MINIMUM = 40
"""Fewer observations than this carry no vector autoregression, unless `minimum=` says so."""

SHRUNK = (
    "Coefficients are shrunk: no standard errors but those of a posterior, and no intervals from "
    "replications."
)

MAX_LAGS = 10
"""Largest order that a criterion tries when `max_lags` is not given and the sample allows it."""


class VAR:
    """Specify a vector autoregression.

    Parameters
    ----------
    data : DataFrame
        A column a series, a row a common open day. Missing values stay missing: an observation
        exists only if its row and all its lags in the order of the rows are complete.
    lags : int or {"aic", "bic", "hq"}
        Order, or the criterion that chooses it among 0 … `max_lags` on common observations.
        When a criterion chooses 0, one lag is fitted and a note says so.
    max_lags : int, optional
        Largest order tried; 10 by default, fewer on a short sample.
    exog : DataFrame or Series, optional
        Exogenous columns x (dummies, weather, a price abroad) with a row for every row of the
        data. They enter every equation on the same row; rows where one is missing are no
        observations. Every method knows them: responses, decompositions, bands, `mean`,
        `forecast` (which asks for their future) and connectedness.
    trend : {"c", "n"}
        With or without a constant.
    where : Series or array of bool, optional
        Rows allowed as observations, for estimates on part of the sample; lags may come from
        any row.
    minimum : int
        Fewest observations; fewer are refused. Below 40 a footnote follows the result.

    See Also
    --------
    carbonlink.connectedness : What the fitted model says about who moves whom.

    Notes
    -----
    .. math::
        y_t = c + B x_t + A_1 y_{t-1} + \\dots + A_p y_{t-p} + u_t,\\qquad u_t \\sim (0, \\Sigma)

    Equations are fitted by least squares; Σ is U'U/n.

    References
    ----------
    Lütkepohl, H. (2005). New Introduction to Multiple Time Series Analysis. Springer.
    doi:10.1007/978-3-540-27752-1

    Examples
    --------
    >>> import carbonlink as cl
    >>> fitted = cl.VAR(cl.simulate.var(400, rng=1), lags="bic").fit()
    >>> fitted.lags
    1
    """

    def __init__(
        self,
        data: pd.DataFrame,
        lags: int | str = "bic",
        *,
        max_lags: int | None = None,
        exog: Any = None,
        trend: str = "c",
        where: Any = None,
        minimum: int = MINIMUM,
    ) -> None:
        check_choice("trend", trend, ("c", "n"))
        self.data = check_frame(data, "the VAR's data")
        if self.data.shape[1] < 2:
            raise DataError("A VAR needs at least two columns.", "Add another series.")
        empty = list(self.data.columns[self.data.isna().all()])
        if empty:
            raise DataError(f"The VAR's data have no value of {listed(empty)}.", "Leave it out.")
        self.lags = _check_lags(lags, max_lags)
        self.max_lags = max_lags
        self.trend = trend
        self.where = _check_where(where, self.data.index)
        self.minimum = int(minimum)
        self.exog = None if exog is None else check_exog(exog, self.data)
        self._given = {"lags": lags, "max_lags": max_lags, "exog": exog, "trend": trend}
        self._given["where"] = where

    def fit(
        self,
        cov: str = "ols",
        *,
        method: str = "ols",
        penalty: float | None = None,
        mix: float = 0.5,
        tightness: float | None = None,
        cross: float = 0.5,
        decay: float = 1.0,
        folds: int = 5,
        tau: float | None = None,
    ) -> VARResults:
        """Estimate the model.

        Parameters
        ----------
        cov : {"ols", "robust"}
            Covariance of the coefficients: Σ ⊗ (Z'Z)⁻¹ with shocks of constant variance, or
            White's, which stands changing variances.
        method : {"ols", "ridge", "lasso", "elastic_net", "minnesota", "quantile"}
            Least squares; coefficients of the lags shrunk towards 0: as sensitivity where a
            short sample has many series; or quantile regressions, an equation each.
        penalty : float, optional
            Of ridge, lasso and elastic net, on columns of one standard deviation; chosen by
            validation ordered in time when left out.
        mix : float
            Of the elastic net: 1 is the lasso, 0 ridge.
        tightness : float, optional
            Of the Minnesota prior: standard deviation of the own first lag; chosen by validation
            when left out.
        cross, decay : float
            Of the Minnesota prior: other series' lags relative to own ones; power of the lag.
        folds : int
            Blocks of time forecast from the rows before them.
        tau : float, optional
            Of "quantile": 0.5 by default; `cl.connectedness(…).quantiles` measures many at once.

        Returns
        -------
        VARResults
            Shrunk results have no intervals from replications; `cl.connectedness` of ridge and
            Minnesota has its excess. `lag_table` stays that of least squares. `validation` holds
            the errors behind the choice.
        """
        check_choice("cov", cov, ("ols", "robust"))
        tau = check_tau(tau, method)
        how = Shrinkage("ols" if tau else method, penalty, mix, tightness, cross, decay, folds)
        how.check()
        arguments = {"data": self.data, **self._given, "minimum": self.minimum, "cov": cov}
        arguments |= {**vars(how), "method": method, "tau": tau}
        values = self.data.to_numpy()
        choice = _choose_lags(self, values)
        rows = self._rows(values, choice.lags)
        fitted = kernel.fit(values, choice.lags, rows, self.trend == "c", self._outer())
        notes = choice.notes + _notes(self, values, fitted)
        extra: dict[str, Any] = {}
        spec = self._spec(choice, len(rows), cov)
        if tau is not None:
            fitted, covariance = quantile_fit(values, fitted, self.trend == "c", self._outer(), tau)
            extra = {"shrunk": method, "posterior": covariance}
            spec |= {"method": method, "tau": tau, "cov": "kernel sandwich"}
            notes += (QUANTILE.format(tau=tau),)
        elif method != "ols":
            shrunk = shrink(values, choice.lags, rows, self.trend == "c", self._outer(), how)
            fitted, extra = shrunk.fitted, {"shrunk": method, "validation": shrunk.table}
            extra["posterior"] = shrunk.covariance
            spec |= words(how, shrunk.chosen, lambda name: getattr(how, name))
            notes += (SHRUNK,)
        return VARResults.of(
            fitted,
            data=self.data,
            exog=self.exog,
            constant=self.trend == "c",
            cov=cov,
            lag_table=choice.table,
            spec=spec,
            sample=_sample(self, values, rows, choice.lags),
            notes=notes,
            recipe=Recipe(_fit, arguments),
            **extra,
        )

    def _rows(self, values: np.ndarray, lags: int) -> np.ndarray:
        """Observations of an order, once the sample is known to carry it."""
        rows = kernel.usable_rows(values, lags, self._allowed())
        constant, outer = self.trend == "c", () if self.exog is None else tuple(self.exog.columns)
        others = constant + len(outer)
        check_size(len(rows), values.shape[1], lags, others, self.minimum, self.data)
        check_columns(values, lags, rows, list(self.data.columns), constant)
        if self.exog is not None:
            check_outer(values, lags, rows, self.exog, list(self.data.columns), constant)
        return rows

    def _outer(self) -> np.ndarray | None:
        return None if self.exog is None else self.exog.to_numpy()

    def _allowed(self) -> np.ndarray | None:
        """Rows that `where` and the exogenous columns leave as observations."""
        if self.exog is None:
            return self.where
        known = np.isfinite(self.exog.to_numpy()).all(axis=1)
        return known if self.where is None else known & self.where

    def _spec(self, choice: _Choice, nobs: int, cov: str) -> dict[str, Any]:
        chosen = "given" if isinstance(self.lags, int) else f"chosen by {self.lags}"
        where = "all rows"
        if self.where is not None:
            where = f"{int(self.where.sum())} of {len(self.where)} rows"
        return {
            "series": tuple(self.data.columns),
            "lags": choice.lags,
            "order": f"{chosen}, largest tried {choice.most}" if chosen != "given" else chosen,
            "exog": () if self.exog is None else tuple(self.exog.columns),
            "trend": self.trend,
            "where": where,
            "minimum": self.minimum,
            "cov": cov,
        }


def _fit(cov: str, **arguments: Any) -> VARResults:
    how = {f.name: arguments.pop(f.name) for f in fields(Shrinkage)}
    how["tau"] = arguments.pop("tau", None)
    return VAR(**arguments).fit(cov, **how)


@dataclass(frozen=True)
class _Choice:
    lags: int
    most: int
    table: pd.DataFrame
    notes: tuple[str, ...] = ()


def _choose_lags(model: VAR, values: np.ndarray) -> _Choice:
    constant = model.trend == "c"
    given = model.lags if isinstance(model.lags, int) else 0
    most = given or model.max_lags or _affordable(model, values)
    rows = model._rows(values, most)
    table = pd.DataFrame(
        kernel.criteria(values, rows, most, constant, model._outer()),
        index=pd.RangeIndex(most + 1, name="lags"),
        columns=list(CRITERIA),
    )
    if given:
        return _Choice(most, most, table)
    best = int(table[model.lags].to_numpy().argmin())
    notes = []
    if best == 0:
        notes.append(f"{model.lags} chose 0 lags; one lag is fitted.")
    if best == most:
        notes.append(f"{model.lags} chose the largest order tried, {most}: raise max_lags.")
    return _Choice(max(best, 1), most, table, tuple(notes))


def _affordable(model: VAR, values: np.ndarray) -> int:
    """The largest order up to `MAX_LAGS` that leaves three observations a coefficient."""
    k = values.shape[1]
    for lags in range(MAX_LAGS, 1, -1):
        n = len(kernel.usable_rows(values, lags, model._allowed()))
        extra = 0 if model.exog is None else model.exog.shape[1]
        if n >= max(model.minimum, 3 * (k * lags + 1 + extra)):
            return lags
    return 1


def _check_lags(lags: int | str, max_lags: int | None) -> int | str:
    if isinstance(lags, str):
        check_choice("lags", lags.lower(), CRITERIA)
        if max_lags is not None and int(max_lags) < 1:
            raise SpecificationError(f"max_lags={max_lags} leaves no lag.", "Use 1 or more.")
        return lags.lower()
    if isinstance(lags, bool) or not isinstance(lags, (int, np.integer)) or lags < 1:
        raise SpecificationError(
            f"lags={lags!r} is no order of a VAR.", 'Use 1, 2, … or "aic", "bic", "hq".'
        )
    if max_lags is not None:
        raise SpecificationError(
            f"max_lags={max_lags} has no meaning with lags={lags}.",
            'Leave it out, or let a criterion choose: lags="bic".',
        )
    return int(lags)


def _check_where(where: Any, index: pd.Index) -> np.ndarray | None:
    if where is None:
        return None
    if isinstance(where, pd.Series):
        missing = index.difference(where.index)
        if len(missing):
            raise DataError(
                f"where= has no row for {listed(missing)}.", "Give it the index of the data."
            )
        where = where.reindex(index)
    mask = np.asarray(where)
    if mask.shape != (len(index),) or mask.dtype != bool:
        raise SpecificationError(
            f"where= must hold {len(index)} true or false values, one a row of the data.",
            "For example where = data['cea'].abs() < 10.",
        )
    return mask


def _sample(model: VAR, values: np.ndarray, rows: np.ndarray, lags: int) -> Sample:
    complete = np.isfinite(values).all(axis=1)
    usable = kernel.usable_rows(values, lags)
    lagless = np.setdiff1d(np.flatnonzero(complete), usable)
    bare = 0
    if model.exog is not None:
        bare = int((~np.isfinite(model.exog.to_numpy()[usable]).all(axis=1)).sum())
    outside = complete.sum() - len(lagless) - bare - len(rows)
    dropped = {
        "rows with a missing value": (~complete).sum(),
        "rows without complete lags": len(lagless),
        "rows with a missing value of exog": bare,
        "rows outside where=": outside,
    }
    return Sample.of(model.data.index[rows], dropped=dropped)


def _notes(model: VAR, values: np.ndarray, fitted: kernel.VarFit) -> tuple[str, ...]:
    notes = []
    lags, k = fitted.coefs.shape[:2]
    n, params = fitted.nobs, k * lags + (model.trend == "c") + fitted.driven.shape[1]
    if n < MINIMUM:
        notes.append(f"Only {n} observations: fewer than {MINIMUM} were allowed by minimum=.")
    if n < 3 * params:
        notes.append(f"Only {n} observations for {params} coefficients an equation.")
    root = kernel.roots(fitted.coefs)[0]
    if root >= 1:
        notes.append(f"The fitted VAR is explosive: its largest root is {root:.4f}.")
    notes += wandering(values, list(model.data.columns), lags, n)
    return tuple(notes)
