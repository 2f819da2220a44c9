"""The audit: what the founding papers print, recomputed from their own numbers."""

from __future__ import annotations

import ast
import operator
import re
from dataclasses import dataclass

import pandas as pd

from ..errors import DataError
from .published import published

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class _Interval:
    """A number with the range that its printed digits leave open."""

    value: float
    low: float
    high: float


def _literal(text: str) -> _Interval:
    """Read a number; a decimal one may have been rounded in its last place, a count not."""
    value = float(text)
    places = re.fullmatch(r"\d+\.(\d+)", text)
    half = 0.5 * 10.0 ** -len(places[1]) if places else 0.0
    return _Interval(value, value - half, value + half)


def _evaluate(node: ast.AST, text: str) -> _Interval:
    if isinstance(node, ast.Expression):
        return _evaluate(node.body, text)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return _literal(ast.get_source_segment(text, node) or "")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _evaluate(node.operand, text)
        return _Interval(-inner.value, -inner.high, -inner.low)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        act = _OPERATORS[type(node.op)]
        left, right = _evaluate(node.left, text), _evaluate(node.right, text)
        corners = [act(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
        return _Interval(act(left.value, right.value), min(corners), max(corners))
    raise DataError(
        f"The expression {text!r} is no plain arithmetic.", "Use numbers, + - * / and brackets."
    )


def evaluate(expression: str) -> float:
    """Compute an arithmetic expression of numbers, ``+ - * /`` and brackets; nothing else runs.

    Examples
    --------
    >>> from carbonlink.facts.audit import evaluate
    >>> round(evaluate("76.61/1.79"), 2)
    42.8
    """
    return _computed(expression).value


def _computed(expression: str) -> _Interval:
    try:
        return _evaluate(ast.parse(expression, mode="eval"), expression)
    except (SyntaxError, ZeroDivisionError) as error:
        raise DataError(
            f"The expression {expression!r} cannot be computed ({error}).", "Correct the row."
        ) from error


@dataclass(frozen=True)
class _Printed:
    """The values that a printed figure allows."""

    low: float
    high: float
    basis: str
    without_low: bool = False
    without_high: bool = False
    rounded: bool = False

    def allows(self, found: _Interval) -> bool:
        slack = 1e-9 * max(abs(found.value), 1.0)
        low, high = (found.low, found.high) if self.rounded else (found.value, found.value)
        above = high > self.low + slack if self.without_low else high >= self.low - slack
        below = low < self.high - slack if self.without_high else low <= self.high + slack
        return above and below


def _read_printed(text: str) -> _Printed | None:
    number = r"\d+(?:\.\d+)?"
    infinite = float("inf")
    if bound := re.fullmatch(rf"(>=|>|<=|<)\s*({number})", text):
        sign, at = bound[1], float(bound[2])
        if sign.startswith(">"):
            return _Printed(at, infinite, "printed bound", without_low=sign == ">")
        return _Printed(-infinite, at, "printed bound", without_high=sign == "<")
    if some := re.fullmatch(r"(\d+)\+", text):
        unit = 10 ** (len(some[1]) - len(some[1].rstrip("0")))
        low = float(some[1])
        return _Printed(low, low + unit, "printed round number and more", without_high=True)
    if span := re.fullmatch(rf"({number})-({number})", text):
        return _Printed(float(span[1]), float(span[2]), "printed range")
    if re.fullmatch(number, text):
        half = 0.5 * 10.0 ** -len(text.partition(".")[2])
        return _Printed(float(text) - half, float(text) + half, "printed number", rounded=True)
    return None


def _verdict(row: pd.Series) -> tuple[float, str, str]:
    found = _computed(str(row["expression"]))
    recorded = str(row["verdict"])
    if pd.isna(row["printed"]):
        if recorded == "computed":
            return found.value, "computed", "nothing printed to compare with"
        return found.value, recorded, "judgment on the note, not on a printed number"
    printed = _read_printed(str(row["printed"]).strip())
    if printed is None:
        raise DataError(
            f"{row['check_id']}: the printed figure {row['printed']!r} cannot be read.",
            "Write a number, a range a-b, a bound such as >70, or a round number such as 13+.",
        )
    verdict = "consistent" if printed.allows(found) else "contradiction"
    return found.value, verdict, printed.basis


def audit() -> pd.DataFrame:
    """Recompute the figures of the founding papers and say which do not fit.

    Returns
    -------
    DataFrame
        One row a check: ``check_id, market, source, source_location, description, unit,
        expression, value`` (recomputed), ``printed, printed_low, printed_high, verdict``
        (recomputed: "consistent", "contradiction" or "computed"), ``basis`` (what the verdict
        rests on), ``recorded_value, recorded_verdict, agrees, note``.

    Notes
    -----
    A figure is consistent with a printed number if some unrounded inputs give it after
    rounding: a decimal input may differ by half a unit of its last place, a count may not. A
    printed bound or range is taken as it stands; a round number with "and more" (3000余, 13多)
    reaches up to the next round number. Where nothing is printed beside the computed value, a
    recorded contradiction rests on judgment, and ``basis`` says so.

    Examples
    --------
    >>> import carbonlink as cl
    >>> checks = cl.audit()
    >>> checks["verdict"].value_counts().to_dict()["contradiction"]
    18
    """
    checks = published("papers_consistency_checks")
    checks = checks.rename(columns={"value": "recorded_value", "verdict": "recorded_verdict"})
    judged = [
        _verdict(row)
        for _, row in checks.rename(columns={"recorded_verdict": "verdict"}).iterrows()
    ]
    checks["value"], checks["verdict"], checks["basis"] = zip(*judged, strict=True)
    # Recorded values carry six digits after the point.
    close = (checks["value"] - checks["recorded_value"]).abs() <= 5.1e-6
    checks["agrees"] = close & (checks["verdict"] == checks["recorded_verdict"])
    return checks[
        [
            *("check_id", "market", "source", "source_location", "description", "unit"),
            *("expression", "value", "printed", "printed_low", "printed_high"),
            *("verdict", "basis", "recorded_value", "recorded_verdict", "agrees", "note"),
        ]
    ]
