"""Who predicts whom: a declared family of causality tests, with bootstrap p-values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TooFewObservationsError
from ..inference import bootstrap, causality_draws, multiplicity, parallel
from ..inference.bands import POWER
from ..models.var import MINIMUM
from ..models.var_checks import warn_of_unit_roots
from ..models.var_results import VARResults
from ..results import Recipe
from .causality_checks import PERIODS, TAUS, check
from .causality_data import tested_model
from .causality_family import Pair, declared, restrictions
from .causality_quantiles import quantile_family
from .causality_results import CausalityResults

DRAWS = 499
MOST_DRAWS = 4999
"""Replications drawn at most when their number is not given."""

SHORT = 200
"""Observations below which a note says how often true nulls are rejected."""


def causality(
    data: Any,
    method: str = "wald",
    *,
    family: Any = None,
    adjust: str = "holm",
    lags: int | str = "bic",
    max_lags: int | None = None,
    integration: int = 1,
    periods: Iterable[float] = PERIODS,
    taus: Iterable[float] = TAUS,
    exog: Any = None,
    markets: Iterable[str] | None = None,
    cov: str = "robust",
    bootstrap: str | None = None,
    minimum: int = MINIMUM,
    draws: int | None = None,
    rng: Any = 0,
    level: float = 0.05,
) -> CausalityResults:
    """Test which series predict which others, in a VAR of them all.

    Parameters
    ----------
    data : DataFrame or Panel
        Stationary series, or levels for "toda-yamamoto". Of a panel: returns on the days when
        all venues were open; log prices of genuine trades for "toda-yamamoto".
    method : {"wald", "toda-yamamoto", "frequency", "instantaneous", "cross-quantilogram"}
        All lags of the cause are zero in the equation of the effect; the same in levels with
        `integration` extra lags that are left free, which holds whether or not the series have
        unit roots or are cointegrated; no causality at waves of some lengths; no correlation of
        the shocks of the same row; no correlation of a series' being below its quantile with
        another's having been below its own up to `lags` rows before (5 by default), which is of
        the pair alone.
    family : "all" or list of (cause, effect)
        The tests that are asked, all of them: p-values are adjusted for their number. "all" is
        every ordered pair. A tuple of names on either side is tested as a block.
    adjust : {"holm", "bh", "by", "romano-wolf", "none"}
        Family-wise error under any dependence; false discovery rate under positive or any
        dependence; family-wise error from the joint draws, which keeps power when tests move
        together.
    lags : int or {"aic", "bic", "hq"}
        Order of the VAR. "frequency" needs three or more.
    max_lags : int, optional
        Largest order that a criterion tries.
    integration : int
        For "toda-yamamoto": largest order of integration that is feared, the number of extra
        lags.
    periods : list of float
        For "frequency": lengths of waves in rows (days), at least 2; every pair is tested at
        each, and all of them count in the family.
    taus : list of float
        For "cross-quantilogram": quantiles, each tested for every pair.
    exog : DataFrame or Series, optional
        Exogenous columns of every equation.
    markets : list of str, optional
        Columns or markets of the VAR.
    cov : {"robust", "ols"}
        White's covariance in the statistics, or that of shocks with one variance.
    bootstrap : {"wild", "residual", "block"}, optional
        Shocks of the replications. "wild" by default, which holds under changing variances for
        tests of coefficients; "block" for "instantaneous", where the wild one does not hold.
    minimum : int
        Fewest observations.
    draws : int, optional
        Replications; 0 gives asymptotic p-values. By default 499, or twice the number of tests
        over `level` if that is more, at most 4,999: with fewer the smallest p-value,
        1/(1 + draws), times the tests cannot come below the level ("romano-wolf" can).
    rng : int, SeedSequence or Generator
    level : float
        Size of the tests.

    Returns
    -------
    CausalityResults
        `table`, `matrix`, `expected_false`.

    Notes
    -----
    Statistics are Wald's, θ'V⁻¹θ. Replications run from the fitted VAR and their statistics are
    centred at its estimates, so that one set of draws serves the p-value of each test,
    (1 + #{W* ≥ W})/(1 + draws), and their joint law. Where the fitted VAR is explosive the
    regressors of the sample are kept instead of running paths, with a note.

    Every test is of one cause given all other series: leaving one out can make a cause of a
    bystander. `detectable_r2` is the partial R² λ/(n + λ), with λ the non-centrality that gives
    power 0.8.

    True nulls rejected at 5 % by simulation (`benchmarks/causality.py`): 4.8 to 6.4 % with
    T = 250 and 6.2 to 7.2 % with T = 100, in persistent stationary systems ("wald") and with random
    walks and unknown cointegration ("toda-yamamoto"), normal and GARCH shocks; chi-squared p-values
    reject up to 12 % there. Cross-quantilograms of independent GARCH series reject 3.4 % (T = 400).

    References
    ----------
    Breitung, J. and Candelon, B. (2006). Testing for short- and long-run causality: a
    frequency-domain approach. Journal of Econometrics 132, 363–378.
    doi:10.1016/j.jeconom.2005.02.004
    Gonçalves, S. and Kilian, L. (2004). Bootstrapping autoregressions with conditional
    heteroskedasticity of unknown form. Journal of Econometrics 123, 89–120.
    doi:10.1016/j.jeconom.2003.10.030
    Han, H., Linton, O., Oka, T. and Whang, Y.-J. (2016). The cross-quantilogram. Journal of
    Econometrics 193, 251–270. doi:10.1016/j.jeconom.2016.03.001
    Toda, H. Y. and Yamamoto, T. (1995). Statistical inference in vector autoregressions with
    possibly integrated processes. Journal of Econometrics 66, 225–250.
    doi:10.1016/0304-4076(94)01616-8

    Examples
    --------
    >>> import carbonlink as cl
    >>> returns = cl.simulate.var(400, rng=1)
    >>> found = cl.causality(returns, family="all", lags=1, draws=199)
    >>> len(found.table), round(found.expected_false, 1)
    (6, 0.3)
    >>> bool(found.matrix().loc["cea", "hubei"] < 0.05)
    True
    """
    given = dict(locals())
    for name in ("periods", "taus", "markets"):
        value = given[name]
        given[name] = value if value is None or isinstance(value, str) else tuple(value)
    given["rng"] = parallel.repeatable(rng)
    check(given)
    model, tested, origin = tested_model(given)
    pairs = declared(family, model.names, method)
    frequencies = tuple(2 * np.pi / p for p in given["periods"])
    first = int(model.constant) + len(model.outer)
    if method == "cross-quantilogram":
        tests: list[Any] = [t for _ in pairs for t in given["taus"]]
    else:
        tests = restrictions(pairs, model.names, tested, first, method, frequencies)
    if draws is None:
        counted = len(tests) if adjust in ("holm", "bh", "by") else 1
        enough = max(DRAWS, int(np.ceil(2 * counted / float(level))) - 1)
        given["draws"] = min(enough, MOST_DRAWS)
    return _tested(model, tested, pairs, tests, given, origin)


def _tested(
    model: VARResults,
    tested: int,
    pairs: list[Pair],
    tests: list[Any],
    given: dict[str, Any],
    origin: dict[str, Any],
) -> CausalityResults:
    method, robust = given["method"], given["cov"] == "robust"
    shocks, level, draws = method == "instantaneous", float(given["level"]), int(given["draws"])
    notes, null = list(origin["notes"] + model.notes), None
    if method != "toda-yamamoto":
        warn_of_unit_roots(notes)
    quantiles = None
    if method == "cross-quantilogram":
        quantiles = quantile_family(model, pairs, given["taus"], draws, given["rng"])
        tests, values, null = quantiles.tests, quantiles.values, quantiles.null
        thetas = covs = [np.empty(0)] * len(tests)
    else:
        source = bootstrap.linked(*model.system())
        _check_room(model, tests)
        values, thetas, covs = causality_draws.observed(source, tests, robust, shocks)
    if draws and quantiles is None:
        if not model.is_stable:
            notes.append(
                f"The largest root is {model.roots[0]:.4f}: replications keep the regressors of "
                "the sample instead of running paths."
            )
        null = causality_draws.statistics(
            source, tests, draws, given["rng"], scheme=given["bootstrap"], robust=robust,
            shocks=shocks, recursive=model.is_stable,
        )  # fmt: skip
    if draws and given["adjust"] == "holm" and len(tests) > level * (draws + 1):
        notes.append(
            f"{draws} draws are too few for {len(tests)} tests: the smallest p-value adjusted by "
            f"Holm is {len(tests) / (draws + 1):.3f}. Ask fewer tests, give draws=, or use "
            'adjust="romano-wolf".'
        )
    table = _table(model, pairs, tests, given, values, thetas, covs, null)
    if quantiles is not None:
        table["rho"], table["at lag"] = quantiles.strongest, quantiles.at
    if model.nobs < SHORT and quantiles is None:
        notes.append(
            f"{model.nobs} observations: with 100 the bootstrap rejects 6 to 7 % of true nulls at "
            "5 %, with 250 5 to 6 %"
            + ("." if draws else "; these p-values are asymptotic, which reject up to 12 %.")
        )
    expected = level * len(tests)
    notes.append(
        f"Family of {len(tests)} tests, adjusted by {given['adjust']}; without adjustment "
        f"{expected:.2g} of them would reject at {level:.0%} by chance."
    )
    return CausalityResults(
        spec=_spec(model, tested, pairs, given),
        sample=model.sample,
        sources=model.sources,
        notes=tuple(dict.fromkeys(notes)),
        recipe=Recipe(causality, given),
        fitted=model,
        table=table,
        expected_false=expected,
    )


def _check_room(model: VARResults, tests: list[Any]) -> None:
    most = max(t.df for t in tests)
    if most >= model.nobs // 3:
        raise TooFewObservationsError(
            f"A test of {most} restrictions needs more than {3 * most} observations; there are "
            f"{model.nobs}.",
            "Use fewer lags or smaller blocks.",
        )


def _table(
    model: VARResults,
    pairs: list[Pair],
    tests: list[Any],
    given: dict[str, Any],
    values: np.ndarray,
    thetas: list[np.ndarray],
    covs: list[np.ndarray],
    null: np.ndarray | None,
) -> pd.DataFrame:
    from scipy import stats

    df = np.array([t.df for t in tests])
    repeat = len(tests) // len(pairs)
    labels = [pair.labels for pair in pairs for _ in range(repeat)]
    table = pd.DataFrame(labels, columns=["cause", "effect"])
    if given["method"] == "frequency":
        table["period"] = np.tile(given["periods"], len(pairs))
    if given["method"] == "cross-quantilogram":
        table["quantile"] = np.tile(given["taus"], len(pairs))
    table["statistic"], table["df"] = values, df
    table["p_asymptotic"] = stats.chi2.sf(values, df)
    table["p_value"] = table["p_asymptotic"]
    if null is not None:
        table["p_value"] = (1 + (null >= values).sum(axis=0)) / (1 + len(null))
    table["p_adjusted"] = _adjusted(given["adjust"], table["p_value"].to_numpy(), values, null)
    level, n = float(given["level"]), model.nobs
    table["reject"] = table["p_adjusted"] <= level
    table["partial_r2"] = values / (n + values)
    for column, size in (("detectable_r2", level), ("detectable_r2_family", level / len(tests))):
        need = {d: noncentrality(int(d), size) for d in np.unique(df)}
        table[column] = [need[d] / (n + need[d]) for d in df]
    sums = [_sum(model, p, t, v, given["method"]) for p, t, v in zip(
        [pair for pair in pairs for _ in range(repeat)], thetas, covs, strict=True
    )]  # fmt: skip
    table["sum"], table["std_error"] = np.array(sums).T
    reach = stats.norm.ppf(1 - level / 2) + stats.norm.ppf(POWER)
    table["detectable_sum"] = reach * table["std_error"]
    return table


def _sum(
    model: VARResults, pair: Pair, theta: np.ndarray, cov: np.ndarray, method: str
) -> tuple[float, float]:
    """The sum of the coefficients in the units of the data, with its standard error."""
    single = len(pair.cause) == 1 and len(pair.effect) == 1
    if not single or method not in ("wald", "toda-yamamoto"):
        return float("nan"), float("nan")
    size = bootstrap.moments(*model.system()[0:4:2], model.constant)[1]
    place = {name: size[i] for i, name in enumerate(model.names)}
    unit = place[pair.effect[0]] / place[pair.cause[0]]
    return unit * theta.sum(), unit * np.sqrt(cov.sum())


def _adjusted(
    adjust: str, p_values: np.ndarray, values: np.ndarray, null: np.ndarray | None
) -> np.ndarray:
    if adjust == "romano-wolf":
        return multiplicity.max_t(values, null)
    made: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "holm": multiplicity.holm,
        "bh": multiplicity.benjamini_hochberg,
        "by": multiplicity.benjamini_yekutieli,
        "none": np.asarray,
    }
    return made[adjust](p_values)


def noncentrality(df: int, level: float, power: float = POWER) -> float:
    """Return the non-centrality at which a chi-squared test has a power."""
    from scipy import optimize, stats

    critical = stats.chi2.isf(level, df)
    return float(
        optimize.brentq(lambda x: stats.ncx2.sf(critical, df, x) - power, 1e-8, 40 * (critical + 5))
    )


def _scheme(given: dict[str, Any]) -> str:
    if not given["draws"]:
        return "none"
    return "stationary" if given["method"] == "cross-quantilogram" else given["bootstrap"]


def _spec(
    model: VARResults, tested: int, pairs: list[Pair], given: dict[str, Any]
) -> dict[str, Any]:
    sign = "↔" if given["method"] == "instantaneous" else "→"
    spec = {"method": given["method"], "family": tuple(sign.join(p.labels) for p in pairs)}
    spec |= {"adjust": given["adjust"], "lags tested": tested}
    if given["method"] == "toda-yamamoto":
        spec["extra lags"] = int(given["integration"])
    if given["method"] == "frequency":
        spec["periods"] = tuple(float(p) for p in given["periods"])
    if given["method"] == "cross-quantilogram":
        spec["taus"] = tuple(float(t) for t in given["taus"])
    rng = given["rng"]
    return {
        **spec,
        **{k: v for k, v in model.spec.items() if k not in ("cov", "lags")},
        "cov": given["cov"],
        "bootstrap": _scheme(given),
        "draws": int(given["draws"]),
        "level": float(given["level"]),
        "rng": int(rng) if isinstance(rng, (int, np.integer)) else f"entropy {rng.entropy}",
    }
