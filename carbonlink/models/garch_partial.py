"""Days without a trade and days at a price limit, as a GARCH model takes them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..kernels.garch import likelihood
from ..kernels.garch_estimate import Estimate
from ..kernels.garch_partial import DOWN, IDLE, NEWS, PARTIAL_VOLS, SEEN, UP
from ..kernels.garch_tail import TAILS
from ..kernels.trade_logit import Logit, fit_logit
from .frames import check_frame, check_index, listed

_STEP = 1e-4
_MOST_BEYOND = 0.25
_RELATIVE = 1e-6
LEAST_IDLE = 10
"""Fewest days without a trade from which their chance is estimated."""


@dataclass(frozen=True, eq=False)
class Partial:
    """What is known of each row.

    Attributes
    ----------
    kind : ndarray, shape (n,), or None
        As `carbonlink.kernels.garch_partial` names the days; None when all are seen whole.
    logit : Logit or None
        The model of a trade.
    trade_names : tuple of str
        Names of its parameters.
    notes : tuple of str
    """

    kind: np.ndarray | None = None
    logit: Logit | None = None
    trade_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def offset(self) -> np.ndarray | None:
        """−ln π_t: how much larger the log-variance of a return is where trades are rare."""
        return None if self.logit is None else -np.log(self.logit.probability)


def check_combination(vol: str, mean: str, dist: str, form: str, trade: Any, limits: Any) -> None:
    """Raise where a model cannot take days without a trade or at a limit, with the reason."""
    if trade is None and limits is None:
        return
    what = "trade=" if limits is None else "limits=" if trade is None else "trade= and limits="
    if vol not in PARTIAL_VOLS:
        raise SpecificationError(
            f"{what} needs vol in {', '.join(PARTIAL_VOLS)}: what a hidden shock adds to "
            f"the variance of {vol} has no form here.",
            "Choose one of them.",
        )
    if form != "multiplicative":
        raise SpecificationError(
            f"{what} needs variance_form='multiplicative', not {form!r}.", "Leave it out."
        )
    if trade is not None and mean == "ar":
        raise SpecificationError(
            "mean='ar' needs yesterday's return, which a day without a trade does not have.",
            "Use mean='constant' or 'zero', or leave trade= out.",
        )
    if limits is not None and dist not in TAILS:
        raise SpecificationError(
            f"limits= needs dist in {', '.join(TAILS)}: the chance and the mean square beyond a "
            f"limit are not programmed for {dist!r}.",
            "Use dist='t'.",
        )


def check_trade(trade: Any, index: pd.Index) -> np.ndarray:
    """Return which rows have a genuine trade.

    Parameters
    ----------
    trade : Series or ndarray of bool
        A row a return, aligned by label; 0 and 1 will do.
    index : Index
        Labels of the returns.
    """
    if isinstance(trade, np.ndarray) and trade.shape == (len(index),):
        trade = pd.Series(trade, index=index)
    if not isinstance(trade, pd.Series):
        raise DataError("trade is no Series of True and False.", "Give one row a return.")
    trade = trade.set_axis(check_index(trade.index, "trade"))
    absent = index.difference(trade.index)
    if len(absent):
        raise DataError(
            f"trade has no row for {len(absent)} of the {len(index)} rows of y: {listed(absent)}.",
            "Give it on every date of y.",
        )
    chosen = trade.reindex(index)
    values = pd.to_numeric(chosen, errors="coerce").astype(float).to_numpy()
    wrong = ~np.isin(values, (0.0, 1.0))
    if wrong.any():
        raise DataError(
            f"trade is neither True nor False on {int(wrong.sum())} dates: {listed(index[wrong])}.",
            "Say of each day whether a genuine trade took place.",
        )
    idle = int((values == 0).sum())
    if idle < LEAST_IDLE:
        raise TooFewObservationsError(
            f"trade marks {idle} days without a trade; the chance of one needs {LEAST_IDLE}.",
            "Leave trade= out and drop those days.",
        )
    return values == 1.0


def check_limits(limits: Any, y: pd.Series, traded: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return the kind of each row by its limits, and remarks.

    Parameters
    ----------
    limits : DataFrame or tuple of (lower, upper)
        Limits of the return in the units of y (numbers or Series), or, as booleans, whether the
        lower and the upper limit was hit.
    y : Series
        Returns.
    traded : ndarray of bool, shape (n,)
    """
    lower, upper = _pair(limits, y.index)
    values = y.to_numpy(float)
    if lower.dtype == bool:
        down, up, beyond = lower & traded, upper & traded, np.zeros(len(y), bool)
    else:
        crossed = traded & (lower >= upper)
        if crossed.any():
            raise DataError(
                f"The lower limit is not below the upper one on {listed(y.index[crossed])}.",
                "Give (lower, upper), in the units of y.",
            )
        with np.errstate(invalid="ignore"):
            slack = _RELATIVE * np.abs(np.stack([lower, upper]))
            down = traded & (np.abs(values - lower) <= slack[0])
            up = traded & (np.abs(values - upper) <= slack[1])
            beyond = traded & ((values < lower - slack[0]) | (values > upper + slack[1]))
    if (down & up).any():
        raise DataError(
            f"Both limits are hit on {listed(y.index[down & up])}.", "A day has one close."
        )
    middle = float(np.median(values[traded]))
    wrong = (up & (values <= middle)) | (down & (values >= middle))
    if wrong.any():
        raise DataError(
            f"{int(wrong.sum())} returns are marked as limit days on the wrong side of the median "
            f"return, {middle:.3g}: {listed(y.index[wrong])}.",
            "Give (lower, upper) in this order, and the returns of those days.",
        )
    remarks = []
    if beyond.sum() > _MOST_BEYOND * traded.sum():
        far = float(np.abs(values[beyond]).max())
        raise DataError(
            f"{int(beyond.sum())} of {int(traded.sum())} returns lie beyond their limits (the "
            f"largest is {far:.3g}): the limits are not those of these returns.",
            "Give them in the units of y: (-10, 10) for ±10 % and returns in per cent.",
        )
    if beyond.any():
        remarks.append(
            f"{int(beyond.sum())} returns lie beyond their limit and are taken as seen whole: "
            f"{listed(y.index[beyond])}."
        )
    share = float((up | down).sum() / traded.sum())
    if share > 0.25:
        remarks.append(
            f"{100 * share:.0f} % of the returns are at a limit: the volatility beyond it is what "
            "the density says, not the data."
        )
    return np.where(up, UP, np.where(down, DOWN, SEEN)).astype(np.int8), remarks


