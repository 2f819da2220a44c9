"""Fieller sets: closed forms, and the set as the inversion of the test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from carbonlink.inference.bands import FiellerSet, Ratio, fieller


def test_with_a_known_denominator_the_set_is_the_interval_of_the_numerator_scaled():
    found = fieller(2.0, 4.0, 0.09, 0.0, 0.0, 1.96)
    assert found.kind == "interval"
    assert found.lower == pytest.approx((2 - 1.96 * 0.3) / 4, abs=1e-14)
    assert found.upper == pytest.approx((2 + 1.96 * 0.3) / 4, abs=1e-14)


def test_interval_without_covariance_has_the_textbook_roots():
    n, d, vn, vd, c = 2.0, 1.0, 0.04, 0.01, 2.0
    g = c**2 * vd / d**2
    half = c / d * np.sqrt(vn * (1 - g) + (n / d) ** 2 * vd)
    found = fieller(n, d, vn, vd, 0.0, c)
    assert found.lower == pytest.approx((n / d - half) / (1 - g), rel=1e-13)
    assert found.upper == pytest.approx((n / d + half) / (1 - g), rel=1e-13)


def test_an_uncertain_denominator_gives_two_rays():
    # a = 0.01 − 0.04 = −0.03, b = 0.3, q = 8.96: roots (0.3 ± √(0.09 + 0.2688))/(−0.03)
    found = fieller(3.0, 0.1, 0.01, 0.01, 0.0, 2.0)
    assert (found.kind, found.lower, found.upper) == ("rays", -np.inf, np.inf)
    root = np.sqrt(0.09 + 0.03 * 8.96)
    assert found.gap[0] == pytest.approx((0.3 + root) / -0.03, rel=1e-12)
    assert found.gap[1] == pytest.approx((0.3 - root) / -0.03, rel=1e-12)
    assert 30.0 in found and 0.0 not in found


def test_two_uncertain_numbers_give_the_whole_line():
    found = fieller(0.1, 0.1, 1.0, 1.0, 0.0, 1.96)
    assert found == FiellerSet(-np.inf, np.inf, "line", found.gap)
    assert all(v in found for v in (-1e9, 0.0, 1e9))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_denominator_at_the_critical_value_gives_a_half_line(sign):
    found = fieller(sign * 3.0, 2.0, 1.0, 1.0, 0.0, 2.0)
    end = sign * 5 / 12
    assert np.isinf([found.lower, found.upper]).sum() == 1
    assert (found.lower if sign > 0 else found.upper) == pytest.approx(end, rel=1e-14)


numbers = st.floats(-5, 5).filter(lambda v: abs(v) > 1e-3)
spreads = st.floats(0.05, 2)


@given(numbers, numbers, spreads, spreads, st.floats(-0.95, 0.95), st.floats(-20, 20))
def test_the_set_holds_exactly_the_values_the_test_does_not_reject(n, d, sn, sd, rho, value):
    ratio = Ratio(n, d, sn**2, sd**2, rho * sn * sd, df=50)
    p = ratio.p_value(value)
    if abs(p - 0.05) > 1e-6:
        assert (value in ratio.confidence_set(0.95)) == (p > 0.05)


@given(numbers, numbers, spreads, spreads, st.floats(-0.95, 0.95))
def test_the_estimate_is_in_the_set_and_sets_are_nested(n, d, sn, sd, rho):
    ratio = Ratio(n, d, sn**2, sd**2, rho * sn * sd)
    narrow, wide = ratio.confidence_set(0.8), ratio.confidence_set(0.99)
    assert ratio.estimate in wide and ratio.estimate in narrow
    assert wide.lower <= narrow.lower + 1e-9 and wide.upper >= narrow.upper - 1e-9


def test_scaling_moves_estimate_set_and_error_but_no_test_of_zero():
    ratio = Ratio(0.08, 0.1, 1e-4, 2e-4, 0.5e-4, df=300)
    tenth = ratio.times(0.1)
    assert tenth.estimate == pytest.approx(0.1 * ratio.estimate)
    assert tenth.std_error == pytest.approx(0.1 * ratio.std_error)
    assert tenth.confidence_set().upper == pytest.approx(0.1 * ratio.confidence_set().upper)
    assert tenth.p_value(0.0) == pytest.approx(ratio.p_value(0.0))
    assert tenth.p_value(0.1) == pytest.approx(ratio.p_value(1.0))


def test_equivalence_is_the_larger_of_two_one_sided_tests():
    ratio = Ratio(1.0, 1.0, 0.01, 0.0, 0.0)
    assert ratio.equivalence(1.0, 0.2) == pytest.approx(stats.norm.sf(2.0))
    assert ratio.equivalence(0.9, 0.2) == pytest.approx(stats.norm.sf(1.0))


@given(numbers, numbers, spreads, spreads, st.floats(-0.95, 0.95))
def test_equivalence_needs_a_denominator_that_is_not_zero(n, d, sn, sd, rho):
    ratio = Ratio(n, d, sn**2, sd**2, rho * sn * sd)
    if ratio.equivalence(1.0, 0.2) < 0.05:
        assert abs(d) / sd > stats.norm.ppf(0.95)
        found = ratio.confidence_set(0.90)
        assert found.kind == "interval" and 0.8 <= found.lower and found.upper <= 1.2


def test_the_detectable_effect_is_found_with_power_point_eight():
    ratio = Ratio(0.3, 2.0, 0.04, 0.0, 0.0)
    effect = ratio.detectable()
    shift = effect * 2.0 / 0.2
    assert stats.norm.sf(stats.norm.ppf(0.975) - shift) == pytest.approx(0.8, abs=1e-4)
    square = Ratio(0.3, 2.0, 0.04, 0.0, 0.0, df=100).detectable_r2()
    assert square / (1 - square) * 100 == pytest.approx((1.98397 + 0.84523) ** 2, rel=1e-4)


def test_the_statistic_has_the_sign_of_ratio_less_value():
    up, down = Ratio(1.0, 2.0, 0.01, 0.02, 0.001), Ratio(-1.0, -2.0, 0.01, 0.02, 0.001)
    assert up.statistic(0.2) == pytest.approx(down.statistic(0.2)) and up.statistic(0.2) > 0
    assert up.statistic(0.9) < 0 and down.statistic(0.9) < 0
    assert up.equivalence(0.5, 0.2) == pytest.approx(down.equivalence(0.5, 0.2))
