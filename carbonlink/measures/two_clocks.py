"""Is it the deadline or the time of year: calendar clock against compliance clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..facts.deadlines import CHAINS
from ..inference import parallel
from ..inference.wild_score import draw_weights
from ..kernels.clocks import CellFit, Cells, added_scores, fit_cells
from ..kernels.ppml import deviance
from ..results import Recipe, Sample, check_level
from .cycles import CycleVolume, reasons
from .event_days import event_days, market_year
from .two_clocks_results import CALENDAR, COMPLIANCE, TwoClocksResults

LEAST_APART = 15
"""Days by which deadlines must differ within the year: half a month, the calendar clock's step."""
FEW = 20
FEWEST_DRAWS = 99
WEIGHTS = ("equal", "level")
_HALF = 16
_STEP = 10
_YEAR = 365.25


def two_clocks(
    data: Any,
    market: str | Iterable[str] | None = None,
    deadlines: Any = None,
    horizon: tuple[int, int] = (-120, 20),
    *,
    weights: str = "equal",
    which: str = "final",
    draws: int = 199,
    level: float = 0.95,
    rng: Any = 0,
) -> TwoClocksResults:
    """Divide what explains daily volume between the time of year and the time to the deadline.

    Parameters
    ----------
    data, market, deadlines, which
        As in `concentration`: a Panel, or daily volumes as a frame or series.
    horizon : (int, int)
        The compliance clock has a step every ten open days in (from, to] around a deadline.
    weights : {"equal", "level"}
        Whether market-years count alike (volume over its market-year's mean), or by tonnes.
    draws : int
        Draws of the wild weights of the tests, 999 at least.
    level : float
    rng : int, SeedSequence or Generator

    Returns
    -------
    TwoClocksResults

    Raises
    ------
    SpecificationError
        All deadlines fall at the same time of year, so the clocks cannot be told apart.
    TooFewObservationsError
        No whole cycle, or one market-year only.

    Notes
    -----
    E[q] = exp(μ of the market-year + f(day of the year) + g(open days to the deadline)), f with a
    level each half-month, g each ten open days. With D the Poisson deviance explained beyond μ by
    a set of clocks, the Shapley shares are

    φ_f = ½[D(f) + D(f, g) − D(g)] / D(f, g),   φ_g = 1 − φ_f.

    Where deadlines bunch in the same months the clocks share much of what they explain, and the
    Shapley value halves it: read the parts that each adds beyond the other, D(f, g) − D(g) and
    D(f, g) − D(f), beside the shares. Their p-values compare the score statistic of the clock
    left out with a wild bootstrap of the market-years' scores (Webb's weights), whose mean is what
    chance would add; at a nominal 5 % they reject a clock that does not matter in 7.0, 3.7 and
    4.0 % (calendar) and 4.7, 5.0 and 7.7 % (compliance) for a persistence of 0, 0.7 and 0.95 and
    24 market-years. Intervals of the shares reach, on the logit scale, t(G − 1) jackknife standard
    errors, each of the G market-years left out in turn, beyond the estimate and beyond its
    bias-corrected value: chance lifts the share of a clock that matters little (0.11 on average
    where the truth is 0.06). Of 24 market-years they held the true share at a nominal 95 % in 94 %
    where both clocks matter at a persistence of 0.7 (100 samples), in 95 % at 0.95 (350), and in
    94 % where only the deadline does (80).

    References
    ----------
    Shorrocks, A. F. (2013). Decomposition procedures for distributional analysis: a unified
    framework based on the Shapley value. Journal of Economic Inequality 11, 99–126.
    doi:10.1007/s10888-011-9214-z
    Kline, P. and A. Santos (2012). A score based approach to wild bootstrap inference. Journal
    of Econometric Methods 1, 23–41. doi:10.1515/2156-6674.1006

    Examples
    --------
    >>> import carbonlink as cl
    >>> volume, deadlines = cl.simulate.clock_volumes(compliance=1.5, calendar=0, rng=1)
    >>> found = cl.two_clocks(volume, deadlines=deadlines)
    >>> found.compliance_share > 0.7, bool(found.pvalues["compliance"] < 0.05)
    (True, True)
    """
    arguments = {**locals()}
    _check(weights, which, draws, horizon)
    check_level(level)
    days = event_days(data, market, deadlines, "volume", horizon, which)
    apart, aside = _identified(days.cycles)
    frame = days.frame
    if weights == "equal":
        mean = frame["outcome"].groupby(market_year(frame)).transform("mean")
        frame = frame.assign(outcome=frame["outcome"] / mean)
    cells, clocks = _cells(frame, horizon)
    fits = _fits(cells, clocks)
    tests = _tests(cells, clocks, fits, int(draws), parallel.seed_sequence(rng).spawn(2)[1])
    whole = deviance(frame["outcome"].to_numpy(), _level(frame))
    count = len(days.cycles)
    return TwoClocksResults(
        spec={
            "market": tuple(dict.fromkeys(c.market for c in days.cycles)),
            "deadlines": "published" if deadlines is None else "given",
            "horizon": tuple(int(h) for h in horizon),
            "calendar_clock": f"{clocks[CALENDAR].shape[1] + 1} half-months",
            "compliance_clock": f"{clocks[COMPLIANCE].shape[1]} steps and the days beyond",
            "market_years": count,
            "deadlines_apart_days": apart,
            "weights": weights,
            "which": which,
            "draws": int(draws),
            "level": level,
            "rng": rng if isinstance(rng, int) else str(rng),
        },
        sample=Sample.of(pd.DatetimeIndex(frame["date"].sort_values()), len(frame)),
        units={"share": "share of the explained deviance"},
        sources=days.sources,
        notes=tuple(_notes(days, count, aside)),
        recipe=Recipe(two_clocks, arguments),
        gains=tuple(fit.gain for fit in fits.values()),
        deviance=whole,
        without=_without(cells, clocks, fits),
        tests=tests,
    )


