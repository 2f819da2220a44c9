"""The autoregressive distributed lag in levels, with its bounds tests and long run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..kernels import ardl as kernel
from ..results import Recipe
from .ardl_results import ARDLResults
from .ecm import TRENDS, check_size, fit_ecm, fits, label, outside_columns, row_mask
from .frames import check_index, joined

CRITERIA = ("bic", "aic")
SEASONS = {"weekday": "day_of_week", "month": "month", "quarter": "quarter"}
MOST_REGRESSIONS = 50_000
"""Factorisations that an order search may take, about five seconds."""


@dataclass(frozen=True, eq=False)
class ARDL:
    """Regress a series on its own lags and on the present and lags of others, in levels.

    Parameters
    ----------
    y : Series
        The effect, in levels.
    x : Series or DataFrame
        The causes, in levels, on the same dates.
    lags : int or {"bic", "aic"}
        Lags of `y`, at least 1, and of every x unless `order` says otherwise; or the criterion
        that chooses each order by itself among all of them up to `max_lags`.
    order : int or tuple of int, optional
        Lags of each x; 0 for the current value alone. Needs a number in `lags`.
    max_lags : int or tuple of int
        The longest orders that the criterion compares: of `y`, then of each x. One number is
        lowered to what the sample carries, as `spec["max_lags"]` says.
    trend : {"c", "n", "ct"}
        Intercept, nothing, intercept and linear trend.
    seasonal : {"weekday", "month", "quarter"}, optional
        Dummies of the date, less their mean, so that the intercept keeps its meaning.
    fixed : Series or DataFrame, optional
        Further regressors that enter as they are, without lags and outside the long run.
    cov : {"hac", "robust", "classical"}
        Newey–West, White (HC1) or classical covariance. The bounds tests use the classical one.
    bandwidth : {"newey-west", "andrews"} or int, optional
        Rule for, or number of, lags of the Newey–West covariance; "andrews" when None.
    where : Series of bool, optional
        Rows that may serve as observations; their lags may lie outside.
    minimum : int
        Fewest observations accepted.

    Notes
    -----
    y_t = c + Σ_{i=1}^{p} a_i y_{t-i} + Σ_j Σ_{i=0}^{q_j} b_{ji} x_{j,t-i} + u_t. It is the
    regression of `carbonlink.ECM` in other letters: φ = 1 − Σ a_i, θ_j = Σ_i b_{ji}/φ, with the
    same residuals; it is estimated in that form, `result.ecm`. The criterion compares all orders
    on the one sample that the longest leaves; the choice is then estimated on all of its rows.

    References
    ----------
    Pesaran, M. H., Shin, Y. and Smith, R. J. (2001). Bounds testing approaches to the analysis
    of level relationships. Journal of Applied Econometrics 16, 289–326. doi:10.1002/jae.616

    Examples
    --------
    >>> import carbonlink as cl
    >>> data = cl.simulate.error_correction(400, long_run=0.8, adjustment=0.2, rng=1)
    >>> fit = cl.ARDL(data["effect"], data["cause"], lags=2, order=1).fit()
    >>> list(fit.params.index)
    ['const', 'effect.L1', 'effect.L2', 'cause', 'cause.L1']
    >>> fit.bounds_test(case=3).decision
    'rejected'
    """

    y: Any
    x: Any
    lags: int | str = "bic"
    order: int | tuple[int, ...] | None = None
    max_lags: int | tuple[int, ...] = 8
    trend: str = "c"
    seasonal: str | None = None
    fixed: Any = None
    cov: str = "hac"
    bandwidth: str | int | None = None
    where: Any = None
    minimum: int = 40

    def fit(self) -> ARDLResults:
        """Estimate the model.

        Returns
        -------
        ARDLResults

        Raises
        ------
        TooFewObservationsError
            With fewer complete rows than `minimum`, or than the coefficients need.
        SpecificationError
            A regressor does not vary or repeats another.
        """
        return fit_ardl(**vars(self))


def fit_ardl(
    y: Any,
    x: Any,
    lags: int | str = "bic",
    order: int | tuple[int, ...] | None = None,
    max_lags: int | tuple[int, ...] = 8,
    trend: str = "c",
    seasonal: str | None = None,
    fixed: Any = None,
    cov: str = "hac",
    bandwidth: str | int | None = None,
    where: Any = None,
    minimum: int = 40,
) -> ARDLResults:
    """Estimate an autoregressive distributed lag (see `ARDL`)."""
    arguments = dict(locals())
    outside = _outside(fixed, seasonal, y)
    settings = {"trend": trend, "where": where, "minimum": minimum, "fixed": outside}
    search = None
    chosen: Any = (lags, order)
    if isinstance(lags, str):
        search = choose(y, x, None, lags, order, max_lags, **settings)
        chosen = (search.lags, search.orders)
    ecm = fit_ecm(y, x, lags=chosen[0], order=chosen[1], cov=cov, bandwidth=bandwidth, **settings)
    matrix, shift, terms = kernel.levels_form(ecm.terms)
    labels = [label(term, (*ecm.names, *(ecm.spec["fixed"] or ())[::-1])) for term in terms]
    return ARDLResults(
        params=pd.Series(matrix @ ecm.params.to_numpy() + shift, labels, name="estimate"),
        cov=pd.DataFrame(matrix @ ecm.cov.to_numpy() @ matrix.T, labels, labels),
        loglik=ecm.loglik,
        reference=ecm.reference,
        df_resid=ecm.df_resid,
        market=ecm.market,
        ecm=ecm,
        spec={
            **ecm.spec,
            "chosen_by": lags if search else "given",
            "max_lags": search.longest if search else None,
            "orders_compared": search.tried if search else None,
            "seasonal": seasonal,
        },
        sample=ecm.sample,
        notes=ecm.notes,
        recipe=Recipe(fit_ardl, arguments),
    )


def choose(
    y: Any,
    x: Any,
    controls: Any,
    criterion: str,
    order: Any,
    max_lags: int | Sequence[int],
    *,
    trend: str,
    where: Any,
    minimum: int,
    fixed: Any,
) -> kernel.OrderSearch:
    """Return the orders with the least criterion, each variable by itself."""
    check_choice("lags", criterion, CRITERIA)
    check_choice("trend", trend, TRENDS)
    if order is not None:
        raise SpecificationError(
            f"order={order!r} cannot be combined with lags={criterion!r}.",
            "Give lags as a number, or leave order out.",
        )
    effect, causes, _ = joined(y, x, controls)
    outside = outside_columns(fixed, effect.index, (str(effect.name), *causes.columns))
    keep = row_mask(where, effect.index)
    arrays = effect.to_numpy(), causes.to_numpy()
    longest = _longest(max_lags, causes.shape[1])
    while True:
        layout = kernel.design(*arrays, longest[0], longest[1:], trend, outside.to_numpy())
        rows = int((layout.complete & keep).sum())
        if np.ndim(max_lags) or longest[0] == 1 or fits(rows, len(layout.terms), minimum):
            break
        longest = (longest[0] - 1,) * len(longest)
    check_size(rows, len(layout.terms), minimum)
    needed = kernel.regressions(longest)
    if needed > MOST_REGRESSIONS:
        raise SpecificationError(
            f"Orders up to {longest} take {needed:,} regressions; the limit is "
            f"{MOST_REGRESSIONS:,}.",
            "Lower max_lags, use fewer causes, or give lags and order.",
        )
    found = kernel.search_orders(*arrays, longest, trend, keep, criterion, outside.to_numpy())
    if not np.isfinite(found.value):
        raise SpecificationError(
            "Every order has collinear terms: a cause is constant or repeats another.",
            "Leave it out, or use a sample in which it moves.",
        )
    return found


def _longest(max_lags: Any, causes: int) -> tuple[int, ...]:
    """Return the longest order of y and of each cause, or say why there is none."""
    given = (max_lags,) * (causes + 1) if np.ndim(max_lags) == 0 else tuple(max_lags)
    whole = all(not isinstance(q, bool) and q == int(q) >= 0 for q in given)
    if len(given) != causes + 1 or not whole or given[0] < 1:
        raise SpecificationError(
            f"max_lags={max_lags!r} does not fit an effect and {causes} causes.",
            "Give one number, or one of 1 or more for the effect and of 0 or more for each cause.",
        )
    return tuple(int(q) for q in given)


def _outside(fixed: Any, seasonal: str | None, y: Any) -> Any:
    """Return the fixed regressors with the seasonal dummies beside them, None without any."""
    if seasonal is None:
        return fixed
    check_choice("seasonal", seasonal, SEASONS)
    index = check_index(y.index, "y")
    if not isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        raise SpecificationError(
            f"seasonal={seasonal!r} needs dates; y has labels like {index[0]!r}.",
            "Give y a DatetimeIndex, or leave seasonal out.",
        )
    season = pd.Series(getattr(index, SEASONS[seasonal]), index, name=seasonal)
    dummies = pd.get_dummies(season, prefix=seasonal, dtype=float).iloc[:, 1:]
    if not dummies.shape[1]:
        raise SpecificationError(f"y has one {seasonal} only.", "Leave seasonal out.")
    centred = dummies - dummies.mean()
    return centred if fixed is None else pd.concat([pd.DataFrame(fixed), centred], axis=1)
