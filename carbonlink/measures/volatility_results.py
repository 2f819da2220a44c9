"""The result of `volatility`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import pandas as pd

from ..models.garch_battery import efficiency_rows, unit_root_rows
from ..models.garch_results import GARCHResults
from .volatility_compared import ROWS, PersistenceResults, under_treatments


class WindowEffect(NamedTuple):
    """Effect of the compliance window on the variance, in per cent, with its interval."""

    percent: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VolatilityResults(GARCHResults):
    """A market's volatility, with its compliance window.

    Attributes
    ----------
    inside : Series of bool or None
        Whether each return lies in a compliance window.
    gap_days : Series
        Sessions that each return spans.
    """

    title: ClassVar[str] = "Volatility"

    inside: pd.Series | None = None
    gap_days: pd.Series

    @property
    def window_effect(self) -> WindowEffect | None:
        """Effect of the window on the variance in per cent, 95 % interval, p-value of none.

        None where the window was left out (`window=None`).
        """
        return None if self.inside is None else self.window_effect_at(0.95)

    @property
    def effective_nobs(self) -> int:
        """Returns that say something of the variance: between genuine trades, not exactly zero.

        Days without a trade that count as a return of zero are no observations, whatever the
        likelihood takes them for.
        """
        return int((self._returns() != 0).sum())

    def by_treatment(self, models: Any = None, minimum_segment: int = 60) -> PersistenceResults:
        """Return the same model under every treatment of its data, variance breaks among them.

        Parameters
        ----------
        models : list of str, optional
            Among "naive", "genuine", "zero-adjusted", "censored", "zero-adjusted, censored",
            "breaks" and "zero-adjusted, censored, breaks"; all when None.
        minimum_segment : int
            Fewest returns in a variance regime.

        Returns
        -------
        PersistenceResults
            `table` has a row a model; `models` are the fits, as `carbonlink.compare` takes them.

        Raises
        ------
        SpecificationError
            The model was fitted to returns, not to a Panel.

        Examples
        --------
        >>> import tempfile
        >>> import carbonlink as cl
        >>> from carbonlink import demo
        >>> folder = tempfile.mkdtemp()
        >>> _ = demo.write(folder)
        >>> vol = cl.volatility(cl.load(["hubei"], raw=folder), spec="garch", window=None)
        >>> found = vol.by_treatment(["genuine", "breaks"])
        >>> list(cl.compare(found.models).table().columns)
        ['genuine', 'breaks']
        """
        given = {k: v for k, v in self.recipe.arguments.items() if k not in ("market", "treatment")}
        return under_treatments(
            self.recipe.function,
            given.pop("data"),
            self.market,
            models=tuple(ROWS) if models is None else models,
            minimum_segment=minimum_segment,
            **given,
        )

    def _tests(self) -> list[dict[str, Any]]:
        y = self._returns()
        return [*super()._tests(), *efficiency_rows(y), *unit_root_rows(y)]

    def window_effect_at(self, level: float) -> WindowEffect:
        """Return the effect of the window with an interval of the level asked for."""
        row = self.effects(level).loc["window"]
        return WindowEffect(*row[["percent", "lower", "upper", "p_value"]].astype(float))

    def numbers(self) -> pd.DataFrame:
        """Return the conditional volatility day by day, and whether the day is in a window."""
        frame = super().numbers()
        return frame if self.inside is None else frame.assign(inside=self.inside.to_numpy(bool))

    def plot(self, ax: Any = None) -> Any:
        """Draw the conditional volatility, the compliance windows shaded."""
        from .. import plotting

        ax = super().plot(ax)
        if self.inside is None:
            return ax
        spells = (self.inside != self.inside.shift()).cumsum()[self.inside]
        with plotting.style():
            for _, spell in spells.groupby(spells):
                ax.axvspan(
                    spell.index[0], spell.index[-1], color=plotting.PALETTE[4], alpha=0.25, lw=0
                )
        return ax

    def _caption(self) -> str:
        effect, head = self.window_effect, super()._caption()
        if effect is None:
            return head
        interval = f"[{effect.lower:+.0f}, {effect.upper:+.0f}]"
        return f"{head}; window {effect.percent:+.0f} % {interval} of variance"

    def _headline(self) -> dict[str, Any]:
        effect = self.window_effect
        head = (
            {} if effect is None else {"window_percent": effect.percent, "window_p": effect.p_value}
        )
        return {**head, **super()._headline(), "effective_nobs": self.effective_nobs}
