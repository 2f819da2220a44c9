"""The audit of the founding papers."""

from __future__ import annotations

import pytest

from carbonlink.errors import DataError
from carbonlink.facts import audit as module
from carbonlink.facts.audit import audit, evaluate
from carbonlink.facts.published import published

CONTRADICTIONS = {
    *("C02", "C04", "C05", "C06", "C14", "C20", "C21", "C22", "C23", "C24", "C26", "C27"),
    *("C28", "C36", "C37", "C44", "C49", "C50"),
}


def test_every_value_and_verdict_is_reproduced():
    checks = audit()
    assert len(checks) == 52
    assert checks["agrees"].all()
    assert (checks["value"] - checks["recorded_value"]).abs().max() < 5.1e-6


def test_the_eighteen_contradictions_are_the_known_ones():
    checks = audit()
    found = checks.loc[checks["verdict"] == "contradiction", "check_id"]
    assert set(found) == CONTRADICTIONS and len(found) == 18


def test_only_two_verdicts_rest_on_judgment_and_say_so():
    checks = audit()
    judged = checks[checks["basis"].str.startswith("judgment")]
    assert list(judged["check_id"]) == ["C14", "C27"]
    assert judged["printed"].isna().all() and judged["note"].notna().all()


def test_a_verdict_follows_the_numbers_not_the_record(monkeypatch):
    table = published("papers_consistency_checks").set_index("check_id", drop=False)
    table.loc["C01", "printed"] = "5329"
    table.loc["C06", "expression"] = "1260.91/1558.6*100"
    table.loc["C25", "printed"] = ">90"
    monkeypatch.setattr(module, "published", lambda name: table.reset_index(drop=True).copy())
    checks = audit().set_index("check_id")
    assert checks.loc["C01", "verdict"] == "contradiction"
    assert checks.loc["C06", "verdict"] == "consistent"
    assert checks.loc["C25", "verdict"] == "contradiction"
    assert not checks.loc[["C01", "C06", "C25"], "agrees"].any()


@pytest.mark.parametrize(
    ("printed", "expression", "verdict"),
    [
        ("5-7", "2.0*2", "contradiction"),
        ("5-7", "7", "consistent"),
        (">70", "70", "contradiction"),
        (">=70", "70", "consistent"),
        ("<=4", "4.01", "contradiction"),
        ("<4", "4", "contradiction"),
        ("13+", "13.834", "consistent"),
        ("13+", "14", "contradiction"),
        ("3000+", "3999", "consistent"),
        ("3000+", "4000", "contradiction"),
        ("42.85", "76.61/1.79", "consistent"),
        ("42.95", "76.61/1.79", "contradiction"),
        ("99.7", "1230/1236*100", "contradiction"),
    ],
)
def test_a_printed_figure_allows_what_its_digits_leave_open(
    monkeypatch, printed, expression, verdict
):
    table = published("papers_consistency_checks").head(1)
    table["printed"], table["expression"] = printed, expression
    monkeypatch.setattr(module, "published", lambda name: table.copy())
    assert audit()["verdict"].tolist() == [verdict]


def test_arithmetic_is_computed_and_nothing_else_runs():
    assert evaluate("-(1+2)*3/4") == -2.25
    assert evaluate("28.14e8/5088.95e4") == pytest.approx(55.2963)
    for wrong in ("__import__('os')", "2**9", "a+1", "[1]", "True", "1 if 1 else 2", "1/0", "("):
        with pytest.raises(DataError):
            evaluate(wrong)
