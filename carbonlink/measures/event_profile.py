"""How trading changes day by day around compliance deadlines, with simultaneous bands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..facts.deadlines import CHAINS
from ..inference import parallel
from ..models.ppml import fit_ppml
from ..models.ppml_results import FEWEST_DRAWS, PPMLResults
from ..results import Recipe, Sample, check_level
from .cycles import reasons
from .event_bins import bin_edges, bin_labels, binned, reference_bin
from .event_days import EventDays, event_days, market_year
from .event_profile_results import OUTSIDE, UNITS, EventProfileResults
from .profile_rotation import ProfileRotation, rotate_profile

EFFECTS = ("month", "weekday")
CLUSTERS = ("market_year", "market", "year")
BANDS = ("rotation", "score")
WEIGHTS = ("level", "equal")
_BOUNDED = ("has_trade", "block_share")


def event_profile(
    data: Any,
    market: str | Iterable[str] | None = None,
    deadlines: Any = None,
    outcome: str = "volume",
    bins: Any = 5,
    horizon: tuple[int, int] = (-60, 20),
    *,
    reference: tuple[int, int] | None = None,
    effects: Iterable[str] = EFFECTS,
    cluster: str = "market_year",
    weights: str = "level",
    band: str = "rotation",
    which: str = "final",
    caps: Any = None,
    draws: int = 999,
    level: float = 0.95,
    rng: Any = 0,
) -> EventProfileResults:
    """Estimate how many times its normal level trading is, day by day around deadlines.

    Parameters
    ----------
    data, market, deadlines, which
        As in `concentration`: a Panel, or daily volumes as a frame or series.
    outcome : str
        "volume"; "has_trade" (chance of a trade); "volume_if_traded"; "turnover" (volume as % of
        the market-year's cap); and of a Panel "value" (in money), "abs_return" (|r| over the
        square root of the open days it spans), "amihud" (|r| per million of value, only days with
        a trade) and "block_share" (of the volume of days with a trade).
    bins : int or list of int
        Open days in a bin, counted from the deadline; or the bins' edges, which begin and end as
        `horizon` does.
    horizon : (int, int)
        Bins lie in (from, to], in open days to the deadline: the last before it ends at 0.
    reference : (int, int), optional
        Bin (from, to] that counts as normal; all days outside the horizon when None.
    effects : list of str
        Absorbed besides market-years: "month" of the calendar, "weekday".
    cluster : {"market_year", "market", "year"}
        Within what errors may depend on each other: cycles of a market, markets, or deadline
        years over all markets.
    weights : {"level", "equal"}
        Whether market-years count by their level, as Poisson estimates of tonnes do (a national
        year then outweighs every pilot), or alike: the outcome over its market-year's mean.
    band : {"rotation", "score"}
        Where the simultaneous band and the p-value of a flat profile come from: market-years
        turned in a circle, or the clusters' scores alone.
    caps : mapping, optional
        Of outcome="turnover": market to allowances of a year, or to a mapping of the deadline's
        year to them; those printed for 2020 when None, with their doubts in the notes.
        Market-years without a cap are left out.
    draws : int
        Rotations, and draws of the score bootstrap's weights (up to five clusters every
        combination of weights is taken).
    level : float
        Of intervals and band.
    rng : int, SeedSequence or Generator

    Returns
    -------
    EventProfileResults

    Raises
    ------
    TooFewObservationsError
        No whole cycle, one cluster, or no day in the reference.
    SpecificationError
        Bins that the effects explain; an argument without an allowed value.

    Notes
    -----
    E[y] = exp(μ of the market-year + λ of the calendar month + θ of the weekday + Σ_k β_k 1{τ in
    bin k}) by Poisson pseudo-maximum likelihood, which needs only this mean to be right: zeros stay
    in and the unit does not matter. exp(β_k) is the level as times normal. A day in reach of two
    deadlines belongs to the one ahead. Pointwise intervals are β_k ± c_k·s.e., c_k the largest size
    of the bin's own standardised error that its p-value does not reject, so that an interval leaves
    out 1 exactly where p ≤ 1 − level; the band takes c, that of the largest error over bins, in the
    same way: by default over rotations (see `ProfileRotation`; it takes the outcome over its fitted
    level to be stationary within a market-year). With ``band="score"`` intervals and p-values
    invert a wild bootstrap of the clusters' scores with Webb's weights, its null imposed to first
    order, which needs no such thing and is too narrow where volume is as skewed as tonnes are. For
    ten cycles of log-normal volumes with 20 % zero days, bins of five days and a log-volume
    persistence of 0, 0.7 and 0.95, the band at a nominal 5 % leaves out a true flat profile, which
    `pvalue` then rejects, in 4.0, 4.2 and 2.2 % (by scores 14, 17 and 15 %), with month effects too
    in 4.7, 3.0 and 2.7 %; of four cycles it is very wide. A single bin leaves its pointwise
    interval in 4.7, 3.8 and 3.2 %, in 4.4, 3.7 and 3.1 % where the last 30 days have four times the
    volume, and in 4.0, 2.2 and 1.8 % of five cycles (7, 8 and 8 % by scores). The test of the
    largest score under a flat profile, in `diagnostics`, rejects 5 to 9 %, and 8 to 11 % with month
    effects.

    Deadlines that all fall in one month leave the month effects and the bins hard to tell apart:
    the band is then wide, and ``effects=("weekday",)`` asks the easier question.

    References
    ----------
    Santos Silva, J. M. C. and S. Tenreyro (2006). The log of gravity. Review of Economics and
    Statistics 88, 641–658. doi:10.1162/rest.88.4.641
    Kline, P. and A. Santos (2012). A score based approach to wild bootstrap inference. Journal
    of Econometric Methods 1, 23–41. doi:10.1515/2156-6674.1006
    Montiel Olea, J. L. and M. Plagborg-Møller (2019). Simultaneous confidence bands. Journal of
    Applied Econometrics 34, 1–17. doi:10.1002/jae.2656

    Examples
    --------
    >>> import carbonlink as cl
    >>> volume, deadlines = cl.simulate.volumes(cycles=8, window=30, intensity=4, rng=1)
    >>> found = cl.event_profile(volume, deadlines=deadlines, effects=["weekday"])
    >>> found.reference, round(float(found.times["-4 to 0"]), 1)
    ('days outside -59 to 20', 5.5)
    """
    arguments = {**locals()}
    edges, chosen = bin_edges(bins, horizon), tuple(effects)
    _check(chosen, cluster, band, weights, which, draws)
    check_level(level)
    days = event_days(data, market, deadlines, outcome, horizon, which, caps)
    labels = bin_labels(edges)
    base = OUTSIDE if reference is None else reference_bin(reference, edges)
    frame = days.frame.dropna(subset=["outcome"])
    if weights == "equal":
        mean = frame["outcome"].groupby(market_year(frame)).transform("mean")
        frame = frame.assign(outcome=frame["outcome"] / mean)
    place = binned(frame, edges, labels)
    unseen = _unseen(place, labels, base)
    fit = _fit(frame, place, base, labels, chosen, cluster)
    seeds = parallel.seed_sequence(rng).spawn(2)
    boot = fit.score_bootstrap(draws, np.random.default_rng(seeds[0]))
    once = _seen_once(place, _clusters(frame, cluster))
    settled = _settled(fit, once)
    turned = _turned(fit, frame, settled, outcome, draws, seeds[1])
    return EventProfileResults(
        spec=_spec(arguments, days, edges, base, chosen, fit),
        sample=Sample.of(
            pd.DatetimeIndex(frame["date"].sort_values()),
            fit.sample.nobs,
            {"days without a value": len(days.frame) - len(frame), **dict(fit.sample.dropped)},
        ),
        units={"times": f"times normal {UNITS[outcome]}"},
        sources=days.sources,
        notes=tuple(_notes(days, fit, labels, unseen, once, chosen, base)),
        recipe=Recipe(event_profile, arguments),
        bins=_bins(edges, labels, place, base),
        fit=fit,
        boot=boot,
        turned=turned,
        largest=boot.largest(settled),
        once=tuple(once),
        base=base,
        level=level,
    )


def _unseen(place: pd.Series, labels: list[str], base: str) -> list[str]:
    """Bins without a day; the reference must have one."""
    if not place.eq(base).any():
        raise TooFewObservationsError(
            f"No day lies in the reference ({base} of {labels[0]} … {labels[-1]}).",
            "Shorten horizon=, or name a bin with days as reference=(from, to).",
        )
    return [label for label in labels if not place.eq(label).any()]


def _check(
    effects: tuple[str, ...], cluster: str, band: str, weights: str, which: str, draws: int
) -> None:
    for one in effects:
        check_choice("effects", one, EFFECTS)
    check_choice("cluster", cluster, CLUSTERS)
    check_choice("band", band, BANDS)
    check_choice("weights", weights, WEIGHTS)
    check_choice("which", which, CHAINS)
    whole = isinstance(draws, (int, np.integer)) and not isinstance(draws, bool)
    if not whole or draws < FEWEST_DRAWS:
        raise SpecificationError(
            f"draws={draws!r} will not do.", f"Use a whole number of at least {FEWEST_DRAWS}."
        )


def _clusters(frame: pd.DataFrame, cluster: str) -> pd.Series:
    if cluster == "market":
        return frame["market"].rename("market")
    if cluster == "year":
        return frame["deadline"].dt.year.astype(str).rename("year")
    return market_year(frame)


def _fit(
    frame: pd.DataFrame,
    place: pd.Series,
    base: str,
    labels: list[str],
    effects: tuple[str, ...],
    cluster: str,
) -> PPMLResults:
    groups = _clusters(frame, cluster)
    if groups.nunique() < 2:
        raise TooFewObservationsError(
            f"All days are in one {cluster.replace('_', '-')} ({groups.iloc[0]}); errors "
            "clustered by it need at least 2.",
            "Use more cycles or markets, or concentration() with its rotation test of one cycle.",
        )
    terms = [t for t in (*labels, OUTSIDE) if t != base and place.eq(t).any()]
    if not terms:
        raise TooFewObservationsError("No bin but the reference has a day.", "Widen horizon=.")
    dates = pd.DatetimeIndex(frame["date"])
    x = pd.DataFrame({t: place.eq(t).to_numpy(float) for t in terms}, index=dates)
    absorb = {"market_year": market_year(frame).to_numpy()}
    if "month" in effects:
        absorb["month"] = dates.month.to_numpy()
    if "weekday" in effects:
        absorb["weekday"] = np.minimum(dates.day_of_week.to_numpy(), 5)
    y = pd.Series(frame["outcome"].to_numpy(float), index=dates, name="outcome")
    try:
        return fit_ppml(
            y,
            x,
            pd.DataFrame(absorb, index=dates),
            pd.Series(groups.to_numpy(), index=dates, name=cluster),
        )
    except SpecificationError as error:
        raise SpecificationError(
            f"The effects explain bins fully. {error.message}",
            "Use wider or fewer bins, or fewer effects=.",
        ) from error


def _seen_once(place: pd.Series, clusters: pd.Series) -> list[str]:
    """Return the bins whose days all lie in one cluster: their score has no spread."""
    counts = clusters.groupby(place.to_numpy()).nunique()
    return [str(term) for term in counts.index[counts.to_numpy() < 2]]


def _settled(fit: PPMLResults, once: list[str]) -> np.ndarray:
    terms = list(fit.params.index)
    return np.array([j for j, t in enumerate(terms) if t not in once and t != OUTSIDE], dtype=int)


def _turned(
    fit: PPMLResults,
    frame: pd.DataFrame,
    settled: np.ndarray,
    outcome: str,
    draws: int,
    seed: np.random.SeedSequence,
) -> ProfileRotation:
    years = pd.factorize(market_year(frame))[0][fit.rows.place]
    years = np.unique(years, return_inverse=True)[1].ravel()
    return rotate_profile(fit.rows, fit.fit, years, settled, outcome in _BOUNDED, draws, seed)


def _bins(edges: list[int], labels: list[str], place: pd.Series, base: str) -> pd.DataFrame:
    frame = pd.DataFrame({"start": np.array(edges[:-1]) + 1, "end": edges[1:]}, index=labels)
    frame["days"] = place.value_counts().reindex(labels).fillna(0).astype(int)
    frame["reference"] = frame.index == base
    return frame.rename_axis("bin")


def _spec(
    arguments: dict,
    days: EventDays,
    edges: list[int],
    base: str,
    effects: tuple[str, ...],
    fit: PPMLResults,
) -> dict[str, Any]:
    left = {"data", "market", "deadlines", "bins", "horizon", "reference", "effects", "rng"}
    left |= {"caps"} if arguments["outcome"] != "turnover" else set()
    spec = {k: v for k, v in arguments.items() if k not in left}
    if "caps" in spec:
        spec["caps"] = "published" if arguments["caps"] is None else "given"
    rng = arguments["rng"]
    return {
        "market": tuple(dict.fromkeys(c.market for c in days.cycles)),
        "deadlines": "published" if arguments["deadlines"] is None else "given",
        "edges": tuple(edges),
        "reference": base,
        "effects": ("market_year", *effects),
        **spec,
        "clusters": fit.spec["clusters"],
        "rng": rng if isinstance(rng, int) else str(rng),
    }


def _notes(
    days: EventDays,
    fit: PPMLResults,
    labels: list[str],
    unseen: list[str],
    once: list[str],
    effects: tuple[str, ...],
    base: str,
) -> list[str]:
    notes = list(days.notes)
    if unseen:
        notes.append(f"No day in bin {', '.join(unseen)}: not estimated.")
    alone = [term for term in once if term in labels]
    if alone:
        notes.append(f"Bin {', '.join(alone)}: days of one cluster only, so no interval.")
    silent = [t for t in labels if t not in (*unseen, base) and t not in fit.params.index]
    if silent:
        notes.append(
            f"Bin {', '.join(silent)}: the outcome is 0 on every day, which is 0 times normal; no "
            "interval."
        )
    months = {c.deadlines[-1].month for c in days.cycles}
    if "month" in effects and len(months) == 1:
        notes.append(
            "Every deadline falls in the same calendar month, so month effects and bins are told "
            'apart by the days within months alone; effects=("weekday",) leaves months out.'
        )
    several = len({c.market for c in days.cycles}) > 1
    notes += reasons([(c.market, c.label, c.note) for c in days.cycles if c.note], several)
    own = [n for n in fit.notes if "separated rows" not in n]
    return [*notes, *own, *reasons(days.refused, True, "Left out: ")]
