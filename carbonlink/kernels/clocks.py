"""Poisson models of cells within units, the units' effects profiled out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_STEPS = 60
_SETTLED = 1e-10
_RIDGE = 1e-9
_HALVINGS = 25


@dataclass(frozen=True, eq=False)
class Cells:
    """Totals of an outcome by unit and cell.

    Attributes
    ----------
    total : ndarray, shape (c,)
        Sum of the outcome over the days of a cell, cells sorted by unit.
    days : ndarray, shape (c,)
        Number of days, above 0.
    unit : ndarray of int, shape (c,)
        0 … G − 1, each with a positive total.
    """

    total: np.ndarray
    days: np.ndarray
    unit: np.ndarray

    @property
    def units(self) -> np.ndarray:
        """Total of each unit, shape (G,)."""
        return np.bincount(self.unit, self.total)

    def sums(self, columns: np.ndarray) -> np.ndarray:
        """Return sums of columns (c, k) by unit, shape (G, k)."""
        starts = np.searchsorted(self.unit, np.arange(self.unit[-1] + 1))
        return np.add.reduceat(columns, starts, axis=0)


@dataclass(frozen=True, eq=False)
class CellFit:
    """Coefficients, fitted totals and twice the gain in log-likelihood over unit effects alone."""

    params: np.ndarray
    mean: np.ndarray
    gain: float


def fit_cells(
    cells: Cells, x: np.ndarray, weights: np.ndarray | None = None, start: np.ndarray | None = None
) -> CellFit:
    """Fit total = days · exp(unit effect + x β).

    Parameters
    ----------
    cells : Cells
    x : ndarray, shape (c, k)
    weights : ndarray, shape (G,), optional
        How often each unit counts.
    start : ndarray, shape (k,), optional

    Notes
    -----
    Given β the effect of unit u is its total over Σ days·exp(x β), so only β is iterated: Newton
    steps, halved while they lower the likelihood. A ridge of 1e-9 of the information's trace
    lets a cell that is empty in all units go to zero without failing.
    """
    weight = np.ones(int(cells.unit[-1]) + 1) if weights is None else weights
    params = np.zeros(x.shape[1]) if start is None else start
    origin = _value(cells, x, np.zeros(x.shape[1]), weight)[0]
    value, mean = _value(cells, x, params, weight)
    row = weight[cells.unit]
    for _ in range(MOST_STEPS):
        apart = _within(cells, x, mean)
        gram = apart.T @ ((row * mean)[:, None] * apart)
        gram[np.diag_indices_from(gram)] += _RIDGE * (np.trace(gram) + 1e-300)
        step = np.linalg.solve(gram, x.T @ (row * (cells.total - mean)))
        for _ in range(_HALVINGS):
            new, fitted = _value(cells, x, params + step, weight)
            if new >= value:
                break
            step = step / 2
        else:
            break
        done = new - value <= _SETTLED * max(abs(new - origin), 1e-12)
        params, value, mean = params + step, new, fitted
        if done:
            break
    return CellFit(params, mean, float(2 * (value - origin)))


def _value(
    cells: Cells, x: np.ndarray, params: np.ndarray, weight: np.ndarray
) -> tuple[float, np.ndarray]:
    index = np.clip(x @ params, -300, 300)
    raw = cells.days * np.exp(index)
    whole = np.bincount(cells.unit, raw)
    value = (weight[cells.unit] * cells.total) @ (index - np.log(whole)[cells.unit])
    return float(value), raw * (cells.units / whole)[cells.unit]


def _within(cells: Cells, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return x less its mean in each unit, weighted by fitted totals."""
    centre = cells.sums(mean[:, None] * x) / cells.units[:, None]
    return x - centre[cells.unit]


def added_scores(
    cells: Cells, fit: CellFit, x: np.ndarray, more: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores by unit of regressors left out, and the inverse of their information.

    Parameters
    ----------
    fit : CellFit
        With `x` alone.
    more : ndarray, shape (c, m)
        Regressors whose coefficients the fit holds at zero.

    Returns
    -------
    scores : ndarray, shape (G, m)
    inverse : ndarray, shape (m, m)
        A pseudo-inverse.

    Notes
    -----
    `more` less what unit effects and `x` explain of it, times total − mean, summed by unit.
    S'·inverse·S of the summed scores S is, to first order, the gain of adding `more`.
    """
    base, extra = _within(cells, x, fit.mean), _within(cells, more, fit.mean)
    rooted = np.sqrt(fit.mean)[:, None]
    slope = np.linalg.lstsq(rooted * base, rooted * extra, rcond=1e-10)[0]
    apart = extra - base @ slope
    scores = cells.sums(apart * (cells.total - fit.mean)[:, None])
    information = apart.T @ (fit.mean[:, None] * apart)
    return scores, np.linalg.pinv(information, rcond=1e-9, hermitian=True)
