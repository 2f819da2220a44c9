"""The one place where repeated computations run, in parallel or not, with the same bits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import SpecificationError

CHUNK = 100
"""Draws in one chunk: each chunk has one spawned seed, so bits do not depend on workers."""


def generator(
    rng: int | np.random.SeedSequence | np.random.Generator | None,
) -> np.random.Generator:
    """Return a Generator; None is refused because an unseeded number cannot be cited."""
    _check_seeded(rng)
    return np.random.default_rng(rng)


def _check_seeded(rng: object) -> None:
    if rng is None:
        raise SpecificationError(
            "rng=None would give a different answer at every call.", "Pass an int, such as rng=0."
        )
    whole = isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0
    if not whole and not isinstance(rng, (np.random.SeedSequence, np.random.Generator)):
        raise SpecificationError(
            f"rng={rng!r} is no seed.",
            "Pass an int of 0 or more, such as rng=0, or a NumPy SeedSequence or Generator.",
        )


def seed_sequence(
    rng: int | np.random.SeedSequence | np.random.Generator | None,
) -> np.random.SeedSequence:
    """Return the SeedSequence behind `rng`; a Generator gives one drawn from its stream."""
    _check_seeded(rng)
    if isinstance(rng, np.random.SeedSequence):
        return np.random.SeedSequence(rng.entropy, spawn_key=rng.spawn_key, pool_size=rng.pool_size)
    if isinstance(rng, np.random.Generator):
        return np.random.SeedSequence(int(rng.integers(0, 2**63)))
    return np.random.SeedSequence(rng)


def repeatable(rng: Any) -> int | np.random.SeedSequence:
    """Return `rng` in a form that gives the same draws at each use; a Generator moves on."""
    _check_seeded(rng)
    return seed_sequence(rng) if isinstance(rng, np.random.Generator) else rng


def chunks(draws: int, rng: Any) -> list[tuple[int, np.random.SeedSequence]]:
    """Split `draws` into (size, seed) chunks of at most `CHUNK`, one spawned seed each."""
    sizes = [min(CHUNK, draws - start) for start in range(0, draws, CHUNK)]
    return list(zip(sizes, seed_sequence(rng).spawn(len(sizes)), strict=True))


def map(
    function: Callable[..., Any],
    tasks: list[tuple[Any, ...]],
    *,
    n_jobs: int | None = None,
    label: str = "",
) -> list[Any]:
    """Call `function(*task)` for every task, in order, on the joblib backend in force.

    Parameters
    ----------
    function : callable
        A module-level function (workers import it by name).
    tasks : list of tuple
        The arguments of each call.
    n_jobs : int, optional
        Passed to `joblib.Parallel`; None means one worker unless the caller has set
        `joblib.parallel_config`.
    label : str, optional
        Text of the progress bar, which shows only on a terminal.

    Returns
    -------
    list
        The answers, in the order of the tasks.
    """
    from joblib import Parallel, delayed

    stream = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(function)(*t) for t in tasks)
    return list(_with_progress(stream, len(tasks), label))


def draw(
    function: Callable[..., np.ndarray],
    draws: int,
    rng: Any,
    *args: Any,
    n_jobs: int | None = None,
    label: str = "",
) -> np.ndarray:
    """Stack `function(size, generator, *args)` over chunks of draws.

    Parameters
    ----------
    function : callable
        Returns an array whose first axis has length `size`.
    draws : int
        How many draws in all.
    rng : int, SeedSequence or Generator
        The seed; the same seed gives the same bits with any number of workers.

    Returns
    -------
    ndarray, shape (draws, ...)
    """
    tasks = [(function, size, seed, args) for size, seed in chunks(draws, rng)]
    return np.concatenate(map(_draw_chunk, tasks, n_jobs=n_jobs, label=label))


def _draw_chunk(
    function: Callable[..., np.ndarray], size: int, seed: Any, args: tuple
) -> np.ndarray:
    return function(size, np.random.default_rng(seed), *args)


def _with_progress(stream: Iterator[Any], total: int, label: str) -> Iterator[Any]:
    if not label or total < 2 or not sys.stderr.isatty():
        return stream
    from tqdm import tqdm

    return tqdm(stream, total=total, desc=label, leave=False)
