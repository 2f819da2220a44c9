"""A vector autoregression of a frequent and a rarely seen series, by the Kalman filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError, DataError, TooFewObservationsError, check_choice
from .frames import check_series

MINIMUM = 40
RULES = ("mean", "sum", "last")


@dataclass(frozen=True)
class MixedStateResults:
    """A fitted mixed-frequency VAR(1).

    Attributes
    ----------
    coefs : DataFrame
        Effect of the column, a row before, on the row's series, at the high frequency.
    std_errors : DataFrame
    sigma : DataFrame
        Covariance of the shocks.
    loglik : float
    wald : DataFrame
        Each series not causing the other: statistic (chi-squared(1)) and p-value.
    nobs, nobs_rare : int
    notes : tuple of str
    """

    coefs: pd.DataFrame
    std_errors: pd.DataFrame
    sigma: pd.DataFrame
    loglik: float
    wald: pd.DataFrame
    nobs: int
    nobs_rare: int
    notes: tuple[str, ...]


def mixed_state(high: Any, low: Any, rule: str, minimum: int = MINIMUM) -> MixedStateResults:
    """Fit a VAR(1) at the high frequency to a series seen there and one seen at a lower one.

    Parameters
    ----------
    high : Series
        Weeks, say; missing values stay missing.
    low : Series
        Months, say, dated by the end of their periods. The part of the high calendar after one
        low date up to the next is a period.
    rule : {"mean", "sum", "last"}
        How the unseen frequent values of `low` make a seen one.
    minimum : int
        Fewest low observations; below 40 a note follows.

    Returns
    -------
    MixedStateResults

    Notes
    -----
    z_t = A z_{t-1} + u_t for both series less their means; the rare one is seen through a
    cumulator that starts anew in each period. The likelihood is Gaussian and exact; missing
    values are left to the filter, not filled.

    The calendars must nest. A week that straddles a month's end counts in the next month here,
    while the month's value may know its first days: the rare series then seems to lead the
    frequent one. Read that direction only where the frequent periods end on the low dates.

    References
    ----------
    Mariano, R. S. and Murasawa, Y. (2003). A new coincident index of business cycles based on
    monthly and quarterly series. Journal of Applied Econometrics 18, 427–443.
    doi:10.1002/jae.695

    Examples
    --------
    >>> import carbonlink as cl
    >>> from carbonlink.models.mixed_state import mixed_state
    >>> monthly, daily = cl.simulate.mixed_frequency(60, rng=1)
    >>> weekly = cl.aggregate(daily, "W", "sum").frame["cause"]
    >>> fitted = mixed_state(weekly, monthly, "sum")
    >>> fitted.nobs_rare
    60
    """
    check_choice("rule", rule, RULES)
    x, y = check_series(high, "high"), check_series(low, "low").dropna()
    for name, series in (("high", x), ("low", y)):
        if not isinstance(series.index, pd.DatetimeIndex):
            raise DataError(f"{name} has no dates.", "Give it a DatetimeIndex.")
    if len(y) < int(minimum) or len(y) < 12:
        raise TooFewObservationsError(
            f"{len(y)} values of {y.name}; {max(int(minimum), 12)} are needed.",
            f"Use a longer sample, or pass minimum={max(len(y), 12)} and accept a note.",
        )
    place = np.searchsorted(x.index.to_numpy(), y.index.to_numpy(), side="right") - 1
    place, keep = np.unique(place, return_index=True)
    if (place < 0).any() or len(place) < len(y):
        raise DataError("low is not rarer than high.", "Give the frequent series first.")
    seen = np.full((len(x), 2), np.nan)
    names = [str(x.name), str(y.name)]
    spread = np.array([x.std(), y.std()])
    seen[:, 0] = (x - x.mean()) / spread[0]
    seen[place, 1] = ((y - y.mean()) / spread[1]).to_numpy()[keep]
    fitted = _fit(seen, place, rule)
    scale = np.outer(spread, 1 / spread)
    errors = np.sqrt(np.clip(np.diag(fitted.cov_params())[:4], 0, None)).reshape(2, 2)
    coefs = np.asarray(fitted.params[:4]).reshape(2, 2)
    half = _half(np.asarray(fitted.params[4:]))
    sigma = half @ half.T * np.outer(spread, spread)
    from scipy import stats

    rows = []
    for effect, cause in ((1, 0), (0, 1)):
        statistic = float((coefs[effect, cause] / errors[effect, cause]) ** 2)
        rows.append(
            {
                "null": f"{names[cause]} does not cause {names[effect]}",
                "statistic": statistic,
                "p_value": float(stats.chi2.sf(statistic, 1)),
            }
        )
    notes = (f"Only {len(y)} rare values: fewer than {MINIMUM}.",) if len(y) < MINIMUM else ()
    return MixedStateResults(
        pd.DataFrame(coefs * scale, names, names),
        pd.DataFrame(errors * scale, names, names),
        pd.DataFrame(sigma, names, names),
        float(fitted.llf),
        pd.DataFrame(rows),
        int(x.notna().sum()),
        len(y),
        notes,
    )


def system(params: np.ndarray, n: int, place: np.ndarray, rule: str) -> dict[str, np.ndarray]:
    """Return the matrices of the state (x, y, cumulator) for `params`; see `mixed_state`."""
    a, half = params[:4].reshape(2, 2), _half(params[4:])
    starts = np.zeros(n, dtype=bool)
    starts[0] = True
    starts[place[place + 1 < n] + 1] = True
    carry = np.where(starts, 0.0, 1.0) if rule != "last" else np.zeros(n)
    transition = np.zeros((3, 3, n))
    transition[:2, :2] = a[:, :, None]
    transition[2, :2] = a[1][:, None]
    transition[2, 2] = np.r_[carry[1:], 0.0]
    share = np.ones(n)
    if rule == "mean":
        first = np.flatnonzero(starts)
        age = np.arange(n) - first[np.searchsorted(first, np.arange(n), side="right") - 1] + 1
        share = 1.0 / age
    design = np.zeros((2, 3, n))
    design[0, 0] = 1.0
    design[1, 2] = share
    selection = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    stationary = np.linalg.solve(np.eye(4) - np.kron(a, a), (half @ half.T).ravel()).reshape(2, 2)
    load = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    return {
        "transition": transition,
        "design": design,
        "selection": selection,
        "state_cov": half @ half.T,
        "start": load @ stationary @ load.T,
    }


def _half(free: np.ndarray) -> np.ndarray:
    return np.array([[np.exp(free[0]), 0.0], [free[1], np.exp(free[2])]])


def _fit(seen: np.ndarray, place: np.ndarray, rule: str) -> Any:
    import warnings

    from statsmodels.tsa.statespace import tools
    from statsmodels.tsa.statespace.mlemodel import MLEModel

    class Mixed(MLEModel):
        start_params = np.array([0.2, 0.0, 0.0, 0.2, -0.1, 0.0, 0.0])
        param_names = ["xx", "xy", "yx", "yy", "lx", "lxy", "ly"]

        def __init__(self) -> None:
            super().__init__(seen, k_states=3, k_posdef=2)
            self["obs_cov"] = np.zeros((2, 2))

        def transform_params(self, unconstrained: Any) -> Any:
            free = np.asarray(unconstrained, dtype=float)
            half = _half(free[4:])
            a = tools.constrain_stationary_multivariate(free[:4].reshape(2, 2), half @ half.T)[0]
            return np.r_[np.asarray(a).ravel(), free[4:]]

        def untransform_params(self, constrained: Any) -> Any:
            held = np.asarray(constrained, dtype=float)
            half = _half(held[4:])
            free = tools.unconstrain_stationary_multivariate(held[:4].reshape(2, 2), half @ half.T)[
                0
            ]
            return np.r_[np.asarray(free).ravel(), held[4:]]

        def update(self, params: Any, **kwargs: Any) -> None:
            params = super().update(params, **kwargs)
            made = system(np.asarray(params), len(seen), place, rule)
            for name in ("transition", "design", "selection", "state_cov"):
                self[name] = made[name]
            self.ssm.initialize_known(np.zeros(3), made["start"])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = Mixed().fit(
            disp=False,
            maxiter=500,
            optim_complex_step=False,
            cov_type="approx",
            cov_kwds={"approx_complex_step": False, "approx_centered": True},
        )
    a = np.asarray(fitted.params[:4]).reshape(2, 2)
    if not np.isfinite(fitted.llf) or np.abs(np.linalg.eigvals(a)).max() >= 1:
        raise ConvergenceError(
            "The mixed-frequency VAR has no stable optimum.", "Use changes in place of levels."
        )
    return fitted
