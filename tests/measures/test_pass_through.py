"""Pass-through: gross and net rates, tests, bands, and what is refused."""

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl


@pytest.fixture(scope="module")
def prices():
    """A power price that takes up 0.8 tCO2/MWh of the carbon price."""
    data = cl.simulate.error_correction(900, long_run=0.8, adjustment=0.15, rng=4)
    return pd.DataFrame({"cea": data["cause"] + 60, "electricity_gd": data["effect"] + 300})


@pytest.fixture(scope="module")
def found(prices):
    return cl.pass_through(prices, "cea", "electricity_gd", intensity=0.85, benchmark=0.8)


def test_long_run_is_that_of_the_model(prices, found):
    model = cl.ECM(prices["electricity_gd"], prices["cea"]).fit()
    assert found.long_run.estimate == pytest.approx(model.long_run["cea"], rel=1e-12)
    assert found.adjustment.estimate == pytest.approx(model.adjustment)
    assert found.half_life.estimate == pytest.approx(model.half_life)
    assert found.short_run.estimate == pytest.approx(model.short_run["cea"])
    assert found.long_run.lower < 0.8 < found.long_run.upper
    assert found.units["long_run"] == "yuan/MWh per yuan/t"


def test_with_constants_net_is_gross_times_e_over_e_less_b(found):
    factor = 0.85 / (0.85 - 0.8)
    assert found.gross.estimate == pytest.approx(found.long_run.estimate / 0.85)
    assert found.net.estimate == pytest.approx(factor * found.gross.estimate)
    assert found.net.lower == pytest.approx(factor * found.gross.lower)
    assert found.net.upper == pytest.approx(factor * found.gross.upper)
    assert any("e/(e − b) = 17" in note for note in found.notes)


def test_full_pass_through_of_the_net_cost_looks_like_little_of_the_gross():
    # e = 0.85, b = 0.82: a price that takes up 0.03 per yuan/t has all of the net cost in it.
    data = cl.simulate.error_correction(4000, long_run=0.03, short_run=0.0, sigma=0.05, rng=2)
    found = cl.pass_through(data, "cause", "effect", intensity=0.85, benchmark=0.82)
    assert found.gross.estimate == pytest.approx(0.03 / 0.85, abs=0.005)
    assert found.net.lower < 1 < found.net.upper
    assert found.net.p_one > 0.05 and found.net.p_zero < 0.01
    assert found.gross.p_none < 0.05 and found.net.p_equivalence < 0.05


def test_the_set_and_the_tests_agree(found):
    for rate in (found.gross, found.net):
        assert (1 in rate.confidence_set()) == (rate.p_one > 0.05)
        assert (0 in rate.confidence_set()) == (rate.p_zero > 0.05)
        inside = rate.confidence_set(0.9)
        shown = inside.kind == "interval" and 0.8 <= inside.lower and inside.upper <= 1.2
        assert shown == (rate.p_equivalence <= 0.05)
    assert found.tidy(0.9).set_index("term").loc["gross", "lower"] > found.gross.lower


def test_units_of_the_carbon_price_do_not_move_rates(prices, found):
    kilo = prices.assign(cea=prices["cea"] * 10)
    own = cl.pass_through(kilo, "cea", "electricity_gd", intensity=0.085)
    assert own.gross.estimate == pytest.approx(found.gross.estimate, rel=1e-9)
    assert own.gross.p_one == pytest.approx(found.gross.p_one, rel=1e-6)


def test_a_cost_that_moves_over_time_is_the_regressor_itself(prices):
    data = prices.copy()
    data.index = pd.bdate_range("2021-01-01", periods=len(data))
    data = data[:"2022"]
    e = 0.86
    found = cl.pass_through(data, "cea", "electricity_gd", intensity=e, benchmark="cn_power")
    years = data.index.year.map({2021: 0.8218, 2022: 0.8177})
    shock = (data["cea"] * (e - years)).rename("shock")
    lags = found.spec["lags"]
    peer = cl.ECM(data["electricity_gd"], shock, lags=lags).fit()
    assert found.net.estimate == pytest.approx(peer.long_run["shock"], rel=1e-9)
    assert found.gross.estimate == pytest.approx(found.long_run.estimate / e)
    assert "above 300 MW" in found.spec["benchmark"] and "0.8177 (2022)" in found.spec["benchmark"]
    constant = pd.Series(0.86, data.index)
    same = cl.pass_through(data, "cea", "electricity_gd", intensity=constant)
    assert same.gross.estimate == pytest.approx(found.gross.estimate)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"intensity": None}, "without the intensity"),
        ({"benchmark": None}, "no benchmark"),
        ({"benchmark": 0.85}, "zero"),
        ({"intensity": "china"}, "average grid factor"),
        ({"benchmark": "cn_power"}, "2015, 2016, 2017, 2018"),
    ],
)
def test_a_net_rate_that_is_not_defined_says_why(found, change, words):
    other = found.refit(**change)
    assert np.isnan(other.net.estimate) and words in other.net.reason
    assert np.isnan(other.net.p_one) and other.net.kind == "undefined"
    assert any(words in note for note in other.notes)
    rows = other.diagnostics().query("test.str.startswith('net')")
    assert len(rows) == 4 and rows["note"].str.contains(words).all()
    assert np.isfinite(other.long_run.estimate)


