"""Error-correction models: against urca and statsmodels, published numbers, and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

import carbonlink as cl
from carbonlink.kernels import johansen, johansen_null

URCA = json.loads(
    (Path(__file__).parents[1] / "reference" / "johansen_urca_finland.json").read_text("utf-8")
)
MACRO = ["realgdp", "realcons", "realinv"]


def macro() -> pd.DataFrame:
    from statsmodels.datasets import macrodata

    return np.log(macrodata.load_pandas().data[MACRO])


def tied(n: int = 300, rng: int = 0, k: int = 3) -> pd.DataFrame:
    """k prices around one random walk."""
    draws = np.random.default_rng(rng)
    trend = 50 + np.cumsum(draws.standard_normal(n))
    noise = draws.standard_normal((n, k))
    days = pd.bdate_range("2020-01-01", periods=n)
    return pd.DataFrame(trend[:, None] + noise, days, [f"m{i}" for i in range(k)])


@pytest.mark.reference
@pytest.mark.parametrize(
    ("key", "case", "seasons"),
    [
        ("finland_trace_none_K2", "c", 0),
        ("finland_trace_const_K2", "rc", 0),
        ("finland_trace_trend_K2", "rt", 0),
        ("finland_trace_none_K2_season4", "c", 4),
    ],
)
def test_urca(reference_inputs, key, case, seasons):
    """urca's ca.jo: statistics, eigenvalues, vectors and loadings; linear, so to rounding."""
    data = pd.read_csv(reference_inputs / "finland.csv")[["lrm1", "lny", "lnmr", "difp"]]
    made = URCA[key]
    fitted = cl.VECM(data, lags=2, rank=4, deterministic=case, seasons=seasons).fit()
    table = fitted.rank_table
    np.testing.assert_allclose(table["trace"][::-1], made["teststat_r_desc"], atol=1e-8)
    np.testing.assert_allclose(fitted.eigenvalues, made["eigen"][:4], atol=1e-10)
    ours = fitted.vectors.to_numpy()
    np.testing.assert_allclose(ours, np.array(made["V"])[:, :4], rtol=1e-6)
    loadings = fitted.fit.r0.T @ fitted.fit.r1 @ ours
    loadings /= np.einsum("ij,ij->j", fitted.fit.r1 @ ours, fitted.fit.r1 @ ours)
    np.testing.assert_allclose(loadings, np.array(made["W"])[:, :4], atol=1e-6)
    if key.endswith("season4"):
        largest = URCA["finland_eigen_none_K2_season4"]["teststat_r_desc"]
        np.testing.assert_allclose(table["max"][::-1], largest, atol=1e-8)


def test_johansen_juselius_denmark():
    """Johansen and Juselius (1990): restricted constant, seasons, published to two decimals."""
    from statsmodels.datasets import danish_data

    data = danish_data.load_pandas().data[["lrm", "lry", "ibo", "ide"]]
    fitted = cl.VECM(data, lags=2, deterministic="rc", seasons=4).fit()
    np.testing.assert_allclose(
        fitted.rank_table["trace"], [49.1444, 19.0569, 8.695, 2.3522], atol=5e-5
    )
    assert (fitted.rank_table["trace"].round(2) == [49.14, 19.06, 8.69, 2.35]).all()


@pytest.mark.parametrize("case", ["n", "ci", "co", "coli", "colo"])
def test_statsmodels(case):
    """Coefficients, their standard errors and the likelihood of an independent library."""
    from statsmodels.tsa.vector_ar.vecm import VECM

    data = macro()
    ours = cl.VECM(data, lags=3, rank=1, deterministic=case).fit()
    theirs = VECM(data, k_ar_diff=2, coint_rank=1, deterministic=case).fit()
    np.testing.assert_allclose(ours.alpha, theirs.alpha, atol=1e-9)
    np.testing.assert_allclose(ours.beta.iloc[:3], theirs.beta, rtol=1e-7)
    np.testing.assert_allclose(ours.short.iloc[:, :6], theirs.gamma, atol=1e-9)
    np.testing.assert_allclose(ours.sigma, theirs.sigma_u, rtol=1e-8)
    assert ours.loglik == pytest.approx(theirs.llf, abs=1e-6)
    relation = ours.std_errors[[t for t in ours.params.index if t.startswith("ec1: real")]]
    np.testing.assert_allclose(relation, theirs.stderr_beta.ravel()[1:], rtol=1e-6)
    loads = ours.std_errors[[t for t in ours.params.index if t.endswith("← ec1")]]
    np.testing.assert_allclose(loads, theirs.stderr_alpha.ravel(), rtol=1e-8)


