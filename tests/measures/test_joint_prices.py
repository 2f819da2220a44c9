"""Common open days of markets with calendars of their own."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.measures.joint_prices import check_moves, joint_prices
from carbonlink.panel import Panel


def make_panel(prices, synthetic=()):
    days = {
        name: pd.DataFrame({"price": price, "is_open": True, "has_trade": price.notna()})
        for name, price in prices.items()
    }
    empty = pd.DataFrame()
    return Panel(
        tidy=empty,
        ledger=empty,
        quarantine=empty,
        notes=(),
        synthetic=frozenset(synthetic),
        sources_of={name: f"{name}.csv 0123456789ab" for name in prices},
        days=days,
    )


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(0)
    every_day = pd.date_range("2022-01-01", "2022-12-31")
    weekdays = pd.bdate_range("2022-03-01", "2023-03-01")
    power = pd.Series(400 + rng.normal(size=len(every_day)).cumsum(), every_day)
    carbon = pd.Series(60 + rng.normal(size=len(weekdays)).cumsum(), weekdays)
    carbon.iloc[20] = np.nan
    return make_panel({"cea": carbon, "electricity_gd": power}, synthetic=("cea",))


def test_the_rows_are_the_days_on_which_every_market_was_open(panel):
    joint = joint_prices(panel, ["cea", "electricity_gd"])
    expected = pd.bdate_range("2022-03-01", "2022-12-31")
    assert joint.frame.index.equals(expected)
    assert joint.frame["cea"].isna().sum() == 1 and joint.frame["electricity_gd"].notna().all()
    weekends = len(pd.date_range("2022-03-01", "2022-12-31")) - len(expected)
    assert joint.dropped["days on which not every market was open"] == weekends
    outside = len(pd.date_range("2022-01-01", "2022-02-28"))
    outside += len(pd.bdate_range("2023-01-01", "2023-03-01"))
    assert joint.dropped["days outside the span common to all"] == outside
    assert joint.units == {"cea": "yuan/t", "electricity_gd": "yuan/MWh"}
    assert joint.synthetic == ("cea",) and len(joint.sources) == 2


def test_frames_of_a_panel_carry_the_units(panel):
    units = {"cea": "yuan/t", "electricity_gd": "yuan/MWh"}
    prices = panel.prices()
    assert prices.attrs["units"] == units
    assert joint_prices(prices, list(units)).assumed == ()
    bare = pd.DataFrame(prices.to_numpy(), prices.index, prices.columns)
    assert joint_prices(bare, list(units)).assumed == tuple(units)


def test_pass_through_of_a_panel_lags_on_open_days_and_marks_made_up_data(panel):
    found = cl.pass_through(panel, "cea", "electricity_gd", lags=1)
    assert found.sample.nobs == len(pd.bdate_range("2022-03-01", "2022-12-31")) - 3
    assert any("Synthetic demonstration data: cea" in note for note in found.notes)
    assert found.sources == ("cea.csv 0123456789ab", "electricity_gd.csv 0123456789ab")


def test_names_that_clash_or_are_missing_are_refused(panel):
    with pytest.raises(cl.UnknownMarketError, match="electricity_gd"):
        joint_prices(panel, ["cea", "electricity_g"])
    with pytest.raises(cl.SpecificationError, match="named twice"):
        joint_prices(panel, ["cea"], controls="cea")
    with pytest.raises(cl.SpecificationError, match="already a price"):
        joint_prices(panel, ["cea"], controls=panel.prices("cea"))
    late = pd.Series([1.0], pd.DatetimeIndex(["2030-01-01"]), name="late")
    with pytest.raises(cl.DataError, match="no day in common"):
        joint_prices(panel, ["cea"], controls=late)


def test_a_price_that_moves_on_one_day_in_twenty_is_the_least_that_passes():
    days = pd.bdate_range("2022-01-03", periods=201)
    price = pd.Series(np.arange(201) // 20, days, dtype=float, name="tariff")
    check_moves(price, "The effect")
    with pytest.raises(cl.DataError, match="administered"):
        check_moves(pd.Series(np.arange(201) // 25, days, dtype=float, name="tariff"), "The effect")


def test_a_price_on_few_days_is_named_with_what_it_costs():
    rng = np.random.default_rng(3)
    days, weeks = (
        pd.bdate_range("2022-01-03", periods=400),
        pd.date_range("2022-01-07", freq="W-FRI", periods=78),
    )
    prices = {
        n: pd.Series(60 + rng.normal(size=400).cumsum(), days) for n in ("eua", "electricity_deu")
    }
    panel = make_panel(prices | {"ara_coal": pd.Series(80 + rng.normal(size=78).cumsum(), weeks)})
    found = cl.pass_through(panel, "eua", "electricity_deu", controls=["ara_coal"], lags=1)
    note = next(note for note in found.notes if note.startswith("Rows are "))
    assert "7 to 7 days apart: ara_coal has 78 days, electricity_deu 386" in note
    assert "carbonlink.aggregate" in note
    assert found.units["step"] == "week"
    assert dict(found.sample.dropped)["days on which not every market was open"] == 386 - 78


def test_a_column_of_few_values_is_named_where_it_leaves_too_few_rows():
    rng = np.random.default_rng(4)
    days = pd.bdate_range("2022-01-03", periods=400)
    frame = pd.DataFrame(rng.normal(size=(400, 3)).cumsum(0) + 80, days, ["eua", "deu", "coal"])
    frame["coal"] = frame["coal"].where(days.day_of_week == 4)
    words = "0 complete rows.*coal has a value in 80 of 400 rows, deu in 400.*aggregate"
    with pytest.raises(cl.TooFewObservationsError, match=words):
        cl.pass_through(frame, "eua", "deu", controls=["coal"])
    found = cl.pass_through(frame, "eua", "deu", controls=["coal"], method="dols")
    assert any("coal has a value in 80 of 400 rows" in note for note in found.notes)
    weeks = cl.aggregate(frame, "W", "mean").frame
    assert cl.pass_through(weeks, "eua", "deu", controls=["coal"], lags=1).sample.nobs == 79
