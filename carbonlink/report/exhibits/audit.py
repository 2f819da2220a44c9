"""The founding papers' figures, recomputed from their own numbers."""

from __future__ import annotations

from textwrap import shorten

import numpy as np
import pandas as pd

from ... import plotting
from ...facts import audit as papers
from ..exhibit import Exhibit
from ..study import Study

_LABEL = 48


def audit(study: Study) -> Exhibit:
    """Show the printed figures that their own papers contradict."""
    checks = papers.audit()
    wrong = checks[checks["verdict"] == "contradiction"]
    table = wrong.assign(ratio=ratios(wrong)).reset_index(drop=True)
    return Exhibit(
        takeaway=_takeaway(checks, table),
        figure=_draw(table.dropna(subset=["ratio"])),
        table=table[
            [
                *("check_id", "source", "source_location", "description", "unit", "expression"),
                *("value", "printed", "ratio", "basis", "note"),
            ]
        ],
        headings={
            "check_id": "Check",
            "source": "Paper",
            "source_location": "Where",
            "description": "What",
            "unit": "Unit",
            "expression": "Computed as",
            "value": "Recomputed",
            "printed": "Printed",
            "basis": "Verdict rests on",
            "note": "Note",
        },
        notes=(
            "A figure is contradicted when no unrounded inputs give it after rounding; bounds and "
            "ranges are taken as printed.",
        ),
        sources=("facts/tables/papers_consistency_checks.csv",),
        published=True,
    )


def ratios(checks: pd.DataFrame) -> pd.Series:
    """Return the recomputed value over the nearest value that was printed; missing without one."""
    value = checks["value"].astype(float)
    low = checks["printed_low"].astype(float)
    high = checks["printed_high"].astype(float)
    low, high = low.where(low.notna(), high), high.where(high.notna(), low)
    ratio = value / np.clip(value, low, high)
    return ratio.where(low.notna() & (ratio > 0) & np.isfinite(ratio))


def _draw(table: pd.DataFrame) -> object:
    rows = table.sort_values("ratio", kind="stable").reset_index(drop=True)
    figure, (ax,) = plotting.canvas(height=0.27 * len(rows) + 0.9)
    place = np.arange(len(rows))
    ax.hlines(place, 1, rows["ratio"], color="#B0B0B0", linewidth=1.2)
    ax.plot(rows["ratio"], place, "o", color=plotting.PALETTE[1], markersize=5)
    ax.axvline(1, color="#4D4D4D", linewidth=0.9)
    ax.set_xscale("log")
    labels = [shorten(text, _LABEL, placeholder=" …") for text in rows["description"]]
    ax.set_yticks(place, [f"{d}  {c}" for c, d in zip(rows["check_id"], labels, strict=True)])
    ax.tick_params(axis="y", labelsize=7.5)
    ticks = [0.1, 0.3, 1, 3, 10]
    ax.set_xticks(ticks, [f"{t:g}×" for t in ticks])
    ax.minorticks_off()
    ax.set_xlabel("recomputed ÷ nearest printed value (log scale)")
    return figure


def _takeaway(checks: pd.DataFrame, table: pd.DataFrame) -> str:
    far = table.dropna(subset=["ratio"])
    worst = far.loc[np.log(far["ratio"]).abs().idxmax()]
    count = checks["verdict"].value_counts()
    fold = max(worst["ratio"], 1 / worst["ratio"])
    return (
        f"Of {len(checks)} figures recomputed, {count.get('consistent', 0)} agree with what is "
        f"printed, {len(table)} do not, and {count.get('computed', 0)} have nothing printed to "
        f"compare with; the widest gap is a factor of {fold:.0f} ({worst['description']}, "
        f"{worst['source']}: {worst['value']:.4g} against a printed {worst['printed']}, "
        f"in {worst['unit']})."
    )
