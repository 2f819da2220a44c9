"""The quantities made from a connectedness table, in one fixed order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..kernels import fevd

TOTALS = ("total", "adjusted", "excess")
COMMON = "common_volatility"
"""The null in which variances may move together."""

KINDS = ("generalized", "cholesky", "joint", "extended_joint")


def parts_of(tables: np.ndarray, kind: str) -> fevd.Spillovers:
    """Return the connectedness measures of tables in percent, of a kind of decomposition."""
    return fevd.spillovers(tables, 100.0 if kind == "joint" else None)


class Terms:
    """Names, limits and values of every quantity of a table of the series `names`.

    Parameters
    ----------
    names : sequence of str, length k
    kind : str
        Kind of decomposition.

    Attributes
    ----------
    names : list of (str, str)
        Term and market of each quantity.
    labels : list of str
        One text each.
    signed : ndarray of bool
        Quantities that may be negative and are 0 between equals: net and pairwise.
    """

    def __init__(self, names: Sequence[str], kind: str = "generalized") -> None:
        k = len(names)
        self._kind = kind
        self._cells = [(i, j) for i in range(k) for j in range(k) if i != j]
        self._pairs = [(i, j) for i, j in self._cells if i < j]
        self.names = [(term, "") for term in TOTALS]
        self.names += [("to others", m) for m in names] + [("from others", m) for m in names]
        self.names += [("net", m) for m in names]
        self.names += [(f"from {names[j]}", names[i]) for i, j in self._cells]
        self.names += [(f"net to {names[j]}", names[i]) for i, j in self._pairs]
        self.labels = [f"{term} ({m})" if m else term for term, m in self.names]
        self.labels[3 + 3 * k :] = [
            *(f"{names[i]} ← {names[j]}" for i, j in self._cells),
            *(f"{names[i]} → {names[j]}, net" for i, j in self._pairs),
        ]
        cells, pairs = len(self._cells), len(self._pairs)
        self.signed = np.repeat([False, True, False, True], [3 + 2 * k, k, cells, pairs])
        top = [100.0, 100.0 * k / (k - 1), np.inf, *[100.0 * (k - 1)] * k, *[100.0] * k]
        self._upper = np.array([*top, *[np.inf] * k, *[100.0] * cells, *[np.inf] * pairs])
        self._lower = np.where(self.signed, -np.inf, 0.0)

    def of(self, tables: np.ndarray) -> np.ndarray:
        """Return the quantities of tables in percent; shape (..., quantities).

        The place of "excess" holds the total: its null mean is not in a table.
        """
        parts = parts_of(tables, self._kind)
        k = tables.shape[-1]
        total = parts.total[..., None]
        rows, columns = np.array(self._cells).T
        first, second = np.array(self._pairs).T
        cells, pairs = tables[..., rows, columns], parts.pairwise[..., first, second]
        scaled = total * k / (k - 1)
        return np.concatenate(
            [total, scaled, total, parts.to, parts.from_, parts.net, cells, pairs], axis=-1
        )

    def clip(self, bounds: np.ndarray) -> np.ndarray:
        """Return bounds of intervals within what each quantity can be."""
        return np.clip(bounds, self._lower, self._upper)
