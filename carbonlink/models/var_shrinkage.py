"""Shrunk vector autoregressions: ridge, elastic net and the Minnesota prior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..kernels import shrinkage as penalised
from ..kernels import var as kernel

METHODS = ("ols", "ridge", "lasso", "elastic_net", "minnesota")
GRID = 25
TIGHTNESS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Shrinkage:
    """How the coefficients are shrunk.

    Attributes
    ----------
    method : str
    penalty : float or None
        Of "ridge", "lasso" and "elastic_net"; chosen by validation when None.
    mix : float
        Of "elastic_net": 1 is the lasso, 0 ridge.
    tightness : float or None
        Of "minnesota"; chosen by validation when None.
    cross, decay : float
        Of "minnesota".
    folds : int
        Blocks of time that are forecast from the ones before them.
    """

    method: str = "ols"
    penalty: float | None = None
    mix: float = 0.5
    tightness: float | None = None
    cross: float = 0.5
    decay: float = 1.0
    folds: int = 5

    def check(self) -> None:
        """Say which argument is wrong."""
        check_choice("method", self.method, (*METHODS, "quantile"))
        for name in ("penalty", "tightness", "cross", "decay"):
            value = getattr(self, name)
            if value is not None and not float(value) >= 0:
                raise SpecificationError(f"{name}={value!r} is below 0.", "Use 0 or more.")
        if self.tightness == 0:
            raise SpecificationError("tightness=0 leaves no coefficient.", "Use 0.2.")
        if not 0 <= float(self.mix) <= 1:
            raise SpecificationError(f"mix={self.mix!r} is not in [0, 1].", "Use 1 for the lasso.")
        if isinstance(self.folds, bool) or int(self.folds) < 2:
            raise SpecificationError(f"folds={self.folds!r} is no number of blocks.", "Use 5.")


@dataclass(frozen=True)
class Shrunk:
    """A shrunk fit, the choice of its penalty, and what the choice was made from."""

    fitted: kernel.VarFit
    chosen: dict[str, Any]
    table: pd.DataFrame
    covariance: np.ndarray | None


def shrink(
    values: np.ndarray,
    lags: int,
    rows: np.ndarray,
    constant: bool,
    exog: np.ndarray | None,
    how: Shrinkage,
) -> Shrunk:
    """Fit a shrunk VAR; the constant and exogenous columns are not shrunk.

    Notes
    -----
    Columns are scaled to one standard deviation on the rows of each fit. The penalty is the one
    with the smallest mean squared one-step error, in units of each series' variance, over
    blocks of time forecast from all rows before them: never from later ones.
    """
    ordinary = kernel.fit(values, lags, rows, constant, exog)
    y, x = values[rows], kernel.lagged(values, lags, rows)
    parts = [np.ones((len(rows), 1))] if constant else []
    if exog is not None:
        parts.append(exog[rows])
    head = np.hstack(parts) if parts else np.zeros((len(rows), 0))
    how = replace(how, mix={"lasso": 1.0, "ridge": 0.0}.get(how.method, how.mix))
    name = "tightness" if how.method == "minnesota" else "penalty"
    given = getattr(how, name)
    grid = _grid(y, x, head, lags, how) if given is None else np.array([float(given)])
    table = pd.DataFrame({name: grid})
    best = float(grid[0])
    if given is None:
        table["error"] = _validation(y, x, head, lags, how, grid)
        best = float(table[name].iloc[int(table["error"].to_numpy().argmin())])
    (slopes,), (top,) = _fit(y, x, head, lags, how, np.array([best]))
    k = y.shape[1]
    resid = y - x @ slopes - head @ top
    fitted = replace(
        ordinary,
        coefs=slopes.reshape(lags, k, k).transpose(0, 2, 1),
        intercept=top[0] if constant else np.zeros(k),
        driven=top[int(constant) :].T,
        resid=resid,
        sigma=resid.T @ resid / len(rows),
    )
    covariance = None
    if how.method == "minnesota":
        covariance = _posterior(y, x, head, lags, how, best)
    return Shrunk(fitted, {name: best}, table, covariance)


def _freed(
    y: np.ndarray, x: np.ndarray, head: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Series and lags less what the head explains, each over its size; and the sizes."""
    if head.shape[1]:
        q, _ = np.linalg.qr(head)
        y, x = y - q @ (q.T @ y), x - q @ (q.T @ x)
    sizes = [np.sqrt(np.mean(part**2, axis=0)) for part in (y, x)]
    sizes = [np.where(size > 0, size, 1.0) for size in sizes]
    return y / sizes[0], x / sizes[1], sizes[0], sizes[1]


