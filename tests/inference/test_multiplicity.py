"""Adjusted p-values against statsmodels, worked cases, and the family-wise error of max-T."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from carbonlink.errors import SpecificationError
from carbonlink.inference import multiplicity

P = np.array([0.001, 0.2, 0.013, 0.013, 0.9, 0.04, 0.0005])


@pytest.mark.parametrize(
    ("adjust", "method"),
    [
        (multiplicity.holm, "holm"),
        (multiplicity.benjamini_hochberg, "fdr_bh"),
        (multiplicity.benjamini_yekutieli, "fdr_by"),
    ],
)
def test_equals_statsmodels(adjust, method):
    np.testing.assert_allclose(adjust(P), multipletests(P, method=method)[1], atol=1e-14)


@pytest.mark.parametrize(
    "adjust",
    [multiplicity.holm, multiplicity.benjamini_hochberg, multiplicity.benjamini_yekutieli],
)
def test_a_missing_test_is_not_counted(adjust):
    with_gap = adjust(np.insert(P, 2, np.nan))
    assert np.isnan(with_gap[2])
    np.testing.assert_allclose(np.delete(with_gap, 2), adjust(P))
    assert adjust([0.03]) == pytest.approx(0.03)


def test_what_is_no_p_value_is_refused():
    with pytest.raises(SpecificationError, match="below 0 or above 1"):
        multiplicity.holm([0.1, 1.2])


def test_max_t_of_one_test_is_its_own_p_value():
    null = np.random.default_rng(0).standard_normal((999, 1))
    expected = (1 + (null[:, 0] >= 1.5).sum()) / 1000
    assert multiplicity.max_t([1.5], null) == pytest.approx(expected)


def test_max_t_of_copies_does_not_adjust():
    one = np.random.default_rng(0).standard_normal((999, 1))
    single = multiplicity.max_t([1.7], one)
    np.testing.assert_allclose(multiplicity.max_t([1.7] * 4, np.tile(one, 4)), single[0])


def test_max_t_steps_down():
    null = np.random.default_rng(0).standard_normal((4999, 3))
    adjusted = multiplicity.max_t([2.6, 6.0, 0.1], null)
    highest = np.delete(null, 1, axis=1).max(axis=1)
    z = (2.6 - null[:, 0].mean()) / null[:, 0].std()
    assert adjusted[0] == pytest.approx((1 + (highest >= z).sum()) / 5000, abs=0.002)
    assert adjusted[1] <= adjusted[0] <= adjusted[2]


def test_max_t_keeps_the_family_wise_error():
    generator = np.random.default_rng(5)
    root = np.linalg.cholesky(0.7 * np.ones((6, 6)) + 0.3 * np.eye(6))
    hits = [
        multiplicity.max_t(
            root @ generator.standard_normal(6), generator.standard_normal((299, 6)) @ root.T
        ).min()
        <= 0.05
        for _ in range(1000)
    ]
    assert 0.03 < np.mean(hits) < 0.07
