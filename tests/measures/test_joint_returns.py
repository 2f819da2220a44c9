"""Returns of a panel in common open-day time: what is left out, and that nothing is filled."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import TooFewObservationsError, UnknownMarketError
from carbonlink.measures.joint_returns import joint_returns
from carbonlink.panel import Panel

DAYS = pd.bdate_range("2022-01-03", periods=300)


def market(days, seed, traded=None, price=None):
    level = 50 * np.exp(0.01 * np.random.default_rng(seed).standard_normal(len(days)).cumsum())
    frame = pd.DataFrame({"price": level if price is None else price}, index=days)
    has_trade = np.ones(len(days), dtype=bool) if traded is None else traded
    frame["price"] = frame["price"].where(has_trade)
    frame["previous_price"] = frame["price"].ffill().shift(1)
    return frame.assign(is_open=True, has_trade=has_trade)


def panel(**days):
    return Panel(
        tidy=pd.DataFrame(),
        ledger=pd.DataFrame(),
        quarantine=pd.DataFrame(),
        notes=(),
        synthetic=frozenset({"hubei"}),
        sources_of={m: f"{m}.csv 0123456789ab" for m in days},
        days=days,
    )


def test_rows_are_days_on_which_every_venue_was_open():
    every_day = pd.date_range(DAYS[0], DAYS[-1])
    shut = DAYS.delete([50, 51])
    held = panel(cea=market(DAYS, 1), hubei=market(shut, 2), fujian=market(every_day, 3))
    joint = joint_returns(held, None, 1, 40)
    assert joint.frame.index.equals(shut[1:])
    assert joint.notes == ("Synthetic demonstration data: hubei.",)
    assert joint.units == {"cea": "%", "hubei": "%", "fujian": "%"}
    assert joint.sources[0] == "cea.csv 0123456789ab"


def test_a_day_without_a_trade_stays_missing_and_costs_its_followers():
    traded = np.ones(300, dtype=bool)
    traded[[100, 150]] = False
    held = panel(cea=market(DAYS, 1), hubei=market(DAYS, 2, traded))
    joint = joint_returns(held, None, 1, 40)
    assert joint.frame["hubei"].isna().sum() == 2
    net = cl.connectedness(held, lags=1, draws=0)
    assert net.sample.nobs == 299 - 1 - 4
    assert net.sources == ("cea.csv 0123456789ab", "hubei.csv 0123456789ab")
    assert "Synthetic demonstration data: hubei." in net.notes
    pd.testing.assert_frame_equal(net.fitted.data, joint.frame, check_freq=False)


def test_markets_that_hardly_move_or_meet_are_left_out_by_name():
    held = panel(
        cea=market(DAYS, 1),
        hubei=market(DAYS, 2),
        eur_zhejiang=market(DAYS, 3, price=90.0),
        ccer=market(DAYS[-30:], 4),
    )
    joint = joint_returns(held, None, 1, 40)
    assert list(joint.frame) == ["cea", "hubei"]
    assert "eur_zhejiang, whose price moves on fewer than 5 %" in joint.notes[0]
    assert joint.notes[1] == (
        "Left out, with the observations common with the 2 kept (298): ccer (28)."
    )


def test_markets_asked_for_are_kept_or_refused():
    held = panel(cea=market(DAYS, 1), hubei=market(DAYS, 2), ccer=market(DAYS[-30:], 4))
    with pytest.raises(TooFewObservationsError, match="28 usable observations; at least 40"):
        cl.connectedness(held, lags=1, markets=["cea", "ccer"])
    with pytest.raises(UnknownMarketError):
        cl.connectedness(held, markets=["cea", "shanghai"])
    assert cl.connectedness(held, lags=1, draws=0).names == ("cea", "hubei")


def test_a_market_that_would_cost_more_than_half_is_left_out():
    held = panel(cea=market(DAYS, 1), ccer=market(DAYS[-140:], 4), hubei=market(DAYS, 2))
    joint = joint_returns(held, None, 1, 40)
    assert list(joint.frame) == ["cea", "hubei"] and "ccer (138)" in joint.notes[0]
    both = panel(cea=market(DAYS, 1), ccer=market(DAYS[-170:], 4), hubei=market(DAYS, 2))
    assert list(joint_returns(both, None, 1, 40).frame) == ["cea", "ccer", "hubei"]


def test_markets_that_never_meet_are_refused_with_the_numbers():
    held = panel(cea=market(DAYS, 1), ccer=market(DAYS[-30:], 4))
    with pytest.raises(TooFewObservationsError, match="ccer shares 28, 149 are wanted"):
        cl.connectedness(held)


def test_a_market_that_repeats_another_is_left_out():
    held = panel(cea=market(DAYS, 1), electricity_deu=market(DAYS, 2))
    twin = panel(**held.days, electricity_lux=held.days["electricity_deu"].copy())
    joint = joint_returns(twin, None, 1, 40)
    assert list(joint.frame) == ["cea", "electricity_deu"]
    assert joint.notes == ("Left out: electricity_lux, which repeats the markets kept.",)


def test_one_moving_market_is_not_enough():
    held = panel(cea=market(DAYS, 1), eur_zhejiang=market(DAYS, 3, price=90.0))
    with pytest.raises(TooFewObservationsError, match="at least two"):
        cl.connectedness(held)
