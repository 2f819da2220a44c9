"""Integration of markets: dispersion by hand, pairs, periods, what is refused."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.kernels import logt
from carbonlink.measures.integration_convergence import first_period


def markets(n: int = 400, k: int = 4, rng: int = 0) -> pd.DataFrame:
    """Prices that follow one walk and each other."""
    draws = np.random.default_rng(rng)
    trend = 4 + 0.01 * np.cumsum(draws.standard_normal(n))
    noise = 0.03 * draws.standard_normal((n, k))
    for t in range(1, n):
        noise[t] = 0.8 * noise[t - 1] + 0.02 * draws.standard_normal(k)
    days = pd.date_range("2018-01-05", periods=n, freq="W-FRI")
    return pd.DataFrame(np.exp(trend[:, None] + noise), days, [f"m{i}" for i in range(k)])


@pytest.fixture(scope="module")
def found():
    return cl.integration(markets(), draws=29)


def test_dispersion_by_hand(found):
    logs = np.log(markets())
    row = found.dispersion.iloc[10]
    assert row["dispersion"] == pytest.approx(logs.iloc[10].std(ddof=1))
    assert row["range_ratio"] == pytest.approx(markets().iloc[10].max() / markets().iloc[10].min())
    change = logs.diff().iloc[10].to_numpy()
    moves = [abs(change[i] - change[j]) for i in range(4) for j in range(i + 1, 4)]
    assert row["relative_variance"] == pytest.approx(np.var(moves, ddof=1))
    assert (found.dispersion["dispersion"] == found.dispersion["all"]).all()


def test_weights_are_volumes():
    prices = markets(100)
    volumes = pd.DataFrame(0.0, prices.index, prices.columns).assign(m0=3.0, m1=1.0)
    row = cl.integration(prices, volumes=volumes, pairs=False).dispersion.iloc[5]
    logs = np.log(prices.iloc[5])
    mean = 0.75 * logs["m0"] + 0.25 * logs["m1"]
    by_hand = np.sqrt(0.75 * (logs["m0"] - mean) ** 2 + 0.25 * (logs["m1"] - mean) ** 2)
    assert row["weighted"] == pytest.approx(by_hand)


def test_units_and_order_move_no_dispersion(found):
    moved = cl.integration(markets()[["m2", "m0", "m3", "m1"]] * 7.1, pairs=False)
    np.testing.assert_allclose(
        moved.dispersion["dispersion"], found.dispersion["dispersion"], rtol=1e-9
    )


def test_pairs_return(found):
    table = found.pairs
    assert len(table) == 6 * 3
    whole = table[table["period"] == "all"]
    assert (whole["p_dfgls"] < 0.05).all() and (whole["p_trace_holm"] < 0.05).all()
    assert (whole["p_dfgls_holm"] >= whole["p_dfgls"]).all()
    assert whole["beta"].to_numpy() == pytest.approx(np.ones(6), abs=0.35)
    truth = np.log(0.5) / np.log(0.8)
    assert whole["half_life"].between(truth / 2.5, truth * 2.5).all()
    assert (whole["half_life_lower"] <= whole["half_life"]).all()
    assert (whole["half_life"] <= whole["half_life_upper"]).all()
    matrix = found.half_lives("after")
    assert matrix.loc["m0", "m1"] == matrix.loc["m1", "m0"]
    assert np.isnan(matrix.loc["m0", "m0"])


def test_log_t_is_the_kernels(found):
    logs = np.log(markets())
    test = logt.log_t(logs.to_numpy(), logt.Rule(first_period(0.3, 400)))
    row = found.log_t.iloc[0]
    assert row["statistic"] == pytest.approx(test.statistic)
    assert set(found.clubs["period"]) == {"all", "before", "after"}
    assert (found.clubs["club"].str.startswith(("club", "divergent"))).all()


@pytest.mark.parametrize(
    ("drop", "length", "first"), [(1 / 3, 34, 12), (0.3, 34, 11), (0.3, 150, 46), (10, 34, 11)]
)
def test_the_first_period_of_log_t(drop, length, first):
    assert first_period(drop, length) == first


def test_logarithms_are_taken_as_they_are():
    logs = np.log(markets(100))
    taken = cl.integration(logs, logs=False, pairs=False)
    made = cl.integration(markets(100), pairs=False)
    np.testing.assert_allclose(taken.log_t["slope"], made.log_t["slope"], rtol=1e-9)
    smoothed = cl.integration(logs, logs=False, pairs=False, smooth=400.0)
    assert smoothed.log_t["slope"].iloc[0] != taken.log_t["slope"].iloc[0]


def test_a_panel_of_countries_over_years():
    """152 units over 34 years with integer years for an index, as in Phillips and Sul (2009)."""
    draws = np.random.default_rng(0)
    growth = draws.uniform(0, 0.03, 152)
    t = np.arange(34)[:, None]
    logs = draws.uniform(6, 10, 152) + growth * t + 0.02 * draws.standard_normal((34, 152))
    frame = pd.DataFrame(logs, range(1970, 2004), [f"c{i}" for i in range(152)])
    found = cl.integration(frame, logs=False, drop=1 / 3, smooth=400.0, draws=0)
    row = found.log_t.iloc[0]
    assert row["nobs"] == 23 and row["markets"] == 152 and row["slope"] < 0
    assert len(found.clubs) == 152 and found.pairs.empty
    assert any("Only 34 dates" in note for note in found.notes)
    smooth = logt.hodrick_prescott(logs, 400.0)
    assert row["statistic"] == pytest.approx(logt.log_t(smooth, logt.Rule(12)).statistic)


def test_many_units_have_no_pairs_unless_named():
    wide = markets(120, k=13)
    quiet = cl.integration(wide, draws=0)
    assert quiet.pairs.empty and any("78 pairs" in note for note in quiet.notes)
    one = cl.integration(wide, pairs=[("m0", "m12")], draws=0)
    assert len(one.pairs) == 1 and one.pairs["half_life"].isna().all()


def test_weeks_hold_the_last_price():
    days = pd.bdate_range("2020-01-01", periods=600)
    prices = pd.DataFrame(
        np.exp(4 + 0.01 * np.random.default_rng(0).standard_normal((600, 2)).cumsum(axis=0)),
        days,
        ["a", "b"],
    )
    prices.iloc[100:110, 0] = np.nan
    weekly = cl.integration(prices, freq="W", pairs=False).prices
    friday = prices.index[prices.index.day_of_week == 4][3]
    assert weekly.loc[friday + pd.Timedelta(days=2), "b"] == pytest.approx(
        np.log(prices.loc[friday, "b"])
    )
    assert weekly["a"].isna().sum() >= 1


def test_a_late_market_is_outside_the_core():
    prices = markets()
    prices.loc[prices.index < "2021-07-16", "m3"] = np.nan
    late = cl.integration(prices, draws=0)
    assert late.spec["core"] == ("m0", "m1", "m2")
    assert any("m3" in note for note in late.notes)
    before = late.pairs.query("period == 'before' and second == 'm3'")
    assert before["note"].str.contains("0 joint prices").all()
    same = late.pairs.query("first == 'm0' and second == 'm3'").set_index("period")
    assert same.loc["all", "dfgls"] == same.loc["after", "dfgls"]


def test_a_change_at_the_date_is_seen():
    prices = markets(500)
    late = prices.index >= "2021-07-16"
    wide = np.exp(np.log(prices).sub(np.log(prices).mean(axis=1), axis=0) * 3)
    prices[~late] = wide[~late].mul(np.exp(np.log(prices).mean(axis=1))[~late], axis=0)
    tests = cl.integration(prices, pairs=False).changes.set_index("test")
    change = tests.loc["change at 2021-07-16"]
    assert change["estimate"] < 0 and change["p_value"] < 0.01
    assert tests.loc["break at an unknown date", "p_value"] < 0.01


def test_credits_and_allowances_are_the_arbitrage_pairs():
    prices = markets(200).rename(columns={"m0": "cea", "m1": "ccer"})
    arbitrage = cl.integration(prices, split=None, draws=0).arbitrage
    assert len(arbitrage) == 3
    assert {"ccer"} <= set(arbitrage["first"]) | set(arbitrage["second"])


def test_equal_prices_at_the_start_have_no_log_t():
    prices = markets(100)
    prices.iloc[0] = 50.0
    row = cl.integration(prices, pairs=False).log_t.iloc[0]
    assert "no dispersion" in row["note"] and "statistic" not in row.dropna()


def test_the_guard_is_in_the_notes(found):
    assert any("no arbitrage" in note for note in found.notes)


@pytest.mark.parametrize(
    ("change", "arguments", "error", "words"),
    [
        (lambda d: d[["m0"]], {}, cl.DataError, "two markets"),
        (lambda d: d.assign(m1=-1.0), {}, cl.DataError, "m1 has prices of zero or less"),
        (lambda d: d, {"markets": ["m0", "nobody"]}, cl.SpecificationError, "nobody"),
        (lambda d: d, {"kernel": "box"}, cl.SpecificationError, "kernel"),
        (lambda d: d, {"variance": "x"}, cl.SpecificationError, "variance"),
        (lambda d: d, {"draws": 5}, cl.SpecificationError, "draws"),
        (lambda d: d, {"drop": 1.5}, cl.SpecificationError, "drop"),
        (lambda d: d, {"split": "soon"}, cl.SpecificationError, "split"),
        (lambda d: d, {"pairs": [("m0", "m9")]}, cl.SpecificationError, "m9"),
        (lambda d: d, {"freq": "D"}, cl.SpecificationError, "freq"),
        (lambda d: d.iloc[:15], {}, cl.TooFewObservationsError, "20 are needed"),
        (lambda d: d.iloc[::-1], {}, cl.DataError, "order"),
    ],
)
def test_bad_input_is_named(change, arguments, error, words):
    with pytest.raises(error, match=words):
        cl.integration(change(markets(120)), **{"pairs": False, **arguments})


def test_the_result_says_what_its_p_values_stand_on():
    """Unit roots of pairs by the wild bootstrap, as many draws as Holm's adjustment needs."""
    data = markets(150)
    drawn = cl.integration(data, split=None, draws=19)
    pairs = len(drawn.pairs)
    least = 1 / (int(np.ceil(2 * pairs / 0.05)))
    assert (drawn.pairs[["p_dfgls", "p_kss"]] >= least - 1e-12).all(axis=None)
    assert pairs * least < 0.05
    assert any("wild bootstrap" in note for note in drawn.notes)
    tests = drawn.diagnostics().set_index("test")
    named = tests.index.str.startswith("DF-GLS")
    assert (tests.loc[named, "reference"] == "wild bootstrap").all()
    assert drawn.refit().pairs.equals(drawn.pairs)
    plain = cl.integration(data, split=None, draws=0)
    assert any("asymptotic p-values (draws=0)" in note for note in plain.notes)
    weak = plain.changes.set_index("test").loc["weak σ-convergence"]
    known = "not rejected" not in weak["note"]
    assert "DF-GLS" in weak["note"] and np.isfinite(weak["p_value"]) == known
    assert any("weak σ-convergence" in note for note in plain.notes) == (not known)
    assert (drawn.pairs["p_trace"] >= least - 1e-12).all()
    factor = (drawn.pairs["trace"] / plain.pairs["trace"]).to_numpy()
    assert (factor > 1).all() and (factor < 1.2).all()
    named = tests.index.str.startswith("trace")
    assert (tests.loc[named, "reference"] == "wild bootstrap").all()
    np.testing.assert_allclose(plain.pairs["dfgls"], drawn.pairs["dfgls"], rtol=1e-7)
    np.testing.assert_allclose(plain.pairs["kss"], drawn.pairs["kss"], rtol=1e-7)


