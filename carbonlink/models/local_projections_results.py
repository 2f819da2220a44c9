"""The result of local projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import check_choice
from ..inference import supt
from ..inference.bands import Ratio
from ..results import Estimates, check_level

BANDS = ("pointwise", "sup-t")
SHADES = {"pointwise": 0.3, "sup-t": 0.15}
WEAK = 23.11
"""Effective F below which one instrument is weak: bias above 10 % of the worst case, 5 % test."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LocalProjectionsResults(Estimates):
    """Local projections, estimated.

    Attributes
    ----------
    states : tuple of str
        The states, or one empty text.
    ratios : tuple of Ratio
        With an instrument, each response as reduced form over first stage; else empty.
    cov_reduced : ndarray, shape (k, k)
        Joint covariance of the reduced forms, for tests that no weak instrument disturbs.
    rows : ndarray, shape (states, horizon + 1)
        Observations of each regression.
    """

    title: ClassVar[str] = "Local projections"

    states: tuple[str, ...]
    ratios: tuple[Ratio, ...]
    cov_reduced: np.ndarray
    rows: np.ndarray

    @property
    def response(self) -> pd.Series | pd.DataFrame:
        """The response by horizon: a Series, or a column a state."""
        frame = self._wide(self.params.to_numpy())
        return frame.iloc[:, 0].rename("response") if len(self.states) == 1 else frame

    @property
    def effective_f(self) -> pd.Series | pd.DataFrame:
        """First-stage F by horizon, robust as the errors are; NaN without an instrument.

        Notes
        -----
        With one instrument the effective F of Montiel Olea and Pflueger (2013) is the robust F.
        """
        values = [strength(r) for r in self.ratios]
        frame = self._wide(np.array(values) if values else np.full(len(self.params), np.nan))
        return frame.iloc[:, 0].rename("effective_f") if len(self.states) == 1 else frame

    @property
    def weak(self) -> bool:
        """Whether the effective F of any horizon is below 23.1."""
        return bool(self.ratios) and float(np.nanmin(self.effective_f.to_numpy())) < WEAK

    @property
    def few(self) -> bool:
        """Whether inference is that of few events (`spec["inference"]` is "events")."""
        return self.spec["inference"] == "events"

    def band(self, kind: str = "sup-t", level: float = 0.95) -> pd.DataFrame:
        """Return the interval of each response.

        Parameters
        ----------
        kind : {"sup-t", "pointwise"}
            Covering all horizons of a state at once, or each by itself.
        level : float
            Confidence level.

        Returns
        -------
        DataFrame
            Columns horizon, state, estimate, lower, upper; infinite where an Anderson–Rubin set
            is not an interval.
        """
        check_choice("kind", kind, BANDS)
        horizons = np.tile(np.arange(self.spec["horizon"] + 1), len(self.states))
        table = pd.DataFrame({"horizon": horizons})
        table["state"] = np.repeat(self.states, self.spec["horizon"] + 1)
        table["estimate"] = self.params.to_numpy()
        half = self._critical(kind, level)
        if not self.ratios:
            spread = self.std_errors.to_numpy()
            table["lower"], table["upper"] = (
                table["estimate"] + s * half * spread for s in (-1, 1)
            )
            return table
        sets = [_anderson_rubin(r, c) for r, c in zip(self.ratios, half, strict=True)]
        table["lower"], table["upper"] = ([ends[i] for ends in sets] for i in (0, 1))
        return table

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Return the interval of each response that `spec["bands"]` names first."""
        table = self.band(self.spec["bands"][0], level)
        return table[["lower", "upper"]].set_axis(self.params.index)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a horizon and state; tests with an instrument are Anderson–Rubin's."""
        table = super().tidy(level)
        if self.ratios:
            table["statistic"] = [r.statistic() for r in self.ratios]
            table["p_value"] = [r.p_value() for r in self.ratios]
        if self.few:
            table["std_error"] = [r.std_error for r in self.ratios]
        return table

    def numbers(self) -> pd.DataFrame:
        """Return the response with every band drawn, at 95 %."""
        table = self.band(self.spec["bands"][0])[["horizon", "state", "estimate"]]
        for kind in self.spec["bands"]:
            stem = kind.replace("-", "_")
            ends = self.band(kind)
            table[f"{stem}_lower"], table[f"{stem}_upper"] = ends["lower"], ends["upper"]
        return table

    def equality(self) -> dict[str, Any]:
        """Test that both states have one response at all horizons, by the largest t-value.

        Returns
        -------
        dict
            A row of `diagnostics`.
        """
        row = {
            "test": "Equal responses in both states",
            "null": "the response is the same in both states at every horizon",
            "reference": f"largest |t| over horizons, {self.spec['draws']:,} draws",
        }
        if len(self.states) == 1:
            return {**row, "note": "one state"}
        if self.weak or self.few:
            words = "weak" if self.weak else "of few events"
            return {**row, "note": f"the instrument is {words}: differences have no usual law"}
        size = self.spec["horizon"] + 1
        contrast = np.hstack([np.eye(size), -np.eye(size)])
        cov = contrast @ self.cov.to_numpy() @ contrast.T
        return {**row, **self._largest(contrast @ self.params.to_numpy(), cov)}

    def plot(self, ax: Any = None) -> Any:
        """Draw the response of each state with its bands."""
        from .. import plotting

        with plotting.style():
            ax = plotting.new_axes(ax)
            for place, state in enumerate(self.states):
                colour = plotting.PALETTE[place]
                for kind in self.spec["bands"]:
                    part = self.band(kind)
                    part = part[part["state"] == state].replace([np.inf, -np.inf], np.nan)
                    shade = {"alpha": SHADES[kind], "lw": 0, "color": colour}
                    label = f"95 % {kind} {state}".strip()
                    ax.fill_between(
                        part["horizon"], part["lower"], part["upper"], label=label, **shade
                    )
                ax.plot(part["horizon"], part["estimate"], color=colour, label=state or "response")
            ax.axhline(0, color="#4D4D4D", lw=0.8)
            ax.set_xlabel("rows after the shock")
            words = "cumulated " if self.spec["cumulative"] else ""
            ax.set_ylabel(f"{words}{self.spec['effect']} per unit of {self.spec['shock']}")
            ax.set_title(f"{self.spec['effect']} after {self.spec['shock']}")
            ax.legend()
        return ax

    def _headline(self) -> dict[str, Any]:
        table = self.band("pointwise")
        peak = table.iloc[int(np.argmax(table["estimate"].abs()))]
        head = {"largest_response": float(peak["estimate"]), "at_horizon": int(peak["horizon"])}
        if self.ratios:
            head["smallest_effective_f"] = float(np.nanmin(self.effective_f.to_numpy()))
        return head

    def _tests(self) -> list[dict[str, Any]]:
        size = self.spec["horizon"] + 1
        null = "the response is zero at every horizon"
        rows = [
            {
                "test": f"No response {state}".strip(),
                "null": null,
                **self._none(slice(i * size, (i + 1) * size)),
            }
            for i, state in enumerate(self.states)
        ]
        if self.ratios:
            rows.append(self._first_stage())
        return [*rows, self.equality()]

    def _none(self, part: slice) -> dict[str, Any]:
        """Test that the responses of a state are zero, by the largest t-value."""
        if self.few:
            ratios = self.ratios[part]
            p_value = min(1.0, len(ratios) * min(r.p_value() for r in ratios))
            largest = max((r.statistic() for r in ratios), key=abs)
            reference = "largest |t| over horizons, Student's, Bonferroni"
            return {"statistic": abs(largest), "p_value": p_value, "reference": reference}
        values = self.params.to_numpy()[part]
        if self.ratios:
            values = np.array([r.numerator for r in self.ratios[part]])
        reference = f"largest |t| over horizons, {self.spec['draws']:,} draws"
        return {"reference": reference, **self._largest(values, self.cov_reduced[part, part])}

    def _first_stage(self) -> dict[str, Any]:
        from scipy import stats

        weakest = min(self.ratios, key=strength)
        least = strength(weakest)
        law = stats.f(1, weakest.df) if self.few else stats.chi2(1)
        verdict = "weak: read the Anderson–Rubin sets" if least < WEAK else "not weak"
        return {
            "test": "First stage (smallest effective F)",
            "null": "the instrument does not move the shock",
            "statistic": least,
            "p_value": float(law.sf(least)),
            "reference": "Montiel Olea & Pflueger (2013), one instrument: robust F",
            "note": f"below {WEAK} it is weak; here it is {verdict}",
        }

    def _critical(self, kind: str, level: float) -> np.ndarray:
        """Return the critical value of each estimate."""
        from scipy import stats

        size = self.spec["horizon"] + 1
        shared = 1 if kind == "pointwise" else size
        tail = (1 - check_level(level)) / 2 / shared
        if self.few:
            return np.array([stats.t.isf(tail, ratio.df) for ratio in self.ratios])
        if kind == "pointwise" or self.weak:
            return np.full(len(self.params), stats.norm.isf(tail))
        found = []
        for i in range(len(self.states)):
            part = self.cov.to_numpy()[i * size : (i + 1) * size, i * size : (i + 1) * size]
            draws = supt.largest_t(part, self.spec["draws"], self.spec["rng"])
            found.append(supt.critical_value(draws, level))
        return np.repeat(found, size)

    def _largest(self, values: np.ndarray, cov: np.ndarray) -> dict[str, float]:
        spread = np.sqrt(np.diag(cov))
        moving = spread > 0
        statistic = float(np.max(np.abs(values[moving]) / spread[moving]))
        draws = supt.largest_t(cov, self.spec["draws"], self.spec["rng"])
        return {"statistic": statistic, "p_value": supt.p_value(draws, statistic)}

    def _wide(self, values: np.ndarray) -> pd.DataFrame:
        shape = len(self.states), self.spec["horizon"] + 1
        index = pd.RangeIndex(shape[1], name="horizon")
        return pd.DataFrame(values.reshape(shape).T, index, list(self.states))


