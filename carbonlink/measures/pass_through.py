"""How much of a carbon price reaches a power price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..models.ardl import choose
from ..models.ecm import fit_ecm
from ..models.ecm_results import ECMResults
from ..results import Recipe, Sample, check_level
from .cost_shock import Cost, gross_cost, net_cost
from .joint_prices import JointPrices, check_moves, joint_prices
from .pass_through_rate import Rate
from .pass_through_results import RATE_UNIT, PassThroughResults

METHODS = ("ecm", "ardl")
INSIDE = "inside_band"


def pass_through(
    data: Any,
    cause: str,
    effect: str,
    *,
    controls: Any = None,
    intensity: Any = None,
    benchmark: Any = None,
    method: str = "ecm",
    lags: int | str = "bic",
    trend: str = "c",
    cov: str = "hac",
    where: Any = None,
    band: Any = None,
    margin: float = 0.2,
    level: float = 0.95,
    minimum: int = 40,
) -> PassThroughResults:
    """Measure how much of a carbon price reaches a power price, at once and for good.

    Parameters
    ----------
    data : Panel or DataFrame
        Prices in levels. From a Panel: genuine trades on the days on which every venue was
        open; 15-minute power prices as means of the delivery day. The rows of a frame are
        taken for the common open days.
    cause : str
        Carbon price (yuan/t).
    effect : str
        Power price (yuan/MWh).
    controls : list of str, Series or DataFrame, optional
        Fuel prices, load and the like, in levels; they enter the long and the short run.
    intensity : float, Series or str, optional
        e, tCO2/MWh of the marginal technology; or a region ("china", "guangdong"), whose
        average grid factor then serves the gross rate only.
    benchmark : float, Series or str, optional
        b, tCO2/MWh, of the same technology as `intensity`; "cn_power" for the national
        market's published benchmark of conventional coal above 300 MW by year, "cn_power:
        <class>" for another class. A number is constant.
    method : {"ecm", "ardl"}
        Error-correction model with one order for all variables; or the same with the order of
        each variable chosen by itself, up to 8 lags each, or 4 with more than three controls
        (needs a criterion in `lags`).
    lags, trend, cov : optional
        As in `carbonlink.ECM`.
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

    Returns
    -------
    PassThroughResults

    Raises
    ------
    DataError
        A price hardly ever changes, or no day is common to the markets.
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
    not tested here.

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
    arguments = dict(locals())
    check_choice("method", method, METHODS)
    _check_numbers(margin, check_level(level))
    joint = joint_prices(data, [cause, effect], controls)
    check_moves(joint.frame[effect], "The effect")
    check_moves(joint.frame[cause], "The cause")
    _check_units(joint, cause, effect, intensity is not None or benchmark is not None)
    inside = _inside(band, joint.frame[effect], where)
    rows = inside if isinstance(where, str) else where
    settings: dict[str, Any] = {"trend": trend, "cov": cov, "where": rows, "minimum": minimum}
    further = joint.frame.drop(columns=[cause, effect])
    others = further if further.shape[1] else None
    model = _model(joint.frame[effect], joint.frame[cause], others, method, lags, settings)
    days = joint.frame.dropna().index
    costs = (gross_cost(intensity, days), net_cost(intensity, benchmark, days))
    rates = []
    for name, cost in zip(("gross", "net"), costs, strict=True):
        ratio = _ratio(model, joint, cause, effect, others, cost, settings)
        rates.append(Rate(name, ratio, level, margin, cost.reason))
    share = float(inside.reindex(days).mean()) if inside is not None else np.nan
    return PassThroughResults(
        gross=rates[0],
        net=rates[1],
        level=level,
        model=model,
        identified_share=share,
        spec=_spec(arguments, joint, model, costs),
        sample=_sample(model, joint),
        units=_units(joint, cause, effect),
        sources=joint.sources,
        notes=_notes(rates, costs, model, joint, band, where),
        recipe=Recipe(pass_through, arguments),
        fitted=model,
    )


def _model(
    effect: pd.Series,
    cause: pd.Series,
    others: pd.DataFrame | None,
    method: str,
    lags: int | str,
    settings: dict[str, Any],
) -> ECMResults:
    """Return the error-correction model, its orders common or chosen one by one."""
    if method == "ecm":
        return fit_ecm(effect, cause, others, lags=lags, **settings)
    if not isinstance(lags, str):
        raise SpecificationError(
            f'method="ardl" chooses each order by itself; lags={lags!r} leaves no choice.',
            'Use lags="bic" or "aic", or method="ecm".',
        )
    about = {key: settings[key] for key in ("trend", "where", "minimum")}
    most = 4 if others is not None and others.shape[1] > 3 else 8
    found = choose(effect, cause, others, lags, None, most, fixed=None, **about)
    return fit_ecm(effect, cause, others, lags=found.lags, order=found.orders, **settings)


def _check_numbers(margin: float, level: float) -> None:
    if not 0 < margin < 1:
        raise SpecificationError(
            f"margin={margin!r} is no equivalence margin.", "Use a number between 0 and 1: 0.2."
        )


