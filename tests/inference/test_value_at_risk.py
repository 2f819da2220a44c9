"""Tests of risk forecasts: another library's numbers, closed forms, size."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from carbonlink.inference import value_at_risk as risk


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(7)
    spread = np.exp(0.3 * np.sin(np.arange(600) / 25))
    y = spread * rng.standard_normal(600)
    edge = -1.5 * spread**0.8
    return y, edge, y < edge


def test_tsecon_has_the_same_statistics(case):
    """tsecon 0.6.0, var_backtest(y, edge, alpha=0.05)."""
    _, edge, hits = case
    assert hits.sum() == 40
    found = risk.kupiec(hits, 0.05)
    assert found["statistic"] == pytest.approx(3.191039444813498, rel=1e-9)
    assert found["p_value"] == pytest.approx(0.07404291741361632, rel=1e-9)
    independent, coverage = risk.christoffersen(hits, 0.05)
    assert independent["statistic"] == pytest.approx(0.04494646210548581, rel=1e-9)
    found = risk.dynamic_quantile(hits, edge, 0.05)
    assert found["statistic"] == pytest.approx(9.851471003163738, rel=1e-9)
    assert found["p_value"] == pytest.approx(0.13104786621416847, rel=1e-9)
    later = risk.kupiec(hits[1:], 0.05)["statistic"]
    assert coverage["statistic"] == pytest.approx(later + independent["statistic"])


def test_no_exceedance_and_many():
    none = np.zeros(100, dtype=bool)
    assert risk.kupiec(none, 0.05)["statistic"] == pytest.approx(-200 * np.log(0.95))
    assert np.isnan(risk.christoffersen(none, 0.05)[0]["statistic"])
    half = np.arange(100) % 2 == 0
    independent = risk.christoffersen(half, 0.5)[0]
    assert independent["statistic"] == pytest.approx(2 * 99 * np.log(2), rel=0.01)
    assert risk.kupiec(half, 0.5)["p_value"] == pytest.approx(1.0)


def test_an_expected_shortfall_that_is_too_mild_is_found(case):
    rng = np.random.default_rng(3)
    y, q = rng.standard_normal(4000), stats.norm.ppf(0.05)
    edge, true = np.full(4000, q), -stats.norm.pdf(q) / 0.05
    hits, one = y < edge, np.ones(4000)
    right = risk.shortfall(y, hits, true * one, one)
    assert right["p_value"] > 0.05
    assert risk.shortfall(y, hits, (true + 0.2) * one, one)["p_value"] < 0.01
    assert risk.shortfall(y, hits, (true - 0.2) * one, one)["p_value"] > 0.9
    few = risk.shortfall(y[:20], hits[:20], true * one[:20], one[:20])
    assert "five are needed" in few["note"] and "p_value" not in few
    again = risk.shortfall(y, hits, true * one, one)
    assert again["p_value"] == right["p_value"]


@pytest.mark.slow
def test_size():
    """2,000 samples of 1,000 days: at 5 % they reject in 5, 8 (independence), 6 and 5 %."""
    rng = np.random.default_rng(1)
    rates = np.zeros(4)
    for _ in range(2000):
        y = rng.standard_normal(1000)
        edge = np.full(1000, stats.norm.ppf(0.05)) * (1 + 0.01 * rng.standard_normal(1000))
        hits = y < edge
        found = [
            risk.kupiec(hits, 0.05),
            *risk.christoffersen(hits, 0.05),
            risk.dynamic_quantile(hits, edge, 0.05),
        ]
        rates += [f["p_value"] < 0.05 for f in found]
    rates /= 2000
    assert (rates > 0.02).all() and (rates < 0.09).all()
