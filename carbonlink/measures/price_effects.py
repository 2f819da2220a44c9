"""What prices do before compliance deadlines: run-up, volatility, and the discount of blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import (
    DeadlineError,
    SpecificationError,
    TooFewObservationsError,
    UnknownMarketError,
    check_choice,
    check_level,
)
from ..facts.deadlines import CHAINS
from ..inference import parallel
from ..panel import Panel
from ..results import Recipe, Sample
from .abnormal_variance import MarketVariance, market_variance, with_ratios
from .cycles import Refusal, deadlines_of, reasons
from .daily_volumes import check_deadline_names
from .deadline_events import DeadlineEvent, Track, cut_event, overlapping, track
from .event_battery import TESTS
from .event_discounts import discount_rows
from .event_returns import deadlines_by_market, factor_levels, returns_by_market
from .genuine_returns import GenuineReturns
from .price_effects_results import PriceEffectsResults

RETURNS = ("trade_to_trade", "lumped")
VARIANCES = ("garch", "constant")
_NEARLY_INTEGRATED = 0.999


def price_effects(
    data: Any,
    markets: str | Iterable[str] | None = None,
    window: int = 30,
    *,
    deadlines: Any = None,
    factors: Any = None,
    estimation: int = 120,
    returns: str = "trade_to_trade",
    variance: str = "garch",
    test: str = "cluster",
    minimum_tonnes: float | None = None,
    which: str = "final",
    draws: int = 1999,
    level: float = 0.95,
    rng: Any = 0,
) -> PriceEffectsResults:
    """Measure what prices do in the window before compliance deadlines.

    Parameters
    ----------
    data : Panel, DataFrame or Series
        A frame or series holds returns, in per cent; missing values are days without a trade,
        whose change is in the next return.
    markets : str or list of str, optional
        Labels or columns; of a panel, when None, the markets in which allowances are surrendered
        or that a mapping of deadlines names. For a series, its name.
    window : int
        Sessions of the run-up, the last one being that of the deadline.
    deadlines : list of dates, or mapping of market to list, optional
        In place of the published ones.
    factors : str, list of str, DataFrame or Series, optional
        What the normal return is regressed on: labels of the panel (their log prices), or
        returns in per cent. A constant mean when None.
    estimation : int
        Sessions before the window from which the normal return is estimated; sessions in the
        window of another deadline are left out.
    returns : {"trade_to_trade", "lumped"}
        Returns over their true spans, the normal one and the variance growing with the span; or
        zeros on days without a trade and the whole change on the next one.
    variance : {"garch", "constant"}
        What abnormal volatility is measured against: a GARCH forecast, or the variance of the
        estimation days.
    test : str
        "cluster", "cluster_standardised", "wild", "adjusted_bmp", "bmp", "rank", "grank" or
        "calendar": whose p-value is the result's; all of them stand in `diagnostics()`.
    minimum_tonnes : float, optional
        Of a Panel: listed tonnes that make a price genuine; 100 when None.
    which : {"final", "announced", "statutory", "interim"}
        Published deadline used.
    draws : int
        Draws of other dates for the windows, and of the wild bootstrap where not all weights are
        used.
    level : float
    rng : int, SeedSequence or Generator

    Returns
    -------
    PriceEffectsResults

    Raises
    ------
    DeadlineError
        No deadline is known for the one market asked for.
    SpecificationError
        A window longer than every cycle; an argument without an allowed value.
    TooFewObservationsError
        No deadline has enough returns before it.

    Notes
    -----
    With r_t the return over n_t sessions, r_t = n_t μ + f_t'b + √n_t σ ε_t on the estimation
    sessions; abnormal returns A_t = r_t − n_t μ̂ − f_t'b̂ in the window, CAR = Σ A_t, SCAR = CAR over
    its error of prediction σ̂ √(Σ n_t + x'(X'X)⁻¹x), x = Σ (n_t, f_t). A return belongs to the
    window if at least half of its sessions do; others that reach into it are left out. A deadline
    is left out, with its reason in `refused` and the notes, where the price was held before its
    window: the standard deviation of the estimation returns a session, r_t/√n_t, is under 0.2
    times the market's typical move, 1.4826 times the median |r_t|/√n_t of all its returns that
    are not 0. σ̂ would then be the error of nothing, and one such SCAR outweighs all others.

    Abnormal volatility is the mean over the window of ε_t²/H_t − 1; times the sessions of the
    window and cumulated, the CAV of Białkowski, Gottschalk and Wisniewski (2008). H_t is the
    variance of the return's sessions as a GARCH(1,1) forecasts it at the window's start,
    E[h_{t*+k}] = ω Σ_{j<k} (α + β)^j + (α + β)^k h_{t*} with t* the first session. The GARCH is
    fitted to all returns outside the windows, at least 250, and iterated through the windows
    without their shocks. Theirs is fitted to the 500 days before each event, and their M_t takes
    out the mean over the events of a day and scales what is left,
    M_t = Σ_i (N ε_it − Σ_j ε_jt)²/(N(N − 2) h_it + Σ_j h_jt)/(N − 1), the volatility that is each
    market's own; here pilots share a deadline and what they share is part of the answer. It is
    tested on the same windows moved to other dates, whole groups together (`placebo_test`): the
    p-value and the interval are of its mean relative to theirs, `excess_over_placebos`.
    ``variance="constant"`` has A_t²/(n_t σ̂² (1 + h_t)) (m − 2)/m − 1 instead, m the degrees of
    freedom of σ̂ and h_t the leverage, with the wild bootstrap over groups.

    Deadlines fall together: pilots share a date or a month. The default test takes groups of
    overlapping windows as clusters: t of the mean CAR by the CR2 variance with Satterthwaite's
    degrees of freedom, exact for normal returns and groups of one size. On six markets with
    correlated returns it rejects at a nominal 5 % in 4.7 % on eight years, 4.0 % with up to 70 % of
    days without a trade and 6.0 % on five years (the wild bootstrap 5.0, 4.0 and 7.0 %, BMP 22 to
    29 %); `benchmarks/price_effects.py` has more, the other tests, and the size of the test of
    abnormal volatility.

    References
    ----------
    Boehmer, E., J. Musumeci and A. B. Poulsen (1991). Journal of Financial Economics 30, 253–272.
    doi:10.1016/0304-405X(91)90032-F
    Maynes, E. and J. Rumsey (1993). Conducting event studies with thinly traded stocks. Journal
    of Banking & Finance 17, 145–157.
    Kolari, J. W. and S. Pynnönen (2010). Review of Financial Studies 23, 3996–4025.
    doi:10.1093/rfs/hhq072
    Kolari, J. W. and S. Pynnönen (2011). Journal of Empirical Finance 18, 953–971.
    Białkowski, J., K. Gottschalk and T. P. Wisniewski (2008). Stock market volatility around
    national elections. Journal of Banking & Finance 32, 1941–1953.
    doi:10.1016/j.jbankfin.2007.12.021
    Cameron, A. C., J. B. Gelbach and D. L. Miller (2008). Review of Economics and Statistics 90,
    414–427. doi:10.1162/rest.90.3.414

    Examples
    --------
    >>> import carbonlink as cl
    >>> r = cl.simulate.garch(1500, rng=1).rename("mine")
    >>> ends = [str(r.index[i].date()) for i in range(200, 1500, 240)]
    >>> found = cl.price_effects(r, deadlines=ends, window=20)
    >>> len(found.table), bool(found.pvalue > 0.05)
    (6, True)
    """
    arguments = {**locals()}
    _check(window, estimation, returns, variance, test, which, draws, level, rng)
    seed = parallel.seed_sequence(rng)
    arguments["rng"] = rng if isinstance(rng, int) else seed
    found, refused = returns_by_market(data, markets, deadlines, minimum_tonnes)
    check_deadline_names(deadlines, found)
    events, ends, tracks = _events(
        found, data, deadlines, factors, returns, window, estimation, which, refused
    )
    if not events:
        _refuse_all(refused, window)
    variances: dict[str, MarketVariance] = {}
    without: list[str] = []
    if variance == "garch":
        variances, without = _variances(tracks, ends, events, window)
        events = tuple(with_ratios(e, variances.get(e.market), window) for e in events)
    groups = overlapping(events)
    discounts = discount_rows(data, ends, window) if isinstance(data, Panel) else pd.DataFrame()
    return PriceEffectsResults(
        spec=_spec(arguments, found, seed),
        sample=_sample(events),
        units=_units(found),
        sources=tuple(dict.fromkeys(s for one in found.values() for s in one.sources)),
        notes=(*_notes(data, found, events, groups, refused), *without),
        recipe=Recipe(price_effects, arguments),
        events=events,
        groups=groups,
        variances=variances,
        refused=tuple(refused),
        discounts=discounts,
        draws=int(draws),
        seed=parallel.seed_sequence(seed).spawn(1)[0],
    )


def _check(window, estimation, returns, variance, test, which, draws, level, rng) -> None:
    check_choice("returns", returns, RETURNS)
    check_choice("variance", variance, VARIANCES)
    check_choice("test", test, TESTS)
    check_choice("which", which, CHAINS)
    check_level(level)
    limits = (("window", window, 2), ("estimation", estimation, 30), ("draws", draws, 99))
    for name, value, least in limits:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise SpecificationError(
                f"{name}={value!r} will not do.", f"Use a whole number of at least {least}."
            )


def _events(
    found, data, deadlines, factors, returns, window, estimation, which, refused
) -> tuple[tuple[DeadlineEvent, ...], dict[str, pd.DatetimeIndex], dict[str, Track]]:
    levels = factor_levels(data, factors)
    events: list[DeadlineEvent] = []
    ends: dict[str, pd.DatetimeIndex] = {}
    tracks: dict[str, Track] = {}
    for label, one in found.items():
        try:
            given = deadlines_of(deadlines, label)
            ends[label] = deadlines_by_market(label, given, which, one, refused)
        except (DeadlineError, UnknownMarketError) as error:
            if len(found) == 1:
                raise
            refused.append((label, "", error.message))
            continue
        own = None if levels is None else levels.drop(columns=label, errors="ignore")
        laid = tracks[label] = track(one, label, own, returns)
        for day in ends[label]:
            if day > one.sessions[-1]:
                reason = f"the sample ends {one.sessions[-1].date()}, before the deadline"
                refused.append((label, str(day.date()), reason))
                continue
            if day < one.sessions[0]:
                if given is not None:
                    reason = f"the deadline is before the first row, {one.sessions[0].date()}"
                    refused.append((label, str(day.date()), reason))
                continue
            cut = cut_event(laid, day, str(day.date()), ends[label], window, estimation)
            if isinstance(cut, str):
                refused.append((label, str(day.date()), cut))
            else:
                events.append(cut)
    return tuple(events), ends, tracks


def _variances(
    tracks: dict[str, Track],
    ends: dict[str, pd.DatetimeIndex],
    events: tuple[DeadlineEvent, ...],
    window: int,
) -> tuple[dict[str, MarketVariance], list[str]]:
    """Fit the variance of every market with an event; a note on each that has none."""
    kept, notes = {}, []
    for market in dict.fromkeys(e.market for e in events):
        found = market_variance(tracks[market], ends[market], window)
        if isinstance(found, str):
            notes.append(
                f'{market}: no abnormal variance, {found}; variance="constant" takes that of the '
                "days before the window."
            )
            continue
        kept[market] = found
        if found.fit.persistence > _NEARLY_INTEGRATED:
            notes.append(
                f"{market}: the persistence of its variance is {found.fit.persistence:.3f}, so "
                "that forecasts over the window hardly return to a level; test for breaks."
            )
    return kept, notes


def _refuse_all(refused: list[Refusal], window: int) -> None:
    lines = reasons(refused, True)
    shown = " ".join(lines[:5]) + (f" And {len(lines) - 5} more." if len(lines) > 5 else "")
    if any(reason.startswith("the window of") for _, _, reason in refused):
        raise SpecificationError(f"window={window} fits no cycle. {shown}", "Use a shorter window.")
    raise TooFewObservationsError(
        f"No deadline has enough returns before it. {shown}",
        "Give a longer sample, other deadlines, or a lower minimum_tonnes.",
    )


def _spec(arguments: dict, found: dict, seed: np.random.SeedSequence) -> dict[str, Any]:
    spec = {k: v for k, v in arguments.items() if k not in ("data", "markets", "deadlines")}
    factors = arguments["factors"]
    if isinstance(factors, pd.DataFrame):
        factors = tuple(str(c) for c in factors.columns)
    elif isinstance(factors, pd.Series):
        factors = (str(factors.name),)
    elif factors is not None:
        factors = (factors,) if isinstance(factors, str) else tuple(factors)
    spec["factors"] = factors if factors is not None else "none: constant mean"
    spec["rng"] = arguments["rng"] if isinstance(arguments["rng"], int) else str(seed.entropy)
    source = "published" if arguments["deadlines"] is None else "given"
    return {"market": tuple(found), "deadlines": source, **spec}


def _sample(events: tuple[DeadlineEvent, ...]) -> Sample:
    index = events[0].dates
    for event in events[1:]:
        index = index.union(event.dates)
    return Sample.of(pd.DatetimeIndex(index), sum(len(e.dates) for e in events))


def _units(found: dict[str, GenuineReturns]) -> dict[str, str]:
    kinds = {one.unit for one in found.values()}
    unit = kinds.pop() if len(kinds) == 1 else "unit of the returns"
    return {
        "run_up": unit,
        "standardised_run_up": "errors of prediction",
        "excess_variance": "% of the variance expected",
        "excess_over_placebos": "% of the mean over windows on other dates",
    }


def _notes(data, found, events, groups, refused) -> tuple[str, ...]:
    notes = []
    if isinstance(data, Panel):
        made = [m for m in found if m in data.synthetic]
        notes += [f"Synthetic demonstration data: {', '.join(made)}."] if made else []
    count = int(groups.max()) + 1
    notes.append(
        f"{len(events)} deadlines of {len({e.market for e in events})} market(s) in {count} "
        "group(s) of overlapping windows, the clusters of every pooled statement."
    )
    for one in found.values():
        notes += [n for n in one.notes if not n.startswith("Synthetic") and n not in notes]
    notes = [n for n in notes if "not used (prefer= overrides)" not in n]
    return (*notes, *reasons(refused, True, "Left out: "))
