"""What a fitted vector autoregression says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference import var_tests
from ..kernels import fevd as decomposition
from ..kernels import var as kernel
from ..results import Estimates

_SHOWN = 40
"""Coefficients drawn by `plot`, those with the largest t-values."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VARResults(Estimates):
    """A fitted vector autoregression; made by `VAR.fit`.

    Attributes
    ----------
    coefs : ndarray, shape (lags, k, k)
        `coefs[l, i, j]` is the effect of series j, l + 1 rows before, on series i.
    intercept : Series
    sigma : DataFrame
        Covariance of the shocks, U'U/n.
    resid : DataFrame
        Shocks, on the observations used.
    lag_table : DataFrame
        The criteria by order, on common observations.
    roots : ndarray
        Moduli of the companion eigenvalues, largest first; below 1 means stable.
    data : DataFrame
        The rows given, missing values included.
    rows : ndarray of int
        Position of each observation in `data`.
    constant : bool
    """

    title: ClassVar[str] = "Vector autoregression"

    coefs: np.ndarray
    intercept: pd.Series
    sigma: pd.DataFrame
    resid: pd.DataFrame
    lag_table: pd.DataFrame
    roots: np.ndarray
    data: pd.DataFrame
    rows: np.ndarray
    constant: bool

    @classmethod
    def of(
        cls, fitted: kernel.VarFit, *, data: pd.DataFrame, constant: bool, cov: str, **fields: Any
    ) -> VARResults:
        """Label a kernel's fit with the names and dates of `data`."""
        names = list(data.columns)
        labels = _labels(names, len(fitted.coefs), constant)
        covariance = _covariance(data.to_numpy(), fitted, constant, cov)
        return cls(
            params=pd.Series(_stacked(fitted, constant).ravel(), index=labels, name="estimate"),
            cov=pd.DataFrame(covariance, index=labels, columns=labels),
            loglik=float(kernel.loglikelihood(fitted.sigma, fitted.nobs)),
            coefs=fitted.coefs.copy(),
            intercept=pd.Series(fitted.intercept, index=names, name="intercept"),
            sigma=pd.DataFrame(fitted.sigma, index=names, columns=names),
            resid=pd.DataFrame(fitted.resid, index=data.index[fitted.rows], columns=names),
            roots=kernel.roots(fitted.coefs),
            data=data,
            rows=fitted.rows.copy(),
            constant=constant,
            **fields,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.data.columns)

    @property
    def lags(self) -> int:
        """Order of the VAR."""
        return len(self.coefs)

    @property
    def is_stable(self) -> bool:
        """Whether every root is below 1."""
        return bool(self.roots[0] < 1)

    def fevd(
        self,
        horizon: int = 10,
        kind: str = "generalized",
        *,
        order: Any = None,
        normalise: bool = True,
    ) -> pd.DataFrame:
        """Decompose the forecast-error variances.

        Parameters
        ----------
        horizon : int
            Number of terms H of the moving average, h = 0 … H − 1.
        kind : {"generalized", "cholesky"}
        order : list of str, optional
            Order of the series for "cholesky"; that of the columns by default.
        normalise : bool
            Scale each row of a generalized table to 100.

        Returns
        -------
        DataFrame
            Percent; row i holds the shares of the forecast variance of i due to each column.

        References
        ----------
        Pesaran, H. H. and Shin, Y. (1998). Economics Letters 58, 17–29.
        doi:10.1016/S0165-1765(97)00214-0
        """
        places = check_decomposition(self.names, horizon, kind, order)
        sigma = object.__getattribute__(self, "sigma").to_numpy()
        table = decomposition.shares(self.coefs, sigma, horizon, kind, places, normalise)
        return pd.DataFrame(100 * table, index=list(self.names), columns=list(self.names))

    def numbers(self) -> pd.DataFrame:
        """Return the coefficients that `plot` draws."""
        tidy = self.tidy()
        lagged = tidy[~tidy["term"].str.endswith(" const")]
        strongest = lagged["statistic"].abs().nlargest(_SHOWN).index
        return lagged.loc[sorted(strongest)]

    def plot(self, ax: Any = None) -> Any:
        """Draw the coefficients with their intervals; the 40 strongest when there are more."""
        from ..plotting import estimates

        return estimates(self.numbers(), ax=ax, title=f"VAR({self.lags}) coefficients")

    def _headline(self) -> dict[str, Any]:
        return {"largest root": float(self.roots[0]), **super()._headline()}

    def _tests(self) -> list[dict[str, Any]]:
        resid, lags = self.resid.to_numpy(), self.lags
        stability = {
            "test": "stability",
            "null": "every root of the companion matrix is below 1",
            "statistic": float(self.roots[0]),
            "note": "largest root: " + ("stable" if self.is_stable else "not stable"),
        }
        span = max(10, 2 * lags)
        rows = [stability, var_tests.portmanteau(resid, self.rows, lags, span)]
        rows += [var_tests.arch_lm(resid[:, j], self.rows, 5, c) for j, c in enumerate(self.names)]
        return [*rows, var_tests.normality(resid)]


def check_decomposition(
    names: tuple[str, ...], horizon: int, kind: str, order: Any
) -> np.ndarray | None:
    """Return the positions of `order`, or say which argument of a decomposition is wrong."""
    check_choice("kind", kind, ("generalized", "cholesky"))
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)) or horizon < 1:
        raise SpecificationError(
            f"horizon={horizon!r} is no number of terms.", "Use 10 for h = 0 … 9."
        )
    if order is None:
        return None
    if kind == "generalized":
        raise SpecificationError(
            "order= has no meaning for a generalized decomposition.", 'Use kind="cholesky".'
        )
    if sorted(map(str, order)) != sorted(names):
        raise SpecificationError(
            f"order={list(order)} is not an order of the series.",
            f"Name each of {', '.join(names)} once.",
        )
    return np.array([names.index(str(name)) for name in order])


def _labels(names: list[str], lags: int, constant: bool) -> list[str]:
    regressors = ["const"] if constant else []
    regressors += [f"{name} L{lag}" for lag in range(1, lags + 1) for name in names]
    return [f"{name} ← {regressor}" for name in names for regressor in regressors]


def _stacked(fitted: kernel.VarFit, constant: bool) -> np.ndarray:
    """Coefficients with a row an equation, in the order of the regressors."""
    lags, k = fitted.coefs.shape[:2]
    slopes = fitted.coefs.transpose(1, 0, 2).reshape(k, k * lags)
    return np.column_stack([fitted.intercept, slopes]) if constant else slopes


def _covariance(values: np.ndarray, fitted: kernel.VarFit, constant: bool, cov: str) -> np.ndarray:
    n, m = fitted.nobs, len(fitted.inverse)
    if cov == "ols":
        return np.kron(fitted.sigma * n / (n - m), fitted.inverse)
    k = fitted.resid.shape[1]
    z = kernel.lagged(values, len(fitted.coefs), fitted.rows)
    z = np.column_stack([np.ones(n), z]) if constant else z
    scores = (fitted.resid[:, :, None] * (z @ fitted.inverse)[:, None, :]).reshape(n, k * m)
    return scores.T @ scores * n / (n - m)
