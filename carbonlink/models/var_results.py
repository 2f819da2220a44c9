"""What a fitted vector autoregression says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference import var_tests
from ..kernels import fevd as decomposition
from ..kernels import var as kernel
from ..results import Estimates
from . import var_labels as labelled
from .decompositions import check_decomposition
from .var_again import DRAWN
from .var_forecast import VARForecast, forecast
from .var_paths import DRAWS, VARPaths, responses

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
    sigma, resid : DataFrame
        Covariance U'U/n of the shocks, and the shocks on the observations used.
    lag_table : DataFrame
        The criteria by order, on common observations.
    roots : ndarray
        Moduli of the companion eigenvalues, largest first; below 1 means stable.
    data, rows : DataFrame, ndarray of int
        The rows given, missing values included, and the position of each observation in them.
    constant : bool
    exog, driven : DataFrame or None
        Exogenous columns on the rows of `data`; effect of each (columns) on each series (rows).
    shrunk : str
        "" for least squares, or the method.
    validation : DataFrame or None
        Penalties tried, with their mean squared one-step errors.
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
    exog: pd.DataFrame | None = None
    driven: pd.DataFrame
    shrunk: str = ""
    validation: pd.DataFrame | None = None

    @classmethod
    def of(
        cls,
        fitted: kernel.VarFit,
        *,
        data: pd.DataFrame,
        constant: bool,
        cov: str,
        exog: pd.DataFrame | None = None,
        posterior: np.ndarray | None = None,
        **fields: Any,
    ) -> VARResults:
        """Label a kernel's fit with the names and dates of `data`."""
        names = list(data.columns)
        outer = [] if exog is None else list(exog.columns)
        labels = labelled.labels(names, len(fitted.coefs), constant, outer)
        z = kernel.regressors(
            data.to_numpy(),
            len(fitted.coefs),
            fitted.rows,
            exog if exog is None else exog.to_numpy(),
        )
        covariance = labelled.covariance(z, fitted, constant, cov)
        if fields.get("shrunk"):
            covariance = np.full_like(covariance, np.nan) if posterior is None else posterior
        return cls(
            params=pd.Series(
                labelled.stacked(fitted, constant).ravel(), index=labels, name="estimate"
            ),
            cov=pd.DataFrame(covariance, index=labels, columns=labels),
            loglik=float("nan")
            if fields.get("shrunk") == "quantile"
            else float(kernel.loglikelihood(fitted.sigma, fitted.nobs)),
            coefs=fitted.coefs.copy(),
            intercept=pd.Series(fitted.intercept, index=names, name="intercept"),
            sigma=pd.DataFrame(fitted.sigma, index=names, columns=names),
            resid=pd.DataFrame(fitted.resid, index=data.index[fitted.rows], columns=names),
            roots=kernel.roots(fitted.coefs),
            data=data,
            rows=fitted.rows.copy(),
            constant=constant,
            exog=exog,
            driven=pd.DataFrame(fitted.driven, index=names, columns=outer),
            **fields,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.data.columns)

    @property
    def outer(self) -> tuple[str, ...]:
        """Labels of the exogenous columns."""
        return tuple(self.driven.columns)

    def system(self) -> tuple[np.ndarray, int, np.ndarray, bool, np.ndarray | None]:
        """Return values, lags, rows, constant and exog as bare arrays, as the kernels take them."""
        exog = None if self.exog is None else self.exog.to_numpy()
        return self.data.to_numpy(), self.lags, self.rows, self.constant, exog

    @property
    def lags(self) -> int:
        """Order of the VAR."""
        return len(self.coefs)

    @property
    def has_replications(self) -> bool:
        """Whether paths of the model can be drawn: stable, and fitted by least squares."""
        return self.is_stable and not self.shrunk

    @property
    def has_null(self) -> bool:
        """Whether samples without a link are drawn for it: least squares, ridge or Minnesota."""
        return self.is_stable and (not self.shrunk or self.shrunk in DRAWN)

    @property
    def manner(self) -> str:
        """Why there are no replications, in words; "" for least squares."""
        if self.shrunk == "quantile":
            return f"the coefficients are those of the quantile {self.spec['tau']:g}"
        return "the coefficients are shrunk" if self.shrunk else ""

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

    def shock_covariance(self) -> np.ndarray:
        """Return U'U over n less the coefficients of an equation, as responses use it."""
        params = len(self.names) * self.lags + self.constant + len(self.outer)
        sigma = object.__getattribute__(self, "sigma").to_numpy()
        return sigma * self.nobs / (self.nobs - params)

    def irf(
        self,
        horizon: int = 10,
        kind: str = "orthogonal",
        *,
        order: Any = None,
        cumulative: bool = False,
        draws: int = DRAWS,
        block: int | None = None,
        bias: str = "kilian",
        level: float = 0.95,
        rng: Any = 0,
    ) -> VARPaths:
        """Trace the response of every series to a shock of one standard deviation in each.

        Parameters
        ----------
        horizon : int
            Last step: 10 gives h = 0 … 10.
        kind : {"orthogonal", "generalized"}
            Cholesky shocks in an order, or generalized ones, which need no order.
        order : list of str, optional
            Order of the series for "orthogonal"; that of the columns by default.
        cumulative : bool
            Sum the responses up to each step.
        draws : int
            Replications behind the bands; 0 leaves them out.
        block : int, optional
            Rows in a block of residuals, ⌈5.03·n^{1/4}⌉ by default; 1 draws residuals one by
            one, which holds only for shocks of constant variance.
        bias : {"kilian", "none"}
            Take the estimated bias from the coefficients before and after drawing [1]_.
        level : float
        rng : int, SeedSequence or Generator

        Returns
        -------
        VARPaths
            `table`, `of(response, shock)`, `plot`, `grid`.

        Notes
        -----
        Response of i to a shock in j after h rows: (Ψ_h P)_ij, or e_i'Ψ_h Σ e_j/√σ_jj. Bands are
        from residuals in moving blocks [2]_, stretched about their mean for what blocks and
        coefficients cost; the wild bootstrap does not hold for functions of Σ. `lower_sup` and
        `upper_sup` hold the whole path of one response to one shock at once [3]_.

        Coverage of the 95 % band by simulation (VAR(1), k = 3, T = 250, 199 draws): 94 to 97 % at
        every step and 93 % of whole paths with normal shocks; with GARCH shocks of persistence
        0.95 the response on impact is covered 70 to 90 % of the time, later steps 91 to 94 %.

        References
        ----------
        .. [1] Kilian, L. (1998). Review of Economics and Statistics 80, 218–230.
           doi:10.1162/003465398557465
        .. [2] Brüggemann, R., Jentsch, C. and Trenkler, C. (2016). Journal of Econometrics 191,
           69–85. doi:10.1016/j.jeconom.2015.10.004
        .. [3] Montiel Olea, J. L. and Plagborg-Møller, M. (2019). Journal of Applied Econometrics
           34, 1–17. doi:10.1002/jae.2656

        Examples
        --------
        >>> import carbonlink as cl
        >>> fitted = cl.VAR(cl.simulate.var(400, rng=1), lags=1).fit()
        >>> path = fitted.irf(5, "generalized", draws=99).of("hubei", "cea")
        >>> list(path.index)
        [0, 1, 2, 3, 4, 5]
        """
        order = None if order is None else tuple(map(str, order))
        return responses(
            self, horizon, kind, order, cumulative, False, draws, block, bias, level, rng
        )

    def decomposition(
        self,
        horizon: int = 10,
        kind: str = "generalized",
        *,
        order: Any = None,
        draws: int = DRAWS,
        block: int | None = None,
        bias: str = "kilian",
        level: float = 0.95,
        rng: Any = 0,
    ) -> VARPaths:
        """Decompose forecast variances at the steps 1 … `horizon`, with bands.

        Parameters are those of `irf`; `fevd` gives the table of one horizon without bands.

        Returns
        -------
        VARPaths
            Percent. Bands are moved by the bootstrap's bias: a share of a short sample is too
            far from 0. A share whose true value is 0 sits on a boundary, where no band holds.
        """
        order = None if order is None else tuple(map(str, order))
        return responses(self, horizon, kind, order, False, True, draws, block, bias, level, rng)

    def mean(self, exog: Any = None) -> pd.Series:
        """Return the mean that the series settle at, (I − A_1 − … − A_p)⁻¹(c + Bx).

        Parameters
        ----------
        exog : Series or mapping, optional
            Value of each exogenous column; the means of the sample by default.
        """
        if not self.is_stable:
            raise SpecificationError(
                f"An explosive VAR (largest root {self.roots[0]:.3f}) has no mean.",
                "Use differences.",
            )
        level = self.intercept.to_numpy()
        if self.outer:
            own = pd.DataFrame(self.exog).iloc[self.rows]
            point = own.mean() if exog is None else pd.Series(exog)
            missing = [c for c in self.outer if c not in point.index]
            if missing:
                raise SpecificationError(f"exog has no {missing[0]!r}.", "Give every column.")
            level = level + self.driven.to_numpy() @ point[list(self.outer)].to_numpy(float)
        elif exog is not None:
            raise SpecificationError("The VAR has no exogenous columns.", "Leave exog= out.")
        values = np.linalg.solve(np.eye(len(level)) - self.coefs.sum(axis=0), level)
        return pd.Series(values, index=list(self.names), name="mean")

    def forecast(
        self,
        steps: int = 10,
        exog: Any = None,
        *,
        method: str = "normal",
        draws: int = DRAWS,
        level: float = 0.95,
        rng: Any = 0,
    ) -> VARForecast:
        """Forecast every series from the last rows of the data.

        Parameters
        ----------
        steps : int
        exog : DataFrame, optional
            The next rows of the exogenous columns, where the VAR has them.
        method : {"normal", "bootstrap"}
            Intervals of normal shocks with the coefficients taken as known; or quantiles of
            futures with refitted coefficients and shocks drawn from the residuals.
        draws : int
            Futures, for "bootstrap".
        level : float
        rng : int, SeedSequence or Generator

        Returns
        -------
        VARForecast
            `mean`, `lower`, `upper`, labelled by the dates of `exog`, the next dates of
            an index with a frequency, or 1, 2, …
        """
        return forecast(self, steps, exog, method, draws, level, rng)

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
        rows = [stability]
        if self.shrunk == "quantile":
            return rows
        rows += [var_tests.portmanteau(resid, self.rows, lags, span, how) for how in (False, True)]
        z, inverse = self._regressors()
        rows.append(var_tests.breusch_godfrey(resid, self.rows, z, 5))
        first, sigma = z.shape[1] - lags * len(self.names), self.shock_covariance()
        rows += [
            var_tests.lag_exclusion(self.coefs, inverse, sigma, lag, first)
            for lag in range(1, 1 if self.shrunk else lags + 1)
        ]
        rows.append(var_tests.arch_multivariate(resid, self.rows, 5))
        rows += [var_tests.arch_lm(resid[:, j], self.rows, 5, c) for j, c in enumerate(self.names)]
        return [*rows, var_tests.normality(resid)]

    def _regressors(self) -> tuple[np.ndarray, np.ndarray]:
        """The regressors of an equation, and the inverse of their cross-products."""
        values, lags, rows, constant, exog = self.system()
        z = kernel.regressors(values, lags, rows, exog)
        if constant:
            z = np.column_stack([np.ones(len(rows)), z])
        return z, kernel.fit(values, lags, rows, constant, exog).inverse
