"""What a firm must surrender, what it may use instead, and what a gap costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DataError, SpecificationError, check_choice
from .quantities import least, positive_part, quantity, shaped, share

OFFSET_CAP = 0.05
"""Share of the surrender that credits may cover in the national market."""

GAP_CAP = 0.2
"""Share of emissions up to which a gap must be covered (2019 to 2022)."""


@dataclass(frozen=True, eq=False)
class CompliancePosition:
    """What a firm owes and how it covers it, all in tCO2.

    Attributes
    ----------
    due : float, ndarray or Series
        Units to surrender.
    credits_used : float, ndarray or Series
        Offsets surrendered.
    allowances_due : float, ndarray or Series
        Allowances surrendered: due − credits used.
    net_demand : float, ndarray or Series
        Allowances to buy (+) or to sell or bank (−).
    """

    due: Any
    credits_used: Any
    allowances_due: Any
    net_demand: Any


def compliance_position(
    emissions: Any,
    allocation: Any,
    credits: Any = 0.0,
    *,
    cap: float = OFFSET_CAP,
    cap_basis: str = "emissions",
    credit_price: Any = None,
    allowance_price: Any = None,
    banked: Any = 0.0,
    gap_cap: float | None = None,
) -> CompliancePosition:
    """Return what a firm surrenders and what it still has to buy.

    Parameters
    ----------
    emissions, allocation : float, array or Series
        Verified emissions E and free allocation A (tCO2).
    credits : float, array or Series
        Offsets that the firm holds or can buy (tCO2).
    cap : float
        Largest share of emissions, or of the allocation, that offsets may cover.
    cap_basis : {"emissions", "allocation"}
        What the cap is a share of: most markets use emissions, Hubei and Shanghai the allocation.
    credit_price, allowance_price : float, array or Series, optional
        Yuan/t. With both, offsets are used only where they are cheaper; without, up to the cap.
    banked : float, array or Series
        Allowances carried over (tCO2).
    gap_cap : float, optional
        Share of emissions up to which a shortfall must be covered: S = min(E, A + cap·E); 0.2 in
        the first two national cycles. None: all of it.

    Returns
    -------
    CompliancePosition

    Notes
    -----
    S ≥ due − min(CCER, cap·E). The corner is the optimum of a price taker: credits and allowances
    are perfect substitutes up to the cap.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.compliance_position(100, 90, credits=8).allowances_due
    95.0
    >>> mechanisms.compliance_position(100, 70, gap_cap=0.2).due
    90.0
    """
    check_choice("cap_basis", cap_basis, ("emissions", "allocation"))
    emitted, free = quantity("emissions", emissions), quantity("allocation", allocation)
    if (credit_price is None) != (allowance_price is None):
        raise SpecificationError(
            "Only one of credit_price and allowance_price is given.", "Give both, or neither."
        )
    due = emitted
    if gap_cap is not None:
        due = least(emitted, free + share("gap_cap", gap_cap) * emitted)
    most = share("cap", cap) * (emitted if cap_basis == "emissions" else free)
    used = least(least(quantity("credits", credits), most), due)
    if credit_price is not None:
        cheaper = quantity("credit_price", credit_price, unit="yuan/t") < quantity(
            "allowance_price", allowance_price, unit="yuan/t"
        )
        used = shaped(used * np.where(cheaper, 1.0, 0.0))
    own = due - used
    return CompliancePosition(due, used, own, own - free - quantity("banked", banked))


def borrowing_limit(emissions: Any, allocation: Any, rate: float = 0.5, gap: float = 0.1) -> Any:
    """Return the advance allowances that a firm short of allowances may take.

    Parameters
    ----------
    emissions, allocation : float, array or Series
        E and A, tCO2.
    rate : float
        Share of the gap that may be borrowed.
    gap : float
        Gap as a share of the allocation from which borrowing is open.

    Returns
    -------
    float, ndarray or Series
        rate·(E − A) where (E − A)/A ≥ gap, else 0 (tCO2); the rule held for 2021 and 2022.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.borrowing_limit(100, 80)
    10.0
    """
    free = quantity("allocation", allocation)
    short = positive_part(quantity("emissions", emissions) - free)
    open_to = short >= share("gap", gap) * free
    return shaped(share("rate", rate) * short * np.where(open_to, 1.0, 0.0))


def banking_limit(net_sales: Any, base: float = 10_000.0, factor: float = 1.5) -> Any:
    """Return the allowances that a unit may carry over: base + factor·net sales (tCO2).

    Parameters
    ----------
    net_sales : float, array or Series
        Allowances sold less those bought; net purchases count as zero.
    base, factor : float
        10,000 t and 1.5 under the national rule for the allowances of 2019 to 2024.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.banking_limit(20_000)
    40000.0
    """
    sold = positive_part(quantity("net_sales", net_sales, -np.inf))
    return quantity("base", base) + quantity("factor", factor, unit="a factor") * sold


def penalty(gap: Any, mean_price: Any, multiple: Any) -> Any:
    """Return the fine for allowances not surrendered: multiple·gap·mean price (yuan).

    Parameters
    ----------
    gap : float, array or Series
        tCO2 not surrendered.
    mean_price : float, array or Series
        Yuan/t over the period that the rule names.
    multiple : float
        3 in Shenzhen, 3 to 5 in Beijing; see `carbonlink.published("offset_penalty_rules")`.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.penalty(100, 50, 3)
    15000.0
    """
    owed = quantity("gap", gap) * quantity("mean_price", mean_price, unit="yuan/t")
    return owed * quantity("multiple", multiple, unit="a multiple")


def turnover_rate(volume: Any, cap: Any) -> Any:
    """Return the share of a cap that changed hands in a year: volume ÷ cap.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> round(mechanisms.turnover_rate(12.6091e6, 3e8), 4)
    0.042
    """
    return quantity("volume", volume) / quantity("cap", cap, np.nextafter(0, 1))


def window_share(volume: Any, window: int) -> float:
    """Return the share of a year's volume in its last `window` days.

    Parameters
    ----------
    volume : array or Series
        Tonnes a day up to the deadline, days without a trade as zeros.
    window : int
        Days before the deadline, that day included.

    Notes
    -----
    The bare arithmetic. `carbonlink.concentration` finds the cycles and their calendar, and has
    the inference.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.window_share([1, 1, 1, 1, 4], window=1)
    0.5
    """
    days = np.asarray(quantity("volume", volume), dtype=float)
    if days.ndim != 1 or not 1 <= int(window) <= days.size or int(window) != window:
        raise SpecificationError(
            f"window={window!r} does not fit a year of {days.size} days.",
            f"Give a whole number from 1 to {days.size}.",
        )
    if not days.sum() > 0:
        raise DataError("The year has no volume.", "A share of nothing is not defined.")
    return float(days[-int(window) :].sum() / days.sum())