def _check(weights: str, which: str, draws: int, horizon: tuple[int, int]) -> None:
    check_choice("weights", weights, WEIGHTS)
    check_choice("which", which, CHAINS)
    whole = isinstance(draws, (int, np.integer)) and not isinstance(draws, bool)
    if not whole or draws < FEWEST_DRAWS:
        raise SpecificationError(
            f"draws={draws!r} will not do.", f"Use a whole number of at least {FEWEST_DRAWS}."
        )
    try:
        low, high = (int(h) for h in horizon)
    except (TypeError, ValueError):
        low, high = 0, -1
    if not low <= -_STEP or not high >= 0:
        raise SpecificationError(
            f"horizon={horizon!r} will not do.", "Use, for example, (-120, 20) open days."
        )


def _identified(cycles: tuple[CycleVolume, ...]) -> tuple[int, int]:
    """Return how far deadlines lie apart in the year, and the cycles aside from the main date."""
    if len(cycles) < 2:
        raise TooFewObservationsError(
            f"One market-year ({cycles[0].market} {cycles[0].label}) has one deadline.",
            "Use markets or years whose deadlines fall at different times of the year.",
        )
    ends = pd.DatetimeIndex([c.deadlines[-1] for c in cycles])
    place = ends.day_of_year.to_numpy(float)
    gap = np.abs(place[:, None] - place)
    gap = np.minimum(gap, _YEAR - gap)
    if gap.max() < LEAST_APART:
        first, last = ends[int(place.argmin())], ends[int(place.argmax())]
        raise SpecificationError(
            f"All {len(cycles)} deadlines fall within {int(gap.max())} days of the year "
            f"({first:%m-%d} to {last:%m-%d}): the time of year and the time to the deadline are "
            "one clock.",
            f"Add markets or years whose deadlines differ by {LEAST_APART} days or more.",
        )
    near = (gap < LEAST_APART).sum(axis=1).max()
    return int(gap.max()), int(len(cycles) - near)


