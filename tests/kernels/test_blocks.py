"""Blocks: the automatic length against arch, and the moments of circular block sums."""

import warnings

import numpy as np
import pytest

from carbonlink.kernels import blocks


@pytest.mark.parametrize("n", [10, 30, 60, 244, 1000])
@pytest.mark.parametrize("persistence", [0.0, 0.7, 0.95])
def test_length_is_that_of_arch(n, persistence):
    from arch.bootstrap import optimal_block_length

    shocks = np.random.default_rng(n).standard_normal(n)
    values = np.zeros(n)
    for t in range(1, n):
        values[t] = persistence * values[t - 1] + shocks[t]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = optimal_block_length(np.exp(values))["circular"].iloc[0]
    assert blocks.automatic_length(np.exp(values)) == pytest.approx(reference, rel=1e-9)


def test_length_of_a_constant_and_of_two_values_is_one():
    assert blocks.automatic_length(np.ones(50)) == 1
    assert blocks.automatic_length(np.array([1.0, 2.0])) == 1


@pytest.mark.parametrize("length", [1, 4, 7])
def test_block_sums_have_the_exact_mean_and_variance(length):
    values = np.random.default_rng(0).exponential(size=(20, 1))
    drawn = blocks.circular_block_sums(60_000, np.random.default_rng(1), values, length)[:, 0]
    twice = np.concatenate([values, values])[:, 0]
    whole, rest = divmod(20, length)
    expected = 0.0
    for size, count in ((length, whole), (rest, 1)):
        sums = np.array([twice[i : i + size].sum() for i in range(20)])
        expected += count * sums.var()
    assert drawn.mean() == pytest.approx(values.sum(), abs=4 * np.sqrt(expected / 60_000))
    assert drawn.var() == pytest.approx(expected, rel=0.03)
