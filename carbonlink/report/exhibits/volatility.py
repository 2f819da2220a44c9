"""Volatility, with the compliance window in the variance equation."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...measures.volatility import volatility
from ...measures.volatility_results import VolatilityResults
from ..exhibit import Exhibit
from ..study import Study, name, said

SPECS = ("garch", "gjr", "egarch")
HEADLINE = "egarch"
WINDOW = 30
_HEADINGS = {
    "name": "Market",
    "spec": "Model",
    "nobs": "Returns",
    "effect": "Window effect on variance (%)",
    "lower": "Lower",
    "upper": "Upper",
    "p_value": "p",
    "persistence": "Persistence",
    "half_life": "Half-life (returns)",
    "leverage": "Leverage (%)",
    "shape": "t: degrees of freedom",
    "loglik": "Log-likelihood",
    "bic": "BIC",
}


def fits(study: Study) -> tuple[dict[tuple[str, str], VolatilityResults], list[str]]:
    """Fit every specification to every allowance market with known deadlines."""
    markets = [m for m in study.allowances() if study.kind(m) == "ets"]
    found: dict[tuple[str, str], VolatilityResults] = {}
    left_out: list[str] = []
    for spec in SPECS:
        made, refused = study.each(markets, partial(fit, study, spec=spec))
        found |= {(market, spec): result for market, result in made.items()}
        left_out += [f"{spec.upper()}: {sentence}" for sentence in refused]
    if not found:
        raise TooFewObservationsError(
            " ".join(_shorter(left_out)) or "No file holds an allowance market."
        )
    order = {m: i for i, m in enumerate(markets)}
    ordered = sorted(found, key=lambda key: (order[key[0]], SPECS.index(key[1])))
    return {key: found[key] for key in ordered}, _shorter(left_out)


def fit(study: Study, market: str, spec: str) -> VolatilityResults:
    """Fit one specification to one market."""
    key = ("volatility", market, spec)
    return study.once(key, volatility, study.panel, market, spec, window=WINDOW)


def volatility_window(study: Study) -> Exhibit:
    """Show how much larger the variance is before a deadline, in three models."""
    found, left_out = fits(study)
    markets = list(dict.fromkeys(market for market, _ in found))
    table = pd.DataFrame([_row(*key, result) for key, result in found.items()])
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw_effects(table),
        table=table[["market", *_HEADINGS]],
        headings=_HEADINGS,
        formats={
            **dict.fromkeys(("effect", "lower", "upper"), "+.0f"),
            "leverage": "+.1f",
            "persistence": ".3f",
            "half_life": ".1f",
            "shape": ".1f",
            "loglik": ",.1f",
            "bic": ",.1f",
            "p_value": "p",
        },
        notes=(
            f"Returns between genuine trades of at least 100 t where tonnes are known; t "
            f"distribution; the window is the {WINDOW} open days up to each deadline and enters "
            "the variance as exp(δ·window). Intervals at 95 % from robust standard errors.",
            *left_out,
            *_own(found),
        ),
        sources=study.sources(markets),
        synthetic=study.synthetic(markets),
        results=tuple(found.values()),
    )


def shape(result: VolatilityResults) -> float:
    """Return the degrees of freedom of the t."""
    return float(result.params["nu"])


def _row(market: str, spec: str, result: VolatilityResults) -> dict[str, object]:
    effect = result.window_effect_at(0.95)
    return {
        "market": market,
        "name": name(market),
        "spec": f"{spec.upper()}-t",
        "nobs": result.nobs,
        "effect": effect.percent,
        "lower": effect.lower,
        "upper": effect.upper,
        "p_value": effect.p_value,
        "persistence": result.persistence,
        "half_life": result.half_life,
        "leverage": float("nan") if spec == "garch" else result.leverage,
        "shape": shape(result),
        "loglik": result.loglik,
        "bic": result.bic,
    }


def _own(found: dict[tuple[str, str], VolatilityResults]) -> list[str]:
    """Notes of the fits, each once, with the models it holds for."""
    where: dict[str, dict[str, list[str]]] = {}
    for (market, spec), result in found.items():
        for note in result.notes:
            where.setdefault(note, {}).setdefault(name(market), []).append(spec.upper())
    return [
        ", ".join(m if len(s) == len(SPECS) else f"{m} ({', '.join(s)})" for m, s in places.items())
        + f": {note}"
        for note, places in where.items()
    ]


def _shorter(sentences: list[str]) -> list[str]:
    """One sentence where all specifications say the same."""
    merged: dict[str, list[str]] = {}
    for sentence in sentences:
        spec, _, rest = sentence.partition(": ")
        merged.setdefault(rest, []).append(spec)
    every = len(SPECS)
    return [r if len(s) == every else f"{', '.join(s)}: {r}" for r, s in merged.items()]


def _draw_effects(table: pd.DataFrame) -> object:
    markets = list(dict.fromkeys(table["name"]))
    figure, (ax,) = plotting.canvas(height=0.45 * len(markets) + 1.1)
    for shift, spec, marker in zip((0.22, 0, -0.22), table["spec"].unique(), "os^", strict=False):
        rows = table[table["spec"] == spec]
        place = np.array([len(markets) - 1 - markets.index(n) for n in rows["name"]]) + shift
        colour = plotting.PALETTE[list(table["spec"].unique()).index(spec)]
        ratio = 1 + rows[["effect", "lower", "upper"]] / 100
        ax.hlines(place, ratio["lower"], ratio["upper"], color=colour, linewidth=1.3)
        ax.plot(ratio["effect"], place, marker, color=colour, markersize=4.5, label=spec)
    ax.axvline(1, color="#4D4D4D", linewidth=0.8)
    ax.set_xscale("log")
    low, high = (1 + table["lower"] / 100).min(), (1 + table["upper"] / 100).max()
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low / 1.3 <= t <= high * 1.3]
    ax.set_xticks(ticks, [f"{t:g}×" for t in ticks])
    ax.minorticks_off()
    ax.set_yticks(range(len(markets)), markets[::-1])
    ax.set_xlabel(f"variance in the last {WINDOW} open days before a deadline, times the rest")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3)
    return figure


def _takeaway(table: pd.DataFrame) -> str:
    head = table[table["spec"] == f"{HEADLINE.upper()}-t"]
    head = head if len(head) else table
    up = head[(head["p_value"] < 0.05) & (head["effect"] > 0)]
    down = head[(head["p_value"] < 0.05) & (head["effect"] < 0)]
    parts = [
        f"{said(row['market'])} {row['effect']:+.0f} % [{row['lower']:+.0f}, {row['upper']:+.0f}]"
        for _, row in head.iterrows()
    ]
    model = head["spec"].iloc[0]
    return (
        f"By {model} the variance in the last {WINDOW} open days before a deadline is higher in "
        f"{len(up) or 'none'} of {len(head)} markets and lower in {len(down) or 'none'} (5 %, not "
        f"adjusted for the number of markets): {'; '.join(parts)}.{_other_models(table, model)}"
    )


def _other_models(table: pd.DataFrame, headline: str) -> str:
    """Say which effects the other models find, since the models may disagree."""
    found = table[(table["spec"] != headline) & (table["p_value"] < 0.05)]
    if found.empty:
        return ""
    by_model = found.groupby("spec", sort=False)["market"].agg(lambda m: ", ".join(map(said, m)))
    return " At 5 % also: " + "; ".join(f"{k}, {v}" for k, v in by_model.items()) + "."