def test_the_statistics_are_those_of_coint_johansen_for_a_free_constant():
    from statsmodels.tsa.vector_ar.vecm import coint_johansen

    ours = cl.VECM(macro(), lags=3, deterministic="c").fit().rank_table
    theirs = coint_johansen(macro(), 0, 2)
    np.testing.assert_allclose(ours["trace"], theirs.trace_stat, rtol=1e-9)
    np.testing.assert_allclose(ours["max"], theirs.max_eig_stat, rtol=1e-9)


@pytest.mark.parametrize(
    ("case", "printed"),
    [
        ("c", [3.841466, 15.49471, 29.79707, 47.85613, 69.81889]),
        ("rc", [9.164546, 20.26184, 35.19275, 54.07904, 76.97277]),
        ("rt", [12.51798, 25.87211, 42.91525, 63.87610, 88.80380]),
    ],
)
def test_critical_values_are_near_mackinnon_haug_michelis(case, printed):
    """5 % values of MacKinnon, Haug and Michelis (1999) as EViews prints them, within 0.7 %."""
    ours = [johansen_null.critical(0.05, "trace", case, n) for n in range(1, 6)]
    np.testing.assert_allclose(ours, printed, rtol=0.007)
    for n, value in enumerate(ours, 1):
        assert johansen_null.pvalue(value, "trace", case, n) == pytest.approx(0.05, abs=1e-10)


def test_order_and_units_do_not_move_the_statistics():
    data = macro()
    base = cl.VECM(data, lags=2).fit()
    moved = cl.VECM(data[MACRO[::-1]] * [1e4, 1.0, 1e-3], lags=2).fit()
    np.testing.assert_allclose(moved.eigenvalues, base.eigenvalues, rtol=1e-7)


def test_the_levels_form_is_the_same_model():
    fitted = cl.VECM(macro(), lags=3, rank=1, deterministic="c").fit()
    y = macro().to_numpy()
    rows = fitted.rows
    predicted = sum(y[rows - j - 1] @ fitted.coefs[j].T for j in range(3))
    predicted += fitted.short["const"].to_numpy()
    np.testing.assert_allclose(y[rows] - predicted, fitted.resid, atol=1e-9)
    assert (np.abs(fitted.roots[:2] - 1) < 1e-6).all() and fitted.roots[2] < 1


def _maximum(fitted, alpha_free, beta_free) -> float:
    """The likelihood of a restricted rank-one model, by a general optimiser."""
    r0, r1 = fitted.fit.r0, fitted.fit.r1
    n, k = r0.shape

    def minus(theta):
        alpha = alpha_free @ theta[: alpha_free.shape[1]]
        beta = beta_free @ theta[alpha_free.shape[1] :]
        left = r0 - np.outer(r1 @ beta, alpha)
        return 0.5 * n * np.linalg.slogdet(left.T @ left / n)[1]

    best = np.inf
    for seed in range(8):
        start = np.random.default_rng(seed).standard_normal(
            alpha_free.shape[1] + beta_free.shape[1]
        )
        start *= 0.3
        best = min(best, optimize.minimize(minus, start, method="BFGS").fun)
    return -best


def test_restrictions_have_the_likelihood_ratio_of_a_general_optimiser():
    data = cl.simulate.error_correction(300, rng=3)
    fitted = cl.VECM(data, lags=2, rank=1).fit()
    free = -0.5 * 298 * np.linalg.slogdet(fitted.sigma.to_numpy())[1]
    known = np.array([[1.0, 0], [-1.0, 0], [0, 1.0]])
    held = _maximum(fitted, np.eye(2), known)
    ours = fitted.test_beta({"cause": 1, "effect": -1})
    assert ours.statistic == pytest.approx(2 * (free - held), abs=1e-4) and ours.df == 1
    held = _maximum(fitted, np.array([[0.0], [1.0]]), np.eye(3))
    ours = fitted.test_alpha("cause")
    assert ours.statistic == pytest.approx(2 * (free - held), abs=1e-4) and ours.df == 1
    assert 0 <= ours.p_value <= 1 and "cause" in ours.null


def test_one_known_relation_among_two():
    fitted = cl.VECM(tied(), lags=2, rank=2, deterministic="c").fit()
    one = fitted.test_beta({"m0": 1, "m1": -1})
    both = fitted.test_beta([{"m0": 1, "m1": -1}, {"m0": 1, "m2": -1}])
    assert one.df == 1 and both.df == 2
    assert one.statistic <= both.statistic + 1e-9
    assert both.p_value > 0.01


