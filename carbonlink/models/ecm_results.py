"""The result of an error-correction model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference import bounds, residual_tests
from ..inference.bands import FiellerSet, Ratio
from ..kernels import ecm as kernel
from ..kernels.ols import wald_f
from ..results import Estimates, check_level, tidy_frame
from .frames import joined, listed
from .integration import doubtful, refuse_second_order, unit_roots_of_changes

CASES = {"n": (1,), "c": (3, 2), "ct": (5, 4)}
"""Cases of the bounds test that each trend allows, the default first."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ECMResults(Estimates):
    """An error-correction model, estimated.

    Attributes
    ----------
    terms : tuple of (kind, variable, lag)
        What each parameter multiplies; variable 0 is the effect.
    names : tuple of str
        The effect, then the causes.
    resid : Series
        Residuals on the dates used.
    target, regressors : ndarray, shapes (n,) and (n, k)
        The regression.
    bread : ndarray, shape (k, k)
        (X'X)⁻¹.
    """

    title: ClassVar[str] = "Error-correction model"

    terms: tuple[tuple[str, int, int], ...]
    names: tuple[str, ...]
    resid: pd.Series
    target: np.ndarray
    regressors: np.ndarray
    bread: np.ndarray

    @property
    def adjustment(self) -> float:
        """Share of the gap to the long run that closes in one step, φ."""
        return -float(self.params.iloc[self._effect_level])

    @property
    def half_life(self) -> float:
        """Steps until half of a gap has closed, ln ½ / ln(1 − φ), short-run terms apart."""
        return kernel.half_life(self.adjustment)

    @property
    def long_run(self) -> pd.Series:
        """Long-run effect of each cause (and intercept, trend): its level term over φ."""
        values = {name: self.long_run_ratio(name).estimate for name in self._long_run_names}
        return pd.Series(values, name="long_run")

    @property
    def short_run(self) -> pd.Series:
        """Effect of each cause within the same step."""
        impact = {}
        for j, name in enumerate(self.names[1:], start=1):
            now = [i for i, (_, v, lag) in enumerate(self.terms) if v == j and lag == 0]
            impact[name] = float(self.params.iloc[now[0]])
        return pd.Series(impact, name="short_run")

    def long_run_ratio(self, name: str) -> Ratio:
        """Return the long-run effect of `name` as the ratio it is, for sets and tests."""
        check_choice("name", name, self._long_run_names)
        top, bottom = self._place(name), self._effect_level
        cov = self.cov.to_numpy()
        return Ratio(
            numerator=float(self.params.iloc[top]),
            denominator=self.adjustment,
            var_numerator=float(cov[top, top]),
            var_denominator=float(cov[bottom, bottom]),
            covariance=-float(cov[top, bottom]),
            df=self.df_resid,
        )

    def long_run_set(self, name: str, level: float = 0.95) -> FiellerSet:
        """Return the Fieller set of a long-run effect.

        Parameters
        ----------
        name : str
            A cause (or "const", "trend").
        level : float
            Confidence level.

        Returns
        -------
        FiellerSet
            Unbounded where the adjustment may be zero at that level.
        """
        return self.long_run_ratio(name).confidence_set(check_level(level))

    def adjustment_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the adjustment."""
        row = self.conf_int(level).iloc[self._effect_level]
        return -float(row["upper"]), -float(row["lower"])

    def half_life_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the half-life: the adjustment's ends, transformed.

        Notes
        -----
        The half-life falls as φ rises, so the ends change places; it is infinite where the
        interval of φ reaches 0, and 0 where it reaches 1.
        """
        low, high = self.adjustment_interval(level)
        return kernel.half_life(min(high, 1.0)), kernel.half_life(min(low, 1.0))

    def bounds_test(
        self,
        test: str = "F",
        case: int | None = None,
        *,
        asymptotic: bool = False,
        draws: int = 40_000,
        level: float = 0.95,
        rng: int = 0,
        regressors: int | None = None,
        second_order: str = "refuse",
    ) -> bounds.BoundsTest:
        """Test for no level relationship (Pesaran, Shin and Smith 2001).

        Parameters
        ----------
        test : {"F", "t"}
            All lagged levels, or the lagged effect alone (cases 1, 3 and 5).
        case : int, optional
            1 no intercept; 2 restricted and 3 unrestricted intercept; 4 restricted and 5
            unrestricted trend. By default the unrestricted one that `trend` makes.
        asymptotic : bool
            Null distribution of 1,000 rows in place of the sample's own number.
        draws : int
            Draws of the null, made once for each case, number of causes and rows.
        level : float
            Confidence level of the critical bounds.
        rng : int
            Seed of the draws.
        regressors : int, optional
            Number of causes in the null, k; that of the model when None.
        second_order : {"refuse", "allow"}
            What to do when the change of a series may have a unit root itself: neither bound
            holds for series integrated of order two.

        Returns
        -------
        BoundsTest
            The statistic uses classical standard errors, for which the null is derived.

        Raises
        ------
        SpecificationError
            A series may be I(2): an augmented Dickey–Fuller test of its change has p > 0.1.
        """
        check_choice("second_order", second_order, ("refuse", "allow"))
        allowed = CASES[self.spec["trend"]]
        case = allowed[0] if case is None else case
        if case not in allowed:
            raise SpecificationError(
                f"case={case!r} does not fit trend={self.spec['trend']!r}.",
                f"Use case {' or '.join(map(str, allowed))}, or refit with another trend.",
            )
        check_choice("test", test, ("F", "t"))
        if test == "t" and case in (2, 4):
            raise SpecificationError(f"The t-test does not exist in case {case}.", 'Use test="F".')
        if second_order == "refuse":
            refuse_second_order(self.integration())
        return bounds.bounds_test(
            test,
            self._bounds_statistic(test, case),
            case,
            len(self.names) - 1 if regressors is None else regressors,
            bounds.LONGEST if asymptotic else self.nobs,
            draws=draws,
            level=check_level(level),
            rng=rng,
        )

    def integration(self) -> pd.DataFrame:
        """Return the augmented Dickey–Fuller test of the change of each series.

        Returns
        -------
        DataFrame
            A row a series: statistic, p_value, lags, nobs. A large p-value speaks for a series
            integrated of order two.
        """
        return unit_roots_of_changes(self._levels())

    def _levels(self) -> pd.DataFrame:
        """Return effect and causes up to the last date used."""
        given = self.recipe.arguments
        effect, causes, _ = joined(given["y"], given["x"], given.get("controls"))
        return pd.concat([effect, causes], axis=1).loc[: self.resid.index[-1]]

    def response(self, cause: str | None = None, horizon: int = 40) -> pd.Series:
        """Return the path of the effect after a cause rises by one for good.

        Parameters
        ----------
        cause : str, optional
            The first cause when None.
        horizon : int
            Steps after the rise.

        Returns
        -------
        Series
            Indexed by step from 0; it tends to the long-run effect where 0 < φ < 2.
        """
        cause = self.names[1] if cause is None else cause
        check_choice("cause", cause, self.names[1:])
        path = kernel.step_response(
            self.terms, self.params.to_numpy(), self.names.index(cause), horizon
        )
        return pd.Series(path, index=pd.RangeIndex(horizon + 1, name="step"), name=cause)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the long run (Fieller sets), adjustment, half-life, then every parameter.

        Notes
        -----
        `statistic` and `p_value` of a long run θ = −b/a test b = 0, the linear form of θ = 0, of
        which the Fieller set is the inversion; `std_error` is the delta method's. So the
        statistic is not estimate/std_error.
        """
        table = super().tidy(level)
        table.loc[self._effect_level, "p_value"] = np.nan
        return pd.concat([self.derived(level), table], ignore_index=True)

    def derived(self, level: float = 0.95) -> pd.DataFrame:
        """Return the first rows of `tidy`: long run, adjustment and half-life."""
        rows = [self._long_run_row(name, level) for name in self._long_run_names]
        low, high = self.adjustment_interval(level)
        spread = float(self.std_errors.iloc[self._effect_level])
        adjustment = {"term": "adjustment", "estimate": self.adjustment, "std_error": spread}
        rows.append({**adjustment, "lower": low, "upper": high, "unit": "share a step"})
        rows[-1]["statistic"] = self.adjustment / spread
        low, high = self.half_life_interval(level)
        half = {"term": "half_life", "estimate": self.half_life, "unit": "steps"}
        rows.append({**half, "lower": low, "upper": high})
        return tidy_frame([{"market": self.market, **row} for row in rows])

    def numbers(self) -> pd.DataFrame:
        """Return the response to each cause, step by step."""
        return pd.DataFrame({c: self.response(c) for c in self.names[1:]}).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the response to the first cause and the Fieller set of its long run."""
        from .. import plotting

        cause = self.names[1]
        path, found = self.response(cause), self.long_run_set(cause)
        with plotting.style():
            ax = plotting.new_axes(ax)
            if found.kind == "interval" and np.isfinite([found.lower, found.upper]).all():
                ax.axhspan(found.lower, found.upper, color=plotting.PALETTE[5], alpha=0.25, lw=0)
            long_run = self.long_run[cause]
            ax.axhline(long_run, color=plotting.PALETTE[1], lw=1, ls="--", label="long run")
            ax.plot(path.index, path, color=plotting.PALETTE[0], label="response")
            ax.set_xlabel("steps after a lasting rise of one")
            ax.set_ylabel(f"{self.names[0]} per unit of {cause}")
            ax.set_title(f"{self.names[0]} after {cause}; 95 % long-run set {found}")
            ax.legend()
        return ax

    def _headline(self) -> dict[str, Any]:
        cause = self.names[1]
        return {
            f"long_run_{cause}": self.long_run[cause],
            "adjustment": self.adjustment,
            "half_life": self.half_life,
            **super()._headline(),
        }

    def _tests(self) -> list[dict[str, Any]]:
        residuals, lags = self.resid.to_numpy(), min(10, self.nobs // 10)
        second = doubtful(self.integration())
        return [
            self._bounds_row("F", second),
            self._bounds_row("t", second),
            residual_tests.breusch_godfrey(residuals, self.regressors, lags),
            residual_tests.arch_lm(residuals, lags),
            residual_tests.reset(self.target, self.regressors, residuals),
            residual_tests.jarque_bera(residuals),
        ]

    def _bounds_row(self, test: str, second: list[str]) -> dict[str, Any]:
        found = self.bounds_test(test, second_order="allow")
        note = (
            f"I(1) p-value, {found.draws:,} simulated draws of {found.rows} rows; "
            f"with I(0) causes p = {found.pvalue_lower:.2g}; "
            f"5 % bounds {found.lower:.3f} and {found.upper:.3f}: {found.decision}"
        )
        if second:
            note += (
                f"; does not hold where {listed(second)} is integrated of order two, as it may be"
            )
        return {
            "test": f"Bounds {test} (case {found.case}: {bounds.WORDS[found.case]})",
            "null": found.null,
            "statistic": found.statistic,
            "p_value": found.pvalue,
            "reference": f"Pesaran, Shin and Smith (2001), k = {found.regressors}",
            "note": note,
        }

    def _bounds_statistic(self, test: str, case: int) -> float:
        residuals = self.resid.to_numpy()
        cov = self.bread * float(residuals @ residuals) / self.df_resid
        levels = [i for i, (kind, _, _) in enumerate(self.terms) if kind == "level"]
        if test == "t":
            place = self._effect_level
            return float(self.params.iloc[place]) / float(np.sqrt(cov[place, place]))
        restricted = {2: "const", 4: "trend"}.get(case)
        extra = [self._place(restricted)] if restricted else []
        return wald_f(self.params.to_numpy(), cov, [*extra, *levels])

    def _long_run_row(self, name: str, level: float) -> dict[str, Any]:
        ratio, found = self.long_run_ratio(name), self.long_run_set(name, level)
        return {
            "term": f"long_run[{name}]",
            "estimate": ratio.estimate,
            "std_error": ratio.std_error,
            "statistic": ratio.statistic(0.0),
            "p_value": ratio.p_value(0.0),
            "lower": found.lower,
            "upper": found.upper,
            "unit": self.units.get(f"long_run[{name}]", ""),
        }

    @property
    def _effect_level(self) -> int:
        return self.terms.index(("level", 0, 1))

    @property
    def _long_run_names(self) -> list[str]:
        fixed = [kind for kind, _, _ in self.terms if kind in ("const", "trend")]
        return [*self.names[1:], *fixed]

    def _place(self, name: str) -> int:
        if name in ("const", "trend") and (name, 0, 0) in self.terms:
            return self.terms.index((name, 0, 0))
        number = self.names.index(name)
        found = [i for i, (k, v, _) in enumerate(self.terms) if k == "level" and v == number]
        return found[0]
