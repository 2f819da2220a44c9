"""How far trading crowds before compliance deadlines, and whether chance would do the same."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import (
    CarbonlinkWarning,
    DeadlineError,
    SpecificationError,
    TooFewObservationsError,
    check_choice,
)
from ..facts.deadlines import CHAINS
from ..inference import parallel
from ..inference.shares import share_errors
from ..results import Recipe, Sample, check_level
from .concentration_results import ConcentrationResults
from .concentration_rows import UNITS, cycle_rows, market_rows, pooled_row
from .cycles import CycleVolume, Refusal, check_cycle, cut, deadlines_of, reasons
from .daily_volumes import DailyVolumes, check_deadline_names, check_is_market, daily_volumes
from .rotation_test import NULLS, SHIFTS, RotationTest

BLOCK_DRAWS = 1999
"""Draws of blocks for a cycle's interval: at most these, for they only give a standard error."""

FEWEST_DRAWS = 19

_STATIONARY = (
    "The rotation test takes volume to be stationary within a cycle: a trend over the cycle, as in "
    "a market's launch year, makes it reject too often."
)


def concentration(
    data: Any,
    market: str | Iterable[str] | None = None,
    deadlines: Any = None,
    window: int = 30,
    *,
    kind: str = "total",
    basis: str = "volume",
    cycle: Any = "compliance",
    days: str = "open",
    which: str = "final",
    null: str = "rotation",
    shift: str = "independent",
    draws: int = 9999,
    level: float = 0.95,
    rng: Any = 0,
) -> ConcentrationResults:
    """Measure how far trading crowds into the window before compliance deadlines.

    Parameters
    ----------
    data : Panel, DataFrame or Series
        Daily quantities. From a Panel: every session of the venue, 0 where nothing traded. A
        frame has one column a market; a frame or series is taken as given: 0 is an open day
        without a trade, a missing value a closed or unknown day, which is left out and counted.
    market : str or list of str, optional
        Markets of the panel or columns of the frame; for a series, its name, under which
        published deadlines are looked up. When None: all columns, and of a panel the markets in
        which allowances are surrendered or that a mapping of deadlines names.
    deadlines : list of dates, or mapping of market to list, optional
        Surrender deadlines in place of the published ones.
    window : int
        Days of the window that ends at the deadline.
    kind : {"total", "listed", "block"}
        Trades counted; other than "total" needs a Panel.
    basis : {"volume", "value"}
        Quantity, or turnover in money. A frame or series is named so, not converted.
    cycle : {"compliance", "calendar"} or (start, end)
        From the day after one deadline to the next, calendar years, or one span of dates.
    days : {"open", "calendar"}
        What the window counts.
    which : {"final", "announced", "statutory", "interim"}
        Published deadline used; "final" falls back on the announced and the statutory one.
        "interim" ends cycles at the day by which a first share is due (95 % of the units of the
        national market on 2021-12-15 and 2023-11-15), where there is one.
    null : {"rotation", "iid"}
        "iid" shuffles single days and over-rejects; it gives a `CarbonlinkWarning`.
    shift : {"independent", "common"}
        Whether markets turn independently, or together within a deadline year, which keeps
        their dependence; "common" also makes deadline years the clusters of the intervals.
    draws : int
        Joint rotations drawn. One single cycle is rotated exactly instead.
    level : float
        Confidence level of the table's intervals.
    rng : int, SeedSequence or Generator
        Seed.

    Returns
    -------
    ConcentrationResults

    Raises
    ------
    DeadlineError
        No deadline is known for the one market asked for.
    DataError
        Negative quantities; unsorted or repeated days.
    SpecificationError
        A window that no cycle can hold; an argument without an allowed value.
    TooFewObservationsError
        No cycle can be measured.

    Notes
    -----
    With q_t the volume of a cycle's n open days, W the window, f = |W|/n and s_t = q_t/Σq:
    S = Σ_{t∈W} s_t, R = S/f, E = S − f, HHI = Σs², HHI* = (HHI − 1/n)/(1 − 1/n), T = Σ s ln(n s)
    = T_B + Σ_g S_g T_g over window and rest, Φ = T_B/T with
    T_B = S ln(S/f) + (1 − S) ln((1 − S)/(1 − f)). Pooled figures are means over cycles.

    p-values: each cycle is rotated in a circle by a uniform number of days; p is the share of
    rotations whose (mean) S is at least the observed one. One cycle of n days cannot give
    less than 1/n. At a nominal 5 % the test of five cycles of 244 days with 20 % zero days and a
    window of 40 rejects 5.5, 5.5 and 5.5 % for a log-volume persistence of 0, 0.7 and 0.95 (the
    iid test 5.9, 17.1 and 29.8 %).

    Intervals of one cycle's S and Φ: circular blocks drawn inside the window and inside the rest
    separately, on the log-odds scale. They are too short where volume is very persistent: at a
    nominal 95 % they held 92, 88 and 63 % for a persistence of 0, 0.7 and 0.95 (244 days,
    window 30). Of pooled figures: wild cluster bootstrap-t over cycles below twenty, cluster
    bootstrap-t from twenty.

    References
    ----------
    Theil, H. (1967). Economics and Information Theory. North-Holland.
    Politis, D. N. and J. P. Romano (1992). A circular block-resampling procedure for stationary
    data. In R. LePage and L. Billard (eds), Exploring the Limits of Bootstrap. Wiley, 263–270.
    Politis, D. N. and H. White (2004). Econometric Reviews 23, 53–70.
    doi:10.1081/ETC-120028836

    Examples
    --------
    >>> import carbonlink as cl
    >>> volume, deadlines = cl.simulate.volumes(cycles=4, window=30, intensity=4, rng=1)
    >>> found = cl.concentration(volume, deadlines=deadlines, window=30, draws=999)
    >>> round(found.window_share, 2), found.pvalue < 0.01
    (0.33, True)
    """
    arguments = {**locals()}
    cycle = _check(window, cycle, days, which, null, shift, draws)
    seed = parallel.seed_sequence(rng)
    arguments["rng"] = rng if isinstance(rng, int) else seed
    amounts = daily_volumes(data, market, deadlines, kind, basis)
    _check_deadlines(deadlines, which, list(amounts.series))
    check_level(level)
    cycles, refused = _cycles(amounts, deadlines, window, cycle, days, which)
    test = _test(cycles, window, null, shift, draws, seed)
    errors = _errors(test, window, draws, seed)
    rows = cycle_rows(test, errors, window, level)
    remarks = _remarks(amounts, null)
    return ConcentrationResults(
        spec=_spec(arguments, list(amounts.series), cycle, seed),
        sample=_sample(amounts, cycles),
        units=UNITS[basis],
        sources=amounts.sources,
        notes=(*remarks, *_notes(cycles, refused, errors, null)),
        recipe=Recipe(concentration, arguments),
        rows=rows,
        markets=market_rows(test, rows),
        pooled=pooled_row(test, rows),
        refused=tuple(refused),
        remarks=remarks,
        test=test,
        errors=errors,
    )


