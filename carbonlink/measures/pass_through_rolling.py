"""Pass-through over time: rolling windows, and a test that the rate is constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError
from ..inference.parallel import generator
from ..kernels.constancy import score_path
from ..kernels.ecm import design
from ..kernels.nardl import own_terms, wild_paths
from ..models.ecm import fit_ecm, outside_columns
from ..models.ecm_results import ECMResults
from ..models.frames import joined
from ..results import Recipe, Results, Sample, check_level, tidy_frame

TRIMMING = 0.15


@dataclass(frozen=True)
class Constancy:
    """A test of constant coefficients against one break at an unknown row.

    Attributes
    ----------
    statistic : float
        Largest score statistic over the rows.
    row : int
        The last row before the break that it is largest at.
    p_value : float
    """

    statistic: float
    row: int
    p_value: float


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RollingPassThrough(Results):
    """The long run in rolling windows; made by `PassThroughResults.rolling`.

    Attributes
    ----------
    windows : DataFrame
        By the last day of each window: long_run, variances and covariance of its Fieller set
        (as columns of a ratio), adjustment.
    ratios : tuple of Ratio
        The long run of each window.
    test : Constancy
        The largest score statistic over break dates, on the whole sample.
    break_day : object
        The last day before the break that the statistic is largest at.
    """

    title: ClassVar[str] = "Rolling pass-through"

    windows: pd.DataFrame
    ratios: tuple[Any, ...]
    test: Constancy
    break_day: Any

    @property
    def long_run(self) -> pd.Series:
        """Lasting change of the effect per unit of the cause, by the last day of a window."""
        return self.windows["long_run"]

    def band(self, level: float = 0.95) -> pd.DataFrame:
        """Return the Fieller set of each window: estimate, lower, upper, kind."""
        found = [ratio.confidence_set(check_level(level)) for ratio in self.ratios]
        columns = {
            "estimate": self.windows["long_run"].to_numpy(),
            "lower": [f.lower for f in found],
            "upper": [f.upper for f in found],
            "kind": [f.kind for f in found],
        }
        return pd.DataFrame(columns, index=self.windows.index)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a window."""
        band = self.band(level)
        unit, market = self.units["long_run"], self.spec["effect"]
        numbers: Any = band.drop(columns="kind").to_dict("records")
        rows = [
            {"term": _label(day), "market": market, "unit": unit, **row}
            for day, row in zip(band.index, numbers, strict=True)
        ]
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return what is drawn."""
        return self.band().rename_axis("window_end").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw the long run by window with its Fieller sets, and the full cost where known."""
        from .. import plotting

        band = self.band()
        shown = band["estimate"]
        room = 3 * (shown.quantile(0.9) - shown.quantile(0.1)) + 1e-12
        low, high = shown.min() - room, shown.max() + room
        ax = plotting.new_axes(ax)
        with plotting.style():
            colour = plotting.PALETTE[0]
            ends = band["lower"].clip(low, high), band["upper"].clip(low, high)
            ax.fill_between(band.index, *ends, color=colour, alpha=0.2, lw=0, label="95 % sets")
            ax.plot(band.index, shown, color=colour, lw=1.3, label="long run")
            if self.spec["intensity_value"] is not None:
                value = self.spec["intensity_value"]
                words = f"all of τe, e = {value:g}"
                ax.axhline(value, color=plotting.PALETTE[1], ls="--", lw=1, label=words)
            ax.axhline(0, color="#4D4D4D", lw=0.7)
            ax.set_ylim(low, high)
            ax.set_ylabel(self.units["long_run"])
            ax.set_xlabel(f"last day of {self.spec['window']} rows")
            if isinstance(band.index, pd.DatetimeIndex):
                plotting.years(ax)
            ax.legend()
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "windows": len(self.windows),
            "lowest": float(self.long_run.min()),
            "highest": float(self.long_run.max()),
            "p of constancy": self.test.p_value,
        }

    def _tests(self) -> list[dict[str, Any]]:
        return [
            {
                "test": "constancy",
                "null": "the long run and the adjustment do not change",
                "statistic": self.test.statistic,
                "p_value": self.test.p_value,
                "reference": f"recursive wild bootstrap, {self.spec['draws']} draws",
                "note": f"largest at {_label(self.break_day)}",
            }
        ]


