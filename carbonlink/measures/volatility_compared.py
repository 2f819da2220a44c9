"""How much of a market's persistence is stale quotes, limit days and breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import CarbonlinkError, SpecificationError, TooFewObservationsError
from ..models.frames import check_frame, listed
from ..models.garch_results import GARCHResults
from ..models.variance_breaks import variance_breaks
from ..panel import Panel
from ..results import Recipe, Results, Sample, check_level, tidy_frame

ROWS = {
    "naive": ("naive", False),
    "genuine": ("genuine", False),
    "zero-adjusted": ("zero", False),
    "censored": ("censored", False),
    "zero-adjusted, censored": ("both", False),
    "breaks": ("genuine", True),
    "zero-adjusted, censored, breaks": ("both", True),
}
"""Models of the table: their treatment, and whether variance breaks are in the variance."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PersistenceResults(Results):
    """Persistence of each market under each treatment of its data.

    Attributes
    ----------
    table : DataFrame
        A row a market and model: persistence, std_error, lower, upper, half_life, nobs,
        idle_percent, limit_percent, breaks, converged, and `why` where there is no fit.
    fits : dict of (market, model) to GARCHResults
    """

    title: ClassVar[str] = "Persistence of the variance"

    table: pd.DataFrame
    fits: dict[tuple[str, str], GARCHResults]

    @property
    def models(self) -> dict[str, GARCHResults]:
        """The fits by name, as `carbonlink.compare` takes them."""
        markets = {market for market, _ in self.fits}
        return {
            model if len(markets) == 1 else f"{market}, {model}": fit
            for (market, model), fit in self.fits.items()
        }

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the persistence of each market and model."""
        check_level(level)
        rows: list[Any] = [
            {
                **fit.tidy(level).set_index("term").loc["persistence"].to_dict(),
                "term": f"persistence[{model}]",
                "market": market,
            }
            for (market, model), fit in self.fits.items()
        ]
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the table."""
        return self.table

    def plot(self, ax: Any = None) -> Any:
        """Draw persistence with its interval: a colour a market, a row a model."""
        from .. import plotting

        models = [m for m in ROWS if m in set(self.table["model"])]
        markets = list(dict.fromkeys(self.table["market"]))
        with plotting.style():
            ax = plotting.new_axes(ax)
            for i, market in enumerate(markets):
                rows = self.table[self.table["market"].eq(market)].dropna(subset=["persistence"])
                place = np.array([len(models) - 1 - models.index(m) for m in rows["model"]])
                place = place + (len(markets) - 1 - 2 * i) * 0.6 / (2 * max(len(markets), 2))
                colour = plotting.PALETTE[i % len(plotting.PALETTE)]
                ends = rows[["lower", "upper"]].clip(lower=0)
                ax.hlines(place, ends["lower"], ends["upper"], color=colour, linewidth=1.3)
                marker = "os^Dv"[i % 5]
                ax.plot(rows["persistence"], place, marker, color=colour, ms=4.5, label=market)
            ax.axvline(1, color="#4D4D4D", linewidth=0.8)
            ax.set_yticks(range(len(models)), models[::-1])
            ax.set_xlabel("persistence of the variance from return to return")
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=min(len(markets), 4))
        return ax

    def _headline(self) -> dict[str, Any]:
        middle = self.table.groupby("model", sort=False)["persistence"].median()
        return {f"median_{model}": float(value) for model, value in middle.items()}

    def _tests(self) -> list[dict[str, Any]]:
        made: list[Any] = [
            {**test, "test": f"{market}, {model}: {test['test']}"}
            for (market, model), fit in self.fits.items()
            for test in fit.diagnostics().to_dict("records")
        ]
        return made


def under_treatments(
    measure: Callable[..., GARCHResults],
    panel: Panel,
    markets: Iterable[str] | str | None = None,
    *,
    models: Iterable[str] = tuple(ROWS),
    minimum_segment: int = 60,
    **options: Any,
) -> PersistenceResults:
    """Fit a model to each market as its data are taken ever more as they are.

    Parameters
    ----------
    measure : callable
        `carbonlink.volatility`.
    panel, markets, models, minimum_segment
        See `carbonlink.measures.volatility_persistence.persistence`.
    **options
        Further arguments of `measure`.
    """
    arguments = {k: v for k, v in locals().items() if k != "options"} | options
    names = list(models)
    wrong = [m for m in names if m not in ROWS]
    if wrong or not names:
        raise SpecificationError(f"models has {listed(wrong)}.", f"Use {listed(ROWS)}.")
    if not isinstance(panel, Panel):
        raise SpecificationError(
            "The table needs a Panel: which days have a trade and which are at a limit.",
            "Load one with cl.load(…).",
        )
    chosen = panel.labels(markets)
    fits: dict[tuple[str, str], GARCHResults] = {}
    rows = []
    for market in chosen:
        for model in names:
            fit, why, breaks = _fit(measure, panel, market, model, options, minimum_segment)
            if fit is not None:
                fits[market, model] = fit
            rows.append(_row(market, model, fit, why, breaks))
    if not fits:
        raise TooFewObservationsError(
            f"No model could be fitted: {rows[0]['why']}", "Use a longer sample."
        )
    table = pd.DataFrame(rows)
    return PersistenceResults(
        spec={**_plain(options), "models": tuple(names), "minimum_segment": int(minimum_segment)},
        sample=_sample(fits),
        units={"persistence": "", "half_life": "rows"},
        sources=tuple(dict.fromkeys(s for fit in fits.values() for s in fit.sources)),
        notes=_notes(rows, fits),
        recipe=Recipe(under_treatments, arguments),
        table=table,
        fits=fits,
    )


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    """The options as they stand in a specification: data by their names, lists as tuples."""
    found = {}
    for key, value in options.items():
        if isinstance(value, pd.Series):
            value = (str(value.name),)
        elif isinstance(value, pd.DataFrame):
            value = tuple(map(str, value.columns))
        elif isinstance(value, Iterable) and not isinstance(value, str):
            value = tuple(map(str, value))
        found[key] = value
    return found


