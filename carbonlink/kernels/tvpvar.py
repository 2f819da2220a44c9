"""A vector autoregression whose coefficients and shock covariance drift: one pass of a filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import var

RESTART = 0.99
"""Share of the state before that "shrink" restarts from after an explosive step."""

PROJECTED = 0.999
"""Largest companion root that "project" leaves."""


class SingularStepError(ArithmeticError):
    """The forecast covariance of an observation has no inverse; `args[0]` is its number."""


@dataclass(frozen=True)
class Start:
    """What is believed before the first observation.

    Attributes
    ----------
    mean : ndarray, shape (k, m)
        Coefficients, a row an equation: the constant first where there is one, then the lags.
    variance : ndarray, shape (k·m, k·m)
        Of the coefficients, equation by equation.
    sigma : ndarray, shape (k, k)
        Covariance of the shocks.
    """

    mean: np.ndarray
    variance: np.ndarray
    sigma: np.ndarray


@dataclass(frozen=True)
class Filtered:
    """Estimates after each observation, from that observation and those before it.

    Attributes
    ----------
    coefs : ndarray, shape (n, p, k, k)
    intercept : ndarray, shape (n, k)
    sigma : ndarray, shape (n, k, k)
    resid : ndarray, shape (n, k)
        One-step forecast errors.
    loglik : float
        Sum of the log densities of the forecast errors, given only what came before.
    explosive : ndarray of bool, shape (n,)
        Observations after which the companion matrix had a root above 1.
    last : ndarray, shape (k, m)
        The state after the last observation.
    variance : ndarray, shape (k·m, k·m)
        Its covariance.
    """

    coefs: np.ndarray
    intercept: np.ndarray
    sigma: np.ndarray
    resid: np.ndarray
    loglik: float
    explosive: np.ndarray
    last: np.ndarray
    variance: np.ndarray


def uninformative(k: int, lags: int, constant: bool, variance: float, sigma: np.ndarray) -> Start:
    """Return coefficients of zero, apart from each other, all with the same variance."""
    m = k * lags + constant
    return Start(np.zeros((k, m)), variance * np.eye(k * m), sigma)


def minnesota(k: int, lags: int, constant: bool, variance: float, sigma: np.ndarray) -> Start:
    """Return coefficients of zero with variance `variance`/l² at lag l, and `variance` at 0."""
    ones = [1.0] if constant else []
    each = np.concatenate([ones, np.repeat(1.0 / np.arange(1, lags + 1) ** 2, k)])
    return Start(np.zeros((k, len(each))), np.diag(variance * np.tile(each, k)), sigma)


def trained(
    values: np.ndarray, lags: int, rows: np.ndarray, constant: bool, variance: float, scaled: bool
) -> Start:
    """Return the least-squares fit on `rows`, always with a constant in the regression.

    Parameters
    ----------
    variance : float
        Multiplies the covariance of the coefficients.
    scaled : bool
        Whether that covariance is Σ ⊗ (Z'Z)⁻¹ or, without the shocks' size, I ⊗ (Z'Z)⁻¹.
    """
    fitted = var.fit(values, lags, rows, True)
    k = values.shape[1]
    slopes = fitted.coefs.transpose(1, 0, 2).reshape(k, k * lags)
    whole = np.column_stack([fitted.intercept, slopes])
    kept = slice(0 if constant else 1, None)
    shape = fitted.sigma if scaled else np.eye(k)
    return Start(
        whole[:, kept], variance * np.kron(shape, fitted.inverse[kept, kept]), fitted.sigma
    )


def run(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    start: Start,
    forgetting: tuple[float, float],
    *,
    constant: bool = True,
    stability: str = "previous",
    warm_up: float = np.nan,
) -> Filtered:
    """Filter a VAR whose coefficients walk at random, forgetting old data exponentially.

    Parameters
    ----------
    values : ndarray, shape (T, k)
    lags : int
    rows : ndarray of int, shape (n,)
        Observations in order. Rows without all their lags (only the first `lags` rows of the
        data) move the covariance alone.
    start : Start
    forgetting : (float, float)
        κ₁ of the coefficients and κ₂ of the covariance, in (0, 1].
    constant : bool
    stability : {"previous", "shrink", "project", "none"}
        What follows an explosive step; see `carbonlink.TVPVAR`.
    warm_up : float
        Share of y y' that stands for the squared forecast error on the rows up to and with the
        first that has all its lags; NaN for the forecast error itself.

    Returns
    -------
    Filtered

    Notes
    -----
    With z_t the constant and the lags, B the state and P its covariance, each observation does

    Σ_t = κ₂ Σ_{t−1} + (1 − κ₂) e_t e_t',   R_t = P_{t−1}/κ₁,
    F_t = Σ_t + (I ⊗ z_t') R_t (I ⊗ z_t),   G_t = R_t (I ⊗ z_t) F_t⁻¹,
    vec B_t = vec B_{t−1} + G_t e_t,   P_t = R_t − G_t (I ⊗ z_t') R_t.

    The products with I ⊗ z are contractions over one axis of R, never a Kronecker product.

    References
    ----------
    Koop, G. and D. Korobilis (2014). A new index of financial conditions. European Economic
    Review 71, 101–116. doi:10.1016/j.euroecorev.2014.07.002
    """
    path = _Path(values, lags, rows, start, constant)
    kappa, decay = forgetting
    state, covariance, sigma = start.mean.copy(), start.variance.copy(), start.sigma.copy()
    forecaster, inflation = state, 1.0
    for t, row in enumerate(rows):
        y, z = path.y[t], path.z[t]
        error = y - forecaster @ z
        before = sigma
        early = row <= lags and not np.isnan(warm_up)
        if t or not early:
            outer = warm_up * np.outer(y, y) if early else np.outer(error, error)
            sigma = decay * sigma + (1 - decay) * outer
        path.sigma[t], path.resid[t], path.states[t] = sigma, error, state
        if row < lags:
            continue
        try:
            given = state, covariance * inflation
            proposed, updated, path.forecast[t] = _update(*given, sigma, y, z, before)
            root = path.root(proposed)
        except np.linalg.LinAlgError as error_at:
            raise SingularStepError(t) from error_at
        inflation = 1 / kappa
        rule = "none" if root <= 1 or (t == 0 and stability == "shrink") else stability
        path.explosive[t] = root > 1
        state, covariance, forecaster = path.settle(
            t, rule, state, proposed, covariance, updated, root
        )
    return path.filtered(state, covariance)


def _update(
    state: np.ndarray,
    spread: np.ndarray,
    sigma: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    before: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The state and its covariance after an observation, and the covariance of its forecast."""
    k, m = state.shape
    known = spread.reshape(k * m, k, m) @ z
    forecast = z @ known.reshape(k, m, k)
    root = np.linalg.inv(np.linalg.cholesky(sigma + forecast))
    half = root @ known.T
    proposed = state + (half.T @ (root @ (y - state @ z))).reshape(k, m)
    return proposed, spread - half.T @ half, before + forecast


class _Path:
    """Arrays that fill up as the filter goes."""

    def __init__(
        self, values: np.ndarray, lags: int, rows: np.ndarray, start: Start, constant: bool
    ) -> None:
        n, k = len(rows), values.shape[1]
        self.lags, self.constant = lags, constant
        self.y = values[rows]
        past = var.lagged(values, lags, np.maximum(rows, lags))
        past[rows < lags] = 0.0
        ones = [np.ones((n, 1))] if constant else []
        self.z = np.hstack([*ones, past])
        self.states = np.empty((n, *start.mean.shape))
        self.sigma, self.resid = np.empty((n, k, k)), np.empty((n, k))
        self.forecast = np.full((n, k, k), np.nan)
        self.explosive = np.zeros(n, dtype=bool)
        self._companion = np.eye(k * lags, k=-k)

    def root(self, state: np.ndarray) -> float:
        """Largest modulus of the companion eigenvalues."""
        k = len(state)
        self._companion[:k] = state[:, self.constant :]
        return float(np.abs(np.linalg.eigvals(self._companion)).max())

    def settle(
        self,
        t: int,
        rule: str,
        state: np.ndarray,
        proposed: np.ndarray,
        covariance: np.ndarray,
        updated: np.ndarray,
        root: float,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Keep what the stability rule says; return the state, its covariance, the forecaster."""
        if rule == "none":
            self.states[t] = proposed
            return proposed, updated, proposed
        if rule == "shrink":
            self.states[t] = self.states[t - 1]
            return RESTART * state, updated, proposed
        if rule == "previous":
            self.states[t] = state
            return state, covariance, state
        power = np.repeat(np.arange(1, self.lags + 1), len(state))
        smaller = proposed.copy()
        smaller[:, self.constant :] *= (PROJECTED / root) ** power
        self.states[t] = smaller
        return smaller, updated, smaller

    def filtered(self, last: np.ndarray, variance: np.ndarray) -> Filtered:
        """Everything the filter went through."""
        n, k = self.resid.shape
        slopes = self.states[:, :, self.constant :].reshape(n, k, self.lags, k)
        constant = self.states[:, :, 0] if self.constant else np.zeros((n, k))
        return Filtered(
            slopes.transpose(0, 2, 1, 3), constant, self.sigma, self.resid,
            self._loglikelihood(), self.explosive, last, variance,
        )  # fmt: skip

    def _loglikelihood(self) -> float:
        seen = np.isfinite(self.forecast[:, 0, 0])
        cover, errors = self.forecast[seen], self.resid[seen]
        weights = np.linalg.solve(cover, errors[:, :, None])[:, :, 0]
        size = np.linalg.slogdet(cover)[1]
        fixed = self.resid.shape[1] * np.log(2 * np.pi)
        return float(-0.5 * np.sum(fixed + size + np.sum(errors * weights, axis=1)))
