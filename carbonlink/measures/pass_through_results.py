"""The result of a pass-through measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from ..inference.bands import Ratio
from ..models.ecm_results import ECMResults
from ..results import Results, check_level, tidy_frame
from .pass_through_rate import Rate, Term

RATE_UNIT = "share of the carbon cost"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PassThroughResults(Results):
    """Pass-through of a carbon price; made by `pass_through`.

    Attributes
    ----------
    gross, net : Rate
        Long-run rates against the cost τ·e and, under a benchmark b, against τ·(e − b): each
        with `estimate`, `lower`, `upper`, `p_zero`, `p_one`, `p_equivalence`, `detectable`.
    level : float
        Confidence level of the intervals held.
    model : ECMResults
        The error-correction model of the effect on the cause.
    identified_share : float
        Share of the days with all prices on which the effect lies strictly inside the band,
        whatever `where` selects (NaN without a band).
    """

    title: ClassVar[str] = "Pass-through"

    gross: Rate
    net: Rate
    level: float
    model: ECMResults
    identified_share: float

    @property
    def long_run(self) -> Term:
        """Lasting change of the effect per unit of the cause, with its Fieller set."""
        return self._long_run(self.level)

    @property
    def short_run(self) -> Term:
        """Change of the effect on the same day per unit of the cause."""
        return self._short_run(self.level)

    @property
    def adjustment(self) -> Term:
        """Share of a gap to the long run that closes in a day."""
        row = self._model_row("adjustment", self.level)
        return _term(row, "share a day")

    @property
    def half_life(self) -> Term:
        """Open days until half of a gap has closed."""
        row = self._model_row("half_life", self.level)
        return _term(row, "open days")

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return long run, short run, adjustment, half-life and the two rates."""
        check_level(level)
        days = {"adjustment": "share a day", "half_life": "open days"}
        terms = {"long_run": self._long_run(level), "short_run": self._short_run(level)}
        terms |= {name: _term(self._model_row(name, level), unit) for name, unit in days.items()}
        market = self.spec["effect"]
        rows = [{"term": name, "market": market, **vars(term)} for name, term in terms.items()]
        ratio = self._ratio
        rows[0] |= {"statistic": ratio.statistic(), "p_value": ratio.p_value()}
        impact = self._model_row(self._impact, level)
        rows[1] |= {"statistic": impact["statistic"], "p_value": impact["p_value"]}
        for rate in (self.gross, self.net):
            found = rate.confidence_set(level)
            row = {"term": rate.name, "market": market, "estimate": rate.estimate}
            row["std_error"] = rate.std_error
            row |= {"lower": found.lower, "upper": found.upper, "unit": RATE_UNIT}
            if rate.ratio is not None:
                row |= {"statistic": rate.ratio.statistic(), "p_value": rate.p_zero}
            rows.append(row)
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the response of the effect to a lasting rise of the cause by one."""
        return self.model.numbers()

    def plot(self, ax: Any = None) -> Any:
        """Draw the response to a lasting rise of the carbon price against the full cost."""
        from .. import plotting

        ax = self.model.plot(ax)
        with plotting.style():
            for name, place in (("intensity_value", 2), ("net_intensity_value", 3)):
                value = self.spec[name]
                if value is not None:
                    words = "full gross cost, e" if place == 2 else "full net cost, e − b"
                    ax.axhline(value, color=plotting.PALETTE[place], lw=1, ls=":", label=words)
            ax.set_xlabel("open days after a lasting rise of the carbon price by one")
            ax.set_ylabel(self.units["long_run"])
            ax.legend()
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
        rows = [row for rate in (self.gross, self.net) for row in _rate_tests(rate)]
        return [*rows, *self.model._tests()]

    @property
    def _ratio(self) -> Ratio:
        return self.model.long_run_ratio(self.spec["cause"])

    @property
    def _impact(self) -> str:
        change = f"D.{self.spec['cause']}"
        return change if change in self.model.params.index else self.spec["cause"]

    def _long_run(self, level: float) -> Term:
        ratio, found = self._ratio, self._ratio.confidence_set(level)
        unit = self.units["long_run"]
        return Term(ratio.estimate, ratio.std_error, found.lower, found.upper, unit, found.kind)

    def _short_run(self, level: float) -> Term:
        return _term(self._model_row(self._impact, level), self.units["long_run"])

    def _model_row(self, term: str, level: float) -> pd.Series:
        table = self.model.tidy(level)
        return table[table["term"] == term].iloc[0]


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


def _term(row: pd.Series, unit: str) -> Term:
    estimate, spread = float(row["estimate"]), float(row["std_error"])
    return Term(estimate, spread, float(row["lower"]), float(row["upper"]), unit)
