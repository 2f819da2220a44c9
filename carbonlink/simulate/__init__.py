"""Seeded data-generating processes with known truth, for examples, tests and demonstrations."""

from .clocks import clock_volumes
from .compliance import ComplianceMarket, compliance_market
from .links import Shock, linked_returns
from .mixed import mixed_frequency
from .power import quarter_hours
from .quotes import market
from .returns import garch
from .systems import error_correction, var
from .thin import thin_returns
from .trading import Rush, crowded_volumes, scale_to_totals, volumes

__all__ = [
    "ComplianceMarket",
    "Rush",
    "Shock",
    "compliance_market",
    "clock_volumes",
    "crowded_volumes",
    "error_correction",
    "garch",
    "linked_returns",
    "market",
    "mixed_frequency",
    "quarter_hours",
    "scale_to_totals",
    "thin_returns",
    "var",
    "volumes",
]
