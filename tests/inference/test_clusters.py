"""Intervals of clustered means: against the plain bootstrap, coverage, edges."""

import numpy as np
import pytest

from carbonlink.inference import clusters


def slow_p_value(values, groups, weights, mu):
    """The wild cluster bootstrap-t written out observation by observation."""
    n, count = len(values), weights.shape[1]

    def statistic(y):
        residual = y - y.mean()
        scores = np.bincount(groups, residual, count)
        return (y.mean() - mu) / (np.sqrt(count / (count - 1) * (scores**2).sum()) / n)

    observed = abs(statistic(values))
    drawn = [abs(statistic(mu + w[groups] * (values - mu))) for w in weights]
    return np.mean(np.array(drawn) >= observed * (1 - 1e-9))


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1, 1, 1), (3, 1, 2, 4, 2, 1, 1)])
def test_the_ends_are_where_the_plain_bootstrap_stops_rejecting(sizes):
    generator = np.random.default_rng(1)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    values = generator.beta(2, 4, size=len(groups))
    weights = clusters.cluster_draws(799, generator, len(sizes))
    low, high = clusters.mean_interval(values, groups, weights, 0.9)
    for end, inward in ((low, 1), (high, -1)):
        step = inward * 0.02 * (high - low)
        assert slow_p_value(values, groups, weights, end + step) > 0.1
        assert slow_p_value(values, groups, weights, end - step) <= 0.1


def test_few_clusters_are_enumerated():
    weights = clusters.all_weights(4)
    assert weights.shape == (6**4, 4) and len(np.unique(weights, axis=0)) == 6**4
    np.testing.assert_allclose(weights.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((weights**2).mean(axis=0), 1)
    assert clusters.all_weights(6) is None


def test_two_clusters_determine_nothing():
    weights = clusters.all_weights(2)
    found = clusters.mean_interval(np.array([0.3, 0.5]), np.arange(2), weights, 0.95, (0, 1))
    assert found == (0, 1)


def test_one_cluster_is_refused_and_equal_values_have_no_width():
    one = clusters.mean_interval(np.array([0.3]), np.zeros(1, int), np.ones((5, 1)), 0.95)
    assert np.isnan(one).all()
    weights = clusters.all_weights(4)
    assert clusters.mean_interval(np.full(4, 0.4), np.arange(4), weights, 0.95) == (0.4, 0.4)


@pytest.mark.parametrize("count", [4, 8, 25])
def test_intervals_hold_the_mean_at_their_level(count):
    generator = np.random.default_rng(2)
    weights = clusters.all_weights(count)
    if weights is None:
        weights = clusters.cluster_draws(399, generator, count)
    truth, held = 2 / 6, []
    for _ in range(250):
        values = generator.beta(2, 4, size=count)
        low, high = clusters.mean_interval(values, np.arange(count), weights, 0.9, (0, 1))
        held.append(low <= truth <= high)
    assert 0.85 < np.mean(held) < 0.95


def test_many_clusters_are_drawn_whole():
    weights = clusters.cluster_draws(500, np.random.default_rng(0), 30)
    assert (weights.sum(axis=1) == 30).all() and (weights >= 0).all()
    assert set(np.unique(clusters.cluster_draws(500, np.random.default_rng(0), 19))) == set(
        clusters.WEBB
    )


def test_an_interval_moves_with_its_values():
    generator = np.random.default_rng(4)
    values, weights = generator.random(9), clusters.cluster_draws(999, generator, 9)
    low, high = clusters.mean_interval(values, np.arange(9), weights, 0.95)
    moved = clusters.mean_interval(10 * values + 3, np.arange(9), weights, 0.95)
    np.testing.assert_allclose(moved, [10 * low + 3, 10 * high + 3], rtol=1e-6)
