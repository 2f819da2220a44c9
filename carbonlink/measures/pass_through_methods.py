"""The estimators behind `pass_through`: one effect on one price, each as a ratio with its law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..inference.bands import Ratio
from ..models.ardl import choose
from ..models.cointegrating import AUTOREGRESSIVE, fit_dols
from ..models.ecm import fit_ecm, row_mask
from ..models.ecm_results import ECMResults
from ..models.iv import fit_iv
from ..models.local_projections import fit_projections
from ..models.nardl import fit_nardl
from ..models.tobit import fit_censored
from ..results import Results

LP_LAGS = 4
EFFECTS: dict[str, Callable[[pd.DatetimeIndex], Any]] = {
    "month": lambda index: index.year * 12 + index.month,
    "year": lambda index: index.year,
    "weekday": lambda index: index.day_of_week,
    "hour": lambda index: index.hour,
    "season": lambda index: (index.month % 12) // 3,
}
"""Calendar groups whose own effect an instrumental regression may absorb."""


@dataclass(frozen=True)
class Task:
    """What an estimator is asked for.

    Attributes
    ----------
    effect, shock : Series
        Levels of the power price and of the carbon price, or of the carbon cost of a MWh.
    others : DataFrame or None
        Controls, in levels.
    lags : int, str or None
    trend : str
    cov : str or None
    where : Series of bool or None
    minimum, horizon, draws : int
    rng : int
    instrument : Series or None
    effects : tuple of str or None
    clusters : str or None
    band : (lower, upper) or None
    order : tuple of int or None
        Lags of the shock and of each control, where an earlier fit has chosen them.
    """

    effect: pd.Series
    shock: pd.Series
    others: pd.DataFrame | None
    lags: int | str | None
    trend: str
    cov: str | None
    where: Any
    minimum: int
    horizon: int
    draws: int
    rng: int
    instrument: pd.Series | None
    effects: tuple[str, ...] | None
    clusters: str | None
    band: Any
    order: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Answer:
    """What an estimator gives.

    Attributes
    ----------
    model : Results
    long_run : Ratio
        Lasting change of the effect per unit of the shock.
    short_run : Ratio or None
        Change in the same period.
    falls : Ratio or None
        Lasting change after falls of the shock, where rises have one of their own.
    chosen : dict
        What was used where nothing was said.
    """

    model: Results
    long_run: Ratio
    short_run: Ratio | None
    falls: Ratio | None
    chosen: dict[str, Any]


def error_correction(task: Task) -> Answer:
    """Estimate the error-correction model with one order for all variables."""
    lags = "bic" if task.lags is None else task.lags
    model = fit_ecm(
        task.effect, task.shock, task.others, lags=lags, order=task.order, **_common(task)
    )
    return _from_ecm(model, lags)


def distributed_lag(task: Task) -> Answer:
    """Estimate it with the order of each variable chosen by itself."""
    lags = "bic" if task.lags is None else task.lags
    if not isinstance(lags, str):
        raise SpecificationError(
            f'method="ardl" chooses each order by itself; lags={lags!r} leaves no choice.',
            'Use lags="bic" or "aic", or method="ecm".',
        )
    settings = _common(task)
    about = {key: settings[key] for key in ("trend", "where", "minimum")}
    most = 4 if task.others is not None and task.others.shape[1] > 3 else 8
    found = choose(task.effect, task.shock, task.others, lags, None, most, fixed=None, **about)
    model = fit_ecm(
        task.effect, task.shock, task.others, lags=found.lags, order=found.orders, **settings
    )
    return _from_ecm(model, lags)


def asymmetric(task: Task) -> Answer:
    """Estimate rises and falls of the shock apart."""
    lags = "bic" if task.lags is None else task.lags
    model = fit_nardl(
        task.effect,
        task.shock,
        task.others,
        lags=lags,
        horizon=task.horizon,
        draws=task.draws,
        rng=task.rng,
        **_common(task),
    )
    rise, fall = (f"{task.shock.name}_{end}" for end in ("pos", "neg"))
    chosen = {"lags": model.spec["lags"], "order": model.spec["order"], "lags_chosen_by": lags}
    return Answer(
        model,
        model.long_run_ratio(rise),
        _impact(model, rise),
        model.long_run_ratio(fall),
        {**chosen, "cov": model.spec["cov"]},
    )


def projections(task: Task) -> Answer:
    """Estimate the cumulated change of the price over the cumulated change of the shock."""
    if isinstance(task.lags, str):
        raise SpecificationError(
            f'lags={task.lags!r} is no number of lags for method="lp".',
            f"Give a number; {LP_LAGS} when none is given.",
        )
    lags = LP_LAGS if task.lags is None else task.lags
    inference = {"hac": "hac", "robust": "lag_augmented", None: None}.get(task.cov, "")
    if inference == "":
        raise SpecificationError(
            f'cov={task.cov!r} does not go with method="lp".', 'Use "hac" or "robust".'
        )
    model = fit_projections(
        task.effect.diff(),
        task.shock.diff(),
        None if task.others is None else task.others.diff(),
        horizon=task.horizon,
        lags=lags,
        cumulative="ratio",
        inference=inference,
        instrument=task.instrument,
        trend=task.trend,
        where=task.where,
        minimum=task.minimum,
        draws=task.draws,
        rng=task.rng,
    )
    chosen = {"lags": lags, "lags_chosen_by": "given", "horizon": task.horizon}
    chosen |= {"cov": model.spec["inference"]}
    if task.instrument is not None:
        chosen["instrument_moves"] = model.spec["instrument_moves"]
    return Answer(model, model.ratios[-1], model.ratios[0], None, chosen)


def dynamic_ols(task: Task) -> Answer:
    """Estimate the long run by dynamic least squares."""
    if task.where is not None:
        raise SpecificationError(
            'method="dols" needs successive rows; where= leaves holes.', 'Use method="ecm".'
        )
    if isinstance(task.lags, str) and task.lags not in ("bic", "aic"):
        raise SpecificationError(f"lags={task.lags!r} is not known.", 'Use a number, "bic", "aic".')
    criterion = task.lags if isinstance(task.lags, str) else "bic"
    number = None if isinstance(task.lags, str) else task.lags
    model = fit_dols(
        task.effect,
        task.shock,
        task.others,
        trend=task.trend,
        leads=number,
        lags=number,
        criterion=criterion,
        kernel=AUTOREGRESSIVE,
        minimum=task.minimum,
    )
    chosen = {
        "lags": model.spec["lags"],
        "leads": model.spec["leads"],
        "lags_chosen_by": model.spec["chosen_by"],
        "cov": f"long-run variance, autoregression of order {model.spec['order']}",
    }
    return Answer(model, model.ratio(str(task.shock.name)), None, None, chosen)


def instrumental(task: Task) -> Answer:
    """Estimate the effect of the level in the same period, the shock moved by its instrument."""
    index = task.effect.index
    if not isinstance(index, pd.DatetimeIndex):
        raise SpecificationError('method="iv" needs dates.', "Set a DatetimeIndex.")
    intraday = bool((index != index.normalize()).any())
    effects = (task.effects,) if isinstance(task.effects, str) else task.effects
    if effects is None:
        effects = ("month", "hour") if intraday else ("month",)
    unknown = [name for name in effects if name not in EFFECTS]
    if unknown:
        raise SpecificationError(
            f"effects={tuple(effects)!r} holds {unknown[0]!r}.", f"Use: {', '.join(EFFECTS)}."
        )
    groups = {name: pd.Series(EFFECTS[name](index), index) for name in effects}
    members = task.clusters or ("day" if intraday else "month")
    keep = _kept(task)
    model = fit_iv(
        task.effect[keep],
        task.shock[keep],
        pd.Series(task.instrument)[keep],
        controls=None if task.others is None else task.others[keep],
        absorb=pd.DataFrame(groups)[keep] if groups else None,
        clusters=_clusters(members, index)[keep],
    )
    if model.sample.nobs < task.minimum:
        raise TooFewObservationsError(
            f"{model.sample.nobs} complete rows; {task.minimum} are needed.",
            "Use a longer sample; minimum= overrides.",
        )
    chosen = {"effects": tuple(effects), "clusters": members, "cov": model.spec["cov"]}
    return Answer(model, model.ratio, model.ratio, None, chosen)


def censored(task: Task) -> Answer:
    """Estimate what the shock does to the price that the band hides."""
    if task.band is None:
        raise SpecificationError('method="tobit" needs a band.', "Give band=(lower, upper).")
    lower, upper = task.band
    keep = _kept(task)
    names = {"hac": "hac", "robust": "robust", "classical": "hessian"}
    check_choice("cov", task.cov, names)
    model = fit_censored(
        task.effect[keep],
        task.shock[keep],
        lower[keep],
        upper[keep],
        controls=None if task.others is None else task.others[keep],
        minimum=task.minimum,
        cov=names[str(task.cov)],
    )
    found = model.ratio(str(task.shock.name))
    return Answer(model, found, found, None, {"cov": model.spec["cov"]})


METHODS: dict[str, Callable[[Task], Answer]] = {
    "ecm": error_correction,
    "ardl": distributed_lag,
    "nardl": asymmetric,
    "lp": projections,
    "lp-iv": projections,
    "iv": instrumental,
    "dols": dynamic_ols,
    "tobit": censored,
}

TAKES = {
    "instrument": ("lp-iv", "iv"),
    "effects": ("iv",),
    "clusters": ("iv",),
    "horizon": ("lp", "lp-iv", "nardl"),
    "draws": ("lp", "lp-iv", "nardl"),
    "lags": ("ecm", "ardl", "nardl", "lp", "lp-iv", "dols"),
    "trend": ("ecm", "ardl", "nardl", "lp", "lp-iv", "dols"),
    "cov": ("ecm", "ardl", "nardl", "lp", "lp-iv", "tobit"),
}
"""Arguments that only some methods have, and which."""


def check_arguments(method: str, given: dict[str, Any]) -> None:
    """Refuse an argument that the method would ignore, and a method without its instrument."""
    for name, value in given.items():
        if value is not None and method not in TAKES[name]:
            shown = "…" if isinstance(value, (pd.Series, pd.DataFrame)) else repr(value)
            raise SpecificationError(
                f'{name}={shown} has no use with method="{method}".',
                f"It goes with: {', '.join(TAKES[name])}.",
            )
    if method in ("lp-iv", "iv") and given["instrument"] is None:
        raise SpecificationError(
            f'method="{method}" needs an instrument.',
            'Give a Series that moves the cost and reaches the price through it alone; "cause" for '
            "the carbon price itself where the intensity moves over time.",
        )
    if method == "lp-iv" and isinstance(given["instrument"], str):
        raise SpecificationError(
            f'instrument={given["instrument"]!r} has no use with method="lp-iv": the shock cannot '
            "be its own instrument.",
            "Give a Series of news, for example carbonlink.policy_surprises(...).series.",
        )


def _common(task: Task) -> dict[str, Any]:
    return {
        "trend": task.trend,
        "cov": task.cov,
        "where": task.where,
        "minimum": task.minimum,
    }


def _from_ecm(model: ECMResults, lags: int | str) -> Answer:
    shock = model.names[1]
    chosen = {
        "lags": model.spec["lags"],
        "order": model.spec["order"],
        "lags_chosen_by": lags if isinstance(lags, str) else "given",
        "cov": model.spec["cov"],
    }
    return Answer(model, model.long_run_ratio(shock), _impact(model, shock), None, chosen)


def _impact(model: ECMResults, name: str) -> Ratio:
    """The effect in the same period, as a ratio over one."""
    term = f"D.{name}" if f"D.{name}" in model.params.index else name
    variance = float(model.cov[term].loc[term])
    return Ratio(float(model.params[term]), 1.0, variance, 0.0, 0.0, model.df_resid)


def _kept(task: Task) -> pd.Series:
    return pd.Series(row_mask(task.where, task.effect.index), task.effect.index)


def _clusters(members: str, index: pd.DatetimeIndex) -> pd.Series:
    days = index.normalize()
    labels = {
        "day": days,
        "week": days - pd.to_timedelta(days.day_of_week, unit="D"),
        "month": index.year * 12 + index.month,
    }
    if members not in labels:
        raise SpecificationError(
            f"clusters={members!r} is not known.", f"Use one of: {', '.join(labels)}."
        )
    return pd.Series(labels[members], index, name=members)
