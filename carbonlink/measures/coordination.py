"""The coupling coordination degree, with intervals, its sensitivity and what it cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..inference import bootstrap, parallel
from ..kernels import coordination as kernel
from ..models.frames import check_frame, listed
from ..results import Recipe, Sample, check_level
from .coordination_results import CoordinationResults

NORMALISATIONS = ("minmax", "rank", "none")
WEIGHTS = ("entropy", "equal")
MINIMUM = 10
REPORTED = (
    "The degree measures how high and how even the levels of the indices are, not whether one "
    "moves the other: independent series can be highly 'coordinated'. Beside it stand the share "
    "of rotated data with a mean as high (`null`), and the measures of connectedness, causality "
    "and integration.",
    "Every value depends on the sample through its minima, maxima and weights: values of two "
    "studies, or of a longer sample, are not comparable.",
)


def coupling_coordination(
    data: Any,
    weights: Any = "entropy",
    *,
    systems: Mapping[str, Iterable[str]] | None = None,
    negative: Iterable[str] = (),
    normalise: str = "minmax",
    variant: str = "standard",
    floor: float = 0.0,
    draws: int = 499,
    rng: Any = 0,
    level: float = 0.95,
) -> CoordinationResults:
    """Measure the coupling coordination degree (耦合协调度) of two systems or more.

    Parameters
    ----------
    data : DataFrame
        Indicators, a column each; rows with a missing value are left out and counted.
    weights : {"entropy", "equal"} or array
        Weights of the systems in the comprehensive index T: by entropy, equal, or given (one a
        system, or by name; scaled to sum to 1).
    systems : mapping of str to list of str, optional
        Indicators of each system, averaged by entropy or equally as `weights` says (equally
        where weights are given); by default each column is a system.
    negative : list of str
        Indicators of which less is better.
    normalise : {"minmax", "rank", "none"}
        Within the sample's range; ranks over their number; or values in [0, 1] already.
    variant : {"standard", "modified", "lost-coefficient", "power"}
        The coupling degree C. "standard" is k(ΠU)^{1/k}/ΣU; "modified" that of Wang et al.
        (2021). The last two are in circulation and wrong: the first of them forgets k, so that
        C is at most 1/k, the other raises C to the power k.
    floor : float
        Least normalised value; papers add 0.01 or so, since one zero makes the degree zero.
    draws : int
        Block-bootstrap replications and rotations; 0 for neither.
    rng : int, SeedSequence or Generator
    level : float

    Returns
    -------
    CoordinationResults
        `table` (C, T, D and the interval of D by date), `weights`, `mean`, `null`,
        `sensitivity()`.

    Notes
    -----
    .. math:: C = \\frac{k (\\prod U_i)^{1/k}}{\\sum U_i},\\quad T = \\sum w_i U_i,\\quad
              D = \\sqrt{C\\,T}

    Intervals: rows are drawn in moving blocks, ranges and weights computed anew, and the original
    rows evaluated with them. The null rotates each system in time by a shift of its own, which
    keeps its values and its dependence and breaks the link: `null["p_value"]` is the share of
    rotations whose mean D is as high.

    References
    ----------
    Wang, S., Kong, W., Ren, L., Zhi, D. and Dai, B. (2021). 国内耦合协调度模型的误区及修正.
    Journal of Natural Resources 36, 793–810. doi:10.31497/zrzyxb.20210319

    Examples
    --------
    >>> import carbonlink as cl
    >>> degree = cl.coupling_coordination(cl.simulate.var(100, rng=1), draws=99)
    >>> bool(degree.table["D"].between(0, 1).all())
    True
    """
    rng = parallel.repeatable(rng)
    groups = None if systems is None else {str(k): tuple(v) for k, v in systems.items()}
    arguments = {
        "data": data, "weights": weights, "systems": groups, "negative": tuple(negative),
        "normalise": normalise, "variant": variant, "floor": floor, "draws": draws, "rng": rng,
        "level": level,
    }  # fmt: skip
    _check_choices(normalise, variant, floor, draws, level)
    frame = check_frame(data, "data")
    groups = groups or {c: (c,) for c in frame.columns}
    frame, names = _indicators(frame, groups, arguments["negative"])
    whole = frame.dropna()
    _check(whole, normalise)
    recipe = Calculation(
        tuple(tuple(names.index(c) for c in columns) for columns in groups.values()),
        np.array([c in arguments["negative"] for c in names]),
        normalise,
        _weights(weights, list(groups)),
        float(floor),
    )
    u, w = recipe.systems(whole.to_numpy(), whole.to_numpy())
    made = pd.DataFrame(kernel.coordination(u, w, variant), whole.index, ["C", "T", "D"])
    null: dict[str, float] = {}
    if draws:
        low, high = recipe.bounds(whole.to_numpy(), variant, int(draws), rng, float(level))
        made["lower"], made["upper"] = low, high
        null = recipe.rotations(whole.to_numpy(), u, w, variant, int(draws), rng)
    scheme = weights if isinstance(weights, str) else "given"
    return CoordinationResults(
        spec={
            "systems": tuple(groups), "indicators": tuple(names), "weights": scheme,
            "negative": arguments["negative"], "normalise": normalise, "variant": variant,
            "floor": float(floor), "draws": int(draws), "rng": str(rng), "level": float(level),
        },
        sample=Sample.of(
            whole.index, dropped={"rows with a missing value": len(frame) - len(whole)}
        ),
        units={"C": "share", "T": "share", "D": "share"},
        notes=_notes(variant, u),
        recipe=Recipe(coupling_coordination, arguments),
        table=made,
        systems=pd.DataFrame(u, whole.index, list(groups)),
        weights=pd.Series(w, list(groups), name="weight"),
        null=null,
    )  # fmt: skip


class Calculation:
    """From indicators to systems: the rule that the bootstrap repeats."""

    def __init__(
        self,
        groups: tuple[tuple[int, ...], ...],
        falls: np.ndarray,
        normalise: str,
        weights: str | np.ndarray,
        floor: float,
    ) -> None:
        self.groups, self.falls, self.normalise = groups, falls, normalise
        self.weights, self.floor = weights, floor

    def systems(self, rows: np.ndarray, sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return U of `rows` with ranges and weights of `sample`, and the weights in T."""
        at, base = self._units(rows, sample), self._units(sample, sample)
        within = [self._inside(base[:, list(g)]) for g in self.groups]
        u = np.column_stack([at[:, list(g)] @ w for g, w in zip(self.groups, within, strict=True)])
        if not isinstance(self.weights, str):
            return u, self.weights
        own = np.column_stack(
            [base[:, list(g)] @ w for g, w in zip(self.groups, within, strict=True)]
        )
        return u, self._across(own)

    def _units(self, rows: np.ndarray, sample: np.ndarray) -> np.ndarray:
        if self.normalise == "none":
            made = np.where(self.falls, 1 - rows, rows)
            return self.floor + (1 - self.floor) * made
        if self.normalise == "rank":
            ordered = np.sort(sample, axis=0)
            made = np.column_stack(
                [
                    (np.searchsorted(ordered[:, j], rows[:, j], side="left")
                     + np.searchsorted(ordered[:, j], rows[:, j], side="right")) / 2 / len(sample)
                    for j in range(rows.shape[1])
                ]
            )  # fmt: skip
            made = np.where(self.falls, 1 - made, made)
            return self.floor + (1 - self.floor) * made
        low, high = sample.min(axis=0), sample.max(axis=0)
        return kernel.unit_interval(rows, low, high, self.falls, self.floor)

    def _inside(self, base: np.ndarray) -> np.ndarray:
        k = base.shape[1]
        if k > 1 and isinstance(self.weights, str) and self.weights == "entropy":
            return kernel.entropy_weights(base)
        return np.full(k, 1 / k)

    def _across(self, systems: np.ndarray) -> np.ndarray:
        if self.weights == "entropy":
            return kernel.entropy_weights(systems)
        return np.full(systems.shape[1], 1 / systems.shape[1])

    def bounds(
        self, values: np.ndarray, variant: str, draws: int, rng: Any, level: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the percentile bounds of D of each row over block-bootstrap samples."""
        drawn = parallel.draw(_redraw, draws, rng, self, values, variant)
        tails = [(1 - level) / 2, (1 + level) / 2]
        low, high = np.quantile(drawn, tails, axis=0, method="weibull")
        return low, high

    def rotations(
        self, values: np.ndarray, u: np.ndarray, w: np.ndarray, variant: str, draws: int, rng: Any
    ) -> dict[str, float]:
        """Return mean D of systems rotated in time apart, and the share as high as observed."""
        seed = parallel.seed_sequence(rng).spawn(1)[0]
        drawn = parallel.draw(_rotate, draws, seed, u, w, variant)
        observed = kernel.coordination(u, w, variant)[:, 2].mean()
        p = (1 + np.sum(drawn >= observed - 1e-12)) / (1 + len(drawn))
        return {"mean": float(observed), "null_mean": float(drawn.mean()), "p_value": float(p)}


def _redraw(
    size: int, generator: np.random.Generator, rule: Calculation, values: np.ndarray, variant: str
) -> np.ndarray:
    n = len(values)
    length = bootstrap.block_length(n)
    made = np.empty((size, n))
    for b in range(size):
        first = generator.integers(0, n - length + 1, size=-(-n // length))
        place = (first[:, None] + np.arange(length)).ravel()[:n]
        u, w = rule.systems(values, values[place])
        made[b] = kernel.coordination(u, w, variant)[:, 2]
    return made


def _rotate(
    size: int, generator: np.random.Generator, u: np.ndarray, w: np.ndarray, variant: str
) -> np.ndarray:
    n, k = u.shape
    shifts = generator.integers(0, n, size=(size, k))
    place = (np.arange(n)[None, :, None] + shifts[:, None, :]) % n
    turned = u[place, np.arange(k)]
    return kernel.coordination(turned, w, variant)[..., 2].mean(axis=1)


def _check_choices(normalise: str, variant: str, floor: Any, draws: Any, level: float) -> None:
    check_choice("normalise", normalise, NORMALISATIONS)
    check_choice("variant", variant, kernel.VARIANTS)
    check_level(level)
    if not 0 <= float(floor) < 1:
        raise SpecificationError(f"floor={floor!r} is no share below 1.", "Use 0 or 0.01.")
    if isinstance(draws, bool) or int(draws) < 0 or 0 < int(draws) < 39:
        raise SpecificationError(f"draws={draws!r} are too few.", "Use 499, or 0 for none.")


def _notes(variant: str, systems: np.ndarray) -> tuple[str, ...]:
    zero = int((systems <= 0).any(axis=1).sum())
    notes = list(REPORTED)
    if variant in ("lost-coefficient", "power"):
        notes.insert(0, f'The variant "{variant}" is in circulation but not the normalised form.')
    if zero:
        notes.append(
            f"{zero} rows have a system at 0, where C and D are 0 by construction; see floor=."
        )
    return tuple(notes)


def _indicators(
    frame: pd.DataFrame, groups: Mapping[str, tuple[str, ...]], negative: tuple[str, ...]
) -> tuple[pd.DataFrame, list[str]]:
    names = [c for columns in groups.values() for c in columns]
    missing = [c for c in (*names, *negative) if c not in frame.columns]
    if missing:
        raise SpecificationError(
            f"The data have no column {listed(missing)}.", f"They have: {listed(frame.columns)}."
        )
    twice = sorted({c for c in names if names.count(c) > 1})
    if twice:
        raise SpecificationError(f"{listed(twice)} is in two systems.", "Keep it in one.")
    if len(groups) < 2:
        raise DataError("Coordination needs two systems or more.", "Add a column or a system.")
    return frame[names], names


def _check(whole: pd.DataFrame, normalise: str) -> None:
    if len(whole) < MINIMUM:
        raise TooFewObservationsError(
            f"{len(whole)} complete rows; {MINIMUM} are needed to set ranges and weights.",
            "Use a longer sample, or leave out the indicator that is missing most.",
        )
    still = list(whole.columns[np.ptp(whole.to_numpy(), axis=0) == 0])
    if still and normalise != "none":
        raise DataError(f"{listed(still)} does not move, so it has no range.", "Leave it out.")
    if normalise == "none" and (whole.min().min() < 0 or whole.max().max() > 1):
        outside = list(whole.columns[(whole.min() < 0) | (whole.max() > 1)])
        raise DataError(
            f'{listed(outside)} leaves [0, 1], which normalise="none" takes for granted.',
            'Use normalise="minmax".',
        )


def _weights(weights: Any, systems: list[str]) -> str | np.ndarray:
    if isinstance(weights, str):
        check_choice("weights", weights, WEIGHTS)
        return weights
    if isinstance(weights, (pd.Series, Mapping)):
        missing = [s for s in systems if s not in weights]
        if missing:
            raise SpecificationError(f"weights= has none for {listed(missing)}.", "Name each.")
        weights = [weights[s] for s in systems]
    array = np.asarray(weights, dtype=float)
    if array.shape != (len(systems),) or not (array >= 0).all() or not array.sum() > 0:
        raise SpecificationError(
            f"weights= must be {len(systems)} numbers of 0 or more, one a system.",
            'Use "entropy", "equal" or, for example, [0.5, 0.5].',
        )
    if not np.isclose(array.sum(), 1.0, rtol=0, atol=1e-6):
        shown = ", ".join(f"{w:.4g}" for w in array / array.sum())
        raise SpecificationError(
            f"weights= add up to {array.sum():g}, not to 1.",
            f"In their proportions they would be [{shown}].",
        )
    return array / array.sum()
