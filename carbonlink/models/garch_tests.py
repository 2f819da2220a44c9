"""The referee's questions to a GARCH model, each a row with its null in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inference import residual_tests
from ..kernels import garch_checks as checks
from ..kernels.garch_estimate import Estimate

_LAGS = 10
_FOURTH = 4.0
_ONE_DAY = 0.5
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
    why = no_fourth_moment(found, z)
    caution = f"; its p-value is no guide: {why}" if why else ""
    if found.problem.kind is None:
        rows = [_linear(found, False), _squares(found, why), _linear(found, True)]
    else:
        rows = [_plain(z, False), _plain(z, True)]
        rows[1]["note"] += caution
    for lags in (5, 10):
        row = residual_tests.arch_lm(z, lags)
        null = row["null"].replace("squared", "squared std.")
        rows.append({**row, "null": null, "note": _UNSPARED + caution})
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


def _linear(found: Estimate, sizes: bool) -> dict[str, Any]:
    """Robust Ljung–Box of the shocks, or of their absolute values."""
    what = "absolute standardised" if sizes else "standardised"
    name = "Ljung–Box, robust, absolute" if sizes else "Ljung–Box, robust"
    note = "allows for heteroskedasticity and for the estimated parameters"
    note += "; needs no fourth moment of the shocks" if sizes else ""
    return _row(name, what, checks.portmanteau(found, _LAGS, sizes), note, found)


def _squares(found: Estimate, why: str) -> dict[str, Any]:
    """Li–Mak, or why not."""
    statistic = float("nan") if why else checks.squares_portmanteau(found, _LAGS)
    note = "allows for the estimated parameters and for shocks that are not normal"
    row = _row("Li–Mak", "squared standardised", statistic, note, found)
    return {**row, "note": f"not computed: {why}; see the absolute residuals"} if why else row


def _row(name: str, what: str, statistic: float, note: str, found: Estimate) -> dict[str, Any]:
    from scipy import stats

    row = {
        "test": f"{name} ({_LAGS} lags)",
        "null": f"{what} residuals have no autocorrelation up to {_LAGS} lags",
        "statistic": statistic,
        "p_value": float(stats.chi2.sf(statistic, _LAGS)),
        "reference": f"chi-squared({_LAGS})",
        "note": note,
    }
    if np.isnan(statistic):
        singular = np.isnan(found.covs["hessian"]).all()
        row["note"] = "not computed: " + (
            "the information matrix has no inverse"
            if singular
            else "the estimated variance of the autocorrelations is not positive definite"
        )
    return row


def no_fourth_moment(found: Estimate, z: np.ndarray) -> str:
    """Say why a test of squared shocks has no chi-squared law; empty where it has one.

    Parameters
    ----------
    found : Estimate
    z : ndarray, shape (n,)
        Standardised residuals.

    Notes
    -----
    A t has a fourth moment beyond four degrees of freedom alone. Of any density, the largest z⁴
    vanishes in the sum of all as rows are added if and only if there is one (O'Brien, 1980).

    References
    ----------
    O'Brien, G. L. (1980). A limit theorem for sample maxima and heavy branches in
    Galton–Watson trees. Journal of Applied Probability 17, 539–545.
    """
    nu = checks.degrees_of_freedom(found)
    if nu <= _FOURTH:
        return f"with nu = {nu:.2f}, at most 4, the shocks have no fourth moment"
    share = float((z**4).max() / (z**4).sum())
    if share > _ONE_DAY:
        return f"one day is {100 * share:.0f} % of the fourth moment of the shocks"
    return ""


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
