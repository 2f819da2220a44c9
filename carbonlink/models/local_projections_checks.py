"""What local projections refuse, by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SpecificationError, TooFewObservationsError, check_choice
from ..kernels.projections import Projections
from .ecm import SPARE
from .frames import listed
from .local_projections_results import BANDS

INFERENCES = ("lag_augmented", "hac")
CUMULATIVE = (False, True, "ratio")
TRENDS = ("c", "ct")


def check_settings(
    horizon: Any,
    lags: Any,
    shock_lags: Any,
    cumulative: Any,
    inference: str,
    bandwidth: Any,
    state_lag: Any,
    trend: str,
    bands: tuple[str, ...],
    draws: Any,
) -> None:
    """Refuse a setting that is not known or has no use."""
    for name, value, least in (
        ("horizon", horizon, 0),
        ("lags", lags, 0),
        ("shock_lags", 0 if shock_lags is None else shock_lags, 0),
        ("state_lag", state_lag, 0),
        ("bandwidth", 0 if bandwidth is None else bandwidth, 0),
        ("draws", draws, 100),
    ):
        if isinstance(value, (bool, str)) or int(value) != value or value < least:
            raise SpecificationError(f"{name}={value!r} is not usable.", f"Use {least} or more.")
    check_choice("cumulative", cumulative, CUMULATIVE)
    check_choice("inference", inference, INFERENCES)
    check_choice("trend", trend, TRENDS)
    for band in bands:
        check_choice("bands", band, BANDS)
    if not bands:
        raise SpecificationError("bands is empty.", 'Use "pointwise", "sup-t" or both.')
    if bandwidth is not None and inference != "hac":
        raise SpecificationError(
            f"bandwidth={bandwidth!r} has no use with inference={inference!r}.",
            'Set inference="hac".',
        )


def check_inference(inference: str | None, instrumented: bool) -> None:
    """Refuse a kind of inference that is not known, or events without an instrument."""
    if inference is None:
        return
    check_choice("inference", inference, (*INFERENCES, "events"))
    if inference == "events" and not instrumented:
        raise SpecificationError(
            'inference="events" has no use without an instrument.', "Give instrument=, or leave it."
        )


def check_fit(found: Projections, labels: list[str], state: str, minimum: int) -> None:
    """Refuse collinear terms and too few rows, by name."""
    where = f" where {state}" if state else ""
    needed = max(minimum, found.coefficients + SPARE)
    if found.collinear:
        names = listed(labels[j] for j in found.collinear)
        raise SpecificationError(
            f"{names}: constant, or a combination of the other terms{where}.",
            "Leave it out, use fewer lags, or a sample in which it moves.",
        )
    if found.rows[-1] < needed:
        raise TooFewObservationsError(
            f"The last horizon has {found.rows[-1]} rows and {found.coefficients} "
            f"coefficients{where}; it needs {needed} rows.",
            "Use a shorter horizon, fewer lags or controls, or a longer sample.",
        )


def check_smooth(smooth: Any, order: Any, horizon: int, by_instrument: bool) -> None:
    """Refuse a penalty that is none, or one where sets are Anderson–Rubin's."""
    chosen = isinstance(smooth, str)
    if chosen:
        check_choice("smooth", smooth, ("cv",))
    elif isinstance(smooth, bool) or not (np.isfinite(smooth) and smooth >= 0):
        raise SpecificationError(f"smooth={smooth!r} is no penalty.", 'Use 0 or more, or "cv".')
    if order not in (1, 2, 3, 4):
        raise SpecificationError(f"smooth_order={order!r} is not usable.", "Use 1, 2, 3 or 4.")
    if horizon < order:
        raise SpecificationError(
            f"{horizon + 1} horizons cannot be smoothed with smooth_order={order}.",
            f"Use a horizon of {order} or more.",
        )
    if by_instrument:
        raise SpecificationError(
            "smooth has no use with an instrument or a ratio, whose sets are one horizon's.",
            "Leave smooth out.",
        )
