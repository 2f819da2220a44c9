"""How anything is written: to a temporary name, then renamed; stable bytes; neutral cells."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import OutputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_HASH_BLOCK = 1 << 20


def sha256(path: str | Path) -> str:
    """Return the sha256 of a file as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def make_folder(path: str | Path) -> Path:
    """Create a folder and its parents, or say in one sentence why that cannot be done."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path, prefix=".carbonlink-"):
            pass
    except OSError as error:
        raise OutputError(
            f"The output folder {path} cannot be written ({error.strerror}).",
            "Name another folder with --out, or change its permissions.",
        ) from error
    return path


def write_bytes(path: str | Path, content: bytes) -> Path:
    """Write bytes to a temporary name beside `path` and rename it over `path`."""
    path = Path(path)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise OutputError(
            f"{path} cannot be written ({error.strerror}).",
            "Close the program that holds it, or name another folder.",
        ) from error
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str | Path, text: str) -> Path:
    """Write text as UTF-8 with line feeds."""
    return write_bytes(path, text.encode("utf-8"))


def write_json(path: str | Path, content: Any) -> Path:
    """Write JSON with two-space indents and Chinese characters as they are."""
    return write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def neutral(cell: Any) -> Any:
    """Return a text cell that no spreadsheet runs as a formula; numbers stay, also as text."""
    if isinstance(cell, str) and cell.lstrip(" \u3000\xa0").startswith(_FORMULA_STARTS):
        return cell if _NUMBER.fullmatch(cell) else "'" + cell
    return cell


def neutral_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every text cell and column name neutralised."""
    safe = frame.rename(columns=neutral, index=neutral)
    for column, dtype in safe.dtypes.items():
        if dtype.kind not in "biufcmM":
            safe[column] = safe[column].map(neutral)
    return safe


def csv_text(frame: pd.DataFrame, index: bool = False) -> str:
    """Return a frame as csv text: line feeds, shortest round-trip numbers, neutral cells."""
    return neutral_frame(frame).to_csv(index=index, lineterminator="\n")


def write_csv(path: str | Path, frame: pd.DataFrame, index: bool = False) -> Path:
    """Write a frame as UTF-8 csv for people and programs."""
    return write_text(path, csv_text(frame, index=index))


def svg_text(figure: Figure) -> str:
    """Return a matplotlib figure as svg text that is the same on every save."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "carbonlink", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "carbonlink"})
    return buffer.getvalue()


def write_svg(path: str | Path, figure: Figure) -> Path:
    """Write a matplotlib figure as svg, byte for byte the same on every save."""
    return write_text(path, svg_text(figure))


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it: labels to text, arrays to lists, NaN to None."""
    import numpy as np
    import pandas as pd

    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (pd.Series, pd.Index, np.ndarray, list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value)
        return [plain(v) for v in items]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, pd.Timestamp):
        return value.isoformat() if value != value.normalize() else value.date().isoformat()
    return str(value)


def latex_table(
    frame: pd.DataFrame, caption: str = "", label: str = "", notes: tuple[str, ...] = ()
) -> str:
    """Return a frame of text cells as a booktabs table with its notes underneath."""
    kinds = "".join("l" if i == 0 else "r" for i in range(frame.shape[1]))
    body = frame.to_latex(index=False, escape=True, na_rep="", column_format=kinds)
    lines = [r"\begin{table}[htbp]", r"\centering"]
    if caption:
        lines.append(rf"\caption{{{latex_escape(caption)}}}")
    if label:
        lines.append(rf"\label{{{label}}}")
    lines.append(body.rstrip())
    lines += [rf"\par\footnotesize {latex_escape(note)}" for note in notes]
    return "\n".join([*lines, r"\end{table}", ""])


def write_tex(path: str | Path, text: str) -> Path:
    """Write LaTeX text (UTF-8; Chinese needs XeLaTeX or LuaLaTeX with a CJK font)."""
    return write_text(path, text)


_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def latex_escape(text: str) -> str:
    """Return text with LaTeX's special characters escaped."""
    return "".join(_LATEX.get(character, character) for character in text)
