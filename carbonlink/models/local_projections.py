"""Local projections: lag-augmented, Newey–West, by instrument, cumulated, by state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError
from ..inference.bands import Ratio
from ..inference.few_clusters import FEW
from ..inference.parallel import repeatable
from ..kernels.ecm import lagged
from ..kernels.projections import Projections, project
from ..kernels.smooth_projections import choose_penalty, smoother
from ..results import Recipe, Sample
from .ecm import row_mask
from .frames import check_series, joined, listed
from .local_projections_checks import check_fit, check_inference, check_settings, check_smooth
from .local_projections_covariances import (
    bandwidth_words,
    joint_covariance,
    ratios_of,
    ratios_of_events,
)
from .local_projections_results import LocalProjectionsResults, notes


@dataclass(frozen=True, eq=False)
class LocalProjections:
    """Trace a response to a shock by one regression a horizon.

    Parameters
    ----------
    y : Series
        The response.
    shock : Series
        The shock, or the variable whose own news, given the lags, is the shock.
    controls : Series or DataFrame, optional
        Further variables, which enter with their lags.
    horizon : int
        The last horizon; the first is 0.
    lags : int
        Lags of the response, the shock, the controls and the instrument. With
        inference="lag_augmented" one more is used, whatever the horizon.
    shock_lags : int, optional
        Lags of the shock and of the instrument, where they are to differ from the others': 0
        for a shock that is news by itself.
    current : tuple of str
        Controls that enter with their current value too: those determined before the shock.
    cumulative : {False, True, "ratio"}
        The response at t + h; its sum from t to t + h; or that sum over the sum of the shock
        from t to t + h, in one step of two-stage least squares.
    inference : {"lag_augmented", "hac", "events"}, optional
        Heteroskedasticity-robust errors with one lag more, or Newey–West errors. By default the
        former, but the latter for cumulative="ratio". "events" has sets and tests of few events,
        and is the default where an instrument moves on fewer than 30 rows.
    bandwidth : int, optional
        Lags of the Newey–West errors; those of horizon h are h when None.
    instrument : Series, optional
        Instrument of the shock; for the ratio the shock itself when None.
    state : Series of bool, optional
        Where every coefficient may differ: one response where it is true, one where false.
    state_lag : int
        Rows by which the state is taken before the shock, so that the shock does not move it.
    smooth : float or "cv", optional
        Draw the response towards a polynomial over horizons by cubic B-splines with this penalty,
        or the one that cross-validation over blocks of rows chooses. In units of the shock's mean
        sum of squares: 0 gives plain projections, a large number the polynomial.
    smooth_order : int
        Order of the differences penalised; the polynomial's degree is one less.
    trend : {"c", "ct"}
        Intercept, or intercept and linear trend.
    bands : str or tuple of {"pointwise", "sup-t"}
        Intervals drawn; the first is the one that `tidy` lists.
    draws : int
        Draws of the largest t-value behind sup-t bands.
    where : Series of bool, optional
        Rows in which a shock may count; lags and later responses may lie outside.
    minimum : int
        Fewest observations accepted at any horizon.
    rng : int
        Seed of the draws.

    Notes
    -----
    y_{t+h} = μ_h + β_h s_t + Σ_l γ_{hl}'w_{t-l} + e_{t,h}, with w the response, shock, controls
    and instrument. Lags and horizons are rows. In a vector autoregression of order p the news in
    s_t makes the scores uncorrelated once p lags are in, so no Newey–West covariance is needed;
    covariances between horizons come from the same scores. With an instrument, intervals are
    Anderson–Rubin sets, which hold however weak it is and are the usual ones when it is strong.
    With inference="events" rows are cut into blocks midway between the rows on which it moves;
    the reduced form has the CR2 covariance of these blocks and Bell and McCaffrey's degrees of
    freedom, and responses within h rows of one another count as one event. With ten events in
    600 rows 95 % sets held the truth in 97 % of simulated samples, Newey–West ones in 83 %; the
    former were unbounded in one of six, as so few events may leave it.

    References
    ----------
    Montiel Olea, J. L. and Plagborg-Møller, M. (2021). Local projection inference is simpler and
    more robust than you think. Econometrica 89, 1789–1823. doi:10.3982/ECTA18756
    Barnichon, R. and Brownlees, C. (2019). Impulse response estimation by smooth local
    projections. Review of Economics and Statistics 101, 522–530. doi:10.1162/rest_a_00778
    Ramey, V. A. and Zubairy, S. (2018). Government spending multipliers in good times and in
    bad. Journal of Political Economy 126, 850–901. doi:10.1086/696277
    Montiel Olea, J. L. and Pflueger, C. (2013). A robust test for weak instruments. Journal of
    Business & Economic Statistics 31, 358–369.
    Imbens, G. W. and Kolesár, M. (2016). Robust standard errors in small samples: some practical
    advice. Review of Economics and Statistics 98, 701–712. doi:10.1162/REST_a_00552

    Examples
    --------
    >>> import carbonlink as cl
    >>> data = cl.simulate.var(800, names=("cea", "power"), rng=1)
    >>> fit = cl.LocalProjections(data["power"], data["cea"], horizon=6, lags=1).fit()
    >>> fit.response.index.tolist()
    [0, 1, 2, 3, 4, 5, 6]
    """

    y: Any
    shock: Any
    controls: Any = None
    horizon: int = 24
    lags: int = 4
    shock_lags: int | None = None
    current: tuple[str, ...] = ()
    cumulative: bool | str = False
    inference: str | None = None
    bandwidth: int | None = None
    instrument: Any = None
    state: Any = None
    state_lag: int = 1
    smooth: float | str | None = None
    smooth_order: int = 3
    trend: str = "c"
    bands: str | tuple[str, ...] = ("pointwise", "sup-t")
    draws: int = 10_000
    where: Any = None
    minimum: int = 40
    rng: int = 0

    def fit(self) -> LocalProjectionsResults:
        """Estimate the response at every horizon.

        Returns
        -------
        LocalProjectionsResults

        Raises
        ------
        TooFewObservationsError
            The last horizon, in either state, has fewer rows than needed.
        SpecificationError
            A control is a combination of others, or the shock does not vary given them.
        """
        return fit_projections(**vars(self))


def fit_projections(
    y: Any,
    shock: Any,
    controls: Any = None,
    horizon: int = 24,
    lags: int = 4,
    shock_lags: int | None = None,
    current: tuple[str, ...] = (),
    cumulative: bool | str = False,
    inference: str | None = None,
    bandwidth: int | None = None,
    instrument: Any = None,
    state: Any = None,
    state_lag: int = 1,
    smooth: float | str | None = None,
    smooth_order: int = 3,
    trend: str = "c",
    bands: str | tuple[str, ...] = ("pointwise", "sup-t"),
    draws: int = 10_000,
    where: Any = None,
    minimum: int = 40,
    rng: int = 0,
) -> LocalProjectionsResults:
    """Estimate local projections (see `LocalProjections`)."""
    arguments = dict(locals()) | {"rng": repeatable(rng)}
    bands = (bands,) if isinstance(bands, str) else tuple(bands)
    current = (current,) if isinstance(current, str) else tuple(current)
    plain = "hac" if cumulative == "ratio" else "lag_augmented"
    base = plain if inference in (None, "events") else inference
    source = None if instrument is None else check_series(instrument, "instrument")
    check_settings(
        horizon, lags, shock_lags, cumulative, base, bandwidth, state_lag, trend, bands, draws
    )
    check_inference(inference, source is not None)
    response, rest, dropped = joined(y, check_series(shock, "shock"), controls, source)
    by_instrument = source is not None or cumulative == "ratio"
    if smooth is not None:
        check_smooth(smooth, smooth_order, horizon, by_instrument)
    used = lags + (base == "lag_augmented")
    own = used if shock_lags is None else shock_lags
    layout, labels = _controls(response, rest, source is not None, current, (used, own), trend)
    keep = row_mask(where, response.index)
    states = _states(state, state_lag, response.index)
    moved = rest.iloc[:, [0, -1 if source is not None else 0]]
    masks = {name: keep & mask for name, mask in states.items()}
    found = _projected(response, moved, layout, horizon, masks, cumulative)
    for one, name in zip(found, states, strict=True):
        check_fit(one, [*labels, str(moved.columns[1])], name, minimum)
    events = None if source is None else _events(moved.iloc[:, 1], found, inference)
    few = events is not None and events.few
    ratios: tuple[Ratio, ...] = ()
    if events is not None and few:
        ratios = ratios_of_events(found, events.rows)
    elif by_instrument:
        ratios = ratios_of(found, base, bandwidth)
    turn, penalties = _turned(found, smooth, smooth_order)
    filled = {"lags_used": used, "shock_lags": own, "bands": bands, "current": current}
    filled |= {"inference": "events" if few else base, "smooth": penalties}
    filled |= {"instrument_moves": None if events is None else events.count}
    some = np.logical_or.reduce([(one.influence_reduced != 0).any(axis=1) for one in found])
    dropped |= {"rows outside where": int((~keep).sum())}
    dropped |= {"rows without a value, lag or response": int((keep & ~some).sum())}
    cov, reduced = _turned_covariances(found, base, bandwidth, turn)
    names = [_label(h, name) for name in states for h in range(horizon + 1)]
    return LocalProjectionsResults(
        params=pd.Series(turn @ np.concatenate([f.estimates for f in found]), names).rename(
            "estimate"
        ),
        cov=pd.DataFrame(cov, names, names),
        cov_reduced=reduced,
        market=str(response.name),
        states=tuple(states),
        ratios=ratios,
        rows=np.array([one.rows for one in found]),
        spec=_spec(arguments, response, rest, filled),
        sample=Sample.of(response.index[some], dropped=dropped),
        notes=(*notes(ratios, cumulative, filled), *_smooth_notes(penalties, turn)),
        recipe=Recipe(fit_projections, arguments),
    )


@dataclass(frozen=True)
class _Events:
    """Rows on which the instrument moves, how many are used, and whether they are few."""

    rows: np.ndarray
    count: int
    few: bool


def _events(instrument: pd.Series, found: list[Projections], inference: str | None) -> _Events:
    """Find the rows on which the instrument departs from its most frequent value."""
    known = instrument.dropna()
    rows = (instrument.notna() & (instrument != known.mode().iloc[0])).to_numpy()
    count = min(int((rows & (one.instrument[:, -1] != 0)).sum()) for one in found)
    return _Events(rows, count, inference == "events" or (inference is None and count < FEW))


def _turned_covariances(
    found: list[Projections], inference: str, bandwidth: int | None, turn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the joint covariances of the estimates and of the reduced forms."""
    influences = [f.influence for f in found], [f.influence_reduced for f in found]
    cov, reduced = (joint_covariance(parts, inference, bandwidth) for parts in influences)
    return turn @ cov @ turn.T, turn @ reduced @ turn.T


