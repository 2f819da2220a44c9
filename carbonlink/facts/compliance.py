"""Compliance in one place: deadlines, cycles, windows, event time."""

from .cycles import Cycle, cycles, cycles_from_deadlines
from .deadlines import deadlines, due_dates
from .windows import days_to_deadline, event_time, window_mask

__all__ = [
    "Cycle",
    "cycles",
    "cycles_from_deadlines",
    "days_to_deadline",
    "deadlines",
    "due_dates",
    "event_time",
    "window_mask",
]