def test_the_rank_is_found():
    assert cl.VECM(tied(), lags=1, rank="trace").fit().rank == 2
    assert cl.VECM(tied(), lags=1, rank="max").fit().rank == 2
    assert cl.VECM(tied(), lags=1).fit(draws=199).rank == 2
    apart = cl.simulate.error_correction(300, adjustment=0, short_run=0, rng=4)
    fitted = cl.VECM(apart, lags=1).fit()
    assert fitted.rank == 0 and "differences" in " ".join(fitted.notes)
    still = cl.VECM(cl.simulate.var(300, rng=1), lags=1).fit()
    assert still.rank == 3 and "stationary" in " ".join(still.notes)


def test_the_bootstrap_is_the_same_at_every_call():
    fitted = cl.VECM(tied(150), lags=1).fit()
    first = fitted.bootstrap_rank(0, draws=99, rng=5)
    assert fitted.bootstrap_rank(0, draws=99, rng=5) == first
    assert fitted.bootstrap_rank(0, draws=99, rng=5, scheme="iid").p_value <= 0.02


def test_shares_know_the_leader():
    data = cl.simulate.error_correction(2000, long_run=1.0, adjustment=0.3, short_run=0, rng=2)
    fitted = cl.VECM(data, lags=1, rank=1, deterministic="rc").fit()
    shares = fitted.shares(draws=99)
    assert shares.loc["cause", "component"] == pytest.approx(1, abs=0.1)
    assert shares.loc["cause", "information_mid"] > 0.9
    assert shares["component"].sum() == pytest.approx(1)
    assert shares["modified"].sum() == pytest.approx(1)
    assert (shares["information_low"] <= shares["information_high"]).all()
    alpha, sigma = fitted.alpha["ec1"], fitted.sigma
    psi = np.array([-alpha.iloc[1], alpha.iloc[0]])
    first = np.linalg.cholesky(sigma)
    by_hand = (psi @ first) ** 2 / (psi @ sigma.to_numpy() @ psi)
    reached = shares.loc["cause", ["information_low", "information_high"]]
    assert np.abs(reached - by_hand[0]).min() < 1e-9
    assert shares.loc["cause", "modified_lower"] <= shares.loc["cause", "modified"]


def test_exogenous_series_and_gaps():
    data = tied(200, k=2)
    pulse = pd.Series((np.arange(200) == 100) * 1.0, data.index, name="launch")
    fitted = cl.VECM(data, lags=2, rank=1, exog=pulse).fit()
    at = fitted.resid.index.get_loc(data.index[100])
    assert abs(fitted.resid.iloc[at]).max() < 1e-10
    holed = data.copy()
    holed.iloc[50, 0] = np.nan
    gap = cl.VECM(holed, lags=2, rank=1).fit()
    assert gap.sample.nobs == 200 - 2 - 3
    assert "missing" in str(gap.sample)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda d: d.assign(m1=d["m0"]), cl.DataError, "linear combination"),
        (lambda d: d.assign(m1=5.0), cl.DataError, "m1"),
        (lambda d: d[["m0"]], cl.DataError, "two columns"),
        (lambda d: d.assign(m1=np.nan), cl.DataError, "no value of m1"),
        (lambda d: d.iloc[:9], cl.TooFewObservationsError, "at least"),
        (lambda d: d.iloc[:30], cl.TooFewObservationsError, "minimum"),
        (lambda d: d.iloc[::-1], cl.DataError, "order"),
    ],
)
def test_bad_data_is_named(change, error, words):
    with pytest.raises(error, match=words):
        cl.VECM(change(tied(200)), lags=2).fit()


@pytest.mark.parametrize(
    "bad",
    [
        {"lags": 0},
        {"lags": "aicc"},
        {"rank": 4},
        {"rank": "johansen"},
        {"deterministic": "x"},
        {"seasons": 1},
        {"correction": "bartlett"},
        {"rank": "max", "correction": "doornik"},
        {"rank": "bootstrap", "correction": "doornik"},
        {"size": 0},
        {"where": [True]},
    ],
)
def test_bad_arguments_are_named(bad):
    with pytest.raises(cl.SpecificationError):
        cl.VECM(tied(100), **{"lags": 2, **bad})


def test_bad_questions_are_refused():
    fitted = cl.VECM(tied(), lags=1, rank=1).fit()
    with pytest.raises(cl.SpecificationError, match="one trend"):
        fitted.shares()
    with pytest.raises(cl.UnknownMarketError, match="nobody"):
        fitted.test_alpha("nobody")
    with pytest.raises(cl.UnknownMarketError, match="nobody"):
        fitted.test_beta({"nobody": 1})
    with pytest.raises(cl.SpecificationError, match="draws"):
        fitted.bootstrap_rank(0, draws=10)
    with pytest.raises(cl.SpecificationError, match='rank="trace"'):
        cl.VECM(tied(100), lags=1).fit(draws=0)
    with pytest.raises(cl.SpecificationError, match="rank 0"):
        cl.VECM(tied(), lags=1, rank=0).fit().test_alpha("m0")


