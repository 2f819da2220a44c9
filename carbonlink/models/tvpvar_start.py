"""What a TVP-VAR starts from: choices with their defaults, training rows, prior."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, TooFewObservationsError, check_choice
from ..kernels import tvpvar as kernel
from ..kernels import var
from .frames import listed
from .var import MINIMUM
from .var_checks import check_columns

TRAINING = 60
"""Rows of the default training window, unless three a coefficient are more."""

PRIORS = {"uninformative": 4.0, "minnesota": 0.1, "training": 4.0}
"""Default `prior_variance` of each prior."""

OURS = {
    "begin": "after training",
    "intercept": True,
    "demean": "training",
    "standardise": True,
    "stability": "previous",
    "prior_scale": "shocks",
}
PEER = {
    "begin": "first row",
    "intercept": False,
    "demean": "sample",
    "standardise": False,
    "stability": "shrink",
    "prior_scale": "unit",
    "training_window": "all",
}
ALLOWED: dict[str, tuple[Any, ...]] = {
    "prior": tuple(PRIORS),
    "begin": ("after training", "first row"),
    "intercept": (True, False),
    "demean": ("training", "sample", "none"),
    "standardise": (True, False),
    "stability": ("previous", "project", "shrink", "none"),
    "prior_scale": ("shocks", "unit"),
}
WARM_UP = 0.1


@dataclass(frozen=True)
class Choices:
    """Every choice of a TVP-VAR, defaults filled in."""

    lags: int
    forgetting: tuple[float, float]
    prior: str
    prior_variance: float
    prior_scale: str
    training_window: int | str
    begin: str
    warm_up: float
    intercept: bool
    demean: str
    standardise: bool
    stability: str
    compat: str | None

    def spec(self) -> dict[str, Any]:
        """The choices that bear on the estimates, as plain values."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.prior != "training":
            del values["prior_scale"]
        if self.begin != "first row":
            del values["warm_up"]
        return values


@dataclass(frozen=True)
class Ready:
    """Data in the filter's own units, and where it starts.

    Attributes
    ----------
    values : ndarray, shape (T, k)
    rows : ndarray of int
        Observations that the filter takes.
    start : Start
    centre, scale : ndarray, shape (k,)
        values = (data − centre)/scale.
    window : int
        Rows of data in the training window.
    dropped : dict
        Rows that give no estimate, by reason.
    """

    values: np.ndarray
    rows: np.ndarray
    start: kernel.Start
    centre: np.ndarray
    scale: np.ndarray
    window: int
    dropped: dict[str, int]


def resolve(given: dict[str, Any], k: int) -> Choices:
    """Fill in the defaults of the arguments of `TVPVAR`, or refuse what is wrong with them."""
    chosen = dict(given)
    chosen["lags"] = _whole("lags", given["lags"], 1)
    chosen["forgetting"] = _forgetting(given["forgetting"])
    if given["prior_scale"] is not None and given["prior"] != "training":
        raise SpecificationError(
            f'prior_scale= has no meaning for prior="{given["prior"]}".', 'Use prior="training".'
        )
    peer = given["compat"] is not None
    for name, default in (OURS | PEER if peer else OURS).items():
        if given.get(name) is None:
            chosen[name] = default
    for name, allowed in ALLOWED.items():
        check_choice(name, chosen[name], allowed)
    chosen["prior_variance"] = _prior_variance(given, peer)
    chosen["training_window"] = _window(chosen, k)
    chosen["warm_up"] = _warm_up(given["warm_up"], chosen["begin"])
    return Choices(**chosen)


def prepare(data: pd.DataFrame, chosen: Choices) -> Ready:
    """Cut the sample into training and filtered rows, and make the prior."""
    values, lags, names = data.to_numpy(), chosen.lags, list(data.columns)
    usable = var.usable_rows(values, lags)
    complete = np.isfinite(values).all(axis=1)
    window = len(values) if chosen.training_window == "all" else int(chosen.training_window)
    inside = _training(chosen, window, complete, usable)
    end = len(values) if chosen.training_window == "all" else inside[-1] + 1
    early = complete.copy()
    early[end:] = False
    check_columns(values, lags, usable, names, chosen.intercept)
    _check_training(values, lags, inside, early, names)
    centre = _centre(values, chosen, early, complete)
    scale = values[early].std(axis=0, ddof=1) if chosen.standardise else np.ones(len(names))
    moved = (values - centre) / scale
    rows = usable[usable >= end]
    if chosen.begin == "first row":
        rows = np.arange(len(values))
    start = _start(moved, chosen, inside, early)
    lagless = int(complete.sum()) - len(usable)
    dropped = {
        "rows with a missing value": int((~complete).sum()),
        "rows without complete lags": 0 if chosen.begin == "first row" else lagless,
        "rows of the training window": 0 if chosen.begin == "first row" else len(inside),
    }
    return Ready(moved, rows, start, centre, scale, int(early.sum()), dropped)


def notes(chosen: Choices, ready: Ready, filtered: kernel.Filtered) -> tuple[str, ...]:
    """What a reader of the estimates must know about them."""
    found = []
    ahead = []
    if chosen.demean == "sample":
        ahead.append("means of the whole sample")
    if chosen.begin == "first row":
        ahead.append(f"a start trained on rows 1 to {ready.window}")
    elif chosen.training_window == "all":
        ahead.append("a start trained on the whole sample")
    if ahead:
        found.append(f"Estimates look ahead: they use {' and '.join(ahead)}.")
    count = int(filtered.explosive.sum())
    if count:
        done = {
            "previous": "the coefficients of the day before stand",
            "project": "the coefficients were shrunk to a largest root of 0.999",
            "shrink": "the coefficients shown are those of the day before",
            "none": "the explosive coefficients stand",
        }[chosen.stability]
        found.append(
            f"The update was explosive on {count} of {len(ready.rows)} dates; there {done}."
        )
    return tuple(found)


