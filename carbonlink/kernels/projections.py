"""Local projections on bare arrays, with what their joint covariance needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ecm import lagged
from .ols import DEPENDENT


@dataclass(frozen=True)
class Projections:
    """Regressions of y at t, t + 1, … on a treatment at t, by least squares or an instrument.

    Attributes
    ----------
    estimates : ndarray, shape (h,)
        Reduced form over first stage; the reduced form itself without an instrument.
    reduced, first : ndarray, shape (h,)
        Effect of the instrument on the response and on the treatment (1 without one).
    influence, influence_reduced, influence_first : ndarray, shape (n, h)
        What each row adds to the error of an estimate, scaled by √(n_h/(n_h − k)); zero in rows
        not used. Their cross-products are covariances robust to heteroskedasticity.
    rows : ndarray, shape (h,)
        Observations of each regression.
    coefficients : int
        Coefficients of each regression, k.
    instrument, response : ndarray, shape (n, h)
        Instrument and response less their projection on the controls; zero in rows not used.
    collinear : tuple of int
        Columns of the controls that are combinations of those before them; the number of
        columns stands for the instrument. Nothing is estimated then.
    """

    estimates: np.ndarray
    reduced: np.ndarray
    first: np.ndarray
    influence: np.ndarray
    influence_reduced: np.ndarray
    influence_first: np.ndarray
    rows: np.ndarray
    coefficients: int
    instrument: np.ndarray
    response: np.ndarray
    collinear: tuple[int, ...] = ()


def lead(values: np.ndarray, steps: int) -> np.ndarray:
    """Return values moved `steps` rows up, NaN below."""
    return lagged(values[::-1], steps)[::-1]


def project(
    y: np.ndarray,
    treatment: np.ndarray,
    instrument: np.ndarray,
    controls: np.ndarray,
    horizon: int,
    keep: np.ndarray,
    cumulate_y: bool = False,
    cumulate_treatment: bool = False,
) -> Projections:
    """Project y at each horizon 0…`horizon` on a treatment, given controls.

    Parameters
    ----------
    y, treatment, instrument : ndarray, shape (n,)
        The instrument is the treatment itself for least squares.
    controls : ndarray, shape (n, c)
        With the intercept.
    keep : ndarray of bool, shape (n,)
        Rows that may serve as observations.
    cumulate_y, cumulate_treatment : bool
        Take sums from t to t + h in place of the value at t + h (y) or t (treatment).

    Notes
    -----
    With z̃ the instrument less its projection on the controls, b_h = z̃'Y_h / z̃'S_h. The rows of
    horizon h are those where the controls, the instrument, Y_h and S_h all exist.
    """
    n, c = controls.shape
    scale = np.sqrt(np.nansum(controls**2, axis=0))
    controls = controls / np.where(scale > 0, scale, 1.0)
    usable = keep & np.isfinite(controls).all(axis=1) & np.isfinite(instrument)
    numbers = np.full((3, horizon + 1), np.nan)
    influence = np.zeros((3, n, horizon + 1))
    cleaned = np.zeros((2, n, horizon + 1))
    rows = np.zeros(horizon + 1, int)
    target, dose = y.copy(), treatment.copy()
    for h in range(horizon + 1):
        if h:
            target = target + lead(y, h) if cumulate_y else lead(y, h)
            dose = dose + lead(treatment, h) if cumulate_treatment else dose
        use = usable & np.isfinite(target) & np.isfinite(dose)
        rows[h] = use.sum()
        if rows[h] <= c + 1:
            continue
        block = np.column_stack([controls[use], instrument[use], target[use], dose[use]])
        clean, dependent = _partial_out(block, c)
        if dependent:
            return _held(numbers, influence, rows, c + 1, cleaned, dependent)
        z, response, taken = clean.T
        cleaned[:, use, h] = z, response
        numbers[:, h], errors = _estimates(z, response, taken)
        influence[:, use, h] = errors * np.sqrt(rows[h] / (rows[h] - c - 1))
    return _held(numbers, influence, rows, c + 1, cleaned, ())


def _held(
    numbers: np.ndarray,
    influence: np.ndarray,
    rows: np.ndarray,
    coefficients: int,
    cleaned: np.ndarray,
    collinear: tuple[int, ...],
) -> Projections:
    (estimates, reduced, first), (own, own_reduced, own_first) = numbers, influence
    instrument, response = cleaned
    return Projections(
        estimates, reduced, first, own, own_reduced, own_first, rows, coefficients,
        instrument, response, collinear,
    )  # fmt: skip


def _partial_out(block: np.ndarray, c: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return the columns from `c` on less their projection on the first `c`."""
    norms = np.sqrt((block[:, : c + 1] ** 2).sum(axis=0))
    q, r = np.linalg.qr(block[:, :c])
    free = np.abs(np.diag(r)) / np.where(norms[:c] > 0, norms[:c], 1.0)
    clean = block[:, c:] - q @ (q.T @ block[:, c:])
    own = np.sqrt((clean[:, 0] ** 2).sum())
    dependent = [int(j) for j in np.flatnonzero(free < DEPENDENT)]
    if not dependent and own <= DEPENDENT * norms[c]:
        dependent.append(c)
    return clean, tuple(dependent)


def _estimates(
    z: np.ndarray, response: np.ndarray, taken: np.ndarray
) -> tuple[tuple[float, float, float], np.ndarray]:
    """Return (ratio, reduced form, first stage) and the influence of each row on them."""
    square = z @ z
    reduced, first = z @ response / square, z @ taken / square
    ratio = reduced / first
    errors = (
        z * (response - ratio * taken) / (first * square),
        z * (response - reduced * z) / square,
        z * (taken - first * z) / square,
    )
    return (ratio, reduced, first), np.array(errors)
