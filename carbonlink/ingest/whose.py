"""Which market a file is: what it says itself, against what the user says."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import cast

from ..errors import DataError, UnknownMarketError
from ..facts import markets as registry
from .clean import tidy_text

_CODE = re.compile(r"(?P<code>[A-Z]+?)-?(?P<vintage>(?:20)?\d{2}(?:-(?:20)?\d{2})?)?(?:-1)?")
_OLD_CODES = {"SZEA": "SZA"}


@dataclass(frozen=True)
class Product:
    """A product code as traded, its vintage and the market it belongs to."""

    code: str
    vintage: str
    market: str | None


@functools.cache
def _markets_by_code() -> dict[str, list[str]]:
    table = registry.table()
    found: dict[str, list[str]] = {}
    for code, market in zip(table["product_code"], table["market"], strict=True):
        if isinstance(code, str) and code:
            found.setdefault(code, []).append(market)
    return found


@functools.cache
def product(text: str) -> Product:
    """Return the product that a code means; its market is None where the code does not settle it.

    Examples
    --------
    >>> from carbonlink.ingest.whose import product
    >>> product("TJEA24"), product("CCER").market
    (Product(code='TJEA', vintage='2024', market='tianjin'), None)
    """
    plain = "".join(tidy_text(text).upper().split())
    match = _CODE.fullmatch(plain)
    if match is None:
        return Product(plain, "", _resolved(plain))
    code = _OLD_CODES.get(match["code"], match["code"])
    markets = _markets_by_code().get(code, [])
    market = markets[0] if len(markets) == 1 else None
    return Product(code, _years(match["vintage"] or ""), market or _resolved(code))


def _years(vintage: str) -> str:
    years = [y if len(y) == 4 else f"20{y}" for y in vintage.split("-") if y]
    return "-".join(years)


def place(text: str) -> str | None:
    """Return the market that a place or market name means, or None."""
    plain = "".join(tidy_text(text).split())
    return _resolved(plain) or _resolved(plain.removesuffix("市").removesuffix("省"))


@functools.cache
def _resolved(name: str) -> str | None:
    if not name:
        return None
    try:
        return registry.resolve(name)
    except UnknownMarketError:
        return None


def settle_market(file: str, found: str | None, asked: str | None, evidence: str = "") -> str:
    """Return the market of a file.

    Parameters
    ----------
    file : str
        File name, for messages.
    found : str or None
        Market id that the file's content says.
    asked : str or None
        What the user says (`market=` or SOURCES.csv), in any spelling.
    evidence : str
        What in the file says `found`.

    Raises
    ------
    DataError
        Neither says it, or they contradict each other.
    """
    wanted = registry.resolve(asked) if asked else None
    if found is None and wanted is None:
        said = f" ({evidence})" if evidence else ""
        raise DataError(
            f"{file} does not say which market it holds{said}.",
            f'Say it: cl.read("{file}", market="..."), or in its row of SOURCES.csv: '
            "carbonlink data --register FILE --market ID.",
        )
    if found and wanted and found != wanted:
        raise DataError(
            f"{file} holds {found} ({evidence}), not {wanted} as asked.",
            "Leave market= out, or correct the market in SOURCES.csv.",
        )
    return cast(str, found or wanted)


def one_of(file: str, held: set[str], asked: str | None) -> str | None:
    """Return the market asked for of a file that holds several, or None for all of them."""
    if not asked:
        return None
    wanted = registry.resolve(asked)
    if wanted not in held:
        shown = ", ".join(sorted(held)[:12]) or "no market of the registry"
        raise DataError(
            f"{file} does not hold {wanted}; it holds {shown}.",
            "Leave market= out, or correct the market in SOURCES.csv.",
        )
    return wanted
