"""Connectedness by the length of the waves that carry it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import SpecificationError, check_choice
from ..kernels import fevd, spectral
from ..models.decompositions import check_decomposition
from ..models.var_results import VARResults
from ..results import Recipe, Results, tidy_frame
from .connectedness_paths import direction_columns

SHORTEST = 2.0
"""Days of the shortest wave that daily data can show, frequency π."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FrequencyConnectedness(Results):
    """Connectedness split over bands of frequency; made by `ConnectednessResults.frequency`.

    Attributes
    ----------
    total : Series
        Percent, by band; the bands add up to `overall`.
    within : Series
        Percent: what others cause of the variance inside each band.
    to, from_, net : DataFrame
        A row a band, a column a series.
    tables : ndarray, shape (bands, k, k)
        Percent; the bands add up to the connectedness table.
    overall : float
        Total connectedness over all frequencies.
    """

    title: ClassVar[str] = "Frequency connectedness"

    total: pd.Series
    within: pd.Series
    to: pd.DataFrame
    from_: pd.DataFrame
    net: pd.DataFrame
    tables: np.ndarray
    overall: float

    @property
    def names(self) -> tuple[str, ...]:
        """Labels of the series."""
        return tuple(self.net.columns)

    @property
    def bands(self) -> tuple[str, ...]:
        """Labels of the bands, the shortest waves first."""
        return tuple(self.total.index)

    def table(self, band: str | int) -> pd.DataFrame:
        """Return the table of a band, by its label or its number from 0."""
        known = dict(zip(self.bands, range(len(self.bands)), strict=True))
        place = known.get(band, band) if isinstance(band, str) else band
        if isinstance(place, (bool, str)) or place not in range(len(self.bands)):
            raise SpecificationError(
                f"There is no band {band!r}.", f"They are: {'; '.join(self.bands)}."
            )
        names = list(self.names)
        return pd.DataFrame(self.tables[place], index=names, columns=names)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a quantity and band; no intervals, so `level` changes nothing."""
        rows = [{"term": "total, all frequencies", "estimate": self.overall, "unit": "%"}]
        for term, series in (("total", self.total), ("within", self.within)):
            rows += [
                {"term": f"{term}, {band}", "estimate": value, "unit": "%"}
                for band, value in series.items()
            ]
        for term, frame in (("to others", self.to), ("from others", self.from_), ("net", self.net)):
            rows += [
                {"term": f"{term}, {b}", "market": m, "estimate": frame.loc[b, m], "unit": "%"}
                for b in self.bands
                for m in self.names
            ]
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return one row a band: total, within and directions."""
        columns = direction_columns(self)
        frame = pd.DataFrame({"total": self.total, "within": self.within, **columns})
        return frame.rename_axis("band").reset_index()

    def plot(self, ax: Any = None) -> Any:
        """Draw what each band adds to the total, the shortest waves on top."""
        values = self.total.to_numpy()[::-1]
        with plotting.style():
            ax = plotting.new_axes(ax, height=1.2 + 0.4 * len(values))
            bars = ax.barh(list(self.bands)[::-1], values, color=plotting.PALETTE[0])
            ax.bar_label(bars, [f"{v:.1f}" for v in values], padding=3, fontsize=8)
            ax.margins(x=0.1)
            ax.set_xlabel("connectedness, % of forecast variance")
            ax.set_title(f"Connectedness by band, total {self.overall:.1f} %")
        return ax

    def _headline(self) -> dict[str, Any]:
        return {"total": self.overall, **{f"total, {b}": v for b, v in self.total.items()}}

    def _tests(self) -> list[dict[str, Any]]:
        return self.fitted._tests()


