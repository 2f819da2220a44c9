"""Daily carbon prices and monthly certificates or power prices: weights, tests, power."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...facts import markets as registry
from ...inference.mixed_causality import detectable
from ...inference.parallel import generator
from ...measures.aggregate import aggregate
from ...models.midas import MIDAS
from ...models.midas_results import MIDASResults
from ..exhibit import Exhibit
from ..study import Study, name, said

LAGS = 20
_CAUSE = "cea"
_EFFECTS = ("certificate", "electricity")


def mixed_frequency(study: Study) -> Exhibit:
    """Regress monthly changes on daily returns of the national market, or show the refusal."""
    if _CAUSE not in study.panel.markets:
        raise TooFewObservationsError("The files hold no daily price of the national market.")
    effects = [m for m in study.ordered() if _is_effect(m)]
    if not effects:
        raise TooFewObservationsError("The files hold no certificate or power price in yuan.")
    pairs, left_out = study.each(effects, lambda market: _monthly(study, market))
    if not pairs:
        raise TooFewObservationsError(" ".join(left_out))
    made, refused = study.each(pairs, lambda market: _fit(study, market))
    table = pd.DataFrame([_row(study, m, pair, made.get(m)) for m, pair in pairs.items()])
    used = [_CAUSE, *pairs]
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw(pairs, made, table),
        drawn=_drawn(pairs, made),
        table=table,
        headings={
            "name": "Monthly price",
            "rule": "Month from days by",
            "nobs": "Months",
            "decision": "Regression",
            "slope": "Slope",
            "p_max": "Max-test: p",
            "p_there": "National → price: p",
            "p_back": "Price → national: p",
            "detectable": "Partial R² found with 80 % power",
            "rank": "Rank correlation",
            "p_rank": "Its permutation p",
        },
        formats={
            "nobs": ",.0f", "slope": "+.3f", "p_max": "p", "p_there": "p", "p_back": "p",
            "detectable": ".2f", "rank": "+.2f", "p_rank": "p",
        },
        notes=(
            f"Monthly changes (certificates in log %, power in its price unit) on the last {LAGS} "
            "daily returns of the national market up to the month's end: beta weights, one own "
            "lag; nothing is interpolated. Below 40 months the regression is refused. The max-test "
            "asks whether any day matters; the causality tests come from the stacked VAR of months "
            "with a wild bootstrap. The detectable share is that of a test of all "
            f"{LAGS} days at 5 %. Rank correlation: with the month's summed daily returns; its "
            "p-value permutes the months, as if changes had no memory.",
            *left_out,
            *refused,
        ),
        sources=study.sources(used),
        synthetic=study.synthetic(used),
        results=tuple(made.values()),
    )  # fmt: skip


def _is_effect(market: str) -> bool:
    entry = registry.get(market)
    return entry.market_class in _EFFECTS and entry.currency == "CNY"


def _monthly(study: Study, market: str) -> pd.DataFrame:
    """Changes of a monthly price beside the month's carbon return; at least ten months."""
    rule = rule_of(study, market)
    price = aggregate(study.panel, "M", rule, markets=[market]).frame[market]
    power = registry.get(market).market_class == "electricity"
    change = price.diff() if power else 100 * np.log(price).diff()
    carbon = aggregate(study.panel, "M", "sum", quantity="returns", markets=[_CAUSE]).frame[_CAUSE]
    pair = pd.DataFrame({"change": change, "carbon": carbon})
    complete = len(pair.dropna())
    if complete < 10:
        raise TooFewObservationsError(f"{complete} months with both changes; 10 are needed.")
    pair.attrs["rule"] = rule
    return pair


def rule_of(study: Study, market: str) -> str:
    """Return the rule by which days become months: by volume where it is known."""
    volume = study.panel.volume([market])[market]
    return "volume-weighted" if (volume > 0).sum() > 0.5 * len(volume) else "mean"


def _fit(study: Study, market: str) -> MIDASResults:
    return study.once(("midas", market), _regress, study, market)


def _regress(study: Study, market: str) -> MIDASResults:
    monthly = _monthly(study, market)["change"].rename(market)
    daily = study.panel.returns([_CAUSE])[_CAUSE]
    return MIDAS(monthly, daily, lags=LAGS).fit()


