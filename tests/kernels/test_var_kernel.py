"""VAR least squares against closed forms, a slow way of doing it, and its invariances."""

import numpy as np
import pytest

from carbonlink.kernels import var


def sample(n=120, k=3, seed=0):
    return np.random.default_rng(seed).standard_normal((n, k)).cumsum(axis=0) * 0.2 + 5


def design(y, lags, rows, constant=True):
    parts = [np.ones((len(rows), 1))] if constant else []
    return np.hstack([*parts, *(y[rows - lag] for lag in range(1, lags + 1))])


@pytest.mark.parametrize("constant", [True, False])
def test_fit_solves_the_normal_equations(constant):
    y = sample()
    rows = var.usable_rows(y, 2)
    z = design(y, 2, rows, constant)
    fitted = var.fit(y, 2, rows, constant)
    np.testing.assert_allclose(z.T @ fitted.resid, 0, atol=1e-9)
    np.testing.assert_allclose(fitted.inverse, np.linalg.inv(z.T @ z), rtol=1e-8)
    slopes = np.column_stack([*fitted.coefs])
    again = fitted.intercept + design(y, 2, rows, False) @ slopes.T + fitted.resid
    np.testing.assert_allclose(again, y[rows], atol=1e-12)
    np.testing.assert_allclose(fitted.sigma, fitted.resid.T @ fitted.resid / len(rows))


def test_levels_of_any_size_cost_no_digits():
    y = sample(300)
    rows = var.usable_rows(y, 1)
    near, far = var.fit(y, 1, rows), var.fit(y + 1e6, 1, rows)
    np.testing.assert_allclose(far.coefs, near.coefs, rtol=1e-7)
    np.testing.assert_allclose(far.sigma, near.sigma, rtol=1e-7)


def test_rows_need_all_their_lags_and_nothing_is_filled():
    y = sample(12, 2)
    y[5, 1] = np.nan
    assert var.usable_rows(y, 2).tolist() == [2, 3, 4, 8, 9, 10, 11]
    where = np.arange(12) < 9
    assert var.usable_rows(y, 2, where).tolist() == [2, 3, 4, 8]


def test_a_gap_uses_the_rows_around_it():
    y = sample(80, 2)
    y[40] = np.nan
    rows = var.usable_rows(y, 1)
    expected = np.linalg.lstsq(design(y, 1, rows), y[rows], rcond=None)[0]
    np.testing.assert_allclose(var.fit(y, 1, rows).coefs[0], expected[1:].T, rtol=1e-10)


def test_nested_criteria_equal_separate_fits():
    y = sample(90)
    rows = var.usable_rows(y, 4)
    table = var.criteria(y, rows, 4)
    n, k = len(rows), 3
    for p in range(1, 5):
        fitted = np.linalg.slogdet(var.fit(y, p, rows).sigma)[1]
        count = k * (k * p + 1)
        expected = fitted + np.array([2, np.log(n), 2 * np.log(np.log(n))]) * count / n
        np.testing.assert_allclose(table[p], expected, rtol=1e-10)


def test_roots_of_a_known_system():
    coefs = np.array([[[0.5, 0.0], [0.3, -0.8]]])
    np.testing.assert_allclose(var.roots(coefs), [0.8, 0.5])
    second = np.array([[[1.2]], [[-0.35]]])
    np.testing.assert_allclose(var.roots(second), [0.7, 0.5])


def test_dependent_and_constant_columns_show_in_the_pivots():
    y = sample(60)
    columns = np.column_stack([y, y[:, 0] - 2 * y[:, 1], np.full(60, 7.3)])
    shares = var.pivots(columns)
    assert (shares[:3] > 0.01).all() and (shares[3:] < var.DEPENDENT).all()


def test_simulated_paths_follow_the_recursion():
    generator = np.random.default_rng(1)
    coefs = generator.standard_normal((2, 3, 3)) * 0.2
    intercept = np.array([1.0, 0.0, -1.0])
    shocks, start = generator.standard_normal((4, 7, 3)), generator.standard_normal((4, 2, 3))
    paths = var.simulate(coefs, intercept, shocks, start)
    np.testing.assert_array_equal(paths[:, :2], start)
    for t in range(7):
        past = paths[:, t + 1] @ coefs[0].T + paths[:, t] @ coefs[1].T
        np.testing.assert_allclose(paths[:, t + 2], intercept + past + shocks[:, t], atol=1e-12)


def test_many_systems_at_once_equal_one_at_a_time():
    paths = np.random.default_rng(2).standard_normal((5, 60, 2))
    rows = var.usable_rows(paths[0], 2)
    gram = var.cross_products(paths, 2, rows)
    coefs, sigma, quality = var.solve_cross_products(gram, 2, 2, len(rows))
    assert (quality > 0.1).all()
    for i, path in enumerate(paths):
        one = var.fit(path, 2, rows)
        np.testing.assert_allclose(coefs[i], one.coefs, atol=1e-12)
        np.testing.assert_allclose(sigma[i], one.sigma, atol=1e-12)


def test_a_singular_system_is_nan_and_spares_the_others():
    paths = np.random.default_rng(3).standard_normal((3, 60, 2))
    paths[1, :, 1] = 0.0
    rows = var.usable_rows(paths[0], 1)
    _, sigma, quality = var.solve_cross_products(var.cross_products(paths, 1, rows), 2, 1, 59)
    assert np.isnan(quality).tolist() == [False, True, False]
    assert np.isfinite(sigma[[0, 2]]).all() and np.isnan(sigma[1]).all()