def frequency_connectedness(
    model: VARResults,
    *,
    bands: Iterable[tuple[float, float]],
    unit: str,
    horizon: int,
    kind: str,
    order: tuple[str, ...] | None,
    compat: str | None,
    sources: tuple[str, ...],
    notes: tuple[str, ...],
) -> FrequencyConnectedness:
    """Split the connectedness of a fitted VAR over bands (see `ConnectednessResults.frequency`)."""
    arguments = dict(locals())
    arguments["bands"] = bands = tuple(bands) if np.iterable(bands) else (bands,)
    check_choice("compat", compat, (None, "connectedness_approach"))
    places = check_decomposition(model.names, horizon, kind, order)
    edges, labels = check_bands(bands, unit)
    sigma = model.sigma.to_numpy()
    if compat is None:
        edges = np.minimum(edges, np.pi)
        tables = 100 * spectral.band_shares(model.coefs, sigma, horizon, edges, kind, places)
    else:
        if kind != "generalized":
            raise SpecificationError(f"compat= has no rule for kind={kind!r}.", "Leave it out.")
        _check_grid(edges, labels, horizon)
        tables = 100 * spectral.grid_band_shares(model.coefs, sigma, horizon, edges)
    parts = fevd.spillovers(tables)
    spec = {**model.spec, "horizon": int(horizon), "kind": kind}
    if kind == "cholesky":
        spec["order of shocks"] = order or model.names
    spec |= {"bands": labels, "unit": unit, "compat": compat}
    index, names = pd.Index(labels, name="band"), list(model.names)
    inside = 100 * parts.from_.sum(axis=-1) / tables.sum(axis=(-1, -2))
    return FrequencyConnectedness(
        spec=spec,
        sample=model.sample,
        units=dict.fromkeys(("total", "within", "to", "from_", "net", "tables"), "%"),
        sources=sources,
        notes=notes + _notes(edges, horizon, compat),
        recipe=Recipe(frequency_connectedness, arguments),
        fitted=model,
        total=pd.Series(parts.total, index=index, name="total"),
        within=pd.Series(inside, index=index, name="within"),
        to=pd.DataFrame(parts.to, index=index, columns=names),
        from_=pd.DataFrame(parts.from_, index=index, columns=names),
        net=pd.DataFrame(parts.net, index=index, columns=names),
        tables=tables,
        overall=float(parts.total.sum()),
    )


def check_bands(
    bands: tuple[tuple[float, float], ...], unit: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the edges in falling radians and the labels of bands that cover (0, π], or refuse."""
    check_choice("unit", unit, ("days", "radians"))
    example = "(1, 5), (5, 20), (20, inf)" if unit == "days" else "(π, π/4), (π/4, 0)"
    try:
        pairs = np.array(bands, dtype=float)
    except (TypeError, ValueError):
        pairs = np.empty(0)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or np.isnan(pairs).any() or (pairs < 0).any():
        raise SpecificationError(f"bands={bands} are no pairs of {unit}.", f"Use {example}.")
    with np.errstate(divide="ignore"):
        radians = 2 * np.pi / pairs if unit == "days" else pairs
    radians = -np.sort(-radians, axis=1)
    turn = np.argsort(-radians[:, 0], kind="stable")
    high, low = radians[turn, 0], radians[turn, 1]
    remedy = f"Cover (0, π], waves of {SHORTEST:g} days and longer, once: {example}."
    empty = np.minimum(high, np.pi) <= low
    if empty.any():
        which = tuple(float(v) for v in pairs[turn][empty][0])
        raise SpecificationError(f"The band {which} holds no frequency up to π.", remedy)
    if high[0] < np.pi * (1 - 1e-12) or low[-1] > 0:
        raise SpecificationError(
            f"The bands reach from {_days(high[0])} to {_days(low[-1])} days only.", remedy
        )
    apart = np.abs(high[1:] - low[:-1]) > 1e-12
    if apart.any():
        i = int(np.argmax(apart))
        what = "leave a gap" if high[1:][i] < low[:-1][i] else "overlap"
        raise SpecificationError(
            f"The bands {what} between {_days(low[:-1][i])} and {_days(high[1:][i])} days.", remedy
        )
    edges = np.append(high, low[-1])
    return edges, tuple(_label(a, b) for a, b in zip(high, low, strict=True))


def _days(radians: float) -> str:
    return f"{2 * np.pi / radians:.4g}" if radians > 0 else "∞"


def _label(high: float, low: float) -> str:
    shortest = max(SHORTEST, 2 * np.pi / high)
    return f"{shortest:.4g} to {_days(low)} days" if low > 0 else f"over {shortest:.4g} days"


def _check_grid(edges: np.ndarray, labels: tuple[str, ...], horizon: int) -> None:
    half = (horizon + 1) // 2
    grid = np.arange(half + 1) / half * np.pi
    for label, high, low in zip(labels, edges[:-1], edges[1:], strict=True):
        if not ((grid >= low) & (grid < high)).any():
            raise SpecificationError(
                f"With {horizon} terms no frequency falls into the band {label!r}.",
                "Use more terms (horizon=) or wider bands.",
            )


def _notes(edges: np.ndarray, horizon: int, compat: str | None) -> tuple[str, ...]:
    notes = []
    longest = 2 * np.pi / edges[1:-1].min() if len(edges) > 2 else 0.0
    if longest > horizon + 1e-9:
        notes.append(
            f"A moving average of {horizon} terms hardly tells waves of {longest:.4g} days from "
            "longer ones: use a longer horizon, such as 100."
        )
    if compat is not None:
        notes.append(
            "Bands as ConnectednessApproach counts them: a grid of frequencies that is stretched "
            "when its number is odd, without π itself when the first band ends there."
        )
    return tuple(notes)
