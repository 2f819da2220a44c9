"""Persistence of the variance as the data are taken ever more as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...facts import markets as registry
from ...ingest.limits import observed
from ...measures.volatility_persistence import ROWS, PersistenceResults, persistence
from ...panel import Panel
from ..exhibit import Exhibit
from ..study import Study, name, said
from .volatility import HEADLINE, SPECS, fit

_SHORT = {
    "naive": "naive",
    "genuine": "genuine",
    "zero-adjusted": "zero-adj.",
    "censored": "censored",
    "zero-adjusted, censored": "both",
    "breaks": "with breaks",
    "zero-adjusted, censored, breaks": "all three",
}
_HEADINGS = {
    "name": "Market",
    **{model: short[0].upper() + short[1:] for model, short in _SHORT.items()},
    **{f"{spec}-t": f"{spec.upper()}-t" for spec in SPECS},
    "effect": f"Window, {HEADLINE.upper()}-t: exp(δ) − 1 (%)",
    "idle": "Sessions without a trade (%)",
    "limit": "Limit days (%)",
    "breaks_found": "Breaks found",
}


def volatility_models(study: Study) -> Exhibit:
    """Show the persistence of each market: naive, zero-adjusted, censored, with breaks."""
    markets = [m for m in study.allowances() if study.kind(m) == "ets"]
    made, left_out = study.each(markets, lambda market: of_market(study, market))
    if not made:
        raise TooFewObservationsError(" ".join(left_out) or "No file holds an allowance market.")
    table = pd.DataFrame([_row(study, market, result) for market, result in made.items()])
    numbers = pd.concat([result.table for result in made.values()], ignore_index=True)
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw(table),
        table=table[["market", *_HEADINGS]],
        drawn=numbers,
        headings=_HEADINGS,
        formats={
            **dict.fromkeys(_SHORT, ".3f"),
            **{f"{spec}-t": ".3f" for spec in SPECS},
            "effect": "+.0f",
            "idle": ".0f",
            "limit": ".1f",
            "breaks_found": ".0f",
        },
        notes=(
            "Persistence of GARCH(1, 1) by quasi-maximum likelihood: naive takes the printed "
            "series as it is, a carried quote being a return of zero; genuine has returns "
            "between genuine trades; zero-adjusted models the chance of a trade beside them "
            "(Francq and Sucarrat), censored the days at a price limit (Morgan and Trevor); "
            "breaks puts the variance breaks of κ2 at 5 % into the variance, and is the model "
            "without them where none is found. GARCH-t, GJR-t and "
            "EGARCH-t are those of the table of compliance windows, window and gaps in the "
            "variance. An empty cell has its reason below; persistence counts from row to row "
            "of each model.",
            *_limits(study.panel, made),
            *left_out,
            *_reasons(made),
        ),
        sources=study.sources(made),
        synthetic=study.synthetic(made),
        results=tuple(made.values()),
    )


def of_market(study: Study, market: str) -> PersistenceResults:
    """Return one market's persistence under every treatment, computed once a report.

    Where no printed rule of a price limit is known, limit days are those at the limit that was
    read off daily prices; the result's notes say so.
    """
    return study.once(("persistence", market), _persistence, study.panel, market)


def _persistence(panel: Panel, market: str) -> PersistenceResults:
    seen = read_off(panel, market)
    return persistence(panel.with_limits({market: "observed"}) if seen else panel, market)


def read_off(panel: Panel, market: str) -> bool:
    """Whether a limit shows in the prices alone, and the panel has none."""
    known = panel.daily(market)[["limit_up", "limit_down"]].notna().any(axis=None)
    return not known and observed(registry.resolve(market)) is not None


def _row(study: Study, market: str, result: PersistenceResults) -> dict[str, object]:
    own = result.table.set_index("model")
    row: dict[str, object] = {"market": market, "name": name(market)}
    row |= {model: float(own["persistence"].loc[model]) for model in ROWS}
    fits, _ = study.each(SPECS, lambda spec: fit(study, market, spec), str)
    for spec in SPECS:
        row[f"{spec}-t"] = fits[spec].persistence if spec in fits else float("nan")
    head = fits.get(HEADLINE)
    row["effect"] = head.window_effect_at(0.95).percent if head is not None else float("nan")
    return row | {
        "idle": float(own["idle_percent"].loc["zero-adjusted"]),
        "limit": float(own["limit_percent"].loc["censored"]),
        "breaks_found": float(own["breaks"].loc["breaks"]),
    }


def _limits(panel: Panel, made: dict[str, PersistenceResults]) -> list[str]:
    """Return which markets' limit days rest on no printed rule."""
    censored = [m for m, result in made.items() if result.table["limit_percent"].notna().any()]
    names = [name(m) for m in censored if read_off(panel, m)]
    if not names:
        return []
    return [
        f"No printed rule of a price limit was found for {', '.join(names)}: their limit days "
        "are those at the limit at which prices pile up (read off daily prices), for this table "
        "alone."
    ]


