"""Liquidity and price effects on real exchange files, where they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def panel(real_data):
    return cl.load(["cea", "shenzhen", "guangdong", "tianjin", "hubei"], raw=real_data)


def test_guangdong_turnover_is_what_its_printed_volume_and_cap_give(panel):
    # Zhang (2021), Table 6: 2836.2 (1e4 t) over a cap of 4.22 (1e8 t), recomputed as 6.720853 %.
    checks = cl.published("papers_consistency_checks").set_index("check_id")
    years = cl.liquidity(panel, "guangdong", "Y", measures="turnover_rate").table
    found = years.set_index("period").loc["2018", "turnover_rate"]
    assert found == pytest.approx(float(checks.loc["C07", "value"]), rel=1e-5)


def test_amihud_of_a_year_by_hand(panel):
    days = panel.daily("guangdong").loc["2020"]
    change = np.log(days["price"] / days["previous_price"]).abs()
    both = change.notna() & days["value"].gt(0)
    expected = (change / days["value"])[both].mean() * 1e6
    table = cl.liquidity(panel, "guangdong", "Y", measures="amihud").table.set_index("period")
    assert table.loc["2020", "amihud"] == pytest.approx(expected, rel=1e-12)


def test_guangdong_has_no_range_on_days_of_one_price(panel):
    table = cl.liquidity(panel, "guangdong", "Y").table.set_index("period")
    flat = panel.daily("guangdong")["degenerate_range"].loc["2014"].mean()
    assert flat > 0.5
    assert table.loc["2014", "range_days"] < (1 - flat) * table.loc["2014", "priced_days"]


def test_average_prices_have_no_range_spread(panel):
    table = cl.liquidity(panel, "hubei", "Y").table
    assert table[["corwin_schultz", "abdi_ranaldo"]].isna().all().all()


def test_national_blocks_are_cheaper_than_listed_trades(panel):
    found = cl.price_effects(panel, "cea", draws=199)
    row = found.discounts.set_index("market").loc["cea"]
    assert row["n_in"] > 50 and row["n_out"] > 200
    assert -10 < row["inside"] < 0 and -10 < row["outside"] < 0
    assert list(found.table["deadline"].dt.year) == [2021, 2023, 2024]


def test_shenzhen_blocks_are_compared_within_a_vintage(panel):
    from carbonlink.measures.block_prices import block_discounts

    # The vintages with blocks had no listed trade on those days; another vintage's price, from 5
    # to 40 yuan, is no comparison.
    assert block_discounts(panel, "shenzhen").empty


def test_a_price_that_was_held_before_the_window_makes_no_event(panel):
    found = cl.price_effects(
        panel, ["guangdong", "tianjin", "hubei"], variance="constant", draws=99
    )
    (reason,) = (w for m, label, w in found.refused if (m, label) == ("tianjin", "2016-06-30"))
    assert "the price was held before the window" in reason
    assert found.table["scar"].abs().max() < 4


def test_block_discounts_are_those_of_the_printed_rows(real_data):
    from carbonlink.measures.block_prices import block_discounts

    path = real_data / "wind_cea_national.csv"
    rows = pd.read_csv(path, encoding="gb18030", skiprows=[1, 2], index_col=0)
    volume = {k: f"成交量:{k}协议交易(CEA)" for k in ("挂牌", "大宗")}
    value = {k: f"成交金额:{k}协议交易(CEA)" for k in ("挂牌", "大宗")}
    rows.index = pd.to_datetime(rows.index, format="%Y/%m/%d", errors="coerce")
    rows = rows[rows.index.notna()]
    rows = rows.apply(pd.to_numeric, errors="coerce")
    mean = {k: (rows[value[k]] / rows[volume[k]]).where(rows[volume[k]].gt(0)) for k in volume}
    expected = (100 * np.log(mean["大宗"] / mean["挂牌"])).dropna().sort_index()
    found = block_discounts(cl.load(["cea"], raw=real_data), "cea")["discount"]
    assert len(found) > 400
    np.testing.assert_allclose(found, expected.reindex(found.index), rtol=1e-9)


def test_shenzhens_file_has_no_day_with_both_prices_of_a_vintage(real_data):
    from carbonlink.measures.block_prices import block_discounts

    panel = cl.load(["shenzhen"], raw=real_data)
    block = panel.tidy.query("trade == 'block'")
    assert len(block) > 0 and block[["open", "high", "low"]].isna().all(axis=None)
    assert block_discounts(panel, "shenzhen").empty
