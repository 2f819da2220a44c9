"""Covariances of least-squares estimates: classical, White's, and Newey and West's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RULES = ("newey-west", "andrews")


@dataclass(frozen=True)
class Sandwich:
    """A covariance matrix and how it was made.

    Attributes
    ----------
    cov : ndarray, shape (k, k)
    kind : str
        "classical", "robust" or "hac".
    bandwidth : float
        S of the Bartlett weights 1 − j/S (NaN unless kind is "hac"); `lags` autocovariances
        have a positive weight.
    rule : str
        The automatic rule that chose S, "given", or "".
    """

    cov: np.ndarray
    kind: str
    bandwidth: float = float("nan")
    rule: str = ""

    @property
    def lags(self) -> int:
        """Number of autocovariances with a positive weight."""
        return 0 if np.isnan(self.bandwidth) else max(int(np.ceil(self.bandwidth)) - 1, 0)

    def __str__(self) -> str:
        if self.kind != "hac":
            return self.kind
        return f"hac (Bartlett, {self.lags} lags, {self.rule})"


def classical(residuals: np.ndarray, bread: np.ndarray) -> Sandwich:
    """Return s²(X'X)⁻¹ with s² = e'e/(n − k)."""
    n, k = len(residuals), len(bread)
    return Sandwich(bread * (residuals @ residuals) / (n - k), "classical")


def robust(regressors: np.ndarray, residuals: np.ndarray, bread: np.ndarray) -> Sandwich:
    """Return the heteroskedasticity-robust covariance scaled by n/(n − k) (HC1)."""
    n, k = regressors.shape
    scores = regressors * residuals[:, None]
    return Sandwich(n / (n - k) * bread @ (scores.T @ scores) @ bread, "robust")


def hac(
    regressors: np.ndarray,
    residuals: np.ndarray,
    bread: np.ndarray,
    bandwidth: str | int = "andrews",
) -> Sandwich:
    """Return the Newey–West covariance, scaled by n/(n − k).

    Parameters
    ----------
    regressors : ndarray, shape (n, k)
    residuals : ndarray, shape (n,)
    bread : ndarray, shape (k, k)
        (X'X)⁻¹.
    bandwidth : {"andrews", "newey-west"} or int
        An automatic rule, or the number of lags L, for which S = L + 1.

    Returns
    -------
    Sandwich

    Notes
    -----
    V = n/(n−k) (X'X)⁻¹ [Γ₀ + Σ_{j<S} (1 − j/S)(Γ_j + Γ_j')] (X'X)⁻¹ with
    Γ_j = Σ_t s_t s_{t-j}', s_t = x_t e_t.

    References
    ----------
    Newey, W. K. and West, K. D. (1987). Econometrica 55, 703–708. doi:10.2307/1913610
    """
    n, k = regressors.shape
    scores = regressors * residuals[:, None]
    if isinstance(bandwidth, str):
        informative = np.ptp(regressors, axis=0) > 0
        chosen = scores[:, informative] if informative.any() else scores
        rule = {"newey-west": newey_west_bandwidth, "andrews": andrews_bandwidth}[bandwidth]
        width, name = rule(chosen), bandwidth
    else:
        width, name = float(bandwidth) + 1, "given"
    meat = bartlett(scores, width)
    return Sandwich(n / (n - k) * bread @ meat @ bread, "hac", width, name)


def bartlett(scores: np.ndarray, width: float) -> np.ndarray:
    """Return Γ₀ + Σ_{j<S} (1 − j/S)(Γ_j + Γ_j') of scores (n, k), with S = `width`."""
    total = scores.T @ scores
    for j in range(1, min(int(np.ceil(width)), len(scores))):
        gamma = scores[j:].T @ scores[:-j]
        total += (1 - j / width) * (gamma + gamma.T)
    return total


def newey_west_bandwidth(scores: np.ndarray) -> float:
    """Return S = ⌊1.1447 (ŝ₁/ŝ₀)^{2/3} n^{1/3}⌋ + 1 of Newey and West (1994).

    Parameters
    ----------
    scores : ndarray, shape (n, k)
        x_t e_t without the column of the intercept. Columns are brought to unit variance and
        added, so that the choice does not depend on the units of the regressors.

    Notes
    -----
    ŝ_q = Σ_{|j| ≤ m} |j|^q γ̂_j with m = ⌊4 (n/100)^{2/9}⌋.

    References
    ----------
    Newey, W. K. and West, K. D. (1994). Review of Economic Studies 61, 631–653.
    doi:10.2307/2297912
    """
    n = len(scores)
    series = _unit_variance(scores).sum(axis=1)
    m = int(4 * (n / 100) ** (2 / 9))
    gamma = np.array([series[j:] @ series[: n - j] / n for j in range(m + 1)])
    s0 = gamma[0] + 2 * gamma[1:].sum()
    s1 = 2 * (np.arange(1, m + 1) * gamma[1:]).sum()
    if s0 == 0:
        return 1.0
    ratio = abs(s1 / s0) ** (2 / 3)
    return float(min(int(1.1447 * ratio * n ** (1 / 3)), n - 1)) + 1


def andrews_bandwidth(scores: np.ndarray) -> float:
    """Return S = 1.1447 (α̂(1) n)^{1/3} of Andrews (1991) with AR(1) fits to the scores.

    Parameters
    ----------
    scores : ndarray, shape (n, k)
        As in `newey_west_bandwidth`.

    Notes
    -----
    α̂(1) = Σ_a 4ρ_a²σ_a⁴/[(1−ρ_a)⁶(1+ρ_a)²] / Σ_a σ_a⁴/(1−ρ_a)⁴, with |ρ_a| ≤ 0.97.

    References
    ----------
    Andrews, D. W. K. (1991). Econometrica 59, 817–858. doi:10.2307/2938229
    """
    n = len(scores)
    series = _unit_variance(scores)
    past, now = series[:-1], series[1:]
    rho = np.clip((past * now).sum(axis=0) / (past * past).sum(axis=0), -0.97, 0.97)
    variance = ((now - rho * past) ** 2).mean(axis=0)
    above = (4 * rho**2 * variance**2 / ((1 - rho) ** 6 * (1 + rho) ** 2)).sum()
    below = (variance**2 / (1 - rho) ** 4).sum()
    return float(np.clip(1.1447 * (above / below * n) ** (1 / 3), 1.0, n))


def autoregressive_long_run_variance(series: np.ndarray, most: int = 8) -> tuple[float, int]:
    """Return the long-run variance of an autoregression's spectrum at zero, and its order.

    Parameters
    ----------
    series : ndarray, shape (n,)
        Residuals with mean zero.
    most : int
        Longest order; the Schwarz criterion chooses among 0…`most` on the same rows.

    Notes
    -----
    ω² = σ̂²/(1 − Σ φ̂_j)² with σ̂² = e'e/(n − p) and 1 − Σ φ̂_j at least 0.03.

    References
    ----------
    Andrews, D. W. K. and Monahan, J. C. (1992). An improved heteroskedasticity and
    autocorrelation consistent covariance matrix estimator. Econometrica 60, 953–966.
    doi:10.2307/2951574
    """
    n = len(series)
    most = min(most, n // 10)
    past = np.column_stack([series[most - j : n - j] for j in range(most + 1)])
    now, found = past[:, 0], []
    for order in range(most + 1):
        lags = past[:, 1 : order + 1]
        params = np.linalg.lstsq(lags, now, rcond=None)[0]
        rss = float(((now - lags @ params) ** 2).sum())
        criterion = len(now) * np.log(max(rss, 1e-300)) + order * np.log(len(now))
        variance = rss / (len(now) - order) / max(1 - params.sum(), 0.03) ** 2
        found.append((criterion, order, variance))
    _, order, variance = min(found)
    return float(variance), order


def _unit_variance(scores: np.ndarray) -> np.ndarray:
    spread = np.sqrt((scores * scores).mean(axis=0))
    return scores / np.where(spread > 0, spread, 1.0)
