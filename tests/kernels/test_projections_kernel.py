"""Local projections on arrays: the long regression, leads, and rows across gaps."""

import numpy as np
import pytest

from carbonlink.inference.hac import robust
from carbonlink.kernels.ols import least_squares
from carbonlink.kernels.projections import lead, project


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(1)
    controls = np.column_stack([np.ones(150), rng.standard_normal((150, 2))])
    return rng.standard_normal(150), rng.standard_normal(150), controls


def test_a_lead_undoes_a_lag():
    assert lead(np.array([1.0, 2.0, 3.0]), 1).tolist()[:2] == [2.0, 3.0]
    assert np.isnan(lead(np.array([1.0, 2.0, 3.0]), 1)[2])


def test_least_squares_and_its_robust_variance_are_the_long_regression(arrays):
    y, s, controls = arrays
    y = y.copy()
    y[70] = np.nan
    found = project(y, s, s, controls, 3, np.ones(150, bool))
    for h in range(4):
        target = lead(y, h)
        rows = np.isfinite(target)
        x = np.column_stack([controls, s])[rows]
        fit = least_squares(target[rows], x)
        assert found.estimates[h] == pytest.approx(fit.params[-1], rel=1e-9)
        variance = found.influence[:, h] @ found.influence[:, h]
        assert variance == pytest.approx(robust(x, fit.residuals, fit.bread).cov[-1, -1], rel=1e-9)
        assert found.rows[h] == rows.sum() and not found.influence[~rows, h].any()
    np.testing.assert_allclose(found.first, 1.0)


def test_units_move_the_estimate_and_not_its_t_value(arrays):
    y, s, controls = arrays
    own = project(y, s, s, controls, 2, np.ones(150, bool), True, True)
    other = project(10 * y, 4 * s, 4 * s, 7 * controls, 2, np.ones(150, bool), True, True)
    np.testing.assert_allclose(other.estimates, 2.5 * own.estimates, rtol=1e-9)
    np.testing.assert_allclose(other.influence, 2.5 * own.influence, rtol=1e-8, atol=1e-12)


def test_a_treatment_within_the_controls_is_named_not_estimated(arrays):
    y, _, controls = arrays
    found = project(y, controls[:, 1], controls[:, 1], controls, 2, np.ones(150, bool))
    assert found.collinear == (3,) and np.isnan(found.estimates).all()