def roll(found: Any, window: int, step: int, draws: int, rng: int) -> Any:
    """Return a pass-through in rolling windows (see `PassThroughResults.rolling`)."""
    arguments = dict(locals())
    model = found.model
    if not isinstance(model, ECMResults) or found.falls_ratio is not None:
        raise SpecificationError(
            f'rolling() needs an error-correction model, and this is method="'
            f'{found.spec["method"]}".',
            'Refit with method="ecm".',
        )
    for name, value, least in (("window", window, 1), ("step", step, 1), ("draws", draws, 19)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise SpecificationError(
                f"{name}={value!r} is not usable.", f"Use a whole number of at least {least}."
            )
    needed = max(len(model.params) + 20, 60)
    if not needed <= window <= model.nobs:
        raise TooFewObservationsError(
            f"window={window} does not fit: the model needs {needed} rows and has {model.nobs}.",
            f"Use {needed} to {model.nobs}.",
        )
    kept = model.recipe.arguments
    fixed = {"lags": model.spec["lags"], "order": model.spec["order"], "minimum": needed}
    fixed |= {name: kept[name] for name in ("trend", "cov", "bandwidth", "fixed")}
    days = model.resid.index
    where = pd.Series(False, kept["y"].index)
    ends, ratios, adjustment = [], [], []
    for stop in range(window, model.nobs + 1, step):
        mask = where.copy()
        mask[days[stop - window : stop]] = True
        own = fit_ecm(kept["y"], kept["x"], kept["controls"], where=mask, **fixed)
        ratios.append(own.long_run_ratio(own.names[1]))
        adjustment.append(own.adjustment)
        ends.append(days[stop - 1])
    columns = {"long_run": [r.estimate for r in ratios], "adjustment": adjustment}
    test = _constancy(model, draws, rng)
    return RollingPassThrough(
        windows=pd.DataFrame(columns, index=pd.Index(ends, name="window_end")),
        ratios=tuple(ratios),
        test=test,
        break_day=days[test.row],
        spec={
            **{k: found.spec[k] for k in ("cause", "effect", "method", "lags", "order", "trend")},
            "intensity_value": found.spec["intensity_value"],
            "window": window,
            "step": step,
            "trimming": TRIMMING,
            "draws": draws,
            "rng": rng,
        },
        sample=Sample.of(days),
        units=dict(found.units),
        sources=found.sources,
        notes=found.notes,
        recipe=Recipe(roll, arguments),
        fitted=model,
    )


def _constancy(model: ECMResults, draws: int, rng: int) -> Constancy:
    """Test constancy on the sample, and on paths of the model with its residuals' signs drawn."""
    kept = model.recipe.arguments
    effect, causes, _ = joined(kept["y"], kept["x"], kept["controls"])
    outside = outside_columns(kept["fixed"], effect.index, model.names).to_numpy()
    y, x, spec = effect.to_numpy(), causes.to_numpy(), model.spec
    layout = design(y, x, spec["lags"], spec["order"], spec["trend"], outside)
    rows = effect.index.get_indexer(model.resid.index)
    levels = [i for i, (kind, _, _) in enumerate(model.terms) if kind == "level"][:2]
    regressors = model.regressors / np.abs(model.regressors).max(axis=0)
    places, path = score_path(model.target, regressors, levels, TRIMMING)
    columns, targets = wild_paths(
        draws, generator(rng), y, layout, rows, model.params.to_numpy(), model.resid.to_numpy()
    )
    own, largest = own_terms(model.terms), np.empty(draws)
    for draw in range(draws):
        regressors[:, own] = np.column_stack([c[:, draw] for c in columns])
        regressors[:, own] /= np.abs(regressors[:, own]).max(axis=0)
        largest[draw] = score_path(targets[:, draw], regressors, levels, TRIMMING)[1].max()
    found = float(path.max())
    p_value = (1 + int((largest >= found).sum())) / (1 + draws)
    return Constancy(found, int(places[path.argmax()]), p_value)


def _label(day: Any) -> str:
    return f"{day:%Y-%m-%d}" if isinstance(day, pd.Timestamp) else str(day)
