"""Do several markets have one price: dispersion, relative prices, convergence and its clubs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..facts import markets as registry
from ..inference import parallel
from ..kernels import logt
from ..models.frames import check_frame, check_split, choose_columns, listed
from ..panel import Panel
from ..results import Recipe, Sample, check_level, day
from .integration_convergence import convergence
from .integration_dispersion import change_notes, change_rows, dispersion
from .integration_pairs import all_pairs, pair_notes, pair_table
from .integration_results import IntegrationResults

LAUNCH = "2021-07-16"
"""First day of the national market, where samples are split by default."""

MOST_PAIRS = 66
MINIMUM = 20
"""Fewest dates with all core prices; below 40 a note says so."""

GUARD = (
    "Allowances of one system cannot be surrendered in another: no arbitrage ties these prices. "
    "Convergence speaks of common fundamentals and expectations of policy, and its absence is no "
    "failure of a market; only credits that all systems accept (CCER) can travel."
)


def integration(
    data: Any,
    markets: Iterable[str] | None = None,
    *,
    freq: str | None = "auto",
    logs: bool = True,
    split: Any = LAUNCH,
    volumes: Any = None,
    pairs: Any = None,
    drop: float | int = 0.3,
    kernel: str = "qs",
    variance: str = "phillips-sul",
    smooth: float | None = None,
    sieve: float = 0.0,
    draws: int = 199,
    rng: Any = 0,
    level: float = 0.95,
    minimum: int = MINIMUM,
) -> IntegrationResults:
    """Measure whether markets share one price, before and after a date.

    Parameters
    ----------
    data : Panel or DataFrame
        Prices, a column a market. Of a panel, prices of genuine trades.
    markets : list of str, optional
        Markets used; the allowance markets in yuan of a panel, all columns of a frame.
    freq : {"auto", "W", "M", None}
        Last genuine price of each week or month; None takes the rows as they are. "auto" is
        weeks for a panel, whose venues trade on different days, and None for a frame.
    logs : bool
        False where the data are logarithms already (filtered log incomes, say).
    split : date-like or None
        First day of the second period. One that does not divide the sample is refused; the
        default is then left out with a note.
    volumes : DataFrame, optional
        Weights for the weighted dispersion where `data` is no panel.
    pairs : list of (str, str), False or None
        Pairs examined; every pair of up to 12 markets when None; False for none.
    drop : float or int
        Start of the log t regression: a share r drops the first round(rT) periods, so that the
        regression starts at the next; an integer drops that many.
    kernel : {"qs", "bartlett", "parzen"}
        Kernel of the long-run variance in the log t regression.
    variance : {"phillips-sul", "scalar", "sandwich"}
        How it enters; see `carbonlink.kernels.logt.Rule`.
    smooth : float, optional
        Hodrick–Prescott parameter for the paths of the log t test (400 in Phillips and Sul, on
        yearly data); none by default. A filter moves the slope: compare with and without.
    sieve : float
        c* of the club procedure.
    draws : int
        Replications of the grid bootstrap at each point, of the wild bootstrap of the unit-root
        and trace tests of pairs (more where many are adjusted) and of the band test; 0 for none.
    rng : int, SeedSequence or Generator
    level : float
        Level of the half-life intervals.
    minimum : int
        Fewest dates on which all core markets have a price.

    Returns
    -------
    IntegrationResults
        `dispersion`, `changes`, `pairs`, `log_t`, `clubs`, `arbitrage`.

    Notes
    -----
    The core holds the markets with prices in at least half of the rows of both periods, less
    those that leave fewer than `minimum` joint dates (named in a note); composition cannot move
    the balanced dispersion.

    Log t uses h_it = x_it / mean_i x_it of the logarithms, so it is not free of units: prices
    must be in one currency and unit and above 1.

    Half-lives are log ½ / log α in rows, α the median-unbiased sum of autoregressive
    coefficients with grid-bootstrap interval; intervals that reach α = 1 are unbounded.

    References
    ----------
    Phillips, P. C. B. and Sul, D. (2007). Econometrica 75, 1771–1855.
    doi:10.1111/j.1468-0262.2007.00811.x

    Hansen, B. E. (1999). The grid bootstrap and the autoregressive model. Review of Economics
    and Statistics 81, 594–607. doi:10.1162/003465399558463

    Andrews, D. W. K. (1993). Tests for parameter instability and structural change with unknown
    change point. Econometrica 61, 821–856. doi:10.2307/2951764

    Examples
    --------
    >>> import numpy as np
    >>> import carbonlink as cl
    >>> walk = cl.simulate.error_correction(300, long_run=1.0, adjustment=0.2, rng=1)
    >>> found = cl.integration(walk, split="2015-08-01", draws=49)
    >>> found.pairs["period"].tolist()
    ['all', 'before', 'after']
    """
    rng = parallel.repeatable(rng)
    if pairs and isinstance(data, Panel):
        pairs = [data.labels(pair) for pair in pairs]
    chosen = [markets] if isinstance(markets, str) else (None if markets is None else list(markets))
    arguments = {
        "data": data, "markets": None if chosen is None else tuple(chosen), "freq": freq,
        "logs": logs, "split": split, "volumes": volumes, "pairs": pairs, "drop": drop,
        "kernel": kernel, "variance": variance, "smooth": smooth, "sieve": sieve, "draws": draws,
        "rng": rng, "level": level, "minimum": minimum,
    }  # fmt: skip
    _check(kernel, variance, draws, level)
    prices, weights, origin = _prices(data, chosen, freq, volumes)
    frame = _logarithms(prices) if logs else prices
    cut, undivided = _split(split, frame.index)
    periods = _periods(frame, cut)
    core, notes = _core(frame, periods, minimum, fixed=chosen is not None)
    notes = [*undivided, *notes]
    spread = dispersion(frame, core, weights)
    table = _paired(frame, periods, arguments, notes)
    balanced = frame[core].dropna()
    if len(balanced) < 40:
        notes.append(f"Only {len(balanced)} dates with all core prices: tests have little power.")
    changes = pd.DataFrame(change_rows(spread["dispersion"], cut, rng))
    notes += change_notes(changes)
    fitted, members = convergence(balanced, periods, frame.index, arguments, notes)
    return IntegrationResults(
        spec=_spec(arguments, frame, core, origin["freq"], cut),
        sample=Sample.of(
            _days_behind(balanced, origin["as_given"], origin["freq_code"]),
            dropped={"dates without all core prices": len(frame) - len(balanced)},
        ),
        units={"dispersion": "log points", "half_life": origin["rows"]},
        sources=origin["sources"],
        notes=(*origin["notes"], *notes, GUARD),
        recipe=Recipe(integration, arguments),
        prices=frame,
        dispersion=spread,
        changes=changes,
        pairs=table,
        log_t=fitted,
        clubs=members,
        arbitrage=arbitrage_rows(table),
        cut=cut,
    )  # fmt: skip


def arbitrage_rows(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a credit that all systems accept and an allowance."""
    if pairs.empty:
        return pairs
    credit = pairs[["first", "second"]].map(_is_credit)
    return pairs[credit["first"] != credit["second"]].reset_index(drop=True)


