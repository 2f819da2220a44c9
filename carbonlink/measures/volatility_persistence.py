"""How much of a market's persistence is stale quotes, limit days and breaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..panel import Panel
from .volatility import volatility
from .volatility_compared import ROWS, PersistenceResults, under_treatments

__all__ = ["ROWS", "PersistenceResults", "persistence"]


def persistence(
    panel: Panel,
    markets: Iterable[str] | str | None = None,
    spec: str = "garch",
    *,
    models: Iterable[str] = tuple(ROWS),
    dist: str = "normal",
    window: int | None = None,
    minimum_segment: int = 60,
    **options: Any,
) -> PersistenceResults:
    """Measure the persistence of each market as its data are taken ever more as they are.

    Parameters
    ----------
    panel : Panel
    markets : str or list of str, optional
        All of the panel when None.
    spec, dist, window
        As `carbonlink.volatility` takes them.
    models : list of str
        Rows of the table, among `ROWS`: "naive" carries prices forward and counts a day without
        a trade as a return of zero; "genuine" has returns between genuine trades; then without
        trades modelled, limit days censored, both, and with variance breaks (κ2, 5 %) as
        dummies in the variance.
    minimum_segment : int
        Fewest returns in a variance regime.
    **options
        Further arguments of `carbonlink.volatility`.

    Returns
    -------
    PersistenceResults

    Notes
    -----
    A model that cannot be had is a row with its reason: no limit known, no day without a trade,
    too few returns, no maximum. Where no break is found the model with breaks is that without.
    Breaks are searched in the genuine returns; on days without one the dummy is that of the
    day's regime. Persistence is that from one row of the model to the next: a session where
    days without a trade have a row, else a return.

    Examples
    --------
    >>> import tempfile
    >>> import carbonlink as cl
    >>> from carbonlink import demo
    >>> from carbonlink.measures.volatility_persistence import persistence
    >>> folder = tempfile.mkdtemp()
    >>> _ = demo.write(folder)
    >>> panel = cl.load(["hubei"], raw=folder)
    >>> found = persistence(panel, models=["naive", "genuine"])
    >>> list(found.table["model"])
    ['naive', 'genuine']
    """
    own = {"spec": spec, "dist": dist, "window": window} | options
    return under_treatments(
        volatility, panel, markets, models=models, minimum_segment=minimum_segment, **own
    )
