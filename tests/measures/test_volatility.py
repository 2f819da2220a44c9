"""Volatility with the compliance window: what enters, what is lost, what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.facts import compliance
from carbonlink.ingest import quality
from carbonlink.panel import Panel

SPAN = pd.bdate_range("2016-01-04", periods=1200, name="date")
DEADLINES = ["2016-12-30", "2017-12-29", "2018-12-28", "2019-12-31"]


def simulated(delta: float = 0.9, rng: int = 2, index: pd.DatetimeIndex = SPAN) -> pd.Series:
    inside = compliance.window_mask(index, DEADLINES, 30).astype(float)
    w = pd.Series(inside, index=index)
    y = cl.simulate.garch(len(index), alpha=0.1, beta=0.8, variance_x=w, delta=delta, rng=rng)
    return y.rename("returns")


def rows(market: str, dates, price, volume, trade="listed", vintage="") -> pd.DataFrame:
    frame = pd.DataFrame({"date": dates, "close": price, "volume": volume})
    blank = {c: np.nan for c in ("open", "high", "low", "vwap", "value")}
    words = {"market": market, "product": "", "vintage": vintage, "trade": trade}
    return frame.assign(**blank, **words, price_kind="close", source="made.csv")


def panel(label: str = "hubei", volume=None, n: int = 700, synthetic=(), seed: int = 1) -> Panel:
    days = pd.bdate_range("2016-01-04", periods=n, name="date")
    r = cl.simulate.garch(n, omega=0.2, alpha=0.1, beta=0.8, rng=seed).to_numpy()
    price = 20 * np.exp(np.cumsum(r) / 100)
    tidy = rows(label, days, price, np.full(n, 5000.0) if volume is None else volume)
    daily = quality.daily(tidy, label, complete=False).assign(vintage="")
    return Panel(
        tidy=tidy,
        ledger=pd.DataFrame(),
        quarantine=pd.DataFrame(),
        notes=(f"{label}: a remark of the panel.", "other: not of this market."),
        synthetic=frozenset(synthetic),
        sources_of={label: "made.csv 0123456789ab"},
        days={label: daily},
    )


@pytest.mark.parametrize("spec", ["garch", "gjr"])
def test_the_effect_of_the_window_is_found(spec):
    result = cl.volatility(simulated(), spec=spec, dist="normal", deadlines=DEADLINES)
    effect = result.window_effect
    assert effect.lower < 100 * np.expm1(0.9) < effect.upper and effect.p_value < 0.01
    assert effect.percent == pytest.approx(100 * np.expm1(result.params["delta[window]"]))
    wide = result.window_effect_at(0.99)
    assert wide.lower < effect.lower and wide.upper > effect.upper
    row = result.tidy().set_index("term").loc["effect[window]"]
    assert row["unit"] == "% of variance" and row["lower"] == pytest.approx(effect.lower)


def test_it_is_the_garch_model_with_the_window_in_it():
    y = simulated()
    mask = pd.Series(compliance.window_mask(SPAN, DEADLINES, 30), SPAN, name="window")
    result = cl.volatility(y, spec="egarch", deadlines=DEADLINES)
    plain = cl.GARCH(y, vol="EGARCH", dist="t", variance_x=mask).fit()
    pd.testing.assert_series_equal(result.params, plain.params)
    pd.testing.assert_frame_equal(result.cov, plain.cov)
    assert int(result.inside.sum()) == int(mask.sum()) == 120
    assert result.spec["deadlines"] == tuple(DEADLINES) and result.spec["window"] == 30


def test_calendar_days_mark_fewer_sessions():
    short = cl.volatility(simulated(), deadlines=DEADLINES, days="calendar", dist="normal")
    assert 60 < short.inside.sum() < 100


def test_published_deadlines_are_found_by_the_name_of_the_market():
    y = simulated().rename("hubei")
    by_name = cl.volatility(y, dist="normal")
    dates, _ = compliance.due_dates("hubei")
    expected = dates[(dates >= SPAN[0]) & (dates <= SPAN[-1])].strftime("%Y-%m-%d")
    assert set(expected) <= set(by_name.spec["deadlines"])
    assert cl.volatility(y.rename("r"), "hubei", dist="normal").spec == by_name.spec


def test_without_a_window():
    result = cl.volatility(simulated(), window=None, dist="normal")
    assert result.window_effect is None and result.inside is None
    assert "window_percent" not in result.glance() and result.spec["variance_x"] == ()
    assert result.fitted is not None


def test_a_holiday_is_no_gap_and_a_lost_day_is():
    days = pd.bdate_range("2016-01-04", "2020-12-31")
    from carbonlink.facts import calendar

    sessions = calendar.sessions("2016-01-04", "2020-12-31")
    assert len(sessions) < len(days)
    y = cl.simulate.garch(len(sessions), rng=3).set_axis(sessions)
    assert (cl.volatility(y, window=None).gap_days == 1).all()
    lost = y.copy()
    lost.iloc[50:500:15] = np.nan
    result = cl.volatility(lost, window=None)
    assert result.spec["variance_x"] == ("log_gap",)
    assert int((result.gap_days == 2).sum()) == 30
    assert ("days without a return", 30) in result.sample.dropped
    assert cl.volatility(lost, window=None, gap=False).spec["variance_x"] == ()


def test_a_panel_gives_returns_between_genuine_trades_of_enough_tonnes():
    volume = np.full(700, 5000.0)
    volume[::25] = 40.0
    volume[5:600:40] = 0.0
    held = panel(volume=volume, synthetic=("hubei",))
    result = cl.volatility(held, window=None, dist="normal")
    price = held.daily("hubei")["price"].where(volume >= 100).dropna()
    expected = 100 * np.log(price).diff().dropna()
    np.testing.assert_allclose(result.resid + result.params["mu"], expected, atol=1e-10)
    reasons = dict(result.sample.dropped)
    assert reasons["sessions without a genuine price"] == int((volume == 0).sum())
    assert reasons["sessions with less than 100 t"] == int((volume == 40).sum())
    assert result.sources == ("made.csv 0123456789ab",)
    assert "Synthetic demonstration data: hubei." in result.notes
    assert "hubei: a remark of the panel." in result.notes
    assert not any("other" in n for n in result.notes)
    everything = cl.volatility(held, "hubei", window=None, dist="normal", minimum_tonnes=0)
    assert everything.nobs == held.returns().notna().sum().iloc[0]


def test_block_tonnes_do_not_make_a_listed_price_genuine():
    held = panel(n=600, volume=np.full(600, 50.0))
    blocks = rows("hubei", held.tidy["date"], 15.0, 90_000.0, trade="block")
    tidy = pd.concat([held.tidy, blocks])
    daily = quality.daily(tidy, "hubei", complete=False).assign(vintage="")
    both = Panel(tidy, *[pd.DataFrame()] * 2, (), frozenset(), held.sources_of, {"hubei": daily})
    with pytest.raises(cl.TooFewObservationsError, match="600 sessions with less than 100 t"):
        cl.volatility(both, window=None)


def test_a_return_does_not_cross_from_one_vintage_to_the_next():
    held = panel(n=600)
    daily = held.daily("hubei")
    daily.loc[daily.index[300] :, ["price", "previous_price"]] *= 2
    daily.loc[daily.index[300] :, "vintage"] = "2017"
    daily.loc[daily.index[:300], "vintage"] = "2016"
    rolled = Panel(
        held.tidy, *[pd.DataFrame()] * 2, (), frozenset(), held.sources_of, {"hubei": daily}
    )
    result = cl.volatility(rolled, window=None, dist="normal")
    assert result.resid.abs().max() < 20
    assert result.nobs == 599


def test_electricity_is_differenced():
    n = 600
    days = pd.date_range("2021-12-01", periods=n, name="date")
    price = 300 + cl.simulate.garch(n, omega=20, alpha=0.1, beta=0.5, rng=1).cumsum().to_numpy()
    tidy = rows("electricity_shandong", days, price, np.nan)
    daily = quality.daily(tidy, "electricity_shandong", complete=False).assign(vintage="")
    label = "electricity_shandong"
    held = Panel(tidy, *[pd.DataFrame()] * 2, (), frozenset(), {label: "x"}, {label: daily})
    result = cl.volatility(held, window=None, dist="normal")
    np.testing.assert_allclose(result.resid + result.params["mu"], np.diff(price))
    assert result.units["conditional_volatility"] == "yuan/MWh"
    assert result.spec["minimum_tonnes"] is None
    assert any("No minimum trade" in n for n in result.notes)


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        ({}, cl.DeadlineError, "No compliance deadlines are known for returns"),
        ({"deadlines": ["2031-12-31"]}, cl.DeadlineError, "lies in the sample, 2016-01-04 to"),
        ({"deadlines": [pd.NaT]}, cl.SpecificationError, "deadlines=NaT"),
        ({"deadlines": DEADLINES, "window": None}, cl.SpecificationError, "no use"),
        ({"deadlines": DEADLINES, "which": "announced"}, cl.SpecificationError, "one of the two"),
        ({"window": None, "days": "calendar"}, cl.SpecificationError, "days has no use"),
        ({"deadlines": DEADLINES[:1], "window": 9}, cl.TooFewObservationsError, "9 returns lie in"),
        ({"deadlines": [SPAN[-1]], "window": 1200}, cl.SpecificationError, "Every return"),
        ({"deadlines": DEADLINES, "spec": ("garch", "gjr")}, cl.SpecificationError, "one specif"),
        ({"deadlines": DEADLINES, "spec": "sgarch"}, cl.SpecificationError, "'egarch', 'garch'"),
        ({"window": None, "minimum_tonnes": 10}, cl.SpecificationError, "needs a Panel"),
        ({"market": "ccer"}, cl.DeadlineError, "ccer"),
    ],
)
def test_refusals(arguments, error, words):
    with pytest.raises(error, match=words):
        cl.volatility(simulated(), **arguments)


def test_refuses_data_it_cannot_read():
    y = simulated()
    wide = pd.DataFrame({"hubei": y, "cea": y})
    with pytest.raises(cl.SpecificationError, match="2 columns"):
        cl.volatility(wide)
    with pytest.raises(cl.UnknownMarketError, match="'hubei'"):
        cl.volatility(wide, "hubai")
    assert cl.volatility(wide, "hubei", dist="normal").market == "hubei"
    with pytest.raises(cl.DataError, match="no dates"):
        cl.volatility(y.reset_index(drop=True))
    with pytest.raises(cl.TooFewObservationsError, match="has 99 returns.*needs 250"):
        cl.volatility(panel(n=100), window=None)
    with pytest.raises(cl.UnknownMarketError, match="'hubei'"):
        cl.volatility(panel(), "hubai")


def test_deadlines_nobody_found_are_counted_as_outside_with_a_note():
    index = pd.bdate_range("2014-04-01", periods=900, name="date")
    y = cl.simulate.garch(900, rng=6).set_axis(index).rename("guangdong")
    result = cl.volatility(y, dist="normal")
    assert any(n.startswith("Windows counted as outside") and "2013" in n for n in result.notes)


def test_is_kept_made_again_and_drawn():
    import matplotlib

    matplotlib.use("Agg")
    result = cl.volatility(simulated(), deadlines=DEADLINES, dist="normal")
    assert str(result.refit().summary()) == str(result.summary())
    assert result.refit(window=60).spec["window"] == 60
    again = pickle.loads(pickle.dumps(result))
    assert again.window_effect == result.window_effect
    ax = result.plot()
    assert len(ax.patches) == 4 and "window" in ax.get_title(loc="left")
    numbers = result.numbers()
    assert list(numbers.columns) == ["date", "conditional_volatility", "inside"]
    assert numbers["inside"].sum() == 120


@pytest.fixture(scope="module")
def exchange(real_data) -> Panel:
    return cl.load(["cea", "hubei", "guangdong", "shanghai"], raw=real_data)


@pytest.mark.real
def test_guangdong_is_integrated_under_every_density(exchange):
    """Alpha + beta = 1.000 under normal and t alike, to 2023-02."""
    r = exchange.returns("guangdong")["guangdong"].loc[:"2023-02-28"]
    for dist in ("normal", "t"):
        result = cl.volatility(r, spec="garch", dist=dist, window=None, gap=False)
        assert result.persistence > 0.999
        assert any("test for variance breaks first" in n for n in result.notes)


@pytest.mark.real
@pytest.mark.parametrize("market", ["cea", "hubei", "guangdong", "shanghai"])
def test_real_markets_have_an_effect_with_its_interval(exchange, market):
    result = cl.volatility(exchange, market, spec="gjr")
    effect = result.window_effect
    assert effect.lower < effect.percent < effect.upper and 0 < effect.p_value < 1
    assert result.converged and result.spec["variance_x"] == ("window", "log_gap")
    assert dict(result.sample.dropped)["sessions with less than 100 t"] > 0
