"""Which function computes which published formula."""

from __future__ import annotations

import pandas as pd

from ..facts.published import published

_MECHANISMS = {
    "A6-01": "adjusted_emissions",
    "A6-02": "adjusted_emissions",
    "A6-03": "adjusted_budget",
    "A6-04": "party_adjustments",
    "A6-05": "compliance_gap",
    "A6-06": "corresponding_adjustment",
    "A6-07": "corresponding_adjustment",
    "A6-08": "corresponding_adjustment",
    "A6-09": "adjustments_by_year",
    "A6-10": "seller_adjustment",
    "A6-11": "usable_transfers",
    "A6-12": "within_vintage",
    "A6-13": "overall_mitigation",
    "A6-14": "conservative_credits",
    "A6-15": "share_of_proceeds",
    "A6-16": "credit_adjustments",
    "A6-17": "emission_reduction",
    "A6-18": "grid_baseline",
    "KY-01": "kyoto_holding",
    "ETS-01": "benchmark_allocation",
    "ETS-02": "historical_emissions",
    "ETS-03": "historical_intensity",
    "ETS-04": "benchmark_allocation",
    "ETS-05": "compliance_position",
    "ETS-06": "compliance_position",
    "ETS-07": "borrowing_limit",
    "ETS-08": "banking_limit",
    "ETS-09": "penalty",
    "ETS-10": "turnover_rate",
    "ETS-11": "window_share",
    "REG-01": "consumption_emissions",
    "REG-02": "shared_responsibility",
    "REG-03": "cross_region_gain",
    "CV-03": "carbon_cost",
}
FUNCTIONS = {
    **{key: f"mechanisms.{name}" for key, name in _MECHANISMS.items()},
    "CV-01": "to_carbon_price",
    "CV-02": "to_carbon_price",
}
"""Public word that computes each formula, below `carbonlink`."""


def formulae() -> pd.DataFrame:
    """Return the published formulae, each with the function that computes it.

    Returns
    -------
    DataFrame
        Index id; columns function, mechanism, quantity, formula, symbols, options_or_variants,
        expected_example, verified, source, note. A formula whose rate nobody could confirm
        (A6-15, share of proceeds) has a function and no row.

    Examples
    --------
    >>> from carbonlink import mechanisms
    >>> mechanisms.formulae().loc["ETS-07", "function"]
    'mechanisms.borrowing_limit'
    """
    table = published("mechanism_formulae").set_index("id")
    table.insert(0, "function", [FUNCTIONS[key] for key in table.index])
    return table
