"""Sandwich covariances against statsmodels, and the bandwidth rules."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_hac, cov_hc1

from carbonlink.inference import hac
from carbonlink.kernels.ols import least_squares


@pytest.fixture(scope="module")
def regression():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(300), rng.standard_normal((300, 2)).cumsum(axis=0)])
    shocks = rng.standard_normal(301)
    y = x @ [1.0, 0.5, -0.2] + shocks[1:] + 0.6 * shocks[:-1]
    return x, y, least_squares(y, x), sm.OLS(y, x).fit()


def test_least_squares_is_ols(regression):
    _, _, own, peer = regression
    np.testing.assert_allclose(own.params, peer.params, rtol=1e-10)
    np.testing.assert_allclose(own.bread, peer.normalized_cov_params, rtol=1e-8)


def test_classical_and_robust_are_statsmodels(regression):
    x, _, own, peer = regression
    classical = hac.classical(own.residuals, own.bread).cov
    np.testing.assert_allclose(classical, peer.cov_params(), rtol=1e-8)
    robust = hac.robust(x, own.residuals, own.bread).cov
    np.testing.assert_allclose(robust, cov_hc1(peer), rtol=1e-8)


@pytest.mark.parametrize("lags", [0, 1, 4, 17])
def test_newey_west_is_statsmodels_at_the_same_lags(regression, lags):
    x, _, own, peer = regression
    found = hac.hac(x, own.residuals, own.bread, lags)
    np.testing.assert_allclose(found.cov, cov_hac(peer, nlags=lags, use_correction=True), rtol=1e-8)
    assert (found.lags, found.rule) == (lags, "given")


def test_lags_zero_is_the_robust_covariance(regression):
    x, _, own, _ = regression
    np.testing.assert_allclose(
        hac.hac(x, own.residuals, own.bread, 0).cov,
        hac.robust(x, own.residuals, own.bread).cov,
        rtol=1e-12,
    )


def test_andrews_rule_has_its_closed_form_for_one_ar1():
    rng = np.random.default_rng(0)
    series = np.zeros(4000)
    for t in range(1, 4000):
        series[t] = 0.5 * series[t - 1] + rng.standard_normal()
    past, now = series[:-1], series[1:]
    rho = past @ now / (past @ past)
    alpha = 4 * rho**2 / ((1 - rho) ** 2 * (1 + rho) ** 2)
    expected = 1.1447 * (alpha * 4000) ** (1 / 3)
    assert hac.andrews_bandwidth(series[:, None]) == pytest.approx(expected, rel=1e-10)


def test_newey_west_rule_by_hand():
    # n = 100 gives m = 4; alternating +1, −1 has autocovariances (100 − j)/100·(−1)^j
    series = np.array([1.0, -1.0] * 50)
    gamma = np.array([(100 - j) / 100 * (-1) ** j for j in range(5)])
    s0 = gamma[0] + 2 * gamma[1:].sum()
    s1 = 2 * (np.arange(1, 5) * gamma[1:]).sum()
    expected = int(1.1447 * (s1 / s0) ** (2 / 3) * 100 ** (1 / 3)) + 1
    assert hac.newey_west_bandwidth(series[:, None]) == expected


@pytest.mark.parametrize("rule", hac.RULES)
def test_the_rules_do_not_depend_on_units(regression, rule):
    x, y, own, _ = regression
    scaled = x * [1.0, 1000.0, 0.01]
    other = least_squares(y, scaled)
    first = hac.hac(x, own.residuals, own.bread, rule)
    second = hac.hac(scaled, other.residuals, other.bread, rule)
    assert second.bandwidth == pytest.approx(first.bandwidth, rel=1e-9)
    factor = np.array([1.0, 1000.0, 0.01])
    np.testing.assert_allclose(second.cov * np.outer(factor, factor), first.cov, rtol=1e-6)


def test_a_collinear_column_is_named_not_inverted():
    x = np.column_stack([np.ones(20), np.arange(20.0), np.full(20, 3.0)])
    found = least_squares(np.arange(20.0), x)
    assert found.collinear == (2,) and np.isnan(found.params).all()
