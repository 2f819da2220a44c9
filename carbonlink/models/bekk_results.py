"""The result of a BEKK model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.residual_tests import arch_lm
from ..kernels.dcc import pairs
from ..results import Estimates, tidy_frame
from .break_inputs import whole

_LAGS = 10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BEKKResults(Estimates):
    """A BEKK model, estimated.

    Attributes
    ----------
    conditional_covariance : ndarray, shape (n, k, k)
        H_t in squared units of the returns.
    unconditional : DataFrame
        The covariance that H_t returns to.
    carry : Series
        a_i² + b_i² of each series.
    resid, std_resid : DataFrame
        e_t, and L_t⁻¹ e_t with L_t L_t' = H_t.
    converged : bool
        Whether a maximum was found; False only with `strict=False`.
    """

    title: ClassVar[str] = "BEKK"

    conditional_covariance: np.ndarray
    unconditional: pd.DataFrame
    carry: pd.Series
    resid: pd.DataFrame
    std_resid: pd.DataFrame
    converged: bool

    @property
    def persistence(self) -> float:
        """Largest carry of a variance from row to row; below one where it is stationary."""
        return float(self.carry.max())

    @property
    def conditional_volatility(self) -> pd.DataFrame:
        """√h_ii,t of each series, in the units of the returns."""
        variance = np.einsum("tii->ti", self.conditional_covariance)
        return pd.DataFrame(np.sqrt(variance), index=self.resid.index, columns=self.resid.columns)

    @property
    def correlations(self) -> pd.DataFrame:
        """Conditional correlation of every pair, a column a pair."""
        h, names = self.conditional_covariance, self.spec["series"]
        spread = np.sqrt(np.einsum("tii->ti", h))
        rows, columns = pairs(len(names))
        values = {
            f"{names[j]} – {names[i]}": h[:, i, j] / (spread[:, i] * spread[:, j])
            for i, j in zip(rows, columns, strict=True)
            if i != j
        }
        return pd.DataFrame(values, index=self.resid.index)

    def forecast(self, horizon: int = 1) -> np.ndarray:
        """Return the expected covariance of the rows after the sample, shape (horizon, k, k).

        Notes
        -----
        H_{n+1} is known; beyond, every element goes back to its unconditional value σ_ij at the
        rate a_i a_j + b_i b_j.
        """
        if isinstance(horizon, bool) or not whole(horizon, 1):
            raise SpecificationError(f"horizon={horizon!r} is no number of rows.", "Use 1, 2, …")
        alpha, beta = (self._outer(letter) for letter in "ab")
        level = self.unconditional.to_numpy()
        last = self.resid.to_numpy()[-1]
        first = level * (1 - alpha - beta) + alpha * np.outer(last, last)
        first = first + beta * self.conditional_covariance[-1]
        steps = np.arange(int(horizon))[:, None, None]
        return level + (alpha + beta) ** steps * (first - level)

    def _outer(self, letter: str) -> np.ndarray:
        own = [v for name, v in self.params.items() if str(name).split("[")[0] == letter]
        value = np.resize(np.array(own, dtype=float), len(self.spec["series"]))
        return np.outer(value, value)

    @property
    def _targets(self) -> int:
        k = len(self.spec["series"])
        return k * (k + 1) // 2 if self.spec["targeting"] else 0

    @property
    def aic(self) -> float:
        """Akaike criterion, targeted covariances counted as parameters."""
        return -2 * self.loglik + 2 * (len(self.params) + self._targets)

    @property
    def bic(self) -> float:
        """Schwarz criterion, targeted covariances counted as parameters."""
        return -2 * self.loglik + (len(self.params) + self._targets) * np.log(self.nobs)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return parameters, persistence and mean correlations as tidy rows."""
        more = [
            {"term": f"persistence[{name}]", "estimate": float(value)}
            for name, value in self.carry.items()
        ]
        more += [
            {"term": f"mean correlation[{pair}]", "estimate": float(value)}
            for pair, value in self.correlations.mean().items()
        ]
        extra = tidy_frame(more).assign(market=self.market)
        return pd.concat([super().tidy(level), extra], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Return the correlation of every pair, day by day."""
        frame = self.correlations
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the conditional correlations, of the first pairs where there are many."""
        from .correlation_results import draw_correlations

        return draw_correlations(self.correlations, self.title, ax)

    def _headline(self) -> dict[str, Any]:
        values = self.correlations.to_numpy()
        return {
            "persistence": self.persistence,
            "mean_correlation": float(values.mean()),
            "lowest_correlation": float(values.min()),
            "highest_correlation": float(values.max()),
            "converged": self.converged,
            **super()._headline(),
        }

    def _tests(self) -> list[dict[str, Any]]:
        rows = []
        for name, z in self.std_resid.items():
            found = arch_lm(z.to_numpy(), _LAGS)
            rows.append({**found, "test": f"{found['test']}, {name}"})
        return rows
