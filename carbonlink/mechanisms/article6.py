"""Transfers between parties under Articles 6.2 and 6.4 of the Paris Agreement, and before it.

The options are those set out by Gao et al. (2019), Climate Change Research 15(3), sections 1 and 2;
`carbonlink.published("mechanism_formulae")` has each formula with its source.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_choice
from .quantities import least, positive_part, quantity, shaped, share

ADJUSTMENT_METHODS = ("annual", "average", "cumulative")
COUNTED_FROM = {"never": None, "first_transfer": 1, "second_transfer": 2}
OM_BM_WEIGHTS = {"wind": (0.75, 0.25), "solar": (0.75, 0.25), "other": (0.5, 0.5)}


def adjusted_emissions(emissions: Any, acquired: Any = 0.0, transferred: Any = 0.0) -> Any:
    """Adjust a party's inventory for transfers: what it sold counts, what it bought does not.

    Parameters
    ----------
    emissions : float, array or Series
        Inventory emissions E (tCO2).
    acquired, transferred : float, array or Series
        Mitigation outcomes acquired and first transferred (tCO2).

    Returns
    -------
    float, ndarray or Series
        E − acquired + transferred.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.adjusted_emissions(100, acquired=5)
    95.0
    """
    return (
        quantity("emissions", emissions)
        - quantity("acquired", acquired)
        + quantity("transferred", transferred)
    )


def adjusted_budget(budget: Any, acquired: Any = 0.0, transferred: Any = 0.0) -> Any:
    """Adjust what a party may emit for transfers: B + acquired − transferred.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.adjusted_budget(100, transferred=5)
    95.0
    """
    return (
        quantity("budget", budget)
        + quantity("acquired", acquired)
        - quantity("transferred", transferred)
    )


def compliance_gap(emissions: Any, budget: Any, net_acquired: Any = 0.0) -> Any:
    """Return what is missing after transfers: E − (B + net acquired), on either side of the books.

    Notes
    -----
    Adjusting the inventory, (E − net) − B, and adjusting the budget, E − (B + net), give the same
    gap. Negative values are a surplus.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.compliance_gap(100, 90, net_acquired=5)
    5.0
    """
    net = quantity("net_acquired", net_acquired, -np.inf)
    return quantity("emissions", emissions) - (quantity("budget", budget) + net)


def party_adjustments(transfers: pd.DataFrame) -> pd.Series:
    """Return each party's adjustment of its inventory from a ledger of transfers.

    Parameters
    ----------
    transfers : DataFrame
        Columns seller, buyer and amount (tCO2), a row a transfer.

    Returns
    -------
    Series
        tCO2 by party: + for what it sold, − for what it bought. The sum is zero, which is what
        rules out double counting.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink import mechanisms
    >>> ledger = pd.DataFrame({"seller": ["A"], "buyer": ["B"], "amount": [5.0]})
    >>> mechanisms.party_adjustments(ledger).to_dict()
    {'A': 5.0, 'B': -5.0}
    """
    _check_ledger(transfers, ("seller", "buyer", "amount"))
    own = transfers["seller"].eq(transfers["buyer"])
    if own.any():
        raise DataError(
            f"Row {transfers.index[own][0]} of the ledger transfers to its own party.",
            "Leave it out: it moves nothing.",
        )
    amount = quantity("amount", transfers["amount"])
    sold = amount.groupby(transfers["seller"]).sum()
    bought = amount.groupby(transfers["buyer"]).sum()
    return sold.sub(bought, fill_value=0.0).rename("adjustment").rename_axis("party")


def corresponding_adjustment(flows: Any, method: str = "annual") -> float:
    """Return the adjustment of a target that is set for a single year.

    Parameters
    ----------
    flows : array or Series
        Net transfers of each year of the period (tCO2), the target year last.
    method : {"annual", "average", "cumulative"}
        The target year's flow, the mean of all years, or their sum.

    Returns
    -------
    float
        tCO2.

    References
    ----------
    Gao et al. (2019), Climate Change Research 15(3), section 2.1.3.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> [mechanisms.corresponding_adjustment([2, 4, 6], m) for m in mechanisms.ADJUSTMENT_METHODS]
    [6.0, 4.0, 12.0]
    """
    check_choice("method", method, ADJUSTMENT_METHODS)
    values = np.asarray(quantity("flows", flows, -np.inf), dtype=float)
    if values.ndim != 1 or not len(values):
        raise SpecificationError("flows has no years.", "Give one number a year, oldest first.")
    if method == "annual":
        return float(values[-1])
    return float(values.mean() if method == "average" else values.sum())


def adjustments_by_year(transfers: pd.DataFrame, at: str = "transfer") -> pd.Series:
    """Return adjustments by the year in which they are made: when transferred, or when used.

    Parameters
    ----------
    transfers : DataFrame
        Columns transfer_year, use_year and amount (tCO2).
    at : {"transfer", "use"}

    Returns
    -------
    Series
        tCO2 by year; both choices have the same sum.
    """
    check_choice("at", at, ("transfer", "use"))
    _check_ledger(transfers, ("transfer_year", "use_year", "amount"))
    for name in ("transfer_year", "use_year"):
        years = pd.to_numeric(transfers[name], errors="coerce")
        wrong = years.isna() | (years % 1 != 0)
        if wrong.any():
            row = transfers.index[wrong][0]
            raise DataError(
                f"Row {row} of the ledger has the {name} {transfers[name][wrong].iloc[0]!r}.",
                "Write years as 2026.",
            )
    late = transfers["use_year"] < transfers["transfer_year"]
    if late.any():
        raise DataError(
            f"Row {transfers.index[late][0]} is used before it is transferred.",
            "Correct transfer_year or use_year.",
        )
    amount = quantity("amount", transfers["amount"])
    return amount.groupby(transfers[f"{at}_year"]).sum().rename_axis("year")


def _check_ledger(transfers: Any, columns: tuple[str, ...]) -> None:
    """Refuse a ledger without a column, or with a row that lacks a party or a year."""
    if not isinstance(transfers, pd.DataFrame):
        raise DataError(
            f"The ledger is a {type(transfers).__name__}, not a DataFrame.",
            f"Give the columns {', '.join(columns)}.",
        )
    missing = [c for c in columns if c not in transfers]
    if missing:
        raise DataError(
            f"The ledger has no column {', '.join(missing)}.",
            f"Give the columns {', '.join(columns)}.",
        )
    for name in columns[:2]:
        empty = transfers[name].isna()
        if empty.any():
            raise DataError(
                f"Row {transfers.index[empty][0]} of the ledger has no {name}.",
                "Fill it in: without it the adjustments do not add up.",
            )


def seller_adjustment(amount: Any, *, inside_ndc: bool = True, adjust_outside: bool = True) -> Any:
    """Return the seller's adjustment, with or without one for reductions outside its target.

    Notes
    -----
    Without an adjustment of an outcome outside the target, amount − adjustment is claimed twice
    as soon as the target is widened to hold it.
    """
    amount = quantity("amount", amount)
    return amount if inside_ndc or adjust_outside else amount * 0.0


def usable_transfers(offered: Any, emissions: Any, limit: Any) -> Any:
    """Return what may be used under a quantity limit: min(offered, q·E).

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.usable_transfers(9, emissions=50, limit=0.1)
    5.0
    """
    most = share("limit", limit) * quantity("emissions", emissions)
    return least(quantity("offered", offered), most)


def within_vintage(vintage: Any, year: Any, longest: Any) -> Any:
    """Return whether a vintage may still be used: year − vintage ≤ L, and not before it exists.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.within_vintage(2021, year=2024, longest=2)
    False
    """
    age = quantity("year", year, 1990, 2200, "a year") - quantity(
        "vintage", vintage, 1990, 2200, "a year"
    )
    usable = (age >= 0) & (age <= quantity("longest", longest, unit="years"))
    return bool(usable) if np.ndim(usable) == 0 else usable


def overall_mitigation(credits: Any, rate: Any) -> tuple[Any, Any]:
    """Split credits into those that can be used and those cancelled for overall mitigation.

    Parameters
    ----------
    credits : float, array or Series
        Credits issued (tCO2).
    rate : float
        Share d that is cancelled. No rate is assumed: state the one you use.

    Returns
    -------
    usable, cancelled
        C(1 − d) and dC; their sum is C.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.overall_mitigation(1000, 0.02)
    (980.0, 20.0)
    """
    issued, cut = quantity("credits", credits), share("rate", rate)
    return issued * (1 - cut), issued * cut


def conservative_credits(baseline: Any, emissions: Any, cut: Any) -> Any:
    """Return the credits of a project under a baseline tightened by a share: BL(1 − k) − E, or 0.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.conservative_credits(100, 60, 0.1)
    30.0
    """
    tight = quantity("baseline", baseline) * (1 - share("cut", cut))
    return positive_part(tight - quantity("emissions", emissions))


def share_of_proceeds(credits: Any, rate: Any) -> Any:
    """Return the credits withheld for adaptation: s·C. No rate is assumed."""
    return quantity("credits", credits) * share("rate", rate)


def credit_adjustments(transfers: int, counted_from: str = "first_transfer") -> int:
    """Return how many adjustments a credit of the Article 6.4 mechanism brings.

    Parameters
    ----------
    transfers : int
        Times it changes hands between parties.
    counted_from : {"never", "first_transfer", "second_transfer"}
        When it becomes a transferred outcome: the three views in the negotiations.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> [mechanisms.credit_adjustments(2, view) for view in mechanisms.COUNTED_FROM]
    [0, 2, 1]
    """
    check_choice("counted_from", counted_from, COUNTED_FROM)
    first = COUNTED_FROM[counted_from]
    count = quantity("transfers", transfers, unit="a number of transfers")
    if count != int(count):
        raise SpecificationError(f"transfers={transfers!r} is no count.", "Give a whole number.")
    return 0 if first is None else max(0, int(count) - first + 1)


def emission_reduction(baseline: Any, project: Any, leakage: Any = 0.0) -> Any:
    """Return the reduction of a project: baseline − project emissions − leakage (tCO2).

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.emission_reduction(100, 60, 5)
    35.0
    """
    return (
        quantity("baseline", baseline)
        - quantity("project", project)
        - quantity("leakage", leakage, -np.inf)
    )


def grid_baseline(
    generation: Any,
    operating_margin: Any,
    build_margin: Any,
    technology: str = "other",
    weights: tuple[float, float] | None = None,
) -> Any:
    """Return the baseline emissions of power fed into a grid.

    Parameters
    ----------
    generation : float, array or Series
        MWh.
    operating_margin, build_margin : float, array or Series
        tCO2/MWh.
    technology : {"wind", "solar", "other"}
        Chooses the default weights of the two margins: 0.75 and 0.25, or 0.5 and 0.5.
    weights : (float, float), optional
        Weights of your own, which sum to one.

    Returns
    -------
    float, ndarray or Series
        EG·(w_OM·OM + w_BM·BM), tCO2.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.grid_baseline(1000, operating_margin=0.9, build_margin=0.5, technology="wind")
    800.0
    """
    check_choice("technology", technology, OM_BM_WEIGHTS)
    operating, build = (
        share("weights", w) for w in (OM_BM_WEIGHTS[technology] if weights is None else weights)
    )
    if abs(operating + build - 1) > 1e-9:
        raise SpecificationError(
            f"The weights {operating:g} and {build:g} do not sum to 1.", "Give two that do."
        )
    margin = operating * quantity("operating_margin", operating_margin, 0, 2, "tCO2/MWh")
    margin = margin + build * quantity("build_margin", build_margin, 0, 2, "tCO2/MWh")
    return quantity("generation", generation, unit="MWh") * margin


def kyoto_holding(
    assigned: Any, certified: Any = 0.0, reduction: Any = 0.0, transferred: Any = 0.0
) -> Any:
    """Return a party's holding under the Kyoto Protocol: AAU + CER + ERU − transfers (tCO2e).

    Parameters
    ----------
    assigned, certified, reduction : float, array or Series
        Assigned amount units, certified emission reductions, emission reduction units.
    transferred : float, array or Series
        Net units transferred away; negative where units were acquired.

    Notes
    -----
    A party complies where the holding is at least its emissions: `compliance_gap(E, H) <= 0`.
    """
    units = quantity("assigned", assigned) + quantity("certified", certified)
    units = units + quantity("reduction", reduction)
    return shaped(units - quantity("transferred", transferred, -np.inf))
