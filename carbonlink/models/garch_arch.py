"""The same model in the arch package, where arch has it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ..kernels.garch_estimate import Estimate


def fit_in_arch(y: pd.Series, vol: str, mean: str, lags: int, dist: str, found: Estimate) -> Any:
    """Return arch's own result for the model, its optimiser started at our maximum.

    Parameters
    ----------
    y : Series
        Returns.
    vol, mean, lags, dist
        As `carbonlink.GARCH` takes them.
    found : Estimate
        Our maximum, with presample "arch" and no variance regressors.

    Returns
    -------
    arch.univariate.base.ARCHModelResult
    """
    from arch.univariate import ARX, EGARCH, GARCH, ConstantMean, Normal, StudentsT, ZeroMean

    pieces: dict[str, Any] = {
        "volatility": EGARCH(1, 1, 1) if vol == "EGARCH" else GARCH(1, int(vol == "GJR"), 1),
        "distribution": StudentsT() if dist == "t" else Normal(),
        "rescale": False,
    }
    model: Any
    if mean == "ar":
        model = ARX(y, lags=lags, **pieces)
    else:
        model = (ConstantMean if mean == "constant" else ZeroMean)(y, **pieces)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(
            disp="off",
            show_warning=False,
            starting_values=np.asarray(found.params),
            options={"maxiter": 500},
        )


def start_from_arch(fitted: Any, found: Estimate) -> np.ndarray | None:
    """Return arch's parameters if they are more likely than ours, else None."""
    from ..kernels.garch_estimate import evaluate, to_standard

    params = np.asarray(fitted.params, dtype=float)
    if not np.isfinite(params).all():
        return None
    if evaluate(params, found.problem, found.units) <= found.loglik + 1e-4:
        return None
    return to_standard(params, found.problem, found.units)
