"""Impulse responses and variance shares of a VAR by horizon, with their bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .. import plotting
from ..errors import SpecificationError, check_choice
from ..inference import bootstrap, parallel, path_bands, var_refits
from ..kernels import fevd
from ..results import Recipe, Results, check_level, tidy_frame
from .decompositions import check_decomposition

KINDS = ("orthogonal", "generalized")
BIAS = ("kilian", "none")
DRAWS = 499


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VARPaths(Results):
    """Responses or variance shares by horizon; made by `VARResults.irf` and `.decomposition`.

    Attributes
    ----------
    table : DataFrame
        A row a response, shock and horizon: estimate; lower, upper point by point; lower_sup,
        upper_sup for the whole path of that response to that shock.
    estimates : ndarray, shape (steps, k, k)
        `estimates[h, i, j]`: of series i, to a shock in j.
    horizons : tuple of int
    """

    title: ClassVar[str] = "Responses and variance shares by horizon"

    table: pd.DataFrame
    estimates: np.ndarray
    names: tuple[str, ...]
    horizons: tuple[int, ...]
    word: str = "response"

    def of(self, response: str, shock: str) -> pd.DataFrame:
        """Return the path of the series `response` after a shock in `shock`, by horizon."""
        for name in (response, shock):
            if name not in self.names:
                raise SpecificationError(
                    f"There is no series {name!r}.", f"They are: {', '.join(self.names)}."
                )
        rows = self.table
        rows = rows[(rows["response"] == response) & (rows["shock"] == shock)]
        return rows.drop(columns=["response", "shock"]).set_index("horizon")

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a path and horizon; bands are those of the call (`level` is fixed)."""
        return tidy_frame(
            [
                {
                    "term": f"{row.response} ← {row.shock}, h = {row.horizon}",
                    "market": row.response,
                    "estimate": row.estimate,
                    "lower": row.lower,
                    "upper": row.upper,
                    "unit": self.units.get(self.word, ""),
                }
                for row in self.table.itertuples()
            ]
        )

    def numbers(self) -> pd.DataFrame:
        """Return the table."""
        return self.table

    def plot(self, ax: Any = None, response: str | None = None, shock: str | None = None) -> Any:
        """Draw one path with both bands.

        Parameters
        ----------
        ax : Axes, optional
        response, shock : str, optional
            The series that moves and the one shocked; by default the largest effect of one
            series on another.

        Returns
        -------
        Axes
        """
        first, second = self._largest()
        response = response or (first if shock in (None, second) else self._other(shock))
        shock = shock or (second if response == first else self._other(response))
        with plotting.style():
            ax = plotting.new_axes(ax)
            self._draw(ax, response, shock)
            ax.set_ylabel(self._label())
            ax.set_xlabel("rows after the shock")
            ax.set_title(f"{response} ← {shock}")
            ax.legend(loc="best")
        return ax

    def grid(self) -> Any:
        """Draw every pair: a row a response, a column a shock; return the figure."""
        k = len(self.names)
        size = max(1.35 * k, 3.0)
        figure, axes = plotting.canvas(k * k, k, 1.3 * size + 1.2, size + 0.6, sharex=True)
        with plotting.style():
            for place, ax in enumerate(axes):
                i, j = divmod(place, k)
                self._draw(ax, self.names[i], self.names[j])
                if i == 0:
                    ax.set_title(f"shock in {self.names[j]}", fontsize=9)
                if j == 0:
                    ax.set_ylabel(self.names[i])
            figure.supxlabel("rows after the shock", fontsize=9)
        return figure

    def _draw(self, ax: Any, response: str, shock: str) -> None:
        path, colour = self.of(response, shock), plotting.PALETTE[0]
        steps = path.index.to_numpy()
        if path["lower"].notna().any():
            for kind, names, shade in (
                ("sup-t band", ("lower_sup", "upper_sup"), 0.15),
                ("pointwise", ("lower", "upper"), 0.3),
            ):
                low, high = (path[c].to_numpy() for c in names)
                ax.fill_between(
                    steps, low, high, color=colour, alpha=shade, linewidth=0, label=kind
                )
        ax.plot(steps, path["estimate"].to_numpy(), color=colour, label=self.word)
        ax.axhline(0, color="#4D4D4D", linewidth=0.8)

    def _label(self) -> str:
        unit = self.units.get(self.word, "")
        return f"{self.word}, {unit}" if unit else self.word

    def _largest(self) -> tuple[str, str]:
        size = np.abs(self.estimates / self._size()).max(axis=0)
        np.fill_diagonal(size, -1.0)
        i, j = divmod(int(size.argmax()), len(self.names))
        return self.names[i], self.names[j]

    def _size(self) -> np.ndarray:
        own = np.abs(self.estimates[:, range(len(self.names)), range(len(self.names))])
        return np.maximum(own.max(axis=0), 1e-300)[:, None]

    def _other(self, name: str) -> str:
        return next(other for other in self.names if other != name)

    def _headline(self) -> dict[str, Any]:
        response, shock = self._largest()
        path = self.of(response, shock)["estimate"]
        place: Any = path.abs().idxmax()
        return {f"largest: {response} ← {shock}": float(path.loc[place])}

    def _tests(self) -> list[dict[str, Any]]:
        return self.fitted._tests()


