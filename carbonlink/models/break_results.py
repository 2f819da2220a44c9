"""The results of searches for breaks: what they share, and those of the variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import DataError, SpecificationError, check_day
from ..inference.date_matches import DateMatches, match_dates
from ..results import Results, check_level, day, tidy_frame
from .break_inputs import whole

_REFERENCES = {"bootstrap": "residual bootstrap of a GARCH(1, 1) without a break"}
NAMES = {"kappa2": "κ2", "kappa1": "κ1", "it": "IT"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BreakResults(Results):
    """Breaks in one series of returns.

    Attributes
    ----------
    breaks : DataFrame
        A row a break, indexed by the first date of the new regime.
    segments : DataFrame
        A row a regime: start, end, nobs, and its level with a standard error.
    returns : Series
        The returns that were searched, their mean taken out if it was asked for.
    shortest : int
        Fewest returns in a regime.
    """

    title: ClassVar[str] = "Breaks"

    breaks: pd.DataFrame
    segments: pd.DataFrame
    returns: pd.Series
    market: str
    shortest: int

    @property
    def dummies(self) -> pd.DataFrame:
        """A 0/1 column a regime but the first: variance regressors for `GARCH`."""
        place = np.repeat(np.arange(len(self.segments)), self.segments["nobs"])
        columns = {
            f"from {day(label)}": (place == i + 1).astype(float)
            for i, label in enumerate(self.breaks.index)
        }
        return pd.DataFrame(columns, index=self.returns.index)

    def matches(self, events: Any, within: int = 10) -> DateMatches:
        """Return the known events near each break, and how many chance would put there.

        Parameters
        ----------
        events : Series or DataFrame
            What happened, as text, indexed by date; a frame needs columns date and event, as
            `carbonlink.published("policy_dates")` has.
        within : int
            Largest distance in calendar days.
        """
        if not isinstance(self.returns.index, pd.DatetimeIndex):
            raise DataError("The returns have no dates to match.", "Set a DatetimeIndex.")
        if isinstance(within, bool) or not whole(within, 0):
            raise SpecificationError(f"within={within!r} is no number of days.", "Use 0, 1, 2, …")
        if isinstance(events, pd.DataFrame):
            absent = [c for c in ("date", "event") if c not in events]
            if absent:
                raise DataError(f"events has no column {absent[0]}.", "Give date and event.")
            events = pd.Series(events["event"].to_numpy(), index=events["date"])
        if not isinstance(events, (pd.Series, dict)):
            raise SpecificationError(
                "events= needs to say what happened on which date.",
                "Give a Series of texts indexed by date, or a frame with columns date and event.",
            )
        events = pd.Series(events)
        events = events.set_axis(
            pd.DatetimeIndex([check_day("events", day) for day in events.index])
        )
        span = self.returns.index[self.shortest : len(self.returns) - self.shortest + 1]
        return match_dates(pd.DatetimeIndex(self.breaks.index), events, span, within)

    def persistence(self, vol: str = "GARCH", dist: str = "t", **options: Any) -> pd.DataFrame:
        """Return the persistence of a GARCH without and with the breaks in its variance.

        Parameters
        ----------
        vol, dist, **options
            As `carbonlink.GARCH` and its `fit` take them.

        Returns
        -------
        DataFrame
            Rows "without breaks" and, where there are breaks, "with breaks": persistence, its
            std_error, half_life, loglik, bic, nobs.

        Notes
        -----
        The breaks enter as `dummies`: each regime multiplies the variance by its own factor.
        Breaks that are left out read as shocks that never die.

        References
        ----------
        Lamoureux, C. G. and Lastrapes, W. D. (1990). Persistence in variance, structural change,
        and the GARCH model. Journal of Business & Economic Statistics 8, 225–234.
        doi:10.1080/07350015.1990.10509794
        """
        from .garch import fit_garch

        fits = {"without breaks": fit_garch(self.returns, vol, dist=dist, **options)}
        if len(self.breaks):
            fits["with breaks"] = fit_garch(
                self.returns, vol, dist=dist, variance_x=self.dummies, **options
            )
        rows = {}
        for name, fit in fits.items():
            row: Any = fit.tidy().set_index("term").loc["persistence"]
            rows[name] = {
                "persistence": fit.persistence,
                "std_error": float(row["std_error"]),
                "half_life": fit.half_life,
                "loglik": fit.loglik,
                "bic": fit.bic,
                "nobs": fit.nobs,
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def _draw(self, ax: Any, when: Any, value: Any, bands: list[Any], label: str) -> Any:
        """Draw a series, lines through its regimes, and a dashed line at every break."""
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.plot(when, value, color="#9A9A9A", linewidth=0.5)
            for band in bands:
                ax.plot(when, band, color=plotting.PALETTE[1], linewidth=1.2)
            for first in self.breaks.index:
                ax.axvline(first, color=plotting.PALETTE[0], linewidth=0.8, linestyle="--")
            if isinstance(self.returns.index, pd.DatetimeIndex):
                plotting.years(ax)
            ax.set_ylabel(label)
            ax.set_title(f"{self.market}: {len(self.breaks)} breaks in the variance")
        return ax


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VarianceBreakResults(BreakResults):
    """Breaks in the variance of one series, by cumulated squares.

    Attributes
    ----------
    breaks : DataFrame
        A row a break, indexed by the first date of the new regime: `last` date of the old one,
        `statistic` and `critical_value` of the test on the two regimes together, `p_value` of
        the Brownian bridge or of the bootstrap, `variance_change` in per cent.
    segments : DataFrame
        A row a regime: start, end, nobs, std_dev and its std_error.
    whole : tuple of float
        The largest path over all returns, and its p-value.
    """

    title: ClassVar[str] = "Breaks in the variance"

    whole: tuple[float, float]

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the standard deviation of each regime and the change at each break."""
        from scipy import stats

        z = stats.norm.ppf(0.5 + check_level(level) / 2)
        rows: list[dict[str, Any]] = []
        for i, row in enumerate(self.segments.to_dict("records"), 1):
            spread, error = row["std_dev"], row["std_error"]
            share = error / spread if spread else np.nan
            rows.append(
                {
                    "term": f"s.d. {i}: {day(row['start'])} to {day(row['end'])}",
                    "estimate": spread,
                    "std_error": error,
                    "lower": spread * np.exp(-z * share),
                    "upper": spread * np.exp(z * share),
                    "unit": self.units["std_dev"],
                }
            )
        rows += [
            {
                "term": f"break {day(label)}",
                "estimate": row["variance_change"],
                "statistic": row["statistic"],
                "p_value": row["p_value"],
                "unit": "% of variance",
            }
            for label, row in self.breaks.iterrows()
        ]
        return tidy_frame(rows).assign(market=self.market)

    def numbers(self) -> pd.DataFrame:
        """Return the returns and the standard deviation of their regime, day by day."""
        spread = np.repeat(self.segments["std_dev"].to_numpy(), self.segments["nobs"])
        frame = self.returns.rename("return").to_frame().assign(std_dev=spread)
        return frame.rename_axis(str(frame.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the returns between bands of two standard deviations of their regime."""
        table = self.numbers()
        when, value, spread = (table.iloc[:, i] for i in range(3))
        bands = [-2 * spread, 2 * spread]
        return self._draw(ax, when, value, bands, "return, ± 2 s.d. of the regime")

    def _headline(self) -> dict[str, Any]:
        spread = self.segments["std_dev"]
        return {
            "breaks": len(self.breaks),
            "smallest_std_dev": float(spread.min()),
            "largest_std_dev": float(spread.max()),
        }

    def _tests(self) -> list[dict[str, Any]]:
        reference = _REFERENCES.get(self.spec["critical"], "largest absolute Brownian bridge")
        name = f"{NAMES[self.spec['statistic']]}, sup of cumulated squares"
        statistic, p_value = self.whole
        rows = [
            {
                "test": f"{name}, whole sample",
                "null": "the variance is constant",
                "statistic": statistic,
                "p_value": p_value,
            }
        ]
        edges = [self.segments["start"].iloc[0], *self.breaks.index]
        for before, (label, row) in zip(edges, self.breaks.iterrows(), strict=False):
            rows.append(
                {
                    "test": f"{name}, {day(label)}",
                    "null": f"the variance is constant from {day(before)} to the next break",
                    "statistic": row["statistic"],
                    "p_value": row["p_value"],
                    "note": f"critical value {row['critical_value']:.3f}",
                }
            )
        return [{**row, "reference": reference} for row in rows]
