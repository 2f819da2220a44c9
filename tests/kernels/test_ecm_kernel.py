"""The error-correction regression on arrays."""

import numpy as np
import pytest

from carbonlink.kernels import ecm
from carbonlink.kernels.ols import least_squares


@pytest.mark.parametrize(
    ("adjustment", "expected"),
    [(0.5, 1.0), (0.1, np.log(0.5) / np.log(0.9)), (1.0, 0.0), (0.0, np.inf), (-0.2, np.inf)],
)
def test_half_life(adjustment, expected):
    assert ecm.half_life(adjustment) == pytest.approx(expected)


def test_an_overshooting_adjustment_has_no_half_life():
    assert np.isnan(ecm.half_life(1.3)) and np.isnan(ecm.half_life(np.nan))


def test_a_missing_value_costs_its_row_and_every_row_it_is_a_lag_of():
    rng = np.random.default_rng(0)
    y, x = rng.standard_normal(30), rng.standard_normal((30, 1))
    y[10] = np.nan
    layout = ecm.design(y, x, lags=2, orders=(2,), trend="c")
    assert np.flatnonzero(~layout.complete).tolist() == [0, 1, 10, 11, 12]


def test_the_error_correction_form_is_the_levels_form():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((120, 1)).cumsum(axis=0)
    y = rng.standard_normal(120).cumsum() + x[:, 0]
    layout = ecm.design(y, x, 2, (2,), "ct")
    rows = layout.complete
    own = least_squares(layout.target[rows], layout.regressors[rows])
    lags = [ecm.lagged(y, 1), ecm.lagged(y, 2), x[:, 0]]
    lags += [ecm.lagged(x[:, 0], 1), ecm.lagged(x[:, 0], 2)]
    levels = np.column_stack([np.ones(120), np.arange(1, 121), *lags])[rows]
    peer = least_squares(y[rows], levels)
    assert own.rss == pytest.approx(peer.rss, rel=1e-10)
    a, b = peer.params[2:4], peer.params[4:]
    assert own.params[layout.terms.index(("level", 0, 1))] == pytest.approx(a.sum() - 1)
    assert own.params[layout.terms.index(("level", 1, 1))] == pytest.approx(b.sum())


def test_the_step_response_starts_at_the_impact_and_ends_at_the_long_run():
    terms = (("const", 0, 0), ("level", 0, 1), ("level", 1, 1), ("difference", 1, 0))
    path = ecm.step_response(terms, np.array([3.0, -0.25, 0.2, 0.3]), 1, 200)
    assert path[0] == pytest.approx(0.3)
    assert path[1] == pytest.approx(0.3 - 0.25 * 0.3 + 0.2)
    assert path[-1] == pytest.approx(0.8, abs=1e-9)


def test_the_criterion_finds_the_order_on_one_common_sample():
    rng = np.random.default_rng(2)
    n = 2000
    x = rng.standard_normal(n).cumsum()
    y = np.zeros(n)
    for t in range(3, n):
        step = -0.1 * (y[t - 1] - x[t - 1]) + 0.4 * (y[t - 2] - y[t - 3])
        y[t] = y[t - 1] + step + rng.standard_normal()
    keep = np.ones(n, bool)
    assert ecm.choose_lags(y, x[:, None], "c", 6, keep, "bic") == 3
