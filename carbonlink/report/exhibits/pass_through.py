"""From a carbon price to a power price: long run, short run, gross and net rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import UnknownMarketError
from ...facts import markets as registry
from ...facts.units import Factor, grid_factor, power_benchmarks
from ...measures.pass_through import pass_through
from ...measures.pass_through_results import PassThroughResults
from ..exhibit import Exhibit
from ..study import Study, name, said

_COMPARATORS = ("electricity_deu", "electricity_esp")
_FUELS = ("nymex_gas", "ara_coal")
_ABOVE = (0.02, 0.04, 0.08)
_HEADINGS = {
    "pair": "From → to",
    "term": "Term",
    "estimate": "Estimate",
    "lower": "Lower",
    "upper": "Upper",
    "set": "95 % set is",
    "p_zero": "p (no effect)",
    "p_one": "p (full)",
    "unit": "Unit",
    "nobs": "Rows",
    "reason": "Not defined because",
}


def pass_through_rates(study: Study) -> Exhibit:
    """Estimate an error-correction model for each carbon and power price that share days."""
    wanted = pairs(study)
    if not wanted:
        raise UnknownMarketError(
            "Pass-through needs the national allowance and a Chinese power price, or the EU "
            "allowance and a European one; the files hold neither pair."
        )
    found, left_out = study.each(wanted, lambda pair: estimate(study, pair), words)
    if not found:
        raise UnknownMarketError(" ".join(left_out))
    benchmark = power_benchmarks().iloc[-1]
    table = pd.concat(
        [rows(result, pair, benchmark["value"]) for pair, result in found.items()],
        ignore_index=True,
    )
    used = list(dict.fromkeys(m for pair in found for m in (*pair, *controls(study, pair))))
    return Exhibit(
        takeaway=_takeaway(found),
        figure=_draw(found),
        drawn=pd.concat([r.numbers().assign(pair=words(p)) for p, r in found.items()]),
        table=table,
        headings=_HEADINGS,
        formats={"p_zero": "p", "p_one": "p"},
        notes=tuple(
            dict.fromkeys((*_notes(benchmark), *fuel_notes(used), *left_out, *_own_notes(found)))
        ),
        sources=study.sources(used),
        synthetic=study.synthetic(used),
        results=tuple(found.values()),
    )


def pairs(study: Study) -> list[tuple[str, str]]:
    """Return the pairs of carbon and power price that the panel holds."""
    held = study.ordered()
    power = [m for m in held if study.kind(m) == "electricity"]
    home = [("cea", m) for m in power if study.chinese(m)] if "cea" in held else []
    abroad = [("eua", m) for m in _COMPARATORS if m in power] if "eua" in held else []
    return home + abroad


def estimate(study: Study, pair: tuple[str, str]) -> PassThroughResults:
    """Measure the pass-through of one pair, with fuel prices where the effect is European."""
    cause, effect = pair
    fuels = controls(study, pair)
    intensity = fossil().value if cause == "cea" else None
    return pass_through(study.panel, cause, effect, controls=fuels or None, intensity=intensity)


def controls(study: Study, pair: tuple[str, str]) -> list[str]:
    """Return the fuel prices of the panel that serve as controls: for European power only."""
    return [m for m in _FUELS if m in study.panel.markets] if pair[0] == "eua" else []


def _sentence(pair: tuple[str, str]) -> str:
    return f"{said(pair[0])} → {name(pair[1])}"


def words(pair: tuple[str, str]) -> str:
    """Return a pair as text."""
    return f"{name(pair[0])} → {name(pair[1])}"


def rows(result: PassThroughResults, pair: tuple[str, str], benchmark: float) -> pd.DataFrame:
    """Return the terms of one pair: model, gross rate, and the net rate by assumed intensity."""
    price = registry.get(pair[1]).price_unit
    terms = {
        "long run": result.long_run,
        "short run": result.short_run,
        "adjustment": result.adjustment,
        "half-life": result.half_life,
    }
    zero = dict(zip(result.tidy()["term"], result.tidy()["p_value"], strict=True))
    table = [
        {
            **_span(term),
            "term": label,
            "p_zero": zero.get(label.replace(" ", "_").replace("-", "_")),
        }
        for label, term in terms.items()
    ]
    for row in table[:2]:
        row["unit"] = f"{price} per {registry.get(pair[0]).price_unit}"
    gross = result.gross
    table.append(
        {**_span(gross), "term": f"gross rate, e = {_shown(result)}", "p_zero": gross.p_zero}
        | {"p_one": gross.p_one, "reason": gross.reason, "unit": "share of τe"}
    )
    if pair[0] == "cea":
        table += [_net(result, gap, benchmark) for gap in _ABOVE]
    frame = pd.DataFrame(table).reindex(columns=[c for c in _HEADINGS if c not in ("pair", "nobs")])
    return frame.assign(pair=words(pair), nobs=result.sample.nobs)[list(_HEADINGS)]


def _net(result: PassThroughResults, gap: float, benchmark: float) -> dict[str, object]:
    term = result.long_run
    return {
        "term": f"net rate, if e = {benchmark + gap:.4f} (b + {gap:g})",
        "estimate": term.estimate / gap,
        "lower": term.lower / gap,
        "upper": term.upper / gap,
        "set": term.kind,
        "unit": "share of τ(e − b)",
    }


def _span(term: Any) -> dict[str, object]:
    span = {k: getattr(term, k) for k in ("estimate", "lower", "upper")}
    return {**span, "set": term.kind, "unit": getattr(term, "unit", "")}


def _shown(result: PassThroughResults) -> str:
    value = result.spec["intensity_value"]
    return "not given" if value is None else f"{value:g}"


def fossil() -> Factor:
    """Return the mean intensity of fossil power, which stands in for the marginal unit."""
    return grid_factor("china", kind="fossil")


def _notes(benchmark: pd.Series) -> tuple[str, ...]:
    return (
        f"e of the gross rate: {fossil()} (mean of all fossil power, a stand-in for the marginal "
        "unit).",
        f"Allowances are given by output, so a unit pays for e − b; b = {benchmark['value']:g} "
        f"tCO2/MWh, the published benchmark of coal above 300 MW of {benchmark['emission_year']}. "
        "The intensity of that class at the margin is not published: the net rate is shown for "
        "assumed values.",
        "Drawn: the change of the power price after a lasting rise of the carbon price by one; "
        "band: the 95 % Fieller set of the long run.",
        "Sets are Fieller's; a set that is the whole line or two rays says that the data do not "
        "pin the rate down.",
    )


def _own_notes(found: dict[tuple[str, str], PassThroughResults]) -> list[str]:
    return [f"{words(pair)}: {note}" for pair, result in found.items() for note in result.notes]


def _draw(found: dict[tuple[str, str], PassThroughResults]) -> object:
    columns = min(len(found), 2)
    lines = -(-len(found) // columns)
    figure, axes = plotting.canvas(len(found), columns, height=2.9 * lines + 0.2)
    for ax, (pair, result) in zip(axes, found.items(), strict=True):
        result.plot(ax=ax)
        ax.set_title("", loc="left")
        ax.set_title(words(pair), fontsize=9)
        ax.set_xlabel(f"{result.units['step']}s")
    return figure


def fuel_notes(used: list[str]) -> list[str]:
    """Say which fuels are held constant, and what they and the rate cannot stand for."""
    held = [name(m) for m in _FUELS if m in used]
    if "eua" not in used:
        return []
    notes = [
        f"European pairs hold constant: {', '.join(held) or 'no fuel price'}. A plant emits some "
        "0.35 (gas) to 1.1 (lignite) tCO2 a MWh: a rate above that holds more than carbon's cost."
    ]
    if "nymex_gas" not in used:
        return notes
    return [
        *notes,
        "NYMEX gas is not the European gas (TTF) that sets European power prices: where the two "
        "part, as in 2021 and 2022, the rate of the EU allowance may hold a part of what gas did.",
    ]


def _takeaway(found: dict[tuple[str, str], PassThroughResults]) -> str:
    parts = []
    for pair, result in found.items():
        term = result.long_run
        if np.isfinite(term.lower) and np.isfinite(term.upper):
            span = f"95 % set {term.lower:.2f} to {term.upper:.2f}"
        else:
            span = f"its 95 % set is {'the whole line' if term.kind == 'line' else 'two rays'}"
        parts.append(f"{_sentence(pair)} {term.estimate:.2f} ({span})")
    return (
        "A lasting rise of the carbon price by one a tonne goes with a lasting change of the "
        f"power price per MWh of: {'; '.join(parts)}."
    )
