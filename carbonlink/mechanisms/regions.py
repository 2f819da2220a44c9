"""Between regions: who answers for emissions, what a shared project saves, what linking gains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError
from .quantities import quantity, share


def consumption_emissions(production: Any, exports: Any = 0.0, imports: Any = 0.0) -> Any:
    """Return consumption-based emissions: E_P − E_export + E_import (tCO2)."""
    own = quantity("production", production) - quantity("exports", exports)
    return own + quantity("imports", imports)


def shared_responsibility(production: Any, consumption: Any, lam: Any = 0.5) -> Any:
    """Return the emissions that producer and consumer answer for together.

    Parameters
    ----------
    production, consumption : float, array or Series
        Production- and consumption-based emissions by region (tCO2).
    lam : float
        Weight of the producer, between 0 and 1.

    Returns
    -------
    float, ndarray or Series
        λ·E_P + (1 − λ)·E_C.

    References
    ----------
    Zou, Wang and Sun (2022), section 3, for the range of China and the United States.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.shared_responsibility(102, 90), mechanisms.shared_responsibility(53, 58)
    (96.0, 55.5)
    """
    weight = share("lam", lam)
    made, used = quantity("production", production), quantity("consumption", consumption)
    return weight * made + (1 - weight) * used


def share_responsibility(transfers: Any, lam: float = 0.5) -> pd.DataFrame:
    """Split the emissions embodied in trade between producers and consumers.

    Parameters
    ----------
    transfers : DataFrame or (k, k) array
        Row i, column j: tCO2 emitted in region i for what is consumed in region j; the diagonal
        is produced and consumed at home.
    lam : float
        Weight of the producer, between 0 and 1.

    Returns
    -------
    DataFrame
        A row a region: production, consumption, responsibility, and transfer = responsibility −
        production. Responsibility sums to total emissions and transfers sum to zero, whatever λ.

    Examples
    --------
    >>> import numpy as np
    >>> from carbonlink import mechanisms
    >>> table = mechanisms.share_responsibility(np.array([[80.0, 20.0], [5.0, 45.0]]))
    >>> table["responsibility"].tolist()
    [92.5, 57.5]
    """
    values = np.asarray(quantity("transfers", transfers), dtype=float)
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise SpecificationError(
            f"transfers has the shape {values.shape}.", "Give a square matrix, regions by regions."
        )
    regions: Any = range(len(values))
    if isinstance(transfers, pd.DataFrame):
        if list(transfers.index) != list(transfers.columns):
            raise DataError(
                "Rows and columns of transfers name different regions.",
                "Give them in one order on both sides.",
            )
        regions = transfers.index
    production, consumption = values.sum(axis=1), values.sum(axis=0)
    answered = shared_responsibility(production, consumption, lam)
    columns = {
        "production": production,
        "consumption": consumption,
        "responsibility": answered,
        "transfer": answered - production,
    }
    return pd.DataFrame(columns, index=pd.Index(regions, name="region"))


@dataclass(frozen=True, eq=False)
class ProjectGain:
    """What two regions gain from a reduction made where it is cheaper, in yuan.

    Attributes
    ----------
    joint : float or ndarray
        (MAC_investor − MAC_host)·ER.
    investor, host : float or ndarray
        What each keeps after the transfer; they sum to the joint gain.
    """

    joint: Any
    investor: Any
    host: Any


def cross_region_gain(
    investor_cost: Any, host_cost: Any, reduction: Any, transfer: Any = 0.0
) -> ProjectGain:
    """Return the cost saved by a project in a lower-cost region, and how it is shared.

    Parameters
    ----------
    investor_cost, host_cost : float or array
        Marginal abatement costs in the region that pays and the region that hosts (yuan/tCO2).
    reduction : float or array
        Reduction ER (tCO2).
    transfer : float or array
        Paid by the investor to the host above the host's cost (yuan).

    Returns
    -------
    ProjectGain
        Negative where the host is the dearer region: such a project loses.
    """
    saving = quantity("investor_cost", investor_cost, unit="yuan/tCO2") - quantity(
        "host_cost", host_cost, unit="yuan/tCO2"
    )
    joint = saving * quantity("reduction", reduction)
    paid = quantity("transfer", transfer, unit="yuan")
    return ProjectGain(joint, joint - paid, paid)


def project_credits(reductions: Any, start: int, period: int, reserve: float = 0.0) -> pd.DataFrame:
    """Return the credits that a cross-regional project earns by year.

    Parameters
    ----------
    reductions : Series
        Verified reductions by calendar year (tCO2).
    start : int
        First year that is credited.
    period : int
        Years of the crediting period.
    reserve : float
        Share that the host region keeps back for its own target.

    Returns
    -------
    DataFrame
        By year: reduction, issued, reserved, uncredited; the last three sum to the first.

    Examples
    --------
    >>> import pandas as pd
    >>> from carbonlink import mechanisms
    >>> saved = pd.Series(100.0, index=range(2024, 2028))
    >>> mechanisms.project_credits(saved, start=2025, period=2, reserve=0.1)["issued"].tolist()
    [0.0, 90.0, 90.0, 0.0]
    """
    if not isinstance(reductions, pd.Series):
        raise SpecificationError("reductions has no years.", "Give a Series indexed by year.")
    if period < 1 or int(period) != period:
        raise SpecificationError(f"period={period!r} is no number of years.", "Use 1 or more.")
    saved = quantity("reductions", reductions)
    years = np.asarray(reductions.index, dtype=int)
    credited = saved.where((years >= start) & (years < start + int(period)), 0.0)
    kept = credited * share("reserve", reserve)
    columns = {"reduction": saved, "issued": credited - kept, "reserved": kept}
    return pd.DataFrame({**columns, "uncredited": saved - credited}).rename_axis("year")


def linking_gains(price: Any, slope: Any) -> pd.DataFrame:
    """Return the common price of linked markets and what each of them gains.

    Parameters
    ----------
    price : array or Series
        Autarky prices p_i (yuan/tCO2).
    slope : array or Series
        Slopes c_i of the linear marginal abatement costs (yuan/tCO2 a tonne).

    Returns
    -------
    DataFrame
        A row a market: autarky_price, price p* = Σ(p_i/c_i)/Σ(1/c_i), flow (allowances sold
        abroad, (p* − p_i)/c_i; sums to zero) and gain (p_i − p*)²/(2c_i) ≥ 0 (yuan).

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> table = mechanisms.linking_gains([40, 80], [2, 2])
    >>> table["price"].tolist(), table["flow"].tolist(), table["gain"].tolist()
    ([60.0, 60.0], [10.0, -10.0], [100.0, 100.0])
    """
    own = np.atleast_1d(np.asarray(quantity("price", price, unit="yuan/tCO2"), dtype=float))
    steep = np.atleast_1d(
        np.asarray(quantity("slope", slope, np.nextafter(0, 1), unit="a slope"), dtype=float)
    )
    if own.shape != steep.shape or own.ndim != 1 or len(own) < 2:
        raise SpecificationError(
            f"{own.size} prices and {steep.size} slopes do not make markets to link.",
            "Give one slope a price, for two markets or more.",
        )
    if isinstance(price, pd.Series) and isinstance(slope, pd.Series):
        if not price.index.equals(slope.index):
            raise DataError("price and slope name different markets.", "Give both in one order.")
    common = float((own / steep).sum() / (1 / steep).sum())
    columns = {
        "autarky_price": own,
        "price": np.full(len(own), common),
        "flow": (common - own) / steep,
        "gain": (own - common) ** 2 / (2 * steep),
    }
    labels = price.index if isinstance(price, pd.Series) else pd.RangeIndex(len(own))
    return pd.DataFrame(columns, index=labels.rename("market"))


def policy_overlap(leakage: Any, waterbed: Any) -> Any:
    """Return the share of a policy's reduction that is left under an emissions cap.

    Parameters
    ----------
    leakage : float or array
        L, share of the reduction that reappears elsewhere inside the policy's own market.
    waterbed : float or array
        W, share that the cap lets others emit instead.

    Returns
    -------
    float or ndarray
        (1 − L)(1 − W).

    Notes
    -----
    Under a tradable performance standard the cap moves with output, so W is not that of a fixed
    cap: 1 is the worst case, not the default.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.policy_overlap(0.2, 0.5)
    0.4
    """
    inside = quantity("leakage", leakage, -np.inf, 1.0, "a share")
    return (1 - inside) * (1 - quantity("waterbed", waterbed, -np.inf, 1.0, "a share"))


def carbon_cost(price: Any, intensity: Any, benchmark: Any = 0.0) -> Any:
    """Return the carbon cost of a megawatt-hour: τ(e − b), yuan/MWh.

    Parameters
    ----------
    price : float, array or Series
        τ, yuan/tCO2.
    intensity : float, array or Series
        e, tCO2/MWh of the marginal unit.
    benchmark : float, array or Series
        b, tCO2/MWh of the same technology; 0 for the full opportunity cost τe.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> round(mechanisms.carbon_cost(62.36, 0.8273), 2)
    51.59
    """
    gap = quantity("intensity", intensity, 0, 2, "tCO2/MWh") - quantity(
        "benchmark", benchmark, 0, 2, "tCO2/MWh"
    )
    return quantity("price", price, unit="yuan/tCO2") * gap


def price_dispersion_loss(prices: Any, slope: float) -> float:
    """Return the order of magnitude of what unequal carbon prices cost (yuan).

    Parameters
    ----------
    prices : array or Series
        Carbon prices of the instruments (yuan/tCO2).
    slope : float
        Slope of the marginal abatement cost that they share (yuan/tCO2 a tonne).

    Returns
    -------
    float
        Harberger's triangles ½Σ(τ_k − τ̄)²/slope.
    """
    values = np.asarray(quantity("prices", prices, unit="yuan/tCO2"), dtype=float)
    steep = quantity("slope", slope, np.nextafter(0, 1), unit="a slope")
    return float(((values - values.mean()) ** 2).sum() / (2 * steep))
