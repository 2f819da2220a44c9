"""Policy surprises: the day that is meant, purging, scaling, and what cannot be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError


@pytest.fixture(scope="module")
def price():
    return (50 * np.exp(cl.simulate.garch(400, rng=1).cumsum() / 100)).rename("cea")


def test_the_surprise_is_the_change_around_the_announcement(price):
    days = list(price.index[[50, 120, 200]])
    found = cl.policy_surprises(price, days)
    change = 100 * np.log(price).diff()
    assert np.allclose(found.series[days], change[days])
    assert (found.series.drop(days) == 0).all()
    assert found.table["used"].all()


def test_an_announcement_on_a_closed_day_moves_the_next_price(price):
    friday = next(d for d in price.index[60:] if d.day_of_week == 4)
    monday = price.index[price.index.get_loc(friday) + 1]
    days = [friday + pd.Timedelta(days=1), price.index[120], price.index[200]]
    row = cl.policy_surprises(price, days).table.iloc[0]
    assert row["day"] == monday and row["before"] == friday


def test_two_announcements_of_one_trading_day_are_one_surprise(price):
    days = pd.DataFrame({"date": [*price.index[[50, 50, 120, 200]]], "event": ["a", "b", "c", "d"]})
    found = cl.policy_surprises(price, days)
    assert (found.series != 0).sum() == 3
    assert any("share a trading day" in note for note in found.notes)


def test_what_cannot_be_used_says_why(price):
    thin = price.drop(price.index[100:115])
    days = [price.index[105], price.index[0], price.index[-1] + pd.Timedelta(days=9)]
    days += list(price.index[[50, 200, 300]])
    table = cl.policy_surprises(thin, days).table.set_index("date")
    assert "days between prices" in table.loc[price.index[105], "reason"]
    assert table.loc[price.index[0], "reason"] == "outside the prices"
    assert table["used"].sum() == 3


def test_purging_takes_the_others_news_out():
    rng = np.random.default_rng(4)
    index = pd.bdate_range("2020-01-01", periods=500)
    coal = pd.Series(np.exp(np.cumsum(rng.normal(0, 0.01, 500))), index, name="coal")
    days = index[[100, 200, 300, 400]]
    jump = pd.Series(0.0, index)
    jump[days] = [0.05, -0.04, 0.06, -0.03]
    price = (50 * np.exp(jump.cumsum()) * coal**0.8).rename("cea")
    found = cl.policy_surprises(price, list(days), purge=coal)
    assert np.allclose(found.series[days], 100 * jump[days], atol=1e-8)
    assert found.spec["share_explained_by_purge"] == pytest.approx(1.0)


def test_scale_is_the_value_before_the_day(price):
    power = pd.Series(np.linspace(300, 500, len(price)), price.index, name="power")
    days = list(price.index[[50, 120, 200]])
    found = cl.policy_surprises(price, days, scale=power, form="difference")
    assert np.allclose(found.series[days], (price.diff() / power.shift())[days])


def test_news_days_are_told_from_other_days(price):
    days = list(price.index[[50, 120, 200, 250, 300]])
    moved = price.copy()
    for place, day in enumerate(days):
        moved[moved.index >= day] *= np.exp(0.15 * (-1) ** place)
    tests = cl.policy_surprises(moved, days).diagnostics().set_index("test")
    assert tests.loc["size on news days", "p_value"] <= 0.01
    assert tests.loc["size on news days", "statistic"] > 5


@pytest.mark.slow
def test_the_size_test_keeps_its_size_under_volatility_clusters():
    rejected = []
    for seed in range(2000):
        own = 50 * np.exp(cl.simulate.garch(300, rng=seed).cumsum() / 100)
        rng = np.random.default_rng(seed)
        days = list(own.index[np.sort(rng.choice(np.arange(5, 295), 8, replace=False))])
        tests = cl.policy_surprises(own, days, draws=199).diagnostics()
        rejected.append(tests["p_value"].iloc[0] <= 0.05)
    assert 0.035 <= np.mean(rejected) <= 0.065


def test_the_published_dates_serve_a_panel(tmp_path):
    from carbonlink import demo

    demo.write(tmp_path)
    panel = cl.load(["cea"], raw=tmp_path)
    found = cl.policy_surprises(panel, market="cea")
    assert found.table["event"].str.len().gt(0).all()
    assert found.sources == (panel.sources_of["cea"],)
    fewer = cl.policy_surprises(panel, market="cea", kinds=("allocation", "law", "offset"))
    assert len(fewer.table) < len(found.table)


def test_refusals(price):
    days = list(price.index[[50, 120, 200]])
    with pytest.raises(TooFewObservationsError, match="2 of 2 announcements"):
        cl.policy_surprises(price, days[:2])
    with pytest.raises(SpecificationError, match="Neither dates"):
        cl.policy_surprises(price)
    with pytest.raises(SpecificationError, match="has no unit"):
        cl.policy_surprises(price, days, scale=price)
    with pytest.raises(SpecificationError, match="form="):
        cl.policy_surprises(price, days, form="logs")
    with pytest.raises(SpecificationError, match="kinds="):
        cl.policy_surprises(price, days, kinds=("law",))
    with pytest.raises(DataError, match="not above 0"):
        cl.policy_surprises(price - 60, days)
    with pytest.raises(SpecificationError, match="list of dates"):
        cl.policy_surprises(price, "2020-01-01")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dates": ["soon", "2021-02-02"]}, "dates='soon'"),
        ({"dates": [pd.NaT, "2021-02-02"]}, "dates=NaT"),
        ({"market": "cea", "kinds": ("rumour",)}, "kinds='rumour' is not known"),
        ({"draws": 0}, "draws=0"),
        ({"most_days": -1}, "most_days=-1"),
        ({"purge": "itself"}, "no news is left"),
    ],
)
def test_what_cannot_be_used_is_named(price, changes, words):
    given = {"dates": list(price.index[[30, 60, 90]])} if "kinds" not in changes else {}
    if changes.get("purge") == "itself":
        changes = {"purge": 2 * price.rename("twice")}
    with pytest.raises(cl.CarbonlinkError, match=words):
        cl.policy_surprises(price, **{**given, **changes})


def test_dates_with_a_time_zone_are_their_own_days(price):
    days = price.index[[30, 60, 90]]
    zoned = [d.tz_localize("Asia/Shanghai") + pd.Timedelta("9h") for d in days]
    assert cl.policy_surprises(price, zoned).series.equals(
        cl.policy_surprises(price, list(days)).series
    )
