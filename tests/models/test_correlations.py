"""CCC and DCC: rmgarch, invariances, recovery, refusals, speed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

import carbonlink as cl
from carbonlink.kernels import correlation_tests, dcc, dcc_errors, dcc_fit

REFERENCE = Path(__file__).parents[1] / "reference" / "dcc_rmgarch_sp500_nasdaq.json"
RMGARCH = json.loads(REFERENCE.read_text())["models"]
MODELS = {
    "sp_nq|DCC|mvnorm": ("dcc", "normal"),
    "sp_nq|aDCC|mvnorm": ("adcc", "normal"),
    "sp_nq|DCC|mvt": ("dcc", "t"),
}


@pytest.fixture(scope="module")
def indices() -> pd.DataFrame:
    from arch.data import nasdaq, sp500

    prices = {"sp500": sp500.load()["Adj Close"], "nasdaq": nasdaq.load()["Adj Close"]}
    return 100 * np.log(pd.DataFrame(prices)).diff().dropna()


def simulated(n: int, a=0.05, b=0.9, g=0.0, rho=0.5, rng=0, nu=None) -> pd.DataFrame:
    """Two GARCH(1, 1) series with DCC(1, 1) correlations, 300 days burnt in."""
    rng = np.random.default_rng(rng)
    bar = np.array([[1, rho], [rho, 1.0]])
    q, h, out = bar.copy(), np.ones(2), np.empty((n + 300, 2))
    for t in range(n + 300):
        r = q / np.sqrt(np.outer(np.diag(q), np.diag(q)))
        z = np.linalg.cholesky(r) @ rng.standard_normal(2)
        if nu:
            z *= np.sqrt((nu - 2) / rng.chisquare(nu))
        out[t] = np.sqrt(h) * z
        h = 0.05 + 0.08 * out[t] ** 2 + 0.87 * h
        fall = np.minimum(z, 0)
        q = (1 - a - b) * bar - g * bar / 2 + a * np.outer(z, z) + g * np.outer(fall, fall) + b * q
    days = pd.bdate_range("2010-01-04", periods=n)
    return pd.DataFrame(out[300:], index=days, columns=["one", "two"])


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    return simulated(900, a=0.08, b=0.85, rng=4)


@pytest.mark.parametrize("key", MODELS)
def test_rmgarch(indices, key):
    kind, dist = MODELS[key]
    theirs = RMGARCH[key]
    fit = cl.DCC(indices, kind=kind, dist=dist, compat="rmgarch").fit()
    assert fit.nobs == theirs["n"]
    assert fit.loglik == pytest.approx(theirs["loglik"], abs=1e-3)
    names = {"a": "dcca1", "b": "dccb1", "g": "dccg1", "nu": "mshape"}
    for term, value in fit.params.items():
        stem, _, series = term.partition("[")
        stem = {"alpha": "alpha1", "beta": "beta1"}.get(stem, names.get(stem, stem))
        other = theirs["coef"][f"[{series[:-1]}].{stem}" if series else f"[Joint]{stem}"]
        assert value == pytest.approx(other, rel=1e-4, abs=1e-8), term
    np.testing.assert_allclose(fit.target, theirs["Qbar"], rtol=1e-4)
    correlations = fit.conditional_correlation
    for row, name in ((0, "R_first"), (99, "R_100"), (-1, "R_last")):
        np.testing.assert_allclose(correlations[row], theirs[name], rtol=1e-4)
    np.testing.assert_allclose(fit.conditional_covariance[-1], theirs["H_last"], rtol=1e-4)
    series = fit.correlations.iloc[:, 0]
    assert series.mean() == pytest.approx(theirs["mean_R12"], rel=1e-4)
    assert series.std() == pytest.approx(theirs["sd_R12"], rel=1e-4)
    assert fit.aic / fit.nobs == pytest.approx(theirs["infocrit"][0], rel=1e-6)
    assert fit.bic / fit.nobs == pytest.approx(theirs["infocrit"][1], rel=1e-6)


@pytest.mark.parametrize("key", ["sp_nq|DCC|mvnorm", "sp_nq|DCC|mvt"])
def test_rmgarch_standard_errors_lack_a_transpose(indices, key):
    """A⁻¹BA⁻¹ of our pieces gives theirs to 2 %; the two-step A⁻¹BA⁻¹' is larger."""
    _, dist = MODELS[key]
    fit = cl.DCC(indices, dist=dist, compat="rmgarch").fit()
    theirs = [v for k, v in RMGARCH[key]["robust_se"].items() if k.startswith("[Joint]")]
    p = dcc.Problem(fit.std_resid.to_numpy(), "dcc", dist, 1.0, True)
    found = dcc_fit.maximise(dcc.Problem(p.z, "dcc", dist, 0.0, True))
    bread = np.linalg.inv(-dcc_fit.hessian(found.phi, p, found.free))
    score = dcc_fit.profile(found.phi, p)[0].scores
    steps = [dcc_errors.first_step(f.estimate) for f in fit.univariate]
    crosses = dcc_errors.cross_derivatives(found, p, steps, list(found.free))
    both = score + sum(s.free @ c for s, c in zip(steps, crosses, strict=True))
    untransposed = np.sqrt(np.diag(bread @ both.T @ score @ bread))
    np.testing.assert_allclose(untransposed, theirs, rtol=0.02)
    ours = fit.std_errors[list(p.names)]
    assert (ours > 1.1 * np.array(theirs)).all()


