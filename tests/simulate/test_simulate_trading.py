"""Simulated volumes crowd as asked, and prints obey the exchange's rules."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonlink import simulate
from carbonlink.errors import SpecificationError
from carbonlink.simulate.quotes import limit_bounds


def shares(volume, deadlines, window):
    """The window's share of each cycle."""
    cuts = volume.index.get_indexer(deadlines) + 1
    found = []
    for start, end in zip([0, *cuts[:-1]], cuts, strict=True):
        found.append(volume.iloc[end - window : end].sum() / volume.iloc[start:end].sum())
    return np.array(found)


def test_the_window_has_its_expected_share():
    volume, deadlines = simulate.volumes(cycles=400, days=200, window=20, intensity=4, rng=1)
    assert len(volume) == 80_000 and len(deadlines) == 400
    assert (volume.index.day_of_week < 5).all() and deadlines[-1] == volume.index[-1]
    assert (volume == 0).mean() == pytest.approx(0.2, abs=0.01)
    inside = np.arange(80_000) % 200 >= 180
    assert volume[inside].mean() / volume[~inside].mean() == pytest.approx(4, rel=0.08)
    plain, days = simulate.volumes(cycles=400, days=200, window=20, intensity=1, rng=1)
    assert shares(plain, days, 20).mean() == pytest.approx(0.1, abs=0.01)


def test_log_volume_has_its_persistence():
    volume, _ = simulate.volumes(cycles=1, days=50_000, window=1, zero_share=0, persistence=0.6)
    log_volume = np.log(volume)
    assert log_volume.autocorr() == pytest.approx(0.6, abs=0.02)
    assert log_volume.std() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("wrong", [{"window": 500}, {"persistence": 1.0}, {"intensity": 0.0}])
def test_volumes_that_cannot_be_are_refused(wrong):
    with pytest.raises(SpecificationError):
        simulate.volumes(**wrong)


def test_a_rush_has_its_share_exactly_and_days_outside_none():
    days = pd.bdate_range("2020-01-01", periods=700)
    rush = simulate.Rush(start=days[100], end=days[399], window=40, share=0.55)
    volume = simulate.crowded_volumes(days, [rush], 1e5, zero_share=0.2, rng=1)
    cycle = volume[days[100] : days[399]]
    assert cycle[-40:].sum() / cycle.sum() == pytest.approx(0.55, abs=1e-12)
    quiet = simulate.crowded_volumes(days, [], 1e5, zero_share=0.2, rng=1)
    assert volume[days[400] :].equals(quiet[days[400] :])
    assert (quiet == 0).mean() == pytest.approx(0.2, abs=0.005)
    assert (cycle[-30:] == 0).mean() < 0.1
    with pytest.raises(SpecificationError, match="as little"):
        impossible = simulate.Rush(start=days[0], end=days[99], window=90, share=0.1)
        simulate.crowded_volumes(days, [impossible], rng=1)


def test_totals_are_exact_and_thin_days_stay():
    days = pd.bdate_range("2020-01-01", periods=500)
    raw = simulate.crowded_volumes(days, [], 5e4, zero_share=0.3, tiny_share=0.2, rng=1)
    spans = [(days[0], days[249], 12_345_678), (days[250], days[499], 7_654_321)]
    whole = simulate.scale_to_totals(raw, spans)
    assert whole[:250].sum() == 12_345_678 and whole[250:].sum() == 7_654_321
    thin = raw <= 10
    assert (whole[thin] == raw[thin]).all() and (whole[~thin] > 10).all()


@given(st.integers(1, 100_000), st.integers(1, 50))
def test_limits_are_rounded_half_up(cents, percent):
    price, rate = Decimal(cents) / 100, Decimal(percent) / 100
    expected = tuple(
        int((price * factor).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)
        for factor in (1 - rate, 1 + rate)
    )
    assert limit_bounds(cents, percent) == expected


@pytest.fixture(scope="module")
def prints():
    days = pd.bdate_range("2020-01-01", periods=1500)
    returns = simulate.garch(1500, omega=0.5, alpha=0.1, beta=0.85, dist="t", shape=4, rng=1)
    log_price = pd.Series(np.log(50) + returns.to_numpy().cumsum() / 100, days)
    raw = simulate.crowded_volumes(days, [], 3e5, zero_share=0.1, tiny_share=0.1, rng=2)
    tonnes = simulate.scale_to_totals(raw, [(days[0], days[-1], 400_000_000)])
    options = {"block_days": 0.7, "block_share": 0.8, "tiny_share": 0.2, "one_price": 1000}
    return tonnes, log_price, simulate.market(log_price, tonnes, **options, rng=3)


def test_the_days_tonnes_are_split_without_loss(prints):
    tonnes, _, day = prints
    assert (day["total_volume"] == tonnes).all()
    assert (day["volume"] + day["block_volume"] == tonnes).all()
    np.testing.assert_allclose(day["value"] + day["block_value"], day["total_value"], atol=0.005)
    blocks = day["block_volume"][day["block_volume"] > 0]
    assert len(blocks) > 100 and blocks.min() >= 100_000


def test_closes_stay_inside_the_limit_of_the_last_close(prints):
    *_, day = prints
    cents = np.round(day["close"].dropna() * 100).astype(int).to_numpy()
    bounds = np.array([limit_bounds(int(c), 10) for c in cents[:-1]])
    assert (cents[1:] >= bounds[:, 0]).all() and (cents[1:] <= bounds[:, 1]).all()
    assert (cents[1:] == bounds[:, 1]).any() and (cents[1:] == bounds[:, 0]).any()


def test_a_price_held_by_the_limit_arrives_later(prints):
    _, log_price, day = prints
    ordinary = day["volume"] > 10
    gap = np.abs(np.log(day["close"][ordinary]) - log_price[ordinary])
    assert gap.max() > 0.01 and gap.median() < 1e-3


def test_each_days_prices_are_consistent(prints):
    *_, day = prints
    traded = day[day["volume"] > 0]
    assert traded[["open", "close", "vwap"]].ge(traded["low"] - 1e-9, axis=0).all(axis=None)
    assert traded[["open", "close", "vwap"]].le(traded["high"] + 1e-9, axis=0).all(axis=None)
    thin = traded[traded["volume"] <= 1000]
    assert len(thin) > 50 and (thin["high"] == thin["low"]).all()
    assert (
        day.loc[day["volume"] == 0, ["open", "high", "low", "close", "vwap"]].isna().all(axis=None)
    )
    ratio = day["block_vwap"] / day["close"].shift()
    assert ratio.dropna().between(0.6999, 1.3001).all()


def test_different_days_are_refused():
    one = pd.Series([4.0], pd.bdate_range("2020-01-01", periods=1))
    two = pd.Series([4], pd.bdate_range("2020-01-02", periods=1))
    with pytest.raises(SpecificationError, match="different days"):
        simulate.market(one, two)


@pytest.mark.parametrize("volume", [[0, 3, 0, 5], [500, 900, 0, 800]])
def test_a_total_that_the_days_cannot_hold_is_refused(volume):
    days = pd.bdate_range("2020-01-01", periods=4)
    series = pd.Series(volume, days)
    with pytest.raises(SpecificationError, match="cannot add up to 30"):
        simulate.scale_to_totals(series, [(days[0], days[-1], 30)])
