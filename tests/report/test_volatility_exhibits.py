"""Stylised facts, persistence and volatility over time: numbers, words and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carbonlink as cl
from carbonlink.errors import CarbonlinkError
from carbonlink.report.exhibits import EXHIBITS
from carbonlink.report.exhibits.conditional_volatility import _as_many
from carbonlink.report.study import Study
from carbonlink.report.tables import printed

RAW = Path(__file__).parents[2] / "data" / "raw"
KEYS = ("stylised_facts", "volatility_models", "conditional_volatility")


@pytest.fixture(scope="module")
def made():
    study = Study(cl.load(["cea", "hubei", "tianjin"], raw=RAW))
    return study, {key: EXHIBITS[key][1](study) for key in KEYS}


def test_facts_are_those_of_the_returns(made):
    study, exhibits = made
    table = exhibits["stylised_facts"].table.set_index("market")
    fit = cl.volatility(study.panel, "tianjin", spec="garch")
    row = table.loc["tianjin"]
    assert row["n_eff"] == fit.nobs < row["sessions"]
    y = fit.resid + fit.params["mu"]
    assert row["sd"] == pytest.approx(y.std()) and row["largest"] == pytest.approx(y.abs().max())
    assert row["kurtosis"] == pytest.approx((((y - y.mean()) / y.std(ddof=0)) ** 4).mean())
    joint = fit.diagnostics().set_index("test").loc["Engle–Ng joint", "p_value"]
    assert row["sign_bias"] == pytest.approx(joint)


def test_persistence_is_that_of_the_models(made):
    study, exhibits = made
    table = exhibits["volatility_models"].table.set_index("market")
    fit = cl.volatility(study.panel, "hubei", spec="garch", dist="normal", window=None)
    assert table.loc["hubei", "genuine"] == pytest.approx(fit.persistence)
    egarch = cl.volatility(study.panel, "hubei")
    assert table.loc["hubei", "egarch-t"] == pytest.approx(egarch.persistence)
    assert table.loc["hubei", "effect"] == pytest.approx(egarch.window_effect.percent)
    assert table.loc["cea", "breaks"] == table.loc["cea", "genuine"]
    assert table.loc["cea", "breaks_found"] == 0 and table.loc["hubei", "breaks_found"] >= 1
    notes = exhibits["volatility_models"].notes
    assert any("without them where none is found" in note for note in notes)
    said = [n for result in exhibits["volatility_models"].results for n in result.notes]
    assert "cea, breaks: no break in the variance was found." in said


def test_breaks_and_trades_are_drawn_with_the_chance_of_a_match(made):
    _, exhibits = made
    found = exhibits["conditional_volatility"]
    table = exhibits["volatility_models"].table.set_index("market")
    drawn = found.drawn
    counts = drawn.groupby("market")["break"].sum()
    assert (counts == table.loc[counts.index, "breaks_found"]).all()
    chance = drawn.groupby("market")["trade_probability"].mean()
    idle = table.loc[chance.index, "idle"]
    np.testing.assert_allclose(100 * (1 - chance), idle, atol=3)
    assert f"of {int(counts.sum())} breaks" in found.takeaway
    assert any("with probability" in note for note in found.notes)


@pytest.mark.parametrize("key", KEYS)
def test_every_heading_is_its_own_and_every_figure_is_drawn(made, key):
    exhibit = made[1][key]
    assert exhibit.figure is not None and exhibit.takeaway.endswith(".")
    if exhibit.table is not None:
        assert printed(exhibit).shape[1] == len(exhibit.headings)


def test_the_probability_of_as_many_matches():
    assert _as_many(0, [0.1, 0.2]) == pytest.approx(1.0)
    assert _as_many(1, [0.1, 0.2]) == pytest.approx(1 - 0.9 * 0.8)
    assert _as_many(2, [0.1, 0.2]) == pytest.approx(0.02)


@pytest.mark.parametrize("key", KEYS)
def test_a_folder_without_allowances_is_refused(key):
    study = Study(cl.load(["gec"], raw=RAW))
    with pytest.raises(CarbonlinkError, match="allowance"):
        EXHIBITS[key][1](study)
