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


def test_simulated_laws_are_those_of_the_statistics(case):
    _, edge, hits = case
    found = risk.coverage_tests(hits, edge, 0.05, draws=199, rng=1)
    plain = risk.coverage_tests(hits, edge, 0.05, draws=0)
    assert [f["statistic"] for f in found] == [f["statistic"] for f in plain]
    assert all("Monte Carlo" in f["reference"] for f in found)
    assert all("chi-squared" in f["reference"] for f in plain)
    sample = np.random.default_rng(2).random((40, 600)) < 0.05
    many = risk._statistics(sample, edge, 0.05)
    for i, one in enumerate(sample):
        each = [f["statistic"] for f in risk.coverage_tests(one, edge, 0.05, draws=0)]
        np.testing.assert_allclose([law[i] for law in many], each, rtol=1e-9, atol=1e-9)
    large = risk.coverage_tests(hits, edge, 0.05, draws=1999, rng=1)
    for f, g in zip(large, plain, strict=True):
        assert f["p_value"] == pytest.approx(g["p_value"], abs=0.06)
    flat = risk.coverage_tests(hits, np.full(600, -1.5), 0.05, draws=99)
    assert "collinear" in flat[-1]["note"] and 0 < flat[-1]["p_value"] <= 1


@pytest.mark.slow
@pytest.mark.parametrize("n, level", [(500, 0.01), (1000, 0.01), (500, 0.05)])
def test_size(n, level):
    """2,000 samples, 199 draws: 3.5 to 6.5 %; the chi-squared law of DQ has 17 % at 1 %, 500."""
    rng = np.random.default_rng(1)
    edge = stats.norm.ppf(level) * np.exp(0.3 * np.sin(np.arange(n) / 25))
    rates = np.zeros(4)
    for i in range(2000):
        found = risk.coverage_tests(rng.random(n) < level, edge, level, 199, i)
        rates += [f.get("p_value", 1.0) <= 0.05 for f in found]
    rates /= 2000
    assert (rates > 0.035).all() and (rates < 0.065).all(), rates
