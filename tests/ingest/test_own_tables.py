"""A user's own table as spreadsheets have it: any case, units in brackets, a column a market."""

from __future__ import annotations

import pytest

import carbonlink as cl


@pytest.fixture
def own(tmp_path):
    def read(text: str, **options):
        path = tmp_path / "own.csv"
        path.write_text(text, encoding="utf-8")
        return cl.read(path, **options)

    return read


def test_headings_may_have_capitals(own):
    frame = own("Date,Market,Close,Volume\n2024-01-02,hubei,40,700\n")
    assert frame.attrs["layout"] == "tidy"
    assert frame[["market", "close", "volume"]].values.tolist() == [["hubei", 40.0, 700.0]]


def test_units_in_headings_are_held_to_the_market_and_ten_thousands_scaled(own):
    plain = own(
        "日期,收盘价(元/吨),成交量(吨),成交额(元)\n2024-01-02,40,700,28000\n", market="hubei"
    )
    scaled = own(
        "日期,收盘价（元/吨）,成交量（万吨）,成交额（万元）\n2024-01-02,40,0.07,2.8\n",
        market="湖北",
    )
    for frame in (plain, scaled):
        assert frame[["close", "volume", "value"]].values.tolist() == [[40.0, 700.0, 28_000.0]]
    assert plain.attrs["notes"] == ()
    assert "万吨" in scaled.attrs["notes"][0]
    english = own("Date,Close (CNY/t),Volume [t]\n2024-01-02,40,700\n", market="hubei")
    assert english[["close", "volume"]].values.tolist() == [[40.0, 700.0]]


@pytest.mark.parametrize(
    "heading, market",
    [
        ("收盘价(美元/吨)", "hubei"),
        ("成交量(千瓦时)", "hubei"),
        ("Close (EUR/t)", "cea"),
        ("成交额(万美元)", "cea"),
    ],
)
def test_another_unit_in_a_heading_is_refused(own, heading, market):
    with pytest.raises(cl.DataError, match="is not that of"):
        own(f"日期,{heading}\n2024-01-02,40\n", market=market)


def test_a_column_a_market_is_a_table_of_prices(own):
    frame = own("date,hubei,广东\n2024-01-02,40,70\n2024-01-03,41,\n")
    assert frame.attrs["layout"] == "wide"
    assert frame.set_index(["market", "date"])["close"].tolist() == [70.0, 40.0, 41.0]
    assert "closing prices" in frame.attrs["notes"][0]
    with pytest.raises(cl.DataError, match="several columns for hubei"):
        own("date,hubei,湖北\n2024-01-02,40,70\n")


@pytest.mark.parametrize("header", ["date,hubei,foo", "a,b", "Date,PX_OPEN", "date,volumes"])
def test_every_refusal_of_a_header_names_the_template(own, header):
    with pytest.raises(cl.DataError, match="carbonlink template") as caught:
        own(f"{header}\n2024-01-02,40,70\n")
    assert "nothing" not in str(caught.value)


def test_a_cell_that_prints_the_unit_of_its_heading_is_scaled_once(own):
    head = "日期,市场,收盘价,成交额（万元）,成交量（万吨）\n"
    same = own(head + "2024-01-02,湖北,42.5,51万元,1.2万吨\n2024-01-03,湖北,42.5,51,1.2万\n")
    for row in same[["value", "volume"]].values.tolist():
        assert row == [510_000.0, 12_000.0]
    for other in ("51元,1.2", "51亿元,1.2", "51,1.2吨", "51,1.2K", "51,1.2万元"):
        with pytest.warns(cl.CarbonlinkWarning, match="as its heading is"):
            kept = own(head + f"2024-01-02,湖北,42.5,{other}\n2024-01-03,湖北,42.5,1,1\n")
        assert kept["volume"].tolist() == [10_000.0]
    below = own("日期,市场,成交量(吨)\n2024-01-02,湖北,1.2万吨\n2024-01-03,湖北,1.2万\n")
    assert below["volume"].tolist() == [12_000.0] * 2


def test_a_price_a_tonne_may_state_its_currency_alone(own):
    frame = own("日期,市场,收盘价（元）\n2024-01-02,湖北,40\n")
    assert frame["close"].tolist() == [40.0]
    for heading, market in (("收盘价(美元)", "湖北"), ("收盘价(元)", "electricity_sd")):
        with pytest.raises(cl.DataError, match="is not that of"):
            own(f"日期,市场,{heading}\n2024-01-02,{market},40\n")


def test_a_column_a_market_may_state_its_unit(own):
    frame = own("日期,湖北(元/吨),全国碳市场（元/吨）,EUA (EUR/t)\n2024-01-02,40,70,65\n")
    assert frame.attrs["layout"] == "wide"
    assert dict(zip(frame["market"], frame["close"], strict=True)) == {
        "cea": 70.0,
        "eua": 65.0,
        "hubei": 40.0,
    }
    with pytest.raises(cl.DataError, match="is not that of hubei"):
        own("日期,湖北(欧元/吨)\n2024-01-02,40\n")
    with pytest.warns(cl.CarbonlinkWarning, match="as its heading is"):
        kept = own("日期,湖北(元/吨)\n2024-01-02,40吨\n2024-01-03,41元\n")
    assert kept["close"].tolist() == [41.0]


def test_thousands_and_millions_of_tonnes(own):
    for unit, factor in (("kt", 1e3), ("Mt", 1e6), ("ktCO2", 1e3)):
        frame = own(f"date,market,volume ({unit})\n2024-01-02,hubei,1.2\n")
        assert frame["volume"].tolist() == [1.2 * factor]
    twice = own("date,market,volume (kt)\n2024-01-02,hubei,1.2K\n")
    assert twice["volume"].tolist() == [1_200.0]
    with pytest.raises(cl.DataError, match="is not that of"):
        own("date,market,volume (kWh)\n2024-01-02,hubei,1.2\n")
