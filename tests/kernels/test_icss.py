"""Tests for breaks in the variance: closed forms, statsmodels' long-run variance, simulation."""

from __future__ import annotations

import numpy as np
import pytest

from carbonlink.kernels import icss
from carbonlink.kernels.icss_critical import bridge_p_value, critical_value


def test_the_paths_are_those_written_out():
    e = np.array([1.0, -1.0, 2.0, -2.0, 0.5, 3.0])
    n, total, square = len(e), (e**2).sum(), e**2
    gap = np.array([(e[:k] ** 2).sum() - k / n * total for k in range(1, n + 1)])
    share = gap / total
    np.testing.assert_allclose(icss.path(e, "it"), np.sqrt(n / 2) * np.abs(share), atol=1e-14)
    eta = (e**4).mean() - square.mean() ** 2
    np.testing.assert_allclose(icss.path(e, "kappa1"), np.abs(gap) / np.sqrt(n * eta), atol=1e-14)
    np.testing.assert_allclose(icss.path(e, "kappa2", 0), icss.path(e, "kappa1"), atol=1e-14)


def test_the_long_run_variance_is_newey_and_wests():
    u = np.random.default_rng(3).standard_normal(300)
    u = np.convolve(u, [1, 0.5, 0.3], "valid")
    u -= u.mean()
    n = len(u)
    expected = u @ u / n + 2 * sum((1 - j / 6) * (u[j:] @ u[:-j]) / n for j in range(1, 6))
    assert icss.long_run_variance(u, 5) == pytest.approx(expected, rel=1e-13)
    many = np.stack([u, 2 * u])
    np.testing.assert_allclose(icss.long_run_variance(many)[1], 4 * icss.long_run_variance(u))


def test_the_asymptotic_values_are_the_published_ones():
    for level, printed in ((0.10, 1.224), (0.05, 1.358), (0.01, 1.628)):
        assert critical_value("it", level, None) == pytest.approx(printed, abs=5e-4)
        assert bridge_p_value(printed) == pytest.approx(level, rel=5e-3)


@pytest.mark.parametrize("statistic", icss.STATISTICS)
def test_finite_values_grow_with_the_sample_and_fall_with_the_trim(statistic):
    sizes = [critical_value(statistic, 0.05, n) for n in (60, 100, 500, 5000, 10**8)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == pytest.approx(1.358, abs=1e-3)
    trims = [critical_value(statistic, 0.05, 200, t) for t in (0, 0.1, 0.25, 0.4, 0.5)]
    assert trims == sorted(trims, reverse=True)


@pytest.mark.parametrize("statistic", icss.STATISTICS)
@pytest.mark.parametrize("n, trim", [(60, 0.25), (100, 0.3), (500, 0.06)])
def test_finite_values_have_their_level(statistic, n, trim):
    e = np.random.default_rng(5).standard_normal((4000, n))
    e -= e.mean(axis=1, keepdims=True)
    least = round(trim * n)
    largest = icss.path(e, statistic)[:, least - 1 : n - least].max(axis=1)
    limit = critical_value(statistic, 0.05, n, trim)
    assert (largest > limit).mean() == pytest.approx(0.05, abs=0.012)


def test_a_constant_square_has_no_break():
    e = np.where(np.arange(200) % 2, 1.0, -1.0)
    for statistic in icss.STATISTICS:
        assert icss.path(e, statistic).max() < 1e-4
        assert icss.search(e, icss.Rules(statistic)).breaks == ()


def test_known_breaks_are_found_from_either_end():
    e = np.random.default_rng(2).standard_normal(1500)
    e[500:900] *= 3
    rules = icss.Rules("kappa1")
    forward = icss.search(e, rules)
    assert len(forward.breaks) == 2
    assert abs(forward.breaks[0] - 500) <= 10 and abs(forward.breaks[1] - 900) <= 10
    back = icss.search(e[::-1].copy(), rules)
    assert np.abs(1500 - np.array(back.breaks[::-1]) - forward.breaks).max() <= 2
    assert (forward.statistics > forward.criticals).all() and forward.settled


def test_regimes_are_never_shorter_than_asked():
    e = np.random.default_rng(4).standard_t(2.5, 800)
    for shortest in (10, 30, 100):
        found = icss.search(e, icss.Rules("it", shortest=shortest))
        assert np.diff([0, *found.breaks, 800]).min() >= shortest


def test_every_break_left_is_significant_and_the_search_ends():
    rng = np.random.default_rng(9)
    unsettled = 0
    for _ in range(30):
        e = np.empty(1200)
        h = 1.0
        for t in range(1200):
            e[t] = np.sqrt(h) * rng.standard_normal()
            h = 0.02 + 0.08 * e[t] ** 2 + 0.9 * h
        for statistic in icss.STATISTICS:
            found = icss.search(e - e.mean(), icss.Rules(statistic))
            assert (found.statistics > found.criticals).all()
            unsettled += not found.settled
    assert unsettled <= 9
