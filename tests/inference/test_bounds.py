"""The simulated null of the bounds test against the printed bounds."""

import numpy as np
import pytest

from carbonlink.inference.bounds import bounds_test, null_distribution
from carbonlink.kernels.bounds import null_draws
from carbonlink.kernels.ols import least_squares, wald_f

# Pesaran, Shin and Smith (2001), tables CI and CII, 5 %, k = 1: I(0) and I(1) bounds.
PRINTED = {
    (1, "F"): (3.15, 4.11),
    (2, "F"): (3.62, 4.16),
    (3, "F"): (4.94, 5.73),
    (4, "F"): (4.68, 5.15),
    (5, "F"): (6.56, 7.30),
    (3, "t"): (-2.86, -3.22),
}


@pytest.mark.parametrize(("case", "test"), PRINTED)
def test_bounds_with_one_cause_are_the_printed_ones(case, test):
    found = bounds_test(test, 0.0, case, 1, 1000, draws=8000)
    # The quantile's simulation error is about 0.07 for F and 0.02 for t.
    near = 0.2 if test == "F" else 0.06
    assert (found.lower, found.upper) == pytest.approx(PRINTED[case, test], abs=near)


@pytest.mark.parametrize("case", [1, 2, 3, 4, 5])
def test_a_draw_is_the_regression_it_says(case):
    rows, k = 40, 2
    shocks = np.random.default_rng(7).standard_normal((1, k + 1, rows + 1))
    walks = shocks.cumsum(axis=2)
    found = null_draws(1, np.random.default_rng(7), case, k, rows)[0]
    time = np.arange(rows)
    fixed = {1: [], 2: [time * 0 + 1], 3: [time * 0 + 1]}.get(case, [time * 0 + 1, time])
    restricted = {2: 0, 4: 1}.get(case)
    for place, levels in enumerate((shocks, walks)):
        x = np.column_stack([*fixed, walks[0, 0, :-1], *levels[0, 1:, :-1]]).astype(float)
        fit = least_squares(shocks[0, 0, 1:], x)
        cov = fit.bread * fit.rss / fit.df_resid
        start = len(fixed)
        columns = list(range(start, start + k + 1))
        columns += [] if restricted is None else [restricted]
        assert found[place, 0] == pytest.approx(wald_f(fit.params, cov, columns), rel=1e-8)
        t = fit.params[start] / np.sqrt(cov[start, start])
        assert found[place, 1] == pytest.approx(t, rel=1e-8)


def test_p_values_and_bounds_agree():
    found = bounds_test("F", 5.0, 3, 2, 80, draws=2000)
    assert (found.pvalue < 0.05) == (found.statistic > found.upper)
    at_bound = bounds_test("F", found.upper, 3, 2, 80, draws=2000)
    assert at_bound.pvalue == pytest.approx(0.05, abs=0.002)
    assert at_bound.decision in ("rejected", "inconclusive")
    assert bounds_test("F", 0.1, 3, 2, 80, draws=2000).decision == "not rejected"
    t = bounds_test("t", -9.0, 3, 2, 80, draws=2000)
    assert t.pvalue == pytest.approx(1 / 2001) and t.decision == "rejected"


def test_draws_do_not_depend_on_workers():
    one = null_distribution(3, 1, 60, 300, 0, 1)
    null_distribution.cache_clear()
    np.testing.assert_array_equal(one, null_distribution(3, 1, 60, 300, 0, 2))