def _pair(limits: Any, index: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(limits, pd.DataFrame):
        names = [str(c) for c in limits.columns]
        if {"lower", "upper"} <= set(names):
            limits = limits.set_axis(names, axis=1)[["lower", "upper"]]
        if limits.shape[1] != 2:
            raise DataError(
                f"limits has columns {listed(names)}.", "Give two: lower and upper, in this order."
            )
        limits = tuple(limits.iloc[:, i] for i in range(2))
    if not isinstance(limits, (tuple, list)) or len(limits) != 2:
        raise DataError(
            "limits is no pair.", "Give (lower, upper): numbers, Series, or a frame of the two."
        )
    flags = all(pd.api.types.is_bool_dtype(np.asarray(v).dtype) for v in limits)
    lower, upper = (_aligned(v, index, flags) for v in limits)
    return lower, upper


def _aligned(values: Any, index: pd.Index, flags: bool) -> np.ndarray:
    if np.ndim(values) == 0:
        return np.full(len(index), bool(values) if flags else float(values))
    if isinstance(values, np.ndarray) and len(values) == len(index):
        values = pd.Series(values, index=index)
    column = check_frame(values.astype(float), "limits").iloc[:, 0]
    absent = index.difference(column.index)
    if len(absent):
        raise DataError(
            f"limits has no row for {len(absent)} rows of y: {listed(absent)}.",
            "Give them on every date of y; a missing value on a date means no limit.",
        )
    found = column.reindex(index).to_numpy()
    return found == 1.0 if flags else found


def partial(
    y: pd.Series, trade: np.ndarray | None, limits: Any, trade_x: pd.DataFrame, idle: str
) -> Partial:
    """Work out the kind of each row, and fit the chance of a trade."""
    check_choice("idle", idle, NEWS)
    if trade is None and limits is None:
        return Partial()
    traded = np.ones(len(y), bool) if trade is None else trade
    kind = np.zeros(len(y), np.int8)
    remarks: list[str] = []
    if limits is not None:
        kind, remarks = check_limits(limits, y, traded)
    kind = np.where(traded, kind, IDLE).astype(np.int8)
    if trade is None:
        return Partial(kind if (kind != SEEN).any() else None, notes=tuple(remarks))
    logit = fit_logit(trade, trade_x.to_numpy(float))
    if not logit.dynamic:
        remarks.append(
            "The chance of a trade does not move with past trades (by BIC): it is taken as "
            + ("constant." if trade_x.empty else "moving with its regressors alone.")
        )
    names = (*logit.names, *trade_x.columns)
    return Partial(kind, logit, tuple(f"trade[{n}]" for n in names), tuple(remarks))


def stacked_covariances(found: Estimate, logit: Logit) -> dict[str, np.ndarray]:
    """Return the covariances of variance and trade parameters, estimated one after the other.

    Notes
    -----
    With s₁, H₁ score and Hessian of the logit, s₂, H₂ those of the variance given π, and
    G = ∂²ℓ₂/∂θ₂∂θ₁': θ̂₁ − θ₁ ≈ (−H₁)⁻¹ Σ s₁ and θ̂₂ − θ₂ ≈ (−H₂)⁻¹ Σ (s₂ + G(−H₁)⁻¹ s₁).
    "robust" is the sum of outer products of these; "hessian" and "opg" take the two scores to
    be uncorrelated, with the variance (−H)⁻¹ or the inverse sum of outer products for each.

    References
    ----------
    Newey, W. K. and McFadden, D. (1994). Large sample estimation and hypothesis testing.
    Handbook of Econometrics 4, 2111–2245.
    """
    best, size = found.maximum, len(found.params)
    first = np.linalg.pinv(-logit.hessian)
    cross = _cross(found, logit)
    inner = -(best.free.T @ best.hessian @ best.free)
    jacobian = _jacobian(found)
    try:
        second = best.free @ np.linalg.inv(inner) @ best.free.T
        opg = best.free @ np.linalg.inv(_outer(best.at.scores() @ best.free)) @ best.free.T
    except np.linalg.LinAlgError:
        second = opg = np.full((size, size), np.nan)
    influence = logit.scores @ first
    moved = (best.at.scores() + influence @ cross.T) @ second @ jacobian.T
    both = np.hstack([moved, influence])
    covs = {"robust": both.T @ both}
    pairs = {"hessian": (second, first), "opg": (opg, np.linalg.pinv(_outer(logit.scores)))}
    for kind, (own, other) in pairs.items():
        link = jacobian @ second @ cross
        top = jacobian @ own @ jacobian.T + link @ other @ link.T
        covs[kind] = np.block([[top, link @ other], [other @ link.T, other]])
    held = list(found.determined)
    for cov in covs.values():
        cov[held, :] = np.nan
        cov[:, held] = np.nan
    return covs


def _outer(scores: np.ndarray) -> np.ndarray:
    return scores.T @ scores


def _cross(found: Estimate, logit: Logit) -> np.ndarray:
    """∂²ℓ₂/∂θ₂∂θ₁' in standardised θ₂, by central differences of exact gradients."""
    p, theta = found.problem, found.maximum.theta
    slopes = -(1 - logit.probability)[:, None] * logit.slopes
    columns = []
    for slope in slopes.T:
        half = _STEP / max(float(np.abs(slope).max()), 1e-12)
        up, down = (dataclasses.replace(p, offset=p.offset + s * half * slope) for s in (1, -1))
        change = likelihood(theta, up).gradient() - likelihood(theta, down).gradient()
        columns.append(change / (2 * half))
    return np.column_stack(columns)


def _jacobian(found: Estimate) -> np.ndarray:
    from ..kernels.garch_estimate import to_units

    return to_units(found.maximum.theta, found.problem, found.units)[1]
