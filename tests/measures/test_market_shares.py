"""Shares of markets by period, their errors, and cycles before and after a rule changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.measures.rule_change import _jump

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
DAYS = pd.bdate_range("2020-01-01", "2022-12-31")


def frame(rng: int = 1, weights: tuple[float, ...] = (4.0, 2.0, 1.0)) -> pd.DataFrame:
    draws = np.random.default_rng(rng).lognormal(0, 1, (len(DAYS), len(weights)))
    return pd.DataFrame(draws * weights, DAYS, [f"m{i}" for i in range(len(weights))])


@pytest.fixture(scope="module")
def found():
    return cl.market_shares(frame(), draws=499)


def test_shares_add_up_and_give_the_hhi(found):
    np.testing.assert_allclose(found.shares.sum(axis=1), 1)
    np.testing.assert_allclose(found.table["hhi"], (found.shares**2).sum(axis=1))
    year = frame().loc["2021"].sum()
    np.testing.assert_allclose(found.shares.loc["2021"], year / year.sum())


def test_closed_forms():
    even = pd.DataFrame(1.0, DAYS, ["a", "b", "c", "d"])
    table = cl.market_shares(even, draws=99).table
    np.testing.assert_allclose(table["hhi"], 0.25)
    np.testing.assert_allclose(table["hhi_star"], 0, atol=1e-12)
    np.testing.assert_allclose(table["effective_markets"], 4)
    alone = even.assign(b=0.0, c=0.0, d=0.0)
    table = cl.market_shares(alone, draws=99).table
    np.testing.assert_allclose(table[["hhi", "hhi_star", "largest_share"]], 1)


def test_units_cancel(found):
    other = cl.market_shares(1000 * frame(), draws=499)
    np.testing.assert_allclose(other.conf_int(), found.conf_int())


def test_intervals_hold_the_true_share():
    held = []
    for rng in range(60):
        ends = cl.market_shares(frame(rng), draws=199, rng=rng).conf_int()
        held.append(((ends["lower"] < 4 / 7) & (4 / 7 < ends["upper"])).loc["m0"].mean())
    # 180 intervals at 95 %: within three binomial errors of it, blocks being a little short.
    assert 0.89 < np.mean(held) <= 1


def test_a_change_is_found_and_no_change_is_not(found):
    assert (found.table["p_change"].dropna() > 0.01).all()
    moved = frame()
    moved.loc["2022":, "m0"] *= 3
    table = cl.market_shares(moved, draws=499).table.set_index("period")
    assert table.loc["2022", "p_change"] < 0.001 < table.loc["2021", "p_change"]


def test_a_market_that_does_not_cover_a_period_is_left_out_of_it():
    late = frame()
    late.loc[:"2020-06-30", "m2"] = np.nan
    found = cl.market_shares(late, draws=99)
    table = found.table.set_index("period")
    assert table.loc["2020", "missing"] == "m2" and table.loc["2020", "markets"] == 2
    assert np.isnan(found.shares.loc["2020", "m2"])
    assert np.isnan(table.loc["2021", "p_change"])  # other markets than the year before
    assert any("m2 in 2020" in note for note in found.notes)


def test_the_panel_gives_chinese_allowance_markets():
    panel = cl.load(["cea", "hubei", "guangdong", "eua", "gec"], raw=RAW)
    found = cl.market_shares(panel, draws=99)
    assert set(found.spec["market"]) == {"cea", "hubei", "guangdong"}
    volume = panel.volume(["cea", "hubei", "guangdong"]).loc["2023"].sum()
    np.testing.assert_allclose(found.shares.loc["2023", "cea"], volume["cea"] / volume.sum())


def cycles(rng: int, jump: float = 0.0, count: int = 12) -> pd.DataFrame:
    draws = np.random.default_rng(rng)
    rows = []
    for m in range(4):
        for y in range(count):
            start = pd.Timestamp(2010 + y, 1 + 2 * m, 1)
            value = m + jump * (y >= 6) + draws.standard_normal()
            end = start + pd.DateOffset(years=1, days=-1)
            rows.append({"market": f"m{m}", "start": start, "end": end, "y": value})
    return pd.DataFrame(rows)


def test_the_jump_is_the_coefficient_of_least_squares():
    import statsmodels.formula.api as smf

    rows, day = cycles(1, jump=2.0), pd.Timestamp("2016-03-01")
    kept = rows[(rows["end"] < day) | (rows["start"] >= day)].assign(
        post=lambda f: (f["start"] >= day).astype(float),
        t=lambda f: f["end"].dt.year + f["end"].dt.day_of_year / 365.25 - 2020,
    )
    fitted = smf.ols("y ~ C(market) + t + post", kept).fit()
    estimate, error = _jump(rows, "y", day, trend=True)
    assert estimate == pytest.approx(fitted.params["post"], abs=1e-9)
    assert error == pytest.approx(fitted.bse["post"], rel=1e-8)


@pytest.mark.slow
def test_pseudo_dates_keep_the_size():
    rejected = []
    for rng in range(300):
        rows = cycles(rng)
        ts = [_jump(rows, "y", d, True) for d in sorted(set(rows["start"]))]
        t = np.array([abs(a / b) for a, b in (v for v in ts if v is not None)])
        own = t[len(t) // 2]
        rejected.append((t >= own).mean() <= 0.1)
    # 10 % and three binomial errors of 300 draws.
    assert np.mean(rejected) < 0.1 + 3 * np.sqrt(0.09 / 300)


def test_a_rule_change_is_found_in_volume():
    days = pd.bdate_range("2008-01-01", "2021-12-31")
    draws = np.random.default_rng(3).lognormal(0, 0.5, (len(days), 2))
    data = pd.DataFrame(draws, days, ["a", "b"])
    rush = (days.month == 6) & (days.year >= 2015)
    data[rush] *= 8
    ends = {m: [f"{y}-06-30" for y in range(2008, 2022)] for m in ("a", "b")}
    found = cl.market_shares(data, draws=99).rule_change(
        "2014-07-01", deadlines=ends, window=20, trend=False
    )
    assert found.estimate < -60 and found.p_value == pytest.approx(1 / (1 + len(found.pseudo)))
    assert found.before + found.after + found.across == len(found.cycles)
    share = cl.market_shares(data, draws=99).rule_change(
        "2014-07-01", "window_share", deadlines=ends, window=20, trend=False
    )
    assert share.estimate > 0.2


def test_refusals(found):
    with pytest.raises(cl.TooFewObservationsError, match="shares need two"):
        cl.market_shares(frame()[["m0"]])
    with pytest.raises(cl.SpecificationError, match="freq"):
        cl.market_shares(frame(), freq="D")
    with pytest.raises(cl.SpecificationError, match="draws"):
        cl.market_shares(frame(), draws=5)
    with pytest.raises(cl.SpecificationError, match="rng"):
        cl.market_shares(frame(), rng=None)
    with pytest.raises(cl.DataError, match="negative"):
        cl.market_shares(-frame())
    with pytest.raises(cl.DataError, match="no dates"):
        cl.market_shares(frame().reset_index(drop=True))
    with pytest.raises(cl.SpecificationError, match="needs a Panel"):
        cl.market_shares(frame(), kind="block")
    ends = ["2020-06-30", "2021-06-30", "2022-06-30"]
    with pytest.raises(cl.TooFewObservationsError, match="at least 3 on both sides"):
        found.rule_change("2020-01-01", deadlines=ends)
    with pytest.raises(cl.SpecificationError, match="measure"):
        found.rule_change("2021-07-01", "volume", deadlines=ends)
    with pytest.raises(cl.SpecificationError, match="no date"):
        found.rule_change("June", deadlines=ends)
    with pytest.raises((cl.DeadlineError, cl.TooFewObservationsError)):
        found.rule_change("2021-07-01")
