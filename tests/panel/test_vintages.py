"""One headline series of several vintages: who leads, how it rolls, and what a return spans."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.panel.vintages import LEAD, chained, leading

SESSIONS = pd.bdate_range("2024-03-04", periods=40)


def load(folder, quotes: dict[str, list[tuple[float, float] | None]], market="shenzhen"):
    """A panel of quotes (price, volume) a vintage, session by session; None is no row."""
    rows = [
        {
            **{"market": market, "trade": "total", "vintage": vintage, "price_kind": "close"},
            **{"date": SESSIONS[place].date(), "close": quote[0], "volume": quote[1]},
        }
        for vintage, quoted in quotes.items()
        for place, quote in enumerate(quoted)
        if quote is not None
    ]
    pd.DataFrame(rows).to_csv(folder / "vintages.csv", index=False)
    return cl.load(market, raw=folder)


def test_vintages_of_like_trade_do_not_take_turns():
    activity = pd.DataFrame({"a": [100.0, 90.0] * 10, "b": [95.0, 105.0] * 10})
    assert set(leading(activity)) == {"a"}
    assert leading(activity, lead=1.0).nunique() == 2, "without hysteresis they would"


def test_another_vintage_takes_over_at_five_quarters_of_the_trade():
    activity = pd.DataFrame({"old": [100.0, 0.0, 0.0], "new": [0.0, 124.0, 1.0]})
    assert leading(activity).tolist() == ["old", "old", "new"]
    assert LEAD == 1.25


def test_only_the_last_twenty_sessions_count():
    activity = pd.DataFrame({"old": [1000.0] + [0.0] * 24, "new": [0.0] * 5 + [10.0] * 20})
    assert leading(activity).tolist() == ["old"] * 20 + ["new"] * 5


def test_before_any_trade_the_first_vintage_to_trade_leads():
    activity = pd.DataFrame({"a": [0.0, 0.0, 0.0], "b": [0.0, 5.0, 0.0]})
    assert leading(activity).tolist() == ["b", "b", "b"]


def test_a_chain_has_the_returns_and_never_the_jump(tmp_path):
    old = [(50, 900), (51, 900), (52, 1), (53, 1)]
    new = [(20, 10), (21, 10), (22, 5000), (23, 5000)]
    panel = load(tmp_path, {"2019": old, "2020": new})
    days = panel.daily("shenzhen")
    assert days["is_roll"].tolist() == [False, False, True, False]
    expected = 50 * np.cumprod([1, 51 / 50, 22 / 21, 23 / 22])
    np.testing.assert_allclose(panel.prices(chained=True)["shenzhen"], expected)
    assert panel.prices()["shenzhen"].tolist() == [50, 51, 22, 23]
    row = panel.coverage().loc["shenzhen"]
    assert (row["vintages"], row["rolls"], row["price_kind"]) == (2, 1, "close")
    assert any("2 vintages" in n and "1 rolls" in n for n in panel.notes)


def test_a_roll_to_a_vintage_with_an_older_price_has_no_return(tmp_path):
    old = [(50, 900), (51, 900), (52, 900), None, None]
    new = [(20, 1), None, None, (25, 9000), (26, 9000)]
    panel = load(tmp_path, {"2019": old, "2020": new})
    returns = panel.returns()["shenzhen"]
    np.testing.assert_allclose(returns, 100 * np.log([51 / 50, 52 / 51, 26 / 25]))
    assert SESSIONS[3] not in returns.index, "20 to 25 would count sessions 1 to 3 twice"
    assert pd.isna(panel.gap_days()["shenzhen"].get(SESSIONS[3]))
    assert any("1 rolls have none" in note for note in panel.notes)
    index = panel.prices(chained=True)["shenzhen"]
    assert index.iloc[3] == pytest.approx(index.iloc[2])


def test_one_vintage_is_its_own_chain(tmp_path):
    panel = load(tmp_path, {"2019": [(50, 900), None, (52, 1)]})
    pd.testing.assert_frame_equal(panel.prices(chained=True), panel.prices())
    assert panel.coverage().loc["shenzhen", "rolls"] == 0


@pytest.mark.parametrize("seed", range(5))
def test_every_return_is_between_two_prices_of_one_vintage(tmp_path, seed):
    draw = np.random.default_rng(seed)
    quotes = {}
    for vintage in ("2018", "2019", "2020"):
        price = np.round(draw.uniform(5, 60) * np.exp(np.cumsum(draw.normal(0, 0.03, 40))), 2)
        volume = np.exp(draw.normal(4, 2, 40)).round() * (draw.random(40) < 0.6)
        quotes[vintage] = [
            (p, v) if draw.random() < 0.8 else None for p, v in zip(price, volume, strict=True)
        ]
    panel = load(tmp_path, quotes)
    assert len(panel.returns("shenzhen"))
    check_returns(panel, "shenzhen")


def check_returns(panel, market):
    """Recompute every return from the rows of one vintage, and that no two overlap."""
    days, returns = panel.daily(market), panel.returns(market)[market]
    rows = panel.tidy[panel.tidy["trade"] == ("listed" if market == "tianjin" else "total")]
    price = "vwap" if market == "tianjin" else "close"
    rows = rows[rows["volume"].gt(0) & rows[price].notna()]
    own = {v: part.set_index("date")[price] for v, part in rows.groupby("vintage")}
    end = pd.Timestamp.min
    for day, value in returns.items():
        series = own[days.at[day, "vintage"]]
        before = series.loc[:day].iloc[:-1]
        assert value == pytest.approx(100 * np.log(series[day] / before.iloc[-1]))
        assert before.index[-1] >= end
        end = day
    chain = 100 * np.log(chained(days).dropna()).diff()
    np.testing.assert_allclose(chain.reindex(returns.index), returns, atol=1e-9)
    assert chain.drop(returns.index).fillna(0).abs().max() < 1e-9


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "market", "vintages"),
    [("shenzhen_sza.xlsx", "shenzhen", (8, 15)), ("tianjin_tjea.xlsx", "tianjin", (12, 10))],
)
def test_real_vintages_are_never_spliced(real_data, tmp_path, file, market, vintages):
    shutil.copy(real_data / file, tmp_path)
    panel = cl.load(market, raw=tmp_path)
    check_returns(panel, market)
    row = panel.coverage().loc[market]
    assert (row["vintages"], row["rolls"]) == vintages
    naive = 100 * np.log(panel.prices()[market].dropna()).diff().abs()
    assert panel.returns()[market].abs().max() < naive.max() * (0.4 if market == "shenzhen" else 1)


def test_coverage_counts_the_vintages_that_the_note_counts(tmp_path):
    """A vintage that never leads is one of the file's all the same."""
    rows = [
        (f"2024-03-{day:02d}", v, q) for day in (4, 5, 6) for v, q in (("2013", 900), ("2014", 1))
    ]
    lines = [f"shenzhen,total,{date},30,{q},{30 * q},{v}" for date, v, q in rows]
    text = "\n".join(["market,trade,date,close,volume,value,vintage", *lines])
    (tmp_path / "two.csv").write_text(text)
    panel = cl.load("shenzhen", raw=tmp_path)
    assert panel.daily("shenzhen")["vintage"].nunique() == 1
    assert panel.coverage()["vintages"].tolist() == [2]
    assert any("2 vintages" in note for note in panel.notes)
