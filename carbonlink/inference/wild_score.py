"""Wild bootstrap of cluster scores: t-tests, intervals and simultaneous bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .clusters import WEBB, all_weights

_FAR = 1e3


def draw_weights(draws: int, generator: np.random.Generator, clusters: int) -> np.ndarray:
    """Return Webb's weights, shape (draws, clusters), or every combination of few."""
    listing = all_weights(clusters)
    if listing is not None:
        return listing
    return generator.choice(WEBB, size=(draws, clusters))


def score_p_value(
    statistic: float,
    scores: np.ndarray,
    hessians: np.ndarray,
    bread: np.ndarray,
    coordinate: int,
    weights: np.ndarray,
    factor: float,
) -> float:
    """Return the two-sided bootstrap p-value of a t-statistic from scores under its null.

    Parameters
    ----------
    statistic : float
        The t-statistic of the data.
    scores : ndarray, shape (G, k)
        Scores summed by cluster at the estimates that keep the null.
    hessians : ndarray, shape (G, k, k)
        Negative Hessians by cluster there.
    bread : ndarray, shape (k, k)
        Inverse of their sum.
    coordinate : int
        Place of the parameter tested.
    weights : ndarray, shape (draws, G)
    factor : float
        Small-sample factor of the variance.

    Returns
    -------
    float
        Share of |t*| at or above |t|, the sample itself counted with the draws unless the
        weights are all there are.

    Notes
    -----
    With b a row of B = (ΣH)^{-1}: β* = bΣ w s, and var* = factor·Σ (b[w s − H B Σ w s])², the
    scores after one step to the draw's own estimate.

    References
    ----------
    Kline, P. and A. Santos (2012). A score based approach to wild bootstrap inference. Journal
    of Econometric Methods 1, 23–41. doi:10.1515/2156-6674.1006
    Webb, M. D. (2023). Reworking wild bootstrap-based inference for clustered errors. Canadian
    Journal of Economics 56, 839–858. doi:10.1111/caje.12661
    """
    row = bread[coordinate]
    moved = weights @ (scores @ bread)
    own = weights * (scores @ row) - moved @ (hessians @ row).T
    drawn = np.abs(_ratio(moved[:, coordinate], np.sqrt(factor * (own**2).sum(axis=1))))
    beyond = (drawn >= abs(statistic) * (1 - 1e-9)).sum()
    return float(_share(beyond, weights))


def _ratio(move: np.ndarray, spread: np.ndarray) -> np.ndarray:
    small = spread <= 1e-12 * np.maximum(np.abs(move), 1e-300)
    return np.where(small, np.where(move == 0, 0.0, np.inf), move / np.where(small, 1.0, spread))


def _share(beyond: int, weights: np.ndarray) -> float:
    draws, clusters = weights.shape
    if all_weights(clusters) is not None:
        return beyond / draws
    return (1 + beyond) / (1 + draws)


@dataclass(frozen=True, eq=False)
class ScoreBootstrap:
    """Wild bootstrap of the cluster scores of one fit, all parameters at once.

    Attributes
    ----------
    params, errors : ndarray, shape (k,)
        Estimates and their cluster-robust standard errors.
    scores : ndarray, shape (G, k)
        At the estimates: their sum is zero.
    hessians : ndarray, shape (G, k, k)
    bread : ndarray, shape (k, k)
    weights : ndarray, shape (draws, G)
    factor : float

    Notes
    -----
    Nulls of one parameter are imposed to first order: at the estimates that keep β_j = b the
    scores are s_g + H_g B e_j (β̂_j − b)/B_jj, and the intervals hold every b that
    `score_p_value` with these does not reject. In a linear model this is the restricted wild
    cluster bootstrap-t.
    """

    params: np.ndarray
    errors: np.ndarray
    scores: np.ndarray
    hessians: np.ndarray
    bread: np.ndarray
    weights: np.ndarray
    factor: float

    def p_value(self, coordinate: int, value: float = 0.0) -> float:
        """Return the two-sided p-value of one parameter being `value`."""
        return self._test(coordinate)(self.params[coordinate] - value)

    def interval(self, coordinate: int, level: float) -> tuple[float, float]:
        """Return the values of one parameter that are not rejected; ends may be infinite."""
        test, size = self._test(coordinate), 1 - level
        centre, error = self.params[coordinate], self.errors[coordinate]
        low = centre - _reach(test, error, 1, size)
        return float(low), float(centre + _reach(test, error, -1, size))

    def largest(self, coordinates: np.ndarray) -> np.ndarray:
        """Return draws, in order, of the largest |t*| over parameters, no null imposed."""
        moved = self.weights @ (self.scores @ self.bread)
        found = np.zeros(len(self.weights))
        for j in coordinates:
            row = self.bread[j]
            own = self.weights * (self.scores @ row) - moved @ (self.hessians @ row).T
            spread = np.sqrt(self.factor * (own**2).sum(axis=1))
            found = np.maximum(found, np.abs(_ratio(moved[:, j], spread)))
        return np.sort(found)

    def _test(self, j: int) -> _Restricted:
        row = self.bread[j]
        pull = self.hessians @ row / row[j]
        linear = [part @ self.bread for part in (self.scores, pull)]
        moved = [self.weights @ part for part in linear]
        drag = (self.hessians @ row).T
        own = [self.weights * part[:, j] - m @ drag for part, m in zip(linear, moved, strict=True)]
        squares = (
            (own[0] ** 2).sum(axis=1),
            (own[0] * own[1]).sum(axis=1),
            (own[1] ** 2).sum(axis=1),
        )
        return _Restricted(
            (moved[0][:, j], moved[1][:, j]), squares, self.errors[j], self.factor, self.weights
        )


@dataclass(frozen=True, eq=False)
class _Restricted:
    """p-value of a null d below the estimate, from sums that are quadratic in d."""

    moved: tuple[np.ndarray, np.ndarray]
    squares: tuple[np.ndarray, np.ndarray, np.ndarray]
    error: float
    factor: float
    weights: np.ndarray

    def __call__(self, d: float) -> float:
        a, b, c = self.squares
        squares = a + 2 * d * b + d * d * c
        squares = np.where(squares > 1e-13 * (a + d * d * c + 1e-300), squares, 0.0)
        drawn = np.abs(_ratio(self.moved[0] + d * self.moved[1], np.sqrt(self.factor * squares)))
        beyond = (drawn >= abs(d) / self.error * (1 - 1e-9)).sum()
        return float(_share(beyond, self.weights))


def _reach(test: _Restricted, error: float, side: int, size: float) -> float:
    """Return how far the nulls on one side of the estimate go before all are rejected."""
    step = error
    while test(side * step) > size:
        step *= 1.5
        if step > _FAR * error:
            return np.inf
    inside, outside = 0.0, step
    for _ in range(40):
        middle = (inside + outside) / 2
        if test(side * middle) > size:
            inside = middle
        else:
            outside = middle
    return outside