def test_a_net_cost_that_changes_sign_has_no_rate(prices, found):
    moving = pd.Series(np.linspace(0.8, 0.9, len(prices)), prices.index)
    other = found.refit(benchmark=moving)
    assert "changes sign" in other.net.reason


def test_a_grid_average_is_flagged_in_the_gross_rate(found):
    other = found.refit(intensity="guangdong", benchmark=None)
    assert other.gross.estimate == pytest.approx(other.long_run.estimate / 0.4403)
    assert any("not marginal" in note for note in other.notes)


def test_days_inside_the_band(prices, found):
    band = (float(prices["electricity_gd"].quantile(0.1)), 1e4)
    inside = found.refit(where="inside_band", band=band)
    share = float((prices["electricity_gd"] > band[0]).mean())
    assert inside.identified_share == pytest.approx(share)
    assert inside.sample.nobs < found.sample.nobs and np.isnan(found.identified_share)
    assert any("does not bound spot" in note for note in inside.notes)
    assert any("biases" in note for note in inside.notes)
    by_date = pd.DataFrame({"lower": band[0], "upper": 1e4}, prices.index)
    again = found.refit(where="inside_band", band=by_date)
    assert again.long_run.estimate == inside.long_run.estimate
    mask = prices["electricity_gd"] > band[0]
    assert found.refit(where=mask).long_run.estimate == inside.long_run.estimate


def test_rows_lost_are_counted(prices, found):
    holed = prices.copy()
    holed.iloc[100, 0] = np.nan
    holed.iloc[400, 1] = np.nan
    other = cl.pass_through(holed, "cea", "electricity_gd", lags=1)
    assert other.sample.nobs == len(prices) - 1 - 4
    assert dict(other.sample.dropped) == {"rows with a value or a lag missing": 5}


def test_controls_on_their_own_dates(prices):
    coal = pd.Series(
        np.random.default_rng(1).normal(size=len(prices)).cumsum(), prices.index, name="coal"
    )
    effect = prices.assign(electricity_gd=prices["electricity_gd"] + 3 * coal)
    without = coal.drop(coal.index[[10, 20]])
    found = cl.pass_through(effect, "cea", "electricity_gd", controls=without)
    assert found.spec["controls"] == ("coal",)
    assert found.model.long_run["coal"] == pytest.approx(3, abs=0.4)
    assert dict(found.sample.dropped)["days on which not every market was open"] == 2
    named = cl.pass_through(
        effect.assign(coal=coal), "cea", "electricity_gd", controls=["coal"], lags=1
    )
    assert named.model.names == ("electricity_gd", "cea", "coal")


def test_an_administered_price_is_refused(prices):
    steps = np.repeat([390.0, 400.0, 410.0], 300)
    with pytest.raises(cl.DataError, match="2 of 899 days.*administered"):
        cl.pass_through(prices.assign(electricity_gd=steps), "cea", "electricity_gd")
    with pytest.raises(cl.DataError, match="The cause cea"):
        cl.pass_through(prices.assign(cea=50.0), "cea", "electricity_gd")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"cause": "cae"}, cl.UnknownMarketError, "cae.*cea"),
        ({"effect": "cea"}, cl.SpecificationError, "named twice"),
        ({"method": "ols"}, cl.SpecificationError, "ecm"),
        ({"intensity": 850}, cl.SpecificationError, "0 to 2"),
        ({"intensity": -0.5}, cl.SpecificationError, "intensity"),
        ({"benchmark": "eu"}, cl.SpecificationError, "cn_power"),
        ({"benchmark": "cn_power: wind"}, cl.SpecificationError, "wind"),
        ({"where": "inside_band"}, cl.SpecificationError, "needs a band"),
        ({"where": "outside"}, cl.SpecificationError, "inside_band"),
        ({"band": (400, 300)}, cl.SpecificationError, "not below"),
        ({"margin": 2}, cl.SpecificationError, "margin"),
        ({"level": 95}, cl.SpecificationError, "level"),
        ({"minimum": 2000}, cl.TooFewObservationsError, "needs 2000"),
    ],
)
def test_refuses_with_a_reason(found, change, error, words):
    with pytest.raises(error, match=words):
        found.refit(**change)


