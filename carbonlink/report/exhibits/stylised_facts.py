"""Stylised facts of returns, and what a referee would ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...inference.residual_tests import arch_lm
from ...inference.serial_tests import automatic_portmanteau
from ...measures.genuine_returns import GenuineReturns, genuine_returns
from ...models.stationarity import StationarityResults
from ..exhibit import Exhibit
from ..study import Study, name, said
from .stationarity import both
from .volatility import fit

LAGS = 5
FEWEST = 40
_TESTS = {
    "adf": "ADF",
    "kpss": "KPSS",
    "robust_q": "Robust Q",
    "arch_lm": "ARCH-LM",
    "sign_bias": "Sign bias",
}
_HEADINGS = {
    "name": "Market",
    "sessions": "Sessions",
    "n_eff": "N_eff: returns",
    "mean": "Mean (%)",
    "sd": "S.d. (%)",
    "skewness": "Skewness",
    "kurtosis": "Kurtosis",
    "largest": "Largest move (%)",
    "zero": "Zero returns (%)",
    "adf": "ADF: p",
    "kpss": "KPSS: p",
    "robust_q": "Robust Q: p",
    "arch_lm": f"ARCH-LM({LAGS}): p",
    "sign_bias": "Sign bias: p",
}


@dataclass(frozen=True)
class _Facts:
    found: GenuineReturns
    roots: StationarityResults


def stylised_facts(study: Study) -> Exhibit:
    """Describe each market's returns between genuine trades, and test them."""
    markets = [m for m in study.allowances() if study.kind(m) == "ets"]
    made, left_out = study.each(markets, lambda market: _facts(study, market))
    if not made:
        raise TooFewObservationsError(" ".join(left_out) or "No file holds an allowance market.")
    table = pd.DataFrame([_row(study, market, facts) for market, facts in made.items()])
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw(table),
        table=table[["market", *_HEADINGS]],
        headings=_HEADINGS,
        formats={
            "sessions": ",.0f",
            "n_eff": ",.0f",
            **dict.fromkeys(("mean", "sd", "skewness"), ".2f"),
            **dict.fromkeys(("kurtosis", "largest", "zero"), ".1f"),
            **dict.fromkeys(_TESTS, "p"),
        },
        notes=(
            "Returns between genuine trades of at least 100 t where tonnes are known; N_eff is "
            "their number, which is what estimates stand on, not the sessions. Kurtosis of the "
            "normal is 3. ADF: the null is a unit root; KPSS: stationarity. Robust Q is the "
            "automatic portmanteau of Escanciano and Lobato (2009), which holds under changing "
            f"variances; ARCH-LM tests squares up to {LAGS} lags; sign bias is the joint test of "
            "Engle and Ng on the residuals of the GARCH-t of the volatility table. P-values are "
            "not adjusted for the number of tests.",
            *left_out,
        ),
        sources=study.sources(made),
        synthetic=study.synthetic(made),
        results=tuple(facts.roots for facts in made.values()),
    )


def _facts(study: Study, market: str) -> _Facts:
    key = ("genuine returns", market)
    found = study.once(key, genuine_returns, study.panel, market, None)
    if len(found.returns) < FEWEST:
        raise TooFewObservationsError(
            f"{len(found.returns)} returns between genuine trades; {FEWEST} are needed.",
            "Use a longer file.",
        )
    return _Facts(found, both(study, market))


def _row(study: Study, market: str, facts: _Facts) -> dict[str, object]:
    y = facts.found.returns.to_numpy(float)
    z = (y - y.mean()) / y.std()
    roots: Any = facts.roots.table.loc["return"]
    garch, _ = study.each([market], lambda m: fit(study, m, "garch"))
    bias = np.nan
    if market in garch:
        tests = garch[market].diagnostics().set_index("test")["p_value"]
        bias = float(tests.get("Engle–Ng joint", np.nan))
    return {
        "market": market,
        "name": name(market),
        "sessions": len(facts.found.sessions),
        "n_eff": len(y),
        "mean": float(y.mean()),
        "sd": float(y.std(ddof=1)),
        "skewness": float((z**3).mean()),
        "kurtosis": float((z**4).mean()),
        "largest": float(np.abs(y).max()),
        "zero": 100 * float((y == 0).mean()),
        "adf": float(roots["ADF"]),
        "kpss": float(roots["KPSS"]),
        "robust_q": automatic_portmanteau(y)["p_value"],
        "arch_lm": arch_lm(y - y.mean(), LAGS)["p_value"],
        "sign_bias": bias,
    }


def _draw(table: pd.DataFrame) -> object:
    names = list(table["name"])
    figure, axes = plotting.canvas(2, 2, height=0.32 * len(names) + 1.2, sharey=True)
    left, right = axes
    place = np.arange(len(names))
    left.hlines(place, 0, table["sessions"], color="#D0D0D0", linewidth=5)
    left.hlines(place, 0, table["n_eff"], color=plotting.PALETTE[0], linewidth=5)
    row: Any
    for y, row in zip(place, table.itertuples(), strict=True):
        share = f"{100 * row.n_eff / row.sessions:.0f} %"
        left.annotate(share, (row.sessions, y), (3, 0), textcoords="offset points", va="center")
    left.set_xlim(0, 1.18 * table["sessions"].max())
    left.set_yticks(place, names)
    left.set_xlabel("sessions (grey), returns between genuine trades (blue)")
    left.set_title("What estimates stand on")
    cells = table.set_index("name")[list(_TESTS)].rename(columns=_TESTS)
    plotting.heat(right, cells, form=".2f", limits=(0, 1), size=7)
    right.set_xticks(range(len(_TESTS)), list(_TESTS.values()), rotation=20)
    right.set_title("p-values")
    return figure


def _takeaway(table: pd.DataFrame) -> str:
    least: Any = (table["n_eff"] / table["sessions"]).idxmin()
    most: Any = table["kurtosis"].idxmax()
    thin, fat = table.loc[least], table.loc[most]
    count = len(table)
    clusters = int((table["arch_lm"] < 0.05).sum())
    serial = int((table["robust_q"] < 0.05).sum())
    return (
        f"Returns are fat-tailed (kurtosis {table['kurtosis'].min():.1f} to {fat['kurtosis']:.1f}, "
        f"most in {said(fat['market'])}); at 5 % {clusters} of {count} markets have volatility "
        f"clusters and {serial} serial correlation; estimates stand on "
        f"{100 * thin['n_eff'] / thin['sessions']:.0f} % of the sessions in {said(thin['market'])} "
        "and on more elsewhere."
        if count > 1
        else f"Returns have a kurtosis of {fat['kurtosis']:.1f}; estimates stand on "
        f"{100 * thin['n_eff'] / thin['sessions']:.0f} % of the sessions."
    )
