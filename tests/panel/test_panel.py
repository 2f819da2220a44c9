"""The panel on files whose answers are known by hand, and on the real ones."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink import demo

HEADER = "market,trade,date,open,high,low,close,vwap,volume,value,price_kind,vintage,product"


def write(folder: Path, name: str, rows: list[dict]) -> Path:
    frame = pd.DataFrame(rows).reindex(columns=HEADER.split(","))
    frame.to_csv(folder / name, index=False)
    return folder


@pytest.fixture
def hubei(tmp_path) -> Path:
    rows = [
        {"date": "2024-03-04", "close": 40.0, "volume": 500, "value": 20_000},
        {"date": "2024-03-05", "close": 42.0, "volume": 100, "value": 4_200},
        {"date": "2024-03-07", "close": 42.0, "volume": 0, "value": 0},
        {"date": "2024-03-08", "close": 40.0, "volume": 300, "value": 12_000},
    ]
    both = {"market": "hubei", "trade": "total", "price_kind": "close"}
    return write(tmp_path, "hubei.csv", [{**both, **row} for row in rows])


def test_returns_run_between_genuine_trades(hubei):
    panel = cl.load("hubei", raw=hubei)
    returns = panel.returns()["hubei"]
    assert [d.day for d in returns.index] == [5, 8]
    np.testing.assert_allclose(returns, 100 * np.log([42 / 40, 40 / 42]))
    assert panel.gap_days()["hubei"].tolist() == [1.0, 3.0]
    assert returns.index.equals(panel.gap_days().index)
    assert panel.returns().attrs["units"] == {"hubei": "%"}


def test_open_days_without_a_trade_have_zero_volume(hubei):
    volume = cl.load("hubei", raw=hubei).volume()["hubei"]
    assert volume.tolist() == [500, 100, 0, 0, 300]


def test_flags_and_returns_are_computed_before_the_cut(hubei):
    panel = cl.load("hubei", raw=hubei, start="2024-03-06")
    assert panel.returns()["hubei"].tolist() == pytest.approx([100 * np.log(40 / 42)])
    assert panel.gap_days()["hubei"].tolist() == [3.0]


def test_labels_stay_as_asked_for(tmp_path):
    rows = [
        {"market": "eur_zhejiang", "trade": "total", "date": d, "close": p, "volume": 5}
        for d, p in (("2024-03-04", 100.0), ("2024-04-09", 110.0))
    ]
    panel = cl.load(["eur_zj"], raw=write(tmp_path, "eur.csv", rows))
    assert panel.markets == ("eur_zj",)
    assert list(panel.returns()) == ["eur_zj"] and set(panel.tidy["market"]) == {"eur_zj"}
    assert len(panel.daily("eur_zj")) == 2, "event-like rows are not completed to a calendar"
    assert panel.units == {"eur_zj": "yuan/tce"}


def test_power_prices_are_differenced_and_their_logarithm_is_refused(tmp_path):
    rows = [
        {"market": "electricity_guangdong", "trade": "total", "date": d, "close": p}
        for d, p in (("2024-03-04", 10.0), ("2024-03-05", -5.0), ("2024-03-06", 0.0))
    ]
    panel = cl.load(raw=write(tmp_path, "spot.csv", rows))
    assert panel.returns()["electricity_guangdong"].tolist() == [-15.0, 5.0]
    assert panel.returns().attrs["units"] == {"electricity_guangdong": "yuan/MWh"}
    with pytest.raises(cl.SpecificationError, match="zero or negative"):
        panel.returns(method="log")


def test_quarter_hours_become_means_of_whole_delivery_days(tmp_path):
    lines = ["day,time,demand,clearing price (CNY/MWh)"]
    for day in ("2024/3/4", "2024/3/5"):
        for i in range(1, 97):
            hour, minute = divmod(15 * i, 60)
            time = "24:00:00" if hour == 24 else f"{hour}:{minute:02d}"
            price = "" if (day, i) == ("2024/3/5", 40) else str(i)
            lines.append(f"{day},{time},100,{price}")
    (tmp_path / "spot.csv").write_text("\n".join(lines))
    (tmp_path / "SOURCES.csv").write_text("path,market\nspot.csv,electricity_guangdong\n")
    panel = cl.load("electricity_gd", raw=tmp_path)
    price = panel.daily("electricity_gd")["price"]
    assert price.iloc[0] == pytest.approx(np.arange(1, 97).mean())
    assert np.isnan(price.iloc[1]), "a day with an interval missing has no mean"
    assert any("1 delivery day" in note for note in panel.notes)


def test_a_return_never_crosses_a_vintage(tmp_path):
    old = [(50, 900), (51, 900), (52, 1), (53, 1)]
    new = [(20, 10), (21, 10), (22, 5000), (23, 5000)]
    days = [day.date() for day in pd.bdate_range("2024-03-04", periods=4)]
    common = {"market": "shenzhen", "trade": "total"}
    rows = [
        {**common, "vintage": vintage, "date": day, "close": price, "volume": volume}
        for vintage, quotes in (("2019", old), ("2020", new))
        for day, (price, volume) in zip(days, quotes, strict=True)
    ]
    panel = cl.load("shenzhen", raw=write(tmp_path, "sza.csv", rows))
    days = panel.daily("shenzhen")
    assert days["vintage"].tolist() == ["2019", "2019", "2020", "2020"]
    assert days["volume"].tolist() == [910, 910, 5001, 5001]
    expected = 100 * np.log([51 / 50, 22 / 21, 23 / 22])
    np.testing.assert_allclose(panel.returns()["shenzhen"], expected)


def test_days_on_which_no_vintage_was_alive_are_open_days_without_a_trade(tmp_path):
    common = {"market": "tianjin", "trade": "total", "close": 20.0, "volume": 10, "value": 200}
    rows = [
        {**common, "vintage": "2017", "date": "2018-06-11"},
        {**common, "vintage": "2017", "date": "2018-06-12"},
        {**common, "vintage": "2018", "date": "2018-06-20"},
        {**common, "vintage": "2018", "date": "2018-06-21", "value": None},
    ]
    panel = cl.load("tianjin", raw=write(tmp_path, "tjea.csv", rows))
    days = panel.daily("tianjin")
    assert len(days) == 8 and "2018-06-18" not in days.index.strftime("%Y-%m-%d")
    assert days["volume"].tolist() == [10, 10, 0, 0, 0, 0, 10, 10]
    assert days["value"].tolist()[:-1] == [200, 200, 0, 0, 0, 0, 200]
    assert np.isnan(days["value"].iloc[-1])
    assert panel.coverage().loc["tianjin", "traded_pct"] == 50.0


def test_vintages_without_quantities_keep_their_prices(tmp_path):
    common = {"market": "tianjin", "trade": "total"}
    rows = [
        {**common, "vintage": vintage, "date": date, "close": close}
        for vintage, date, close in (
            *(("17", "2018-06-11", 20), ("18", "2018-06-13", 21), ("18", "2018-06-14", 22)),
        )
    ]
    days = cl.load("tianjin", raw=write(tmp_path, "tjea.csv", rows)).daily("tianjin")
    assert days["has_trade"].tolist() == [True, False, True, True]
    assert days["volume"].isna().all() and days["price"].dropna().tolist() == [20, 22]


def test_turnover_that_no_file_prints_is_missing_and_not_zero(tmp_path):
    rows = [
        {"market": "eua", "trade": "total", "date": "2024-03-04", "close": 60.0, "volume": 5},
        {"market": "eua", "trade": "total", "date": "2024-03-05", "close": 61.0, "volume": 0},
    ]
    panel = cl.load("eua", raw=write(tmp_path, "eua.csv", rows))
    assert panel.daily("eua")["value"].isna().all()
    assert np.isnan(panel.coverage().loc["eua", "value"])


def test_the_file_with_volumes_wins_unless_told_otherwise(hubei):
    prices = [
        {"market": "hubei", "trade": "total", "date": d.date(), "close": 41.0}
        for d in pd.bdate_range("2024-01-02", "2024-03-29")
    ]
    write(hubei, "prices_only.csv", prices)
    panel = cl.load("hubei", raw=hubei)
    assert panel.sources_of["hubei"].startswith("hubei.csv ")
    assert any("prices_only.csv" in note for note in panel.notes)
    used = panel.ledger.set_index("file")["used_for"]
    assert used["hubei.csv"] == "hubei" and used["prices_only.csv"] == ""
    other = cl.load("hubei", raw=hubei, prefer={"hubei": "prices_only.csv"})
    assert other.sources_of["hubei"].startswith("prices_only.csv ")
    with pytest.raises(cl.SpecificationError, match="It is held by: "):
        cl.load("hubei", raw=hubei, prefer={"hubei": "nope.csv"})


def test_coverage_has_a_row_a_market(hubei):
    row = cl.load("hubei", raw=hubei).coverage().loc["hubei"]
    assert (row["open_days"], row["traded_days"], row["longest_gap"]) == (5, 3, 3)
    assert row["traded_pct"] == 60.0 and row["stale_pct"] == 20.0
    assert row["volume"] == 900 and row["value"] == 36_200


def test_says_which_markets_it_holds(hubei):
    panel = cl.load("hubei", raw=hubei)
    with pytest.raises(cl.UnknownMarketError, match="'hubie' is not in this panel. Did you mean"):
        panel.prices("hubie")
    with pytest.raises(cl.UnknownMarketError, match="'shanghai' is not .* It holds: hubei"):
        panel.daily("shanghai")
    with pytest.raises(cl.UnknownMarketError, match="No file read holds cea"):
        cl.load(["hubei", "cea"], raw=hubei)
    with pytest.raises(cl.DataError, match="does not tell block trades apart"):
        panel.volume(trade="block")
    with pytest.raises(cl.DataError, match="no day between"):
        cl.load("hubei", raw=hubei, start="2030-01-01")


def test_frames_given_out_are_copies_and_it_pickles(hubei):
    panel = cl.load("hubei", raw=hubei)
    taken = panel.daily("hubei")
    taken.iloc[:, 0] = 0.0
    again = pickle.loads(pickle.dumps(panel))
    pd.testing.assert_frame_equal(again.daily("hubei"), panel.daily("hubei"))
    assert again.coverage().equals(panel.coverage())


def test_a_project_stops_on_an_unregistered_or_changed_file(tmp_path, hubei, monkeypatch):
    raw = tmp_path / "project" / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "hubei.csv").write_bytes((hubei / "hubei.csv").read_bytes())
    monkeypatch.chdir(raw)
    with pytest.raises(cl.RegistrationError, match="hubei.csv"):
        cl.load("hubei")


@pytest.mark.real
def test_national_market_in_the_panel(real_data):
    panel = cl.load("cea", raw=real_data)
    days = panel.daily("cea").loc[:"2021-12-31"]
    assert int(days["has_trade"].sum()) == 114 and len(days) == 114
    assert round(days["volume"].sum() / 1e6, 3) == 178.789
    assert round(days["value"].sum() / 1e9, 4) == 7.6612
    assert panel.volume(trade="block")["cea"].sum() + panel.volume(trade="listed")["cea"].sum() == (
        pytest.approx(panel.volume()["cea"].sum(), rel=1e-3)
    )


@pytest.mark.real
def test_one_tonne_prints_drive_shenzhen_to_its_limits(real_data):
    row = cl.load("shenzhen", raw=real_data, prefer={"shenzhen": "shenzhen"}).coverage().iloc[0]
    assert row["limit_pct"] > 50 and row["tiny_pct"] > 30


def test_another_products_tonnes_are_not_the_markets(tmp_path):
    both = {"market": "hubei", "trade": "listed"}
    rows = [
        {**both, "product": "HBEA", "date": "2024-03-04", "close": 40.0, "volume": 100},
        {**both, "product": "CCER", "date": "2024-03-04", "close": 30.0, "volume": 900},
        {**both, "product": "CCER", "date": "2024-03-05", "close": 30.0, "volume": 900},
        {**both, "product": "HBEA", "date": "2024-03-06", "close": 41.0, "volume": 50},
    ]
    panel = cl.load("hubei", raw=write(tmp_path, "hubei.csv", rows))
    assert panel.volume(trade="listed")["hubei"].tolist() == [100, 0, 50]
    assert panel.sessions("hubei")["date"].dt.day.tolist() == [5]
    assert len(panel.tidy) == 4 and any("left out of the panel: CCER" in n for n in panel.notes)


def test_prices_of_block_trades_alone_are_said_to_be_so(tmp_path):
    rows = [
        {"market": "fujian", "trade": "block", "date": date, "close": price, "volume": 1000}
        for date, price in (("2024-03-04", 20.0), ("2024-03-05", 22.0))
    ]
    panel = cl.load("fujian", raw=write(tmp_path, "fujian.csv", rows))
    assert panel.coverage().loc["fujian", "price_trade"] == "block"
    assert any("block trades alone" in note for note in panel.notes)
    assert panel.daily("fujian")["limit_up"].isna().all(), "the limit is that of listed trades"


def test_quantities_that_belong_to_other_trades_than_the_printed_prices_are_named(tmp_path):
    head = "date,market,trade,low,high,close,volume,value"
    days = ["2024-03-04", "2024-03-05", "2024-03-06"]
    listed = [
        f"{day},cea,listed,50,52,51,10,{10 * a}"
        for day, a in zip(days, (51, 52.2, 48), strict=True)
    ]
    block = [f"{day},cea,block,,,,10,{10 * a}" for day, a in zip(days, (40, 41, 42), strict=True)]
    total = [
        f"{day},cea,total,50,52,51,20,{v}" for day, v in zip(days, (910, 932, 950), strict=True)
    ]
    (tmp_path / "a.csv").write_text("\n".join([head, *listed, *block, *total[:2]]))
    found = cl.read(tmp_path / "a.csv").attrs["notes"]
    said = "value / volume lies more than 0.5 % outside low to high on 1 of 3 rows (2024-03-06)"
    assert [note for note in found if "outside low to high" in note] == [
        f"cea, listed: {said}, so that quantities and range do not describe the same trades there; "
        "kept as printed."
    ]
    notes = cl.load(raw=tmp_path).notes
    assert any(f"listed trades: {said}" in note for note in notes)
    assert not any("values do not add up" in note for note in notes)
    (tmp_path / "a.csv").write_text("\n".join([head, *listed, *block, *total]))
    notes = cl.load(raw=tmp_path).notes
    assert [note for note in notes if "values do not add up" in note] == [
        "cea: listed, block and auction values do not add up to the total on 2024-03-06; the "
        "printed total is used."
    ]


def test_real_data_go_before_synthetic_ones(tmp_path):
    (tmp_path / "made.csv").write_text(
        "date,market,close,volume\n2024-01-02,hubei,42,10\n2024-01-03,hubei,43,10\n"
    )
    (tmp_path / "real.csv").write_text("date,market,close\n2024-01-02,hubei,41\n")
    (tmp_path / "SOURCES.csv").write_text("path,publisher\nmade.csv,carbonlink.demo\n")
    panel = cl.load("hubei", raw=tmp_path)
    assert not panel.synthetic and panel.sources_of["hubei"].startswith("real.csv")


def test_limits_that_a_user_states_take_the_place_of_the_missing_rule(tmp_path):
    demo.write(tmp_path)
    panel = cl.load(["guangdong"], start="2022-01-01", raw=tmp_path)
    assert panel.daily("guangdong")["limit_up"].isna().all()
    assert panel.coverage().loc["guangdong", "limit_known_by"] == ""
    stated = panel.with_limits({"guangdong": 10})
    days, row = stated.daily("guangdong"), stated.coverage().loc["guangdong"]
    assert row["limit_known_by"] == "given" and row["limit_pct"] > 0
    assert any("±10 % as given" in n for n in stated.notes)
    unchanged = days.columns.difference(["limit_up", "limit_down"])
    pd.testing.assert_frame_equal(days[unchanged], panel.daily("guangdong")[unchanged])
    by_day = pd.Series({"2014-01-01": 10.0, "2023-01-01": float("nan")})
    half = panel.with_limits({"guangdong": by_day}).daily("guangdong")["limit_up"]
    pd.testing.assert_series_equal(half.loc[:"2022"], days["limit_up"].loc[:"2022"])
    assert half.loc["2023":].isna().all()


def test_the_limit_at_which_prices_pile_up_is_asked_for_by_name(hubei):
    panel = cl.load(raw=hubei)
    with pytest.raises(cl.SpecificationError, match="No price limit of hubei is read off"):
        panel.with_limits({"hubei": "observed"})


@pytest.mark.parametrize("wrong", [0, -10, 100, "ten", float("inf")])
def test_limits_that_are_no_per_cents_are_refused(hubei, wrong):
    panel = cl.load(raw=hubei)
    with pytest.raises(cl.SpecificationError, match="must be in per cent, between 0 and 100"):
        panel.with_limits({"hubei": wrong})
    with pytest.raises(cl.UnknownMarketError):
        panel.with_limits({"atlantis": 10})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hubei": 0.1}, "0.1 would be ±0.1 %"),
        ({"hubei": pd.Series({"2014-01-01": 10, "2016-01-01": 0.05})}, "0.05 would be"),
        ({"hubei": pd.Series([10, 5], ["2014-01-01", "2014/1/1"])}, "two of first day 2014-01-01"),
        ({"hubei": pd.Series([10, 5])}, "first day of a price limit of hubei=0 is no date"),
        ({"hubei": 10, "湖北": 5}, "names one market twice"),
        (10, "no mapping"),
    ],
)
def test_limits_that_would_be_misread_are_refused(hubei, wrong, words):
    with pytest.raises(cl.SpecificationError, match=words):
        cl.load(raw=hubei).with_limits(wrong)


def test_a_limit_may_begin_with_a_year(hubei):
    given = cl.load(raw=hubei).with_limits({"hubei": pd.Series({2014: 10})}).given_limits
    assert given["hubei"].to_dict() == {pd.Timestamp("2014-01-01"): 10.0}


@pytest.mark.parametrize("wrong", ["05/06/2022", "June", 20220605])
def test_a_start_that_reads_in_two_ways_is_refused(hubei, wrong):
    with pytest.raises(cl.SpecificationError, match="start="):
        cl.load(["hubei"], start=wrong, raw=hubei)


def test_a_year_will_do_for_start_and_end(hubei):
    index = cl.load(["hubei"], start=2024, end="2024-03", raw=hubei).prices().index
    assert [d.day for d in index] == [4, 5, 6, 7, 8]


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """A national market, two pilots and a power price of 150 days."""
    draws = np.random.default_rng(0)
    both = {"trade": "total", "price_kind": "close", "volume": 500, "value": 20_000}
    rows = []
    for market in ("cea", "hubei", "guangdong", "electricity_guangdong"):
        price = 40 * np.exp(np.cumsum(draws.standard_normal(150)) / 50)
        for date, close in zip(pd.bdate_range("2022-06-01", periods=150), price, strict=True):
            rows.append({**both, "market": market, "date": f"{date:%Y-%m-%d}", "close": close})
    folder = write(tmp_path_factory.mktemp("three"), "three.csv", rows)
    return cl.load(["cea", "hubei", "guangdong", "electricity_gd"], raw=folder)


def test_a_market_may_be_asked_for_by_any_of_its_names(three):
    panel = three
    for name in ("湖北", "HBEA", "Hubei", "hubei"):
        assert panel.label(name) == "hubei"
    for wide in (panel.prices(["湖北"]), panel.returns("湖北"), panel.volume("湖北")):
        assert list(wide.columns) == ["hubei"]
    assert panel.daily("全国").equals(panel.daily("cea"))
    assert panel.sessions("全国").equals(panel.sessions("cea"))
    given = panel.with_limits({"湖北": 10})
    assert list(given.given_limits) == ["hubei"]
    with pytest.raises(cl.UnknownMarketError, match="It holds: cea, hubei"):
        panel.label("gas")


def test_measures_label_a_market_as_the_panel_does(three):
    panel = three
    two = ["湖北", "广东"]
    found = {
        "concentration": cl.concentration(panel, "全国", ["2022-12-15"], draws=99)
        .rows["market"]
        .unique(),
        "liquidity": cl.liquidity(panel, "湖北", "Y").table["market"].unique(),
        "volatility": [cl.volatility(panel, "湖北", window=None, minimum=100).market],
        "integration": cl.integration(panel, two, split=None, pairs=[two], draws=0).spec["markets"],
        "connectedness": cl.connectedness(panel, markets=two, lags=1, draws=0).names,
        "shares": cl.market_shares(panel, two, freq="Q", draws=99).shares.columns,
        "aggregate": cl.aggregate(panel, "M", "last", markets=two).frame.columns,
        "pass_through": [cl.pass_through(panel, "全国", "electricity_guangdong").spec["cause"]],
    }
    assert {name: sorted(labels) for name, labels in found.items()} == {
        **dict.fromkeys(found, ["guangdong", "hubei"]),
        **{"concentration": ["cea"], "pass_through": ["cea"]},
        **{"liquidity": ["hubei"], "volatility": ["hubei"]},
    }
