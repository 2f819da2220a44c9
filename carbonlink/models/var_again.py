"""The estimator of a shrunk or quantile VAR, as a function of other rows and other values."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ..kernels import var as kernel
from .var_quantile import quantile_fit
from .var_shrinkage import Shrinkage, shrink

DRAWN = ("ridge", "minnesota")
"""Shrunk estimators that are fitted to samples without a link too."""


@dataclass(frozen=True)
class Again:
    """Call it with values (T, k), rows and exogenous columns: a fit of the same kind.

    Attributes
    ----------
    lags : int
    constant : bool
    how : Shrinkage
    tau : float or None
        Of quantile regressions.
    """

    lags: int
    constant: bool
    how: Shrinkage
    tau: float | None = None

    def __call__(
        self, values: np.ndarray, rows: np.ndarray, exog: np.ndarray | None = None
    ) -> kernel.VarFit:
        """Fit the model to `values` at `rows`."""
        if self.tau is None:
            return shrink(values, self.lags, rows, self.constant, exog, self.how).fitted
        ordinary = kernel.fit(values, self.lags, rows, self.constant, exog)
        return quantile_fit(values, ordinary, self.constant, exog, self.tau)[0]


def again(model: Any, chosen: bool) -> Again | None:
    """Return the estimator of a fitted VAR; None for least squares.

    Parameters
    ----------
    model : VARResults
    chosen : bool
        Keep the penalty that was chosen; else choose it anew where it was chosen.
    """
    if not model.shrunk:
        return None
    given = model.recipe.arguments
    if model.shrunk == "quantile":
        return Again(model.lags, model.constant, Shrinkage(), model.spec["tau"])
    how = Shrinkage(**{f.name: given[f.name] for f in fields(Shrinkage)})
    if chosen:
        name = "tightness" if how.method == "minnesota" else "penalty"
        how = replace(how, **{name: model.spec[name]})
    return Again(model.lags, model.constant, how)