def test_units_that_do_not_fit_are_named(prices):
    retail = prices.rename(columns={"electricity_gd": "tariff"})
    retail.attrs["units"] = {"tariff": "yuan/kWh"}
    with pytest.raises(cl.SpecificationError, match="yuan/kWh.*1000 yuan/MWh"):
        cl.pass_through(retail, "cea", "tariff", intensity=0.85)
    german = prices.rename(columns={"electricity_gd": "electricity_DEU"})
    with pytest.raises(cl.SpecificationError, match="two currencies"):
        cl.pass_through(german, "cea", "electricity_DEU")
    european = german.rename(columns={"cea": "eua"})
    assert cl.pass_through(european, "eua", "electricity_DEU", lags=1).units["long_run"] == (
        "EUR/MWh per EUR/t"
    )
    with pytest.raises(cl.SpecificationError, match="eur_zj is in yuan/tce"):
        cl.pass_through(
            prices.rename(columns={"electricity_gd": "eur_zj"}), "cea", "eur_zj", intensity=0.8
        )


def test_each_order_by_itself_is_the_distributed_lag(prices):
    rated = {"intensity": 0.85, "benchmark": 0.8, "method": "ardl"}
    found = cl.pass_through(prices, "cea", "electricity_gd", **rated)
    model = cl.ARDL(prices["electricity_gd"], prices["cea"], lags="bic").fit()
    assert (found.spec["lags"], found.spec["order"]) == (model.spec["lags"], model.spec["order"])
    assert found.spec["method"] == "ardl" and found.spec["lags_chosen_by"] == "bic"
    assert found.long_run.estimate == pytest.approx(model.long_run["cea"], rel=1e-10)
    assert found.gross.estimate == pytest.approx(model.long_run["cea"] / 0.85, rel=1e-10)
    factor = pd.Series(np.where(np.arange(len(prices)) < 400, 0.85, 0.84), prices.index)
    moving = cl.pass_through(prices, "cea", "electricity_gd", intensity=factor, method="ardl")
    cost = (prices["cea"] * factor).rename("cost")
    order = {"lags": model.spec["lags"], "order": model.spec["order"]}
    own = cl.ECM(prices["electricity_gd"], cost, **order).fit()
    assert moving.gross.estimate == pytest.approx(own.long_run["cost"], rel=1e-10)
    with pytest.raises(cl.SpecificationError, match="chooses each order by itself"):
        cl.pass_through(prices, "cea", "electricity_gd", method="ardl", lags=2)


def test_a_cause_that_enters_at_once_only_has_its_short_run_in_its_level():
    # Partial adjustment: with short run = adjustment times long run the cause has no lag.
    data = cl.simulate.error_correction(
        3000, long_run=0.8, adjustment=0.25, short_run=0.2, sigma=0.5, rng=6
    )
    found = cl.pass_through(data, "cause", "effect", method="ardl")
    assert found.spec["order"][0] == 0
    assert found.short_run.estimate == pytest.approx(0.2, abs=0.05)
    assert found.tidy().set_index("term").loc["short_run", "p_value"] < 0.001


@pytest.mark.slow
def test_rates_cover_the_truth():
    runs, hits = 1000, {"gross": 0, "net": 0}
    for seed in range(runs):
        data = cl.simulate.error_correction(800, long_run=0.425, adjustment=0.2, rng=seed)
        found = cl.pass_through(data, "cause", "effect", intensity=0.85, benchmark=0.8, lags=1)
        hits["gross"] += 0.5 in found.gross.confidence_set()
        hits["net"] += 8.5 in found.net.confidence_set()
    print({k: v / runs for k, v in hits.items()})
    assert all(0.92 <= v / runs <= 0.97 for v in hits.values())
