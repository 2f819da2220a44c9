"""The result of an autoregressive distributed lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from ..inference.bands import FiellerSet, Ratio
from ..inference.bounds import BoundsTest
from ..results import Estimates
from .ecm_results import ECMResults
from .integration import DOUBLE_ROOT


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ARDLResults(Estimates):
    """An autoregressive distributed lag, estimated.

    Attributes
    ----------
    ecm : ECMResults
        The same regression in error-correction form.
    """

    title: ClassVar[str] = "Autoregressive distributed lag"

    ecm: ECMResults

    @property
    def names(self) -> tuple[str, ...]:
        """The effect, then the causes."""
        return self.ecm.names

    @property
    def resid(self) -> pd.Series:
        """Residuals on the dates used."""
        return self.ecm.resid

    @property
    def adjustment(self) -> float:
        """Share of the gap to the long run that closes in one step, 1 − Σ a_i."""
        return self.ecm.adjustment

    @property
    def half_life(self) -> float:
        """Steps until half of a gap has closed, ln ½ / ln(1 − φ), short-run terms apart."""
        return self.ecm.half_life

    @property
    def long_run(self) -> pd.Series:
        """Long-run effect of each cause (and intercept, trend)."""
        return self.ecm.long_run

    def long_run_ratio(self, name: str) -> Ratio:
        """Return the long-run effect of `name` as the ratio it is, for sets and delta errors."""
        return self.ecm.long_run_ratio(name)

    def long_run_set(self, name: str, level: float = 0.95) -> FiellerSet:
        """Return the Fieller set of the long-run effect of `name`; see `ECMResults`."""
        return self.ecm.long_run_set(name, level)

    def response(self, cause: str | None = None, horizon: int = 40) -> pd.Series:
        """Return the path of the effect over `horizon` rows after `cause` rises by one for good."""
        return self.ecm.response(cause, horizon)

    def bounds_test(
        self,
        test: str = "F",
        case: int | None = None,
        *,
        asymptotic: bool = False,
        draws: int = 40_000,
        level: float = 0.95,
        rng: int = 0,
        second_order: str = "refuse",
    ) -> BoundsTest:
        """Test for no level relationship (Pesaran, Shin and Smith 2001).

        Parameters
        ----------
        test, case, asymptotic, draws, level, rng : optional
            As in `ECMResults.bounds_test`: F or t; case 1–5; p-value for the sample's own
            number of rows unless `asymptotic`.
        second_order : {"refuse", "allow"}
            What to do when the change of a series may have a unit root itself: neither bound
            holds for series integrated of order two.

        Returns
        -------
        BoundsTest
            With `statistic`, `pvalue`, `lower`, `upper` and `null`.

        Raises
        ------
        SpecificationError
            A series may be I(2): an augmented Dickey–Fuller test of its change has p > 0.1.
        """
        return self.ecm.bounds_test(
            test,
            case,
            asymptotic=asymptotic,
            draws=draws,
            level=level,
            rng=rng,
            second_order=second_order,
        )

    def integration(self) -> pd.DataFrame:
        """Return the augmented Dickey–Fuller test of the change of each series, a row each."""
        return self.ecm.integration()

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the long run (Fieller sets), adjustment, half-life, then every parameter."""
        return pd.concat([self.ecm.derived(level), super().tidy(level)], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Return the response to each cause, step by step."""
        return self.ecm.numbers()

    def plot(self, ax: Any = None) -> Any:
        """Draw the response to the first cause and the Fieller set of its long run."""
        return self.ecm.plot(ax)

    def _headline(self) -> dict[str, Any]:
        return self.ecm._headline()

    def _tests(self) -> list[dict[str, Any]]:
        rows = self.ecm._tests()
        for name, row in self.integration().iterrows():
            doubt = "may be integrated of order two: the bounds tests would not hold"
            rows.append(
                {
                    "test": f"ADF of the change of {name}",
                    "null": f"the change of {name} has a unit root",
                    "statistic": row["statistic"],
                    "p_value": row["p_value"],
                    "reference": "MacKinnon (1994, 2010)",
                    "note": doubt if row["p_value"] > DOUBLE_ROOT else f"{row['lags']:.0f} lags",
                }
            )
        return rows
