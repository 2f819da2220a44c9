"""How much the index moves with the choices behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import CarbonlinkError, SpecificationError
from ..models.tvpvar import TVPVAR
from ..results import Recipe, Results, tidy_frame

LAGS = (1, 2, 3, 4)
HORIZONS = (5, 10, 20, 50)
WINDOWS = (100, 150, 200, 300)
FORGETTING = ((0.99, 0.99), (0.98, 0.98), (0.96, 0.96), (0.99, 0.96), (1.0, 0.99))
PRIORS = ("uninformative", "minnesota", "training")
OVER_TIME = ("window", "forgetting", "prior")
KINDS = ("generalized", "joint", "extended_joint")
CHOICES = ("lags", "horizon", "kind", "window", "forgetting", "prior")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sensitivity(Results):
    """The index under other choices; made by `ConnectednessResults.sensitivity`.

    Attributes
    ----------
    table : DataFrame
        A row a choice: choice, value, total, change (from the base), null_mean and excess (NaN
        unless asked), base (whether this is the choice of the result itself).
    base : float
        The total of the result itself.
    """

    title: ClassVar[str] = "Sensitivity of connectedness"

    table: pd.DataFrame
    base: float

    @property
    def spread(self) -> pd.Series:
        """Highest less lowest total, by choice."""
        grouped = self.table.groupby("choice", sort=False)["total"]
        return (grouped.max() - grouped.min()).rename("spread")

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a choice; `level` changes nothing."""
        return tidy_frame(
            [
                {"term": f"{row.choice} = {row.value}", "estimate": row.total, "unit": "%"}
                for row in self.table.itertuples()
            ]
        )

    def numbers(self) -> pd.DataFrame:
        """Return the table."""
        return self.table

    def plot(self, ax: Any = None) -> Any:
        """Draw a strip a choice: every total, its value beside it, and the base as a line."""
        table = self.table
        column = "excess" if table["excess"].notna().any() else "total"
        choices = list(dict.fromkeys(table["choice"]))
        with plotting.style():
            ax = plotting.new_axes(ax, height=1.2 + 0.55 * len(choices))
            span = float(np.ptp(table[column].dropna())) or 1.0
            for i, choice in enumerate(reversed(choices)):
                rows = table[table["choice"] == choice].dropna(subset=[column]).sort_values(column)
                x = rows[column].to_numpy()
                ax.plot([x.min(), x.max()], [i, i], color="#BBBBBB", linewidth=3, zorder=1)
                ax.plot(x, np.full(len(x), i), "o", color=plotting.PALETTE[0], ms=5, zorder=2)
                own = rows["base"].to_numpy()
                ax.plot(x[own], np.full(own.sum(), i), "o", color="black", ms=6, zorder=3)
                _name(ax, x, i, rows["value"].tolist(), span)
            if column == "total":
                ax.axvline(self.base, color="#4D4D4D", linewidth=0.8, linestyle="--", zorder=0)
            words = [f"{c}\n(mean over time)" if c in OVER_TIME else c for c in reversed(choices)]
            ax.set_yticks(range(len(choices)), words)
            ax.set_title("The index under other choices, one changed at a time")
            ax.set_ylim(-0.6, len(choices) - 0.3)
            ax.margins(x=0.14)
            label = "total connectedness, %" if column == "total" else "index less its null, points"
            ax.set_xlabel(f"{label} (black: the choice of the result)")
            ax.grid(axis="y", visible=False)
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "lowest": float(self.table["total"].min()),
            "highest": float(self.table["total"].max()),
        }


def _name(ax: Any, x: np.ndarray, height: int, values: list[str], span: float) -> None:
    """Write values over and under their dots by turns; those that would touch share a text.

    In a shared text "=" stands between values of one total and "<" before the next dot.
    """
    groups: list[tuple[list[float], list[str]]] = []
    for place, value in zip(x, values, strict=True):
        if groups and place - groups[-1][0][-1] < 0.05 * span:
            same = place - groups[-1][0][-1] < 0.002 * span
            groups[-1][0].append(place)
            groups[-1][1].append(f"{'=' if same else '<'} {value}")
        else:
            groups.append(([place], [value]))
    for turn, (places, texts) in enumerate(groups):
        up = turn % 2 == 0
        ax.annotate(
            " ".join(texts), (np.mean(places), height), xytext=(0, 6 if up else -6), fontsize=6.5,
            textcoords="offset points", ha="center", va="bottom" if up else "top",
        )  # fmt: skip