def _is_credit(name: str) -> bool:
    return str(name).casefold() in {"ccer", "ccer_first"}


def _check(kernel: str, variance: str, draws: Any, level: float) -> None:
    check_level(level)
    check_choice("kernel", kernel, logt.KERNELS)
    check_choice("variance", variance, logt.VARIANCES)
    if isinstance(draws, bool) or int(draws) < 0 or 0 < int(draws) < 19:
        raise SpecificationError(f"draws={draws!r} are too few.", "Use 199, or 0 for none.")


def _spec(
    arguments: dict[str, Any],
    frame: pd.DataFrame,
    core: list[str],
    freq: str,
    cut: pd.Timestamp | None,
) -> dict[str, Any]:
    smooth = arguments["smooth"]
    return {
        "markets": tuple(frame.columns), "core": tuple(core), "freq": freq,
        "logs": bool(arguments["logs"]), "split": "" if cut is None else str(cut.date()),
        "drop": arguments["drop"], "kernel": arguments["kernel"],
        "variance": arguments["variance"], "smooth": "none" if smooth is None else smooth,
        "sieve": float(arguments["sieve"]), "draws": int(arguments["draws"]),
        "rng": str(arguments["rng"]), "level": float(arguments["level"]),
        "minimum": int(arguments["minimum"]),
    }  # fmt: skip


