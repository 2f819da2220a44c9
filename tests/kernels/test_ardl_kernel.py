"""The order search against every regression by itself, and the map to levels."""

import itertools

import numpy as np
import pytest

from carbonlink.kernels import ardl, ecm
from carbonlink.kernels.ols import gaussian_loglik, least_squares


@pytest.fixture(scope="module")
def walks():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 2)).cumsum(axis=0)
    y = x[:, 0] + rng.standard_normal(200).cumsum()
    y[50] = np.nan
    return y, x, rng.standard_normal((200, 1))


@pytest.mark.parametrize("criterion", ["bic", "aic"])
@pytest.mark.parametrize("trend", ["n", "ct"])
def test_the_search_is_every_regression_by_itself(walks, criterion, trend):
    y, x, fixed = walks
    keep = np.ones(200, bool)
    found = ardl.search_orders(y, x, (3, 3, 2), trend, keep, criterion, fixed)
    rows = ecm.design(y, x, 3, (3, 2), trend, fixed).complete
    n = rows.sum()
    values = {}
    for p, a, b in itertools.product(range(1, 4), range(4), range(3)):
        layout = ecm.design(y, x, p, (a, b), trend, fixed)
        fit = least_squares(layout.target[rows], layout.regressors[rows])
        price = np.log(n) if criterion == "bic" else 2.0
        loglik = gaussian_loglik(fit.rss, n)
        values[p, a, b] = price * layout.regressors.shape[1] - 2 * loglik
    best = min(values, key=values.get)
    assert (found.lags, *found.orders) == best
    assert found.value == pytest.approx(values[best], rel=1e-9)
    assert (found.tried, found.rows) == (len(values), n)


def test_collinear_causes_are_never_chosen(walks):
    y, x, _ = walks
    twice = np.column_stack([x[:, 0], 2 * x[:, 0]])
    found = ardl.search_orders(y, twice, (2, 2, 2), "c", np.ones(200, bool), "bic")
    assert found.value == np.inf


@pytest.mark.parametrize("orders", [(0, 2), (1, 3), (0, 0)])
def test_levels_parameters_are_those_of_the_regression_in_levels(walks, orders):
    y, x, fixed = walks
    layout = ecm.design(y, x, 3, orders, "ct", fixed)
    rows = layout.complete
    own = least_squares(layout.target[rows], layout.regressors[rows])
    matrix, shift, labels = ardl.levels_form(layout.terms)
    columns = [np.ones(200), np.arange(1.0, 201)]
    columns += [ecm.lagged(y, lag) for lag in (1, 2, 3)]
    columns += [ecm.lagged(x[:, j], lag) for j in (0, 1) for lag in range(orders[j] + 1)]
    peer = least_squares(y[rows], np.column_stack([*columns, fixed])[rows])
    np.testing.assert_allclose(matrix @ own.params + shift, peer.params, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(matrix @ own.bread @ matrix.T, peer.bread, rtol=1e-5, atol=1e-9)
    assert labels[-1] == ("fixed", -1, 0) and labels[2] == ("level", 0, 1)
