"""What a variance decomposition may be asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SpecificationError, check_choice


def check_decomposition(
    names: tuple[str, ...],
    horizon: int,
    kind: str,
    order: Any,
    kinds: tuple[str, ...] = ("generalized", "cholesky"),
) -> np.ndarray | None:
    """Return the positions of `order`, or say which argument of a decomposition is wrong."""
    check_choice("kind", kind, kinds)
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)) or horizon < 1:
        raise SpecificationError(
            f"horizon={horizon!r} is no number of terms.", "Use 10 for h = 0 … 9."
        )
    if order is None:
        return None
    if kind != "cholesky":
        raise SpecificationError(
            f"order= has no meaning for a {kind} decomposition.", 'Use kind="cholesky".'
        )
    if sorted(map(str, order)) != sorted(names):
        raise SpecificationError(
            f"order={list(order)} is not an order of the series.",
            f"Name each of {', '.join(names)} once.",
        )
    return np.array([names.index(str(name)) for name in order])
