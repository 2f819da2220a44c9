"""The conditional error-correction model, with Fieller sets for its long run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..inference import hac
from ..kernels import ecm as kernel
from ..kernels.ols import LeastSquares, gaussian_loglik, least_squares
from ..results import Recipe, Sample
from .ecm_results import ECMResults
from .frames import check_frame, joined, listed

COVARIANCES = ("hac", "robust", "classical")
TRENDS = ("n", "c", "ct")
SPARE = 20
"""Rows beyond the number of coefficients that every fit must have."""


@dataclass(frozen=True, eq=False)
class ECM:
    """Model a series that returns to a long-run relation with others.

    Parameters
    ----------
    y : Series
        The effect, in levels.
    x : Series or DataFrame
        The causes, in levels, on the same dates.
    controls : Series or DataFrame, optional
        Further causes; they enter the long and the short run as `x` does.
    lags : int or {"bic", "aic"}
        Lags of `y` in levels (1 is the partial-adjustment form), and of every `x` unless
        `order` says otherwise; or the criterion that chooses one common order.
    order : int or tuple of int, optional
        Lags of each x (and control) in levels; 0 for the current level alone. Needs a number
        in `lags`.
    max_lags : int
        The longest order the criterion may choose.
    trend : {"c", "n", "ct"}
        Intercept, nothing, intercept and linear trend.
    cov : {"hac", "robust", "classical"}
        Newey–West, White (HC1) or classical covariance.
    bandwidth : {"newey-west", "andrews"} or int, optional
        Rule for, or number of, lags of the Newey–West covariance; "andrews" when None.
    where : Series of bool, optional
        Rows that may serve as observations; their lags may lie outside.
    minimum : int
        Fewest observations accepted.
    fixed : Series or DataFrame, optional
        Regressors that enter as they are, outside the long run: dummies, seasons.

    Notes
    -----
    Δy_t = c − φ(y_{t-1} − θ'x_{t-1}) + Σ_{i=1}^{p-1} γ_i Δy_{t-i} + Σ_j Σ_{i=0}^{q_j-1} δ_{ji}
    Δx_{j,t-i} + u_t, estimated by least squares in its unrestricted form; φ is the adjustment
    and θ the long run. A row is used only if it and all its lags exist: nothing is filled.
    Lags are rows: give the rows of the venues' common open days.

    References
    ----------
    Pesaran, M. H. and Shin, Y. (1999). An autoregressive distributed-lag modelling approach to
    cointegration analysis. In S. Strøm (ed), Econometrics and Economic Theory in the 20th
    Century. Cambridge University Press, 371–413.
    Pesaran, M. H., Shin, Y. and Smith, R. J. (2001). Bounds testing approaches to the analysis
    of level relationships. Journal of Applied Econometrics 16, 289–326. doi:10.1002/jae.616

    Examples
    --------
    >>> import carbonlink as cl
    >>> data = cl.simulate.error_correction(600, long_run=0.8, adjustment=0.1, rng=1)
    >>> fit = cl.ECM(data["effect"], data["cause"], lags=1).fit()
    >>> 0.8 in fit.long_run_set("cause")
    True
    """

    y: Any
    x: Any
    controls: Any = None
    lags: int | str = "bic"
    order: int | tuple[int, ...] | None = None
    max_lags: int = 8
    trend: str = "c"
    cov: str = "hac"
    bandwidth: str | int | None = None
    where: Any = None
    minimum: int = 40
    fixed: Any = None

    def fit(self) -> ECMResults:
        """Estimate the model.

        Returns
        -------
        ECMResults

        Raises
        ------
        TooFewObservationsError
            With fewer complete rows than `minimum`, or than the coefficients need.
        SpecificationError
            A regressor does not vary or repeats another.
        """
        return fit_ecm(**vars(self))


def fit_ecm(
    y: Any,
    x: Any,
    controls: Any = None,
    lags: int | str = "bic",
    order: int | tuple[int, ...] | None = None,
    max_lags: int = 8,
    trend: str = "c",
    cov: str = "hac",
    bandwidth: str | int | None = None,
    where: Any = None,
    minimum: int = 40,
    fixed: Any = None,
) -> ECMResults:
    """Estimate an error-correction model (see `ECM`)."""
    arguments = dict(locals())
    _check(lags, order, max_lags, trend, cov, bandwidth)
    effect, causes, dropped = joined(y, x, controls)
    levels, steps = causes.to_numpy(), effect.to_numpy()
    outside = outside_columns(fixed, effect.index, (str(effect.name), *causes.columns))
    extra = outside.to_numpy()
    keep = row_mask(where, effect.index)
    chosen, orders, most = _orders(
        steps, levels, lags, order, max_lags, trend, keep, minimum, extra
    )
    layout = kernel.design(steps, levels, chosen, orders, trend, extra)
    rows = layout.complete & keep
    names = (str(effect.name), *causes.columns)
    labels = [label(term, (*names, *outside.columns[::-1])) for term in layout.terms]
    check_size(int(rows.sum()), len(labels), minimum)
    target, regressors = layout.target[rows], layout.regressors[rows]
    fit = least_squares(target, regressors)
    _check_rank(fit, labels)
    sandwich = _covariance(regressors, fit, cov, bandwidth)
    dropped |= {
        "rows with a value or a lag missing": int((~layout.complete & keep).sum()),
        "rows outside where": int((~keep).sum()),
    }
    index = effect.index[rows]
    return ECMResults(
        params=pd.Series(fit.params, index=labels, name="estimate"),
        cov=pd.DataFrame(sandwich.cov, index=labels, columns=labels),
        loglik=gaussian_loglik(fit.rss, len(target)),
        reference="t",
        df_resid=float(fit.df_resid),
        market=names[0],
        terms=layout.terms,
        names=names,
        resid=pd.Series(fit.residuals, index=index, name="residual"),
        target=target,
        regressors=regressors,
        bread=fit.bread,
        spec={
            "effect": names[0],
            "causes": tuple(causes.columns),
            "fixed": tuple(outside.columns) or None,
            "lags": chosen,
            "order": orders,
            "chosen_by": lags if isinstance(lags, str) else "given",
            "max_lags": most,
            "trend": trend,
            "cov": str(sandwich),
            "where": "all rows" if where is None else "rows given",
            "minimum": minimum,
        },
        sample=Sample.of(index, dropped=dropped),
        notes=_notes(fit.params, layout.terms),
        recipe=Recipe(fit_ecm, arguments),
    )


def outside_columns(fixed: Any, index: pd.Index, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the columns that enter as they are on the dates of the sample, possibly none."""
    if fixed is None:
        return pd.DataFrame(index=index)
    frame = check_frame(fixed, "fixed").reindex(index)
    twice = [c for c in frame.columns if c in (*names, "const", "trend")]
    if twice:
        raise DataError(f"{listed(twice)} in fixed is a name already taken.", "Rename it.")
    return frame


def label(term: tuple[str, int, int], names: tuple[str, ...]) -> str:
    """Return the printed name of a regressor: "cea.L1" for a level, "D.cea.L1" for a change.

    The names of fixed columns stand at the end of `names`, the last one first.
    """
    kind, variable, lag = term
    if kind in ("const", "trend"):
        return kind
    if kind == "fixed":
        return names[variable]
    stem = names[variable] if kind == "level" else f"D.{names[variable]}"
    return stem if lag == 0 else f"{stem}.L{lag}"


def _check(lags: Any, order: Any, max_lags: Any, trend: str, cov: str, bandwidth: Any) -> None:
    check_choice("trend", trend, TRENDS)
    check_choice("cov", cov, COVARIANCES)
    if isinstance(lags, str):
        check_choice("lags", lags, ("bic", "aic"))
        if order is not None:
            raise SpecificationError(
                f"order={order!r} cannot be combined with lags={lags!r}.",
                "Give lags as a number, or leave order out.",
            )
        if max_lags < 1:
            raise SpecificationError(f"max_lags={max_lags!r} leaves no order.", "Use 1 or more.")
    elif isinstance(lags, bool) or int(lags) != lags or lags < 1:
        raise SpecificationError(
            f"lags={lags!r} is no lag order.", 'Use 1, 2, … or "bic" or "aic".'
        )
    if bandwidth is None:
        return
    if cov != "hac":
        raise SpecificationError(
            f"bandwidth={bandwidth!r} has no use with cov={cov!r}.", 'Set cov="hac".'
        )
    if isinstance(bandwidth, str):
        check_choice("bandwidth", bandwidth, hac.RULES)
    elif int(bandwidth) != bandwidth or bandwidth < 0:
        raise SpecificationError(f"bandwidth={bandwidth!r} is no number of lags.", "Use 0, 1, 2, …")


def row_mask(where: Any, index: pd.Index) -> np.ndarray:
    """Return which dates may serve as observations."""
    if where is None:
        return np.ones(len(index), bool)
    if not isinstance(where, pd.Series) or not pd.api.types.is_bool_dtype(where):
        raise SpecificationError(
            "where is not a Series of True and False.", "For example where=frame['wind'] > 100."
        )
    mask = where.reindex(index)
    missing = mask.index[mask.isna()]
    if len(missing):
        raise SpecificationError(
            f"where says nothing about {len(missing)} dates of the sample: {listed(missing)}.",
            "Give it a value on every date.",
        )
    return mask.to_numpy(bool)


def _orders(
    y: np.ndarray,
    x: np.ndarray,
    lags: int | str,
    order: Any,
    max_lags: int,
    trend: str,
    keep: np.ndarray,
    minimum: int,
    fixed: np.ndarray,
) -> tuple[int, tuple[int, ...], int | None]:
    """Return lags of y, lags of each x, and the longest order tried (None when given)."""
    m = x.shape[1]
    if not isinstance(lags, str):
        order = lags if order is None else order
        orders = tuple(int(o) for o in ((order,) * m if np.ndim(order) == 0 else order))
        if len(orders) != m or min(orders) < 0:
            raise SpecificationError(
                f"order={order!r} does not fit {m} causes.", "Give one order of 0 or more to each."
            )
        return int(lags), orders, None
    most = max_lags
    while most > 1:
        layout = kernel.design(y, x, most, (most,) * m, trend, fixed)
        if fits(int((layout.complete & keep).sum()), len(layout.terms), minimum):
            break
        most -= 1
    first = kernel.design(y, x, 1, (1,) * m, trend, fixed)
    check_size(int((first.complete & keep).sum()), len(first.terms), minimum)
    chosen = kernel.choose_lags(y, x, trend, most, keep, lags, fixed) if most > 1 else 1
    return chosen, (chosen,) * m, most


def fits(rows: int, coefficients: int, minimum: int) -> bool:
    """Return whether the rows carry the coefficients."""
    return rows >= max(minimum, coefficients + SPARE)


def check_size(rows: int, coefficients: int, minimum: int) -> None:
    """Raise unless the rows carry the coefficients."""
    if not fits(rows, coefficients, minimum):
        needed = max(minimum, coefficients + SPARE)
        raise TooFewObservationsError(
            f"The error-correction model has {rows} complete rows and {coefficients} "
            f"coefficients; it needs {needed} rows.",
            "Use a longer sample, fewer lags or fewer controls.",
        )


def _check_rank(fit: LeastSquares, labels: list[str]) -> None:
    if fit.collinear:
        names = listed(labels[j] for j in fit.collinear)
        raise SpecificationError(
            f"{names}: constant, or a combination of the terms before it.",
            "Leave it out, or use a sample in which it moves.",
        )


def _covariance(
    regressors: np.ndarray, fit: LeastSquares, cov: str, bandwidth: str | int | None
) -> hac.Sandwich:
    if cov == "classical":
        return hac.classical(fit.residuals, fit.bread)
    if cov == "robust":
        return hac.robust(regressors, fit.residuals, fit.bread)
    width = "andrews" if bandwidth is None else bandwidth
    return hac.hac(regressors, fit.residuals, fit.bread, width)


def _notes(params: np.ndarray, terms: tuple[tuple[str, int, int], ...]) -> tuple[str, ...]:
    adjustment = -params[terms.index(("level", 0, 1))]
    notes = [
        "The t-value of the adjustment is not normal when there is no level relationship: "
        "read the bounds test among the diagnostics.",
        "statistic and p_value of a long run are those of the linear restriction that it is 0 "
        "(Fieller), as its interval; std_error is the delta method's, so their ratio differs.",
    ]
    if adjustment <= 0:
        notes.append("The adjustment is not positive: the effect does not return to a long run.")
    elif adjustment > 1:
        notes.append("The adjustment exceeds one: gaps change sign, so no half-life describes it.")
    return tuple(notes)
