"""The report's exhibits: one small function each, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable

from ..exhibit import Exhibit
from ..study import Study
from .audit import audit
from .causality import causality_matrix
from .compliance_calendar import compliance_calendar
from .concentration import concentration_curves, concentration_cycles
from .conditional_volatility import conditional_volatility
from .connectedness import (
    connectedness_excess,
    connectedness_net,
    connectedness_rolling,
    connectedness_table,
)
from .connectedness_more import connectedness_network, connectedness_sensitivity
from .deadline_or_season import deadline_or_season
from .deadline_prices import deadline_prices
from .event_profiles import event_profiles
from .implied_prices import implied_files, implied_published
from .integration import one_price
from .ledger import ledger
from .market_concentration import market_concentration
from .mixed_frequency import mixed_frequency
from .national_years import national_years
from .pass_through import pass_through_rates
from .pass_through_methods import pass_through_horizons, pass_through_summary
from .prices import prices
from .published_years import published_years
from .quality import quality
from .stationarity import unit_roots
from .stylised_facts import stylised_facts
from .volatility import volatility_window
from .volatility_models import volatility_models

EXHIBITS: dict[str, tuple[str, Callable[[Study], Exhibit]]] = {
    "ledger": ("Data ledger", ledger),
    "national_years": ("The national market by year and month, from the files", national_years),
    "published_years": ("Published volume, value and mean price by year", published_years),
    "compliance_calendar": (
        "Compliance calendar and published compliance rates",
        compliance_calendar,
    ),
    "prices": ("Prices of genuine trades, with gaps and deadlines", prices),
    "quality": ("Market quality by market and year", quality),
    "concentration_curves": (
        "Share of volume before the deadline, by length of the window",
        concentration_curves,
    ),
    "concentration_cycles": ("Concentration of trading by compliance cycle", concentration_cycles),
    "event_profiles": ("Trading around deadlines, as times normal", event_profiles),
    "deadline_or_season": ("Deadline or time of year", deadline_or_season),
    "market_concentration": ("How trade is spread over markets", market_concentration),
    "deadline_prices": ("Prices before compliance deadlines", deadline_prices),
    "unit_roots": ("Unit roots in prices and returns", unit_roots),
    "stylised_facts": ("Returns: stylised facts and a referee's tests", stylised_facts),
    "volatility_window": ("Volatility before compliance deadlines", volatility_window),
    "volatility_models": (
        "Persistence of volatility: naive, zero-adjusted, censored, with breaks",
        volatility_models,
    ),
    "conditional_volatility": (
        "Volatility and the chance of a trade over time, with breaks and policy dates",
        conditional_volatility,
    ),
    "connectedness_table": ("Connectedness: who moves with whom", connectedness_table),
    "connectedness_net": ("Connectedness: net directions", connectedness_net),
    "connectedness_rolling": ("Connectedness over time", connectedness_rolling),
    "connectedness_excess": ("Connectedness minus what chance gives", connectedness_excess),
    "connectedness_network": ("Connectedness: the network", connectedness_network),
    "connectedness_sensitivity": (
        "Connectedness under other choices",
        connectedness_sensitivity,
    ),
    "causality_matrix": ("Who predicts whom", causality_matrix),
    "one_price": ("One price or several: dispersion, half-lives, clubs", one_price),
    "mixed_frequency": (
        "Daily carbon prices and monthly certificates and power",
        mixed_frequency,
    ),
    "implied_published": (
        "Implied carbon prices of certificates, energy-use rights and offsets, as published",
        implied_published,
    ),
    "implied_files": ("Implied carbon prices by month, from the files", implied_files),
    "pass_through": ("From carbon prices to power prices", pass_through_rates),
    "pass_through_horizons": ("From carbon to power prices, by horizon", pass_through_horizons),
    "pass_through_summary": ("From carbon to power prices, by method", pass_through_summary),
    "audit": ("Printed figures of the founding papers that do not recompute", audit),
}
"""Title and function of each exhibit, by its key, in the order of the page."""
