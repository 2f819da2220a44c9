"""The result of a pass-through measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..inference.bands import FiellerSet, Ratio
from ..models.ecm_results import ECMResults
from ..results import Results, check_level, tidy_frame
from .joint_prices import joint_prices
from .pass_through_groups import CALENDAR, Groups, calendar_masks, each_group, hours, provinces
from .pass_through_rate import Rate, Term
from .pass_through_rolling import RollingPassThrough, roll
from .pass_through_units import RATE_UNIT
from .tariff_band import band_ends, inside_band

_UNDEFINED = Term(np.nan, np.nan, np.nan, np.nan, "", "undefined")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PassThroughResults(Results):
    """Pass-through of a carbon price; made by `pass_through`.

    Attributes
    ----------
    gross, net : Rate
        Rates against the cost τ·e and, under a benchmark b, against τ·(e − b): each with
        `estimate`, `lower`, `upper`, `p_zero`, `p_one`, `p_equivalence`, `detectable`.
    gross_falls, net_falls : Rate or None
        The same after falls of the carbon price, where rises have rates of their own ("nardl").
    level : float
        Confidence level of the intervals held.
    model : Results
        The model of the effect on the cause.
    long_run_ratio, short_run_ratio, falls_ratio : Ratio or None
        Effects of the cause as ratios, with what their tests need.
    carbon_price : float
        Mean carbon price of the days with all prices that `where` selects.
    identified_share : float
        Share of the days with all prices on which the effect lies strictly inside the band,
        whatever `where` selects (NaN without a band).
    """

    title: ClassVar[str] = "Pass-through"

    gross: Rate
    net: Rate
    gross_falls: Rate | None
    net_falls: Rate | None
    level: float
    model: Results
    long_run_ratio: Ratio
    short_run_ratio: Ratio | None
    falls_ratio: Ratio | None
    carbon_price: float
    identified_share: float

    @property
    def long_run(self) -> Term:
        """Lasting change of the effect per unit of the cause, with its Fieller set."""
        return self._term(self.long_run_ratio, self.level)

    @property
    def implied_intensity(self) -> Term:
        """The intensity that prices imply, tCO2/MWh: the long run, to be held against e."""
        return self.long_run

    @property
    def short_run(self) -> Term:
        """Change of the effect in the same row per unit of the cause."""
        return self._term(self.short_run_ratio, self.level)

    @property
    def adjustment(self) -> Term:
        """Share of a gap to the long run that closes in a step; NaN without error correction."""
        return self._dynamics("adjustment", self.level)

    @property
    def half_life(self) -> Term:
        """Steps (open days of daily data) until half of a gap has closed; NaN without an ECM."""
        return self._dynamics("half_life", self.level)

    def intervals(self, levels: tuple[float, ...] = (0.90, 0.95)) -> pd.DataFrame:
        """Return the sets of the rates at several levels.

        Parameters
        ----------
        levels : tuple of float

        Returns
        -------
        DataFrame
            A row a rate and level: rate, level, estimate, lower, upper, kind.
        """
        rows = []
        for rate in self._rates():
            for level in levels:
                found = rate.confidence_set(level)
                row = {"rate": rate.name, "level": level, "estimate": rate.estimate}
                rows.append({**row, **_ends(found), "kind": found.kind})
        return pd.DataFrame(rows)

    def windfall(self, price: float | None = None, level: float | None = None) -> Term:
        """Return what a megawatt-hour earns beyond its carbon cost: Π = (ρ_gross·e − (e − b))·τ.

        Parameters
        ----------
        price : float, optional
            τ; the mean of the sample when None.
        level : float, optional
            Confidence level; that of the result when None.

        Returns
        -------
        Term
            In the effect's unit. Positive: prices rise by more than what allowances cost.

        Raises
        ------
        SpecificationError
            Intensity and benchmark are not both given, or move over time.
        """
        e, gap = self.spec["intensity_value"], self.spec["net_intensity_value"]
        gross = self.gross.ratio
        if e is None or gap is None or gross is None:
            raise SpecificationError(
                "A windfall needs a constant intensity and benchmark of one technology.",
                "Refit with intensity= and benchmark= as numbers.",
            )
        price = self.carbon_price if price is None else float(price)
        if not np.isfinite(price):
            raise SpecificationError(f"price={price!r} is no carbon price.", "Give yuan/t.")
        ratio, shift = gross.times(e * price), gap * price
        found = ratio.confidence_set(check_level(self.level if level is None else level))
        ends = (found.lower - shift, found.upper - shift)
        unit = self.units["effect"]
        return Term(ratio.estimate - shift, ratio.std_error, *ends, unit, found.kind)

    def by(self, group: str | Mapping[str, Any]) -> Groups:
        """Measure each hour, season, province or other group of days by itself.

        Parameters
        ----------
        group : {"hour", "season", "weekday", "year", "province"} or mapping of str to Series
            A calendar group of the dates, or named masks (Series of bool), of the days that
            `where` of this result selects. An hour's prices are a daily series of their own, from
            an hourly frame or the intraday prices of a Panel. A province is each provincial power
            price of a Panel, in place of the effect.

        Returns
        -------
        Groups
            A `Comparison` with a result a group that can be measured; `left_out` and the notes
            name the others with the reason. Many groups are many tests: of 24 sets at 95 % about
            one misses by chance.

        Raises
        ------
        CarbonlinkError
            No group can be measured: the reason of the first, which it names.
        """
        return each_group(self.refit, self._groups(group))

    def _groups(self, group: str | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Return what to change for each group."""
        if not isinstance(group, str):
            return {name: {"where": self._also(mask)} for name, mask in group.items()}
        check_choice("group", group, ("hour", *CALENDAR, "province"))
        arguments = self.recipe.arguments
        if group == "hour":
            return {name: {"data": data} for name, data in hours(arguments).items()}
        if group == "province":
            return {name: {"effect": price} for name, price in provinces(arguments).items()}
        masks = calendar_masks(group, arguments)
        return {name: {"where": self._also(mask)} for name, mask in masks.items()}

    def _also(self, mask: Any) -> Any:
        """Return a mask and this result's own `where` together."""
        before = self.recipe.arguments["where"]
        if before is None or not isinstance(mask, pd.Series):
            return mask
        if isinstance(before, str):
            arguments = self.recipe.arguments
            names = [arguments["cause"], arguments["effect"]]
            price = joint_prices(arguments["data"], names, arguments["controls"]).frame[names[1]]
            before = inside_band(band_ends(arguments["band"], price), price, before)
        return mask & before.reindex(mask.index, fill_value=False)

    def rolling(
        self, window: int = 250, step: int = 5, draws: int = 499, rng: int = 0
    ) -> RollingPassThrough:
        """Measure the long run in rolling windows and test that it is constant.

        Parameters
        ----------
        window : int
            Rows of each window.
        step : int
            Rows from one window to the next.
        draws, rng : int
            Of the bootstrap of the test of constancy.

        Returns
        -------
        RollingPassThrough
            With Fieller sets by window; overlapping windows share rows, so what they show is read
            with the test, not window by window. The test's law comes from paths that the model
            itself generates, the signs of its residuals drawn at random. At nominal 5 % it rejected
            a constant rate in 5.5 % of 2,000 simulated samples of 400 rows, and in 5.0 to 5.8 % of
            500 of 200 or 1,000 rows, with three lags, or with errors that grow threefold half-way;
            a long run that went from 0.8 to 1.2 half-way was found in 73 % of 200.

        Raises
        ------
        SpecificationError
            The method is no error-correction model.
        TooFewObservationsError
            The window is too short for the model, or longer than the sample.
        """
        return roll(self, window, step, draws, rng)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return long run, short run, adjustment, half-life and the rates."""
        check_level(level)
        market = self.spec["effect"]
        ratios = {"long_run": self.long_run_ratio, "short_run": self.short_run_ratio}
        if self.falls_ratio is not None:
            ratios["long_run (falls)"] = self.falls_ratio
        rows = []
        for name, ratio in ratios.items():
            row = {"term": name, "market": market, **vars(self._term(ratio, level))}
            if ratio is not None:
                row |= {"statistic": ratio.statistic(), "p_value": ratio.p_value()}
            rows.append(row)
        for name in ("adjustment", "half_life"):
            rows.append({"term": name, "market": market, **vars(self._dynamics(name, level))})
        for rate in self._rates():
            row = {"term": rate.name, "market": market, "estimate": rate.estimate}
            row |= {"std_error": rate.std_error, "unit": RATE_UNIT}
            row |= _ends(rate.confidence_set(level))
            if rate.ratio is not None:
                row |= {"statistic": rate.ratio.statistic(), "p_value": rate.p_zero}
            rows.append(row)
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return what the model draws: the response to the cause, or the gap to the long run."""
        return self.model.numbers()

    def plot(self, ax: Any = None) -> Any:
        """Draw the model's picture; responses stand against the full carbon cost."""
        from .. import plotting

        ax = self.model.plot(ax)
        if not isinstance(self.model, ECMResults):
            return ax
        with plotting.style():
            for name, place in (("intensity_value", 2), ("net_intensity_value", 3)):
                value = self.spec[name]
                if value is not None:
                    words = "full gross cost, e" if place == 2 else "full net cost, e − b"
                    ax.axhline(value, color=plotting.PALETTE[place], lw=1, ls=":", label=words)
            ax.set_xlabel(f"{self.units['step']}s after a lasting rise of the carbon price by one")
            ax.set_ylabel(self.units["long_run"])
            if self.falls_ratio is None:
                ax.legend()
            else:
                ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "long_run": self.long_run.estimate,
            "gross": self.gross.estimate,
            "net": self.net.estimate,
            "half_life": self.half_life.estimate,
            "identified_share": self.identified_share,
        }

    def _tests(self) -> list[dict[str, Any]]:
        rows = [row for rate in self._rates() for row in _rate_tests(rate)]
        return [*rows, *self.model._tests()]

    def _rates(self) -> list[Rate]:
        rates = (self.gross, self.net, self.gross_falls, self.net_falls)
        named = (
            Rate(f"{r.name} (falls)", r.ratio, r.level, r.margin, r.reason) if i > 1 else r
            for i, r in enumerate(rates)
            if r is not None
        )
        return list(named)

    def _term(self, ratio: Ratio | None, level: float) -> Term:
        if ratio is None:
            return _UNDEFINED
        found = ratio.confidence_set(level)
        ends = found.lower, found.upper
        return Term(ratio.estimate, ratio.std_error, *ends, self.units["long_run"], found.kind)

    def _dynamics(self, term: str, level: float) -> Term:
        if not isinstance(self.model, ECMResults):
            return _UNDEFINED
        table = self.model.tidy(level)
        row = table[table["term"] == term].iloc[0]
        step = self.units["step"]
        unit = {"adjustment": f"share per {step}", "half_life": f"{step}s"}[term]
        estimate, error, lower, upper = (
            float(row[c]) for c in ("estimate", "std_error", "lower", "upper")
        )
        return Term(estimate, error, lower, upper, unit)


