"""MIDAS regressions: a rare series on a frequent one, with nothing interpolated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..inference import hac
from ..kernels import midas as kernel
from ..kernels.ols import gaussian_loglik, least_squares
from ..results import Recipe, Sample
from .frames import check_series
from .midas_results import MIDASResults

MINIMUM = 40
"""Fewer rare observations than this carry no regression, unless `minimum=` says so."""

MOST_FREE = 22
"""Lags beyond which unrestricted weights are refused."""


class MIDAS:
    """Specify a MIDAS regression.

    Parameters
    ----------
    y : Series
        The rare series (months, quarters), dated by the end of its periods.
    x : Series
        The frequent series (days). Missing days are no values: nothing is filled, and `lags`
        counts values that exist.
    lags : int
        Frequent values in the weighted sum, counted back from each rare date.
    weights : {"beta", "almon", "unrestricted"}
        Beta or exponential Almon weights that sum to 1; or one free coefficient a lag (U-MIDAS),
        for at most 22 lags.
    ar : int
        Own lags of y.
    lead : int
        Frequent values left out just before the rare date: 20 or so for causality from the past
        month, 0 to use what is known at the month's end.
    cov : {"hac", "robust", "classical"}
    bandwidth : {"andrews", "newey-west"} or int
        Of the Newey–West covariance.
    minimum : int
        Fewest rare observations: below 40 a regression is refused, and one that is asked for all
        the same carries a footnote everywhere.

    See Also
    --------
    carbonlink.aggregate : Bring the frequent series down instead, by a declared rule.
    carbonlink.models.mixed_state.mixed_state : Both series in one VAR, by the Kalman filter.

    Notes
    -----
    .. math:: y_t = c + \\sum_i \\rho_i y_{t-i} + \\beta \\sum_{k=0}^{K-1} w_k(\\theta)\\,
              x_{t,k} + e_t

    θ is not identified where β = 0, so the t-value of β is no test of "no effect":
    `MIDASResults.max_test` is, and the Wald test of U-MIDAS.

    References
    ----------
    Ghysels, E., Sinko, A. and Valkanov, R. (2007). MIDAS regressions: further results and new
    directions. Econometric Reviews 26, 53–90. doi:10.1080/07474930600972467

    Foroni, C., Marcellino, M. and Schumacher, C. (2015). Unrestricted mixed data sampling
    (MIDAS). Journal of the Royal Statistical Society A 178, 57–82. doi:10.1111/rssa.12043

    Examples
    --------
    >>> import carbonlink as cl
    >>> monthly, daily = cl.simulate.mixed_frequency(120, rng=1)
    >>> fitted = cl.MIDAS(monthly, daily, lags=20).fit()
    >>> bool(abs(fitted.params["cause"] - 1) < 0.3)
    True
    """

    def __init__(
        self,
        y: Any,
        x: Any,
        lags: int = 20,
        weights: str = "beta",
        *,
        ar: int = 1,
        lead: int = 0,
        cov: str = "hac",
        bandwidth: str | int = "andrews",
        minimum: int = MINIMUM,
    ) -> None:
        self.y, self.x = check_series(y, "y"), check_series(x, "x")
        for name, series in (("y", self.y), ("x", self.x)):
            if not isinstance(series.index, pd.DatetimeIndex):
                raise DataError(f"{name} has no dates.", "Give it a DatetimeIndex.")
        check_choice("weights", weights, kernel.KINDS)
        check_choice("cov", cov, ("hac", "robust", "classical"))
        self.lags, self.ar, self.lead = (
            _whole(v, n, least)
            for v, n, least in ((lags, "lags", 2), (ar, "ar", 0), (lead, "lead", 0))
        )
        if weights == "unrestricted" and self.lags > MOST_FREE:
            raise SpecificationError(
                f"{self.lags} free coefficients are too many.",
                f'Use at most {MOST_FREE} lags, or weights="beta".',
            )
        self.weights, self.cov, self.bandwidth = weights, cov, bandwidth
        self.minimum = int(minimum)
        self._given = {
            "lags": lags, "weights": weights, "ar": ar, "lead": lead, "cov": cov,
            "bandwidth": bandwidth, "minimum": minimum,
        }  # fmt: skip

    def fit(self) -> MIDASResults:
        """Estimate by (nonlinear) least squares.

        Returns
        -------
        MIDASResults
        """
        y, z, x, dates, dropped = self._rows()
        name = str(self.x.name)
        names = ["const", *(f"{self.y.name} L{i}" for i in range(1, self.ar + 1))]
        notes = []
        if self.weights == "unrestricted":
            design = np.column_stack([z, x])
            made = least_squares(y, design)
            if made.collinear:
                raise DataError(f"Lags of {name} are collinear.", "Use fewer lags or beta weights.")
            params, resid, gradient = made.params, made.residuals, design
            free = params[z.shape[1] :]
            lag_weights = (
                free / free.sum() if abs(free.sum()) > 1e-12 else np.full_like(free, np.nan)
            )
            names += [f"{name} lag {k}" for k in range(self.lags)]
        else:
            fitted = kernel.fit(y, z, x, self.weights)
            params = np.concatenate([fitted.linear, fitted.shape])
            resid, gradient, lag_weights = fitted.resid, fitted.gradient, fitted.weights
            names += [name, "theta1", "theta2"]
            if fitted.at_bound:
                notes.append("The weights sit at the edge of what is allowed; no error for θ.")
        cov = self._covariance(gradient, resid)
        if len(y) < MINIMUM:
            notes.append(
                f"Only {len(y)} observations: fewer than {MINIMUM} were allowed by minimum=."
            )
        table = pd.DataFrame(cov.cov, names, names)
        return MIDASResults(
            spec={
                "y": str(self.y.name), "x": name, **self._given, "cov": str(cov),
            },
            sample=Sample.of(dates, dropped=dropped),
            units={},
            notes=tuple(notes),
            recipe=Recipe(_fit, {"y": self.y, "x": self.x, **self._given}),
            params=pd.Series(params, names, name="estimate"),
            cov=table,
            loglik=gaussian_loglik(float(resid @ resid), len(y)),
            weights=pd.Series(lag_weights, pd.RangeIndex(self.lags, name="lag"), name="weight"),
            resid=pd.Series(resid, dates, name="resid"),
            target=pd.Series(y, dates, name=str(self.y.name)),
            base=pd.DataFrame(z, dates, names[: z.shape[1]]),
            lagged=pd.DataFrame(x, dates, [f"lag {k}" for k in range(self.lags)]),
        )  # fmt: skip

    def _rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.Index, dict[str, int]]:
        y, x = self.y, self.x.dropna()
        if x.empty or y.dropna().empty:
            raise DataError("One of the series has no value.", "Give data.")
        low, high = (s.index.to_numpy().astype("datetime64[D]").astype(np.int64) for s in (y, x))
        if np.median(np.diff(low)) <= np.median(np.diff(high)):
            raise DataError(
                "y is not rarer than x: the typical step of y is "
                f"{int(np.median(np.diff(low)))} days, of x {int(np.median(np.diff(high)))}.",
                "Give the rare series first.",
            )
        lagged = kernel.lag_rows(low, high, x.to_numpy(), self.lags, self.lead)
        values = y.to_numpy()
        z = np.ones((len(y), 1 + self.ar))
        for i in range(1, self.ar + 1):
            z[:, i] = np.r_[np.full(i, np.nan), values[:-i]]
        whole = np.isfinite(values)
        near = np.isfinite(lagged).all(axis=1)
        use = whole & near & np.isfinite(z).all(axis=1)
        self._check(int(use.sum()), lagged[use])
        dropped = {
            "rows without y": int((~whole).sum()),
            "rows without enough values of x": int((whole & ~near).sum()),
            "rows without own lags": int((whole & near & ~use).sum()),
        }
        return values[use], z[use], lagged[use], y.index[use], dropped

    def _check(self, n: int, lagged: np.ndarray) -> None:
        free = self.lags if self.weights == "unrestricted" else 3
        needed = 1 + self.ar + free + 5
        if n < needed:
            raise TooFewObservationsError(
                f"{n} observations of {self.y.name}; {needed} are needed for the coefficients.",
                "Use fewer lags, restricted weights or a longer sample.",
            )
        if n < self.minimum:
            raise TooFewObservationsError(
                f"{n} observations of {self.y.name} are too few for a regression of mixed "
                f"frequency: {self.minimum} are needed, since below that neither the size nor the "
                "power of its tests can be relied on.",
                f"Use event studies or rank correlations, or pass minimum={n} and accept a "
                "footnote.",
            )
        if np.ptp(lagged) == 0:
            raise DataError(f"{self.x.name} does not move.", "Leave it out.")

    def _covariance(self, gradient: np.ndarray, resid: np.ndarray) -> hac.Sandwich:
        size = np.linalg.norm(gradient, axis=0)
        live = size > 1e-10 * size.max()
        kept = gradient[:, live]
        scaled = kept / size[live]
        bread = np.linalg.pinv(scaled.T @ scaled) / np.outer(size[live], size[live])
        if self.cov == "hac":
            made = hac.hac(kept, resid, bread, self.bandwidth)
        elif self.cov == "robust":
            made = hac.robust(kept, resid, bread)
        else:
            made = hac.classical(resid, bread)
        whole = np.full((gradient.shape[1],) * 2, np.nan)
        whole[np.ix_(live, live)] = made.cov
        return hac.Sandwich(whole, made.kind, made.bandwidth, made.rule)


def _fit(**arguments: Any) -> MIDASResults:
    return MIDAS(**arguments).fit()


def _whole(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise SpecificationError(f"{name}={value!r} is no count.", f"Use {least} or more.")
    return int(value)
