"""How results are printed: numbers, p-values, days and tables as text and html."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Summary:
    """A printed table: text in a console, html in a notebook."""

    text: str
    page: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.page


def day(label: Any) -> str:
    """Return an index label as text: ISO date for a midnight timestamp."""
    if isinstance(label, pd.Timestamp):
        midnight = label == label.normalize()
        return label.date().isoformat() if midnight else label.isoformat(sep=" ")
    return str(label)


def describe(value: Any) -> str:
    """Return a specification value as text without addresses or array dumps."""
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    if isinstance(value, pd.Timestamp):
        return day(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(describe(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k}={describe(v)}" for k, v in value.items())
    return str(value)


def headline(value: Any) -> str:
    """Return a headline figure as text: rounded as in tables, but at least to two decimals."""
    if not isinstance(value, (float, np.floating)):
        return describe(value)
    return f"{value:,.2f}" if 1000 <= abs(float(value)) < 1e15 else format_number(float(value))


def format_number(value: float, digits: int = 4) -> str:
    """Return a number with about `digits` significant digits, thousands separated."""
    if value is None or not np.isfinite(value):
        return "" if value is None or np.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0:
        return "0"
    size = abs(value)
    if size < 10.0 ** (1 - digits) / 10 or size >= 1e15:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - int(np.floor(np.log10(size))))
    return f"{value:,.{min(decimals, digits + 2)}f}"


def format_p(value: float) -> str:
    """Return a p-value with four decimals, never as zero."""
    if value is None or np.isnan(value):
        return ""
    return "<0.0001" if value < 0.00005 else f"{value:.4f}"


def estimate_cell(estimate: float, std_error: float) -> str:
    """Return "estimate (standard error)"."""
    tail = f" ({format_number(std_error)})" if np.isfinite(std_error) else ""
    return format_number(estimate) + tail


def printable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of text cells, without columns that are empty throughout."""
    shown: dict[Any, list[str]] = {}
    for name, column in frame.items():
        if name in ("p_value", "p"):
            shown[name] = [format_p(v) for v in column]
        elif column.dtype.kind == "f":
            shown[name] = [format_number(v) for v in column]
        elif column.dtype.kind == "M":
            shown[name] = [day(v) if pd.notna(v) else "" for v in column]
        else:
            shown[name] = ["" if pd.isna(v) else str(v) for v in column]
    text = pd.DataFrame(shown, index=frame.index)
    return text[[c for c in text if (text[c] != "").any()]]


def render_summary(
    title: str, facts: list[tuple[str, str]], table: pd.DataFrame, notes: tuple[str, ...]
) -> Summary:
    """Lay out a title, facts, a table of text cells and notes as text and html."""
    body = table.to_string(index=False) if len(table) else ""
    facts = [(k, v) for k, v in facts if v != ""]
    lines = [title, "=" * len(title), *(f"{k}: {v}" for k, v in facts), "", body]
    lines += ["", *(f"Note: {n}" for n in notes)] if notes else []
    rows = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in facts)
    page = f"<h4>{html.escape(title)}</h4><table>{rows}</table>" + table.to_html(
        index=False, border=0, escape=True
    )
    page += "".join(f"<p><small>{html.escape(n)}</small></p>" for n in notes)
    return Summary("\n".join(lines).rstrip() + "\n", page)