NINE = ["cea", "shenzhen", "shanghai", "beijing", "guangdong", "tianjin", "hubei", "chongqing",
        "fujian"]  # fmt: skip
CORE = ["shenzhen", "shanghai", "beijing", "guangdong", "hubei"]


@pytest.fixture
def icap(real_data, tmp_path):
    """The panel of the nine Chinese prices of one file."""
    shutil.copy(real_data / "icap_2026.csv", tmp_path)
    return cl.load(NINE, raw=tmp_path)


@pytest.mark.real
def test_nine_prices_before_and_after_the_launch(icap):
    """Weekly prices of one file: every figure from it, CEA only after its launch."""
    assert set(icap.sources_of.values()) == set(icap.sources)
    assert all("icap_2026.csv" in source for source in icap.sources)
    found = cl.integration(icap, NINE, draws=0)
    assert found.sources == icap.sources
    assert any("asymptotic p-values (draws=0)" in note for note in found.notes)
    weak = found.changes.set_index("test").loc["weak σ-convergence"]
    assert "DF-GLS" in weak["note"]
    assert len(found.pairs) == 36 * 3
    assert list(found.spec["core"]) == CORE
    assert found.dispersion["markets"].max() == 9
    pairs = found.pairs.set_index(["first", "second", "period"])
    assert "0 joint prices" in pairs.loc[("cea", "hubei", "before"), "note"]
    assert pairs.loc[("cea", "hubei", "after"), "nobs"] > 200
    whole, parts = (found.log_t.query("group == 'all'").set_index("period")["nobs"].loc[p]
                    for p in ("all", ["before", "after"]))  # fmt: skip
    weekly = cl.aggregate(icap, "W", "last").frame
    by_hand = np.log(weekly[CORE].dropna()).std(axis=1, ddof=1)
    np.testing.assert_allclose(found.dispersion["dispersion"].dropna(), by_hand, rtol=1e-12)
    assert whole < len(by_hand) and len(parts) == 2


