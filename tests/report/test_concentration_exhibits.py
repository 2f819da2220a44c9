"""The exhibits on deadlines, prices and shares say what their numbers are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carbonlink as cl
from carbonlink.report import exhibits
from carbonlink.report.study import Study

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


def show(study: Study, key: str):
    return exhibits.EXHIBITS[key][1](study)


@pytest.fixture(scope="module")
def study():
    return Study(cl.load(["cea", "guangdong", "hubei", "shanghai"], raw=RAW), draws=99)


def test_prices_before_deadlines(study):
    shown = show(study, "deadline_prices")
    (result,) = shown.results
    assert f"{result.run_up:+.1f} %" in shown.takeaway
    assert f"Over {len(result.events)} deadlines" in shown.takeaway
    assert f"p = {result.pvalue:.2f}" in shown.takeaway
    assert len(shown.figure.axes) == 4
    assert shown.synthetic


def test_one_market_has_too_few_dates_and_says_so():
    shown = show(Study(cl.load(["cea"], raw=RAW), draws=99), "deadline_prices")
    assert "too few separate dates" in shown.takeaway


def test_no_allowance_market_is_refused():
    with pytest.raises(cl.CarbonlinkError):
        show(Study(cl.load(["gec"], raw=RAW), draws=99), "deadline_prices")
    with pytest.raises(cl.CarbonlinkError):
        show(Study(cl.load(["gec"], raw=RAW), draws=99), "market_concentration")


def test_every_cycle_has_adjusted_p_values_and_a_best_window(study):
    table = show(study, "concentration_cycles").table
    cycles = table[table["cycle"].ne("pooled")]
    assert (cycles["p_holm"] >= cycles["p_value"]).all()
    assert (cycles["p_by"] >= cycles["p_value"]).all()
    assert cycles["best_window"].between(1, 120).all()
    pooled = table[table["cycle"].eq("pooled")].iloc[0]
    assert np.isnan(pooled["p_holm"]) and np.isfinite(pooled["best_theil_share"])


def test_market_quality_has_amihud_by_year(study):
    shown = show(study, "quality")
    years = cl.liquidity(study.panel, "hubei", "Y", measures="amihud", minimum=20).table
    row = shown.table[shown.table["market"].eq("hubei")].set_index("year")["amihud"]
    np.testing.assert_allclose(row.to_numpy(float), years["amihud"].to_numpy(float))
    assert "times as far" in shown.takeaway


def test_shares_of_markets(study):
    shown = show(study, "market_concentration")
    last = shown.table.iloc[-1]
    assert f"{last['largest_pct']:.0f} %" in shown.takeaway
    assert (shown.table["lower"] <= shown.table["hhi"]).all()