def _fit(
    y: np.ndarray,
    x: np.ndarray,
    head: np.ndarray,
    lags: int,
    how: Shrinkage,
    grid: np.ndarray,
    close: float = 1e-9,
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Slopes and head coefficients at every point of the grid."""
    v, u, size, unit = _freed(y, x, head)
    n = len(v)
    gram, right = u.T @ u / n, u.T @ v / n
    found, tops, start = [], [], None
    for value in grid:
        if how.method == "minnesota":
            penalty = penalised.minnesota(
                lags, _own_variances(v, u, lags), value, how.cross, how.decay, n
            )
            start = penalised.ridge(gram, right, penalty)
        elif how.mix == 0:
            start = penalised.ridge(gram, right, np.full(len(gram), value))
        else:
            start = penalised.elastic_net(gram, right, value, how.mix, start, close)
        slopes = start / unit[:, None] * size
        found.append(slopes)
        tops.append(np.linalg.lstsq(head, y - x @ slopes, rcond=None)[0])
    return found, tops


def _own_variances(v: np.ndarray, u: np.ndarray, lags: int) -> np.ndarray:
    """Residual variance of each series on its own lags."""
    k = v.shape[1]
    found = np.empty(k)
    for j in range(k):
        own = u[:, j::k][:, :lags]
        left = v[:, j] - own @ np.linalg.lstsq(own, v[:, j], rcond=None)[0]
        found[j] = left @ left / max(len(v) - lags - 1, 1)
    return np.maximum(found, 1e-12)


def _grid(y: np.ndarray, x: np.ndarray, head: np.ndarray, lags: int, how: Shrinkage) -> np.ndarray:
    """Values tried, the strongest shrinkage first."""
    if how.method == "minnesota":
        return np.array(TIGHTNESS)
    v, u, _, _ = _freed(y, x, head)
    most = np.abs(u.T @ v).max() / len(v)
    if how.mix == 0:
        return np.geomspace(100 * most, 1e-4 * most, GRID)
    return np.geomspace(most / max(how.mix, 1e-3), 1e-2 * most, GRID)


def _validation(
    y: np.ndarray, x: np.ndarray, head: np.ndarray, lags: int, how: Shrinkage, grid: np.ndarray
) -> np.ndarray:
    """Mean squared one-step error of each value over blocks forecast from the rows before."""
    n = len(y)
    edges = np.linspace(0, n, int(how.folds) + 2).astype(int)[1:]
    if edges[0] < 10 + head.shape[1]:
        raise TooFewObservationsError(
            f"{n} observations in {how.folds + 1} blocks leave {edges[0]} for the first fit.",
            "Use fewer folds, or give the penalty.",
        )
    scale = y.var(axis=0)
    errors = np.zeros(len(grid))
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        past, ahead = slice(0, first), slice(first, last)
        slopes, tops = _fit(y[past], x[past], head[past], lags, how, grid, 1e-4)
        for i, (slope, top) in enumerate(zip(slopes, tops, strict=True)):
            left = y[ahead] - x[ahead] @ slope - head[ahead] @ top
            errors[i] += np.sum(left**2 / scale)
    return errors / ((n - edges[0]) * y.shape[1])


def _posterior(
    y: np.ndarray, x: np.ndarray, head: np.ndarray, lags: int, how: Shrinkage, tightness: float
) -> np.ndarray:
    """Posterior covariance of all coefficients under a flat prior for the head."""
    v, u, size, unit = _freed(y, x, head)
    n, k = v.shape
    variances = _own_variances(v, u, lags)
    penalty = penalised.minnesota(lags, variances, tightness, how.cross, how.decay, n)
    width = head.shape[1] + x.shape[1]
    whole = np.zeros((k * width, k * width))
    z = np.hstack([head, x])
    for i in range(k):
        # Ridge with penalty σ²/(n·Var) on unit columns is the prior precision n·penalty/unit².
        prior = np.concatenate([np.zeros(head.shape[1]), n * penalty[:, i] * unit**2])
        block = np.linalg.inv(z.T @ z + np.diag(prior)) * variances[i] * size[i] ** 2
        whole[i * width : (i + 1) * width, i * width : (i + 1) * width] = block
    return whole


def words(how: Shrinkage, chosen: dict[str, Any], given: Callable[[str], Any]) -> dict[str, Any]:
    """Return what a specification says about the shrinkage."""
    spec: dict[str, Any] = {"method": how.method}
    for name, value in chosen.items():
        spec[name] = value
        spec["chosen"] = "given" if given(name) is not None else f"{how.folds} blocks of time"
    if how.method == "elastic_net":
        spec["mix"] = how.mix
    if how.method == "minnesota":
        spec |= {"cross": how.cross, "decay": how.decay}
    return spec