def _row(
    study: Study, market: str, pair: pd.DataFrame, result: MIDASResults | None
) -> dict[str, Any]:
    known = pair.dropna()
    n = len(known) if result is None else result.nobs
    rank, p = rank_correlation(known.to_numpy(), study.rng)
    row: dict[str, Any] = {
        "market": market,
        "name": name(market),
        "rule": pair.attrs["rule"],
        "nobs": n,
        "decision": "refused" if result is None else "fitted",
        "slope": np.nan, "p_max": np.nan, "p_there": np.nan, "p_back": np.nan,
        "detectable": detectable(n, 2 + LAGS, LAGS) if n > LAGS + 3 else np.nan,
        "rank": rank,
        "p_rank": p,
    }  # fmt: skip
    if result is None:
        return row
    ways = result.causality(blocks=3, draws=199, rng=study.rng)["p_value"]
    return row | {
        "slope": result.params[_CAUSE],
        "p_max": result.max_test(draws=1999, rng=study.rng)["p_value"],
        "p_there": ways.iloc[0],
        "p_back": ways.iloc[1],
    }


def rank_correlation(values: np.ndarray, rng: Any, draws: int = 4999) -> tuple[float, float]:
    """Return Spearman's correlation of two columns and its two-sided permutation p-value."""
    ranks = pd.DataFrame(values).rank().to_numpy()
    first, second = ((ranks - ranks.mean(axis=0)) / ranks.std(axis=0)).T
    observed = float(first @ second / len(first))
    order = np.argsort(generator(rng).random((draws, len(first))), axis=1)
    drawn = second[order] @ first / len(first)
    return observed, float((1 + np.sum(np.abs(drawn) >= abs(observed) - 1e-12)) / (1 + draws))


def _drawn(pairs: dict[str, pd.DataFrame], made: dict[str, MIDASResults]) -> pd.DataFrame:
    parts = [r.numbers().assign(market=m, drawn="weights") for m, r in made.items()]
    parts += [
        pair.dropna().reset_index(names="date").assign(market=m, drawn="months")
        for m, pair in pairs.items()
        if m not in made
    ]
    return pd.concat(parts, ignore_index=True)


def _draw(
    pairs: dict[str, pd.DataFrame], made: dict[str, MIDASResults], table: pd.DataFrame
) -> Any:
    figure, axes = plotting.canvas(len(pairs), min(len(pairs), 2), height=3.5 * -(-len(pairs) // 2))
    rows = table.set_index("market")
    for ax, market in zip(axes, pairs, strict=True):
        if market in made:
            made[market].plot(ax=ax)
            ax.set_title(f"{name(market)}: weights, {made[market].nobs} months")
            ax.set_xlabel("daily returns before the month's end (0 = last)")
            continue
        pair = pairs[market].dropna()
        unit = "yuan" if registry.get(market).market_class == "electricity" else "%"
        with plotting.style():
            ax.axhline(0, color="#4D4D4D", linewidth=0.8)
            ax.axvline(0, color="#4D4D4D", linewidth=0.8)
            ax.plot(pair["carbon"], pair["change"], "o", color=plotting.PALETTE[0], markersize=4)
            row = rows.loc[market]
            ax.set_title(
                f"{name(market)}\n{row['nobs']:.0f} months: regression refused\n"
                f"rank correlation {row['rank']:+.2f} (p = {row['p_rank']:.2f})"
            )
            ax.set_xlabel("national carbon price, monthly return (%)")
            ax.set_ylabel(f"monthly change ({unit})")
    return figure


def _takeaway(table: pd.DataFrame) -> str:
    parts = []
    for row in table.to_dict("records"):
        if row["decision"] == "refused":
            parts.append(
                f"{row['name']} has {row['nobs']} months, too few for a mixed-frequency "
                "regression (40 are needed); its rank correlation with the carbon return is "
                f"{row['rank']:+.2f} (p = {row['p_rank']:.2f})"
            )
            continue
        seen = "explain" if row["p_max"] < 0.05 else "do not show that they explain"
        parts.append(
            f"daily returns of {said(_CAUSE)} {seen} monthly changes of {row['name']} "
            f"(max-test p = {row['p_max']:.2f}, {row['nobs']} months; a partial R² of "
            f"{row['detectable']:.2f} would be found with 80 % power)"
        )
    words = "; ".join(parts)
    return words[0].upper() + words[1:] + "."
