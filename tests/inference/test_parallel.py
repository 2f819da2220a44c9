"""The same bits with any number of workers; nothing unseeded."""

from __future__ import annotations

import numpy as np
import pytest

import carbonlink as cl
from carbonlink.inference import parallel


def normals(size: int, generator: np.random.Generator, scale: float) -> np.ndarray:
    return scale * generator.standard_normal((size, 3))


def test_draws_do_not_depend_on_the_number_of_workers():
    one = parallel.draw(normals, 250, 7, 2.0)
    two = parallel.draw(normals, 250, 7, 2.0, n_jobs=2)
    assert one.shape == (250, 3)
    np.testing.assert_array_equal(one, two)


def test_the_first_draws_are_the_same_when_more_are_asked_for():
    np.testing.assert_array_equal(
        parallel.draw(normals, 100, 7, 1.0), parallel.draw(normals, 300, 7, 1.0)[:100]
    )


def test_a_seed_sequence_is_not_used_up():
    seed = np.random.SeedSequence(5)
    first = parallel.draw(normals, 10, seed, 1.0)
    np.testing.assert_array_equal(first, parallel.draw(normals, 10, seed, 1.0))


def test_different_seeds_give_different_draws():
    assert (parallel.draw(normals, 10, 1, 1.0) != parallel.draw(normals, 10, 2, 1.0)).all()


def test_answers_keep_the_order_of_their_tasks():
    assert parallel.map(pow, [(i, 2) for i in range(20)]) == [i * i for i in range(20)]


@pytest.mark.parametrize("function", [parallel.generator, parallel.seed_sequence])
def test_nothing_runs_without_a_seed(function):
    with pytest.raises(cl.SpecificationError, match="rng=None"):
        function(None)


@pytest.mark.parametrize("wrong", ["x", 1.5, -1, True, None, [1]])
def test_what_is_no_seed_is_refused_by_name(wrong):
    for use in (parallel.generator, parallel.seed_sequence, parallel.repeatable):
        with pytest.raises(cl.CarbonlinkError, match=r"rng="):
            use(wrong)


def test_a_generator_is_made_repeatable_and_a_seed_left_alone():
    seed = parallel.repeatable(np.random.default_rng(1))
    assert parallel.generator(seed).random() == parallel.generator(seed).random()
    assert parallel.repeatable(7) == 7