@pytest.mark.real
def test_weekly_returns_before_and_after_the_launch(icap):
    weekly = cl.aggregate(icap, "W", "last").frame
    returns = 100 * np.log(weekly).diff()
    before = returns[returns.index < "2021-07-16"]
    with pytest.raises(cl.DataError, match="no value of cea"):
        cl.connectedness(before)
    with pytest.raises(cl.TooFewObservationsError, match="tianjin .* without it"):
        cl.connectedness(before[NINE[1:]], lags=1)
    net = cl.connectedness(returns[CORE], lags=1, draws=199)
    change = net.split("2021-07-16")
    assert change.second.sample.end < "2021-07-16" <= change.first.sample.start
    assert 0 < change.table.loc["total", "p_value"] <= 1
    found = cl.causality(returns[CORE], family="all", lags=1, draws=399)
    assert len(found.table) == 20 and found.table["detectable_r2"].notna().all()
    with pytest.warns(cl.CarbonlinkWarning, match="No sign that these are stationary"):
        with_levels = cl.connectedness(np.log(weekly[CORE]), lags=1, draws=0)
    assert any("No sign that these are stationary" in note for note in with_levels.notes)


@pytest.mark.parametrize("split", ["June", "05/06/2022", "2050-01-01", "2001-01-01"])
def test_a_split_that_divides_nothing_is_refused(split):
    with pytest.raises(cl.SpecificationError, match="split="):
        cl.integration(markets(100), split=split, pairs=False, draws=0)


def test_the_default_split_outside_the_sample_is_noted():
    prices = markets(100)
    prices.index = pd.bdate_range("2010-01-04", periods=100)
    found = cl.integration(prices, pairs=False, draws=0)
    assert found.spec["split"] == ""
    assert any("2021-07-16 does not divide the sample" in note for note in found.notes)
    with pytest.raises(cl.SpecificationError, match="needs dates"):
        cl.integration(prices.reset_index(drop=True), split="2010-02-01", pairs=False, draws=0)


def test_the_sample_of_weeks_ends_on_a_day_with_a_price():
    prices = markets(203)
    found = cl.integration(prices, freq="W", split=None, pairs=False, draws=0)
    assert found.dispersion.index[-1] > prices.index[-1]
    assert found.sample.end == str(prices.index[-1].date())


def test_a_time_zone_changes_nothing():
    prices = markets(100)
    given = {"split": None, "pairs": False, "draws": 0}
    found = cl.integration(prices.tz_localize("Asia/Shanghai"), **given)
    assert found.summary() == cl.integration(prices, **given).summary()
