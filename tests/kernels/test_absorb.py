"""Absorbed effects: against explicit dummies."""

import numpy as np
import pytest

from carbonlink.kernels.absorb import Absorber
from carbonlink.kernels.ppml import collinear


@pytest.mark.parametrize("sizes", [(7,), (7, 5), (30, 12, 5), (4, 3, 3, 2)])
def test_residuals_are_those_of_a_regression_on_dummies(sizes):
    draws = np.random.default_rng(len(sizes))
    n = 400
    codes = [np.r_[np.arange(s), draws.integers(0, s, n - s)] for s in sizes]
    columns = draws.normal(size=(n, 3)) * [1, 1e4, 1e-4]
    weights = np.exp(3 * draws.normal(size=n))
    absorber = Absorber.of(codes, n)
    own = absorber.within(columns, weights)
    root = np.sqrt(weights)[:, None]
    dummies = np.column_stack([np.eye(s)[c] for s, c in zip(sizes, codes, strict=True)])
    effects = np.linalg.lstsq(root * dummies, root * columns, rcond=None)[0]
    np.testing.assert_allclose(
        own / [1, 1e4, 1e-4], (columns - dummies @ effects) / [1, 1e4, 1e-4], atol=1e-8
    )
    np.testing.assert_allclose(absorber.within(own, weights), own, atol=1e-5)


def test_factors_that_barely_overlap_still_settle():
    n = 300
    rows = np.arange(n)
    codes = [rows // 3, (rows + 1) // 3]  # a chain: each level of one meets two of the other
    absorber = Absorber.of(codes, n)
    within = absorber.within(np.linspace(0, 1, n)[:, None] ** 2, np.ones(n))
    for code in codes:
        np.testing.assert_allclose(np.bincount(code, within[:, 0]), 0, atol=1e-8)


def test_without_factors_nothing_changes():
    columns = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_array_equal(Absorber.of([], 20).within(columns, np.ones(20)), columns)


def test_nested_factors_and_dependent_columns_are_seen():
    draws = np.random.default_rng(1)
    cluster = np.repeat(np.arange(5), 20)
    inside, across = np.arange(100) // 10, draws.integers(0, 4, 100)
    absorber = Absorber.of([inside, across], 100)
    assert absorber.nested(cluster) == (True, False)
    x = draws.normal(size=(100, 4))
    x[:, 1] = cluster
    x[:, 3] = x[:, 0] - 2 * x[:, 2] + across
    assert collinear(x, absorber, np.ones(100)) == (1, 3)
