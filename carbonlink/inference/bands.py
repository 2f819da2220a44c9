"""Confidence sets of ratios of estimates (Fieller), which may be unbounded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

POWER = 0.8
"""Power at which a minimum detectable effect is stated."""


@dataclass(frozen=True)
class FiellerSet:
    """The values that a test of a ratio does not reject.

    Attributes
    ----------
    lower, upper : float
        Ends of the interval; −inf and inf where the set is unbounded on that side.
    kind : str
        "interval": lower ≤ θ ≤ upper. "rays": θ ≤ gap[0] or θ ≥ gap[1]. "line": every θ.
    gap : tuple of float
        The rejected open interval between two rays; (NaN, NaN) for the other kinds.
    """

    lower: float
    upper: float
    kind: str
    gap: tuple[float, float] = (float("nan"), float("nan"))

    def __contains__(self, value: float) -> bool:
        if self.kind == "rays":
            return value <= self.gap[0] or value >= self.gap[1]
        return self.lower <= value <= self.upper

    def __str__(self) -> str:
        if self.kind == "interval":
            return f"[{self.lower:.4g}, {self.upper:.4g}]"
        if self.kind == "rays":
            return f"(−∞, {self.gap[0]:.4g}] or [{self.gap[1]:.4g}, ∞)"
        return "(−∞, ∞)"


def fieller(
    numerator: float,
    denominator: float,
    var_numerator: float,
    var_denominator: float,
    covariance: float,
    critical: float,
) -> FiellerSet:
    """Return the set of θ for which numerator − θ·denominator is not different from zero.

    Parameters
    ----------
    numerator, denominator : float
        Estimates n and d of the ratio θ = n/d.
    var_numerator, var_denominator, covariance : float
        Their variances and covariance.
    critical : float
        Two-sided critical value of the t-statistic, for example 1.96.

    Returns
    -------
    FiellerSet

    Notes
    -----
    (n − θd)² ≤ c²(V_n − 2θV_nd + θ²V_d) is aθ² − 2bθ + q ≤ 0 with a = d² − c²V_d,
    b = nd − c²V_nd, q = n² − c²V_n. With a > 0 the set is the interval between the roots;
    with a < 0 it is what lies outside them, or the line when there are none; with a = 0 it is
    a half-line.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal
    Statistical Society B 16, 175–185. doi:10.1111/j.2517-6161.1954.tb00159.x
    """
    c2 = critical * critical
    a = denominator**2 - c2 * var_denominator
    b = numerator * denominator - c2 * covariance
    q = numerator**2 - c2 * var_numerator
    if a == 0:
        return _half_line(b, q)
    if a < 0 and b * b <= a * q:
        return FiellerSet(-np.inf, np.inf, "line")
    root = np.sqrt(max(b * b - a * q, 0.0))
    big = b + np.copysign(root, b)
    ends = sorted((big / a, q / big)) if big != 0 else [0.0, 0.0]
    if a > 0:
        return FiellerSet(float(ends[0]), float(ends[1]), "interval")
    return FiellerSet(-np.inf, np.inf, "rays", (float(ends[0]), float(ends[1])))


def _half_line(b: float, q: float) -> FiellerSet:
    if b == 0:
        return FiellerSet(-np.inf, np.inf, "line")
    end = q / (2 * b)
    if b > 0:
        return FiellerSet(float(end), np.inf, "interval")
    return FiellerSet(-np.inf, float(end), "interval")


@dataclass(frozen=True)
class Ratio:
    """A ratio of two estimates with everything its tests need.

    Attributes
    ----------
    numerator, denominator : float
    var_numerator, var_denominator, covariance : float
    df : float
        Degrees of freedom of the t reference; inf for the normal.
    """

    numerator: float
    denominator: float
    var_numerator: float
    var_denominator: float
    covariance: float
    df: float = float("inf")

    @property
    def estimate(self) -> float:
        """Numerator over denominator."""
        return self.numerator / self.denominator if self.denominator else float("nan")

    @property
    def std_error(self) -> float:
        """Delta-method standard error; poor when the denominator is near zero."""
        return float(np.sqrt(self._variance(self.estimate))) / abs(self.denominator)

    def _variance(self, value: float) -> float:
        """Return the variance of numerator − value·denominator."""
        gradient = self.var_numerator - 2 * value * self.covariance
        return max(gradient + value**2 * self.var_denominator, 0.0)

    def times(self, factor: float) -> Ratio:
        """Return the ratio multiplied by a known factor."""
        return replace(
            self,
            numerator=factor * self.numerator,
            var_numerator=factor**2 * self.var_numerator,
            covariance=factor * self.covariance,
        )

    def confidence_set(self, level: float = 0.95) -> FiellerSet:
        """Return the Fieller set at a confidence level."""
        critical = float(_law(self.df).ppf(0.5 + level / 2))
        return fieller(
            self.numerator,
            self.denominator,
            self.var_numerator,
            self.var_denominator,
            self.covariance,
            critical,
        )

    def statistic(self, value: float = 0.0) -> float:
        """Return the t-statistic of ratio = value, as a linear restriction.

        Its sign is that of ratio − value.
        """
        spread = np.sqrt(self._variance(value))
        gap = np.copysign(1.0, self.denominator) * (self.numerator - value * self.denominator)
        return float(gap / spread) if spread > 0 else float("nan")

    def p_value(self, value: float = 0.0) -> float:
        """Return the two-sided p-value of ratio = value, at least 1 − level inside the set."""
        return float(2 * _law(self.df).sf(abs(self.statistic(value))))

    def equivalence(self, value: float, margin: float) -> float:
        """Return the p-value of |ratio − value| ≥ margin (two one-sided tests).

        Notes
        -----
        Both one-sided tests of numerator − (value ± margin)·denominator can reject only where
        the denominator itself is positive at the same size.

        References
        ----------
        Schuirmann, D. J. (1987). Journal of Pharmacokinetics and Biopharmaceutics 15,
        657–680. doi:10.1007/BF01068419
        """
        law = _law(self.df)
        low = law.sf(self.statistic(value - margin))
        high = law.sf(-self.statistic(value + margin))
        return float(max(low, high))

    def detectable(self, level: float = 0.95) -> float:
        """Return the smallest |ratio| that a test of zero finds with power 0.8."""
        return self._noncentrality(level) * np.sqrt(self.var_numerator) / abs(self.denominator)

    def detectable_r2(self, level: float = 0.95) -> float:
        """Return the same effect as a partial R²: λ²/(λ² + df)."""
        if np.isinf(self.df):
            return float("nan")
        square = self._noncentrality(level) ** 2
        return square / (square + self.df)

    def _noncentrality(self, level: float) -> float:
        law = _law(self.df)
        return float(law.ppf(0.5 + level / 2) + law.ppf(POWER))


def _law(df: float):
    from scipy import stats

    return stats.norm if np.isinf(df) else stats.t(df)
