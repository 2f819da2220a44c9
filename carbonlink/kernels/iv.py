"""Two-stage least squares of one cause, with what weak-instrument inference needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .absorb import Absorber
from .ols import DEPENDENT

BIAS = 0.1
"""Share of the worst-case bias that a strong instrument keeps below, with 5 % risk."""


@dataclass(frozen=True)
class Stages:
    """The three regressions of one cause on K instruments, others partialled out.

    Attributes
    ----------
    outcome, cause : ndarray, shape (n,)
        Residuals on the effects and controls.
    instruments : ndarray, shape (n, K)
        Orthonormal columns that span the instruments' residuals.
    reduced, first : ndarray, shape (K,)
        Coefficients of outcome and cause on them.
    scores_reduced, scores_first : ndarray, shape (n, K)
        Instruments times the residuals of the two regressions.
    estimate : float
        Two-stage least squares.
    residuals : ndarray, shape (n,)
    lost : int
        Coefficients estimated beside the cause's: effects and controls.
    """

    outcome: np.ndarray
    cause: np.ndarray
    instruments: np.ndarray
    reduced: np.ndarray
    first: np.ndarray
    scores_reduced: np.ndarray
    scores_first: np.ndarray
    estimate: float
    residuals: np.ndarray
    lost: int


def two_stages(
    outcome: np.ndarray,
    cause: np.ndarray,
    instruments: np.ndarray,
    controls: np.ndarray,
    absorber: Absorber,
) -> Stages:
    """Regress an outcome on a cause by instruments.

    Parameters
    ----------
    outcome, cause : ndarray, shape (n,)
    instruments : ndarray, shape (n, K)
    controls : ndarray, shape (n, c)
        Exogenous regressors; a constant where nothing is absorbed.
    absorber : Absorber
        Group effects, swept out of every column.

    Notes
    -----
    β = (d'P_Z d)⁻¹ d'P_Z y on the residuals of y, d and Z given controls and effects. With the
    instruments made orthonormal, β = f'r / f'f for the coefficients r of y and f of d on them.
    """
    n = len(outcome)
    columns = np.column_stack([outcome, cause, instruments, controls])
    swept = absorber.within(columns, np.ones(n))
    rest = swept[:, 2 + instruments.shape[1] :]
    basis = _basis(rest)
    block = swept[:, : 2 + instruments.shape[1]]
    block = block - basis @ (basis.T @ block)
    y, d = block[:, 0], block[:, 1]
    z = _basis(block[:, 2:], np.linalg.norm(columns[:, 2 : 2 + instruments.shape[1]], axis=0))
    sizes = absorber.sizes
    lost = basis.shape[1] + sum(sizes) - max(len(sizes) - 1, 0)
    reduced, first = z.T @ y, z.T @ d
    estimate = float(first @ reduced / (first @ first)) if z.shape[1] else float("nan")
    return Stages(
        outcome=y,
        cause=d,
        instruments=z,
        reduced=reduced,
        first=first,
        scores_reduced=z * (y - z @ reduced)[:, None],
        scores_first=z * (d - z @ first)[:, None],
        estimate=estimate,
        residuals=y - estimate * d,
        lost=lost,
    )


def _basis(columns: np.ndarray, scale: np.ndarray | None = None) -> np.ndarray:
    """Return orthonormal columns that span the given ones; a column without length has no part."""
    length = np.linalg.norm(columns, axis=0)
    least = DEPENDENT * (np.ones(len(length)) if scale is None else scale)
    columns = columns[:, length > least]
    if not columns.shape[1]:
        return np.empty((len(columns), 0))
    q, r = np.linalg.qr(columns / np.linalg.norm(columns, axis=0))
    return q[:, np.abs(np.diag(r)) > DEPENDENT]


def effective_f(stages: Stages, variance: np.ndarray) -> tuple[float, float]:
    """Return the effective F statistic of the instruments and its critical value.

    Parameters
    ----------
    stages : Stages
    variance : ndarray, shape (K, K)
        Robust covariance of `stages.first`.

    Returns
    -------
    statistic, critical : float
        Above the critical value the worst-case bias of two-stage least squares exceeds a tenth of
        its benchmark with at most 5 % risk.

    Notes
    -----
    F_eff = f'f / tr(V). The critical value is Patnaik's approximation with the simple bound on
    the bias, x = 1/0.1: χ²_{1−α}(K_eff, K_eff·x)/K_eff with
    K_eff = tr(V)²(1 + 2x)/(tr(V'V) + 2x·tr(V)·maxeval(V)); 23.1 with one instrument.

    References
    ----------
    Montiel Olea, J. L. and Pflueger, C. (2013). A robust test for weak instruments. Journal of
    Business & Economic Statistics 31, 358–369.
    """
    from scipy import stats

    trace = float(np.trace(variance))
    x = 1 / BIAS
    largest = float(np.linalg.eigvalsh(variance)[-1])
    size = trace**2 * (1 + 2 * x) / (float((variance**2).sum()) + 2 * x * trace * largest)
    critical = float(stats.ncx2.ppf(0.95, size, size * x) / size)
    return float(stages.first @ stages.first / trace), critical


def anderson_rubin(
    stages: Stages,
    variances: tuple[np.ndarray, np.ndarray, np.ndarray],
    value: float,
) -> float:
    """Return the Anderson–Rubin statistic of the cause's coefficient being `value`.

    Parameters
    ----------
    variances : (V_rr, V_ff, V_rf)
        Covariances of `reduced`, of `first` and between them, each shape (K, K).

    Notes
    -----
    (r − βf)'(V_rr − β(V_rf + V_rf') + β²V_ff)⁻¹(r − βf), χ²(K) however weak the instruments.

    References
    ----------
    Andrews, I., Stock, J. H. and Sun, L. (2019). Weak instruments in instrumental variables
    regression: theory and practice. Annual Review of Economics 11, 727–753.
    doi:10.1146/annurev-economics-080218-025643
    """
    own, first, cross = variances
    if np.isinf(value):
        return float(stages.first @ np.linalg.solve(first, stages.first))
    gap = stages.reduced - value * stages.first
    spread = own - value * (cross + cross.T) + value**2 * first
    return float(gap @ np.linalg.solve(spread, gap))