def _ends(found: FiellerSet) -> dict[str, float]:
    return {"lower": found.lower, "upper": found.upper}


def _rate_tests(rate: Rate) -> list[dict[str, Any]]:
    name, margin = rate.name, rate.margin
    nulls = {
        "zero": (f"no {name} pass-through, ρ = 0", 0.0, rate.p_zero),
        "one": (f"full {name} pass-through, ρ = 1", 1.0, rate.p_one),
    }
    rows: list[dict[str, Any]] = []
    for key, (null, value, p_value) in nulls.items():
        row: dict[str, Any] = {"test": f"{name}: ρ = {value:g}", "null": null, "note": rate.reason}
        if rate.ratio is not None:
            effect = (
                f"detectable at 5 %, power 0.8: {rate.detectable:.4g} "
                f"(partial R² {rate.detectable_r2:.4g})"
            )
            row |= {
                "statistic": rate.ratio.statistic(value),
                "p_value": p_value,
                "reference": f"t({rate.ratio.df:g})",
                "note": effect if key == "zero" else "",
            }
        rows.append(row)
    far: dict[str, Any] = {"test": f"{name}: equivalence to 1", "null": f"|ρ − 1| ≥ {margin:g}"}
    rows.append({**far, "p_value": rate.p_equivalence, "reference": "TOST", "note": rate.reason})
    near: dict[str, Any] = {"test": f"{name}: equivalence to 0", "null": f"|ρ| ≥ {margin:g}"}
    rows.append({**near, "p_value": rate.p_none, "reference": "TOST", "note": rate.reason})
    return rows