def _training(chosen: Choices, window: int, complete: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Observations of the training window, once the sample is known to carry it."""
    k_rows, n = window - chosen.lags, len(usable)
    after = 0 if chosen.begin == "first row" else MINIMUM
    if chosen.begin == "first row" and not complete.all():
        raise DataError(
            f"The data have {int((~complete).sum())} rows with a missing value; a filter that "
            "begins in the first row needs them all.",
            'Drop those rows, or use begin="after training".',
        )
    if chosen.training_window == "all":
        if chosen.begin == "after training":
            raise SpecificationError(
                'training_window="all" leaves no row after training.', 'Use begin="first row".'
            )
        k_rows = n
    if n < max(k_rows + after, MINIMUM):
        raise TooFewObservationsError(
            f"The TVP-VAR({chosen.lags}) has {n} usable observations; {k_rows} for training and "
            f"{MINIMUM} after it need {max(k_rows + after, MINIMUM)}.",
            "Use a shorter training_window or a longer common sample.",
        )
    return usable[:k_rows]


def _check_training(
    values: np.ndarray, lags: int, inside: np.ndarray, early: np.ndarray, names: list[str]
) -> None:
    """Refuse a training window that is too short or in which columns do not move apart."""
    k = len(names)
    needed = k * lags + 1 + k
    if len(inside) < needed:
        raise TooFewObservationsError(
            f"The training window has {len(inside)} observations of a VAR({lags}) of {k} series; "
            f"it needs at least {needed}.",
            f"Use training_window={needed + lags} or more.",
        )
    still = [c for c, size in zip(names, np.ptp(values[early], axis=0), strict=True) if size == 0]
    if still:
        raise DataError(
            f"{listed(still)} does not move in the training window, the first {len(inside)} "
            "observations.",
            "Start the sample later, use a longer training_window, or leave it out.",
        )
    try:
        check_columns(values, lags, inside, names, True)
    except DataError as error:
        raise DataError(
            f"In the training window: {error.message}", f"{error.remedy} Or train on more rows."
        ) from error


def _centre(
    values: np.ndarray, chosen: Choices, early: np.ndarray, complete: np.ndarray
) -> np.ndarray:
    if chosen.demean == "none":
        return np.zeros(values.shape[1])
    return values[complete if chosen.demean == "sample" else early].mean(axis=0)


def _start(
    moved: np.ndarray, chosen: Choices, inside: np.ndarray, early: np.ndarray
) -> kernel.Start:
    lags, constant, variance = chosen.lags, chosen.intercept, chosen.prior_variance
    k = moved.shape[1]
    if chosen.prior != "training":
        make = getattr(kernel, chosen.prior)
        return make(k, lags, constant, variance, np.cov(moved[early].T))
    scaled = chosen.prior_scale == "shocks"
    start = kernel.trained(moved, lags, inside, constant, variance, scaled)
    slopes = start.mean[:, int(constant) :].reshape(k, lags, k).transpose(1, 0, 2)
    root = var.roots(slopes)[0]
    if root > 1 and chosen.stability != "none":
        raise DataError(
            f"The VAR of the training window is explosive: its largest root is {root:.4f}.",
            'Train on more rows, or use prior="uninformative".',
        )
    return start


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise SpecificationError(
            f"{name}={value!r} is not a whole number of at least {least}.", f"Use {name}={least}."
        )
    return int(value)


def _forgetting(value: Any) -> tuple[float, float]:
    pair = np.asarray(value, dtype=float) if np.ndim(value) == 1 else np.empty(0)
    if pair.shape != (2,) or not ((pair > 0) & (pair <= 1)).all():
        raise SpecificationError(
            f"forgetting={value!r} is no pair of numbers above 0 and at most 1.",
            "Use (0.99, 0.99): coefficients first, then the covariance.",
        )
    return float(pair[0]), float(pair[1])


def _prior_variance(given: dict[str, Any], peer: bool) -> float:
    value = given["prior_variance"]
    if value is None:
        return 1.0 if peer and given["prior"] == "training" else PRIORS[given["prior"]]
    if isinstance(value, bool) or not np.isreal(value) or not 0 < value < np.inf:
        raise SpecificationError(f"prior_variance={value!r} is no variance.", "Use 4.")
    return float(value)


def _window(chosen: dict[str, Any], k: int) -> int | str:
    value = chosen["training_window"]
    if value is None:
        coefficients = k * chosen["lags"] + bool(chosen["intercept"])
        return max(TRAINING, 3 * coefficients + chosen["lags"])
    if value == "all":
        return "all"
    return _whole("training_window", value, chosen["lags"] + 1)


def _warm_up(value: Any, begin: str) -> float:
    if begin != "first row":
        if value is not None:
            raise SpecificationError(
                'warm_up= has no meaning with begin="after training".', 'Use begin="first row".'
            )
        return float("nan")
    if value is None:
        return WARM_UP
    if isinstance(value, bool) or not np.isreal(value) or not 0 <= value < np.inf:
        raise SpecificationError(f"warm_up={value!r} is no share.", "Use 0.1.")
    return float(value)
