"""Partial sums and the recursive wild bootstrap on arrays."""

import numpy as np
import pytest

from carbonlink.kernels import ecm
from carbonlink.kernels.nardl import partial_sums, wild_draws
from carbonlink.kernels.ols import least_squares


def test_rises_and_falls_add_up_to_the_path_also_across_a_gap():
    x = np.array([5.0, 7.0, 6.0, np.nan, 9.0, 9.0, 4.0])
    up, down = partial_sums(x)
    np.testing.assert_array_equal(up, [0, 2, 2, np.nan, 5, 5, 5])
    np.testing.assert_array_equal(down, [0, 0, -1, np.nan, -1, -1, -6])
    np.testing.assert_array_equal(5 + up + down, x)


@pytest.fixture(scope="module")
def regression():
    rng = np.random.default_rng(6)
    x = rng.standard_normal((200, 2)).cumsum(axis=0)
    y = rng.standard_normal(200).cumsum() + x[:, 0]
    y[90] = np.nan
    layout = ecm.design(y, x, 3, (2, 0), "ct", rng.standard_normal((200, 1)))
    rows = np.flatnonzero(layout.complete)
    fit = least_squares(layout.target[rows], layout.regressors[rows])
    return y, x, layout, rows, fit


def test_without_residuals_every_draw_is_the_estimate(regression):
    y, _, layout, rows, fit = regression
    params = fit.params.copy()
    drawn = wild_draws(3, np.random.default_rng(0), y, layout, rows, params, 1e-6 * fit.residuals)
    np.testing.assert_allclose(drawn, np.tile(params, (3, 1)), atol=1e-3)


def test_a_draw_is_the_path_and_the_regression_it_says(regression):
    y, x, layout, rows, fit = regression
    found = wild_draws(2, np.random.default_rng(5), y, layout, rows, fit.params, fit.residuals)
    signs = 2.0 * np.random.default_rng(5).integers(0, 2, size=(len(rows), 2)) - 1
    fixed = layout.regressors[:, [t[0] == "fixed" for t in layout.terms]]
    for draw in (0, 1):
        path = y.copy()
        shocks = signs[:, draw] * fit.residuals * np.sqrt(len(rows) / fit.df_resid)
        for place, t in enumerate(rows):
            again = ecm.design(path, x, 3, (2, 0), "ct", fixed)
            path[t] = path[t - 1] + again.regressors[t] @ fit.params + shocks[place]
        again = ecm.design(path, x, 3, (2, 0), "ct", fixed)
        peer = least_squares(again.target[rows], again.regressors[rows])
        np.testing.assert_allclose(found[draw], peer.params, rtol=1e-6, atol=1e-9)