def responses(
    model: Any,
    horizon: int,
    kind: str,
    order: Any,
    cumulative: bool,
    shares: bool,
    draws: int,
    block: int | None,
    bias: str,
    level: float,
    rng: Any,
) -> VARPaths:
    """Compute responses or shares with their bands (see `VARResults.irf`, `.decomposition`)."""
    arguments = dict(locals())
    check_choice("kind", kind, KINDS)
    check_choice("bias", bias, BIAS)
    check_level(level)
    inner = {"orthogonal": "cholesky", "generalized": "generalized"}[kind]
    places = check_decomposition(model.names, horizon, inner, order)
    block = bootstrap.block_length(model.nobs) if block is None else int(block)
    if not 1 <= block <= model.nobs:
        raise SpecificationError(f"block={block} is no length of a block.", "Use 1 to n.")
    if draws and (draws + 1) * (1 - level) / 2 < 1 - 1e-9:
        needed = int(np.ceil(2 / (1 - level) - 1e-9)) - 1
        raise SpecificationError(
            f"{draws} draws are too few for level {level}.", f"Use {needed} or more, or draws=0."
        )
    plan = _Plan(horizon + (not shares), inner, places, cumulative, shares)
    estimate = plan.of(model.coefs, model.shock_covariance())
    bands, notes = _bands(model, plan, estimate, draws, block, bias, level, rng)
    scale = 100.0 if shares else 1.0
    horizons = tuple(range(1, horizon + 1)) if shares else tuple(range(horizon + 1))
    word = "share" if shares else "response"
    spec = {**model.spec, "horizon": int(horizon), "kind": kind, "cumulative": cumulative}
    if kind == "orthogonal":
        spec["order of shocks"] = tuple(model.names if order is None else map(str, order))
    spec |= {"draws": int(draws), "block": block, "bias": bias, "level": float(level)}
    spec["rng"] = int(rng) if isinstance(rng, (int, np.integer)) else "given"
    return VARPaths(
        spec=spec,
        sample=model.sample,
        units={"share": "%"} if shares else {},
        sources=model.sources,
        notes=model.notes + notes,
        recipe=Recipe(responses, arguments),
        fitted=model,
        table=_table(model.names, horizons, scale * estimate, [scale * b for b in bands]),
        estimates=scale * estimate,
        names=model.names,
        horizons=horizons,
        word=word,
    )


@dataclass(frozen=True)
class _Plan:
    """What is computed from coefficients and a covariance matrix."""

    steps: int
    kind: str
    places: np.ndarray | None
    cumulative: bool
    shares: bool

    def of(self, coefs: np.ndarray, sigma: np.ndarray) -> np.ndarray:
        """Return the paths, shape (..., steps, k, k)."""
        terms = fevd.moving_average(coefs, self.steps)
        paths = terms @ fevd.impact(sigma, self.kind, self.places)[..., None, :, :]
        if self.shares:
            parts = np.cumsum(paths**2, axis=-3)
            return parts / parts.sum(axis=-1, keepdims=True)
        return np.cumsum(paths, axis=-3) if self.cumulative else paths


def _bands(
    model: Any,
    plan: _Plan,
    estimate: np.ndarray,
    draws: int,
    block: int,
    bias: str,
    level: float,
    rng: Any,
) -> tuple[list[np.ndarray], tuple[str, ...]]:
    blank = [np.full(estimate.shape, np.nan)] * 4
    if draws == 0:
        return blank, ("No bands: draws=0.",)
    if not model.is_stable:
        return blank, ("No bands: paths of an explosive VAR do not settle.",)
    if model.shrunk:
        return blank, (f"No bands: {model.manner}.",)
    source = bootstrap.linked(*model.system())
    found = var_refits.refits(source, draws, parallel.seed_sequence(rng), block=block, bias=bias)
    notes = []
    if bias == "kilian" and found.kept < 1:
        notes.append(f"Only {found.kept:.0%} of the estimated bias is taken away: roots near 1.")
    values, _, rows, *_ = model.system()
    size = bootstrap.moments(values, rows, model.constant)[1]
    good = np.isfinite(found.coefs).all(axis=(1, 2, 3))
    if not good.all():
        notes.append(f"{int((~good).sum())} of {draws} replications are singular: left out.")
    units = size[:, None] / size
    drawn = plan.of(found.coefs[good] * units, found.sigma[good] * np.outer(size, size))
    factor = bootstrap.spread_factor(level, model.nobs, block, source.params) if block > 1 else 1.0
    centre = _population(plan, found, units, size) if plan.shares else None
    return _both(estimate, drawn, centre, factor, level), tuple(notes)


def _population(
    plan: _Plan, found: var_refits.Refits, units: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """The shares of the VAR that the replications were drawn from."""
    resid = found.source.resid
    sigma = resid.T @ resid / len(resid) * np.outer(size, size)
    return plan.of(found.source.coefs * units, sigma)


def _both(
    estimate: np.ndarray,
    drawn: np.ndarray,
    truth: np.ndarray | None,
    factor: float,
    level: float,
) -> list[np.ndarray]:
    """Pointwise and simultaneous bounds; those of shares are moved by the bootstrap's bias."""
    middle = drawn.mean(axis=0)
    centre = middle if truth is None else estimate - (middle - truth)
    bounds = [*path_bands.pointwise(drawn, level), *path_bands.joint(drawn, level)]
    stretched = [centre + factor * (bound - middle) for bound in bounds]
    return stretched if truth is None else [np.clip(b, 0.0, 1.0) for b in stretched]


def _table(
    names: tuple[str, ...],
    horizons: tuple[int, ...],
    estimate: np.ndarray,
    bands: list[np.ndarray],
) -> pd.DataFrame:
    k = len(names)
    columns = ("estimate", "lower", "upper", "lower_sup", "upper_sup")
    flat = [a.transpose(1, 2, 0).ravel() for a in (estimate, *bands)]
    frame = pd.DataFrame(dict(zip(columns, flat, strict=True)))
    frame.insert(0, "response", np.repeat(names, k * len(horizons)))
    frame.insert(1, "shock", np.tile(np.repeat(names, len(horizons)), k))
    frame.insert(2, "horizon", np.tile(horizons, k * k))
    return frame