def _projected(
    response: pd.Series,
    moved: pd.DataFrame,
    layout: np.ndarray,
    horizon: int,
    masks: dict[str, np.ndarray],
    cumulative: bool | str,
) -> list[Projections]:
    """Projections in each state; `moved` holds the shock and what moves it."""
    y, (treatment, instrument) = response.to_numpy(), moved.to_numpy().T
    sums = bool(cumulative), cumulative == "ratio"
    return [project(y, treatment, instrument, layout, horizon, m, *sums) for m in masks.values()]


def _spec(
    arguments: dict[str, Any], response: pd.Series, rest: pd.DataFrame, filled: dict[str, Any]
) -> dict[str, Any]:
    """Return everything chosen as plain values, the defaults filled in."""
    taken = ("horizon", "lags", "cumulative", "trend", "draws", "minimum", "rng")
    instrumented = arguments["instrument"] is not None
    state, where = arguments["state"], arguments["where"]
    return {
        "effect": str(response.name),
        "shock": str(rest.columns[0]),
        "instrument": str(rest.columns[-1]) if instrumented else None,
        "controls": tuple(rest.columns[1 : -1 if instrumented else None]),
        **{name: arguments[name] for name in taken},
        **filled,
        "bandwidth": bandwidth_words(filled["inference"], arguments["bandwidth"]),
        "state": None if state is None else str(state.name or "state"),
        "state_lag": None if state is None else arguments["state_lag"],
        "where": "all rows" if where is None else "rows given",
    }


