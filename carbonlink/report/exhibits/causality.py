"""Who predicts whom: every pair of the system, in returns and in price levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import CarbonlinkError
from ...measures.causality import causality
from ...measures.causality_results import CausalityResults
from ..exhibit import Exhibit
from ..study import Study, name, said
from .connectedness import network

_WORDS = {"wald": "returns", "toda-yamamoto": "price levels"}
_ADJUST = "holm"


def causality_matrix(study: Study) -> Exhibit:
    """Test every directed pair in returns, and in levels by Toda and Yamamoto."""
    system = network(study)
    markets = tuple(system.names)
    made: dict[str, CausalityResults] = {"wald": study.once("causality", _returns, study)}
    left_out: list[str] = []
    try:
        made["toda-yamamoto"] = study.once("causality levels", _levels, study, markets)
    except CarbonlinkError as refusal:
        left_out.append(f"Price levels: {refusal.message}")
    table = pd.concat([_rows(method, result) for method, result in made.items()])
    results = tuple(made.values())
    return Exhibit(
        takeaway=_takeaway(made),
        figure=_draw(made),
        table=table,
        headings={
            "on": "Tested in",
            "from": "Cause",
            "to": "Effect",
            "statistic": "Wald",
            "p_value": "p",
            "p_adjusted": "p, Holm",
            "partial_r2": "Partial R² (%)",
            "detectable_r2": "Detectable (%)",
        },
        formats={
            "statistic": ".2f",
            "p_value": "p",
            "p_adjusted": "p",
            "partial_r2": ".2f",
            "detectable_r2": ".2f",
        },
        notes=(
            "Null: the cause adds nothing to the forecast of the effect, given all other markets. "
            f"Wild-bootstrap p-values ({results[0].spec['draws']} draws), adjusted over the whole "
            "family of each method; bold: at most 0.05. Detectable: the partial R² that one test "
            "at 5 % finds with power 0.8. "
            "Levels: log prices (power prices as they are), one extra lag (Toda and Yamamoto).",
            *dict.fromkeys(note for r in results for note in r.notes),
            *left_out,
        ),
        sources=results[0].sources or system.sources,
        synthetic=study.synthetic(markets),
        results=results,
    )


def _returns(study: Study) -> CausalityResults:
    system = network(study)
    return causality(
        system.fitted.data,
        family="all",
        lags=system.fitted.lags,
        adjust=_ADJUST,
        rng=study.rng,
    )


def _levels(study: Study, markets: tuple[str, ...]) -> CausalityResults:
    return causality(
        study.panel,
        "toda-yamamoto",
        markets=markets,
        family="all",
        max_lags=4,
        adjust=_ADJUST,
        rng=study.rng,
    )


def _rows(method: str, result: CausalityResults) -> pd.DataFrame:
    table = result.table
    shown: dict[str, Any] = {
        "from": [name(m) for m in table["cause"]],
        "to": [name(m) for m in table["effect"]],
        "partial_r2": 100 * table["partial_r2"],
        "detectable_r2": 100 * table["detectable_r2"],
    }
    return table.assign(on=_WORDS[method], **shown)[
        ["on", "cause", "effect", "from", "to", "statistic", "df", "p_value", "p_adjusted",
         "partial_r2", "detectable_r2", "reject"]
    ]  # fmt: skip


def _draw(made: dict[str, CausalityResults]) -> object:
    names = [name(m) for m in made["wald"].fitted.names]
    height = 0.34 * len(names) + 1.8
    figure, axes = plotting.canvas(len(made), len(made), height=height, sharey=True)
    for ax, (method, result) in zip(axes, made.items(), strict=True):
        wide = result.matrix()
        order = [m for m in made["wald"].fitted.names if m in wide.index]
        cells = wide.loc[order, order].rename(index=name, columns=name)
        _matrix(ax, cells)
        ax.set_title(_WORDS[method])
        ax.set_xlabel("effect")
    axes[0].set_ylabel("cause")
    return figure


def _matrix(ax: Any, cells: pd.DataFrame) -> None:
    values = cells.to_numpy(float)
    shade = np.where(np.isfinite(values), -np.log10(np.maximum(values, 1e-3)), np.nan)
    ax.imshow(shade, cmap="Blues", vmin=0, vmax=3.6, aspect="auto")
    for i in range(len(values)):
        for j in range(len(values)):
            if np.isfinite(values[i, j]):
                sure = values[i, j] <= 0.05
                ax.text(
                    j, i, f"{values[i, j]:.2f}", ha="center", va="center", fontsize=7,
                    weight="bold" if sure else "normal",
                    color="white" if values[i, j] < 0.01 else "black",
                )  # fmt: skip
    ax.set_xticks(range(len(cells)), cells.columns, rotation=40, ha="right")
    ax.set_yticks(range(len(cells)), cells.index)
    ax.grid(False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _takeaway(made: dict[str, CausalityResults]) -> str:
    parts = []
    for method, result in made.items():
        table = result.table
        sure = table[table["reject"]]
        ways = zip(sure["cause"], sure["effect"], strict=True)
        links = ", ".join(f"{said(cause)} to {said(effect)}" for cause, effect in ways)
        raw = int((table["p_value"] <= result.spec["level"]).sum())
        count = f"{len(sure)} of {len(table)} links" if len(sure) else f"none of {len(table)} links"
        parts.append(
            f"In {_WORDS[method]}, {count} between markets {'is' if len(sure) == 1 else 'are'} "
            f"left after adjustment{f' ({links})' if links else ''}; without it there would be "
            f"{raw}, and {result.expected_false:.1f} are to be expected by chance."
        )
    quiet = made["wald"].table
    quiet = quiet[~quiet["reject"]]
    if len(quiet):
        reach = 100 * quiet["detectable_r2"].max()
        parts.append(
            f"A link of returns that was not found may still explain about {reach:.1f} % of what "
            "the other markets leave open."
        )
    return " ".join(parts)
