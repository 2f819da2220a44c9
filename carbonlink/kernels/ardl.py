"""The autoregressive distributed lag: order search, and levels from the error-correction form."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from .ecm import Design, design
from .ols import DEPENDENT, gaussian_loglik


@dataclass(frozen=True)
class OrderSearch:
    """The order with the least criterion among all orders up to the longest.

    Attributes
    ----------
    lags : int
        Lags of y, at least 1.
    orders : tuple of int
        Lags of each x, 0 or more.
    value : float
        The criterion at the choice.
    tried : int
        Orders compared.
    rows : int
        Rows of the common sample.
    longest : tuple of int
        The longest orders compared, of y and of each x.
    """

    lags: int
    orders: tuple[int, ...]
    value: float
    tried: int
    rows: int
    longest: tuple[int, ...]


def regressions(longest: tuple[int, ...]) -> int:
    """Return how many factorisations a search up to (lags, *orders) takes."""
    lags, *orders = longest
    return lags * int(np.prod([order + 1 for order in orders[:-1]], dtype=float))


def search_orders(
    y: np.ndarray,
    x: np.ndarray,
    longest: tuple[int, ...],
    trend: str,
    keep: np.ndarray,
    criterion: str,
    fixed: np.ndarray | None = None,
) -> OrderSearch:
    """Compare every order up to the longest on the one sample that the longest leaves.

    Parameters
    ----------
    y : ndarray, shape (n,)
    x : ndarray, shape (n, m)
    longest : tuple of int, length m + 1
        Most lags of y (at least 1) and of each x.
    trend : {"n", "c", "ct"}
    keep : ndarray of bool, shape (n,)
        Rows that may serve as observations.
    criterion : {"bic", "aic"}
    fixed : ndarray, shape (n, f), optional

    Notes
    -----
    The regression on all terms is reduced to its triangle once; each order is a triangle of some
    of its columns, and the last x's orders are nested, so that one triangle serves them all.
    """
    layout = design(y, x, longest[0], tuple(longest[1:]), trend, fixed)
    rows = layout.complete & keep
    n = int(rows.sum())
    triangle, shared, groups = _triangle(layout, rows, x.shape[1])
    price = np.log(n) if criterion == "bic" else 2.0
    spans = [range(longest[0]), *(range(q + 1) for q in longest[1:-1])]
    best, choice, tried = np.inf, (0,) * len(longest), 0
    for counts in itertools.product(*spans):
        columns = list(shared)
        for group, count, first in zip(groups, counts, (0, *[1] * len(counts)), strict=False):
            columns += group[: count + first]
        start = len(columns)
        columns += groups[-1]
        rss, usable = _nested(triangle[:, [*columns, -1]])
        sizes = np.arange(start + 1, len(columns) + 1)
        values = np.full(len(sizes), np.inf)
        fine = usable[sizes - 1] & (sizes < n)
        loglik = [gaussian_loglik(float(square), n) for square in rss[sizes[fine]]]
        values[fine] = price * sizes[fine] - 2 * np.array(loglik)
        tried += len(sizes)
        place = int(np.argmin(values))
        if values[place] < best:
            best, choice = values[place], (counts[0] + 1, *counts[1:], place)
    return OrderSearch(choice[0], tuple(choice[1:]), float(best), tried, n, longest)


def _triangle(
    layout: Design, rows: np.ndarray, m: int
) -> tuple[np.ndarray, list[int], list[list[int]]]:
    """Return R of the regressors and target, columns of every order, and each variable's lags.

    With x_t, Δx_t, …, Δx_{t-q+1} in place of x_{t-1}, Δx_t, … the orders of x are nested.
    """
    regressors, target = layout.regressors[rows].copy(), layout.target[rows]
    terms = layout.terms
    lags: list[list[int]] = [[] for _ in range(m + 1)]
    shared = []
    for i, (kind, variable, lag) in enumerate(terms):
        if variable < 0 or kind in ("const", "trend") or (kind, variable) == ("level", 0):
            shared.append(i)
            continue
        if kind == "level" and lag == 1:
            regressors[:, i] += regressors[:, terms.index(("difference", variable, 0))]
        lags[variable].append(i)
    joined = np.column_stack([regressors, target])
    scale = np.sqrt((joined[:, :-1] ** 2).sum(axis=0))
    joined[:, :-1] /= np.where(scale > 0, scale, 1.0)
    return np.asarray(np.linalg.qr(joined, mode="r")), shared, lags


def _nested(triangle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the residual squares after 0, 1, … columns, and whether those columns are free."""
    r = np.asarray(np.linalg.qr(triangle, mode="r"))
    below = np.zeros(triangle.shape[1])
    below[: len(r)] = r[:, -1] ** 2
    diagonal = np.zeros(triangle.shape[1] - 1)
    count = min(len(r), len(diagonal))
    diagonal[:count] = np.abs(np.diag(r))[:count]
    return below[::-1].cumsum()[::-1], np.logical_and.accumulate(diagonal >= DEPENDENT)


def levels_form(
    terms: tuple[tuple[str, int, int], ...],
) -> tuple[np.ndarray, np.ndarray, tuple[tuple[str, int, int], ...]]:
    """Return the map from error-correction parameters to those of the regression in levels.

    Parameters
    ----------
    terms : tuple of (kind, variable, lag)
        As in `Design`.

    Returns
    -------
    matrix : ndarray, shape (k, k)
    shift : ndarray, shape (k,)
        Levels parameters are matrix @ parameters + shift: one is added to the first lag of y,
        because the target is y and not its change.
    labels : tuple of (kind, variable, lag), length k
        Intercept and trend, the lags of y, those of each x from 0 on, then the fixed columns.
    """
    pieces: list[list[tuple[tuple[str, int, int], float]]] = []
    for kind, variable, lag in terms:
        if kind == "difference":
            now, before = ("level", variable, lag), ("level", variable, lag + 1)
            pieces.append([(now, 1.0), (before, -1.0)])
        else:
            pieces.append([((kind, variable, lag), 1.0)])
    found = {label for piece in pieces for label, _ in piece}
    order = ("const", "trend", "level", "fixed")
    labels = tuple(sorted(found, key=lambda t: (order.index(t[0]), abs(t[1]), t[2])))
    matrix = np.zeros((len(labels), len(terms)))
    for column, piece in enumerate(pieces):
        for label, value in piece:
            matrix[labels.index(label), column] += value
    shift = np.array([float(label == ("level", 0, 1)) for label in labels])
    return matrix, shift, labels
