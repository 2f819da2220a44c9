"""CR2 scores and degrees of freedom against full matrices, Welch's case, and equal clusters."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from carbonlink.inference.few_clusters import event_blocks, few_clusters, moved


def by_matrices(z, members):
    """The definition: A_g = (I − H_gg)^(−1/2), df = tr(G'G)² / tr((G'G)²)."""
    n = len(z)
    left = np.eye(n) - np.outer(z, z) / (z @ z)
    columns, scales = [], []
    for g in np.unique(members):
        rows = members == g
        values, vectors = np.linalg.eigh(left[np.ix_(rows, rows)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        columns.append(left[:, rows] @ root @ z[rows] / (z @ z))
        scales.append((root @ z[rows] / z[rows])[0])
    square = np.column_stack(columns)
    square = square.T @ square
    return np.array(scales), np.trace(square) ** 2 / np.trace(square @ square)


def test_they_are_those_of_full_matrices():
    rng = np.random.default_rng(1)
    z, members = rng.normal(size=60) * 3 ** rng.normal(size=60), np.repeat(np.arange(12), 5)
    scale, df = few_clusters(z, members)
    own, degrees = by_matrices(z, members)
    assert np.allclose(scale, own, rtol=1e-8)
    assert df == pytest.approx(degrees, rel=1e-8)


def test_rows_of_their_own_give_hc2():
    rng = np.random.default_rng(2)
    z, y = rng.normal(size=30), rng.normal(size=30)
    fit = sm.OLS(y, z).fit()
    scale, _ = few_clusters(z, np.arange(30))
    scores = z * fit.resid * scale
    assert np.sqrt(scores @ scores) / (z @ z) == pytest.approx(fit.HC2_se[0], rel=1e-10)


def test_equal_clusters_have_one_degree_less_than_their_number():
    scale, df = few_clusters(np.tile([1.0, -2.0, 0.5], 8), np.repeat(np.arange(8), 3))
    assert df == pytest.approx(7.0)
    assert np.allclose(scale, np.sqrt(8 / 7))


def test_a_few_treated_rows_have_welchs_degrees():
    """Welch's with one variance, but for the mean of the many others."""
    few, many = 6, 5000
    z = np.r_[np.ones(few), np.zeros(many)]
    df = few_clusters(z - z.mean(), np.arange(few + many))[1]
    welch = (1 / few + 1 / many) ** 2 / (1 / few**2 / (few - 1) + 1 / many**2 / (many - 1))
    assert df == pytest.approx(welch, rel=0.005)


def test_one_cluster_leaves_nothing():
    scale, df = few_clusters(np.array([1.0, 2.0, 0.0]), np.array([0, 0, 1]))
    assert df == 0 and np.isinf(scale[0])


def test_blocks_are_cut_midway_between_events_far_apart():
    events = np.zeros(20, bool)
    events[[2, 8, 10, 17]] = True
    assert event_blocks(events, 2).tolist() == [0] * 6 + [1] * 8 + [2] * 6
    assert event_blocks(events, 0).max() == 3
    assert event_blocks(events, 7).max() == 0


def test_moves_are_departures_from_the_usual_value():
    members = np.array([0, 0, 1, 1, 2, 2])
    assert moved(np.array([0, 0, 0, 3.0, 0, 0]), members) == 1
    assert moved(np.array([5, 5, 5, 5, 4.0, 3.0]), members) == 1
