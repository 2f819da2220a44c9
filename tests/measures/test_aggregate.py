"""Aggregation by a declared rule: by hand, counted, never filled."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl


def daily(n: int = 300) -> pd.DataFrame:
    draws = np.random.default_rng(0)
    days = pd.bdate_range("2020-01-06", periods=n)
    return pd.DataFrame(draws.uniform(40, 60, (n, 2)), days, ["a", "b"])


@pytest.mark.parametrize("rule", ["mean", "median", "last", "first", "sum"])
def test_rules_by_hand(rule):
    made = cl.aggregate(daily(), "M", rule)
    march = daily().loc["2020-03"]["a"]
    by_hand = {"last": march.iloc[-1], "first": march.iloc[0]}.get(rule)
    by_hand = getattr(march, rule)() if by_hand is None else by_hand
    assert made.frame.loc["2020-03-31", "a"] == pytest.approx(by_hand)
    assert made.counts.loc["2020-03-31", "a"] == len(march)


def test_volume_weights_by_hand():
    volumes = pd.DataFrame(1.0, daily().index, ["a", "b"])
    volumes.loc["2020-03-02", "a"] = 10.0
    march = daily().loc["2020-03"]["a"]
    weight = volumes.loc["2020-03"]["a"]
    made = cl.aggregate(daily(), "M", "volume-weighted", volumes=volumes).frame
    assert made.loc["2020-03-31", "a"] == pytest.approx((march * weight).sum() / weight.sum())


def test_a_period_without_values_stays_missing_and_is_counted():
    frame = daily()
    frame.loc["2020-04", "a"] = np.nan
    frame.loc["2020-05-04":"2020-05-29", "a"] = np.nan
    made = cl.aggregate(frame, "M", {"a": "sum", "b": "mean"}, minimum=3)
    assert np.isnan(made.frame.loc["2020-04-30", "a"])
    assert np.isnan(made.frame.loc["2020-05-31", "a"]) and made.counts.loc["2020-05-31", "a"] == 1
    assert any("1 cells" in note for note in made.notes)
    assert any("first period is cut" in note for note in made.notes)
    assert made.rules == {"a": "sum", "b": "mean"}


def test_sums_of_sums_agree():
    weekly = cl.aggregate(daily(), "W", "sum").frame["a"].sum()
    assert weekly == pytest.approx(cl.aggregate(daily(), "Y", "sum").frame["a"].sum())
    assert weekly == pytest.approx(daily()["a"].sum())


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"freq": "D", "rule": "sum"}, cl.SpecificationError, "freq"),
        ({"freq": "M", "rule": "max"}, cl.SpecificationError, "rule"),
        ({"freq": "M", "rule": {"a": "sum"}}, cl.SpecificationError, "No rule is declared for b"),
        ({"freq": "M", "rule": "volume-weighted"}, cl.DataError, "No volumes"),
        ({"freq": "M", "rule": "sum", "markets": ["q"]}, cl.SpecificationError, "q"),
        ({"freq": "M", "rule": "sum", "minimum": 0}, cl.SpecificationError, "minimum"),
    ],
)
def test_bad_input_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        cl.aggregate(daily(), **arguments)


def test_dates_are_needed():
    with pytest.raises(cl.DataError, match="no dates"):
        cl.aggregate(daily().reset_index(drop=True), "M", "sum")


def test_interpolation_is_for_charts_and_keeps_the_months():
    monthly = cl.aggregate(daily(), "M", {"a": "mean", "b": "median"})
    indicator = daily()["b"] + 0.1 * daily()["a"]
    made = monthly.interpolate_for_chart("a", indicator)
    assert "charts only" in made.name and "charts only" in made.attrs["use"]
    again = made.groupby(made.index.to_period("M")).mean()
    np.testing.assert_allclose(again, monthly.frame["a"], rtol=1e-6)
    with pytest.raises(cl.SpecificationError, match="rule of b"):
        monthly.interpolate_for_chart("b", indicator)
    with pytest.raises(cl.DataError, match="no value in"):
        monthly.interpolate_for_chart("a", indicator.loc["2020-06":])
