"""Unit roots in log prices and returns of the carbon markets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...models.stationarity import StationarityResults, stationarity
from ..exhibit import Exhibit
from ..study import Study, name

_TESTS = ("ADF", "PP", "KPSS", "DF-GLS", "Ng–Perron", "Zivot–Andrews")


def unit_roots(study: Study) -> Exhibit:
    """Test log prices and returns, each on its own genuine trades."""
    markets = [m for m in study.allowances() if study.kind(m) == "ets"]
    made, left_out = study.each(markets, lambda market: both(study, market))
    if not made:
        raise TooFewObservationsError(" ".join(left_out) or "No file holds an allowance market.")
    table = pd.concat([_rows(market, result) for market, result in made.items()])
    return Exhibit(
        takeaway=_takeaway(table),
        figure=_draw(table),
        table=table,
        headings={
            "name": "Market",
            "series": "Series",
            "nobs": "Observations",
            **{t: f"{t}: p" for t in _TESTS},
            "decision": "Decision",
        },
        formats=dict.fromkeys(_TESTS, "p"),
        notes=(
            "Null of KPSS: stationary; of the others: a unit root. The decision reads ADF and KPSS "
            "together at 5 %.",
            *left_out,
        ),
        sources=study.sources(made),
        synthetic=study.synthetic(made),
        results=tuple(made.values()),
    )


def both(study: Study, market: str) -> StationarityResults:
    """Test one market's log prices and returns, once a report."""
    price = study.panel.daily(market)["price"]
    frame = pd.DataFrame(
        {"log price": np.log(price), "return": study.panel.returns(market)[market]}
    )
    return study.once(("unit roots", market), stationarity, frame, two_breaks=False)


def _rows(market: str, result: StationarityResults) -> pd.DataFrame:
    table = result.table.reset_index(names="series")
    return table.assign(market=market, name=name(market))[
        ["market", "name", "series", "nobs", *_TESTS, "adf_lags", "decision"]
    ]


def _draw(table: pd.DataFrame) -> object:
    panels = list(dict.fromkeys(table["series"]))
    markets = list(dict.fromkeys(table["name"]))
    figure, axes = plotting.canvas(len(panels), 2, height=0.3 * len(markets) + 1.1, sharey=True)
    for ax, series in zip(axes, panels, strict=True):
        cells = table[table["series"] == series].set_index("name")[list(_TESTS)].reindex(markets)
        plotting.heat(ax, cells, form=".2f", limits=(0, 1), size=7)
        ax.set_xticks(range(len(_TESTS)), [*_TESTS[:-2], "NP", "ZA"])
        ax.set_title(f"{series}: p-values")
    return figure


def _takeaway(table: pd.DataFrame) -> str:
    parts = []
    for series, rows in table.groupby("series", sort=False):
        counts = rows["decision"].value_counts()
        words = ", ".join(f"{n} {decision}" for decision, n in counts.items())
        parts.append(f"{series}s: {words}")
    return f"By ADF and KPSS together, {'; '.join(parts)}."
