"""The drifting VAR's filter: closed forms, the equations written out, and the stability rules."""

import numpy as np
import pytest

from carbonlink.kernels import tvpvar, var


def system(n=80, k=2, seed=0, growth=0.0):
    generator = np.random.default_rng(seed)
    y = generator.standard_normal((n, k)).cumsum(axis=0) * 0.3
    return y + growth * 1.08 ** np.arange(n)[:, None]


def regressors(y, lags, rows, constant):
    ones = [np.ones((len(rows), 1))] if constant else []
    return np.hstack([*ones, var.lagged(y, lags, rows)])


def slow(y, lags, rows, start, forgetting, constant, stability):
    """The equations with Kronecker products written out, one matrix at a time."""
    k = y.shape[1]
    beta, cover, sigma = start.mean.ravel(), start.variance, start.sigma
    kept, sigmas, counted, forecaster = [], [], 0, beta
    for t, (z, now) in enumerate(zip(regressors(y, lags, rows, constant), y[rows], strict=True)):
        x = np.kron(np.eye(k), z)
        error = now - x @ forecaster
        sigma = forgetting[1] * sigma + (1 - forgetting[1]) * np.outer(error, error)
        spread = cover / forgetting[0] if t else cover
        gain = spread @ x.T @ np.linalg.inv(sigma + x @ spread @ x.T)
        new, newcover = beta + gain @ (now - x @ beta), spread - gain @ x @ spread
        matrix = new.reshape(k, -1)[:, int(constant) :]
        coefs = matrix.reshape(k, lags, k).transpose(1, 0, 2)
        root = var.roots(coefs)[0]
        shown, forecaster = new, new
        if root > 1:
            counted += 1
            if stability == "previous":
                shown, new, newcover, forecaster = beta, beta, cover, beta
            elif stability == "shrink" and t:
                shown, new = kept[-1], 0.99 * beta
            elif stability == "project":
                smaller = new.reshape(k, -1).copy()
                for lag in range(lags):
                    part = slice(int(constant) + lag * k, int(constant) + (lag + 1) * k)
                    smaller[:, part] *= (0.999 / root) ** (lag + 1)
                shown = new = forecaster = smaller.ravel()
        beta, cover = new, newcover
        kept.append(shown)
        sigmas.append(sigma)
    return np.array(kept), np.array(sigmas), cover, counted


@pytest.mark.parametrize("constant", [True, False])
@pytest.mark.parametrize("lags", [1, 3])
@pytest.mark.parametrize("stability", ["previous", "project", "shrink", "none"])
def test_filters_as_the_equations_say(constant, lags, stability):
    y = system(growth=0.4)
    rows = np.arange(10, 80)
    start = tvpvar.minnesota(2, lags, constant, 0.5, np.cov(y[:10].T))
    there = slow(y, lags, rows, start, (0.97, 0.95), constant, stability)
    here = tvpvar.run(y, lags, rows, start, (0.97, 0.95), constant=constant, stability=stability)
    assert here.explosive.sum() == there[3] > 0
    slopes = there[0].reshape(len(rows), 2, -1)[:, :, int(constant) :]
    coefs = slopes.reshape(len(rows), 2, lags, 2).transpose(0, 2, 1, 3)
    np.testing.assert_allclose(here.coefs, coefs, atol=1e-9)
    np.testing.assert_allclose(here.sigma, there[1], rtol=1e-9)
    np.testing.assert_allclose(here.variance, there[2], atol=1e-9)
    np.testing.assert_array_equal(here.variance, here.variance.T)


@pytest.mark.parametrize("memory", [1.0, 0.96])
def test_with_a_fixed_covariance_the_state_is_weighted_least_squares(memory):
    y, lags = system(), 2
    rows = np.arange(lags, 80)
    sigma = np.array([[0.2, 0.05], [0.05, 0.1]])
    start = tvpvar.minnesota(2, lags, True, 3.0, sigma)
    end = tvpvar.run(y, lags, rows, start, (memory, 1.0), stability="none")
    weight = memory ** np.arange(len(rows))[::-1]
    z = regressors(y, lags, rows, True)
    inverse = np.linalg.inv(sigma)
    prior = memory ** (len(rows) - 1) * np.linalg.inv(start.variance)
    precision = np.kron(inverse, z.T @ (z * weight[:, None])) + prior
    moment = inverse @ y[rows].T @ (z * weight[:, None])
    np.testing.assert_allclose(end.last.ravel(), np.linalg.solve(precision, moment.ravel()))
    np.testing.assert_allclose(end.variance, np.linalg.inv(precision), rtol=1e-8)
    np.testing.assert_array_equal(end.sigma, np.broadcast_to(sigma, end.sigma.shape))


def test_the_likelihood_is_that_of_all_observations_at_once():
    from scipy import stats

    y, lags = system(n=25), 1
    rows = np.arange(lags, 25)
    start = tvpvar.uninformative(2, lags, True, 2.0, np.diag([0.2, 0.4]))
    z = regressors(y, lags, rows, True)
    x = np.vstack([np.kron(np.eye(2), row) for row in z])
    cover = x @ start.variance @ x.T + np.kron(np.eye(len(rows)), start.sigma)
    whole = stats.multivariate_normal(np.zeros(len(cover)), cover).logpdf(y[rows].ravel())
    end = tvpvar.run(y, lags, rows, start, (1.0, 1.0), stability="none")
    assert end.loglik == pytest.approx(whole, abs=1e-8)


