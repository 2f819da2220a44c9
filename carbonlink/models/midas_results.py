"""What a MIDAS regression says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference import mixed_causality
from ..inference.parallel import generator
from ..kernels import midas as kernel
from ..results import Estimates


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MIDASResults(Estimates):
    """A fitted MIDAS regression; made by `MIDAS.fit`.

    Attributes
    ----------
    weights : Series
        Weights of the lags, newest first; they sum to 1.
    resid : Series
    target, base, lagged
        The rare series, constant and own lags, and the frequent lags, a row an observation.
    """

    title: ClassVar[str] = "MIDAS regression"

    weights: pd.Series
    resid: pd.Series
    target: pd.Series
    base: pd.DataFrame
    lagged: pd.DataFrame

    @property
    def r_squared(self) -> float:
        """Share of the variance of y explained."""
        y = self.target.to_numpy()
        left = self.resid.to_numpy()
        return float(1 - left @ left / ((y - y.mean()) @ (y - y.mean())))

    def max_test(self, draws: int = 9999, rng: Any = 0) -> dict[str, Any]:
        """Test that no lag of the frequent series explains the rare one.

        Parameters
        ----------
        draws : int
            From the joint normal limit.
        rng : int, SeedSequence or Generator

        Returns
        -------
        dict
            null, statistic, p_value, reference, and the lag with the largest slope.

        References
        ----------
        Ghysels, E., Hill, J. B. and Motegi, K. (2020). Journal of Econometrics 218, 633–654.
        Working paper: doi:10.2139/ssrn.2616736
        """
        if int(draws) < 99:
            raise SpecificationError(f"draws={draws} are too few.", "Use 9999.")
        statistic, p, slopes = kernel.max_test(
            self.target.to_numpy(),
            self.base.to_numpy(),
            self.lagged.to_numpy(),
            generator(rng),
            int(draws),
        )
        return {
            "null": f"no lag of {self.spec['x']} helps to explain {self.spec['y']}",
            "statistic": statistic,
            "p_value": p,
            "reference": f"max-test, {draws} draws",
            "lag": int(np.argmax(slopes**2)),
        }

    def causality(self, blocks: int = 3, lags: int = 1, draws: int = 499, rng: Any = 0):
        """Test causality both ways in the stacked mixed-frequency VAR.

        Parameters
        ----------
        blocks : int
            Parts of a rare period: the frequent lags are averaged into this many, oldest first,
            and stand beside the rare value in one vector.
        lags : int
            Order of the VAR of that vector.
        draws : int
            Wild-bootstrap replications under each null.
        rng : int, SeedSequence or Generator

        Returns
        -------
        DataFrame
            A row a direction: null, Wald statistic, bootstrap p-value, observations and the
            smallest partial R² found with 80 % power at 5 %.

        References
        ----------
        Ghysels, E. (2016). Macroeconomics and the reality of mixed frequency data. Journal of
        Econometrics 193, 294–314. doi:10.1016/j.jeconom.2016.04.008
        """
        k = self.lagged.shape[1]
        if not 1 <= int(blocks) <= min(k, 6):
            raise SpecificationError(
                f"blocks={blocks!r} is no number of parts.", f"Use 1 … {min(k, 6)}."
            )
        if self.spec["lead"]:
            raise SpecificationError(
                "The stacked vector holds the values of its own period: lead= must be 0.",
                "Refit with lead=0.",
            )
        parts = np.array_split(self.lagged.to_numpy()[:, ::-1], int(blocks), axis=1)
        stacked = np.column_stack([*(p.mean(axis=1) for p in parts), self.target.to_numpy()])
        whole = self.recipe.arguments["y"].index
        place = whole.get_indexer(self.target.index)
        names = str(self.spec["x"]), str(self.spec["y"])
        return mixed_causality.both_ways(stacked, place, int(lags), int(draws), rng, names)

    def numbers(self) -> pd.DataFrame:
        """Return the weights that `plot` draws."""
        return self.weights.reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the weights of the lags."""
        from .. import plotting

        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.bar(self.weights.index, self.weights, color=plotting.PALETTE[0], width=0.8)
            ax.axhline(0, color="#4D4D4D", linewidth=0.8)
            ax.set_xlabel(f"values of {self.spec['x']} before the date (0 = newest)")
            ax.set_ylabel("weight")
            ax.set_title(f"{self.spec['y']} on {self.spec['x']}: {self.spec['weights']} weights")
        return ax

    def _headline(self) -> dict[str, Any]:
        return {"R²": self.r_squared, **super()._headline()}

    def _tests(self) -> list[dict[str, Any]]:
        from ..inference.residual_tests import breusch_godfrey

        found = self.max_test(1999)
        rows = [{"test": "max-test", **{k: v for k, v in found.items() if k != "lag"}}]
        if self.spec["weights"] == "unrestricted":
            k = len(self.base.columns)
            part = self.params.to_numpy()[k:]
            block = self.cov.to_numpy()[k:, k:]
            from scipy import stats

            wald = float(part @ np.linalg.solve(block, part))
            rows.append(
                {
                    "test": "Wald, all lags",
                    "null": f"no lag of {self.spec['x']} has an effect",
                    "statistic": wald,
                    "p_value": float(stats.chi2.sf(wald, len(part))),
                    "reference": f"chi-squared({len(part)}); too often small in short samples",
                }
            )
        pushed = self.lagged.to_numpy() @ np.nan_to_num(self.weights.to_numpy())
        fitted = np.column_stack([self.base.to_numpy(), pushed])
        rows.append(breusch_godfrey(self.resid.to_numpy(), fitted, 2))
        return rows
