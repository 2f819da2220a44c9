"""A pass-through rate with its set, tests and detectable effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..inference.bands import FiellerSet, Ratio
from ..printing import format_number, format_p
from ..results import check_level


@dataclass(frozen=True, repr=False)
class Term:
    """A number with its interval.

    Attributes
    ----------
    estimate, std_error, lower, upper : float
    unit : str
    kind : str
        "interval", or "rays" or "line" for an unbounded Fieller set.
    """

    estimate: float
    std_error: float
    lower: float
    upper: float
    unit: str = ""
    kind: str = "interval"

    def __float__(self) -> float:
        return float(self.estimate)

    def __repr__(self) -> str:
        shape = "" if self.kind == "interval" else f", {self.kind}"
        ends = f"[{format_number(self.lower)}, {format_number(self.upper)}{shape}]"
        return f"{format_number(self.estimate)} {ends} {self.unit}".strip()


@dataclass(frozen=True, repr=False)
class Rate:
    """How much of a carbon cost reaches the price, 1 being all of it.

    Attributes
    ----------
    name : str
        "gross" (against τ·e) or "net" (against τ·(e − b)).
    ratio : Ratio or None
        The estimate as the ratio it is; None where the rate is not defined.
    level : float
        Confidence level of `lower` and `upper`.
    margin : float
        Half-width of the region around 1 that counts as full pass-through.
    reason : str
        Why the rate is not defined; empty where it is.
    """

    name: str
    ratio: Ratio | None
    level: float = 0.95
    margin: float = 0.2
    reason: str = ""

    def __float__(self) -> float:
        return self.estimate

    def __repr__(self) -> str:
        if self.ratio is None:
            return f"{self.name}: not defined ({self.reason})"
        return (
            f"{self.name}: {format_number(self.estimate)}, {self.level:.0%} set "
            f"{self.confidence_set()}, p of none {format_p(self.p_zero)}, "
            f"p of full {format_p(self.p_one)}"
        )

    @property
    def estimate(self) -> float:
        """The rate; NaN where it is not defined."""
        return self.ratio.estimate if self.ratio else float("nan")

    @property
    def std_error(self) -> float:
        """Delta-method standard error, for tables; tests and sets do not use it."""
        return self.ratio.std_error if self.ratio else float("nan")

    @property
    def lower(self) -> float:
        """Lower end of the Fieller set at `level`; −inf where unbounded."""
        return self.confidence_set().lower

    @property
    def upper(self) -> float:
        """Upper end of the Fieller set at `level`; inf where unbounded."""
        return self.confidence_set().upper

    @property
    def kind(self) -> str:
        """Shape of the set: "interval", "rays", "line", or "undefined"."""
        return self.confidence_set().kind

    @property
    def p_zero(self) -> float:
        """Two-sided p-value of no pass-through, ρ = 0."""
        return self.ratio.p_value(0.0) if self.ratio else float("nan")

    @property
    def p_one(self) -> float:
        """Two-sided p-value of full pass-through, ρ = 1."""
        return self.ratio.p_value(1.0) if self.ratio else float("nan")

    @property
    def p_equivalence(self) -> float:
        """p-value of |ρ − 1| ≥ margin: small means that full pass-through is shown."""
        return self.ratio.equivalence(1.0, self.margin) if self.ratio else float("nan")

    @property
    def p_none(self) -> float:
        """p-value of |ρ| ≥ margin: small means that the absence of pass-through is shown."""
        return self.ratio.equivalence(0.0, self.margin) if self.ratio else float("nan")

    @property
    def detectable(self) -> float:
        """Smallest rate that a 5 % test of ρ = 0 finds with power 0.8 in this sample."""
        return self.ratio.detectable() if self.ratio else float("nan")

    @property
    def detectable_r2(self) -> float:
        """The same effect as a partial R²."""
        return self.ratio.detectable_r2() if self.ratio else float("nan")

    def confidence_set(self, level: float | None = None) -> FiellerSet:
        """Return the Fieller set at a level (the rate's own when None)."""
        if self.ratio is None:
            return FiellerSet(float("nan"), float("nan"), "undefined")
        return self.ratio.confidence_set(check_level(self.level if level is None else level))


def above_one(rates: Iterable[Rate]) -> list[str]:
    """Return a sentence on each gross rate whose set lies wholly above 1."""
    return [
        f"The {rate.name} rate's {rate.level:.0%} set lies wholly above 1: more than full "
        "pass-through of the stated intensity. A cost left out that moves with carbon's, or a "
        "marginal plant of higher intensity, does that; see the Notes of carbonlink.pass_through."
        for rate in rates
        if rate.name.startswith("gross") and rate.kind == "interval" and rate.lower > 1
    ]
