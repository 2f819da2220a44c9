"""One error base and one warning base; every message carries its remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CarbonlinkError(Exception):
    """Base of every error that carbonlink raises on purpose.

    Parameters
    ----------
    message : str
        What is wrong, naming the file, row, market or argument.
    remedy : str, optional
        What the user can do about it.

    Examples
    --------
    >>> import carbonlink as cl
    >>> try:
    ...     cl.VAR(cl.simulate.var(100, rng=1), lags=0)
    ... except cl.CarbonlinkError as error:
    ...     bool(error.remedy)
    True
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        # A cell that is quoted may hold line breaks; the message stays one line.
        self.message = " ".join(message.splitlines())
        self.remedy = " ".join(remedy.splitlines())

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class DataError(CarbonlinkError, ValueError):
    """A file or a series cannot be used as it is."""


class UnknownLayoutError(DataError):
    """No reader knows the file's header."""


class RegistrationError(DataError):
    """A raw file is not in SOURCES.csv, or is not the file registered there."""


class UnknownMarketError(CarbonlinkError, LookupError):
    """A market name is not in the registry or not in the panel."""


class DeadlineError(CarbonlinkError, LookupError):
    """A market or cycle has no usable compliance deadline."""


class SpecificationError(CarbonlinkError, ValueError):
    """An argument does not have an allowed value."""


class TooFewObservationsError(CarbonlinkError, ValueError):
    """The sample cannot carry the statement asked of it."""


class ConvergenceError(CarbonlinkError, RuntimeError):
    """An optimiser stopped without an optimum."""


class OutputError(CarbonlinkError, OSError):
    """An output cannot be written."""


class CarbonlinkWarning(UserWarning):
    """Base of every warning that carbonlink gives.

    Examples
    --------
    >>> import warnings
    >>> import carbonlink as cl
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", cl.CarbonlinkWarning)
    ...     fitted = cl.VAR(cl.simulate.var(100, rng=1), lags=1).fit()
    """


def near(name: object, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known names that look most like `name`."""
    known = list(known)
    by_case = {k.casefold(): k for k in known}
    hits = difflib.get_close_matches(str(name).casefold(), list(by_case), n=count, cutoff=0.5)
    return [by_case[h] for h in hits]


def check_choice(argument: str, value: object, allowed: Iterable[object]) -> None:
    """Raise `SpecificationError`, listing the allowed values, unless `value` is one of them."""
    allowed = list(allowed)
    if value not in allowed:
        listing = ", ".join(repr(a) for a in allowed)
        raise SpecificationError(f"{argument}={value!r} is not known.", f"Use one of: {listing}.")


def check_level(level: float) -> float:
    """Return a confidence level in (0, 1), or raise."""
    if not 0 < float(level) < 1:
        raise SpecificationError(f"level={level!r} is no confidence level.", "Use 0.95 for 95 %.")
    return float(level)
