"""The template of a table of one's own: its columns, their units, an example that is no data."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from .. import artifacts
from ..errors import OutputError, check_choice
from ..facts import markets as registry
from . import chinese
from .schema import COLUMNS, DESCRIPTIONS, PRICE_KINDS, TRADES

LANGUAGES = ("en", "zh")

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


_CHINESE_EXAMPLE = {"market": "湖北", "trade": "合计", "price_kind": "收盘价"}


def template_text(language: str = "en") -> str:
    """Return the template: lines that begin with # explain, the last line is the header.

    Parameters
    ----------
    language : {"en", "zh"}
        Of the headings and of what explains them.

    Notes
    -----
    Lines above the header are no data, so the example row cannot end among the numbers if it is
    forgotten there.
    """
    check_choice("language", language, LANGUAGES)
    columns = [name for name in COLUMNS if name != _MADE_BY_THE_READER]
    facts = registry.table()
    units = [
        f"{row.market} (price {row.price_unit} / volume {row.unit})" for row in facts.itertuples()
    ]
    if language == "zh":
        headings, example = list(map(chinese.heading_of, columns)), _EXAMPLE | _CHINESE_EXAMPLE
        preface = _in_chinese(columns, units)
    else:
        headings, example, preface = columns, _EXAMPLE, _in_english(columns, units)
    lines = [
        *([f"# {line}"] for line in preface),
        [f"# {example[columns[0]]}", *(example[name] for name in columns[1:])],
        headings,
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _in_english(columns: list[str], units: list[str]) -> list[str]:
    return [
        "A table of one's own for carbonlink. The lines above its header are not read.",
        "Needed: date and one number. A column that is not needed may be taken out.",
        "A missing number is an empty cell. Nothing is converted: use the units of the market.",
        *(f"{name}: {DESCRIPTIONS[name]}" for name in columns),
        f"trade is one of {' / '.join(TRADES)}",
        f"price_kind is one of {' / '.join(PRICE_KINDS)}",
        f"markets: {' / '.join(units)}",
        "price_unit / unit / currency may be columns too and must be those of the market.",
        "The next line is an example and no data. Put your rows below the header.",
    ]


def _in_chinese(columns: list[str], units: list[str]) -> list[str]:
    return [
        "carbonlink 自有数据表模板。表头以上各行不会被读入。",
        "必填：日期和至少一列数字；不需要的列可以删去。",
        "缺失的数字留空。不做任何单位换算：请使用该市场的单位。",
        *(f"{chinese.heading_of(name)}: {chinese.EXPLAINED[name]}" for name in columns),
        f"交易方式可写：{' / '.join([*chinese.TRADES, *TRADES])}",
        f"价格类型可写：{' / '.join([*chinese.PRICE_KINDS, *PRICE_KINDS])}",
        f"市场（价格单位 / 数量单位）：{' / '.join(units)}",
        "还可以有 价格单位 / 单位 / 币种 三列，须与该市场一致。",
        "下一行是示例，不是数据。请把数据写在表头之下。",
    ]


def write_template(file: str | Path, language: str = "en") -> Path:
    """Write the template to a file that is not there yet, and return its path.

    Notes
    -----
    A Chinese one begins with a byte-order mark, without which spreadsheet programs on a Chinese
    system take it for GBK.
    """
    path = Path(file)
    if path.exists() or path.is_symlink():
        raise OutputError(f"{path} is there already.", "Name a file that is not.")
    if path.suffix.lower() != ".csv":
        raise OutputError(f"{path} is no csv file.", "Name it with the suffix .csv.")
    encoding = "utf-8-sig" if language == "zh" else "utf-8"
    return artifacts.write_bytes(path, template_text(language).encode(encoding))
