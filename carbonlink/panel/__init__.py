"""The panel: markets side by side, with prices, quantities, returns and trade-quality flags."""

from .loading import assemble, load
from .reconcile import reconcile
from .table import Panel

__all__ = ["Panel", "assemble", "load", "reconcile"]
