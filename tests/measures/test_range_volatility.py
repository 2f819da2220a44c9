"""Range estimators: closed forms, a Brownian path, missing ranges, false opens, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import ranges


def paths(days: int, steps: int, sigma: float, drift: float = 0.0, gap: float = 0.0, rng=0):
    """Prices of days of Brownian motion, sigma % a day, with jumps of gap % at the open."""
    rng = np.random.default_rng(rng)
    moves = drift / steps + sigma / np.sqrt(steps) * rng.standard_normal((days, steps))
    moves = np.column_stack([gap * rng.standard_normal(days), moves])
    level = np.cumsum(moves.ravel()).reshape(moves.shape) / 100
    price = 50 * np.exp(level)
    table = {"open": price[:, 0], "high": price.max(1), "low": price.min(1), "close": price[:, -1]}
    return pd.DataFrame(table, index=pd.bdate_range("2015-01-01", periods=days, name="date"))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return paths(800, 1500, 2.0, gap=1.0)


def test_the_closed_forms_by_hand():
    found = ranges.range_variances(*(np.array([v]) for v in (10.0, 11.0, 9.5, 10.5)))
    spread, c = np.log(11 / 9.5), np.log(10.5 / 10)
    assert found["parkinson"][0] == pytest.approx(spread**2 / (4 * np.log(2)))
    assert found["garman-klass"][0] == pytest.approx(0.5 * spread**2 - (2 * np.log(2) - 1) * c**2)
    satchell = np.log(1.1) * np.log(11 / 10.5) + np.log(0.95) * np.log(9.5 / 10.5)
    assert found["rogers-satchell"][0] == pytest.approx(satchell)
    assert ranges.yang_zhang_weight(10) == pytest.approx(0.34 / (1.34 + 11 / 9))


def test_a_brownian_path_gives_its_variance(frame):
    """Within-day variance 4, overnight 1; 1,500 steps a day see 0.95 of the range's square."""
    table = cl.range_volatility(frame).table
    for name in ("parkinson", "garman-klass", "rogers-satchell"):
        assert table.loc[name, "volatility"] ** 2 == pytest.approx(4.0, rel=0.07), name
    assert table.loc["yang-zhang", "volatility"] ** 2 == pytest.approx(5.0, rel=0.07)
    assert table.loc["garman-klass", "std_error"] < 0.9 * table.loc["parkinson", "std_error"]
    assert (table["coverage_pct"] > 99).all()


def test_drift_does_not_reach_rogers_and_satchell():
    table = cl.range_volatility(paths(800, 1500, 2.0, drift=3.0, gap=0.5)).table["volatility"] ** 2
    assert table["rogers-satchell"] == pytest.approx(4.0, rel=0.15)
    assert table["parkinson"] > 6


def test_units_of_price_do_not_matter(frame):
    one, other = cl.range_volatility(frame), cl.range_volatility(frame * 1e3)
    np.testing.assert_allclose(one.daily, other.daily, rtol=1e-7)


def test_yang_and_zhang_by_hand(frame):
    found = cl.range_volatility(frame.iloc[:40], window=30)
    part = frame.iloc[10:40]
    o = np.log(part["open"] / frame["close"].shift().loc[part.index])
    c, k = np.log(part["close"] / part["open"]), ranges.yang_zhang_weight(30)
    rs = cl.range_volatility(frame.iloc[:40]).variance["rogers-satchell"].loc[part.index]
    value = 1e4 * (o.var() + k * c.var()) + (1 - k) * rs.mean()
    assert found.daily["yang-zhang"].iloc[-1] ** 2 == pytest.approx(value)
    assert found.daily["yang-zhang"].iloc[:30].isna().all()


def test_a_day_of_one_price_is_missing_not_calm(frame):
    flat = frame.copy()
    flat.iloc[::2] = np.repeat(flat["close"].to_numpy()[::2, None], 4, axis=1)
    found = cl.range_volatility(flat, estimators=("parkinson", "rogers-satchell"))
    assert found.daily.iloc[::2].isna().all().all() and found.daily.iloc[1::2].notna().all().all()
    np.testing.assert_allclose(found.table["coverage_pct"], 50.0)
    kept = cl.range_volatility(frame.iloc[1::2], estimators="parkinson")
    assert found.table.loc["parkinson", "volatility"] == pytest.approx(
        kept.table.loc["parkinson", "volatility"]
    )


def test_an_open_that_is_the_last_close_is_refused_with_the_reason(frame):
    false = frame.assign(open=frame["close"].shift().fillna(50.0))
    false["high"] = false[["high", "open"]].max(axis=1)
    false["low"] = false[["low", "open"]].min(axis=1)
    found = cl.range_volatility(false)
    assert found.table.loc["parkinson", "refused"] == "" and list(found.daily) == ["parkinson"]
    assert found.table["refused"].str.contains("previous close").sum() == 3
    assert any("not a first trade" in note for note in found.notes)
    with pytest.raises(cl.TooFewObservationsError, match="previous close"):
        cl.range_volatility(false, estimators=("garman-klass", "yang-zhang"))
    alone = cl.range_volatility(frame[["high", "low"]])
    assert alone.table["refused"].str.contains("no open").sum() == 3


@pytest.mark.parametrize(
    "change, match",
    [
        ({"estimators": "garch"}, "garch"),
        ({"window": 1}, "window"),
        ({"minimum_tonnes": 5}, "Panel"),
    ],
)
def test_a_choice_it_does_not_know_is_refused(frame, change, match):
    with pytest.raises(cl.SpecificationError, match=match):
        cl.range_volatility(frame, **change)


def test_data_it_cannot_use_is_refused(frame):
    with pytest.raises(cl.DataError, match="no column low"):
        cl.range_volatility(frame[["open", "high", "close"]])
    with pytest.raises(cl.DataError, match="below its low"):
        cl.range_volatility(frame.rename(columns={"high": "low", "low": "high"}))
    with pytest.raises(cl.DataError, match="not positive"):
        cl.range_volatility(frame - 60)
    with pytest.raises(cl.TooFewObservationsError, match="20"):
        cl.range_volatility(frame.iloc[:10])
    with pytest.raises(cl.DataError, match="order"):
        cl.range_volatility(frame[::-1])


@pytest.mark.real
def test_guangdongs_false_open_is_refused_and_the_national_one_is_not(real_data):
    panel = cl.load(["guangdong", "cea"], raw=real_data)
    found = cl.range_volatility(panel, "guangdong")
    assert found.table["refused"].str.contains("previous close").sum() == 3
    assert 0 < found.table.loc["parkinson", "coverage_pct"] < 100
    national = cl.range_volatility(panel, "cea").table
    assert (national["refused"] == "").all() and national["volatility"].between(0.3, 6).all()