def _fit(
    measure: Callable[..., GARCHResults],
    panel: Panel,
    market: str,
    model: str,
    settings: dict[str, Any],
    shortest: int,
) -> tuple[GARCHResults | None, str | None, int]:
    treatment, broken = ROWS[model]
    extra: dict[str, Any] = {"treatment": treatment}
    count = 0
    try:
        if broken:
            dummies = _dummies(measure, panel, market, settings, shortest)
            count = dummies.shape[1]
            given = settings.get("variance_x")
            if count and given is not None:
                own = check_frame(given, "variance_x").reindex(dummies.index)
                dummies = pd.concat([own, dummies], axis=1)
            extra |= {"variance_x": dummies} if count else {}
        return measure(panel, market, **(settings | extra)), None, count
    except CarbonlinkError as error:
        return None, str(error), count


def _dummies(
    measure: Callable[..., GARCHResults],
    panel: Panel,
    market: str,
    settings: dict[str, Any],
    shortest: int,
) -> pd.DataFrame:
    """Regime dummies on every session of the market."""
    plain = measure(panel, market, **(settings | {"treatment": "genuine"}))
    found = variance_breaks(plain.resid, minimum_segment=shortest)
    sessions = pd.DatetimeIndex(panel.daily(market).index)
    edges = [*found.breaks.index, None]
    columns = {}
    for name, start, end in zip(found.dummies.columns, edges[:-1], edges[1:], strict=True):
        inside = np.asarray(sessions >= start) & (True if end is None else sessions < end)
        columns[str(name)] = inside.astype(float)
    return pd.DataFrame(columns, index=sessions)


def _row(
    market: str, model: str, fit: GARCHResults | None, why: str | None, breaks: int
) -> dict[str, Any]:
    row: dict[str, Any] = {"market": market, "model": model}
    empty = dict.fromkeys(
        ("persistence", "std_error", "lower", "upper", "half_life", "nobs"), np.nan
    )
    rest = {"idle_percent": np.nan, "limit_percent": np.nan, "breaks": breaks, "converged": False}
    if fit is None:
        return row | empty | rest | {"why": why}
    one: Any = fit.tidy().set_index("term").loc["persistence"]
    values = {k: float(one[k]) for k in ("std_error", "lower", "upper")}
    asked, hits = fit.spec["treatment"] in ("censored", "both"), fit.limit_days
    limits = 0 if hits is None else int((hits != 0).sum())
    return row | {
        "persistence": fit.persistence,
        **values,
        "half_life": fit.half_life,
        "nobs": fit.nobs,
        "idle_percent": 100 * (1 - fit.nobs / len(fit.resid)),
        "limit_percent": 100 * limits / fit.nobs if asked else np.nan,
        "breaks": breaks,
        "converged": fit.converged,
        "why": None,
    }


def _notes(rows: list[dict[str, Any]], fits: Any) -> tuple[str, ...]:
    """Why a model is missing, where no break was found, and limits that no printed rule gives."""
    said = [f"{r['market']}, {r['model']}: {r['why']}" for r in rows if isinstance(r["why"], str)]
    for (market, model), fit in fits.items():
        said += [n for n in fit.notes if n.startswith(f"{market}: price limit of")]
        row = next(r for r in rows if (r["market"], r["model"]) == (market, model))
        if ROWS[model][1] and not row["breaks"]:
            said.append(f"{market}, {model}: no break in the variance was found.")
    return tuple(dict.fromkeys(said))


def _sample(fits: dict[tuple[str, str], GARCHResults]) -> Sample:
    starts, ends = zip(*((f.sample.start, f.sample.end) for f in fits.values()), strict=True)
    return Sample(min(starts), max(ends), sum(f.nobs for f in fits.values()))