def _prices(
    data: Any, chosen: list[str] | None, freq: str | None, volumes: Any
) -> tuple[pd.DataFrame, pd.DataFrame | None, dict[str, Any]]:
    check_choice("freq", freq, ("auto", "W", "M", None))
    notes: list[str] = []
    sources: tuple[str, ...] = ()
    if isinstance(data, Panel):
        named = data.labels(chosen) if chosen else _allowances(data)
        units = {m: data.units[m] for m in named}
        if len(set(units.values())) > 1:
            raise SpecificationError(
                f"The prices are in different units: {', '.join(sorted(set(units.values())))}.",
                "Choose markets of one unit, or convert them first.",
            )
        frame, weights = data.prices(named), data.volume(named)
        sources = tuple(dict.fromkeys(data.sources_of[m] for m in named))
        made = [m for m in named if m in data.synthetic]
        if made:
            notes.append(f"Synthetic demonstration data: {', '.join(made)}.")
        freq = "W" if freq == "auto" else freq
    else:
        frame = choose_columns(check_frame(data, "data"), chosen)
        weights = None
        if volumes is not None:
            weights = check_frame(volumes, "volumes").reindex(frame.index)
        freq = None if freq == "auto" else freq
    if frame.shape[1] < 2:
        raise DataError("One price needs no integration.", "Give two markets or more.")
    as_given = frame
    if freq is not None:
        if not isinstance(frame.index, pd.DatetimeIndex):
            raise DataError("The data have no dates.", "Set a DatetimeIndex, or freq=None.")
        period = frame.index.to_period(freq)
        frame = _dated(frame.groupby(period).last())
        weights = None if weights is None else _dated(weights.groupby(period).sum())
    rows = {"W": "weeks", "M": "months", None: "rows"}[freq]
    origin = {"freq": rows, "rows": rows, "sources": sources, "notes": notes}
    return frame, weights, origin | {"as_given": as_given, "freq_code": freq}


def _days_behind(balanced: pd.DataFrame, as_given: pd.DataFrame, freq: str | None) -> pd.Index:
    """The last day with a price of the core in each period, whose row is dated by its end."""
    if freq is None:
        return balanced.index
    priced = pd.DatetimeIndex(as_given.index[as_given[balanced.columns].notna().any(axis=1)])
    last = pd.Series(priced, index=priced.to_period(freq)).groupby(level=0).last()
    return pd.DatetimeIndex(last.loc[pd.DatetimeIndex(balanced.index).to_period(freq)])


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """A row every period, dated by its last day."""
    periods = pd.PeriodIndex(frame.index)
    whole = pd.period_range(periods.min(), periods.max(), freq=periods.freq)
    frame = frame.reindex(whole)
    frame.index = whole.to_timestamp(how="end").normalize()
    return frame


def _allowances(panel: Panel) -> list[str]:
    named = [
        m
        for m in panel.markets
        if registry.get(m).market_class in {"ets", "offset"} and registry.get(m).currency == "CNY"
    ]
    if len(named) < 2:
        raise DataError(
            f"The panel holds {len(named)} carbon markets in yuan.",
            "Name the markets: markets=[...].",
        )
    return named


def _logarithms(prices: pd.DataFrame) -> pd.DataFrame:
    low = prices.min()
    bad = list(low.index[low <= 0])
    if bad:
        raise DataError(
            f"{listed(bad)} has prices of zero or less, which have no logarithm.",
            "Leave it out; spot power belongs in differences. Logarithms already: logs=False.",
        )
    return prices.apply(np.log)


