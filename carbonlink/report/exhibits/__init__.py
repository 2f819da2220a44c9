"""The report's exhibits: one small function each, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable

from ..exhibit import Exhibit
from ..study import Study
from .audit import audit
from .compliance_calendar import compliance_calendar
from .implied_prices import implied_files, implied_published
from .ledger import ledger
from .national_years import national_years
from .prices import prices
from .published_years import published_years
from .quality import quality

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
    "implied_published": (
        "Implied carbon prices of certificates, energy-use rights and offsets, as published",
        implied_published,
    ),
    "implied_files": ("Implied carbon prices by month, from the files", implied_files),
    "audit": ("Printed figures of the founding papers that do not recompute", audit),
}
"""Title and function of each exhibit, by its key, in the order of the page."""
