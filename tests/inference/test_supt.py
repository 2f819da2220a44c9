"""Simultaneous bands: closed forms of the largest t-value."""

import numpy as np
import pytest
from scipy import stats

from carbonlink.inference import supt


@pytest.mark.parametrize("k", [1, 2, 10])
def test_independent_coordinates_give_sidak(k):
    draws = supt.largest_t(np.diag(np.arange(1.0, k + 1)), draws=40_000)
    expected = stats.norm.ppf(0.5 + 0.95 ** (1 / k) / 2)
    assert supt.critical_value(draws, 0.95) == pytest.approx(expected, abs=0.025)


def test_one_shock_behind_all_coordinates_is_one_coordinate():
    draws = supt.largest_t(np.outer([1, -2, 3], [1, -2, 3]).astype(float), draws=40_000)
    assert supt.critical_value(draws, 0.9) == pytest.approx(stats.norm.ppf(0.95), abs=0.02)


def test_units_and_fixed_coordinates_do_not_count():
    cov = np.array([[2.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 0.0]])
    scale = np.diag([100.0, 0.01, 1.0])
    own = supt.largest_t(cov, draws=500)
    np.testing.assert_allclose(supt.largest_t(scale @ cov @ scale, draws=500), own, rtol=1e-7)
    np.testing.assert_array_equal(supt.largest_t(cov[:2, :2], draws=500), own)
    assert not supt.largest_t(np.zeros((2, 2)), draws=10).any()


def test_p_value_and_critical_value_agree():
    draws = supt.largest_t(np.eye(4), draws=2000)
    bound = supt.critical_value(draws, 0.95)
    assert supt.p_value(draws, bound) == pytest.approx(0.05, abs=0.001)
    assert supt.p_value(draws, 99.0) == pytest.approx(1 / 2001)
    assert supt.critical_value(np.zeros(10), 0.95) == pytest.approx(stats.norm.ppf(0.975))
