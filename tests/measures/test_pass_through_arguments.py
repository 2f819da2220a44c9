"""Nothing given to `pass_through` is ignored, and what cannot be used is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import DataError, SpecificationError, TooFewObservationsError


@pytest.fixture(scope="module")
def prices():
    data = cl.simulate.error_correction(500, long_run=0.8, adjustment=0.15, rng=1)
    return pd.DataFrame({"carbon": data["cause"] + 60, "power": data["effect"] + 300})


@pytest.fixture(scope="module")
def hourly():
    """Power by the hour; the allowance has one price a day."""
    rng = np.random.default_rng(7)
    index = pd.date_range("2023-01-01", periods=24 * 200, freq="h")
    carbon = np.repeat(60 + np.cumsum(rng.normal(0, 1.5, 200)), 24)
    e = 0.8 + 0.1 * (index.hour > 17) + 0.02 * rng.normal(size=len(index))
    power = 250 + 0.6 * carbon * e + rng.normal(0, 3, len(index))
    return pd.DataFrame({"carbon": carbon, "power": power}, index), pd.Series(e, index)


def measured(data, **changes):
    return cl.pass_through(data, "carbon", "power", **changes)


def test_an_allowance_with_one_price_a_day_moves_though_its_hours_do_not(hourly):
    frame, e = hourly
    found = measured(frame, intensity=e, method="iv", instrument="cause", effects=("hour",))
    assert 0.6 in found.gross.confidence_set(0.99)
    by_hour = found.by("hour").results
    assert [name for name, _ in by_hour] == [f"hour {h}" for h in range(24)]
    assert all(r.sample.nobs == 200 for _, r in by_hour)
    still = frame.assign(power=np.repeat(np.repeat([390.0, 395.0], 100), 24))
    with pytest.raises(DataError, match="changes on 1 of 199 days.*step chart"):
        measured(still)


def test_a_step_is_called_what_it_is(hourly, prices):
    frame, _ = hourly
    carbon = 60 + np.random.default_rng(1).normal(size=len(frame)).cumsum() / 4
    found = measured(frame.assign(carbon=carbon, power=carbon + frame["power"]))
    assert found.half_life.unit == "hours" and found.adjustment.unit == "share per hour"
    assert measured(prices).half_life.unit == "open days"
    assert measured(prices.reset_index(drop=True)).half_life.unit == "rows"


def test_groups_are_taken_of_the_days_that_where_selects(prices):
    ends = tuple(prices["power"].quantile([0.1, 0.9]))
    found = measured(prices, band=ends, where="inside_band")
    inside = prices["power"].between(*ends, inclusive="neither")
    for name, part in found.by("year").results:
        own = found.refit(where=inside & (prices.index.year == int(name.split()[1])))
        assert part.sample.nobs == own.sample.nobs < (prices.index.year == int(name[-4:])).sum()
        assert part.long_run.estimate == own.long_run.estimate
    masks = {"first": pd.Series(prices.index.year == 2015, prices.index)}
    (_, first), *_ = found.by(masks).results
    assert first.long_run.estimate == found.by("year").results[0][1].long_run.estimate


def test_a_group_that_is_refused_is_named(prices, hourly):
    short = {"winter": pd.Series(np.arange(len(prices)) < 20, prices.index)}
    with pytest.raises(TooFewObservationsError, match="^winter: "):
        measured(prices).by(short)
    both = {**short, "rest": ~short["winter"]}
    found = measured(prices).by(both)
    assert [name for name, _ in found.results] == ["rest"] and list(found.left_out) == ["winter"]
    assert "19 complete rows" in found.left_out["winter"] and "winter is left out: " in str(found)
    assert set(found.tidy()["model"]) == {"rest"}
    with pytest.raises(TooFewObservationsError, match="^a: .* None of the 2 groups"):
        measured(prices).by({"a": short["winter"], "b": short["winter"]})
    with pytest.raises(SpecificationError, match="one hour"):
        measured(prices).by("hour")
    quarter = hourly[0].resample("15min").ffill()
    with pytest.raises(SpecificationError, match="some hours have several"):
        measured(quarter, method="iv", instrument="cause", effects=()).by("hour")


def test_values_by_year_are_those_of_the_dates(prices):
    by_year = {2015: 0.80, 2016: 0.79}
    dates = pd.Series(np.where(prices.index.year == 2015, 0.80, 0.79), prices.index)
    ways = [by_year, pd.Series(by_year), dates]
    nets = [measured(prices, intensity=0.9, benchmark=b).net.estimate for b in ways]
    assert nets[0] == nets[1] == nets[2]
    assert "0.8 (2015)" in measured(prices, intensity=0.9, benchmark=by_year).spec["benchmark"]


@pytest.mark.parametrize("name", ["intensity", "benchmark"])
def test_a_year_without_a_value_is_named(prices, name):
    values = {"intensity": 0.9, "benchmark": 0.8, name: {2015: 0.85}}
    with pytest.raises(SpecificationError, match=rf"{name} has no value on \d+ .*\(2016\)"):
        measured(prices, **values)


def test_the_year_without_a_published_benchmark_is_named(prices):
    found = measured(prices, intensity=0.9, benchmark="cn_power")
    assert found.net.kind == "undefined" and "2015, 2016" in found.net.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "iv", "instrument": "cause", "trend": "ct"}, "trend='ct' has no use"),
        ({"method": "iv", "instrument": "cause", "cov": "robust"}, "cov='robust' has no use"),
        ({"method": "dols", "cov": "hac"}, "cov='hac' has no use"),
        ({"method": "tobit", "band": (0, 999), "trend": "ct"}, "trend='ct' has no use"),
        ({"method": "tobit", "band": (0, 999), "cov": "white"}, "cov='white' is not known"),
        ({"method": "lp", "draws": 50}, "draws=50"),
        ({"method": "lp-iv", "instrument": "cause"}, "cannot be its own instrument"),
        ({"intensity": [0.8]}, "intensity=.*no number"),
        ({"intensity": float("nan")}, "intensity=nan is no number"),
        ({"band": ("low", 900)}, "lower end of the band is no number"),
        ({"band": pd.DataFrame({"low": [1]})}, "It has: low"),
        ({"method": "iv", "instrument": "cause", "where": np.ones(500, bool)}, "where is not"),
    ],
)
def test_what_cannot_be_used_is_named(prices, changes, words):
    with pytest.raises(SpecificationError, match=words):
        measured(prices, **changes)


def test_dates_without_a_band_are_named(prices):
    lower = pd.Series(250.0, prices.index).drop(prices.index[3])
    with pytest.raises(SpecificationError, match=f"lower end.* 1 dates.*{prices.index[3].date()}"):
        measured(prices, band=(lower, 999))
    one_sided = measured(prices, band=(None, prices["power"].median()))
    assert one_sided.identified_share == pytest.approx(0.5, abs=0.01)


def test_the_fewest_rows_hold_for_every_method(prices):
    for method, more in (("ecm", {}), ("iv", {"instrument": "cause"}), ("dols", {}), ("lp", {})):
        with pytest.raises(TooFewObservationsError):
            measured(prices, method=method, minimum=len(prices) + 1, **more)


def test_given_leads_and_lags_are_used_whatever_integer_type_they_have(prices):
    found = measured(prices, method="dols", lags=np.int64(3))
    assert (found.spec["lags"], found.spec["leads"]) == (3, 3)


def test_windfall_stands_at_the_price_of_the_days_used(prices):
    half = pd.Series(np.arange(len(prices)) < 250, prices.index)
    found = measured(prices, intensity=0.85, benchmark=0.80, where=half)
    assert found.carbon_price == pytest.approx(prices["carbon"][half].mean())
    gap = found.gross.estimate * 0.85 - 0.05
    assert found.windfall().estimate == pytest.approx(gap * found.carbon_price)
    with pytest.raises(SpecificationError, match="level"):
        found.windfall(level=95)
    with pytest.raises(SpecificationError, match="price=nan"):
        found.windfall(float("nan"))


def test_units_that_are_not_known_are_said(prices):
    def told(frame):
        found = measured(frame, intensity=0.85)
        return any("No unit is known of" in note for note in found.notes)

    assert told(prices)
    prices = prices.copy()
    prices.attrs["units"] = {"carbon": "yuan/t", "power": "yuan/MWh"}
    assert not told(prices)


def test_a_unit_taken_from_a_name_is_said_and_not_believed_of_small_prices(prices):
    named = prices.set_axis(["cea", "electricity_gd"], axis=1)

    def run(frame):
        return cl.pass_through(frame, "cea", "electricity_gd", intensity=0.85)

    taken = "Unit taken from the name, not stated with the data: cea yuan/t, electricity_gd yuan/"
    assert any(note.startswith(taken) for note in run(named).notes)
    per_kwh = named.assign(electricity_gd=named["electricity_gd"] / 1000)
    with pytest.raises(SpecificationError, match="looks like yuan/kWh, not yuan/MWh. Multiply"):
        run(per_kwh)
    per_kwh.attrs["units"] = {"electricity_gd": "yuan/kWh"}
    with pytest.raises(SpecificationError, match="need a price /MWh"):
        run(per_kwh)
    found = cl.pass_through(per_kwh, "cea", "electricity_gd")
    assert found.units["long_run"] == "yuan/kWh per yuan/t"
    named.attrs["units"] = {"cea": "yuan/t", "electricity_gd": "yuan/MWh"}
    assert not any("Unit taken" in note for note in run(named).notes)


def test_a_set_above_full_pass_through_is_said(prices):
    def told(e):
        found = measured(prices, intensity=e)
        return found.gross.lower > 1, [n for n in found.notes if "wholly above 1" in n]

    above, words = told(0.2)
    assert above and words[0].startswith("The gross rate's 95% set") and "left out" in words[0]
    assert told(0.8) == (False, [])


def test_rows_thinned_by_a_sparse_control_are_not_called_days(prices):
    weekly = prices.index[::5]
    coal = pd.Series(np.random.default_rng(2).normal(size=len(weekly)).cumsum(), weekly)
    assert measured(prices, controls=coal.rename("coal")).half_life.unit == "weeks"
    mixed = prices.index[:150].append(prices.index[150::5])
    uneven = pd.Series(np.random.default_rng(2).normal(size=len(mixed)).cumsum(), mixed)
    found = measured(prices, controls=uneven.rename("coal"))
    assert found.half_life.unit == "rows" and found.adjustment.unit == "share per row"
    thin = [n for n in found.notes if n.startswith("Rows are ") and "coal has 220 days" in n]
    assert len(thin) == 1 and "irregularly" in thin[0]
    held = measured(prices.assign(coal=uneven), controls="coal")
    assert any("coal has a value in 220" in n and "irregularly. Lags" in n for n in held.notes)
    assert not any("apart" in note for note in measured(prices).notes)
