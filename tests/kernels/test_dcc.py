"""The DCC likelihood against loops and scipy; its derivatives against differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import carbonlink as cl
from carbonlink.kernels import dcc, dcc_adjoint, dcc_errors, dcc_fit
from carbonlink.kernels.correlation_tests import engle_sheppard, tse

FORMS = [
    (kind, dist, presample)
    for kind in dcc.KINDS
    for dist in ("normal", "t")
    for presample in (None, 0.0, 1.0)
]


@pytest.fixture(scope="module")
def z() -> np.ndarray:
    root = np.linalg.cholesky([[1, 0.5, 0.2], [0.5, 1, 0.3], [0.2, 0.3, 1]])
    return np.random.default_rng(0).standard_normal((300, 3)) @ root.T


def point(kind: str, dist: str) -> np.ndarray:
    return np.array([0.05, 0.9] + [0.02] * (kind == "adcc") + [7.0] * (dist == "t"))


def one_day_at_a_time(phi, z, kind, dist, presample):
    """R_t and the log-density by the definition."""
    a, b = phi[:2]
    g = phi[2] if kind == "adcc" else 0.0
    n, k = z.shape
    x = z.copy()
    if kind == "cdcc":
        own = np.ones(k) if presample is None else 1 - a + a * presample**2 * np.ones(k)
        for t in range(n):
            x[t] = z[t] * np.sqrt(own)
            own = (1 - a - b) + a * x[t] ** 2 + b * own
    q_bar = x.T @ x / n
    if kind == "cdcc":
        q_bar = q_bar / np.sqrt(np.outer(np.diag(q_bar), np.diag(q_bar)))
    fall = np.minimum(z, 0)
    n_bar = fall.T @ fall / n
    q, rs, terms = q_bar.copy(), [], []
    if presample is not None:
        shock = np.full((k, k), presample**2)
        q = (1 - a - b) * q_bar - g * n_bar + (a + g) * shock + b * q_bar
    for t in range(n):
        r = q / np.sqrt(np.outer(np.diag(q), np.diag(q)))
        rs.append(r)
        if dist == "normal":
            terms.append(stats.multivariate_normal(cov=r).logpdf(z[t]))
        else:
            nu = phi[-1]
            terms.append(stats.multivariate_t(shape=r * (nu - 2) / nu, df=nu).logpdf(z[t]))
        q = (
            (1 - a - b) * q_bar
            - g * n_bar
            + a * np.outer(x[t], x[t])
            + g * np.outer(fall[t], fall[t])
            + b * q
        )
    return np.array(rs), np.array(terms)


@pytest.mark.parametrize("kind, dist, presample", FORMS)
def test_the_filter_is_the_recursion(z, kind, dist, presample):
    p, phi = dcc.Problem(z, kind, dist, presample), point(kind, dist)
    found, _ = dcc_fit.profile(phi, p)
    correlations, terms = one_day_at_a_time(phi, z, kind, dist, presample)
    np.testing.assert_allclose(dcc.unpack(found.packed, 3), correlations, atol=1e-12)
    np.testing.assert_allclose(found.terms, terms, atol=1e-10)


@pytest.mark.parametrize("kind, dist, presample", FORMS)
def test_gradients_are_exact(z, kind, dist, presample):
    p, phi = dcc.Problem(z, kind, dist, presample), point(kind, dist)
    exact = dcc_fit.gradient(phi, p)
    for i in range(len(phi)):
        ahead, behind, step = dcc_fit.nudged(phi, i)
        up, down = (dcc_fit.profile(v, p)[0].total for v in (ahead, behind))
        assert exact[i] == pytest.approx((up - down) / step, abs=2e-5, rel=1e-6)
    by_z = dcc_adjoint.gradient_in_z(phi, p)
    for t, i in ((0, 0), (7, 2), (299, 1)):
        ends = []
        for move in (1e-5, -1e-5):
            moved = z.copy()
            moved[t, i] += move
            ends.append(dcc_fit.profile(phi, replace(p, z=moved))[0].total)
        assert by_z[t, i] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=2e-6)


@pytest.mark.parametrize("kind", dcc.KINDS)
def test_gradients_of_the_composite_likelihood_are_exact(z, kind):
    p, phi = dcc.Problem(z, kind, composite=True), point(kind, "normal")
    exact = dcc_fit.gradient(phi, p)
    for i in range(len(phi)):
        ahead, behind, step = dcc_fit.nudged(phi, i)
        up, down = (dcc_fit.profile(v, p)[0].total for v in (ahead, behind))
        assert exact[i] == pytest.approx((up - down) / step, abs=2e-5, rel=1e-6)
    correlations, _ = one_day_at_a_time(phi, z, kind, "normal", None)
    at = dcc_fit.profile(phi, p)[0]
    for t in (0, 50):
        by_pair = sum(
            stats.multivariate_normal(cov=correlations[t][np.ix_(c, c)]).logpdf(z[t, c])
            for c in ([0, 1], [0, 2], [1, 2])
        )
        assert at.terms[t] == pytest.approx(by_pair)
    by_z = dcc_adjoint.gradient_in_z(phi, p)
    for t, i in ((0, 0), (7, 2), (299, 1)):
        ends = []
        for move in (1e-5, -1e-5):
            moved = z.copy()
            moved[t, i] += move
            ends.append(dcc_fit.profile(phi, replace(p, z=moved))[0].total)
        assert by_z[t, i] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=2e-6)


def test_two_series_take_the_short_way(z):
    """The closed form of two series is the general one: a third, independent, adds nothing."""
    pair = z[:, :2]
    packed = dcc.evaluate(
        point("dcc", "normal"), dcc.targets(np.zeros(2), dcc.Problem(pair)), dcc.Problem(pair)
    ).packed
    log_det, inverse = dcc._invert(packed, 2)
    whole = dcc.unpack(packed, 2)
    np.testing.assert_allclose(inverse, np.linalg.inv(whole), atol=1e-11)
    np.testing.assert_allclose(log_det, np.linalg.slogdet(whole)[1], atol=1e-12)


def test_without_news_correlations_are_constant(z):
    p = dcc.Problem(z)
    found, target = dcc_fit.profile(np.array([0.0, 0.0]), p)
    constant = dcc_fit.constant_correlation(z)
    np.testing.assert_allclose(found.packed, np.tile(constant, (len(z), 1)), atol=1e-14)
    np.testing.assert_allclose(np.corrcoef(z.T), dcc.unpack(constant, 3), atol=0.02)


def test_no_asymmetry_is_plain_dcc(z):
    plain = dcc_fit.profile(np.array([0.05, 0.9]), dcc.Problem(z))[0]
    none = dcc_fit.profile(np.array([0.05, 0.9, 0.0]), dcc.Problem(z, "adcc"))[0]
    np.testing.assert_allclose(plain.packed, none.packed, atol=1e-13)


@pytest.fixture(scope="module")
def fits():
    rng = np.random.default_rng(3)
    shocks = rng.standard_normal((800, 2)) @ np.linalg.cholesky([[1, 0.5], [0.5, 1]]).T
    out = []
    for column in shocks.T:
        h, y = 1.0, np.empty(800)
        for t in range(800):
            y[t] = np.sqrt(h) * column[t]
            h = 0.1 + 0.1 * y[t] ** 2 + 0.8 * h
        out.append(cl.GARCH(y).fit())
    return out


def test_the_first_step_hands_on_robust_errors_and_slopes(fits):
    fit = fits[0]
    step = dcc_errors.first_step(fit.estimate)
    np.testing.assert_allclose(np.sqrt((step.influence**2).sum(axis=0)), fit.std_errors, rtol=1e-9)
    from carbonlink.kernels.garch import likelihood

    p, theta = fit.estimate.problem, fit.estimate.maximum.theta
    for i in range(len(theta)):
        ends = []
        for move in (1e-6, -1e-6):
            moved = theta.copy()
            moved[i] += move
            at = likelihood(moved, p)
            ends.append(at.resid * np.exp(-0.5 * at.log_variance))
        np.testing.assert_allclose(step.slopes[:, i], (ends[0] - ends[1]) / 2e-6, atol=1e-5)


def cross_by_differences(phi, p, steps):
    """∂²ℓ/∂φ∂θ' of each series: differences along θ of gradients in φ."""
    crosses = []
    for j, step in enumerate(steps):
        rows = []
        for slope in step.slopes.T:
            half = 1e-5 / np.abs(slope).max()
            ends = []
            for sign in (1, -1):
                z = p.z.copy()
                z[:, j] += sign * half * slope
                ends.append(dcc_fit.gradient(phi, replace(p, z=z)))
            rows.append((ends[0] - ends[1]) / (2 * half))
        crosses.append(np.array(rows))
    return crosses


