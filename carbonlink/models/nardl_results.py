"""The result of an asymmetric distributed lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import check_choice
from ..inference import bootstrap, parallel
from ..inference.bands import Ratio
from ..inference.bounds import BoundsTest
from ..kernels import ecm as kernel
from ..kernels.nardl import wild_draws
from ..results import check_level
from .ecm_results import ECMResults
from .frames import joined

PATHS = ("rise", "fall", "asymmetry")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NARDLResults(ECMResults):
    """An asymmetric distributed lag, estimated; an error-correction model of the split causes.

    Attributes
    ----------
    changes : DataFrame
        Numbers of rises and falls of each split cause in the sample.
    levels : ndarray, shape (n,)
        The effect on all rows, for the bootstrap.
    layout : Design
        The regression on all rows.
    rows : ndarray of int
        Rows of the sample.
    """

    title: ClassVar[str] = "Asymmetric distributed lag"

    changes: pd.DataFrame
    levels: np.ndarray
    layout: kernel.Design
    rows: np.ndarray

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
    ) -> BoundsTest:
        """Test for no level relationship, as `ECMResults.bounds_test` does.

        Parameters
        ----------
        test, case, asymptotic, draws, level, rng, second_order : optional
            As there.
        regressors : int, optional
            Causes in the null. The two halves of a cause are tied, so the right number lies
            between that of the causes and that of the halves; by default the one with the
            larger critical value: the former for F, the latter for t.
        """
        halves = len(self.names) - 1
        fewer = halves - len(self.changes)
        k = (fewer if test == "F" else halves) if regressors is None else regressors
        return super().bounds_test(
            test,
            case,
            asymptotic=asymptotic,
            draws=draws,
            level=level,
            rng=rng,
            regressors=k,
            second_order=second_order,
        )

    def _levels(self) -> pd.DataFrame:
        """Return effect and the causes themselves, not their halves."""
        given = self.recipe.arguments
        effect, causes, _ = joined(given["y"], given["x"], given["controls"])
        return pd.concat([effect, causes], axis=1).loc[: self.resid.index[-1]]

    def symmetry(self) -> pd.DataFrame:
        """Test that rises and falls have one effect, for good and in the short run.

        Returns
        -------
        DataFrame
            A row a cause and test ("long run", "short run", "impact"): difference, std_error
            (by the delta method in the long run), statistic (Wald, F with 1 and df_resid degrees
            of freedom; in the long run of the lagged levels, β⁺ = β⁻), p_value.
        """
        rows = []
        for cause in self.changes.index:
            for kind in ("long run", "short run", "impact"):
                rows.append({"cause": cause, "test": kind, **self._wald(cause, kind)})
        return pd.DataFrame(rows)

    def multipliers(
        self,
        cause: str | None = None,
        horizon: int | None = None,
        level: float = 0.95,
        draws: int | None = None,
        n_jobs: int | None = None,
    ) -> pd.DataFrame:
        """Return the path of the effect after a rise, and after a fall, of one for good.

        Parameters
        ----------
        cause : str, optional
            A split cause; the first when None.
        horizon : int, optional
            Last step; that of the model when None.
        level : float
            Confidence level of the bands, step by step.
        draws : int, optional
            Bootstrap paths; those of the model when None.
        n_jobs : int, optional
            Workers; the numbers do not depend on it.

        Returns
        -------
        DataFrame
            Indexed by step: rise (m⁺), fall (−m⁻, usually negative), asymmetry (their sum), each
            with columns _lower and _upper from a recursive wild bootstrap, bias-corrected.
        """
        cause = self.changes.index[0] if cause is None else cause
        check_choice("cause", cause, list(self.changes.index))
        horizon = self.spec["horizon"] if horizon is None else horizon
        draws = self.spec["draws"] if draws is None else draws
        check_level(level)
        params = self.params.to_numpy()
        drawn = parallel.draw(
            wild_draws,
            draws,
            self.spec["rng"],
            self.levels,
            self.layout,
            self.rows,
            params,
            self.resid.to_numpy(),
            n_jobs=n_jobs,
        )
        paths, cloud = self._paths(params, cause, horizon), self._paths(drawn, cause, horizon)
        table: dict[str, np.ndarray] = {}
        for name in PATHS:
            low, high = bootstrap.interval(paths[name], cloud[name], paths[name], level)
            table |= {name: paths[name], f"{name}_lower": low, f"{name}_upper": high}
        return pd.DataFrame(table, index=pd.RangeIndex(horizon + 1, name="step"))

    def numbers(self) -> pd.DataFrame:
        """Return the multipliers of the first cause with their 95 % bands."""
        return self.multipliers().reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the multipliers of the first cause, with the band of their asymmetry."""
        from .. import plotting

        table = self.multipliers()
        with plotting.style():
            ax = plotting.new_axes(ax)
            for place, name in enumerate(PATHS):
                colour = plotting.PALETTE[place]
                ends = table[f"{name}_lower"], table[f"{name}_upper"]
                ax.fill_between(table.index, *ends, color=colour, alpha=0.15, lw=0)
                dash = "--" if name == "asymmetry" else "-"
                ax.plot(table.index, table[name], color=colour, ls=dash, label=name)
            ax.axhline(0, color="#4D4D4D", lw=0.8)
            cause = self.changes.index[0]
            ax.set_xlabel(f"steps after {cause} rises, or falls, by one for good")
            ax.set_ylabel(f"{self.names[0]} per unit of {cause}")
            ax.set_title(f"{self.names[0]} after {cause}; 95 % bands, {self.spec['draws']} paths")
            ax.legend()
        return ax

    def _paths(self, params: np.ndarray, cause: str, horizon: int) -> dict[str, np.ndarray]:
        up, down = (
            kernel.step_response(self.terms, params, self.names.index(f"{cause}_{half}"), horizon)
            for half in ("pos", "neg")
        )
        return {"rise": up, "fall": -down, "asymmetry": up - down}

    def _tests(self) -> list[dict[str, Any]]:
        nulls = {
            "long run": "rises and falls of {} have the same long-run effect",
            "short run": "the short-run effects of rises and falls of {} have the same sum",
            "impact": "rises and falls of {} have the same effect in the same step",
        }
        rows = []
        for row in self.symmetry().to_dict("records"):
            rows.append(
                {
                    "test": f"Symmetry of {row['cause']}: {row['test']}",
                    "null": nulls[row["test"]].format(row["cause"]),
                    "statistic": row["statistic"],
                    "p_value": row["p_value"],
                    "reference": f"F(1, {self.df_resid:g})",
                    "note": f"difference {row['difference']:.4g}",
                }
            )
        return [*rows, *super()._tests()]

    def _wald(self, cause: str, kind: str) -> dict[str, float]:
        from scipy import stats

        weights = self._weights(f"{cause}_pos", kind) - self._weights(f"{cause}_neg", kind)
        params, cov = self.params.to_numpy(), self.cov.to_numpy()
        gap, spread = float(weights @ params), float(np.sqrt(weights @ cov @ weights))
        value = (gap / spread) ** 2 if spread > 0 else float("nan")
        p_value = float(stats.f(1, self.df_resid).sf(value))
        if kind == "long run":
            place = self._effect_level
            between = -float(weights @ cov[:, place])
            ratio = Ratio(gap, self.adjustment, spread**2, float(cov[place, place]), between)
            gap, spread = ratio.estimate, ratio.std_error
        return {"difference": gap, "std_error": spread, "statistic": value, "p_value": p_value}

    def _weights(self, half: str, kind: str) -> np.ndarray:
        """Return which parameters make up an effect of a half of a cause.

        A half of order 0 enters with its current level, which holds its lagged level and its
        current change.
        """
        number = self.names.index(half)
        weights = np.zeros(len(self.params))
        for i, (what, variable, lag) in enumerate(self.terms):
            if variable != number:
                continue
            level, now = what == "level", lag == 0
            wanted = {"long run": level, "short run": not level or now, "impact": now}
            weights[i] = float(wanted[kind])
        return weights