def _reasons(made: dict[str, PersistenceResults]) -> list[str]:
    """Why cells are empty, each reason once with its models and markets."""
    where: dict[str, dict[str, list[str]]] = {}
    for market, result in made.items():
        for row in result.table.dropna(subset=["why"]).itertuples():
            why = str(row.why).split(" Use ")[0].split(" of its ")[0]
            why = why.replace(f" for {market}", "").replace(f" of {market}", "")
            where.setdefault(why, {}).setdefault(name(market), []).append(_SHORT[str(row.model)])
    return [
        "; ".join(f"{m} ({', '.join(models)})" for m, models in places.items()) + f": {why}"
        for why, places in where.items()
    ]


def _draw(table: pd.DataFrame) -> object:
    cells = table.set_index("name")[list(_SHORT)].astype(float)
    unbroken = table["breaks_found"].eq(0).to_numpy()
    cells.loc[unbroken, [model for model, (_, broken) in ROWS.items() if broken]] = np.nan
    cells = cells.rename(columns=_SHORT)
    figure, (ax,) = plotting.canvas(height=0.34 * len(cells) + 1.0)
    low = min(0.5, float(cells.min().min()))
    plotting.heat(ax, cells, form=".3f", limits=(low, 1.0), size=8)
    ax.set_xticks(range(len(_SHORT)), list(_SHORT.values()))
    ax.set_title("persistence of the variance (hatched: no break, or see the notes)")
    return figure


def _takeaway(table: pd.DataFrame) -> str:
    naive = table["naive"].median()
    parts = [f"The median persistence is {naive:.3f} in the naive model"]
    for model, words in (
        ("genuine", "between genuine trades"),
        ("zero-adjusted, censored", "zero-adjusted and censored"),
    ):
        known = table[model].notna()
        if known.any():
            where = "" if known.all() else f" ({int(known.sum())} of {len(table)} markets)"
            parts.append(f"{table[model].median():.3f} {words}{where}")
    broken = table[table["breaks_found"] > 0].dropna(subset=["breaks"])
    text = ", ".join(parts) + ". "
    if broken.empty:
        return text + "No market has a break in its variance."
    falls = broken["genuine"] - broken["breaks"]
    place: Any = falls.idxmax()
    most = broken.loc[place]
    if len(broken) == 1:
        return text + (
            f"Breaks in the variance, found in {said(most['market'])} alone, move it from "
            f"{most['genuine']:.3f} to {most['breaks']:.3f} there."
        )
    return text + (
        f"Breaks in the variance, found in {len(broken)} of {len(table)} markets, lower it by "
        f"{falls.median():.3f} in the median of these, most in {said(most['market'])} "
        f"({most['genuine']:.3f} to {most['breaks']:.3f})."
    )
