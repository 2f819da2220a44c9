"""Every method of pass-through is the model of its own, finds a known truth, refuses the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError

RATED = {"intensity": 0.85, "benchmark": 0.80}


@pytest.fixture(scope="module")
def prices():
    data = cl.simulate.error_correction(900, long_run=0.8, adjustment=0.15, rng=4)
    return pd.DataFrame({"cea": data["cause"] + 60, "power": data["effect"] + 300})


@pytest.fixture(scope="module")
def hourly():
    """A year of six-hour prices: dirtier units set the price at three o'clock and in demand."""
    rng = np.random.default_rng(5)
    n = 6 * 360
    index = pd.date_range("2023-01-01", periods=n, freq="4h")
    allowance = np.repeat(60 + np.cumsum(rng.normal(0, 1.5, n // 6)), 6)
    demand = rng.normal(0, 1, n)
    e = 0.8 + 0.1 * (index.hour == 12) + 0.05 * demand
    power = 200 + 0.7 * allowance * e + 6 * demand + 5 * index.hour + rng.normal(0, 4, n)
    frame = pd.DataFrame({"carbon": allowance, "power": power}, index=index)
    return frame, pd.Series(e, index)


def measured(prices, method, **changes):
    return cl.pass_through(prices, "cea", "power", method=method, **RATED, **changes)


@pytest.mark.parametrize("method", ["ecm", "ardl", "nardl", "lp", "dols"])
def test_every_method_finds_the_long_run(prices, method):
    horizon = {"horizon": 40} if method == "lp" else {}
    found = measured(prices, method, **horizon)
    assert 0.8 in found.long_run_ratio.confidence_set(0.99)
    assert found.gross.estimate == pytest.approx(found.long_run.estimate / 0.85)
    assert found.net.estimate == pytest.approx(found.long_run.estimate / 0.05, rel=1e-9)
    assert found.spec["method"] == method
    assert str(found.refit().summary()) == str(found.summary())


def test_nardl_has_rates_after_falls(prices):
    found = measured(prices, "nardl", draws=49)
    model = cl.NARDL(prices["power"], prices["cea"], draws=49, horizon=20).fit()
    assert found.long_run.estimate == pytest.approx(model.long_run["cea_pos"], rel=1e-10)
    assert found.gross_falls.estimate == pytest.approx(model.long_run["cea_neg"] / 0.85, rel=1e-10)
    terms = list(found.tidy()["term"])
    assert {"gross", "net", "gross (falls)", "net (falls)", "long_run (falls)"} <= set(terms)
    assert any("after rises" in note for note in found.notes)
    assert found.diagnostics()["test"].str.contains("falls").any()


def test_lp_is_the_cumulated_ratio(prices):
    found = measured(prices, "lp", horizon=12)
    change = prices.diff()
    model = cl.LocalProjections(
        change["power"], change["cea"], horizon=12, lags=4, cumulative="ratio", draws=999
    ).fit()
    assert found.long_run.estimate == pytest.approx(model.params.iloc[-1], rel=1e-10)
    assert found.short_run.estimate == pytest.approx(model.params.iloc[0], rel=1e-10)
    assert np.isnan(found.half_life.estimate)


def test_lp_by_instrument_is_not_fooled_by_common_news():
    rng = np.random.default_rng(2)
    n = 1500
    index = pd.bdate_range("2018-01-01", periods=n)
    news, common = rng.normal(0, 1, n), rng.normal(0, 1, n)
    carbon = 60 + np.cumsum(news + common)
    power = 300 + 0.8 * carbon + np.cumsum(1.5 * common) + rng.normal(0, 0.5, n)
    frame = pd.DataFrame({"cea": carbon, "power": power}, index=index)
    surprise = pd.Series(news, index, name="surprise")
    by_news = measured(frame, "lp-iv", instrument=surprise, horizon=5)
    plain = measured(frame, "lp", horizon=5)
    assert 0.8 in by_news.long_run_ratio.confidence_set(0.99)
    assert plain.long_run.estimate > 1.2
    assert not by_news.model.weak


def test_an_instrument_of_a_few_days_has_the_inference_of_few_events(prices):
    news = pd.Series(0.0, prices.index, name="news")
    change = prices["cea"].diff()
    news.iloc[100:900:80] = change.iloc[100:900:80]
    found = measured(prices, "lp-iv", instrument=news, horizon=3)
    assert found.spec["cov"] == "events" and found.spec["instrument_moves"] == 10
    assert any("moves on 10 rows" in note and "Student's" in note for note in found.notes)
    assert 1 < found.long_run_ratio.df < 9
    plain = found.refit(cov="hac")
    assert plain.spec["cov"] == "hac" and np.isinf(plain.long_run_ratio.df)
    assert plain.long_run.estimate == pytest.approx(found.long_run.estimate, rel=1e-12)


def test_iv_with_moving_intensity_is_the_regression_by_hand(hourly):
    frame, e = hourly
    found = cl.pass_through(
        frame, "carbon", "power", intensity=e, method="iv", instrument="cause", effects=("hour",)
    )
    cost = (frame["carbon"] * e).rename("cost")
    own = cl.IV(
        frame["power"],
        cost,
        frame["carbon"],
        absorb=pd.Series(frame.index.hour, frame.index, name="hour"),
        clusters=pd.Series(frame.index.normalize(), frame.index, name="day"),
    ).fit()
    assert found.gross.estimate == pytest.approx(own.estimate, rel=1e-9)
    assert found.gross.lower == pytest.approx(own.confidence_set().lower, rel=1e-7)
    assert found.spec["clusters"] == "day"
    assert 0.7 in found.gross.confidence_set(0.99)
    plain = cl.IV(frame["power"], cost, cost, absorb=frame.index.to_series().dt.hour).fit()
    assert plain.estimate > found.gross.estimate


def test_a_weak_instrument_is_said(hourly):
    frame, e = hourly
    noise = pd.Series(np.random.default_rng(0).normal(size=len(frame)), frame.index, name="noise")
    found = cl.pass_through(
        frame, "carbon", "power", intensity=e, method="iv", instrument=noise, effects=("hour",)
    )
    assert any("weak" in note for note in found.notes)
    assert found.gross.kind in ("line", "rays") or found.gross.upper - found.gross.lower > 1


def test_tobit_sees_through_the_band():
    rng = np.random.default_rng(3)
    index = pd.bdate_range("2022-01-03", periods=700)
    carbon = pd.Series(60 + rng.normal(0, 10, 700), index)
    power = (300 + 0.8 * carbon + rng.normal(0, 6, 700)).clip(342, 354)
    frame = pd.DataFrame({"cea": carbon, "power": power})
    found = measured(frame, "tobit", band=(342, 354))
    assert 0.8 in found.long_run_ratio.confidence_set(0.99)
    assert found.identified_share == pytest.approx(((power > 342) & (power < 354)).mean())
    assert np.polyfit(carbon, power, 1)[0] < 0.6
    with pytest.raises(SpecificationError, match="needs a band"):
        measured(frame, "tobit")


def test_windfall_is_the_arithmetic(prices):
    found = measured(prices, "ecm")
    term = found.windfall(price=90)
    assert term.estimate == pytest.approx((found.gross.estimate * 0.85 - 0.05) * 90)
    assert term.lower == pytest.approx((found.gross.lower * 0.85 - 0.05) * 90)
    assert found.windfall().estimate == pytest.approx(
        (found.gross.estimate * 0.85 - 0.05) * prices["cea"].mean()
    )
    with pytest.raises(SpecificationError, match="intensity and benchmark"):
        found.refit(benchmark=None).windfall()


def test_intervals_nest(prices):
    table = measured(prices, "ecm").intervals().set_index(["rate", "level"])
    for rate in ("gross", "net"):
        assert table.loc[(rate, 0.95), "lower"] < table.loc[(rate, 0.90), "lower"]
        assert table.loc[(rate, 0.95), "upper"] > table.loc[(rate, 0.90), "upper"]


def test_hours_are_series_of_their_own(hourly):
    frame, e = hourly
    found = cl.pass_through(
        frame, "carbon", "power", intensity=e, method="iv", instrument="cause", effects=("month",)
    )
    noon = frame.index.hour == 12
    table = found.by("hour").tidy()
    alone = cl.pass_through(
        frame[noon],
        "carbon",
        "power",
        intensity=e[noon],
        method="iv",
        instrument="cause",
        effects=("month",),
    )
    row = table[(table["model"] == "hour 12") & (table["term"] == "gross")].iloc[0]
    assert row["estimate"] == pytest.approx(alone.gross.estimate, rel=1e-9)
    assert table["model"].nunique() == 6


def test_masks_are_named_groups(prices):
    half = pd.Series(np.arange(len(prices)) < 450, prices.index)
    found = measured(prices, "ecm", lags=1).by({"first": half, "second": ~half})
    assert set(found.tidy()["model"]) == {"first", "second"}


@pytest.mark.parametrize(
    ("method", "changes", "words"),
    [
        ("ecm", {"instrument": pd.Series([1.0])}, "has no use"),
        ("ecm", {"horizon": 5}, "has no use"),
        ("lp", {"effects": ("hour",)}, "has no use"),
        ("iv", {"instrument": "cause", "lags": 2}, "has no use"),
        ("lp-iv", {}, "needs an instrument"),
        ("iv", {}, "needs an instrument"),
        ("lp", {"lags": "bic"}, "no number of lags"),
        ("lp", {"cov": "classical"}, "cov='classical'"),
        ("iv", {"instrument": "news"}, "instrument='news'"),
        ("iv", {"instrument": "cause", "effects": ("moon",)}, "moon"),
        ("iv", {"instrument": "cause", "clusters": "decade"}, "decade"),
        ("gmm", {}, "method='gmm'"),
    ],
)
def test_arguments_that_a_method_would_ignore_are_refused(prices, method, changes, words):
    with pytest.raises(SpecificationError, match=words):
        measured(prices, method, **changes)
