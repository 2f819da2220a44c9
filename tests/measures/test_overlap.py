"""Overlap of instruments: closed forms, identities, bounds and rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError


def ledger(**more):
    rows = {
        "entity": ["A", "A", "B", "C", "C"],
        "instrument": ["ets", "eur", "ets", "eur", "ets"],
        "tonnes": [100.0, 40.0, 50.0, 10.0, 30.0],
    }
    return pd.DataFrame({**rows, **more})


def test_a_worked_ledger():
    row = cl.overlap(ledger()).table.iloc[0]
    assert (row["entities_first"], row["entities_second"], row["entities_both"]) == (3, 2, 2)
    assert row["jaccard"] == pytest.approx(2 / 3)
    assert row["tonnes_both"] == 50
    assert row["share_of_first"] == pytest.approx(50 / 180)
    assert row["share_of_second"] == pytest.approx(1.0)


def test_claims_of_one_entity_add_up():
    twice = pd.concat([ledger(), ledger()])
    row = cl.overlap(twice.reset_index(drop=True)).table.iloc[0]
    assert row["tonnes_both"] == 100 and row["jaccard"] == pytest.approx(2 / 3)


def test_disjoint_and_identical_instruments():
    apart = pd.DataFrame({"entity": ["A", "B"], "instrument": ["x", "y"], "tonnes": [1.0, 2.0]})
    row = cl.overlap(apart).table.iloc[0]
    assert row["jaccard"] == 0 and row["tonnes_both"] == 0
    same = pd.DataFrame({"entity": ["A", "A"], "instrument": ["x", "y"], "tonnes": [3.0, 3.0]})
    row = cl.overlap(same).table.iloc[0]
    assert row["jaccard"] == 1 and row["share_of_first"] == row["share_of_second"] == 1


def test_double_claims_are_those_beyond_the_largest():
    found = cl.overlap(ledger(certificate=["1", "1", "2", "3", "4"]))
    assert found.double_claim_ratio == pytest.approx(40 / 190)
    assert found.double_claims.to_dict("records") == [
        {"certificate": "1", "claims": 2, "claimed": 140.0, "unique": 100.0,
         "instruments": "ets, eur"}
    ]  # fmt: skip
    unique = cl.overlap(ledger(certificate=list("abcde")))
    assert unique.double_claim_ratio == 0 and unique.double_claims.empty


def test_rules_hold_from_their_date():
    claims = pd.DataFrame(
        {
            "entity": ["A", "B", "C", "D"],
            "instrument": ["gec", "ccer", "gec", "ccer"],
            "tonnes": [1.0, 1.0, 2.0, 2.0],
            "certificate": ["old", "old", "new", "new"],
            "date": ["2023-01-01", "2024-09-10", "2024-09-12", "2024-10-01"],
        }
    )
    found = cl.overlap(claims)
    assert list(found.excluded["certificate"]) == ["new", "new"]
    assert found.excluded["rule"].str.contains("cancelled").all()


def test_what_is_not_known_is_said():
    assert "cannot be counted" in cl.overlap(ledger()).notes[0]
    found = cl.overlap(ledger(certificate=["1", None, "2", "3", "4"]))
    assert any("1 claims without" in note for note in found.notes)
    assert any("No dates" in note for note in found.notes)


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_bounds_hold_for_every_pair_of_sets(first, data):
    second = data.draw(st.lists(st.booleans(), min_size=len(first), max_size=len(first)))
    a, b = np.array(first), np.array(second)
    found = cl.overlap({"a": a.sum(), "b": b.sum()}, universe=len(a)).table.iloc[0]
    assert found["lower"] <= (a & b).sum() <= found["upper"]


def test_refusals():
    with pytest.raises(DataError, match="no column tonnes"):
        cl.overlap(ledger().drop(columns="tonnes"))
    with pytest.raises(DataError, match="Row 2"):
        cl.overlap(ledger(tonnes=[1, 1, -1, 1, 1]))
    with pytest.raises(DataError, match="Row 1"):
        cl.overlap(ledger(entity=["A", None, "B", "C", "C"]))
    with pytest.raises(DataError, match="one instrument"):
        cl.overlap(ledger(instrument="ets"))
    with pytest.raises(SpecificationError, match="universe"):
        cl.overlap({"a": 1.0, "b": 2.0})
    with pytest.raises(SpecificationError, match="between 0 and the universe"):
        cl.overlap({"a": 1.0, "b": 20.0}, universe=10)
    with pytest.raises(SpecificationError, match="no use with a ledger"):
        cl.overlap(ledger(), universe=10)
    with pytest.raises(DataError, match="One total"):
        cl.overlap({"a": 1.0}, universe=10)


@pytest.mark.parametrize(
    ("claims", "universe", "words"),
    [
        ({"a": "x", "b": 1.0}, 3.0, "a='x' is no number"),
        ({"a": 1.0, "b": 1.0}, "all", "universe='all' is no number"),
        ({"a": float("nan"), "b": 1.0}, 3.0, "total of a is nan"),
    ],
)
def test_totals_that_are_no_numbers_are_named(claims, universe, words):
    with pytest.raises(SpecificationError, match=words):
        cl.overlap(claims, universe)


def test_a_date_that_is_none_is_named():
    ledger = pd.DataFrame({"entity": ["a", "a"], "instrument": ["gec", "ccer"], "tonnes": [1, 2]})
    with pytest.raises(DataError, match="Row 1 of the ledger: date='soon'"):
        cl.overlap(ledger.assign(date=["2024-05-31", "soon"]))
