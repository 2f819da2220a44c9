"""Tests of value-at-risk and expected-shortfall forecasts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.ols import least_squares
from .parallel import generator


def coverage_tests(
    hits: np.ndarray, value_at_risk: np.ndarray, level: float, draws: int = 999, rng: Any = 0
) -> list[dict[str, Any]]:
    """Test the exceedances of a value at risk, with p-values by simulation.

    Parameters
    ----------
    hits : ndarray of bool, shape (n,)
    value_at_risk : ndarray, shape (n,)
    level : float
    draws : int
        Simulated samples; 0 for the chi-squared laws.
    rng : int, SeedSequence or Generator

    Returns
    -------
    list of dict
        `kupiec`, both of `christoffersen`, `dynamic_quantile`.

    Notes
    -----
    Under the null exceedances are independent with probability `level`, so the law of each
    statistic in n days is known: it is simulated, the forecasts held. Statistics of few
    exceedances take few values; ties are broken by uniform numbers, which makes the p-value
    exact (Dufour 2006). At 5 % the chi-squared laws reject a right 1 % value at risk of 500 days
    in 7, 1, 2 and 17 % of 2,000 samples, these in 4 to 5 % of 400.

    References
    ----------
    Dufour, J.-M. (2006). Monte Carlo tests with nuisance parameters: a general approach to
    finite-sample inference and nonstandard asymptotics. Journal of Econometrics 133, 443–477.
    doi:10.1016/j.jeconom.2005.06.007
    """
    rows = [
        kupiec(hits, level),
        *christoffersen(hits, level),
        dynamic_quantile(hits, value_at_risk, level),
    ]
    if not draws:
        return rows
    source = generator(rng)
    null = _statistics(source.random((draws, len(hits))) < level, value_at_risk, level)
    ties = source.random((len(rows), draws + 1))
    for row, law, tie in zip(rows, null, ties, strict=True):
        own = row["statistic"]
        if np.isfinite(own):
            close = np.isclose(law, own, rtol=1e-9, atol=1e-9)
            above = np.where(close, tie[1:] >= tie[0], law > own)
            row["p_value"] = float((1 + above.sum()) / (draws + 1))
            tied = f", {100 * close.mean():.0f} % of them tied and told apart by rng"
            row["reference"] = f"Monte Carlo, {draws} draws{tied if close.any() else ''}"
    return rows


def _statistics(hits: np.ndarray, value_at_risk: np.ndarray, level: float) -> list[np.ndarray]:
    """The four statistics of many samples of exceedances, each (r,)."""
    n = hits.shape[1]
    x = hits.sum(axis=1)
    before, now = hits[:, :-1], hits[:, 1:]
    both, hit, last = (before & now).sum(axis=1), before.sum(axis=1), now.sum(axis=1)
    none, alone = n - 1 - hit, last - both
    chain = _binomial(alone, none, alone / np.maximum(none, 1))
    chain = chain + _binomial(both, hit, both / np.maximum(hit, 1))
    return [
        2 * (_binomial(x, n, x / n) - _binomial(x, n, level)),
        2 * (chain - _binomial(last, n - 1, last / (n - 1))),
        2 * (chain - _binomial(last, n - 1, level)),
        np.concatenate([_quadratic(h, value_at_risk, level) for h in np.array_split(hits, 10)]),
    ]


def _quadratic(
    hits: np.ndarray, value_at_risk: np.ndarray, level: float, lags: int = 4
) -> np.ndarray:
    """The dynamic-quantile statistic of many samples, shape (r,)."""
    h = hits - level
    r, n = h.shape
    edge = value_at_risk[lags:]
    spread = float(edge.std())
    columns = [np.ones((r, n - lags)), *(h[:, lags - j : n - j] for j in range(1, lags + 1))]
    if spread > 1e-12 * float(np.abs(edge).max()):
        columns.append(np.broadcast_to((edge - edge.mean()) / spread, (r, n - lags)))
    x = np.stack(columns, axis=2)
    right = np.einsum("rtk,rt->rk", x, h[:, lags:])
    gram = np.matmul(x.transpose(0, 2, 1), x)
    solved = np.einsum("rkl,rl->rk", np.linalg.pinv(gram, hermitian=True), right)
    return (right * solved).sum(axis=1) / (level * (1 - level))


def kupiec(hits: np.ndarray, level: float) -> dict[str, Any]:
    """Test whether a value at risk is exceeded as often as it says.

    Parameters
    ----------
    hits : ndarray of bool, shape (n,)
        Whether the return fell below the value at risk.
    level : float
        Probability that it should, such as 0.05.

    Notes
    -----
    Likelihood ratio of a binomial share, chi-squared(1).

    References
    ----------
    Kupiec, P. H. (1995). Techniques for verifying the accuracy of risk measurement models.
    Journal of Derivatives 3, 73–84. doi:10.3905/jod.1995.407942
    """
    n, x = len(hits), int(hits.sum())
    statistic = 2 * (_binomial(x, n, x / n) - _binomial(x, n, level))
    return _answer(
        "Kupiec, unconditional coverage",
        f"the value at risk is exceeded on {100 * level:g} % of days",
        statistic,
        1,
        f"{x} of {n} days ({100 * x / n:.2f} %)",
    )


def christoffersen(hits: np.ndarray, level: float) -> list[dict[str, Any]]:
    """Test whether exceedances come independently, and that with the right frequency.

    Notes
    -----
    Likelihood ratios against a first-order Markov chain: independence, chi-squared(1), and
    conditional coverage, which adds Kupiec's, chi-squared(2). Both on the n − 1 transitions, so
    that the second is the sum of the first and the coverage of days 2 … n.

    References
    ----------
    Christoffersen, P. F. (1998). Evaluating interval forecasts. International Economic Review
    39, 841–862. doi:10.2307/2527341
    """
    before, now = hits[:-1].astype(bool), hits[1:].astype(bool)
    after_none, after_hit = int((~before & now).sum()), int((before & now).sum())
    none, hit = int((~before).sum()), int(before.sum())
    x, n = after_none + after_hit, none + hit
    chain = _binomial(after_none, none, after_none / none if none else 0.0)
    chain += _binomial(after_hit, hit, after_hit / hit if hit else 0.0)
    independent = 2 * (chain - _binomial(x, n, x / n))
    coverage = 2 * (chain - _binomial(x, n, level))
    note = f"{after_hit} of {hit} days after an exceedance, {after_none} of {none} others"
    return [
        _answer(
            "Christoffersen, independence",
            "an exceedance says nothing of the next day",
            independent if hit else np.nan,
            1,
            note if hit else "no exceedance",
        ),
        _answer(
            "Christoffersen, conditional coverage",
            f"each day the value at risk is exceeded with {100 * level:g} %, whatever came before",
            coverage,
            2,
            note,
        ),
    ]


def dynamic_quantile(
    hits: np.ndarray, value_at_risk: np.ndarray, level: float, lags: int = 4
) -> dict[str, Any]:
    """Test whether past exceedances or the forecast itself predict an exceedance.

    Notes
    -----
    With H_t = 1{exceeded} − level regressed on a constant, `lags` of itself and the value at
    risk of day t, β̂'X'Xβ̂/(level(1 − level)) is chi-squared with as many degrees of freedom as
    columns.

    References
    ----------
    Engle, R. F. and Manganelli, S. (2004). CAViaR: conditional autoregressive value at risk by
    regression quantiles. Journal of Business & Economic Statistics 22, 367–381.
    doi:10.1198/073500104000000370
    """
    h = hits - level
    n = len(h)
    past = [h[lags - j : n - j] for j in range(1, lags + 1)]
    x = np.column_stack([np.ones(n - lags), *past, value_at_risk[lags:]])
    fit = least_squares(h[lags:], x)
    if fit.collinear:
        kept = [j for j in range(x.shape[1]) if j not in fit.collinear]
        x = x[:, kept]
        fit = least_squares(h[lags:], x)
    statistic = float(fit.params @ x.T @ x @ fit.params) / (level * (1 - level))
    return _answer(
        f"Dynamic quantile ({lags} lags)",
        "neither past exceedances nor the forecast predict an exceedance",
        statistic,
        x.shape[1],
        "" if x.shape[1] == lags + 2 else "collinear columns left out",
    )


def shortfall(
    y: np.ndarray,
    hits: np.ndarray,
    expected_shortfall: np.ndarray,
    volatility: np.ndarray,
    draws: int = 999,
    rng: Any = 0,
) -> dict[str, Any]:
    """Test whether losses beyond the value at risk are on average no worse than forecast.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Returns.
    hits : ndarray of bool, shape (n,)
    expected_shortfall : ndarray, shape (n,)
        Forecast mean return below the value at risk.
    volatility : ndarray, shape (n,)
        Forecast standard deviations.

    Notes
    -----
    The excess losses (ES_t − y_t)/σ_t on days of exceedance have mean zero if the forecast is
    right; their t-value is compared with `draws` of resampled, centred ones, on the side of
    larger losses. Not computed with fewer than five exceedances.

    References
    ----------
    McNeil, A. J. and Frey, R. (2000). Estimation of tail-related risk measures for
    heteroscedastic financial time series: an extreme value approach. Journal of Empirical
    Finance 7, 271–300. doi:10.1016/S0927-5398(00)00012-8
    """
    u = (expected_shortfall[hits] - y[hits]) / volatility[hits]
    answer: dict[str, Any] = {
        "test": "McNeil–Frey, expected shortfall",
        "null": "losses beyond the value at risk are on average the expected shortfall",
        "reference": f"bootstrap, {draws} draws, one-sided",
    }
    if len(u) < 5 or not u.std() > 0:
        return answer | {"note": f"{len(u)} exceedances; five are needed"}
    value = _t_value(u)
    sample = generator(rng).choice(u - u.mean(), size=(draws, len(u)))
    spread = np.maximum(sample.std(axis=1, ddof=1), 1e-12 * u.std())
    null = sample.mean(axis=1) / spread * np.sqrt(len(u))
    p = float((1 + (null >= value).sum()) / (draws + 1))
    note = f"mean excess {u.mean():+.3f} standard deviations on {len(u)} days"
    return answer | {"statistic": value, "p_value": p, "note": note}


def _t_value(u: np.ndarray) -> float:
    return float(u.mean() / u.std(ddof=1) * np.sqrt(len(u)))


def _binomial(x: Any, n: Any, p: Any) -> Any:
    """x ln p + (n − x) ln(1 − p), with 0 ln 0 = 0."""
    from scipy.special import xlog1py, xlogy

    return xlogy(x, p) + xlog1py(n - x, -p)


def _answer(test: str, null: str, statistic: float, df: int, note: str) -> dict[str, Any]:
    from scipy import stats

    return {
        "test": test,
        "null": null,
        "statistic": float(statistic),
        "p_value": float(stats.chi2.sf(statistic, df)),
        "reference": f"chi-squared({df})",
        "note": note,
    }
