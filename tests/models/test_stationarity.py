"""The tests are arch's; the labels, nulls and decisions are ours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl


@pytest.fixture(scope="module")
def pair() -> pd.DataFrame:
    shocks = np.random.default_rng(11).normal(size=(600, 2))
    days = pd.bdate_range("2020-01-01", periods=600)
    return pd.DataFrame({"noise": shocks[:, 0], "walk": shocks[:, 1].cumsum()}, index=days)


def test_tells_noise_from_a_random_walk(pair):
    decision = cl.stationarity(pair).table["decision"]
    assert decision.to_dict() == {"noise": "stationary", "walk": "unit root"}


def test_statistics_are_those_of_statsmodels(pair):
    from statsmodels.tsa.stattools import adfuller

    ours = cl.stationarity(pair).tests.set_index(["series", "test"])
    lags = ours.loc[("walk", "ADF"), "lags"]
    theirs = adfuller(pair["walk"], maxlag=lags, autolag=None, result_object=True)
    assert ours.loc[("walk", "ADF"), "statistic"] == pytest.approx(theirs.statistic, abs=1e-8)
    assert ours.loc[("walk", "ADF"), "p_value"] == pytest.approx(theirs.pvalue, abs=1e-6)


@pytest.mark.parametrize("level", [0.95, 0.0, -1, float("nan")])
def test_a_confidence_level_is_not_taken_for_the_size_of_the_tests(pair, level):
    with pytest.raises(cl.SpecificationError, match="not the size of a test"):
        cl.stationarity(pair, level=level)


def test_a_constant_series_is_refused_by_name(pair):
    with pytest.raises(cl.DataError, match="flat has the same value"):
        cl.stationarity(pair.assign(flat=7.0))


def test_each_series_stands_on_its_own_rows(pair):
    holes = pair.copy()
    holes.iloc[10:60, 0] = np.nan
    result = cl.stationarity(holes)
    assert result.table["nobs"].to_dict() == {"noise": 550, "walk": 600}
    assert result.sample.dropped == (("missing values", 50),)


def test_nulls_are_in_words(pair):
    nulls = cl.stationarity(pair).diagnostics()["null"]
    assert nulls.str.contains("unit root").sum() == 8
    assert nulls.str.contains("is stationary").sum() == 2


def test_refuses_a_short_series(pair):
    with pytest.raises(cl.TooFewObservationsError, match="noise has 30 observations"):
        cl.stationarity(pair.iloc[:30])


def test_statistics_do_not_depend_on_units(pair):
    first = cl.stationarity(pair).tests["statistic"]
    scaled = cl.stationarity(pair * 1000.0).tests["statistic"]
    np.testing.assert_allclose(first, scaled, rtol=1e-6)