def _check_units(joint: JointPrices, cause: str, effect: str, rated: bool) -> None:
    """Refuse units in which θ is not tCO2/MWh, where they are known."""
    cause_unit, effect_unit = joint.units[cause], joint.units[effect]
    if cause_unit and effect_unit:
        money = {unit.split("/")[0] for unit in (cause_unit, effect_unit)}
        if len(money) > 1:
            raise SpecificationError(
                f"{effect} is in {effect_unit} and {cause} in {cause_unit}: two currencies.",
                "Convert one of them at the day's exchange rate first.",
            )
    if not rated:
        return
    for name, unit, wanted in (
        (effect, effect_unit, ("/MWh",)),
        (cause, cause_unit, ("/t", "/tCO2", "/tCO2e")),
    ):
        if unit and not unit.endswith(wanted):
            raise SpecificationError(
                f"{name} is in {unit}; intensity and benchmark need a price {wanted[0]}.",
                "1 yuan/kWh is 1000 yuan/MWh." if "kWh" in unit else "Choose another series.",
            )


def _inside(band: Any, effect: pd.Series, where: Any) -> pd.Series | None:
    """Return whether the effect lies strictly inside its band, None without a band."""
    if isinstance(where, str):
        check_choice("where", where, (INSIDE,))
        if band is None:
            raise SpecificationError(
                'where="inside_band" needs a band.', "Give band=(lower, upper)."
            )
    if band is None:
        return None
    if isinstance(band, pd.DataFrame):
        if not {"lower", "upper"} <= set(band.columns):
            raise SpecificationError("band has no columns lower and upper.")
        band = (band["lower"], band["upper"])
    if not isinstance(band, (tuple, list)) or len(band) != 2:
        raise SpecificationError(f"band={band!r} is no band.", "Give (lower, upper).")
    lower, upper = (
        end.reindex(effect.index) if isinstance(end, pd.Series) else pd.Series(end, effect.index)
        for end in band
    )
    lower, upper = lower.astype(float), upper.astype(float)
    if lower.isna().any() or upper.isna().any():
        raise SpecificationError("band has no value on some dates of the sample.")
    if (lower >= upper).any():
        raise SpecificationError("The lower end of the band is not below the upper one.")
    return (effect > lower) & (effect < upper)


def _ratio(
    model: ECMResults,
    joint: JointPrices,
    cause: str,
    effect: str,
    others: pd.DataFrame | None,
    cost: Cost,
    settings: dict[str, Any],
) -> Any:
    """Return the rate as a ratio: scaled where the cost per MWh is constant, else refitted."""
    if cost.per_mwh is None:
        return None
    if cost.constant is not None:
        return model.long_run_ratio(cause).times(1 / cost.constant)
    shock = (joint.frame[cause] * cost.per_mwh.reindex(joint.frame.index)).rename("carbon cost")
    orders = {"lags": model.spec["lags"], "order": model.spec["order"]}
    own = fit_ecm(joint.frame[effect], shock, others, **orders, **settings)
    return own.long_run_ratio("carbon cost")


def _spec(
    arguments: dict[str, Any], joint: JointPrices, model: ECMResults, costs: tuple[Cost, Cost]
) -> dict[str, Any]:
    own = ("cause", "effect", "method", "trend", "margin", "level", "minimum")
    where, band, lags = arguments["where"], arguments["band"], arguments["lags"]
    return {
        **{key: arguments[key] for key in own},
        "controls": tuple(joint.frame.columns[2:]),
        "lags": model.spec["lags"],
        "order": model.spec["order"],
        "lags_chosen_by": lags if isinstance(lags, str) else "given",
        "cov": model.spec["cov"],
        "intensity": costs[0].words,
        "benchmark": costs[1].words,
        "intensity_value": costs[0].constant,
        "net_intensity_value": costs[1].constant,
        "where": where if isinstance(where, str) else "all days" if where is None else "days given",
        "band": "none" if band is None else "given",
    }


def _sample(model: ECMResults, joint: JointPrices) -> Sample:
    found = model.sample
    return Sample(found.start, found.end, found.nobs, (*_counted(joint.dropped), *found.dropped))


def _counted(dropped: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((reason, count) for reason, count in dropped.items() if count)


def _units(joint: JointPrices, cause: str, effect: str) -> dict[str, str]:
    cause_unit, effect_unit = joint.units[cause] or cause, joint.units[effect] or effect
    return {"long_run": f"{effect_unit} per {cause_unit}", "gross": RATE_UNIT, "net": RATE_UNIT}


def _notes(
    rates: list[Rate],
    costs: tuple[Cost, Cost],
    model: ECMResults,
    joint: JointPrices,
    band: Any,
    where: Any,
) -> tuple[str, ...]:
    notes = [f"The {r.name} rate is not defined: {r.reason}." for r in rates if r.ratio is None]
    e, gap = (cost.constant for cost in costs)
    if e and gap:
        notes.append(
            f"With constant e and b the net rate is the gross one times e/(e − b) = {e / gap:.4g}."
        )
    if "average" in costs[0].words:
        notes.append("The gross rate stands on an average grid factor, which is not marginal.")
    if costs[1].per_mwh is not None and (costs[1].per_mwh < 0).any():
        notes.append("e − b is negative: at the margin the allowance price is a subsidy.")
    if band is not None:
        notes.append("A band of medium- and long-term contracts does not bound spot prices.")
    if isinstance(where, str):
        notes.append("Days are selected by the effect itself, which biases rates towards zero.")
    ratio = model.long_run_ratio(model.names[1])
    if ratio.confidence_set().kind != "interval":
        notes.append("The long run is not bounded: the adjustment may be zero at the 5 % level.")
    if joint.synthetic:
        notes.append(f"Synthetic demonstration data: {', '.join(joint.synthetic)}.")
    return (*notes, *model.notes)
