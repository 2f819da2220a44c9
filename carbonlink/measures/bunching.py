"""Volume bunched before deadlines: excess over a polynomial counterfactual."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConvergenceError, SpecificationError, TooFewObservationsError, check_choice
from ..facts.deadlines import CHAINS
from ..inference import clusters, parallel
from ..kernels.bunching import Excess, excess_mass, projection
from ..results import Recipe, Sample, check_level
from .bunching_results import BunchingResults
from .cycles import reasons
from .event_days import EventDays, event_days, market_year

SIDES = ("before", "after", "both", "none")
FEWEST_DRAWS = 99
_SPARE = 5


def bunching(
    data: Any,
    market: str | Iterable[str] | None = None,
    deadlines: Any = None,
    window: int = 30,
    *,
    after: int = 5,
    horizon: tuple[int, int] = (-120, 40),
    degree: int = 2,
    missing: str = "before",
    which: str = "final",
    draws: int = 1999,
    level: float = 0.95,
    rng: Any = 0,
) -> BunchingResults:
    """Measure the volume bunched before deadlines as days of normal volume.

    Parameters
    ----------
    data, market, deadlines, which
        As in `concentration`: a Panel, or daily volumes as a frame or series.
    window, after : int
        The zone left out of the fit and in which the excess is counted: the last `window` open
        days up to the deadline and the first `after` ones behind it.
    horizon : (int, int)
        Open days in (from, to] to which the polynomial is fitted.
    degree : int
        Of the polynomial.
    missing : {"before", "after", "both", "none"}
        Where the bunched volume would else have been traded: the days before the zone, those
        behind it, both, or outside the horizon.
    draws : int
        Draws of the cluster bootstrap (up to five market-years all weights are taken).
    level : float
    rng : int, SeedSequence or Generator

    Returns
    -------
    BunchingResults

    Raises
    ------
    SpecificationError
        The zone leaves too few days to fit the polynomial.
    ConvergenceError
        The missing mass does not settle, or the counterfactual is not above zero.

    Notes
    -----
    The profile is the mean over market-years of volume over the market-year's daily mean, by open
    days τ to the deadline. A polynomial in τ is fitted outside the zone; the excess B is the
    profile less the polynomial summed over the zone, and b = B over the polynomial's mean there.
    The profile on the side from which volume came is raised by 1 + B/Σ_side until B settles.

    The interval is of the mean of the market-years' jackknife pseudo-values of b: wild cluster
    bootstrap-t below twenty market-years, cluster bootstrap-t from twenty. At a nominal 95 % it
    held 88 to 96 % for ten and 24 market-years and a log-volume persistence of 0 to 0.95. The
    choice of polynomial and zone is not in it: refit with others.

    References
    ----------
    Kleven, H. J. (2016). Bunching. Annual Review of Economics 8, 435–464.
    doi:10.1146/annurev-economics-080315-015234
    Chetty, R., J. N. Friedman, T. Olsen and L. Pistaferri (2011). Adjustment costs, firm
    responses, and micro vs. macro labor supply elasticities. Quarterly Journal of Economics 126,
    749–804. doi:10.1093/qje/qjr013

    Examples
    --------
    >>> import carbonlink as cl
    >>> volume, deadlines = cl.simulate.volumes(cycles=12, window=30, intensity=4, rng=4)
    >>> found = cl.bunching(volume, deadlines=deadlines, missing="none")
    >>> 60 < found.days < 120, found.pvalue < 0.05  # the truth is 30 days times 3
    (True, True)
    """
    arguments = {**locals()}
    place, zone, side = _zone(window, after, horizon, degree, missing)
    check_choice("which", which, CHAINS)
    check_level(level)
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < FEWEST_DRAWS:
        raise SpecificationError(
            f"draws={draws!r} will not do.", f"Use a whole number of at least {FEWEST_DRAWS}."
        )
    seed = parallel.seed_sequence(rng)
    days = event_days(data, market, deadlines, "volume", horizon, which)
    profiles, labels = _profiles(days.frame, place)
    hat = projection(place.astype(float), zone, degree)
    found = _excess(profiles, hat, zone, side, place)
    count = len(labels)
    weights = clusters.all_weights(count)
    if weights is None:
        weights = parallel.draw(clusters.cluster_draws, int(draws), seed, count)
    return BunchingResults(
        spec=_spec(arguments, days, count),
        sample=Sample.of(
            pd.DatetimeIndex(days.frame["date"].sort_values()), int(np.isfinite(profiles).sum())
        ),
        units={"days": "days of normal volume", "mass": "days of mean volume"},
        sources=days.sources,
        notes=tuple(_notes(days, count)),
        recipe=Recipe(bunching, arguments),
        days=found.days,
        mass=found.mass,
        profile=pd.DataFrame(
            {
                "observed": _mean(profiles),
                "counterfactual": found.counterfactual,
                "zone": zone,
                "market_years": np.isfinite(profiles).sum(axis=0),
            },
            index=pd.Index(place, name="days_to_deadline"),
        ),
        pseudo=pd.Series(_pseudo_values(profiles, hat, zone, side, found), labels, name="days"),
        weights=weights,
    )


def _spec(arguments: dict[str, Any], days: EventDays, count: int) -> dict[str, Any]:
    first, last = arguments["horizon"]
    rng = arguments["rng"]
    return {
        "market": tuple(dict.fromkeys(c.market for c in days.cycles)),
        "deadlines": "published" if arguments["deadlines"] is None else "given",
        "window": int(arguments["window"]),
        "after": int(arguments["after"]),
        "horizon": (int(first), int(last)),
        "degree": int(arguments["degree"]),
        "missing": arguments["missing"],
        "which": arguments["which"],
        "market_years": count,
        "draws": int(arguments["draws"]),
        "level": arguments["level"],
        "rng": rng if isinstance(rng, int) else str(rng),
    }


def _zone(
    window: int, after: int, horizon: tuple[int, int], degree: int, missing: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the days to the deadline, the zone among them, and the side of the missing mass."""
    check_choice("missing", missing, SIDES)
    for name, value, least in (("window", window, 1), ("after", after, 0), ("degree", degree, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise SpecificationError(
                f"{name}={value!r} will not do.", f"Use a whole number of at least {least}."
            )
    try:
        low, high = (int(h) for h in horizon)
    except (TypeError, ValueError) as error:
        raise SpecificationError(
            f"horizon={horizon!r} is no pair of days.", "Use, for example, (-120, 40)."
        ) from error
    place = np.arange(low + 1, high + 1)
    zone = (place > -window) & (place <= after)
    outside = int((~zone).sum())
    if not low < -window or high < after or outside < degree + 1 + _SPARE:
        raise SpecificationError(
            f"horizon={horizon!r} leaves {outside} days outside a zone of {window} + {after} days "
            f"for a polynomial of degree {degree}.",
            "Use a wider horizon=, a shorter window=, or a lower degree=.",
        )
    before, behind = place <= -window, place > after
    empty = np.zeros_like(zone)
    sides = {"before": before, "after": behind, "both": before | behind, "none": empty}
    if missing == "after" and not behind.any():
        raise SpecificationError(
            'missing="after" has no day behind the zone.', "Let horizon= end after `after`."
        )
    return place, zone, sides[missing]


def _profiles(frame: pd.DataFrame, place: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return volume over its market-year's daily mean by day, a row a market-year."""
    year = market_year(frame)
    relative = frame["outcome"] / frame["outcome"].groupby(year).transform("mean")
    wide = relative.groupby([year, frame["tau"]]).mean().unstack()
    wide = wide.reindex(columns=place.astype(float)).reindex(year.unique())
    absent = wide.columns[wide.isna().all()]
    if len(absent):
        raise TooFewObservationsError(
            f"No market-year has an open day at {int(absent[0])} days to the deadline "
            f"({len(absent)} such days).",
            "Use a narrower horizon=, or a sample with longer cycles; days after a deadline are "
            "counted in the cycle that follows.",
        )
    return wide.to_numpy(float), list(wide.index)


def _mean(profiles: np.ndarray) -> np.ndarray:
    return np.nanmean(profiles, axis=0)


def _excess(
    profiles: np.ndarray, hat: np.ndarray, zone: np.ndarray, side: np.ndarray, place: np.ndarray
) -> Excess:
    found = excess_mass(_mean(profiles), hat, zone, side)
    if not found.settled:
        raise ConvergenceError(
            "The counterfactual of the zone "
            f"({place[zone][0]} to {place[zone][-1]} days) is not above zero, or the missing mass "
            "does not settle.",
            'Use a lower degree=, a wider horizon=, or missing="none".',
        )
    return found


def _pseudo_values(
    profiles: np.ndarray, hat: np.ndarray, zone: np.ndarray, side: np.ndarray, found: Excess
) -> np.ndarray:
    """Return G·b − (G − 1)·b without each market-year; missing where it is alone on a day."""
    count = len(profiles)
    values = np.full(count, np.nan)
    for i in range(count):
        rest = np.delete(profiles, i, axis=0)
        if len(rest) and np.isfinite(rest).any(axis=0).all():
            other = excess_mass(_mean(rest), hat, zone, side)
            values[i] = count * found.days - (count - 1) * other.days
    return values


def _notes(days: EventDays, count: int) -> list[str]:
    notes = list(days.notes)
    if count < 2:
        notes.append("One market-year: no interval and no p-value.")
    several = len({c.market for c in days.cycles}) > 1
    notes += reasons([(c.market, c.label, c.note) for c in days.cycles if c.note], several)
    return [*notes, *reasons(days.refused, True, "Left out: ")]