def _cells(frame: pd.DataFrame, horizon: tuple[int, int]) -> tuple[Cells, dict[str, np.ndarray]]:
    dates = pd.DatetimeIndex(frame["date"])
    half = 2 * dates.month.to_numpy() - (dates.day.to_numpy() < _HALF)
    low, high = horizon
    edges = sorted({low, high, *range(-(-low // _STEP) * _STEP, high + 1, _STEP)})
    step = np.searchsorted(edges, frame["tau"].fillna(low).to_numpy(), side="left")
    unit = pd.factorize(market_year(frame))[0]
    keys = pd.DataFrame({"unit": unit, "half": half, "step": step})
    found = frame["outcome"].groupby([keys[c] for c in keys]).agg(["sum", "size"]).reset_index()
    cells = Cells(
        found["sum"].to_numpy(float), found["size"].to_numpy(float), found["unit"].to_numpy()
    )
    clocks = {CALENDAR: _dummies(found["half"]), COMPLIANCE: _dummies(found["step"])}
    return cells, clocks


def _dummies(level: pd.Series) -> np.ndarray:
    return pd.get_dummies(level, drop_first=True, dtype=float).to_numpy()


def _fits(
    cells: Cells,
    clocks: dict[str, np.ndarray],
    weights: np.ndarray | None = None,
    starts: dict[str, CellFit] | None = None,
) -> dict[str, CellFit]:
    """Fit the calendar clock, the compliance clock, and both."""
    designs = {**clocks, "both": np.column_stack(list(clocks.values()))}
    begin = {k: None if starts is None else starts[k].params for k in designs}
    return {k: fit_cells(cells, x, weights, begin[k]) for k, x in designs.items()}


def _without(cells: Cells, clocks: dict[str, np.ndarray], fits: dict[str, CellFit]) -> np.ndarray:
    """Return the three gains with each market-year left out, shape (G, 3)."""
    count = int(cells.unit[-1]) + 1
    kept = 1.0 - np.eye(count)
    return np.array([[f.gain for f in _fits(cells, clocks, w, fits).values()] for w in kept])


def _tests(
    cells: Cells, clocks: dict[str, np.ndarray], fits: dict[str, CellFit], draws: int, seed: Any
) -> dict[str, tuple[float, float, float]]:
    """Return of each clock, given the other: score statistic, its mean by chance, p-value."""
    weights = draw_weights(max(draws, 999), np.random.default_rng(seed), int(cells.unit[-1]) + 1)
    found = {}
    for name, other in ((CALENDAR, COMPLIANCE), (COMPLIANCE, CALENDAR)):
        scores, inverse = added_scores(cells, fits[other], clocks[other], clocks[name])
        total = scores.sum(axis=0)
        moved = weights @ scores
        drawn = ((moved @ inverse) * moved).sum(axis=1)
        observed = float(total @ inverse @ total)
        beyond = (drawn >= observed * (1 - 1e-9)).sum()
        found[name] = (observed, float(drawn.mean()), float((1 + beyond) / (1 + len(drawn))))
    return found


def _level(frame: pd.DataFrame) -> np.ndarray:
    return frame["outcome"].groupby(market_year(frame)).transform("mean").to_numpy()


def _notes(days: Any, count: int, aside: int) -> list[str]:
    notes = list(days.notes)
    if count < FEW:
        notes.append(
            f"{count} market-years: the jackknife's intervals were studied with 24, and fewer than "
            f"{FEW} may not hold their level."
        )
    if aside < 3:
        notes.append(
            f"The clocks are told apart by {aside} market-year{'s' * (aside != 1)} whose deadline "
            f"is {LEAST_APART} days or more from the others'."
        )
    several = len({c.market for c in days.cycles}) > 1
    notes += reasons([(c.market, c.label, c.note) for c in days.cycles if c.note], several)
    return [*notes, *reasons(days.refused, True, "Left out: ")]
