"""The dated policy events: real days, known markets, and which concern a market."""

from __future__ import annotations

import pandas as pd
import pytest

from carbonlink.errors import UnknownMarketError
from carbonlink.facts.markets import get
from carbonlink.facts.policy import PILOTS, policy_dates
from carbonlink.facts.published import published


def test_every_event_has_a_real_day_and_known_markets():
    table = published("policy_dates")
    days = pd.to_datetime(table["date"], format="%Y-%m-%d")
    assert days.is_monotonic_increasing and not table.duplicated(["date", "event"]).any()
    known = {*published("markets")["market"], "pilots", "electricity"}
    for cell in table["market"]:
        assert set(cell.split(";")) <= known, cell
    assert table[["event", "kind", "source"]].notna().all().all()


def test_days_that_other_tables_also_hold_agree_with_them():
    launches = published("markets").set_index("market")["launch_date"]
    openings = published("policy_dates").query("kind == 'launch'")
    for row in openings.itertuples():
        assert launches[row.market.split(";")[0]] == row.date, row.event
    rules = published("gec_rules").query("market == 'gec'")
    for day in rules["date"]:
        if len(day) == 10:
            assert day in set(published("policy_dates")["date"]), day


def test_a_market_gets_its_own_events_and_those_of_its_group():
    hubei, cea = policy_dates("hubei"), policy_dates("cea")
    assert pd.Timestamp("2014-04-02") in set(hubei["date"])
    assert pd.Timestamp("2013-06-18") not in set(hubei["date"])
    assert pd.Timestamp("2017-12-19") in set(hubei["date"]) & set(cea["date"])
    assert pd.Timestamp("2024-10-15") in set(cea["date"])
    assert pd.Timestamp("2024-10-15") not in set(hubei["date"])
    assert set(policy_dates("electricity_guangdong")["kind"]) == {"electricity"}
    assert len(policy_dates()) == len(published("policy_dates"))
    assert all(get(name).market_class == "ets" for name in PILOTS)


def test_an_unknown_market_is_refused():
    with pytest.raises(UnknownMarketError):
        policy_dates("atlantis")