def _split(split: Any, index: pd.Index) -> tuple[pd.Timestamp | None, list[str]]:
    """First day of the second period, with a note where the default one cannot be used."""
    if split is None:
        return None, []
    if not isinstance(index, pd.DatetimeIndex):
        if split != LAUNCH:
            raise SpecificationError(
                f"split={split!r} needs dates, and the data have none.", "Set a DatetimeIndex."
            )
        return None, ["Not split: the data have no dates."]
    cut = check_split(split, index, "split")
    if index[0] < cut <= index[-1]:
        return cut, []
    outside = f"{day(cut)} does not divide the sample, {day(index[0])} to {day(index[-1])}"
    if split != LAUNCH:
        raise SpecificationError(
            f"split={split!r}: {outside}.", "Give a date inside it, or split=None."
        )
    return None, [f"Not split: {outside}."]


def _periods(frame: pd.DataFrame, cut: pd.Timestamp | None) -> dict[str, np.ndarray]:
    whole = {"all": np.ones(len(frame), dtype=bool)}
    if cut is None:
        return whole
    after = np.asarray(frame.index >= cut)
    return {**whole, "before": ~after, "after": after}


def _core(
    frame: pd.DataFrame, periods: dict[str, np.ndarray], minimum: int, fixed: bool
) -> tuple[list[str], list[str]]:
    """Markets of the balanced measures, and notes on those left out."""
    parts = [rows for name, rows in periods.items() if name != "all"] or [periods["all"]]
    share = pd.DataFrame({i: frame[rows].notna().mean() for i, rows in enumerate(parts)})
    core = [m for m in frame.columns if (share.loc[m] >= 0.5).all()]
    out = [m for m in frame.columns if m not in core]
    notes = []
    if out:
        words = "of both periods" if len(parts) > 1 else ""
        notes.append(
            f"Outside the balanced core, without a price in half of the rows {words}".rstrip()
            + f": {listed(out)}."
        )
    while len(core) > 2 and len(frame[core].dropna()) < minimum and not fixed:
        left = {m: len(frame[[c for c in core if c != m]].dropna()) for m in core}
        worst = max(left, key=lambda m: left[m])
        core.remove(worst)
        notes.append(f"Outside the balanced core, for too few joint dates: {worst}.")
    joint = len(frame[core].dropna()) if len(core) > 1 else 0
    if joint < minimum:
        rare = frame.notna().sum().sort_values()
        counts = ", ".join(f"{m} {n}" for m, n in rare.items())
        raise TooFewObservationsError(
            f"{joint} dates have a price of every core market ({listed(core) or 'none'}); "
            f"{minimum} are needed. Prices by market: {counts}.",
            "Leave out the rarest, use weeks or months (freq=), or split=None.",
        )
    return core, notes


def _paired(
    frame: pd.DataFrame, periods: dict[str, np.ndarray], arguments: dict[str, Any], notes: list[str]
) -> pd.DataFrame:
    """The table of the pairs asked for, and what to say about it added to `notes`."""
    if arguments["pairs"] is False:
        return pd.DataFrame(columns=["first", "second", "period"])
    asked = _pairs(arguments["pairs"], list(frame.columns), notes)
    draws = int(arguments["draws"])
    table = pair_table(frame, periods, asked, draws, arguments["rng"], float(arguments["level"]))
    notes += pair_notes(draws, len(asked))
    return table


def _pairs(pairs: Any, names: list[str], notes: list[str]) -> list[tuple[str, str]]:
    if pairs is None:
        every = all_pairs(names)
        if len(every) <= MOST_PAIRS:
            return every
        notes.append(f"{len(every)} pairs are not examined unless named: pairs=[...].")
        return []
    asked: list[Any] = [tuple(str(m) for m in pair) for pair in pairs]
    wrong = [p for p in asked if len(p) != 2 or p[0] == p[1] or not set(p) <= set(names)]
    if wrong:
        raise SpecificationError(
            f"{wrong[0]} is no pair of the markets.", f"They are: {listed(names)}."
        )
    return asked
