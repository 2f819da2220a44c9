"""Means of few clusters: t of the clusters' means, and the matrix formulae of CR2."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats

from carbonlink.inference.cluster_mean import cluster_mean


def test_clusters_of_one_size_give_the_t_of_their_means():
    values = np.random.default_rng(1).normal(0.4, 1, 20)
    groups = np.repeat(np.arange(5), 4)
    found = cluster_mean(values, groups)
    plain = stats.ttest_1samp(values.reshape(5, 4).mean(axis=1), 0)
    assert found.statistic == pytest.approx(plain.statistic) and found.df == pytest.approx(4)
    assert found.p_value == pytest.approx(plain.pvalue)
    low, high = plain.confidence_interval(0.9)
    assert found.interval(0.9) == pytest.approx((low, high))


def test_unequal_clusters_follow_the_matrices():
    sizes = [1, 2, 2, 5, 7]
    groups = np.repeat(np.arange(5), sizes)
    values = np.random.default_rng(2).normal(size=17)
    x = np.ones((17, 1))
    hat = x @ x.T / 17
    residuals = values - values.mean()
    meat, columns = 0.0, []
    for g, n in enumerate(sizes):
        own = groups == g
        adjust = linalg.fractional_matrix_power(np.eye(n) - hat[np.ix_(own, own)], -0.5)
        meat += (x[own].T @ adjust @ residuals[own]).item() ** 2
        columns.append((np.eye(17) - hat)[:, own] @ adjust @ x[own] / 17)
    found = cluster_mean(values, groups)
    assert found.error == pytest.approx(np.sqrt(meat) / 17)
    gram = np.hstack(columns).T @ np.hstack(columns)
    assert found.df == pytest.approx(np.trace(gram) ** 2 / np.trace(gram @ gram))
    assert 1 < found.df < 4


def test_no_spread_makes_no_statement():
    found = cluster_mean(np.full(6, 2.0), np.repeat(np.arange(3), 2))
    assert found.mean == 2 and found.error == 0 and np.isnan(found.p_value)
