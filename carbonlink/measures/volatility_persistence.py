"""How much of a market's persistence is stale quotes, limit days and breaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import CarbonlinkError, SpecificationError, TooFewObservationsError
from ..models.frames import check_frame, listed
from ..models.variance_breaks import variance_breaks
from ..panel import Panel
from ..results import Recipe, Results, Sample, check_level, tidy_frame
from .volatility import volatility
from .volatility_results import VolatilityResults

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
    fits : dict of (market, model) to VolatilityResults
    """

    title: ClassVar[str] = "Persistence of the variance"

    table: pd.DataFrame
    fits: dict[tuple[str, str], VolatilityResults]

    @property
    def models(self) -> dict[str, VolatilityResults]:
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


def persistence(
    panel: Panel,
    markets: Iterable[str] | str | None = None,
    spec: str = "garch",
    *,
    models: Iterable[str] = tuple(ROWS),
    dist: str = "normal",
    window: int | None = None,
    minimum_segment: int = 60,
    **options: Any,
) -> PersistenceResults:
    """Measure the persistence of each market as its data are taken ever more as they are.

    Parameters
    ----------
    panel : Panel
    markets : str or list of str, optional
        All of the panel when None.
    spec, dist, window
        As `carbonlink.volatility` takes them.
    models : list of str
        Rows of the table, among `ROWS`: "naive" carries prices forward and counts a day without
        a trade as a return of zero; "genuine" has returns between genuine trades; then without
        trades modelled, limit days censored, both, and with variance breaks (κ2, 5 %) as
        dummies in the variance.
    minimum_segment : int
        Fewest returns in a variance regime.
    **options
        Further arguments of `carbonlink.volatility`.

    Returns
    -------
    PersistenceResults

    Notes
    -----
    A model that cannot be had is a row with its reason: no limit known, no day without a trade,
    too few returns, no maximum. Where no break is found the model with breaks is that without.
    Breaks are searched in the genuine returns; on days without one the dummy is that of the
    day's regime. Persistence is that from one row of the model to the next: a session where
    days without a trade have a row, else a return.

    Examples
    --------
    >>> import tempfile
    >>> import carbonlink as cl
    >>> from carbonlink import demo
    >>> from carbonlink.measures.volatility_persistence import persistence
    >>> folder = tempfile.mkdtemp()
    >>> _ = demo.write(folder)
    >>> panel = cl.load(["hubei"], raw=folder)
    >>> found = persistence(panel, models=["naive", "genuine"])
    >>> list(found.table["model"])
    ['naive', 'genuine']
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
    chosen = [markets] if isinstance(markets, str) else list(markets or panel.markets)
    settings = {"spec": spec, "dist": dist, "window": window, **options}
    fits: dict[tuple[str, str], VolatilityResults] = {}
    rows = []
    for market in chosen:
        for model in names:
            fit, why, breaks = _fit(panel, market, model, settings, minimum_segment)
            if fit is not None:
                fits[market, model] = fit
            rows.append(_row(market, model, fit, why, breaks))
    if not fits:
        raise TooFewObservationsError(
            f"No model could be fitted: {rows[0]['why']}", "Use a longer sample."
        )
    table = pd.DataFrame(rows)
    return PersistenceResults(
        spec={**settings, "models": tuple(names), "minimum_segment": int(minimum_segment)},
        sample=_sample(fits),
        units={"persistence": "", "half_life": "rows"},
        sources=tuple(dict.fromkeys(s for fit in fits.values() for s in fit.sources)),
        notes=_notes(rows, fits),
        recipe=Recipe(persistence, arguments),
        table=table,
        fits=fits,
    )


def _fit(
    panel: Panel, market: str, model: str, settings: dict[str, Any], shortest: int
) -> tuple[VolatilityResults | None, str | None, int]:
    treatment, broken = ROWS[model]
    extra: dict[str, Any] = {"treatment": treatment}
    count = 0
    try:
        if broken:
            dummies = _dummies(panel, market, settings, shortest)
            count = dummies.shape[1]
            given = settings.get("variance_x")
            if count and given is not None:
                own = check_frame(given, "variance_x").reindex(dummies.index)
                dummies = pd.concat([own, dummies], axis=1)
            extra |= {"variance_x": dummies} if count else {}
        return volatility(panel, market, **(settings | extra)), None, count
    except CarbonlinkError as error:
        return None, str(error), count


def _dummies(panel: Panel, market: str, settings: dict[str, Any], shortest: int) -> pd.DataFrame:
    """Regime dummies on every session of the market."""
    plain = volatility(panel, market, **(settings | {"treatment": "genuine"}))
    found = variance_breaks(plain.resid, minimum_segment=shortest)
    sessions = pd.DatetimeIndex(panel.daily(market).index)
    edges = [*found.breaks.index, None]
    columns = {}
    for name, start, end in zip(found.dummies.columns, edges[:-1], edges[1:], strict=True):
        inside = np.asarray(sessions >= start) & (True if end is None else sessions < end)
        columns[str(name)] = inside.astype(float)
    return pd.DataFrame(columns, index=sessions)


def _row(
    market: str, model: str, fit: VolatilityResults | None, why: str | None, breaks: int
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


def _sample(fits: dict[tuple[str, str], VolatilityResults]) -> Sample:
    starts, ends = zip(*((f.sample.start, f.sample.end) for f in fits.values()), strict=True)
    return Sample(min(starts), max(ends), sum(f.nobs for f in fits.values()))
