"""The result of a heterogeneous autoregression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import SpecificationError
from ..inference import residual_tests
from ..results import Estimates, tidy_frame
from .break_inputs import whole
from .frames import check_frame

_LAGS = 10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HARResults(Estimates):
    """A heterogeneous autoregression, estimated.

    Attributes
    ----------
    y : Series
        What was modelled, by day, week or month, before any logarithm.
    fitted_values, resid : Series
        In logarithms where they were modelled.
    design : DataFrame
        The regressors.
    r_squared : float
    """

    title: ClassVar[str] = "Heterogeneous autoregression of volatility"

    y: pd.Series
    fitted_values: pd.Series
    resid: pd.Series
    design: pd.DataFrame
    r_squared: float

    @property
    def persistence(self) -> float:
        """Sum of the coefficients of the averages."""
        own = [t for t in self.params.index if t.startswith("mean of ")]
        return float(self.params[own].sum())

    def forecast(self, horizon: int = 1, x: Any = None) -> pd.Series:
        """Return the expected values of the rows after the sample.

        Parameters
        ----------
        horizon : int
            Rows ahead.
        x : DataFrame, Series or ndarray, shape (horizon, k), optional
            Regressors of those rows; required where the model has any.

        Notes
        -----
        Iterated. With logarithms the level is exp(m + v/2), m and v the mean and the variance of
        the logarithm that far ahead, as if shocks were normal.
        """
        if isinstance(horizon, bool) or not whole(horizon, 1):
            raise SpecificationError(f"horizon={horizon!r} is no number of rows.", "Use 1, 2, …")
        ahead = self._regressors(x, int(horizon))
        spans, log = self.spec["spans"], self.spec["log"]
        weights = np.zeros(max(spans))
        for s in spans:
            weights[:s] += self.params[f"mean of {s}"] / s
        past = list((np.log(self.y) if log else self.y).dropna().to_numpy()[::-1][: max(spans)])
        moving, values, spread = np.zeros(int(horizon)), [], []
        moving[0] = 1.0
        for i in range(int(horizon)):
            mean = self.params["constant"] + ahead[i] + weights @ np.array(past[: len(weights)])
            past.insert(0, mean)
            values.append(mean)
            if i:
                reach = min(i, len(weights))
                moving[i] = weights[:reach] @ moving[i - reach : i][::-1]
            spread.append(float((moving[: i + 1] ** 2).sum()))
        found = np.array(values)
        if log:
            error = float((self.resid**2).sum() / self.df_resid)
            found = np.exp(found + 0.5 * error * np.array(spread))
        index = pd.RangeIndex(1, int(horizon) + 1, name="ahead")
        return pd.Series(found, index=index, name=self.y.name)

    def _regressors(self, x: Any, horizon: int) -> np.ndarray:
        names = list(self.spec["x"])
        if not names:
            if x is not None:
                raise SpecificationError("The model has no regressors.", "Leave x out.")
            return np.zeros(horizon)
        if x is None:
            raise SpecificationError(
                f"The forecast needs {', '.join(names)} of the rows ahead.", "Pass x=."
            )
        values = np.asarray(x, dtype=float).reshape(len(np.atleast_1d(x)), -1)
        if isinstance(x, pd.DataFrame):
            values = check_frame(x, "x").reindex(columns=names).to_numpy()
        if values.shape != (horizon, len(names)) or not np.isfinite(values).all():
            raise SpecificationError(
                f"x is of shape {values.shape}; {horizon} rows of {', '.join(names)} are needed.",
                "Give a row a period ahead.",
            )
        return values @ self.params[names].to_numpy()

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return parameters and persistence as tidy rows."""
        extra = tidy_frame([{"term": "persistence", "estimate": self.persistence}])
        return pd.concat([super().tidy(level), extra.assign(market=self.market)], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Return what was modelled and the fitted values."""
        target = self.fitted_values + self.resid
        frame = pd.DataFrame({"observed": target, "fitted": self.fitted_values})
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw what was modelled and the fitted values."""
        frame = self.numbers()
        when = frame.iloc[:, 0]
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.plot(when, frame["observed"], ".", color="#9A9A9A", ms=2, label="observed")
            ax.plot(when, frame["fitted"], color=plotting.PALETTE[0], lw=1.1, label="fitted")
            if isinstance(self.fitted_values.index, pd.DatetimeIndex):
                plotting.years(ax)
            ax.set_ylabel(("logarithm of " if self.spec["log"] else "") + str(self.y.name))
            ax.set_title(f"{self.market}: {self.spec['frequency']} HAR")
            ax.legend()
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "persistence": self.persistence,
            "r_squared": self.r_squared,
            **super()._headline(),
        }

    def _tests(self) -> list[dict[str, Any]]:
        residuals = self.resid.to_numpy()
        return [
            residual_tests.breusch_godfrey(residuals, self.design.to_numpy(), _LAGS),
            residual_tests.arch_lm(residuals, _LAGS),
            residual_tests.jarque_bera(residuals),
        ]