def _check(window, cycle, days, which, null, shift, draws) -> Any:
    check_choice("days", days, ("open", "calendar"))
    check_choice("which", which, CHAINS)
    check_choice("null", null, NULLS)
    check_choice("shift", shift, SHIFTS)
    for name, value, least in (("window", window, 1), ("draws", draws, FEWEST_DRAWS)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise SpecificationError(
                f"{name}={value!r} will not do.", f"Use a whole number of at least {least}."
            )
    if null == "iid":
        if shift == "common":
            raise SpecificationError(
                'shift="common" turns cycles together; null="iid" does not turn them.',
                'Leave shift out, or use null="rotation".',
            )
        warnings.warn(
            'null="iid" shuffles days as if volume had no memory and rejects a true null too '
            'often (about 30 % at a nominal 5 % under persistence). Use null="rotation".',
            CarbonlinkWarning,
            stacklevel=3,
        )
    return check_cycle(cycle)


def _check_deadlines(deadlines: Any, which: str, labels: Iterable[str]) -> None:
    check_deadline_names(deadlines, labels)
    given = all(deadlines_of(deadlines, label) is not None for label in labels)
    if which != "final" and given:
        raise SpecificationError(
            f"which={which!r} chooses among published deadlines, but deadlines= are given.",
            "Leave one of the two out.",
        )


def _cycles(
    amounts: DailyVolumes, deadlines: Any, window: int, cycle: Any, days: str, which: str
) -> tuple[tuple[CycleVolume, ...], list[Refusal]]:
    alone = len(amounts.series) == 1 and not amounts.refused
    kept: list[CycleVolume] = []
    refused = list(amounts.refused)
    for label, series in amounts.series.items():
        own = deadlines_of(deadlines, label)
        try:
            if own is None:
                check_is_market(label)
            found, left_out = cut(series, label, own, cycle, days, which)
        except DeadlineError as error:
            if alone:
                raise
            refused.append((label, "", error.message))
            continue
        refused += left_out
        for one in found:
            reason = one.problem(window)
            if reason:
                refused.append((label, one.label, reason))
            else:
                kept.append(one)
    if not kept:
        _refuse_all(refused, window)
    return tuple(kept), refused


def _refuse_all(refused: list[Refusal], window: int) -> None:
    lines = reasons(refused, True)
    shown = " ".join(lines[:5])
    more = f" And {len(lines) - 5} more." if len(lines) > 5 else ""
    if any(r.startswith("the window of") for _, _, r in refused):
        raise SpecificationError(
            f"window={window} fits no cycle. {shown}{more}", "Use a shorter window."
        )
    raise TooFewObservationsError(
        f"No cycle can be measured. {shown}{more}",
        "Give one whole cycle with its deadline: a longer sample, other deadlines, or cycle=.",
    )


def _test(cycles, window, null, shift, draws, seed) -> RotationTest:
    child = parallel.seed_sequence(seed).spawn(1)[0]
    widths = np.array([window])
    widths.flags.writeable = False
    return RotationTest(cycles, widths, null, shift, int(draws), child)


def _errors(test: RotationTest, window: int, draws: int, seed: Any) -> tuple:
    children = parallel.seed_sequence(seed).spawn(2)[1].spawn(len(test.cycles))
    size = min(int(draws), BLOCK_DRAWS)
    return tuple(
        share_errors(size, np.random.default_rng(child), cycle.volume, cycle.inside(window))
        for cycle, child in zip(test.cycles, children, strict=True)
    )


def _spec(arguments: dict, labels: list[str], cycle: Any, seed: np.random.SeedSequence) -> dict:
    spec = {k: v for k, v in arguments.items() if k not in ("data", "market", "deadlines")}
    given = arguments["deadlines"]
    spec["cycle"] = cycle if isinstance(cycle, str) else tuple(str(d.date()) for d in cycle)
    spec["rng"] = arguments["rng"] if isinstance(arguments["rng"], int) else str(seed.entropy)
    spec["window"], spec["draws"] = int(spec["window"]), int(spec["draws"])
    source = "published" if given is None else "given"
    if given is not None and not isinstance(given, Mapping):
        del spec["which"]
    return {"market": tuple(labels), "deadlines": source, **spec}


def _sample(amounts: DailyVolumes, cycles: tuple[CycleVolume, ...]) -> Sample:
    index = cycles[0].dates
    for one in cycles[1:]:
        index = index.union(one.dates)
    used = sum(len(c.volume) for c in cycles)
    rows = sum(len(s) for s in amounts.series.values())
    dropped = {
        "closed or unknown days": amounts.missing,
        "open days outside the cycles used": rows - used,
    }
    return Sample.of(pd.DatetimeIndex(index), used, dropped)


def _remarks(amounts: DailyVolumes, null: str) -> tuple[str, ...]:
    shuffled = "p-values shuffle single days: they ignore the memory of volume and are too small."
    return (*amounts.notes, shuffled if null == "iid" else _STATIONARY)


def _notes(cycles, refused, errors, null) -> list[str]:
    notes = []
    several = len({c.market for c in cycles}) > 1
    if len(cycles) == 1:
        n = len(cycles[0].volume)
        floor = f", and p cannot be below 1/{n} = {1 / n:.4f}" if null == "rotation" else ""
        notes.append(f"One cycle of {n} open days: no statement over cycles is made{floor}.")
    notes += reasons([(c.market, c.label, c.note) for c in cycles if c.note], several)
    unsure = [(c.market, c.label, e.reason) for c, e in zip(cycles, errors, strict=True)]
    notes += reasons([one for one in unsure if one[2]], several)
    if any("deadline is known" in reason or "not known" in reason for _, _, reason in refused):
        notes.append(
            "A missing deadline can be given as deadlines=, or added with its source to "
            "carbonlink/facts/tables/deadlines.csv."
        )
    return notes + reasons(refused, True, "Left out: ")
