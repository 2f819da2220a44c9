"""What a fitted TVP-VAR says, date by date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..inference import var_tests
from ..kernels import tvpvar as kernel
from ..kernels import var
from ..results import Estimates


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TVPVARResults(Estimates):
    """A fitted TVP-VAR; made by `TVPVAR.fit`.

    All arrays are in the units of the data. `params`, `cov` and `tidy` are for the last date;
    their standard errors are those of the filter, which takes Σ_t as known.

    Attributes
    ----------
    coefs : ndarray, shape (n, lags, k, k)
        `coefs[t, l, i, j]` is the effect of series j, l + 1 rows before, on series i at date t.
    intercept : DataFrame, shape (n, k)
        What an equation adds, means taken away beforehand included.
    sigma : ndarray, shape (n, k, k)
        Covariance of the shocks at each date.
    resid : DataFrame, shape (n, k)
        One-step forecast errors.
    scaled : DataFrame, shape (n, k)
        Forecast errors over the Cholesky factor of the shock covariance of the day before.
    roots : Series
        Largest companion root at each date.
    explosive : Series of bool
        Dates whose update had a root above 1; `stability` says what was done.
    data : DataFrame
        The rows given, missing values included.
    rows : ndarray of int
        Position of each observation in `data`.
    """

    title: ClassVar[str] = "TVP-VAR"

    coefs: np.ndarray
    intercept: pd.DataFrame
    sigma: np.ndarray
    resid: pd.DataFrame
    scaled: pd.DataFrame
    roots: pd.Series
    explosive: pd.Series
    data: pd.DataFrame
    rows: np.ndarray

    @classmethod
    def of(
        cls,
        filtered: kernel.Filtered,
        *,
        data: pd.DataFrame,
        rows: np.ndarray,
        centre: np.ndarray,
        scale: np.ndarray,
        constant: bool,
        **fields: Any,
    ) -> TVPVARResults:
        """Put a filter's output back into the units of the data, with names and dates."""
        names, dates = list(data.columns), data.index[rows]
        coefs = filtered.coefs * scale[:, None] / scale
        level = centre - np.einsum("tlij,j->ti", coefs, centre)
        intercept = filtered.intercept * scale + level
        labels, params, cov = _last(filtered, names, centre, scale, constant)
        resid = filtered.resid * scale
        sigma = filtered.sigma * np.outer(scale, scale)
        return cls(
            params=pd.Series(params, index=labels, name="estimate"),
            cov=pd.DataFrame(cov, index=labels, columns=labels),
            loglik=filtered.loglik - len(rows) * float(np.log(scale).sum()),
            coefs=coefs,
            intercept=pd.DataFrame(intercept, index=dates, columns=names),
            sigma=sigma,
            resid=pd.DataFrame(resid, index=dates, columns=names),
            scaled=pd.DataFrame(_scaled(sigma, resid), index=dates, columns=names),
            roots=pd.Series(var.roots(coefs)[:, 0], index=dates, name="largest root"),
            explosive=pd.Series(filtered.explosive, index=dates, name="explosive"),
            data=data,
            rows=rows.copy(),
            **fields,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.data.columns)

    @property
    def lags(self) -> int:
        """Order."""
        return self.coefs.shape[1]

    @property
    def aic(self) -> float:
        """Not defined: drifting coefficients have no count. Compare `loglik`."""
        return float("nan")

    @property
    def bic(self) -> float:
        """Not defined: drifting coefficients have no count. Compare `loglik`."""
        return float("nan")

    def numbers(self) -> pd.DataFrame:
        """Return the first own lag of each series by date, which `plot` draws."""
        own = np.diagonal(self.coefs[:, 0], axis1=1, axis2=2)
        frame = pd.DataFrame(own, index=self.roots.index, columns=list(self.names))
        return frame.rename_axis("date").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the coefficient of each series on its own first lag over time."""
        frame = self.numbers().set_index("date")
        tones, lines = plotting.colours(self.names), plotting.dashes(self.names)
        with plotting.style():
            ax = plotting.new_axes(ax)
            for name in self.names:
                ax.plot(
                    frame.index, frame[name], color=tones[name], linestyle=lines[name], label=name
                )
            ax.set_ylabel("coefficient on own first lag")
            ax.set_title(f"TVP-VAR({self.lags})")
            ax.legend(ncols=min(len(self.names), 4))
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "loglik": self.loglik,
            "largest root at the end": float(self.roots.iloc[-1]),
            "explosive updates": int(self.explosive.sum()),
        }

    def _tests(self) -> list[dict[str, Any]]:
        roots = self.roots
        stability = {
            "test": "stability",
            "null": "every root of the companion matrix is below 1 at every date",
            "statistic": float(roots.max()),
            "note": f"largest root over time, on {roots.idxmax():%Y-%m-%d}"
            if isinstance(roots.index, pd.DatetimeIndex)
            else "largest root over time",
        }
        errors = self.scaled.to_numpy()
        span = max(10, 2 * self.lags)
        rows = [stability, var_tests.portmanteau(errors, self.rows, 0, span)]
        rows += [var_tests.arch_lm(errors[:, j], self.rows, 5, c) for j, c in enumerate(self.names)]
        rows.append(var_tests.normality(errors))
        told = "of forecast errors over their covariance the day before"
        return [rows[0], *({**row, "note": row.get("note") or told} for row in rows[1:])]


def _last(
    filtered: kernel.Filtered,
    names: list[str],
    centre: np.ndarray,
    scale: np.ndarray,
    constant: bool,
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The last state and its covariance in the units of the data."""
    k, lags = len(names), filtered.coefs.shape[1]
    divisor = np.tile(scale, lags)
    turn = np.diag(np.concatenate([[1.0] if constant else [], 1 / divisor]))
    regressors = [f"{name} L{lag}" for lag in range(1, lags + 1) for name in names]
    shift = np.zeros((k, len(turn)))
    if constant:
        turn[0, 1:] = -np.tile(centre, lags) / divisor
        regressors = ["const", *regressors]
        shift[:, 0] = centre
    params = scale[:, None] * (filtered.last @ turn.T) + shift
    whole = np.kron(np.diag(scale), turn)
    labels = [f"{name} ← {regressor}" for name in names for regressor in regressors]
    return labels, params.ravel(), whole @ filtered.variance @ whole.T


def _scaled(sigma: np.ndarray, resid: np.ndarray) -> np.ndarray:
    """Forecast errors over the factor of the covariance before; the first over its own."""
    before = np.concatenate([sigma[:1], sigma[:-1]])
    return np.linalg.solve(np.linalg.cholesky(before), resid[:, :, None])[:, :, 0]
