"""Volatility with days without a trade and limit days taken in several ways, from a Panel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.ingest import limits, quality
from carbonlink.measures.volatility_persistence import persistence
from carbonlink.panel import Panel

DAYS = 900


@pytest.fixture(scope="module")
def panel() -> Panel:
    """A Guangdong with limits of ±10 %, prices rounded to the cent, and days without a trade."""
    truth = cl.simulate.thin_returns(DAYS, omega=3.5, alpha=0.15, beta=0.75, limits=None, rng=5)
    dates = pd.bdate_range("2015-01-05", periods=DAYS, name="date")
    price, reference = np.full(DAYS, np.nan), 30.0
    for i, r in enumerate(truth["returns"]):
        if np.isnan(r):
            continue
        moved = round(reference * np.exp(r / 100), 2)
        upper, lower = (
            float(limits.bound(pd.Series([reference]), pd.Series([s]))[0]) for s in (0.1, -0.1)
        )
        price[i] = reference = min(max(moved, lower, 5.0), upper, 200.0)
    tidy = pd.DataFrame({"date": dates, "close": price})
    tidy["volume"] = np.where(np.isnan(price), 0.0, 5000.0)
    tidy = tidy.assign(**{c: np.nan for c in ("open", "high", "low", "vwap", "value")})
    words = {"market": "guangdong", "product": "", "vintage": "", "trade": "listed"}
    tidy = tidy.assign(**words, price_kind="close", source="made.csv")
    daily = quality.daily(tidy, "guangdong", complete=False).assign(vintage="")
    made = Panel(
        tidy=tidy,
        ledger=pd.DataFrame(),
        quarantine=pd.DataFrame(),
        notes=(),
        synthetic=frozenset(),
        sources_of={"guangdong": "made.csv 0123456789ab"},
        days={"guangdong": daily},
    )
    return made.with_limits({"guangdong": 10})


@pytest.fixture(scope="module")
def fits(panel):
    names = ("genuine", "naive", "zero", "censored", "both")
    return {
        t: cl.volatility(panel, "guangdong", "garch", dist="normal", window=None, treatment=t)
        for t in names
    }


def test_each_treatment_takes_the_days_it_says(panel, fits):
    days = panel.daily("guangdong")
    idle = int(days["price"].isna().sum())
    hits = int((days["limit_up"] | days["limit_down"]).fillna(False).sum())
    assert idle > 100 and hits > 20
    assert len(fits["naive"].resid) == len(fits["zero"].resid) > len(fits["genuine"].resid)
    assert fits["naive"].nobs == len(fits["naive"].resid)
    assert fits["zero"].nobs == fits["genuine"].nobs == fits["both"].nobs
    assert fits["zero"].trade_probability.mean() == pytest.approx(1 - idle / DAYS, abs=0.02)
    for name in ("censored", "both"):
        assert abs(int(fits[name].limit_days.abs().sum()) - hits) <= 2
        assert any("at a price limit" in n for n in fits[name].notes)
    assert any("count as a return of zero" in n for n in fits["naive"].notes)
    assert fits["naive"].spec["minimum_tonnes"] == 0 and fits["zero"].spec["minimum_tonnes"] == 100
    assert {f.spec["treatment"] for f in fits.values()} == set(fits)


def test_the_censored_model_sees_larger_shocks(fits):
    assert (
        fits["censored"].conditional_volatility.mean()
        > fits["genuine"].conditional_volatility.mean()
    )


def test_the_model_underneath_is_the_public_one(fits):
    y = fits["genuine"].resid + fits["genuine"].params["mu"]
    same = cl.GARCH(y, variance_x=np.log(fits["genuine"].gap_days).rename("log_gap")).fit()
    assert same.loglik == pytest.approx(fits["genuine"].loglik, abs=1e-5)


def test_from_returns_missing_days_are_those_without_a_trade():
    y = cl.simulate.thin_returns(800, limits=None, rng=2)["returns"]
    fit = cl.volatility(y, spec="garch", dist="normal", window=None, treatment="zero")
    assert fit.nobs == int(y.notna().sum()) and fit.trade_probability is not None
    with pytest.raises(cl.DataError, match="No printed rule of a price limit is known"):
        cl.volatility(y, spec="garch", window=None, treatment="censored")
    with pytest.raises(cl.SpecificationError, match="treatment"):
        cl.volatility(y, spec="garch", window=None, treatment="ignored")


def test_further_regressors_join_the_window(panel):
    sessions = panel.daily("guangdong").index
    later = pd.Series((sessions > "2016-06-30").astype(float), sessions, name="reform")
    fit = cl.volatility(panel, "guangdong", "garch", window=None, variance_x=later)
    assert {"delta[log_gap]", "delta[reform]"} <= set(fit.params.index)
    with pytest.raises(cl.SpecificationError, match="measure's own"):
        cl.volatility(panel, "guangdong", window=None, variance_x=later.rename("log_gap"))
    with pytest.raises(cl.DataError, match="no row for"):
        cl.volatility(panel, "guangdong", window=None, variance_x=later.iloc[100:])


def test_persistence_of_every_treatment(panel):
    found = persistence(panel, "guangdong", models=["naive", "genuine", "both-not"][:2])
    assert list(found.table["model"]) == ["naive", "genuine"]
    row = found.table.set_index("model").loc["genuine"]
    assert np.isnan(row["limit_percent"])
    fit = found.fits["guangdong", "genuine"]
    assert row["persistence"] == fit.persistence and row["nobs"] == fit.nobs
    tidy = found.tidy().set_index("term")
    assert tidy.loc["persistence[genuine]", "estimate"] == fit.persistence
    with pytest.raises(cl.SpecificationError, match="models has ignored"):
        persistence(panel, models=["ignored"])
    with pytest.raises(cl.SpecificationError, match="needs a Panel"):
        persistence(fit.resid)


def test_an_average_price_is_at_no_limit(panel):
    days = panel.daily("guangdong").assign(price_kind="vwap", limit_up=pd.NA, limit_down=pd.NA)
    averages = replace(panel, days={"guangdong": days})
    with pytest.raises(cl.DataError, match="prices of guangdong are averages of trades"):
        cl.volatility(averages, "guangdong", "garch", window=None, treatment="censored")


def test_models_that_cannot_be_had_are_rows_with_their_reason(panel):
    bare = replace(panel, days={"guangdong": panel.daily("guangdong").assign(limit_up=pd.NA)})
    days = bare.daily("guangdong").assign(limit_down=pd.NA)
    found = persistence(replace(bare, days={"guangdong": days}), models=["genuine", "censored"])
    row = found.table.set_index("model").loc["censored"]
    assert np.isnan(row["persistence"]) and "with_limits" in row["why"]
    assert any(n.startswith("guangdong, censored:") for n in found.notes)
    short = persistence(panel, models=["genuine", "breaks"], minimum_segment=400)
    assert isinstance(short.table["why"].iloc[1], str)


def test_a_volatility_is_compared_under_every_treatment(panel, fits):
    names = ["naive", "genuine", "zero-adjusted", "censored", "breaks"]
    sessions = panel.daily("guangdong").index
    late = pd.Series((sessions > "2016-06-30").astype(float), sessions, name="reform")
    found = fits["both"].refit(variance_x=late).by_treatment(names, minimum_segment=90)
    assert list(found.models) == names and found.spec["variance_x"] == ("reform",)
    assert {f.spec["dist"] for f in found.models.values()} == {"normal"}
    assert all("delta[reform]" in f.params for f in found.models.values())
    direct = fits["zero"].refit(variance_x=late)
    assert found.models["zero-adjusted"].loglik == pytest.approx(direct.loglik, abs=1e-8)
    assert list(cl.compare(found.models).table().columns) == names
    assert any("±10 % as given, not by a printed rule" in n for n in found.notes)
    again = found.refit(models=["genuine"])
    assert again.table["persistence"].iloc[0] == found.table["persistence"].iloc[1]
    with pytest.raises(cl.SpecificationError, match="needs a Panel"):
        cl.volatility(fits["genuine"].resid, spec="garch", window=None).by_treatment()


@pytest.mark.real
def test_persistence_on_the_real_files(real_data):
    panel = cl.load(["guangdong", "hubei", "cea"], raw=real_data)
    assert "No printed rule" in persistence(panel, "guangdong").table["why"].iloc[3]
    panel = panel.with_limits({"guangdong": "observed"})
    found = persistence(panel, ["guangdong", "hubei", "cea"])
    table = found.table.set_index(["market", "model"])
    assert table.loc[("guangdong", "naive"), "persistence"] == pytest.approx(1.0, abs=1e-3)
    assert 0.8 < table.loc[("hubei", "zero-adjusted"), "persistence"] < 0.95
    assert 1 < table.loc[("guangdong", "censored"), "limit_percent"] < 6
    assert any("±10 % read off daily prices" in n for n in found.notes)
    assert table.loc[("guangdong", "breaks"), "breaks"] == 2
    assert table.loc[("guangdong", "breaks"), "persistence"] == pytest.approx(0.917, abs=0.005)
    assert table.loc[("hubei", "breaks"), "breaks"] == 0 == table.loc[("cea", "breaks"), "breaks"]
    assert table.loc[("cea", "censored"), "limit_percent"] == 0
    assert np.isnan(table.loc[("cea", "zero-adjusted"), "limit_percent"])


def test_other_prices_of_a_day(panel):
    days = panel.daily("guangdong")
    close = cl.volatility(panel, "guangdong", "garch", window=None, price="close")
    assert close.spec["price"] == "close"
    assert close.loglik == cl.volatility(panel, "guangdong", "garch", window=None).loglik
    assert days["vwap"].isna().all()
    with pytest.raises(cl.DataError, match="no price of the kind 'vwap'"):
        cl.volatility(panel, "guangdong", window=None, price="vwap")
    with pytest.raises(cl.SpecificationError, match="price"):
        cl.volatility(panel, "guangdong", window=None, price="open")
    with pytest.raises(cl.SpecificationError, match="needs a Panel"):
        cl.volatility(close.resid, window=None, price="mid")


def test_too_few_trades_and_empty_windows_are_refused_with_the_remedy(panel):
    with pytest.raises(cl.TooFewObservationsError, match="a GARCH model needs 900.*") as caught:
        cl.volatility(panel, "guangdong", window=None, minimum=900)
    assert "weekly HAR" in str(caught.value)
    y = cl.simulate.garch(600, rng=1).drop(cl.simulate.garch(600, rng=1).index[380:420])
    with pytest.raises(cl.TooFewObservationsError, match="0 returns lie in the 20 open days"):
        cl.volatility(y, deadlines=[cl.simulate.garch(600, rng=1).index[412]], window=20)
