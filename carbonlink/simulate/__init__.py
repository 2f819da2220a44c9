"""Seeded data-generating processes with known truth, for examples, tests and demonstrations."""

from .returns import garch
from .systems import error_correction, var
from .trading import volumes

__all__ = ["error_correction", "garch", "var", "volumes"]
