"""The same model in the arch package, where arch has it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ..kernels.garch_estimate import Estimate
from ..kernels.garch_steps import HARCH_LAGS, TRUNCATION


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
    from arch import univariate as arch

    p, o, q = found.problem.family.order
    volatilities = {
        "EGARCH": lambda: arch.EGARCH(p, o, q),
        "GJR": lambda: arch.GARCH(p, o, q),
        "GARCH": lambda: arch.GARCH(1, 0, 1),
        "APARCH": lambda: arch.APARCH(p, o, q),
        "FIGARCH": lambda: arch.FIGARCH(1, 1, truncation=TRUNCATION),
        "HARCH": lambda: arch.HARCH(list(HARCH_LAGS)),
    }
    densities: dict[str, Any] = {
        "normal": arch.Normal,
        "t": arch.StudentsT,
        "skewt": arch.SkewStudent,
        "ged": arch.GeneralizedError,
    }
    pieces: dict[str, Any] = {
        "volatility": volatilities[vol](),
        "distribution": densities[dist](),
        "rescale": False,
    }
    model: Any
    if mean == "ar":
        model = arch.ARX(y, lags=lags, **pieces)
    else:
        model = (arch.ConstantMean if mean == "constant" else arch.ZeroMean)(y, **pieces)
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
