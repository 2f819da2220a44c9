"""Partial sums, and wild-bootstrap draws of an error-correction regression."""

from __future__ import annotations

import numpy as np

from .ecm import Design


def partial_sums(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the running sums of the rises and of the falls (negative) of x (n,).

    Both start from 0 at the first value and are missing where x is; a change across a gap counts
    at its end, so that x less its first value is the sum of the two.
    """
    here = np.isfinite(x)
    change = np.diff(x[here], prepend=x[here][:1])
    up, down = np.full(len(x), np.nan), np.full(len(x), np.nan)
    up[here] = np.maximum(change, 0.0).cumsum()
    down[here] = np.minimum(change, 0.0).cumsum()
    return up, down


def wild_draws(
    size: int,
    generator: np.random.Generator,
    y: np.ndarray,
    layout: Design,
    rows: np.ndarray,
    params: np.ndarray,
    resid: np.ndarray,
) -> np.ndarray:
    """Return parameters estimated anew on paths with the residuals' signs drawn at random.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Levels; in rows outside the sample a path keeps them.
    layout : Design
        The regression on all n rows.
    rows : ndarray of int, shape (m,)
        Rows of the sample.
    params : ndarray, shape (k,)
    resid : ndarray, shape (m,)

    Returns
    -------
    ndarray, shape (size, k)

    References
    ----------
    Gonçalves, S. and Kilian, L. (2004). Bootstrapping autoregressions with conditional
    heteroskedasticity of unknown form. Journal of Econometrics 123, 89–120.
    doi:10.1016/j.jeconom.2003.10.030
    """
    own = own_terms(layout.terms)
    other = [i for i in range(len(params)) if i not in own]
    columns, target = wild_paths(size, generator, y, layout, rows, params, resid)
    return _estimate(layout.regressors[rows][:, other], columns, target, own, other)


def own_terms(terms: tuple[tuple[str, int, int], ...]) -> list[int]:
    """Return the places of the regressors made of the effect's own past."""
    return [
        i
        for i, (kind, variable, _) in enumerate(terms)
        if kind in ("level", "difference") and variable == 0
    ]


def wild_paths(
    size: int,
    generator: np.random.Generator,
    y: np.ndarray,
    layout: Design,
    rows: np.ndarray,
    params: np.ndarray,
    resid: np.ndarray,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return each own regressor, and the target, of paths that the model generates.

    Parameters
    ----------
    size, generator, y, layout, rows, params, resid
        As in `wild_draws`.

    Returns
    -------
    columns : list of ndarray, shape (m, size)
        In the order of `own_terms`.
    target : ndarray, shape (m, size)
    """
    own = own_terms(layout.terms)
    other = [i for i in range(len(params)) if i not in own]
    signs = 2.0 * generator.integers(0, 2, size=(len(rows), size)) - 1
    shocks = signs * (resid * np.sqrt(len(rows) / (len(rows) - len(params))))[:, None]
    push = layout.regressors[rows][:, other] @ params[other]
    path = np.repeat(y[:, None], size, axis=1)
    lagged = [(params[i], layout.terms[i][0], layout.terms[i][2]) for i in own]
    for place, t in enumerate(rows):
        change = push[place] + shocks[place]
        for value, kind, lag in lagged:
            past = path[t - lag]
            change = change + value * (past if kind == "level" else past - path[t - lag - 1])
        path[t] = path[t - 1] + change
    columns = [_column(path, rows, layout.terms[i]) for i in own]
    return columns, path[rows] - path[rows - 1]


def _column(path: np.ndarray, rows: np.ndarray, term: tuple[str, int, int]) -> np.ndarray:
    kind, _, lag = term
    past = path[rows - lag]
    return past if kind == "level" else past - path[rows - lag - 1]


def _estimate(
    given: np.ndarray,
    columns: list[np.ndarray],
    target: np.ndarray,
    own: list[int],
    other: list[int],
) -> np.ndarray:
    """Regress each path's target on columns common to all paths and on its own."""
    scale = np.sqrt((given * given).sum(axis=0))
    q, r = np.linalg.qr(given / scale)
    pasts = np.stack(columns)
    loads = np.einsum("nk,env->kev", q, pasts, optimize=True)
    clean = pasts - np.einsum("nk,kev->env", q, loads, optimize=True)
    load = q.T @ target
    rest = target - q @ load
    square = np.einsum("env,fnv->vef", clean, clean, optimize=True)
    cross = np.einsum("env,nv->ve", clean, rest, optimize=True)
    found = np.linalg.solve(square, cross[..., None])[..., 0]
    common = load - np.einsum("kev,ve->kv", loads, found)
    params = np.empty((target.shape[1], len(own) + len(other)))
    params[:, own] = found
    params[:, other] = (np.linalg.solve(r, common) / scale[:, None]).T
    return params
