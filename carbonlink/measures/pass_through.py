"""How much of a carbon price reaches a power price."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference.bands import Ratio
from ..models.ecm import row_mask
from ..models.frames import check_series
from ..panel import Panel
from ..results import Recipe, Sample, check_level
from .cost_shock import Cost, gross_cost, net_cost
from .joint_prices import JointPrices, check_moves, joint_prices
from .pass_through_methods import METHODS, TAKES, Answer, Task, check_arguments
from .pass_through_rate import Rate, above_one
from .pass_through_results import PassThroughResults
from .pass_through_units import check_units, unit_notes, units_of
from .tariff_band import band_ends, inside_band
from .thinned import rare_column, thinning

CAUSE = "cause"
HORIZON = 20
DRAWS = 999


def pass_through(
    data: Any,
    cause: str,
    effect: str,
    *,
    controls: Any = None,
    intensity: Any = None,
    benchmark: Any = None,
    method: str = "ecm",
    instrument: Any = None,
    lags: int | str | None = None,
    horizon: int | None = None,
    effects: tuple[str, ...] | None = None,
    clusters: str | None = None,
    draws: int | None = None,
    trend: str | None = None,
    cov: str | None = None,
    where: Any = None,
    band: Any = None,
    margin: float = 0.2,
    level: float = 0.95,
    minimum: int = 40,
    rng: int = 0,
) -> PassThroughResults:
    """Measure how much of a carbon price reaches a power price, at once and for good.

    Parameters
    ----------
    data : Panel or DataFrame
        Prices in levels. From a Panel: genuine trades on the days on which every venue was
        open; 15-minute power prices as means of the delivery day. The rows of a frame are
        taken for the common open days; its `attrs["units"]`, a mapping by column, states units.
    cause : str
        Carbon price (yuan/t).
    effect : str
        Power price (yuan/MWh).
    controls : list of str, Series or DataFrame, optional
        Fuel prices, load and the like, in levels; they enter the long and the short run.
    intensity : float, mapping by year, Series by date, or str, optional
        e, tCO2/MWh of the marginal technology; or a region ("china", "guangdong"), whose
        average grid factor then serves the gross rate only.
    benchmark : float, mapping by year, Series by date, or str, optional
        b, tCO2/MWh, of the same technology as `intensity`; "cn_power" for the national
        market's published benchmark of conventional coal above 300 MW by year, "cn_power:
        <class>" for another class. A number is constant.
    method : {"ecm", "ardl", "nardl", "lp", "lp-iv", "iv", "dols", "tobit"}
        Error-correction model with one order for all variables; the same with the order of each
        variable chosen by itself, up to 8 lags each, or 4 with more than three controls; rises
        and falls apart; local projections of the cumulated change of the price over that of the
        cost, by itself or by an instrument; instrumental variables in levels with calendar
        effects; dynamic least squares, whose intervals are too short on fewer than some 200 rows
        (see `carbonlink.DOLS`); regression censored at the band.
    instrument : Series or "cause", optional
        For "iv" and "lp-iv": what moves the cost and reaches the price through it alone.
        "cause" takes the carbon price as the instrument of the cost τe, where e may move with
        demand.
    lags : int or str, optional
        Lags, or a criterion ("bic", "aic"). When None: "bic", and 4 lags for local projections.
    horizon : int, optional
        Last horizon of projections, whose ratio is the long run, and of the multipliers of
        "nardl"; 20 when None.
    effects : tuple of str, optional
        Absorbed by "iv": "month" (of the sample), "year", "weekday", "hour", "season"; month,
        and hour where prices are intraday, when None.
    clusters : {"day", "week", "month"}, optional
        Of the errors of "iv"; days where prices are intraday, else months, when None.
    draws : int, optional
        Bootstrap paths or draws behind bands of "nardl" and projections; 999 when None.
    trend : str, optional
        As in `carbonlink.ECM`; "c" when None. "iv" absorbs `effects` instead.
    cov : {"hac", "robust", "classical"}, optional
        "hac" when None, but that of few events for "lp-iv" where the instrument moves on fewer
        than 30 rows; not "classical" for projections. "iv" clusters its errors, by their leverage
        where the instrument moves in fewer than 30 clusters, and "dols" has a long-run variance.
    where : Series of bool or "inside_band", optional
        Days that may serve as observations.
    band : (lower, upper) or DataFrame, optional
        Tariff band of the effect: numbers, Series by date, or columns lower and upper.
    margin : float
        Half-width of the region around 1 (and 0) in which a rate counts as equivalent.
    level : float
        Confidence level of the intervals.
    minimum : int
        Fewest complete rows accepted.
    rng : int
        Seed of the draws.

    Returns
    -------
    PassThroughResults
        With notes on units taken from a column's name, on rows that a control thins, and on a
        gross rate whose set lies above 1.

    Raises
    ------
    DataError
        A price hardly ever changes, or no day is common to the markets.
    SpecificationError
        An argument has no use; or units that do not go together, or power a MWh whose unit is
        known from its name alone and whose level looks like a price a kWh.
    TooFewObservationsError
        Fewer complete rows than needed.

    Notes
    -----
    Δp_t = c − φ(p_{t-1} − θτ_{t-1} − γ'z_{t-1}) + short-run terms + u_t. θ is the marginal
    intensity that prices imply; ρ_gross = θ/e and ρ_net = θ/(e − b). Under a tradable
    performance standard output earns allowances, so the marginal cost is τ(e − b). With e and
    b constant the net rate is the gross one times e/(e − b); with e or b moving over time the
    model is estimated on the cost τe, or τ(e − b), itself. Sets and tests are Fieller's, as
    linear restrictions, and stay valid when the adjustment is slow. Which price leads which is
    not tested here. The controls and the sample matter: EU allowances into weekly German power
    gave 1.16 (0.83 to 1.50) at 0.61 tCO2/MWh from 2018 to June 2021, and 3.6 (0.7 to 9.4) from
    then to April 2025, with Henry Hub gas, which did not follow the European one, in both.

    References
    ----------
    Goulder, L. H., Long, X., Lu, J. and Morgenstern, R. D. (2022). China's unconventional
    nationwide CO2 emissions trading system. Journal of Environmental Economics and Management
    111, 102561. doi:10.1016/j.jeem.2021.102561

    Examples
    --------
    >>> import carbonlink as cl
    >>> data = cl.simulate.error_correction(600, long_run=0.8, adjustment=0.1, rng=1)
    >>> found = cl.pass_through(data, "cause", "effect", intensity=0.85, benchmark=0.80)
    >>> found.gross.lower < 0.8 / 0.85 < found.gross.upper
    True
    """
    if isinstance(data, Panel):
        cause, effect = data.label(cause), data.label(effect)
    arguments = dict(locals())
    check_choice("method", method, METHODS)
    _check_numbers(margin, check_level(level))
    own = ("instrument", "lags", "horizon", "effects", "clusters", "draws", "trend", "cov")
    check_arguments(method, {name: arguments[name] for name in own})
    joint = joint_prices(data, [cause, effect], controls)
    check_moves(joint.frame[effect], "The effect")
    check_moves(joint.frame[cause], "The cause")
    check_units(joint, cause, effect, intensity is not None or benchmark is not None)
    ends = None if band is None else band_ends(band, joint.frame[effect])
    inside = inside_band(ends, joint.frame[effect], where)
    task = _task(arguments, joint, inside if isinstance(where, str) else where, ends)
    answer = _answer(method, task, joint)
    days = joint.frame.dropna().index
    costs = (gross_cost(intensity, days), net_cost(intensity, benchmark, days))
    rates, falls = _rates(answer, task, costs, method, level, margin)
    share = float(inside.reindex(days).mean()) if inside is not None else np.nan
    return PassThroughResults(
        gross=rates[0],
        net=rates[1],
        gross_falls=falls[0] if answer.falls is not None else None,
        net_falls=falls[1] if answer.falls is not None else None,
        level=level,
        model=answer.model,
        long_run_ratio=answer.long_run,
        short_run_ratio=answer.short_run,
        falls_ratio=answer.falls,
        carbon_price=float(joint.frame[cause][days[row_mask(task.where, days)]].mean()),
        identified_share=share,
        spec=_spec(arguments, joint, answer, costs),
        sample=_sample(answer.model, joint),
        units=units_of(joint, cause, effect),
        sources=joint.sources,
        notes=_notes(rates, costs, answer, joint, arguments),
        recipe=Recipe(pass_through, arguments),
        fitted=answer.model,
    )


def _answer(method: str, task: Task, joint: JointPrices) -> Answer:
    """Estimate; where rows are too few, say which price leaves them out."""
    try:
        return METHODS[method](task)
    except TooFewObservationsError as error:
        few = rare_column(joint)
        if not few:
            raise
        remedy = 'carbonlink.aggregate(data, "W", "mean") gives all of them one frequency.'
        raise TooFewObservationsError(f"{error.message} {few}", remedy) from error


def _rates(
    answer: Answer, task: Task, costs: tuple[Cost, ...], method: str, level: float, margin: float
) -> tuple[list[Rate], list[Rate]]:
    """Gross and net rates of the effect, and of the effect of falls."""
    answers = [_rated(answer, task, cost, method) for cost in costs]
    rates, falls = (
        [
            Rate(name, found[place], level, margin, cost.reason)
            for name, found, cost in zip(("gross", "net"), answers, costs, strict=True)
        ]
        for place in (0, 1)
    )
    return rates, falls


def _task(arguments: dict[str, Any], joint: JointPrices, where: Any, band: Any) -> Task:
    """Return what the estimator is asked for, the defaults filled in."""
    cause, effect = arguments["cause"], arguments["effect"]
    further = joint.frame.drop(columns=[cause, effect])
    instrument = arguments["instrument"]
    if isinstance(instrument, str):
        check_choice("instrument", instrument, (CAUSE,))
        instrument = joint.frame[cause].rename("carbon price")
    elif instrument is not None:
        instrument = check_series(instrument, "instrument").reindex(joint.frame.index)
    filled: dict[str, Any] = {"horizon": HORIZON, "draws": DRAWS, "trend": "c"}
    filled["cov"] = None if arguments["method"] == "lp-iv" else "hac"
    plain = ("lags", "minimum", "rng", "effects", "clusters")
    return Task(
        effect=joint.frame[effect],
        shock=joint.frame[cause],
        others=further if further.shape[1] else None,
        where=where,
        instrument=instrument,
        band=band,
        **{name: arguments[name] for name in plain},
        **{n: v if arguments[n] is None else arguments[n] for n, v in filled.items()},
    )


def _rated(
    answer: Answer, task: Task, cost: Cost, method: str
) -> tuple[Ratio | None, Ratio | None]:
    """Return the rate after rises and falls: scaled where the cost is constant, else refitted."""
    if cost.per_mwh is None:
        return None, None
    if cost.constant is not None:
        falls = None if answer.falls is None else answer.falls.times(1 / cost.constant)
        return answer.long_run.times(1 / cost.constant), falls
    shock = (task.shock * cost.per_mwh.reindex(task.shock.index)).rename("carbon cost")
    chosen = {}
    if method in ("ecm", "ardl"):
        method, chosen = "ecm", {name: answer.chosen[name] for name in ("lags", "order")}
    elif "lags" in answer.chosen:
        chosen = {"lags": answer.chosen["lags"]}
    own = METHODS[method](replace(task, shock=shock, **chosen))
    return own.long_run, own.falls


def _check_numbers(margin: float, level: float) -> None:
    if not 0 < margin < 1:
        raise SpecificationError(
            f"margin={margin!r} is no equivalence margin.", "Use a number between 0 and 1: 0.2."
        )


def _spec(
    arguments: dict[str, Any], joint: JointPrices, answer: Answer, costs: tuple[Cost, Cost]
) -> dict[str, Any]:
    own = ("cause", "effect", "method", "margin", "level", "minimum")
    where, band, instrument = arguments["where"], arguments["band"], arguments["instrument"]
    named = instrument if isinstance(instrument, str) else getattr(instrument, "name", None)
    trended = arguments["method"] in TAKES["trend"]
    return {
        **{key: arguments[key] for key in own},
        "trend": (arguments["trend"] or "c") if trended else None,
        "controls": tuple(joint.frame.columns[2:]),
        **answer.chosen,
        "instrument": None if instrument is None else str(named or "given"),
        "intensity": costs[0].words,
        "benchmark": costs[1].words,
        "intensity_value": costs[0].constant,
        "net_intensity_value": costs[1].constant,
        "where": where if isinstance(where, str) else "all days" if where is None else "days given",
        "band": "none" if band is None else "given",
    }


def _sample(model: Any, joint: JointPrices) -> Sample:
    found = model.sample
    return Sample(found.start, found.end, found.nobs, (*_counted(joint.dropped), *found.dropped))


def _counted(dropped: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((reason, count) for reason, count in dropped.items() if count)


def _notes(
    rates: list[Rate],
    costs: tuple[Cost, Cost],
    answer: Answer,
    joint: JointPrices,
    arguments: dict[str, Any],
) -> tuple[str, ...]:
    notes = [f"The {r.name} rate is not defined: {r.reason}." for r in rates if r.ratio is None]
    e, gap = (cost.constant for cost in costs)
    if e and gap:
        notes.append(
            f"With constant e and b the net rate is the gross one times e/(e − b) = {e / gap:.4g}."
        )
    rated = any(rate.ratio is not None for rate in rates)
    notes += unit_notes(joint, arguments["cause"], arguments["effect"], rated)
    notes += above_one(rates)
    if "average" in costs[0].words:
        notes.append("The gross rate stands on an average grid factor, which is not marginal.")
    if costs[1].per_mwh is not None and (costs[1].per_mwh < 0).any():
        notes.append("e − b is negative: at the margin the allowance price is a subsidy.")
    if arguments["band"] is not None:
        notes.append("A band of medium- and long-term contracts does not bound spot prices.")
    if isinstance(arguments["where"], str):
        notes.append("Days are selected by the effect itself, which biases rates towards zero.")
    notes += _method_notes(arguments["method"], answer)
    notes += thinning(joint)
    if joint.synthetic:
        notes.append(f"Synthetic demonstration data: {', '.join(joint.synthetic)}.")
    return (*notes, *answer.model.notes)


def _method_notes(method: str, answer: Answer) -> list[str]:
    bounded = answer.long_run.confidence_set().kind == "interval"
    if method in ("ecm", "ardl", "nardl"):
        words = ["The rates are those after rises; the others are named falls."]
        words = words if method == "nardl" else []
        if not bounded:
            words.append(
                "The long run is not bounded: the adjustment may be zero at the 5 % level."
            )
        return words
    if method in ("lp", "lp-iv"):
        horizon = answer.chosen["horizon"]
        words = [f"The long run is the ratio of cumulated changes at horizon {horizon}."]
    elif method == "iv":
        words = ["Instrumental variables give the effect within the period, not a long run."]
    else:
        return []
    if method in ("iv", "lp-iv") and answer.model.weak:
        words.append("The instrument is weak: the Anderson–Rubin set is valid, the estimate not.")
    elif not bounded:
        words.append("The effect is not bounded at the 5 % level.")
    return words
