"""The score bootstrap: against the plain restricted wild cluster bootstrap, and its size."""

import numpy as np
import pytest

from carbonlink.inference import wild_score


def linear_case(seed, clusters=7, size=12, beta=0.0, heavy=1.0):
    draws = np.random.default_rng(seed)
    groups = np.repeat(np.arange(clusters), size)
    x = np.column_stack([draws.normal(size=(len(groups), 2)), np.ones(len(groups))])
    x[:, 0] += draws.normal(size=clusters)[groups]
    noise = (
        draws.normal(size=clusters)[groups] * np.exp(heavy * draws.normal(size=clusters))[groups]
    )
    return x, x[:, 0] * beta + noise + draws.normal(size=len(groups)), groups


def bootstrap_of(x, y, groups, weights):
    count = weights.shape[1]
    bread = np.linalg.inv(x.T @ x)
    params = bread @ x.T @ y
    parts = [groups == g for g in range(count)]
    scores = np.array([x[p].T @ (y - x @ params)[p] for p in parts])
    hessians = np.array([x[p].T @ x[p] for p in parts])
    factor = count / (count - 1)
    errors = np.sqrt(factor * np.diag(bread @ scores.T @ scores @ bread))
    return wild_score.ScoreBootstrap(params, errors, scores, hessians, bread, weights, factor)


def plain_p_value(x, y, groups, weights, null):
    """The restricted wild cluster bootstrap-t, observation by observation."""
    count = weights.shape[1]
    bread = np.linalg.inv(x.T @ x)

    def statistic(target, value):
        beta = bread @ x.T @ target
        residual = target - x @ beta
        sums = np.array([x[groups == g].T @ residual[groups == g] for g in range(count)])
        variance = count / (count - 1) * (bread @ sums.T @ sums @ bread)[0, 0]
        return (beta[0] - value) / np.sqrt(variance)

    others = np.linalg.lstsq(x[:, 1:], y - null * x[:, 0], rcond=None)[0]
    fitted = null * x[:, 0] + x[:, 1:] @ others
    observed = abs(statistic(y, null))
    drawn = [abs(statistic(fitted + w[groups] * (y - fitted), null)) for w in weights]
    return (1 + (np.array(drawn) >= observed * (1 - 1e-9)).sum()) / (1 + len(weights))


@pytest.mark.parametrize("null", [0.0, 0.4, -1.0])
def test_in_a_linear_model_it_is_the_restricted_wild_cluster_bootstrap(null):
    x, y, groups = linear_case(3, beta=0.2)
    weights = wild_score.draw_weights(299, np.random.default_rng(0), 7)
    boot = bootstrap_of(x, y, groups, weights)
    assert boot.p_value(0, null) == plain_p_value(x, y, groups, weights, null)


def test_restricted_scores_give_the_same_p_value():
    x, y, groups = linear_case(4)
    weights = wild_score.draw_weights(299, np.random.default_rng(0), 7)
    boot = bootstrap_of(x, y, groups, weights)
    others = np.linalg.lstsq(x[:, 1:], y, rcond=None)[0]
    residual = y - x[:, 1:] @ others
    scores = np.array([x[groups == g].T @ residual[groups == g] for g in range(7)])
    direct = wild_score.score_p_value(
        boot.params[0] / boot.errors[0], scores, boot.hessians, boot.bread, 0, weights, boot.factor
    )
    assert direct == boot.p_value(0)


def test_the_interval_ends_where_the_test_rejects():
    x, y, groups = linear_case(5)
    boot = bootstrap_of(x, y, groups, wild_score.draw_weights(799, np.random.default_rng(0), 7))
    low, high = boot.interval(0, 0.9)
    step = 0.01 * (high - low)
    assert boot.p_value(0, low - step) <= 0.1 < boot.p_value(0, low + step)
    assert boot.p_value(0, high + step) <= 0.1 < boot.p_value(0, high - step)


def test_two_clusters_bound_nothing():
    x, y, groups = linear_case(6, clusters=2, size=40)
    boot = bootstrap_of(x, y, groups, wild_score.draw_weights(99, np.random.default_rng(0), 2))
    assert boot.interval(0, 0.95) == (-np.inf, np.inf)


def test_the_largest_is_at_least_each():
    x, y, groups = linear_case(7)
    boot = bootstrap_of(x, y, groups, wild_score.draw_weights(499, np.random.default_rng(0), 7))
    both = boot.largest(np.array([0, 1]))
    assert (both >= boot.largest(np.array([0])) - 1e-12).all() and (np.diff(both) >= 0).all()


def test_it_keeps_its_size_where_the_normal_law_does_not():
    weights = wild_score.draw_weights(299, np.random.default_rng(0), 8)
    wild, normal = [], []
    for seed in range(400):
        boot = bootstrap_of(*linear_case(seed, clusters=8, heavy=0.3), weights)
        wild.append(boot.p_value(0) <= 0.05)
        normal.append(abs(boot.params[0] / boot.errors[0]) > 1.96)
    assert 0.02 <= np.mean(wild) <= 0.08 < np.mean(normal)