@pytest.mark.parametrize("kind, dist", [("dcc", "normal"), ("adcc", "t"), ("cdcc", "normal")])
def test_units_and_order_do_not_matter(returns, kind, dist):
    plain = cl.DCC(returns, kind=kind, dist=dist).fit()
    turned = cl.DCC(returns[["two", "one"]] * [100.0, 0.01], kind=kind, dist=dist).fit()
    own = [t for t in plain.params.index if "[" not in t]
    np.testing.assert_allclose(turned.params[own], plain.params[own], rtol=2e-4)
    np.testing.assert_allclose(turned.std_errors[own], plain.std_errors[own], rtol=2e-3)
    np.testing.assert_allclose(turned.packed[:, 1], plain.packed[:, 1], atol=1e-4)
    assert turned.loglik == pytest.approx(plain.loglik, abs=1e-4)


def test_the_first_step_is_garch(returns):
    fit = cl.DCC(returns).fit()
    alone = cl.GARCH(returns["two"]).fit()
    terms = [f"{t}[two]" for t in alone.params.index]
    np.testing.assert_allclose(fit.params[terms], alone.params, rtol=1e-12)
    np.testing.assert_allclose(fit.std_errors[terms], alone.std_errors, rtol=1e-8)
    block = fit.cov.loc[terms, terms]
    np.testing.assert_allclose(block, alone.cov, rtol=1e-6)


def test_covariances_are_made_of_volatilities_and_correlations(returns):
    fit = cl.DCC(returns).fit()
    h = fit.conditional_covariance
    spread = fit.conditional_volatility
    np.testing.assert_allclose(h[:, 0, 0], spread["one"] ** 2, rtol=1e-12)
    expected = fit.correlations["one – two"] * spread["one"] * spread["two"]
    np.testing.assert_allclose(h[:, 0, 1], expected, rtol=1e-12)
    assert (np.linalg.eigvalsh(h) > 0).all()


def test_more_general_models_are_no_less_likely(returns):
    normal = cl.DCC(returns).fit()
    assert cl.DCC(returns, kind="adcc").fit().loglik >= normal.loglik - 1e-6
    assert normal.loglik > cl.CCC(returns).fit().loglik + 5


def test_constant_correlations(returns):
    fit = cl.CCC(returns).fit()
    z = fit.std_resid.to_numpy()
    rho = (z[:, 0] @ z[:, 1]) / np.sqrt((z[:, 0] @ z[:, 0]) * (z[:, 1] @ z[:, 1]))
    assert fit.params["rho[one – two]"] == pytest.approx(rho, rel=1e-12)
    assert (fit.correlations == fit.correlations.iloc[0]).all().all()
    tests = fit.diagnostics().set_index("test")
    assert tests.loc["Engle–Sheppard (5 lags)", "p_value"] <= 0.01
    assert (tests["reference"] == "bootstrap of rows, 199 draws").all()
    assert fit.diagnostics()["p_value"].equals(fit.diagnostics()["p_value"])
    law = correlation_tests.row_bootstrap(z, 5, 300, np.random.default_rng(1))
    assert np.median(law[0]) == pytest.approx(chi2.median(6), rel=0.3)
    assert np.median(law[1]) == pytest.approx(chi2.median(1), rel=0.4)
    assert np.isnan(correlation_tests.row_bootstrap(z, 5, 2, np.random.default_rng(1), False)[1][0])
    flat = cl.CCC(simulated(900, a=0.0, b=0.0, rng=9)).fit()
    assert flat.diagnostics()["p_value"].min() > 0.01
    assert flat.params["rho[one – two]"] == pytest.approx(0.5, abs=0.07)


def test_correlations_that_do_not_move_are_said_not_to():
    """Where a is at zero b has no meaning, and neither has a standard error."""
    for seed in range(20):
        fit = cl.DCC(simulated(400, a=0.0, b=0.0, rng=seed)).fit(strict=False)
        if fit.params["a"] < 1e-7:
            break
    assert fit.params["a"] < 1e-7
    assert fit.std_errors[["a", "b"]].isna().all()
    assert any("b has no meaning" in note for note in fit.notes)


@pytest.mark.parametrize("kind", ["dcc", "adcc", "cdcc"])
def test_of_two_series_the_composite_likelihood_is_the_full_one(returns, kind):
    full = cl.DCC(returns, kind=kind).fit()
    pairs = cl.DCC(returns, kind=kind, likelihood="composite").fit()
    np.testing.assert_allclose(pairs.params, full.params, rtol=1e-5)
    np.testing.assert_allclose(pairs.std_errors, full.std_errors, rtol=1e-4)
    assert pairs.loglik == pytest.approx(full.loglik, abs=1e-6)