def _controls(
    response: pd.Series,
    rest: pd.DataFrame,
    instrumented: bool,
    current: tuple[str, ...],
    lags: tuple[int, int],
    trend: str,
) -> tuple[np.ndarray, list[str]]:
    """Return intercept, trend, current controls and all lags, with their labels."""
    own = list(rest.columns[1 : -1 if instrumented else None])
    unknown = [c for c in current if c not in own]
    if unknown:
        raise SpecificationError(
            f"current names {listed(unknown)}, which is no control.",
            f"The controls are: {listed(own)}." if own else "There are no controls.",
        )
    n = len(response)
    columns, labels = [np.ones(n)], ["const"]
    if trend == "ct":
        columns.append(np.arange(1.0, n + 1))
        labels.append("trend")
    for name in current:
        columns.append(rest[name].to_numpy())
        labels.append(name)
    for name, values in [(str(response.name), response), *((str(c), v) for c, v in rest.items())]:
        known = name == str(response.name) or name in own
        for lag in range(1, lags[0 if known else 1] + 1):
            columns.append(lagged(values.to_numpy(), lag))
            labels.append(f"{name}.L{lag}")
    return np.column_stack(columns), labels


def _states(state: Any, lag: int, index: pd.Index) -> dict[str, np.ndarray]:
    """Return the rows of each state, taken `lag` rows before; one state without a name."""
    if state is None:
        return {"": np.ones(len(index), bool)}
    if not isinstance(state, pd.Series):
        raise SpecificationError("state is not a Series.", "For example state=frame['wind'] > 100.")
    values = state.reindex(index)
    if values.isna().any():
        missing = index[values.isna()]
        raise SpecificationError(
            f"state has no value on {len(missing)} dates: {listed(missing)}.", "Give it everywhere."
        )
    if not set(values.astype(float).unique()) <= {0.0, 1.0}:
        raise SpecificationError("state has values other than 0 and 1.", "Compare: x > x.median().")
    before = lagged(values.to_numpy(float), lag)
    name = str(state.name or "state")
    return {f"{name} = 1": before == 1, f"{name} = 0": before == 0}


def _turned(
    found: list[Projections], smooth: float | str | None, order: int
) -> tuple[np.ndarray, tuple[float, ...] | None]:
    """Return what plain projections are multiplied by, and the penalty of each state."""
    size = len(found[0].estimates)
    whole = np.eye(len(found) * size)
    if smooth is None:
        return whole, None
    penalties = []
    for place, one in enumerate(found):
        chosen = smooth
        if isinstance(chosen, str):
            chosen = choose_penalty(one.instrument, one.response, order)
        part = slice(place * size, (place + 1) * size)
        whole[part, part] = smoother((one.instrument**2).sum(axis=0), float(chosen), order)
        penalties.append(float(chosen))
    return whole, tuple(penalties)


def _smooth_notes(penalties: tuple[float, ...] | None, turn: np.ndarray) -> tuple[str, ...]:
    if penalties is None or not any(penalties):
        return ()
    return (
        f"Smoothed over horizons: {np.trace(turn):.1f} effective terms in place of {len(turn)}. "
        "Bands hold the sampling error of the smoothed response, not the bias that smoothing adds "
        "where the response bends.",
    )


def _label(h: int, state: str) -> str:
    return f"response[{h}]" + (f" {state}" if state else "")
