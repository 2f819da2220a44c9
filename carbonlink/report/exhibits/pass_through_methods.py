"""Pass-through by several methods, and by horizon, beside what papers print."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import UnknownMarketError
from ...facts.published import published
from ...measures.pass_through import pass_through
from ...measures.pass_through_results import PassThroughResults
from ..exhibit import Exhibit
from ..study import Study
from .pass_through import controls, fossil, fuel_notes, pairs, words

HORIZON = 20
_METHODS = {
    "ecm": "error correction",
    "ardl": "distributed lag",
    "dols": "dynamic least squares",
    "nardl": "rises and falls apart",
    "lp": f"local projections, {HORIZON} rows",
}
_HEADINGS = {
    "pair": "From → to",
    "method": "Method",
    "estimate": "Change of power price",
    "lower_90": "90 % from",
    "upper_90": "90 % to",
    "lower_95": "95 % from",
    "upper_95": "95 % to",
    "rate": "Share of τe",
    "p_zero": "p (none)",
    "p_one": "p (full)",
    "p_near_zero": "p (not near none)",
    "p_near_one": "p (not near full)",
    "detectable": "Detectable share",
    "nobs": "Rows",
}


def pass_through_horizons(study: Study) -> Exhibit:
    """Draw the cumulated change of the power price over that of the carbon price, by day."""
    found, left_out = _measured(study, ("lp",))
    return Exhibit(
        takeaway=_horizon_words(found),
        figure=_draw(found),
        drawn=pd.concat([_path(r).assign(pair=words(pair)) for (pair, _), r in found.items()]),
        notes=(
            "Sum of the changes of the power price up to each day over the sum of those of the "
            "carbon price, in one step of two-stage least squares; Newey–West errors.",
            "Dark: intervals of each horizon; light: of all at once. A band that leaves the "
            "picture is not bounded there.",
            "Spot prices are not bounded by the band of contract prices, so no day is censored.",
            *_row_notes(found),
            *fuel_notes(_markets(study, found)),
            *left_out,
        ),
        sources=study.sources(_markets(study, found)),
        synthetic=study.synthetic(_markets(study, found)),
        results=tuple(found.values()),
    )


def pass_through_summary(study: Study) -> Exhibit:
    """Put the methods side by side, with tests of none, of full, and of nearness to each."""
    found, left_out = _measured(study, tuple(_METHODS))
    table = pd.concat(
        [_rows(result, pair, method) for (pair, method), result in found.items()],
        ignore_index=True,
    )
    return Exhibit(
        takeaway=_summary_words(found),
        table=table,
        headings=_HEADINGS,
        formats={c: "p" for c in _HEADINGS if c.startswith("p_")},
        notes=(
            f"Change: of the power price per MWh after a lasting rise of the carbon price by one. "
            f"Share of τe for Chinese power: e = {fossil().value:g} tCO2/MWh, the mean of all "
            "fossil power, which stands in for the marginal unit.",
            "p (not near none) and p (not near full): small values show that the rate lies within "
            "0.2 of 0, or of 1. Detectable: the smallest share that a 5 % test finds with power "
            "0.8.",
            *_comparators(),
            *_row_notes(found),
            *fuel_notes(_markets(study, found)),
            *left_out,
        ),
        sources=study.sources(_markets(study, found)),
        synthetic=study.synthetic(_markets(study, found)),
        results=tuple(found.values()),
    )


def _measured(
    study: Study, methods: tuple[str, ...]
) -> tuple[dict[tuple[tuple[str, str], str], PassThroughResults], list[str]]:
    """Return each pair by each method, computed once, and what is refused."""
    wanted = [(pair, method) for pair in pairs(study) for method in methods]
    if not wanted:
        raise UnknownMarketError(
            "Pass-through needs the national allowance and a Chinese power price, or the EU "
            "allowance and a European one; the files hold neither pair."
        )
    found, left_out = study.each(
        wanted,
        lambda item: study.once(("pass-through", *item), _one, study, *item),
        lambda item: f"{words(item[0])} by {_METHODS[item[1]]}",
    )
    if not found:
        raise UnknownMarketError(" ".join(left_out))
    return found, left_out


def _one(study: Study, pair: tuple[str, str], method: str) -> PassThroughResults:
    fuels = controls(study, pair)
    horizon: dict[str, Any] = {"horizon": HORIZON} if method == "lp" else {}
    return pass_through(
        study.panel,
        *pair,
        controls=fuels or None,
        intensity=fossil().value if pair[0] == "cea" else None,
        method=method,
        rng=study.rng,
        **horizon,
    )


def _markets(study: Study, found: dict[Any, Any]) -> list[str]:
    return list(dict.fromkeys(m for pair, _ in found for m in (*pair, *controls(study, pair))))


def _rows(result: PassThroughResults, pair: tuple[str, str], method: str) -> pd.DataFrame:
    effects: dict[str, tuple[Any, Any]] = {_METHODS[method]: (result.long_run_ratio, result.gross)}
    if result.falls_ratio is not None:
        effects = {
            f"{_METHODS[method]}: rises": (result.long_run_ratio, result.gross),
            f"{_METHODS[method]}: falls": (result.falls_ratio, result.gross_falls),
        }
    rows = []
    for label, (ratio, rate) in effects.items():
        narrow, wide = ratio.confidence_set(0.90), ratio.confidence_set(0.95)
        row = {"pair": words(pair), "method": label, "estimate": ratio.estimate}
        row |= {"lower_90": narrow.lower, "upper_90": narrow.upper}
        row |= {"lower_95": wide.lower, "upper_95": wide.upper, "p_zero": ratio.p_value(0.0)}
        if rate is not None and rate.ratio is not None:
            row |= {"rate": rate.estimate, "p_one": rate.p_one, "p_near_zero": rate.p_none}
            row |= {"p_near_one": rate.p_equivalence, "detectable": rate.detectable}
        rows.append({**row, "nobs": result.sample.nobs})
    return pd.DataFrame(rows).reindex(columns=list(_HEADINGS))


def _comparators() -> list[str]:
    rows: Any = published("pass_through_comparators").itertuples()
    told = [
        f"{row.market}, {row.period}: {row.finding} ({row.source.split(', doi')[0].split(';')[0]})"
        for row in rows
    ]
    return [f"Printed elsewhere: {'; '.join(told)}."]


def _path(result: PassThroughResults) -> pd.DataFrame:
    both = [result.model.band(kind).assign(band=kind) for kind in ("pointwise", "sup-t")]
    return pd.concat(both, ignore_index=True)


def _draw(found: dict[tuple[tuple[str, str], str], PassThroughResults]) -> Any:
    columns = min(len(found), 2)
    lines = -(-len(found) // columns)
    figure, axes = plotting.canvas(len(found), columns, height=2.9 * lines + 0.2)
    for ax, ((pair, _), result) in zip(axes, found.items(), strict=True):
        _panel(ax, result)
        ax.set_title(words(pair), fontsize=9)
    return figure


def _panel(ax: Any, result: PassThroughResults) -> None:
    with plotting.style():
        pointwise, joint = (result.model.band(kind) for kind in ("pointwise", "sup-t"))
        shown = pointwise[["estimate", "lower", "upper"]].replace([np.inf, -np.inf], np.nan)
        low, high = shown.min().min(), shown.max().max()
        room = 0.6 * (high - low)
        for band, alpha in ((joint, 0.15), (pointwise, 0.3)):
            ends = (
                band["lower"].clip(lower=low - 2 * room),
                band["upper"].clip(upper=high + 2 * room),
            )
            colour = plotting.PALETTE[0]
            ax.fill_between(band["horizon"], *ends, color=colour, alpha=alpha, lw=0)
        ax.plot(pointwise["horizon"], pointwise["estimate"], color=plotting.PALETTE[0], lw=1.4)
        ax.axhline(0, color="#4D4D4D", lw=0.7)
        full = result.spec["intensity_value"]
        if full is not None:
            line = {"color": plotting.PALETTE[1], "ls": "--", "lw": 1.1}
            ax.axhline(full, label=f"all of τe, e = {full:g}", **line)
            ax.legend(loc="upper right", fontsize=7)
        ax.set_ylim(low - room, high + room)
        ax.set_xlabel(f"{result.units['step']}s")
        ax.set_ylabel(result.units["long_run"], fontsize=8)


def _steps(found: dict[Any, PassThroughResults]) -> str:
    steps = dict.fromkeys(f"{result.units['step']}s" for result in found.values())
    return " or ".join(steps)


def _row_notes(found: dict[Any, PassThroughResults]) -> list[str]:
    """Say for which pairs rows are further apart than open days, or few for a method."""
    notes = {
        f"{words(pair)}: {note}"
        for (pair, _), result in found.items()
        for note in result.notes
        if note.startswith(("Rows are ", "Dynamic least squares on "))
    }
    return sorted(notes)


def _horizon_words(found: dict[tuple[tuple[str, str], str], PassThroughResults]) -> str:
    parts = []
    for (pair, _), result in found.items():
        band = result.model.band("pointwise").iloc[-1]
        ends = (
            f"{band['lower']:.2f} to {band['upper']:.2f}"
            if np.isfinite([band["lower"], band["upper"]]).all()
            else "not bounded"
        )
        parts.append(f"{words(pair)} {band['estimate']:.2f} (95 %: {ends})")
    return (
        f"After {HORIZON} {_steps(found)} the power price per MWh has moved, per unit of the "
        f"carbon price, by: {'; '.join(parts)}."
    )


def _summary_words(found: dict[tuple[tuple[str, str], str], PassThroughResults]) -> str:
    parts = []
    for pair in dict.fromkeys(pair for pair, _ in found):
        ratios = [r.long_run_ratio for (p, _), r in found.items() if p == pair]
        values = [ratio.estimate for ratio in ratios]
        clear = sum(ratio.p_value(0.0) < 0.05 for ratio in ratios)
        parts.append(
            f"{words(pair)} from {min(values):.2f} to {max(values):.2f}, different from none at "
            f"5 % by {clear} of {len(ratios)}"
        )
    return f"Methods differ on the long run: {'; '.join(parts)}."
