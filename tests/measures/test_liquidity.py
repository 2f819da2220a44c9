"""Liquidity by market and period: definitions, what is missing and why, and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.measures.liquidity_rows import MEASURES

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


@pytest.fixture(scope="module")
def panel():
    return cl.load(["cea", "hubei", "chongqing", "gec"], raw=RAW)


@pytest.fixture(scope="module")
def everything(panel):
    return cl.liquidity(panel, freq="Q")


def frame(**columns) -> pd.DataFrame:
    index = pd.bdate_range("2023-01-02", periods=20)
    base = {"close": 50.0 * 1.01 ** (np.arange(20) % 2), "volume": 1000.0, "value": 5e4}
    return pd.DataFrame({**base, **columns}, index=index)


def test_amihud_is_the_mean_of_return_over_money():
    found = cl.liquidity(frame(), freq="Y", measures="amihud").table
    assert found["amihud"].iloc[0] == pytest.approx(np.log(1.01) / 5e4 * 1e6)
    assert found["amihud_days"].iloc[0] == 19


def test_amihud_halves_when_money_doubles_and_ignores_the_unit_of_price():
    one = cl.liquidity(frame(), freq="Y", measures="amihud").table["amihud"]
    two = cl.liquidity(frame(value=1e5), freq="Y", measures="amihud").table["amihud"]
    three = cl.liquidity(frame(close=frame()["close"] * 7), freq="Y", measures="amihud")
    np.testing.assert_allclose(two, one / 2)
    np.testing.assert_allclose(three.table["amihud"], one)


def test_a_day_without_a_trade_has_no_price_and_no_amihud():
    volume = np.where(np.arange(20) == 10, 0.0, 1000.0)
    found = cl.liquidity(frame(volume=volume), freq="Y").table.iloc[0]
    assert found["amihud_days"] == 18
    assert found["zero_volume"] == pytest.approx(5.0)


def test_a_month_without_a_trade_is_missing_not_zero():
    volume = np.where(np.arange(20) < 2, 1000.0, 0.0)
    data = frame(volume=volume).set_axis(pd.bdate_range("2023-01-30", periods=20))
    found = cl.liquidity(data).table.set_index("period")
    february = found.loc["2023-02"]
    for name in ("amihud", "roll", "corwin_schultz", "abdi_ranaldo", "tiny_trades", "block_share"):
        assert np.isnan(february[name])
    assert february["zero_volume"] == 100


def test_too_few_days_are_missing():
    found = cl.liquidity(frame(), freq="Y", measures="amihud", minimum=20).table
    assert np.isnan(found["amihud"].iloc[0])


def test_zero_money_is_no_infinite_illiquidity():
    value = np.where(np.arange(20) == 5, 0.0, 5e4)
    found = cl.liquidity(frame(value=value), freq="Y", measures="amihud").table.iloc[0]
    assert np.isfinite(found["amihud"]) and found["amihud_days"] == 18


def test_a_range_counts_only_where_it_is_one():
    close = frame()["close"]
    flat = cl.liquidity(frame(high=close, low=close), freq="Y").table.iloc[0]
    assert flat["range_days"] == 0 and np.isnan(flat["corwin_schultz"])
    beyond = cl.liquidity(frame(high=close - 1, low=close - 2), freq="Y").table.iloc[0]
    assert beyond["range_days"] == 0
    true = cl.liquidity(frame(high=close + 0.5, low=close - 0.5), freq="Y").table.iloc[0]
    assert true["range_days"] == 19 and np.isfinite(true["abdi_ranaldo"])


def test_prices_without_a_range_have_no_range_spread(panel):
    found = cl.liquidity(panel, "chongqing", freq="Y").table
    assert found["corwin_schultz"].isna().all()


def test_fht_is_its_closed_form():
    from scipy import stats

    close = 50 * np.exp(np.cumsum(np.where(np.arange(20) % 2, 0.0, 0.01)))
    found = cl.liquidity(frame(close=close), freq="Y", measures="fht").table["fht"].iloc[0]
    r = np.diff(np.log(close))
    expected = 200 * r.std(ddof=1) * stats.norm.ppf((1 + (np.abs(r) < 1e-12).mean()) / 2)
    assert found == pytest.approx(expected, rel=1e-6)


def test_turnover_adds_up_and_doubtful_caps_are_flagged(panel):
    months = cl.liquidity(panel, "hubei", measures="turnover_rate")
    years = cl.liquidity(panel, "hubei", "Y", measures="turnover_rate")
    assert months.table["turnover_rate"].sum() == pytest.approx(years.table["turnover_rate"].sum())
    np.testing.assert_allclose(months.table["cap"], 2.57e8)
    assert months.table["cap_doubt"].str.contains("Zhang").all()
    assert any("Cap of hubei" in note for note in months.notes)
    own = cl.liquidity(panel, "hubei", "Y", measures="turnover_rate", caps={"湖北": 5.14e8})
    np.testing.assert_allclose(own.table["turnover_rate"], years.table["turnover_rate"] / 2)
    assert not any("Cap of hubei" in note for note in own.notes)


def test_a_contradicted_cap_says_so():
    from carbonlink.measures.market_caps import Caps

    assert "contradicted" in Caps().of("shenzhen", 2020).doubt
    assert np.isnan(Caps().of("fujian", 2020).tonnes)
    assert "stands for 2015" in Caps().of("hubei", 2015).doubt
    by_year = Caps({"cea": {2021: 4.5e9}})
    assert by_year.of("cea", 2021).tonnes == 4.5e9 and np.isnan(by_year.of("cea", 2022).tonnes)


def test_blocks_of_the_national_market(everything):
    cea = everything.table[everything.table["market"].eq("cea")]
    assert cea["block_share"].between(0, 100).all() and cea["block_share"].max() > 0
    assert cea["block_discount"].dropna().between(-40, 10).all()
    others = everything.table[~everything.table["market"].eq("cea")]
    assert others["block_share"].isna().all()


def test_the_block_discount_is_the_log_ratio_of_the_two_averages(panel):
    from carbonlink.measures.block_prices import block_discounts

    found = block_discounts(panel, "cea")
    tidy = panel.tidy[panel.tidy["market"].eq("cea")].set_index("date")
    day = found.index[3]
    rows = tidy.loc[[day]].set_index("trade")
    ratio = rows.loc["block", "value"] / rows.loc["block", "volume"]
    ratio /= rows.loc["listed", "value"] / rows.loc["listed", "volume"]
    assert found.loc[day, "discount"] == pytest.approx(100 * np.log(ratio))
    assert block_discounts(panel, "hubei").empty


def test_shares_lie_between_0_and_100_and_spreads_are_positive(everything):
    for name in ("zero_volume", "tiny_trades", "limit_days", "block_share"):
        assert everything.table[name].dropna().between(0, 100).all()
    for name in ("roll", "corwin_schultz", "abdi_ranaldo", "lot", "fht", "amihud"):
        assert (everything.table[name].dropna() >= 0).all()


def test_coverage_counts_what_is_missing(everything):
    coverage = everything.coverage()
    cea = everything.table[everything.table["market"].eq("cea")]
    assert coverage.loc["cea", "roll"] == pytest.approx(100 * cea["roll"].isna().mean())
    assert list(coverage.columns) == ["periods", *MEASURES]


def test_series_is_wide(everything):
    assert list(everything.series("amihud").columns) == list(everything.spec["market"])
    with pytest.raises(cl.SpecificationError, match="not known"):
        everything.series("ilic")


def test_refusals(panel):
    with pytest.raises(cl.SpecificationError, match="freq"):
        cl.liquidity(panel, freq="D")
    with pytest.raises(cl.SpecificationError, match="measures"):
        cl.liquidity(panel, measures=["amihood"])
    with pytest.raises(cl.SpecificationError, match="minimum"):
        cl.liquidity(panel, minimum=0)
    with pytest.raises(cl.SpecificationError, match="caps"):
        cl.liquidity(panel, caps=3e8)
    with pytest.raises(cl.SpecificationError, match="no amount"):
        cl.liquidity(panel, caps={"hubei": -1})
    with pytest.raises(cl.UnknownMarketError, match="caps= names atlantis"):
        cl.liquidity(panel, "hubei", caps={"hubei": 5e8, "atlantis": 1e8})
    with pytest.raises(cl.UnknownMarketError):
        cl.liquidity(panel, "hubeei")
    with pytest.raises(cl.DataError, match="negative volume"):
        cl.liquidity(frame(volume=-1.0))
    with pytest.raises(cl.DataError, match="no price"):
        cl.liquidity(frame().drop(columns="close"))
    with pytest.raises(cl.DataError, match="no volume"):
        cl.liquidity(frame().drop(columns="volume"))
    with pytest.raises(cl.DataError, match="no dates"):
        cl.liquidity(frame().reset_index(drop=True))


def test_quantities_that_nobody_trades_are_left_out_by_name(tmp_path):
    days = pd.bdate_range("2024-01-02", periods=40).strftime("%Y-%m-%d")
    rows = [f"hubei,{day},40,500\n" for day in days] + [
        f"electricity_use,{day},,9\n" for day in days
    ]
    (tmp_path / "both.csv").write_text("market,date,close,volume\n" + "".join(rows))
    panel = cl.load(raw=tmp_path)
    assert set(panel.markets) == {"hubei", "electricity_use"}
    found = cl.liquidity(panel, measures="zero_volume")
    assert set(found.table["market"]) == {"hubei"}
    assert "Left out, being no traded market: electricity_use." in found.notes