def _anderson_rubin(ratio: Ratio, critical: float) -> tuple[float, float]:
    """Return the ends of the values that the reduced form does not reject."""
    from ..inference.bands import fieller

    found = fieller(
        ratio.numerator,
        ratio.denominator,
        ratio.var_numerator,
        ratio.var_denominator,
        ratio.covariance,
        critical,
    )
    return found.lower, found.upper


def strength(ratio: Ratio) -> float:
    """Return the squared t-value of a first stage; infinite where it is exact."""
    if ratio.var_denominator <= np.finfo(float).eps ** 2 * ratio.denominator**2:
        return float("inf")
    return ratio.denominator**2 / ratio.var_denominator


def notes(ratios: tuple[Ratio, ...], cumulative: Any, filled: dict[str, Any]) -> tuple[str, ...]:
    """Return what a reader of the estimates must know."""
    found = []
    if filled["inference"] == "events":
        least, most = (f"{pick(r.df for r in ratios):.3g}" for pick in (min, max))
        degrees = least if least == most else f"{least} to {most}"
        found.append(
            f"The instrument moves on {filled['instrument_moves']} rows: sets and tests are those "
            f"of few events (CR2), Student's with {degrees} degrees of freedom; simultaneous "
            "bands are Bonferroni's."
        )
    if ratios:
        found.append(
            "Intervals and p-values are Anderson–Rubin's: they hold however weak the instrument."
        )
        values = [strength(r) for r in ratios]
        weak = sum(f < WEAK for f in values)
        if weak:
            found.append(
                f"The instrument is weak in {weak} of {len(values)} regressions (smallest "
                f"effective F {min(values):.2f}, below {WEAK}): read the sets, not the "
                "standard errors; sup-t bands use Bonferroni's critical value."
            )
    if cumulative == "ratio":
        found.append("Each response is the sum of the effect over the sum of the shock.")
    return tuple(found)
