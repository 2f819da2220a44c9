"""Trading around compliance deadlines, as times normal: volume, trade, moves, blocks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ... import plotting
from ...errors import CarbonlinkError, TooFewObservationsError
from ...measures.event_profile import event_profile
from ...measures.event_profile_results import EventProfileResults
from ..exhibit import Exhibit
from ..study import Study, name
from .concentration import measured

OUTCOMES = {
    "volume": "volume",
    "has_trade": "chance of a trade",
    "abs_return": "size of price moves, |r|",
    "block_share": "share of block trades",
}
_HEADINGS = {
    "panel": "Outcome",
    "bin": "Open days to the deadline",
    "days": "Market-days",
    "times": "Times normal",
    "lower": "Lower",
    "upper": "Upper",
    "p_value": "p",
    "band_lower": "Band, lower",
    "band_upper": "Band, upper",
}
BINS = 10
"""Open days in a bin: of five, one large day decides a bin."""
_NUMBERS = ("times", "lower", "upper", "band_lower", "band_upper")


def event_profiles(study: Study) -> Exhibit:
    """Draw exp(β) by bin of event time with simultaneous bands, for four outcomes."""
    markets = list(measured(study).markets.index)
    found: dict[str, EventProfileResults] = {}
    left_out = []
    for outcome, words in OUTCOMES.items():
        try:
            found[outcome] = study.once(
                ("event profile", outcome), _fitted, study, markets, outcome
            )
        except CarbonlinkError as refusal:
            left_out.append(f"{words[0].upper()}{words[1:]} is left out: {refusal.message}")
    if not found:
        raise TooFewObservationsError(" ".join(left_out))
    table = pd.concat([r.numbers().assign(outcome=o) for o, r in found.items()])
    table["panel"] = table["outcome"].map(OUTCOMES)
    return Exhibit(
        takeaway=_takeaway(found),
        figure=_draw(found),
        table=table[["outcome", *_HEADINGS]],
        headings=_HEADINGS,
        formats={**dict.fromkeys(_NUMBERS, ".2f"), "p_value": "p", "days": ",.0f"},
        notes=(
            "Poisson pseudo-maximum likelihood with market-year and weekday effects, every "
            f"market-year counted alike. Normal: {next(iter(found.values())).reference}. Lines: "
            "95 % at each bin; shaded: 95 % over all bins; both by rotation within market-years. "
            "An arrow marks an end beyond the drawing.",
            *_season(found),
            *(_counts(outcome, result) for outcome, result in found.items()),
            *left_out,
            *_own(found),
        ),
        sources=study.sources(markets),
        synthetic=study.synthetic(markets),
        results=tuple(found.values()),
    )


def _fitted(study: Study, markets: list[str], outcome: str) -> EventProfileResults:
    """Fit one outcome without month effects, which the exhibit on the season is about."""
    return event_profile(
        study.panel,
        markets,
        outcome=outcome,
        bins=BINS,
        effects=("weekday",),
        weights="equal",
        draws=max(study.draws, 499),
        rng=study.rng,
    )


def _season(found: dict[str, EventProfileResults]) -> list[str]:
    """Say what the peak of volume is with the calendar's months taken out."""
    if "volume" not in found:
        return []
    place, _ = _peak(found["volume"])
    head = "The time of year is not taken out here"
    try:
        other = found["volume"].refit(effects=("month", "weekday")).table.loc[place]
    except CarbonlinkError as refusal:
        return [f"{head}; with month effects too: {refusal.message}"]
    return [
        f"{head}; with month effects too, which deadlines in the same months leave hard to tell "
        f"from the bins, volume stands at {other['times']:.1f} times "
        f"{_when(int(other['start']), int(other['end']))} (95 % at that bin {other['lower']:.1f} "
        f"to {other['upper']:.1f}, over all bins {other['band_lower']:.1f} to "
        f"{other['band_upper']:.1f})."
    ]


def _peak(result: EventProfileResults) -> tuple[str, pd.DataFrame]:
    """Return the highest bin before the deadline, and the table."""
    table = result.table
    near = table[(table["end"] <= 0) & table["times"].notna()]
    place: Any = near["times"].idxmax()
    return place, table


def _draw(found: dict[str, EventProfileResults]) -> object:
    columns = min(2, len(found))
    rows = -(-len(found) // columns)
    figure, axes = plotting.canvas(len(found), columns, height=2.5 * rows + 0.3, sharex=True)
    for place, (ax, (outcome, result)) in enumerate(zip(axes, found.items(), strict=True)):
        lowest = place >= len(found) - columns
        with plotting.style():
            result.plot(ax=ax)
            ax.get_legend().remove()
            ax.set_title(OUTCOMES[outcome], fontsize=9)
            ax.set_ylabel("times normal" if place % columns == 0 else "")
            ax.set_xlabel("open days to the deadline" if lowest else "")
    return figure


def _counts(outcome: str, result: EventProfileResults) -> str:
    markets = ", ".join(name(m) for m in result.spec["market"])
    clusters = result.fit.spec["clusters"].split("(")[1].rstrip(")")
    return (
        f"{OUTCOMES[outcome][0].upper()}{OUTCOMES[outcome][1:]}: {result.sample.nobs:,} days of "
        f"{clusters} market-years ({markets})"
        "."
    )


def _own(found: dict[str, EventProfileResults]) -> list[str]:
    """Notes that the results share, each once, cycles left out excepted."""
    kept = ("No day in bin", "Bin ")
    shared = [n for r in found.values() for n in r.notes if n.startswith("Synthetic")]
    own = [
        f"{OUTCOMES[o][0].upper()}{OUTCOMES[o][1:]}: {n[0].lower()}{n[1:]}"
        for o, result in found.items()
        for n in result.notes
        if n.startswith(kept)
    ]
    return list(dict.fromkeys([*shared, *own]))


def _takeaway(found: dict[str, EventProfileResults]) -> str:
    outcome = "volume" if "volume" in found else next(iter(found))
    result = found[outcome]
    place, table = _peak(result)
    top: Any = table.loc[place]
    sure = "above" if top["band_lower"] > 1 else "not told from"
    text = (
        f"Around deadlines {OUTCOMES[outcome]} peaks at {top['times']:.1f} times its normal level "
        f"{_when(int(top['start']), int(top['end']))} (95 % band over all bins "
        f"{top['band_lower']:.1f} to {top['band_upper']:.1f}, {sure} normal); "
    )
    after = table[(table["start"] > 0) & table["times"].notna()]
    if len(after):
        text += f"in the days after it stands at {after['times'].iloc[0]:.1f} times; "
    others = [f"{OUTCOMES[o]} {_p(r.pvalue)}" for o, r in found.items() if o != outcome]
    flat = f"a flat profile has {_p(result.pvalue)}"
    return text + flat + (f" ({'; '.join(others)})" if others else "") + "."


def _when(start: int, end: int) -> str:
    if end == 0:
        return f"on the last {1 - start} open days"
    return f"{-end} to {-start} open days before"


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