def test_the_likelihood_uses_the_covariance_of_the_row_before():
    from scipy import stats

    y, rows = system(n=40), np.arange(20, 22)
    start = tvpvar.uninformative(2, 1, False, 2.0, np.cov(y[:20].T))
    end = tvpvar.run(y, 1, rows, start, (0.9, 0.5), constant=False, stability="none")
    one = tvpvar.run(y, 1, rows[:1], start, (0.9, 0.5), constant=False, stability="none")
    x = [np.kron(np.eye(2), y[row - 1]) for row in rows]
    first = x[0] @ start.variance @ x[0].T + start.sigma
    second = x[1] @ one.variance @ x[1].T / 0.9 + one.sigma[0]
    expected = [
        stats.multivariate_normal(np.zeros(2), cover).logpdf(error)
        for cover, error in zip((first, second), end.resid, strict=True)
    ]
    assert one.loglik == pytest.approx(expected[0])
    assert end.loglik == pytest.approx(sum(expected))


def test_the_covariance_averages_forecast_errors():
    y = system(n=60)
    rows = np.arange(20, 60)
    start = tvpvar.uninformative(2, 1, True, 4.0, np.cov(y[:20].T))
    end = tvpvar.run(y, 1, rows, start, (0.99, 0.9), stability="none")
    weight = 0.1 * 0.9 ** np.arange(40)[::-1]
    errors = np.einsum("t,ti,tj->ij", weight, end.resid, end.resid)
    np.testing.assert_allclose(end.sigma[-1], 0.9**40 * start.sigma + errors)
    z = regressors(y, 1, rows, True)
    stacked = np.concatenate([end.intercept[:-1, :, None], end.coefs[:-1, 0]], axis=2)
    ahead = np.einsum("tim,tm->ti", stacked, z[1:])
    np.testing.assert_allclose(end.resid[1:], y[rows][1:] - ahead)


def test_later_data_change_nothing_before():
    y = system(n=90, growth=0.2)
    start = tvpvar.uninformative(2, 1, True, 4.0, np.cov(y[:20].T))
    whole = tvpvar.run(y, 1, np.arange(20, 90), start, (0.98, 0.98))
    part = tvpvar.run(y[:60], 1, np.arange(20, 60), start, (0.98, 0.98))
    np.testing.assert_array_equal(whole.coefs[:40], part.coefs)
    np.testing.assert_array_equal(whole.sigma[:40], part.sigma)


def test_projected_matrices_have_the_largest_root_allowed():
    y = system(growth=0.4)
    start = tvpvar.uninformative(2, 2, True, 4.0, np.cov(y[:10].T))
    end = tvpvar.run(y, 2, np.arange(10, 80), start, (0.97, 0.95), stability="project")
    roots = var.roots(end.coefs)[:, 0]
    assert end.explosive.any() and not end.explosive.all()
    np.testing.assert_allclose(roots[end.explosive], 0.999)
    assert (roots[~end.explosive] <= 1).all()


def test_before_the_first_full_row_only_the_covariance_moves():
    y = system(n=40)
    start = tvpvar.minnesota(2, 2, False, 0.1, np.eye(2))
    rows = np.arange(40)
    end = tvpvar.run(y, 2, rows, start, (0.99, 0.9), constant=False, warm_up=0.1)
    np.testing.assert_array_equal(end.sigma[0], np.eye(2))
    second = 0.9 * np.eye(2) + 0.1 * 0.1 * np.outer(y[1], y[1])
    third = 0.9 * second + 0.1 * 0.1 * np.outer(y[2], y[2])
    np.testing.assert_allclose(end.sigma[1], second)
    np.testing.assert_allclose(end.sigma[2], third)
    np.testing.assert_array_equal(end.coefs[:2], 0)
    assert np.abs(end.coefs[2]).max() > 0
    fourth = 0.9 * third + 0.1 * np.outer(end.resid[3], end.resid[3])
    np.testing.assert_allclose(end.sigma[3], fourth)


def test_priors():
    sigma = np.eye(2)
    flat = tvpvar.uninformative(2, 2, True, 4.0, sigma)
    np.testing.assert_array_equal(flat.variance, 4 * np.eye(10))
    falling = np.diag(tvpvar.minnesota(2, 2, True, 0.4, sigma).variance)
    np.testing.assert_allclose(falling, np.tile([0.4, 0.4, 0.4, 0.1, 0.1], 2))
    y, rows = system(), np.arange(1, 50)
    z = regressors(y, 1, rows, True)
    slopes = np.linalg.lstsq(z, y[rows], rcond=None)[0].T
    resid = y[rows] - z @ slopes.T
    shocks = resid.T @ resid / 49
    inverse = np.linalg.inv(z.T @ z)
    whole = tvpvar.trained(y, 1, rows, True, 4.0, True)
    np.testing.assert_allclose(whole.mean, slopes)
    np.testing.assert_allclose(whole.variance, 4 * np.kron(shocks, inverse))
    np.testing.assert_allclose(whole.sigma, shocks)
    part = tvpvar.trained(y, 1, rows, False, 1.0, False)
    np.testing.assert_allclose(part.mean, slopes[:, 1:])
    np.testing.assert_allclose(part.variance, np.kron(np.eye(2), inverse[1:, 1:]))


def test_a_covariance_without_an_inverse_names_the_observation():
    y = np.zeros((40, 2))
    y[:10] = system(n=10)
    start = tvpvar.uninformative(2, 1, False, 1.0, np.eye(2))
    with pytest.raises(tvpvar.SingularStepError) as caught:
        tvpvar.run(y, 1, np.arange(10, 40), start, (0.5, 1e-30), constant=False)
    assert 0 < caught.value.args[0] < 30
