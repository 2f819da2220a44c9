"""What an instrumental-variables fit gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.bands import FiellerSet, Ratio
from ..inference.hac import bartlett
from ..kernels.iv import Stages, anderson_rubin, effective_f
from ..results import Results, check_level, tidy_frame

_ANGLES = 4001


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IVResults(Results):
    """An effect by instrumental variables; made by `IV`.

    Attributes
    ----------
    stages : Stages
        The regressions as arrays.
    variances : tuple of ndarray
        Covariances of the reduced form, of the first stage, and between them.
    std_error : float
        Of the estimate, as usual; the sets and tests do not use it.
    df : float
        Degrees of freedom of the t reference.
    members : ndarray of int or None
        The cluster of each row.
    bandwidth : float
        Of the Newey–West covariance; NaN for the others.
    market, cause : str
        Names of the outcome and the cause.
    """

    title: ClassVar[str] = "Instrumental variables"

    stages: Stages
    variances: tuple[np.ndarray, np.ndarray, np.ndarray]
    std_error: float
    df: float
    members: np.ndarray | None
    bandwidth: float
    market: str
    cause: str

    @property
    def estimate(self) -> float:
        """The effect of the cause, by two-stage least squares."""
        return self.stages.estimate

    @property
    def ratio(self) -> Ratio:
        """The effect as reduced form over first stage, with one instrument.

        Raises
        ------
        SpecificationError
            There are several instruments; use `confidence_set`.
        """
        if self.stages.first.size != 1:
            raise SpecificationError(
                f"{self.stages.first.size} instruments make no single ratio.",
                "Use confidence_set(), or one instrument.",
            )
        own, between, cross = (float(v[0, 0]) for v in self.variances)
        first, reduced = float(self.stages.first[0]), float(self.stages.reduced[0])
        return Ratio(reduced, first, own, between, cross, self.df)

    @property
    def effective_f(self) -> float:
        """Strength of the instruments: Montiel Olea and Pflueger's effective F."""
        return effective_f(self.stages, self.variances[1])[0]

    @property
    def critical_f(self) -> float:
        """Effective F above which the worst-case bias stays below a tenth, at 5 %."""
        return effective_f(self.stages, self.variances[1])[1]

    @property
    def weak(self) -> bool:
        """Whether the instruments are weak: the effective F does not pass its critical value."""
        return self.effective_f < self.critical_f

    def confidence_set(self, level: float = 0.95) -> FiellerSet:
        """Return the Anderson–Rubin set of the effect.

        Parameters
        ----------
        level : float

        Returns
        -------
        FiellerSet
            With several instruments, the hull of the values not rejected: "interval" (NaN where
            every value is rejected), "rays" or "line".
        """
        if self.stages.first.size == 1:
            return self.ratio.confidence_set(check_level(level))
        return self._inverted(check_level(level))

    def p_value(self, value: float = 0.0) -> float:
        """Return the Anderson–Rubin p-value of the effect being `value`."""
        if self.stages.first.size == 1:
            return self.ratio.p_value(value)
        from scipy import stats

        size = self.stages.first.size
        statistic = anderson_rubin(self.stages, self.variances, value) / size
        return float(stats.f.sf(statistic, size, self.df))

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row: the effect with its Anderson–Rubin set and test of zero."""
        found = self.confidence_set(level)
        row = {
            "term": self.cause,
            "market": self.market,
            "estimate": self.estimate,
            "std_error": self.std_error,
            "statistic": self.estimate / self.std_error,
            "p_value": self.p_value(0.0),
            "lower": found.lower,
            "upper": found.upper,
            "unit": f"{self.market} per {self.cause}",
        }
        return tidy_frame([row])

    def numbers(self) -> pd.DataFrame:
        """Return the residuals of outcome and cause given everything else, and the instruments'."""
        columns = {self.market: self.stages.outcome, self.cause: self.stages.cause}
        fitted = self.stages.instruments @ self.stages.first
        return pd.DataFrame({**columns, f"{self.cause}, first stage": fitted})

    def plot(self, ax: Any = None) -> Any:
        """Draw the outcome against the cause as the instruments move it, in twenty bins."""
        from .. import plotting

        frame = self.numbers()
        fitted = frame.iloc[:, 2]
        bins = pd.qcut(fitted, min(20, fitted.nunique()), duplicates="drop")
        means = frame.groupby(bins, observed=True).mean()
        ax = plotting.new_axes(ax)
        with plotting.style():
            colour = plotting.PALETTE[0]
            ax.plot(means.iloc[:, 2], means.iloc[:, 0], "o", color=colour, ms=4, label="bin means")
            ends = np.array([means.iloc[:, 2].min(), means.iloc[:, 2].max()])
            ax.plot(ends, self.estimate * ends, color=plotting.PALETTE[1], lw=1.2, label="slope")
            ax.set_xlabel(f"{self.cause} as the instruments move it, given the rest")
            ax.set_ylabel(f"{self.market}, given the rest")
            ax.legend()
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            self.cause: self.estimate,
            "effective_f": self.effective_f,
            "critical_f": self.critical_f,
        }

    def _tests(self) -> list[dict[str, Any]]:
        strength, critical = effective_f(self.stages, self.variances[1])
        words = "weak: use the set, not the standard error" if strength < critical else "strong"
        rows = [
            {
                "test": "effective F",
                "null": "the instruments are weak (bias above a tenth of the worst case)",
                "statistic": strength,
                "reference": f"critical value {critical:.1f} at 5 % (Montiel Olea and Pflueger)",
                "note": words,
            },
            {
                "test": "Anderson–Rubin",
                "null": f"{self.cause} has no effect",
                "p_value": self.p_value(0.0),
                "reference": f"valid however weak; {self.spec['cov']}",
            },
            self._endogeneity(),
        ]
        return rows

    def _endogeneity(self) -> dict[str, Any]:
        """Test that least squares would do: the first-stage residual in the outcome equation."""
        from scipy import stats

        stages = self.stages
        row: dict[str, Any] = {
            "test": "control function",
            "null": f"{self.cause} is exogenous",
            "reference": f"Durbin–Wu–Hausman, t({self.df:.4g}); "
            f"{self.spec['cov'] if self.members is None else 'clustered'}",
        }
        fitted = stages.instruments @ stages.first
        error = stages.cause - fitted
        if error @ error <= 1e-18 * (stages.cause @ stages.cause):
            return {**row, "note": "the cause is its own instrument: least squares"}
        columns = np.column_stack([stages.cause, error])
        bread = np.linalg.inv(columns.T @ columns)
        params = bread @ columns.T @ stages.outcome
        scores = columns * (stages.outcome - columns @ params)[:, None]
        spread = bread @ self._meat(scores) @ bread
        statistic = float(params[1] / np.sqrt(spread[1, 1]))
        p_value = float(2 * stats.t(self.df).sf(abs(statistic)))
        return {**row, "statistic": statistic, "p_value": p_value}

    def _meat(self, scores: np.ndarray) -> np.ndarray:
        """Return the covariance of summed scores, clustered, Newey–West or White's as `cov` is."""
        n, k = scores.shape
        free = n - self.stages.lost - k
        if self.members is not None:
            sums = np.column_stack([np.bincount(self.members, s) for s in scores.T])
            return len(sums) / (len(sums) - 1) * (n - 1) / free * sums.T @ sums
        width = 1.0 if np.isnan(self.bandwidth) else self.bandwidth
        return n / free * bartlett(scores, width)

    def _inverted(self, level: float) -> FiellerSet:
        """Invert the test over all slopes, as angles, and return the hull of what it keeps."""
        from scipy import stats

        size = self.stages.first.size
        critical = float(stats.f.ppf(level, size, self.df)) * size
        scale = self.std_error
        angles = np.linspace(-np.pi / 2, np.pi / 2, _ANGLES)[1:-1]
        values = self.estimate + scale * np.tan(angles)
        kept = np.array([anderson_rubin(self.stages, self.variances, v) for v in values])
        inside = kept <= critical
        beyond = anderson_rubin(self.stages, self.variances, np.inf) <= critical
        if not beyond:
            if not inside.any():
                return FiellerSet(np.nan, np.nan, "interval")
            first, last = np.flatnonzero(inside)[[0, -1]]
            low = self._edge(values[max(first - 1, 0)], values[first], critical)
            high = self._edge(values[min(last + 1, len(values) - 1)], values[last], critical)
            return FiellerSet(low, high, "interval")
        if inside.all():
            return FiellerSet(-np.inf, np.inf, "line")
        outside = np.flatnonzero(~inside)
        low = self._edge(values[outside[0]], values[max(outside[0] - 1, 0)], critical)
        high = self._edge(
            values[outside[-1]], values[min(outside[-1] + 1, len(values) - 1)], critical
        )
        return FiellerSet(-np.inf, np.inf, "rays", (low, high))

    def _edge(self, rejected: float, kept: float, critical: float) -> float:
        """Return where the test turns between a rejected and a kept value."""
        for _ in range(60):
            middle = (rejected + kept) / 2
            if anderson_rubin(self.stages, self.variances, middle) <= critical:
                kept = middle
            else:
                rejected = middle
        return float(kept)