def sensitivity(
    result: Any,
    *,
    lags: Iterable[int | str],
    horizons: Iterable[int],
    kinds: Iterable[str],
    windows: Iterable[int],
    forgetting: Iterable[tuple[float, float]],
    priors: Iterable[str],
    nulls: bool,
) -> Sensitivity:
    """Compute the index again under other choices (see `ConnectednessResults.sensitivity`)."""
    arguments = {k: tuple(v) if k not in ("result", "nulls") else v for k, v in locals().items()}
    rows, notes = [], []
    for choice, value, make in _plan(result, arguments):
        try:
            made = make()
        except CarbonlinkError as refusal:
            notes.append(f"{choice} = {value}: {refusal.message}")
            continue
        total = made.total if isinstance(made.total, float) else float(made.total.mean())
        null = made.null_mean if nulls else np.nan
        row = {"choice": choice, "value": value, "total": total, "change": total - result.total}
        row |= {"null_mean": null, "excess": total - null}
        rows.append({**row, "base": _is_base(result, choice, value)})
    if not rows:
        raise SpecificationError("No other choice can be computed.", " ".join(notes))
    return Sensitivity(
        spec={**{k: v for k, v in arguments.items() if k != "result"}, "base": result.spec["lags"]},
        sample=result.sample,
        units={"total": "%"},
        sources=result.sources,
        notes=(
            "window, forgetting and prior: the mean over time of rolling windows and of TVP-VARs "
            "with the other choices as in the result (forgetting 0.99, 0.99; prior uninformative).",
            *_without(result.fitted.outer, "The TVP-VARs"),
            *notes,
        ),
        recipe=Recipe(sensitivity, arguments),
        fitted=result.fitted,
        table=pd.DataFrame(rows),
        base=float(result.total),
    )


def _without(outer: tuple[str, ...], what: str) -> tuple[str, ...]:
    return (f"{what} leave out the exogenous {', '.join(outer)}.",) if outer else ()


def _plan(result: Any, asked: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Every choice with its value as text and what computes it."""
    draws = result.spec["draws"] if asked["nulls"] else 0
    model = result.fitted
    again = result.recipe.function
    fixed = {"data": model, "draws": draws, "rng": result.seed, "horizon": result.spec["horizon"]}
    fixed |= {"kind": result.spec["kind"]}
    if result.places is not None:
        fixed["order"] = tuple(result.names[i] for i in result.places)

    def static(**changes: Any) -> Any:
        if changes.get("kind", "cholesky") != "cholesky":
            changes["order"] = None
        return lambda: again(**{**fixed, **changes})

    def rolling(window: int) -> Any:
        return lambda: again(**fixed).rolling(window)

    def drifting(**changes: Any) -> Any:
        lag = min(model.lags, 2)
        horizon = {"horizon": result.spec["horizon"], "kind": result.spec["kind"]}
        if "order" in fixed:
            horizon["order"] = fixed["order"]
        return lambda: again(
            TVPVAR(model.data, lag, **changes).fit(), draws=draws, rng=result.seed, **horizon
        )

    plan = [("lags", str(p), static(lags=p)) for p in asked["lags"]]
    plan += [("horizon", str(h), static(horizon=h)) for h in asked["horizons"]]
    plan += [("kind", k, static(kind=k)) for k in asked["kinds"]]
    plan += [("window", str(w), rolling(w)) for w in asked["windows"]]
    plan += [
        ("forgetting", f"{a:g}/{b:g}", drifting(forgetting=(a, b))) for a, b in asked["forgetting"]
    ]
    plan += [("prior", p, drifting(prior=p)) for p in asked["priors"]]
    return plan


def _is_base(result: Any, choice: str, value: str) -> bool:
    return choice in ("lags", "horizon", "kind") and str(result.spec[choice]) == value
