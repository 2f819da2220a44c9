"""carbonlink measures how China's carbon, certificate, energy-use and power markets move together.

The public words are loaded on first use: `import carbonlink` reads no data and no heavy library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__

_WORDS = {
    "read": "ingest.reading",
    "from_akshare": "ingest.akshare",
    "load": "panel",
    "Panel": "panel",
    "reconcile": "panel",
    "compare": "results",
    "Results": "results",
    "save": "report.save",
    "published": "facts.published",
    "audit": "facts.audit",
    "to_carbon_price": "facts.units",
    "GARCH": "models.garch",
    "HAR": "models.har",
    "variance_breaks": "models.variance_breaks",
    "backtest": "models.backtest",
    "CCC": "models.correlations",
    "DCC": "models.correlations",
    "BEKK": "models.bekk",
    "VAR": "models.var",
    "VECM": "models.vecm",
    "TVPVAR": "models.tvpvar",
    "ECM": "models.ecm",
    "ARDL": "models.ardl",
    "NARDL": "models.nardl",
    "LocalProjections": "models.local_projections",
    "PPML": "models.ppml",
    "IV": "models.iv",
    "Tobit": "models.tobit",
    "DOLS": "models.cointegrating",
    "FMOLS": "models.cointegrating",
    "stationarity": "models.stationarity",
    "concentration": "measures.concentration",
    "event_profile": "measures.event_profile",
    "two_clocks": "measures.two_clocks",
    "moved_deadlines": "measures.moved_deadlines",
    "bunching": "measures.bunching",
    "volatility": "measures.volatility",
    "range_volatility": "measures.range_volatility",
    "connectedness": "measures.connectedness",
    "causality": "measures.causality",
    "market_shares": "measures.market_shares",
    "pass_through": "measures.pass_through",
    "price_effects": "measures.price_effects",
    "implied_prices": "measures.implied_prices",
    "overlap": "measures.overlap",
    "policy_surprises": "measures.policy_surprises",
    "liquidity": "measures.liquidity",
    "integration": "measures.integration",
    "coupling_coordination": "measures.coordination",
    "MIDAS": "models.midas",
    "aggregate": "measures.aggregate",
    "CarbonlinkError": "errors",
    "CarbonlinkWarning": "errors",
}
_ERRORS = dict.fromkeys(
    (
        "ConvergenceError",
        "DataError",
        "DeadlineError",
        "OutputError",
        "RegistrationError",
        "SpecificationError",
        "TooFewObservationsError",
        "UnknownLayoutError",
        "UnknownMarketError",
    ),
    "errors",
)
"""Errors reachable as `carbonlink.DataError` too; their home is `carbonlink.errors`."""

_MODULES = ("errors", "facts", "mechanisms", "simulate", "plotting", "results")

__all__ = ["__version__", *_WORDS, "mechanisms", "simulate"]

if TYPE_CHECKING:
    from . import errors, facts, mechanisms, plotting, results, simulate


def __getattr__(name: str) -> Any:
    home = _WORDS.get(name) or _ERRORS.get(name)
    if home:
        value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
