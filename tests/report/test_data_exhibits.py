"""The data ledger, the price panorama and the quality map, on files whose answers are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink import plotting
from carbonlink.report.exhibits.ledger import ledger
from carbonlink.report.exhibits.prices import deadlines, events, prices
from carbonlink.report.exhibits.quality import _takeaway, quality
from carbonlink.report.page import quarantine_rows
from carbonlink.report.study import Study
from carbonlink.report.tables import printed

DAYS = pd.bdate_range("2024-01-02", "2024-04-03")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    days = pd.DataFrame({"date": DAYS.date, "close": 50 + np.arange(len(DAYS)) % 7 * 0.1})
    quiet = np.arange(len(DAYS)) % 4 == 0
    fujian = days.assign(market="fujian", volume=np.where(quiet, 0, 500))
    national = days.assign(market="cea", volume=np.where(np.arange(len(DAYS)) % 2, 5, 5000))
    national = national.assign(high=national["close"], low=national["close"])
    halves = [days.iloc[:30].assign(vintage="2019"), days.iloc[30:].assign(vintage="2020")]
    shenzhen = pd.concat(halves).assign(market="shenzhen", volume=100)
    for frame in (fujian, national, shenzhen):
        frame.to_csv(folder / f"{frame['market'].iloc[0]}.csv", index=False)
    return Study(cl.load(raw=folder))


def test_the_ledger_says_what_every_series_is(study):
    made = ledger(study)
    table = made.table.set_index("market")
    assert table.loc["fujian", ["frequency", "price_kind", "venue"]].tolist() == [
        *("daily", "close", "Haixia Equity Exchange")
    ]
    assert table.loc["shenzhen", ["vintages", "rolls"]].tolist() == [2, 1]
    open_days, traded = table.loc["fujian", ["open_days", "traded_days"]]
    share = 100 * traded / open_days
    assert f"Fujian traded on {share:.1f} % of its open days" in made.takeaway
    stale = table.loc["fujian", "stale_pct"]
    assert stale > 0 and f"in Fujian, on {stale:.1f} % of its open days." in made.takeaway
    assert any("found for the price limit of Fujian: days" in n for n in made.notes)
    assert pd.isna(table.loc["fujian", "limit_pct"])
    assert {"Venue", "Frequency", "Price", "sha256 starts"} <= set(printed(made))


def test_prices_are_not_joined_across_a_roll_and_dates_are_marked(study):
    with plotting.style():
        made = prices(study)
    axes = {ax.get_title("left").partition(",")[0]: ax for ax in made.figure.axes}
    assert len(axes["Shenzhen"].lines) == 2 and len(axes["Fujian"].lines) == 1
    due, policy = deadlines("cea", DAYS), events("cea", DAYS)
    assert len(policy) == 2, "2024-01-22 and 2024-02-04"
    marks = [c for c in axes["National"].collections if len(c.get_segments())]
    assert sorted(len(m.get_segments()) for m in marks) == sorted(n for n in (len(due), 2) if n)
    total = policy["event"].nunique()
    assert any(f"are {total} dated policy events" in note for note in made.notes)


def test_the_quality_map_counts_what_the_flags_say(study):
    with plotting.style():
        made = quality(study)
    table = made.table.set_index("market")
    days = study.panel.daily("cea")
    assert table.loc["cea", "tiny_pct"] == pytest.approx(100 * (days["volume"] == 5).mean())
    assert table.loc["cea", "no_range_pct"] == 100
    silent = 100 * (~study.panel.daily("fujian")["has_trade"]).mean()
    assert f"On {silent:.0f} % of the open days of Fujian nobody traded" in made.takeaway


@pytest.mark.parametrize(
    ("dates", "word"),
    [
        (pd.date_range("2024-01-01", periods=8, freq="15min"), "15 minutes"),
        (DAYS, "daily"),
        (pd.date_range("2024-01-05", periods=9, freq="7D"), "weekly"),
        (pd.date_range("2024-01-31", periods=9, freq="ME"), "monthly"),
        (DAYS[[0, 12, 20, 40]], "irregular"),
        (DAYS[:1], "once"),
    ],
)
def test_how_often_a_file_prints(dates, word):
    from carbonlink.panel.table import spacing

    assert spacing(pd.Series(dates)) == word


def test_reasons_that_differ_in_their_cell_alone_are_one_line():
    cells = [f"2024-13-{day:02d}" for day in range(1, 31)]
    reasons = [f"date {cell!r} is not a date" for cell in cells] + ["close is not above 0"] * 2
    reasons += ["market 'atlantis' is not in the registry; other numbers in row 7"]
    rows = quarantine_rows(pd.DataFrame({"source": "a.csv", "reason": reasons}))
    shown = "'2024-13-01', '2024-13-02', '2024-13-03'"
    assert rows == [
        ("a.csv", "close is not above 0", "2"),
        ("a.csv", f"date … is not a date (the first: {shown})", "30"),
        ("a.csv", "market 'atlantis' is not in the registry; other numbers in another row", "1"),
    ]


def test_the_takeaway_leaves_limit_days_out_where_there_are_none():
    table = pd.DataFrame({"market": ["cea", "hubei"], "year": [2022, 2022], "amihud": [1.0, 2.0]})
    table = table.assign(no_trade_pct=[10.0, 20.0], open_days=[240, 240])
    assert "limit days" not in _takeaway(table.assign(limit_pct=[0.0, 0.0]))
    assert "limit days" not in _takeaway(table.assign(limit_pct=float("nan")))
    assert "in 2022, on 0.4 % of the days" in _takeaway(table.assign(limit_pct=[0.4, 0.0]))
    assert "in 2022, on 3 % of the days" in _takeaway(table.assign(limit_pct=[0.0, 3.0]))
