"""The template of a table of one's own: its columns, their units, an example that is no data."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from .. import artifacts
from ..errors import OutputError
from ..facts import markets as registry
from .schema import COLUMNS, DESCRIPTIONS, PRICE_KINDS, TRADES

_MADE_BY_THE_READER = "source"
_EXAMPLE = {
    "market": "hubei",
    "product": "HBEA",
    "vintage": "",
    "trade": "total",
    "date": "2024-08-30",
    "open": "42.10",
    "high": "44.99",
    "low": "42.05",
    "close": "42.07",
    "vwap": "42.50",
    "volume": "1000",
    "value": "42500",
    "price_kind": "close",
}


def template_text() -> str:
    """Return the template: lines that begin with # explain, the last line is the header.

    Notes
    -----
    Lines above the header are no data, so the example row cannot end among the numbers if it is
    forgotten there.
    """
    columns = [name for name in COLUMNS if name != _MADE_BY_THE_READER]
    facts = registry.table()
    units = (
        f"{row.market} (price {row.price_unit} / volume {row.unit})" for row in facts.itertuples()
    )
    lines = [
        ["# A table of one's own for carbonlink. The lines above its header are not read."],
        ["# Needed: date and one number. A column that is not needed may be taken out."],
        ["# A missing number is an empty cell. Nothing is converted: use the units of the market."],
        *([f"# {name}: {DESCRIPTIONS[name]}"] for name in columns),
        [f"# trade is one of {' / '.join(TRADES)}"],
        [f"# price_kind is one of {' / '.join(PRICE_KINDS)}"],
        [f"# markets: {' / '.join(units)}"],
        ["# price_unit / unit / currency may be columns too and must be those of the market."],
        ["# The next line is an example and no data. Put your rows below the header."],
        [f"# {_EXAMPLE[columns[0]]}", *(_EXAMPLE[name] for name in columns[1:])],
        columns,
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def write_template(file: str | Path) -> Path:
    """Write the template to a file that is not there yet, and return its path."""
    path = Path(file)
    if path.exists() or path.is_symlink():
        raise OutputError(f"{path} is there already.", "Name a file that is not.")
    if path.suffix.lower() != ".csv":
        raise OutputError(f"{path} is no csv file.", "Name it with the suffix .csv.")
    return artifacts.write_text(path, template_text())
