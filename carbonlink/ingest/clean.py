"""Text and numbers as exchanges and vendors print them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import numpy as np
import pandas as pd

MISSING = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "#n/a",
        "#n/a n/a",
        "#n/an/a",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
    )
    + ("#value!", "#div/0!", "#ref!", "nat", "无", "/", "...")
)
_SCALES = {
    "": 1.0,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "万": 1e4,
    "亿": 1e8,
}
_NUMBER = re.compile(
    r"[¥$€]?(?P<sign>[+-]?)[¥$€]?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<exponent>e[+-]?\d+)?"
    r"(?P<scale>[kmb万亿]?)(?P<unit>吨|元|元/吨|t)?"
)
_DECIMAL = b"0123456789.+-eE\n"
_NAN, _HUGE = float("nan"), float("inf")


def tidy_text(cell: object) -> str:
    """Return a cell as text with full-width characters made plain and blanks trimmed."""
    return unicodedata.normalize("NFKC", str(cell)).strip()


def heading(cell: object) -> str:
    """Return a heading with full-width characters made plain and all blanks taken out."""
    return "".join(tidy_text(cell).split())


def is_missing(cell: object) -> bool:
    """Return whether a cell is empty or one of the marks that stand for a missing value."""
    if cell is None:
        return True
    if isinstance(cell, str):
        return tidy_text(cell).casefold() in MISSING
    return isinstance(cell, float) and cell != cell


def number(cell: object) -> float | None:
    """Return one printed number, NaN where it is missing, None where it is no number.

    Examples
    --------
    >>> from carbonlink.ingest.clean import number
    >>> [number(t) for t in ("１，２３４．５", "157.49K", "3.2万吨", "(2.5)", "12x")]
    [1234.5, 157490.0, 32000.0, -2.5, None]
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float, np.integer, np.floating)):
        try:
            value = float(cell)
        except OverflowError:
            return None
        return None if np.isinf(value) else value
    if not isinstance(cell, str):
        return float("nan") if is_missing(cell) else None
    text = tidy_text(cell).replace(" ", "").replace("−", "-").casefold()
    if text in MISSING:
        return float("nan")
    bracketed = is_bracketed(text)
    match = _NUMBER.fullmatch(text[1:-1] if bracketed else text)
    if match is None or (bracketed and match["sign"]):
        return None
    plain = match["sign"] + match["digits"].replace(",", "") + (match["exponent"] or "")
    value = float(plain) * _SCALES[match["scale"]]
    if match["scale"]:
        value = float(f"{value:.12g}")
    if not np.isfinite(value):
        return None
    return 0.0 - value if bracketed else value


def parted(text: str) -> tuple[str, float, str]:
    """Return a printed number without the unit behind it, the unit's multiple, and the unit.

    Examples
    --------
    >>> from carbonlink.ingest.clean import parted
    >>> parted("1.2万吨"), parted("(3 亿)"), parted("x")
    (('1.2', 10000.0, '吨'), ('(3)', 100000000.0, ''), ('x', 1.0, ''))
    """
    plain = tidy_text(text).replace(" ", "").replace("−", "-").casefold()
    bracketed = is_bracketed(plain)
    match = _NUMBER.fullmatch(plain[1:-1] if bracketed else plain)
    if match is None or not (match["scale"] or match["unit"]):
        return text, 1.0, ""
    bare = match[0][: match.start("scale")]
    return f"({bare})" if bracketed else bare, _SCALES[match["scale"]], match["unit"] or ""


def is_bracketed(cell: object) -> bool:
    """Return whether a cell stands in brackets, as accountants print a negative number."""
    if not isinstance(cell, str):
        return False
    text = tidy_text(cell)
    return text.startswith("(") and text.endswith(")")


def numbers(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return printed cells as floats, and where they hold something that is no number.

    Parameters
    ----------
    cells : Series
        Cells of one column as received.

    Returns
    -------
    values : ndarray of float
        NaN where the cell is missing or no number. Single-precision dust is taken off:
        29.420000076293945 is 29.42.
    bad : ndarray of bool
    """
    table = cells.to_numpy(dtype=object)
    values = _decimals(table)
    if values is not None:
        return without_dust(values), np.zeros(len(table), bool)
    found = [_quick(cell) for cell in table]
    bad = np.array([value is None for value in found], bool)
    return without_dust(np.array(found, dtype=float)), bad


def _decimals(table: np.ndarray) -> np.ndarray | None:
    """Floats of a column that is nothing but plain decimals and empty text, else None."""
    try:
        joined = "\n".join(table.tolist())
    except TypeError:
        return None
    if not joined.isascii() or joined.encode().translate(None, _DECIMAL):
        return None
    filled, values = table != "", np.full(len(table), np.nan)
    try:
        values[filled] = table[filled].astype(float)
    except ValueError:
        return None
    return None if np.isinf(values).any() else values


def _quick(cell: object) -> float | None:
    """`number`, at once for plain decimals; float() is exact, but reads inf, nan and 1_000 too."""
    if type(cell) is str:
        if not cell:
            return _NAN
        try:
            value = float(cell)
        except ValueError:
            return number(cell)
        return value if -_HUGE < value < _HUGE and "_" not in cell else number(cell)
    return number(cell)


def without_dust(values: np.ndarray) -> np.ndarray:
    """Return values that went through single precision as the decimals they were.

    Notes
    -----
    Only a value with more than six decimals that single precision holds exactly is changed, to
    the shortest decimal of that single-precision number.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        single = values.astype(np.float32)
        dusty = (single.astype(float) == values) & (np.round(values, 6) != values)
    if not dusty.any():
        return values
    clean = values.copy()
    clean[dusty] = [float(str(v)) for v in single[dusty]]
    return clean


def excel_serial(day: float) -> dt.datetime:
    """Return the date of an Excel serial number of the 1900 system."""
    return dt.datetime(1899, 12, 30) + dt.timedelta(days=float(day))
