"""One error base and one warning base; every message carries its remedy."""

from __future__ import annotations

import datetime as dt
import difflib
import numbers
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


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
    hits = difflib.get_close_matches(str(name).casefold(), list(by_case), n=count, cutoff=0.55)
    return [by_case[h] for h in hits]


def check_choice(argument: str, value: object, allowed: Iterable[object]) -> None:
    """Raise `SpecificationError`, listing the allowed values, unless `value` is one of them."""
    allowed = list(allowed)
    if value not in allowed:
        listing = ", ".join(repr(a) for a in allowed)
        raise SpecificationError(f"{argument}={value!r} is not known.", f"Use one of: {listing}.")


_YEAR_FIRST = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?|月)?"
    r"|年|(\d{2})(\d{2}))?"
)


def check_day(argument: str, value: Any, *, partial: str = "") -> pd.Timestamp:
    """Return a date as midnight of its day, without time zone, or raise `SpecificationError`.

    Parameters
    ----------
    argument : str
        The argument's name, for the message.
    value : str, date or Timestamp
        Text has the year first ("2022-06-05", "2022/6/5", "20220605"); other text is refused,
        since 05/06/2022 is two days and pandas reads "June" as a day of this year.
    partial : {"", "first", "last"}
        Whether "2022" and "2022-06" mean the first or the last day of the year or month;
        refused when "".

    Examples
    --------
    >>> from carbonlink.errors import check_day
    >>> str(check_day("end", "2022-06", partial="last").date())
    '2022-06-30'
    """
    import numpy as np
    import pandas as pd

    year_alone = isinstance(value, numbers.Integral) and 1000 <= int(value) <= 9999
    text = str(value).strip() if isinstance(value, str) or year_alone else ""
    parts = _YEAR_FIRST.fullmatch(text)
    try:
        if not parts:
            known = isinstance(value, (dt.date, np.datetime64))
            day = pd.Timestamp(value) if known else pd.NaT
        else:
            year, month, number = parts[1], parts[2] or parts[4], parts[3] or parts[5]
            whole = pd.Period(f"{year}-{month}" if month else year, "M" if month else "Y")
            edge = {"first": whole.start_time, "last": whole.end_time}.get(partial, pd.NaT)
            day = pd.Timestamp(int(year), int(month), int(number)) if number else edge
    except ValueError:
        day = pd.NaT
    if pd.isna(day):
        hint = ' A year ("2021") or a month ("2021-06") will do.' if partial else ""
        raise SpecificationError(
            f"{argument}={value!r} is no date that reads in one way only.",
            f'Write the year first: "2021-06-30".{hint}',
        )
    return day.tz_localize(None).normalize()


def check_level(level: float) -> float:
    """Return a confidence level in (0, 1), or raise."""
    from numbers import Real

    if not isinstance(level, Real) or not 0 < float(level) < 1:
        raise SpecificationError(f"level={level!r} is no confidence level.", "Use 0.95 for 95 %.")
    return float(level)
