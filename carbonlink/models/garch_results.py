"""The result of a GARCH model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.parallel import generator
from ..kernels import garch_forecast as ahead
from ..kernels.garch_estimate import Estimate, lag_carries
from ..kernels.trade_logit import Logit
from ..results import Estimates, check_level, tidy_frame
from . import garch_inputs as inputs
from .garch_battery import density_rows, returns_rows, stability_rows
from .garch_persistence import persistence_row
from .garch_tests import battery

_INTEGRATED = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GARCHResults(Estimates):
    """A GARCH model, estimated.

    Attributes
    ----------
    conditional_volatility : Series
        √h_t, in the units of the returns (not annualised).
    resid, std_resid : Series
        ε_t and z_t = ε_t/√h_t.
    estimate : Estimate
        The arrays behind it: scores, Hessian, the three covariances.
    converged : bool
        Whether a maximum was certified; False only with `strict=False`.
    trade_probability : Series or None
        π_t, the chance of a genuine trade given the past; with `trade`.
    limit_days : Series or None
        1 on days at the upper limit, −1 at the lower one, 0 else; with `trade` or `limits`.
    logit : Logit or None
        The arrays behind the chance of a trade.
    fitted : arch result or None
        arch's own result, where arch has the model (no variance regressors, presample "arch").
    """

    title: ClassVar[str] = "GARCH"

    conditional_volatility: pd.Series
    resid: pd.Series
    std_resid: pd.Series
    estimate: Estimate
    converged: bool
    trade_probability: pd.Series | None = None
    limit_days: pd.Series | None = None
    logit: Logit | None = None

    @property
    def persistence(self) -> float:
        """Expected carry of the variance from row to row.

        α + β, α + γ/2 + β, β of EGARCH, ρ of CGARCH, the sum of alphas of HARCH, 1 of IGARCH;
        of σ^p in APARCH; NaN for FIGARCH. Days without a trade are left out of it.
        """
        return self.estimate.persistence

    @property
    def half_life(self) -> float:
        """Rows until half of a shock to the variance is gone, ln ½ / ln persistence.

        With several lags the persistence gives way to the largest root of 1 = Σ c_i x^{-i}, c_i
        being what of it stands at lag i, at which shocks die out in the end. NaN for FIGARCH and
        HARCH, whose shocks do not die out at one rate.
        """
        carry = self.persistence
        if carry >= 1 - _INTEGRATED:
            return float("inf")
        if self.spec["vol"] == "HARCH" or not carry > 0:
            return float("nan")
        carry = self._slowest(carry)
        return float(np.log(0.5) / np.log(carry))

    @property
    def leverage(self) -> float:
        """Per cent by which a fall of one standard deviation moves variance more than a rise.

        100 (h⁻/h⁺ − 1), h⁻ and h⁺ being tomorrow's variance on the news-impact curve after
        shocks of −1 and +1; 0 for GARCH, which is symmetric.
        """
        down, up = ahead.news_impact(self.estimate, np.array([-1.0, 1.0]))
        return float(100 * (down / up - 1))

    def news_impact_curve(self, shocks: Any = None) -> pd.Series:
        """Return tomorrow's variance after a shock of today.

        Parameters
        ----------
        shocks : array_like, optional
            Shocks in standard deviations of today; −4 to 4 in steps of 0.1 when None.

        Returns
        -------
        Series
            Variance in squared units of the returns. Today's variance is the median of the
            fitted ones; multiplicative regressors are at zero.

        References
        ----------
        Engle, R. F. and Ng, V. K. (1993). Measuring and testing the impact of news on
        volatility. Journal of Finance 48, 1749–1778. doi:10.1111/j.1540-6261.1993.tb05127.x
        """
        grid = np.linspace(-4, 4, 81) if shocks is None else np.asarray(shocks, dtype=float)
        values = ahead.news_impact(self.estimate, grid)
        return pd.Series(values, index=pd.Index(grid, name="shock"), name="variance")

    def plot_news_impact(self, ax: Any = None, shocks: Any = None) -> Any:
        """Draw the news-impact curve: tomorrow's variance after a shock of today.

        Parameters
        ----------
        ax : Axes, optional
            A new one when None.
        shocks : array_like, optional
            As `news_impact_curve` takes them.
        """
        from .. import plotting

        curve = self.news_impact_curve(shocks)
        unit = self.units["conditional_volatility"]
        with plotting.style():
            ax = plotting.new_axes(ax)
            ax.plot(curve.index, curve, color=plotting.PALETTE[0], linewidth=1.4)
            ax.axvline(0, color="#4D4D4D", linewidth=0.8)
            ax.set_ylim(bottom=0)
            ax.set_xlabel("shock today, standard deviations")
            ax.set_ylabel(f"variance tomorrow, {unit}²" if unit == "%" else "variance tomorrow")
            ax.set_title(f"{self._caption()}: news impact")
        return ax

    def effects(self, level: float = 0.95) -> pd.DataFrame:
        """Return the effect of each variance regressor on the variance, in per cent.

        Parameters
        ----------
        level : float
            Level of the intervals.

        Returns
        -------
        DataFrame
            Columns percent, std_error, p_value, lower, upper; a row a regressor.

        Notes
        -----
        100 (e^δ − 1) for a rise of one in the regressor; the ends of the interval are those of
        δ transformed, the standard error is the delta method's, the p-value that of δ = 0.
        Inside EGARCH the effect is the one on the same day; it carries on with beta. Regressors
        added to the variance have no effect in per cent: there is no row for them.
        """
        terms = [t for t in self.params.index if t.startswith("delta[")]
        terms = [] if self.estimate.problem.additive else terms
        delta, interval = self.params[terms], self.conf_int(level).loc[terms]
        return pd.DataFrame(
            {
                "percent": 100 * np.expm1(delta),
                "std_error": 100 * np.exp(delta) * self.std_errors[terms],
                "p_value": self.pvalues[terms],
                "lower": 100 * np.expm1(interval["lower"]),
                "upper": 100 * np.expm1(interval["upper"]),
            }
        ).set_axis([t[6:-1] for t in terms], axis=0)

    def forecast(
        self,
        horizon: int = 1,
        variance_x: Any = None,
        mean_x: Any = None,
        trade_x: Any = None,
        level: float = 0.95,
        draws: int = 10_000,
        rng: Any = 0,
    ) -> pd.DataFrame:
        """Forecast mean, variance and volatility of the rows after the sample.

        Parameters
        ----------
        horizon : int
            Rows ahead.
        variance_x, mean_x, trade_x : DataFrame, Series or ndarray, shape (horizon, k), optional
            Regressors of those rows; required where the model has any.
        level : float
            Level of the intervals.
        draws : int
            Paths simulated: for the intervals beyond one row, and for the variance where it has
            no closed form (EGARCH and APARCH beyond one row).
        rng : int, SeedSequence or Generator
            Seed.

        Returns
        -------
        DataFrame
            Columns mean, variance, volatility, lower and upper (interval of the return before
            any price limit), and trade_probability where trades are modelled; indexed by the
            rows ahead, 1 to `horizon`.
        """
        if isinstance(horizon, bool) or int(horizon) != horizon or horizon < 1:
            raise SpecificationError(f"horizon={horizon!r} is no number of rows.", "Use 1, 2, …")
        rows = int(horizon)
        w, x = (
            inputs.future_regressors(given, rows, self.spec.get(name, ()), name)
            for given, name in ((variance_x, "variance_x"), (mean_x, "mean_x"))
        )
        odds = self._trade_ahead(rows, trade_x)
        found = ahead.forecast(
            self.estimate, rows, w, x, odds, check_level(level), int(draws), generator(rng)
        )
        columns = {"mean": found.mean, "variance": found.variance}
        columns |= {"volatility": np.sqrt(found.variance)}
        columns |= {"lower": found.lower, "upper": found.upper}
        if odds is not None:
            columns["trade_probability"] = odds
        return pd.DataFrame(columns, index=pd.RangeIndex(1, rows + 1, name="ahead"))

    def _trade_ahead(self, horizon: int, trade_x: Any) -> np.ndarray | None:
        """The chance of a trade on the rows ahead, its news at their mean of zero."""
        names = self.spec.get("trade_x", ())
        x = inputs.future_regressors(trade_x, horizon, names, "trade_x")
        if self.logit is None:
            return None
        theta, odds = self.logit.params, np.empty(horizon)
        moves = 3 if self.logit.dynamic else 1
        push = x @ theta[moves:]
        odds[0] = self.logit.ahead + push[0]
        for i in range(1, horizon):
            carried = theta[2] * odds[i - 1] if self.logit.dynamic else 0.0
            odds[i] = theta[0] + carried + push[i]
        return 1 / (1 + np.exp(-odds))

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return parameters, effects in per cent, persistence and half-life as tidy rows.

        The interval of the persistence is cut at its bound (APARCH has none). Where the bound
        holds it is that of the fit without the bound, cut alike; it is missing where that has no
        maximum or no standard error, or lies wholly beyond the bound, and a note says which.
        """
        rows = [
            {"term": f"effect[{name}]", "unit": "% of variance", **_renamed(row)}
            for name, row in self.effects(level).iterrows()
        ]
        rows.append({"term": "persistence", **persistence_row(self, level)})
        rows.append({"term": "half_life", "estimate": self.half_life, "unit": "returns"})
        derived = tidy_frame(rows).assign(market=self.market)
        return pd.concat([super().tidy(level), derived], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Return the conditional volatility, day by day."""
        series = self.conditional_volatility
        return series.rename_axis(str(series.index.name or "date")).reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the conditional volatility."""
        from .. import plotting

        series = self.conditional_volatility
        with plotting.style():
            ax = plotting.new_axes(ax)
            if isinstance(series.index, pd.DatetimeIndex):
                plotting.broken_line(ax, series, color=plotting.PALETTE[0], linewidth=0.9)
                plotting.years(ax)
            else:
                ax.plot(series.index, series, color=plotting.PALETTE[0], linewidth=0.9)
            ax.set_ylim(bottom=0)
            ax.set_ylabel(f"conditional s.d., {self.units['conditional_volatility']} a day")
            ax.set_title(self._caption())
        return ax

    def summary(self, level: float = 0.95) -> Any:
        """Return the printed table, starred where no maximum was found."""
        from dataclasses import replace

        page = super().summary(level)
        if self.converged:
            return page
        return replace(page, text="* " + page.text, page="<b>*</b> " + page.page)

    def _slowest(self, carry: float) -> float:
        """The rate at which shocks die out in the end."""
        if "order" not in self.spec:
            return carry
        p = self.estimate.problem
        v, shape = (p.split(self.estimate.maximum.theta)[i] for i in (1, 3))
        sums = lag_carries(v, shape, p)
        return float(np.abs(np.roots(np.concatenate([[1.0], -sums]))).max())

    def _caption(self) -> str:
        order = ", ".join(str(k) for k in self.spec.get("order", ()))
        vol = self.spec["vol"] + (f"({order})" if order else "")
        return f"{self.market}: {vol} ({self.spec['dist']})"

    def _headline(self) -> dict[str, Any]:
        return {
            "persistence": self.persistence,
            "half_life": self.half_life,
            "leverage_percent": self.leverage,
            "converged": self.converged,
            **super()._headline(),
        }

    def _tests(self) -> list[dict[str, Any]]:
        found = self.estimate
        shocks = self.std_resid.to_numpy()
        return [
            *battery(found, self.spec["dist"], shocks),
            *returns_rows(self._returns()),
            *stability_rows(found, [str(t) for t in self.params.index]),
            *density_rows(found, self.spec["dist"]),
        ]

    def _returns(self) -> np.ndarray:
        """The returns that the model was given, days without a trade left out."""
        p = self.estimate.problem
        return (p.y * self.estimate.units.scale)[p.traded]


def _renamed(row: pd.Series) -> dict[str, float]:
    """A row of `effects` under the names of the tidy table."""
    rest = row.drop("percent")
    return {"estimate": float(row["percent"]), **{str(k): float(v) for k, v in rest.items()}}
