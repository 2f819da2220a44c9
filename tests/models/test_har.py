"""HAR: arch's HARX, statsmodels' errors, forms, forecasts by hand, recovery, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.measures.realised_variance import realised_variance


@pytest.fixture(scope="module")
def y() -> pd.Series:
    r = cl.simulate.garch(1200, alpha=0.1, beta=0.85, rng=1)
    return (r**2 + 0.05).rename("variance")


@pytest.mark.parametrize("log", [False, True])
def test_arch_has_the_same_coefficients_and_statsmodels_the_same_errors(y, log):
    import statsmodels.api as sm
    from arch.univariate import HARX

    value = np.log(y) if log else y
    fit = cl.HAR(y, log=log).fit(bandwidth=8)
    theirs = HARX(value, lags=[1, 5, 22]).fit(disp="off").params
    np.testing.assert_allclose(fit.params, theirs.iloc[:4], rtol=1e-6)
    ols = sm.OLS(fit.fitted_values + fit.resid, fit.design).fit(
        cov_type="HAC", cov_kwds={"maxlags": 8, "use_correction": True}, use_t=True
    )
    np.testing.assert_allclose(fit.std_errors, ols.bse, rtol=1e-8)
    np.testing.assert_allclose(fit.pvalues, ols.pvalues, rtol=1e-6, atol=1e-12)
    assert fit.r_squared == pytest.approx(ols.rsquared) and fit.nobs == len(y) - 22


def test_weeks_and_months_are_means_of_the_days_they_have(y):
    thin = y.iloc[::3]
    fit = cl.HAR(thin, frequency="weekly").fit()
    week = thin.groupby(thin.index.to_period("W-SUN")).mean()
    np.testing.assert_allclose(fit.y.dropna(), week)
    assert list(fit.params.index)[1:] == ["mean of 1", "mean of 4", "mean of 13"]
    assert cl.HAR(y, frequency="monthly").fit().spec["spans"] == (1, 3, 12)
    gap = y.drop(y.index[100:107])
    holed = cl.HAR(gap, frequency="weekly").fit()
    assert any("no value" in note for note in holed.notes)
    assert dict(holed.sample.dropped)["periods next to one without a value"] > 0


def test_a_window_dummy_enters_on_its_day(y):
    window = pd.Series((np.arange(len(y)) % 100 > 70).astype(float), index=y.index, name="window")
    lifted = y * np.exp(0.7 * window)
    fit = cl.HAR(lifted, x=window, log=True).fit()
    row = fit.tidy().set_index("term").loc["window"]
    assert row["lower"] < 0.7 and row["p_value"] < 0.01
    doubled = cl.HAR(lifted * 1e4, x=window, log=True).fit()
    assert doubled.params["window"] == pytest.approx(fit.params["window"])


@pytest.mark.parametrize("log", [False, True])
def test_forecasts_are_the_recursion(y, log):
    fit = cl.HAR(y, log=log, spans=(1, 3)).fit()
    value = list(np.log(y) if log else y)
    b0, b1, b3 = fit.params
    means = []
    for _ in range(3):
        means.append(b0 + b1 * value[-1] + b3 * np.mean(value[-3:]))
        value.append(means[-1])
    if not log:
        np.testing.assert_allclose(fit.forecast(3), means)
        return
    s2 = (fit.resid**2).sum() / fit.df_resid
    w1 = b1 + b3 / 3
    w2 = w1 * w1 + b3 / 3
    factor = np.array([1, 1 + w1**2, 1 + w1**2 + w2**2])
    np.testing.assert_allclose(fit.forecast(3), np.exp(np.array(means) + s2 / 2 * factor))


def test_recovery_of_known_coefficients():
    rng = np.random.default_rng(3)
    v = list(np.full(22, 1.0))
    for e in rng.standard_normal(6000):
        v.append(0.1 + 0.3 * v[-1] + 0.35 * np.mean(v[-5:]) + 0.25 * np.mean(v[-22:]) + 0.1 * e)
    fit = cl.HAR(np.exp(np.array(v[200:]) / 3), log=True).fit()
    truth = [0.1 / 3, 0.3, 0.35, 0.25]
    error = (fit.params.to_numpy() - truth) / fit.std_errors.to_numpy()
    assert (np.abs(error) < 3.5).all() and fit.persistence == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize(
    "change, match",
    [
        ({"frequency": "hourly"}, "hourly"),
        ({"spans": (0, 5)}, "spans"),
        ({"spans": (5, 5)}, "spans"),
    ],
)
def test_a_choice_it_does_not_know_is_refused(y, change, match):
    with pytest.raises(cl.SpecificationError, match=match):
        cl.HAR(y, **change).fit()


def test_data_it_cannot_use_is_refused(y):
    hole = y.copy()
    hole.iloc[7] = np.nan
    with pytest.raises(cl.DataError, match=str(y.index[7].date())):
        cl.HAR(hole).fit()
    with pytest.raises(cl.DataError, match="negative"):
        cl.HAR(y - 5).fit()
    with pytest.raises(cl.DataError, match="zero"):
        cl.HAR(y.where(y > 0.1, 0.0), log=True).fit()
    with pytest.raises(cl.DataError, match="constant"):
        cl.HAR(y * 0 + 2).fit()
    with pytest.raises(cl.DataError, match="order"):
        cl.HAR(y[::-1]).fit()
    with pytest.raises(cl.TooFewObservationsError, match="46"):
        cl.HAR(y.iloc[:40]).fit()
    with pytest.raises(cl.SpecificationError, match="flat"):
        cl.HAR(y, x=pd.Series(1.0, index=y.index, name="flat")).fit()
    with pytest.raises(cl.DataError, match="every date"):
        cl.HAR(y, x=pd.Series(1.0, index=y.index[:-1], name="w")).fit()
    with pytest.raises(cl.SpecificationError, match="no use"):
        cl.HAR(y).fit(cov="robust", bandwidth=3)
    window = pd.Series(np.arange(len(y)) % 2.0, index=y.index, name="window")
    with pytest.raises(cl.SpecificationError, match="window"):
        cl.HAR(y, x=window).fit().forecast(2)
    with pytest.raises(cl.SpecificationError, match="no regressors"):
        cl.HAR(y).fit().forecast(1, x=[1.0])


def test_realised_variance_is_the_sum_of_squares_within_the_day():
    days = pd.date_range("2024-01-01", "2024-03-31", freq="D")
    steps = np.random.default_rng(1).standard_normal((len(days), 96))
    price = 300 + np.cumsum(steps.ravel())
    ends = pd.date_range("2024-01-01 00:15", periods=len(price), freq="15min")
    found = realised_variance(pd.Series(price, index=ends))
    np.testing.assert_allclose(found["variance"], (steps[:, 1:] ** 2).sum(axis=1))
    assert (found["changes"] == 95).all() and found.index.equals(days.rename("date"))
    assert found["bipower"].mean() == pytest.approx(95, rel=0.05)
    starts = realised_variance(pd.Series(price, index=ends - ends.freq), labels="start")
    pd.testing.assert_frame_equal(starts, found)
    hours = np.repeat(price[::4], 4)
    hourly = realised_variance(pd.Series(hours, index=ends))
    np.testing.assert_allclose(
        hourly["variance"], (np.diff(price[::4].reshape(-1, 24), axis=1) ** 2).sum(axis=1)
    )
    assert (hourly["changes"] == 23).all() and (hourly["bipower"] > 0).all()
    jump = price + 20 * (np.arange(len(price)) >= 96 * 10 + 50)
    with_jump = realised_variance(pd.Series(jump, index=ends)).iloc[10]
    assert with_jump["variance"] > 450 > with_jump["bipower"]


def test_realised_variance_refuses_what_has_no_days_within():
    days = pd.date_range("2024-01-01", periods=50, freq="D")
    with pytest.raises(cl.DataError, match="one price a day"):
        realised_variance(pd.Series(np.arange(50.0), index=days))
    ends = pd.date_range("2024-01-01 01:00", periods=240, freq="h")
    power = pd.Series(np.random.default_rng(0).standard_normal(240), index=ends, name="power")
    with pytest.raises(cl.DataError, match="logarithm"):
        realised_variance(power, changes="log")
    with pytest.raises(cl.DataError, match="80 changes"):
        realised_variance(power, minimum=80)
    assert len(realised_variance(power)) == 10


def test_names_a_column_where_several_are_given():
    r = cl.simulate.var(400, rng=1).abs()
    with pytest.raises(cl.DataError, match=r"Choose a column: y\['cea'\]"):
        cl.HAR(r).fit()


def test_refuses_a_price_for_a_volatility():
    price = 100 * np.exp(cl.simulate.garch(800, rng=4).cumsum() / 100)
    with pytest.raises(cl.DataError, match="looks like a price"):
        cl.HAR(price).fit()
