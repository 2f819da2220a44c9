"""Unit roots of a relative price by the wild bootstrap."""

from __future__ import annotations

import numpy as np
import pytest

from carbonlink.inference.spread_roots import dfgls, kss, spread_roots
from carbonlink.kernels import nonlinear_roots


@pytest.mark.parametrize("lags", [0, 1, 4])
def test_the_statistics_are_those_of_arch_and_of_the_regression(lags):
    from arch.unitroot import DFGLS

    paths = 3 + np.random.default_rng(lags).standard_normal((3, 150)).cumsum(axis=1)
    ours = dfgls(paths, lags), kss(paths, lags)
    for i, path in enumerate(paths):
        assert ours[0][i] == pytest.approx(DFGLS(path, lags=lags, trend="c").stat, rel=1e-8)
        assert ours[1][i] == pytest.approx(nonlinear_roots.kss(path, lags), rel=1e-8)


def test_units_do_not_move_the_p_values_and_a_seed_repeats_them():
    path = np.random.default_rng(5).standard_normal(120).cumsum()
    made = spread_roots(path, 2, 199, np.random.default_rng(0))
    moved = spread_roots(7 - 1e3 * path, 2, 199, np.random.default_rng(0))
    assert (made.p_dfgls, made.p_kss) == (moved.p_dfgls, moved.p_kss)
    assert 1 / 200 <= min(made.p_dfgls, made.p_kss)


def test_a_return_is_found_and_a_walk_is_not():
    draws = np.random.default_rng(2)
    back = np.zeros(300)
    for t in range(1, 300):
        back[t] = 0.8 * back[t - 1] + draws.standard_normal()
    found = spread_roots(back, 1, 199, draws)
    assert found.p_dfgls <= 0.01 and found.p_kss <= 0.01
    walk = spread_roots(draws.standard_normal(300).cumsum(), 1, 199, draws)
    assert walk.p_dfgls > 0.05 and walk.p_kss > 0.05


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["break", "t3"])
def test_size_where_variances_change(shape):
    """Walks of 200 rows whose shocks triple halfway, or have three degrees of freedom."""
    rejected = []
    for seed in range(600):
        draws = np.random.default_rng(seed)
        shocks = draws.standard_t(3, 200) if shape == "t3" else draws.standard_normal(200)
        if shape == "break":
            shocks[100:] *= 3
        made = spread_roots(shocks.cumsum(), 1, 199, draws)
        rejected.append((made.p_dfgls <= 0.05, made.p_kss <= 0.05))
    print(shape, np.mean(rejected, axis=0))
    assert (np.mean(rejected, axis=0) < 0.075).all()
    assert (np.mean(rejected, axis=0) > 0.025).all()
