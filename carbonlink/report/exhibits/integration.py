"""One price or several: dispersion over time, half-lives of relative prices, clubs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ... import plotting
from ...errors import TooFewObservationsError
from ...measures.integration import integration
from ...measures.integration_results import IntegrationResults, draw_dispersion
from ..exhibit import Exhibit
from ..study import ALLOWANCES, Study, name

_MOST_DRAWS = 79
"""Replications a grid point: enough for intervals that are read in weeks."""


def one_price(study: Study) -> Exhibit:
    """Show dispersion, half-lives before and after the national launch, and clubs."""
    markets = [m for m in study.allowances() if study.kind(m) == ALLOWANCES]
    markets += [m for m in study.allowances() if study.kind(m) == "offset"]
    if len(markets) < 2:
        raise TooFewObservationsError("The law of one price needs two carbon markets in yuan.")
    found: IntegrationResults = study.once(
        "integration", integration, study.panel, markets, draws=_MOST_DRAWS, rng=study.rng
    )
    return Exhibit(
        takeaway=takeaway(found),
        figure=_draw(found),
        table=_table(found),
        headings={
            "first_name": "First",
            "second_name": "Second",
            "period": "Period",
            "nobs": "Weeks",
            "mean_gap": "Mean gap (log points)",
            "p_dfgls_holm": "DF-GLS: p (Holm)",
            "p_trace_holm": "Trace: p (Holm)",
            "half_life": "Half-life (weeks)",
            "half_life_lower": "Lower 95 %",
            "half_life_upper": "Upper 95 %",
            "band": "Band (± log points)",
        },
        formats={
            "mean_gap": "+.2f", "p_dfgls_holm": "p", "p_trace_holm": "p", "half_life": ".1f",
            "half_life_lower": ".1f", "half_life_upper": ".1f", "band": ".2f", "nobs": ",.0f",
        },
        notes=(
            "Half-lives: median-unbiased, with 95 % grid-bootstrap intervals; ∞ where a unit root "
            "lies inside. p-values are adjusted over the pairs of a period.",
            *_tests(found),
            *_left_out(found),
            *found.notes,
        ),
        sources=study.sources(markets),
        synthetic=study.synthetic(markets),
        results=(found,),
    )  # fmt: skip


def _table(found: IntegrationResults) -> pd.DataFrame:
    table = found.pairs[found.pairs["note"] == ""]
    if found.cut is not None:
        table = table[table["period"] != "all"]
    return table.assign(
        first_name=[name(m) for m in table["first"]],
        second_name=[name(m) for m in table["second"]],
    )


def _left_out(found: IntegrationResults) -> list[str]:
    rows = found.pairs[found.pairs["note"] != ""]
    if found.cut is not None:
        rows = rows[rows["period"] != "all"]
    if rows.empty:
        return []
    return [f"{len(rows)} pairs and periods are left out for too few joint weeks (40 are needed)."]


def _tests(found: IntegrationResults) -> list[str]:
    lines = []
    for row in found.changes.to_dict("records"):
        if pd.notna(row.get("p_value")):
            where = f" ({row['note']})" if isinstance(row.get("note"), str) else ""
            lines.append(f"{row['test'].capitalize()}: p = {row['p_value']:.3f}{where}.")
    for row in found.log_t[found.log_t["group"] == "all"].to_dict("records"):
        if pd.notna(row.get("statistic")):
            lines.append(
                f"Log t, {row['period']}: {row['slope']:.2f} (t = {row['statistic']:.1f})."
            )
    return lines


def _draw(found: IntegrationResults) -> Any:
    periods = ["before", "after"] if found.cut is not None else ["all"]
    shown = [p for p in periods if np.isfinite(_times(found, p).to_numpy()).any()]
    figure, axes = plotting.canvas(1 + len(shown), 1, height=2.6 + 2.9 * len(shown))
    with plotting.style():
        draw_dispersion(axes[0], found)
        axes[0].set_title("Dispersion of log prices")
        axes[0].legend(loc="upper left", bbox_to_anchor=(0, 1.0), ncols=2)
        axes[0].margins(y=0.2)
        axes[0].set_ylim(0, axes[0].get_ylim()[1] * 1.15)
        for ax, period in zip(axes[1:], shown, strict=True):
            _matrix(ax, found, period)
    return figure


def _times(found: IntegrationResults, period: str) -> pd.DataFrame:
    matrix = found.half_lives(period).replace(np.inf, 999.0)
    keep = matrix.notna().any()
    return matrix.loc[keep, keep]


def _matrix(ax: Any, found: IntegrationResults, period: str) -> None:
    """Half-lives with intervals under them; below the diagonal only."""
    cells = _times(found, period)
    low, high = (found.half_lives(period, b).loc[cells.index, cells.columns] for b in
                 ("lower", "upper"))  # fmt: skip
    lower = np.tril(np.ones(cells.shape, dtype=bool), -1)
    shades = cells.where(lower).clip(upper=52)
    rows, columns = cells.index[1:], cells.columns[:-1]
    shades = shades.loc[rows, columns]
    shown = shades.to_numpy(float)
    labels = shades.set_axis([name(m) for m in rows]).set_axis([name(m) for m in columns], axis=1)
    ax.grid(False)
    image = ax.imshow(
        np.ma.masked_invalid(labels.to_numpy(float)), cmap="Blues", vmin=0, vmax=52, aspect="auto"
    )
    for i, first in enumerate(rows):
        for j, second in enumerate(columns):
            value = cells.loc[first, second]
            if np.isfinite(shown[i, j]):
                ink = "white" if shown[i, j] > 30 else "black"
                span = f"{_weeks(low.loc[first, second])}–{_weeks(high.loc[first, second])}"
                ax.text(j, i, f"{_weeks(value)}\n({span})", ha="center", va="center",
                        fontsize=6.5, color=ink)  # fmt: skip
    ax.set_xticks(range(len(columns)), list(labels.columns))
    ax.set_yticks(range(len(rows)), list(labels.index))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    when = "" if found.cut is None else f", {period} {found.cut.date()}"
    ax.set_title(f"Half-life of relative prices in weeks (95 % interval){when}")
    ax.figure.colorbar(image, ax=ax, shrink=0.8, label="weeks (52 or more: darkest)")


def _weeks(value: float) -> str:
    if not np.isfinite(value) or value >= 999:
        return "∞"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def takeaway(found: IntegrationResults) -> str:
    """Return the claim, made from the numbers."""
    rows = {row["term"]: row for row in found.tidy().to_dict("records")}
    parts = []
    if found.cut is not None and "mean dispersion, after" in rows:
        before, after = (rows[f"mean dispersion, {p}"]["estimate"] for p in ("before", "after"))
        change = rows.get(f"change at {found.cut.date()}", {}).get("p_value", np.nan)
        p = f" (shift: p = {change:.2f})" if np.isfinite(change) else ""
        parts.append(
            f"The standard deviation of log prices across the {len(found.spec['core'])} core "
            f"markets is {before:.2f} before and {after:.2f} after {found.cut.date()}{p}"
        )
    else:
        spread = rows["mean dispersion, all"]["estimate"]
        parts.append(f"The standard deviation of log prices averages {spread:.2f}")
    last = found.pairs[found.pairs["period"] == ("all" if found.cut is None else "after")]
    tested = last["p_dfgls_holm"].dropna() if "p_dfgls_holm" in last else pd.Series(dtype=float)
    if len(tested):
        when = "" if found.cut is None else "after it "
        bounded = int(np.isfinite(last["half_life_upper"]).sum())
        parts.append(
            f"{int((tested < 0.05).sum())} of {len(tested)} relative prices return by DF-GLS "
            f"{when}(Holm, 5 %), and {bounded} half-lives have a finite upper bound"
        )
    clubs = found.clubs[found.clubs["period"] == "all"]
    if len(clubs):
        several = clubs.loc[clubs["club"] != "divergent", "club"].nunique()
        alone = int((clubs["club"] == "divergent").sum())
        over = "" if found.cut is None else " over the whole sample"
        words = f"log t{over} finds {several} club{'s' if several != 1 else ''}"
        parts.append(words + (f" and {alone} divergent" if alone else ""))
    return "; ".join(parts) + "."
