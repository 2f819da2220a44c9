"""The result of a model of conditional correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..kernels import correlation_tests as tests
from ..kernels.dcc import pairs, unpack
from ..kernels.dcc_errors import first_step
from ..results import Estimates, tidy_frame
from .garch_results import GARCHResults

_LAGS = 5
_DRAWS = 199
_FEW = 5
_DRAWN = 6


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CorrelationResults(Estimates):
    """A model of conditional variances and correlations, estimated in two steps.

    Attributes
    ----------
    conditional_volatility : DataFrame
        √h_t of each series, in the units of the returns.
    std_resid : DataFrame
        z_t = ε_t/√h_t of each series.
    univariate : tuple of GARCHResults
        The first step.
    packed : ndarray, shape (n, k(k + 1)/2)
        Lower triangle of each day's correlation matrix, row by row.
    targets : int
        Correlations estimated as moments, which `aic` and `bic` count beside `params`.
    converged : bool
        Whether a maximum was found; False only with `strict=False`.
    """

    title: ClassVar[str] = "Conditional correlations"

    conditional_volatility: pd.DataFrame
    std_resid: pd.DataFrame
    univariate: tuple[GARCHResults, ...]
    packed: np.ndarray
    targets: int
    converged: bool

    @property
    def correlations(self) -> pd.DataFrame:
        """Conditional correlation of every pair, a column a pair."""
        names = self.spec["series"]
        rows, columns = pairs(len(names))
        labels = {
            f"{names[j]} – {names[i]}": self.packed[:, c]
            for c, (i, j) in enumerate(zip(rows, columns, strict=True))
            if i != j
        }
        return pd.DataFrame(labels, index=self.std_resid.index)

    @property
    def conditional_correlation(self) -> np.ndarray:
        """R_t, shape (n, k, k)."""
        return unpack(self.packed, len(self.spec["series"]))

    @property
    def conditional_covariance(self) -> np.ndarray:
        """H_t = D_t R_t D_t in squared units of the returns, shape (n, k, k)."""
        spread = self.conditional_volatility.to_numpy()
        return self.conditional_correlation * spread[:, :, None] * spread[:, None, :]

    @property
    def aic(self) -> float:
        """Akaike criterion, the targeted correlations counted as parameters."""
        return -2 * self.loglik + 2 * (len(self.params) + self.targets)

    @property
    def bic(self) -> float:
        """Schwarz criterion, the targeted correlations counted as parameters."""
        return -2 * self.loglik + (len(self.params) + self.targets) * np.log(self.nobs)

    @property
    def persistence(self) -> float:
        """Carry of the correlations from day to day, a + b (+ g/2); 0 when they are constant.

        In aDCC half of the shocks are falls.
        """
        weights = self._persistence_weights
        return float(weights @ self.params)

    @property
    def _persistence_weights(self) -> np.ndarray:
        carry = {"a": 1.0, "b": 1.0, "g": 0.5}
        return np.array([carry.get(name, 0.0) for name in self.params.index])

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return parameters, persistence and the mean of each correlation as tidy rows."""
        rows = super().tidy(level)
        more = []
        if self.spec["model"] != "ccc":
            more.append({"term": "persistence", "estimate": self.persistence})
            more += [
                {"term": f"mean correlation[{pair}]", "estimate": value}
                for pair, value in self.correlations.mean().items()
            ]
        if not more:
            return rows
        return pd.concat([rows, tidy_frame(more).assign(market=self.market)], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Return the correlation of every pair, day by day."""
        frame = self.correlations
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the conditional correlations, of the first pairs where there are many."""
        return draw_correlations(self.correlations, self.title, ax)

    def _headline(self) -> dict[str, Any]:
        values = self.correlations.to_numpy()
        return {
            "mean_correlation": float(values.mean()),
            "lowest_correlation": float(values.min()),
            "highest_correlation": float(values.max()),
            "converged": self.converged,
            **super()._headline(),
        }

    def _tests(self) -> list[dict[str, Any]]:
        from scipy import stats

        z = self.std_resid.to_numpy()
        steps = [first_step(fit.estimate) for fit in self.univariate]
        few = z.shape[1] <= _FEW
        laws = tests.row_bootstrap(z, _LAGS, _DRAWS, np.random.default_rng(0), few)
        values = tests.engle_sheppard(z, _LAGS), tests.tse(z, steps)
        count = z.shape[1] * (z.shape[1] - 1) // 2
        names = f"Engle–Sheppard ({_LAGS} lags)", "Tse, for two-step estimates"
        rows: list[dict[str, Any]] = []
        for name, value, law, df in zip(names, values, laws, (_LAGS + 1, count), strict=True):
            row = {
                "test": name,
                "null": "the conditional correlations are constant",
                "statistic": value,
                "p_value": np.nan,
                "reference": f"bootstrap of rows, {_DRAWS} draws",
            }
            if not np.isfinite(value):
                row["note"] = "not computed: no inverse"
            elif np.isfinite(law).all():
                row["p_value"] = float((1 + (law >= value).sum()) / (_DRAWS + 1))
            else:
                row["p_value"] = float(stats.chi2.sf(value, df))
                row["reference"] = f"chi-squared({df})"
            rows.append(row)
        return rows


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CCCResults(CorrelationResults):
    """Constant conditional correlations, estimated."""

    title: ClassVar[str] = "Constant conditional correlations"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DCCResults(CorrelationResults):
    """Dynamic conditional correlations, estimated.

    Attributes
    ----------
    target : DataFrame
        Q̄, the matrix that Q_t returns to (S in cDCC).
    """

    title: ClassVar[str] = "Dynamic conditional correlations"

    target: pd.DataFrame


def draw_correlations(frame: pd.DataFrame, title: str, ax: Any = None) -> Any:
    """Draw correlations over time, of the first pairs where there are many."""
    shown = frame.iloc[:, :_DRAWN]
    colours = plotting.colours(shown.columns)
    with plotting.style():
        ax = plotting.new_axes(ax)
        for pair, series in shown.items():
            line: dict[str, Any] = {"color": colours[str(pair)], "linewidth": 0.9}
            if isinstance(frame.index, pd.DatetimeIndex):
                plotting.broken_line(ax, series, **line)
                ax.plot([], [], label=pair, **line)
            else:
                ax.plot(series.index, series, label=pair, **line)
        if isinstance(frame.index, pd.DatetimeIndex):
            plotting.years(ax)
        ax.set_ylabel("conditional correlation")
        left = frame.shape[1] - shown.shape[1]
        ax.set_title(title + (f" ({left} more pairs not drawn)" if left else ""))
        ax.legend(ncols=min(3, shown.shape[1]))
    return ax
