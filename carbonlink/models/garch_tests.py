"""The referee's questions to a GARCH model, each a row with its null in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inference import residual_tests
from ..kernels import garch_checks as checks
from ..kernels.garch_estimate import Estimate

_LAGS = 10
_UNSPARED = "does not allow for the estimated parameters, unlike the portmanteau tests"


def battery(found: Estimate, dist: str, shocks: np.ndarray) -> list[dict[str, Any]]:
    """Return the rows of `diagnostics` for a GARCH model.

    Parameters
    ----------
    found : Estimate
    dist : str
    shocks : ndarray, shape (n,)
        Standardised residuals, missing on days without a trade.
    """
    z = shocks[~np.isnan(shocks)]
    if found.problem.kind is None:
        rows = [_portmanteau(found, False), _portmanteau(found, True)]
    else:
        rows = [_plain(z, False), _plain(z, True)]
    for lags in (5, 10):
        row = residual_tests.arch_lm(z, lags)
        rows.append(
            {**row, "null": row["null"].replace("squared", "squared std."), "note": _UNSPARED}
        )
    resid = found.resid if found.problem.kind is None else found.resid[~np.isnan(shocks)]
    rows += _bias(resid, z)
    normal = {**residual_tests.jarque_bera(z), "null": "standardised residuals are normal"}
    if dist != "normal":
        normal["note"] = f"the model does not assume it: its density is the {dist}"
    return [*rows, normal]


def _plain(z: np.ndarray, squares: bool) -> dict[str, Any]:
    """Ljung–Box of the shocks that are seen, one after the other."""
    from scipy import stats

    statistic = checks.ljung_box(z**2 if squares else z, _LAGS)
    what = "squared standardised" if squares else "standardised"
    return {
        "test": f"Ljung–Box, {what} ({_LAGS} lags)",
        "null": f"{what} residuals have no autocorrelation up to {_LAGS} lags",
        "statistic": statistic,
        "p_value": float(stats.chi2.sf(statistic, _LAGS)),
        "reference": f"chi-squared({_LAGS})",
        "note": "over trades, as if they followed each other; limit days by the mean of what they "
        "hide; does not allow for the estimated parameters",
    }


def _portmanteau(found: Estimate, squares: bool) -> dict[str, Any]:
    from scipy import stats

    test = checks.squares_portmanteau if squares else checks.portmanteau
    statistic = test(found, _LAGS)
    what = "squared standardised" if squares else "standardised"
    row = {
        "test": f"Li–Mak ({_LAGS} lags)" if squares else f"Ljung–Box, robust ({_LAGS} lags)",
        "null": f"{what} residuals have no autocorrelation up to {_LAGS} lags",
        "statistic": statistic,
        "p_value": float(stats.chi2.sf(statistic, _LAGS)),
        "reference": f"chi-squared({_LAGS})",
        "note": "allows for the estimated parameters and for shocks that are not normal"
        if squares
        else "allows for heteroskedasticity and for the estimated parameters",
    }
    if np.isnan(statistic):
        row["note"] = "not computed: the information matrix has no inverse"
    return row


def _bias(resid: np.ndarray, z: np.ndarray) -> list[dict[str, Any]]:
    from scipy import stats

    found = checks.sign_bias(resid, z)
    head = "the variance equation leaves out"
    names = ("sign", "negative size", "positive size")
    nulls = (
        f"{head} nothing of the sign of the last shock",
        f"{head} nothing of the size of a last fall",
        f"{head} nothing of the size of a last rise",
    )
    joint = {
        "test": "Engle–Ng joint",
        "null": f"{head} nothing of sign and size of the last shock",
        "reference": "chi-squared(3)",
    }
    if found is None:
        return [{**joint, "note": "not computed: the shocks do not have both signs"}]
    df = len(z) - 5
    rows = [
        {
            "test": f"Engle–Ng {name} bias",
            "null": null,
            "statistic": value,
            "p_value": float(2 * stats.t.sf(abs(value), df)),
            "reference": f"t({df})",
        }
        for name, null, value in zip(names, nulls, found.tvalues, strict=True)
    ]
    return [
        *rows,
        {**joint, "statistic": found.joint, "p_value": float(stats.chi2.sf(found.joint, 3))},
    ]
