"""Which arguments a causality test takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SpecificationError, check_choice
from ..models.frames import listed
from .causality_quantiles import check_taus

METHODS = ("wald", "toda-yamamoto", "frequency", "instantaneous", "cross-quantilogram")
ADJUST = ("holm", "bh", "by", "romano-wolf", "none")
BOOTSTRAPS = ("wild", "residual", "block")
PERIODS = (5.0, 20.0, 60.0)
TAUS = (0.05, 0.5, 0.95)
_VAR = ("wald", "toda-yamamoto", "frequency", "instantaneous")
_PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "integration": (1, ("toda-yamamoto",)),
    "periods": (PERIODS, ("frequency",)),
    "taus": (TAUS, ("cross-quantilogram",)),
    "cov": ("robust", _VAR),
    "bootstrap": (None, _VAR),
}
"""Default of each of these arguments, and the methods in which it has a part."""


def check(given: dict[str, Any]) -> None:
    """Refuse wrong arguments of a causality test, and settle its bootstrap."""
    check_choice("method", given["method"], METHODS)
    check_choice("adjust", given["adjust"], ADJUST)
    check_choice("cov", given["cov"], ("robust", "ols"))
    _check_parts(given)
    if given["method"] != "cross-quantilogram":
        if given["bootstrap"] is None:
            given["bootstrap"] = "block" if given["method"] == "instantaneous" else "wild"
        check_choice("bootstrap", given["bootstrap"], BOOTSTRAPS)
    if given["method"] == "instantaneous" and given["bootstrap"] == "wild":
        raise SpecificationError(
            "The wild bootstrap does not hold for the covariance of the shocks.",
            'Use bootstrap="block".',
        )
    draws, level = given["draws"], float(given["level"])
    wrong = isinstance(draws, bool) or not isinstance(draws, (int, np.integer, type(None)))
    if wrong or (draws is not None and draws < 0):
        raise SpecificationError(f"draws={draws!r} is no number of draws.", "Use 499.")
    if not 0 < level <= 0.5:
        raise SpecificationError(f"level={level!r} is not the size of a test.", "Use 0.05.")
    if given["adjust"] == "romano-wolf" and draws == 0:
        raise SpecificationError('"romano-wolf" needs joint draws.', "Use draws=499.")
    if given["method"] == "toda-yamamoto" and int(given["integration"]) < 1:
        raise SpecificationError(
            f"integration={given['integration']} leaves no extra lag.", 'Use method="wald".'
        )
    check_taus(given["taus"])
    if given["method"] == "cross-quantilogram" and given["exog"] is not None:
        raise SpecificationError("A cross-quantilogram has no exogenous columns.", "Leave it out.")
    low = [p for p in given["periods"] if not float(p) >= 2]
    if low or not given["periods"]:
        raise SpecificationError(
            f"periods={given['periods']} holds no wave of 2 rows or more everywhere.",
            "The shortest wave that rows can show has 2 rows (frequency π).",
        )


def _check_parts(given: dict[str, Any]) -> None:
    """Refuse arguments that have no part in the method."""
    for name, (default, methods) in _PARTS.items():
        if given["method"] not in methods and given[name] != default:
            raise SpecificationError(
                f"{name}={given[name]!r} has no part in method={given['method']!r}.",
                f"Leave it at {default!r}; it belongs to {listed(methods)}.",
            )
