"""The registry of markets: ids, spellings, units."""

from __future__ import annotations

import pandas as pd
import pytest

from carbonlink.errors import SpecificationError, UnknownMarketError
from carbonlink.facts import markets


@pytest.mark.parametrize(
    ("spelling", "market"),
    [
        ("cea", "cea"),
        ("CEA", "cea"),
        ("CN", "cea"),
        ("全国", "cea"),
        ("全国碳市场", "cea"),
        ("SZ", "shenzhen"),
        ("HBEA", "hubei"),
        ("湖北", "hubei"),
        (" Hubei ", "hubei"),
        ("ccer", "ccer"),
        ("CCER2", "ccer"),
        ("绿证", "gec"),
        ("eur_zj", "eur_zhejiang"),
        ("EUR_HN", "eur_henan"),
        ("eur_shandong", "eur_shandong"),
        ("es_nm", "es_inner_mongolia"),
        ("electricity_gd", "electricity_guangdong"),
        ("electricity_SD", "electricity_shandong"),
        ("electricity_山东", "electricity_shandong"),
        ("electricity_hn", "electricity_hunan"),
        ("electricity_DEU", "electricity_deu"),
        ("electricity_united kingdom", "electricity_gbr"),
        ("EUA", "eua"),
        ("Brent", "brent"),
        ("usdcny", "usdcny"),
    ],
)
def test_a_market_is_known_by_id_code_and_name(spelling, market):
    assert markets.resolve(spelling) == market
    assert markets.get(spelling).market == market


def test_every_id_resolves_to_itself_and_has_a_unit_and_two_labels():
    for market in markets.order():
        found = markets.get(market)
        assert markets.resolve(market) == market == found.market
        assert found.price_unit and found.unit and found.currency
        assert found.verified and found.source
        assert markets.label(market) and markets.label(market, "zh") != markets.label(market)


def test_a_name_of_several_markets_is_refused_with_the_choices():
    with pytest.raises(UnknownMarketError, match="ccer, ccer_first"):
        markets.resolve("CCER")
    with pytest.raises(UnknownMarketError, match="eur_zhejiang.*eur_jinan"):
        markets.resolve("用能权")


@pytest.mark.parametrize("wrong", ["hubie", "electricity_xx", "electricity", "eur_deu", "", "gd "])
def test_an_unknown_name_is_refused_or_known_by_its_code(wrong):
    if wrong.strip() == "gd":
        assert markets.resolve(wrong) == "guangdong"
        return
    with pytest.raises(UnknownMarketError, match="markets.csv"):
        markets.resolve(wrong)


def test_a_near_name_is_proposed():
    with pytest.raises(UnknownMarketError, match="'hubei'"):
        markets.resolve("hubie")


def test_the_order_starts_with_the_national_market_and_the_pilots_by_opening_day():
    order = markets.order()
    assert order[:11] == (
        *("cea", "shenzhen", "shanghai", "beijing", "guangdong", "tianjin", "hubei"),
        *("chongqing", "fujian", "ccer", "ccer_first"),
    )
    assert order[-5:] == ("eua", "brent", "nymex_gas", "ara_coal", "usdcny")
    assert len(set(order)) == len(order)
    assert set(markets.table()["market"]) <= set(order)
    launches = [markets.get(m).launch_date for m in order[1:9]]
    assert launches == sorted(launches)


def test_unconfirmed_cells_are_empty_and_coarse_dates_are_no_days():
    assert markets.get("cea").daily_limit_pct == 10 and markets.get("cea").block_limit_pct == 30
    assert markets.get("ccer").daily_limit_pct is None
    assert markets.get("ccer").block_limit_pct is None
    assert markets.get("eur_zhejiang").launch == ""
    assert markets.get("gec_power").launch == "2021-09"
    assert markets.get("gec_power").launch_date is None
    assert markets.get("cea").launch_date == pd.Timestamp("2021-07-16")


def test_units_follow_the_commodity_and_the_country():
    units = {m: markets.get(m).price_unit for m in ("hubei", "gec", "eur_zj", "electricity_gd")}
    assert units == {
        "hubei": "yuan/t",
        "gec": "yuan/certificate",
        "eur_zj": "yuan/tce",
        "electricity_gd": "yuan/MWh",
    }
    assert markets.get("electricity_deu").price_unit == "EUR/MWh"
    assert markets.get("electricity_deu").venue == "observed"
    assert markets.get("hubei").venue == "china"


def test_a_label_in_an_unknown_language_is_refused():
    with pytest.raises(SpecificationError, match="'en', 'zh'"):
        markets.label("cea", "de")


def test_a_province_without_a_carbon_market_is_pointed_to_its_power():
    with pytest.raises(UnknownMarketError) as caught:
        markets.resolve("山西")
    assert "Did you mean 'electricity_shanxi'?" in caught.value.remedy
