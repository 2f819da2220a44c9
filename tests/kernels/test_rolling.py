"""Rolling windows from cumulated cross-products equal windows fitted one at a time."""

import numpy as np
import pytest

from carbonlink.kernels import fevd, rolling, var


def one_at_a_time(y, lags, rows, count, horizon, constant=True, kind="generalized"):
    fits = [var.fit(y, lags, rows[i : i + count], constant) for i in range(len(rows) - count + 1)]
    tables = [fevd.shares(f.coefs, f.sigma, horizon, kind) for f in fits]
    return np.array(tables), np.array([var.roots(f.coefs)[0] for f in fits])


def noise(n=420, k=3, seed=0):
    return np.random.default_rng(seed).standard_normal((n, k))


@pytest.mark.parametrize(
    ("constant", "kind", "lags"), [(True, "generalized", 2), (False, "cholesky", 1)]
)
def test_equals_the_slow_way(constant, kind, lags):
    y = noise()
    rows = var.usable_rows(y, lags)
    fast, root = rolling.rolling_shares(y, lags, rows, 60, 10, constant=constant, kind=kind)
    slow, slow_root = one_at_a_time(y, lags, rows, 60, 10, constant, kind)
    np.testing.assert_allclose(fast, slow, atol=1e-12)
    np.testing.assert_allclose(root, slow_root, atol=1e-10)


def test_equals_the_slow_way_on_wandering_levels_far_from_zero():
    y = 1e4 + np.cumsum(noise(700), axis=0)
    rows = var.usable_rows(y, 2)
    fast, _ = rolling.rolling_shares(y, 2, rows, 50, 10)
    slow, _ = one_at_a_time(y, 2, rows, 50, 10)
    np.testing.assert_allclose(fast, slow, atol=1e-8)


def test_equals_the_slow_way_with_gaps():
    y = noise()
    y[[100, 101, 250], 1] = np.nan
    rows = var.usable_rows(y, 2)
    fast, _ = rolling.rolling_shares(y, 2, rows, 60, 5)
    np.testing.assert_allclose(fast, one_at_a_time(y, 2, rows, 60, 5)[0], atol=1e-12)


def test_a_burst_that_has_left_the_window_leaves_no_trace():
    y = noise()
    y[150:155] *= 1e6
    rows = var.usable_rows(y, 1)
    fast, _ = rolling.rolling_shares(y, 1, rows, 60, 10)
    np.testing.assert_allclose(fast, one_at_a_time(y, 1, rows, 60, 10)[0], atol=1e-8)


def test_windows_in_which_a_series_stands_still_are_missing():
    y = noise(300)
    y[100:180, 2] = 1.5
    rows = var.usable_rows(y, 1)
    fast, root = rolling.rolling_shares(y, 1, rows, 60, 10)
    slow = np.array([np.ptp(y[rows[i : i + 60], 2]) == 0 for i in range(len(fast))])
    assert slow.sum() == 21
    assert np.isnan(root).tolist() == np.isnan(fast).all(axis=(1, 2)).tolist()
    assert np.isnan(root[slow]).all()
    early = slice(0, 40)
    np.testing.assert_allclose(fast[early], one_at_a_time(y, 1, rows[:99], 60, 10)[0], atol=1e-10)