def test_a_short_sample_carries_its_footnote():
    fitted = cl.VECM(tied(35, k=2), lags=1, minimum=30).fit()
    assert any("fewer than 40" in note for note in fitted.notes)
    assert any("fewer than 40" in note for note in fitted.refit(rank=1).notes)


def broken(seed: int) -> pd.DataFrame:
    """Three unrelated series of 100 rows whose changes triple in size halfway."""
    draws = np.random.default_rng(seed)
    shocks = draws.standard_normal((101, 3))
    shocks[50:] *= 3
    changes = np.zeros((101, 3))
    for t in range(1, 101):
        changes[t] = 0.3 * changes[t - 1] + shocks[t]
    return pd.DataFrame(np.cumsum(changes, axis=0), columns=list("abc"))


def test_the_rank_is_chosen_by_the_wild_bootstrap_and_the_result_says_so():
    """Of the first samples without a relation, one that the asymptotic p-value takes for tied."""
    for seed in range(200):
        data = broken(seed)
        trace = cl.VECM(data, lags=2, rank="trace").fit()
        fitted = cl.VECM(data, lags=2).fit(draws=199) if trace.rank else None
        if fitted is not None and fitted.rank == 0:
            break
    assert fitted.rank == 0 and fitted.rank_table["p_bootstrap"].iloc[0] > 0.05
    assert fitted.spec["rank chosen by"] == "wild bootstrap of the trace test"
    assert fitted.spec["correction"] == "none" and fitted.spec["draws"] == 199
    assert any(fitted.diagnostics()["test"].str.startswith("trace, wild bootstrap"))
    assert not any("asymptotic" in note for note in fitted.notes)
    assert any("14 % at a nominal 5 %" in note for note in trace.notes)
    again = cl.VECM(data, lags=2).fit(draws=199)
    assert again.rank_table.equals(fitted.rank_table)
    asked = fitted.bootstrap_rank(0, draws=199)
    assert asked.p_value == fitted.rank_table["p_bootstrap"].iloc[0]


def test_the_bootstrap_of_the_rank_counts_exogenous_series_and_says_what_does_not():
    data = broken(1)
    pulse = pd.Series((np.arange(101) % 10 == 0) * 1.0, data.index, name="pulse")
    drawn = cl.VECM(data, lags=2, exog=pulse).fit(draws=99)
    assert any("keeps the exogenous series" in note for note in drawn.notes)
    asked = cl.VECM(data, lags=2, rank="trace", exog=pulse).fit()
    assert any("do not count the exogenous" in note for note in asked.notes)
    loose = cl.VECM(data, lags=2).fit(99, np.random.default_rng(3))
    assert loose.refit().rank_table.equals(loose.rank_table)


@pytest.mark.slow
def test_size_of_the_rank_tests():
    """No cointegration, n = 100, k = 3, AR(1) changes and a variance that triples halfway."""
    plain, corrected, wild = [], [], []
    for seed in range(1000):
        data = broken(seed)
        fitted = cl.VECM(data, lags=2, rank=0).fit()
        plain.append(fitted.rank_table["p_trace"].iloc[0] < 0.05)
        corrected.append(fitted.rank_table["p_trace_corrected"].iloc[0] < 0.05)
        wild.append(fitted.bootstrap_rank(0, draws=199, rng=seed).p_value <= 0.05)
    print(np.mean(plain), np.mean(corrected), np.mean(wild))
    assert np.mean(plain) > np.mean(wild)
    assert 0.03 <= np.mean(wild) <= 0.075


@pytest.mark.slow
def test_size_of_doorniks_finite_sample_moments():
    """Random walks without lagged changes, k = 2, n = 50: the moments are for this case."""
    draws = np.random.default_rng(0)
    paths = np.cumsum(draws.standard_normal((20000, 51, 2)), axis=1)
    rows = np.arange(1, 51)
    inside, outside = johansen.deterministic("rc", rows)
    fit = johansen.reduced_rank(johansen.design(paths, 1, rows, inside, outside))
    trace = johansen.trace_statistics(fit.eigenvalues, 50)[:, 0]
    assert np.mean(trace > johansen_null.critical(0.05, "trace", "rc", 2, 50)) == pytest.approx(
        0.05, abs=0.006
    )