def test_the_composite_likelihood_of_many_series_is_near_the_full_one():
    """Twelve series with common dynamics: a and b agree within the errors, standard errors too."""
    rng = np.random.default_rng(3)
    k, n, a, b = 12, 700, 0.04, 0.93
    bar = 0.4 * np.ones((k, k)) + 0.6 * np.eye(k)
    q, out = bar.copy(), np.empty((n, k))
    for t in range(n):
        r = q / np.sqrt(np.outer(np.diag(q), np.diag(q)))
        out[t] = np.linalg.cholesky(r) @ rng.standard_normal(k)
        q = (1 - a - b) * bar + a * np.outer(out[t], out[t]) + b * q
    data = pd.DataFrame(out, columns=[f"m{i}" for i in range(k)])
    pairs = cl.DCC(data, likelihood="composite").fit(strict=False)
    error = (pairs.params[["a", "b"]] - [a, b]) / pairs.std_errors[["a", "b"]]
    assert (error.abs() < 4).all(), error
    assert (np.linalg.eigvalsh(pairs.conditional_correlation) > 0).all()
    full = cl.DCC(data).fit(strict=False)
    assert full.loglik >= pairs.loglik - 1e-6


@pytest.mark.parametrize(
    "change, match",
    [
        ({"likelihood": "quasi"}, "quasi"),
        ({"likelihood": "composite", "dist": "t"}, "normal pairs"),
        ({"kind": "bekk"}, "bekk"),
        ({"dist": "skewt"}, "skewt"),
        ({"compat": "tsecon"}, "tsecon"),
        ({"kind": "cdcc", "compat": "rmgarch"}, "cdcc"),
        ({"vol": "XGARCH"}, "XGARCH"),
        ({"presample": -1.0}, "presample"),
    ],
)
def test_a_choice_it_does_not_know_is_refused(returns, change, match):
    with pytest.raises(cl.SpecificationError, match=match):
        cl.DCC(returns, **change).fit()


@pytest.mark.parametrize("model", [cl.CCC, cl.DCC])
def test_data_it_cannot_use_is_refused(returns, model):
    hole = returns.copy()
    hole.iloc[5, 1] = np.nan
    with pytest.raises(cl.DataError, match=f"two.*{returns.index[5].date()}"):
        model(hole).fit()
    with pytest.raises(cl.DataError, match="constant"):
        model(returns.assign(two=1.0)).fit()
    with pytest.raises(cl.DataError, match="combination"):
        model(returns.assign(three=returns["one"] - 2 * returns["two"])).fit()
    with pytest.raises(cl.DataError, match="two columns"):
        model(returns[["one"]]).fit()
    with pytest.raises(cl.TooFewObservationsError, match="250"):
        model(returns.iloc[:200]).fit()
    with pytest.raises(cl.DataError, match="price"):
        model(100 + returns.cumsum()).fit()
    assert any("200 returns" in n for n in model(returns.iloc[:200], minimum=150).fit().notes)


def test_data_are_left_alone(returns):
    before = returns.copy()
    cl.DCC(returns).fit()
    pd.testing.assert_frame_equal(returns, before)


def _estimates(kind: str, dist: str, n: int, draws: int, **truth) -> pd.DataFrame:
    rows = []
    for seed in range(draws):
        fit = cl.DCC(simulated(n, rng=1000 + seed, **truth), kind=kind, dist=dist).fit(strict=False)
        terms = [t for t in fit.params.index if "[" not in t]
        rows.append(
            {t: fit.params[t] for t in terms} | {f"se {t}": fit.std_errors[t] for t in terms}
        )
    return pd.DataFrame(rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind, dist, truth",
    [
        ("dcc", "normal", {"a": 0.06, "b": 0.9}),
        ("cdcc", "normal", {"a": 0.06, "b": 0.9}),
        ("dcc", "t", {"a": 0.06, "b": 0.9, "nu": 6.0}),
    ],
)
def test_recovery_and_coverage(kind, dist, truth):
    """300 samples of 2,000 days: little bias, and 95 % intervals that cover 91 to 94 %."""
    found = _estimates(kind, dist, 2000, 300, **truth)
    for term, value in truth.items():
        z = (found[term] - value) / found[f"se {term}"]
        assert abs(found[term].mean() - value) < 0.35 * found[term].std()
        assert 0.88 <= (z.abs() < 1.96).mean() <= 0.985


@pytest.mark.slow
@pytest.mark.parametrize("n", [500, 1500])
def test_size_of_the_constant_correlation_tests(n):
    """Shocks of a joint t with 6 degrees of freedom, 300 samples; see `row_bootstrap`."""
    rates = np.zeros(2)
    for seed in range(300):
        data = simulated(n, a=0.0, b=0.0, rng=5000 + seed, nu=6.0)
        fit = cl.CCC(data).fit(strict=False)
        rates += (fit.diagnostics()["p_value"] <= 0.05).to_numpy() / 300
    assert (rates <= 0.085).all() and (rates >= 0.02).all(), rates