@pytest.mark.parametrize("kind", dcc.KINDS)
@pytest.mark.parametrize("centred", [False, True])
def test_the_adjoint_is_the_slow_way(fits, kind, centred):
    if kind == "cdcc" and centred:
        pytest.skip("S is a correlation matrix without a mean taken out")
    z = np.column_stack([f.std_resid for f in fits])
    p = dcc.Problem(z, kind, "t", 0.0 if centred else None, centred)
    phi = point(kind, "t")
    at, target = dcc_fit.profile(phi, p)
    free = tuple(range(len(phi)))
    found = dcc_fit.Maximum(phi, target, at, -np.eye(len(phi)), free, (), True, "")
    steps = [dcc_errors.first_step(f.estimate) for f in fits]
    quick = dcc_errors.cross_derivatives(found, p, steps, list(free))
    for one, other in zip(quick, cross_by_differences(phi, p, steps), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def test_the_climb_is_short_and_ends_where_it_did(fits, monkeypatch):
    """The scores' outer product as the first metric: a dozen evaluations, not hundreds."""
    z = np.column_stack([f.std_resid for f in fits])
    rng = np.random.default_rng(0)
    z = z / np.sqrt(rng.chisquare(6, len(z)) / 4)[:, None]
    calls = []
    whole = dcc_fit.profile
    monkeypatch.setattr(dcc_fit, "profile", lambda *a: calls.append(a) or whole(*a))
    for kind in dcc.KINDS:
        calls.clear()
        found = dcc_fit.maximise(dcc.Problem(z, kind, "t"))
        assert found.converged
        assert len(calls) < 80, kind
        free = list(found.free)
        np.testing.assert_allclose(found.at.scores.sum(axis=0)[free], 0, atol=1e-4)


def test_the_influence_of_a_constant_correlation_without_a_first_step(z):
    """Of normal data its standard error is (1 − ρ²)/√n."""
    root = np.linalg.cholesky([[1, 0.6], [0.6, 1]])
    data = np.random.default_rng(1).standard_normal((100_000, 2)) @ root.T
    none = [dcc_errors.FirstStep(*(np.zeros((len(data), 0)),) * 3)] * 2
    influence = dcc_errors.constant(dcc_fit.constant_correlation(data), data, none)
    error = np.sqrt((influence**2).sum())
    assert error == pytest.approx((1 - 0.36) / np.sqrt(len(data)), rel=0.02)


def test_constant_correlation_tests_see_moving_correlations():
    rng = np.random.default_rng(8)
    q, draws = np.array([[1, 0.4], [0.4, 1]]), np.empty((2000, 2))
    bar = q.copy()
    for t in range(2000):
        r = q / np.sqrt(np.outer(np.diag(q), np.diag(q)))
        draws[t] = np.linalg.cholesky(r) @ rng.standard_normal(2)
        q = 0.05 * bar + 0.15 * np.outer(draws[t], draws[t]) + 0.8 * q
    none = [dcc_errors.FirstStep(*(np.zeros((2000, 0)),) * 3)] * 2
    assert stats.chi2.sf(engle_sheppard(draws, 5), 6) < 1e-4
    assert stats.chi2.sf(tse(draws, none), 1) < 1e-2
