"""What an error-correction model of several series stands on: levels, terms, observations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_choice
from ..kernels import johansen, var
from .frames import check_frame, listed
from .var_checks import check_count, partners_of

ALIASES = {"ci": "rc", "co": "c", "coli": "rt", "colo": "ct", "nc": "n", "none": "n"}
"""Names of the deterministic cases elsewhere (statsmodels) and here."""

CRITERIA = ("aic", "bic", "hq")
MINIMUM = 40
"""Fewer observations than this carry no error-correction model, unless `minimum=` says so."""


@dataclass(frozen=True)
class Observations:
    """The model's blocks with their labels.

    Attributes
    ----------
    rows : ndarray of int
        Position of each observation in the data.
    inside, outside : ndarray, shape (n, ·)
        Restricted and unrestricted terms.
    inside_names, outside_names : tuple of str
    """

    rows: np.ndarray
    inside: np.ndarray
    outside: np.ndarray
    inside_names: tuple[str, ...]
    outside_names: tuple[str, ...]


def check_case(deterministic: str) -> str:
    """Return the house's name of a deterministic case."""
    case = ALIASES.get(str(deterministic).lower(), str(deterministic).lower())
    check_choice("deterministic", case, tuple(johansen.CASES))
    return case


def check_data(data: Any) -> pd.DataFrame:
    """Return levels that an error-correction model can be asked about."""
    frame = check_frame(data, "the VECM's data")
    if frame.shape[1] < 2:
        raise DataError("A VECM needs at least two columns.", "Add another series.")
    empty = list(frame.columns[frame.isna().all()])
    if empty:
        raise DataError(f"The VECM's data have no value of {listed(empty)}.", "Leave it out.")
    return frame


def check_exog(exog: Any, index: pd.Index) -> pd.DataFrame | None:
    """Return exogenous series at the rows of the data; a missing row stays missing."""
    if exog is None:
        return None
    frame = check_frame(exog, "exog")
    if frame.index.intersection(index).empty:
        raise DataError("exog shares no row with the data.", "Give it the dates of the data.")
    return frame.reindex(index)


def check_seasons(seasons: Any) -> int:
    """Return the number of seasons in a year, 0 for none."""
    if (
        isinstance(seasons, bool)
        or not isinstance(seasons, (int, np.integer))
        or seasons == 1
        or seasons < 0
    ):
        raise SpecificationError(
            f"seasons={seasons!r} is no number of seasons.", "Use 4, 12, …, or 0 for none."
        )
    return int(seasons)


def seasonal_dummies(index: pd.Index, seasons: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return centred dummies, one season left out; by month or quarter on dates."""
    place = np.arange(len(index)) % seasons
    if isinstance(index, pd.DatetimeIndex) and seasons in (4, 12):
        place = (index.month - 1).to_numpy() * seasons // 12
    made = (place[:, None] == np.arange(1, seasons)) - 1.0 / seasons
    return made, tuple(f"season {j + 1}" for j in range(1, seasons))


def observations(
    data: pd.DataFrame,
    lags: int,
    case: str,
    exog: pd.DataFrame | None,
    seasons: int,
    where: np.ndarray | None = None,
) -> Observations:
    """Return the observations of an order, with their deterministic and exogenous terms."""
    values = data.to_numpy()
    extra = np.empty((len(data), 0)) if exog is None else exog.to_numpy()
    usable = np.asarray(np.isfinite(extra).all(axis=1))
    rows = var.usable_rows(values, lags, usable if where is None else usable & where)
    inside, outside = johansen.deterministic(case, rows)
    known = {"c": "const", "t": "trend"}
    terms_in, terms_out = ([known[t] for t in terms] for terms in johansen.CASES[case])
    blocks, names = [outside], list(terms_out)
    if seasons:
        dummies, labels = seasonal_dummies(data.index, seasons)
        blocks, names = [*blocks, dummies[rows]], [*names, *labels]
    if exog is not None:
        blocks, names = [*blocks, extra[rows]], [*names, *exog.columns]
    return Observations(rows, inside, np.hstack(blocks), tuple(terms_in), tuple(names))


def check_rows(data: pd.DataFrame, seen: Observations, lags: int, minimum: int) -> None:
    """Refuse too few observations, constant columns and collinear ones, by name."""
    k, n = data.shape[1], len(seen.rows)
    needed = k * lags + seen.inside.shape[1] + seen.outside.shape[1] + k
    what = f"A VECM of {k} series with {lags} lags in levels has {n} usable observations"
    check_count(what, n, needed, minimum)
    current = data.to_numpy()[seen.rows]
    still = [c for c, s in zip(data.columns, np.ptp(current, axis=0), strict=True) if s == 0]
    if still:
        raise DataError(
            f"The VECM's data do not move in {listed(still)} on the common sample.",
            "Leave that series out.",
        )
    made = johansen.design(data.to_numpy(), lags, seen.rows, seen.inside, seen.outside)
    past = [f"Δ{c} L{j}" for j in range(1, lags) for c in data.columns]
    names = [*past, *seen.outside_names, *(f"{c} L1" for c in data.columns), *seen.inside_names]
    _check_spans(np.hstack([made.z2, made.z1]), names)
    _check_spans(
        np.hstack([made.z2, made.z0]),
        [*names[: made.z2.shape[1]], *(f"Δ{c}" for c in data.columns)],
    )


def _check_spans(columns: np.ndarray, names: list[str]) -> None:
    shares = var.pivots(columns, centre=False)
    if len(shares) and shares.min() < var.DEPENDENT:
        j = int(np.argmax(shares < var.DEPENDENT))
        partners = listed(partners_of(columns, j, names, False))
        raise DataError(
            f"{names[j]} is a linear combination of {partners} in the VECM.",
            "Leave out a series, an exogenous column or a deterministic term that repeats others.",
        )
