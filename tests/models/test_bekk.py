"""BEKK: the definition day by day, GARCH as its closed form, invariances, recovery, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import carbonlink as cl
from carbonlink.kernels import bekk, bekk_fit
from carbonlink.kernels.dcc import pack, unpack


def simulated(n: int, a, b, rng=0, names=("one", "two")) -> pd.DataFrame:
    """Diagonal BEKK with unconditional variances one and correlations one half."""
    rng = np.random.default_rng(rng)
    k = len(names)
    a, b = np.resize(a, k), np.resize(b, k)
    level = 0.5 * (np.eye(k) + 1)
    c = level * (1 - np.outer(a, a) - np.outer(b, b))
    h, out = level.copy(), np.empty((n + 300, k))
    for t in range(n + 300):
        out[t] = np.linalg.cholesky(h) @ rng.standard_normal(k)
        h = c + np.outer(a, a) * np.outer(out[t], out[t]) + np.outer(b, b) * h
    days = pd.bdate_range("2010-01-04", periods=n)
    return pd.DataFrame(out[300:], index=days, columns=list(names))


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    return simulated(1200, [0.3, 0.25], [0.92, 0.94], rng=4)


@pytest.mark.parametrize("kind", bekk.KINDS)
def test_the_filter_is_the_definition(kind):
    rng = np.random.default_rng(0)
    e = rng.standard_normal((60, 3))
    start = pack(np.cov(e.T))
    own = {"scalar": [0.3, 0.9], "diagonal": [0.3, 0.2, -0.25, 0.9, 0.93, 0.88]}[kind]
    theta = np.array([0.4, 0.1, 0.5, -0.05, 0.1, 0.3, *own])
    at = bekk.evaluate(theta, bekk.Problem(e, kind, None, start))
    lower = np.array([[0.4, 0, 0], [0.1, 0.5, 0], [-0.05, 0.1, 0.3]])
    a, b = np.diag(np.resize(own[: len(own) // 2], 3)), np.diag(np.resize(own[len(own) // 2 :], 3))
    h = x = unpack(start, 3)
    for t in range(60):
        h = lower @ lower.T + a @ x @ a + b @ h @ b
        np.testing.assert_allclose(unpack(at.packed[t], 3), h, atol=1e-12)
        assert at.terms[t] == pytest.approx(stats.multivariate_normal(cov=h).logpdf(e[t]))
        x = np.outer(e[t], e[t])


@pytest.mark.parametrize("kind", bekk.KINDS)
@pytest.mark.parametrize("targeting", [False, True])
def test_gradients_are_exact(kind, targeting):
    e = np.random.default_rng(1).standard_normal((80, 3))
    start = pack(e.T @ e / 80)
    p = bekk.Problem(e, kind, start if targeting else None, start)
    own = [0.3, 0.9] if kind == "scalar" else [0.3, 0.2, -0.25, 0.9, 0.93, 0.88]
    theta = np.array([*([] if targeting else [0.4, 0.1, 0.5, -0.05, 0.1, 0.3]), *own])
    at = bekk.evaluate(theta, p)
    exact = bekk.gradient(theta, at, p)
    np.testing.assert_allclose(bekk.scores(theta, at, p).sum(axis=0), exact, atol=1e-10)
    for i in range(len(theta)):
        ends = []
        for move in (1e-6, -1e-6):
            moved = theta.copy()
            moved[i] += move
            ends.append(bekk.evaluate(moved, p).total)
        assert exact[i] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-5, rel=1e-5)


def test_one_series_is_garch(returns):
    """ω = c², α = a², β = b², started at the mean square; ½-delta standard errors."""
    y = returns["one"].to_numpy()
    fit = cl.GARCH(y, mean="zero", presample="fcp").fit()
    e = (y / np.sqrt((y**2).mean()))[:, None]
    start = bekk_fit.moments(e)
    p = bekk.Problem(e, "scalar", None, start)
    found = bekk_fit.maximise(p)
    scale = (y**2).mean()
    c, a, b = found.theta
    assert found.converged
    np.testing.assert_allclose([c * c * scale, a * a, b * b], fit.params, rtol=1e-4)
    assert found.at.total - len(y) * 0.5 * np.log(scale) == pytest.approx(fit.loglik, abs=1e-6)
    error = np.sqrt((bekk_fit.influence(found, p) ** 2).sum(axis=0))
    ours = 2 * np.array([c * scale, a, b]) * error
    np.testing.assert_allclose(ours, fit.std_errors, rtol=2e-3)


def test_more_general_forms_are_no_less_likely(returns):
    fits = {
        (kind, t): cl.BEKK(returns, kind=kind, targeting=t).fit()
        for kind in bekk.KINDS
        for t in (False, True)
    }
    assert fits["diagonal", False].loglik >= fits["scalar", False].loglik - 1e-6
    assert fits["scalar", False].loglik >= fits["scalar", True].loglik - 1e-6
    targeted = fits["diagonal", True]
    moment = (returns - returns.mean()).to_numpy()
    np.testing.assert_allclose(targeted.unconditional, moment.T @ moment / len(moment), rtol=1e-9)
    assert targeted.aic == pytest.approx(-2 * targeted.loglik + 2 * (4 + 3))


@pytest.mark.parametrize("kind, targeting", [("diagonal", False), ("scalar", True)])
def test_units_and_order_do_not_matter(returns, kind, targeting):
    plain = cl.BEKK(returns, kind=kind, targeting=targeting).fit()
    turned = cl.BEKK(returns[["two", "one"]] * [100, 0.01], kind=kind, targeting=targeting).fit()
    own = [t for t in plain.params.index if t[0] in "ab"]
    np.testing.assert_allclose(turned.params[own], plain.params[own], rtol=1e-3)
    np.testing.assert_allclose(turned.std_errors[own], plain.std_errors[own], rtol=1e-2)
    np.testing.assert_allclose(
        turned.correlations.iloc[:, 0], plain.correlations.iloc[:, 0], atol=1e-4
    )
    assert turned.loglik == pytest.approx(plain.loglik, abs=1e-4)


def test_covariances_are_positive_definite_and_forecasts_return_to_their_level(returns):
    fit = cl.BEKK(returns).fit()
    h = fit.conditional_covariance
    assert (np.linalg.eigvalsh(h) > 0).all() and fit.persistence < 1
    ahead = fit.forecast(400)
    last = fit.resid.to_numpy()[-1]
    a, b = (np.diag(fit.params[[f"{c}[one]", f"{c}[two]"]]) for c in "ab")
    low = np.array(
        [[fit.params["c[one, one]"], 0], list(fit.params[["c[two, one]", "c[two, two]"]])]
    )
    by_hand = low @ low.T + a @ np.outer(last, last) @ a + b @ h[-1] @ b
    np.testing.assert_allclose(ahead[0], by_hand, rtol=1e-9)
    np.testing.assert_allclose(ahead[-1], fit.unconditional, rtol=0.01)
    assert fit.correlations.iloc[:, 0].between(-1, 1).all()
    z = fit.std_resid.to_numpy()
    np.testing.assert_allclose(z.T @ z / len(z), np.eye(2), atol=0.1)


@pytest.mark.parametrize(
    "change, match",
    [({"kind": "full"}, "full"), ({"mean": "ar"}, "ar"), ({"targeting": "yes"}, "targeting")],
)
def test_a_choice_it_does_not_know_is_refused(returns, change, match):
    with pytest.raises(cl.SpecificationError, match=match):
        cl.BEKK(returns, **change).fit()


def test_data_it_cannot_use_is_refused(returns):
    hole = returns.copy()
    hole.iloc[5, 1] = np.nan
    with pytest.raises(cl.DataError, match=f"two.*{returns.index[5].date()}"):
        cl.BEKK(hole).fit()
    with pytest.raises(cl.DataError, match="constant"):
        cl.BEKK(returns.assign(two=1.0)).fit()
    with pytest.raises(cl.DataError, match="combination"):
        cl.BEKK(returns.assign(three=returns["one"] - 2 * returns["two"])).fit()
    with pytest.raises(cl.DataError, match="two columns"):
        cl.BEKK(returns[["one"]]).fit()
    with pytest.raises(cl.DataError, match="price"):
        cl.BEKK(100 + returns.cumsum()).fit()
    with pytest.raises(cl.DataError, match="order"):
        cl.BEKK(returns[::-1]).fit()
    with pytest.raises(cl.TooFewObservationsError, match="250"):
        cl.BEKK(returns.iloc[:200]).fit()
    with pytest.raises(cl.SpecificationError, match="horizon"):
        cl.BEKK(returns.iloc[:300], kind="scalar", targeting=True).fit(strict=False).forecast(0)


@pytest.mark.slow
@pytest.mark.parametrize("targeting", [False, True])
def test_recovery_and_coverage(targeting):
    """200 samples of 1,500 days: bias of b up to a third of its spread, cover of 93 to 95 %."""
    truth = {"a[one]": 0.3, "a[two]": 0.25, "b[one]": 0.92, "b[two]": 0.94}
    found = []
    for seed in range(200):
        data = simulated(1500, [0.3, 0.25], [0.92, 0.94], rng=1000 + seed)
        fit = cl.BEKK(data, targeting=targeting).fit(strict=False)
        found.append([*fit.params[list(truth)], *fit.std_errors[list(truth)]])
    found = np.array(found)
    value = np.array(list(truth.values()))
    error = (found[:, :4] - value) / found[:, 4:]
    cover = (np.abs(error) < 1.96).mean(axis=0)
    bias = (found[:, :4].mean(axis=0) - value) / found[:, :4].std(axis=0)
    assert (cover > 0.88).all() and (np.abs(bias) < 0.5).all()


def test_says_that_returns_look_like_fractions():
    r = cl.simulate.var(600, rng=1).iloc[:, :2] / 1000
    fit = cl.BEKK(r, kind="scalar", targeting=True).fit(strict=False)
    assert sum("look like fractions" in note for note in fit.notes) == 2
