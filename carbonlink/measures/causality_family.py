"""The declared family of causality tests, as restrictions on a VAR."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np

from ..errors import SpecificationError, near
from ..kernels import causality as kernel

EXAMPLE = 'family="all", or family=[("cea", "hubei"), ("hubei", "cea")]'


@dataclass(frozen=True)
class Pair:
    """One null: `cause` does not cause `effect`; several names stand for a block."""

    cause: tuple[str, ...]
    effect: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, str]:
        """Text of both sides."""
        return " + ".join(self.cause), " + ".join(self.effect)


def declared(family: Any, names: tuple[str, ...], method: str) -> list[Pair]:
    """Return the pairs of a family, or ask for it.

    Parameters
    ----------
    family : "all" or list of (cause, effect)
        A cause or an effect may be a tuple of names, tested as a block.
    names : tuple of str
        Series of the VAR.
    method : str
        With "instantaneous" a pair has no direction and is counted once.
    """
    if family is None:
        raise SpecificationError(
            "The family of tests is not declared: p-values are adjusted for all the tests that "
            "were asked, so their number has to be said.",
            f"Use {EXAMPLE}.",
        )
    if isinstance(family, str):
        if family != "all":
            raise SpecificationError(f"family={family!r} is not known.", f"Use {EXAMPLE}.")
        chosen = combinations if method == "instantaneous" else permutations
        return [Pair((a,), (b,)) for a, b in chosen(names, 2)]
    try:
        pairs = [Pair(_side(cause), _side(effect)) for cause, effect in family]
    except (TypeError, ValueError) as error:
        raise SpecificationError(
            f"family={family!r} is no list of (cause, effect).", f"Use {EXAMPLE}."
        ) from error
    if not pairs:
        raise SpecificationError("The family holds no test.", f"Use {EXAMPLE}.")
    for pair in pairs:
        _check(pair, names)
    seen = [frozenset((p.cause, p.effect)) if method == "instantaneous" else p for p in pairs]
    twice = [p for i, p in enumerate(pairs) if seen[i] in seen[:i]]
    if twice:
        cause, effect = twice[0].labels
        raise SpecificationError(f"The family holds {cause} and {effect} twice.", "Name it once.")
    return pairs


def _side(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


def _check(pair: Pair, names: tuple[str, ...]) -> None:
    for name in (*pair.cause, *pair.effect):
        if name not in names:
            hint = near(name, names)
            raise SpecificationError(
                f"The family names {name!r}, which is no series of the VAR.",
                f"Did you mean {hint[0]!r}?" if hint else f"They are: {', '.join(names)}.",
            )
    both = set(pair.cause) & set(pair.effect)
    if both or not pair.cause or not pair.effect:
        raise SpecificationError(
            f"{', '.join(sorted(both)) or 'Nothing'} stands on both sides of a test.",
            "A series cannot be its own cause.",
        )


def restrictions(
    pairs: list[Pair],
    names: tuple[str, ...],
    lags: int,
    first: int,
    method: str,
    frequencies: tuple[float, ...],
) -> list[kernel.Restriction]:
    """Return the restrictions of every test, pair by pair and frequency by frequency.

    Parameters
    ----------
    lags : int
        Lags tested (the extra lags of Toda and Yamamoto stay free).
    first : int
        Regressors before the lags.
    """
    place = {name: i for i, name in enumerate(names)}
    found = []
    for pair in pairs:
        rows = np.array([place[n] for n in pair.effect])
        columns = np.array([place[n] for n in pair.cause])
        if method == "instantaneous":
            found.append(kernel.Restriction(rows, columns))
            continue
        steps = first + np.arange(lags)[:, None] * len(names) + columns
        if method != "frequency":
            found.append(kernel.Restriction(rows, steps.ravel()))
            continue
        sides = np.eye(len(columns))
        for frequency in frequencies:
            wave = np.kron(kernel.at_frequency(lags, frequency), sides)
            matrix = np.kron(np.eye(len(rows)), wave)
            found.append(kernel.Restriction(rows, steps.ravel(), matrix))
    return found
