"""The rest of the referee's questions: the returns themselves, stability, the density."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..inference.parallel import generator
from ..kernels import efficiency
from ..kernels.garch_checks import ljung_box
from ..kernels.garch_estimate import Estimate
from ..kernels.garch_partial import SEEN
from ..kernels.garch_stability import bridge_p_value, nyblom, pearson

_LAGS = 10
_CELLS = (20, 50)
_DRAWS = 499
_UNCORRELATED = "returns have no autocorrelation"


def returns_rows(y: np.ndarray) -> list[dict[str, Any]]:
    """Return the tests of the returns and of their squares."""
    from scipy import stats

    found = efficiency.automatic_portmanteau(y)
    rows = [
        {
            "test": "Escanciano–Lobato, automatic lags",
            "null": _UNCORRELATED,
            "statistic": found.statistic,
            "p_value": float(stats.chi2.sf(found.statistic, 1)),
            "reference": "chi-squared(1)",
            "note": f"lags chosen: {found.lags}; allows for changing volatility",
        }
    ]
    for what, series, note in (
        ("returns", y, "too many rejections where volatility changes: see the automatic test"),
        ("squared returns", y**2, "what the model is there to explain"),
    ):
        statistic = ljung_box(series, _LAGS)
        rows.append(
            {
                "test": f"Ljung–Box, {what} ({_LAGS} lags)",
                "null": f"{what} have no autocorrelation up to {_LAGS} lags",
                "statistic": statistic,
                "p_value": float(stats.chi2.sf(statistic, _LAGS)),
                "reference": f"chi-squared({_LAGS})",
                "note": note,
            }
        )
    return rows


def stability_rows(found: Estimate, names: list[str]) -> list[dict[str, Any]]:
    """Return Nyblom's test of all parameters, and Hansen's of each."""
    stable = nyblom(found)
    rows = [
        {
            "test": "Nyblom, all parameters",
            "null": "no parameter changes over the sample",
            "statistic": stable.joint,
            "p_value": bridge_p_value(stable.joint, stable.directions),
            "reference": f"integral of {stable.directions} squared Brownian bridges",
        }
    ]
    for name, value in zip(names, stable.each, strict=False):
        row = {"test": f"Nyblom–Hansen, {name}", "null": f"{name} does not change over the sample"}
        if np.isnan(value):
            rows.append(
                {**row, "note": "not computed: a bound holds, so the scores do not sum to 0"}
            )
            continue
        p_value = bridge_p_value(float(value), 1)
        reference = "integral of a squared Brownian bridge"
        rows.append({**row, "statistic": value, "p_value": p_value, "reference": reference})
    return rows


def density_rows(found: Estimate, dist: str) -> list[dict[str, Any]]:
    """Return Pearson's test of the density over equal cells, on returns that are seen whole."""
    from scipy import stats

    p = found.problem
    seen = np.ones(len(p.y), bool) if p.kind is None else p.kind == SEEN
    z = (found.resid * np.exp(-0.5 * found.log_variance))[seen]
    uniform = p.density.cdf(z, p.split(found.maximum.theta)[3])
    free = found.maximum.free.shape[1]
    rows = []
    for cells in _CELLS:
        statistic = pearson(uniform, cells)
        fewer = max(cells - 1 - free, 1)
        least = float(stats.chi2.sf(statistic, fewer))
        rows.append(
            {
                "test": f"Adjusted Pearson ({cells} cells)",
                "null": f"the shocks have the {dist} density",
                "statistic": statistic,
                "p_value": float(stats.chi2.sf(statistic, cells - 1)),
                "reference": f"chi-squared({cells - 1})",
                "note": f"between this and p = {least:.3f}, of chi-squared({fewer}), as parameters "
                "are estimated",
            }
        )
    return rows


def efficiency_rows(y: np.ndarray) -> list[dict[str, Any]]:
    """Return the variance-ratio tests of uncorrelated returns."""
    from scipy import stats

    rows = [
        {
            "test": f"Lo–MacKinlay variance ratio ({q} returns)",
            "null": _UNCORRELATED,
            "statistic": float(value),
            "p_value": float(2 * stats.norm.sf(abs(value))),
            "reference": "standard normal",
            "note": "allows for changing volatility",
        }
        for q, value in zip(efficiency.HORIZONS, efficiency.variance_ratios(y), strict=True)
    ]
    joint, single = efficiency.wild_p_values(y, _DRAWS, generator(0))
    rows.append(
        {
            "test": "Kim joint variance ratio",
            "null": _UNCORRELATED,
            "statistic": float(np.abs(efficiency.variance_ratios(y)).max()),
            "p_value": joint,
            "reference": f"wild bootstrap, {_DRAWS} draws",
        }
    )
    rows.append(
        {
            "test": "Automatic variance ratio",
            "null": _UNCORRELATED,
            "statistic": float(efficiency.automatic_variance_ratio(y)),
            "p_value": single,
            "reference": f"wild bootstrap, {_DRAWS} draws",
        }
    )
    return rows


def unit_root_rows(y: np.ndarray) -> list[dict[str, Any]]:
    """Return unit-root tests of the price path that the returns add up to, and of the returns."""
    from arch.unitroot import ADF, KPSS, PhillipsPerron

    rows = []
    for what, series in (("log price", np.cumsum(y)), ("returns", y)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            kpss = KPSS(series)
            _ = kpss.stat
        tests = (
            ("ADF", ADF(series, method="bic", max_lags=20), "has a unit root", "lags by BIC"),
            ("Phillips–Perron", PhillipsPerron(series), "has a unit root", ""),
            ("KPSS", kpss, "is stationary", "lags by the data"),
        )
        for name, test, null, note in tests:
            rows.append(
                {
                    "test": f"{name}, {what}",
                    "null": f"the {what} {null}" if what == "log price" else f"the series {null}",
                    "statistic": float(test.stat),
                    "p_value": float(test.pvalue),
                    "reference": "response surface, with a constant",
                    "note": note,
                }
            )
    return rows
