"""The band that a tariff may not leave, on the dates of its price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SpecificationError, check_choice
from ..models.frames import listed

INSIDE = "inside_band"


def band_ends(band: Any, effect: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the lower and the upper end of a band on the dates of the price.

    Parameters
    ----------
    band : (lower, upper) or DataFrame
        Numbers, Series by date, or columns lower and upper; None is no limit on that side.
    effect : Series
    """
    if isinstance(band, pd.DataFrame):
        if not {"lower", "upper"} <= set(band.columns):
            raise SpecificationError(
                "band has no columns lower and upper.", f"It has: {listed(band.columns)}."
            )
        band = (band["lower"], band["upper"])
    if not isinstance(band, (tuple, list)) or len(band) != 2:
        raise SpecificationError(f"band={band!r} is no band.", "Give (lower, upper).")
    lower, upper = (
        _end(end, effect.index, words, none)
        for end, words, none in zip(band, ("lower", "upper"), (-np.inf, np.inf), strict=True)
    )
    if (lower >= upper).any():
        raise SpecificationError(
            "The lower end of the band is not below the upper one.", "Give (lower, upper)."
        )
    return lower, upper


def _end(end: Any, index: pd.Index, words: str, none: float) -> pd.Series:
    try:
        if isinstance(end, pd.Series):
            values = end.reindex(index).astype(float)
        else:
            values = pd.Series(none if end is None else float(end), index)
    except (TypeError, ValueError) as error:
        raise SpecificationError(
            f"The {words} end of the band is no number: {end!r}.",
            "Give a number, a Series by date, or None for no limit.",
        ) from error
    missing = index[values.isna()]
    if len(missing):
        raise SpecificationError(
            f"The {words} end of the band has no value on {len(missing)} dates of the sample: "
            f"{listed(missing)}.",
            "Give one on every date; −inf and inf say that there is no limit.",
        )
    return values


def inside_band(ends: Any, effect: pd.Series, where: Any) -> pd.Series | None:
    """Return whether the price lies strictly inside its band, None without a band."""
    if isinstance(where, str):
        check_choice("where", where, (INSIDE,))
        if ends is None:
            raise SpecificationError(
                'where="inside_band" needs a band.', "Give band=(lower, upper)."
            )
    if ends is None:
        return None
    return (effect > ends[0]) & (effect < ends[1])
